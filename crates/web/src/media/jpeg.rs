//! JPEG (ITU-T T.81): the segments that record who took a picture, where and when, and all bytes after its end, are
//! left out.

use super::{
    exif::{self, Exif},
    step::{AHEAD, Facts, Fault, Format, Step},
};

/// The length in bytes of a JFIF segment without a preview, after its marker.
const JFIF: u64 = 16;

enum State {
    Start,
    /// At a marker outside of the data of a scan.
    Marker,
    /// In the data of a scan.
    Scan,
    /// At the byte 0xFF in the data of a scan.
    ScanMarker,
    End,
}

/// The reader of a JPEG.
pub(super) struct Jpeg {
    state: State,
    facts: Facts,
    has_frame: bool,
    has_scan: bool,
}

impl Jpeg {
    pub(super) fn new() -> Jpeg {
        Jpeg { state: State::Start, facts: Facts::default(), has_frame: false, has_scan: false }
    }

    /// A step over a segment with a length.
    fn segment(&mut self, marker: u8, ahead: &[u8]) -> Result<Step, Fault> {
        let Some(&[_, _, high, low]) = ahead.first_chunk() else { return Ok(Step::Look(4)) };
        let length = u16::from_be_bytes([high, low]);
        if length < 2 {
            return Err(Fault::Damaged("a segment has an impossible length"));
        }
        let whole = 2 + u64::from(length);
        match marker {
            // A frame: all of C0 to CF except tables and a reserved marker.
            0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => {
                let Some(&[_, _, _, _, _, h1, h2, w1, w2]) = ahead.first_chunk() else { return Ok(Step::Look(9)) };
                if length < 8 {
                    return Err(Fault::Damaged("it has no size"));
                }
                let size = (u32::from(u16::from_be_bytes([w1, w2])), u32::from(u16::from_be_bytes([h1, h2])));
                if !self.has_frame {
                    // The height may also follow the first scan; in that case it is not known.
                    self.facts.size = Some(size).filter(|(width, height)| *width > 0 && *height > 0);
                }
                self.has_frame = true;
                Ok(Step::Keep(whole))
            }
            0xDA => {
                self.has_scan = true;
                self.state = State::Scan;
                Ok(Step::Keep(whole))
            }
            0xE0..=0xFE => self.application(marker, whole, ahead),
            _ => Ok(Step::Keep(whole)),
        }
    }

    /// A step over a segment of an application, or over a comment.
    fn application(&mut self, marker: u8, whole: u64, ahead: &[u8]) -> Result<Step, Fault> {
        let is_exif = marker == 0xE1;
        let wanted = whole.min(if is_exif { AHEAD as u64 } else { 18 }) as usize;
        if ahead.len() < wanted {
            return Ok(Step::Look(wanted));
        }
        let content = ahead.get(4..wanted).unwrap_or_default();
        match marker {
            0xE0 if content.starts_with(b"JFIF\0") && content.len() == 14 => {
                if whole == 2 + JFIF && content.ends_with(&[0, 0]) {
                    return Ok(Step::Keep(whole));
                }
                // With a preview, which may show more than the picture.
                self.facts.removed.other = true;
                let mut jfif = vec![0xFF, 0xE0, 0, JFIF as u8];
                jfif.extend_from_slice(content.get(..12).unwrap_or_default());
                jfif.extend_from_slice(&[0, 0]);
                Ok(Step::Replace(jfif, whole))
            }
            0xE1 if content.starts_with(b"Exif\0\0") => {
                let tiff = content.get(6..).unwrap_or_default();
                let read = Exif::read(tiff);
                if let (None, Some(turned @ 2..=8)) = (self.facts.orientation, read.orientation)
                    && tiff == exif::minimal(turned)
                {
                    self.facts.orientation = Some(turned);
                    return Ok(Step::Keep(whole));
                }
                let Some(orientation) = self.facts.leave_out(&read) else { return Ok(Step::Drop(whole)) };
                let mut segment = vec![0xFF, 0xE1, 0, (2 + 6 + exif::MINIMAL) as u8];
                segment.extend_from_slice(b"Exif\0\0");
                segment.extend_from_slice(&exif::minimal(orientation));
                Ok(Step::Replace(segment, whole))
            }
            0xE2 if content.starts_with(b"ICC_PROFILE\0") => Ok(Step::Keep(whole)),
            0xEE if content.starts_with(b"Adobe") => Ok(Step::Keep(whole)),
            _ => {
                self.facts.removed.other = true;
                Ok(Step::Drop(whole))
            }
        }
    }
}

impl Format for Jpeg {
    fn step(&mut self, ahead: &[u8]) -> Result<Step, Fault> {
        match self.state {
            State::Start => {
                self.state = State::Marker;
                Ok(Step::Keep(2))
            }
            State::Marker => {
                let Some(&[prefix, marker]) = ahead.first_chunk() else { return Ok(Step::Look(2)) };
                match (prefix, marker) {
                    (0xFF, 0xFF) => Ok(Step::Keep(1)),
                    (0xFF, 0xD9) if self.has_frame && self.has_scan => {
                        self.state = State::End;
                        Ok(Step::Keep(2))
                    }
                    (0xFF, 0xD9) => Err(Fault::Damaged("it has no picture")),
                    (0xFF, 0x01 | 0xD0..=0xD7) => Ok(Step::Keep(2)),
                    (0xFF, 0x02..=0xBF | 0xD8 | 0) | (..=0xFE, _) => Err(Fault::Damaged("a segment is missing")),
                    (0xFF, marker) => self.segment(marker, ahead),
                }
            }
            State::Scan => {
                self.state = State::ScanMarker;
                Ok(Step::KeepUntil(0xFF))
            }
            State::ScanMarker => {
                let Some(&[_, marker]) = ahead.first_chunk() else { return Ok(Step::Look(2)) };
                match marker {
                    0 | 0xD0..=0xD7 => {
                        self.state = State::Scan;
                        Ok(Step::Keep(2))
                    }
                    0xFF => Ok(Step::Keep(1)),
                    _ => {
                        self.state = State::Marker;
                        Ok(Step::Keep(0))
                    }
                }
            }
            // Further pictures (MPF) with a position of their own, and the film of a motion photo.
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
