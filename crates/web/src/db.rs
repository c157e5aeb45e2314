//! The only boundary between async handlers and the blocking database.

mod bulkheads;
pub mod committed;
mod stored_bytes;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use actix_web::web;
use domain::{access, site::Site};
use store::{
    Bounded, Conn, Deadline, Outage, Store,
    feed::{DELIVERED_WITHIN, Event, Feed},
    writing::{self, AccessDiff, Command, Consent, Outcome, Run},
};

pub use bulkheads::{POOL_SIZE, ShareLoad};

use crate::{
    cache::{generations::HOLDS_WITHIN, process::Cache, watchdog},
    clock,
    http::error::Error,
    markdown,
};
use bulkheads::{Bulkheads, Saturated, Share};

/// How long a request waits for the database. A suspended database server does not even reject a connection.
const DEADLINE: Duration = Duration::from_secs(5);
/// How long [`Db::note`] waits for the database.
const NOTE_DEADLINE: Duration = Duration::from_secs(2);
/// How much longer a change waits for a commit that has begun.
const COMMIT_TIMEOUT: Duration = Duration::from_secs(3);
/// The maximum duration of a job. No request waits for it.
pub const LONG_DEADLINE: Duration = Duration::from_secs(30 * 60);
/// How long a change waits until this process has received it from the change feed; after that it invalidates the
/// cache.
const CATCH_UP_TIMEOUT: Duration = Duration::from_secs(1);

/// `Retry-After` when a share of the pool had no permit.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// The reason why blocking work gave no result.
enum NoResult {
    /// It was given up: nothing was or will be committed.
    GivenUp,
    /// Its commit has begun and has not ended.
    InDoubt,
    /// The server is stopping.
    Stopping,
}

/// Runs blocking work on another thread. At the deadline the work is given up, unless its commit has begun.
async fn blocking<T: Send + 'static>(
    deadline: &Deadline,
    work: impl FnOnce() -> store::Result<T> + Send + 'static,
) -> Result<store::Result<T>, NoResult> {
    // A panic is a bug of this program, not an unavailable database.
    let work = || {
        catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(store::Error::Query("the query panicked".into())))
    };
    let mut running = pin!(web::block(work));
    let done = match deadline.left() {
        None => running.await,
        Some(left) => match tokio::time::timeout(left, &mut running).await {
            Ok(done) => done,
            Err(_) if deadline.give_up() => return Err(NoResult::GivenUp),
            Err(_) => tokio::time::timeout(COMMIT_TIMEOUT, running).await.map_err(|_| NoResult::InDoubt)?,
        },
    };
    done.map_err(|_| NoResult::Stopping)
}

/// Runs blocking work that changes nothing. It is also given up when its request is: when the client has disconnected.
async fn blocking_read<T: Send + 'static>(
    deadline: Deadline,
    work: impl FnOnce() -> store::Result<T> + Send + 'static,
) -> Result<store::Result<T>, Error> {
    struct GiveUpOnDrop(Deadline);
    impl Drop for GiveUpOnDrop {
        fn drop(&mut self) {
            self.0.give_up();
        }
    }
    let guard = GiveUpOnDrop(deadline);
    blocking(&guard.0, work).await.map_err(|why| match why {
        NoResult::GivenUp | NoResult::InDoubt => Error::Unavailable("the database did not answer in time".into()),
        NoResult::Stopping => Error::stopping(),
    })
}

/// Runs blocking work that changes something.
async fn blocking_write<T: Send + 'static>(
    deadline: &Deadline,
    work: impl FnOnce() -> store::Result<T> + Send + 'static,
) -> Result<store::Result<T>, Error> {
    let outcome = blocking(deadline, work).await.map_err(|why| match why {
        NoResult::GivenUp => Error::NotSaved("the database did not answer in time; the change was given up".into()),
        NoResult::InDoubt => Error::InDoubt("the commit did not end in time".into()),
        NoResult::Stopping => Error::stopping(),
    })?;
    match outcome {
        Err(store::Error::Unavailable(unavailable)) => Err(Error::NotSaved(unavailable.words)),
        outcome => Ok(outcome),
    }
}

/// How long a change waits after its commit, beside what its own process needs to receive it.
#[derive(Clone, Copy)]
enum Wait {
    /// Until every process that runs has received it.
    Delivered,
    /// Until it holds for the next request to every process, also to one that was suspended meanwhile.
    Held,
}

