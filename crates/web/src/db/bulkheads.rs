//! Bulkheads: each kind of work that may take long has its own share of the connection pool, so that it cannot take the
//! connections with which pages are read and sign-ins are verified. Reads of a SQLite file have a share, too: they take
//! processor time and no waiting, so that more connections at a time would only take more memory.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::Duration,
};

use store::Deadline;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The size of the pool for which the shares are meant, in connections. Three are in no share.
pub const POOL_SIZE: u32 = 14;
/// The maximum time that a search waits for its share: there are many readers, and each may search again.
const SEARCH_TIMEOUT: Duration = Duration::from_secs(1);

/// A kind of work with a share of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Share {
    /// Reads of pages, files and accounts; limited only where the database says so.
    Reads,
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

impl Share {
    const ALL: [Share; 6] =
        [Share::Reads, Share::Changes, Share::Jobs, Share::Revocations, Share::Searches, Share::Panel];

    fn name(self) -> &'static str {
        match self {
            Share::Reads => "reads",
            Share::Changes => "changes",
            Share::Jobs => "jobs",
            Share::Revocations => "accounts",
            Share::Searches => "searches",
            Share::Panel => "panel",
        }
    }
}

/// The permits of every share; cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Bulkheads {
    /// `None` without a limit.
    reads: Option<Permits>,
    changes: Permits,
    jobs: Permits,
    revocations: Permits,
    searches: Permits,
    panel: Permits,
}

/// The permits of a share.
#[derive(Clone, Debug)]
struct Permits {
    free: Arc<Semaphore>,
    size: u32,
    waiting: Arc<AtomicU32>,
}

/// How much of a share is in use at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShareLoad {
    /// The word for the share.
    pub name: &'static str,
    /// The number of connections that it may use at a time.
    pub size: u32,
    /// The number of connections that are in use.
    pub in_use: u32,
    /// The number of callers that wait for one.
    pub waiting: u32,
}

/// The right to use a connection of a share until it is dropped; `None` for a share without a limit.
pub(super) type Permit = Option<OwnedSemaphorePermit>;

/// No permit was free in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Saturated(pub(super) Share);

impl Bulkheads {
    /// The shares of a pool of this size, each of at least one connection, with at most `reads` reads at a time.
    pub(super) fn new(pool_size: u32, reads: Option<u32>) -> Bulkheads {
        let share = |connections: u32| {
            let part = connections.saturating_mul(pool_size) / POOL_SIZE;
            Permits::new(part.max(1))
        };
        Bulkheads {
            reads: reads.map(|reads| Permits::new(reads.clamp(1, pool_size.max(1)))),
            changes: share(3),
            jobs: share(2),
            revocations: share(2),
            searches: share(2),
            panel: share(2),
        }
    }

    /// Waits for a permit of a share, until the deadline at most. The work holds the permit for as long as its connection.
    ///
    /// # Errors
    /// [`Saturated`] when none was free in time.
    pub(super) async fn enter(&self, share: Share, deadline: &Deadline) -> Result<Permit, Saturated> {
        let Some(permits) = self.permits(share) else { return Ok(None) };
        let limit = (share == Share::Searches).then_some(SEARCH_TIMEOUT);
        let _waiting = Waiting::of(permits);
        let permit = permits.free.clone().acquire_owned();
        let permit = match deadline.left().into_iter().chain(limit).min() {
            Some(limit) => tokio::time::timeout(limit, permit).await.map_err(|_| Saturated(share))?,
            None => permit.await,
        };
        permit.map(Some).map_err(|_| Saturated(share))
    }

    /// How much of each share with a limit is in use now.
    pub(super) fn load(&self) -> Vec<ShareLoad> {
        let of = |share: Share| {
            let permits = self.permits(share)?;
            let free = u32::try_from(permits.free.available_permits()).unwrap_or(permits.size);
            let in_use = permits.size.saturating_sub(free);
            Some(ShareLoad { name: share.name(), size: permits.size, in_use, waiting: permits.waiting.load(Relaxed) })
        };
        Share::ALL.into_iter().filter_map(of).collect()
    }

