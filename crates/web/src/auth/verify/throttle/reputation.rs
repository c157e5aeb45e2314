//! The reputation of client networks: who signed in from where.

use std::{
    num::NonZeroUsize,
    time::{Duration, Instant},
};

use lru::LruCache;

use crate::{auth::verify::fingerprint::Fingerprint, http::client::Origin};

/// How long a failure makes a client network [`Reputation::Failing`].
pub(super) const FAILURE_RECENCY: Duration = Duration::from_secs(60);
/// How long a success is remembered: as long as the database remembers its place.
pub(super) const SUCCESS_LIFETIME: Duration = Duration::from_secs(30 * 24 * 3600);

/// The reputation of a client network; the queue serves the smaller one first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reputation {
    /// A sign-in from it succeeded within 30 days.
    Known,
    /// No sign-in from it is remembered.
    Unknown,
    /// A sign-in from it failed within a minute.
    Failing,
}

/// The times until which the last successful sign-ins are remembered, by client network, and by client network and
/// name.
pub(super) struct Successes {
    origins: LruCache<Origin, Instant>,
    pairs: LruCache<(Origin, Fingerprint), Instant>,
}

impl Successes {
    pub(super) fn new(capacity: NonZeroUsize) -> Successes {
        Successes { origins: LruCache::new(capacity), pairs: LruCache::new(capacity) }
    }

    /// Records a success that happened some time ago.
    pub(super) fn record(&mut self, origin: Origin, name: Fingerprint, age: Duration, now: Instant) {
        let until = now + SUCCESS_LIFETIME.saturating_sub(age);
        let origin_until = self.origins.get_or_insert_mut(origin, || until);
        *origin_until = until.max(*origin_until);
        let pair_until = self.pairs.get_or_insert_mut((origin, name), || until);
        *pair_until = until.max(*pair_until);
    }

    pub(super) fn has_origin(&self, origin: Origin, now: Instant) -> bool {
        self.origins.peek(&origin).is_some_and(|until| now < *until)
    }

    pub(super) fn has_pair(&self, origin: Origin, name: Fingerprint, now: Instant) -> bool {
        self.pairs.peek(&(origin, name)).is_some_and(|until| now < *until)
    }
}
