//! Drafts in the panel: previews, comparison with the published page, and discarding.

pub(super) mod actions;
pub(super) mod naming;

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web::Data};
use domain::{
    Version,
    draft::Draft,
    page::{Page, PageId, PageInput},
    site::Site,
};
use serde::{Deserialize, Serialize};
use store::{
    drafts, pages, revisions,
    writing::{Command, Consent, DiscardDrafts, DraftVersion},
};

pub use actions::act;

use naming::{form_href, title};

use super::{diff, flash::Flash, panel::Panel, request::id, sections::DRAFTS};
use crate::{
    App,
    auth::extract::Editor,
    clock,
    http::{
        answer::{Answer, Outcome},
        error::Error,
        form::Form,
        query::QueryString,
        responses::permanent_redirect,
        view::Link,
    },
    site::{pages::draft_as_page, resolve::VisibleDraft},
};

/// GET `/admin/drafts`: an earlier address of the list of pages in its state `draft` or `changes`.
pub async fn list(query: QueryString) -> HttpResponse {
    permanent_redirect(&DRAFTS.list_href(if query.get("kind") == "changes" { "state=changes" } else { "" }))
}

/// A draft, and the published page that it changes, if there is one.
struct Found {
    site: Arc<Site>,
    draft: Draft,
    page: Option<Page>,
    was_published: bool,
}

impl Found {
    fn title(&self) -> String {
        title(self.draft.typed.page.title.clone())
    }

    fn trail(&self) -> Vec<Link> {
        let [home] = DRAFTS.above();
        vec![home, Link::new(DRAFTS.list_href(""), DRAFTS.title), Link::new(form_href(self.draft.page), self.title())]
    }
}

async fn load(request: &HttpRequest, app: &App, editor: &Editor) -> Result<Found, Error> {
    let (proof, page) = (editor.proof(), PageId(id(request)?));
    let read = move |conn: &mut store::Conn| {
        let was_published = revisions::last(conn, &proof, page)?.is_some();
        Ok((drafts::get(conn, &proof, page)?, pages::get(conn, &proof, page)?, was_published))
    };
    let (site, (draft, page, was_published)) = app.db.read_with_site(read).await?;
    Ok(Found { site, draft: draft.ok_or(Error::NotFound)?, page, was_published })
}

/// GET `/admin/drafts/{id}/preview`: the draft as readers would see it.
pub async fn preview(request: HttpRequest, app: Data<App>, editor: Editor) -> Result<Answer, Error> {
    let Found { site, draft, .. } = load(&request, &app, &editor).await?;
    draft_as_page(&app, VisibleDraft::new(draft, site, &editor)).await
}

#[derive(Serialize)]
struct ComparePage {
    #[serde(flatten)]
    panel: Panel,
    edit_href: String,
    saved: String,
    saved_by: String,
    changed: Vec<diff::Field>,
    diff: Vec<diff::Line>,
}

/// GET `/admin/drafts/{id}/compare`: the differences between the published page and its draft.
pub async fn compare(request: HttpRequest, app: Data<App>, editor: Editor) -> Result<Answer, Error> {
    let found = load(&request, &app, &editor).await?;
    let panel = Panel::new(&found.site, editor.account(), DRAFTS.name, "Pending changes", &found.trail());
    let Found { site, draft, page, .. } = found;
    let (zone, page) = (site.time_zone, page.ok_or(Error::NotFound)?);
    let view = app.view.clone();
    let rendering = move || {
        let (old, new) = (PageInput::of(&page.content, zone), draft.typed.page.in_zone(zone));
        let page = ComparePage {
            panel,
            edit_href: form_href(draft.page),
            saved: clock::moment(draft.saved_at, zone),
            saved_by: draft.saved_by,
            changed: diff::fields(&old, &new),
            diff: diff::lines(&old.body, &new.body.replace("\r\n", "\n")),
        };
        view.render("admin/drafts/compare.html", &page).map(Answer::panel)
    };
    app.render_pool.run_long(rendering).await?
}

#[derive(Serialize)]
struct DiscardPage {
    #[serde(flatten)]
    panel: Panel,
    action: String,
    page_title: String,
    saved: String,
    saved_by: String,
    is_published: bool,
    was_published: bool,
    version: i64,
    days: u32,
    cancel_href: String,
}

/// GET `/admin/drafts/{id}/discard`: asks for confirmation.
pub async fn confirm(request: HttpRequest, app: Data<App>, editor: Editor) -> Result<Answer, Error> {
    let found = load(&request, &app, &editor).await?;
    let page = DiscardPage {
        panel: Panel::new(&found.site, editor.account(), DRAFTS.name, "Discard this draft?", &found.trail()),
        action: DRAFTS.href(found.draft.page.0, "/discard", ""),
        page_title: found.title(),
        saved: clock::moment(found.draft.saved_at, found.site.time_zone),
        saved_by: found.draft.saved_by,
        is_published: found.page.is_some(),
        was_published: found.was_published,
        version: found.draft.version.0,
        days: app.options.trash_days,
        cancel_href: form_href(found.draft.page),
    };
    Ok(Answer::panel(app.view.render("admin/drafts/discard.html", &page)?))
}

/// A confirmation, with the version of the draft that was shown.
#[derive(Deserialize)]
pub struct Confirmed {
    #[serde(default)]
    version: i64,
}

/// POST `/admin/drafts/{id}/discard`.
pub async fn discard(
    request: HttpRequest,
    app: Data<App>,
    editor: Editor,
    Form(form): Form<Confirmed>,
) -> Result<Outcome, Error> {
    let draft = DraftVersion { page: PageId(id(&request)?), version: Version(form.version) };
    let command = Command::DiscardDrafts(DiscardDrafts(vec![draft]));
    match app.db.run(editor.proof(), command, Consent::Stated).await? {
        Ok(outcome) if outcome.count() == 0 => Err(Error::NotFound),
        Ok(_) => Ok(Outcome::Redirect(Flash::Discarded.at(DRAFTS.list, DRAFTS.initial, None))),
        Err(store::Error::Stale) => Err(Error::Conflict(
            "Somebody saved this draft after you opened this page. Look at it again before you discard it.".into(),
        )),
        Err(error) => Err(error.into()),
    }
}
