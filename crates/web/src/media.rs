//! Uploaded files without a database and without HTTP: whether their bytes are what their name says, what is left out of them
//! for the privacy of who made them, and smaller copies of pictures.

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

pub use intake::{HELD, Intake, Refusal, Summary};
pub use renditions::{ENCODED, NoRendition, Rendition, renditions};
pub use step::Removed;
