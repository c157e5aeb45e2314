//! Bulk actions as their undo needs them: the pages that each changed, for an hour. Nothing here reports a change to the feed.

use chrono::TimeDelta;
use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text, Timestamp as SqlTimestamp},
};
use domain::{
    Timestamp,
    access::Editor,
    bulk_action::{BulkActionId, Effect},
    page::PageId,
};

use super::change::ChangedPage;
use crate::{
    Conn, Result,
    columns::KEYS,
    id,
    schema::{bulk_actions, bulk_pages},
};

/// How long a bulk action can be undone.
const KEPT_FOR: TimeDelta = TimeDelta::hours(1);

/// Deletes the bulk actions that are older than an hour.
pub fn purge(conn: &mut Conn, now: Timestamp) -> Result<()> {
    let before = (now - KEPT_FOR).naive_utc();
    // Not every connection of SQLite follows foreign keys.
    sql_query("DELETE FROM bulk_pages WHERE bulk_id IN (SELECT id FROM bulk_actions WHERE done_at < $1)")
        .bind::<SqlTimestamp, _>(before)
        .execute(conn)?;
    diesel::delete(bulk_actions::table.filter(bulk_actions::done_at.lt(before))).execute(conn)?;
    Ok(())
}

/// Adds a bulk action with its pages and their versions, in the transaction of its change.
pub fn insert(conn: &mut Conn, by: &Editor, action: BulkActionId, pages: &[ChangedPage], now: Timestamp) -> Result<()> {
    diesel::insert_into(bulk_actions::table)
        .values((
            bulk_actions::id.eq(action.0),
            bulk_actions::user_id.eq(by.user().map(|user| user.0)),
            bulk_actions::done_at.eq(now.naive_utc()),
        ))
        .execute(conn)?;
    for effect in Effect::ALL {
        let keys: Vec<i64> = pages.iter().filter(|page| page.effect == effect).map(|page| page.page.0).collect();
        for keys in keys.chunks(KEYS) {
            let rows = match effect {
                Effect::Readers | Effect::Moved | Effect::Published | Effect::Changed => "id, $2, version FROM pages",
                Effect::Deleted => "id, $2, version FROM trash",
                Effect::Unpublished => {
                    "id, $2, version FROM (SELECT page_id AS id, (SELECT coalesce(max(version), 0) FROM revisions
                     WHERE revisions.page_id = drafts.page_id) AS version FROM drafts) AS unpublished"
                }
            };
            let query = format!(
                "INSERT INTO bulk_pages (bulk_id, page_id, effect, version) SELECT $1, {rows} WHERE id IN ({})",
                id::list(keys.iter().copied())
            );
            sql_query(query).bind::<BigInt, _>(action.0).bind::<Text, _>(effect.as_str()).execute(conn)?;
        }
    }
    Ok(())
}

/// Stores when a bulk action was undone.
pub fn set_undone(conn: &mut Conn, action: BulkActionId, now: Timestamp) -> Result<()> {
    diesel::update(bulk_actions::table.find(action.0))
        .set(bulk_actions::undone_at.eq(now.naive_utc()))
        .execute(conn)?;
    Ok(())
}

/// Stores the reason why an undo left pages as they are, which is empty for pages that it undid.
pub(super) fn set_stays(conn: &mut Conn, action: BulkActionId, pages: &[PageId], why: &str) -> Result<()> {
    for pages in pages.chunks(KEYS) {
        let keys = pages.iter().map(|page| page.0);
        diesel::update(
            bulk_pages::table.filter(bulk_pages::bulk_id.eq(action.0)).filter(bulk_pages::page_id.eq_any(keys)),
        )
        .set(bulk_pages::stays.eq(why))
        .execute(conn)?;
    }
    Ok(())
}
