//! The panel's list of pages: rows, filters, sorting and counts. Every function takes an editor.

use diesel::{dsl::count_star, prelude::*, sql_types::Bool};
use domain::{Timestamp, access::Editor, effective_access::AccessKind, page::PageId, search::Query};

pub use crate::page_row::PageRow;
use crate::{
    Conn, Paging, Result, Table,
    columns::{KEYS, published},
    conn::MultiBackend,
    error::skip_unreadable,
    full_text,
    page_row::RowRecord,
    schema::{drafts, fold, pages},
};

/// A filter of the panel's list; an empty text and `None` match every page.
#[derive(Clone, Debug, Default)]
pub struct PageFilter {
    /// Words that the text or the path contains.
    pub query: String,
    /// The kind of effective access.
    pub access: Option<AccessKind>,
    /// The earliest date, inclusive.
    pub since: Option<Timestamp>,
    /// The latest date, exclusive.
    pub before: Option<Timestamp>,
    /// A state, and the moment at which pages are in it.
    pub state: Option<(PageState, Timestamp)>,
}

/// The state of a page in publishing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageState {
    /// Readers have it.
    Published,
    /// Its date is in the future.
    Scheduled,
    /// It has unpublished changes.
    Pending,
    /// Its end has passed.
    Ended,
}

impl PageFilter {
    fn rows(&self, conn: &Conn) -> pages::BoxedQuery<'static, MultiBackend> {
        let mut rows = pages::table.into_boxed();
        if !self.query.trim().is_empty() {
            rows = match Query::parse(&self.query) {
                Ok(query) => rows.filter(full_text::matches(conn, &query)),
                Err(_) => rows.filter(false.into_sql::<Bool>()),
            };
        }
        rows = match self.access {
            None => rows,
            Some(AccessKind::Everybody) => rows.filter(diesel::dsl::not(pages::private)),
            Some(AccessKind::SignedIn) => rows.filter(pages::private).filter(pages::readers_from.is_null()),
            Some(AccessKind::Chosen) => rows.filter(pages::private).filter(pages::readers_from.is_not_null()),
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
                PageState::Pending => rows.filter(pages::id.eq_any(drafts::table.select(drafts::page_id))),
                PageState::Ended => rows.filter(pages::published_at.le(now)).filter(pages::unpublish_at.le(now)),
            };
        }
        rows
    }

    fn count(&self, conn: &mut Conn) -> Result<u64> {
        let count: i64 = self.rows(conn).select(count_star()).first(conn)?;
        Ok(count.unsigned_abs())
    }
}

/// A column by which the panel's list is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageColumn {
    /// The title, case-insensitive.
    Title,
    /// The path.
    Path,
    /// The kind of effective access: everybody first, chosen readers last.
    Readers,
    /// The date.
    Published,
    /// The moment of the last save.
    Updated,
}

/// A sort order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageSort {
    /// The column; equal rows are sorted by path.
    pub by: PageColumn,
    /// Whether the order is reversed.
    pub descending: bool,
}

/// One page of the pages that match, sorted, and the total.
pub fn list(
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
        (PageColumn::Readers, false) => rows.order((pages::private.asc(), chosen.asc())),
        (PageColumn::Readers, true) => rows.order((pages::private.desc(), chosen.desc())),
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
    let rows = records.into_iter().filter_map(|record| skip_unreadable(PageRow::try_from(record))).collect();
    Ok(Table { rows, total: filter.count(conn)? })
}

/// The keys of all pages that match, in the order of their paths.
pub fn matching(conn: &mut Conn, _: &Editor, filter: &PageFilter) -> Result<Vec<PageId>> {
    let ids: Vec<i64> = filter.rows(conn).order(pages::path.asc()).select(pages::id).load(conn)?;
    Ok(ids.into_iter().map(PageId).collect())
}

/// The rows of those of the pages that exist, in the order of their paths.
pub fn get_many(conn: &mut Conn, _: &Editor, ids: &[PageId]) -> Result<Vec<PageRow>> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let mut rows: Vec<PageRow> = Vec::new();
    for ids in ids.chunks(KEYS) {
        let records: Vec<RowRecord> =
            pages::table.filter(pages::id.eq_any(ids)).select(RowRecord::as_select()).load(conn)?;
        rows.extend(records.into_iter().filter_map(|record| skip_unreadable(PageRow::try_from(record))));
    }
    rows.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(rows)
}

/// A span of time: the earliest moment, inclusive, and the latest, exclusive.
pub type Span = (Option<Timestamp>, Option<Timestamp>);

/// The number of pages that each choice of a filter would list, with the other filters unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageCounts {
    /// Pages with any readers.
    pub any_access: u64,
    /// Pages that everybody reads.
    pub everybody: u64,
    /// Pages that every signed-in user reads.
    pub signed_in: u64,
    /// Pages with chosen readers.
    pub chosen: u64,
    /// Pages of any date.
    pub any_date: u64,
    /// Pages in each of the given spans.
    pub spans: Vec<u64>,
}

/// The counts for the filters beside the list.
pub fn counts(conn: &mut Conn, _: &Editor, filter: &PageFilter, spans: &[Span]) -> Result<PageCounts> {
    let mut count = |access, (since, before)| PageFilter { access, since, before, ..filter.clone() }.count(conn);
    let (seen, span) = (filter.access, (filter.since, filter.before));
    Ok(PageCounts {
        any_access: count(None, span)?,
        everybody: count(Some(AccessKind::Everybody), span)?,
        signed_in: count(Some(AccessKind::SignedIn), span)?,
        chosen: count(Some(AccessKind::Chosen), span)?,
        any_date: count(seen, (None, None))?,
        spans: spans.iter().map(|span| count(seen, *span)).collect::<Result<_>>()?,
    })
}

/// The number of pages in any state, and in each of `states` at `now`, with the other filters unchanged.
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

/// The number of pages on the site, by effective access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageTotals {
    /// Pages that everybody reads.
    pub everybody: u64,
    /// Pages that every signed-in user reads.
    pub signed_in: u64,
    /// Pages with chosen readers.
    pub chosen: u64,
}

/// Counts the pages of the site by effective access.
pub fn totals(conn: &mut Conn, _: &Editor) -> Result<PageTotals> {
    let mut count = |access| PageFilter { access: Some(access), ..PageFilter::default() }.count(conn);
    let (everybody, signed_in, chosen) =
        (count(AccessKind::Everybody)?, count(AccessKind::SignedIn)?, count(AccessKind::Chosen)?);
    Ok(PageTotals { everybody, signed_in, chosen })
}
