//! WebP (RFC 9649): its Exif and XMP are overwritten with zeros. They are not cut out, because the file begins
//! with its own length, which is stored before they arrive.

use super::{
    exif::{self, Exif},
    step::{AHEAD, Facts, Fault, Format, Step},
};

/// Flags of a file: it is animated, and it has XMP.
const ANIMATED: u8 = 2;
const XMP: u8 = 4;

/// The reader of a WebP.
pub(super) struct Webp {
    has_begun: bool,
    /// The number of bytes of the file that follow, without those of the current frame.
    left: u64,
    /// The number of bytes of the current frame of an animation that follow.
    frame: Option<u64>,
    /// The step after one that replaced a header.
    next: Option<Step>,
    facts: Facts,
    has_exif: bool,
    has_picture: bool,
    is_over: bool,
}

impl Webp {
    pub(super) fn new() -> Webp {
        Webp {
            has_begun: false,
            left: 0,
            frame: None,
            next: None,
            facts: Facts::default(),
            has_exif: false,
            has_picture: false,
            is_over: false,
        }
    }

    fn chunk(&mut self, ahead: &[u8]) -> Result<Step, Fault> {
        if self.frame == Some(0) {
            self.frame = None;
        }
        let room = self.frame.unwrap_or(self.left);
        if room == 0 {
            if !self.has_picture {
                return Err(Fault::Damaged("it has no picture"));
            }
            self.is_over = true;
            return Ok(Step::DropRest);
        }
        if room < 8 {
            self.take(room);
            return Ok(Step::Blank(room));
        }
        let Some(&[k1, k2, k3, k4, l1, l2, l3, l4]) = ahead.first_chunk() else { return Ok(Step::Look(8)) };
        let (kind, length) = ([k1, k2, k3, k4], u64::from(u32::from_le_bytes([l1, l2, l3, l4])));
        if length > room - 8 {
            return Err(Fault::Damaged("a chunk is larger than what holds it"));
        }
        // Some programs leave out the last byte of an odd length.
        let whole = (8 + length + (length & 1)).min(room);
        let wanted = (8 + length).min(if &kind == b"EXIF" { AHEAD as u64 } else { 8 + 10 }) as usize;
        if ahead.len() < wanted {
            return Ok(Step::Look(wanted));
        }
        let content = ahead.get(8..wanted).unwrap_or_default();
        let step = match (&kind, self.frame) {
            (b"VP8X", None) => self.extended(content, length)?,
            (b"VP8 ", _) => self.picture(lossy(content), whole)?,
            (b"VP8L", _) => self.picture(lossless(content), whole)?,
            (b"ALPH", _) | (b"ICCP" | b"ANIM", None) => Step::Keep(whole),
            (b"ANMF", None) => {
                if length < 16 {
                    return Err(Fault::Damaged("a frame is too short"));
                }
                self.take(whole);
                self.frame = Some(whole - 24);
                return Ok(Step::Keep(24));
            }
            (b"EXIF", None) if !self.has_exif => self.exif(content, whole, length),
            _ => {
                self.facts.removed.other |= &kind != b"JUNK";
                self.next = Some(Step::Blank(whole - 8));
                Step::Replace([*b"JUNK", [l1, l2, l3, l4]].concat(), 8)
            }
        };
        self.take(whole);
        Ok(step)
    }

    fn take(&mut self, bytes: u64) {
        match &mut self.frame {
            Some(frame) => *frame -= bytes,
            None => self.left -= bytes,
        }
    }

    /// A step over the header of a file with more than a picture.
    fn extended(&mut self, content: &[u8], length: u64) -> Result<Step, Fault> {
        let Some(&[flags, r1, r2, r3, w1, w2, w3, h1, h2, h3]) = content.first_chunk() else {
            return Err(Fault::Damaged("its header is too short"));
        };
        if length != 10 || self.facts.size.is_some() {
            return Err(Fault::Damaged("its header is not where it belongs"));
        }
        self.facts.size = Some((1 + u32::from_le_bytes([w1, w2, w3, 0]), 1 + u32::from_le_bytes([h1, h2, h3, 0])));
        self.facts.is_animated = flags & ANIMATED != 0;
        let header = [&b"VP8X\x0a\0\0\0"[..], &[flags & !XMP, r1, r2, r3, w1, w2, w3, h1, h2, h3]].concat();
        Ok(Step::Replace(header, 18))
    }

    fn picture(&mut self, size: Option<(u32, u32)>, whole: u64) -> Result<Step, Fault> {
        let size = size.ok_or(Fault::Damaged("its picture has no size"))?;
        self.has_picture = true;
        self.facts.size.get_or_insert(size);
        Ok(Step::Keep(whole))
    }

    fn exif(&mut self, content: &[u8], whole: u64, length: u64) -> Step {
        self.has_exif = true;
        let tiff = content.strip_prefix(b"Exif\0\0").unwrap_or(content);
        let read = Exif::read(tiff);
        let minimal = exif::minimal(read.orientation.unwrap_or(1));
        self.facts.orientation = read.orientation;
        self.facts.removed.position |= read.has_position;
        self.facts.removed.other |= !content.starts_with(&minimal);
        if length < exif::MINIMAL as u64 {
            self.facts.orientation = None;
            self.next = Some(Step::Blank(whole - 8));
            return Step::Keep(8);
        }
        let head = 8 + exif::MINIMAL as u64;
        self.next = Some(Step::Blank(whole - head));
        let mut chunk = b"EXIF".to_vec();
        chunk.extend_from_slice(&(length as u32).to_le_bytes());
        chunk.extend_from_slice(&minimal);
        Step::Replace(chunk, head)
    }
}

/// The size in the first bytes of a lossy picture.
fn lossy(content: &[u8]) -> Option<(u32, u32)> {
    let &[_, _, _, 0x9D, 0x01, 0x2A, w1, w2, h1, h2] = content.first_chunk()? else { return None };
    let (width, height) = (u16::from_le_bytes([w1, w2]) & 0x3FFF, u16::from_le_bytes([h1, h2]) & 0x3FFF);
    Some((u32::from(width), u32::from(height))).filter(|_| width > 0 && height > 0)
}

/// The size in the first bytes of a lossless picture.
fn lossless(content: &[u8]) -> Option<(u32, u32)> {
    let &[0x2F, b1, b2, b3, b4] = content.first_chunk()? else { return None };
    let bits = u32::from_le_bytes([b1, b2, b3, b4]);
    Some((1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)))
}

impl Format for Webp {
    fn step(&mut self, ahead: &[u8]) -> Result<Step, Fault> {
        if let Some(next) = self.next.take() {
            return Ok(next);
        }
        if self.has_begun {
            return self.chunk(ahead);
        }
        let Some(&[_, _, _, _, l1, l2, l3, l4, _, _, _, _, k1, k2, k3, k4]) = ahead.first_chunk() else {
            return Ok(Step::Look(16));
        };
        let length = u32::from_le_bytes([l1, l2, l3, l4]);
        if length < 4 + 8 || ![b"VP8X", b"VP8 ", b"VP8L"].contains(&&[k1, k2, k3, k4]) {
            return Err(Fault::Damaged("it has no picture"));
        }
        self.left = u64::from(length) - 4;
        self.has_begun = true;
        Ok(Step::Keep(12))
    }

    fn is_complete(&self) -> bool {
        self.is_over
    }

    fn facts(&self) -> Facts {
        self.facts
    }
}
