//! Tests of the throttle with a manual clock.

use super::{bucket::FAILURE_WINDOW, reputation::SUCCESS_LIFETIME, *};

const HERE: Origin = Origin::V4(1);
const THERE: Origin = Origin::V4(2);
const SECOND: Duration = Duration::from_secs(1);

fn fingerprint(n: u32) -> Fingerprint {
    let mut fingerprint = [0; 32];
    fingerprint[..4].copy_from_slice(&n.to_be_bytes());
    fingerprint
}

fn attempt(origin: Origin, name: u32, password: u32) -> Attempt {
    let credentials = fingerprint(name.wrapping_mul(1_000_000) + password);
    Attempt { origin, name: fingerprint(name), credentials }
}

/// A throttle with a manual clock.
struct ClockedThrottle {
    throttle: Throttle,
    now: Instant,
}

impl ClockedThrottle {
    fn new() -> ClockedThrottle {
        let throttle = Throttle::new();
        let now = throttle.lock().epoch;
        ClockedThrottle { throttle, now }
    }

    /// Makes a failing attempt; the error is the wait in seconds.
    fn fail(&self, attempt: Attempt) -> Result<(), u64> {
        self.finish(attempt, false)
    }

    /// Makes a succeeding attempt; the error is the wait in seconds.
    fn succeed(&self, attempt: Attempt) -> Result<(), u64> {
        self.finish(attempt, true)
    }

    fn finish(&self, attempt: Attempt, success: bool) -> Result<(), u64> {
        let permit = self.throttle.acquire(attempt, self.now).map_err(|wait| wait.as_secs())?;
        permit.finish(success, self.now);
        Ok(())
    }
}

#[test]
fn t52_delays_grow_with_the_failures_of_a_name_from_a_client_network() {
    let mut clocked = ClockedThrottle::new();
    for n in 0..10 {
        assert_eq!(clocked.fail(attempt(HERE, 1, n)), Ok(()), "{n}");
    }
    let mut waits = Vec::new();
    for n in 10..28 {
        let wait = clocked.fail(attempt(HERE, 1, n)).unwrap_err();
        waits.push(wait);
        clocked.now += SECOND * u32::try_from(wait).unwrap();
        assert_eq!(clocked.fail(attempt(HERE, 1, 100 + n)), Ok(()), "a first try is permitted after the wait");
    }
    assert_eq!((waits[0], waits[17]), (1, 3));
    assert!(waits.is_sorted());
    // Neither another name from the same network nor the same name from another network is delayed.
    assert_eq!(clocked.succeed(attempt(HERE, 2, 0)), Ok(()));
    assert_eq!(clocked.succeed(attempt(THERE, 1, 0)), Ok(()));
}

#[test]
fn many_names_from_one_client_network_share_a_delay() {
    let clocked = ClockedThrottle::new();
    for n in 0..30 {
        assert_eq!(clocked.fail(attempt(HERE, n, 0)), Ok(()), "{n}");
    }
    assert_eq!(clocked.fail(attempt(HERE, 99, 0)), Err(1));
    assert_eq!(clocked.succeed(attempt(THERE, 99, 0)), Ok(()));
}

#[test]
fn concurrent_guesses_count_before_any_of_them_has_finished() {
    let clocked = ClockedThrottle::new();
    let permits: Vec<_> = (0..64).map(|n| clocked.throttle.acquire(attempt(HERE, 1, n), clocked.now)).collect();
    // The eleventh is permitted: it is the first one with a delay, and delays the twelfth.
    assert_eq!(permits.iter().filter(|permit| permit.is_ok()).count(), 11);
    drop(permits);
    assert_eq!(clocked.fail(attempt(HERE, 1, 65)), Ok(()), "attempts that never ran do not count");
}

#[test]
fn concurrent_people_from_one_client_network_do_not_wait() {
    let clocked = ClockedThrottle::new();
    let permits: Vec<_> = (0..200).map(|n| clocked.throttle.acquire(attempt(HERE, n, 0), clocked.now)).collect();
    assert!(permits.iter().all(Result::is_ok));
}

#[test]
fn a_retry_after_the_wait_is_permitted_during_a_flood_from_the_same_address() {
    let mut clocked = ClockedThrottle::new();
    let mut password = 1;
    let mut flood = |clocked: &ClockedThrottle| {
        for _ in 0..1000 {
            password += 1;
            let _mostly_rejected = clocked.fail(attempt(HERE, 1, password));
        }
    };
    for _ in 0..60 {
        flood(&clocked);
        clocked.now += SECOND / 4;
    }
    let right = attempt(HERE, 1, 0);
    let wait = clocked.succeed(right).unwrap_err();
    assert!(wait <= 3);
    for _ in 0..wait * 4 {
        flood(&clocked);
        clocked.now += SECOND / 4;
    }
    flood(&clocked);
    assert_eq!(clocked.succeed(right), Ok(()));
}

