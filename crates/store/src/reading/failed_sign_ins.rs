//! Wrong passwords of the last hour, as the throttles of all instances counted them; see `docs/decisions/0025`.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;
use domain::{Timestamp, access::Admin, user::Username};

use crate::{
    Conn, Result,
    name_key::{NameHash, NameKey, hex},
    schema::{failed_sign_ins, name_key},
};

/// How long a failure is counted after the last one.
pub const COUNTED_FOR: TimeDelta = TimeDelta::hours(1);
/// The scope of an account, from any client network.
pub const ACCOUNT: &str = "account";

/// The consecutive failures in one scope of a name that one instance counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// [`ACCOUNT`], or a client network as the throttle names it.
    pub scope: String,
    /// The instance that counted them.
    pub instance: i64,
    /// Their number.
    pub failures: u32,
    /// The moment of the last one.
    pub last_at: Timestamp,
}

/// The wrong passwords for an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guesses {
    /// Their number since the last sign-in.
    pub failures: u32,
    /// The moment of the last one.
    pub last_at: Timestamp,
}

/// The key of the hashes of names; `None` before the first instance made it.
pub fn key(conn: &mut Conn) -> Result<Option<NameKey>> {
    let secret: Option<String> = name_key::table.find(1).select(name_key::secret).first(conn).optional()?;
    Ok(secret.map(|secret| NameKey::of(&secret)))
}

/// The counts of all instances in some scopes of a name, whether or not anybody has that name.
pub fn list(conn: &mut Conn, name: &NameHash, scopes: &[String], now: Timestamp) -> Result<Vec<Count>> {
    let rows: Vec<(String, i64, i64, NaiveDateTime)> = failed_sign_ins::table
        .filter(failed_sign_ins::name.eq(hex(name)))
        .filter(failed_sign_ins::scope.eq_any(scopes.to_vec()))
        .filter(failed_sign_ins::last_at.gt((now - COUNTED_FOR).naive_utc()))
        .select((
            failed_sign_ins::scope,
            failed_sign_ins::instance,
            failed_sign_ins::failures,
            failed_sign_ins::last_at,
        ))
        .load(conn)?;
    let count = |(scope, instance, failures, last_at): (String, i64, i64, NaiveDateTime)| Count {
        scope,
        instance,
        failures: u32::try_from(failures).unwrap_or(0),
        last_at: last_at.and_utc(),
    };
    Ok(rows.into_iter().map(count).collect())
}

/// The wrong passwords for the account of a user, over all instances; `None` without any in the last hour.
pub fn of_account(conn: &mut Conn, _: &Admin, name: &Username, now: Timestamp) -> Result<Option<Guesses>> {
    let Some(key) = key(conn)? else { return Ok(None) };
    let counts = list(conn, &key.hash(name.as_str()), &[ACCOUNT.to_owned()], now)?;
    let last_at = counts.iter().map(|count| count.last_at).max();
    Ok(last_at.map(|last_at| Guesses { failures: counts.iter().map(|count| count.failures).sum(), last_at }))
}
