//! The history of pages: each save leaves a revision, in the same transaction.

use chrono::NaiveDateTime;
use diesel::{
    dsl::count_star,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text, Timestamp as SqlTimestamp},
};
use domain::{
    Timestamp, Version,
    access::Editor,
    audience::Chosen,
    group::GroupName,
    page::{PageContent, PageId},
    revision::{Note, Revision},
    user::Username,
};

use crate::{
    Conn, Error, Paging, Result, Table, id,
    pages::{path_of, readers::audience},
    schema::revisions,
};

/// A revision in the list of a page's history: all but what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisionRow {
    /// The version that the save made.
    pub version: Version,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// What they said about it.
    pub note: String,
    /// What was changed, in words.
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

impl TryFrom<Record> for Revision {
    type Error = Error;

    fn try_from(record: Record) -> Result<Revision> {
        let chosen = chosen(&record.readers)?;
        Ok(Revision {
            page: PageId(record.page_id),
            version: Version(record.version),
            at: record.at.and_utc(),
            actor: record.actor,
            note: record.note,
            detail: record.detail,
            content: PageContent {
                path: path_of(&record.path)?,
                title: record.title,
                summary: record.summary,
                body: record.body,
                audience: audience(&record.audience, || chosen)?,
                show_title: record.show_title,
                list_below: record.list_below,
                published_at: record.published_at.and_utc(),
                unpublish_at: record.unpublish_at.map(|end| end.and_utc()),
                // The page's own matter, and no part of its history.
                receipts: false,
            },
        })
    }
}

/// The chosen readers, one on each line: no name holds a line end, and none of a user a space.
fn lines(chosen: &Chosen) -> String {
    let groups = chosen.groups.iter().map(|group| format!("{GROUP}{group}"));
    chosen.people.iter().map(Username::to_string).chain(groups).collect::<Vec<_>>().join("\n")
}

const GROUP: &str = "group ";

fn chosen(lines: &str) -> Result<Chosen> {
    let odd = |words| Error::Schema(format!("a reader in the table revisions: {words}"));
    let mut chosen = Chosen::default();
    for line in lines.lines() {
        match line.strip_prefix(GROUP) {
            Some(group) => chosen.groups.push(GroupName::parse(group).map_err(odd)?),
            None => chosen.people.push(Username::parse(line).map_err(odd)?),
        }
    }
    Ok(chosen)
}

/// Keeps a page as it stands now; the content says whom its author chose.
pub(crate) fn record(
    conn: &mut Conn,
    page: PageId,
    content: &PageContent,
    editor: &Editor,
    note: Option<&Note>,
    detail: &str,
    now: Timestamp,
) -> Result<()> {
    sql_query(
        "INSERT INTO revisions (id, page_id, version, at, actor, note, detail,
                                path, title, summary, body, private, show_title, list_below, published_at, audience,
                                readers, unpublish_at)
         SELECT $1, id, version, $2, $3, $4, $5, path, title, summary, body, private, show_title, list_below, published_at,
                audience, $6, unpublish_at
         FROM pages WHERE id = $7",
    )
    .bind::<BigInt, _>(id::new()?)
    .bind::<SqlTimestamp, _>(now.naive_utc())
    .bind::<Text, _>(editor.actor())
    .bind::<Text, _>(note.map_or("", Note::as_str))
    .bind::<Text, _>(detail)
    .bind::<Text, _>(content.audience.chosen().map_or(String::new(), lines))
    .bind::<BigInt, _>(page.0)
    .execute(conn)?;
    Ok(())
}

/// The history of a page, newest first; also of one in the trash.
///
/// # Errors
/// When the database fails.
pub fn every(conn: &mut Conn, _: &Editor, page: PageId, paging: Paging) -> Result<Table<RevisionRow>> {
    let total: i64 = revisions::table.filter(revisions::page_id.eq(page.0)).select(count_star()).first(conn)?;
    let records: Vec<RowRecord> = revisions::table
        .filter(revisions::page_id.eq(page.0))
        .order(revisions::version.desc())
        .limit(paging.limit())
        .offset(paging.offset())
        .select(RowRecord::as_select())
        .load(conn)?;
    Ok(Table { rows: records.into_iter().map(RevisionRow::from).collect(), total: total.unsigned_abs() })
}

/// A page as it was in a version.
///
/// # Errors
/// When the database fails.
pub fn get(conn: &mut Conn, _: &Editor, page: PageId, version: Version) -> Result<Option<Revision>> {
    let record: Option<Record> = revisions::table
        .filter(revisions::page_id.eq(page.0))
        .filter(revisions::version.eq(version.0))
        .select(Record::as_select())
        .first(conn)
        .optional()?;
    record.map(Revision::try_from).transpose()
}

/// The newest version of a page that is older than this one.
///
/// # Errors
/// When the database fails.
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

/// The last version of a page, published or not; `None` if it never was.
///
/// # Errors
/// When the database fails.
pub fn last(conn: &mut Conn, _: &Editor, page: PageId) -> Result<Option<Version>> {
    Ok(ends(conn, page)?.map(|(_, last)| last))
}

/// When a page was first saved, and its last version; `None` for one that never was.
pub(crate) fn ends(conn: &mut Conn, page: PageId) -> Result<Option<(Timestamp, Version)>> {
    let own = revisions::table.filter(revisions::page_id.eq(page.0));
    let first: Option<NaiveDateTime> =
        own.order(revisions::version.asc()).select(revisions::at).first(conn).optional()?;
    let last: Option<i64> = own.order(revisions::version.desc()).select(revisions::version).first(conn).optional()?;
    Ok(first.zip(last).map(|(first, last)| (first.and_utc(), Version(last))))
}

/// Forgets the history of a page that is deleted for good.
pub(crate) fn forget(conn: &mut Conn, page: PageId) -> Result<()> {
    diesel::delete(revisions::table.filter(revisions::page_id.eq(page.0))).execute(conn)?;
    Ok(())
}
