//! The files of pages. Whether a visitor may have a file is decided for its page, before its name is looked up.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::{
    define_sql_function,
    dsl::sql,
    prelude::*,
    sql_types::{BigInt, Binary, Integer},
};
use domain::{
    Version,
    access::Editor,
    file::{Content, ContentId, File, FileId, FileName, PART_BYTES},
    page::PageId,
    share::SharedDraft,
};

use crate::{
    Conn, Error, Result,
    columns::{KEYS, is_live},
    content_row::ContentRow,
    schema::{content_parts, contents, files, renditions},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = files)]
struct FileRow {
    id: i64,
    page_id: i64,
    name: String,
    alt: String,
    since: Option<i64>,
    leaves: bool,
    cover: bool,
    uploaded_at: NaiveDateTime,
    uploaded_by: String,
    #[diesel(embed)]
    content: ContentRow,
}

impl FileRow {
    fn file(self) -> Result<File> {
        let name =
            FileName::parse(&self.name).map_err(|why| Error::Schema(format!("a name in the table files: {why}")))?;
        Ok(File {
            id: FileId(self.id),
            page: PageId(self.page_id),
            name,
            content: self.content.content(),
            alt: self.alt,
            since: self.since.map(Version),
            leaves: self.leaves,
            is_cover: self.cover,
            uploaded_at: self.uploaded_at.and_utc(),
            uploaded_by: self.uploaded_by,
        })
    }
}

/// The rows of files with their contents.
#[diesel::dsl::auto_type(no_type_alias)]
fn rows() -> _ {
    files::table.inner_join(contents::table.on(contents::id.eq(files::content_id)))
}

/// The file of a page that its readers have under a name.
pub fn find(conn: &mut Conn, page: PageId, name: &FileName) -> Result<Option<File>> {
    let row: Option<FileRow> = rows()
        .filter(is_live(page))
        .filter(files::name.eq(name.as_str()))
        .select(FileRow::as_select())
        .first(conn)
        .optional()?;
    row.map(FileRow::file).transpose()
}

/// The file of a page that its readers will have under a name once its draft is published.
pub fn find_drafted(conn: &mut Conn, _: &Editor, page: PageId, name: &FileName) -> Result<Option<File>> {
    drafted_under(conn, page, name)
}

/// As [`find_drafted`], for the holder of a share of the draft.
pub fn find_shared(conn: &mut Conn, draft: SharedDraft, name: &FileName) -> Result<Option<File>> {
    drafted_under(conn, draft.page(), name)
}

fn drafted_under(conn: &mut Conn, page: PageId, name: &FileName) -> Result<Option<File>> {
    let row: Option<FileRow> = rows()
        .filter(files::page_id.eq(page.0))
        .filter(files::name.eq(name.as_str()))
        .filter(files::since.is_null())
        .select(FileRow::as_select())
        .first(conn)
        .optional()?;
    match row {
        Some(row) => row.file().map(Some),
        None => Ok(find(conn, page, name)?.filter(|file| !file.leaves)),
    }
}

/// The files that the readers of a page have, by name.
pub fn live(conn: &mut Conn, page: PageId) -> Result<Vec<File>> {
    let rows: Vec<FileRow> = rows().filter(is_live(page)).order(files::name).select(FileRow::as_select()).load(conn)?;
    rows.into_iter().map(FileRow::file).collect()
}

/// The cover pictures that the readers of some pages have. The caller decides who sees which page.
pub fn covers(conn: &mut Conn, pages: &[PageId]) -> Result<HashMap<PageId, File>> {
    let mut covers = HashMap::new();
    let pages: Vec<i64> = pages.iter().map(|page| page.0).collect();
    for pages in pages.chunks(KEYS) {
        let found: Vec<FileRow> = rows()
            .filter(files::page_id.eq_any(pages))
            .filter(files::since.is_not_null())
            .filter(files::until.is_null())
            .filter(files::cover)
            .order(files::name.desc())
            .select(FileRow::as_select())
            .load(conn)?;
        for row in found {
            let file = row.file()?;
            covers.insert(file.page, file);
        }
    }
    Ok(covers)
}

