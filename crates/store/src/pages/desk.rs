//! Pages as their editors handle them: every function asks for the proof, every change leaves its audit entry.

use chrono::NaiveDateTime;
use diesel::{dsl::count_star, prelude::*, sql_types::Bool};
use domain::{
    Timestamp, Version,
    access::Editor,
    audit::{Action, Entry, Subject, page_changes},
    page::{Page, PageContent, PageId, PagePath, Visibility},
    revision::Save,
    search::Query,
};

use super::{Record, path_of, range_below};
use crate::{
    Conn, Error, Paging, Result, Table, audit,
    conn::MultiBackend,
    error::readable,
    id, old_paths, revisions,
    schema::{fold, pages},
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
    /// Public or private.
    pub visibility: Visibility,
    /// Whether a private one's title is shown in lists.
    pub show_title: bool,
    /// Its date.
    pub published_at: Timestamp,
    /// When it was last saved.
    pub updated_at: Timestamp,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = pages)]
struct RowRecord {
    id: i64,
    path: String,
    title: String,
    private: bool,
    show_title: bool,
    published_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl TryFrom<RowRecord> for PageRow {
    type Error = Error;

    fn try_from(record: RowRecord) -> Result<PageRow> {
        Ok(PageRow {
            id: PageId(record.id),
            path: path_of(&record.path)?,
            title: record.title,
            visibility: Visibility::from_private(record.private),
            show_title: record.show_title,
            published_at: record.published_at.and_utc(),
            updated_at: record.updated_at.and_utc(),
        })
    }
}

/// Which pages the panel lists; empty and `None` mean all.
#[derive(Clone, Debug, Default)]
pub struct PageFilter {
    /// Words in the text, or in the path.
    pub query: String,
    /// Public or private ones.
    pub visibility: Option<Visibility>,
    /// Published not before this.
    pub since: Option<Timestamp>,
    /// Published before this.
    pub before: Option<Timestamp>,
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
        if let Some(visibility) = self.visibility {
            rows = rows.filter(pages::private.eq(visibility.is_private()));
        }
        if let Some(since) = self.since {
            rows = rows.filter(pages::published_at.ge(since.naive_utc()));
        }
        if let Some(before) = self.before {
            rows = rows.filter(pages::published_at.lt(before.naive_utc()));
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
    /// Public ones first.
    Visibility,
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
    let sorted = match (sort.by, sort.descending) {
        (PageColumn::Title, false) => rows.order(fold(pages::title).asc()),
        (PageColumn::Title, true) => rows.order(fold(pages::title).desc()),
        (PageColumn::Path, false) => rows.order(pages::path.asc()),
        (PageColumn::Path, true) => rows.order(pages::path.desc()),
        (PageColumn::Visibility, false) => rows.order(pages::private.asc()),
        (PageColumn::Visibility, true) => rows.order(pages::private.desc()),
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

/// Not before the one moment, before the other.
pub type Span = (Option<Timestamp>, Option<Timestamp>);

/// How many pages each choice of a filter would list, the other filters as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageCounts {
    /// Public and private ones.
    pub any_visibility: u64,
    /// Public ones.
    pub public: u64,
    /// Private ones.
    pub private: u64,
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
    let mut count =
        |visibility, (since, before)| PageFilter { visibility, since, before, ..filter.clone() }.count(conn);
    let (seen, span) = (filter.visibility, (filter.since, filter.before));
    Ok(PageCounts {
        any_visibility: count(None, span)?,
        public: count(Some(Visibility::Public), span)?,
        private: count(Some(Visibility::Private), span)?,
        any_date: count(seen, (None, None))?,
        spans: spans.iter().map(|span| count(seen, *span)).collect::<Result<_>>()?,
    })
}

/// How many pages there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageTotals {
    /// Public ones.
    pub public: u64,
    /// Private ones.
    pub private: u64,
}

/// How many pages there are.
///
/// # Errors
/// When the database fails.
pub fn totals(conn: &mut Conn, _: &Editor) -> Result<PageTotals> {
    let count = |visibility| PageFilter { visibility: Some(visibility), ..PageFilter::default() };
    Ok(PageTotals { public: count(Visibility::Public).count(conn)?, private: count(Visibility::Private).count(conn)? })
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
    record.map(Page::try_from).transpose()
}

/// Those of the pages that exist, in the order of their paths.
///
/// # Errors
/// When the database fails.
pub fn some(conn: &mut Conn, _: &Editor, ids: &[PageId]) -> Result<Vec<PageRow>> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let records: Vec<RowRecord> =
        pages::table.filter(pages::id.eq_any(ids)).order(pages::path).select(RowRecord::as_select()).load(conn)?;
    records.into_iter().map(PageRow::try_from).collect()
}

/// Makes a page.
///
/// # Errors
/// [`Error::Duplicate`] when its path is taken.
pub fn insert<'a>(conn: &mut Conn, editor: &Editor, save: impl Into<Save<'a>>, now: Timestamp) -> Result<Page> {
    let Save { content, note: said } = save.into();
    let page = Page {
        id: PageId(id::new()?),
        content: content.clone(),
        created_at: now,
        updated_at: now,
        version: Version::FIRST,
    };
    diesel::insert_into(pages::table)
        .values((
            pages::id.eq(page.id.0),
            pages::path.eq(content.path.as_str()),
            pages::title.eq(&content.title),
            pages::summary.eq(&content.summary),
            pages::body.eq(&content.body),
            pages::private.eq(content.visibility.is_private()),
            pages::show_title.eq(content.show_title),
            pages::list_below.eq(content.list_below),
            pages::published_at.eq(content.published_at.naive_utc()),
            pages::created_at.eq(now.naive_utc()),
            pages::updated_at.eq(now.naive_utc()),
            pages::version.eq(page.version.0),
        ))
        .execute(conn)?;
    let kind = if content.visibility.is_private() { "private" } else { "public" };
    old_paths::take(conn, &content.path)?;
    revisions::record(conn, page.id, editor, said, "made", now)?;
    note(conn, editor, Action::Created, &content.path, format!("{kind}, “{}”", content.title), now)?;
    Ok(page)
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
    let old = get(conn, editor, id)?.filter(|old| old.version == from).ok_or(Error::Stale)?;
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
            pages::private.eq(content.visibility.is_private()),
            pages::show_title.eq(content.show_title),
            pages::list_below.eq(content.list_below),
            pages::published_at.eq(content.published_at.naive_utc()),
            pages::updated_at.eq(now.naive_utc()),
            pages::version.eq(version.0),
        ))
        .execute(conn)?;
    if saved == 0 {
        return Err(Error::Stale);
    }
    if old.content.path != content.path {
        old_paths::take(conn, &content.path)?;
        old_paths::leave(conn, &old.content.path, id, now)?;
    }
    let changes = page_changes(&old.content, content);
    revisions::record(conn, id, editor, said, &changes, now)?;
    note(conn, editor, Action::Changed, &content.path, changes, now)?;
    Ok(Page { content: content.clone(), updated_at: now, version, ..old })
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

