//! The settings of the site: one row.

use diesel::prelude::*;
use domain::{
    Version,
    look::{LookInput, Picture, Pictures, Role},
    share::Sharers,
    site::{NewPages, Realm, Site},
    zone::Zone,
};

use crate::{
    Conn, Error, Result,
    content_row::ContentRow,
    error::skip_unreadable,
    schema::{contents, look_pictures, more_of_site, site},
};

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
    look: String,
    accent: String,
    typeface: String,
    width: String,
    css: String,
    contact: String,
    hides_pages: bool,
}

/// The logo and the icon, by role.
fn pictures(conn: &mut Conn) -> Result<Pictures> {
    let rows: Vec<(String, String, ContentRow)> = look_pictures::table
        .inner_join(contents::table.on(contents::id.eq(look_pictures::content_id)))
        .select((look_pictures::name, look_pictures::ending, ContentRow::as_select()))
        .load(conn)?;
    let picture = |(role, extension, content): (String, String, ContentRow)| {
        Some(Picture { role: Role::parse(&role)?, extension, content: content.content() })
    };
    let mut pictures: Vec<Picture> = rows.into_iter().filter_map(picture).collect();
    pictures.sort_by_key(|picture| picture.role);
    Ok(Pictures(pictures))
}

/// The settings of the site. A look that is not valid, because it was written by SQL or by a newer version, is logged, and the
/// look of a new site is used.
///
/// # Errors
/// [`Error::Schema`] when the row is missing, its realm is no valid header value, or its time zone is unknown.
pub fn get(conn: &mut Conn) -> Result<Site> {
    let record: Option<Record> = site::table.find(1).select(Record::as_select()).first(conn).optional()?;
    let record = record.ok_or_else(|| Error::Schema("the table site has no row: restore a backup".into()))?;
    let (new_pages, sharers): (String, String) =
        more_of_site::table.find(1).select((more_of_site::new_pages, more_of_site::sharers)).first(conn)?;
    let realm = Realm::parse(&record.realm)
        .map_err(|words| Error::Schema(format!("the realm in the table site is not valid in a header: {words}")))?;
    let time_zone = Zone::parse(&record.time_zone)
        .map_err(|words| Error::Schema(format!("the time zone in the table site is none: {words}")))?;
    let look = LookInput {
        preset: record.look,
        accent: record.accent,
        typeface: record.typeface,
        width: record.width,
        css: record.css,
    };
    let look = look.check().map_err(|invalid| Error::Schema(format!("the look in the table site: {invalid}")));
    let pictures = pictures(conn)?;
    Ok(Site {
        pictures,
        title: record.title,
        tagline: record.tagline,
        language: record.language,
        time_zone,
        realm,
        refusal: record.refusal,
        footer: record.footer,
        look: skip_unreadable(look).unwrap_or_default(),
        contact: record.contact,
        hides_pages: record.hides_pages,
        new_pages: NewPages::parse(&new_pages),
        // A word of a newer version may be narrower than any of these.
        sharers: Sharers::parse(&sharers).unwrap_or(Sharers::Nobody),
        version: Version(record.version),
    })
}
