//! The history of a page: the list of versions, comparison of two versions, and restoring one.

use std::sync::Arc;

use actix_web::{HttpRequest, http::StatusCode, web::Data};
use domain::{
    Version,
    draft::Draft,
    invalid::Invalid,
    page::{Page, PageContent, PageId, PageInput},
    revision::Revision,
    site::Site,
    zone::Zone,
};
use serde::{Deserialize, Serialize};
use store::{
    revisions::{self, RevisionRow},
    writing::{Command, Consent, Revert},
};

use super::editor_context;
use crate::{
    App,
    admin::{
        diff,
        done::Done,
        panel::Panel,
        request::id,
        sections::PAGES,
        table::{Pager, State},
    },
    auth::extract::Editor,
    clock::{self, When},
    http::{
        answer::{Answer, Outcome},
        error::Error,
        form::{Form, checkbox},
        query::QueryString,
        view::{self, Errors},
    },
    markdown::{self, SafeHtml},
};

/// A revision as a row.
#[derive(Serialize)]
struct Row {
    version: i64,
    href: String,
    compare_href: String,
    when: When,
    actor: String,
    note: String,
    detail: String,
    is_present: bool,
    /// The address that makes the version the draft of the page; empty for the current version, and where it would replace a
    /// draft: the page of the version says so first.
    restore_href: String,
}

#[derive(Serialize)]
struct HistoryPage {
    #[serde(flatten)]
    panel: Panel,
    compare_url: String,
    /// Whether any row has a button that restores it.
    restores: bool,
    rows: Vec<Row>,
    #[serde(flatten)]
    pager: Pager,
}

/// The current state of a page, published or not.
struct Present {
    id: PageId,
    title: String,
    /// The last version.
    version: Version,
    page: Option<Page>,
    draft: Option<Draft>,
}

impl Present {
    /// The input of the draft, or else of the page, with its dates in a zone. A restored version is compared with it.
    fn input(&self, zone: Zone) -> PageInput {
        match (&self.draft, &self.page) {
            (Some(draft), _) => draft.typed.page.clone().in_zone(zone),
            (None, Some(page)) => PageInput::of(&page.content, zone),
            (None, None) => PageInput::default(),
        }
    }
}

async fn load(app: &App, editor: &Editor, page: PageId) -> Result<(Arc<Site>, Present), Error> {
    let (site, context) = editor_context::load(app, editor, page, &[]).await?;
    match (context.id(), context.surroundings.last) {
        (Some(id), Some(version)) => {
            let (title, page, draft) = (context.title(), context.page, context.draft);
            Ok((site, Present { id, title, version, page, draft }))
        }
        _ => Err(Error::NotFound),
    }
}

/// The address of a page's history, followed by `below`.
fn href(page: PageId, below: &str) -> String {
    format!("{}/history{below}", PAGES.form_href(page.0))
}

fn row(page: PageId, current: &Present, row: RevisionRow, zone: Zone) -> Row {
    let version = row.version.0;
    let is_present = row.version == current.version;
    let is_restored = current.draft.is_none() && !is_present;
    Row {
        restore_href: if is_restored { href(page, &format!("/{version}")) } else { String::new() },
        version,
        href: href(page, &format!("/{version}")),
        compare_href: href(page, &format!("/compare?to={version}")),
        when: When::new(row.at, zone),
        actor: who(row.actor),
        note: row.note,
        detail: row.detail,
        is_present,
    }
}

fn who(actor: String) -> String {
    if actor.is_empty() { "unknown".into() } else { actor }
}

/// GET `/admin/pages/{id}/history`.
pub async fn list(request: HttpRequest, app: Data<App>, editor: Editor, query: QueryString) -> Result<Outcome, Error> {
    let page = PageId(id(&request)?);
    let (site, current) = load(&app, &editor, page).await?;
    let state = State::read(&href(page, ""), &[], &query);
    let (proof, paging) = (editor.proof(), state.paging());
    let (_, table) = app.db.list_with_site(move |conn| revisions::list(conn, &proof, page, paging)).await?;
    if let Some(last) = state.beyond_the_list(&table) {
        return Ok(Outcome::Redirect(last));
    }
    let pager = state.pager(&table);
    let trail = PAGES.trail_under(page.0, &current.title, "");
    let rows: Vec<Row> = table.rows.into_iter().map(|revision| row(page, &current, revision, site.time_zone)).collect();
    let page = HistoryPage {
        panel: Panel::new(&site, editor.account(), "pages", "History", &trail).with_message(&query),
        compare_url: href(page, "/compare"),
        restores: rows.iter().any(|row| !row.restore_href.is_empty()),
        rows,
        pager,
    };
    Ok(Outcome::Page(Answer::panel(app.view.render("admin/pages/history.html", &page)?)))
}

