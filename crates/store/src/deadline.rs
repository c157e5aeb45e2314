//! The deadline of some work on the database. One compare-and-swap settles whether the request gives the work up or the
//! thread commits it: work that was given up is never committed.

use std::{
    cell::RefCell,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU8, Ordering},
        mpsc::Sender,
    },
    time::{Duration, Instant},
};

/// The work runs, and both sides may still decide.
const OPEN: u8 = 0;
/// The work is being committed, or was; it can no longer be given up.
const COMMITTING: u8 = 1;
/// Nobody waits for the work; it can no longer be committed.
const GIVEN_UP: u8 = 2;

/// Until when some work on the database may run, and whether anybody still waits for it; cheap to clone.
#[derive(Clone)]
pub struct Deadline(Arc<Inner>);

struct Inner {
    until: Option<Instant>,
    phase: AtomicU8,
    running: Mutex<Option<Running>>,
}

/// The server process that works for a deadline, and the thread that can stop its statement.
pub(crate) struct Running {
    pub(crate) backend: Arc<Backend>,
    pub(crate) canceler: Sender<Deadline>,
}

/// A server process of PostgreSQL. The moment of its start tells it from a later one with the same number, and from that of
/// another server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Backend {
    pub(crate) pid: i32,
    pub(crate) started: String,
}

impl Deadline {
    /// A deadline after this time.
    pub fn after(limit: Duration) -> Deadline {
        Deadline::new(Instant::now().checked_add(limit))
    }

    /// No deadline: the work takes as long as it takes.
    pub fn none() -> Deadline {
        Deadline::new(None)
    }

    fn new(until: Option<Instant>) -> Deadline {
        Deadline(Arc::new(Inner { until, phase: AtomicU8::new(OPEN), running: Mutex::new(None) }))
    }

    /// The time that is left, zero after the deadline; `None` without a deadline.
    pub fn left(&self) -> Option<Duration> {
        self.0.until.map(|until| until.saturating_duration_since(Instant::now()))
    }

    /// Gives the work up, and stops its statement. Returns true if the work neither is committed nor ever will be, and
    /// false if its commit has begun.
    pub fn give_up(&self) -> bool {
        let was = self.0.phase.compare_exchange(OPEN, GIVEN_UP, Ordering::AcqRel, Ordering::Acquire);
        if was.is_ok()
            && let Some(running) = &*self.0.running.lock().unwrap_or_else(PoisonError::into_inner)
        {
            let _stopped = running.canceler.send(self.clone());
        }
        was != Err(COMMITTING)
    }

    /// Whether the work was given up, or its time is over.
    pub fn is_over(&self) -> bool {
        self.0.phase.load(Ordering::Acquire) == GIVEN_UP || self.left().is_some_and(|left| left.is_zero())
    }

    /// Takes the right to commit: immediately before the commit. Returns false if the work was given up or its time is
    /// over; it must then be rolled back.
    pub(crate) fn begin_commit(&self) -> bool {
        let next = if self.is_over() { GIVEN_UP } else { COMMITTING };
        let was = self.0.phase.compare_exchange(OPEN, next, Ordering::AcqRel, Ordering::Acquire);
        was.is_ok() && next == COMMITTING
    }

    /// Names the server process that works from now on, so that giving up stops its statement.
    pub(crate) fn start(&self, running: Running) {
        let mut slot = self.0.running.lock().unwrap_or_else(PoisonError::into_inner);
        let canceler = running.canceler.clone();
        *slot = Some(running);
        // It may have been given up before there was anything to stop.
        if self.0.phase.load(Ordering::Acquire) == GIVEN_UP {
            let _stopped = canceler.send(self.clone());
        }
    }

    /// Forgets the server process, after its last statement. A cancellation that is under way is waited for: it would
    /// otherwise reach the next work on the connection.
    pub(crate) fn finish(&self) {
        *self.0.running.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Calls `stop` with the server process while it works, and returns whether it does.
    pub(crate) fn with_running(&self, stop: impl FnOnce(&Backend)) -> bool {
        let running = self.0.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.as_ref().inspect(|running| stop(&running.backend)).is_some()
    }

    /// Runs `work` on this thread with this deadline as that of its SQLite statements; see [`is_over_here`].
    pub(crate) fn scope<T>(&self, work: impl FnOnce() -> T) -> T {
        /// Restores the deadline of the outer scope, also when `work` panics.
        struct Restore(Option<Deadline>);
        impl Drop for Restore {
            fn drop(&mut self) {
                CURRENT.with_borrow_mut(|current| *current = self.0.take());
            }
        }
        let _restore = Restore(CURRENT.replace(Some(self.clone())));
        work()
    }
}

impl fmt::Debug for Deadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deadline").field("left", &self.left()).field("phase", &self.0.phase).finish_non_exhaustive()
    }
}

thread_local! {
    /// SQLite runs its statements on the thread of their caller, and calls our functions there.
    static CURRENT: RefCell<Option<Deadline>> = const { RefCell::new(None) };
}

/// Whether the work of this thread was given up, or its time is over.
pub(crate) fn is_over_here() -> bool {
    CURRENT.with_borrow(|current| current.as_ref().is_some_and(Deadline::is_over))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn of_giving_up_and_committing_one_wins() {
        for _ in 0..1000 {
            let deadline = Deadline::after(Duration::from_secs(60));
            let committer = deadline.clone();
            let (given_up, committed) = thread::scope(|scope| {
                let committer = scope.spawn(move || committer.begin_commit());
                (deadline.give_up(), committer.join().unwrap())
            });
            assert_ne!(given_up, committed);
        }
    }

    #[test]
    fn after_its_time_nothing_is_committed() {
        let late = Deadline::after(Duration::ZERO);
        assert!(late.is_over() && !late.begin_commit());
        assert!(late.give_up(), "and its waiter may say so");
        let open = Deadline::none();
        assert!(!open.is_over() && open.begin_commit() && !open.give_up());
    }

    #[test]
    fn a_thread_knows_the_deadline_of_its_work_and_of_the_work_around_it() {
        let (long, short) = (Deadline::none(), Deadline::after(Duration::ZERO));
        assert!(!is_over_here());
        long.scope(|| {
            short.scope(|| assert!(is_over_here()));
            assert!(!is_over_here());
        });
        assert!(!is_over_here());
    }
}
