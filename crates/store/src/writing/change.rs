//! A change of one kind, its circumstances and its outcome: what every command consists of.

use domain::{
    Timestamp, Version, access::Editor, bulk_action::Effect, draft::Draft, group::GroupId, page::PageId, user::UserId,
};

use super::{access_diff::Consent, affected::Affected, links::ReadText, plan::Plan};
use crate::{Conn, Result};

/// What a command did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A page was saved.
    Page {
        /// The key of the page.
        id: PageId,
        /// Its version now.
        version: Version,
        /// Whether readers did not have the page before.
        is_new: bool,
    },
    /// A draft was saved.
    Draft(Box<Draft>),
    /// A group was saved.
    Group(GroupId),
    /// Users were added, in the order of the command.
    Users(Vec<UserId>),
    /// A bulk command changed these pages.
    Pages(Vec<ChangedPage>),
    /// This many rows were changed.
    Count(usize),
}

impl Outcome {
    /// The outcome of a bulk command that did the same to all its pages.
    pub(super) fn of_pages(pages: impl IntoIterator<Item = PageId>, effect: Effect) -> Outcome {
        Outcome::Pages(pages.into_iter().map(|page| ChangedPage { page, effect }).collect())
    }

    /// The number of rows that were changed.
    pub fn count(&self) -> usize {
        match self {
            Outcome::Count(count) => *count,
            Outcome::Pages(pages) => pages.len(),
            Outcome::Users(users) => users.len(),
            Outcome::Page { .. } | Outcome::Draft(_) | Outcome::Group(_) => 1,
        }
    }

    /// The key of the page, or of the page of the draft, that was saved.
    pub fn page(&self) -> Option<PageId> {
        match self {
            Outcome::Page { id, .. } => Some(*id),
            Outcome::Draft(draft) => Some(draft.page),
            Outcome::Group(_) | Outcome::Users(_) | Outcome::Pages(_) | Outcome::Count(_) => None,
        }
    }
}

/// A page that a bulk command changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangedPage {
    /// The page.
    pub page: PageId,
    /// What was done to it.
    pub effect: Effect,
}

/// The circumstances of a change.
pub struct Run<'a> {
    /// The user who acts.
    pub by: &'a Editor,
    /// The moment of the change.
    pub now: Timestamp,
    /// What the user agreed to.
    pub consent: Consent,
    /// Reads the links and the reading time of a text.
    pub links: ReadText,
    /// Called with the number of pages that are done.
    pub progress: &'a mut dyn FnMut(usize),
    /// Set by [`run`](super::run): whether people may have lost access to something.
    pub takes_access: bool,
}

/// A change of one kind: what it does to access beside how it is done.
pub(super) trait Change {
    /// The pages and groups whose paths, audiences or members the change sets. It reads only.
    fn affected(&self, conn: &mut Conn, by: &Editor) -> Result<Affected>;

    /// Makes the change, with its audit entries and its revisions. `plan` holds the access that results from
    /// [`Change::affected`].
    fn apply(&self, conn: &mut Conn, run: &mut Run<'_>, plan: &Plan) -> Result<Outcome>;
}
