//! The bytes of files: stored in parts while they arrive, and once for each hash.

use chrono::TimeDelta;
use diesel::{
    dsl::{exists, not},
    prelude::*,
};
use domain::{Timestamp, file::ContentId};

use crate::{
    Conn, Error, Result, id,
    schema::{content_parts, contents, files, look_pictures, renditions},
};

/// How long a content is kept that no file has.
pub const KEPT_UNUSED: TimeDelta = TimeDelta::hours(24);

/// How many contents one call of [`sweep`] deletes. SQLite has one writer, and other editors wait for it.
pub const SWEPT_AT_ONCE: i64 = 8;

/// Begins an upload. Until [`finish`] its bytes belong to nothing, and [`sweep`] deletes them in the end.
pub fn begin(conn: &mut Conn, now: Timestamp) -> Result<ContentId> {
    let content = id::new()?;
    diesel::insert_into(contents::table)
        .values((contents::id.eq(content), contents::bytes.eq(0_i64), contents::unused_since.eq(Some(now.naive_utc()))))
        .execute(conn)?;
    Ok(ContentId(content))
}

/// Adds parts to an upload, the first of them with the number `first`. Each but the last of the content has
/// [`domain::file::PART_BYTES`].
///
/// # Errors
/// [`Error::Stale`] when the upload was swept.
pub fn add_parts(conn: &mut Conn, content: ContentId, first: u64, parts: &[Vec<u8>]) -> Result<()> {
    let bytes: usize = parts.iter().map(Vec::len).sum();
    let added = diesel::update(contents::table.find(content.0).filter(contents::hash.is_null()))
        .set(contents::bytes.eq(contents::bytes + i64::try_from(bytes).unwrap_or(i64::MAX)))
        .execute(conn)?;
    if added == 0 {
        return Err(Error::Stale);
    }
    for (number, part) in (first..).zip(parts) {
        diesel::insert_into(content_parts::table)
            .values((
                content_parts::content_id.eq(content.0),
                content_parts::number.eq(i64::try_from(number).unwrap_or(i64::MAX)),
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
    let unused = contents::unused_since.eq(Some(now.naive_utc()));
    let stored: Option<i64> =
        contents::table.filter(contents::hash.eq(hash)).select(contents::id).first(conn).optional()?;
    if let Some(stored) = stored {
        // The sweep waits for another day, until a file has it.
        diesel::update(contents::table.find(stored)).set(unused).execute(conn)?;
        discard(conn, content)?;
        return Ok(ContentId(stored));
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

/// Drops an upload that did not end.
pub fn discard(conn: &mut Conn, content: ContentId) -> Result<()> {
    diesel::delete(contents::table.find(content.0).filter(contents::hash.is_null())).execute(conn)?;
    Ok(())
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

/// Whether no file, no picture and not the look of the site has a content.
#[diesel::dsl::auto_type(no_type_alias)]
fn is_unused() -> _ {
    let by_file = files::table.filter(files::content_id.eq(contents::id));
    let by_picture = renditions::table.filter(renditions::rendition_id.eq(contents::id.nullable()));
    let by_look = look_pictures::table.filter(look_pictures::content_id.eq(contents::id));
    not(exists(by_file)).and(not(exists(by_picture))).and(not(exists(by_look)))
}

/// Deletes contents that nothing has had for [`KEPT_UNUSED`], at most [`SWEPT_AT_ONCE`] of them; returns their number. To be
/// called about once an hour, and again while it deletes as many as it may.
pub fn sweep(conn: &mut Conn, now: Timestamp) -> Result<usize> {
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
        .select(contents::id)
        .limit(SWEPT_AT_ONCE)
        .load(conn)?;
    // An upload of the same bytes may have ended meanwhile.
    let rows = contents::table.filter(contents::id.eq_any(overdue)).filter(contents::unused_since.lt(before));
    Ok(diesel::delete(rows).execute(conn)?)
}

/// Records that a file has a content.
pub(super) fn use_again(conn: &mut Conn, content: ContentId) -> Result<()> {
    diesel::update(contents::table.find(content.0).filter(contents::unused_since.is_not_null()))
        .set(contents::unused_since.eq(None::<chrono::NaiveDateTime>))
        .execute(conn)?;
    Ok(())
}

/// Deletes a content at once, with its smaller copies, if nothing has it.
pub(super) fn delete_unused(conn: &mut Conn, content: ContentId) -> Result<()> {
    let copies: Vec<Option<i64>> =
        renditions::table.filter(renditions::content_id.eq(content.0)).select(renditions::rendition_id).load(conn)?;
    let deleted = diesel::delete(contents::table.find(content.0).filter(is_unused())).execute(conn)?;
    if deleted > 0 {
        for copy in copies.into_iter().flatten() {
            diesel::delete(contents::table.find(copy).filter(is_unused())).execute(conn)?;
        }
    }
    Ok(())
}
