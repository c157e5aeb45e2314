//! The only writer of the columns `audience`, `private`, `readers_from` and `settled` of the table `pages`.
//!
//! `settled` counts the writes of this module. Triggers treat a change of `private` without a new count as a change by SQL: they
//! make it the audience of the page and pass it on to the pages that inherit.

use diesel::{prelude::*, sql_query, sql_types::Timestamp as SqlTimestamp};
use domain::{Timestamp, audience::Audience, effective_access::EffectiveAccess, page::PageId};

use crate::{Conn, Result, columns::KEYS, id, schema::pages};

/// The number of pages from which a change is announced as one of everything; half of what SQLite's change feed keeps.
const MANY: usize = 500;

/// The columns of a page that is inserted: nobody reads it until [`write`] opens it.
#[diesel::dsl::auto_type(no_type_alias)]
pub(super) fn closed(page: PageId, audience: &'static str) -> _ {
    let own: Option<i64> = Some(page.0);
    (pages::audience.eq(audience), pages::private.eq(true), pages::readers_from.eq(own), pages::settled.eq(1_i64))
}

/// The same for INSERT .. SELECT: the columns and their values, from a row with the columns `id` and `audience`.
pub(super) const CLOSED: (&str, &str) = ("audience, private, readers_from, settled", "audience, TRUE, id, 1");

/// Writes the effective access of pages, and their audience if there is a new one; with `saved_at` also a new version. An
/// access that names the page itself is written to each of several pages as its own.
pub(super) fn write(
    conn: &mut Conn,
    pages: &[PageId],
    audience: Option<&Audience>,
    access: EffectiveAccess,
    saved_at: Option<Timestamp>,
) -> Result<()> {
    let chosen_here = audience.is_some_and(|audience| audience.chosen().is_some());
    let readers_from = match access.readers_from() {
        Some(_) if chosen_here => "id".into(),
        Some(page) => page.0.to_string(),
        None => "NULL".into(),
    };
    let mut set = format!("private = {}, readers_from = {readers_from}, settled = settled + 1", access.is_private());
    if let Some(audience) = audience {
        set.push_str(&format!(", audience = '{}'", audience.as_str()));
    }
    if saved_at.is_some() {
        set.push_str(", version = version + 1, updated_at = $1");
    }
    match pages.len() < MANY {
        true => update(conn, pages, &set, saved_at),
        false => conn.as_one_change(|conn| update(conn, pages, &set, saved_at)),
    }
}

fn update(conn: &mut Conn, pages: &[PageId], set: &str, saved_at: Option<Timestamp>) -> Result<()> {
    for pages in pages.chunks(KEYS) {
        let query = format!("UPDATE pages SET {set} WHERE id IN ({})", id::list(pages.iter().map(|page| page.0)));
        match saved_at {
            Some(at) => sql_query(query).bind::<SqlTimestamp, _>(at.naive_utc()).execute(conn)?,
            None => sql_query(query).execute(conn)?,
        };
    }
    Ok(())
}
