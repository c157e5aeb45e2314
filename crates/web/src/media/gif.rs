//! GIF 89a: comments and the data of applications are left out, except the number of repetitions of an animation and
//! the colour profile.

use super::step::{Facts, Fault, Format, Step};

/// The applications whose data stays.
const KEPT: [&[u8; 11]; 3] = [b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012"];

enum State {
    Start,
    Block,
    /// Blocks of at most 255 bytes, up to an empty one, and whether they stay.
    Data(bool),
    End,
}

/// The reader of a GIF.
pub(super) struct Gif {
    state: State,
    facts: Facts,
    has_picture: bool,
}

impl Gif {
    pub(super) fn new() -> Gif {
        Gif { state: State::Start, facts: Facts::default(), has_picture: false }
    }

    fn start(&mut self, ahead: &[u8]) -> Step {
        let Some(&[_, _, _, _, _, _, w1, w2, h1, h2, packed, _, _]) = ahead.first_chunk() else {
            return Step::Look(13);
        };
        let size = (u32::from(u16::from_le_bytes([w1, w2])), u32::from(u16::from_le_bytes([h1, h2])));
        self.facts.size = Some(size).filter(|(width, height)| *width > 0 && *height > 0);
        self.state = State::Block;
        Step::Keep(13 + colours(packed))
    }

    fn block(&mut self, ahead: &[u8]) -> Result<Step, Fault> {
        let Some(&introducer) = ahead.first() else { return Ok(Step::Look(1)) };
        match introducer {
            0x21 => Ok(self.extension(ahead)),
            0x2C => {
                let Some(head) = ahead.first_chunk::<10>() else { return Ok(Step::Look(10)) };
                self.facts.is_animated |= self.has_picture;
                self.has_picture = true;
                self.state = State::Data(true);
                // The last byte is the size of the codes.
                Ok(Step::Keep(10 + colours(head[9]) + 1))
            }
            0x3B if self.has_picture => {
                self.state = State::End;
                Ok(Step::Keep(1))
            }
            0x3B => Err(Fault::Damaged("it has no picture")),
            _ => Err(Fault::Damaged("a block is missing")),
        }
    }

    fn extension(&mut self, ahead: &[u8]) -> Step {
        let Some(&[_, label]) = ahead.first_chunk() else { return Step::Look(2) };
        let stays = match label {
            // How the next picture is shown, and plain text, which is shown as a picture.
            0xF9 | 0x01 => true,
            0xFF => {
                let Some(&[_, _, length]) = ahead.first_chunk() else { return Step::Look(3) };
                let Some(head) = ahead.first_chunk::<14>() else {
                    if length == 11 {
                        return Step::Look(14);
                    }
                    return self.data(false);
                };
                length == 11 && KEPT.iter().any(|kept| head.ends_with(*kept))
            }
            _ => false,
        };
        self.data(stays)
    }

    /// A step over the beginning of an extension.
    fn data(&mut self, stays: bool) -> Step {
        self.facts.removed.other |= !stays;
        self.state = State::Data(stays);
        if stays { Step::Keep(2) } else { Step::Drop(2) }
    }
}

/// The length of a table of colours in bytes.
fn colours(packed: u8) -> u64 {
    if packed & 0x80 == 0 { 0 } else { 3 << ((packed & 7) + 1) }
}

impl Format for Gif {
    fn step(&mut self, ahead: &[u8]) -> Result<Step, Fault> {
        match self.state {
            State::Start => Ok(self.start(ahead)),
            State::Block => self.block(ahead),
            State::Data(stays) => {
                let Some(&length) = ahead.first() else { return Ok(Step::Look(1)) };
                if length == 0 {
                    self.state = State::Block;
                }
                let whole = 1 + u64::from(length);
                Ok(if stays { Step::Keep(whole) } else { Step::Drop(whole) })
            }
            State::End => Ok(Step::DropRest),
        }
    }

    fn is_complete(&self) -> bool {
        matches!(self.state, State::End)
    }

    fn facts(&self) -> Facts {
        self.facts
    }
}
