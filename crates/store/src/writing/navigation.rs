//! Changing the menu and the front page.

use diesel::prelude::*;
use domain::{
    Timestamp, Version,
    access::Admin,
    audit::{Action, Entry as AuditEntry, Subject, navigation_changes},
    navigation::{Branch, Entry, Front, Navigation, Target},
    page::PageId,
};

use super::audit;
use crate::{
    Conn, Error, Result,
    schema::{menu, navigation},
};

/// Saves the menu and the front page over version `from`. What did not change keeps its version.
///
/// # Errors
/// [`Error::Stale`] when they have another version.
pub fn update(conn: &mut Conn, admin: &Admin, from: Version, new: &Navigation, now: Timestamp) -> Result<Navigation> {
    let old = Some(crate::navigation::get(conn, admin)?).filter(|old| old.version == from).ok_or(Error::Stale)?;
    if old == (Navigation { version: from, ..new.clone() }) {
        return Ok(old);
    }
    let version = from.next();
    let front_page = match new.front {
        Front::Page(page) => Some(page.0),
        Front::List | Front::Cards => None,
    };
    let saved = diesel::update(navigation::table.find(1).filter(navigation::version.eq(from.0)))
        .set((
            navigation::version.eq(version.0),
            navigation::front.eq(new.front.as_str()),
            navigation::front_page.eq(front_page),
        ))
        .execute(conn)?;
    if saved == 0 {
        return Err(Error::Stale);
    }
    diesel::delete(menu::table).execute(conn)?;
    for (place, Branch { entry, below }) in (1..).zip(&new.menu) {
        insert(conn, place, 0, entry)?;
        for (sub, entry) in (1..).zip(below) {
            insert(conn, place, sub, entry)?;
        }
    }
    let named: Vec<PageId> = old.pages().into_iter().chain(new.pages()).collect();
    let paths = crate::navigation::paths_of(conn, admin, &named)?;
    let entry = AuditEntry {
        at: now,
        actor: admin.actor().into(),
        action: Action::Changed,
        subject: Subject::Site,
        name: "menu and front page".into(),
        detail: navigation_changes(&old, new, &paths),
    };
    audit::insert(conn, &entry)?;
    Ok(Navigation { version, ..new.clone() })
}

fn insert(conn: &mut Conn, place: i64, sub: i64, entry: &Entry) -> Result<()> {
    let (page, address) = match &entry.target {
        Target::Page(page) => (Some(page.0), None),
        Target::Address(address) => (None, Some(address.as_str())),
    };
    diesel::insert_into(menu::table)
        .values((
            menu::place.eq(place),
            menu::sub.eq(sub),
            menu::label.eq(&entry.label),
            menu::page_id.eq(page),
            menu::address.eq(address),
        ))
        .execute(conn)?;
    Ok(())
}

/// Deletes the entries of a page that is purged, with those below them.
pub(super) fn purge(conn: &mut Conn, page: PageId) -> Result<()> {
    let places: Vec<i64> =
        menu::table.filter(menu::page_id.eq(page.0)).filter(menu::sub.eq(0)).select(menu::place).load(conn)?;
    diesel::delete(menu::table.filter(menu::place.eq_any(places))).execute(conn)?;
    diesel::delete(menu::table.filter(menu::page_id.eq(page.0))).execute(conn)?;
    Ok(())
}
