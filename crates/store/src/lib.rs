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
mod active;
mod advice;
mod backfill;
mod bounded;
mod canceler;
mod columns;
mod conn;
mod connections;
mod content_row;
mod deadline;
mod draft_row;
mod error;
mod full_text;
mod holders;
mod id;
mod identity;
mod in_circulation;
mod languages;
mod listings;
mod migrate;
mod name_key;
mod order;
mod outage;
mod page_row;
mod paging;
mod pool;
#[cfg(test)]
mod query_plan;
mod reader_keys;
mod reading;
mod reading_times;
mod schema;
mod session;
mod sqlite_files;
mod still_wanted;
mod unread_texts;
mod url;
mod visible;

use std::{thread, time::Duration};

pub use bounded::Bounded;
pub use conn::Conn;
pub use connections::PoolLoad;
pub use deadline::Deadline;
pub use error::{Error, Result};
pub use migrate::is_up_to_date;
pub use name_key::{NameHash, NameKey};
pub use outage::{Outage, Unavailable};
pub use paging::{Count, Paging, Slice, Start, Table, Window};
pub use reading::{
    admin_list, app_passwords, audit, bulk_actions, drafts, failed_sign_ins, files, first_steps, groups, invitations,
    jobs, keys, links, lists, navigation, offers, old_paths, pages, readers, receipts, revisions, schedule, search,
    sections, shares, sign_in_places, site, suggestions, trash, tree, users,
};
pub use unread_texts::ShownText;
pub use url::DatabaseUrl;

use connections::Connections;
use feed::{Event, Feed};
use pool::Manager;
use url::Kind;

/// How long the test for a read-only database waits for a writer.
const PROBE_TIMEOUT: Duration = Duration::from_secs(1);

/// How long the start waits for a PostgreSQL that does not answer yet.
const START_TIMEOUT: Duration = Duration::from_secs(30);

/// An open database; cheap to clone.
#[derive(Clone)]
pub struct Store {
    manager: Manager,
    connections: Connections,
    shown: ShownText,
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
                return Err(advice::unopened(url, &conn::cause(&error)));
            }
            log::warn!("{url} does not answer yet ({}); trying again in {pause:?}", conn::cause(&error));
            thread::sleep(pause);
            waited += pause;
            pause = (pause * 2).min(Duration::from_secs(5));
        }
        manager.check_session().map_err(|error| advice::explained(url, error))?;
        Ok(Store { connections: Connections::open(&manager, pool_size)?, manager, shown: str::to_owned })
    }

    /// The same database, with the function for the words of the search: it has to leave out what a page does not show. Without
    /// it, the search finds the whole Markdown.
    #[must_use]
    pub fn indexing(self, shown: ShownText) -> Store {
        Store { shown, ..self }
    }

    /// Checks that a database could be opened: that its URL can be read, and that a missing SQLite file can be created. It
    /// creates nothing.
    ///
    /// # Errors
    /// [`Error::Refused`] and [`Error::Unavailable`] with the cause and the fix on one line.
    pub fn check_location(url: &DatabaseUrl) -> Result<()> {
        Manager::new(url.clone()).check_location()?;
        match url.kind() {
            // A file that cannot be written can still be served.
            Kind::Sqlite(file) => match sqlite_files::obstacle(file).filter(|_| !file.exists()) {
                Some(obstacle) => Err(Error::Unavailable(Unavailable::new(Outage::NotPermitted, obstacle))),
                None => Ok(()),
            },
            Kind::Postgres(_) => Ok(()),
        }
    }

    /// Which file of a SQLite database every user of the machine can read, with the fix; `None` if there is none.
    pub fn exposure(url: &DatabaseUrl) -> Option<String> {
        match url.kind() {
            Kind::Sqlite(file) => sqlite_files::exposure(file),
            Kind::Postgres(_) => None,
        }
    }

    /// The bytes that are free on the file system of a SQLite database; `None` if they are not known.
    pub fn free_bytes(url: &DatabaseUrl) -> Option<u64> {
        match url.kind() {
            Kind::Sqlite(file) => sqlite_files::free_bytes(file),
            Kind::Postgres(_) => None,
        }
    }

    /// The database for work with a deadline: what waits or runs too long is stopped, and what was given up is not
    /// committed.
    pub fn within<'a>(&'a self, deadline: &'a Deadline) -> Bounded<'a> {
        Bounded::new(&self.connections, deadline, self.shown)
    }

    /// As [`Bounded::read`], without a deadline.
    pub fn read<T>(&self, query: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        self.within(&Deadline::none()).read(query)
    }

    /// As [`Bounded::snapshot`], without a deadline.
    pub fn snapshot<T>(&self, query: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        self.within(&Deadline::none()).snapshot(query)
    }

    /// As [`Bounded::write`], without a deadline: it waits for other writers as long as they take.
    pub fn write<T>(&self, change: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        self.within(&Deadline::none()).write(change)
    }

    /// Starts the change feed: `deliver` is called for every commit of every process; see [`feed`].
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the system refuses a thread.
    pub fn watch(&self, deliver: impl Fn(Event) + Send + Sync + 'static) -> Result<Feed> {
        Feed::start(self.manager.clone(), deliver).map_err(|error| connections::no_thread(&error))
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

    /// Whether no migration was ever applied, so that the database has no tables of Postern.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub fn is_new(&self) -> Result<bool> {
        self.read(migrate::is_new)
    }

    /// Applies the pending migrations, all or none, in one process at a time; returns their names. Another process that
    /// migrates is waited for, and the log says so.
    ///
    /// # Errors
    /// [`Error::Schema`] with the migration, the cause and the fix.
    pub fn migrate(&self) -> Result<Vec<String>> {
        self.read(migrate::run)
    }

    /// The number of connections that this process has taken from the pool so far.
    pub fn checkouts(&self) -> u64 {
        self.connections.checkouts()
    }

    /// Begins a write and rolls it back: returns why the database refuses writes, or `None` if it takes them. A full disk
    /// does not show.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn find_write_obstacle(&self) -> Result<Option<Unavailable>> {
        match self.within(&Deadline::after(PROBE_TIMEOUT)).probe() {
            Ok(()) => Ok(None),
            Err(Error::Unavailable(obstacle)) if obstacle.outage.refuses_writes() => Ok(Some(obstacle)),
            // Somebody writes.
            Err(Error::Unavailable(Unavailable { outage: Outage::Locked, .. })) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// How much of the pool is in use now.
    pub fn pool_load(&self) -> PoolLoad {
        self.connections.load()
    }

    /// The maximum number of connections.
    pub fn pool_size(&self) -> u32 {
        self.connections.size()
    }

    /// The number of reads at a time above which the database answers none of them sooner: for a SQLite file two more than
    /// the machine has processors; `None` for PostgreSQL.
    pub fn max_reads(&self) -> Option<u32> {
        let processors = || thread::available_parallelism().map_or(1, |count| u32::try_from(count.get()).unwrap_or(1));
        match self.manager.url().kind() {
            Kind::Sqlite(_) => Some(processors() + 2),
            Kind::Postgres(_) => None,
        }
    }

    /// Checks that the database has answered the change feed within the last three seconds.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if it has not.
    pub fn check_answers(&self) -> Result<()> {
        self.connections.check_answers()
    }

    /// Why the database refused the last write that it was given; `None` once a write succeeded again.
    pub fn write_refusal(&self) -> Option<Outage> {
        self.connections.write_refusal()
    }
}
