//! Publishing a page: a new one, a draft, or a new version of a published page.

use std::borrow::Cow;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::{
    Timestamp, Version,
    access::Editor,
    audience::{Audience, Chosen},
    audit::{Action, page_changes},
    draft::{DraftLock, FormId},
    effective_access::EffectiveAccess,
    page::{Dates, Page, PageContent, PageId, PagePath},
    revision::Note,
};

use super::{
    access_columns,
    affected::{Affected, DateEffect, Edit, OwnAccess},
    audit,
    change::{Change, Outcome, Run},
    chosen_readers::choose,
    draft_rows, file_rows, links,
    moves::{self, PlannedMove},
    old_paths,
    page_columns::Content,
    placements,
    plan::Plan,
    receipts,
    revisions::Record,
};
use crate::{
    Conn, Error, Result, access,
    columns::{self, dates_of, path_of},
    drafts,
    error::skip_unreadable,
    page_row, reader_keys, revisions,
    schema::{old_paths as old_paths_table, pages},
};

/// Publishes the content of a page.
#[derive(Clone, Debug)]
pub struct Publish {
    /// The key of the page or of its draft; for a new page, a key from [`super::new_page_id`].
    pub page: PageId,
    /// Whether the page is new. A form that saved a draft of it publishes that draft.
    pub is_new: bool,
    /// The version of the page from which the content was made; any for a new page. A form may also save over the version
    /// that it has saved itself.
    pub from: Version,
    /// The draft that the form holds; `None` leaves a draft of the page as it is.
    pub lock: Option<DraftLock>,
    /// The content.
    pub content: PageContent,
    /// A note for the history.
    pub note: Option<Note>,
    /// Whether the pages below move along with the path.
    pub move_below: bool,
    /// Whether the audience was named for this very change, as an option of the command line names it. A form shows the
    /// audience that it was opened with: people who gain access to a page by it have to be confirmed.
    pub names_readers: bool,
    /// The version whose files are restored; `None` to publish the files of the draft that the form holds.
    pub files_of: Option<Version>,
}

/// A reason why a page cannot be published yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// These chosen people and groups do not exist.
    MissingReaders(Chosen),
    /// Another page lives at the path.
    PathTaken(PagePath),
    /// The path is an old path of another page, which is still found there.
    OldPath {
        /// The path.
        path: PagePath,
        /// The title of the other page.
        title: String,
        /// The path at which the other page lives now.
        lives_at: PagePath,
    },
}

/// The columns of a published page on which access depends.
struct Current {
    path: PagePath,
    audience: Audience,
    dates: Dates,
    show_title: bool,
}

fn current(conn: &mut Conn, page: PageId) -> Result<Option<Current>> {
    let columns = (pages::path, pages::audience, pages::published_at, pages::unpublish_at, pages::show_title);
    let row: Option<(String, String, NaiveDateTime, Option<NaiveDateTime>, bool)> =
        pages::table.find(page.0).select(columns).first(conn).optional()?;
    let Some((path, word, published_at, unpublish_at, show_title)) = row else { return Ok(None) };
    let audience = access::stated_audience(conn, page, &word)?;
    let dates = dates_of(published_at, unpublish_at);
    Ok(Some(Current { path: path_of(&path)?, audience, dates, show_title }))
}

/// What a publication says to its user about access.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Statement {
    /// The form of the page shows its dates, and for a page that readers do not have, its readers.
    Form,
    /// Nothing: the page is one of a list, or an earlier version of itself.
    Nothing,
}

impl Publish {
    /// The content as the version after `from` of a page, without a draft, a note, or pages that move along.
    pub fn after(from: Version, page: PageId, content: PageContent) -> Publish {
        Publish {
            page,
            is_new: false,
            from,
            lock: None,
            content,
            note: None,
            move_below: false,
            names_readers: false,
            files_of: None,
        }
    }

    /// The content as the first version of a page.
    pub fn first(page: PageId, content: PageContent) -> Publish {
        Publish { is_new: true, ..Publish::after(Version(0), page, content) }
    }

