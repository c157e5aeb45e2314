//! The one border between async handlers and the blocking database.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use actix_web::web;
use domain::site::Site;
use store::{
    Conn, Store,
    feed::{DELIVERED_WITHIN, Event, Feed},
};
use tokio::sync::Semaphore;

use crate::{cache::process::Cache, http::error::Error};

/// How long a request waits for the database, whatever it does: a stopped server answers nothing, not even a refusal.
const DEADLINE: Duration = Duration::from_secs(5);
/// How long something waits that its editor watches and no request waits for.
const LONG_DEADLINE: Duration = Duration::from_secs(30 * 60);
/// How long a change waits until this process has heard of it; after that everything in memory is forgotten.
const HEARD_WITHIN: Duration = Duration::from_secs(1);

/// How many searches run at a time: each looks at many texts, and pages and sign-ins want connections meanwhile.
const SEARCHES: usize = 2;
/// How long a search waits for its turn, and what it is told to wait when that was too long.
const SEARCH_TURN: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(2));

/// Runs something that blocks on a thread that may; past the deadline the thread goes on, and nobody waits for it.
async fn blocking<T: Send + 'static>(
    deadline: Duration,
    work: impl FnOnce() -> store::Result<T> + Send + 'static,
) -> Result<store::Result<T>, Error> {
    let late = |_| Error::Unavailable(format!("the database did not answer within {} seconds", deadline.as_secs()));
    // A panic is our fault and no sign that the database is away.
    let work =
        || catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(store::Error::Query("it panicked".into())));
    tokio::time::timeout(deadline, web::block(work)).await.map_err(late)?.map_err(|_| Error::stopping())
}

/// The database, for handlers, and the memory of what it said; cheap to clone.
#[derive(Clone)]
pub struct Db {
    store: Store,
    feed: Arc<Feed>,
    cache: Arc<Cache>,
    searches: Arc<Semaphore>,
}

impl Db {
    /// Over an opened and migrated store; whoever else wants to know of changes is told, too.
    ///
    /// # Errors
    /// When the system refuses a thread for the change feed.
    pub fn new(store: Store, cache: Cache, tell: impl Fn(&Event) + Send + Sync + 'static) -> store::Result<Db> {
        let cache = Arc::new(cache);
        let told = cache.clone();
        let feed = store.watch(move |news| {
            told.generations().note(&news);
            tell(&news);
        })?;
        Ok(Db { store, feed: Arc::new(feed), cache, searches: Arc::new(Semaphore::new(SEARCHES)) })
    }

    /// What is kept in memory.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }

    /// Waits until this process has heard of all that is committed; it blocks.
    pub fn settle(&self) {
        if !self.feed.wait_until_caught_up(HEARD_WITHIN) {
            self.cache.generations().forget();
        }
    }

    /// The store itself, for the command line and start-up.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Runs a query on a thread that may block.
    ///
    /// # Errors
    /// What the query says; 503 if the database does not answer.
    pub async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let store = self.store.clone();
        Ok(blocking(DEADLINE, move || store.read(query)).await??)
    }

    /// Runs a query together with the site's settings, which nearly every answer needs.
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

    /// As [`Db::read_with_site`], for a query that looks at many texts: few of them run at a time.
    ///
    /// # Errors
    /// As [`Db::read`]; [`Error::Busy`] when too many search.
    pub async fn search_with_site<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<(Arc<Site>, T), Error> {
        let (patience, later) = SEARCH_TURN;
        let turn = tokio::time::timeout(patience, self.searches.clone().acquire_owned());
        let turn = turn.await.map_err(|_| Error::Busy(later))?.map_err(|_| Error::stopping())?;
        // Held by the query, not by the request: one whose client has gone still runs.
        self.read_with_site(move |conn| {
            let _turn = turn;
            query(conn)
        })
        .await
    }

    /// Runs a change in one transaction. When it returns, nothing that the change makes untrue is answered from memory, by
    /// another process on this database neither, while all is well.
    ///
    /// # Errors
    /// As [`Db::read`]; on an error nothing was changed, but for a database that stopped answering at the very end.
    pub async fn write<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        Ok(self.write_and_hear(DEADLINE, change).await??)
    }

    async fn write_and_hear<T: Send + 'static>(
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
                db.settle();
                thread::sleep(DELIVERED_WITHIN.saturating_sub(committed.elapsed()));
            }
            outcome
        })
        .await
    }

    /// Runs a change whose refusal is an answer of its own: a duplicate, a stale version, the last administrator.
    ///
    /// # Errors
    /// Only when the database does not answer; what the change says is inside.
    pub async fn try_write<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<store::Result<T>, Error> {
        refusal(self.write_and_hear(DEADLINE, change).await?)
    }

    /// As [`Db::try_write`], for a change that may take minutes: no request waits for it.
    ///
    /// # Errors
    /// As [`Db::try_write`].
    pub async fn try_long_write<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<store::Result<T>, Error> {
        refusal(self.write_and_hear(LONG_DEADLINE, change).await?)
    }

    /// Runs a change and takes it back; what it would have come to.
    ///
    /// # Errors
    /// As [`Db::try_write`].
    pub async fn rehearse<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<store::Result<T>, Error> {
        let store = self.store.clone();
        refusal(blocking(DEADLINE, move || store.rehearse(change)).await?)
    }

    /// As [`Db::rehearse`], for a change that may take minutes: no request waits for it.
    ///
    /// # Errors
    /// As [`Db::try_write`].
    pub async fn rehearse_long<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<store::Result<T>, Error> {
        let store = self.store.clone();
        refusal(blocking(LONG_DEADLINE, move || store.rehearse(change)).await?)
    }

    /// Runs a change; `None` when the name or the path is taken.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn write_or_duplicate<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<Option<T>, Error> {
        unless(self.try_write(change).await?, &store::Error::Duplicate)
    }

    /// Runs a change; `None` when somebody else made another one meanwhile.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub async fn write_or_stale<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<Option<T>, Error> {
        unless(self.try_write(change).await?, &store::Error::Stale)
    }

    /// The settings now, or as last read if the database does not answer.
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

/// The answer, unless it is that the database fails.
fn refusal<T>(answer: store::Result<T>) -> Result<store::Result<T>, Error> {
    match answer {
        Err(error @ (store::Error::Unavailable(_) | store::Error::Query(_) | store::Error::Schema(_))) => {
            Err(error.into())
        }
        answer => Ok(answer),
    }
}

fn unless<T>(answer: store::Result<T>, expected: &store::Error) -> Result<Option<T>, Error> {
    match answer {
        Ok(done) => Ok(Some(done)),
        Err(error) if error == *expected => Ok(None),
        Err(error) => Err(error.into()),
    }
}
