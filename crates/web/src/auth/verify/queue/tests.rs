//! Tests of the queue; generated ones bound how far anybody is overtaken.

use std::{collections::HashSet, sync::Mutex};

use proptest::prelude::*;

use super::*;
use crate::auth::verify::throttle::Attempt;

const FLOOD: Origin = Origin::V4(1);

fn job(origin: Origin) -> Job {
    Job { origin, retried_after_wait: false, run: Box::new(|| {}) }
}

fn retry(origin: Origin) -> Job {
    Job { retried_after_wait: true, ..job(origin) }
}

fn origin(n: u32) -> Origin {
    Origin::V4(n)
}

fn finish(throttle: &Throttle, origin: Origin, success: bool) {
    let attempt = Attempt { origin, name: [0; 32], credentials: [0; 32] };
    // A network that has to wait has failed already.
    if let Ok(permit) = throttle.acquire(attempt, Instant::now()) {
        permit.finish(success, Instant::now());
    }
}

fn drain(queue: &Queue) -> Vec<Origin> {
    queue.close();
    std::iter::from_fn(|| queue.pop()).map(|job| job.origin).collect()
}

fn filled(capacity: usize, origins: &[u32]) -> (Throttle, Queue) {
    let throttle = Throttle::new();
    let queue = Queue::new(throttle.clone(), capacity);
    for n in origins {
        assert!(queue.push(job(origin(*n))).is_ok(), "{n}");
    }
    (throttle, queue)
}

#[test]
fn client_networks_take_turns_whatever_the_number_of_their_jobs() {
    let (_, queue) = filled(64, &[1, 1, 1, 1, 2, 3, 2]);
    // Each job of 1 is overtaken by as many as stood before it, and not by more.
    assert_eq!(drain(&queue), [1, 2, 1, 3, 1, 2, 1].map(origin));
}

#[test]
fn a_newcomer_is_not_overtaken_by_any_number_of_later_strangers() {
    let (_, queue) = filled(1000, &[1, 2, 3, 4]);
    let newcomer = origin(5);
    assert!(queue.push(job(newcomer)).is_ok());
    let mut served = 0;
    for stranger in 100.. {
        assert!(queue.push(job(origin(stranger))).is_ok());
        served += 1;
        if queue.pop().unwrap().origin == newcomer {
            break;
        }
    }
    assert_eq!(served, 5);
}

#[test]
fn known_client_networks_go_first_and_failing_ones_last_within_the_bound() {
    let (throttle, queue) = filled(64, &[9, 1, 2, 3, 4]);
    // Sign-ins that finish after the push count.
    finish(&throttle, FLOOD, false);
    finish(&throttle, origin(4), true);
    // The first one had nobody before it; 1 had one, and was overtaken once.
    assert_eq!(drain(&queue), [9, 4, 1, 2, 3].map(origin));
}

#[test]
fn a_full_queue_evicts_the_job_that_deserves_its_place_least() {
    let (throttle, queue) = filled(8, &[1, 1, 2, 3, 4, 5, 6, 7]);
    assert!(queue.push(job(origin(8))).is_ok(), "in place of the second job of 1");
    assert!(queue.push(job(origin(9))).is_err(), "no reputation is worse yet");
    assert!(queue.push(retry(origin(9))).is_ok(), "a retry gets a place before first tries");
    finish(&throttle, origin(3), false);
    assert!(queue.push(job(origin(10))).is_ok(), "in place of a failing network");
    assert!(queue.push(job(origin(3))).is_err());
    let mut left = drain(&queue);
    left.sort();
    assert_eq!(left, [1, 2, 4, 5, 6, 7, 9, 10].map(origin));
}

#[test]
fn a_client_network_gets_a_quarter_of_the_places_that_the_others_leave() {
    let (_, queue) = filled(16, &[1, 1, 1, 1]);
    assert!(queue.push(job(FLOOD)).is_err() && !queue.has_room(FLOOD, false));
    for n in 2..14 {
        assert!(queue.push(job(origin(n))).is_ok(), "{n}");
    }
    assert!(queue.push(retry(FLOOD)).is_ok(), "in place of a first try of its own network");
}

#[test]
fn retries_go_before_first_tries_of_their_client_network() {
    let (_, queue) = filled(16, &[2, 1, 1]);
    assert!(queue.push(retry(FLOOD)).is_ok());
    queue.close();
    let served: Vec<_> = std::iter::from_fn(|| queue.pop()).map(|job| job.retried_after_wait).collect();
    assert_eq!(served, [false, true, false, false]);
}

