//! Token buckets: the failures of a client network, or of a name from a client network, and the delay that follows.

use std::time::{Duration, Instant};

/// Growing delays: from each number of failures on, a delay in seconds.
pub(super) type Delays = [(u32, u64); 3];

/// The delays for one name from one client network: people mistype.
pub(super) const PAIR_DELAYS: Delays = [(10, 1), (14, 2), (20, 3)];
/// The delays for all names from one client network: an office shares one.
pub(super) const ORIGIN_DELAYS: Delays = [(30, 1), (60, 2), (100, 3)];
/// The time after the last failure when a bucket forgets all of them.
pub(super) const FAILURE_WINDOW: Duration = Duration::from_secs(15 * 60);

/// The lane of an attempt. Each lane passes one attempt per delay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    /// New credentials.
    FirstTry,
    /// Credentials that already waited.
    Retry,
}

/// The failures of one client network or pair, and the next attempt that it permits.
pub(super) struct Bucket {
    delays: &'static Delays,
    failures: u32,
    /// The number of permitted attempts that have not finished.
    pending: u32,
    last_failure: Option<Instant>,
    /// The next permitted attempt of each [`Lane`].
    next: [Option<Instant>; 2],
}

impl Bucket {
    pub(super) fn new(delays: &'static Delays) -> Bucket {
        Bucket { delays, failures: 0, pending: 0, last_failure: None, next: [None; 2] }
    }

    /// The delay after the failures so far.
    pub(super) fn delay(&mut self, now: Instant) -> Duration {
        self.expire(now);
        self.delay_after(self.failures)
    }

    /// The delay if every pending attempt fails.
    pub(super) fn delay_with_pending(&mut self, now: Instant) -> Duration {
        self.expire(now);
        self.delay_after(self.failures + self.pending)
    }

    /// The time until the next permitted attempt of a lane.
    pub(super) fn wait(&self, lane: Lane, delay: Duration, now: Instant) -> Duration {
        match self.next[lane as usize] {
            Some(next) if !delay.is_zero() => next.saturating_duration_since(now),
            _ => Duration::ZERO,
        }
    }

    /// Permits an attempt.
    pub(super) fn take(&mut self, lane: Lane, delay: Duration, now: Instant) {
        self.next[lane as usize] = Some(now + delay);
        self.pending += 1;
    }

    /// Ends a pending attempt.
    pub(super) fn release(&mut self) {
        self.pending = self.pending.saturating_sub(1);
    }

    /// Counts a failure, and delays the next first try.
    pub(super) fn fail(&mut self, now: Instant) {
        self.expire(now);
        self.failures = self.failures.saturating_add(1);
        self.last_failure = Some(now);
        let next = now + self.delay_after(self.failures);
        let first_try = &mut self.next[Lane::FirstTry as usize];
        *first_try = (*first_try).max(Some(next));
    }

    pub(super) fn failed_within(&self, period: Duration, now: Instant) -> bool {
        self.last_failure.is_some_and(|at| now.saturating_duration_since(at) < period)
    }

    /// Forgets the failures and the delays. Pending attempts stay, because each of them is still released.
    pub(super) fn clear(&mut self) {
        *self = Bucket { pending: self.pending, ..Bucket::new(self.delays) };
    }

    fn expire(&mut self, now: Instant) {
        if self.last_failure.is_some_and(|at| now.saturating_duration_since(at) >= FAILURE_WINDOW) {
            self.clear();
        }
    }

    fn delay_after(&self, failures: u32) -> Duration {
        let step = self.delays.iter().rev().find(|(from, _)| failures >= *from);
        Duration::from_secs(step.map_or(0, |(_, seconds)| *seconds))
    }
}
