//! Renders pages on blocking threads, without a database connection and at most one per core, so that a slow page does
//! not delay others.

use std::{sync::Arc, thread, time::Duration};

use tokio::sync::Semaphore;

use crate::http::error::Error;

/// The maximum number of running and waiting renderings per core; a typical one takes 1 ms.
const MAX_JOBS_PER_CORE: usize = 64;

/// The pool; cheap to clone.
#[derive(Clone)]
pub struct RenderPool {
    cores: Arc<Semaphore>,
    queue: Arc<Semaphore>,
}

impl RenderPool {
    /// A pool of as many concurrent renderings as the machine has cores.
    pub fn new() -> RenderPool {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let queue = Semaphore::new(cores * MAX_JOBS_PER_CORE);
        RenderPool { cores: Arc::new(Semaphore::new(cores)), queue: Arc::new(queue) }
    }

    /// Runs one rendering on a blocking thread.
    ///
    /// # Errors
    /// [`Error::Busy`] at once when the queue is full.
    pub async fn run<T: Send + 'static>(&self, rendering: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let _queued = self.queue.try_acquire().map_err(|_| Error::Busy(Duration::from_secs(1)))?;
        // The thread holds the permit, not the request: it uses its core even after the client has disconnected.
        let permit = self.cores.clone().acquire_owned().await.map_err(|_| Error::stopping())?;
        let work = move || {
            let _permit = permit;
            rendering()
        };
        actix_web::web::block(work).await.map_err(|_| Error::stopping())
    }
}

impl Default for RenderPool {
    fn default() -> RenderPool {
        RenderPool::new()
    }
}
