//! The connections of a database, and what they share.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, AtomicU64, Ordering},
        mpsc::Sender,
    },
    time::{Duration, Instant},
};

use crate::{
    Deadline, Error, Outage, Result, Unavailable, advice, canceler,
    error::one_line,
    pool::{Manager, Pooled, Quiet},
    url::Kind,
};

/// If the database has not answered the change feed for this long, nobody waits for a connection.
const SILENCE: Duration = Duration::from_secs(3);
/// How long the refusal of a write counts, if no other write is tried.
const REFUSAL_TTL: Duration = Duration::from_secs(60);

/// How much of the pool is in use at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolLoad {
    /// The maximum number of connections.
    pub size: u32,
    /// The number of open connections.
    pub open: u32,
    /// The number of connections that are in use.
    pub in_use: u32,
    /// The number of callers that wait for a connection.
    pub waiting: u32,
}

/// The pool of connections; cheap to clone.
#[derive(Clone)]
pub(crate) struct Connections {
    manager: Manager,
    pool: r2d2::Pool<Manager>,
    checkouts: Arc<AtomicU64>,
    /// The number of callers that wait for a connection.
    waiting: Arc<AtomicU32>,
    /// Stops statements of PostgreSQL.
    canceler: Option<Sender<Deadline>>,
    write_refusal: Arc<Mutex<Option<(Outage, Instant)>>>,
}

impl Connections {
    /// A pool of at most `size` connections, which are opened when they are needed: one to a SQLite file takes 1 MiB of memory
    /// and the time to parse the schema.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the system refuses a thread.
    pub(crate) fn open(manager: &Manager, size: u32) -> Result<Connections> {
        let pool = r2d2::Pool::builder()
            .max_size(size.max(1))
            .min_idle(Some(0))
            .error_handler(Box::new(Quiet))
            .build_unchecked(manager.clone());
        let canceler = match manager.url().kind() {
            Kind::Postgres(url) => Some(canceler::start(url.clone()).map_err(|error| no_thread(&error))?),
            Kind::Sqlite(_) => None,
        };
        let (manager, checkouts, waiting) = (manager.clone(), Arc::default(), Arc::default());
        Ok(Connections { manager, pool, checkouts, waiting, canceler, write_refusal: Arc::default() })
    }

    /// Takes a connection out of the pool.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when none is free, or can be opened, within the timeout, and at once when the change feed has
    /// had no answer from the database for three seconds.
    pub(crate) fn checkout(&self, timeout: Duration) -> Result<r2d2::PooledConnection<Manager>> {
        self.checkouts.fetch_add(1, Ordering::Relaxed);
        self.manager.check_file()?;
        self.check_answers()?;
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let checkout = self.pool.get_timeout(timeout);
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        checkout.map_err(|error| {
            // The pool reports its last failure to connect; without one, all connections are in use.
            match error.to_string().split_once(": ") {
                Some((_, cause)) => Error::Unavailable(one_line(cause).into()),
                None => {
                    let (size, seconds) = (self.size(), timeout.as_secs_f32());
                    let words = format!("all {size} connections of this process were in use for {seconds:.1} seconds");
                    Error::Unavailable(Unavailable::new(Outage::Exhausted, words))
                }
            }
        })
    }

    /// Checks that the database has answered the change feed within the last three seconds.
    ///
    /// # Errors
    /// [`Outage::Silent`] if it has not.
    pub(crate) fn check_answers(&self) -> Result<()> {
        match self.manager.expected().outage().filter(|silence| *silence >= SILENCE) {
            Some(silence) => {
                let words = format!("the database has not answered for {} seconds", silence.as_secs());
                Err(Error::Unavailable(Unavailable::new(Outage::Silent, words)))
            }
            None => Ok(()),
        }
    }

    /// Checks that a connection still leads to the database: what is committed to a file that was replaced is lost.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with the cause.
    pub(crate) fn check_commit(&self, conn: &Pooled) -> Result<()> {
        self.manager.check_commit(conn)
    }

    /// The thread that stops statements of PostgreSQL; `None` for SQLite.
    pub(crate) fn canceler(&self) -> Option<&Sender<Deadline>> {
        self.canceler.as_ref()
    }

    /// The error with the part that fails and the fix added to its words.
    pub(crate) fn explained(&self, error: Error) -> Error {
        advice::explained(self.manager.url(), error)
    }

    pub(crate) fn size(&self) -> u32 {
        self.pool.max_size()
    }

    pub(crate) fn load(&self) -> PoolLoad {
        let state = self.pool.state();
        PoolLoad {
            size: self.size(),
            open: state.connections,
            in_use: state.connections.saturating_sub(state.idle_connections),
            waiting: self.waiting.load(Ordering::Relaxed),
        }
    }

    pub(crate) fn checkouts(&self) -> u64 {
        self.checkouts.load(Ordering::Relaxed)
    }

    /// Why the last write was refused; `None` once a write succeeded again, or after [`REFUSAL_TTL`]: only another write
    /// tells whether the disk is still full, and a process that counts as not ready gets none.
    pub(crate) fn write_refusal(&self) -> Option<Outage> {
        let refusal = *self.write_refusal.lock().unwrap_or_else(PoisonError::into_inner);
        refusal.filter(|(_, at)| at.elapsed() < REFUSAL_TTL).map(|(outage, _)| outage)
    }

    pub(crate) fn set_write_refusal(&self, refusal: Option<Outage>) {
        let refusal = refusal.map(|outage| (outage, Instant::now()));
        *self.write_refusal.lock().unwrap_or_else(PoisonError::into_inner) = refusal;
    }
}

/// The error when the system refuses a thread.
pub(crate) fn no_thread(error: &std::io::Error) -> Error {
    Error::Unavailable(Unavailable::new(Outage::Silent, format!("the system refuses a thread: {error}")))
}
