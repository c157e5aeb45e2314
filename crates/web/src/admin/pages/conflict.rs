//! Edit conflicts: both texts, their differences, and a form that knowingly replaces the other version.

use actix_web::http::StatusCode;
use domain::{
    Timestamp,
    invalid::Invalid,
    page::{PageId, PageInput},
    site::Site,
};
use serde::Serialize;

use super::{Fields, editing::Editing, editor_context};
use crate::{
    App,
    admin::{diff, panel::Panel, sections::PAGES},
    auth::extract::Editor,
    clock,
    http::{
        answer::{Answer, Outcome},
        error::Error,
    },
};

#[derive(Serialize)]
struct ConflictPage {
    #[serde(flatten)]
    panel: Panel,
    action: String,
    edit_href: String,
    /// The submit action that replaces the other version.
    then: &'static str,
    fields: Fields,
    theirs: Theirs,
    changed: Vec<diff::Field>,
    diff: Vec<diff::Line>,
}

#[derive(Serialize)]
struct Theirs {
    title: String,
    body: String,
    updated: String,
    /// The author of the draft; empty for a published version.
    by: String,
}

/// The version that somebody else saved.
struct Other {
    page: PageId,
    draft: PageInput,
    saved_at: Timestamp,
    by: String,
    then: &'static str,
}

/// 409: the version of the page or the draft that somebody else saved, beside the typed one.
pub(super) async fn show(app: &App, editor: &Editor, page: PageId, mut fields: Fields) -> Result<Outcome, Error> {
    let (site, context) = editor_context::load(app, editor, page, &fields.audience().groups).await?;
    match (context.draft, context.page) {
        (Some(theirs), _) if theirs.version.0 != fields.draft => {
            // Saving this form replaces the version that is shown here.
            fields.draft = theirs.version.0;
            let draft = theirs.typed.page.in_zone(site.time_zone);
            let other = Other { page, draft, saved_at: theirs.saved_at, by: theirs.saved_by, then: "draft" };
            differ(app, editor, &site, other, fields).await
        }
        (draft, Some(theirs)) => {
            fields.version = theirs.version.0;
            fields.draft = draft.map_or(0, |draft| draft.version.0);
            let (draft, saved_at) = (PageInput::of(&theirs.content, site.time_zone), theirs.updated_at);
            differ(app, editor, &site, Other { page, draft, saved_at, by: String::new(), then: "continue" }, fields)
                .await
        }
        (_, None) => deleted(app, editor, fields).await,
    }
}

async fn differ(app: &App, editor: &Editor, site: &Site, other: Other, fields: Fields) -> Result<Outcome, Error> {
    let Other { page, draft, saved_at, by, then } = other;
    let mine = fields.input(site.time_zone);
    let edit = PAGES.form_href(page.0);
    let trail = PAGES.trail_under(page.0, &draft.title, &fields.back);
    let panel =
        Panel::new(site, editor.account(), "pages", "Somebody else saved this page while you were editing", &trail);
    let (view, zone) = (app.view.clone(), site.time_zone);
    let rendering = move || {
        let page = ConflictPage {
            panel,
            action: edit.clone(),
            edit_href: edit,
            changed: diff::fields(&draft, &mine),
            diff: diff::lines(&draft.body.replace("\r\n", "\n"), &mine.body.replace("\r\n", "\n")),
            theirs: Theirs { title: draft.title, body: draft.body, updated: clock::moment(saved_at, zone), by },
            then,
            fields,
        };
        view.render("admin/pages/conflict.html", &page).map(Answer::panel)
    };
    let answer = app.render_pool.run_long(rendering).await??;
    Ok(Outcome::Page(answer.with_status(StatusCode::CONFLICT)))
}

/// 409: somebody else deleted the page; the typed text fills the form of a new one.
pub(super) async fn deleted(app: &App, editor: &Editor, mut fields: Fields) -> Result<Outcome, Error> {
    fields.draft = 0;
    let words =
        "Somebody else deleted this page while you were editing. Your text is below; saving it creates the page again.";
    let (site, context) = editor_context::load_new(app, editor, &fields.audience().groups).await?;
    let editing = Editing { app, editor, site: &site, context: &context };
    let form = editing.form(fields, &Invalid::one("form", words), &Default::default())?;
    Ok(Outcome::Page(form.with_status(StatusCode::CONFLICT)))
}
