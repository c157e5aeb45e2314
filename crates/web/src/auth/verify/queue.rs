//! A bounded queue of verifications, fair between client networks.
//!
//! Networks take turns: each is served once in a round, a new one joins at the end, and known networks go before unknown
//! and failing ones. Within one network, retries after a wait go before first tries. Whatever the preference, a job is
//! overtaken by at most as many later jobs as stood before it when it arrived. See docs/decisions/0025.

use std::{
    collections::HashMap,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use super::throttle::{Reputation, Throttle};
use crate::http::client::Origin;

/// One client network gets at most one in this number of the slots that the others leave.
const SHARE: usize = 4;

/// The work of one attempt. A job that is evicted is dropped without running.
pub struct Job {
    /// The network of the client.
    pub origin: Origin,
    /// Whether the client was asked to wait, waited, and retries.
    pub retried_after_wait: bool,
    /// The work.
    pub run: Box<dyn FnOnce() + Send>,
}

/// The queue; cheap to clone.
#[derive(Clone)]
pub struct Queue {
    shared: Arc<(Mutex<State>, Condvar)>,
    throttle: Throttle,
    capacity: usize,
}

#[derive(Default)]
struct State {
    /// In the order of arrival.
    waiting: Vec<Waiting>,
    /// The turn of each waiting network: the smallest is next in the round.
    turns: HashMap<Origin, u64>,
    last_turn: u64,
    closed: bool,
}

struct Waiting {
    job: Job,
    /// The number of jobs that waited when this one arrived, which is also the number of later ones that may overtake
    /// it.
    before: usize,
    /// The number of later jobs that were served.
    overtaken_by: usize,
}

/// The rank of a job in a full queue; the job with the largest is evicted.
type Standing = (u8, usize);

impl Queue {
    /// An empty queue of at most `capacity` jobs.
    pub fn new(throttle: Throttle, capacity: usize) -> Queue {
        Queue { shared: Arc::default(), throttle, capacity }
    }

    /// Adds a job. A full queue evicts the waiting job with the worst standing, if it is worse than that of the new
    /// one.
    ///
    /// # Errors
    /// The job, when there is no room, or when its network already has its share of the slots.
    pub fn push(&self, job: Job) -> Result<(), Job> {
        let mut state = self.lock();
        let Some(room) = self.room(&state, job.origin, job.retried_after_wait) else { return Err(job) };
        if let Room::InPlaceOf(evicted) = room {
            drop(state.remove(evicted));
        }
        state.add(job);
        drop(state);
        self.shared.1.notify_one();
        Ok(())
    }

    /// The number of waiting jobs.
    pub fn waiting(&self) -> usize {
        self.lock().waiting.len()
    }

    /// The maximum number of waiting jobs.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Whether [`Queue::push`] would accept a job now.
    pub fn has_room(&self, origin: Origin, retried_after_wait: bool) -> bool {
        self.room(&self.lock(), origin, retried_after_wait).is_some()
    }

    /// Waits for the next job; `None` when the queue is closed and empty.
    pub fn pop(&self) -> Option<Job> {
        let mut state = self.lock();
        loop {
            if let Some(next) = state.next(|origin| self.reputation(origin)) {
                return Some(state.serve(next));
            }
            if state.closed {
                return None;
            }
            state = self.shared.1.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Ends the workers once the queue is empty.
    pub fn close(&self) {
        self.lock().closed = true;
        self.shared.1.notify_all();
    }

    fn room(&self, state: &State, origin: Origin, retried_after_wait: bool) -> Option<Room> {
        let own = state.count(origin);
        let others = state.waiting.len() - own;
        if own >= (self.capacity.saturating_sub(others) / SHARE).max(1) {
            // Retries may take the slots of first tries of their own network.
            let first_try =
                state.waiting.iter().rposition(|one| one.job.origin == origin && !one.job.retried_after_wait);
            return first_try.filter(|_| retried_after_wait).map(Room::InPlaceOf);
        }
        if state.waiting.len() < self.capacity {
            return Some(Room::Free);
        }
        let standing = (self.class(origin, retried_after_wait), own);
        let mut reputations = HashMap::new();
        let mut positions = HashMap::new();
        let worst = state.waiting.iter().enumerate().map(|(at, Waiting { job, .. })| {
            let reputation = *reputations.entry(job.origin).or_insert_with(|| self.reputation(job.origin));
            let position = positions.entry(job.origin).or_insert(0);
            let standing: Standing = (class(reputation, job.retried_after_wait), *position);
            *position += 1;
            (standing, at)
        });
        worst.max().filter(|(worst, _)| *worst > standing).map(|(_, at)| Room::InPlaceOf(at))
    }

    fn class(&self, origin: Origin, retried_after_wait: bool) -> u8 {
        class(self.reputation(origin), retried_after_wait)
    }

    fn reputation(&self, origin: Origin) -> Reputation {
        self.throttle.reputation(origin, Instant::now())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The slot of a new job.
enum Room {
    /// A free slot.
    Free,
    /// The slot of the waiting job with this number.
    InPlaceOf(usize),
}

/// A client that came back after its wait counts as one of the next better reputation: it has waited already.
fn class(reputation: Reputation, retried_after_wait: bool) -> u8 {
    (reputation as u8).saturating_sub(u8::from(retried_after_wait))
}

impl State {
    fn add(&mut self, job: Job) {
        if !self.turns.contains_key(&job.origin) {
            self.give_turn(job.origin);
        }
        let before = self.waiting.len();
        self.waiting.push(Waiting { job, before, overtaken_by: 0 });
    }

    /// The number of the next job. A job that was overtaken by as many as stood before it goes before all later ones.
    fn next(&self, reputation: impl Fn(Origin) -> Reputation) -> Option<usize> {
        let last = self.waiting.iter().position(|one| one.overtaken_by >= one.before);
        let eligible = self.waiting.iter().take(last.map_or(usize::MAX, |last| last + 1));
        let mut reputations = HashMap::new();
        let ranked = eligible.enumerate().map(|(at, Waiting { job, .. })| {
            let reputation = *reputations.entry(job.origin).or_insert_with(|| reputation(job.origin));
            (reputation, self.turns.get(&job.origin), !job.retried_after_wait, at)
        });
        ranked.min().map(|(.., at)| at)
    }

    fn serve(&mut self, at: usize) -> Job {
        for earlier in &mut self.waiting[..at] {
            earlier.overtaken_by += 1;
        }
        let job = self.remove(at);
        if self.turns.contains_key(&job.origin) {
            self.give_turn(job.origin);
        }
        job
    }

    fn remove(&mut self, at: usize) -> Job {
        let Waiting { job, .. } = self.waiting.remove(at);
        if self.count(job.origin) == 0 {
            self.turns.remove(&job.origin);
        }
        job
    }

    /// Puts a network at the end of the round.
    fn give_turn(&mut self, origin: Origin) {
        self.last_turn += 1;
        self.turns.insert(origin, self.last_turn);
    }

    fn count(&self, origin: Origin) -> usize {
        self.waiting.iter().filter(|one| one.job.origin == origin).count()
    }
}

#[cfg(test)]
mod tests;