    /// The key of the page: that of the draft that the form of a new page saved, if it saved one.
    fn key(&self, conn: &mut Conn) -> Result<PageId> {
        let form = self.lock.filter(|_| self.is_new).map(|lock| lock.form);
        let draft = match form {
            Some(form) => drafts::of_form(conn, form)?,
            None => None,
        };
        Ok(draft.map_or(self.page, |draft| draft.page))
    }

    /// The reasons why the page cannot be published yet.
    pub fn obstacles(&self, conn: &mut Conn, _: &Editor) -> Result<Vec<Obstacle>> {
        let mut obstacles = Vec::new();
        if let Some(chosen) = self.content.audience.chosen() {
            let missing = access::missing(conn, chosen)?;
            if !missing.people.is_empty() || !missing.groups.is_empty() {
                obstacles.push(Obstacle::MissingReaders(missing));
            }
        }
        let (own, path) = (self.key(conn)?, &self.content.path);
        let there: Option<i64> =
            pages::table.filter(pages::path.eq(path.as_str())).select(pages::id).first(conn).optional()?;
        if there.is_some_and(|there| there != own.0) {
            obstacles.push(Obstacle::PathTaken(path.clone()));
        }
        let former: Option<(i64, String, String)> = old_paths_table::table
            .inner_join(pages::table.on(pages::id.eq(old_paths_table::page_id)))
            .filter(old_paths_table::path.eq(path.as_str()))
            .select((pages::id, pages::title, pages::path))
            .first(conn)
            .optional()?;
        if let Some((_, title, lives_at)) = former.filter(|(id, ..)| *id != own.0)
            && let Some(lives_at) = skip_unreadable(path_of(&lives_at))
        {
            obstacles.push(Obstacle::OldPath { path: path.clone(), title, lives_at });
        }
        Ok(obstacles)
    }

    /// The moves of the pages below, if they move along.
    fn moves(&self, conn: &mut Conn, from: &PagePath) -> Result<Vec<PlannedMove>> {
        match self.move_below && *from != self.content.path {
            true => moves::section(conn, from, &self.content.path),
            false => Ok(Vec::new()),
        }
    }

    /// # Errors
    /// [`Error::Stale`] when the page has another version.
    fn save(&self, conn: &mut Conn, run: &Run<'_>, plan: &Plan, old: Page) -> Result<Version> {
        if old.version != self.from && !self.is_own(conn, old.id, old.version)? {
            return Err(Error::Stale);
        }
        let access = match plan.after(old.id) {
            Some(access) => access,
            None => access::effective(conn, old.id)?.ok_or(Error::Stale)?,
        };
        let content = &*with_its_receipts(&self.content, access);
        if old.content == *content && !self.changes_files(conn, old.id)? {
            return Ok(old.version);
        }
        let planned = self.moves(conn, &old.content.path)?;
        let version = old.version.next();
        let saved = diesel::update(pages::table.find(old.id.0).filter(pages::version.eq(old.version.0)))
            .set(Content::new(content, version, run.now))
            .execute(conn)?;
        if saved == 0 {
            return Err(Error::Stale);
        }
        receipts::set_wanted(conn, old.id, content.receipts)?;
        placements::set(conn, old.id, &content.placement)?;
        let audience = Some(&content.audience).filter(|audience| **audience != old.content.audience);
        if plan.after(old.id).is_some() {
            access_columns::write(conn, &[old.id], audience, access, None)?;
        }
        if let Some(audience) = audience {
            choose(conn, &[old.id], audience)?;
        }
        if old.content.path != content.path {
            old_paths::take(conn, &content.path)?;
            old_paths::leave(conn, &old.content.path, old.id, run.now)?;
            moves::move_section(conn, run, &old.content.path, &content.path, planned)?;
        }
        plan.write_inherited(conn, &[old.id])?;
        let files = self.publish_files(conn, run, old.id, version)?;
        let changes = page_changes(&old.content, content);
        let changes =
            if changes.is_empty() || files.is_empty() { changes + &files } else { format!("{changes}; {files}") };
        self.record(conn, run, old.id, content, &changes)?;
        audit::page(conn, run.by, Action::Changed, &content.path, changes, run.now)?;
        Ok(version)
    }

