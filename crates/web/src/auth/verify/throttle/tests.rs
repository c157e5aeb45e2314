//! Tests of the throttle with a manual clock.

use super::{bucket::FAILURE_WINDOW, reputation::SUCCESS_LIFETIME, state::CAPACITY, *};

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

/// Fails 100 times at an account, five times from each of 20 client networks.
fn lock(clocked: &ClockedThrottle, first: u32) {
    for n in 0..100 {
        assert_eq!(clocked.fail(attempt(Origin::V4(first + n / 5), 1, n)), Ok(()), "{n}");
    }
}

#[test]
fn a_hundred_failures_lock_an_account_where_they_came_from() {
    let mut clocked = ClockedThrottle::new();
    assert_eq!(clocked.succeed(attempt(THERE, 1, 0)), Ok(()));
    lock(&clocked, 100);
    assert_eq!(clocked.succeed(attempt(Origin::V4(100), 1, 0)), Err(3600));
    assert_eq!(clocked.fail(attempt(Origin::V4(100), 2, 0)), Ok(()), "another account");
    assert_eq!(clocked.succeed(attempt(THERE, 1, 0)), Ok(()), "where its user signed in");
    // A success or a change of the account unlocks it everywhere.
    assert_eq!(clocked.succeed(attempt(HERE, 1, 0)), Ok(()));
    lock(&clocked, 1100);
    assert_eq!(clocked.fail(attempt(Origin::V4(1100), 1, 0)), Err(3600));
    clocked.now += SECOND * 1800;
    assert_eq!(clocked.fail(attempt(Origin::V4(1100), 1, 0)), Err(1800));
    clocked.throttle.reset(&fingerprint(1), clocked.now);
    assert_eq!(clocked.succeed(attempt(Origin::V4(1100), 1, 0)), Ok(()));
}

#[test]
fn a_client_that_waited_where_nobody_guessed_may_try_at_a_locked_account() {
    let mut clocked = ClockedThrottle::new();
    lock(&clocked, 100);
    assert_eq!(clocked.succeed(attempt(HERE, 1, 0)), Err(3));
    clocked.now += SECOND;
    assert_eq!(clocked.succeed(attempt(HERE, 1, 0)), Err(2));
    // Long after the wait, with other credentials, and while others go on guessing.
    clocked.now += SECOND * 300;
    assert_eq!(clocked.fail(attempt(HERE, 1, 7)), Ok(()), "a slip");
    assert_eq!(clocked.succeed(attempt(HERE, 1, 0)), Err(3));
    clocked.now += SECOND * 3;
    assert_eq!(clocked.succeed(attempt(HERE, 1, 0)), Ok(()));
}

#[test]
fn a_client_network_has_three_guesses_at_a_locked_account_and_one_at_a_time() {
    let mut clocked = ClockedThrottle::new();
    lock(&clocked, 100);
    assert_eq!(clocked.fail(attempt(HERE, 1, 1)), Err(3));
    clocked.now += SECOND * 3;
    let permit = clocked.throttle.acquire(attempt(HERE, 1, 1), clocked.now).ok().unwrap();
    assert!(clocked.throttle.acquire(attempt(HERE, 1, 2), clocked.now).is_err());
    permit.finish(false, clocked.now);
    for n in 2..4 {
        clocked.now += SECOND * 3;
        assert_eq!(clocked.fail(attempt(HERE, 1, n)), Ok(()), "{n}");
    }
    clocked.now += SECOND * 3;
    assert_eq!(clocked.succeed(attempt(HERE, 1, 4)), Err(3597));
    // The neighbours in an IPv6 /48 have them together.
    let near = |n: u64| Origin::V6(0x2001_0db8_0001_0000 + n);
    for n in 0..3 {
        assert_eq!(clocked.fail(attempt(near(n), 1, 1)), if n == 0 { Err(3) } else { Ok(()) });
        clocked.now += SECOND * 3;
    }
    assert_eq!(clocked.fail(attempt(near(9), 1, 1)), Ok(()));
    clocked.now += SECOND * 3;
    assert!(clocked.fail(attempt(near(10), 1, 1)).unwrap_err() > 3000);
}

