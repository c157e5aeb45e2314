//! Drafts as they stand in lists.

use chrono::NaiveDateTime;
use diesel::{dsl::count_star, prelude::*};
use domain::{
    Timestamp,
    access::Editor,
    page::{PageId, PagePath},
};

use super::{of_kind, rows};
use crate::{Conn, Paging, Result, Table, error::readable, pages::path_of, schema::drafts};

/// A draft in a list: all but what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftRow {
    /// The key of its page.
    pub page: PageId,
    /// Where it would live; `None` while that is no path.
    pub path: Option<PagePath>,
    /// Its title; may be empty.
    pub title: String,
    /// When it was saved.
    pub saved_at: Timestamp,
    /// By whom.
    pub saved_by: String,
    /// What it is of.
    pub kind: DraftKind,
}

/// What a draft is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftKind {
    /// A page that readers do not have.
    Page,
    /// Changes of a page that is published.
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

/// Drafts, those saved last first.
///
/// # Errors
/// When the database fails.
pub fn every(conn: &mut Conn, editor: &Editor, kind: Option<DraftKind>, paging: Paging) -> Result<Table<DraftRow>> {
    let total: i64 = of_kind(kind).select(count_star()).first(conn)?;
    let records: Vec<RowRecord> = of_kind(kind)
        .order((drafts::saved_at.desc(), drafts::page_id.asc()))
        .limit(paging.limit())
        .offset(paging.offset())
        .select(RowRecord::as_select())
        .load(conn)?;
    let ids: Vec<PageId> = records.iter().map(|record| PageId(record.page_id)).collect();
    let published: Vec<PageId> = crate::pages::some(conn, editor, &ids)?.into_iter().map(|page| page.id).collect();
    let row = |record: RowRecord| {
        let is_published = published.contains(&PageId(record.page_id));
        readable(record.row(if is_published { DraftKind::Changes } else { DraftKind::Page }))
    };
    Ok(Table { rows: records.into_iter().filter_map(row).collect(), total: total.unsigned_abs() })
}

/// How many drafts there are of a kind.
///
/// # Errors
/// When the database fails.
pub fn total(conn: &mut Conn, _: &Editor, kind: Option<DraftKind>) -> Result<u64> {
    let total: i64 = of_kind(kind).select(count_star()).first(conn)?;
    Ok(total.unsigned_abs())
}

/// Those of the pages of which changes wait.
///
/// # Errors
/// When the database fails.
pub fn waiting(conn: &mut Conn, _: &Editor, pages: &[PageId]) -> Result<Vec<PageId>> {
    let ids = pages.iter().map(|page| page.0);
    let found: Vec<i64> = rows().filter(drafts::page_id.eq_any(ids)).select(drafts::page_id).load(conn)?;
    Ok(found.into_iter().map(PageId).collect())
}
