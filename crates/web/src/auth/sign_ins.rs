//! Records sign-ins: the first one in half an hour, and always the first one from a client network. With Basic every
//! request is a sign-in. For an app password, it records the day of the last use.

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::{NaiveTime, TimeDelta};
use domain::{
    Timestamp,
    app_password::AppPasswordId,
    user::{User, UserId},
};
use lru::LruCache;
use store::writing::{
    app_passwords::record_use,
    sign_ins::{RECORD_INTERVAL, Recorded, record},
};

use super::account::Account;
use crate::{
    cache::users::CachedUser,
    clock,
    db::Db,
    http::client::{Client, Origin},
};

/// The maximum number of remembered sign-ins. A forgotten one is looked up in the database again.
const CAPACITY: NonZeroUsize = NonZeroUsize::new(20_000).unwrap();

/// The time after which a sign-in that could not be written is passed to the database again.
const RETRY_INTERVAL: TimeDelta = TimeDelta::minutes(1);

/// The key of a remembered sign-in.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    User(UserId, Origin),
    AppPassword(AppPasswordId),
}

/// The time until which no further sign-in is passed to the database, by user and client network or by app password;
/// cheap to clone.
#[derive(Clone)]
pub struct SignIns(Arc<Mutex<LruCache<Key, Timestamp>>>);

impl Default for SignIns {
    fn default() -> SignIns {
        SignIns(Arc::new(Mutex::new(LruCache::new(CAPACITY))))
    }
}

impl SignIns {
    /// Records a sign-in in the background, unless this process passed one of the user from this client network to the
    /// database within half an hour, or one with this app password today.
    pub fn record(&self, db: &Db, current: &CachedUser, client: &Client) {
        match current.account.app_password() {
            None => self.record_user(db, &current.user, client),
            Some(password) => self.record_app_password(db, password, &current.user, client),
        }
    }

    fn record_app_password(&self, db: &Db, password: AppPasswordId, owner: &User, client: &Client) {
        let (key, today) = (Key::AppPassword(password), clock::now().date_naive());
        let tomorrow = (today + TimeDelta::days(1)).and_time(NaiveTime::MIN).and_utc();
        if !self.is_due(key, clock::now(), tomorrow) {
            return;
        }
        log::info!("sign-in with an app password name={:?} client={}", owner.name.as_str(), client.address);
        let (db, sign_ins) = (db.clone(), self.clone());
        actix_web::rt::spawn(async move {
            if let Err(error) = db.note(move |conn| record_use(conn, password, today)).await {
                sign_ins.lock().put(key, clock::now() + RETRY_INTERVAL);
                log::error!("the use of an app password could not be recorded: {error}");
            }
        });
    }

    fn record_user(&self, db: &Db, user: &User, client: &Client) {
        let now = clock::now();
        let key = Key::User(user.id, client.origin());
        if !self.is_due(key, now, now + RECORD_INTERVAL) {
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

    /// Whether a sign-in is to be passed to the database, and then none until `next`. Of concurrent calls for one key, one
    /// returns true.
    fn is_due(&self, key: Key, now: Timestamp, next: Timestamp) -> bool {
        let mut passed_until = self.lock();
        let is_due = passed_until.peek(&key).is_none_or(|until| now >= *until);
        if is_due {
            passed_until.put(key, next);
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
        let due = |network, minutes| {
            let at = now + TimeDelta::minutes(minutes);
            sign_ins.is_due(Key::User(UserId(1), Origin::V4(network)), at, at + RECORD_INTERVAL)
        };
        assert_eq!([due(1, 0), due(1, 0), due(2, 1), due(1, 29), due(1, 30)], [true, false, true, false, true]);
    }
}
