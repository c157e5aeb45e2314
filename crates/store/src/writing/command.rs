//! Commands, and the two things that can be done with one: a preview of its effect on access, and the change itself.

use domain::access::Editor;

use super::{
    AddFile, AddGroup, AddUsers, ChangeFile, ChangeMemberships, Delete, DeleteGroup, DiscardDrafts, Move, Publish,
    PublishDrafts, Purge, PurgeFile, Republish, Restore, Revert, SaveDraft, SetAudience, SortSection, Undo, UndoBulk,
    Unpublish, UnpublishForm, UpdateGroup,
    access_diff::AccessDiff,
    change::{Change, Outcome, Run},
    plan::Plan,
    present::require_present,
};
use crate::{Conn, Result};

/// A change of pages or groups, or of who belongs to a group, as a value.
#[derive(Clone, Debug)]
pub enum Command {
    /// Publishes a page: a new one, a draft, or a new version of a published page.
    Publish(Publish),
    /// Publishes several drafts as they are.
    PublishDrafts(PublishDrafts),
    /// Saves what was typed without publishing it.
    SaveDraft(SaveDraft),
    /// Discards drafts.
    DiscardDrafts(DiscardDrafts),
    /// Gives pages another audience.
    SetAudience(SetAudience),
    /// Sorts the pages of a section by hand.
    SortSection(SortSection),
    /// Moves pages below another path, each with the pages below it.
    Move(Move),
    /// Takes pages off the site; each becomes a draft.
    Unpublish(Unpublish),
    /// Takes one page off the site; what its form holds becomes its draft.
    UnpublishForm(UnpublishForm),
    /// Moves pages to the trash.
    Delete(Delete),
    /// Restores a page from the trash.
    Restore(Restore),
    /// Restores an earlier version of a page into its draft.
    Revert(Revert),
    /// Undoes the last change of a published page.
    Undo(Undo),
    /// Undoes a bulk action.
    UndoBulk(UndoBulk),
    /// Publishes an unpublished page again, as it was.
    Republish(Republish),
    /// Deletes pages in the trash for good.
    Purge(Purge),
    /// Adds a file to a page.
    AddFile(AddFile),
    /// Changes a file of a page.
    ChangeFile(ChangeFile),
    /// Deletes a file for good.
    PurgeFile(PurgeFile),
    /// Adds users, who become members of groups.
    AddUsers(AddUsers),
    /// Adds a group.
    AddGroup(AddGroup),
    /// Changes the name and the members of a group.
    UpdateGroup(UpdateGroup),
    /// Deletes a group.
    DeleteGroup(DeleteGroup),
    /// Changes the groups of one user.
    ChangeMemberships(ChangeMemberships),
}

impl Command {
    /// Whether the command changes who belongs to a group.
    pub fn is_of_a_group(&self) -> bool {
        matches!(
            self,
            Command::AddUsers(_)
                | Command::AddGroup(_)
                | Command::UpdateGroup(_)
                | Command::DeleteGroup(_)
                | Command::ChangeMemberships(_)
        )
    }

    /// Whether the command may remove a page, a file or a member, which is no change of the readers of a page.
    fn removes(&self) -> bool {
        matches!(
            self,
            Command::Unpublish(_)
                | Command::UnpublishForm(_)
                | Command::Delete(_)
                | Command::Undo(_)
                | Command::UndoBulk(_)
                | Command::PurgeFile(_)
                | Command::UpdateGroup(_)
                | Command::DeleteGroup(_)
                | Command::ChangeMemberships(_)
        )
    }

    fn change(&self) -> &dyn Change {
        match self {
            Command::Publish(change) => change,
            Command::PublishDrafts(change) => change,
            Command::SaveDraft(change) => change,
            Command::DiscardDrafts(change) => change,
            Command::SetAudience(change) => change,
            Command::SortSection(change) => change,
            Command::Move(change) => change,
            Command::Unpublish(change) => change,
            Command::UnpublishForm(change) => change,
            Command::Delete(change) => change,
            Command::Restore(change) => change,
            Command::Revert(change) => change,
            Command::Undo(change) => change,
            Command::UndoBulk(change) => change,
            Command::Republish(change) => change,
            Command::Purge(change) => change,
            Command::AddFile(change) => change,
            Command::ChangeFile(change) => change,
            Command::PurgeFile(change) => change,
            Command::AddUsers(change) => change,
            Command::AddGroup(change) => change,
            Command::UpdateGroup(change) => change,
            Command::DeleteGroup(change) => change,
            Command::ChangeMemberships(change) => change,
        }
    }
}

/// Says what a command would do to access. It writes nothing and takes no lock; for a consistent answer it is asked in
/// [`crate::Store::snapshot`].
///
/// # Errors
/// The error with which the command itself would be refused before it changes anything.
pub fn preview(conn: &mut Conn, by: &Editor, command: &Command) -> Result<AccessDiff> {
    let affected = command.change().affected(conn, by)?;
    Ok(Plan::new(conn, &affected)?.diff())
}

/// Runs a command. To be called in [`crate::Store::write`]; on an error the transaction must be rolled back.
///
/// # Errors
/// [`Unconfirmed`](crate::Error::Unconfirmed) when people would gain access whom neither the command states nor the consent
/// covers; [`NotAllowed`](crate::Error::NotAllowed) when the acting account was disabled or lost its role;
/// [`Stale`](crate::Error::Stale), [`Duplicate`](crate::Error::Duplicate) and [`Refused`](crate::Error::Refused) as the command
/// says.
pub fn run(conn: &mut Conn, run: &mut Run<'_>, command: &Command) -> Result<Outcome> {
    require_present(conn, run.by)?;
    let change = command.change();
    let mut affected = change.affected(conn, run.by)?;
    // Access below may depend on a change that another transaction is about to commit: wait for it, then look again.
    if !affected.is_empty() && conn.lock_readers()? {
        affected = change.affected(conn, run.by)?;
    }
    let plan = Plan::new(conn, &affected)?;
    let diff = plan.diff();
    run.takes_access = command.removes() || diff.changes().iter().any(|change| change.removed.is_some());
    run.consent.check(&diff)?;
    let pages = affected.edits.len().max(plan.changed());
    let outcome = conn.with_cache_for(pages, |conn| change.apply(conn, run, &plan))?;
    // The account may have been disabled during a long change: on PostgreSQL that commit is visible by now.
    require_present(conn, run.by)?;
    Ok(outcome)
}
