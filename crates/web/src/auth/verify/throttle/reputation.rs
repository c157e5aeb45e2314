//! The reputation of client networks: who signed in from where.

use std::{
    num::NonZeroUsize,
    time::{Duration, Instant},
};

use lru::LruCache;

use crate::{auth::verify::fingerprint::Fingerprint, http::client::Origin};

/// How long a failure makes a client network [`Reputation::Failing`].
pub(super) const FAILURE_RECENCY: Duration = Duration::from_secs(60);
/// How long a success is remembered.
pub(super) const SUCCESS_LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// The reputation of a client network; the queue serves the smaller one first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reputation {
    /// A sign-in from it succeeded within a day.
    Known,
    /// No sign-in from it is remembered.
    Unknown,
    /// A sign-in from it failed within a minute.
    Failing,
}

/// The last successful sign-ins, by client network, and by client network and name.
pub(super) struct Successes {
    origins: LruCache<Origin, Instant>,
    pairs: LruCache<(Origin, Fingerprint), Instant>,
}

impl Successes {
    pub(super) fn new(capacity: NonZeroUsize) -> Successes {
        Successes { origins: LruCache::new(capacity), pairs: LruCache::new(capacity) }
    }

    pub(super) fn record(&mut self, origin: Origin, name: Fingerprint, now: Instant) {
        self.origins.put(origin, now);
        self.pairs.put((origin, name), now);
    }

    pub(super) fn has_origin(&self, origin: Origin, now: Instant) -> bool {
        self.origins.peek(&origin).is_some_and(|at| is_remembered(*at, now))
    }

    pub(super) fn has_pair(&self, origin: Origin, name: Fingerprint, now: Instant) -> bool {
        self.pairs.peek(&(origin, name)).is_some_and(|at| is_remembered(*at, now))
    }
}

fn is_remembered(at: Instant, now: Instant) -> bool {
    now.saturating_duration_since(at) < SUCCESS_LIFETIME
}