    fn insert(&self, conn: &mut Conn, run: &Run<'_>, plan: &Plan, page: PageId) -> Result<Version> {
        let before: Option<(Timestamp, Version)> = revisions::first_and_last(conn, page)?;
        let (created_at, version) = before.map_or((run.now, Version::FIRST), |(first, last)| (first, last.next()));
        let access = plan.after(page).unwrap_or(EffectiveAccess::ChosenBy(page));
        let content = &*with_its_receipts(&self.content, access);
        let audience = &content.audience;
        diesel::insert_into(pages::table)
            .values((
                pages::id.eq(page.0),
                pages::created_at.eq(created_at.naive_utc()),
                access_columns::closed(page, audience.as_str()),
                Content::new(content, version, run.now),
            ))
            .execute(conn)?;
        if access != EffectiveAccess::ChosenBy(page) {
            access_columns::write(conn, &[page], None, access, None)?;
        }
        choose(conn, &[page], audience)?;
        receipts::set_wanted(conn, page, content.receipts)?;
        placements::set(conn, page, &content.placement)?;
        plan.write_inherited(conn, &[page])?;
        old_paths::take(conn, &content.path)?;
        self.publish_files(conn, run, page, version)?;
        let detail = if before.is_none() { "made" } else { "published again" };
        self.record(conn, run, page, content, detail)?;
        let detail = format!("“{}”, read by: {}", content.title, audience.words());
        audit::page(conn, run.by, Action::Created, &content.path, detail, run.now)?;
        Ok(version)
    }

    fn record(&self, conn: &mut Conn, run: &Run<'_>, page: PageId, content: &PageContent, detail: &str) -> Result<()> {
        let readers = reader_keys::keep_audience(conn, &content.audience)?;
        let form = self.lock.map_or(FormId::default(), |lock| lock.form);
        let record = Record { by: run.by, note: self.note.as_ref(), form, detail, readers: &readers, now: run.now };
        record.add(conn, &[page])
    }

    /// Whether files of the draft wait, or the files of another version are restored.
    fn changes_files(&self, conn: &mut Conn, page: PageId) -> Result<bool> {
        match self.lock {
            Some(_) => file_rows::has_waiting(conn, page),
            None => Ok(self.files_of.is_some()),
        }
    }

    /// Returns what changed, in words.
    fn publish_files(&self, conn: &mut Conn, run: &Run<'_>, page: PageId, version: Version) -> Result<String> {
        match (self.files_of, self.lock) {
            (Some(earlier), _) => file_rows::restore_version(conn, run.by, page, earlier, version),
            (None, Some(_)) => file_rows::publish(conn, page, version),
            (None, None) => Ok(String::new()),
        }
    }

    /// Whether a version of the page is an earlier save of the same form. The answer to that save may have been lost.
    fn is_own(&self, conn: &mut Conn, page: PageId, version: Version) -> Result<bool> {
        let form = self.lock.map_or(FormId::default(), |lock| lock.form);
        Ok(form != FormId::default() && revisions::form(conn, page, version)? == form)
    }

    /// The draft that the form holds. An earlier save of the same form has taken it.
    fn held_draft(&self, conn: &mut Conn, page: PageId, lock: DraftLock) -> Result<DraftLock> {
        let version: Option<i64> = pages::table.find(page.0).select(pages::version).first(conn).optional()?;
        Ok(match version {
            Some(version) if version != self.from.0 && self.is_own(conn, page, Version(version))? => {
                DraftLock { draft: Version(0), ..lock }
            }
            _ => lock,
        })
    }

    /// Whether a chosen name belongs to another account or group than in the version that the form was opened with.
    fn names_changed_hands(&self, conn: &mut Conn, page: PageId) -> Result<bool> {
        let Some(chosen) = self.content.audience.chosen() else { return Ok(false) };
        match draft_rows::kept_readers(conn, page, self.from)? {
            Some(readers) => reader_keys::changed_hands(conn, &readers, chosen),
            None => Ok(false),
        }
    }

