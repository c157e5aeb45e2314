//! The only boundary between async handlers and the blocking database.

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

use crate::{
    cache::{process::Cache, watchdog},
    clock,
    http::error::Error,
    markdown,
};

/// How long a request waits for the database. A suspended database server does not even reject a connection.
const DEADLINE: Duration = Duration::from_secs(5);
/// The maximum duration of a job. No request waits for it.
const LONG_DEADLINE: Duration = Duration::from_secs(30 * 60);
/// How long a change waits until this process has received it from the change feed; after that it invalidates the
/// cache.
const CATCH_UP_TIMEOUT: Duration = Duration::from_secs(1);

/// The maximum number of concurrent searches. Each one reads many texts, and pages and sign-ins need connections, too.
const MAX_SEARCHES: usize = 2;
/// How long a search waits for a permit.
const SEARCH_TIMEOUT: Duration = Duration::from_secs(1);
/// `Retry-After` when a search got no permit.
const SEARCH_RETRY_AFTER: Duration = Duration::from_secs(2);

/// Runs blocking work on another thread. After the deadline the thread continues, and nobody waits for it.
async fn blocking<T: Send + 'static>(
    deadline: Duration,
    work: impl FnOnce() -> store::Result<T> + Send + 'static,
) -> Result<store::Result<T>, Error> {
    let timed_out =
        |_| Error::Unavailable(format!("the database did not answer within {} seconds", deadline.as_secs()));
    // A panic is a bug of this program, not an unavailable database.
    let work = || {
        catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(store::Error::Query("the query panicked".into())))
    };
    tokio::time::timeout(deadline, web::block(work)).await.map_err(timed_out)?.map_err(|_| Error::stopping())
}

/// The database for handlers, with its cache; cheap to clone.
#[derive(Clone)]
pub struct Db {
    store: Store,
    feed: Arc<Feed>,
    cache: Arc<Cache>,
    searches: Arc<Semaphore>,
}

impl Db {
    /// A database over an opened and migrated store. `notify` receives every event of the change feed after the cache.
    ///
    /// # Errors
    /// When the system refuses a thread for the change feed.
    pub fn new(store: Store, cache: Cache, notify: impl Fn(&Event) + Send + Sync + 'static) -> store::Result<Db> {
        let cache = Arc::new(cache);
        watchdog::start(&cache)
            .map_err(|error| store::Error::Unavailable(format!("no thread for the watchdog: {error}")))?;
        let feed_cache = cache.clone();
        let feed = store.watch(move |event| {
            feed_cache.generations().record(&event);
            notify(&event);
        })?;
        Ok(Db { store, feed: Arc::new(feed), cache, searches: Arc::new(Semaphore::new(MAX_SEARCHES)) })
    }

    /// The cache.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }

    /// Why cached values are not used now, for the operator; `None` while the change feed works.
    pub fn feed_failure(&self) -> Option<String> {
        self.feed.failure()
    }

    /// Blocks until this process has received every change committed so far; after one second it invalidates the cache
    /// instead.
    pub fn wait_until_caught_up(&self) {
        if !self.feed.wait_until_caught_up(CATCH_UP_TIMEOUT) {
            self.cache.generations().invalidate_all();
        }
    }

    /// The store.
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

    /// Runs a query, and returns the settings of the site with its result: nearly every page needs them.
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
        let permit = tokio::time::timeout(SEARCH_TIMEOUT, self.searches.clone().acquire_owned());
        let permit = permit.await.map_err(|_| Error::Busy(SEARCH_RETRY_AFTER))?.map_err(|_| Error::stopping())?;
        // The query holds the permit, not the request: it continues after its client has disconnected.
        self.read_with_site(move |conn| {
            let _permit = permit;
            query(conn)
        })
        .await
    }

    /// Runs queries that see one state of the database and cannot write, such as the preview of a command.
    ///
    /// # Errors
    /// When the database fails; any other error of the query is in the inner result.
    pub async fn snapshot<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<store::Result<T>, Error> {
        let store = self.store.clone();
        split_outage(blocking(DEADLINE, move || store.snapshot(query)).await?)
    }

    /// As [`Db::snapshot`], for a job: no request waits for it.
    pub async fn long_snapshot<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<store::Result<T>, Error> {
        let store = self.store.clone();
        split_outage(blocking(LONG_DEADLINE, move || store.snapshot(query)).await?)
    }

    /// Previews the effect of a command on access.
    pub async fn preview(&self, by: access::Editor, command: Command) -> Result<store::Result<AccessDiff>, Error> {
        self.snapshot(move |conn| writing::preview(conn, &by, &command)).await
    }

    /// Runs a command. When it returns, this process no longer serves cached values that the command made outdated, and
    /// neither does any other process on the database while the change feed works.
    ///
    /// # Errors
    /// When the database fails; any other error of the command is in the inner result.
    pub async fn run(
        &self,
        by: access::Editor,
        command: Command,
        consent: Consent,
    ) -> Result<store::Result<Outcome>, Error> {
        split_outage(
            self.write_and_wait(DEADLINE, move |conn| run_command(conn, &by, &command, consent, &mut |_| {})).await?,
        )
    }

    /// As [`Db::run`], for a job: no request waits for it. `progress` receives the number of finished pages.
    pub async fn long_run(
        &self,
        by: access::Editor,
        command: Command,
        consent: Consent,
        mut progress: impl FnMut(usize) + Send + 'static,
    ) -> Result<store::Result<Outcome>, Error> {
        let change = move |conn: &mut Conn| run_command(conn, &by, &command, consent, &mut progress);
        split_outage(self.write_and_wait(LONG_DEADLINE, change).await?)
    }

    /// Runs a change in one transaction, with the guarantee of [`Db::run`].
    ///
    /// # Errors
    /// As [`Db::read`]. On an error nothing was changed, unless the connection was lost during the commit.
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
            // When the connection was lost during the commit, the change may have been committed.
            let may_be_committed = matches!(outcome, Ok(_) | Err(store::Error::Unavailable(_)));
            if may_be_committed {
                let committed = Instant::now();
                db.wait_until_caught_up();
                thread::sleep(DELIVERED_WITHIN.saturating_sub(committed.elapsed()));
            }
            outcome
        })
        .await
    }

    /// Runs a change that may be rejected: a duplicate, a stale version, the last administrator.
    ///
    /// # Errors
    /// When the database fails; a rejection is in the inner result.
    pub async fn try_write<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<store::Result<T>, Error> {
        split_outage(self.write_and_wait(DEADLINE, change).await?)
    }

    /// Runs a change; `None` when its version is stale.
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

    /// The current settings; when the database does not answer, the last ones that were read.
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

/// Separates a failing database from an error that is a regular outcome of a change.
fn split_outage<T>(outcome: store::Result<T>) -> Result<store::Result<T>, Error> {
    match outcome {
        Err(error @ (store::Error::Unavailable(_) | store::Error::Query(_) | store::Error::Schema(_))) => {
            Err(error.into())
        }
        outcome => Ok(outcome),
    }
}

/// Runs a command in the transaction of `conn`, as of now.
///
/// # Errors
/// As [`writing::run`].
pub fn run_command(
    conn: &mut Conn,
    by: &access::Editor,
    command: &Command,
    consent: Consent,
    progress: &mut dyn FnMut(usize),
) -> store::Result<Outcome> {
    let mut run = Run { by, now: clock::now(), consent, links: markdown::targets, progress };
    writing::run(conn, &mut run, command)
}
