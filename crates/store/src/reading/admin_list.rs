//! The panel's list of pages: rows, filters, sorting and counts, and the drafts of unpublished pages among them. Every function
//! takes an editor.

use std::cmp::Ordering;

use chrono::NaiveDateTime;
use diesel::{
    dsl::{case_when, sql},
    prelude::*,
    sql_types::Bool,
};
use domain::{
    Timestamp,
    access::Editor,
    effective_access::{AccessKind, EffectiveAccess},
    page::{Dates, PageId},
    search::{Query, title_key},
};

pub use crate::page_row::PageRow;
use crate::{
    Conn, Result, Table,
    columns::{KEYS, dates_of, published},
    conn::MultiBackend,
    draft_row::{self, DraftFilter, DraftKind, DraftRow},
    error::skip_unreadable,
    full_text,
    order::Order,
    page_row::RowRecord,
    paging::{Count, Start, Window},
    schema::{drafts, pages},
};

/// The kind of effective access as a number, as the index `pages_by_access` has it: 0 for everyone, 1 for anyone signed in,
/// 2 for chosen readers.
macro_rules! access {
    () => {
        "(CASE WHEN NOT private THEN 0 WHEN readers_from IS NULL THEN 1 ELSE 2 END)"
    };
}

/// The number of a kind of access in the index.
fn access_number(kind: AccessKind) -> u8 {
    match kind {
        AccessKind::Everybody => 0,
        AccessKind::SignedIn => 1,
        AccessKind::Chosen => 2,
    }
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
    /// The pages that have the words, and whether there may be more, if [`PageFilter::look_up`] was called.
    pub hits: Option<(Vec<Hit>, bool)>,
}

/// A page that has the words of a filter, with the values that the rest of the filter compares. They are read once: some 15 counts
/// would each read the rows of up to 1,000 pages from all over the table.
#[derive(Clone, Debug)]
pub struct Hit {
    id: i64,
    access: AccessKind,
    dates: Dates,
}

impl Hit {
    fn get_many(conn: &mut Conn, ids: &[i64]) -> Result<Vec<Hit>> {
        let columns = (pages::id, pages::private, pages::readers_from, pages::published_at, pages::unpublish_at);
        type Row = (i64, bool, Option<i64>, NaiveDateTime, Option<NaiveDateTime>);
        let rows: Vec<Row> = pages::table.filter(pages::id.eq_any(ids)).select(columns).load(conn)?;
        let hits = rows.into_iter().map(|(id, private, readers_from, published_at, unpublish_at)| Hit {
            id,
            access: EffectiveAccess::from_columns(private, readers_from).kind(),
            dates: dates_of(published_at, unpublish_at),
        });
        Ok(hits.collect())
    }

    /// Whether the page matches everything but the words, as [`PageFilter::rows`] has it in SQL.
    fn matches(&self, filter: &PageFilter) -> bool {
        let Dates { published_at, unpublish_at } = self.dates;
        let is_in_state = match filter.state {
            None => true,
            Some((PageState::Published, now)) => self.dates.is_published(now),
            Some((PageState::Scheduled, now)) => published_at > now,
            Some((PageState::Ended, now)) => unpublish_at.is_some_and(|end| end <= now && published_at <= end),
        };
        is_in_state
            && filter.access.is_none_or(|kind| kind == self.access)
            && filter.since.is_none_or(|since| published_at >= since)
            && filter.before.is_none_or(|before| published_at < before)
    }
}

/// The state of a page in publishing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageState {
    /// Readers have it.
    Published,
    /// Its date is in the future.
    Scheduled,
    /// Its end has passed.
    Ended,
}

impl PageFilter {
    fn is_empty(&self) -> bool {
        self.access.is_none() && self.since.is_none() && self.before.is_none() && self.state.is_none()
    }

    /// The filter with the pages that have its words, so that several questions about it, in one transaction, search once.
    pub fn look_up(&self, conn: &mut Conn) -> Result<PageFilter> {
        let hits = match self.base(conn)? {
            Base::Hits { hits, more } => Some((hits, more)),
            Base::All => None,
        };
        Ok(PageFilter { hits, ..self.clone() })
    }

