//! The publishing schedule: pages whose date or whose end is in the future.

use diesel::prelude::*;
use domain::{Timestamp, access::Editor};

use crate::{
    Conn, Result,
    error::skip_unreadable,
    page_row::{PageRow, RowRecord},
    schema::pages,
};

/// A page that will appear or end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upcoming {
    /// The moment.
    pub at: Timestamp,
    /// Whether the page ends then; otherwise it appears.
    pub ends: bool,
    /// The page.
    pub page: PageRow,
}

/// The next `limit` publications and ends, soonest first.
pub fn upcoming(conn: &mut Conn, _: &Editor, now: Timestamp, limit: u32) -> Result<Vec<Upcoming>> {
    let now = now.naive_utc();
    let limit = i64::from(limit);
    let begin: Vec<RowRecord> = pages::table
        .filter(pages::published_at.gt(now))
        .order((pages::published_at.asc(), pages::path.asc()))
        .limit(limit)
        .select(RowRecord::as_select())
        .load(conn)?;
    let end: Vec<RowRecord> = pages::table
        .filter(pages::unpublish_at.gt(now))
        .order((pages::unpublish_at.asc(), pages::path.asc()))
        .limit(limit)
        .select(RowRecord::as_select())
        .load(conn)?;
    let rows =
        |records: Vec<RowRecord>| records.into_iter().filter_map(|record| skip_unreadable(PageRow::try_from(record)));
    let mut upcoming: Vec<Upcoming> = rows(begin)
        .map(|page| Upcoming { at: page.published_at, ends: false, page })
        .chain(rows(end).filter_map(|page| Some(Upcoming { at: page.unpublish_at?, ends: true, page })))
        .collect();
    upcoming.sort_by_key(|entry| entry.at);
    upcoming.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(upcoming)
}
