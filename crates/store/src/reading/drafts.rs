//! Drafts: pages that are not published yet, and pending changes of published pages. They have a table of their own, as
//! the trash has: no query for readers can forget to leave them out.

use chrono::NaiveDateTime;
use diesel::{
    dsl::{exists, not, sql},
    prelude::*,
    sql_types::Bool,
};
use domain::{
    Timestamp, Version,
    access::Editor,
    draft::{Draft, DraftInput, FormId},
    page::{PageId, PagePath},
};

use crate::{
    Conn, Error, Result, Table,
    columns::path_of,
    conn::MultiBackend,
    error::skip_unreadable,
    order::Order,
    paging::{Count, Window},
    reader_keys,
    schema::{drafts, pages, trash},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = drafts)]
struct Record {
    page_id: i64,
    typed: String,
    based_on: i64,
    saved_at: NaiveDateTime,
    saved_by: String,
    version: i64,
    readers: Option<String>,
}

impl Record {
    /// The draft; its chosen readers under their current names.
    fn load(self, conn: &mut Conn) -> Result<Draft> {
        let mut input: DraftInput = serde_json::from_str(&self.typed)
            .map_err(|error| Error::Schema(format!("the draft {} cannot be read: {error}", self.page_id)))?;
        let saved_at = self.saved_at.and_utc();
        let readers = self.readers.as_deref();
        let gone = reader_keys::restore_input(conn, readers, saved_at, &mut input.page.audience)?;
        Ok(Draft {
            page: PageId(self.page_id),
            typed: input,
            based_on: Version(self.based_on),
            saved_at,
            saved_by: self.saved_by,
            version: Version(self.version),
            gone,
        })
    }
}

/// All drafts except those of pages in the trash, which come back with their pages.
fn rows() -> drafts::BoxedQuery<'static, MultiBackend> {
    drafts::table.filter(not(exists(trash::table.filter(trash::id.eq(drafts::page_id))))).into_boxed()
}

fn of_kind(kind: Option<DraftKind>) -> drafts::BoxedQuery<'static, MultiBackend> {
    let published = exists(pages::table.filter(pages::id.eq(drafts::page_id)));
    match kind {
        None => rows(),
        Some(DraftKind::Changes) => rows().filter(published),
        Some(DraftKind::Page) => rows().filter(not(published)),
    }
}

/// The draft of a page.
pub fn get(conn: &mut Conn, _: &Editor, page: PageId) -> Result<Option<Draft>> {
    first(conn, rows().filter(drafts::page_id.eq(page.0)))
}

/// The drafts of those of the pages that have one, in the order of their keys.
pub fn get_many(conn: &mut Conn, _: &Editor, pages: &[PageId]) -> Result<Vec<Draft>> {
    let ids = pages.iter().map(|page| page.0);
    let records: Vec<Record> =
        rows().filter(drafts::page_id.eq_any(ids)).order(drafts::page_id).select(Record::as_select()).load(conn)?;
    Ok(records.into_iter().filter_map(|record| skip_unreadable(record.load(conn))).collect())
}

/// The draft of an unpublished page that would live at a path; of several, the one saved last.
pub fn find(conn: &mut Conn, _: &Editor, path: &PagePath) -> Result<Option<Draft>> {
    let at = of_kind(Some(DraftKind::Page)).filter(drafts::path.eq(path.as_str().to_owned()));
    first(conn, at.order(drafts::saved_at.desc()))
}

/// The draft that a form with a number saved before.
pub(crate) fn of_form(conn: &mut Conn, form: FormId) -> Result<Option<Draft>> {
    if form.0 == 0 {
        return Ok(None);
    }
    first(conn, rows().filter(drafts::form.eq(form.0)))
}

fn first(conn: &mut Conn, query: drafts::BoxedQuery<'static, MultiBackend>) -> Result<Option<Draft>> {
    let record: Option<Record> = query.select(Record::as_select()).first(conn).optional()?;
    record.map(|record| record.load(conn)).transpose()
}

/// A draft in a list, without its input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftRow {
    /// The key of the page.
    pub page: PageId,
    /// The path at which the page would live; `None` while the input is no valid path.
    pub path: Option<PagePath>,
    /// The title; may be empty.
    pub title: String,
    /// The moment of the last save.
    pub saved_at: Timestamp,
    /// The name of the user who saved it last.
    pub saved_by: String,
    /// The kind of draft.
    pub kind: DraftKind,
}

/// The kind of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftKind {
    /// An unpublished page.
    Page,
    /// Pending changes of a published page.
    Changes,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = drafts)]
struct RowRecord {
    page_id: i64,
    path: Option<String>,
    title: String,
    saved_at: NaiveDateTime,
    saved_by: String,
}

impl RowRecord {
    fn row(self, kind: DraftKind) -> Result<DraftRow> {
        Ok(DraftRow {
            page: PageId(self.page_id),
            path: self.path.as_deref().map(path_of).transpose()?,
            title: self.title,
            saved_at: self.saved_at.and_utc(),
            saved_by: self.saved_by,
            kind,
        })
    }
}

/// The last saved first.
const ORDER: Order =
    Order { table: "drafts", key: "page_id", columns: &[("saved_at", true), ("page_id", false)], reversed: false };

/// One page of the drafts of a kind, the last saved first, and the total.
pub fn list(
    conn: &mut Conn,
    editor: &Editor,
    kind: Option<DraftKind>,
    window: impl Into<Window>,
) -> Result<Table<DraftRow>> {
    let total = count(conn, editor, kind)?;
    let table = ORDER.table(
        window.into(),
        total,
        |record: &RowRecord| record.page_id,
        |range, order, limit, offset| {
            let rows = of_kind(kind).filter(sql::<Bool>(range)).order(sql::<Bool>(order));
            Ok(rows.limit(limit).offset(offset).select(RowRecord::as_select()).load(conn)?)
        },
    )?;
    let ids = table.rows.iter().map(|record| record.page_id);
    let published: Vec<i64> = pages::table.filter(pages::id.eq_any(ids)).select(pages::id).load(conn)?;
    let row = |record: RowRecord| {
        let is_published = published.contains(&record.page_id);
        skip_unreadable(record.row(if is_published { DraftKind::Changes } else { DraftKind::Page }))
    };
    Ok(table.map(row))
}

/// The number of drafts of a kind.
pub fn count(conn: &mut Conn, _: &Editor, kind: Option<DraftKind>) -> Result<Count> {
    let found: Vec<i64> = of_kind(kind).select(drafts::page_id).limit(Count::LIMIT).load(conn)?;
    Ok(Count::of_found(found.len()))
}

/// Of these pages, those that have a draft.
pub fn pending(conn: &mut Conn, _: &Editor, pages: &[PageId]) -> Result<Vec<PageId>> {
    let ids = pages.iter().map(|page| page.0);
    let found: Vec<i64> = rows().filter(drafts::page_id.eq_any(ids)).select(drafts::page_id).load(conn)?;
    Ok(found.into_iter().map(PageId).collect())
}
