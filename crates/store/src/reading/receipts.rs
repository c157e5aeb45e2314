//! Read receipts: when each reader first and last opened a page. A page has them if its author asked for them and its
//! readers were chosen; the page itself says so.

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
    Conn, Error, Result, access,
    schema::{receipts, users},
};

/// The least time between two recorded openings of a page by one reader.
const RECORD_INTERVAL: TimeDelta = TimeDelta::minutes(1);

/// The receipt of one reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The name of the reader.
    pub name: Username,
    /// The moments of the first and the last opening; `None` for a reader who has not opened the page.
    pub opened: Option<(Timestamp, Timestamp)>,
    /// Whether the person may read the page now.
    pub reads: bool,
}

/// Whether an opening of a page is to be recorded: the last recorded one is at least one minute old.
pub fn is_due(conn: &mut Conn, page: PageId, member: &Member, now: Timestamp) -> Result<bool> {
    let last: Option<NaiveDateTime> =
        receipts::table.find((page.0, member.id.0)).select(receipts::last_at).first(conn).optional()?;
    Ok(last.is_none_or(|last| now - last.and_utc() >= RECORD_INTERVAL))
}

/// The receipts of a page by name: of all current readers, and of former readers who opened it.
pub fn list(conn: &mut Conn, _: &Editor, page: &Page) -> Result<Vec<Receipt>> {
    let rows: Vec<(String, NaiveDateTime, NaiveDateTime)> = receipts::table
        .inner_join(users::table.on(users::id.eq(receipts::user_id)))
        .filter(receipts::page_id.eq(page.id.0))
        .select((users::name, receipts::first_at, receipts::last_at))
        .load(conn)?;
    let invalid = |words| Error::Schema(format!("a name in the table users: {words}"));
    let mut all: BTreeMap<Username, Receipt> = BTreeMap::new();
    for (name, first, last) in rows {
        let name = Username::parse(&name).map_err(invalid)?;
        let opened = Some((first.and_utc(), last.and_utc()));
        all.insert(name.clone(), Receipt { name, opened, reads: false });
    }
    let effective = access::effective(conn, page.id)?;
    let readers = effective.map(|effective| access::reader_set(conn, effective)).transpose()?;
    if let Some(ReaderSet::People(people)) = readers {
        for name in people {
            all.entry(name.clone()).or_insert(Receipt { name, opened: None, reads: true }).reads = true;
        }
    }
    Ok(all.into_values().collect())
}
