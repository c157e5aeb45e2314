//! The source of change notifications: LISTEN on PostgreSQL, `PRAGMA data_version` and the table `changes` on SQLite.

mod postgres;
mod sqlite;
mod triggers;

use std::time::Instant;

use super::{beat::Beat, change::Change};
use crate::{Result, pool::Manager, url::Kind};
use postgres::Subscription;
use sqlite::Journal;

/// A connection that receives change notifications.
pub(super) enum Source {
    Postgres(Box<Subscription>),
    Sqlite(Box<Journal>),
}

impl Source {
    /// Connects; every change committed from now on is received. The connections of the pool must lead to the same server
    /// or file from now on.
    pub(super) fn open(manager: &Manager) -> Result<Source> {
        match manager.url().kind() {
            Kind::Sqlite(file) => Ok(Source::Sqlite(Box::new(Journal::open(file, manager.expected())?))),
            Kind::Postgres(url) => Ok(Source::Postgres(Box::new(Subscription::open(url, manager.expected())?))),
        }
    }

    /// The changes received since the last call, without waiting for the server.
    pub(super) fn poll(&mut self) -> Result<Vec<Change>> {
        match self {
            Source::Postgres(subscription) => subscription.received(),
            Source::Sqlite(journal) => journal.read(),
        }
    }

    /// Whether a heartbeat waits for the answer of a server.
    pub(super) fn asks_a_server(&self) -> bool {
        matches!(self, Source::Postgres(_))
    }

    /// Proves that changes arrive, and returns those that did.
    pub(super) fn heartbeat(&mut self) -> Result<Beat> {
        match self {
            Source::Postgres(subscription) => subscription.heartbeat(),
            Source::Sqlite(journal) => {
                let now = Instant::now();
                let changes = journal.read()?;
                Ok(Beat { changes, polled_at: now, proven_up_to: journal.is_current().then_some(now) })
            }
        }
    }
}
