//! Races between cache fills and changes, and between callers of a single flight and their cancellation: each test runs
//! thousands of interleavings, which a seed determines.

use std::{
    cell::{Cell, RefCell},
    future::Future,
    pin::Pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Instant,
};

use store::feed::{Change, Event};

use super::{
    answers::{Answers, CacheKey, Cached},
    generations::{Generations, StalenessLimits},
};
use crate::{
    auth::verify::single_flight::SingleFlight,
    http::answer::{Answer, Caching},
};

type Task = Pin<Box<dyn Future<Output = ()>>>;

/// A small pseudo-random generator (xorshift): the same seed gives the same interleaving.
struct Rng(u64);

impl Rng {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 20).unwrap() % limit
    }
}

/// Polls tasks in a random order until all of them are done. It needs no waker, because it also polls waiting tasks.
fn run(seed: u64, mut tasks: Vec<Task>) {
    let mut rng = Rng(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    while !tasks.is_empty() {
        let next = rng.below(tasks.len());
        if tasks[next].as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
            drop(tasks.swap_remove(next));
        }
    }
}

/// Yields to the other tasks once.
async fn step() {
    let mut yielded = false;
    std::future::poll_fn(move |_| if std::mem::replace(&mut yielded, true) { Poll::Ready(()) } else { Poll::Pending })
        .await;
}

const PAGE: CacheKey<'static> = CacheKey::Path("a/b");

/// A database with one page, whose body is its version, and a process that caches the page.
struct Simulation {
    generations: Arc<Generations>,
    answers: Answers,
    committed: Cell<u64>,
    /// The newest version whose change event this process has received.
    delivered: Cell<u64>,
    /// Whether a read returned an older version than the delivered one.
    was_stale: Cell<bool>,
}

impl Simulation {
    fn new() -> Rc<Simulation> {
        let generations = Arc::new(Generations::new(StalenessLimits::default()));
        generations.record(&Event::Heartbeat(Instant::now()));
        let answers = Answers::new(generations.clone(), 1 << 20);
        Rc::new(Simulation {
            generations,
            answers,
            committed: Cell::new(0),
            delivered: Cell::new(0),
            was_stale: Cell::new(false),
        })
    }

    async fn change(self: Rc<Simulation>) {
        for _ in 0..3 {
            let version = self.committed.get() + 1;
            self.committed.set(version);
            step().await;
            self.generations.record(&Event::Changed(Change::Page("a".into())));
            self.delivered.set(self.delivered.get().max(version));
            step().await;
        }
    }

    /// Reads the page as `site::resolve` and `site::pages` do: from the cache, or from the database with a fill token.
    async fn read(self: Rc<Simulation>, token_first: bool) {
        for _ in 0..4 {
            let delivered = self.delivered.get();
            let seen = match self.answers.get(PAGE, "") {
                Some(Cached::Answer(answer)) => String::from_utf8_lossy(answer.body()).parse().unwrap(),
                _ => {
                    let early_token = self.answers.fill_token(PAGE);
                    step().await;
                    let version = self.committed.get();
                    step().await;
                    let token = if token_first { early_token } else { self.answers.fill_token(PAGE) };
                    let answer = Answer::html(version.to_string(), Caching::Public);
                    self.answers.insert(token, "", Cached::Answer(answer), None);
                    version
                }
            };
            self.was_stale.set(self.was_stale.get() || seen < delivered);
            step().await;
        }
    }
}

fn is_ever_stale(seeds: u64, token_first: bool) -> bool {
    (0..seeds).any(|seed| {
        let simulation = Simulation::new();
        let mut tasks: Vec<Task> = vec![Box::pin(simulation.clone().change()), Box::pin(simulation.clone().change())];
        tasks.extend((0..4).map(|_| Box::pin(simulation.clone().read(token_first)) as Task));
        run(seed, tasks);
        simulation.was_stale.get()
    })
}

#[test]
fn case_32_a_fill_that_began_before_a_change_is_never_served_after_it() {
    assert!(!is_ever_stale(5_000, true));
}

#[test]
fn a_token_taken_after_the_read_is_detected_as_stale() {
    assert!(is_ever_stale(5_000, false), "the interleavings do not cover the race");
}

#[test]
fn t51_a_single_flight_runs_one_verification_whichever_caller_is_cancelled() {
    for seed in 0..3_000 {
        let single_flight = Rc::new(SingleFlight::<u8, u64>::new());
        let running = Rc::new(Cell::new(0));
        let results = Rc::new(RefCell::new(Vec::new()));
        let caller = |cancelled_after: Option<usize>| -> Task {
            let (single_flight, running, results) = (single_flight.clone(), running.clone(), results.clone());
            Box::pin(async move {
                let counted = Running { count: running, is_counted: Cell::new(false) };
                let operation = single_flight.join(1, || async move {
                    counted.begin();
                    step().await;
                    step().await;
                    counted.end();
                    Ok::<_, ()>(7)
                });
                let mut operation = Box::pin(operation);
                let mut polls = 0;
                let outcome = std::future::poll_fn(|context| {
                    polls += 1;
                    match operation.as_mut().poll(context) {
                        Poll::Pending if cancelled_after == Some(polls) => Poll::Ready(None),
                        Poll::Pending => Poll::Pending,
                        Poll::Ready(outcome) => Poll::Ready(Some(outcome)),
                    }
                });
                if let Some(outcome) = outcome.await {
                    results.borrow_mut().push(outcome);
                }
            })
        };
        run(seed, vec![caller(None), caller(Some(1)), caller(Some(2)), caller(None), caller(Some(2))]);
        assert!(results.borrow().len() >= 2 && results.borrow().iter().all(|outcome| *outcome == Ok(7)));
        assert_eq!(running.get(), 0);
        assert!(single_flight.is_empty(), "seed {seed}");
    }
}

/// Counts running verifications; a dropped one no longer counts.
struct Running {
    count: Rc<Cell<i32>>,
    is_counted: Cell<bool>,
}

impl Running {
    fn begin(&self) {
        self.is_counted.set(true);
        self.count.set(self.count.get() + 1);
        assert_eq!(self.count.get(), 1, "two verifications of the same credentials at once");
    }

    fn end(&self) {
        if self.is_counted.replace(false) {
            self.count.set(self.count.get() - 1);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}
