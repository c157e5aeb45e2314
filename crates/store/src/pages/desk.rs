//! Pages as their editors handle them: every function asks for the proof, every change leaves its audit entry.

use std::borrow::Cow;

use diesel::{dsl::count_star, prelude::*};
use domain::{
    Timestamp, Version,
    access::Editor,
    audience::Audience,
    audit::{Action, Entry, Subject, page_changes},
    page::{Page, PageContent, PageId, PagePath},
    revision::Save,
};

use super::{
    PageRow, Record, range_below,
    readers::{self, Resolved},
    rows::RowRecord,
};
use crate::{Conn, Error, Result, audit, id, old_paths, receipts, revisions, schema::pages, trash};

/// How many pages lie below a path.
///
/// # Errors
/// When the database fails.
pub fn below(conn: &mut Conn, _: &Editor, path: &PagePath) -> Result<u64> {
    let (from, to) = range_below(path);
    let count: i64 =
        pages::table.filter(pages::path.gt(from)).filter(pages::path.lt(to)).select(count_star()).first(conn)?;
    Ok(count.unsigned_abs())
}

/// A page by its key.
///
/// # Errors
/// When the database fails.
pub fn get(conn: &mut Conn, _: &Editor, id: PageId) -> Result<Option<Page>> {
    let record: Option<Record> = pages::table.find(id.0).select(Record::as_select()).first(conn).optional()?;
    record.map(|record| record.load(conn)).transpose()
}

/// Those of the pages that exist, in the order of their paths.
///
/// # Errors
/// When the database fails.
pub fn some(conn: &mut Conn, _: &Editor, ids: &[PageId]) -> Result<Vec<PageRow>> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let mut rows: Vec<PageRow> = Vec::new();
    for ids in ids.chunks(readers::KEYS) {
        let records: Vec<RowRecord> =
            pages::table.filter(pages::id.eq_any(ids)).select(RowRecord::as_select()).load(conn)?;
        rows.extend(records.into_iter().map(PageRow::try_from).collect::<Result<Vec<_>>>()?);
    }
    rows.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(rows)
}

/// Makes a page.
///
/// # Errors
/// [`Error::Duplicate`] when its path is taken.
pub fn insert<'a>(conn: &mut Conn, editor: &Editor, save: impl Into<Save<'a>>, now: Timestamp) -> Result<Page> {
    let id = PageId(id::new()?);
    insert_as(conn, editor, Birth { id, created_at: now, version: Version::FIRST }, save, now)
}

/// What a page has from before it is made: from its drafts, or from when it was published once.
pub(crate) struct Birth {
    pub(crate) id: PageId,
    pub(crate) created_at: Timestamp,
    pub(crate) version: Version,
}

/// Makes a page of a given birth.
///
/// # Errors
/// As [`insert`].
pub(crate) fn insert_as<'a>(
    conn: &mut Conn,
    editor: &Editor,
    birth: Birth,
    save: impl Into<Save<'a>>,
    now: Timestamp,
) -> Result<Page> {
    let Save { content, note: said } = save.into();
    conn.lock_readers()?;
    let Birth { id, created_at, version } = birth;
    let resolved = readers::resolve(conn, id, &content.path, &content.audience)?;
    let content = &*with_its_receipts(content, resolved);
    diesel::insert_into(pages::table)
        .values((
            pages::id.eq(id.0),
            pages::path.eq(content.path.as_str()),
            pages::title.eq(&content.title),
            pages::summary.eq(&content.summary),
            pages::body.eq(&content.body),
            pages::audience.eq(content.audience.as_str()),
            pages::private.eq(resolved.private),
            pages::readers_from.eq(resolved.readers_from),
            pages::show_title.eq(content.show_title),
            pages::list_below.eq(content.list_below),
            pages::published_at.eq(content.published_at.naive_utc()),
            pages::unpublish_at.eq(content.unpublish_at.map(|end| end.naive_utc())),
            pages::created_at.eq(created_at.naive_utc()),
            pages::updated_at.eq(now.naive_utc()),
            pages::version.eq(version.0),
        ))
        .execute(conn)?;
    readers::choose(conn, id, &content.audience)?;
    receipts::want(conn, id, content.receipts)?;
    readers::settle(conn, &content.path)?;
    old_paths::take(conn, &content.path)?;
    let detail = if version == Version::FIRST { "made" } else { "published again" };
    revisions::record(conn, id, content, editor, said, detail, now)?;
    let detail = format!("“{}”, read by: {}", content.title, content.audience.words());
    note(conn, editor, Action::Created, &content.path, detail, now)?;
    get(conn, editor, id)?.ok_or(Error::Stale)
}

