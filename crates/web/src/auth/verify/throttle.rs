//! Wrong passwords cost the one who sends them: growing delays by where they come from and by name, and at most so many
//! in a row for one account. It counts wrong credentials that were verified, and nothing else; it lives in memory, within
//! bounds, and knows no difference between names that exist and names that do not.
//!
//! A delay has two lanes. When it is over, whoever comes first is verified; and whoever was told to wait and comes back
//! with the same credentials has a turn of their own. So a flood of passwords each of which is new cannot keep out somebody
//! with the right one who sits behind the same address.

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use lru::LruCache;

use super::{fingerprint::Fingerprint, retry_tracker::RetryTracker};
use crate::http::client::Origin;

/// The failures after which each delay begins, for one name from one place: people mistype.
const BY_PAIR: [(u32, u64); 3] = [(10, 1), (14, 2), (20, 3)];
/// The same for all names from one place: an office is one place.
const BY_ORIGIN: [(u32, u64); 3] = [(30, 1), (60, 2), (100, 3)];
/// Failures in a row after which an account waits long, wherever they came from (NIST SP 800-63B section 3.2.2).
const BY_ACCOUNT: u32 = 100;
/// How long it waits, after each one more. Places from which its user signed in before are not affected.
const LONG: Duration = Duration::from_secs(3600);
/// After so long without a failure a place is as if there had been none.
const FORGIVEN: Duration = Duration::from_secs(15 * 60);
/// How long a failure stands against a place in the queue.
const RECENT: Duration = Duration::from_secs(60);
/// How long a success speaks for a place.
const REMEMBERED: Duration = Duration::from_secs(24 * 3600);
/// How many places, names and pairs of them are kept: 20 MB when all are full.
const CAPACITY: NonZeroUsize = NonZeroUsize::new(20_000).unwrap();

/// How a place stands: the smaller goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reputation {
    /// Somebody signed in from there.
    Known,
    /// Nothing is known of it.
    Unknown,
    /// A sign-in from there has just failed.
    Failing,
}

/// Counts failures; cheap to clone.
#[derive(Clone)]
pub struct Throttle(Arc<Mutex<State>>);

struct State {
    born: Instant,
    origins: LruCache<Origin, TokenGate>,
    pairs: LruCache<(Origin, Fingerprint), TokenGate>,
    accounts: LruCache<Fingerprint, Account>,
    known_origins: LruCache<Origin, Instant>,
    known_pairs: LruCache<(Origin, Fingerprint), Instant>,
    retries: RetryTracker,
}

#[derive(Default)]
struct TokenGate {
    failures: u32,
    /// Verifications that have begun and not ended.
    pending: u32,
    last_failure: Option<Instant>,
    /// When it opens for whoever comes, and for whoever comes back.
    opens: [Option<Instant>; 2],
}

struct Account {
    failures: u32,
    last_failure: Instant,
}

/// Somebody who wants to have credentials verified.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// Where they are.
    pub origin: Origin,
    /// The name, as [`super::fingerprint::FingerprintKey::of_name`] has it.
    pub name: Fingerprint,
    /// Name and password, as [`super::fingerprint::FingerprintKey::of_credentials`] has them.
    pub credentials: Fingerprint,
}

/// A verification that may run. What comes of it is counted when it is told; one that never ran is not counted.
pub struct Permit {
    throttle: Throttle,
    attempt: Attempt,
    retried_after_wait: bool,
    told: bool,
}

impl Throttle {
    /// Nothing is known of anybody.
    pub fn new() -> Throttle {
        Throttle(Arc::new(Mutex::new(State {
            born: Instant::now(),
            origins: LruCache::new(CAPACITY),
            pairs: LruCache::new(CAPACITY),
            accounts: LruCache::new(CAPACITY),
            known_origins: LruCache::new(CAPACITY),
            known_pairs: LruCache::new(CAPACITY),
            retries: RetryTracker::default(),
        })))
    }

    /// Admits an attempt.
    ///
    /// # Errors
    /// How long to wait before the same credentials are worth another try; whole seconds.
    pub fn acquire(&self, attempt: Attempt, now: Instant) -> Result<Permit, Duration> {
        let retried_after_wait = self.lock().acquire(&attempt, now)?;
        Ok(Permit { throttle: self.clone(), attempt, retried_after_wait, told: false })
    }

    /// Remembers that somebody who was admitted found no room, and was told to come back.
    pub fn reject(&self, attempt: Attempt, wait: Duration, now: Instant) {
        let mut state = self.lock();
        let second = state.second(now);
        state.retries.told(&attempt.credentials, attempt.origin, second, wait.as_secs());
    }

