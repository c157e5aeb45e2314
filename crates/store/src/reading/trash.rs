//! The trash: deleted pages with their history and old paths, until they are restored or purged.

use chrono::NaiveDateTime;
use diesel::{dsl::sql, prelude::*, sql_types::Bool};
use domain::{
    Timestamp,
    access::Editor,
    page::{PageId, PagePath},
};

use crate::{
    Conn, Error, Result, Table,
    columns::{path_of, pattern},
    conn::MultiBackend,
    error::skip_unreadable,
    order::Order,
    paging::{Count, Window},
    schema::{fold, trash},
};

/// Newest first.
const ORDER: Order = Order {
    table: "trash",
    key: "id",
    columns: &[("deleted_at", true), ("path", false), ("id", false)],
    reversed: false,
};

/// A page in the trash, without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrashRow {
    /// The key of the page, which it keeps.
    pub id: PageId,
    /// The path at which it lived.
    pub path: PagePath,
    /// The title of the page.
    pub title: String,
    /// The moment of the deletion.
    pub deleted_at: Timestamp,
    /// The name of the user who deleted it.
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

/// The deleted pages whose title or path contains some words, of which at most eight count; all for an empty text. They are
/// looked for in the 20,000 pages that were deleted last.
fn rows(query: &str) -> trash::BoxedQuery<'static, MultiBackend> {
    let mut rows = trash::table.into_boxed();
    if !query.trim().is_empty() {
        let latest = "id IN (SELECT id FROM trash ORDER BY deleted_at DESC, path, id LIMIT 20000)";
        rows = rows.filter(sql::<Bool>(latest));
    }
    for word in query.split_whitespace().take(8) {
        let in_title = fold(trash::title).like(pattern(word)).escape('\\');
        rows = rows.filter(in_title.or(fold(trash::path).like(pattern(word)).escape('\\')));
    }
    rows
}

/// The number of deleted pages whose title or path contains some words.
pub fn count(conn: &mut Conn, _: &Editor, query: &str) -> Result<Count> {
    let found: Vec<i64> = rows(query).select(trash::id).limit(Count::LIMIT).load(conn)?;
    Ok(Count::of_found(found.len()))
}

/// One page of the trash, newest first, and the total; only pages whose title or path contains the words of `query`.
pub fn list(conn: &mut Conn, editor: &Editor, query: &str, window: impl Into<Window>) -> Result<Table<TrashRow>> {
    let total = count(conn, editor, query)?;
    let table = ORDER.table(
        window.into(),
        total,
        |record: &Record| record.id,
        |range, order, limit, offset| {
            let rows = rows(query).filter(sql::<Bool>(range)).order(sql::<Bool>(order));
            Ok(rows.limit(limit).offset(offset).select(Record::as_select()).load(conn)?)
        },
    )?;
    Ok(table.map(|record| skip_unreadable(TrashRow::try_from(record))))
}

/// The rows of those of the pages that are in the trash, in the order of their paths.
pub fn get_many(conn: &mut Conn, _: &Editor, ids: &[PageId]) -> Result<Vec<TrashRow>> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let records: Vec<Record> =
        trash::table.filter(trash::id.eq_any(ids)).order(trash::path).select(Record::as_select()).load(conn)?;
    Ok(records.into_iter().filter_map(|record| skip_unreadable(TrashRow::try_from(record))).collect())
}

/// The rows of the pages that were deleted before a moment.
pub(crate) fn deleted_before(conn: &mut Conn, _: &Editor, before: Timestamp) -> Result<Vec<TrashRow>> {
    let records: Vec<Record> =
        trash::table.filter(trash::deleted_at.lt(before.naive_utc())).select(Record::as_select()).load(conn)?;
    Ok(records.into_iter().filter_map(|record| skip_unreadable(TrashRow::try_from(record))).collect())
}
