//! Pages as their editors handle them: every function asks for the proof, every change leaves its audit entry.

use std::borrow::Cow;

use chrono::NaiveDateTime;
use diesel::{dsl::count_star, prelude::*, sql_types::Bool};
use domain::{
    Timestamp, Version,
    access::Editor,
    audience::Audience,
    audit::{Action, Entry, Subject, page_changes},
    page::{Page, PageContent, PageId, PagePath},
    revision::Save,
    search::Query,
};

use super::{
    Record, path_of, published, range_below,
    readers::{self, Resolved},
    who::Reach,
};
use crate::{
    Conn, Error, Paging, Result, Table, audit,
    conn::MultiBackend,
    error::readable,
    id, old_paths, receipts, revisions,
    schema::{drafts, fold, pages},
    search, trash,
};

/// A page in the panel's list: all but its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRow {
    /// Its key.
    pub id: PageId,
    /// Where it lives.
    pub path: PagePath,
    /// Its title.
    pub title: String,
    /// Who reads it.
    pub reach: Reach,
    /// Whether a private one's title is shown in lists.
    pub show_title: bool,
    /// Its date.
    pub published_at: Timestamp,
    /// Its end.
    pub unpublish_at: Option<Timestamp>,
    /// When it was last saved.
    pub updated_at: Timestamp,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = pages)]
pub(super) struct RowRecord {
    id: i64,
    path: String,
    title: String,
    private: bool,
    readers_from: Option<i64>,
    show_title: bool,
    published_at: NaiveDateTime,
    unpublish_at: Option<NaiveDateTime>,
    updated_at: NaiveDateTime,
}

impl TryFrom<RowRecord> for PageRow {
    type Error = Error;

    fn try_from(record: RowRecord) -> Result<PageRow> {
        Ok(PageRow {
            id: PageId(record.id),
            path: path_of(&record.path)?,
            title: record.title,
            reach: Resolved { private: record.private, readers_from: record.readers_from }.reach(),
            show_title: record.show_title,
            published_at: record.published_at.and_utc(),
            unpublish_at: record.unpublish_at.map(|end| end.and_utc()),
            updated_at: record.updated_at.and_utc(),
        })
    }
}

/// Which pages the panel lists; empty and `None` mean all.
#[derive(Clone, Debug, Default)]
pub struct PageFilter {
    /// Words in the text, or in the path.
    pub query: String,
    /// Those with these readers.
    pub reach: Option<Reach>,
    /// Published not before this.
    pub since: Option<Timestamp>,
    /// Published before this.
    pub before: Option<Timestamp>,
    /// Those that are in a state at a moment.
    pub state: Option<(PageState, Timestamp)>,
}

/// What readers have of a page, and what waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageState {
    /// It is there for readers.
    Published,
    /// Its date is still to come.
    Scheduled,
    /// Changes of it wait to be published.
    Waiting,
    /// Its end has come.
    Over,
}

impl PageFilter {
    fn rows(&self, conn: &Conn) -> pages::BoxedQuery<'static, MultiBackend> {
        let mut rows = pages::table.into_boxed();
        if !self.query.trim().is_empty() {
            rows = match Query::parse(&self.query) {
                Ok(query) => rows.filter(search::found(conn, &query)),
                Err(_) => rows.filter(false.into_sql::<Bool>()),
            };
        }
        rows = match self.reach {
            None => rows,
            Some(Reach::Everybody) => rows.filter(diesel::dsl::not(pages::private)),
            Some(Reach::SignedIn) => rows.filter(pages::private).filter(pages::readers_from.is_null()),
            Some(Reach::Chosen) => rows.filter(pages::private).filter(pages::readers_from.is_not_null()),
        };
        if let Some(since) = self.since {
            rows = rows.filter(pages::published_at.ge(since.naive_utc()));
        }
        if let Some(before) = self.before {
            rows = rows.filter(pages::published_at.lt(before.naive_utc()));
        }
        if let Some((state, now)) = self.state {
            let now = now.naive_utc();
            rows = match state {
                PageState::Published => rows.filter(published(now)),
                PageState::Scheduled => rows.filter(pages::published_at.gt(now)),
                PageState::Waiting => rows.filter(pages::id.eq_any(drafts::table.select(drafts::page_id))),
                PageState::Over => rows.filter(pages::published_at.le(now)).filter(pages::unpublish_at.le(now)),
            };
        }
        rows
    }

    fn count(&self, conn: &mut Conn) -> Result<u64> {
        let count: i64 = self.rows(conn).select(count_star()).first(conn)?;
        Ok(count.unsigned_abs())
    }
}

/// What the panel's list is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageColumn {
    /// The title, in any case.
    Title,
    /// The path.
    Path,
    /// Those that everybody reads first, those with chosen readers last.
    Reach,
    /// The date.
    Published,
    /// The last save.
    Updated,
}

