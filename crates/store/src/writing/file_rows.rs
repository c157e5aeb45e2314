//! Rows of the table `files`: how the files of a page follow its drafts and its versions.

use std::collections::HashSet;

use diesel::prelude::*;
use domain::{
    Timestamp, Version,
    access::Editor,
    file::{ContentId, File, FileName, MAX_FILES},
    page::PageId,
};

use super::contents;
use crate::{Conn, Error, Result, columns::is_live, files as reading, id, schema::files};

/// A row that is to be inserted.
pub(super) struct NewFile<'a> {
    pub(super) page: PageId,
    pub(super) name: &'a FileName,
    pub(super) content: ContentId,
    pub(super) alt: &'a str,
    pub(super) is_cover: bool,
    pub(super) since: Option<Version>,
    pub(super) uploaded_at: Timestamp,
    pub(super) uploaded_by: &'a str,
}

impl<'a> NewFile<'a> {
    fn copy(file: &'a File, since: Option<Version>) -> NewFile<'a> {
        let File { page, name, content, alt, is_cover, uploaded_at, uploaded_by, .. } = file;
        let (page, is_cover, uploaded_at) = (*page, *is_cover, *uploaded_at);
        NewFile { page, name, content: content.id, alt, is_cover, since, uploaded_at, uploaded_by }
    }

    pub(super) fn insert(&self, conn: &mut Conn) -> Result<()> {
        contents::use_again(conn, self.content)?;
        diesel::insert_into(files::table)
            .values((
                files::id.eq(id::new()?),
                files::page_id.eq(self.page.0),
                files::name.eq(self.name.as_str()),
                files::content_id.eq(self.content.0),
                files::alt.eq(self.alt),
                files::since.eq(self.since.map(|since| since.0)),
                files::leaves.eq(false),
                files::cover.eq(self.is_cover),
                files::uploaded_at.eq(self.uploaded_at.naive_utc()),
                files::uploaded_by.eq(self.uploaded_by),
            ))
            .execute(conn)?;
        Ok(())
    }
}

/// The files of a page that wait for it to be published.
#[diesel::dsl::auto_type(no_type_alias)]
fn waiting(page: PageId) -> _ {
    let key: i64 = page.0;
    files::page_id.eq(key).and(files::since.is_null())
}

/// Whether publishing the draft of a page changes its files.
pub(super) fn has_waiting(conn: &mut Conn, page: PageId) -> Result<bool> {
    let changes = files::table.filter(waiting(page).or(is_live(page).and(files::leaves)));
    Ok(diesel::select(diesel::dsl::exists(changes)).get_result(conn)?)
}

/// Takes a file from the readers of a page in a version.
pub(super) fn end(conn: &mut Conn, page: PageId, name: &str, version: Version) -> Result<()> {
    diesel::update(files::table.filter(is_live(page)).filter(files::name.eq(name)))
        .set((files::until.eq(Some(version.0)), files::leaves.eq(false)))
        .execute(conn)?;
    Ok(())
}

/// Gives the readers of a page the files of its draft in a version; returns what changed, in words.
pub(super) fn publish(conn: &mut Conn, page: PageId, version: Version) -> Result<String> {
    let arriving: Vec<String> = files::table.filter(waiting(page)).order(files::name).select(files::name).load(conn)?;
    let leaving: Vec<String> =
        files::table.filter(is_live(page)).filter(files::leaves).order(files::name).select(files::name).load(conn)?;
    for name in leaving.iter().chain(&arriving) {
        end(conn, page, name, version)?;
    }
    let cover: Option<String> =
        files::table.filter(waiting(page)).filter(files::cover).select(files::name).first(conn).optional()?;
    diesel::update(files::table.filter(waiting(page))).set(files::since.eq(Some(version.0))).execute(conn)?;
    // Another file may have become the cover since the draft chose one.
    if let Some(cover) = cover.and_then(|name| FileName::parse(&name).ok()) {
        set_live_cover(conn, page, Some(&cover), version)?;
    }
    Ok(words(&arriving, &leaving))
}

/// Gives the readers of a page the files of an earlier version; returns what changed, in words.
pub(super) fn restore_version(
    conn: &mut Conn,
    by: &Editor,
    page: PageId,
    earlier: Version,
    version: Version,
) -> Result<String> {
    let then = reading::of_version(conn, by, page, earlier)?;
    let now = reading::live(conn, page)?;
    let missing: Vec<&File> = then.iter().filter(|then| !now.iter().any(|now| is_same(now, then))).collect();
    let left: Vec<&File> = now.iter().filter(|now| !then.iter().any(|then| is_same(now, then))).collect();
    for file in &left {
        end(conn, page, file.name.as_str(), version)?;
    }
    for file in &missing {
        NewFile::copy(file, Some(version)).insert(conn)?;
    }
    require_room(conn, by, page)?;
    let names = |files: &[&File]| files.iter().map(|file| file.name.to_string()).collect::<Vec<_>>();
    Ok(words(&names(&missing), &names(&left)))
}

/// Gives the readers of a page another cover picture, or none, from a version on.
pub(super) fn set_live_cover(conn: &mut Conn, page: PageId, cover: Option<&FileName>, version: Version) -> Result<()> {
    for file in reading::live(conn, page)? {
        let is_cover = cover == Some(&file.name);
        if file.is_cover == is_cover {
            continue;
        }
        end(conn, page, file.name.as_str(), version)?;
        NewFile { is_cover, ..NewFile::copy(&file, Some(version)) }.insert(conn)?;
        set_leaves(conn, page, &file.name, file.leaves)?;
    }
    Ok(())
}

/// The error for a page with too many files.
pub(super) fn too_many() -> Error {
    Error::Refused(format!("A page has at most {MAX_FILES} files. Delete some that it no longer uses."))
}

/// # Errors
/// [`Error::Refused`] when a page would have too many files once its draft is published.
fn require_room(conn: &mut Conn, by: &Editor, page: PageId) -> Result<()> {
    if reading::drafted(conn, by, page)?.len() > MAX_FILES { Err(too_many()) } else { Ok(()) }
}

/// Whether a page has room for the files of two of its versions.
pub(super) fn has_room_for(conn: &mut Conn, by: &Editor, page: PageId, versions: [Version; 2]) -> Result<bool> {
    let mut names = HashSet::new();
    for version in versions {
        names.extend(reading::of_version(conn, by, page, version)?.into_iter().map(|file| file.name.to_string()));
    }
    names.extend(files::table.filter(waiting(page)).select(files::name).load::<String>(conn)?);
    Ok(names.len() <= MAX_FILES)
}

/// Adds the files of an earlier version to the draft of a page, where its readers have no such file now. The draft has the cover
/// picture of that version.
///
/// # Errors
/// [`Error::Refused`] when the page would have too many files.
pub(super) fn draft_earlier(conn: &mut Conn, by: &Editor, page: PageId, earlier: Version) -> Result<()> {
    let now = reading::drafted(conn, by, page)?;
    let then = reading::of_version(conn, by, page, earlier)?;
    for file in &then {
        if !now.iter().any(|now| is_same(now, file)) {
            diesel::delete(files::table.filter(waiting(page)).filter(files::name.eq(file.name.as_str())))
                .execute(conn)?;
            NewFile::copy(file, None).insert(conn)?;
        }
    }
    require_room(conn, by, page)?;
    let cover = then.iter().find(|file| file.is_cover).map(|file| &file.name);
    draft_cover(conn, by, page, cover)
}

/// Gives the draft of a page another cover picture, or none.
pub(super) fn draft_cover(conn: &mut Conn, by: &Editor, page: PageId, cover: Option<&FileName>) -> Result<()> {
    for file in reading::drafted(conn, by, page)? {
        let is_cover = cover == Some(&file.name);
        if file.is_cover != is_cover {
            draft_copy(conn, &File { is_cover, ..file.clone() }, &file.name, &file.alt)?;
        }
    }
    Ok(())
}

fn is_same(a: &File, b: &File) -> bool {
    a.name == b.name && a.content.id == b.content.id && a.alt == b.alt && a.is_cover == b.is_cover
}

/// Drops the changes of files that wait for a page to be published.
pub(super) fn discard(conn: &mut Conn, page: PageId) -> Result<()> {
    diesel::delete(files::table.filter(waiting(page))).execute(conn)?;
    diesel::update(files::table.filter(is_live(page)).filter(files::leaves))
        .set(files::leaves.eq(false))
        .execute(conn)?;
    Ok(())
}

/// Deletes the files of a page that is purged.
pub(super) fn purge(conn: &mut Conn, page: PageId) -> Result<()> {
    diesel::delete(files::table.filter(files::page_id.eq(page.0))).execute(conn)?;
    Ok(())
}

/// Deletes a file of a page for good, from all its versions, with its bytes if no other file has them; returns whether there
/// was one.
pub(super) fn purge_name(conn: &mut Conn, page: PageId, name: &FileName) -> Result<bool> {
    let rows = || files::table.filter(files::page_id.eq(page.0)).filter(files::name.eq(name.as_str()));
    let contents: Vec<i64> = rows().select(files::content_id).distinct().load(conn)?;
    diesel::delete(rows()).execute(conn)?;
    let contents: Vec<ContentId> = contents.into_iter().map(ContentId).collect();
    contents::delete_unused(conn, &contents)?;
    Ok(!contents.is_empty())
}

/// The waiting file of a page under a name, deleted; returns whether there was one.
pub(super) fn drop_waiting(conn: &mut Conn, page: PageId, name: &FileName) -> Result<bool> {
    let dropped =
        diesel::delete(files::table.filter(waiting(page)).filter(files::name.eq(name.as_str()))).execute(conn)?;
    Ok(dropped > 0)
}

/// Sets whether the next publication of the page removes the file that readers have under a name; returns whether there is one.
pub(super) fn set_leaves(conn: &mut Conn, page: PageId, name: &FileName, leaves: bool) -> Result<bool> {
    let set = diesel::update(files::table.filter(is_live(page)).filter(files::name.eq(name.as_str())))
        .set(files::leaves.eq(leaves))
        .execute(conn)?;
    Ok(set > 0)
}

/// Copies a file into the draft of a page under a name and with an alternative text.
pub(super) fn draft_copy(conn: &mut Conn, file: &File, name: &FileName, alt: &str) -> Result<()> {
    drop_waiting(conn, file.page, &file.name)?;
    NewFile { name, alt, ..NewFile::copy(file, None) }.insert(conn)
}

/// The names that come and go, for the history: `files: + plan.jpg, - old.png`.
fn words(arriving: &[String], leaving: &[String]) -> String {
    let come = arriving.iter().map(|name| format!("+ {name}"));
    let go = leaving.iter().filter(|name| !arriving.contains(name)).map(|name| format!("- {name}"));
    let all: Vec<String> = come.chain(go).collect();
    if all.is_empty() { String::new() } else { format!("files: {}", all.join(", ")) }
}