impl Wait {
    /// The wait after a command that may have taken access away, or has not.
    fn taking(takes_access: bool) -> Wait {
        if takes_access { Wait::Held } else { Wait::Delivered }
    }

    fn duration(self) -> Duration {
        match self {
            Wait::Delivered => DELIVERED_WITHIN,
            Wait::Held => HOLDS_WITHIN,
        }
    }
}

/// The database for handlers, with its cache; cheap to clone.
#[derive(Clone)]
pub struct Db {
    store: Store,
    feed: Arc<Feed>,
    cache: Arc<Cache>,
    bulkheads: Bulkheads,
}

impl Db {
    /// A database over an opened and migrated store. `notify` receives every event of the change feed after the cache.
    ///
    /// # Errors
    /// When the system refuses a thread for the change feed.
    pub fn new(store: Store, cache: Cache, notify: impl Fn(&Event) + Send + Sync + 'static) -> store::Result<Db> {
        let cache = Arc::new(cache);
        watchdog::start(&cache)
            .map_err(|error| store::Error::Unavailable(format!("no thread for the watchdog: {error}").into()))?;
        let feed_cache = cache.clone();
        let feed = store.watch(move |event| {
            feed_cache.generations().record(&event);
            notify(&event);
        })?;
        let store = store.indexing(markdown::plain);
        let bulkheads = Bulkheads::new(store.pool_size(), store.max_reads());
        Ok(Db { store, feed: Arc::new(feed), cache, bulkheads })
    }

    /// The cache.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }

    /// The reason why cached values are not used now, for the operator; `None` while the change feed works.
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

    /// How much of each share of the pool is in use now.
    pub fn share_loads(&self) -> Vec<ShareLoad> {
        self.bulkheads.load()
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
        self.read_in(Share::Reads, query).await
    }

