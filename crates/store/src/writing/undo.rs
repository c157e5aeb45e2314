//! Undoes the last change of a page. The history keeps both, because an undo is a new version or a draft. The command does not
//! state the readers of the result: an undo that gives somebody access needs a confirmation.

use diesel::prelude::*;
use domain::{
    Timestamp, Version,
    access::Editor,
    draft::{Draft, DraftLock},
    page::{Page, PageContent, PageId, PageInput, PagePath},
    placement::Placement,
    revision::{Note, Revision},
};

use super::{
    Publish,
    affected::Affected,
    change::{Change, Outcome, Run},
    draft_rows, file_rows,
    moves::{self, PlannedMove},
    plan::Plan,
};
use crate::{
    Conn, Error, Result,
    columns::path_of,
    drafts,
    error::skip_unreadable,
    page_row, revisions,
    schema::{old_paths, pages, revisions as revisions_table},
    site,
};

/// Why a page is not undone, if it is no longer as the action left it.
pub(super) const CHANGED: &str = "was changed since.";

/// Saves the version before the last one of a published page as a new version, with its path, readers and dates. Pages that
/// moved with that version move back. What is taken back becomes the draft of the page, unless it has one or only moved.
/// Receipts and the place in the section have no history and stay.
#[derive(Clone, Debug)]
pub struct Undo {
    /// The page.
    pub page: PageId,
    /// The version of the page that is undone.
    pub from: Version,
}

/// Publishes an unpublished page as it was in its last version. The draft stays if it differs from that.
#[derive(Clone, Debug)]
pub struct Republish {
    /// The page.
    pub page: PageId,
    /// The last version of the page.
    pub version: Version,
}

impl Undo {
    /// # Errors
    /// [`Error::Stale`] when the page has another version, or none before it; [`Error::Refused`] when readers of the version
    /// before no longer exist.
    fn undone(&self, conn: &mut Conn, by: &Editor) -> Result<Undone> {
        let (page, from) = (self.page, self.from);
        let now = page_row::get(conn, page)?.filter(|now| now.version == from).ok_or(Error::Stale)?;
        let undone = revisions::get(conn, by, page, from)?.ok_or(Error::Stale)?;
        let before = revisions::before(conn, by, page, from)?.ok_or(Error::Stale)?;
        let content = content_of(conn, by, page, before)?;
        let content = kept(content, now.content.receipts, now.content.placement.clone());
        let moved = match content.path == now.content.path {
            true => Vec::new(),
            false => moved_with(conn, page, undone.at, &now.content.path, &content.path)?,
        };
        let note = Note::parse(&format!("as in version {}", before.0)).map_err(Error::Query)?;
        let (lock, note, move_below) = (None, Some(note), false);
        let files_of = Some(before);
        let publish = Publish { lock, note, move_below, files_of, ..Publish::after(from, page, content) };
        Ok(Undone { page: now, publish, moved })
    }
}

/// What an undo does: the version that it takes back, the one that it saves, and the pages that move back.
struct Undone {
    page: Page,
    publish: Publish,
    moved: Vec<PlannedMove>,
}

impl Republish {
    /// # Errors
    /// [`Error::Stale`] when the page is published, was discarded or has another version; [`Error::Refused`] when readers of
    /// the version no longer exist.
    fn publish(&self, conn: &mut Conn, by: &Editor) -> Result<(Draft, Publish)> {
        let page = self.page;
        let draft = drafts::get(conn, by, page)?.ok_or(Error::Stale)?;
        if page_row::get(conn, page)?.is_some() || revisions::last(conn, by, page)? != Some(self.version) {
            return Err(Error::Stale);
        }
        let content = content_of(conn, by, page, self.version)?;
        let typed = draft.typed.page.check(draft.saved_at);
        let (receipts, placement) =
            typed.map_or((false, Placement::default()), |typed| (typed.receipts, typed.placement));
        let content = kept(content, receipts, placement);
        let (from, lock, note) = (self.version, None, None);
        Ok((draft, Publish { is_new: true, lock, note, ..Publish::after(from, page, content) }))
    }
}

/// The content of a version.
///
/// # Errors
/// [`Error::Stale`] when the version is gone; [`Error::Refused`] when its readers no longer exist.
fn content_of(conn: &mut Conn, by: &Editor, page: PageId, version: Version) -> Result<PageContent> {
    let Revision { content, gone, .. } = revisions::get(conn, by, page, version)?.ok_or(Error::Stale)?;
    match gone.first() {
        None => Ok(content),
        Some(gone) => Err(Error::Refused(format!(
            "Version {} cannot come back with its readers: {gone} no longer exists.",
            version.0
        ))),
    }
}

/// The content of a version with what has no history: receipts, and the place in the section without the language.
fn kept(content: PageContent, receipts: bool, placement: Placement) -> PageContent {
    let language = content.placement.language.clone();
    PageContent { receipts, placement: Placement { language, ..placement }, ..content }
}

