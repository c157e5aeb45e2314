//! Rendering Markdown: off the async workers, without a connection to the database, and so many at a time, so that a page
//! that is slow to render holds up no other.

use std::{sync::Arc, thread, time::Duration};

use tokio::sync::Semaphore;

use crate::http::error::Error;

/// How many renderings may run or wait, for each core; an ordinary one takes a millisecond.
const WAITING_PER_CORE: usize = 64;

/// Where pages are rendered; cheap to clone.
#[derive(Clone)]
pub struct RenderPool {
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl RenderPool {
    /// As many at a time as the machine has cores.
    pub fn new() -> RenderPool {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let waiting = Semaphore::new(cores * WAITING_PER_CORE);
        RenderPool { running: Arc::new(Semaphore::new(cores)), waiting: Arc::new(waiting) }
    }

    /// Runs one rendering on a thread that may block.
    ///
    /// # Errors
    /// [`Error::Busy`] at once when too many wait.
    pub async fn run<T: Send + 'static>(&self, rendering: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let _place = self.waiting.try_acquire().map_err(|_| Error::Busy(Duration::from_secs(1)))?;
        // Held by the thread, not by the request: one whose client has gone still takes its core.
        let turn = self.running.clone().acquire_owned().await.map_err(|_| Error::stopping())?;
        let work = move || {
            let _turn = turn;
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
