//! The panel's list of pages: rows, filters, sorting and counts. Every function asks for the proof.

use chrono::NaiveDateTime;
use diesel::{dsl::count_star, prelude::*, sql_types::Bool};
use domain::{
    Timestamp,
    access::Editor,
    page::{PageId, PagePath},
    search::Query,
};

use super::{path_of, published, readers::Resolved, who::Reach};
use crate::{
    Conn, Error, Paging, Result, Table,
    conn::MultiBackend,
    error::readable,
    schema::{drafts, fold, pages},
    search,
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
