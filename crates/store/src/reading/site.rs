//! The settings of the site: one row.

use diesel::prelude::*;
use domain::{
    Version,
    site::{Realm, Site},
    zone::Zone,
};

use crate::{Conn, Error, Result, schema::site};

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

/// The settings of the site.
///
/// # Errors
/// [`Error::Schema`] when the row is missing, its realm is no valid header value, or its time zone is unknown.
pub fn get(conn: &mut Conn) -> Result<Site> {
    let record: Option<Record> = site::table.find(1).select(Record::as_select()).first(conn).optional()?;
    let record = record.ok_or_else(|| Error::Schema("the table site has no row: restore a backup".into()))?;
    let realm = Realm::parse(&record.realm)
        .map_err(|words| Error::Schema(format!("the realm in the table site is not valid in a header: {words}")))?;
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