/// Makes pages public or private; how many changed.
///
/// # Errors
/// When the database fails.
pub fn set_visibility(
    conn: &mut Conn,
    editor: &Editor,
    ids: &[PageId],
    visibility: Visibility,
    now: Timestamp,
) -> Result<usize> {
    let private = visibility.is_private();
    let mut changed = 0;
    for page in some(conn, editor, ids)?.iter().filter(|page| page.visibility != visibility) {
        let saved = diesel::update(pages::table.find(page.id.0).filter(pages::private.ne(private)))
            .set((
                pages::private.eq(private),
                pages::updated_at.eq(now.naive_utc()),
                pages::version.eq(pages::version + 1),
            ))
            .execute(conn)?;
        if saved > 0 {
            let detail = if private { "made private" } else { "made public" };
            revisions::record(conn, page.id, editor, None, detail, now)?;
            note(conn, editor, Action::Changed, &page.path, detail.into(), now)?;
        }
        changed += saved;
    }
    Ok(changed)
}

/// Moves pages to the trash; how many there were.
///
/// # Errors
/// When the database fails.
pub fn delete(conn: &mut Conn, editor: &Editor, ids: &[PageId], now: Timestamp) -> Result<usize> {
    let mut deleted = 0;
    for page in some(conn, editor, ids)? {
        if !trash::put(conn, editor, page.id, now)? {
            continue;
        }
        diesel::delete(pages::table.find(page.id.0)).execute(conn)?;
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
