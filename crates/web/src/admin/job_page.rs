//! The page that shows the progress of a background job.

use actix_web::{HttpRequest, web::Data};
use serde::Serialize;

use super::{jobs::End, panel::Panel};
use crate::{
    App,
    auth::extract::Editor,
    http::{
        answer::{Answer, Outcome},
        error::Error,
        responses::see_other,
        view::Link,
    },
};

#[derive(Serialize)]
struct JobPage {
    #[serde(flatten)]
    panel: Panel,
    running: bool,
    done: usize,
    total: usize,
    /// The reason of a failure; empty while the job runs.
    failed: String,
}

/// GET `/admin/jobs/{id}`: the progress, or the result; 404 for everybody but the editor who started the job.
pub async fn show(request: HttpRequest, app: Data<App>, editor: Editor) -> Result<Outcome, Error> {
    let id = u64::from_str_radix(request.match_info().query("id"), 16).map_err(|_| Error::NotFound)?;
    let account = editor.account();
    let (title, progress, end) = app.jobs.find(id, account.member.id).ok_or(Error::NotFound)?;
    let failed = match end {
        Some(End::Page(answer)) => return Ok(Outcome::Page(answer)),
        Some(End::Redirect(location)) => return Ok(Outcome::Redirect(see_other(&location))),
        Some(End::Failed(error @ (Error::Conflict(_) | Error::Unprocessable(_)))) => error.to_string(),
        Some(End::Failed(error)) => return Err(error),
        None => String::new(),
    };
    let site = app.db.site().await;
    let (done, total) = progress.so_far();
    let page = JobPage {
        panel: Panel::new(&site, account, "", title, &[Link::new("/admin/", "Administration")]),
        running: failed.is_empty(),
        done,
        total,
        failed,
    };
    Ok(Outcome::Page(Answer::panel(app.view.render("admin/job.html", &page)?)))
}
