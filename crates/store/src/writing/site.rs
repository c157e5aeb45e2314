//! Changing the settings of the site.

use diesel::prelude::*;
use domain::{
    Timestamp, Version,
    access::Admin,
    audit::{Action, Entry, Subject, site_changes},
    file::ContentId,
    look::{LookInput, Role},
    site::Site,
};

use super::{audit, contents};
use crate::{
    Conn, Error, Result,
    schema::{first_steps, look_pictures, more_of_site, site},
};

/// Saves the settings over version `from`. Settings that did not change keep their version.
///
/// # Errors
/// [`Error::Stale`] when the settings have another version.
pub fn update(conn: &mut Conn, admin: &Admin, from: Version, new: &Site, now: Timestamp) -> Result<Site> {
    let old = Some(crate::site::get(conn)?).filter(|old| old.version == from).ok_or(Error::Stale)?;
    if old == (Site { version: from, ..new.clone() }) {
        return Ok(old);
    }
    let version = from.next();
    let look = LookInput::of(&new.look);
    let saved = diesel::update(site::table.find(1).filter(site::version.eq(from.0)))
        .set((
            site::title.eq(&new.title),
            site::tagline.eq(&new.tagline),
            site::language.eq(&new.language),
            site::time_zone.eq(new.time_zone.name()),
            site::realm.eq(new.realm.as_str()),
            site::refusal.eq(&new.refusal),
            site::footer.eq(&new.footer),
            site::look.eq(look.preset),
            site::accent.eq(look.accent),
            site::typeface.eq(look.typeface),
            site::width.eq(look.width),
            site::css.eq(look.css),
            site::contact.eq(&new.contact),
            site::hides_pages.eq(new.hides_pages),
            site::version.eq(version.0),
        ))
        .execute(conn)?;
    if saved == 0 {
        return Err(Error::Stale);
    }
    diesel::update(more_of_site::table.find(1))
        .set((more_of_site::new_pages.eq(new.new_pages.as_str()), more_of_site::sharers.eq(new.sharers.as_str())))
        .execute(conn)?;
    record(conn, admin, site_changes(&old, new), now)?;
    Ok(Site { version, ..new.clone() })
}

/// Sets a picture of the site, by the extension of its file and its content, or removes it. Other settings keep their version.
///
/// # Errors
/// [`Error::Query`] when the content was swept.
pub fn set_picture(
    conn: &mut Conn,
    admin: &Admin,
    role: Role,
    picture: Option<(&str, ContentId)>,
    now: Timestamp,
) -> Result<()> {
    let removed = diesel::delete(look_pictures::table.find(role.as_str())).execute(conn)?;
    let detail = match picture {
        Some((extension, content)) => {
            diesel::insert_into(look_pictures::table)
                .values((
                    look_pictures::name.eq(role.as_str()),
                    look_pictures::ending.eq(extension),
                    look_pictures::content_id.eq(content.0),
                ))
                .execute(conn)?;
            contents::use_again(conn, content)?;
            if removed > 0 { "replaced" } else { "set" }
        }
        None if removed == 0 => return Ok(()),
        None => "removed",
    };
    record(conn, admin, format!("{} {detail}", role.as_str()), now)
}

fn record(conn: &mut Conn, admin: &Admin, detail: String, at: Timestamp) -> Result<()> {
    let (actor, name) = (admin.actor().into(), "settings".into());
    audit::insert(conn, &Entry { at, actor, action: Action::Changed, subject: Subject::Site, name, detail })
}

/// Hides the first steps on the dashboard, for every administrator.
pub fn hide_first_steps(conn: &mut Conn, admin: &Admin, now: Timestamp) -> Result<()> {
    let hidden = diesel::update(first_steps::table.find(1).filter(first_steps::hidden.eq(false)))
        .set(first_steps::hidden.eq(true))
        .execute(conn)?;
    if hidden == 0 {
        return Ok(());
    }
    let entry = Entry {
        at: now,
        actor: admin.actor().into(),
        action: Action::Changed,
        subject: Subject::Site,
        name: "settings".into(),
        detail: "first steps hidden".into(),
    };
    audit::insert(conn, &entry)
}
