//! Recording who opens a page with read receipts.

use diesel::prelude::*;
use domain::{Timestamp, page::PageId, visitor::Member};

use crate::{
    Conn, Result,
    page_row::wants_receipts,
    schema::{receipt_pages, receipts},
};

/// Turns the receipts of a page on or off. Receipts that were recorded stay.
pub(super) fn set_wanted(conn: &mut Conn, page: PageId, wanted: bool) -> Result<()> {
    if wanted == wants_receipts(conn, page)? {
        return Ok(());
    }
    match wanted {
        true => diesel::insert_into(receipt_pages::table).values(receipt_pages::page_id.eq(page.0)).execute(conn)?,
        false => diesel::delete(receipt_pages::table.find(page.0)).execute(conn)?,
    };
    Ok(())
}

/// Records that a member opened a page.
///
/// # Errors
/// [`crate::Error::Query`] when the account was deleted meanwhile.
pub fn record(conn: &mut Conn, page: PageId, member: &Member, now: Timestamp) -> Result<()> {
    let updated = diesel::update(receipts::table.find((page.0, member.id.0)))
        .set(receipts::last_at.eq(now.naive_utc()))
        .execute(conn)?;
    if updated == 0 {
        diesel::insert_into(receipts::table)
            .values((
                receipts::page_id.eq(page.0),
                receipts::user_id.eq(member.id.0),
                receipts::first_at.eq(now.naive_utc()),
                receipts::last_at.eq(now.naive_utc()),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Deletes the receipts of a page that is purged.
pub(super) fn purge(conn: &mut Conn, page: PageId) -> Result<()> {
    set_wanted(conn, page, false)?;
    diesel::delete(receipts::table.filter(receipts::page_id.eq(page.0))).execute(conn)?;
    Ok(())
}
