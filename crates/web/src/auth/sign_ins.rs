//! Records sign-ins. Only the first one in half an hour is written, because with Basic every request is a sign-in.

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

/// The minimum time between two recorded sign-ins of one user.
const RECORD_INTERVAL: TimeDelta = TimeDelta::minutes(30);

/// The last recorded sign-in of each user; at most one entry per user.
#[derive(Default)]
pub struct SignIns {
    last_recorded: Mutex<HashMap<UserId, Timestamp>>,
}

impl SignIns {
    /// Records a sign-in in the background, unless this or another process recorded one within half an hour.
    pub fn record(&self, db: &Db, user: &User, client: &Client) {
        let now = clock::now();
        if !self.is_due(user, now) {
            return;
        }
        let address = client.address.to_string();
        log::info!("sign-in name={:?} client={address}", user.name.as_str());
        let member = Account::of(user).member;
        let db = db.clone();
        actix_web::rt::spawn(async move {
            let recorded =
                db.write(move |conn| store::writing::account::record_sign_in(conn, &member, &address, now)).await;
            if let Err(error) = recorded {
                log::error!("a sign-in could not be recorded: {error}");
            }
        });
    }

    /// Whether a sign-in is due to be recorded. Of concurrent calls for one user, one returns true.
    fn is_due(&self, user: &User, now: Timestamp) -> bool {
        let mut last_recorded = self.last_recorded.lock().unwrap_or_else(PoisonError::into_inner);
        let last = last_recorded.get(&user.id).copied().max(user.last_sign_in_at);
        let is_due = last.is_none_or(|last| now - last >= RECORD_INTERVAL);
        if is_due {
            last_recorded.insert(user.id, now);
        }
        is_due
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
        let sign_ins = SignIns::default();
        let now = clock::now();
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
        // Another process recorded one.
        user.last_sign_in_at = Some(now + TimeDelta::minutes(50));
        assert_eq!([due(&user, 70), due(&user, 81)], [false, true]);
    }
}