    /// Whether drafts of unpublished pages can match: they have no readers and no date.
    pub fn takes_drafts(&self) -> bool {
        self.access.is_none() && self.since.is_none() && self.before.is_none()
    }

    /// The pages that match everything but the words. They are read in the order of the index of a column, if there is one.
    fn rows(&self, order: Option<PageColumn>) -> pages::BoxedQuery<'static, MultiBackend> {
        let mut rows = pages::table.into_boxed();
        // The few pages with an end have an index of their own.
        let is_by_end = matches!(self.state, Some((PageState::Ended, _)));
        let is_scanned = is_by_end || order.is_some();
        if let Some(kind) = self.access {
            let kind = access_number(kind);
            // Another expression than that of the index: SQLite would sort all pages of one kind to show the first 50, or
            // look through them for those that ended.
            let access = if is_scanned { concat!(access!(), " + 0") } else { access!() };
            rows = rows.filter(sql::<Bool>(&format!("{access} = {kind}")));
        }
        // No range of the index, for the same reason.
        let is_range = !is_by_end && order.is_none_or(|column| column == PageColumn::Published);
        // SQLite searches the index for one of two lower limits: a moment in the past would lead to all pages since.
        let is_implied = |since: &Timestamp| matches!(self.state, Some((PageState::Scheduled, now)) if *since <= now);
        if let Some(since) = self.since.filter(|since| !is_implied(since)).map(|since| since.naive_utc()) {
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
                // The end comes after the date.
                PageState::Ended => rows
                    .filter(pages::unpublish_at.le(now))
                    .filter(pages::published_at.nullable().le(pages::unpublish_at)),
            };
        }
        rows
    }

    /// The drafts of unpublished pages that match, the last saved first, at most 1,000.
    fn drafts(&self, conn: &mut Conn) -> Result<Vec<DraftRow>> {
        if !self.takes_drafts() || self.state.is_some() {
            return Ok(Vec::new());
        }
        let filter = DraftFilter { kind: Some(DraftKind::Page), query: self.query.clone() };
        let records: Vec<draft_row::RowRecord> = filter
            .rows()
            .order((drafts::saved_at.desc(), drafts::page_id.asc()))
            .limit(MAX_DRAFTS)
            .select(draft_row::RowRecord::as_select())
            .load(conn)?;
        Ok(records.into_iter().filter_map(|record| skip_unreadable(record.row(DraftKind::Page))).collect())
    }

    /// The pages that have the words.
    fn base(&self, conn: &mut Conn) -> Result<Base> {
        if self.query.trim().is_empty() {
            return Ok(Base::All);
        }
        if let Some((hits, more)) = self.hits.clone() {
            return Ok(Base::Hits { hits, more });
        }
        let Ok(query) = Query::parse(&self.query) else { return Ok(Base::Hits { hits: Vec::new(), more: false }) };
        let (ids, more) = full_text::hits(conn, &query, Count::MAX)?;
        Ok(Base::Hits { hits: Hit::get_many(conn, &ids)?, more })
    }

    /// The keys of at most 1,000 pages of a base that match, and whether there are, or may be, more.
    fn found(&self, conn: &mut Conn, base: &Base) -> Result<(Vec<i64>, bool)> {
        if let Base::Hits { hits, more } = base {
            return Ok((hits.iter().filter(|hit| hit.matches(self)).map(|hit| hit.id).collect(), *more));
        }
        let mut rows = self.rows(None);
        let is_ended = matches!(self.state, Some((PageState::Ended, _)));
        if !is_ended && (self.since.is_some() || self.before.is_some()) {
            // PostgreSQL would otherwise read the whole table until it has met as many rows of a short span.
            rows = rows.order((pages::published_at.desc(), pages::path.asc()));
        }
        let mut ids: Vec<i64> = rows.select(pages::id).limit(Count::LIMIT).load(conn)?;
        let Count { counted, more } = Count::of_found(ids.len());
        ids.truncate(counted as usize);
        Ok((ids, more))
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
    /// Those that have the words, at most 1,000, and whether there may be more.
    Hits { hits: Vec<Hit>, more: bool },
}