/// The files of a page by name: those that its readers have, and those that wait.
pub fn all(conn: &mut Conn, _: &Editor, page: PageId) -> Result<Vec<File>> {
    all_of(conn, page)
}

fn all_of(conn: &mut Conn, page: PageId) -> Result<Vec<File>> {
    let rows: Vec<FileRow> = rows()
        .filter(files::page_id.eq(page.0))
        .filter(files::until.is_null())
        .order((files::name, files::since))
        .select(FileRow::as_select())
        .load(conn)?;
    rows.into_iter().map(FileRow::file).collect()
}

/// The files that a page will have once its draft is published, by name.
pub fn drafted(conn: &mut Conn, by: &Editor, page: PageId) -> Result<Vec<File>> {
    let all = all(conn, by, page)?;
    Ok(domain::file::drafted(&all).cloned().collect())
}

/// As [`drafted`], for the holder of a share of the draft.
pub fn shared(conn: &mut Conn, draft: SharedDraft) -> Result<Vec<File>> {
    let all = all_of(conn, draft.page())?;
    Ok(domain::file::drafted(&all).cloned().collect())
}

/// The files that a page had in one of its versions, by name.
pub fn of_version(conn: &mut Conn, _: &Editor, page: PageId, version: Version) -> Result<Vec<File>> {
    let rows: Vec<FileRow> = rows()
        .filter(files::page_id.eq(page.0))
        .filter(files::since.le(version.0))
        .filter(files::until.is_null().or(files::until.gt(version.0)))
        .order(files::name)
        .select(FileRow::as_select())
        .load(conn)?;
    rows.into_iter().map(FileRow::file).collect()
}

/// Whether a content is stored as a whole.
pub fn is_stored(conn: &mut Conn, content: ContentId) -> Result<bool> {
    let whole = contents::table.find(content.0).filter(contents::hash.is_not_null());
    Ok(diesel::select(diesel::dsl::exists(whole)).get_result(conn)?)
}

/// Bytes of a content from an offset, at most `length` and not beyond the part in which they begin
/// ([`PART_BYTES`]); empty behind its end, `None` if the content is gone.
pub fn bytes(conn: &mut Conn, content: ContentId, offset: u64, length: u64) -> Result<Option<Vec<u8>>> {
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let (part, within) = (offset / PART_BYTES as u64, offset % PART_BYTES as u64);
    // The first byte has the number 1. No part has more bytes than an Integer counts.
    let (from, length) = (clamped(within + 1), clamped(length));
    Ok(content_parts::table
        .find((content.0, number(part)))
        .select(substr(content_parts::bytes, from, length))
        .first(conn)
        .optional()?)
}

fn clamped(number: u64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

define_sql_function! {
    /// Bytes from a position, of which the first is 1, alike in both databases.
    fn substr(bytes: Binary, from: Integer, length: Integer) -> Binary;
}

/// The copy of a picture at a width; `None` if none was made yet, or none can be made.
pub fn rendition(conn: &mut Conn, content: ContentId, width: u32) -> Result<Option<Content>> {
    let row: Option<ContentRow> = renditions::table
        .inner_join(contents::table.on(contents::id.nullable().eq(renditions::rendition_id)))
        .filter(renditions::content_id.eq(content.0))
        .filter(renditions::width.eq(i64::from(width)))
        .select(ContentRow::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(ContentRow::content))
}

/// The widths for which a copy of a picture was made or found impossible.
pub fn tried_widths(conn: &mut Conn, content: ContentId) -> Result<Vec<u32>> {
    let widths: Vec<i64> =
        renditions::table.filter(renditions::content_id.eq(content.0)).select(renditions::width).load(conn)?;
    Ok(widths.into_iter().filter_map(|width| u32::try_from(width).ok()).collect())
}

/// The bytes of all contents, uploads in progress included.
pub fn stored_bytes(conn: &mut Conn) -> Result<u64> {
    let bytes: i64 = contents::table.select(sql::<BigInt>("CAST(coalesce(sum(bytes), 0) AS BIGINT)")).first(conn)?;
    Ok(bytes.unsigned_abs())
}
