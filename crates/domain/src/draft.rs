//! Drafts: the input of a page's form before it is published. It is stored unchecked, so that no input is lost.

use serde::{Deserialize, Serialize};

use crate::{
    Timestamp, Version,
    page::{PageId, PageInput, PagePath},
};

/// The input of a page's form.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct DraftInput {
    /// The fields of the page.
    pub page: PageInput,
    /// A note for the history of the page.
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
    /// The path at which the page would be published; `None` if the input gives no valid path.
    pub fn path(&self) -> Option<PagePath> {
        self.page.check_path().ok()
    }
}

/// The draft of a page that is not published, or the pending changes of a published page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The key of the page, which its first draft fixes.
    pub page: PageId,
    /// The input of the form.
    pub typed: DraftInput,
    /// The version of the page on which the draft is based; 0 for a page that did not exist.
    pub based_on: Version,
    /// The moment of the save.
    pub saved_at: Timestamp,
    /// The name of the user who saved it.
    pub saved_by: String,
    /// The version of the draft, which grows by 1 with each save.
    pub version: Version,
    /// The chosen readers that were deleted since the draft was saved. The input no longer names them.
    pub gone: Vec<String>,
}

/// The random number of a form that was opened once. By it a form recognises its own saves, even if the response to one
/// was lost. 0 means no number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FormId(pub i64);

/// The version of the draft that a form overwrites, and the form's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DraftLock {
    /// The version of the draft that the form shows; 0 if there was none.
    pub draft: Version,
    /// The number of the form.
    pub form: FormId,
}

impl Default for DraftLock {
    /// The lock of a form that shows no draft and has no number.
    fn default() -> DraftLock {
        DraftLock { draft: Version(0), form: FormId::default() }
    }
}
