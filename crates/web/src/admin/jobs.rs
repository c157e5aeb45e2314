//! What takes longer than a second: its editor sees how far it is, and comes to its answer when it ends. Kept in this
//! process only, and forgotten an hour after its end.

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

/// How long the form waits for the answer itself.
const PATIENCE: Duration = Duration::from_secs(1);
/// How many run at a time: each holds a connection, and on SQLite keeps everybody else from writing.
const RUNNING: usize = 2;
/// How many run or wait, and how many that ended are remembered.
const MOST: usize = 64;
/// How long one is remembered after its end.
const REMEMBERED: Duration = Duration::from_secs(3600);

/// How far something is.
#[derive(Debug, Default)]
pub(super) struct Progress {
    done: AtomicUsize,
    total: AtomicUsize,
}

impl Progress {
    /// Begins with nothing done of so many.
    pub(super) fn begin(&self, total: usize) {
        self.done.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }

    /// So many are done.
    pub(super) fn reach(&self, done: usize) {
        self.done.store(done, Ordering::Relaxed);
    }

    /// How many are done, and of how many.
    pub(super) fn so_far(&self) -> (usize, usize) {
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }
}

/// What came of it.
#[derive(Clone)]
pub(super) enum End {
    Page(Answer),
    Elsewhere(String),
    Failed(Error),
}

impl End {
    fn of(outcome: Result<Outcome, Error>) -> End {
        match outcome {
            Ok(Outcome::Page(answer)) => End::Page(answer),
            Ok(Outcome::Redirect(response)) => {
                let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
                End::Elsewhere(location.unwrap_or("/admin/").to_owned())
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

/// What runs, and what ended lately; cheap to clone.
#[derive(Clone)]
pub struct Jobs {
    jobs: Arc<Mutex<HashMap<u64, Job>>>,
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
    patience: Duration,
}

impl Default for Jobs {
    fn default() -> Jobs {
        Jobs::patient(PATIENCE)
    }
}

impl Jobs {
    /// With another patience of forms; none shows how far everything is.
    pub fn patient(patience: Duration) -> Jobs {
        let (places, turns) = (Arc::new(Semaphore::new(MOST)), Arc::new(Semaphore::new(RUNNING)));
        Jobs { jobs: Arc::default(), places, turns, patience }
    }

    /// Does something, and answers with what comes of it, or after a second with where to see how far it is. It goes on
    /// when its client has gone.
    ///
    /// # Errors
    /// What the work says; [`Error::Busy`] when too much runs.
    pub(super) async fn run(
        &self,
        account: &Account,
        title: &'static str,
        progress: Arc<Progress>,
        work: impl Future<Output = Result<Outcome, Error>> + 'static,
    ) -> Result<Outcome, Error> {
        let place = self.places.clone().try_acquire_owned().map_err(|_| Error::Busy(Duration::from_secs(5)))?;
        let turns = self.turns.clone();
        let mut running = actix_web::rt::spawn(async move {
            let (_place, _turn) = (place, turns.acquire_owned().await.map_err(|_| Error::stopping())?);
            work.await
        });
        // The timer is too coarse to wait for no time at all.
        let waits = !self.patience.is_zero();
        if waits && let Ok(outcome) = tokio::time::timeout(self.patience, &mut running).await {
            return outcome.map_err(|_| Error::stopping())?;
        }
        let (id, jobs) = (random()?, self.clone());
        self.keep(id, Job { owner: account.member.id, title, progress, end: None });
        actix_web::rt::spawn(async move {
            let outcome = running.await.unwrap_or_else(|_| Err(Error::stopping()));
            if let Some(job) = jobs.lock().get_mut(&id) {
                job.end = Some((Instant::now(), End::of(outcome)));
            }
        });
        Ok(Outcome::Redirect(see_other(&format!("/admin/jobs/{id:016x}"))))
    }

    /// The title of an editor's job, how far it is, and what came of it if it has ended.
    pub(super) fn find(&self, id: u64, owner: UserId) -> Option<(&'static str, Arc<Progress>, Option<End>)> {
        let jobs = self.lock();
        let job = jobs.get(&id).filter(|job| job.owner == owner)?;
        Some((job.title, job.progress.clone(), job.end.clone().map(|(_, end)| end)))
    }

    fn keep(&self, id: u64, job: Job) {
        let mut jobs = self.lock();
        let ended = |job: &Job| job.end.as_ref().map(|(at, _)| *at);
        jobs.retain(|_, job| ended(job).is_none_or(|at| at.elapsed() < REMEMBERED));
        while jobs.values().filter(|job| job.end.is_some()).count() >= MOST {
            let oldest = jobs.iter().filter_map(|(id, job)| Some((ended(job)?, *id))).min();
            let Some((_, oldest)) = oldest else { break };
            jobs.remove(&oldest);
        }
        jobs.insert(id, job);
    }

    /// A panic while it was held leaves nothing half done.
    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Job>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn random() -> Result<u64, Error> {
    getrandom::u64().map_err(|error| Error::Internal(format!("no randomness: {error}")))
}
