//! A bounded queue of verifications, fair between client networks.
//!
//! Each client network has a queue of its own. The next job comes from the network with the best reputation; among
//! equals, from the one that was served longest ago. The reputation is read when a job is taken, not when it arrives:
//! the first failure in a flood from a new address moves the rest of it behind everybody else. Within one network,
//! retries after a wait go before first tries.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use super::throttle::{Reputation, Throttle};
use crate::http::client::Origin;

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
    jobs: HashMap<Origin, OriginQueue>,
    len: usize,
    /// When each waiting network was served last, as a number of `served`.
    last_served: HashMap<Origin, u64>,
    /// The number of jobs that were taken.
    served: u64,
    closed: bool,
}

/// The jobs of one client network.
#[derive(Default)]
struct OriginQueue {
    retries: VecDeque<Job>,
    first_tries: VecDeque<Job>,
}

impl Queue {
    /// An empty queue of at most `capacity` jobs.
    pub fn new(throttle: Throttle, capacity: usize) -> Queue {
        Queue { shared: Arc::default(), throttle, capacity }
    }

    /// Adds a job. A full queue evicts the last job of the network with the worst reputation, if it is worse than the
    /// new job's.
    ///
    /// # Errors
    /// The job, when there is no room.
    pub fn push(&self, job: Job) -> Result<(), Job> {
        let mut state = self.lock();
        if state.len >= self.capacity {
            match self.evictable(&state, job.origin, job.retried_after_wait) {
                Some(worst) => drop(state.take(worst, OriginQueue::pop_last)),
                None => return Err(job),
            }
        }
        state.len += 1;
        state.jobs.entry(job.origin).or_default().push(job);
        drop(state);
        self.shared.1.notify_one();
        Ok(())
    }

    /// The number of waiting jobs.
    pub fn waiting(&self) -> usize {
        self.lock().len
    }

    /// The maximum number of waiting jobs.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Whether [`Queue::push`] would accept a job now.
    pub fn has_room(&self, origin: Origin, retried_after_wait: bool) -> bool {
        let state = self.lock();
        state.len < self.capacity || self.evictable(&state, origin, retried_after_wait).is_some()
    }

    /// The network whose last job ranks worst, if it ranks worse than a job of `origin`.
    fn evictable(&self, state: &State, origin: Origin, retried_after_wait: bool) -> Option<Origin> {
        let rank = (self.reputation(origin), !retried_after_wait);
        let ranked =
            state.jobs.iter().map(|(origin, queue)| ((self.reputation(*origin), queue.has_first_tries()), *origin));
        ranked.max().filter(|(worst, _)| *worst > rank).map(|(_, origin)| origin)
    }

