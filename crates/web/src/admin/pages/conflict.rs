//! Two people edited one page: both texts and what differs, and a way to save over the other's knowingly.

use actix_web::http::StatusCode;
use domain::{
    Timestamp,
    invalid::Invalid,
    page::{Page, PageDraft, parse_published},
    site::Site,
};
use serde::Serialize;
use similar::{ChangeTag, TextDiff};

use super::{Editing, Fields, PAGES};
use crate::{
    App,
    admin::{Outcome, Panel},
    answer::Answer,
    auth::extract::Editor,
    error::Error,
    view,
};

/// How many equal lines stand around a difference.
const CONTEXT: usize = 3;
/// How long the search for the shortest difference may take.
const PATIENCE: std::time::Duration = std::time::Duration::from_millis(500);

#[derive(Serialize)]
struct ConflictPage {
    #[serde(flatten)]
    panel: Panel,
    action: String,
    edit_href: String,
    fields: Fields,
    theirs: Theirs,
    changed: Vec<Changed>,
    diff: Vec<Line>,
}

#[derive(Serialize)]
struct Theirs {
    title: String,
    body: String,
    updated: String,
}

/// A field other than the text that differs.
#[derive(Serialize)]
struct Changed {
    label: &'static str,
    theirs: String,
    mine: String,
}

/// A line of the difference.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Line {
    kind: &'static str,
    text: String,
}

/// 409: somebody else saved the page meanwhile.
pub(super) fn stale(
    app: &App,
    editor: &Editor,
    site: &Site,
    theirs: &Page,
    mut fields: Fields,
) -> Result<Outcome, Error> {
    let draft = PageDraft::of(&theirs.content);
    let mine = fields.draft();
    // Saving once more now means saving over what is shown here.
    fields.version = theirs.version.0;
    let edit = PAGES.form_href(theirs.id.0);
    let trail = PAGES.trail_under(theirs.id.0, &draft.title, &fields.back);
    let page = ConflictPage {
        panel: Panel::new(site, editor.account(), "pages", "Somebody else saved this page meanwhile", &trail),
        action: edit.clone(),
        edit_href: edit,
        changed: changed(&draft, &mine),
        diff: lines(&draft.body, &mine.body.replace("\r\n", "\n")),
        theirs: Theirs { title: draft.title, body: draft.body, updated: view::moment(theirs.updated_at) },
        fields,
    };
    let answer = Answer::panel(app.view.render("admin/pages/conflict.html", &page)?);
    Ok(Outcome::Page(answer.with_status(StatusCode::CONFLICT)))
}

/// 409: somebody else deleted the page meanwhile; what was typed becomes the form of a new one.
pub(super) fn deleted(app: &App, editor: &Editor, site: &Site, fields: Fields) -> Result<Outcome, Error> {
    let words = "Somebody else deleted this page meanwhile. Below is what you typed; saving it makes the page anew.";
    let editing = Editing { app, editor, site, page: None };
    let form = editing.form(fields, &Invalid::one("form", words), &Default::default())?;
    Ok(Outcome::Page(form.with_status(StatusCode::CONFLICT)))
}

fn changed(theirs: &PageDraft, mine: &PageDraft) -> Vec<Changed> {
    let tick = |ticked: bool| if ticked { "yes" } else { "no" }.to_owned();
    [
        ("Title", theirs.title.clone(), mine.title.clone()),
        ("Path", theirs.path.clone(), mine.path.clone()),
        ("Summary", theirs.summary.clone(), mine.summary.clone()),
        ("Private", tick(theirs.private), tick(mine.private)),
        ("Show title in lists", tick(theirs.show_title), tick(mine.show_title)),
        ("List the pages below", tick(theirs.list_below), tick(mine.list_below)),
        ("Published", moment(&theirs.published), moment(&mine.published)),
    ]
    .into_iter()
    .filter(|(_, theirs, mine)| theirs != mine)
    .map(|(label, theirs, mine)| Changed { label, theirs, mine })
    .collect()
}

/// A typed moment as people read it, however it was spelt: a browser leaves out seconds that are zero.
fn moment(typed: &str) -> String {
    parse_published(typed, Timestamp::UNIX_EPOCH).map_or_else(|_| typed.to_owned(), view::second)
}

/// The difference of two texts by lines, with three equal ones around each.
fn lines(theirs: &str, mine: &str) -> Vec<Line> {
    let diff = TextDiff::configure().timeout(PATIENCE).diff_lines(theirs, mine);
    let mut lines = Vec::new();
    for (n, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if n > 0 {
            lines.push(Line { kind: "skip", text: "…".into() });
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let kind = match change.tag() {
                ChangeTag::Equal => "same",
                ChangeTag::Delete => "removed",
                ChangeTag::Insert => "added",
            };
            lines.push(Line { kind, text: change.value().trim_end_matches('\n').to_owned() });
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_that_is_spelt_otherwise_is_the_same_date() {
        let draft = |published: &str| PageDraft { published: published.into(), ..PageDraft::default() };
        assert!(changed(&draft("2026-11-01T00:00:00"), &draft("2026-11-01T00:00")).is_empty());
        let changes = changed(&draft("2026-11-01T00:00:00"), &draft("2026-11-01T00:01"));
        assert_eq!((changes.len(), changes[0].mine.as_str()), (1, "1 Nov 2026, 00:01:00"));
    }

    #[test]
    fn a_difference_shows_what_went_and_what_came() {
        let lines = lines("a\nb\nc\n", "a\nB\nc\n");
        let shown: Vec<_> = lines.iter().map(|line| (line.kind, line.text.as_str())).collect();
        assert_eq!(shown, [("same", "a"), ("removed", "b"), ("added", "B"), ("same", "c")]);
    }
}