/// Saves a page over the version from which the content was made; one that is saved as it is stays as it is.
///
/// # Errors
/// [`Error::Stale`] when somebody saved or deleted it meanwhile, [`Error::Duplicate`] when the path is taken.
pub fn update<'a>(
    conn: &mut Conn,
    editor: &Editor,
    id: PageId,
    from: Version,
    save: impl Into<Save<'a>>,
    now: Timestamp,
) -> Result<Page> {
    let Save { content, note: said } = save.into();
    conn.lock_readers()?;
    let old = get(conn, editor, id)?.filter(|old| old.version == from).ok_or(Error::Stale)?;
    let resolved = readers::resolve(conn, id, &content.path, &content.audience)?;
    let content = &*with_its_receipts(content, resolved);
    if old.content == *content {
        return Ok(old);
    }
    let version = from.next();
    let saved = diesel::update(pages::table.find(id.0).filter(pages::version.eq(from.0)))
        .set((
            pages::path.eq(content.path.as_str()),
            pages::title.eq(&content.title),
            pages::summary.eq(&content.summary),
            pages::body.eq(&content.body),
            pages::audience.eq(content.audience.as_str()),
            pages::private.eq(resolved.private),
            pages::readers_from.eq(resolved.readers_from),
            pages::settled.eq(pages::settled + 1),
            pages::show_title.eq(content.show_title),
            pages::list_below.eq(content.list_below),
            pages::published_at.eq(content.published_at.naive_utc()),
            pages::unpublish_at.eq(content.unpublish_at.map(|end| end.naive_utc())),
            pages::updated_at.eq(now.naive_utc()),
            pages::version.eq(version.0),
        ))
        .execute(conn)?;
    if saved == 0 {
        return Err(Error::Stale);
    }
    receipts::want(conn, id, content.receipts)?;
    if old.content.audience != content.audience {
        readers::choose(conn, id, &content.audience)?;
        readers::settle(conn, &content.path)?;
    }
    if old.content.path != content.path {
        readers::settle(conn, &old.content.path)?;
        readers::settle(conn, &content.path)?;
        old_paths::take(conn, &content.path)?;
        old_paths::leave(conn, &old.content.path, id, now)?;
    }
    let changes = page_changes(&old.content, content);
    revisions::record(conn, id, content, editor, said, &changes, now)?;
    note(conn, editor, Action::Changed, &content.path, changes, now)?;
    get(conn, editor, id)?.ok_or(Error::Stale)
}

/// The content as it will be: receipts are kept of pages with chosen readers only.
fn with_its_receipts(content: &PageContent, resolved: Resolved) -> Cow<'_, PageContent> {
    match content.receipts && !resolved.is_chosen() {
        true => Cow::Owned(PageContent { receipts: false, ..content.clone() }),
        false => Cow::Borrowed(content),
    }
}

/// Makes the page at a path, or replaces what stands there; whether it was made.
///
/// # Errors
/// [`Error::Stale`] when somebody saved it in the same moment.
pub fn put(conn: &mut Conn, editor: &Editor, content: &PageContent, now: Timestamp) -> Result<(Page, bool)> {
    match super::find(conn, &content.path)? {
        Some(page) => Ok((update(conn, editor, page.id, page.version, content, now)?, false)),
        None => Ok((insert(conn, editor, content, now)?, true)),
    }
}

/// Gives pages another audience; how many changed.
///
/// # Errors
/// [`Error::Refused`] when somebody who was chosen does not exist.
pub fn set_audience(
    conn: &mut Conn,
    editor: &Editor,
    ids: &[PageId],
    audience: &Audience,
    now: Timestamp,
) -> Result<usize> {
    let mut changed = 0;
    for id in ids {
        let Some(page) = get(conn, editor, *id)?.filter(|page| page.content.audience != *audience) else { continue };
        let content = PageContent { audience: audience.clone(), ..page.content };
        update(conn, editor, *id, page.version, &content, now)?;
        changed += 1;
    }
    Ok(changed)
}

/// Moves pages to the trash; how many there were.
///
/// # Errors
/// When the database fails.
pub fn delete(conn: &mut Conn, editor: &Editor, ids: &[PageId], now: Timestamp) -> Result<usize> {
    conn.lock_readers()?;
    let mut deleted = 0;
    for page in some(conn, editor, ids)? {
        if !trash::put(conn, editor, page.id, now)? {
            continue;
        }
        diesel::delete(pages::table.find(page.id.0)).execute(conn)?;
        readers::settle(conn, &page.path)?;
        note(conn, editor, Action::Deleted, &page.path, format!("“{}”", page.title), now)?;
        deleted += 1;
    }
    Ok(deleted)
}

pub(crate) fn note(
    conn: &mut Conn,
    editor: &Editor,
    action: Action,
    path: &PagePath,
    detail: String,
    now: Timestamp,
) -> Result<()> {
    let (actor, name) = (editor.actor().to_owned(), path.href());
    audit::insert(conn, &Entry { at: now, actor, action, subject: Subject::Page, name, detail })
}
