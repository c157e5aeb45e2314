//! What a sign-in leaves behind: its date, an audit entry, and the client network it came from.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::{dsl::exists, prelude::*};
use domain::{Timestamp, audit::Action, user::UserId, visitor::Member};

use super::audit::audit_user;
use crate::{
    Conn, Result,
    schema::{sign_in_places, users},
    sign_in_places::REMEMBERED_FOR,
};

/// The minimum time between two recorded sign-ins of one user from known places.
pub const RECORD_INTERVAL: TimeDelta = TimeDelta::minutes(30);
/// The minimum time between two writes of one place.
const PLACE_INTERVAL: TimeDelta = TimeDelta::hours(12);
/// The maximum number of places of one user; the oldest are forgotten.
const MAX_PLACES: i64 = 20;

/// What was recorded about a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// Nothing but the place: another sign-in was recorded within half an hour.
    Nothing,
    /// The sign-in.
    SignIn,
    /// The sign-in, from a client network from which the user has not signed in for 30 days.
    NewPlace,
}

/// Records that a user signed in from an address in a client network: the first time in half an hour, and always the
/// first time from that network in 30 days.
pub fn record(conn: &mut Conn, member: &Member, address: &str, network: &str, now: Timestamp) -> Result<Recorded> {
    let id = member.id;
    let (is_due, seen) = (is_due(conn, id, now)?, last_seen(conn, id, network, now)?);
    if !is_due && let Some(at) = seen {
        if now - at >= PLACE_INTERVAL {
            touch_place(conn, id, network, now)?;
        }
        return Ok(Recorded::Nothing);
    }
    // On PostgreSQL this locks the row: another instance that records the same sign-in has ended when it returns.
    let found =
        diesel::update(users::table.find(id.0)).set(users::last_sign_in_at.eq(Some(now.naive_utc()))).execute(conn)?;
    if found == 0 {
        return Ok(Recorded::Nothing);
    }
    let is_new = last_seen(conn, id, network, now)?.is_none();
    let has_others = diesel::select(exists(sign_in_places::table.filter(sign_in_places::user_id.eq(id.0))))
        .get_result::<bool>(conn)?;
    if is_new || seen.is_none_or(|at| now - at >= PLACE_INTERVAL) {
        touch_place(conn, id, network, now)?;
        forget_oldest(conn, id)?;
    }
    let recorded = if is_new && has_others { Recorded::NewPlace } else { Recorded::SignIn };
    let detail = match recorded {
        Recorded::NewPlace => format!("from {address}, a new network"),
        _ => format!("from {address}"),
    };
    let name = member.name.as_str();
    audit_user(conn, name, Action::SignedIn, name, detail, now)?;
    Ok(recorded)
}

/// Deletes the places without a sign-in for 30 days.
pub fn purge_places(conn: &mut Conn, now: Timestamp) -> Result<()> {
    let oldest = (now - REMEMBERED_FOR).naive_utc();
    diesel::delete(sign_in_places::table.filter(sign_in_places::last_at.le(oldest))).execute(conn)?;
    Ok(())
}

fn is_due(conn: &mut Conn, id: UserId, now: Timestamp) -> Result<bool> {
    let last: Option<Option<NaiveDateTime>> =
        users::table.find(id.0).select(users::last_sign_in_at).first(conn).optional()?;
    Ok(last.flatten().is_none_or(|last| now - last.and_utc() >= RECORD_INTERVAL))
}

fn last_seen(conn: &mut Conn, id: UserId, network: &str, now: Timestamp) -> Result<Option<Timestamp>> {
    let last: Option<NaiveDateTime> =
        sign_in_places::table.find((id.0, network)).select(sign_in_places::last_at).first(conn).optional()?;
    Ok(last.map(|last| last.and_utc()).filter(|last| now - *last < REMEMBERED_FOR))
}

fn touch_place(conn: &mut Conn, id: UserId, network: &str, now: Timestamp) -> Result<()> {
    let last_at = sign_in_places::last_at.eq(now.naive_utc());
    let updated = diesel::update(sign_in_places::table.find((id.0, network))).set(last_at).execute(conn)?;
    if updated == 0 {
        let place = (sign_in_places::user_id.eq(id.0), sign_in_places::network.eq(network), last_at);
        diesel::insert_into(sign_in_places::table).values(place).execute(conn)?;
    }
    Ok(())
}

fn forget_oldest(conn: &mut Conn, id: UserId) -> Result<()> {
    let own = sign_in_places::table.filter(sign_in_places::user_id.eq(id.0));
    let surplus: Vec<String> = own
        .order(sign_in_places::last_at.desc())
        .offset(MAX_PLACES)
        .limit(i64::MAX)
        .select(sign_in_places::network)
        .load(conn)?;
    diesel::delete(own.filter(sign_in_places::network.eq_any(surplus))).execute(conn)?;
    Ok(())
}
