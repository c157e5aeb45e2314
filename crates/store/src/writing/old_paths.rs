//! Leaving and taking old paths.

use diesel::prelude::*;
use domain::{
    Timestamp,
    page::{PageId, PagePath},
};

use crate::{Conn, Result, schema::old_paths};

/// Records that a page left a path, which redirects to it from now on.
pub(super) fn leave(conn: &mut Conn, path: &PagePath, page: PageId, now: Timestamp) -> Result<()> {
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

/// Records that a page lives at a path now, so that the path no longer redirects to another page.
pub(super) fn take(conn: &mut Conn, path: &PagePath) -> Result<()> {
    diesel::delete(old_paths::table.find(path.as_str())).execute(conn)?;
    Ok(())
}

/// Deletes the old paths of a page that is purged.
pub(super) fn purge(conn: &mut Conn, page: PageId) -> Result<()> {
    diesel::delete(old_paths::table.filter(old_paths::page_id.eq(page.0))).execute(conn)?;
    Ok(())
}