#[test]
fn the_retry_lane_is_no_faster_than_the_other() {
    let mut clocked = ClockedThrottle::new();
    for n in 0..40 {
        let _ = clocked.fail(attempt(HERE, 1, n));
        clocked.now += SECOND * 3;
    }
    // 20 guesses per second, each of which retries after its wait.
    let mut verified = 0;
    for second in 0..60 {
        for n in 0..20 {
            verified += u32::from(clocked.fail(attempt(HERE, 1, 1000 + second % 6 * 20 + n)).is_ok());
        }
        clocked.now += SECOND;
    }
    assert!(verified <= 2 * 60 / 3 + 2, "{verified}");
}

#[test]
fn a_hundred_failures_lock_an_account_except_where_its_user_signed_in() {
    let mut clocked = ClockedThrottle::new();
    assert_eq!(clocked.succeed(attempt(THERE, 1, 0)), Ok(()));
    for n in 0..100 {
        assert_eq!(clocked.fail(attempt(Origin::V4(100 + n / 5), 1, n)), Ok(()), "{n}");
    }
    assert_eq!(clocked.succeed(attempt(HERE, 1, 0)), Err(3600));
    assert_eq!(clocked.fail(attempt(HERE, 2, 0)), Ok(()), "another account");
    assert_eq!(clocked.succeed(attempt(THERE, 1, 0)), Ok(()));
    // A success or a change of the account unlocks it everywhere.
    assert_eq!(clocked.succeed(attempt(HERE, 1, 0)), Ok(()));
    for n in 0..100 {
        let _ = clocked.fail(attempt(Origin::V4(1100 + n / 5), 1, n));
    }
    assert_eq!(clocked.fail(attempt(Origin::V4(9), 1, 0)), Err(3600));
    clocked.now += SECOND * 1800;
    assert_eq!(clocked.fail(attempt(Origin::V4(9), 1, 0)), Err(1800));
    clocked.throttle.reset(&fingerprint(1));
    assert_eq!(clocked.succeed(attempt(Origin::V4(9), 1, 0)), Ok(()));
}

#[test]
fn a_success_clears_its_name_and_not_its_client_network() {
    let mut clocked = ClockedThrottle::new();
    for n in 0..35 {
        while clocked.fail(attempt(HERE, n, 0)).is_err() {
            clocked.now += SECOND;
        }
    }
    clocked.now += SECOND * 3;
    assert_eq!(clocked.succeed(attempt(HERE, 77, 0)), Ok(()));
    assert_eq!(clocked.fail(attempt(HERE, 99, 0)), Err(1));
    clocked.now += FAILURE_WINDOW;
    for n in 100..120 {
        assert_eq!(clocked.fail(attempt(HERE, n, 0)), Ok(()), "the failures have expired");
    }
}

#[test]
fn the_reputation_follows_the_last_sign_ins() {
    let mut clocked = ClockedThrottle::new();
    let reputation = |clocked: &ClockedThrottle| clocked.throttle.reputation(HERE, clocked.now);
    assert_eq!(reputation(&clocked), Reputation::Unknown);
    clocked.succeed(attempt(HERE, 1, 0)).unwrap();
    assert_eq!(reputation(&clocked), Reputation::Known);
    clocked.fail(attempt(HERE, 1, 1)).unwrap();
    assert_eq!(reputation(&clocked), Reputation::Failing);
    clocked.now += FAILURE_RECENCY;
    assert_eq!(reputation(&clocked), Reputation::Known);
    clocked.now += SUCCESS_LIFETIME;
    assert_eq!(reputation(&clocked), Reputation::Unknown);
}

#[test]
fn case_24_any_number_of_names_and_client_networks_takes_bounded_memory() {
    let clocked = ClockedThrottle::new();
    for n in 0..50_000 {
        clocked.fail(attempt(Origin::V4(n), n, 0)).unwrap();
    }
    let state = clocked.throttle.lock();
    let sizes = [state.origins.len(), state.pairs.len(), state.lockouts.len()];
    assert!(sizes.iter().all(|size| *size <= CAPACITY.get()), "{sizes:?}");
}