/// The way back of the pages that moved along with a page at a moment, from below one path to below another one; without those
/// that moved again since.
fn moved_with(
    conn: &mut Conn,
    page: PageId,
    at: Timestamp,
    below: &PagePath,
    back_below: &PagePath,
) -> Result<Vec<PlannedMove>> {
    let then = revisions_table::page_id.eq(old_paths::page_id).and(revisions_table::at.eq(old_paths::left_at));
    let rows: Vec<(i64, String, String, String)> = old_paths::table
        .inner_join(pages::table.on(pages::id.eq(old_paths::page_id)))
        .inner_join(revisions_table::table.on(then))
        .filter(old_paths::left_at.eq(at.naive_utc()))
        .filter(old_paths::page_id.ne(page.0))
        .filter(pages::path.eq(revisions_table::path))
        .order(pages::path)
        .select((pages::id, pages::title, pages::path, old_paths::path))
        .load(conn)?;
    let back = rows.into_iter().filter_map(|(id, title, from, to)| {
        Some(PlannedMove { id: PageId(id), title, from: skip_unreadable(path_of(&from))?, to: PagePath::parse(&to) })
    });
    // Another page may have moved in the same bulk action.
    let moved_along =
        |one: &PlannedMove| one.from.is_below(below) && one.to.as_ref().is_ok_and(|to| to.is_below(back_below));
    Ok(back.filter(moved_along).collect())
}

impl Undo {
    /// Why the undo is not possible, in words for a list; `None` if it is.
    pub(super) fn obstacle(&self, conn: &mut Conn, by: &Editor) -> Result<Option<String>> {
        let Undone { publish, moved, .. } = match self.undone(conn, by) {
            Ok(undone) => undone,
            Err(error) => return obstacle_of(error).map(Some),
        };
        if let Some(obstacle) = publish.obstacles(conn, by)?.first() {
            return Ok(Some(obstacle.to_string()));
        }
        if let Some(before) = publish.files_of
            && !file_rows::has_room_for(conn, by, self.page, [before, self.from])?
        {
            return Ok(Some("would have too many files.".into()));
        }
        let (_, blocked) = moves::split_taken(conn, moved)?;
        Ok(blocked.first().map(|one| format!("{} cannot move back.", one.from)))
    }
}

impl Republish {
    /// Why the page cannot be published again, in words for a list; `None` if it can.
    pub(super) fn obstacle(&self, conn: &mut Conn, by: &Editor) -> Result<Option<String>> {
        match self.publish(conn, by) {
            Ok((_, publish)) => Ok(publish.obstacles(conn, by)?.first().map(ToString::to_string)),
            Err(error) => obstacle_of(error).map(Some),
        }
    }
}

/// The reason why one page of a bulk action stays as it is.
fn obstacle_of(error: Error) -> Result<String> {
    match error {
        Error::Stale => Ok(CHANGED.into()),
        Error::Refused(words) => Ok(words),
        error => Err(error),
    }
}

impl Change for Undo {
    fn affected(&self, conn: &mut Conn, by: &Editor) -> Result<Affected> {
        let Undone { publish, moved, .. } = self.undone(conn, by)?;
        let mut affected = publish.affected_unstated(conn)?;
        affected.edits.extend(moved.into_iter().filter_map(PlannedMove::edit));
        Ok(affected)
    }

    fn apply(&self, conn: &mut Conn, run: &mut Run<'_>, plan: &Plan) -> Result<Outcome> {
        let Undone { page, publish, moved } = self.undone(conn, run.by)?;
        let outcome = publish.apply(conn, run, plan)?;
        let Outcome::Page { version, .. } = outcome else { return Ok(outcome) };
        for PlannedMove { id, from, to, .. } in moved {
            let to = to.map_err(|why| Error::Refused(format!("{from} cannot move back: {why}")))?;
            moves::relocate(conn, run, id, &from, &to)?;
        }
        let only_moved = PageContent { path: page.content.path.clone(), ..publish.content } == page.content;
        if !only_moved && drafts::get(conn, run.by, self.page)?.is_none() {
            let zone = site::get(conn)?.time_zone;
            let draft = Draft {
                page: self.page,
                typed: PageInput::of(&page.content, zone).into(),
                based_on: version,
                saved_at: run.now,
                saved_by: run.by.actor().into(),
                version: Version::FIRST,
                gone: Vec::new(),
            };
            draft_rows::insert(conn, &draft, DraftLock::default(), None)?;
            file_rows::draft_earlier(conn, run.by, self.page, self.from)?;
        }
        Ok(outcome)
    }
}

impl Change for Republish {
    fn affected(&self, conn: &mut Conn, by: &Editor) -> Result<Affected> {
        let (_, publish) = self.publish(conn, by)?;
        publish.affected_unstated(conn)
    }

    fn apply(&self, conn: &mut Conn, run: &mut Run<'_>, plan: &Plan) -> Result<Outcome> {
        let (draft, publish) = self.publish(conn, run.by)?;
        let outcome = publish.apply(conn, run, plan)?;
        let Outcome::Page { version, .. } = outcome else { return Ok(outcome) };
        let zone = site::get(conn)?.time_zone;
        let is_same = draft.typed.page.in_zone(zone) == PageInput::of(&publish.content, zone);
        match is_same && !file_rows::has_waiting(conn, self.page)? {
            true => draft_rows::delete(conn, self.page)?,
            false => draft_rows::rebase(conn, self.page, version)?,
        }
        Ok(outcome)
    }
}
