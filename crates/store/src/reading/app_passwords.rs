//! App passwords: found by the hash of their secret for a sign-in, and listed for their owners and for administrators.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::{
    Timestamp,
    access::Admin,
    app_password::{AppPassword, AppPasswordContent, AppPasswordId, AppPasswordName},
    keys::KeyKind,
    page::PagePath,
    secret::SecretHash,
    user::{UserId, Username},
    visitor::Member,
};

use crate::{
    Conn, Error, Result,
    error::skip_unreadable,
    in_circulation::in_circulation,
    schema::{app_passwords, users},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = app_passwords)]
struct Record {
    id: i64,
    name: String,
    below: Option<String>,
    made_at: NaiveDateTime,
    ends_at: Option<NaiveDateTime>,
    last_used_on: Option<NaiveDate>,
    ended_at: Option<NaiveDateTime>,
}

impl Record {
    fn app_password(self) -> Result<AppPassword> {
        let invalid = |words| Error::Schema(format!("a row of the table app_passwords: {words}"));
        Ok(AppPassword {
            id: AppPasswordId(self.id),
            content: AppPasswordContent {
                name: AppPasswordName::parse(&self.name).map_err(invalid)?,
                // A limit that cannot be read is an error, and not no limit.
                below: self.below.map(|below| PagePath::parse(&below)).transpose().map_err(invalid)?,
                ends_at: self.ends_at.map(|at| at.and_utc()),
            },
            made_at: self.made_at.and_utc(),
            last_used_on: self.last_used_on,
            ended_at: self.ended_at.map(|at| at.and_utc()),
        })
    }
}

/// The app password with a hash, ended or not, and the name of its owner.
pub fn find(conn: &mut Conn, hash: &SecretHash) -> Result<Option<(Username, AppPassword)>> {
    let row: Option<(String, Record)> = app_passwords::table
        .inner_join(users::table.on(users::id.eq(app_passwords::user_id)))
        .filter(app_passwords::secret_hash.eq(hash.to_hex()))
        .select((users::name, Record::as_select()))
        .first(conn)
        .optional()?;
    Ok(row.and_then(|row| skip_unreadable(named(row))))
}

fn named((owner, record): (String, Record)) -> Result<(Username, AppPassword)> {
    let owner =
        Username::parse(&owner).map_err(|words| Error::Schema(format!("a name in the table users: {words}")))?;
    Ok((owner, record.app_password()?))
}

/// The app passwords of a member that nobody has ended, the newest first; those whose end came are among them.
pub fn own(conn: &mut Conn, member: &Member) -> Result<Vec<AppPassword>> {
    unended(conn, member.id)
}

/// The app passwords of a user, as [`own`] lists them.
pub fn of_user(conn: &mut Conn, _: &Admin, user: UserId) -> Result<Vec<AppPassword>> {
    unended(conn, user)
}

fn unended(conn: &mut Conn, user: UserId) -> Result<Vec<AppPassword>> {
    let rows: Vec<Record> = app_passwords::table
        .filter(app_passwords::user_id.eq(user.0))
        .filter(app_passwords::ended_at.is_null())
        .order((app_passwords::made_at.desc(), app_passwords::id.asc()))
        .select(Record::as_select())
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|row| skip_unreadable(row.app_password())).collect())
}

/// The app passwords of some users that open something at a moment, each with its owner; those of one user with the newest first.
pub fn valid_of(conn: &mut Conn, _: &Admin, users: &[UserId], now: Timestamp) -> Result<Vec<(UserId, AppPassword)>> {
    let rows: Vec<(i64, Record)> = app_passwords::table
        .filter(app_passwords::user_id.eq_any(users.iter().map(|user| user.0)))
        .filter(in_circulation(KeyKind::AppPassword, now.naive_utc()))
        .order((app_passwords::made_at.desc(), app_passwords::id.asc()))
        .select((app_passwords::user_id, Record::as_select()))
        .load(conn)?;
    let row = |(owner, record): (i64, Record)| Some((UserId(owner), skip_unreadable(record.app_password())?));
    Ok(rows.into_iter().filter_map(row).collect())
}

/// The app passwords of all users that nobody has ended, by owner.
pub fn list(conn: &mut Conn, _: &Admin) -> Result<Vec<(Username, AppPassword)>> {
    let rows: Vec<(String, Record)> = app_passwords::table
        .inner_join(users::table.on(users::id.eq(app_passwords::user_id)))
        .filter(app_passwords::ended_at.is_null())
        .order((users::name.asc(), app_passwords::made_at.desc(), app_passwords::id.asc()))
        .select((users::name, Record::as_select()))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|row| skip_unreadable(named(row))).collect())
}
