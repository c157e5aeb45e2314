//! Who is verified next: a short queue, fair between places.
//!
//! Each place has a line of its own. The next turn goes to the place that stands best, and among those that stand alike to
//! the one that was served longest ago. How a place stands is asked when the turn comes: of a flood from a fresh address,
//! the first failure sends the rest to the end. Within a line, who came back after a wait goes before who has just come.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use super::throttle::{Reputation, Throttle};
use crate::http::client::Origin;

/// Work of one place, and what to do with it if it has to go.
pub struct Job {
    /// Whose it is.
    pub origin: Origin,
    /// Whether its client was told to wait, and did.
    pub retried_after_wait: bool,
    /// Does it.
    pub run: Box<dyn FnOnce() + Send>,
}

/// The queue; cheap to clone. It ends when the last clone but the workers' is gone.
#[derive(Clone)]
pub struct Queue {
    lines: Arc<(Mutex<Lines>, Condvar)>,
    throttle: Throttle,
    capacity: usize,
}

#[derive(Default)]
struct Lines {
    waiting: HashMap<Origin, Line>,
    len: usize,
    /// When each place that waits was served last, by number of turns.
    served: HashMap<Origin, u64>,
    turns: u64,
    closed: bool,
}

/// The jobs of one place: those of the patient, then the others.
#[derive(Default)]
struct Line([VecDeque<Job>; 2]);

/// Rank of a line: the smaller goes first.
type Rank = (Reputation, u64);

impl Queue {
    /// An empty queue in which so many may wait.
    pub fn new(throttle: Throttle, capacity: usize) -> Queue {
        Queue { lines: Arc::default(), throttle, capacity }
    }

    /// Takes a job in. In a full queue it takes the place of one that stands worse, if there is any; what had to go is
    /// dropped.
    ///
    /// # Errors
    /// The job, when there is no room.
    pub fn push(&self, job: Job) -> Result<(), Job> {
        let mut lines = self.lock();
        if lines.len >= self.capacity {
            match self.worse(&lines, job.origin, job.retried_after_wait) {
                Some(worst) => drop(lines.take(worst, Line::last)),
                None => return Err(job),
            }
        }
        lines.len += 1;
        lines.waiting.entry(job.origin).or_default().0[usize::from(!job.retried_after_wait)].push_back(job);
        drop(lines);
        self.lines.1.notify_one();
        Ok(())
    }

    /// Whether a job would be taken in now.
    pub fn has_room(&self, origin: Origin, retried_after_wait: bool) -> bool {
        let lines = self.lock();
        lines.len < self.capacity || self.worse(&lines, origin, retried_after_wait).is_some()
    }

    /// The line that stands worst, if its last job stands worse than this one.
    fn worse(&self, lines: &Lines, origin: Origin, retried_after_wait: bool) -> Option<Origin> {
        let rank = (self.reputation(origin), !retried_after_wait);
        let ranked =
            lines.waiting.iter().map(|(origin, line)| ((self.reputation(*origin), line.ends_impatient()), *origin));
        ranked.max().filter(|(worst, _)| *worst > rank).map(|(_, origin)| origin)
    }

