//! The site's settings: one row.

use diesel::prelude::*;
use domain::{
    Timestamp, Version,
    access::Admin,
    audit::{Action, Entry, Subject, site_changes},
    site::{Realm, Site},
    zone::Zone,
};

use crate::{Conn, Error, Result, audit, schema::site};

#[derive(Queryable, Selectable)]
#[diesel(table_name = site)]
struct Record {
    title: String,
    tagline: String,
    language: String,
    realm: String,
    refusal: String,
    footer: String,
    version: i64,
    time_zone: String,
}

/// The settings.
///
/// # Errors
/// [`Error::Schema`] when the row is missing, holds a realm that cannot stand in a header, or a zone that nobody knows.
pub fn get(conn: &mut Conn) -> Result<Site> {
    let record: Option<Record> = site::table.find(1).select(Record::as_select()).first(conn).optional()?;
    let record = record.ok_or_else(|| Error::Schema("the table site has no row: restore a backup".into()))?;
    let realm = Realm::parse(&record.realm)
        .map_err(|words| Error::Schema(format!("the realm in the table site cannot stand in a header: {words}")))?;
    let time_zone = Zone::parse(&record.time_zone)
        .map_err(|words| Error::Schema(format!("the time zone in the table site is none: {words}")))?;
    Ok(Site {
        title: record.title,
        tagline: record.tagline,
        language: record.language,
        time_zone,
        realm,
        refusal: record.refusal,
        footer: record.footer,
        version: Version(record.version),
    })
}

/// Saves the settings over the version from which they were made; those that are saved as they are stay as they are.
///
/// # Errors
/// [`Error::Stale`] when somebody saved others meanwhile.
pub fn update(conn: &mut Conn, admin: &Admin, from: Version, new: &Site, now: Timestamp) -> Result<Site> {
    let old = Some(get(conn)?).filter(|old| old.version == from).ok_or(Error::Stale)?;
    if old == (Site { version: from, ..new.clone() }) {
        return Ok(old);
    }
    let version = from.next();
    let saved = diesel::update(site::table.find(1).filter(site::version.eq(from.0)))
        .set((
            site::title.eq(&new.title),
            site::tagline.eq(&new.tagline),
            site::language.eq(&new.language),
            site::time_zone.eq(new.time_zone.name()),
            site::realm.eq(new.realm.as_str()),
            site::refusal.eq(&new.refusal),
            site::footer.eq(&new.footer),
            site::version.eq(version.0),
        ))
        .execute(conn)?;
    if saved == 0 {
        return Err(Error::Stale);
    }
    let entry = Entry {
        at: now,
        actor: admin.actor().into(),
        action: Action::Changed,
        subject: Subject::Site,
        name: "settings".into(),
        detail: site_changes(&old, new),
    };
    audit::insert(conn, &entry)?;
    Ok(Site { version, ..new.clone() })
}
