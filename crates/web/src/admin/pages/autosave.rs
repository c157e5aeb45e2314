//! Saving a form as a draft: automatically, with a button, and when a page is unpublished.

use actix_web::{HttpRequest, http::StatusCode, web::Data};
use domain::{
    Version,
    audience::Audience,
    draft::{Draft, DraftInput},
    page::{PageId, PageInput},
    placement::Order,
    zone::Zone,
};
use serde::Serialize;
use store::{
    drafts,
    writing::{self, Command, Consent, SaveDraft, UnpublishForm},
};

use super::{
    Fields, conflict,
    editing::{Editing, after, after_page, busy_words},
    editor_context::EditorContext,
};
use crate::{
    App,
    admin::{access_preview::consent, done::Done, flash::Flash, request::id, sections::PAGES},
    auth::extract::Editor,
    http::{
        answer::{Answer, Caching, Outcome, TEXT},
        error::Error,
        form::TextForm,
        responses::see_other,
    },
};

/// The answer to the script of the form.
#[derive(Serialize)]
struct SavedDraft {
    page: String,
    draft: i64,
    saved: String,
}

/// POST `/admin/drafts`: saves the draft of a new page.
pub async fn create(app: Data<App>, editor: Editor, TextForm(fields): TextForm<Fields>) -> Result<Answer, Error> {
    let site = app.db.site().await;
    match write(&app, &editor, site.time_zone, None, &fields).await? {
        Some(draft) => saved(&draft, site.time_zone),
        None => Err(Error::NotFound),
    }
}

/// POST `/admin/drafts/{id}`: saves the draft of a page; 409 when somebody else saved one after the form was opened.
pub async fn update(
    request: HttpRequest,
    app: Data<App>,
    editor: Editor,
    TextForm(fields): TextForm<Fields>,
) -> Result<Answer, Error> {
    let (site, page) = (app.db.site().await, PageId(id(&request)?));
    match write(&app, &editor, site.time_zone, Some(page), &fields).await? {
        Some(draft) => saved(&draft, site.time_zone),
        None => stale(&app, &editor, site.time_zone, page).await,
    }
}

fn saved(draft: &Draft, zone: Zone) -> Result<Answer, Error> {
    let saved = SavedDraft {
        page: draft.page.0.to_string(),
        draft: draft.version.0,
        saved: zone.local(draft.saved_at).format("%H:%M").to_string(),
    };
    Answer::json(&saved)
}

/// 409: somebody else saved, published or discarded the draft after the form was opened.
async fn stale(app: &App, editor: &Editor, zone: Zone, page: PageId) -> Result<Answer, Error> {
    let proof = editor.proof();
    let words = match app.db.read(move |conn| drafts::get(conn, &proof, page)).await? {
        Some(draft) if draft.saved_by == editor.account().member.name.as_str() => {
            "You are editing this page in another window.".into()
        }
        Some(draft) => busy_words(&draft, zone),
        None => "Somebody else published, discarded or deleted this draft.".into(),
    };
    Ok(Answer::new(TEXT, words, Caching::Never).with_status(StatusCode::CONFLICT))
}

