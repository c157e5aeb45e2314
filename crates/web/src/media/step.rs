//! The steps that the readers of containers return to [`super::Intake`], each over bytes that need not be in memory.

use super::exif::Exif;

/// The maximum number of bytes of a file at which a reader looks at once.
pub(super) const AHEAD: usize = 4096;

/// What happens to the next bytes of a file.
pub(super) enum Step {
    /// The reader is called again with at least this many of them, which is at most [`AHEAD`].
    Look(usize),
    /// They are stored.
    Keep(u64),
    /// They are stored up to the first byte of this value, which is not stored.
    KeepUntil(u8),
    /// They are left out.
    Drop(u64),
    /// Zeros are stored instead of this many.
    Blank(u64),
    /// The given bytes are stored instead of this many.
    Replace(Vec<u8>, u64),
    /// All the following ones are stored.
    KeepRest,
    /// All the following ones are left out.
    DropRest,
    /// Zeros are stored instead of all the following ones.
    BlankRest,
}

/// The reason why a file is refused.
pub(super) enum Fault {
    /// It breaks a rule of its format.
    Damaged(&'static str),
}

/// The reader of a container. Its steps depend on the bytes alone, and not on how they arrive.
pub(super) trait Format: Send {
    /// The next step. `ahead` begins with the first byte that no step has taken.
    fn step(&mut self, ahead: &[u8]) -> Result<Step, Fault>;
    /// Whether the file may end here.
    fn is_complete(&self) -> bool;
    /// The facts about the file that are known so far.
    fn facts(&self) -> Facts;
}

/// The metadata that was left out of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// The position at which a picture or a film was taken (GPS).
    pub position: bool,
    /// Other metadata, such as the camera, the time, comments and small previews.
    pub other: bool,
}

/// The facts about a file that its reader knows at its end.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Facts {
    /// Width and height in pixels, as stored.
    pub(super) size: Option<(u32, u32)>,
    /// The orientation, as Exif numbers it from 1 to 8.
    pub(super) orientation: Option<u8>,
    pub(super) removed: Removed,
    pub(super) is_animated: bool,
    /// Whether a track of positions stays in a film.
    pub(super) has_position_track: bool,
}

impl Facts {
    /// Records an Exif that is left out, and returns its orientation if it is the first one that turns the picture.
    pub(super) fn leave_out(&mut self, exif: &Exif) -> Option<u8> {
        self.removed.other = true;
        self.removed.position |= exif.has_position;
        match (self.orientation, exif.orientation) {
            (None, Some(turned @ 2..=8)) => {
                self.orientation = Some(turned);
                Some(turned)
            }
            _ => None,
        }
    }
}

/// Reads nothing: everything is stored as it is.
#[derive(Default)]
pub(super) struct Opaque;

impl Format for Opaque {
    fn step(&mut self, _ahead: &[u8]) -> Result<Step, Fault> {
        Ok(Step::KeepRest)
    }

    fn is_complete(&self) -> bool {
        true
    }

    fn facts(&self) -> Facts {
        Facts::default()
    }
}
