//! Deleting a page, after a confirmation that shows the effect on access.

use actix_web::{HttpRequest, http::StatusCode, web::Data};
use domain::{Version, page::PageId};
use serde::{Deserialize, Serialize};
use store::{
    drafts, pages,
    writing::{self, Command, Delete, Selection},
};

use super::editor_context::load_page;
use crate::{
    App,
    admin::{
        access_preview::{AccessPreview, consent},
        done::Done,
        panel::Panel,
        request::id,
        sections::PAGES,
    },
    auth::extract::Editor,
    http::{
        answer::{Answer, Outcome},
        error::Error,
        form::Form,
        query::QueryString,
    },
};

#[derive(Serialize)]
struct DeletePage {
    #[serde(flatten)]
    panel: Panel,
    action: String,
    page_title: String,
    path: String,
    below: u64,
    access: AccessPreview,
    /// The reason for asking again; empty at first.
    notice: &'static str,
    /// Whether the page has pending changes, which go to the trash with it.
    is_pending: bool,
    days: u32,
    back: String,
    cancel_href: String,
}

fn command(page: PageId) -> Command {
    Command::Delete(Delete(Selection::one(page)))
}

async fn question(
    app: &App,
    editor: &Editor,
    page: PageId,
    back: String,
    notice: &'static str,
) -> Result<Answer, Error> {
    let (site, page) = load_page(app, editor, page).await?;
    let (proof, id) = (editor.proof(), page.id);
    let path = page.content.path.clone();
    let query = move |conn: &mut store::Conn| {
        let below = pages::count_below(conn, &proof, &path)?;
        let is_pending = drafts::get(conn, &proof, id)?.is_some();
        Ok((below, is_pending, writing::preview(conn, &proof, &command(id))?))
    };
    let (below, is_pending, diff) = app.db.snapshot(query).await??;
    let trail = PAGES.trail_under(page.id.0, &page.content.title, &back);
    let page = DeletePage {
        panel: Panel::new(&site, editor.account(), "pages", "Delete this page?", &trail),
        action: format!("{}/delete", PAGES.form_href(page.id.0)),
        path: page.content.path.to_string(),
        below,
        access: AccessPreview::new(&diff),
        notice,
        is_pending,
        days: app.options.trash_days,
        cancel_href: PAGES.href(page.id.0, "", &back),
        back,
        page_title: page.content.title,
    };
    Ok(Answer::panel(app.view.render("admin/pages/delete.html", &page)?))
}

/// GET `/admin/pages/{id}/delete`: asks for confirmation.
pub async fn confirm(
    request: HttpRequest,
    app: Data<App>,
    editor: Editor,
    query: QueryString,
) -> Result<Answer, Error> {
    question(&app, &editor, PageId(id(&request)?), PAGES.back(query.get("back")), "").await
}

/// A confirmation.
#[derive(Deserialize)]
pub struct Confirmed {
    #[serde(default)]
    back: String,
    /// The fingerprint of the effect on access that was shown.
    #[serde(default)]
    agreed: String,
}

/// POST `/admin/pages/{id}/delete`; 409 with the question when more people would gain access than were shown.
pub async fn delete(
    request: HttpRequest,
    app: Data<App>,
    editor: Editor,
    Form(form): Form<Confirmed>,
) -> Result<Outcome, Error> {
    let (page, back) = (PageId(id(&request)?), PAGES.back(&form.back));
    match app.db.run(editor.proof(), command(page), consent(&form.agreed)).await? {
        Ok(outcome) if outcome.count() == 0 => Err(Error::NotFound),
        Ok(_) => Ok(Outcome::Redirect(Done::Deleted.at(PAGES.list, page, Version(0), &back))),
        Err(store::Error::Unconfirmed) => {
            let notice = "Nothing was deleted: this changes who can read other pages, as shown below.";
            let question = question(&app, &editor, page, back, notice).await?;
            Ok(Outcome::Page(question.with_status(StatusCode::CONFLICT)))
        }
        Err(error) => Err(error.into()),
    }
}