/// A column by which the panel's list is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageColumn {
    /// The words of the title, without regard to case and to accents of Latin letters.
    Title,
    /// The path.
    Path,
    /// The kind of effective access: everyone first, chosen readers last.
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
        let (columns, descends): (&'static [(&'static str, bool)], bool) = match self.by {
            PageColumn::Title => (&[("title_key", false), ("path", false)], false),
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
    let matches = Matches::find(conn, filter)?;
    let table = matches.table(conn, filter, sort, window.into())?;
    Ok(table.map(|record| skip_unreadable(PageRow::try_from(record))))
}

/// The pages that match a filter: their number, and where a sorted part of them is read.
struct Matches {
    total: Count,
    ids: Vec<i64>,
    /// Whether the index of an order has the first rows; otherwise at most 1,000 rows are sorted.
    is_by_order: bool,
}

impl Matches {
    fn find(conn: &mut Conn, filter: &PageFilter) -> Result<Matches> {
        let base = filter.base(conn)?;
        let (ids, more) = filter.found(conn, &base)?;
        let total = Count { counted: ids.len() as u64, more };
        // Up to 1,000 rows are sorted; of more, the index of the order has the first.
        let is_by_order = matches!(base, Base::All) && (more || filter.is_empty());
        Ok(Matches { total, ids, is_by_order })
    }

    fn table(&self, conn: &mut Conn, filter: &PageFilter, sort: PageSort, window: Window) -> Result<Table<RowRecord>> {
        sort.order().table(window, self.total, RowRecord::key, |range, order, limit, offset| {
            let rows = match self.is_by_order {
                true => filter.rows(Some(sort.by)),
                false => pages::table.filter(pages::id.eq_any(self.ids.clone())).into_boxed(),
            };
            let rows = rows.filter(sql::<Bool>(range)).order(sql::<Bool>(order));
            Ok(rows.limit(limit).offset(offset).select(RowRecord::as_select()).load(conn)?)
        })
    }
}

/// A row of the list of everything that is not in the trash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listed {
    /// A published page, or one that will be published or has ended.
    Page(PageRow),
    /// The draft of an unpublished page.
    Draft(DraftRow),
}

/// The maximum number of drafts of unpublished pages in the list of pages: those that were saved last.
const MAX_DRAFTS: i64 = 1_000;

/// One page of the pages and of the drafts of unpublished pages that match, sorted, and the total. A draft has no date and no
/// readers: a filter by either leaves out all drafts, and a draft is sorted as a page for chosen readers of the moment at
/// which it was saved. Behind the first 1,000 rows, the drafts between two pages are shown with them, and do not count into
/// the size of the window.
pub fn list_all(
    conn: &mut Conn,
    _: &Editor,
    filter: &PageFilter,
    sort: PageSort,
    window: impl Into<Window>,
) -> Result<Table<Listed>> {
    let window = window.into();
    let pages = Matches::find(conn, filter)?;
    let mut drafts = filter.drafts(conn)?;
    let total = pages.total.plus(Count::exact(drafts.len() as u64));
    let place = |record: &RowRecord| Place::of_page(record);
    drafts.sort_by(|a, b| sort.compare(&Place::of_draft(a), &Place::of_draft(b)));
    let table = match window.start {
        Start::Number(number) if !drafts.is_empty() => {
            let before = (number.saturating_sub(1) * window.size) as usize;
            let first = Window { start: Start::Number(1), size: before as u32 + window.size };
            let Table { rows, next, .. } = pages.table(conn, filter, sort, first)?;
            let last_page = rows.last().map(RowRecord::key).unwrap_or_default();
            let mut rows = merge(rows, drafts, sort);
            let is_more = next.is_some() || rows.len() > before + window.size as usize;
            rows.truncate(before + window.size as usize);
            let rows = rows.split_off(before.min(rows.len()));
            // What follows the numbered rows is found by a page.
            let last = rows.iter().rev().find_map(Listing::page_key).unwrap_or(last_page);
            let first = rows.iter().find_map(Listing::page_key).filter(|_| before > 0);
            Table { rows, total, previous: first, next: is_more.then_some(last) }
        }
        start => {
            let bound = match start {
                Start::After(key) | Start::Before(key) if !drafts.is_empty() => {
                    pages::table.find(key).select(RowRecord::as_select()).first(conn).optional()?
                }
                _ => None,
            };
            let Table { rows, previous, next, .. } = pages.table(conn, filter, sort, window)?;
            let begin = match start {
                Start::Before(_) => rows.first().filter(|_| previous.is_some()).map(place),
                _ => bound.as_ref().map(place),
            };
            let end = match start {
                Start::Before(_) => bound.as_ref().map(place),
                _ => rows.last().filter(|_| next.is_some()).map(place),
            };
            drafts.retain(|draft| {
                let draft = Place::of_draft(draft);
                begin.as_ref().is_none_or(|begin| sort.compare(begin, &draft).is_lt())
                    && end.as_ref().is_none_or(|end| sort.compare(&draft, end).is_lt())
            });
            if rows.is_empty() {
                drafts.clear();
            }
            Table { rows: merge(rows, drafts, sort), total, previous, next }
        }
    };
    Ok(table.map(|row| match row {
        Listing::Page(record) => skip_unreadable(PageRow::try_from(record)).map(Listed::Page),
        Listing::Draft(draft) => Some(Listed::Draft(draft)),
    }))
}

