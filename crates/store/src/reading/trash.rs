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
    columns::path_of,
    error::skip_unreadable,
    order::Order,
    paging::{Count, Window},
    schema::trash,
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

/// One page of the trash, newest first, and the total.
pub fn list(conn: &mut Conn, _: &Editor, window: impl Into<Window>) -> Result<Table<TrashRow>> {
    let found: Vec<i64> = trash::table.select(trash::id).limit(Count::LIMIT).load(conn)?;
    let total = Count::of_found(found.len());
    let table = ORDER.table(
        window.into(),
        total,
        |record: &Record| record.id,
        |range, order, limit, offset| {
            let rows = trash::table.into_boxed().filter(sql::<Bool>(range)).order(sql::<Bool>(order));
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
