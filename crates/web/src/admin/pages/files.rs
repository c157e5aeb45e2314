//! The files of a page in its form: uploading them, changing them, and the list of them beside the text.
//!
//! Every button for a file sends the form of the page along, and the draft is saved before anything else is done: without
//! a script, no input is lost. A script sends only the file.

pub mod actions;
pub(super) mod elsewhere;
mod names;
mod notice;
mod of_page;
pub(super) mod panel;
mod question;
mod saving;
pub mod uploads;

use actix_web::{HttpRequest, web::Data};
use domain::page::PageId;

use crate::{
    App,
    admin::request::id,
    auth::extract::Editor,
    http::{answer::Answer, error::Error, query::QueryString},
};
use of_page::OfPage;
use panel::{FilesPanel, Part};

/// GET `/admin/drafts/{id}/files`: the list of files of the saved draft, without a page around it.
pub async fn list(request: HttpRequest, app: Data<App>, editor: Editor, query: QueryString) -> Result<Answer, Error> {
    let page = PageId(id(&request)?);
    let of_page = OfPage::load(&app, &editor, page).await?;
    let files = FilesPanel::of_page(&app, &editor, &of_page, query.get("file"));
    Ok(Answer::panel(app.view.render("admin/pages/files.html", &Part { files })?))
}
