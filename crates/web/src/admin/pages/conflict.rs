//! Two people edited one page: both texts and what differs, and a way to save over the other's knowingly.

use actix_web::http::StatusCode;
use domain::{
    invalid::Invalid,
    page::{Page, PageDraft},
    site::Site,
};
use serde::Serialize;

use super::{Editing, Fields, PAGES, Surroundings};
use crate::{
    App,
    admin::{Outcome, Panel, difference},
    answer::Answer,
    auth::extract::Editor,
    error::Error,
    view,
};

#[derive(Serialize)]
struct ConflictPage {
    #[serde(flatten)]
    panel: Panel,
    action: String,
    edit_href: String,
    fields: Fields,
    theirs: Theirs,
    changed: Vec<difference::Field>,
    diff: Vec<difference::Line>,
}

#[derive(Serialize)]
struct Theirs {
    title: String,
    body: String,
    updated: String,
}

/// 409: somebody else saved the page meanwhile.
pub(super) fn stale(
    app: &App,
    editor: &Editor,
    site: &Site,
    theirs: &Page,
    mut fields: Fields,
) -> Result<Outcome, Error> {
    let draft = PageDraft::of(&theirs.content, site.time_zone);
    let mine = fields.draft(site.time_zone);
    // Saving once more now means saving over what is shown here.
    fields.version = theirs.version.0;
    let edit = PAGES.form_href(theirs.id.0);
    let trail = PAGES.trail_under(theirs.id.0, &draft.title, &fields.back);
    let page = ConflictPage {
        panel: Panel::new(site, editor.account(), "pages", "Somebody else saved this page meanwhile", &trail),
        action: edit.clone(),
        edit_href: edit,
        changed: difference::fields(&draft, &mine),
        diff: difference::lines(&draft.body, &mine.body.replace("\r\n", "\n")),
        theirs: Theirs {
            title: draft.title,
            body: draft.body,
            updated: view::moment(theirs.updated_at, site.time_zone),
        },
        fields,
    };
    let answer = Answer::panel(app.view.render("admin/pages/conflict.html", &page)?);
    Ok(Outcome::Page(answer.with_status(StatusCode::CONFLICT)))
}

/// 409: somebody else deleted the page meanwhile; what was typed becomes the form of a new one.
pub(super) fn deleted(app: &App, editor: &Editor, site: &Site, fields: Fields) -> Result<Outcome, Error> {
    let words = "Somebody else deleted this page meanwhile. Below is what you typed; saving it makes the page anew.";
    let surroundings = Surroundings::default();
    let editing = Editing { app, editor, site, page: None, surroundings: &surroundings };
    let form = editing.form(fields, &Invalid::one("form", words), &Default::default())?;
    Ok(Outcome::Page(form.with_status(StatusCode::CONFLICT)))
}