    fn permits(&self, share: Share) -> Option<&Permits> {
        match share {
            Share::Reads => self.reads.as_ref(),
            Share::Changes => Some(&self.changes),
            Share::Jobs => Some(&self.jobs),
            Share::Revocations => Some(&self.revocations),
            Share::Searches => Some(&self.searches),
            Share::Panel => Some(&self.panel),
        }
    }
}

impl Permits {
    fn new(size: u32) -> Permits {
        let free = Semaphore::new(usize::try_from(size).unwrap_or(1));
        Permits { free: Arc::new(free), size, waiting: Arc::default() }
    }
}

/// Counts a caller for as long as it waits, even if it gives up.
struct Waiting<'a>(&'a AtomicU32);

impl Waiting<'_> {
    fn of(permits: &Permits) -> Waiting<'_> {
        permits.waiting.fetch_add(1, Relaxed);
        Waiting(&permits.waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Waker};

    use super::*;

    #[actix_web::test]
    async fn a_full_share_is_waited_for_until_the_deadline_and_leaves_the_others_alone() {
        let bulkheads = Bulkheads::new(POOL_SIZE, None);
        let deadline = Deadline::after(Duration::from_secs(60));
        let mut held = Vec::new();
        for _ in 0..3 {
            held.push(bulkheads.enter(Share::Changes, &deadline).await.unwrap());
        }
        let of = |load: Vec<ShareLoad>| load.iter().map(|share| (share.in_use, share.waiting)).collect::<Vec<_>>();
        assert_eq!(of(bulkheads.load()), [(3, 0), (0, 0), (0, 0), (0, 0), (0, 0)]);
        let late = Deadline::after(Duration::from_millis(10));
        assert!(bulkheads.enter(Share::Reads, &late).await.is_ok_and(|permit| permit.is_none()));
        assert_eq!(bulkheads.enter(Share::Changes, &late).await.unwrap_err(), Saturated(Share::Changes));
        for other in [Share::Jobs, Share::Revocations, Share::Searches, Share::Panel] {
            for _ in 0..2 {
                held.push(bulkheads.enter(other, &deadline).await.unwrap());
            }
        }
        assert_eq!(held.len() + 3, POOL_SIZE as usize, "pages and sign-ins have a connection whatever happens");
        let one_more = bulkheads.enter(Share::Jobs, &deadline);
        let mut one_more = std::pin::pin!(one_more);
        assert!(one_more.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        assert_eq!(of(bulkheads.load()), [(3, 0), (2, 1), (2, 0), (2, 0), (2, 0)]);
        held.clear();
        held.push(one_more.await.unwrap());
        assert_eq!(of(bulkheads.load()), [(0, 0), (1, 0), (0, 0), (0, 0), (0, 0)]);
        held.push(bulkheads.enter(Share::Changes, &deadline).await.unwrap());
    }

    #[actix_web::test]
    async fn a_small_pool_has_every_share() {
        let bulkheads = Bulkheads::new(1, Some(4));
        for share in Share::ALL {
            assert!(bulkheads.enter(share, &Deadline::none()).await.is_ok());
        }
    }

    #[actix_web::test]
    async fn reads_are_limited_only_where_the_database_says_so() {
        let bulkheads = Bulkheads::new(POOL_SIZE, Some(2));
        let late = Deadline::after(Duration::from_millis(10));
        let held =
            [bulkheads.enter(Share::Reads, &late).await.unwrap(), bulkheads.enter(Share::Reads, &late).await.unwrap()];
        assert_eq!(bulkheads.enter(Share::Reads, &late).await.unwrap_err(), Saturated(Share::Reads));
        assert!(bulkheads.enter(Share::Searches, &Deadline::none()).await.is_ok(), "the other shares are left alone");
        drop(held);
        assert!(bulkheads.enter(Share::Reads, &Deadline::none()).await.is_ok());
        assert!(Bulkheads::new(POOL_SIZE, None).load().iter().all(|share| share.name != "reads"));
    }
}
