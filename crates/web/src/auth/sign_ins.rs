//! Records sign-ins: the first one in half an hour, and always the first one from a client network. With Basic every request
//! is a sign-in.

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::TimeDelta;
use domain::{
    Timestamp,
    user::{User, UserId},
};
use lru::LruCache;
use store::writing::sign_ins::{RECORD_INTERVAL, Recorded, record};

use super::account::Account;
use crate::{
    clock,
    db::Db,
    http::client::{Client, Origin},
};

/// The maximum number of remembered sign-ins. One that was forgotten is looked up in the database again.
const CAPACITY: NonZeroUsize = NonZeroUsize::new(20_000).unwrap();

/// How soon a sign-in that the database did not take is passed to it again.
const RETRY_INTERVAL: TimeDelta = TimeDelta::minutes(1);

type Key = (UserId, Origin);

/// Until when no sign-in is passed to the database, by user and client network; cheap to clone.
#[derive(Clone)]
pub struct SignIns(Arc<Mutex<LruCache<Key, Timestamp>>>);

impl Default for SignIns {
    fn default() -> SignIns {
        SignIns(Arc::new(Mutex::new(LruCache::new(CAPACITY))))
    }
}

impl SignIns {
    /// Records a sign-in in the background, unless this process passed one of the user from this client network to the
    /// database within half an hour.
    pub fn record(&self, db: &Db, user: &User, client: &Client) {
        let now = clock::now();
        let key = (user.id, client.origin());
        if !self.is_due(key, now) {
            return;
        }
        let (address, network) = (client.address.to_string(), client.origin().to_string());
        let member = Account::of(user).member;
        let (db, sign_ins) = (db.clone(), self.clone());
        actix_web::rt::spawn(async move {
            let (name, from) = (member.name.clone(), address.clone());
            match db.note(move |conn| record(conn, &member, &from, &network, now)).await {
                Ok(Recorded::Nothing) => {}
                Ok(Recorded::SignIn) => log::info!("sign-in name={:?} client={address}", name.as_str()),
                Ok(Recorded::NewPlace) => {
                    log::info!("sign-in from a new network name={:?} client={address}", name.as_str());
                }
                Err(error) => {
                    sign_ins.lock().put(key, now + RETRY_INTERVAL);
                    log::info!("sign-in name={:?} client={address}", name.as_str());
                    log::error!("a sign-in could not be recorded: {error}");
                }
            }
        });
    }

    /// Whether a sign-in is to be passed to the database. Of concurrent calls for one user and network, one returns true.
    fn is_due(&self, key: Key, now: Timestamp) -> bool {
        let mut passed_until = self.lock();
        let is_due = passed_until.peek(&key).is_none_or(|until| now >= *until);
        if is_due {
            passed_until.put(key, now + RECORD_INTERVAL);
        }
        is_due
    }

    fn lock(&self) -> MutexGuard<'_, LruCache<Key, Timestamp>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_is_passed_on_once_in_half_an_hour_for_each_client_network() {
        let (sign_ins, now) = (SignIns::default(), clock::now());
        let due =
            |network, minutes| sign_ins.is_due((UserId(1), Origin::V4(network)), now + TimeDelta::minutes(minutes));
        assert_eq!([due(1, 0), due(1, 0), due(2, 1), due(1, 29), due(1, 30)], [true, false, true, false, true]);
    }
}
