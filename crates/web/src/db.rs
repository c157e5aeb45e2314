//! The only border between async handlers and the blocking database.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use actix_web::web;
use domain::{access, site::Site};
use store::{
    Conn, Store,
    feed::{DELIVERED_WITHIN, Event, Feed},
    writing::{self, AccessDiff, Command, Consent, Outcome, Run},
};
use tokio::sync::Semaphore;

use crate::{cache::process::Cache, clock, http::error::Error, markdown};

/// How long a request waits for the database. A server that was stopped does not even refuse.
const DEADLINE: Duration = Duration::from_secs(5);
/// How long a job may take: its editor watches its progress, and no request waits for it.
const LONG_DEADLINE: Duration = Duration::from_secs(30 * 60);
/// How long a change waits until this process has received it from the change feed; after that the cache is voided.
const CATCH_UP_TIMEOUT: Duration = Duration::from_secs(1);

/// The most searches at a time. Each reads many texts, and pages and sign-ins need connections meanwhile.
const SEARCHES: usize = 2;
/// How long a search waits for its turn, and the `Retry-After` when that was too long.
const SEARCH_TURN: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(2));

/// Runs blocking work on a thread of its own. Past the deadline the thread continues, and nobody waits for it.
async fn blocking<T: Send + 'static>(
    deadline: Duration,
    work: impl FnOnce() -> store::Result<T> + Send + 'static,
) -> Result<store::Result<T>, Error> {
    let late = |_| Error::Unavailable(format!("the database did not answer within {} seconds", deadline.as_secs()));
    // A panic is a fault of this program and no sign that the database is unavailable.
    let work =
        || catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(store::Error::Query("it panicked".into())));
    tokio::time::timeout(deadline, web::block(work)).await.map_err(late)?.map_err(|_| Error::stopping())
}

/// The database for handlers, with the cache of its answers; cheap to clone.
#[derive(Clone)]
pub struct Db {
    store: Store,
    feed: Arc<Feed>,
    cache: Arc<Cache>,
    searches: Arc<Semaphore>,
}

impl Db {
    /// Over an opened and migrated store. `notify` receives every event of the change feed after the cache.
    ///
    /// # Errors
    /// When the system refuses a thread for the change feed.
    pub fn new(store: Store, cache: Cache, notify: impl Fn(&Event) + Send + Sync + 'static) -> store::Result<Db> {
        let cache = Arc::new(cache);
        let told = cache.clone();
        let feed = store.watch(move |event| {
            told.generations().note(&event);
            notify(&event);
        })?;
        Ok(Db { store, feed: Arc::new(feed), cache, searches: Arc::new(Semaphore::new(SEARCHES)) })
    }

    /// The cache.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }

    /// Blocks until this process has received every change committed so far; after one second it voids the cache instead.
    pub fn wait_until_caught_up(&self) {
        if !self.feed.wait_until_caught_up(CATCH_UP_TIMEOUT) {
            self.cache.generations().forget();
        }
    }

