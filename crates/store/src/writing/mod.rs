//! Changes. A change of pages or groups is a value, a [`Command`]: [`preview`] says what it would do to access, and [`run`]
//! does it, with its audit entries, its revisions and the access of the pages that inherit.
//!
//! Users, settings, links, receipts and shares change nobody's access to a page by inheritance; their functions are in the
//! modules of their nouns.

pub mod account;
pub mod app_passwords;
pub mod audit;
pub mod bulk_actions;
pub mod contents;
pub mod drafts;
pub mod failed_sign_ins;
pub mod invitations;
pub mod jobs;
pub mod keys;
pub mod links;
pub mod navigation;
pub mod receipts;
pub mod search;
pub mod shares;
pub mod sign_ins;
pub mod site;
pub mod users;

mod access_columns;
mod access_diff;
mod add_users;
mod affected;
mod change;
mod chosen_readers;
mod command;
mod delete;
mod discard_drafts;
mod draft_rows;
mod file_rows;
mod files;
mod groups;
mod memberships;
mod moves;
mod old_paths;
mod page_columns;
mod placements;
mod plan;
mod present;
mod publish;
mod publish_drafts;
mod purge;
mod reader_sets;
mod restore;
mod reversal;
mod revert;
mod revisions;
mod save_draft;
mod selection;
mod set_audience;
mod shared_sections;
mod sort_section;
mod undo;
mod undo_bulk;
mod unpublish;

pub use access_diff::{AccessChange, AccessDiff, Consent, Fingerprint};
pub use add_users::AddUsers;
pub use change::{ChangedPage, Outcome, Run};
pub use command::{Command, preview, run};
pub use delete::Delete;
pub use discard_drafts::{DiscardDrafts, DraftVersion};
pub use files::{AddFile, ChangeFile, FileChange, PurgeFile};
pub use groups::{AddGroup, DeleteGroup, UpdateGroup};
pub use links::{ReadText, TextFacts};
pub use memberships::ChangeMemberships;
pub use moves::{Move, PlannedMove};
pub use publish::{Obstacle, Publish};
pub use publish_drafts::{PublishDrafts, SortedDrafts};
pub use purge::Purge;
pub use restore::Restore;
pub use revert::Revert;
pub use save_draft::SaveDraft;
pub use selection::Selection;
pub use set_audience::SetAudience;
pub use sort_section::SortSection;
pub use undo::{Republish, Undo};
pub use undo_bulk::{BulkUndo, UndoBulk};
pub use unpublish::{Unpublish, UnpublishForm};

use domain::page::PageId;

/// A key for a page that is about to be made.
///
/// # Errors
/// [`crate::Error::Query`] when the system has no randomness.
pub fn new_page_id() -> crate::Result<PageId> {
    crate::id::new().map(PageId)
}
