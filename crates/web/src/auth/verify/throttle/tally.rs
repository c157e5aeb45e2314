//! Consecutive failures in one scope: those that this instance counted, and those of the others.

use std::time::{Duration, Instant};

/// How long after its last failure another instance counts as being under attack.
const INSTANCE_RECENCY: Duration = Duration::from_secs(60);

/// The failures of a name, of a client network, or of a name from a client network.
pub(super) struct Tally {
    /// The time after the last failure when all of them are forgotten.
    window: Duration,
    own: u32,
    others: u32,
    /// The number of other instances with a recent failure.
    other_instances: u32,
    last_failure: Option<Instant>,
    last_of_others: Option<Instant>,
    /// Whether the own failures are in the database.
    is_shared: bool,
}

/// What the database holds of one scope.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SharedCounts {
    /// The failures that this instance counted; `None` without a row.
    pub own: Option<u32>,
    /// The failures that each other instance counted, and their age.
    pub others: Vec<(u32, Duration)>,
}

impl Tally {
    pub(super) fn new(window: Duration) -> Tally {
        Tally {
            window,
            own: 0,
            others: 0,
            other_instances: 0,
            last_failure: None,
            last_of_others: None,
            is_shared: false,
        }
    }

    /// The failures of all instances.
    pub(super) fn total(&mut self, now: Instant) -> u32 {
        self.expire(now);
        self.own.saturating_add(self.others)
    }

    /// The failures of this instance.
    pub(super) fn own(&self) -> u32 {
        self.own
    }

    /// The number of instances with recent failures in this scope, this one included. Each permits its part of the
    /// attempts.
    pub(super) fn instances(&self) -> u32 {
        1 + self.other_instances
    }

    pub(super) fn last_failure(&self) -> Option<Instant> {
        self.last_failure
    }

    pub(super) fn last_of_others(&self) -> Option<Instant> {
        self.last_of_others
    }

    pub(super) fn fail(&mut self, now: Instant) {
        self.expire(now);
        self.own = self.own.saturating_add(1);
        self.last_failure = Some(now);
    }

    pub(super) fn clear(&mut self) {
        *self = Tally::new(self.window);
    }

    /// Remembers that the own failures were written to the database.
    pub(super) fn set_shared(&mut self) {
        self.is_shared = true;
    }

    /// Takes over what the other instances counted. Where the own row is gone, another instance saw a success.
    pub(super) fn learn(&mut self, shared: &SharedCounts, now: Instant) {
        if self.is_shared && shared.own.is_none() {
            self.own = 0;
            self.is_shared = false;
        }
        let recent = shared.others.iter().filter(|(_, age)| *age < self.window);
        self.others = recent.clone().map(|(failures, _)| *failures).fold(0, u32::saturating_add);
        let instances = shared.others.iter().filter(|(_, age)| *age < INSTANCE_RECENCY).count();
        self.other_instances = u32::try_from(instances).unwrap_or(u32::MAX - 1);
        self.last_of_others = recent.filter_map(|(_, age)| now.checked_sub(*age)).max();
        self.last_failure = self.last_failure.max(self.last_of_others);
    }

    fn expire(&mut self, now: Instant) {
        if self.last_failure.is_some_and(|at| now.saturating_duration_since(at) >= self.window) {
            self.clear();
        }
    }
}
