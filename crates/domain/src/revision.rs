//! The history of a page: its state after each save.

use crate::{
    Timestamp, Version,
    page::{PageContent, PageId},
    text,
};

/// The state of a page after one save. It never changes, and it outlives the account of the user who saved it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// The key of the page.
    pub page: PageId,
    /// The version that the save made.
    pub version: Version,
    /// The moment of the save.
    pub at: Timestamp,
    /// The name of the user who saved it, or `command line`; empty for the state before the history began.
    pub actor: String,
    /// The note of the user who saved it; may be empty.
    pub note: String,
    /// The changes since the version before, in words.
    pub detail: String,
    /// The content of the page.
    pub content: PageContent,
    /// The chosen readers that were deleted since the save. The content's audience no longer names them.
    pub gone: Vec<String>,
}

/// The note of an author about a save: one line of at most 200 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note(String);

impl Note {
    /// Parses a note.
    ///
    /// # Errors
    /// A sentence for the person who typed it.
    pub fn parse(typed: &str) -> Result<Note, String> {
        text::line(typed, text::LINE_CHARS).map(Note)
    }

    /// The note as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
