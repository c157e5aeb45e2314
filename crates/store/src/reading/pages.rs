//! Single pages: found by path or key, and the facts about them that readers and editors ask for.

use chrono::NaiveDateTime;
use diesel::{dsl::count_star, prelude::*};
use domain::{
    Timestamp,
    access::Editor,
    page::{Page, PageId, PagePath},
};

use crate::{
    Conn, Result,
    columns::{path_of, range_below},
    error::skip_unreadable,
    page_row::{self, Record},
    schema::pages,
    visible::VisiblePages,
};

/// The page at a path, for any visitor: `domain::access::decide` says who may see it.
pub fn find(conn: &mut Conn, path: &PagePath) -> Result<Option<Page>> {
    let record: Option<Record> =
        pages::table.filter(pages::path.eq(path.as_str())).select(Record::as_select()).first(conn).optional()?;
    record.map(|record| record.load(conn)).transpose()
}

/// The page with a key.
pub fn get(conn: &mut Conn, _: &Editor, id: PageId) -> Result<Option<Page>> {
    page_row::get(conn, id)
}

/// The number of pages below a path, at any depth.
pub fn count_below(conn: &mut Conn, _: &Editor, path: &PagePath) -> Result<u64> {
    let (from, to) = range_below(path);
    let count: i64 =
        pages::table.filter(pages::path.gt(from)).filter(pages::path.lt(to)).select(count_star()).first(conn)?;
    Ok(count.unsigned_abs())
}

/// The titles of those of the paths whose pages the visitor may read.
pub fn titles(conn: &mut Conn, visible: &VisiblePages, paths: &[PagePath]) -> Result<Vec<(PagePath, String)>> {
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    let paths: Vec<&str> = paths.iter().map(PagePath::as_str).collect();
    let rows: Vec<(String, String)> =
        visible.rows().filter(pages::path.eq_any(paths)).select((pages::path, pages::title)).load(conn)?;
    Ok(rows.into_iter().filter_map(|(path, title)| Some((skip_unreadable(path_of(&path))?, title))).collect())
}

/// The next moment at which a page appears or ends, so that lists change without a commit; `None` without such a page.
pub fn next_boundary(conn: &mut Conn, now: Timestamp) -> Result<Option<Timestamp>> {
    let begins: Option<NaiveDateTime> = pages::table
        .filter(pages::published_at.gt(now.naive_utc()))
        .order(pages::published_at.asc())
        .select(pages::published_at)
        .first(conn)
        .optional()?;
    let ends: Option<Option<NaiveDateTime>> = pages::table
        .filter(pages::unpublish_at.gt(now.naive_utc()))
        .order(pages::unpublish_at.asc())
        .select(pages::unpublish_at)
        .first(conn)
        .optional()?;
    Ok(begins.into_iter().chain(ends.flatten()).min().map(|at| at.and_utc()))
}
