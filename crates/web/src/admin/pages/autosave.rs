//! Keeping what is typed without publishing it: by itself as it goes, by a button, and when a page is taken off the site.

use actix_web::{HttpRequest, http::StatusCode, web::Data};
use domain::{Version, draft::Draft, page::PageId, zone::Zone};
use serde::Serialize;
use store::drafts;

use super::{
    Fields, conflict,
    editing::{Asked, Editing, after},
};
use crate::{
    App,
    admin::{done::Done, effects::effects_of_unpublishing, request::id},
    auth::extract::Editor,
    clock,
    http::{
        answer::{Answer, Caching, Outcome, TEXT},
        error::Error,
        form::Form,
    },
};

/// What the script on the form is told.
#[derive(Serialize)]
struct Kept {
    page: String,
    draft: i64,
    saved: String,
}

/// POST `/admin/drafts`: keeps what is typed of a new page.
pub async fn create(app: Data<App>, editor: Editor, Form(fields): Form<Fields>) -> Result<Answer, Error> {
    let site = app.db.site().await;
    match write(&app, &editor, site.time_zone, None, &fields).await? {
        Some(draft) => kept(&draft, site.time_zone),
        None => Err(Error::NotFound),
    }
}

/// POST `/admin/drafts/{id}`: keeps what is typed of a page; 409 when somebody else did meanwhile.
pub async fn update(
    request: HttpRequest,
    app: Data<App>,
    editor: Editor,
    Form(fields): Form<Fields>,
) -> Result<Answer, Error> {
    let (site, page) = (app.db.site().await, PageId(id(&request)?));
    match write(&app, &editor, site.time_zone, Some(page), &fields).await? {
        Some(draft) => kept(&draft, site.time_zone),
        None => overtaken(&app, &editor, site.time_zone, page).await,
    }
}

fn kept(draft: &Draft, zone: Zone) -> Result<Answer, Error> {
    let saved = zone.local(draft.saved_at).format("%H:%M:%S").to_string();
    let kept = Kept { page: draft.page.0.to_string(), draft: draft.version.0, saved };
    let json = serde_json::to_string(&kept).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(Answer::new("application/json", json, Caching::Never))
}

/// Why nothing was kept.
async fn overtaken(app: &App, editor: &Editor, zone: Zone, page: PageId) -> Result<Answer, Error> {
    let proof = editor.proof();
    let words = match app.db.read(move |conn| drafts::get(conn, &proof, page)).await? {
        Some(Draft { saved_by, saved_at, .. }) => {
            format!("{saved_by} saved a draft of this page on {}, after you opened it", clock::moment(saved_at, zone))
        }
        None => "somebody else published, discarded or deleted it after you opened it".into(),
    };
    let words = format!("{words}. What you typed is still here: “Save draft” shows both texts.");
    Ok(Answer::new(TEXT, words, Caching::Never).with_status(StatusCode::CONFLICT))
}

/// Keeps what a form holds; `None` when somebody else did meanwhile.
async fn write(
    app: &App,
    editor: &Editor,
    zone: Zone,
    page: Option<PageId>,
    fields: &Fields,
) -> Result<Option<Draft>, Error> {
    let (proof, held, typed, from) = (editor.proof(), fields.held(), fields.typed(zone), Version(fields.version));
    let write = move |conn: &mut store::Conn| match page {
        Some(page) => drafts::update(conn, &proof, page, from, held, &typed, clock::now()),
        None => drafts::insert(conn, &proof, held, &typed, clock::now()),
    };
    app.db.write_or_stale(write).await
}

/// The button: keeps what is typed, and goes on with the form.
pub(super) async fn keep(editing: &Editing<'_>, page: Option<PageId>, fields: Fields) -> Result<Outcome, Error> {
    let Editing { app, editor, site, .. } = editing;
    match (write(app, editor, site.time_zone, page, &fields).await?, page) {
        (Some(draft), _) => Ok(after(Done::DraftSaved, draft.page, &fields)),
        (None, Some(page)) => conflict::show(app, editor, page, fields).await,
        (None, None) => Err(Error::NotFound),
    }
}

/// Takes the page off the site; what is typed is its draft.
pub(super) async fn unpublish(editing: &Editing<'_>, page: PageId, fields: Fields) -> Result<Outcome, Error> {
    let Editing { app, editor, site, .. } = editing;
    let effects = effects_of_unpublishing(app, editor, vec![page]).await?;
    let fields = match editing.asks(fields, "unpublish".into(), effects)? {
        Asked::Agreed(fields) => *fields,
        Asked::First(form) => return Ok(form),
    };
    let (proof, held) = (editor.proof(), fields.held());
    let (typed, from) = (fields.typed(site.time_zone), Version(fields.version));
    let change =
        move |conn: &mut store::Conn| drafts::unpublish_as(conn, &proof, page, from, held, &typed, clock::now());
    match app.db.write_or_stale(change).await? {
        Some(_) => Ok(after(Done::Unpublished, page, &fields)),
        None => conflict::show(app, editor, page, fields).await,
    }
}
