//! Edit conflicts. Changes of separate lines and fields merge, and the form comes back with both; a conflict of the same
//! lines is shown, with a form that knowingly replaces the other version.

use actix_web::http::StatusCode;
use domain::{
    Version,
    draft::Draft,
    invalid::Invalid,
    page::{Page, PageId, PageInput},
    zone::Zone,
};
use serde::Serialize;
use store::revisions;

use super::{
    Fields,
    editing::{Editing, MergedNotice},
    editor_context::{self, EditorContext},
    merging::{Base, Merged, OtherEditor, ReadersChange},
};
use crate::{
    App,
    admin::{diff, merge, panel::Panel, readers::Readers, sections::PAGES},
    auth::extract::Editor,
    clock,
    http::{
        answer::{Answer, Outcome},
        error::Error,
        view::Errors,
    },
};

/// The maximum number of places in a text that are shown.
const MAX_PLACES: usize = 50;

#[derive(Serialize)]
struct ConflictPage {
    #[serde(flatten)]
    panel: Panel,
    action: String,
    edit_href: String,
    is_draft: bool,
    saved: String,
    other: OtherEditor,
    /// The merged fields.
    fields: Fields,
    /// The fields that both changed.
    changed: Vec<diff::Field>,
    places: Vec<Place>,
    /// The number of places that are not shown.
    more_places: usize,
    readers_change: Option<ReadersChange>,
    readers: Readers,
    errors: Errors,
    their_body: String,
}

/// A place of the text where both changed the same lines.
#[derive(Serialize)]
struct Place {
    line: usize,
    diff: Vec<diff::Line>,
}

impl Place {
    fn new(conflict: &merge::Conflict) -> Place {
        let text = |lines: &[String]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
        Place { line: conflict.line, diff: diff::lines(&text(&conflict.theirs), &text(&conflict.mine)) }
    }
}

/// The version that somebody else saved.
struct Other {
    is_draft: bool,
    page: PageInput,
    saved: String,
    by: String,
    base: Option<Base>,
}

/// The revisions that a conflict needs.
#[derive(Default)]
struct History {
    base: Option<Base>,
    /// Who saved the version of the page that is published.
    by: String,
}

impl History {
    async fn load(
        app: &App,
        editor: &Editor,
        page: PageId,
        versions: [Version; 2],
        zone: Zone,
    ) -> Result<History, Error> {
        let proof = editor.proof();
        let [base, theirs] = versions;
        let read = move |conn: &mut store::Conn| {
            Ok((revisions::get(conn, &proof, page, base)?, revisions::get(conn, &proof, page, theirs)?))
        };
        let (base, theirs) = app.db.read(read).await?;
        Ok(History {
            base: base.map(|revision| Base::of_revision(&revision.content, zone)),
            by: theirs.map(|revision| revision.actor).unwrap_or_default(),
        })
    }
}

/// 409: the form with both versions merged, or what both changed, side by side.
pub(super) async fn show(app: &App, editor: &Editor, page: PageId, mut fields: Fields) -> Result<Outcome, Error> {
    let (site, context) = editor_context::load(app, editor, page, &fields.audience().groups).await?;
    let zone = site.time_zone;
    let other = match (&context.draft, &context.page) {
        (Some(theirs), _) if theirs.version.0 != fields.draft => {
            let other = of_draft(app, editor, theirs, &fields, zone).await?;
            // The form saves over the draft with which it was merged.
            fields.draft = theirs.version.0;
            other
        }
        (draft, Some(theirs)) => {
            let other = of_page(app, editor, theirs, &fields, zone).await?;
            fields.version = theirs.version.0;
            fields.draft = draft.as_ref().map_or(0, |draft| draft.version.0);
            other
        }
        (_, None) => return deleted(app, editor, fields).await,
    };
    answer(&Editing { app, editor, site: &site, context: &context }, page, other, fields).await
}

/// A draft that somebody else saved. Both forms began with the published page, or with an earlier state of the draft,
/// which is not stored: the script of the form sends it along.
async fn of_draft(app: &App, editor: &Editor, theirs: &Draft, fields: &Fields, zone: Zone) -> Result<Other, Error> {
    let common = Version(fields.version.min(theirs.based_on.0));
    let base = match fields.draft {
        0 => History::load(app, editor, theirs.page, [common, common], zone).await?.base,
        _ => fields.base().map(|base| Base::of_form(base.input(zone))),
    };
    let page = theirs.typed.page.clone().in_zone(zone);
    let saved = clock::moment(theirs.saved_at, zone);
    Ok(Other { is_draft: true, page, saved, by: theirs.saved_by.clone(), base })
}

/// A version of the page that somebody else published.
async fn of_page(app: &App, editor: &Editor, theirs: &Page, fields: &Fields, zone: Zone) -> Result<Other, Error> {
    let History { base, by } =
        History::load(app, editor, theirs.id, [Version(fields.version), theirs.version], zone).await?;
    let page = PageInput::of(&theirs.content, zone);
    Ok(Other { is_draft: false, page, saved: clock::moment(theirs.updated_at, zone), by, base })
}

async fn answer(editing: &Editing<'_>, page: PageId, other: Other, fields: Fields) -> Result<Outcome, Error> {
    let (app, site) = (editing.app, editing.site);
    let Other { is_draft, page: theirs, saved, by, base } = other;
    let mine = fields.input(site.time_zone);
    let (their_body, my_body) = (theirs.body.clone(), mine.body.replace("\r\n", "\n"));
    let merging = move || {
        let merged = Merged::of(base, mine, theirs);
        let diff = if merged.is_clean() { diff::lines(&my_body, &merged.page.body) } else { Vec::new() };
        let places: Vec<Place> = merged.text.conflicts.iter().take(MAX_PLACES).map(Place::new).collect();
        let more_places = merged.text.conflicts.len() - places.len();
        (merged, diff, places, more_places)
    };
    let (merged, diff, places, more_places) = app.render_pool.run_long(merging).await?;
    let other = OtherEditor::new(&by, editing.editor.account().member.name.as_str());
    let is_clean = merged.is_clean();
    let Merged { page: input, fields: changed, readers: readers_change, .. } = merged;
    let fields = fields.with_page(input);
    if is_clean {
        return editing.merged(fields, MergedNotice { other, diff }).await;
    }
    let EditorContext { surroundings, .. } = editing.context;
    let title = format!("{} saved this page while you were editing", other.who);
    let (edit, trail) = (PAGES.form_href(page.0), PAGES.trail_under(page.0, &fields.title, &fields.back));
    let page = ConflictPage {
        panel: Panel::new(site, editing.editor.account(), "pages", title, &trail),
        action: edit.clone(),
        edit_href: edit,
        is_draft,
        saved,
        other,
        readers: Readers::new(&fields.audience(), &surroundings.groups),
        errors: Errors::default(),
        fields,
        changed,
        places,
        more_places,
        readers_change,
        their_body,
    };
    let view = app.view.clone();
    let rendering = move || view.render("admin/pages/conflict.html", &page).map(Answer::panel);
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
    let form = editing.form(fields, &Invalid::one("form", words), &Default::default()).await?;
    Ok(Outcome::Page(form.with_status(StatusCode::CONFLICT)))
}
