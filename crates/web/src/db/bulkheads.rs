//! Bulkheads: each kind of work that may take long has its own share of the connection pool, so that it cannot take the
//! connections with which pages are read and sign-ins are verified.

use std::{sync::Arc, time::Duration};

use store::Deadline;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The size of the pool for which the shares are meant, in connections. Three are in no share.
pub const POOL_SIZE: u32 = 14;
/// The longest time that a search waits for its share: readers are many, and each types again.
const SEARCH_TIMEOUT: Duration = Duration::from_secs(1);

/// A kind of work with a share of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Share {
    /// Changes. With those of jobs and of accounts they have half of the pool, because they may wait behind a lock.
    Changes,
    /// Changes and previews of jobs, which may take minutes.
    Jobs,
    /// Changes of accounts and groups: a user must be locked out although other changes wait behind a lock.
    Revocations,
    /// Full-text searches by readers.
    Searches,
    /// The panel's lists and previews.
    Panel,
}

/// The permits of every share; cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Bulkheads {
    changes: Arc<Semaphore>,
    jobs: Arc<Semaphore>,
    revocations: Arc<Semaphore>,
    searches: Arc<Semaphore>,
    panel: Arc<Semaphore>,
}

/// No permit was free in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Saturated(pub(super) Share);

impl Bulkheads {
    /// The shares of a pool of this size; each has at least one connection.
    pub(super) fn new(pool_size: u32) -> Bulkheads {
        let share = |connections: u32| {
            let part = connections.saturating_mul(pool_size) / POOL_SIZE;
            Arc::new(Semaphore::new(usize::try_from(part).unwrap_or(1).max(1)))
        };
        Bulkheads { changes: share(3), jobs: share(2), revocations: share(2), searches: share(2), panel: share(2) }
    }

    /// Waits for a permit of a share, until the deadline at most. The work holds the permit for as long as its connection.
    ///
    /// # Errors
    /// [`Saturated`] when none was free in time.
    pub(super) async fn enter(&self, share: Share, deadline: &Deadline) -> Result<OwnedSemaphorePermit, Saturated> {
        let (permits, limit) = match share {
            Share::Changes => (&self.changes, None),
            Share::Jobs => (&self.jobs, None),
            Share::Revocations => (&self.revocations, None),
            Share::Searches => (&self.searches, Some(SEARCH_TIMEOUT)),
            Share::Panel => (&self.panel, None),
        };
        let permit = permits.clone().acquire_owned();
        let permit = match deadline.left().into_iter().chain(limit).min() {
            Some(limit) => tokio::time::timeout(limit, permit).await.map_err(|_| Saturated(share))?,
            None => permit.await,
        };
        permit.map_err(|_| Saturated(share))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn a_full_share_is_waited_for_until_the_deadline_and_leaves_the_others_alone() {
        let bulkheads = Bulkheads::new(POOL_SIZE);
        let deadline = Deadline::after(Duration::from_secs(60));
        let mut held = Vec::new();
        for _ in 0..3 {
            held.push(bulkheads.enter(Share::Changes, &deadline).await.unwrap());
        }
        let late = Deadline::after(Duration::from_millis(10));
        assert_eq!(bulkheads.enter(Share::Changes, &late).await.unwrap_err(), Saturated(Share::Changes));
        for other in [Share::Jobs, Share::Revocations, Share::Searches, Share::Panel] {
            for _ in 0..2 {
                held.push(bulkheads.enter(other, &deadline).await.unwrap());
            }
        }
        assert_eq!(held.len() + 3, POOL_SIZE as usize, "pages and sign-ins have a connection whatever happens");
        held.clear();
        held.push(bulkheads.enter(Share::Changes, &deadline).await.unwrap());
    }

    #[actix_web::test]
    async fn a_small_pool_has_every_share() {
        let bulkheads = Bulkheads::new(1);
        for share in [Share::Changes, Share::Jobs, Share::Revocations, Share::Searches, Share::Panel] {
            assert!(bulkheads.enter(share, &Deadline::none()).await.is_ok());
        }
    }
}
