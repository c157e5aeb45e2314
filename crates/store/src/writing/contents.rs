//! The bytes of files: stored in parts while they arrive, and once for each hash.

use chrono::{DateTime, NaiveDateTime, TimeDelta};
use diesel::{
    dsl::{exists, not},
    prelude::*,
};
use domain::{
    Timestamp,
    file::{ContentId, PART_BYTES},
};

use crate::{
    Conn, Error, Result, files as reading, id,
    schema::{content_parts, contents, files, look_pictures, renditions},
};

/// How long an unused content is kept.
pub const KEPT_UNUSED: TimeDelta = TimeDelta::hours(24);

/// The most parts that one transaction deletes: 4 MiB. SQLite has one writer, and other editors wait for it.
const DELETED_AT_ONCE: usize = 16;

/// What a call of [`sweep`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Swept {
    /// The number of contents of which nothing is left.
    pub contents: usize,
    /// Whether there is nothing more to delete.
    pub is_done: bool,
}

/// Begins an upload. Until [`finish`] its bytes belong to nothing, and [`sweep`] deletes them in the end.
pub fn begin(conn: &mut Conn, now: Timestamp) -> Result<ContentId> {
    let content = id::new()?;
    diesel::insert_into(contents::table)
        .values((contents::id.eq(content), contents::bytes.eq(0_i64), contents::unused_since.eq(Some(now.naive_utc()))))
        .execute(conn)?;
    Ok(ContentId(content))
}

