//! Fills against changes, and flights against those who leave them, in thousands of orders that a seed decides.

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

/// Random enough for an order, and the same for the same seed.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 20).unwrap() % sides
    }
}

/// Polls one task after the other, whichever the dice say, until all are done. A task that waits for another is polled in
/// vain.
fn run(seed: u64, mut tasks: Vec<Task>) {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    while !tasks.is_empty() {
        let next = dice.throw(tasks.len());
        if tasks[next].as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
            drop(tasks.swap_remove(next));
        }
    }
}

/// Lets the others go first, once.
async fn step() {
    let mut gone = false;
    std::future::poll_fn(move |_| if std::mem::replace(&mut gone, true) { Poll::Ready(()) } else { Poll::Pending })
        .await;
}

const PAGE: CacheKey<'static> = CacheKey::Path("a/b", 0);

/// A page whose body is its version, in a database, and a process that keeps it.
struct World {
    generations: Arc<Generations>,
    answers: Answers,
    committed: Cell<u64>,
    /// The version of which this process has been told.
    told: Cell<u64>,
    stale: Cell<bool>,
}

impl World {
    fn new() -> Rc<World> {
        let generations = Arc::new(Generations::new(StalenessLimits::default()));
        generations.note(&Event::Heartbeat(Instant::now()));
        let answers = Answers::new(generations.clone(), 1 << 20);
        Rc::new(World { generations, answers, committed: Cell::new(0), told: Cell::new(0), stale: Cell::new(false) })
    }

    async fn change(self: Rc<World>) {
        for _ in 0..3 {
            let version = self.committed.get() + 1;
            self.committed.set(version);
            step().await;
            self.generations.note(&Event::Changed(Change::Page("a".into())));
            self.told.set(self.told.get().max(version));
            step().await;
        }
    }

    /// As `resolve` and `pages` do it: ask memory, else take a token, read, and keep.
    async fn read(self: Rc<World>, ticket_first: bool) {
        for _ in 0..4 {
            let told = self.told.get();
            let seen = match self.answers.get(PAGE, "") {
                Some(Cached::Answer(answer)) => String::from_utf8_lossy(answer.body()).parse().unwrap(),
                _ => {
                    let early = self.answers.fill_token(PAGE);
                    step().await;
                    let version = self.committed.get();
                    step().await;
                    let token = if ticket_first { early } else { self.answers.fill_token(PAGE) };
                    let answer = Answer::html(version.to_string(), Caching::Public);
                    self.answers.insert(token, "", Cached::Answer(answer), None);
                    version
                }
            };
            self.stale.set(self.stale.get() || seen < told);
            step().await;
        }
    }
}

fn is_ever_stale(seeds: u64, ticket_first: bool) -> bool {
    (0..seeds).any(|seed| {
        let world = World::new();
        let mut tasks: Vec<Task> = vec![Box::pin(world.clone().change()), Box::pin(world.clone().change())];
        tasks.extend((0..4).map(|_| Box::pin(world.clone().read(ticket_first)) as Task));
        run(seed, tasks);
        world.stale.get()
    })
}

#[test]
fn case_32_a_fill_that_began_before_a_change_is_never_answered_after_it() {
    assert!(!is_ever_stale(5_000, true));
}

#[test]
fn a_ticket_taken_after_reading_would_be_found_out() {
    assert!(is_ever_stale(5_000, false), "the orders that are tried show nothing");
}

#[test]
fn t51_a_flight_is_one_verification_whoever_leaves_it() {
    for seed in 0..3_000 {
        let flights = Rc::new(SingleFlight::<u8, u64>::new());
        let (running, landed) = (Rc::new(Cell::new(0)), Rc::new(RefCell::new(Vec::new())));
        let passenger = |leaves_after: Option<usize>| -> Task {
            let (flights, running, landed) = (flights.clone(), running.clone(), landed.clone());
            Box::pin(async move {
                let counted = Running { count: running, is_counted: Cell::new(false) };
                let flight = flights.join(1, || async move {
                    counted.begin();
                    step().await;
                    step().await;
                    counted.end();
                    Ok::<_, ()>(7)
                });
                let mut flight = Box::pin(flight);
                let mut polls = 0;
                let outcome = std::future::poll_fn(|context| {
                    polls += 1;
                    match flight.as_mut().poll(context) {
                        Poll::Pending if leaves_after == Some(polls) => Poll::Ready(None),
                        Poll::Pending => Poll::Pending,
                        Poll::Ready(outcome) => Poll::Ready(Some(outcome)),
                    }
                });
                if let Some(outcome) = outcome.await {
                    landed.borrow_mut().push(outcome);
                }
            })
        };
        run(seed, vec![passenger(None), passenger(Some(1)), passenger(Some(2)), passenger(None), passenger(Some(2))]);
        assert!(landed.borrow().len() >= 2 && landed.borrow().iter().all(|outcome| *outcome == Ok(7)));
        assert_eq!(running.get(), 0);
        assert!(flights.is_empty(), "seed {seed}");
    }
}

/// Counts what runs; what is dropped runs no more.
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
