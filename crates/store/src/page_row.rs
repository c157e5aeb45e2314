//! Rows of the table `pages`: a whole page with its audience and its readers, and a row of the panel's lists.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::{
    Timestamp, Version,
    audience::Readers,
    effective_access::{AccessKind, EffectiveAccess},
    language::LanguageTag,
    page::{Page, PageContent, PageId, PagePath},
    placement::{Order, Placement},
};

use crate::{
    Conn, Error, Result, access,
    columns::path_of,
    schema::{pages, placements, receipt_pages},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = pages)]
pub(crate) struct Record {
    id: i64,
    path: String,
    title: String,
    summary: String,
    body: String,
    private: bool,
    show_title: bool,
    list_below: bool,
    published_at: NaiveDateTime,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    version: i64,
    audience: String,
    readers_from: Option<i64>,
    unpublish_at: Option<NaiveDateTime>,
}

impl Record {
    /// The page with its audience and its readers: at most five more queries.
    pub(crate) fn load(self, conn: &mut Conn) -> Result<Page> {
        let id = PageId(self.id);
        let effective = EffectiveAccess::from_columns(self.private, self.readers_from);
        let (audience, readers): (_, Readers) = access::audience_and_readers(conn, id, &self.audience, effective)?;
        let receipts = matches!(effective, EffectiveAccess::ChosenBy(_)) && wants_receipts(conn, id)?;
        let placement = placement(conn, id)?;
        let path = path_of(&self.path)?;
        let governor = access::governor(conn, id, &path, &self.audience, effective)?;
        Ok(Page {
            id,
            readers,
            governor,
            content: PageContent {
                path,
                title: self.title,
                summary: self.summary,
                body: self.body,
                audience,
                show_title: self.show_title,
                list_below: self.list_below,
                published_at: self.published_at.and_utc(),
                unpublish_at: self.unpublish_at.map(|end| end.and_utc()),
                receipts,
                placement,
            },
            created_at: self.created_at.and_utc(),
            updated_at: self.updated_at.and_utc(),
            version: Version(self.version),
        })
    }
}

/// The page with a key.
pub(crate) fn get(conn: &mut Conn, id: PageId) -> Result<Option<Page>> {
    let record: Option<Record> = pages::table.find(id.0).select(Record::as_select()).first(conn).optional()?;
    record.map(|record| record.load(conn)).transpose()
}

/// The version of a page.
pub(crate) fn version(conn: &mut Conn, id: PageId) -> Result<Option<Version>> {
    let version: Option<i64> = pages::table.find(id.0).select(pages::version).first(conn).optional()?;
    Ok(version.map(Version))
}

/// Whether the author of a page asked for read receipts.
pub(crate) fn wants_receipts(conn: &mut Conn, page: PageId) -> Result<bool> {
    Ok(diesel::select(diesel::dsl::exists(receipt_pages::table.find(page.0))).get_result(conn)?)
}

/// The options of a page; the default ones without a row.
pub(crate) fn placement(conn: &mut Conn, page: PageId) -> Result<Placement> {
    let row: Option<(Option<i64>, String, bool, bool, String)> = placements::table
        .find(page.0)
        .select((
            placements::position,
            placements::children,
            placements::hides_contents,
            placements::hides_sidebar,
            placements::language,
        ))
        .first(conn)
        .optional()?;
    Ok(row.map_or_else(Placement::default, |(position, children, hides_contents, hides_sidebar, language)| Placement {
        position: position.and_then(|position| u32::try_from(position).ok()),
        children: Order::parse(&children).unwrap_or_default(),
        hides_contents,
        hides_sidebar,
        language: LanguageTag::parse(&language).ok(),
    }))
}

/// A page in the panel's list, without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRow {
    /// The key of the page.
    pub id: PageId,
    /// The path at which it lives.
    pub path: PagePath,
    /// The title of the page.
    pub title: String,
    /// The kind of its effective access.
    pub access: AccessKind,
    /// Whether lists show the title of a private page to those who may not read it.
    pub show_title: bool,
    /// The date of the page.
    pub published_at: Timestamp,
    /// The moment from which the page is no longer published.
    pub unpublish_at: Option<Timestamp>,
    /// The moment of the last save.
    pub updated_at: Timestamp,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = pages)]
pub(crate) struct RowRecord {
    id: i64,
    pub(crate) path: String,
    pub(crate) title: String,
    private: bool,
    readers_from: Option<i64>,
    show_title: bool,
    pub(crate) published_at: NaiveDateTime,
    unpublish_at: Option<NaiveDateTime>,
    pub(crate) updated_at: NaiveDateTime,
}

impl RowRecord {
    /// The key of the page.
    pub(crate) fn key(&self) -> i64 {
        self.id
    }

    /// The kind of effective access.
    pub(crate) fn access(&self) -> AccessKind {
        EffectiveAccess::from_columns(self.private, self.readers_from).kind()
    }
}

impl TryFrom<RowRecord> for PageRow {
    type Error = Error;

    fn try_from(record: RowRecord) -> Result<PageRow> {
        Ok(PageRow {
            id: PageId(record.id),
            path: path_of(&record.path)?,
            access: record.access(),
            title: record.title,
            show_title: record.show_title,
            published_at: record.published_at.and_utc(),
            unpublish_at: record.unpublish_at.map(|end| end.and_utc()),
            updated_at: record.updated_at.and_utc(),
        })
    }
}
