//! Where pages lived before they moved: an old path leads to its page, wherever that is now.

use diesel::prelude::*;
use domain::{
    Timestamp,
    access::Editor,
    page::{Page, PageId, PagePath},
};

use crate::{
    Conn, Result,
    pages::{Record, path_of},
    schema::{old_paths, pages},
};

/// The page that lived at a path once, whoever may see it: `domain::access::decide` says who.
///
/// # Errors
/// When the database fails.
pub fn target(conn: &mut Conn, path: &PagePath) -> Result<Option<Page>> {
    let id: Option<i64> = old_paths::table.find(path.as_str()).select(old_paths::page_id).first(conn).optional()?;
    let Some(id) = id else { return Ok(None) };
    // It may be in the trash; then its old paths lead nowhere until it is back.
    let record: Option<Record> = pages::table.find(id).select(Record::as_select()).first(conn).optional()?;
    record.map(|record| record.load(conn)).transpose()
}

/// The paths at which a page lived before.
///
/// # Errors
/// When the database fails.
pub fn of(conn: &mut Conn, _: &Editor, page: PageId) -> Result<Vec<PagePath>> {
    let paths: Vec<String> = old_paths::table
        .filter(old_paths::page_id.eq(page.0))
        .order(old_paths::path)
        .select(old_paths::path)
        .load(conn)?;
    paths.iter().map(|path| path_of(path)).collect()
}

/// A page left a path.
pub(crate) fn leave(conn: &mut Conn, path: &PagePath, page: PageId, now: Timestamp) -> Result<()> {
    take(conn, path)?;
    diesel::insert_into(old_paths::table)
        .values((
            old_paths::path.eq(path.as_str()),
            old_paths::page_id.eq(page.0),
            old_paths::left_at.eq(now.naive_utc()),
        ))
        .execute(conn)?;
    Ok(())
}

/// A page lives at a path now, so it leads nowhere else.
pub(crate) fn take(conn: &mut Conn, path: &PagePath) -> Result<()> {
    diesel::delete(old_paths::table.find(path.as_str())).execute(conn)?;
    Ok(())
}

/// Forgets the old paths of a page that is deleted for good.
pub(crate) fn forget(conn: &mut Conn, page: PageId) -> Result<()> {
    diesel::delete(old_paths::table.filter(old_paths::page_id.eq(page.0))).execute(conn)?;
    Ok(())
}
