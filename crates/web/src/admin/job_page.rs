//! The page that shows how far a job is.

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
    /// Why it was not done, once it ended.
    failed: String,
}

/// GET `/admin/jobs/{id}`: how far it is, or what came of it; nobody but its editor finds it.
pub async fn show(request: HttpRequest, app: Data<App>, editor: Editor) -> Result<Outcome, Error> {
    let id = u64::from_str_radix(request.match_info().query("id"), 16).map_err(|_| Error::NotFound)?;
    let account = editor.account();
    let (title, progress, end) = app.jobs.find(id, account.member.id).ok_or(Error::NotFound)?;
    let failed = match end {
        Some(End::Page(answer)) => return Ok(Outcome::Page(answer)),
        Some(End::Elsewhere(location)) => return Ok(Outcome::Redirect(see_other(&location))),
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
