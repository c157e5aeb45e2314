//! Refused sign-ins: one log line each, within bounds, and gathered into one audit entry a minute, so that nobody fills the disk.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::{
    audit::{Action, Entry, Subject},
    user::Username,
};
use tokio::sync::Notify;

use crate::{
    clock,
    db::Db,
    http::{envelope::Envelope, logging::LogLimiter},
};

/// How often what was gathered is written.
const WRITTEN_EVERY: Duration = Duration::from_secs(60);
/// How many names one entry tells apart; the rest is counted together.
const NAMES: usize = 20;

/// Why a sign-in was refused, when it cost no verification. Of these there may be as many as a client can send.
pub mod without_bcrypt {
    /// The same credentials were refused before.
    pub const AGAIN: &str = "the same credentials again";
    /// They have to wait.
    pub const TOO_MANY: &str = "too many attempts";
    /// They cannot be anybody's.
    pub const MALFORMED: &str = "malformed credentials";
}

/// Where refusals are noted; cheap to clone.
#[derive(Clone, Default)]
pub struct FailedLogins {
    gathered: Arc<Mutex<Gathered>>,
    first: Arc<Notify>,
    line_limit: Arc<LogLimiter>,
}

#[derive(Default)]
struct Gathered {
    by_name: BTreeMap<String, u64>,
    others: u64,
    last_address: Option<IpAddr>,
}

impl FailedLogins {
    /// Notes one refusal. The log line is stable, `deploy/fail2ban` reads it:
    /// `sign-in refused name="ann" client=203.0.113.7 why="wrong password" id=0123456789abcdef`.
    pub fn note(&self, name: Option<&Username>, envelope: &Envelope, why: &str) {
        let name = name.map_or("", Username::as_str);
        let client = envelope.client.address;
        let is_cheap = matches!(why, without_bcrypt::AGAIN | without_bcrypt::TOO_MANY | without_bcrypt::MALFORMED);
        let mut gathered = self.gathered.lock().unwrap_or_else(PoisonError::into_inner);
        let room = gathered.by_name.len() < NAMES;
        match gathered.by_name.get_mut(name) {
            Some(count) => *count += 1,
            None if room => {
                gathered.by_name.insert(name.to_owned(), 1);
            }
            None => gathered.others += 1,
        }
        gathered.last_address = Some(client);
        drop(gathered);
        if !is_cheap || self.line_limit.has_room("sign-in refused") {
            log::warn!("sign-in refused name={name:?} client={client} why={why:?} id={}", envelope.id());
        }
        self.first.notify_one();
    }

    /// Writes what is gathered, for ever: the first refusal after a quiet minute at once, the following ones together.
    pub async fn write_for_ever(self, db: Db) {
        loop {
            self.first.notified().await;
            self.write(&db).await;
            tokio::time::sleep(WRITTEN_EVERY).await;
        }
    }

    /// Writes what is gathered now; when the server stops, too.
    pub async fn write(&self, db: &Db) {
        let gathered = std::mem::take(&mut *self.gathered.lock().unwrap_or_else(PoisonError::into_inner));
        let Some(entry) = gathered.entry() else { return };
        if let Err(error) = db.write(move |conn| store::writing::audit::insert(conn, &entry)).await {
            log::error!("refused sign-ins could not be kept in the audit trail: {error}");
        }
    }
}

impl Gathered {
    fn entry(self) -> Option<Entry> {
        let total: u64 = self.by_name.values().sum::<u64>() + self.others;
        if total == 0 {
            return None;
        }
        let mut names: Vec<String> = self
            .by_name
            .iter()
            .map(|(name, count)| format!("{} {count}", if name.is_empty() { "(no name)" } else { name }))
            .collect();
        if self.others > 0 {
            names.push(format!("other names {}", self.others));
        }
        let only = if self.by_name.len() == 1 && self.others == 0 { self.by_name.keys().next().cloned() } else { None };
        let address = self.last_address.map(|address| address.to_string()).unwrap_or_default();
        Some(Entry {
            at: clock::now(),
            actor: "nobody".into(),
            action: Action::Refused,
            subject: Subject::User,
            name: only.unwrap_or_default(),
            detail: format!("{total} refused, the last from {address}: {}", names.join(", ")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_names_becomes_one_bounded_entry() {
        let failed_logins = FailedLogins::default();
        for n in 0..1000 {
            let name = Username::parse(&format!("user{n}")).unwrap();
            failed_logins.note(Some(&name), &Envelope::for_tests(), "unknown name");
        }
        let gathered = std::mem::take(&mut *failed_logins.gathered.lock().unwrap());
        let entry = gathered.entry().unwrap();
        assert!(entry.detail.starts_with("1000 refused"), "{}", entry.detail);
        assert!(entry.detail.contains("other names 980"), "{}", entry.detail);
        assert!(entry.detail.len() < 500);
    }

    #[test]
    fn one_name_alone_is_the_name_of_its_entry() {
        let failed_logins = FailedLogins::default();
        failed_logins.note(Some(&Username::parse("ann").unwrap()), &Envelope::for_tests(), "wrong password");
        let entry = std::mem::take(&mut *failed_logins.gathered.lock().unwrap()).entry().unwrap();
        assert_eq!(entry.name, "ann");
    }
}
