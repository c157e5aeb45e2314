//! Drafts: what was typed of a page and is not published. Nothing of it is checked, so nothing is lost.

use serde::{Deserialize, Serialize};

use crate::{
    Timestamp, Version,
    page::{PageId, PageInput, PagePath},
};

/// What the form of a page holds.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct DraftInput {
    /// The page.
    pub page: PageInput,
    /// A word for its history.
    pub note: String,
    /// Whether the pages below move along with the path.
    pub move_below: bool,
}

impl Default for DraftInput {
    fn default() -> DraftInput {
        DraftInput { page: PageInput::default(), note: String::new(), move_below: true }
    }
}

impl From<PageInput> for DraftInput {
    fn from(page: PageInput) -> DraftInput {
        DraftInput { page, ..DraftInput::default() }
    }
}

impl DraftInput {
    /// The path at which the page would live; `None` if that is none.
    pub fn path(&self) -> Option<PagePath> {
        self.page.check_path().ok()
    }
}

/// The draft of a page that readers do not have yet, or the changes that wait over one that they have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The key of the page, from its first draft on.
    pub page: PageId,
    /// What was typed.
    pub typed: DraftInput,
    /// The version of the page over which it was typed; 0 for a page that was not there.
    pub based_on: Version,
    /// When it was saved.
    pub saved_at: Timestamp,
    /// By whom.
    pub saved_by: String,
    /// How often it was saved.
    pub version: Version,
    /// Chosen readers that were deleted since the draft was saved. They are no longer in the input.
    pub gone: Vec<String>,
}

/// A form that was opened once, by a number of its own: what it saved itself is not somebody else's, also when the answer
/// to that was lost. 0 is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FormId(pub i64);

/// What a form knows of the draft over which it saves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DraftLock {
    /// The version of the draft that it shows; 0 if there was none.
    pub draft: Version,
    /// The form.
    pub form: FormId,
}

impl Default for DraftLock {
    /// A form that knows of no draft, and has no number.
    fn default() -> DraftLock {
        DraftLock { draft: Version(0), form: FormId::default() }
    }
}
