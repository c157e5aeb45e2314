//! Token buckets: the failures of a client network, or of a name from a client network, and the delay that follows.

use std::time::{Duration, Instant};

use super::tally::{SharedCounts, Tally};

/// Growing delays: numbers of failures, each with the delay in seconds from that number on.
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

impl Lane {
    /// The lane of an attempt that waited, or did not.
    pub(super) fn of(retried_after_wait: bool) -> Lane {
        if retried_after_wait { Lane::Retry } else { Lane::FirstTry }
    }
}

/// The failures of one client network or pair, and the next attempt that it permits.
pub(super) struct Bucket {
    delays: &'static Delays,
    tally: Tally,
    /// The number of permitted attempts that have not finished.
    pending: u32,
    /// The next permitted attempt of each [`Lane`].
    next: [Option<Instant>; 2],
}

impl Bucket {
    pub(super) fn new(delays: &'static Delays) -> Bucket {
        Bucket { delays, tally: Tally::new(FAILURE_WINDOW), pending: 0, next: [None; 2] }
    }

    /// The delay after the failures so far.
    pub(super) fn delay(&mut self, now: Instant) -> Duration {
        self.delay_after(0, now)
    }

    /// The delay if every pending attempt fails.
    pub(super) fn delay_with_pending(&mut self, now: Instant) -> Duration {
        self.delay_after(self.pending, now)
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

    /// Takes over the counts of other instances, after an attempt was permitted without them. Returns how long that
    /// attempt has to wait after all.
    pub(super) fn learn(&mut self, lane: Lane, shared: &SharedCounts, now: Instant) -> Duration {
        self.tally.learn(shared, now);
        let delay = self.delay_after(self.pending.saturating_sub(1), now);
        let since_others = self.tally.last_of_others().map(|at| now.saturating_duration_since(at));
        let wait = match (lane, since_others) {
            // First tries are delayed by any failure, wherever it was counted.
            (Lane::FirstTry, Some(since)) => (delay / self.tally.instances()).saturating_sub(since),
            _ => Duration::ZERO,
        };
        let next = &mut self.next[lane as usize];
        *next = (*next).max(Some(now + if wait.is_zero() { delay } else { wait }));
        wait
    }

    /// Ends a pending attempt.
    pub(super) fn release(&mut self) {
        self.pending = self.pending.saturating_sub(1);
    }

    /// Counts a failure, and delays the next first try.
    pub(super) fn fail(&mut self, now: Instant) {
        self.tally.fail(now);
        let next = now + self.delay(now);
        let first_try = &mut self.next[Lane::FirstTry as usize];
        *first_try = (*first_try).max(Some(next));
    }

    pub(super) fn failed_within(&self, period: Duration, now: Instant) -> bool {
        self.tally.last_failure().is_some_and(|at| now.saturating_duration_since(at) < period)
    }

    /// Whether the last failure was before this moment, or at it.
    pub(super) fn failed_before(&self, moment: Instant) -> bool {
        self.tally.last_failure().is_some_and(|at| at <= moment)
    }

    /// The failures.
    pub(super) fn tally(&mut self) -> &mut Tally {
        &mut self.tally
    }

    /// Forgets the failures and the delays. Pending attempts stay, because each of them is still released.
    pub(super) fn clear(&mut self) {
        *self = Bucket { pending: self.pending, ..Bucket::new(self.delays) };
    }

    /// The delay after some more failures. If several instances are under attack, each permits its part of the
    /// attempts.
    fn delay_after(&mut self, more: u32, now: Instant) -> Duration {
        let failures = self.tally.total(now).saturating_add(more);
        let step = self.delays.iter().rev().find(|(from, _)| failures >= *from);
        Duration::from_secs(step.map_or(0, |(_, seconds)| *seconds)) * self.tally.instances()
    }
}
