//! Uploaded files, without a database and without HTTP: checks that their bytes match their names, leaves out metadata
//! for the privacy of the people who made them, and makes smaller copies of pictures.

mod exif;
mod gif;
mod intake;
mod isobmff;
mod jpeg;
mod png;
mod renditions;
mod signature;
mod step;
mod text;
mod webp;

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod samples;

pub use intake::{Intake, MAX_HELD_BYTES, Refusal, Summary};
pub use renditions::{MAX_ENCODED_BYTES, NoRendition, Rendition, renditions};
pub use step::Removed;
