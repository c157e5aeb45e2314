//! Adding revisions: a copy of each page that a transaction saved.

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text, Timestamp as SqlTimestamp},
};
use domain::{Timestamp, access::Editor, draft::FormId, page::PageId, revision::Note};

use crate::{
    Conn, Result,
    columns::{CONTENT, KEYS},
    id,
    schema::revisions,
};

/// What is the same in the revisions of several pages.
pub(super) struct Record<'a> {
    pub(super) by: &'a Editor,
    pub(super) note: Option<&'a Note>,
    /// The form that was saved; 0 for none.
    pub(super) form: FormId,
    pub(super) detail: &'a str,
    /// The chosen readers, as [`crate::reader_keys`] keeps them.
    pub(super) readers: &'a str,
    pub(super) now: Timestamp,
}

impl Record<'_> {
    /// Adds a revision for each of the pages as it is now, in one statement for each thousand.
    pub(super) fn add(&self, conn: &mut Conn, pages: &[PageId]) -> Result<()> {
        for pages in pages.chunks(KEYS) {
            let query = format!(
                "INSERT INTO revisions (id, page_id, version, at, actor, note, detail, path, readers, form,
                                        private, audience, language, {CONTENT})
                 SELECT $1 + row_number() OVER (ORDER BY id), id, version, $2, $3, $4, $5, path, $6, $7,
                        private, audience,
                        coalesce((SELECT language FROM placements WHERE page_id = pages.id), ''), {CONTENT}
                 FROM pages WHERE id IN ({})",
                id::list(pages.iter().map(|page| page.0))
            );
            sql_query(query)
                .bind::<BigInt, _>(id::new()?)
                .bind::<SqlTimestamp, _>(self.now.naive_utc())
                .bind::<Text, _>(self.by.actor())
                .bind::<Text, _>(self.note.map_or("", Note::as_str))
                .bind::<Text, _>(self.detail)
                .bind::<Text, _>(self.readers)
                .bind::<BigInt, _>(self.form.0)
                .execute(conn)?;
        }
        Ok(())
    }
}

/// Deletes the history of a page that is purged.
pub(super) fn purge(conn: &mut Conn, page: PageId) -> Result<()> {
    diesel::delete(revisions::table.filter(revisions::page_id.eq(page.0))).execute(conn)?;
    Ok(())
}
