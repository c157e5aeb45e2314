//! Sign-ins that were noted lately: with Basic every request is one, and only the first in half an hour is written down.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use chrono::TimeDelta;
use domain::{
    Timestamp,
    user::{User, UserId},
};

use super::account::Account;
use crate::{clock, db::Db, http::client::Client};

/// How long after a sign-in the next one of the same user is noted.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(30);

/// When each user's sign-in was noted last; no more entries than there are users.
#[derive(Default)]
pub struct SignIns {
    noted: Mutex<HashMap<UserId, Timestamp>>,
}

impl SignIns {
    /// Notes a sign-in beside the request, unless one was noted lately, here or by another process.
    pub fn note(&self, db: &Db, user: &User, client: &Client) {
        let now = clock::now();
        if !self.is_due(user, now) {
            return;
        }
        let address = client.address.to_string();
        log::info!("sign-in name={:?} client={address}", user.name.as_str());
        let member = Account::of(user).member;
        let db = db.clone();
        actix_web::rt::spawn(async move {
            let noted =
                db.write(move |conn| store::writing::account::record_sign_in(conn, &member, &address, now)).await;
            if let Err(error) = noted {
                log::error!("a sign-in could not be noted: {error}");
            }
        });
    }

    /// Whether this sign-in is to be noted; asked by many requests at once, one of them hears yes.
    fn is_due(&self, user: &User, now: Timestamp) -> bool {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        let last = noted.get(&user.id).copied().max(user.last_sign_in_at);
        let due = last.is_none_or(|last| now - last >= NOTED_EVERY);
        if due {
            noted.insert(user.id, now);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        Version,
        password::PasswordHash,
        user::{Role, Theme, Username},
    };

    #[test]
    fn only_the_first_sign_in_of_half_an_hour_is_due() {
        let (sign_ins, now) = (SignIns::default(), clock::now());
        let mut user = User {
            id: UserId(1),
            name: Username::parse("ann").unwrap(),
            role: Role::Reader,
            active: true,
            theme: Theme::System,
            password_hash: PasswordHash::new("x"),
            groups: Vec::new(),
            created_at: now,
            last_sign_in_at: None,
            version: Version::FIRST,
        };
        let due = |user: &User, minutes| sign_ins.is_due(user, now + TimeDelta::minutes(minutes));
        assert_eq!([due(&user, 0), due(&user, 0), due(&user, 29), due(&user, 30)], [true, false, false, true]);
        // Another process noted one.
        user.last_sign_in_at = Some(now + TimeDelta::minutes(50));
        assert_eq!([due(&user, 70), due(&user, 81)], [false, true]);
    }
}
