//! Keeping the table of links current. The database marks pages whose texts changed; the caller, which knows Markdown,
//! says where a text links to.

use std::collections::BTreeSet;

use diesel::prelude::*;
use domain::page::{PageId, PagePath};

use crate::{
    Conn, Result,
    columns::path_of,
    error::skip_unreadable,
    schema::{links, links_unread, pages},
};

/// Returns the paths to which a text links, given the path of its page.
pub type LinkTargets = fn(&PagePath, &str) -> Vec<String>;

/// The number of texts that one transaction reads.
const AT_ONCE: i64 = 100;

/// Reads the links of up to 100 changed texts; returns whether others are left. A user who saves one of these pages goes
/// first.
///
/// # Errors
/// [`crate::Error::Unavailable`] when another transaction holds one of the rows for 200 ms; try again later.
pub fn catch_up(conn: &mut Conn, targets: LinkTargets) -> Result<bool> {
    conn.lower_lock_timeout()?;
    // In the order of the keys, so that two instances do not deadlock.
    let unread: Vec<i64> =
        links_unread::table.order(links_unread::page_id).limit(AT_ONCE).select(links_unread::page_id).load(conn)?;
    for id in &unread {
        // The mark goes before the text is read: a change in between marks the page again.
        if diesel::delete(links_unread::table.find(id)).execute(conn)? > 0 {
            read(conn, *id, targets)?;
        }
    }
    Ok(unread.len() as i64 == AT_ONCE)
}

/// Reads the links of a page that this transaction saved.
pub(super) fn refresh(conn: &mut Conn, page: PageId, targets: LinkTargets) -> Result<()> {
    diesel::delete(links_unread::table.find(page.0)).execute(conn)?;
    read(conn, page.0, targets)
}

fn read(conn: &mut Conn, id: i64, targets: LinkTargets) -> Result<()> {
    let text: Option<(String, String)> =
        pages::table.find(id).select((pages::path, pages::body)).first(conn).optional()?;
    diesel::delete(links::table.filter(links::page_id.eq(id))).execute(conn)?;
    let Some((path, body)) = text else { return Ok(()) };
    let Some(path) = skip_unreadable(path_of(&path)) else { return Ok(()) };
    // Each target once, however often the text links to it.
    for target in targets(&path, &body).into_iter().collect::<BTreeSet<_>>() {
        diesel::insert_into(links::table).values((links::page_id.eq(id), links::target.eq(target))).execute(conn)?;
    }
    Ok(())
}