/// A row before its page is read.
enum Listing {
    Page(RowRecord),
    Draft(DraftRow),
}

impl Listing {
    fn page_key(&self) -> Option<i64> {
        match self {
            Listing::Page(record) => Some(record.key()),
            Listing::Draft(_) => None,
        }
    }
}

/// Pages and drafts, each sorted, in one order.
fn merge(pages: Vec<RowRecord>, drafts: Vec<DraftRow>, sort: PageSort) -> Vec<Listing> {
    let mut merged = Vec::with_capacity(pages.len() + drafts.len());
    let mut drafts = drafts.into_iter().peekable();
    for page in pages {
        let place = Place::of_page(&page);
        while let Some(draft) = drafts.next_if(|draft| sort.compare(&Place::of_draft(draft), &place).is_lt()) {
            merged.push(Listing::Draft(draft));
        }
        merged.push(Listing::Page(page));
    }
    merged.extend(drafts.map(Listing::Draft));
    merged
}

/// The values by which a row is sorted.
struct Place {
    title_key: String,
    path: String,
    access: AccessKind,
    published_at: Timestamp,
    updated_at: Timestamp,
    /// A draft comes after a page that is equal otherwise.
    is_draft: bool,
    key: i64,
}

impl Place {
    fn of_page(record: &RowRecord) -> Place {
        Place {
            title_key: title_key(&record.title),
            path: record.path.clone(),
            access: record.access(),
            published_at: record.published_at.and_utc(),
            updated_at: record.updated_at.and_utc(),
            is_draft: false,
            key: record.key(),
        }
    }

    fn of_draft(draft: &DraftRow) -> Place {
        Place {
            title_key: title_key(&draft.title),
            path: draft.path.as_ref().map(|path| path.as_str().to_owned()).unwrap_or_default(),
            access: AccessKind::Chosen,
            published_at: draft.saved_at,
            updated_at: draft.saved_at,
            is_draft: true,
            key: draft.page.0,
        }
    }
}

impl PageSort {
    /// The order of two rows, as [`PageSort::order`] has it in SQL.
    fn compare(self, a: &Place, b: &Place) -> Ordering {
        let columns = match self.by {
            PageColumn::Title => a.title_key.cmp(&b.title_key),
            PageColumn::Path => Ordering::Equal,
            PageColumn::Readers => {
                let rank = |place: &Place| access_number(place.access);
                rank(a).cmp(&rank(b)).then(b.published_at.cmp(&a.published_at))
            }
            PageColumn::Published => b.published_at.cmp(&a.published_at),
            PageColumn::Updated => b.updated_at.cmp(&a.updated_at),
        };
        let all = columns.then_with(|| a.path.cmp(&b.path)).then(a.is_draft.cmp(&b.is_draft)).then(a.key.cmp(&b.key));
        if self.order().reversed { all.reverse() } else { all }
    }
}

/// The keys of all pages that match, in the order of their paths.
pub fn matching(conn: &mut Conn, _: &Editor, filter: &PageFilter) -> Result<Vec<PageId>> {
    let mut rows = filter.rows(None);
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
    /// Pages that match all filters.
    pub matching: Count,
    /// Pages with any readers.
    pub any_access: Count,
    /// Pages that everyone reads.
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
        matching: count(seen, span)?,
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
    /// Pages that everyone reads.
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
