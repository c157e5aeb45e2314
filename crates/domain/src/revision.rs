//! History: what a page was each time that it was saved.

use crate::{
    Timestamp, Version,
    page::{PageContent, PageId},
    text,
};

/// A page as it was saved once. It is never changed, and outlives the account of whoever saved it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Which page.
    pub page: PageId,
    /// The version that the save made.
    pub version: Version,
    /// When.
    pub at: Timestamp,
    /// Who: a user's name, or `command line`; empty for what was there before there was a history.
    pub actor: String,
    /// What whoever saved it wanted to say about it; may be empty.
    pub note: String,
    /// What was changed, in words.
    pub detail: String,
    /// The page.
    pub content: PageContent,
    /// Chosen readers that were deleted since the save. They are not in the content's audience.
    pub gone: Vec<String>,
}

/// What somebody says about a save: one line of at most 200 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note(String);

impl Note {
    /// Parses what a person typed.
    ///
    /// # Errors
    /// A sentence for the person who typed it.
    pub fn parse(typed: &str) -> Result<Note, String> {
        text::line(typed, text::LINE_CHARS).map(Note)
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is saved of a page, and what is said about it.
#[derive(Clone, Copy, Debug)]
pub struct Save<'a> {
    /// The page.
    pub content: &'a PageContent,
    /// A word for its history; `None` for no word.
    pub note: Option<&'a Note>,
}

impl<'a> From<&'a PageContent> for Save<'a> {
    fn from(content: &'a PageContent) -> Save<'a> {
        Save { content, note: None }
    }
}
