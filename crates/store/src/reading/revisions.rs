//! The history of pages: every save adds a revision in its own transaction.

use chrono::NaiveDateTime;
use diesel::{
    dsl::count_star,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text},
};
use domain::{
    Timestamp, Version,
    access::Editor,
    draft::FormId,
    language::LanguageTag,
    page::{PageContent, PageId},
    placement::Placement,
    revision::Revision,
};

use crate::{Conn, Count, Paging, Result, Table, access, columns::path_of, reader_keys, schema::revisions};

/// A revision in the history of a page, without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisionRow {
    /// The version of the page that the save made.
    pub version: Version,
    /// The moment of the save.
    pub at: Timestamp,
    /// The name of the user who saved.
    pub actor: String,
    /// The note of that user; may be empty.
    pub note: String,
    /// The fields that changed, in words.
    pub detail: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = revisions)]
struct RowRecord {
    version: i64,
    at: NaiveDateTime,
    actor: String,
    note: String,
    detail: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = revisions)]
struct Record {
    page_id: i64,
    version: i64,
    at: NaiveDateTime,
    actor: String,
    note: String,
    detail: String,
    path: String,
    title: String,
    summary: String,
    body: String,
    show_title: bool,
    list_below: bool,
    published_at: NaiveDateTime,
    audience: String,
    readers: String,
    unpublish_at: Option<NaiveDateTime>,
}

impl From<RowRecord> for RevisionRow {
    fn from(record: RowRecord) -> RevisionRow {
        let RowRecord { version, at, actor, note, detail } = record;
        RevisionRow { version: Version(version), at: at.and_utc(), actor, note, detail }
    }
}

impl Record {
    /// The revision; its chosen readers under their current names.
    fn load(self, conn: &mut Conn) -> Result<Revision> {
        let at = self.at.and_utc();
        let (chosen, gone) = reader_keys::restore(conn, &self.readers, at)?;
        let language = language(conn, self.page_id, self.version)?;
        Ok(Revision {
            page: PageId(self.page_id),
            version: Version(self.version),
            at,
            actor: self.actor,
            note: self.note,
            detail: self.detail,
            content: PageContent {
                path: path_of(&self.path)?,
                title: self.title,
                summary: self.summary,
                body: self.body,
                audience: access::audience(&self.audience, || chosen)?,
                show_title: self.show_title,
                list_below: self.list_below,
                published_at: self.published_at.and_utc(),
                unpublish_at: self.unpublish_at.map(|end| end.and_utc()),
                // Receipts and the place of a page belong to the page and have no history.
                receipts: false,
                placement: Placement { language, ..Placement::default() },
            },
            gone,
        })
    }
}

/// The language of a page in a version. SQL that changes a page records none, and then that of the version before holds.
fn language(conn: &mut Conn, page: i64, version: i64) -> Result<Option<LanguageTag>> {
    #[derive(QueryableByName)]
    struct Recorded {
        #[diesel(sql_type = Text)]
        language: String,
    }
    let query = "SELECT language FROM revisions WHERE page_id = $1 AND version <= $2 AND language IS NOT NULL
                 ORDER BY version DESC LIMIT 1";
    let query = sql_query(query).bind::<BigInt, _>(page).bind::<BigInt, _>(version);
    let recorded: Option<Recorded> = query.get_result(conn).optional()?;
    Ok(recorded.and_then(|recorded| LanguageTag::parse(&recorded.language).ok()))
}

/// One page of the history of a page, newest first, and the total; also for a page in the trash.
pub fn list(conn: &mut Conn, _: &Editor, page: PageId, paging: Paging) -> Result<Table<RevisionRow>> {
    let total: i64 = revisions::table.filter(revisions::page_id.eq(page.0)).select(count_star()).first(conn)?;
    let records: Vec<RowRecord> = revisions::table
        .filter(revisions::page_id.eq(page.0))
        .order(revisions::version.desc())
        .limit(paging.limit())
        .offset(paging.offset())
        .select(RowRecord::as_select())
        .load(conn)?;
    let shown = paging.offset() + records.len() as i64;
    let next = records.last().map(|record| record.version).filter(|_| shown < total);
    let rows = records.into_iter().map(RevisionRow::from).collect();
    Ok(Table { rows, total: Count::exact(total.unsigned_abs()), previous: None, next })
}

/// The revision of a page with a version.
pub fn get(conn: &mut Conn, _: &Editor, page: PageId, version: Version) -> Result<Option<Revision>> {
    let record: Option<Record> = revisions::table
        .filter(revisions::page_id.eq(page.0))
        .filter(revisions::version.eq(version.0))
        .select(Record::as_select())
        .first(conn)
        .optional()?;
    record.map(|record| record.load(conn)).transpose()
}

/// The version of a page before another one.
pub fn before(conn: &mut Conn, _: &Editor, page: PageId, version: Version) -> Result<Option<Version>> {
    let found: Option<i64> = revisions::table
        .filter(revisions::page_id.eq(page.0))
        .filter(revisions::version.lt(version.0))
        .order(revisions::version.desc())
        .select(revisions::version)
        .first(conn)
        .optional()?;
    Ok(found.map(Version))
}

/// The last version of a page, published or not; `None` for a page that was never published.
pub fn last(conn: &mut Conn, _: &Editor, page: PageId) -> Result<Option<Version>> {
    Ok(first_and_last(conn, page)?.map(|(_, last)| last))
}

/// The published page that a form has saved, if it is there; `None` for a form without a number.
pub fn page_of_form(conn: &mut Conn, _: &Editor, form: FormId) -> Result<Option<PageId>> {
    let query = "SELECT pages.id AS number FROM revisions JOIN pages ON pages.id = revisions.page_id
                 WHERE revisions.form = $1 AND revisions.form <> 0 LIMIT 1";
    let page: Option<Number> = sql_query(query).bind::<BigInt, _>(form.0).get_result(conn).optional()?;
    Ok(page.map(|page| PageId(page.number)))
}

/// The form that made a version of a page; 0 for none.
pub(crate) fn form(conn: &mut Conn, page: PageId, version: Version) -> Result<FormId> {
    let query = "SELECT form AS number FROM revisions WHERE page_id = $1 AND version = $2";
    let query = sql_query(query).bind::<BigInt, _>(page.0).bind::<BigInt, _>(version.0);
    let form: Option<Number> = query.get_result(conn).optional()?;
    Ok(form.map_or(FormId::default(), |form| FormId(form.number)))
}

/// A column that is not in `schema`: Diesel's tables have at most 16.
#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// Whether lists showed everyone the title of a page in its last version; false for a page that was never published.
pub(crate) fn showed_title(conn: &mut Conn, page: PageId) -> Result<bool> {
    let own = revisions::table.filter(revisions::page_id.eq(page.0)).order(revisions::version.desc());
    Ok(own.select(revisions::show_title).first(conn).optional()?.unwrap_or_default())
}

/// The moment of the first save of a page and its last version; `None` for a page that was never published.
pub(crate) fn first_and_last(conn: &mut Conn, page: PageId) -> Result<Option<(Timestamp, Version)>> {
    let own = revisions::table.filter(revisions::page_id.eq(page.0));
    let first: Option<NaiveDateTime> =
        own.order(revisions::version.asc()).select(revisions::at).first(conn).optional()?;
    let last: Option<i64> = own.order(revisions::version.desc()).select(revisions::version).first(conn).optional()?;
    Ok(first.zip(last).map(|(first, last)| (first.and_utc(), Version(last))))
}
