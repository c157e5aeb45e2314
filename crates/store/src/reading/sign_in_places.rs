//! The client networks from which users signed in during the last 30 days.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;
use domain::{Timestamp, user::Username};

use crate::{
    Conn, Result,
    schema::{sign_in_places, users},
};

/// How long a place is remembered after the last sign-in from it.
pub const REMEMBERED_FOR: TimeDelta = TimeDelta::days(30);

/// A client network from which a user signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The name of the user.
    pub user: String,
    /// The client network, as text.
    pub network: String,
    /// The moment of the last recorded sign-in from it.
    pub last_at: Timestamp,
}

/// The places of one user, whether or not anybody has that name.
pub fn of_user(conn: &mut Conn, name: &Username, now: Timestamp) -> Result<Vec<Place>> {
    list(conn, Some(name), i64::MAX, now)
}

/// The places of all users with the latest sign-ins, at most `limit`.
pub fn latest(conn: &mut Conn, limit: i64, now: Timestamp) -> Result<Vec<Place>> {
    list(conn, None, limit, now)
}

fn list(conn: &mut Conn, name: Option<&Username>, limit: i64, now: Timestamp) -> Result<Vec<Place>> {
    let mut query = sign_in_places::table
        .inner_join(users::table.on(users::id.eq(sign_in_places::user_id)))
        .filter(sign_in_places::last_at.gt((now - REMEMBERED_FOR).naive_utc()))
        .into_boxed();
    if let Some(name) = name {
        query = query.filter(users::name.eq(name.as_str()));
    }
    let rows: Vec<(String, String, NaiveDateTime)> = query
        .order(sign_in_places::last_at.desc())
        .limit(limit)
        .select((users::name, sign_in_places::network, sign_in_places::last_at))
        .load(conn)?;
    let place =
        |(user, network, last_at): (String, String, NaiveDateTime)| Place { user, network, last_at: last_at.and_utc() };
    Ok(rows.into_iter().map(place).collect())
}
