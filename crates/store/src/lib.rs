//! The database: one set of queries over SQLite and PostgreSQL. It knows no HTTP, and its functions block.
//!
//! [`Store::read`], [`Store::snapshot`] and [`Store::write`] lend a [`Conn`]. The crate has two halves:
//!
//! - Reading: one module for each noun. A function that lists pages for a visitor takes [`lists::VisiblePages`]; a
//!   function for the panel takes an `Editor` or an `Admin` of `domain::access`.
//! - [`writing`]: a change is a value, and adds its own audit entry in the same transaction.
//!
//! Every function fails with [`Error::Unavailable`], [`Error::Query`] or [`Error::Schema`] when the database fails; a
//! section `Errors` names further errors.
//!
//! To add a noun: a table in a migration of each database and in `schema`; its triggers for the change feed and, where its
//! rows belong to a page, its line in `writing::purge`; a file in `reading`, whose functions take the proof that they
//! need; its changes in `writing`, with an audit entry; tests that run on both databases.

pub mod feed;
pub mod writing;

mod access;
mod columns;
mod conn;
mod error;
mod full_text;
mod id;
mod identity;
mod migrate;
mod page_row;
mod paging;
mod pool;
mod reader_keys;
mod reading;
mod schema;
mod session;
mod url;
mod visible;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

pub use conn::Conn;
pub use error::{Error, Result};
pub use migrate::is_up_to_date;
pub use paging::{Paging, Slice, Table};
pub use reading::{
    admin_list, audit, drafts, groups, links, lists, old_paths, pages, readers, receipts, revisions, schedule, search,
    site, trash, users,
};
pub use url::DatabaseUrl;

use feed::{Event, Feed};
use pool::Manager;

/// How long a request waits for a free connection.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(3);
/// How long the start waits for a PostgreSQL that does not answer yet.
const START_TIMEOUT: Duration = Duration::from_secs(30);

/// An open database; cheap to clone.
#[derive(Clone)]
pub struct Store {
    manager: Manager,
    pool: r2d2::Pool<Manager>,
    checkouts: Arc<AtomicU64>,
}

impl Store {
    /// Opens a database with at most `pool_size` connections. A SQLite file is created if its folder exists; a PostgreSQL
    /// that does not answer yet is tried for up to 30 seconds. Nothing is migrated.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with the cause and the fix on one line.
    pub fn open(url: &DatabaseUrl, pool_size: u32) -> Result<Store> {
        let manager = Manager::new(url.clone());
        manager.check_location()?;
        let mut waited = Duration::ZERO;
        let mut pause = Duration::from_millis(250);
        while let Err(error) = manager.try_out() {
            if !conn::may_come_up(&error) || waited >= START_TIMEOUT {
                return Err(Error::Unavailable(format!(
                    "{url} cannot be opened: {}. Check DATABASE_URL, that the database is there, and that it lets this \
                     user in",
                    conn::cause(&error)
                )));
            }
            log::warn!("{url} does not answer yet ({}); trying again in {pause:?}", conn::cause(&error));
            thread::sleep(pause);
            waited += pause;
            pause = (pause * 2).min(Duration::from_secs(5));
        }
        manager.check_session()?;
        let pool = r2d2::Pool::builder()
            .max_size(pool_size.max(1))
            .min_idle(Some(1))
            .connection_timeout(CONNECTION_TIMEOUT)
            .error_handler(Box::new(pool::Quiet))
            .build(manager.clone())
            .map_err(|_| Error::Unavailable(format!("{url} does not answer")))?;
        Ok(Store { manager, pool, checkouts: Arc::default() })
    }

    /// Checks that a database could be opened: that the folder of a SQLite file exists. It creates nothing.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with the cause and the fix on one line.
    pub fn check_location(url: &DatabaseUrl) -> Result<()> {
        Manager::new(url.clone()).check_location()
    }

    /// Lends a connection for queries that change nothing.
    ///
    /// # Errors
    /// The error of the query; [`Error::Unavailable`] without a free connection within three seconds, and at once when the
    /// change feed has had no answer from the database for as long.
    pub fn read<T>(&self, query: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        query(&mut *self.connection()?)
    }

    /// Lends a connection for several queries that see one state of the database and cannot write.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub fn snapshot<T>(&self, query: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        let mut conn = self.connection()?;
        conn.begin_to_read()?;
        let outcome = query(&mut conn);
        conn.roll_back();
        outcome
    }

    /// Runs a change in one transaction: all of it is committed, or, on an error, nothing.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub fn write<T>(&self, change: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        let mut conn = self.connection()?;
        conn.begin_to_write()?;
        // What is committed to a file that was replaced is lost.
        match change(&mut conn).and_then(|done| self.manager.check_identity(&conn).map(|()| done)) {
            Ok(done) => conn.commit().map(|()| done),
            Err(error) => {
                conn.roll_back();
                Err(error)
            }
        }
    }

    /// Starts the change feed: `deliver` is called for every commit of every process; see [`feed`].
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the system refuses a thread.
    pub fn watch(&self, deliver: impl Fn(Event) + Send + Sync + 'static) -> Result<Feed> {
        Feed::start(self.manager.clone(), deliver)
            .map_err(|error| Error::Unavailable(format!("no thread for the change feed: {error}")))
    }

    /// Runs an empty query, to test the connection.
    ///
    /// # Errors
    /// [`Error::Unavailable`] without an answer.
    pub fn ping(&self) -> Result<()> {
        self.read(Conn::ping)
    }

    /// The names of the migrations that are not applied yet.
    ///
    /// # Errors
    /// [`Error::Schema`] when the database was made by a newer version.
    pub fn pending(&self) -> Result<Vec<String>> {
        self.read(migrate::pending)
    }

    /// Applies the pending migrations, all or none, in one process at a time; returns their names.
    ///
    /// # Errors
    /// [`Error::Schema`] with the migration, the cause and the fix.
    pub fn migrate(&self) -> Result<Vec<String>> {
        self.read(migrate::run)
    }

    /// The number of connections that this process has taken from the pool so far.
    pub fn checkouts(&self) -> u64 {
        self.checkouts.load(Ordering::Relaxed)
    }

    fn connection(&self) -> Result<r2d2::PooledConnection<Manager>> {
        self.checkouts.fetch_add(1, Ordering::Relaxed);
        self.manager.check_file()?;
        if let Some(outage) = self.manager.expected().outage().filter(|outage| *outage >= CONNECTION_TIMEOUT) {
            return Err(Error::Unavailable(format!("the database has not answered for {} seconds", outage.as_secs())));
        }
        self.pool.get().map_err(|_| Error::Unavailable("no connection to the database within 3 seconds".into()))
    }
}
