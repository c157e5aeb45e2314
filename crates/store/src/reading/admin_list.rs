//! The panel's list of pages: rows, filters, sorting and counts. Every function takes an editor.

use diesel::{
    dsl::{case_when, sql},
    prelude::*,
    sql_types::Bool,
};
use domain::{Timestamp, access::Editor, effective_access::AccessKind, page::PageId, search::Query};

pub use crate::page_row::PageRow;
use crate::{
    Conn, Result, Table,
    columns::{KEYS, published},
    conn::MultiBackend,
    error::skip_unreadable,
    full_text,
    order::Order,
    page_row::RowRecord,
    paging::{Count, Window},
    schema::{drafts, pages},
};

/// The kind of effective access as a number, as the index `pages_by_access` has it: 0 for everybody, 1 for anyone signed in,
/// 2 for chosen readers.
macro_rules! access {
    () => {
        "(CASE WHEN NOT private THEN 0 WHEN readers_from IS NULL THEN 1 ELSE 2 END)"
    };
}

/// A filter of the panel's list; an empty text and `None` match every page.
#[derive(Clone, Debug, Default)]
pub struct PageFilter {
    /// Words that the text or the path contains. Of more than 1,000 pages that have them, 1,000 are found, beginning with
    /// those that have them in the title.
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
    fn is_empty(&self) -> bool {
        self.access.is_none() && self.since.is_none() && self.before.is_none() && self.state.is_none()
    }

    /// The pages of a base that match everything but the words.
    fn rows(&self, base: &Base) -> pages::BoxedQuery<'static, MultiBackend> {
        let mut rows = base.rows();
        // The few pages with an end have an index of their own.
        let is_by_end = matches!(self.state, Some((PageState::Ended, _)));
        let is_scanned = is_by_end || matches!(base, Base::Sorted { .. });
        if let Some(kind) = self.access {
            let kind = match kind {
                AccessKind::Everybody => 0,
                AccessKind::SignedIn => 1,
                AccessKind::Chosen => 2,
            };
            // Another expression than that of the index: SQLite would sort all pages of one kind to show the first 50, or
            // look through them for those that ended.
            let access = if is_scanned { concat!(access!(), " + 0") } else { access!() };
            rows = rows.filter(sql::<Bool>(&format!("{access} = {kind}")));
        }
        // No range of the index, for the same reason.
        let is_range = !is_by_end && !matches!(base, Base::Sorted { by_date: false });
        if let Some(since) = self.since.map(|since| since.naive_utc()) {
            rows = match is_range {
                true => rows.filter(pages::published_at.ge(since)),
                false => rows.filter(
                    case_when(pages::published_at.ge(since), true.into_sql::<Bool>())
                        .otherwise(false.into_sql::<Bool>()),
                ),
            };
        }
        if let Some(before) = self.before.map(|before| before.naive_utc()) {
            rows = match is_range {
                true => rows.filter(pages::published_at.lt(before)),
                false => rows.filter(
                    case_when(pages::published_at.lt(before), true.into_sql::<Bool>())
                        .otherwise(false.into_sql::<Bool>()),
                ),
            };
        }
        if let Some((state, now)) = self.state {
            let now = now.naive_utc();
            rows = match state {
                PageState::Published => rows.filter(published(now)),
                PageState::Scheduled => rows.filter(pages::published_at.gt(now)),
                PageState::Pending => rows.filter(pages::id.eq_any(drafts::table.select(drafts::page_id))),
                // The end comes after the date.
                PageState::Ended => rows
                    .filter(pages::unpublish_at.le(now))
                    .filter(pages::published_at.nullable().le(pages::unpublish_at)),
            };
        }
        rows
    }

    /// The pages that have the words.
    fn base(&self, conn: &mut Conn) -> Result<Base> {
        if self.query.trim().is_empty() {
            return Ok(Base::All);
        }
        let Ok(query) = Query::parse(&self.query) else { return Ok(Base::Found { ids: Vec::new(), more: false }) };
        let (ids, more) = full_text::hits(conn, &query, Count::MAX)?;
        Ok(Base::Found { ids, more })
    }

    /// The keys of at most 1,000 pages of a base that match, and whether there are, or may be, more.
    fn found(&self, conn: &mut Conn, base: &Base) -> Result<(Vec<i64>, bool)> {
        let mut ids: Vec<i64> = self.rows(base).select(pages::id).limit(Count::LIMIT).load(conn)?;
        let Count { counted, more } = Count::of_found(ids.len());
        ids.truncate(counted as usize);
        Ok((ids, more || matches!(base, Base::Found { more: true, .. })))
    }

    fn count(&self, conn: &mut Conn, base: &Base) -> Result<Count> {
        let (ids, more) = self.found(conn, base)?;
        Ok(Count { counted: ids.len() as u64, more })
    }
}

/// The pages among which a filter looks.
enum Base {
    /// All pages.
    All,
    /// All pages, in the order of an index, which may be that of the date.
    Sorted { by_date: bool },
    /// These, of which there may be more.
    Found { ids: Vec<i64>, more: bool },
}

