//! Exif: reads the orientation of a picture and whether its position is recorded, and writes an Exif with only an
//! orientation.

/// The tag of the orientation.
const ORIENTATION: u32 = 0x0112;
/// The tag whose value is the offset of the directory with the position.
const GPS: u32 = 0x8825;
/// The length of [`minimal`] in bytes.
pub(super) const MINIMAL: usize = 26;

/// The values that are read from an Exif.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Exif {
    /// The orientation, from 1 to 8.
    pub(super) orientation: Option<u8>,
    pub(super) has_position: bool,
}

impl Exif {
    /// Reads the first directory, as far as it is in `tiff`; an entry that cannot be read counts as missing.
    pub(super) fn read(tiff: &[u8]) -> Exif {
        let mut exif = Exif::default();
        let is_big = tiff.starts_with(b"MM");
        if !is_big && !tiff.starts_with(b"II") {
            return exif;
        }
        let number = |at: usize, length: usize| -> Option<u32> {
            let bytes = tiff.get(at..at.checked_add(length)?)?.iter();
            let join = |number: u32, byte: &u8| number << 8 | u32::from(*byte);
            Some(if is_big { bytes.fold(0, join) } else { bytes.rev().fold(0, join) })
        };
        let Some(start) = number(4, 4).and_then(|start| usize::try_from(start).ok()) else { return exif };
        let entries = number(start, 2).unwrap_or(0);
        for entry in 0..entries {
            let Some(at) = (entry as usize).checked_mul(12).and_then(|at| at.checked_add(2)?.checked_add(start)) else {
                break;
            };
            match number(at, 2) {
                Some(ORIENTATION) => {
                    let value = number(at.saturating_add(8), 2).and_then(|value| u8::try_from(value).ok());
                    exif.orientation = exif.orientation.or(value.filter(|value| (1..=8).contains(value)));
                }
                Some(GPS) => exif.has_position = true,
                Some(_) => {}
                None => break,
            }
        }
        exif
    }
}

/// An Exif with an orientation and nothing else.
pub(super) fn minimal(orientation: u8) -> [u8; MINIMAL] {
    let mut exif = *b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x01\0\0\0\0\0\0";
    exif[19] = orientation;
    exif
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::samples;

    #[test]
    fn a_minimal_exif_has_the_orientation_alone() {
        for orientation in 1..=8 {
            assert_eq!(Exif::read(&minimal(orientation)), Exif { orientation: Some(orientation), has_position: false });
        }
    }

    #[test]
    fn both_byte_orders_are_read() {
        for is_big in [true, false] {
            let exif = Exif::read(&samples::exif(is_big, 6));
            assert_eq!(exif, Exif { orientation: Some(6), has_position: true });
        }
    }

    #[test]
    fn entries_with_hostile_numbers_count_as_missing() {
        assert_eq!(Exif::read(b""), Exif::default());
        assert_eq!(Exif::read(b"MM\0\x2a\xff\xff\xff\xff"), Exif::default());
        assert_eq!(Exif::read(b"II\x2a\0\x08\0\0\0\xff\xff"), Exif::default());
        let mut exif = minimal(1);
        exif[19] = 9;
        assert_eq!(Exif::read(&exif), Exif::default());
    }
}
