//! PNG (W3C, third edition): its texts, its time and its Exif, and all bytes after its end, are left out.

use super::{
    exif::{self, Exif},
    step::{AHEAD, Facts, Fault, Format, Step},
};

/// The chunks that stay: the picture, its colours, and its animation.
const KEPT: [&[u8; 4]; 20] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV",
    b"cLLI", b"bKGD", b"hIST", b"pHYs", b"sPLT", b"acTL", b"fcTL", b"fdAT",
];

enum State {
    Start,
    Header,
    Chunk,
    End,
}

/// The reader of a PNG.
pub(super) struct Png {
    state: State,
    facts: Facts,
    has_data: bool,
}

impl Png {
    pub(super) fn new() -> Png {
        Png { state: State::Start, facts: Facts::default(), has_data: false }
    }

    fn header(&mut self, ahead: &[u8]) -> Result<Step, Fault> {
        let Some(head) = ahead.first_chunk::<16>() else { return Ok(Step::Look(16)) };
        let [l1, l2, l3, l4, kind @ .., w1, w2, w3, w4, h1, h2, h3, h4] = head;
        if kind != b"IHDR" || [*l1, *l2, *l3, *l4] != [0, 0, 0, 13] {
            return Err(Fault::Damaged("it has no header"));
        }
        let (width, height) = (u32::from_be_bytes([*w1, *w2, *w3, *w4]), u32::from_be_bytes([*h1, *h2, *h3, *h4]));
        if width == 0 || height == 0 || width > i32::MAX as u32 || height > i32::MAX as u32 {
            return Err(Fault::Damaged("it has no size"));
        }
        self.facts.size = Some((width, height));
        self.state = State::Chunk;
        Ok(Step::Keep(12 + 13))
    }

    fn chunk(&mut self, ahead: &[u8]) -> Result<Step, Fault> {
        let Some(&[l1, l2, l3, l4, k1, k2, k3, k4]) = ahead.first_chunk() else { return Ok(Step::Look(8)) };
        let (length, kind) = (u32::from_be_bytes([l1, l2, l3, l4]), [k1, k2, k3, k4]);
        if length > i32::MAX as u32 || !kind.iter().all(u8::is_ascii_alphabetic) {
            return Err(Fault::Damaged("a chunk has an impossible length or name"));
        }
        let whole = 12 + u64::from(length);
        match &kind {
            b"IHDR" => return Err(Fault::Damaged("it has two headers")),
            b"IEND" if !self.has_data => return Err(Fault::Damaged("it has no picture")),
            b"IEND" if length > 0 => return Err(Fault::Damaged("its end has a content")),
            b"IEND" => self.state = State::End,
            b"IDAT" => self.has_data = true,
            b"acTL" => self.facts.is_animated = true,
            b"eXIf" => return Ok(self.exif(whole, ahead)),
            _ => {}
        }
        if KEPT.contains(&&kind) {
            return Ok(Step::Keep(whole));
        }
        if k1.is_ascii_uppercase() {
            return Err(Fault::Damaged("it has a part that no reader of PNG knows"));
        }
        self.facts.removed.other = true;
        Ok(Step::Drop(whole))
    }

    fn exif(&mut self, whole: u64, ahead: &[u8]) -> Step {
        let wanted = (whole - 4).min(AHEAD as u64) as usize;
        if ahead.len() < wanted {
            return Step::Look(wanted);
        }
        let tiff = ahead.get(8..wanted).unwrap_or_default();
        let read = Exif::read(tiff);
        let Some(orientation) = self.facts.leave_out(&read) else { return Step::Drop(whole) };
        let tiff = exif::minimal(orientation);
        let mut crc = flate2::Crc::new();
        crc.update(b"eXIf");
        crc.update(&tiff);
        let mut chunk = (exif::MINIMAL as u32).to_be_bytes().to_vec();
        chunk.extend_from_slice(b"eXIf");
        chunk.extend_from_slice(&tiff);
        chunk.extend_from_slice(&crc.sum().to_be_bytes());
        Step::Replace(chunk, whole)
    }
}

impl Format for Png {
    fn step(&mut self, ahead: &[u8]) -> Result<Step, Fault> {
        match self.state {
            State::Start => {
                self.state = State::Header;
                Ok(Step::Keep(8))
            }
            State::Header => self.header(ahead),
            State::Chunk => self.chunk(ahead),
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
