//! Records rejected sign-ins: one rate-limited log line each, and one audit entry a minute. Neither can fill the disk.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::{
    audit::{Action, Entry, Subject},
    secret::APP_PASSWORD_PREFIX,
    user::Username,
};
use tokio::sync::Notify;

use crate::{
    clock,
    db::Db,
    http::{envelope::Envelope, logging::LogLimiter},
};

/// The minimum time between two audit entries.
const WRITE_INTERVAL: Duration = Duration::from_secs(60);
/// The maximum number of names in one audit entry; further names are counted together.
const MAX_NAMES: usize = 20;

/// The reasons of rejections that cost no bcrypt. Their log lines are limited, because a client can cause any number of
/// them.
pub mod without_bcrypt {
    /// The same credentials were rejected before.
    pub const AGAIN: &str = "the same credentials again";
    /// The client has to wait before its next attempt.
    pub const TOO_MANY: &str = "too many attempts";
    /// No user can have these credentials.
    pub const MALFORMED: &str = "malformed credentials";
    /// The form or the checksum of an app password is wrong.
    pub const MALFORMED_APP_PASSWORD: &str = "malformed app password";
    /// The named user has no such app password.
    pub const WRONG_APP_PASSWORD: &str = "wrong app password";
    /// The app password was ended, or its end has passed.
    pub const ENDED_APP_PASSWORD: &str = "ended app password";
    /// The owner of the app password is disabled.
    pub const DISABLED_APP_PASSWORD: &str = "app password of a disabled account";

    /// All reasons of this module.
    pub(super) const ALL: [&str; 7] = [
        AGAIN,
        TOO_MANY,
        MALFORMED,
        MALFORMED_APP_PASSWORD,
        WRONG_APP_PASSWORD,
        ENDED_APP_PASSWORD,
        DISABLED_APP_PASSWORD,
    ];
}

/// The recorder of rejected sign-ins; cheap to clone.
#[derive(Clone, Default)]
pub struct FailedLogins {
    batch: Arc<Mutex<Batch>>,
    wake: Arc<Notify>,
    log_limiter: Arc<LogLimiter>,
}

/// The name for the log and the audit trail. Some services take an app password in place of the name; such a name is masked.
fn shown(name: &str) -> &str {
    /// The shortest name in bytes that may be an app password, or a large part of one. A whole one has 40.
    const MIN_BYTES: usize = 20;
    match name.starts_with(APP_PASSWORD_PREFIX) && name.len() >= MIN_BYTES {
        true => "(app password)",
        false => name,
    }
}

/// The rejections since the last audit entry.
#[derive(Default)]
struct Batch {
    by_name: BTreeMap<String, u64>,
    other_names: u64,
    last_address: Option<IpAddr>,
}

impl FailedLogins {
    /// Records one rejection. The format of the log line is stable, because `deploy/fail2ban` parses it:
    /// `sign-in refused name="ann" client=203.0.113.7 why="wrong password" id=0123456789abcdef`.
    pub fn record(&self, name: Option<&Username>, envelope: &Envelope, why: &str) {
        let name = name.map_or("", |name| shown(name.as_str()));
        let client = envelope.client.address;
        let is_limited = without_bcrypt::ALL.contains(&why);
        let mut batch = self.batch.lock().unwrap_or_else(PoisonError::into_inner);
        let has_room = batch.by_name.len() < MAX_NAMES;
        match batch.by_name.get_mut(name) {
            Some(count) => *count += 1,
            None if has_room => {
                batch.by_name.insert(name.to_owned(), 1);
            }
            None => batch.other_names += 1,
        }
        batch.last_address = Some(client);
        drop(batch);
        if !is_limited || self.log_limiter.allows("sign-in refused") {
            log::warn!("sign-in refused name={name:?} client={client} why={why:?} id={}", envelope.id());
        }
        self.wake.notify_one();
    }

    /// Writes audit entries until the server stops: the first rejection after a quiet minute at once, later ones
    /// together.
    pub async fn write_periodically(self, db: Db) {
        loop {
            self.wake.notified().await;
            self.write(&db).await;
            tokio::time::sleep(WRITE_INTERVAL).await;
        }
    }

    /// Writes the audit entry of the rejections so far, if there are any.
    pub async fn write(&self, db: &Db) {
        let batch = std::mem::take(&mut *self.batch.lock().unwrap_or_else(PoisonError::into_inner));
        let Some(entry) = batch.entry() else { return };
        if let Err(error) = db.write(move |conn| store::writing::audit::insert(conn, &entry)).await {
            log::error!("rejected sign-ins could not be written to the audit trail: {error}");
        }
    }
}

impl Batch {
    fn entry(self) -> Option<Entry> {
        let total: u64 = self.by_name.values().sum::<u64>() + self.other_names;
        if total == 0 {
            return None;
        }
        let mut names: Vec<String> = self
            .by_name
            .iter()
            .map(|(name, count)| format!("{} {count}", if name.is_empty() { "(no name)" } else { name }))
            .collect();
        if self.other_names > 0 {
            names.push(format!("other names {}", self.other_names));
        }
        let is_one_name = self.by_name.len() == 1 && self.other_names == 0;
        let only_name = if is_one_name { self.by_name.keys().next().cloned() } else { None };
        let address = self.last_address.map(|address| address.to_string()).unwrap_or_default();
        Some(Entry {
            at: clock::now(),
            actor: "nobody".into(),
            action: Action::Refused,
            subject: Subject::User,
            name: only_name.unwrap_or_default(),
            detail: format!("{total} refused, the last from {address}: {}", names.join(", ")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::secret::Secret;

    #[test]
    fn a_flood_of_names_becomes_one_bounded_entry() {
        let failed_logins = FailedLogins::default();
        for n in 0..1000 {
            let name = Username::parse(&format!("user{n}")).unwrap();
            failed_logins.record(Some(&name), &Envelope::for_tests(), "unknown name");
        }
        let batch = std::mem::take(&mut *failed_logins.batch.lock().unwrap());
        let entry = batch.entry().unwrap();
        assert!(entry.detail.starts_with("1000 refused"), "{}", entry.detail);
        assert!(entry.detail.contains("other names 980"), "{}", entry.detail);
        assert!(entry.detail.len() < 500);
    }

    #[test]
    fn t55_an_app_password_in_the_place_of_the_name_is_not_shown() {
        let secret = Secret::random_app_password().unwrap();
        for sent in [secret.reveal().to_owned(), format!("{}x", secret.reveal()), secret.reveal()[..30].to_owned()] {
            assert_eq!(shown(&sent), "(app password)");
        }
        for name in ["ann", "", "ptn_ann", "an-unusually-long-name-of-a-user"] {
            assert_eq!(shown(name), name);
        }
        let failed_logins = FailedLogins::default();
        let name = Username::parse(secret.reveal()).unwrap();
        failed_logins.record(Some(&name), &Envelope::for_tests(), "unknown name");
        let entry = std::mem::take(&mut *failed_logins.batch.lock().unwrap()).entry().unwrap();
        assert!(!format!("{entry:?}").contains(secret.reveal()), "{entry:?}");
    }

    #[test]
    fn an_entry_about_one_name_has_that_name() {
        let failed_logins = FailedLogins::default();
        failed_logins.record(Some(&Username::parse("ann").unwrap()), &Envelope::for_tests(), "wrong password");
        let entry = std::mem::take(&mut *failed_logins.batch.lock().unwrap()).entry().unwrap();
        assert_eq!(entry.name, "ann");
    }
}
