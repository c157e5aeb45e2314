//! The one border between async handlers and the blocking database.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use actix_web::web;
use domain::site::Site;
use store::{Conn, Store};

use crate::error::Error;

/// How long a request waits for the database, whatever it does: a stopped server answers nothing, not even a refusal.
const DEADLINE: Duration = Duration::from_secs(10);

/// Runs something that blocks on a thread that may; past the deadline the thread goes on, and nobody waits for it.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> store::Result<T> + Send + 'static,
) -> Result<store::Result<T>, Error> {
    let late = |_| Error::Unavailable("the database did not answer within 10 seconds".into());
    tokio::time::timeout(DEADLINE, web::block(work)).await.map_err(late)?.map_err(|_| Error::stopping())
}

/// The database, for handlers; cheap to clone.
#[derive(Clone)]
pub struct Db {
    store: Store,
    // The settings as last read: error pages need a title even when the database does not answer.
    site: Arc<RwLock<Arc<Site>>>,
}

impl Db {
    /// Over an opened and migrated store.
    pub fn new(store: Store) -> Db {
        Db { store, site: Arc::default() }
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
        Ok(blocking(move || store.read(query)).await??)
    }

    /// Runs a query together with the site's settings, which nearly every answer needs.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub async fn read_with_site<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<(Arc<Site>, T), Error> {
        let (site, answer) = self.read(move |conn| Ok((store::site::get(conn)?, query(conn)?))).await?;
        let site = Arc::new(site);
        *self.site.write().unwrap_or_else(PoisonError::into_inner) = site.clone();
        Ok((site, answer))
    }

    /// Runs a change in one transaction.
    ///
    /// # Errors
    /// As [`Db::read`]; on an error nothing was changed.
    pub async fn write<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let store = self.store.clone();
        Ok(blocking(move || store.write(change)).await??)
    }

    /// Runs a change whose refusal is an answer of its own: a duplicate, a stale version, the last administrator.
    ///
    /// # Errors
    /// Only when the database does not answer; what the change says is inside.
    pub async fn try_write<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Conn) -> store::Result<T> + Send + 'static,
    ) -> Result<store::Result<T>, Error> {
        let store = self.store.clone();
        match blocking(move || store.write(change)).await? {
            Err(error @ (store::Error::Unavailable(_) | store::Error::Query(_) | store::Error::Schema(_))) => {
                Err(error.into())
            }
            answer => Ok(answer),
        }
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
        match self.read_with_site(|_| Ok(())).await {
            Ok((site, ())) => site,
            Err(_) => self.last_site(),
        }
    }

    /// The settings as last read.
    pub fn last_site(&self) -> Arc<Site> {
        self.site.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn unless<T>(answer: store::Result<T>, expected: &store::Error) -> Result<Option<T>, Error> {
    match answer {
        Ok(done) => Ok(Some(done)),
        Err(error) if error == *expected => Ok(None),
        Err(error) => Err(error.into()),
    }
}
