//! Wrong passwords, as the throttles of all instances share them. Nothing here reports a change to the feed.

use diesel::prelude::*;
use domain::{Timestamp, user::Username};

use crate::{
    Conn, Result,
    failed_sign_ins::COUNTED_FOR,
    name_key::{NameHash, NameKey, hex, new_secret},
    schema::{failed_sign_ins, name_key},
};

/// The maximum number of rows that a purge leaves.
const MAX_ROWS: i64 = 100_000;

/// The consecutive failures in one scope of a name, as an instance counted them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The hash of the name.
    pub name: NameHash,
    /// The scope; see [`crate::failed_sign_ins::Count`].
    pub scope: String,
    /// Their number; zero after a success, which ends the counts of all instances.
    pub failures: u32,
    /// The moment of the last one.
    pub last_at: Timestamp,
}

/// The key of the hashes of names; it is made if there is none.
pub fn key(conn: &mut Conn) -> Result<NameKey> {
    if let Some(key) = crate::failed_sign_ins::key(conn)? {
        return Ok(key);
    }
    let secret = new_secret()?;
    diesel::insert_into(name_key::table).values((name_key::id.eq(1), name_key::secret.eq(&secret))).execute(conn)?;
    Ok(NameKey::of(&secret))
}

/// Stores the counts of one instance.
pub fn record(conn: &mut Conn, instance: i64, tallies: &[Tally]) -> Result<()> {
    for tally in tallies {
        let name = hex(&tally.name);
        let of_all = failed_sign_ins::table
            .filter(failed_sign_ins::name.eq(&name))
            .filter(failed_sign_ins::scope.eq(&tally.scope));
        if tally.failures == 0 {
            diesel::delete(of_all).execute(conn)?;
            continue;
        }
        let values = (
            failed_sign_ins::failures.eq(i64::from(tally.failures)),
            failed_sign_ins::last_at.eq(tally.last_at.naive_utc()),
        );
        let updated =
            diesel::update(of_all.filter(failed_sign_ins::instance.eq(instance))).set(values).execute(conn)?;
        if updated == 0 {
            let key = (
                failed_sign_ins::name.eq(&name),
                failed_sign_ins::scope.eq(&tally.scope),
                failed_sign_ins::instance.eq(instance),
            );
            diesel::insert_into(failed_sign_ins::table).values((key, values)).execute(conn)?;
        }
    }
    Ok(())
}

/// Deletes the counts of an account: a change of it ends its lock.
pub(super) fn forget(conn: &mut Conn, name: &Username) -> Result<usize> {
    let Some(key) = crate::failed_sign_ins::key(conn)? else { return Ok(0) };
    let of_name = failed_sign_ins::table.filter(failed_sign_ins::name.eq(hex(&key.hash(name.as_str()))));
    Ok(diesel::delete(of_name).execute(conn)?)
}

/// Deletes counts that have expired, and the oldest above 100,000.
pub fn purge(conn: &mut Conn, now: Timestamp) -> Result<()> {
    let last_at = failed_sign_ins::last_at;
    diesel::delete(failed_sign_ins::table.filter(last_at.le((now - COUNTED_FOR).naive_utc()))).execute(conn)?;
    let newest = failed_sign_ins::table.order(last_at.desc()).select(last_at);
    let first_over: Option<chrono::NaiveDateTime> = newest.offset(MAX_ROWS).first(conn).optional()?;
    if let Some(at) = first_over {
        diesel::delete(failed_sign_ins::table.filter(last_at.le(at))).execute(conn)?;
    }
    Ok(())
}