/// Adds parts to an upload, the first of them with the number `first`. Each but the last of the content has [`PART_BYTES`].
///
/// # Errors
/// [`Error::Stale`] when the upload was swept, or some of the parts before the first are gone.
pub fn add_parts(conn: &mut Conn, content: ContentId, first: u64, parts: &[Vec<u8>]) -> Result<()> {
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let bytes: usize = parts.iter().map(Vec::len).sum();
    let before = number(first.saturating_mul(PART_BYTES as u64));
    let upload = contents::table.find(content.0).filter(contents::hash.is_null()).filter(contents::bytes.eq(before));
    let added = diesel::update(upload).set(contents::bytes.eq(contents::bytes + number(bytes as u64))).execute(conn)?;
    if added == 0 {
        return Err(Error::Stale);
    }
    for (index, part) in (first..).zip(parts) {
        diesel::insert_into(content_parts::table)
            .values((
                content_parts::content_id.eq(content.0),
                content_parts::number.eq(number(index)),
                content_parts::bytes.eq(part),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Ends an upload with the hash of its bytes. If the same bytes are stored already, the upload is dropped; returns the content
/// that has them.
///
/// # Errors
/// [`Error::Stale`] when the upload was swept.
pub fn finish(
    conn: &mut Conn,
    content: ContentId,
    hash: &str,
    size: Option<(u32, u32)>,
    now: Timestamp,
) -> Result<ContentId> {
    conn.lock_hash(hash)?;
    let unused = contents::unused_since.eq(Some(now.naive_utc()));
    let same = || contents::table.filter(contents::hash.eq(hash));
    // The sweep waits for another day, until a file has it.
    if diesel::update(same()).set(unused).execute(conn)? > 0 {
        discard(conn, content)?;
        return Ok(ContentId(same().select(contents::id).first(conn)?));
    }
    let side = |side: u32| i64::from(side);
    let finished = diesel::update(contents::table.find(content.0).filter(contents::hash.is_null()))
        .set((
            contents::hash.eq(hash),
            contents::width.eq(size.map(|(width, _)| side(width))),
            contents::height.eq(size.map(|(_, height)| side(height))),
            unused,
        ))
        .execute(conn)?;
    if finished == 0 { Err(Error::Stale) } else { Ok(content) }
}

/// Drops an upload that did not end; returns whether nothing is left of it. The first call deletes at most 4 MiB, and
/// further calls or the next sweep delete the rest.
pub fn discard(conn: &mut Conn, content: ContentId) -> Result<bool> {
    let upload = contents::table.find(content.0).filter(contents::hash.is_null());
    let is_there: bool = diesel::select(exists(upload)).get_result(conn)?;
    if !is_there {
        return Ok(true);
    }
    forget(conn, content.0)?;
    let mut left = DELETED_AT_ONCE;
    delete_parts(conn, content.0, &mut left)
}

/// Removes the hash of a content that no file has, so that the next sweep deletes it; returns whether no file has it.
fn forget(conn: &mut Conn, content: i64) -> Result<bool> {
    // This waits for a concurrent transaction that gives the content to a file; the next statement then sees that file.
    diesel::update(contents::table.find(content))
        .set(contents::unused_since.eq(contents::unused_since))
        .execute(conn)?;
    let forgotten = diesel::update(contents::table.find(content).filter(is_unused()))
        .set((contents::hash.eq(None::<String>), contents::unused_since.eq(Some(DateTime::UNIX_EPOCH.naive_utc()))))
        .execute(conn)?;
    Ok(forgotten > 0)
}

/// Records the copy of a picture at a width, or that none can be made.
///
/// # Errors
/// [`Error::Duplicate`] when another process was faster; [`Error::Query`] when the picture is gone.
pub fn set_rendition(conn: &mut Conn, content: ContentId, width: u32, rendition: Option<ContentId>) -> Result<()> {
    diesel::insert_into(renditions::table)
        .values((
            renditions::content_id.eq(content.0),
            renditions::width.eq(i64::from(width)),
            renditions::rendition_id.eq(rendition.map(|rendition| rendition.0)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Whether a content is used by no file and by no picture of the site.
#[diesel::dsl::auto_type(no_type_alias)]
fn is_unused() -> _ {
    let by_file = files::table.filter(files::content_id.eq(contents::id));
    let by_picture = renditions::table.filter(renditions::rendition_id.eq(contents::id.nullable()));
    let by_look = look_pictures::table.filter(look_pictures::content_id.eq(contents::id));
    not(exists(by_file)).and(not(exists(by_picture))).and(not(exists(by_look)))
}

/// Deletes contents that have been unused for [`KEPT_UNUSED`], at most 4 MiB of them. To be called about once an hour, and again
/// until it is done.
pub fn sweep(conn: &mut Conn, now: Timestamp) -> Result<Swept> {
    let unmarked: Vec<i64> =
        contents::table.filter(contents::unused_since.is_null()).filter(is_unused()).select(contents::id).load(conn)?;
    for unmarked in unmarked.chunks(crate::columns::KEYS) {
        diesel::update(contents::table.filter(contents::id.eq_any(unmarked.iter().copied())))
            .set(contents::unused_since.eq(Some(now.naive_utc())))
            .execute(conn)?;
    }
    let before = (now - KEPT_UNUSED).naive_utc();
    let overdue: Vec<i64> = contents::table
        .filter(contents::unused_since.lt(before))
        .filter(is_unused())
        .order((contents::unused_since, contents::id))
        .select(contents::id)
        .limit(DELETED_AT_ONCE as i64)
        .load(conn)?;
    let mut swept = Swept { contents: 0, is_done: overdue.len() < DELETED_AT_ONCE };
    let mut left = DELETED_AT_ONCE;
    for content in overdue {
        // An upload of the same bytes may have ended meanwhile.
        if diesel::update(contents::table.find(content).filter(contents::unused_since.lt(before)).filter(is_unused()))
            .set(contents::hash.eq(None::<String>))
            .execute(conn)?
            == 0
        {
            continue;
        }
        match delete_parts(conn, content, &mut left)? {
            true => swept.contents += 1,
            false => return Ok(Swept { is_done: false, ..swept }),
        }
    }
    Ok(swept)
}

/// Deletes at most `left` parts of a content without a hash, from its end, and the content with its last one; returns
/// whether nothing is left of it.
fn delete_parts(conn: &mut Conn, content: i64, left: &mut usize) -> Result<bool> {
    let parts = || content_parts::table.filter(content_parts::content_id.eq(content));
    let most = i64::try_from(*left).unwrap_or(i64::MAX);
    let last: Vec<i64> =
        parts().order(content_parts::number.desc()).select(content_parts::number).limit(most).load(conn)?;
    *left -= last.len();
    if let Some(first) = last.last().copied() {
        diesel::delete(parts().filter(content_parts::number.ge(first))).execute(conn)?;
        let bytes = first.saturating_mul(PART_BYTES as i64);
        diesel::update(contents::table.find(content)).set(contents::bytes.eq(bytes)).execute(conn)?;
    }
    let has_parts: bool = diesel::select(exists(parts())).get_result(conn)?;
    if !has_parts {
        diesel::delete(contents::table.find(content)).execute(conn)?;
    }
    Ok(!has_parts)
}

/// Whether `bytes` more may be stored within a limit of all stored bytes. Other uploads wait until this transaction ends.
pub fn have_room(conn: &mut Conn, bytes: u64, limit: u64) -> Result<bool> {
    conn.lock_stored_bytes()?;
    Ok(reading::stored_bytes(conn)?.saturating_add(bytes) <= limit)
}

/// Records that a file has a content, before the file is inserted: nobody deletes the content meanwhile.
///
/// # Errors
/// [`Error::Stale`] when the content was swept.
pub(super) fn use_again(conn: &mut Conn, content: ContentId) -> Result<()> {
    let used = diesel::update(contents::table.find(content.0).filter(contents::hash.is_not_null()))
        .set(contents::unused_since.eq(None::<NaiveDateTime>))
        .execute(conn)?;
    if used == 0 { Err(Error::Stale) } else { Ok(()) }
}

/// Deletes those contents that are unused, with their smaller copies. Nobody finds them any more; 4 MiB are deleted at once, and
/// the rest by the next sweep.
pub(super) fn delete_unused(conn: &mut Conn, unused: &[ContentId]) -> Result<()> {
    let mut left = DELETED_AT_ONCE;
    for content in unused {
        if forget(conn, content.0)? {
            let copies = || renditions::table.filter(renditions::content_id.eq(content.0));
            let made: Vec<Option<i64>> = copies().select(renditions::rendition_id).load(conn)?;
            diesel::delete(copies()).execute(conn)?;
            delete_parts(conn, content.0, &mut left)?;
            for copy in made.into_iter().flatten() {
                if forget(conn, copy)? {
                    delete_parts(conn, copy, &mut left)?;
                }
            }
        }
    }
    Ok(())
}
