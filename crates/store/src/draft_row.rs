//! Rows of the table `drafts` in lists of the panel, and the filter of these lists.

use chrono::NaiveDateTime;
use diesel::{
    dsl::{exists, not, sql},
    prelude::*,
    sql_types::{Bool, Text},
};
use domain::{
    Timestamp,
    page::{PageId, PagePath},
};

use crate::{
    Result,
    columns::{path_of, pattern},
    conn::MultiBackend,
    schema::{drafts, fold, pages, trash},
};

/// The kind of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftKind {
    /// An unpublished page.
    Page,
    /// Pending changes of a published page.
    Changes,
}

/// A filter of the panel's lists of drafts; an empty text and `None` match every draft.
#[derive(Clone, Debug, Default)]
pub struct DraftFilter {
    /// The kind.
    pub kind: Option<DraftKind>,
    /// Words that the title or the path contains; at most eight count. They are looked for in the 20,000 drafts that were
    /// saved last.
    pub query: String,
}

impl From<Option<DraftKind>> for DraftFilter {
    fn from(kind: Option<DraftKind>) -> DraftFilter {
        DraftFilter { kind, query: String::new() }
    }
}

impl DraftFilter {
    /// The drafts that match, without those of pages in the trash, which are restored with their pages.
    pub(crate) fn rows(&self) -> drafts::BoxedQuery<'static, MultiBackend> {
        let mut rows =
            drafts::table.filter(not(exists(trash::table.filter(trash::id.eq(drafts::page_id))))).into_boxed();
        let published = exists(pages::table.filter(pages::id.eq(drafts::page_id)));
        rows = match self.kind {
            None => rows,
            Some(DraftKind::Changes) => rows.filter(published),
            Some(DraftKind::Page) => rows.filter(not(published)),
        };
        if !self.query.trim().is_empty() {
            let latest = "page_id IN (SELECT page_id FROM drafts ORDER BY saved_at DESC, page_id LIMIT 20000)";
            rows = rows.filter(sql::<Bool>(latest));
        }
        for word in self.query.split_whitespace().take(8) {
            let path = fold(sql::<Text>("coalesce(drafts.path, '')"));
            let in_title = fold(drafts::title).like(pattern(word)).escape('\\');
            rows = rows.filter(in_title.or(path.like(pattern(word)).escape('\\')));
        }
        rows
    }
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

#[derive(Queryable, Selectable)]
#[diesel(table_name = drafts)]
pub(crate) struct RowRecord {
    page_id: i64,
    path: Option<String>,
    title: String,
    saved_at: NaiveDateTime,
    saved_by: String,
}

impl RowRecord {
    /// The key of the page.
    pub(crate) fn key(&self) -> i64 {
        self.page_id
    }

    pub(crate) fn row(self, kind: DraftKind) -> Result<DraftRow> {
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
