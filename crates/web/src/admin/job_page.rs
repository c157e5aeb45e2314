//! The page that shows the progress of a background job.

use actix_web::{HttpRequest, http::StatusCode, web::Data};
use chrono::TimeDelta;
use domain::user::UserId;
use serde::Serialize;
use store::jobs::State;

use super::{
    jobs::{End, key},
    panel::Panel,
};
use crate::{
    App,
    auth::extract::Editor,
    clock,
    http::{
        answer::{Answer, Outcome},
        error::Error,
        responses::see_other,
        view::Link,
    },
};

/// The time without a heartbeat of its instance after which a job is shown as perhaps interrupted.
const SILENCE: TimeDelta = TimeDelta::seconds(30);

#[derive(Serialize)]
struct JobPage {
    #[serde(flatten)]
    panel: Panel,
    running: bool,
    done: u64,
    total: u64,
    /// The reason of a failure; empty while the job runs.
    failed: String,
    /// Whether the change is committed, although its instance ended before it could report this.
    committed: bool,
    /// The number of seconds since the last heartbeat of the job's instance; zero if that is normal.
    silent: i64,
}

/// The progress of a job.
#[derive(Default)]
struct Progress {
    done: u64,
    total: u64,
    failed: String,
    committed: bool,
    silent: i64,
}

/// GET `/admin/jobs/{id}`: the progress, or the result; 404 for everybody but the editor who started the job.
pub async fn show(request: HttpRequest, app: Data<App>, editor: Editor) -> Result<Outcome, Error> {
    let id = u64::from_str_radix(request.match_info().query("id"), 16).map_err(|_| Error::NotFound)?;
    let account = editor.account();
    let owner = account.member.id;
    // Only the database knows whether a change in doubt was committed.
    let is_in_doubt = |end| matches!(end, Some(End::Failed(Error::InDoubt(_))));
    let (title, progress) = match app.jobs.find(id, owner).filter(|job| !is_in_doubt(job.end())) {
        Some(job) => {
            let (done, total) = job.progress();
            let failed = match job.end() {
                Some(End::Page(answer)) => return Ok(Outcome::Page(answer)),
                Some(End::Redirect(location)) => return Ok(Outcome::Redirect(see_other(&location))),
                Some(End::Failed(error @ (Error::Conflict(_) | Error::Unprocessable(_)))) => error.to_string(),
                Some(End::Failed(error)) => return Err(error),
                None => String::new(),
            };
            (job.title().to_owned(), Progress { done: done as u64, total: total as u64, failed, ..Progress::default() })
        }
        None => match elsewhere(&app, id, owner).await? {
            Elsewhere::Ended(outcome) => return Ok(outcome),
            Elsewhere::Shown(title, progress) => (title, progress),
        },
    };
    let site = app.db.site().await;
    let page = JobPage {
        panel: Panel::new(&site, account, "", title, &[Link::new("/admin/", "Dashboard")]),
        running: progress.failed.is_empty() && !progress.committed,
        done: progress.done,
        total: progress.total,
        failed: progress.failed,
        committed: progress.committed,
        silent: progress.silent,
    };
    Ok(Outcome::Page(Answer::panel(app.view.render("admin/job.html", &page)?)))
}

/// A job of another instance, or of an instance that was stopped.
enum Elsewhere {
    Ended(Outcome),
    Shown(String, Progress),
}

async fn elsewhere(app: &App, id: u64, owner: UserId) -> Result<Elsewhere, Error> {
    let job = app.db.read(move |conn| store::jobs::get(conn, key(id), owner)).await?.ok_or(Error::NotFound)?;
    let silence = clock::now() - job.beat_at;
    let is_silent = silence >= SILENCE;
    let mut progress = Progress { done: job.done, total: job.total, ..Progress::default() };
    match job.state {
        State::Redirect(location) => return Ok(Elsewhere::Ended(Outcome::Redirect(see_other(&location)))),
        State::Page { status, html } => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
            return Ok(Elsewhere::Ended(Outcome::Page(Answer::panel(html).with_status(status))));
        }
        State::Failed(why) => progress.failed = why,
        State::Committed if is_silent => progress.committed = true,
        State::Running if is_silent => progress.silent = silence.num_seconds(),
        State::Committed | State::Running => {}
    }
    Ok(Elsewhere::Shown(job.title, progress))
}
