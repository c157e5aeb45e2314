//! Renders pages on blocking threads, without a database connection and at most one per core, so that a slow page does
//! not delay others.

use std::{sync::Arc, thread, time::Duration};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::http::error::Error;

/// The maximum number of running and waiting renderings per core; a typical one takes 1 ms.
const MAX_JOBS_PER_CORE: usize = 64;
/// How long an editor's long rendering waits for another one to end.
const LONG_TIMEOUT: Duration = Duration::from_secs(5);
/// `Retry-After` when none ended.
const LONG_RETRY_AFTER: Duration = Duration::from_secs(5);

/// The pool; cheap to clone.
#[derive(Clone)]
pub struct RenderPool {
    cores: Arc<Semaphore>,
    queue: Arc<Semaphore>,
    /// For renderings that may take long.
    long: Arc<Semaphore>,
}

impl RenderPool {
    /// A pool of as many concurrent renderings as the machine has cores, and half as many long ones.
    pub fn new() -> RenderPool {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let queue = Semaphore::new(cores * MAX_JOBS_PER_CORE);
        let long = Semaphore::new((cores / 2).max(1));
        RenderPool { cores: Arc::new(Semaphore::new(cores)), queue: Arc::new(queue), long: Arc::new(long) }
    }

    /// Runs one rendering on a blocking thread.
    ///
    /// # Errors
    /// [`Error::Busy`] at once when the queue is full.
    pub async fn run<T: Send + 'static>(&self, rendering: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let _queued = self.queue.try_acquire().map_err(|_| Error::Busy(Duration::from_secs(1)))?;
        let permit = self.cores.clone().acquire_owned().await.map_err(|_| Error::stopping())?;
        run_with(permit, rendering).await
    }

    /// Runs a rendering that an editor asked for and that may take long, such as a preview or a comparison of large
    /// texts. Long renderings have permits of their own, so that the pages of readers do not wait for them.
    ///
    /// # Errors
    /// [`Error::Busy`] when no long rendering ended within five seconds.
    pub async fn run_long<T: Send + 'static>(
        &self,
        rendering: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let permit = tokio::time::timeout(LONG_TIMEOUT, self.long.clone().acquire_owned());
        let permit = permit.await.map_err(|_| Error::Busy(LONG_RETRY_AFTER))?.map_err(|_| Error::stopping())?;
        run_with(permit, rendering).await
    }
}

/// The thread holds the permit, not the request: it uses its core even after the client has disconnected.
async fn run_with<T: Send + 'static>(
    permit: OwnedSemaphorePermit,
    rendering: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    let work = move || {
        let _permit = permit;
        rendering()
    };
    actix_web::web::block(work).await.map_err(|_| Error::stopping())
}

impl Default for RenderPool {
    fn default() -> RenderPool {
        RenderPool::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn long_renderings_leave_room_for_short_ones() {
        let pool = RenderPool::new();
        let (release, gate) = std::sync::mpsc::channel::<()>();
        let gate = Arc::new(std::sync::Mutex::new(gate));
        let mut held = Vec::new();
        while pool.long.available_permits() > 0 {
            let (pool, gate) = (pool.clone(), gate.clone());
            let before = pool.long.available_permits();
            let long = pool.clone();
            held.push(actix_web::rt::spawn(async move {
                long.run_long(move || drop(gate.lock().map(|gate| gate.recv()))).await
            }));
            while pool.long.available_permits() == before {
                actix_web::rt::task::yield_now().await;
            }
        }
        assert_eq!(pool.run(|| 1).await.unwrap(), 1);
        drop(release);
        for long in held {
            assert!(long.await.unwrap().is_ok());
        }
        assert_eq!(pool.run_long(|| 2).await.unwrap(), 2);
    }
}