#[derive(Serialize)]
struct RevisionPage {
    #[serde(flatten)]
    panel: Panel,
    action: String,
    history_href: String,
    compare_href: String,
    when: String,
    when_iso: String,
    actor: String,
    note: String,
    detail: String,
    is_present: bool,
    /// Whether restoring the version changes anything: without a draft, the current version is what the form holds
    /// already.
    is_restorable: bool,
    fields: Restoration,
    errors: Errors,
    /// The readers of the version and those now, if they differ.
    readers: Option<Then>,
    /// The dates of the version and those now, if they differ.
    dates: Option<Then>,
    /// The draft that a restored version replaces.
    replaces: String,
    /// Chosen readers of the version that no longer exist, in words.
    gone: String,
    page: Shown,
}

/// A property of a version and of the current state, in words.
#[derive(Serialize)]
struct Then {
    was: String,
    now: String,
}

impl Then {
    fn differing(was: String, now: String) -> Option<Then> {
        (was != now).then_some(Then { was, now })
    }
}

/// The dates of a page in words.
fn dates(content: &PageContent, zone: Zone) -> String {
    let from = clock::moment(content.published_at, zone);
    match content.unpublish_at {
        Some(end) => format!("{from} to {}", clock::moment(end, zone)),
        None => from,
    }
}

/// The dates of a form in words; as they were typed if they are not valid.
fn typed_dates(input: &PageInput, zone: Zone) -> String {
    let words = |typed: &str| match zone.parse_moment(typed) {
        Ok(Some(at)) => clock::moment(at, zone),
        _ => typed.to_owned(),
    };
    match (words(&input.published), words(&input.unpublish)) {
        (from, _) if from.is_empty() => "when it is published".into(),
        (from, end) if end.is_empty() => from,
        (from, end) => format!("{from} to {end}"),
    }
}

#[derive(Serialize)]
struct Shown {
    title: String,
    path: String,
    summary: String,
    readers: String,
    published: String,
    ends: String,
    body_html: SafeHtml,
}

/// GET `/admin/pages/{id}/history/{version}`: an earlier version of the page.
pub async fn show(request: HttpRequest, app: Data<App>, editor: Editor) -> Result<Answer, Error> {
    let (page, version) = (PageId(id(&request)?), version(&request)?);
    let (site, current) = load(&app, &editor, page).await?;
    let fields =
        Restoration { draft: current.draft.as_ref().map_or(0, |draft| draft.version.0), ..Restoration::default() };
    revision_page(&app, &editor, &site, current, version, fields, Invalid::default()).await
}

/// The page of a version, with what restoring it brings back.
async fn revision_page(
    app: &App,
    editor: &Editor,
    site: &Site,
    current: Present,
    version: Version,
    fields: Restoration,
    invalid: Invalid,
) -> Result<Answer, Error> {
    let page = current.id;
    let revision = find(app, editor, page, version).await?;
    let is_present = revision.version == current.version && current.page.is_some();
    let zone = site.time_zone;
    let now = current.input(zone);
    let audience = match now.audience.check() {
        Ok(audience) => audience.words(),
        Err(_) => "incomplete".into(),
    };
    let readers = Then::differing(revision.content.audience.words(), audience);
    let dates = Then::differing(dates(&revision.content, zone), typed_dates(&now, zone));
    let replaces =
        current.draft.as_ref().map(|draft| format!("by {}, {}", draft.saved_by, clock::moment(draft.saved_at, zone)));
    let title = format!("Version {}", revision.version.0);
    let panel = Panel::new(site, editor.account(), "pages", title, &trail(page, &current.title));
    let view = app.view.clone();
    let status = if invalid.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let rendering = move || {
        let Revision { version, at, actor, note, detail, content, gone, .. } = revision;
        let page = RevisionPage {
            panel,
            action: href(page, &format!("/{}", version.0)),
            history_href: href(page, ""),
            compare_href: href(page, &format!("/compare?to={}", version.0)),
            when: clock::moment(at, zone),
            when_iso: clock::iso(at),
            actor: who(actor),
            note,
            detail,
            is_present,
            is_restorable: !is_present || replaces.is_some(),
            readers,
            dates,
            replaces: replaces.unwrap_or_default(),
            fields,
            errors: Errors::of(&invalid),
            gone: gone.join(", "),
            page: Shown {
                body_html: markdown::render_in_panel(&content.body),
                title: content.title,
                path: content.path.to_string(),
                summary: content.summary,
                readers: content.audience.words(),
                published: clock::moment(content.published_at, zone),
                ends: content.unpublish_at.map(|end| clock::moment(end, zone)).unwrap_or_default(),
            },
        };
        view.render("admin/pages/revision.html", &page).map(|page| Answer::panel(page).with_status(status))
    };
    app.render_pool.run(rendering).await?
}

