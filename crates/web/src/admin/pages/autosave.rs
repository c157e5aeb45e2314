//! Keeping what is typed without publishing it: by itself as it goes, by a button, and when a page is taken off the site.

use actix_web::{HttpRequest, http::StatusCode, web::Data};
use domain::{
    Version,
    draft::{Draft, FormId},
    page::{Page, PageId},
    zone::Zone,
};
use serde::Serialize;
use store::drafts;

use super::{Asked, Editing, Fields, after, conflict};
use crate::{
    App,
    admin::{Done, Outcome, drafts::DRAFTS, effects::effects_of_unpublishing, id},
    answer::{Answer, Caching, TEXT},
    auth::extract::Editor,
    clock,
    error::Error,
    form::Form,
    view,
};

/// What a form says of the draft that it shows.
#[derive(Serialize)]
pub(super) struct Waiting {
    saved: String,
    saved_iso: String,
    saved_by: String,
    /// The page was saved after these changes of it were begun.
    is_behind: bool,
    preview_href: String,
    compare_href: String,
    discard_href: String,
}

impl Waiting {
    pub(super) fn new(draft: &Draft, page: Option<&Page>, zone: Zone) -> Waiting {
        let href = |below: &str| DRAFTS.href(draft.page.0, below, "");
        Waiting {
            saved: view::moment(draft.saved_at, zone),
            saved_iso: view::iso(draft.saved_at),
            saved_by: draft.saved_by.clone(),
            is_behind: page.is_some_and(|page| page.version != draft.based_on),
            preview_href: href("/preview"),
            compare_href: page.map_or(String::new(), |_| href("/compare")),
            discard_href: href("/discard"),
        }
    }
}

/// A number for a form that is opened now.
///
/// # Errors
/// 500 when the system has no randomness.
pub(super) fn new_form() -> Result<FormId, Error> {
    let random = getrandom::u64().map_err(|error| Error::Internal(format!("no randomness: {error}")))?;
    // At most 53 bits, exact in a script; never 0, which is none.
    Ok(FormId((random >> 11).max(1).cast_signed()))
}

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
            format!("{saved_by} saved a draft of this page on {}, after you opened it", view::moment(saved_at, zone))
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