    async fn read_in<T: Send + 'static>(
        &self,
        share: Share,
        query: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let deadline = Deadline::after(DEADLINE);
        Ok(self.blocking_read_in(share, deadline, |bounded| bounded.read(query)).await??)
    }

    /// Runs a read in a share. It holds its permit, and not the request: the connection is in use until its statement has
    /// stopped.
    async fn blocking_read_in<T: Send + 'static>(
        &self,
        share: Share,
        deadline: Deadline,
        read: impl FnOnce(Bounded<'_>) -> store::Result<T> + Send + 'static,
    ) -> Result<store::Result<T>, Error> {
        // At once: those that wait for the database hold the permits.
        self.store.check_answers()?;
        let permit = self.bulkheads.enter(share, &deadline).await.map_err(busy)?;
        let (store, within) = (self.store.clone(), deadline.clone());
        let work = move || {
            let _permit = permit;
            read(store.within(&within))
        };
        blocking_read(deadline, work).await
    }

    /// Runs a query, and returns the settings of the site with its result: nearly every page needs them.
    pub async fn read_with_site<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<(Arc<Site>, T), Error> {
        self.read_with_site_in(Share::Reads, query).await
    }

    async fn read_with_site_in<T: Send + 'static>(
        &self,
        share: Share,
        query: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<(Arc<Site>, T), Error> {
        if let Some(site) = self.cache.site() {
            return Ok((site, self.read_in(share, query).await?));
        }
        let generation = self.cache.site_generation();
        let read = move |conn: &mut Conn| Ok((store::site::get(conn)?, query(conn)?));
        let (site, answer) = self.read_in(share, read).await?;
        let site = Arc::new(site);
        self.cache.insert_site(generation, site.clone());
        Ok((site, answer))
    }

    /// As [`Db::read_with_site`], for a search by a reader.
    ///
    /// # Errors
    /// As [`Db::read`]; [`Error::Busy`] when no search ended within one second.
    pub async fn search_with_site<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<(Arc<Site>, T), Error> {
        self.read_with_site_in(Share::Searches, query).await
    }

    /// As [`Db::read_with_site`], for a list of the panel.
    ///
    /// # Errors
    /// As [`Db::read`]; [`Error::Busy`] when no other list ended in time.
    pub async fn list_with_site<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<(Arc<Site>, T), Error> {
        self.read_with_site_in(Share::Panel, query).await
    }

    /// Runs queries that see one state of the database and cannot write, such as the preview of a command.
    ///
    /// # Errors
    /// When the database fails; any other error of the query is in the inner result.
    pub async fn snapshot<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<store::Result<T>, Error> {
        self.snapshot_within(Share::Panel, Deadline::after(DEADLINE), query).await
    }

    /// As [`Db::snapshot`], for a page: it has the share of [`Db::read`].
    ///
    /// # Errors
    /// The error of the query; 503 when the database does not answer.
    pub async fn read_snapshot<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        Ok(self.snapshot_within(Share::Reads, Deadline::after(DEADLINE), query).await??)
    }

    /// As [`Db::snapshot`], for a job: no request waits for it.
    pub async fn long_snapshot<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<store::Result<T>, Error> {
        self.snapshot_within(Share::Jobs, Deadline::after(LONG_DEADLINE), query).await
    }

    async fn snapshot_within<T: Send + 'static>(
        &self,
        share: Share,
        deadline: Deadline,
        query: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<store::Result<T>, Error> {
        split_outage(self.blocking_read_in(share, deadline, |bounded| bounded.snapshot(query)).await?)
    }

    /// Previews the effect of a command on access.
    pub async fn preview(&self, by: access::Editor, command: Command) -> Result<store::Result<AccessDiff>, Error> {
        self.snapshot(move |conn| writing::preview(conn, &by, &command)).await
    }

    /// Runs a command. When it returns, this process no longer serves cached values that the command made outdated, and neither
    /// does any other process on the database while the change feed works. One that was suspended meanwhile may for 0.3 seconds,
    /// unless the command may have taken access away.
    ///
    /// # Errors
    /// When the database fails; any other error of the command is in the inner result.
    pub async fn run(
        &self,
        by: access::Editor,
        command: Command,
        consent: Consent,
    ) -> Result<store::Result<Outcome>, Error> {
        let share = if command.is_of_a_group() { Share::Revocations } else { Share::Changes };
        let change = move |conn: &mut Conn| run_in(conn, &by, &command, consent, &mut |_| {});
        self.write_command(share, Deadline::after(DEADLINE), change).await
    }

    async fn write_command(
        &self,
        share: Share,
        deadline: Deadline,
        change: impl FnOnce(&mut Conn) -> store::Result<Ran> + Send + 'static,
    ) -> Result<store::Result<Outcome>, Error> {
        let ran = self.write_and_wait_within(share, deadline, change, |ran| Wait::taking(ran.takes_access)).await?;
        split_outage(ran.map(|ran| ran.outcome))
    }

    /// As [`Db::run`], for a job: no request waits for it. `progress` receives the number of finished pages, and `finish`
    /// writes what follows from the outcome in the same transaction.
    pub async fn long_run(
        &self,
        by: access::Editor,
        command: Command,
        consent: Consent,
        deadline: Deadline,
        mut progress: impl FnMut(usize) + Send + 'static,
        finish: impl FnOnce(&mut Conn, &Outcome) -> store::Result<()> + Send + 'static,
    ) -> Result<store::Result<Outcome>, Error> {
        let change = move |conn: &mut Conn| {
            let ran = run_in(conn, &by, &command, consent, &mut progress)?;
            finish(conn, &ran.outcome)?;
            Ok(ran)
        };
        self.write_command(Share::Jobs, deadline, change).await
    }

    /// Runs a change in one transaction, with the guarantee of [`Db::run`].
    ///
    /// # Errors
    /// The error of the change; [`Error::NotSaved`] when the database refuses it or did not end it in time;
    /// [`Error::InDoubt`] when the connection was lost during the commit. On any other error nothing was changed.
    pub async fn write<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        Ok(self.write_and_wait(Share::Changes, Wait::Delivered, change).await??)
    }

    /// Writes something that no request waits for and that makes no cached value outdated. It waits for the database
    /// for at most two seconds.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn note<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let deadline = Deadline::after(NOTE_DEADLINE);
        let permit = self.bulkheads.enter(Share::Changes, &deadline).await.map_err(not_saved)?;
        let (store, within) = (self.store.clone(), deadline.clone());
        let write = move || {
            let _permit = permit;
            store.within(&within).write(change)
        };
        Ok(blocking_write(&deadline, write).await??)
    }

    /// Writes bytes of a file, which make no cached value outdated; `None` if the disk of the database is full.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn store_bytes<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<Option<T>, Error> {
        let deadline = Deadline::after(DEADLINE);
        let permit = self.bulkheads.enter(Share::Changes, &deadline).await.map_err(not_saved)?;
        let (store, within) = (self.store.clone(), deadline.clone());
        let write = move || {
            let _permit = permit;
            match store.within(&within).write(change) {
                Err(store::Error::Unavailable(unavailable)) if unavailable.outage == Outage::Full => Ok(None),
                written => written.map(Some),
            }
        };
        Ok(blocking_write(&deadline, write).await??)
    }

    /// As [`Db::write`], for a change of accounts: it does not wait behind changes of pages. When it returns, it holds for the next
    /// request to every process, also to one that was suspended meanwhile.
    pub async fn revoke<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        Ok(self.try_revoke(change).await??)
    }

    /// As [`Db::revoke`], for a change that may be rejected.
    pub async fn try_revoke<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<store::Result<T>, Error> {
        split_outage(self.write_and_wait(Share::Revocations, Wait::Held, change).await?)
    }

    async fn write_and_wait<T: Send + 'static>(
        &self,
        share: Share,
        wait: Wait,
        change: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<store::Result<T>, Error> {
        self.write_and_wait_within(share, Deadline::after(DEADLINE), change, move |_| wait).await
    }

    async fn write_and_wait_within<T: Send + 'static>(
        &self,
        share: Share,
        deadline: Deadline,
        change: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
        wait: impl FnOnce(&T) -> Wait + Send + 'static,
    ) -> Result<store::Result<T>, Error> {
        let permit = self.bulkheads.enter(share, &deadline).await.map_err(not_saved)?;
        let (db, within) = (self.clone(), deadline.clone());
        blocking_write(&deadline, move || {
            let outcome = db.store.within(&within).write(change);
            drop(permit);
            let wait = match &outcome {
                Ok(done) => Some(wait(done)),
                // When the connection was lost during the commit, the change may have been committed.
                Err(store::Error::InDoubt(_)) => Some(Wait::Held),
                Err(_) => None,
            };
            if let Some(wait) = wait {
                let committed = Instant::now();
                db.wait_until_caught_up();
                thread::sleep(wait.duration().saturating_sub(committed.elapsed()));
            }
            outcome
        })
        .await
        .inspect(|outcome| {
            if outcome.is_ok() {
                committed::note();
            }
        })
    }

    /// Runs a change that may be rejected: a duplicate, a stale version, the last administrator.
    ///
    /// # Errors
    /// When the database fails; a rejection is in the inner result.
    pub async fn try_write<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<store::Result<T>, Error> {
        split_outage(self.write_and_wait(Share::Changes, Wait::Delivered, change).await?)
    }

    /// Runs a change of settings; `None` when its version is stale. It may hide pages, and holds as [`Db::revoke`] says.
    pub async fn write_or_stale<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<Option<T>, Error> {
        match split_outage(self.write_and_wait(Share::Changes, Wait::Held, change).await?)? {
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

fn busy(_: Saturated) -> Error {
    Error::Busy(RETRY_AFTER)
}

fn not_saved(Saturated(share): Saturated) -> Error {
    Error::NotSaved(format!("the share of the connections for {share:?} had none free in time"))
}

/// Separates a failing database from an error that is a regular outcome of a change.
fn split_outage<T>(outcome: store::Result<T>) -> Result<store::Result<T>, Error> {
    match outcome {
        Err(
            error @ (store::Error::Unavailable(_)
            | store::Error::InDoubt(_)
            | store::Error::Query(_)
            | store::Error::Schema(_)),
        ) => Err(error.into()),
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
    run_in(conn, by, command, consent, progress).map(|ran| ran.outcome)
}

/// What a command did.
struct Ran {
    outcome: Outcome,
    takes_access: bool,
}

fn run_in(
    conn: &mut Conn,
    by: &access::Editor,
    command: &Command,
    consent: Consent,
    progress: &mut dyn FnMut(usize),
) -> store::Result<Ran> {
    let mut run = Run { by, now: clock::now(), consent, links: markdown::facts, progress, takes_access: false };
    let outcome = writing::run(conn, &mut run, command)?;
    Ok(Ran { outcome, takes_access: run.takes_access })
}
