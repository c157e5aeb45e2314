//! Keeps the values that are read from texts current: the links, and the time that a text takes to read. The database marks pages
//! whose texts changed; the caller, which knows Markdown, reads them.

use std::collections::{BTreeMap, BTreeSet};

use diesel::{prelude::*, sql_query, sql_types::Text};
use domain::{
    file::FileName,
    link::Target,
    page::{PageId, PagePath},
};

use crate::{
    Conn, Result,
    columns::{KEYS, path_of},
    conn::MultiBackend,
    error::skip_unreadable,
    reading_times,
    schema::{links, links_unread, pages},
};

/// The values that are kept of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextFacts {
    /// What the text links to.
    pub targets: Vec<Target>,
    /// The minutes that the text takes to read, rounded up.
    pub minutes: u32,
}

/// Reads a text, given the path of its page.
pub type ReadText = fn(&PagePath, &str) -> TextFacts;

/// The number of texts that one transaction reads.
const AT_ONCE: i64 = 500;

/// Reads up to 500 changed texts; returns whether others are left. Pages that another transaction is changing are left for later.
///
/// # Errors
/// [`crate::Error::Unavailable`] when another transaction holds one of the rows for 200 ms; try again later.
pub fn catch_up(conn: &mut Conn, reader: ReadText) -> Result<bool> {
    conn.lower_lock_timeout()?;
    // In the order of the keys, so that two instances do not deadlock.
    let unread: Vec<i64> =
        links_unread::table.order(links_unread::page_id).limit(AT_ONCE).select(links_unread::page_id).load(conn)?;
    // Reading times are announced by an update of the pages. The task that reads the texts for the search updates them as well, and
    // a batch that waits for it in vain is repeated seconds later.
    let busy = conn.lock_free_pages(&unread)?;
    let free: Vec<i64> = unread.iter().copied().filter(|id| !busy.contains(id)).collect();
    let changed = read(conn, &free, reader)?;
    announce(conn, &changed)?;
    Ok(unread.len() as i64 == AT_ONCE || !busy.is_empty())
}

/// Reads the text of a page that this transaction saved.
pub(super) fn refresh(conn: &mut Conn, page: PageId, reader: ReadText) -> Result<()> {
    read(conn, &[page.0], reader).map(drop)
}

/// Announces pages whose lists show another reading time. The triggers of `pages` know who may notice.
fn announce(conn: &mut Conn, changed: &[i64]) -> Result<()> {
    for changed in changed.chunks(KEYS) {
        diesel::update(pages::table.filter(pages::id.eq_any(changed)))
            .set(pages::version.eq(pages::version))
            .execute(conn)?;
    }
    Ok(())
}

/// Reads the texts of some pages; returns those whose reading time changed.
fn read(conn: &mut Conn, ids: &[i64], reader: ReadText) -> Result<Vec<i64>> {
    // The marks go before the texts are read: a change in between marks its page again.
    diesel::delete(links_unread::table.filter(links_unread::page_id.eq_any(ids))).execute(conn)?;
    let texts: Vec<(i64, String, String)> =
        pages::table.filter(pages::id.eq_any(ids)).select((pages::id, pages::path, pages::body)).load(conn)?;
    diesel::delete(links::table.filter(links::page_id.eq_any(ids))).execute(conn)?;
    // Each target once, however often the text links to it.
    let mut rows: BTreeSet<(i64, Target)> = BTreeSet::new();
    let mut minutes = BTreeMap::new();
    for (id, path, body) in &texts {
        let Some(path) = skip_unreadable(path_of(path)) else { continue };
        let facts = reader(&path, body);
        rows.extend(facts.targets.into_iter().map(|target| (*id, target)));
        minutes.insert(*id, facts.minutes);
    }
    let rows: Vec<(i64, Target)> = rows.into_iter().collect();
    for rows in rows.chunks(KEYS / 3) {
        let values =
            |(n, (id, _)): (usize, &(i64, Target))| format!("({id}, ${}, ${}, ${})", 3 * n + 1, 3 * n + 2, 3 * n + 3);
        let values = rows.iter().enumerate().map(values).collect::<Vec<_>>().join(", ");
        let insert = format!("INSERT INTO links (page_id, target, fragment, file) VALUES {values}");
        let mut insert = sql_query(insert).into_boxed::<MultiBackend>();
        for (_, target) in rows {
            let file = target.file.as_ref().map_or("", FileName::as_str);
            insert = insert.bind::<Text, _>(&target.path).bind::<Text, _>(&target.fragment).bind::<Text, _>(file);
        }
        insert.execute(conn)?;
    }
    reading_times::write(conn, &minutes)
}