#[test]
fn a_closed_queue_is_emptied_first() {
    let (_, queue) = filled(2, &[1]);
    queue.close();
    assert!(queue.pop().is_some());
    assert!(queue.pop().is_none());
}

#[derive(Clone, Debug)]
enum Step {
    Push { network: u32, retried: bool },
    Pop,
    Finish { network: u32, success: bool },
}

fn step(networks: u32) -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..networks, prop::bool::weighted(0.2)).prop_map(|(network, retried)| Step::Push { network, retried }),
        3 => Just(Step::Pop),
        1 => (0..networks, any::<bool>()).prop_map(|(network, success)| Step::Finish { network, success }),
    ]
}

/// A waiting job: its number by arrival, the number of jobs before it when it arrived, and the number of those that
/// overtook it.
struct QueuedJob {
    number: usize,
    network: u32,
    before: usize,
    overtaken_by: usize,
}

/// Runs steps, and calls `served` with every job that is served, the jobs that still wait, and whether one of them all
/// had been overtaken as often as it may be.
fn run(steps: Vec<Step>, capacity: usize, mut served: impl FnMut(&QueuedJob, &[QueuedJob], bool)) {
    let throttle = Throttle::new();
    let queue = Queue::new(throttle.clone(), capacity);
    // Shows which job is served, and which was evicted.
    let running = Arc::new(Mutex::new(None));
    let alive: Arc<Mutex<Vec<usize>>> = Arc::default();
    struct Ticket(usize, Arc<Mutex<Vec<usize>>>);
    impl Drop for Ticket {
        fn drop(&mut self) {
            self.1.lock().unwrap().retain(|number| *number != self.0);
        }
    }
    let mut waiting: Vec<QueuedJob> = Vec::new();
    let ends = std::iter::repeat_n(Step::Pop, steps.len());
    for (number, step) in steps.clone().into_iter().chain(ends).enumerate() {
        match step {
            Step::Push { network, retried } => {
                let (running, ticket) = (running.clone(), Ticket(number, alive.clone()));
                alive.lock().unwrap().push(number);
                let run = Box::new(move || {
                    let ticket = ticket;
                    *running.lock().unwrap() = Some(ticket.0);
                });
                let pushed = queue.push(Job { origin: origin(network), retried_after_wait: retried, run });
                let accepted = pushed.is_ok();
                drop(pushed);
                // An evicted job no longer counts as one that waited before.
                waiting.retain(|one| alive.lock().unwrap().contains(&one.number));
                if accepted {
                    let before = waiting.len();
                    waiting.push(QueuedJob { number, network, before, overtaken_by: 0 });
                }
                assert!(waiting.len() <= capacity);
            }
            Step::Pop if waiting.is_empty() => {}
            Step::Pop => {
                (queue.pop().unwrap().run)();
                let number = running.lock().unwrap().take().unwrap();
                let at = waiting.iter().position(|one| one.number == number).unwrap();
                let is_bound = waiting.iter().any(|one| one.overtaken_by == one.before);
                let job = waiting.remove(at);
                waiting[..at].iter_mut().for_each(|earlier| earlier.overtaken_by += 1);
                served(&job, &waiting, is_bound);
            }
            Step::Finish { network, success } => finish(&throttle, origin(network), success),
        }
    }
    assert!(waiting.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nobody_is_overtaken_by_more_than_stood_before_them(
        steps in prop::collection::vec(step(12), 0..200),
        capacity in 1..24_usize,
    ) {
        run(steps, capacity, |_, waiting, _| {
            for one in waiting {
                assert!(one.overtaken_by <= one.before, "{} overtook one with {} before it", one.overtaken_by, one.before);
            }
        });
    }

    #[test]
    fn among_equals_a_network_is_served_once_in_a_round_unless_the_bound_forbids_it(steps in prop::collection::vec(step(6), 0..200)) {
        let steps: Vec<Step> = steps.into_iter().filter_map(|step| match step {
            Step::Push { network, .. } => Some(Step::Push { network, retried: false }),
            Step::Pop => Some(Step::Pop),
            Step::Finish { .. } => None,
        }).collect();
        // For each waiting network: the networks that were served since its own turn.
        let mut since: HashMap<u32, HashSet<u32>> = HashMap::new();
        run(steps, 1000, |job, waiting, is_bound| {
            let others: HashSet<u32> =
                waiting.iter().map(|one| one.network).filter(|network| *network != job.network).collect();
            since.retain(|network, _| others.contains(network));
            for other in others {
                let is_first = since.entry(other).or_default().insert(job.network);
                assert!(is_first || is_bound, "{} was served twice while {other} waited", job.network);
            }
        });
    }
}
