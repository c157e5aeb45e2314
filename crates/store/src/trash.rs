//! The trash: deleted pages with their history and old paths, until they are brought back or it is emptied.

use chrono::NaiveDateTime;
use diesel::{
    dsl::count_star,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text, Timestamp as SqlTimestamp},
};
use domain::{
    Timestamp,
    access::Editor,
    audit::Action,
    page::{PageId, PagePath},
};

use crate::{
    Conn, Error, Paging, Result, Table, drafts,
    error::readable,
    old_paths,
    pages::{self, note, path_of, readers},
    receipts, revisions,
    schema::trash,
};

/// A page in the trash: all but its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrashRow {
    /// Its key, which it keeps.
    pub id: PageId,
    /// Where it lived.
    pub path: PagePath,
    /// Its title.
    pub title: String,
    /// When it was deleted.
    pub deleted_at: Timestamp,
    /// By whom.
    pub deleted_by: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = trash)]
struct Record {
    id: i64,
    path: String,
    title: String,
    deleted_at: NaiveDateTime,
    deleted_by: String,
}

impl TryFrom<Record> for TrashRow {
    type Error = Error;

    fn try_from(record: Record) -> Result<TrashRow> {
        let Record { id, path, title, deleted_at, deleted_by } = record;
        Ok(TrashRow { id: PageId(id), path: path_of(&path)?, title, deleted_at: deleted_at.and_utc(), deleted_by })
    }
}

/// The trash, newest first.
///
/// # Errors
/// When the database fails.
pub fn every(conn: &mut Conn, _: &Editor, paging: Paging) -> Result<Table<TrashRow>> {
    let total: i64 = trash::table.select(count_star()).first(conn)?;
    let records: Vec<Record> = trash::table
        .order((trash::deleted_at.desc(), trash::path.asc()))
        .limit(paging.limit())
        .offset(paging.offset())
        .select(Record::as_select())
        .load(conn)?;
    let rows = records.into_iter().filter_map(|record| readable(TrashRow::try_from(record))).collect();
    Ok(Table { rows, total: total.unsigned_abs() })
}

/// Those of the pages that are in the trash, in the order of their paths.
///
/// # Errors
/// When the database fails.
pub fn some(conn: &mut Conn, _: &Editor, ids: &[PageId]) -> Result<Vec<TrashRow>> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let records: Vec<Record> =
        trash::table.filter(trash::id.eq_any(ids)).order(trash::path).select(Record::as_select()).load(conn)?;
    records.into_iter().map(TrashRow::try_from).collect()
}

/// Moves a page there; whether there was one.
pub(crate) fn put(conn: &mut Conn, editor: &Editor, page: PageId, now: Timestamp) -> Result<bool> {
    let moved = sql_query(
        "INSERT INTO trash (id, path, title, summary, body, private, show_title, list_below, published_at, created_at,
                            updated_at, version, deleted_at, deleted_by, audience, unpublish_at)
         SELECT id, path, title, summary, body, private, show_title, list_below, published_at, created_at,
                updated_at, version, $1, $2, audience, unpublish_at
         FROM pages WHERE id = $3",
    )
    .bind::<SqlTimestamp, _>(now.naive_utc())
    .bind::<Text, _>(editor.actor())
    .bind::<BigInt, _>(page.0)
    .execute(conn)?;
    Ok(moved > 0)
}

/// Puts a page there that is no longer published, as it was in its last version; whether it ever had one.
pub(crate) fn put_last(conn: &mut Conn, editor: &Editor, page: PageId, now: Timestamp) -> Result<bool> {
    let moved = sql_query(
        "INSERT INTO trash (id, path, title, summary, body, private, show_title, list_below, published_at, created_at,
                            updated_at, version, audience, unpublish_at, deleted_at, deleted_by)
         SELECT page_id, path, title, summary, body, private, show_title, list_below, published_at, at,
                at, version, audience, unpublish_at, $1, $2
         FROM revisions WHERE page_id = $3 ORDER BY version DESC LIMIT 1",
    )
    .bind::<SqlTimestamp, _>(now.naive_utc())
    .bind::<Text, _>(editor.actor())
    .bind::<BigInt, _>(page.0)
    .execute(conn)?;
    Ok(moved > 0)
}

/// Brings a page back, at the path where it lived or at another one, with its history and its old paths; whether it was
/// there.
///
/// # Errors
/// [`crate::Error::Duplicate`] when the path is taken.
pub fn restore(conn: &mut Conn, editor: &Editor, page: PageId, path: &PagePath, now: Timestamp) -> Result<bool> {
    conn.lock_readers()?;
    let restored = sql_query(
        "INSERT INTO pages (id, path, title, summary, body, private, show_title, list_below, published_at, created_at,
                            updated_at, version, audience, readers_from, settled, unpublish_at)
         SELECT id, $1, title, summary, body, private, show_title, list_below, published_at, created_at, $2, version + 1,
                audience, CASE WHEN audience = 'chosen' THEN id END, 1, unpublish_at
         FROM trash WHERE id = $3",
    )
    .bind::<Text, _>(path.as_str())
    .bind::<SqlTimestamp, _>(now.naive_utc())
    .bind::<BigInt, _>(page.0)
    .execute(conn)?;
    if restored == 0 {
        return Ok(false);
    }
    diesel::delete(trash::table.find(page.0)).execute(conn)?;
    readers::settle(conn, path)?;
    old_paths::take(conn, path)?;
    let restored = pages::get(conn, editor, page)?.ok_or(Error::Stale)?;
    revisions::record(conn, page, &restored.content, editor, None, "brought back from the trash", now)?;
    note(conn, editor, Action::Restored, path, String::new(), now)?;
    Ok(true)
}

/// Deletes pages for good, with their history and their old paths; how many there were.
///
/// # Errors
/// When the database fails.
pub fn delete(conn: &mut Conn, editor: &Editor, ids: &[PageId], now: Timestamp) -> Result<usize> {
    let rows = some(conn, editor, ids)?;
    purge(conn, editor, rows, now)
}

/// Deletes for good what was put there before a moment; how many there were.
///
/// # Errors
/// When the database fails.
pub fn expire(conn: &mut Conn, editor: &Editor, before: Timestamp, now: Timestamp) -> Result<usize> {
    let records: Vec<Record> =
        trash::table.filter(trash::deleted_at.lt(before.naive_utc())).select(Record::as_select()).load(conn)?;
    let rows = records.into_iter().map(TrashRow::try_from).collect::<Result<_>>()?;
    purge(conn, editor, rows, now)
}

fn purge(conn: &mut Conn, editor: &Editor, rows: Vec<TrashRow>, now: Timestamp) -> Result<usize> {
    let mut purged = 0;
    for row in rows {
        // Somebody may have brought it back meanwhile.
        if diesel::delete(trash::table.find(row.id.0)).execute(conn)? == 0 {
            continue;
        }
        revisions::forget(conn, row.id)?;
        old_paths::forget(conn, row.id)?;
        readers::forget(conn, row.id)?;
        receipts::forget(conn, row.id)?;
        drafts::forget(conn, row.id)?;
        note(conn, editor, Action::Purged, &row.path, format!("“{}”", row.title), now)?;
        purged += 1;
    }
    Ok(purged)
}
