//! Making and ending app passwords. Each change adds an audit entry about the owner.

use chrono::NaiveDate;
use diesel::{
    dsl::{exists, select},
    prelude::*,
};
use domain::{
    Timestamp,
    access::Admin,
    app_password::{AppPasswordContent, AppPasswordId, MAX_APP_PASSWORDS},
    audit::Action,
    draft::FormId,
    keys::KeyKind,
    page::PagePath,
    secret::SecretHash,
    user::{User, UserId, Username},
    visitor::Member,
};

use super::audit::audit_user;
use crate::{Conn, Error, Result, id, in_circulation::in_circulation, schema::app_passwords};

/// Makes an app password of the acting user; the number of the form becomes its key.
///
/// # Errors
/// [`Error::Stale`] when the same form made one before; [`Error::Duplicate`] when the user has a valid one of this name;
/// [`Error::Refused`] when the user has the most that are allowed.
pub fn make_own(
    conn: &mut Conn,
    member: &Member,
    form: FormId,
    content: &AppPasswordContent,
    hash: &SecretHash,
    now: Timestamp,
) -> Result<AppPasswordId> {
    let id = id::of_form(form)?;
    if select(exists(app_passwords::table.find(id))).get_result(conn)? {
        return Err(Error::Stale);
    }
    make(conn, AppPasswordId(id), member.name.as_str(), (member.id, &member.name), content, hash, now)
}

/// Makes an app password for a user.
///
/// # Errors
/// [`Error::Duplicate`] and [`Error::Refused`] as [`make_own`].
pub fn make_for(
    conn: &mut Conn,
    admin: &Admin,
    user: &User,
    content: &AppPasswordContent,
    hash: &SecretHash,
    now: Timestamp,
) -> Result<AppPasswordId> {
    make(conn, AppPasswordId(id::new()?), admin.actor(), (user.id, &user.name), content, hash, now)
}

fn make(
    conn: &mut Conn,
    id: AppPasswordId,
    actor: &str,
    (user, owner): (UserId, &Username),
    content: &AppPasswordContent,
    hash: &SecretHash,
    now: Timestamp,
) -> Result<AppPasswordId> {
    let AppPasswordContent { name, below, ends_at } = content;
    let of_user = || app_passwords::table.filter(app_passwords::user_id.eq(user.0));
    // The name of an app password whose end has come is free again.
    let is_over = app_passwords::ends_at.le(now.naive_utc());
    diesel::update(of_user().filter(app_passwords::name.eq(name.as_str())).filter(app_passwords::ended_at.is_null()))
        .filter(is_over)
        .set(app_passwords::ended_at.eq(app_passwords::ends_at))
        .execute(conn)?;
    let count: i64 = of_user().filter(app_passwords::ended_at.is_null()).count().get_result(conn)?;
    if count.unsigned_abs() >= MAX_APP_PASSWORDS as u64 {
        return Err(Error::Refused(format!(
            "{owner} has {MAX_APP_PASSWORDS} app passwords. End one that is not used."
        )));
    }
    diesel::insert_into(app_passwords::table)
        .values((
            app_passwords::id.eq(id.0),
            app_passwords::user_id.eq(user.0),
            app_passwords::name.eq(name.as_str()),
            app_passwords::secret_hash.eq(hash.to_hex()),
            app_passwords::below.eq(below.as_ref().map(PagePath::as_str)),
            app_passwords::made_at.eq(now.naive_utc()),
            app_passwords::ends_at.eq(ends_at.map(|at| at.naive_utc())),
        ))
        .execute(conn)?;
    let place = below.as_ref().map_or("for all pages".to_owned(), |path| format!("for the pages below {path}"));
    let end = ends_at.map_or("without an end".to_owned(), |at| at.format("until %Y-%m-%d %H:%M UTC").to_string());
    let detail = format!("app password “{name}” made {place}, {end}");
    audit_user(conn, actor, Action::Changed, owner.as_str(), detail, now)?;
    Ok(id)
}

/// Which of a user's app passwords are ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All.
    All,
    /// One.
    One(AppPasswordId),
}

/// Ends app passwords of the acting user; returns how many.
pub fn end_own(conn: &mut Conn, member: &Member, ended: Ended, now: Timestamp) -> Result<usize> {
    end_of(conn, member.name.as_str(), (member.id, &member.name), ended, now)
}

/// Ends app passwords of a user; returns how many.
pub fn end_for(conn: &mut Conn, admin: &Admin, user: &User, ended: Ended, now: Timestamp) -> Result<usize> {
    end_of(conn, admin.actor(), (user.id, &user.name), ended, now)
}

fn end_of(
    conn: &mut Conn,
    actor: &str,
    (user, owner): (UserId, &Username),
    ended: Ended,
    now: Timestamp,
) -> Result<usize> {
    let mut wanted = app_passwords::table
        .filter(app_passwords::user_id.eq(user.0))
        .filter(app_passwords::ended_at.is_null())
        .into_boxed();
    if let Ended::One(id) = ended {
        wanted = wanted.filter(app_passwords::id.eq(id.0));
    }
    let found: Vec<(i64, String)> =
        wanted.order(app_passwords::name).select((app_passwords::id, app_passwords::name)).load(conn)?;
    let ids: Vec<i64> = found.iter().map(|(id, _)| *id).collect();
    // Of two requests at once, only one ends each app password.
    let count = diesel::update(app_passwords::table.filter(app_passwords::id.eq_any(ids)))
        .filter(app_passwords::ended_at.is_null())
        .set(app_passwords::ended_at.eq(Some(now.naive_utc())))
        .execute(conn)?;
    if count > 0 {
        let names: Vec<String> = found.iter().map(|(_, name)| format!("“{name}”")).collect();
        let word = if count == 1 { "app password" } else { "app passwords" };
        let detail = format!("{word} {} ended", names.join(", "));
        audit_user(conn, actor, Action::Changed, owner.as_str(), detail, now)?;
    }
    Ok(count)
}

/// Ends the app passwords of a user that open something, without an audit entry; returns their names.
pub(super) fn end_valid(conn: &mut Conn, user: UserId, now: Timestamp) -> Result<Vec<String>> {
    let now = now.naive_utc();
    let valid = || {
        let own = app_passwords::table.filter(app_passwords::user_id.eq(user.0));
        own.filter(in_circulation(KeyKind::AppPassword, now))
    };
    let names = valid().order(app_passwords::name).select(app_passwords::name).load(conn)?;
    diesel::update(valid()).set(app_passwords::ended_at.eq(Some(now))).execute(conn)?;
    Ok(names)
}

/// Records the day of a use, once a day. The change feed does not report it.
pub fn record_use(conn: &mut Conn, id: AppPasswordId, today: NaiveDate) -> Result<()> {
    let is_due = app_passwords::last_used_on.is_null().or(app_passwords::last_used_on.lt(today));
    diesel::update(app_passwords::table.find(id.0))
        .filter(is_due)
        .set(app_passwords::last_used_on.eq(Some(today)))
        .execute(conn)?;
    Ok(())
}