    /// The store itself, for the command line and start-up.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Runs a query on a blocking thread.
    ///
    /// # Errors
    /// The error of the query; 503 when the database does not answer.
    pub async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let store = self.store.clone();
        Ok(blocking(DEADLINE, move || store.read(query)).await??)
    }

    /// Runs a query and returns the settings of the site with its answer: nearly every page needs them.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub async fn read_with_site<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<(Arc<Site>, T), Error> {
        if let Some(site) = self.cache.site() {
            return Ok((site, self.read(query).await?));
        }
        let generation = self.cache.site_generation();
        let (site, answer) = self.read(move |conn| Ok((store::site::get(conn)?, query(conn)?))).await?;
        let site = Arc::new(site);
        self.cache.insert_site(generation, site.clone());
        Ok((site, answer))
    }

    /// As [`Db::read_with_site`], for a search: at most two run at a time.
    ///
    /// # Errors
    /// As [`Db::read`]; [`Error::Busy`] when no search ended within one second.
    pub async fn search_with_site<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<(Arc<Site>, T), Error> {
        let (patience, later) = SEARCH_TURN;
        let turn = tokio::time::timeout(patience, self.searches.clone().acquire_owned());
        let turn = turn.await.map_err(|_| Error::Busy(later))?.map_err(|_| Error::stopping())?;
        // The query holds the turn and not the request: it continues when its client has gone.
        self.read_with_site(move |conn| {
            let _turn = turn;
            query(conn)
        })
        .await
    }

    /// Runs queries that see one state of the database and cannot write, such as the preview of a command.
    ///
    /// # Errors
    /// Only when the database does not answer; the error of the query is inside.
    pub async fn snapshot<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<store::Result<T>, Error> {
        let store = self.store.clone();
        refusal(blocking(DEADLINE, move || store.snapshot(query)).await?)
    }

    /// As [`Db::snapshot`], for a job: no request waits for it.
    ///
    /// # Errors
    /// As [`Db::snapshot`].
    pub async fn long_snapshot<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<store::Result<T>, Error> {
        let store = self.store.clone();
        refusal(blocking(LONG_DEADLINE, move || store.snapshot(query)).await?)
    }

    /// Says what a command would do to access.
    ///
    /// # Errors
    /// As [`Db::snapshot`].
    pub async fn preview(&self, by: access::Editor, command: Command) -> Result<store::Result<AccessDiff>, Error> {
        self.snapshot(move |conn| writing::preview(conn, &by, &command)).await
    }

    /// Runs a command. When it returns, this process and, while the change feed works, every other one on the database
    /// answers nothing from its cache that the command made untrue.
    ///
    /// # Errors
    /// Only when the database does not answer; the error of the command is inside.
    pub async fn run(
        &self,
        by: access::Editor,
        command: Command,
        consent: Consent,
    ) -> Result<store::Result<Outcome>, Error> {
        refusal(self.write_and_wait(DEADLINE, move |conn| run(conn, &by, &command, consent, &mut |_| {})).await?)
    }

    /// As [`Db::run`], for a job: no request waits for it. `progress` is called with the number of pages that are done.
    ///
    /// # Errors
    /// As [`Db::run`].
    pub async fn long_run(
        &self,
        by: access::Editor,
        command: Command,
        consent: Consent,
        mut progress: impl FnMut(usize) + Send + 'static,
    ) -> Result<store::Result<Outcome>, Error> {
        let change = move |conn: &mut Conn| run(conn, &by, &command, consent, &mut progress);
        refusal(self.write_and_wait(LONG_DEADLINE, change).await?)
    }

    /// Runs a change in one transaction, with the promise of [`Db::run`].
    ///
    /// # Errors
    /// As [`Db::read`]; on an error nothing was changed, unless the database stopped answering during the commit.
    pub async fn write<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        Ok(self.write_and_wait(DEADLINE, change).await??)
    }

    async fn write_and_wait<T: Send + 'static>(
        &self,
        deadline: Duration,
        change: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<store::Result<T>, Error> {
        let db = self.clone();
        blocking(deadline, move || {
            let outcome = db.store.write(change);
            // A commit whose answer was lost may have happened.
            if !matches!(&outcome, Err(error) if !matches!(error, store::Error::Unavailable(_))) {
                let committed = Instant::now();
                db.wait_until_caught_up();
                thread::sleep(DELIVERED_WITHIN.saturating_sub(committed.elapsed()));
            }
            outcome
        })
        .await
    }

    /// Runs a change whose refusal is an answer: a duplicate, a stale version, the last administrator.
    ///
    /// # Errors
    /// Only when the database does not answer; the error of the change is inside.
    pub async fn try_write<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<store::Result<T>, Error> {
        refusal(self.write_and_wait(DEADLINE, change).await?)
    }

    /// Runs a change; `None` when somebody else saved meanwhile.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn write_or_stale<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<Option<T>, Error> {
        match self.try_write(change).await? {
            Ok(done) => Ok(Some(done)),
            Err(store::Error::Stale) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The present settings, or the last ones that were read when the database does not answer.
    pub async fn site(&self) -> Arc<Site> {
        if let Some(site) = self.cache.site() {
            return site;
        }
        match self.read_with_site(|_| Ok(())).await {
            Ok((site, ())) => site,
            Err(_) => self.cache.last_site(),
        }
    }
}

/// Separates a failing database from an error that is an answer.
fn refusal<T>(answer: store::Result<T>) -> Result<store::Result<T>, Error> {
    match answer {
        Err(error @ (store::Error::Unavailable(_) | store::Error::Query(_) | store::Error::Schema(_))) => {
            Err(error.into())
        }
        answer => Ok(answer),
    }
}

/// Runs a command in a transaction of its own.
fn run(
    conn: &mut Conn,
    by: &access::Editor,
    command: &Command,
    consent: Consent,
    progress: &mut dyn FnMut(usize),
) -> store::Result<Outcome> {
    let mut run = Run { by, now: clock::now(), consent, links: markdown::targets, progress };
    writing::run(conn, &mut run, command)
}
