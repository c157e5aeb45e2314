//! Drafts: pages that are not published yet, and pending changes of published pages. They have a table of their own, as
//! the trash has: no query for readers can forget to leave them out.

use chrono::NaiveDateTime;
use diesel::{dsl::sql, prelude::*, sql_types::Bool};
use domain::{
    Version,
    access::Editor,
    draft::{Draft, DraftInput, FormId},
    page::{PageId, PagePath},
    share::SharedDraft,
};

pub use crate::draft_row::{DraftFilter, DraftKind, DraftRow};
use crate::{
    Conn, Error, Result, Table,
    conn::MultiBackend,
    draft_row::RowRecord,
    error::skip_unreadable,
    order::Order,
    paging::{Count, Window},
    reader_keys,
    schema::{drafts, pages},
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

/// The drafts of all pages that are not in the trash.
fn all() -> drafts::BoxedQuery<'static, MultiBackend> {
    DraftFilter::default().rows()
}

/// The draft of a page.
pub fn get(conn: &mut Conn, _: &Editor, page: PageId) -> Result<Option<Draft>> {
    first(conn, all().filter(drafts::page_id.eq(page.0)))
}

/// The draft of a page, for the holder of a share of it.
pub fn shared(conn: &mut Conn, draft: SharedDraft) -> Result<Option<Draft>> {
    first(conn, all().filter(drafts::page_id.eq(draft.page().0)))
}

/// The drafts of those of the pages that have one, in the order of their keys.
pub fn get_many(conn: &mut Conn, _: &Editor, pages: &[PageId]) -> Result<Vec<Draft>> {
    let ids = pages.iter().map(|page| page.0);
    let records: Vec<Record> =
        all().filter(drafts::page_id.eq_any(ids)).order(drafts::page_id).select(Record::as_select()).load(conn)?;
    Ok(records.into_iter().filter_map(|record| skip_unreadable(record.load(conn))).collect())
}

/// The draft of an unpublished page that would live at a path; of several, the one saved last.
pub fn find(conn: &mut Conn, _: &Editor, path: &PagePath) -> Result<Option<Draft>> {
    let at = DraftFilter::from(Some(DraftKind::Page)).rows().filter(drafts::path.eq(path.as_str().to_owned()));
    first(conn, at.order(drafts::saved_at.desc()))
}

/// The draft that a form with a number saved before.
pub(crate) fn of_form(conn: &mut Conn, form: FormId) -> Result<Option<Draft>> {
    if form.0 == 0 {
        return Ok(None);
    }
    first(conn, all().filter(drafts::form.eq(form.0)))
}

fn first(conn: &mut Conn, query: drafts::BoxedQuery<'static, MultiBackend>) -> Result<Option<Draft>> {
    let record: Option<Record> = query.select(Record::as_select()).first(conn).optional()?;
    record.map(|record| record.load(conn)).transpose()
}

/// The last saved first.
const ORDER: Order =
    Order { table: "drafts", key: "page_id", columns: &[("saved_at", true), ("page_id", false)], reversed: false };

/// One page of the drafts that match, the last saved first, and the total.
pub fn list(
    conn: &mut Conn,
    editor: &Editor,
    filter: impl Into<DraftFilter>,
    window: impl Into<Window>,
) -> Result<Table<DraftRow>> {
    let filter = filter.into();
    let total = count(conn, editor, filter.clone())?;
    let table = ORDER.table(window.into(), total, RowRecord::key, |range, order, limit, offset| {
        let rows = filter.rows().filter(sql::<Bool>(range)).order(sql::<Bool>(order));
        Ok(rows.limit(limit).offset(offset).select(RowRecord::as_select()).load(conn)?)
    })?;
    let Table { rows, total, previous, next } = table;
    Ok(Table { rows: with_kinds(conn, rows)?, total, previous, next })
}

/// The rows of some drafts; unreadable ones are logged and left out.
fn with_kinds(conn: &mut Conn, records: Vec<RowRecord>) -> Result<Vec<DraftRow>> {
    let ids = records.iter().map(RowRecord::key);
    let published: Vec<i64> = pages::table.filter(pages::id.eq_any(ids)).select(pages::id).load(conn)?;
    let row = |record: RowRecord| {
        let is_published = published.contains(&record.key());
        skip_unreadable(record.row(if is_published { DraftKind::Changes } else { DraftKind::Page }))
    };
    Ok(records.into_iter().filter_map(row).collect())
}

/// The number of drafts that match.
pub fn count(conn: &mut Conn, _: &Editor, filter: impl Into<DraftFilter>) -> Result<Count> {
    let found: Vec<i64> = filter.into().rows().select(drafts::page_id).limit(Count::LIMIT).load(conn)?;
    Ok(Count::of_found(found.len()))
}

/// Whose drafts are listed, by the name of the user who saved a draft last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SavedBy<'a> {
    /// Those of this user.
    User(&'a str),
    /// Those of everyone else.
    Others(&'a str),
}

/// The first `limit` of somebody's drafts, the last saved first, and their total.
pub fn saved_by(conn: &mut Conn, _: &Editor, by: SavedBy<'_>, limit: u32) -> Result<Table<DraftRow>> {
    let of_them = || match by {
        SavedBy::User(name) => all().filter(drafts::saved_by.eq(name.to_owned())),
        SavedBy::Others(name) => all().filter(drafts::saved_by.ne(name.to_owned())),
    };
    let found: Vec<i64> = of_them().select(drafts::page_id).limit(Count::LIMIT).load(conn)?;
    let records: Vec<RowRecord> = of_them()
        .order((drafts::saved_at.desc(), drafts::page_id.asc()))
        .limit(i64::from(limit))
        .select(RowRecord::as_select())
        .load(conn)?;
    let rows = with_kinds(conn, records)?;
    Ok(Table { rows, total: Count::of_found(found.len()), previous: None, next: None })
}

/// Of these pages, those that have a draft.
pub fn pending(conn: &mut Conn, _: &Editor, pages: &[PageId]) -> Result<Vec<PageId>> {
    let ids = pages.iter().map(|page| page.0);
    let found: Vec<i64> = all().filter(drafts::page_id.eq_any(ids)).select(drafts::page_id).load(conn)?;
    Ok(found.into_iter().map(PageId).collect())
}