impl Base {
    fn rows(&self) -> pages::BoxedQuery<'static, MultiBackend> {
        match self {
            Base::All | Base::Sorted { .. } => pages::table.into_boxed(),
            Base::Found { ids, .. } => pages::table.filter(pages::id.eq_any(ids.clone())).into_boxed(),
        }
    }
}

/// A column by which the panel's list is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageColumn {
    /// The title; ASCII letters are case-insensitive.
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
    /// Whether the order is reversed, that of equal rows as well.
    pub descending: bool,
}

impl PageSort {
    /// The order, as an index has it.
    fn order(self) -> Order {
        // `lower` of the collation "C" is the same on both databases; an index of SQLite cannot use a function of ours.
        let (columns, descends): (&'static [(&'static str, bool)], bool) = match self.by {
            PageColumn::Title => (&[("lower(title)", false), ("path", false)], false),
            PageColumn::Path => (&[("path", false)], false),
            PageColumn::Readers => (&[(access!(), false), ("published_at", true), ("path", false)], false),
            PageColumn::Published => (&[("published_at", true), ("path", false)], true),
            PageColumn::Updated => (&[("updated_at", true), ("path", false)], true),
        };
        Order { table: "pages", key: "id", columns, reversed: self.descending != descends }
    }
}

/// One page of the pages that match, sorted, and the total.
pub fn list(
    conn: &mut Conn,
    _: &Editor,
    filter: &PageFilter,
    sort: PageSort,
    window: impl Into<Window>,
) -> Result<Table<PageRow>> {
    let base = filter.base(conn)?;
    let (ids, more) = filter.found(conn, &base)?;
    let total = Count { counted: ids.len() as u64, more };
    // Up to 1,000 rows are sorted; of more, the index of the order has the first.
    let is_sorted = matches!(base, Base::All) && (more || filter.is_empty());
    let by_date = sort.by == PageColumn::Published;
    let among = if is_sorted { Base::Sorted { by_date } } else { Base::Found { ids, more } };
    let table = sort.order().table(window.into(), total, RowRecord::key, |range, order, limit, offset| {
        let rows = filter.rows(&among).filter(sql::<Bool>(range)).order(sql::<Bool>(order));
        Ok(rows.limit(limit).offset(offset).select(RowRecord::as_select()).load(conn)?)
    })?;
    Ok(table.map(|record| skip_unreadable(PageRow::try_from(record))))
}

/// The keys of all pages that match, in the order of their paths.
pub fn matching(conn: &mut Conn, _: &Editor, filter: &PageFilter) -> Result<Vec<PageId>> {
    let mut rows = filter.rows(&Base::All);
    if !filter.query.trim().is_empty() {
        rows = match Query::parse(&filter.query) {
            Ok(query) => rows.filter(full_text::matches(conn, &query)),
            Err(_) => rows.filter(false.into_sql::<Bool>()),
        };
    }
    let ids: Vec<i64> = rows.order(pages::path.asc()).select(pages::id).load(conn)?;
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
    pub any_access: Count,
    /// Pages that everybody reads.
    pub everybody: Count,
    /// Pages that every signed-in user reads.
    pub signed_in: Count,
    /// Pages with chosen readers.
    pub chosen: Count,
    /// Pages of any date.
    pub any_date: Count,
    /// Pages in each of the given spans.
    pub spans: Vec<Count>,
}

/// The counts for the filters beside the list.
pub fn counts(conn: &mut Conn, _: &Editor, filter: &PageFilter, spans: &[Span]) -> Result<PageCounts> {
    let base = filter.base(conn)?;
    let mut count = |access, (since, before)| PageFilter { access, since, before, ..filter.clone() }.count(conn, &base);
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
) -> Result<(Count, Vec<Count>)> {
    let base = filter.base(conn)?;
    let mut count = |state| PageFilter { state, ..filter.clone() }.count(conn, &base);
    let any = count(None)?;
    let states = states.iter().map(|state| count(Some((*state, now)))).collect::<Result<_>>()?;
    Ok((any, states))
}

/// The number of pages on the site, by effective access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageTotals {
    /// All pages.
    pub all: Count,
    /// Pages that everybody reads.
    pub everybody: Count,
    /// Pages that every signed-in user reads.
    pub signed_in: Count,
    /// Pages with chosen readers.
    pub chosen: Count,
}

/// Counts the pages of the site by effective access.
pub fn totals(conn: &mut Conn, _: &Editor) -> Result<PageTotals> {
    let mut count = |access| PageFilter { access, ..PageFilter::default() }.count(conn, &Base::All);
    Ok(PageTotals {
        all: count(None)?,
        everybody: count(Some(AccessKind::Everybody))?,
        signed_in: count(Some(AccessKind::SignedIn))?,
        chosen: count(Some(AccessKind::Chosen))?,
    })
}