/// A column and a direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageSort {
    /// The column; equal rows stand in the order of their paths.
    pub by: PageColumn,
    /// From the end.
    pub descending: bool,
}

/// The pages that match, sorted.
///
/// # Errors
/// When the database fails.
pub fn every(
    conn: &mut Conn,
    _: &Editor,
    filter: &PageFilter,
    sort: PageSort,
    paging: Paging,
) -> Result<Table<PageRow>> {
    let rows = filter.rows(conn);
    let chosen = pages::readers_from.is_not_null();
    let sorted = match (sort.by, sort.descending) {
        (PageColumn::Title, false) => rows.order(fold(pages::title).asc()),
        (PageColumn::Title, true) => rows.order(fold(pages::title).desc()),
        (PageColumn::Path, false) => rows.order(pages::path.asc()),
        (PageColumn::Path, true) => rows.order(pages::path.desc()),
        (PageColumn::Reach, false) => rows.order((pages::private.asc(), chosen.asc())),
        (PageColumn::Reach, true) => rows.order((pages::private.desc(), chosen.desc())),
        (PageColumn::Published, false) => rows.order(pages::published_at.asc()),
        (PageColumn::Published, true) => rows.order(pages::published_at.desc()),
        (PageColumn::Updated, false) => rows.order(pages::updated_at.asc()),
        (PageColumn::Updated, true) => rows.order(pages::updated_at.desc()),
    };
    let records: Vec<RowRecord> = sorted
        .then_order_by(pages::path.asc())
        .limit(paging.limit())
        .offset(paging.offset())
        .select(RowRecord::as_select())
        .load(conn)?;
    let rows = records.into_iter().filter_map(|record| readable(PageRow::try_from(record))).collect();
    Ok(Table { rows, total: filter.count(conn)? })
}

/// The keys of all pages that match, in the order of their paths.
///
/// # Errors
/// When the database fails.
pub fn matching(conn: &mut Conn, _: &Editor, filter: &PageFilter) -> Result<Vec<PageId>> {
    let ids: Vec<i64> = filter.rows(conn).order(pages::path.asc()).select(pages::id).load(conn)?;
    Ok(ids.into_iter().map(PageId).collect())
}

/// Not before the one moment, before the other.
pub type Span = (Option<Timestamp>, Option<Timestamp>);

/// How many pages each choice of a filter would list, the other filters as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageCounts {
    /// With any readers.
    pub any_reach: u64,
    /// That everybody reads.
    pub everybody: u64,
    /// That whoever is signed in reads.
    pub signed_in: u64,
    /// With chosen readers.
    pub chosen: u64,
    /// Of any date.
    pub any_date: u64,
    /// In each of the given spans.
    pub spans: Vec<u64>,
}

/// Counts for the filters beside the list.
///
/// # Errors
/// When the database fails.
pub fn counts(conn: &mut Conn, _: &Editor, filter: &PageFilter, spans: &[Span]) -> Result<PageCounts> {
    let mut count = |reach, (since, before)| PageFilter { reach, since, before, ..filter.clone() }.count(conn);
    let (seen, span) = (filter.reach, (filter.since, filter.before));
    Ok(PageCounts {
        any_reach: count(None, span)?,
        everybody: count(Some(Reach::Everybody), span)?,
        signed_in: count(Some(Reach::SignedIn), span)?,
        chosen: count(Some(Reach::Chosen), span)?,
        any_date: count(seen, (None, None))?,
        spans: spans.iter().map(|span| count(seen, *span)).collect::<Result<_>>()?,
    })
}

/// How many pages are in any state, and in each of these at a moment, the other filters as they are.
///
/// # Errors
/// When the database fails.
pub fn states(
    conn: &mut Conn,
    _: &Editor,
    filter: &PageFilter,
    states: &[PageState],
    now: Timestamp,
) -> Result<(u64, Vec<u64>)> {
    let mut count = |state| PageFilter { state, ..filter.clone() }.count(conn);
    let any = count(None)?;
    let states = states.iter().map(|state| count(Some((*state, now)))).collect::<Result<_>>()?;
    Ok((any, states))
}

/// How many pages there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageTotals {
    /// That everybody reads.
    pub everybody: u64,
    /// That whoever is signed in reads.
    pub signed_in: u64,
    /// With chosen readers.
    pub chosen: u64,
}

/// How many pages there are.
///
/// # Errors
/// When the database fails.
pub fn totals(conn: &mut Conn, _: &Editor) -> Result<PageTotals> {
    let mut count = |reach| PageFilter { reach: Some(reach), ..PageFilter::default() }.count(conn);
    let (everybody, signed_in, chosen) = (count(Reach::Everybody)?, count(Reach::SignedIn)?, count(Reach::Chosen)?);
    Ok(PageTotals { everybody, signed_in, chosen })
}

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
