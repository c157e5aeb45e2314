//! What comes by the clock: pages whose date or whose end is still ahead.

use diesel::prelude::*;
use domain::{Timestamp, access::Editor};

use super::rows::{PageRow, RowRecord};
use crate::{Conn, Result, error::readable, schema::pages};

/// A page that appears or ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coming {
    /// When.
    pub at: Timestamp,
    /// Whether it ends then; otherwise it appears.
    pub ends: bool,
    /// The page.
    pub page: PageRow,
}

/// What comes next, soonest first; at most so much.
///
/// # Errors
/// When the database fails.
pub fn coming(conn: &mut Conn, _: &Editor, now: Timestamp, limit: u32) -> Result<Vec<Coming>> {
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
    let rows = |records: Vec<RowRecord>| records.into_iter().filter_map(|record| readable(PageRow::try_from(record)));
    let mut coming: Vec<Coming> = rows(begin)
        .map(|page| Coming { at: page.published_at, ends: false, page })
        .chain(rows(end).filter_map(|page| Some(Coming { at: page.unpublish_at?, ends: true, page })))
        .collect();
    coming.sort_by_key(|coming| coming.at);
    coming.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(coming)
}
