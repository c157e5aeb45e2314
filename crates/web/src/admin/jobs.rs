//! Background jobs: a bulk action longer than one second continues here; its page shows progress, then the result. Jobs are
//! kept in this process only and are forgotten an hour after their end.

use std::{
    collections::HashMap,
    future::Future,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use actix_web::http::header;
use domain::user::UserId;
use tokio::sync::Semaphore;

use crate::{
    auth::account::Account,
    http::{
        answer::{Answer, Outcome},
        error::Error,
        responses::see_other,
    },
};

/// The time for which a form waits for the result before it shows the progress page.
const FORM_TIMEOUT: Duration = Duration::from_secs(1);
/// The maximum number of jobs that run at a time: each holds a connection, and on SQLite blocks all other writes.
const MAX_RUNNING: usize = 2;
/// The maximum number of jobs that run or wait, and of finished jobs that are kept.
const MAX_JOBS: usize = 64;
/// The time for which a finished job is kept.
const RETENTION: Duration = Duration::from_secs(3600);

/// The progress of a job, in rows.
#[derive(Debug, Default)]
pub(super) struct Progress {
    done: AtomicUsize,
    total: AtomicUsize,
}

impl Progress {
    /// Starts over with `total` rows to do.
    pub(super) fn begin(&self, total: usize) {
        self.done.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }

    /// Records that `done` rows are done.
    pub(super) fn reach(&self, done: usize) {
        self.done.store(done, Ordering::Relaxed);
    }

    /// The number of rows that are done, and the total.
    pub(super) fn so_far(&self) -> (usize, usize) {
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }
}

/// The result of a job.
#[derive(Clone)]
pub(super) enum End {
    Page(Answer),
    Redirect(String),
    Failed(Error),
}

impl End {
    fn of(outcome: Result<Outcome, Error>) -> End {
        match outcome {
            Ok(Outcome::Page(answer)) => End::Page(answer),
            Ok(Outcome::Redirect(response)) => {
                let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
                End::Redirect(location.unwrap_or("/admin/").to_owned())
            }
            Err(error) => End::Failed(error),
        }
    }
}

struct Job {
    owner: UserId,
    title: &'static str,
    progress: Arc<Progress>,
    end: Option<(Instant, End)>,
}

/// The running jobs and those that ended within the last hour; cheap to clone.
#[derive(Clone)]
pub struct Jobs {
    jobs: Arc<Mutex<HashMap<u64, Job>>>,
    slots: Arc<Semaphore>,
    permits: Arc<Semaphore>,
    form_timeout: Duration,
}

impl Default for Jobs {
    fn default() -> Jobs {
        Jobs::with_form_timeout(FORM_TIMEOUT)
    }
}

impl Jobs {
    /// With another time before the progress page is shown; zero shows it always (tests).
    pub fn with_form_timeout(form_timeout: Duration) -> Jobs {
        Jobs {
            jobs: Arc::default(),
            slots: Arc::new(Semaphore::new(MAX_JOBS)),
            permits: Arc::new(Semaphore::new(MAX_RUNNING)),
            form_timeout,
        }
    }

    /// Runs some work. Returns its result, or after the form timeout a redirect to its progress page. The work continues
    /// when the client disconnects.
    ///
    /// # Errors
    /// The error of the work; [`Error::Busy`] when the maximum number of jobs runs or waits.
    pub(super) async fn run(
        &self,
        account: &Account,
        title: &'static str,
        progress: Arc<Progress>,
        work: impl Future<Output = Result<Outcome, Error>> + 'static,
    ) -> Result<Outcome, Error> {
        let slot = self.slots.clone().try_acquire_owned().map_err(|_| Error::Busy(Duration::from_secs(5)))?;
        let permits = self.permits.clone();
        let mut running = actix_web::rt::spawn(async move {
            let _slot = slot;
            let _permit = permits.acquire_owned().await.map_err(|_| Error::stopping())?;
            work.await
        });
        // A timeout of zero would still wait for the next tick of the timer.
        let waits = !self.form_timeout.is_zero();
        if waits && let Ok(outcome) = tokio::time::timeout(self.form_timeout, &mut running).await {
            return outcome.map_err(|_| Error::stopping())?;
        }
        let (id, jobs) = (random()?, self.clone());
        self.insert(id, Job { owner: account.member.id, title, progress, end: None });
        actix_web::rt::spawn(async move {
            let outcome = running.await.unwrap_or_else(|_| Err(Error::stopping()));
            if let Some(job) = jobs.lock().get_mut(&id) {
                job.end = Some((Instant::now(), End::of(outcome)));
            }
        });
        Ok(Outcome::Redirect(see_other(&format!("/admin/jobs/{id:016x}"))))
    }

    /// The number of jobs that run, and of those that wait.
    pub fn load(&self) -> (usize, usize) {
        let running = MAX_RUNNING.saturating_sub(self.permits.available_permits());
        let unfinished = MAX_JOBS.saturating_sub(self.slots.available_permits());
        (running, unfinished.saturating_sub(running))
    }

    /// The title and the progress of an editor's job, and its result if it has ended.
    pub(super) fn find(&self, id: u64, owner: UserId) -> Option<(&'static str, Arc<Progress>, Option<End>)> {
        let jobs = self.lock();
        let job = jobs.get(&id).filter(|job| job.owner == owner)?;
        Some((job.title, job.progress.clone(), job.end.clone().map(|(_, end)| end)))
    }

    fn insert(&self, id: u64, job: Job) {
        let mut jobs = self.lock();
        let ended = |job: &Job| job.end.as_ref().map(|(at, _)| *at);
        jobs.retain(|_, job| ended(job).is_none_or(|at| at.elapsed() < RETENTION));
        while jobs.values().filter(|job| job.end.is_some()).count() >= MAX_JOBS {
            let oldest = jobs.iter().filter_map(|(id, job)| Some((ended(job)?, *id))).min();
            let Some((_, oldest)) = oldest else { break };
            jobs.remove(&oldest);
        }
        jobs.insert(id, job);
    }

    /// A panic while the lock was held leaves the map usable.
    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Job>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn random() -> Result<u64, Error> {
    getrandom::u64().map_err(|error| Error::Internal(format!("no randomness: {error}")))
}