    /// The effect on access of a publication that states neither readers nor dates.
    pub(super) fn affected_unstated(&self, conn: &mut Conn) -> Result<Affected> {
        self.affected_with(conn, Statement::Nothing)
    }

    fn affected_with(&self, conn: &mut Conn, statement: Statement) -> Result<Affected> {
        let page = self.key(conn)?;
        let PageContent { path, audience, title, .. } = &self.content;
        let is_named = *audience != Audience::Inherited;
        let (current, was) = (current(conn, page)?, draft_rows::was(conn, page)?);
        let (dates, shows_title) = match statement {
            Statement::Form => (DateEffect::None, false),
            Statement::Nothing => {
                (self.date_effect(conn, current.as_ref())?, self.shows_title(conn, page, current.as_ref(), was)?)
            }
        };
        let is_same = current.as_ref().is_some_and(|current| current.path == *path && current.audience == *audience);
        if is_same && dates != DateEffect::Opens && !shows_title {
            return Ok(Affected::default());
        }
        let own = OwnAccess::of(conn, audience)?;
        let from = current.map(|current| current.path);
        let mut edits: Vec<Edit> = match &from {
            Some(from) => self.moves(conn, from)?.into_iter().filter_map(PlannedMove::edit).collect(),
            None => Vec::new(),
        };
        // A page that readers do not have is new to everyone, as its own form says. A name in the form says nothing if
        // another account has it since the form was opened.
        let is_told = match from {
            Some(_) => is_named && self.names_readers,
            None => is_named || was.is_none(),
        };
        let stated = statement == Statement::Form && is_told && !self.names_changed_hands(conn, page)?;
        let to = Some((path.clone(), own));
        edits.push(Edit { was, dates, shows_title, stated, ..Edit::new(page, title.clone(), from, to) });
        Ok(Affected::pages(edits))
    }

    fn date_effect(&self, conn: &mut Conn, current: Option<&Current>) -> Result<DateEffect> {
        let (dates, now) = (self.content.dates(), columns::now(conn)?);
        Ok(match current {
            Some(current) if current.dates.is_opened_by(dates, now) => DateEffect::Opens,
            None if dates.has_ended(now) => DateEffect::Ended,
            _ => DateEffect::None,
        })
    }

    /// Whether lists begin to show the title to everyone.
    fn shows_title(
        &self,
        conn: &mut Conn,
        page: PageId,
        current: Option<&Current>,
        was: Option<EffectiveAccess>,
    ) -> Result<bool> {
        let before = match current {
            Some(current) => current.show_title,
            None => was.is_some() && revisions::showed_title(conn, page)?,
        };
        Ok(self.content.show_title && !before)
    }
}

impl Change for Publish {
    fn affected(&self, conn: &mut Conn, _: &Editor) -> Result<Affected> {
        self.affected_with(conn, Statement::Form)
    }

    fn apply(&self, conn: &mut Conn, run: &mut Run<'_>, plan: &Plan) -> Result<Outcome> {
        let page = self.key(conn)?;
        let had_draft = match self.lock {
            Some(lock) => {
                let held = self.held_draft(conn, page, lock)?;
                draft_rows::take(conn, run.by, page, held)?
            }
            None => false,
        };
        let (version, is_new) = match page_row::get(conn, page)? {
            Some(old) => (self.save(conn, run, plan, old)?, false),
            None if self.is_new || had_draft => (self.insert(conn, run, plan, page)?, true),
            None => return Err(Error::Stale),
        };
        links::refresh(conn, page, run.links)?;
        Ok(Outcome::Page { id: page, version, is_new })
    }
}

/// The content as it is stored: only pages with chosen readers have receipts.
fn with_its_receipts(content: &PageContent, access: EffectiveAccess) -> Cow<'_, PageContent> {
    match content.receipts && !matches!(access, EffectiveAccess::ChosenBy(_)) {
        true => Cow::Owned(PageContent { receipts: false, ..content.clone() }),
        false => Cow::Borrowed(content),
    }
}