/// What one other instance counted a moment ago.
fn counted(failures: u32) -> SharedCounts {
    SharedCounts { own: None, others: vec![(failures, Duration::ZERO)] }
}

#[test]
fn what_another_instance_counted_delays_an_attempt_here() {
    let mut clocked = ClockedThrottle::new();
    let check = |clocked: &ClockedThrottle, password, shared: &Shared| {
        let permit = clocked.throttle.acquire(attempt(HERE, 1, password), clocked.now).ok().unwrap();
        permit.check(shared, clocked.now).map_err(|wait| wait.as_secs())
    };
    let nine = Shared { network: counted(9), ..Shared::default() };
    assert_eq!(check(&clocked, 0, &nine), Ok(()));
    let twenty = Shared { network: counted(20), ..Shared::default() };
    assert_eq!(check(&clocked, 0, &twenty), Err(3));
    assert!(clocked.throttle.acquire(attempt(HERE, 1, 1), clocked.now).is_err(), "known by now, without the database");
    // Two instances that are guessed at permit half of the attempts each.
    clocked.now += SECOND * 3;
    let older = SharedCounts { own: None, others: vec![(20, SECOND * 3)] };
    assert_eq!(check(&clocked, 9, &Shared { network: older, ..Shared::default() }), Ok(()));
    clocked.now += SECOND * 5;
    assert!(clocked.throttle.acquire(attempt(HERE, 1, 2), clocked.now).is_err());
    clocked.now += SECOND;
    assert!(clocked.throttle.acquire(attempt(HERE, 1, 3), clocked.now).is_ok());
    // An account that others locked, and a place that others know.
    let locked = Shared { account: counted(100), vicinity: counted(5), ..Shared::default() };
    let permit = clocked.throttle.acquire(attempt(THERE, 2, 0), clocked.now).ok().unwrap();
    assert_eq!(permit.check(&locked, clocked.now).unwrap_err().as_secs(), 3600);
    let known = Shared { places: vec![(THERE, SECOND)], ..locked };
    assert!(permit.check(&known, clocked.now).is_ok());
    assert_eq!(clocked.throttle.reputation(THERE, clocked.now), Reputation::Known);
}

#[test]
fn failures_are_handed_on_once_and_a_success_ends_those_of_all_instances() {
    let clocked = ClockedThrottle::new();
    for n in 0..2 {
        clocked.fail(attempt(HERE, 1, n)).unwrap();
    }
    let handed_on = |clocked: &ClockedThrottle| {
        let mut counts = clocked.throttle.take_unshared();
        counts.sort_by_key(|count| count.scope.to_string());
        counts.iter().map(|count| (count.scope.to_string(), count.failures, count.is_after_success)).collect::<Vec<_>>()
    };
    let scopes = ["account", "network 0.0.0.1", "vicinity 0.0.0.1"].map(str::to_owned);
    assert_eq!(handed_on(&clocked), scopes.clone().map(|scope| (scope, 2, false)));
    assert!(handed_on(&clocked).is_empty());
    clocked.succeed(attempt(HERE, 1, 3)).unwrap();
    clocked.fail(attempt(HERE, 1, 4)).unwrap();
    assert_eq!(handed_on(&clocked), scopes.map(|scope| (scope, 1, true)));
    // Nothing is written for sign-ins without failures before them.
    clocked.succeed(attempt(THERE, 2, 0)).unwrap();
    assert!(handed_on(&clocked).is_empty());
    // A success that another instance saw: the rows of this one are gone.
    clocked.fail(attempt(HERE, 3, 0)).unwrap();
    let counts = clocked.throttle.take_unshared();
    clocked.throttle.set_shared(&counts);
    let permit = clocked.throttle.acquire(attempt(HERE, 3, 1), clocked.now).ok().unwrap();
    permit.check(&Shared::default(), clocked.now).unwrap();
    permit.finish(false, clocked.now);
    assert!(clocked.throttle.take_unshared().iter().all(|count| count.failures == 1));
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
