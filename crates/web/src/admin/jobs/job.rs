//! One background job: its progress, its deadline and its result. They are in the database, too, so that every instance
//! can show the job.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use actix_web::http::header;
use domain::{access::Editor, bulk_action::BulkActionId, user::UserId};
use store::{
    Conn, Deadline,
    jobs::State,
    writing::{Outcome, bulk_actions, jobs},
};

use crate::{
    clock,
    db::{Db, LONG_DEADLINE},
    http::{
        answer::{self, Answer},
        error::Error,
        responses::see_other,
    },
};

/// The interval at which the progress is written to the database.
const BEAT_INTERVAL: Duration = Duration::from_secs(1);

/// A bulk action that runs in the background.
pub(in crate::admin) struct Job {
    pub(super) id: u64,
    pub(super) owner: UserId,
    pub(super) title: &'static str,
    /// The deadline of its change; a stopping server gives the change up.
    pub(in crate::admin) deadline: Deadline,
    done: AtomicUsize,
    total: AtomicUsize,
    /// Whether it has begun to change something.
    is_change: AtomicBool,
    /// Whether the client was sent to its page.
    is_shown: AtomicBool,
    /// Whether the database has a row for it.
    is_announced: tokio::sync::Mutex<bool>,
    end: Mutex<Option<(Instant, End)>>,
}

/// The result of a job.
#[derive(Clone)]
pub(in crate::admin) enum End {
    Page(Answer),
    Redirect(String),
    Failed(Error),
}

impl Job {
    pub(super) fn new(id: u64, owner: UserId, title: &'static str) -> Job {
        Job {
            id,
            owner,
            title,
            deadline: Deadline::after(LONG_DEADLINE),
            done: AtomicUsize::new(0),
            total: AtomicUsize::new(0),
            is_change: AtomicBool::new(false),
            is_shown: AtomicBool::new(false),
            is_announced: tokio::sync::Mutex::new(false),
            end: Mutex::new(None),
        }
    }

    /// Begins a change of `total` rows; zero if their number is not known.
    pub(in crate::admin) async fn begin(&self, db: &Db, total: usize) {
        self.total.store(total, Relaxed);
        self.is_change.store(true, Relaxed);
        // Before the change: on SQLite nothing else can be written while it runs.
        self.announce(db).await;
    }

    /// Records that `done` rows are done.
    pub(in crate::admin) fn set_done(&self, done: usize) {
        self.done.store(done, Relaxed);
    }