/// Saves a form as a draft; `None` when somebody else saved first.
pub(super) async fn write(
    app: &App,
    editor: &Editor,
    zone: Zone,
    page: Option<PageId>,
    fields: &Fields,
) -> Result<Option<Draft>, Error> {
    let command = Command::SaveDraft(SaveDraft {
        page,
        based_on: Version(fields.version),
        lock: fields.lock(),
        input: fields.draft_input(zone),
    });
    match app.db.run(editor.proof(), command, Consent::Stated).await? {
        Ok(writing::Outcome::Draft(draft)) => Ok(Some(*draft)),
        Ok(_) | Err(store::Error::Stale) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The button “Save draft”: saves the draft and returns to the form.
pub(super) async fn save(editing: &Editing<'_>, page: Option<PageId>, fields: Fields) -> Result<Outcome, Error> {
    let Editing { app, editor, site, .. } = editing;
    match (write(app, editor, site.time_zone, page, &fields).await?, page) {
        (Some(draft), _) => Ok(after(Flash::DraftSaved, draft.page, &fields)),
        (None, Some(page)) => conflict::show(app, editor, page, fields).await,
        (None, None) => Err(Error::NotFound),
    }
}

/// The button “Close”: keeps what was typed as a draft, and returns to the list. A form in which nothing was typed leaves no
/// draft.
pub(super) async fn close(editing: &Editing<'_>, page: Option<PageId>, fields: Fields) -> Result<Outcome, Error> {
    let Editing { app, editor, site, context } = editing;
    let typed = fields.draft_input(site.time_zone);
    let is_own = context.draft.as_ref().is_some_and(|draft| draft.saved_by == editor.proof().actor());
    if !is_own && is_as_opened(context, &typed, site.time_zone) {
        return Ok(Outcome::Redirect(see_other(&PAGES.list_href(&fields.back))));
    }
    match (write(app, editor, site.time_zone, page, &fields).await?, page) {
        (Some(draft), _) => Ok(after_page(Done::Kept, draft.page, draft.version, &fields)),
        (None, Some(page)) => conflict::show(app, editor, page, fields).await,
        (None, None) => Err(Error::NotFound),
    }
}

/// Whether a form holds what it was opened with: the draft, or else the page, or else nothing.
fn is_as_opened(context: &EditorContext, typed: &DraftInput, zone: Zone) -> bool {
    let is_same = |opened: PageInput| as_sent(opened, zone) == as_sent(typed.page.clone(), zone);
    match (&context.draft, &context.page) {
        (Some(draft), _) => is_same(draft.typed.page.clone()) && draft.typed.note == typed.note,
        (None, Some(page)) => is_same(PageInput::of(&page.content, zone)) && typed.note.is_empty(),
        (None, None) => {
            let page = &typed.page;
            [&page.title, &page.summary, &page.body].iter().all(|text| text.trim().is_empty())
        }
    }
}

/// Input as every browser sends it: with the same line endings, the same notation of dates, and the option that a
/// select element shows.
fn as_sent(page: PageInput, zone: Zone) -> PageInput {
    let mut page = page.in_zone(zone);
    page.body = page.body.replace("\r\n", "\n");
    for date in [&mut page.published, &mut page.unpublish] {
        if let Ok(Some(at)) = zone.parse_moment(date) {
            *date = zone.typed(at);
        }
    }
    if page.placement.children.is_empty() {
        page.placement.children = Order::default().as_str().into();
    }
    if page.audience.kind.is_empty() {
        page.audience.kind = Audience::default().as_str().into();
    }
    page.audience.groups.retain(|group| !group.trim().is_empty());
    page
}

/// The beginning of the label of the button that confirms a change of access.
const UNPUBLISH: &str = "Unpublish and";

/// Unpublishes the page; the form becomes its draft.
pub(super) async fn unpublish(editing: &Editing<'_>, page: PageId, fields: Fields) -> Result<Outcome, Error> {
    let Editing { app, editor, site, .. } = editing;
    let command = Command::UnpublishForm(UnpublishForm {
        page,
        from: Version(fields.version),
        lock: fields.lock(),
        input: fields.draft_input(site.time_zone),
    });
    let diff = app.db.preview(editor.proof(), command.clone()).await??;
    if diff.needs_consent() && fields.agreed != diff.fingerprint().as_str() {
        return editing.ask(fields, &diff, UNPUBLISH).await;
    }
    match app.db.run(editor.proof(), command.clone(), consent(&fields.agreed)).await? {
        Ok(_) => Ok(after_page(Done::Unpublished, page, Version(fields.version), &fields)),
        Err(store::Error::Stale) => conflict::show(app, editor, page, fields).await,
        Err(store::Error::Unconfirmed) => {
            editing.ask(fields, &app.db.preview(editor.proof(), command).await??, UNPUBLISH).await
        }
        Err(error) => Err(error.into()),
    }
}
