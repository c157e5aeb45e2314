//! Links with which people set their own password.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::{
    Timestamp,
    access::Admin,
    invitation::{Invitation, InvitationId},
    keys::KeyKind,
    secret::SecretHash,
    user::{UserId, Username},
};

use crate::{
    Conn, Error, Result,
    active::is_active,
    error::skip_unreadable,
    in_circulation::in_circulation,
    schema::{invitations, users},
};

#[derive(Queryable)]
struct Record {
    id: i64,
    user_id: i64,
    name: String,
    is_active: bool,
    made_at: NaiveDateTime,
    made_by: String,
    ends_at: NaiveDateTime,
    used_at: Option<NaiveDateTime>,
    ended_at: Option<NaiveDateTime>,
}

impl Record {
    fn invitation(self) -> Result<Invitation> {
        let invalid = |words| Error::Schema(format!("a name in the table users: {words}"));
        Ok(Invitation {
            id: InvitationId(self.id),
            user: UserId(self.user_id),
            name: Username::parse(&self.name).map_err(invalid)?,
            is_active: self.is_active,
            made_at: self.made_at.and_utc(),
            made_by: self.made_by,
            ends_at: self.ends_at.and_utc(),
            used_at: self.used_at.map(|at| at.and_utc()),
            ended_at: self.ended_at.map(|at| at.and_utc()),
        })
    }
}

#[diesel::dsl::auto_type(no_type_alias)]
fn with_names() -> _ {
    invitations::table.inner_join(users::table)
}

macro_rules! columns {
    () => {
        (
            invitations::id,
            invitations::user_id,
            users::name,
            is_active(),
            invitations::made_at,
            invitations::made_by,
            invitations::ends_at,
            invitations::used_at,
            invitations::ended_at,
        )
    };
}

/// The link with a secret, including one that has ended. Knowing the secret is the only right that is required.
pub fn find(conn: &mut Conn, secret: &SecretHash) -> Result<Option<Invitation>> {
    let record: Option<Record> =
        with_names().filter(invitations::secret_hash.eq(secret.to_hex())).select(columns!()).first(conn).optional()?;
    record.map(Record::invitation).transpose()
}

/// The newest link of a user, also one that has ended.
pub fn latest(conn: &mut Conn, _: &Admin, user: UserId) -> Result<Option<Invitation>> {
    let record: Option<Record> = with_names()
        .filter(invitations::user_id.eq(user.0))
        .order((invitations::made_at.desc(), invitations::id.desc()))
        .select(columns!())
        .first(conn)
        .optional()?;
    record.map(Record::invitation).transpose()
}

/// The links of some users that are in circulation at a moment.
pub fn open_of(conn: &mut Conn, _: &Admin, users: &[UserId], now: Timestamp) -> Result<Vec<Invitation>> {
    let records: Vec<Record> = with_names()
        .filter(invitations::user_id.eq_any(users.iter().map(|user| user.0)))
        .filter(in_circulation(KeyKind::Link, now.naive_utc()))
        .order((invitations::made_at.desc(), invitations::id.desc()))
        .select(columns!())
        .load(conn)?;
    Ok(records.into_iter().filter_map(|record| skip_unreadable(record.invitation())).collect())
}