    /// How a place stands now.
    pub fn reputation(&self, origin: Origin, now: Instant) -> Reputation {
        let state = self.lock();
        let failed = state.origins.peek(&origin).and_then(|gate| gate.last_failure);
        if failed.is_some_and(|at| now.saturating_duration_since(at) < RECENT) {
            return Reputation::Failing;
        }
        let known = state.known_origins.peek(&origin);
        match known.is_some_and(|at| now.saturating_duration_since(*at) < REMEMBERED) {
            true => Reputation::Known,
            false => Reputation::Unknown,
        }
    }

    /// Forgets the failures in a row of an account: somebody who may has changed it, perhaps its password.
    pub fn reset(&self, name: &Fingerprint) {
        self.lock().accounts.pop(name);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Throttle {
    fn default() -> Throttle {
        Throttle::new()
    }
}

impl Permit {
    /// Who was admitted.
    pub fn attempt(&self) -> Attempt {
        self.attempt
    }

    /// Whether they were told to wait before, and did.
    pub fn retried_after_wait(&self) -> bool {
        self.retried_after_wait
    }

    /// Tells what came of the verification.
    pub fn end(mut self, success: bool, now: Instant) {
        self.told = true;
        let mut state = self.throttle.lock();
        match success {
            true => state.succeed(&self.attempt, now),
            false => state.fail(&self.attempt, now),
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if !self.told {
            self.throttle.lock().leave(&self.attempt);
        }
    }
}

impl State {
    /// Seconds since the beginning.
    fn second(&self, now: Instant) -> u64 {
        now.saturating_duration_since(self.born).as_secs()
    }

    /// Whether it is a patient one that is admitted.
    fn acquire(&mut self, attempt: &Attempt, now: Instant) -> Result<bool, Duration> {
        let &Attempt { origin, name, credentials } = attempt;
        let second = self.second(now);
        let lane = usize::from(self.retries.has_waited(&credentials, origin, second));
        let by_origin = self.origins.get_or_insert_mut(origin, TokenGate::default);
        // Many people may be signing in from one place at once; only what failed counts against it.
        let origin_delay = delay(&BY_ORIGIN, by_origin.failures(now));
        let by_pair = self.pairs.get_or_insert_mut((origin, name), TokenGate::default);
        let pair_delay = delay(&BY_PAIR, by_pair.failures(now) + by_pair.pending);
        let is_known = self.known_pairs.peek(&(origin, name)).is_some_and(|at| now - *at < REMEMBERED);
        let by_account = match self.accounts.get(&name) {
            Some(account) if !is_known && account.failures >= BY_ACCOUNT => {
                LONG.saturating_sub(now.saturating_duration_since(account.last_failure))
            }
            _ => Duration::ZERO,
        };
        let wait = by_origin.wait(lane, origin_delay, now).max(by_pair.wait(lane, pair_delay, now)).max(by_account);
        if wait > Duration::ZERO {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            self.retries.told(&credentials, origin, second, seconds);
            return Err(Duration::from_secs(seconds));
        }
        by_origin.take(lane, origin_delay, now);
        by_pair.take(lane, pair_delay, now);
        Ok(lane == 1)
    }

    fn succeed(&mut self, attempt: &Attempt, now: Instant) {
        let &Attempt { origin, name, .. } = attempt;
        self.leave(attempt);
        // Not the place's: who has an account could clear it between guesses at others.
        if let Some(gate) = self.pairs.get_mut(&(origin, name)) {
            *gate = TokenGate { pending: gate.pending, ..TokenGate::default() };
        }
        self.accounts.pop(&name);
        self.known_origins.put(origin, now);
        self.known_pairs.put((origin, name), now);
    }

    fn fail(&mut self, attempt: &Attempt, now: Instant) {
        let &Attempt { origin, name, .. } = attempt;
        self.leave(attempt);
        self.origins.get_or_insert_mut(origin, TokenGate::default).fail(&BY_ORIGIN, now);
        self.pairs.get_or_insert_mut((origin, name), TokenGate::default).fail(&BY_PAIR, now);
        let account = self.accounts.get_or_insert_mut(name, || Account { failures: 0, last_failure: now });
        account.failures = account.failures.saturating_add(1);
        account.last_failure = now;
    }

    fn leave(&mut self, attempt: &Attempt) {
        let gates = [self.origins.peek_mut(&attempt.origin), self.pairs.peek_mut(&(attempt.origin, attempt.name))];
        for gate in gates.into_iter().flatten() {
            gate.pending = gate.pending.saturating_sub(1);
        }
    }
}

impl TokenGate {
    /// The failures that still count.
    fn failures(&mut self, now: Instant) -> u32 {
        if self.last_failure.is_some_and(|at| now.saturating_duration_since(at) >= FORGIVEN) {
            *self = TokenGate { pending: self.pending, ..TokenGate::default() };
        }
        self.failures
    }

    fn wait(&self, lane: usize, delay: Duration, now: Instant) -> Duration {
        match self.opens[lane] {
            Some(opens) if !delay.is_zero() => opens.saturating_duration_since(now),
            _ => Duration::ZERO,
        }
    }

    fn take(&mut self, lane: usize, delay: Duration, now: Instant) {
        self.opens[lane] = Some(now + delay);
        self.pending += 1;
    }

    fn fail(&mut self, steps: &[(u32, u64)], now: Instant) {
        self.failures = self.failures(now).saturating_add(1);
        self.last_failure = Some(now);
        let delay = delay(steps, self.failures);
        self.opens[0] = self.opens[0].max(Some(now + delay));
    }
}

/// The delay after so many failures.
fn delay(steps: &[(u32, u64)], failures: u32) -> Duration {
    let step = steps.iter().rev().find(|(from, _)| failures >= *from);
    Duration::from_secs(step.map_or(0, |(_, seconds)| *seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Origin = Origin::V4(1);
    const THERE: Origin = Origin::V4(2);
    const SECOND: Duration = Duration::from_secs(1);

    fn id(n: u32) -> Fingerprint {
        let mut id = [0; 32];
        id[..4].copy_from_slice(&n.to_be_bytes());
        id
    }

    fn attempt(origin: Origin, name: u32, password: u32) -> Attempt {
        Attempt { origin, name: id(name), credentials: id(name.wrapping_mul(1_000_000) + password) }
    }

    /// A throttle and a clock that stands still until it is moved.
    struct Clocked {
        throttle: Throttle,
        now: Instant,
    }

    impl Clocked {
        fn new() -> Clocked {
            let throttle = Throttle::new();
            let now = throttle.lock().born;
            Clocked { throttle, now }
        }

        /// Tries, and fails if it is admitted; how many seconds it was told to wait otherwise.
        fn fail(&self, attempt: Attempt) -> Result<(), u64> {
            let permit = self.throttle.acquire(attempt, self.now).map_err(|wait| wait.as_secs())?;
            permit.end(false, self.now);
            Ok(())
        }

        fn succeed(&self, attempt: Attempt) -> Result<(), u64> {
            let permit = self.throttle.acquire(attempt, self.now).map_err(|wait| wait.as_secs())?;
            permit.end(true, self.now);
            Ok(())
        }
    }

    #[test]
    fn t52_delays_grow_with_the_failures_of_a_name_from_a_place() {
        let mut clock = Clocked::new();
        for n in 0..10 {
            assert_eq!(clock.fail(attempt(HERE, 1, n)), Ok(()), "{n}");
        }
        let mut waits = Vec::new();
        for n in 10..28 {
            let wait = clock.fail(attempt(HERE, 1, n)).unwrap_err();
            waits.push(wait);
            clock.now += SECOND * u32::try_from(wait).unwrap();
            assert_eq!(clock.fail(attempt(HERE, 1, 100 + n)), Ok(()), "after the wait anybody may try");
        }
        assert_eq!((waits[0], waits[17]), (1, 3));
        assert!(waits.is_sorted());
        // Neither another name from there nor the same name from elsewhere waits with it.
        assert_eq!(clock.succeed(attempt(HERE, 2, 0)), Ok(()));
        assert_eq!(clock.succeed(attempt(THERE, 1, 0)), Ok(()));
    }

    #[test]
    fn many_names_from_one_place_wait_together() {
        let clock = Clocked::new();
        for n in 0..30 {
            assert_eq!(clock.fail(attempt(HERE, n, 0)), Ok(()), "{n}");
        }
        assert_eq!(clock.fail(attempt(HERE, 99, 0)), Err(1));
        assert_eq!(clock.succeed(attempt(THERE, 99, 0)), Ok(()));
    }

    #[test]
    fn guesses_at_once_are_counted_before_any_has_ended() {
        let clock = Clocked::new();
        let turns: Vec<_> = (0..64).map(|n| clock.throttle.acquire(attempt(HERE, 1, n), clock.now)).collect();
        // The tenth pays for the eleventh.
        assert_eq!(turns.iter().filter(|permit| permit.is_ok()).count(), 11);
        drop(turns);
        assert_eq!(clock.fail(attempt(HERE, 1, 65)), Ok(()), "what never ran is not counted");
    }

    #[test]
    fn people_at_once_from_one_place_do_not_wait() {
        let clock = Clocked::new();
        let turns: Vec<_> = (0..200).map(|n| clock.throttle.acquire(attempt(HERE, n, 0), clock.now)).collect();
        assert!(turns.iter().all(Result::is_ok));
    }

    #[test]
    fn somebody_patient_is_let_in_behind_the_address_of_a_flood() {
        let mut clock = Clocked::new();
        let mut password = 1;
        let mut flood = |clock: &Clocked| {
            for _ in 0..1000 {
                password += 1;
                let _mostly_refused = clock.fail(attempt(HERE, 1, password));
            }
        };
        for _ in 0..60 {
            flood(&clock);
            clock.now += SECOND / 4;
        }
        let right = attempt(HERE, 1, 0);
        let told = clock.succeed(right).unwrap_err();
        assert!(told <= 3);
        for _ in 0..told * 4 {
            flood(&clock);
            clock.now += SECOND / 4;
        }
        flood(&clock);
        assert_eq!(clock.succeed(right), Ok(()));
    }

    #[test]
    fn the_patient_lane_is_no_faster_than_the_other() {
        let mut clock = Clocked::new();
        for n in 0..40 {
            let _ = clock.fail(attempt(HERE, 1, n));
            clock.now += SECOND * 3;
        }
        // Guesses that all come back when they are told: 20 in each second.
        let mut verified = 0;
        for second in 0..60 {
            for n in 0..20 {
                verified += u32::from(clock.fail(attempt(HERE, 1, 1000 + second % 6 * 20 + n)).is_ok());
            }
            clock.now += SECOND;
        }
        assert!(verified <= 2 * 60 / 3 + 2, "{verified}");
    }

    #[test]
    fn after_a_hundred_failures_an_account_waits_long_but_not_where_its_user_signed_in() {
        let mut clock = Clocked::new();
        assert_eq!(clock.succeed(attempt(THERE, 1, 0)), Ok(()));
        for n in 0..100 {
            assert_eq!(clock.fail(attempt(Origin::V4(100 + n / 5), 1, n)), Ok(()), "{n}");
        }
        assert_eq!(clock.succeed(attempt(HERE, 1, 0)), Err(3600));
        assert_eq!(clock.fail(attempt(HERE, 2, 0)), Ok(()), "another account");
        assert_eq!(clock.succeed(attempt(THERE, 1, 0)), Ok(()));
        // A success clears it for everybody, and so does a change of the account.
        assert_eq!(clock.succeed(attempt(HERE, 1, 0)), Ok(()));
        for n in 0..100 {
            let _ = clock.fail(attempt(Origin::V4(1100 + n / 5), 1, n));
        }
        assert_eq!(clock.fail(attempt(Origin::V4(9), 1, 0)), Err(3600));
        clock.now += SECOND * 1800;
        assert_eq!(clock.fail(attempt(Origin::V4(9), 1, 0)), Err(1800));
        clock.throttle.reset(&id(1));
        assert_eq!(clock.succeed(attempt(Origin::V4(9), 1, 0)), Ok(()));
    }

    #[test]
    fn a_success_clears_its_name_and_not_its_place() {
        let mut clock = Clocked::new();
        for n in 0..35 {
            while clock.fail(attempt(HERE, n, 0)).is_err() {
                clock.now += SECOND;
            }
        }
        clock.now += SECOND * 3;
        assert_eq!(clock.succeed(attempt(HERE, 77, 0)), Ok(()));
        assert_eq!(clock.fail(attempt(HERE, 99, 0)), Err(1));
        clock.now += FORGIVEN;
        for n in 100..120 {
            assert_eq!(clock.fail(attempt(HERE, n, 0)), Ok(()), "forgiven");
        }
    }

    #[test]
    fn standing_follows_from_what_happened_last() {
        let mut clock = Clocked::new();
        let reputation = |clock: &Clocked| clock.throttle.reputation(HERE, clock.now);
        assert_eq!(reputation(&clock), Reputation::Unknown);
        clock.succeed(attempt(HERE, 1, 0)).unwrap();
        assert_eq!(reputation(&clock), Reputation::Known);
        clock.fail(attempt(HERE, 1, 1)).unwrap();
        assert_eq!(reputation(&clock), Reputation::Failing);
        clock.now += RECENT;
        assert_eq!(reputation(&clock), Reputation::Known);
        clock.now += REMEMBERED;
        assert_eq!(reputation(&clock), Reputation::Unknown);
    }

    #[test]
    fn case_24_names_and_places_without_end_take_bounded_memory() {
        let clock = Clocked::new();
        for n in 0..50_000 {
            clock.fail(attempt(Origin::V4(n), n, 0)).unwrap();
        }
        let state = clock.throttle.lock();
        let sizes = [state.origins.len(), state.pairs.len(), state.accounts.len()];
        assert!(sizes.iter().all(|size| *size <= CAPACITY.get()), "{sizes:?}");
    }
}