#[derive(Serialize)]
struct ComparePage {
    #[serde(flatten)]
    panel: Panel,
    old: Side,
    new: Side,
    changed: Vec<diff::Field>,
    diff: Vec<diff::Line>,
}

#[derive(Serialize)]
struct Side {
    version: i64,
    href: String,
    when: String,
    actor: String,
}

/// GET `/admin/pages/{id}/history/compare?from=&to=`: compares two versions; without `from`, a version with the one before it.
pub async fn compare(
    request: HttpRequest,
    app: Data<App>,
    editor: Editor,
    query: QueryString,
) -> Result<Answer, Error> {
    let page = PageId(id(&request)?);
    let (site, current) = load(&app, &editor, page).await?;
    let number = |name: &str| query.get(name).parse().ok().map(Version);
    let (from, to) = (number("from"), number("to").unwrap_or(current.version));
    let proof = editor.proof();
    let read = move |conn: &mut store::Conn| {
        let from = match from {
            Some(from) => from,
            None => revisions::before(conn, &proof, page, to)?.unwrap_or(to),
        };
        // The older version is on the left, in whatever order they were selected.
        let old = revisions::get(conn, &proof, page, from.min(to))?;
        Ok(old.zip(revisions::get(conn, &proof, page, from.max(to))?))
    };
    let (old, new) = app.db.read(read).await?.ok_or(Error::NotFound)?;
    let zone = site.time_zone;
    let side = |revision: &Revision| Side {
        version: revision.version.0,
        href: href(page, &format!("/{}", revision.version.0)),
        when: clock::moment(revision.at, zone),
        actor: who(revision.actor.clone()),
    };
    let (old_side, new_side) = (side(&old), side(&new));
    let title = format!("Versions {} and {}", old.version.0, new.version.0);
    let panel = Panel::new(&site, editor.account(), "pages", title, &trail(page, &current.title));
    let view = app.view.clone();
    let rendering = move || {
        let page = ComparePage {
            panel,
            old: old_side,
            new: new_side,
            changed: diff::fields(&PageInput::of(&old.content, zone), &PageInput::of(&new.content, zone)),
            diff: diff::lines(&old.content.body, &new.content.body),
        };
        view.render("admin/pages/compare.html", &page).map(Answer::panel)
    };
    app.render_pool.run_long(rendering).await?
}

/// The parts of a version to restore besides title, summary and text.
#[derive(Default, Deserialize, Serialize)]
pub struct Restoration {
    #[serde(default, deserialize_with = "checkbox")]
    readers: bool,
    #[serde(default, deserialize_with = "checkbox")]
    dates: bool,
    /// The version of the draft that the page showed, which is replaced; 0 for none.
    #[serde(default)]
    draft: i64,
}

/// POST `/admin/pages/{id}/history/{version}`: title, summary and text of a version become the draft of the page, with its
/// readers and dates if they are ticked. Nothing goes online, and the page stays at its path.
pub async fn restore(
    request: HttpRequest,
    app: Data<App>,
    editor: Editor,
    Form(fields): Form<Restoration>,
) -> Result<Outcome, Error> {
    let (page, version) = (PageId(id(&request)?), version(&request)?);
    let (site, current) = load(&app, &editor, page).await?;
    let Restoration { readers, dates, draft } = fields;
    let command = Command::Revert(Revert { page, version, draft: Version(draft), readers, dates });
    match app.db.run(editor.proof(), command, Consent::Stated).await? {
        Ok(_) => Ok(Outcome::Redirect(Done::Reverted.at(&PAGES.form_href(page.0), page, version, ""))),
        Err(store::Error::Stale) => {
            // `Stale` is also the error for a version that does not exist.
            find(&app, &editor, page, version).await?;
            Err(Error::Conflict(
                "The draft of this page has changed since you opened its history. Look at the version again.".into(),
            ))
        }
        Err(store::Error::Refused(message)) => {
            let invalid = Invalid::one("form", message);
            revision_page(&app, &editor, &site, current, version, fields, invalid).await.map(Outcome::Page)
        }
        Err(error) => Err(error.into()),
    }
}

fn trail(page: PageId, title: &str) -> Vec<view::Link> {
    let mut trail = PAGES.trail_under(page.0, title, "");
    trail.push(view::Link::new(href(page, ""), "History"));
    trail
}

fn version(request: &HttpRequest) -> Result<Version, Error> {
    request.match_info().query("version").parse().map(Version).map_err(|_| Error::NotFound)
}

async fn find(app: &App, editor: &Editor, page: PageId, version: Version) -> Result<Revision, Error> {
    let proof = editor.proof();
    app.db.read(move |conn| revisions::get(conn, &proof, page, version)).await?.ok_or(Error::NotFound)
}
