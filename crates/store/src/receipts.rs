//! Reading receipts: who opened a page first and last when. Only of pages whose author asked for them, and only where the
//! readers were chosen; they are told on the page.

use std::collections::BTreeMap;

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;
use domain::{
    Timestamp,
    access::{Editor, Member},
    audience::ReaderSet,
    page::{Page, PageId},
    user::Username,
};

use crate::{
    Conn, Error, Result, pages,
    schema::{receipt_pages, receipts, users},
};

/// How old the last opening is before the next one is noted.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

/// What is known of a reader of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Whose it is.
    pub name: Username,
    /// When the page was opened first and last; `None` for a reader who did not yet.
    pub opened: Option<(Timestamp, Timestamp)>,
    /// Whether they are among the page's readers now.
    pub reads: bool,
}

/// Whether receipts of a page are wanted.
pub(crate) fn wanted(conn: &mut Conn, page: PageId) -> Result<bool> {
    Ok(diesel::select(diesel::dsl::exists(receipt_pages::table.find(page.0))).get_result(conn)?)
}

/// Wants receipts of a page, or no longer; those that there are stay.
pub(crate) fn want(conn: &mut Conn, page: PageId, wanted: bool) -> Result<()> {
    if wanted == self::wanted(conn, page)? {
        return Ok(());
    }
    match wanted {
        true => diesel::insert_into(receipt_pages::table).values(receipt_pages::page_id.eq(page.0)).execute(conn)?,
        false => diesel::delete(receipt_pages::table.find(page.0)).execute(conn)?,
    };
    Ok(())
}

/// Whether the opening of a page is to be noted: the last one that was is a minute old.
///
/// # Errors
/// When the database fails.
pub fn is_due(conn: &mut Conn, page: PageId, member: &Member, now: Timestamp) -> Result<bool> {
    let last: Option<NaiveDateTime> =
        receipts::table.find((page.0, member.id.0)).select(receipts::last_at).first(conn).optional()?;
    Ok(last.is_none_or(|last| now - last.and_utc() >= NOTED_EVERY))
}

/// Notes that somebody opened a page.
///
/// # Errors
/// When the database fails, also for somebody who was deleted meanwhile.
pub fn note(conn: &mut Conn, page: PageId, member: &Member, now: Timestamp) -> Result<()> {
    let known = diesel::update(receipts::table.find((page.0, member.id.0)))
        .set(receipts::last_at.eq(now.naive_utc()))
        .execute(conn)?;
    if known == 0 {
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

/// The receipts of a page: of all who read it now, and of those who opened it before, in the order of their names.
///
/// # Errors
/// When the database fails.
pub fn every(conn: &mut Conn, editor: &Editor, page: &Page) -> Result<Vec<Receipt>> {
    let rows: Vec<(String, NaiveDateTime, NaiveDateTime)> = receipts::table
        .inner_join(users::table.on(users::id.eq(receipts::user_id)))
        .filter(receipts::page_id.eq(page.id.0))
        .select((users::name, receipts::first_at, receipts::last_at))
        .load(conn)?;
    let odd = |words| Error::Schema(format!("a name in the table users: {words}"));
    let mut all: BTreeMap<Username, Receipt> = BTreeMap::new();
    for (name, first, last) in rows {
        let name = Username::parse(&name).map_err(odd)?;
        let opened = Some((first.and_utc(), last.and_utc()));
        all.insert(name.clone(), Receipt { name, opened, reads: false });
    }
    if let ReaderSet::People(people) = pages::who(conn, editor, page)?.crowd {
        for name in people {
            all.entry(name.clone()).or_insert(Receipt { name, opened: None, reads: true }).reads = true;
        }
    }
    Ok(all.into_values().collect())
}

/// Forgets the receipts of a page that is deleted for good.
pub(crate) fn forget(conn: &mut Conn, page: PageId) -> Result<()> {
    want(conn, page, false)?;
    diesel::delete(receipts::table.filter(receipts::page_id.eq(page.0))).execute(conn)?;
    Ok(())
}
