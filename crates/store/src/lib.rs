//! The database: one set of queries over SQLite and PostgreSQL. It knows no HTTP and blocks its caller.
//!
//! [`Store::read`] and [`Store::write`] lend a [`Conn`]; the modules, one for each noun, have the queries. Whoever reads
//! lists for a visitor goes through [`pages::Scope`]; whoever changes something brings a proof of `domain::access`, and
//! the change writes its own audit entry in the same transaction.

pub mod audit;
pub mod drafts;
pub mod feed;
pub mod groups;
pub mod links;
pub mod old_paths;
pub mod pages;
pub mod receipts;
pub mod revisions;
pub mod search;
pub mod site;
pub mod trash;
pub mod users;

mod conn;
mod error;
mod id;
mod migrate;
mod schema;
mod url;

use std::{thread, time::Duration};

pub use conn::Conn;
pub use error::Error;
pub use url::DatabaseUrl;

use conn::Manager;
use feed::{Event, Feed};

/// What a query comes to.
pub type Result<T> = std::result::Result<T, Error>;

/// Which part of a list: page `number` from 1, `size` rows each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    /// From 1.
    pub number: u32,
    /// Rows on a page.
    pub size: u32,
}

impl Paging {
    fn offset(self) -> i64 {
        i64::from(self.number.saturating_sub(1)) * i64::from(self.size)
    }

    fn limit(self) -> i64 {
        i64::from(self.size)
    }
}

/// A part of a list for readers, and whether there is more; how many there are in all is not counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Whether another part follows.
    pub more: bool,
}

impl<T> Slice<T> {
    /// From one row more than was asked for.
    fn of(mut rows: Vec<T>, paging: Paging) -> Slice<T> {
        let size = paging.size as usize;
        let more = rows.len() > size;
        rows.truncate(size);
        Slice { rows, more }
    }
}

/// A part of a list of the panel, and how many rows the whole list has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Rows in the whole list.
    pub total: u64,
}

/// How long a request waits for a free connection.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long the start waits for a PostgreSQL that is not up yet.
const START_PATIENCE: Duration = Duration::from_secs(30);

/// An open database; cheap to clone.
#[derive(Clone)]
pub struct Store {
    url: DatabaseUrl,
    pool: r2d2::Pool<Manager>,
}

impl Store {
    /// Opens a database with at most `pool_size` connections. A SQLite file is made if its folder exists; a PostgreSQL
    /// that is not up yet is waited for, up to 30 seconds. Nothing is migrated.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with the cause and the mend in one line.
    pub fn open(url: &DatabaseUrl, pool_size: u32) -> Result<Store> {
        let manager = Manager::new(url.clone());
        manager.check_file()?;
        let mut waited = Duration::ZERO;
        let mut pause = Duration::from_millis(250);
        while let Err(error) = manager.try_out() {
            if !conn::may_come_up(&error) || waited >= START_PATIENCE {
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
        let pool = r2d2::Pool::builder()
            .max_size(pool_size.max(1))
            .min_idle(Some(1))
            .connection_timeout(PATIENCE)
            .error_handler(Box::new(conn::Quiet))
            .build(manager)
            .map_err(|_| Error::Unavailable(format!("{url} does not answer")))?;
        Ok(Store { url: url.clone(), pool })
    }

    /// Whether a database could be opened there: that the folder of a SQLite file exists. Makes nothing.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with the cause and the mend in one line.
    pub fn check_place(url: &DatabaseUrl) -> Result<()> {
        Manager::new(url.clone()).check_file()
    }

    /// Lends a connection for queries that change nothing.
    ///
    /// # Errors
    /// What the query says; [`Error::Unavailable`] if there is no connection within three seconds.
    pub fn read<T>(&self, query: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        query(&mut *self.connection()?)
    }

    /// Runs a change in one transaction: all of it happens, or, on an error, nothing.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub fn write<T>(&self, change: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        let mut conn = self.connection()?;
        conn.begin_to_write()?;
        match change(&mut conn) {
            Ok(done) => conn.commit().map(|()| done),
            Err(error) => {
                conn.roll_back();
                Err(error)
            }
        }
    }

    /// Runs a change as [`Store::write`] does, and takes it back: for telling what it would do.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn rehearse<T>(&self, change: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        let mut conn = self.connection()?;
        conn.begin_to_write()?;
        let outcome = change(&mut conn);
        conn.roll_back();
        outcome
    }

    /// Starts the change feed: `deliver` is called for every commit, whoever made it; see [`feed`].
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the system refuses a thread.
    pub fn watch(&self, deliver: impl Fn(Event) + Send + Sync + 'static) -> Result<Feed> {
        Feed::start(self.url.clone(), deliver)
            .map_err(|error| Error::Unavailable(format!("no thread for the change feed: {error}")))
    }

    /// Asks the database for a sign of life.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if it gives none within three seconds.
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

    /// Applies what is pending, all of it or nothing, one process at a time; returns the names.
    ///
    /// # Errors
    /// [`Error::Schema`] with the migration, the cause and the mend.
    pub fn migrate(&self) -> Result<Vec<String>> {
        self.read(migrate::run)
    }

    fn connection(&self) -> Result<r2d2::PooledConnection<Manager>> {
        self.pool.get().map_err(|_| Error::Unavailable("no connection to the database within 3 seconds".into()))
    }
}