    /// Marks the job as committed, in the transaction of its change.
    pub(in crate::admin) fn commit(&self) -> impl FnOnce(&mut Conn) -> store::Result<()> + Send + 'static {
        let id = self.key();
        move |conn| jobs::commit(conn, id, clock::now())
    }

    /// Marks the job as committed, and keeps the pages that its command changed for an undo, under the key of the job.
    pub(in crate::admin) fn commit_bulk(
        &self,
        by: Editor,
    ) -> impl FnOnce(&mut Conn, &Outcome) -> store::Result<()> + Send + 'static {
        let (action, commit) = (self.action(), self.commit());
        move |conn, outcome| {
            if let Outcome::Pages(pages) = outcome {
                bulk_actions::insert(conn, &by, action, pages, clock::now())?;
            }
            commit(conn)
        }
    }

    /// The key of the bulk action that the job does.
    pub(in crate::admin) fn action(&self) -> BulkActionId {
        BulkActionId(self.key())
    }

    /// The number of rows that are done, and the total.
    pub(in crate::admin) fn progress(&self) -> (usize, usize) {
        (self.done.load(Relaxed), self.total.load(Relaxed))
    }

    /// The title.
    pub(in crate::admin) fn title(&self) -> &'static str {
        self.title
    }

    /// The result, if the job has ended.
    pub(in crate::admin) fn end(&self) -> Option<End> {
        self.ended().as_ref().map(|(_, end)| end.clone())
    }

    /// When the job ended.
    pub(super) fn ended_at(&self) -> Option<Instant> {
        self.ended().as_ref().map(|(at, _)| *at)
    }

    pub(super) fn is_change(&self) -> bool {
        self.is_change.load(Relaxed)
    }

    /// Records that the client is sent to the page of the job. Returns the result if the job has ended, because the
    /// page is not needed then.
    pub(super) fn show(&self) -> Option<End> {
        self.is_shown.store(true, Relaxed);
        self.end()
    }

    /// Writes the progress to the database until the future is dropped.
    pub(super) async fn beat(&self, db: &Db) {
        loop {
            tokio::time::sleep(BEAT_INTERVAL).await;
            self.announce(db).await;
            let (done, total) = self.progress();
            let (id, done, total) = (self.key(), done as u64, total as u64);
            if let Err(error) = db.note(move |conn| jobs::beat(conn, id, done, total, clock::now())).await {
                log::debug!("the progress of a bulk job was not written: {error}");
            }
        }
    }

    /// Ends the job, unless it has ended. Returns its result.
    pub(super) async fn finish(&self, db: &Db, end: End) -> End {
        let (end, is_first) = {
            let mut ended = self.ended();
            let is_first = ended.is_none();
            (ended.get_or_insert((Instant::now(), end)).1.clone(), is_first)
        };
        if is_first && self.is_shown.load(Relaxed) {
            self.announce(db).await;
        }
        // Only the database knows whether a change in doubt was committed.
        if is_first && *self.is_announced.lock().await && !matches!(end, End::Failed(Error::InDoubt(_))) {
            let (id, state) = (self.key(), end.state());
            if let Err(error) = db.note(move |conn| jobs::end(conn, id, &state, clock::now())).await {
                log::warn!("the end of a bulk job was not written, and other instances do not show it: {error}");
            }
        }
        end
    }

    /// Inserts the row of the job into the database.
    pub(super) async fn announce(&self, db: &Db) {
        let mut is_announced = self.is_announced.lock().await;
        if *is_announced {
            return;
        }
        let (id, owner, title) = (self.key(), self.owner, self.title);
        match db.note(move |conn| jobs::insert(conn, id, owner, title, clock::now())).await {
            Ok(()) => *is_announced = true,
            Err(error) => log::debug!("a bulk job is not shown by other instances yet: {error}"),
        }
    }

    /// The key of the row.
    fn key(&self) -> i64 {
        key(self.id)
    }

    fn ended(&self) -> std::sync::MutexGuard<'_, Option<(Instant, End)>> {
        self.end.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The key of a job's row in the database.
pub(in crate::admin) fn key(id: u64) -> i64 {
    i64::from_be_bytes(id.to_be_bytes())
}

impl End {
    pub(super) fn of(outcome: Result<answer::Outcome, Error>) -> End {
        match outcome {
            Ok(answer::Outcome::Page(answer)) => End::Page(answer),
            Ok(answer::Outcome::Redirect(response)) => {
                let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
                End::Redirect(location.unwrap_or("/admin/").to_owned())
            }
            Err(error) => End::Failed(error),
        }
    }

    pub(super) fn outcome(self) -> Result<answer::Outcome, Error> {
        match self {
            End::Page(answer) => Ok(answer::Outcome::Page(answer)),
            End::Redirect(location) => Ok(answer::Outcome::Redirect(see_other(&location))),
            End::Failed(error) => Err(error),
        }
    }

    /// The end for the database.
    fn state(&self) -> State {
        match self {
            End::Page(answer) => State::Page {
                status: answer.status().as_u16(),
                html: String::from_utf8_lossy(answer.body()).into_owned(),
            },
            End::Redirect(location) => State::Redirect(location.clone()),
            End::Failed(error @ (Error::Conflict(_) | Error::Unprocessable(_) | Error::Forbidden(_))) => {
                State::Failed(error.to_string())
            }
            End::Failed(_) => State::Failed("The database did not answer. Try again.".into()),
        }
    }
}
