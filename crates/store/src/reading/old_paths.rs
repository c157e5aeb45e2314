//! Old paths of pages that moved: each leads to its page, wherever the page lives now.

use diesel::prelude::*;
use domain::{
    access::Editor,
    page::{Page, PageId, PagePath},
};

use crate::{Conn, Result, columns::path_of, error::skip_unreadable, page_row, schema::old_paths};

/// The page that lived at a path before, for any visitor: `domain::access::decide` says who may see it.
pub fn target(conn: &mut Conn, path: &PagePath) -> Result<Option<Page>> {
    let id: Option<i64> = old_paths::table.find(path.as_str()).select(old_paths::page_id).first(conn).optional()?;
    let Some(id) = id else { return Ok(None) };
    // The old paths of a page in the trash lead nowhere until it is restored.
    page_row::get(conn, PageId(id))
}

/// The old paths of a page, sorted.
pub fn of(conn: &mut Conn, _: &Editor, page: PageId) -> Result<Vec<PagePath>> {
    let paths: Vec<String> = old_paths::table
        .filter(old_paths::page_id.eq(page.0))
        .order(old_paths::path)
        .select(old_paths::path)
        .load(conn)?;
    Ok(paths.iter().filter_map(|path| skip_unreadable(path_of(path))).collect())
}
