//! Deleting a page: asked first.

use actix_web::{HttpRequest, web::Data};
use domain::page::PageId;
use serde::{Deserialize, Serialize};
use store::{drafts, pages};

use super::known::load;
use crate::{
    App,
    admin::{
        done::Done,
        effects::{Effects, effects_of_deleting},
        panel::Panel,
        request::id,
        sections::PAGES,
    },
    auth::extract::Editor,
    clock,
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
    effects: Effects,
    /// Changes that are not published go along.
    waits: bool,
    days: u32,
    back: String,
    cancel_href: String,
}

/// GET `/admin/pages/{id}/delete`: asks first.
pub async fn confirm(
    request: HttpRequest,
    app: Data<App>,
    editor: Editor,
    query: QueryString,
) -> Result<Answer, Error> {
    let (site, page) = load(&app, &editor, PageId(id(&request)?)).await?;
    let (proof, id, path) = (editor.proof(), page.id, page.content.path.clone());
    let read = move |conn: &mut store::Conn| {
        Ok((pages::below(conn, &proof, &path)?, drafts::get(conn, &proof, id)?.is_some()))
    };
    let (below, waits) = app.db.read(read).await?;
    let effects = effects_of_deleting(&app, &editor, vec![page.id]).await?;
    let back = PAGES.back(query.get("back"));
    let trail = PAGES.trail_under(page.id.0, &page.content.title, &back);
    let page = DeletePage {
        panel: Panel::new(&site, editor.account(), "pages", "Delete this page?", &trail),
        action: format!("{}/delete", PAGES.form_href(page.id.0)),
        path: page.content.path.to_string(),
        below,
        effects,
        waits,
        days: app.options.trash_days,
        cancel_href: PAGES.href(page.id.0, "", &back),
        back,
        page_title: page.content.title,
    };
    Ok(Answer::panel(app.view.render("admin/pages/delete.html", &page)?))
}

/// A confirmation.
#[derive(Deserialize)]
pub struct Confirmed {
    #[serde(default)]
    back: String,
}

/// POST `/admin/pages/{id}/delete`.
pub async fn delete(
    request: HttpRequest,
    app: Data<App>,
    editor: Editor,
    Form(form): Form<Confirmed>,
) -> Result<Outcome, Error> {
    let (proof, id) = (editor.proof(), PageId(id(&request)?));
    let deleted = app.db.write(move |conn| pages::delete(conn, &proof, &[id], clock::now())).await?;
    if deleted == 0 {
        return Err(Error::NotFound);
    }
    Ok(Outcome::Redirect(Done::Deleted.at(PAGES.list, &PAGES.back(&form.back), None)))
}