    /// Waits for the next job; `None` when the queue is closed.
    pub fn pop(&self) -> Option<Job> {
        let mut lines = self.lock();
        loop {
            let next = lines.waiting.keys().copied().min_by_key(|origin| self.rank(&lines, *origin));
            if let Some(origin) = next {
                lines.turns += 1;
                let turn = lines.turns;
                lines.served.insert(origin, turn);
                return lines.take(origin, Line::first);
            }
            // Nobody waits, so nobody has to be fair to anybody.
            lines.served.clear();
            if lines.closed {
                return None;
            }
            lines = self.lines.1.wait(lines).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Lets the workers go when nothing waits any more.
    pub fn close(&self) {
        self.lock().closed = true;
        self.lines.1.notify_all();
    }

    fn rank(&self, lines: &Lines, origin: Origin) -> Rank {
        (self.reputation(origin), lines.served.get(&origin).copied().unwrap_or(0))
    }

    fn reputation(&self, origin: Origin) -> Reputation {
        self.throttle.reputation(origin, Instant::now())
    }

    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.lines.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lines {
    fn take(&mut self, origin: Origin, end: fn(&mut Line) -> Option<Job>) -> Option<Job> {
        let line = self.waiting.get_mut(&origin)?;
        let job = end(line);
        if line.0.iter().all(VecDeque::is_empty) {
            self.waiting.remove(&origin);
        }
        self.len -= usize::from(job.is_some());
        job
    }
}

impl Line {
    fn first(&mut self) -> Option<Job> {
        self.0.iter_mut().find_map(VecDeque::pop_front)
    }

    fn last(&mut self) -> Option<Job> {
        self.0.iter_mut().rev().find_map(VecDeque::pop_back)
    }

    fn ends_impatient(&self) -> bool {
        !self.0[1].is_empty()
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

    fn place(n: u32) -> Origin {
        Origin::V4(n)
    }

    fn end(throttle: &Throttle, origin: Origin, success: bool) {
        let attempt = Attempt { origin, name: [0; 32], credentials: [0; 32] };
        let Ok(permit) = throttle.acquire(attempt, Instant::now()) else { panic!("throttled") };
        permit.end(success, Instant::now());
    }

    fn order(queue: &Queue) -> Vec<Origin> {
        queue.close();
        std::iter::from_fn(|| queue.pop()).map(|job| job.origin).collect()
    }

    #[test]
    fn places_take_turns_however_many_wait_at_one() {
        let queue = Queue::new(Throttle::new(), 16);
        for n in [1, 1, 1, 1, 2, 3, 2] {
            assert!(queue.push(job(place(n))).is_ok());
        }
        let served: Vec<_> = order(&queue);
        let last = served.iter().rposition(|origin| *origin == place(3) || *origin == place(2)).unwrap();
        assert!(last <= 4, "{served:?}");
        assert_eq!(served.len(), 7);
    }

    #[test]
    fn known_places_go_first_and_failing_ones_last() {
        let throttle = Throttle::new();
        let queue = Queue::new(throttle.clone(), 16);
        for n in [1, 2, 3] {
            assert!(queue.push(job(place(n))).is_ok());
        }
        // What happened after they came in counts.
        end(&throttle, FLOOD, false);
        end(&throttle, Origin::V4(3), true);
        assert_eq!(order(&queue), [place(3), place(2), place(1)]);
    }

    #[test]
    fn a_full_queue_turns_away_its_worst() {
        let throttle = Throttle::new();
        let queue = Queue::new(throttle.clone(), 2);
        assert!(queue.push(job(FLOOD)).is_ok());
        assert!(queue.push(job(FLOOD)).is_ok());
        assert!(queue.push(job(place(2))).is_err(), "nobody stands worse yet");
        end(&throttle, FLOOD, false);
        assert!(queue.push(job(place(2))).is_ok());
        assert!(queue.push(job(FLOOD)).is_err());
        assert_eq!(order(&queue), [place(2), FLOOD]);
    }

    #[test]
    fn the_patient_go_before_the_others_of_their_place() {
        let queue = Queue::new(Throttle::new(), 2);
        let patient = || Job { retried_after_wait: true, ..job(FLOOD) };
        assert!(queue.push(job(FLOOD)).is_ok());
        assert!(queue.push(job(FLOOD)).is_ok());
        assert!(!queue.has_room(FLOOD, false) && queue.has_room(FLOOD, true));
        assert!(queue.push(patient()).is_ok(), "in the place of the last that came");
        assert!(queue.push(patient()).is_ok());
        assert!(queue.push(patient()).is_err());
        assert!(!queue.has_room(place(2), false) && !queue.has_room(place(2), true));
        queue.close();
        assert!(std::iter::from_fn(|| queue.pop()).all(|job| job.retried_after_wait));
    }

    #[test]
    fn a_closed_queue_is_emptied_first() {
        let queue = Queue::new(Throttle::new(), 2);
        assert!(queue.push(job(place(1))).is_ok());
        queue.close();
        assert!(queue.pop().is_some());
        assert!(queue.pop().is_none());
    }
}
