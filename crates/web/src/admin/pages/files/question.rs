//! Questions about a file: what happens to one of the same name, and whether one is deleted for good.

use actix_web::http::StatusCode;
use domain::{
    file::{ContentId, FileName},
    page::PageId,
    site::Site,
};
use serde::Serialize;

use super::notice::Notice;
use crate::{
    App,
    admin::{panel::Panel, sections::PAGES},
    auth::extract::Editor,
    http::{answer::Answer, error::Error},
};

#[derive(Serialize)]
struct QuestionPage {
    #[serde(flatten)]
    panel: Panel,
    words: String,
    action: String,
    /// The fields that go with each button.
    hidden: Vec<(&'static str, String)>,
    buttons: Vec<Button>,
    cancel_href: String,
}

#[derive(Serialize)]
struct Button {
    name: &'static str,
    value: &'static str,
    label: String,
    is_danger: bool,
}

/// The question as the script of the form asks it.
#[derive(Serialize)]
struct SameName<'a> {
    question: String,
    /// The address of both answers, and the fields of each besides `same_name`.
    action: String,
    content: String,
    notice: &'static str,
    name: &'a str,
    numbered: &'a str,
}

/// An uploaded file with the name of another one.
pub(super) struct Repeated {
    /// The name.
    pub(super) name: FileName,
    /// The name that it gets beside the other one.
    pub(super) numbered: FileName,
    /// Its bytes, which are stored.
    pub(super) content: ContentId,
    /// The metadata that were removed from it.
    pub(super) notice: Notice,
}

/// 409: a file was uploaded, and the page has one of this name. The bytes are stored for a day, and are not sent again.
pub(super) fn same_name(
    app: &App,
    editor: &Editor,
    site: &Site,
    page: PageId,
    Repeated { name, numbered, content, notice }: &Repeated,
    html: bool,
) -> Result<Answer, Error> {
    let action = format!("/admin/drafts/{}/files/{name}", page.0);
    let question = format!("This page has a file {name} already.");
    let answer = if html {
        let button = |value, label| Button { name: "same_name", value, label, is_danger: false };
        let page = QuestionPage {
            panel: panel(editor, site, page, "Replace the file?"),
            words: question,
            action,
            hidden: vec![
                ("action", "add".into()),
                ("content", content.0.to_string()),
                ("notice", notice.value().into()),
            ],
            buttons: vec![
                button("replace", format!("Replace {name}")),
                button("number", format!("Keep both, the new one as {numbered}")),
            ],
            cancel_href: cancel_href(page),
        };
        Answer::panel(app.view.render("admin/pages/file_question.html", &page)?)
    } else {
        let (name, numbered) = (name.as_str(), numbered.as_str());
        let (content, notice) = (content.0.to_string(), notice.value());
        Answer::json(&SameName { question, action, content, notice, name, numbered })?
    };
    Ok(answer.with_status(StatusCode::CONFLICT))
}

/// Asks whether a file is deleted for good.
pub(super) fn purge(app: &App, editor: &Editor, site: &Site, page: PageId, name: &FileName) -> Result<Answer, Error> {
    let question = QuestionPage {
        panel: panel(editor, site, page, "Delete the file for good?"),
        words: format!(
            "{name} is deleted from this page, from its draft and from all its versions, and readers lose it at once. \
             This cannot be undone."
        ),
        action: format!("/admin/drafts/{}/files/{name}", page.0),
        hidden: Vec::new(),
        buttons: vec![Button {
            name: "action",
            value: "purge",
            label: "Delete for good, from history too".into(),
            is_danger: true,
        }],
        cancel_href: cancel_href(page),
    };
    Ok(Answer::panel(app.view.render("admin/pages/file_question.html", &question)?))
}

fn cancel_href(page: PageId) -> String {
    format!("{}#files", PAGES.form_href(page.0))
}

fn panel(editor: &Editor, site: &Site, page: PageId, title: &str) -> Panel {
    Panel::new(site, editor.account(), "pages", title, &PAGES.trail_under(page.0, "Edit", ""))
}