    /// Waits for the next job; `None` when the queue is closed and empty.
    pub fn pop(&self) -> Option<Job> {
        let mut state = self.lock();
        loop {
            let next = state.jobs.keys().copied().min_by_key(|origin| self.rank(&state, *origin));
            if let Some(origin) = next {
                state.served += 1;
                let served = state.served;
                state.last_served.insert(origin, served);
                return state.take(origin, OriginQueue::pop_first);
            }
            // Fairness needs no history in an empty queue, and clearing it bounds the memory.
            state.last_served.clear();
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

    /// The rank of a client network; the smallest is served first.
    fn rank(&self, state: &State, origin: Origin) -> (Reputation, u64) {
        (self.reputation(origin), state.last_served.get(&origin).copied().unwrap_or(0))
    }

    fn reputation(&self, origin: Origin) -> Reputation {
        self.throttle.reputation(origin, Instant::now())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn take(&mut self, origin: Origin, pop: fn(&mut OriginQueue) -> Option<Job>) -> Option<Job> {
        let queue = self.jobs.get_mut(&origin)?;
        let job = pop(queue);
        if queue.is_empty() {
            self.jobs.remove(&origin);
        }
        self.len -= usize::from(job.is_some());
        job
    }
}

impl OriginQueue {
    fn push(&mut self, job: Job) {
        if job.retried_after_wait {
            self.retries.push_back(job);
        } else {
            self.first_tries.push_back(job);
        }
    }

    fn pop_first(&mut self) -> Option<Job> {
        self.retries.pop_front().or_else(|| self.first_tries.pop_front())
    }

    fn pop_last(&mut self) -> Option<Job> {
        self.first_tries.pop_back().or_else(|| self.retries.pop_back())
    }

    fn has_first_tries(&self) -> bool {
        !self.first_tries.is_empty()
    }

    fn is_empty(&self) -> bool {
        self.retries.is_empty() && self.first_tries.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::verify::throttle::Attempt;

    const FLOOD: Origin = Origin::V4(1);

    fn job(origin: Origin) -> Job {
        Job { origin, retried_after_wait: false, run: Box::new(|| {}) }
    }

    fn origin(n: u32) -> Origin {
        Origin::V4(n)
    }

    fn finish(throttle: &Throttle, origin: Origin, success: bool) {
        let attempt = Attempt { origin, name: [0; 32], credentials: [0; 32] };
        let Ok(permit) = throttle.acquire(attempt, Instant::now()) else { panic!("throttled") };
        permit.finish(success, Instant::now());
    }

    fn drain(queue: &Queue) -> Vec<Origin> {
        queue.close();
        std::iter::from_fn(|| queue.pop()).map(|job| job.origin).collect()
    }

    #[test]
    fn client_networks_take_turns_whatever_the_number_of_their_jobs() {
        let queue = Queue::new(Throttle::new(), 16);
        for n in [1, 1, 1, 1, 2, 3, 2] {
            assert!(queue.push(job(origin(n))).is_ok());
        }
        let served = drain(&queue);
        let last = served.iter().rposition(|served| *served == origin(3) || *served == origin(2)).unwrap();
        assert!(last <= 4, "{served:?}");
        assert_eq!(served.len(), 7);
    }

    #[test]
    fn known_client_networks_go_first_and_failing_ones_last() {
        let throttle = Throttle::new();
        let queue = Queue::new(throttle.clone(), 16);
        for n in [1, 2, 3] {
            assert!(queue.push(job(origin(n))).is_ok());
        }
        // Sign-ins that finish after the push count.
        finish(&throttle, FLOOD, false);
        finish(&throttle, Origin::V4(3), true);
        assert_eq!(drain(&queue), [origin(3), origin(2), origin(1)]);
    }

    #[test]
    fn a_full_queue_evicts_its_worst_job() {
        let throttle = Throttle::new();
        let queue = Queue::new(throttle.clone(), 2);
        assert!(queue.push(job(FLOOD)).is_ok());
        assert!(queue.push(job(FLOOD)).is_ok());
        assert!(queue.push(job(origin(2))).is_err(), "no reputation is worse yet");
        finish(&throttle, FLOOD, false);
        assert!(queue.push(job(origin(2))).is_ok());
        assert!(queue.push(job(FLOOD)).is_err());
        assert_eq!(drain(&queue), [origin(2), FLOOD]);
    }

    #[test]
    fn retries_go_before_first_tries_of_their_client_network() {
        let queue = Queue::new(Throttle::new(), 2);
        let retry = || Job { retried_after_wait: true, ..job(FLOOD) };
        assert!(queue.push(job(FLOOD)).is_ok());
        assert!(queue.push(job(FLOOD)).is_ok());
        assert!(!queue.has_room(FLOOD, false) && queue.has_room(FLOOD, true));
        assert!(queue.push(retry()).is_ok(), "evicts the newest first try");
        assert!(queue.push(retry()).is_ok());
        assert!(queue.push(retry()).is_err());
        assert!(!queue.has_room(origin(2), false) && !queue.has_room(origin(2), true));
        queue.close();
        assert!(std::iter::from_fn(|| queue.pop()).all(|job| job.retried_after_wait));
    }

    #[test]
    fn a_closed_queue_is_emptied_first() {
        let queue = Queue::new(Throttle::new(), 2);
        assert!(queue.push(job(origin(1))).is_ok());
        queue.close();
        assert!(queue.pop().is_some());
        assert!(queue.pop().is_none());
    }
}
