//! Background jobs: a bulk action longer than one second continues here; its page shows progress, then the result. Jobs that
//! ended are kept for an hour. Other instances show them from the database.

mod job;

use std::{
    collections::HashMap,
    future::Future,
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use domain::user::UserId;
use futures_util::FutureExt;
use store::{Conn, writing};
use tokio::{runtime::Handle, sync::Semaphore};

pub(super) use job::{End, Job, key};

use crate::{
    auth::account::Account,
    clock,
    db::Db,
    http::{answer::Outcome, error::Error, responses::see_other},
};

/// The time for which a form waits for the result before it shows the progress page.
const FORM_TIMEOUT: Duration = Duration::from_secs(1);
/// The maximum number of jobs that run at a time: each holds a connection, and on SQLite blocks all other writes.
const MAX_RUNNING: usize = 2;
/// The maximum number of jobs that run or wait, and of finished jobs that are kept.
const MAX_JOBS: usize = 64;
/// The time for which a finished job is kept.
const RETENTION: Duration = Duration::from_secs(3600);
/// The interval at which the database forgets jobs.
const PURGE_INTERVAL: Duration = Duration::from_secs(600);
/// How long a stopping server waits for a commit that has begun.
const COMMIT_TIMEOUT: Duration = Duration::from_secs(2);
/// The interval at which a stopping server checks whether jobs have ended.
const CHECK_INTERVAL: Duration = Duration::from_millis(50);

/// The message for a job that was given up because the server stopped.
const STOPPED: &str = "The server was stopped before this was done. Start it again.";

/// The running jobs and those that ended within the last hour; cheap to clone.
#[derive(Clone)]
pub struct Jobs {
    jobs: Arc<Mutex<HashMap<u64, Arc<Job>>>>,
    slots: Arc<Semaphore>,
    permits: Arc<Semaphore>,
    form_timeout: Duration,
    /// The runtime on which jobs run. It outlives those of the requests.
    runtime: Arc<OnceLock<Handle>>,
    is_stopping: Arc<AtomicBool>,
}

impl Default for Jobs {
    fn default() -> Jobs {
        Jobs::with_form_timeout(FORM_TIMEOUT)
    }
}

impl Jobs {
    /// No jobs, with another time before the progress page is shown; zero always shows it, for tests.
    pub fn with_form_timeout(form_timeout: Duration) -> Jobs {
        Jobs {
            jobs: Arc::default(),
            slots: Arc::new(Semaphore::new(MAX_JOBS)),
            permits: Arc::new(Semaphore::new(MAX_RUNNING)),
            form_timeout,
            runtime: Arc::default(),
            is_stopping: Arc::default(),
        }
    }

    /// Runs all later jobs on this runtime, and not on that of the request that starts them.
    pub fn run_on(&self, runtime: Handle) {
        let _runs_already = self.runtime.set(runtime);
    }

    /// Runs some work. Returns its result, or after the form timeout a redirect to its progress page. The work continues
    /// when the client disconnects.
    ///
    /// # Errors
    /// The error of the work; [`Error::Busy`] when the maximum number of jobs runs or waits; 503 when the server stops.
    pub(super) async fn run<F>(
        &self,
        db: &Db,
        account: &Account,
        title: &'static str,
        work: impl FnOnce(Arc<Job>) -> F,
    ) -> Result<Outcome, Error>
    where
        F: Future<Output = Result<Outcome, Error>> + Send + 'static,
    {
        let slot = self.slots.clone().try_acquire_owned().map_err(|_| Error::Busy(Duration::from_secs(5)))?;
        let job = Arc::new(Job::new(random()?, account.member.id, title));
        let id = job.id;
        let work = work(job.clone());
        self.insert(job.clone());
        let shown = job.clone();
        if self.is_stopping.load(Relaxed) {
            self.lock().remove(&id);
            return Err(Error::stopping());
        }
        let (permits, db) = (self.permits.clone(), db.clone());
        let runtime = self.runtime.get().cloned().unwrap_or_else(Handle::current);
        let mut running = runtime.spawn(async move {
            let _slot = slot;
            let worked = async {
                let _permit = permits.acquire_owned().await.map_err(|_| Error::stopping())?;
                work.await
            };
            // A panic ends the job, too.
            let ended = AssertUnwindSafe(async { End::of(worked.await) }).catch_unwind();
            let end = tokio::select! {
                end = ended => end.unwrap_or_else(|_| End::Failed(Error::Internal("a bulk job panicked".into()))),
                () = job.beat(&db) => End::Failed(Error::stopping()),
            };
            job.finish(&db, end).await
        });
        // A timeout of zero would still wait for the next tick of the timer.
        let waits = !self.form_timeout.is_zero();
        if waits && let Ok(end) = tokio::time::timeout(self.form_timeout, &mut running).await {
            self.lock().remove(&id);
            return end.map_err(|_| Error::stopping())?.outcome();
        }
        if let Some(end) = shown.show()
            && waits
        {
            return end.outcome();
        }
        Ok(Outcome::Redirect(see_other(&format!("/admin/jobs/{id:016x}"))))
    }

    /// The number of jobs that run, and of those that wait.
    pub fn load(&self) -> (usize, usize) {
        let running = MAX_RUNNING.saturating_sub(self.permits.available_permits());
        let unfinished = MAX_JOBS.saturating_sub(self.slots.available_permits());
        (running, unfinished.saturating_sub(running))
    }

    /// A job of an editor that runs in this process, or ran.
    pub(super) fn find(&self, id: u64, owner: UserId) -> Option<Arc<Job>> {
        self.lock().get(&id).filter(|job| job.owner == owner).cloned()
    }

    /// Waits until all jobs have ended, for at most `limit`. Jobs that are still running then are rolled back.
    pub async fn stop(&self, db: &Db, limit: Duration) {
        self.is_stopping.store(true, Relaxed);
        let changes = self.running().iter().filter(|job| job.is_change()).count();
        if changes > 0 {
            log::info!("finishing {changes} bulk jobs, for at most {} seconds", limit.as_secs());
        }
        self.wait_for_end(limit).await;
        for job in self.running() {
            if !job.deadline.give_up() {
                continue;
            }
            if job.is_change() {
                log::warn!("a bulk job was rolled back, because the server stops: {:?}", job.title());
            }
            job.finish(db, End::Failed(Error::Conflict(STOPPED.into()))).await;
        }
        self.wait_for_end(COMMIT_TIMEOUT).await;
    }

    /// Deletes the rows of jobs that ended an hour ago, and the data for their undo, until the server stops.
    pub async fn purge_periodically(db: Db) {
        loop {
            if let Err(error) = db.note(purge).await {
                log::debug!("old bulk jobs were not deleted: {error}");
            }
            tokio::time::sleep(PURGE_INTERVAL).await;
        }
    }

    async fn wait_for_end(&self, limit: Duration) {
        let begun = Instant::now();
        while !self.running().is_empty() && begun.elapsed() < limit {
            tokio::time::sleep(CHECK_INTERVAL).await;
        }
    }

    fn running(&self) -> Vec<Arc<Job>> {
        self.lock().values().filter(|job| job.ended_at().is_none()).cloned().collect()
    }

    fn insert(&self, job: Arc<Job>) {
        let mut jobs = self.lock();
        jobs.retain(|_, job| job.ended_at().is_none_or(|at| at.elapsed() < RETENTION));
        while jobs.values().filter(|job| job.ended_at().is_some()).count() >= MAX_JOBS {
            let oldest = jobs.values().filter_map(|job| Some((job.ended_at()?, job.id))).min();
            let Some((_, oldest)) = oldest else { break };
            jobs.remove(&oldest);
        }
        jobs.insert(job.id, job);
    }

    /// A panic while the lock was held leaves the map usable.
    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Arc<Job>>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn purge(conn: &mut Conn) -> store::Result<()> {
    writing::jobs::purge(conn, clock::now())?;
    writing::bulk_actions::purge(conn, clock::now())
}

/// A number that fits into a key of the database.
fn random() -> Result<u64, Error> {
    getrandom::u64().map(|random| random >> 1).map_err(|error| Error::Internal(format!("no randomness: {error}")))
}
