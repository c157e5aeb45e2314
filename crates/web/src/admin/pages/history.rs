//! The history of a page: what it was each time that it was saved, what differs, and the way back.

use std::sync::Arc;

use actix_web::{HttpRequest, web::Data};
use domain::{
    Version,
    page::{Page, PageContent, PageId, PageInput},
    revision::{Note, Revision, Save},
    site::Site,
    zone::Zone,
};
use serde::{Deserialize, Serialize};
use store::{
    pages,
    revisions::{self, RevisionRow},
};

use super::{audience, look};
use crate::{
    App,
    admin::{
        difference,
        done::Done,
        effects::Effects,
        panel::Panel,
        request::id,
        sections::PAGES,
        table::{Pager, State},
    },
    auth::extract::Editor,
    clock,
    http::{
        answer::{Answer, Outcome},
        error::Error,
        form::Form,
        query::QueryString,
        view,
    },
    markdown::{self, SafeHtml},
};

/// A revision as a row.
#[derive(Serialize)]
struct Row {
    version: i64,
    href: String,
    compare_href: String,
    when: String,
    when_iso: String,
    actor: String,
    note: String,
    detail: String,
    is_present: bool,
}

#[derive(Serialize)]
struct HistoryPage {
    #[serde(flatten)]
    panel: Panel,
    compare_url: String,
    rows: Vec<Row>,
    #[serde(flatten)]
    pager: Pager,
}

/// A page as it is now, published or not.
struct Present {
    title: String,
    /// Its last version.
    version: Version,
    page: Option<Page>,
}

async fn load(app: &App, editor: &Editor, page: PageId) -> Result<(Arc<Site>, Present), Error> {
    let (site, known) = look(app, editor, page).await?;
    match (known.id(), known.surroundings.last) {
        (Some(_), Some(version)) => Ok((site, Present { title: known.title(), version, page: known.page })),
        _ => Err(Error::NotFound),
    }
}

/// The address of a page's history, or of something below it.
fn href(page: PageId, below: &str) -> String {
    format!("{}/history{below}", PAGES.form_href(page.0))
}

fn row(page: PageId, present: Version, row: RevisionRow, zone: Zone) -> Row {
    let version = row.version.0;
    Row {
        version,
        href: href(page, &format!("/{version}")),
        compare_href: href(page, &format!("/compare?to={version}")),
        when: clock::moment(row.at, zone),
        when_iso: clock::iso(row.at),
        actor: who(row.actor),
        note: row.note,
        detail: row.detail,
        is_present: row.version == present,
    }
}

fn who(actor: String) -> String {
    if actor.is_empty() { "unknown".into() } else { actor }
}

/// GET `/admin/pages/{id}/history`.
pub async fn list(request: HttpRequest, app: Data<App>, editor: Editor, query: QueryString) -> Result<Outcome, Error> {
    let page = PageId(id(&request)?);
    let (site, present) = load(&app, &editor, page).await?;
    let state = State::read(&href(page, ""), &[], &query);
    let (proof, paging) = (editor.proof(), state.paging());
    let table = app.db.read(move |conn| revisions::every(conn, &proof, page, paging)).await?;
    if let Some(last) = state.last_page(table.total) {
        return Ok(Outcome::Redirect(last));
    }
    let pager = state.pager(table.total, table.rows.len());
    let trail = PAGES.trail_under(page.0, &present.title, "");
    let rows = table.rows.into_iter().map(|revision| row(page, present.version, revision, site.time_zone)).collect();
    let page = HistoryPage {
        panel: Panel::new(&site, editor.account(), "pages", "History", &trail).with_message(&query),
        compare_url: href(page, "/compare"),
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
    /// What bringing it back would do to who reads the page and those below it.
    effects: Effects,
    page: Shown,
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

/// GET `/admin/pages/{id}/history/{version}`: the page as it was.
pub async fn show(request: HttpRequest, app: Data<App>, editor: Editor) -> Result<Answer, Error> {
    let page = PageId(id(&request)?);
    let (site, present) = load(&app, &editor, page).await?;
    let revision = find(&app, &editor, page, version(&request)?).await?;
    let trail = trail(page, &present.title);
    let title = format!("Version {}", revision.version.0);
    let (panel, view) = (Panel::new(&site, editor.account(), "pages", title, &trail), app.view.clone());
    let zone = site.time_zone;
    let is_present = revision.version == present.version;
    let effects = match &present.page {
        Some(page_now) if !is_present => {
            let content = brought_back(&app, revision.content.clone(), page_now).await?;
            audience::effects(&app, &editor, page_now, page_now.version, &content, false).await?
        }
        _ => Effects::default(),
    };
    let rendering = move || {
        let Revision { version, at, actor, note, detail, content, .. } = revision;
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
            effects,
            page: Shown {
                body_html: markdown::render(&content.body),
                title: content.title,
                path: content.path.to_string(),
                summary: content.summary,
                readers: content.audience.words(),
                published: clock::moment(content.published_at, zone),
                ends: content.unpublish_at.map(|end| clock::moment(end, zone)).unwrap_or_default(),
            },
        };
        view.render("admin/pages/revision.html", &page).map(Answer::panel)
    };
    app.render_pool.run(rendering).await?
}

#[derive(Serialize)]
struct ComparePage {
    #[serde(flatten)]
    panel: Panel,
    old: Side,
    new: Side,
    changed: Vec<difference::Field>,
    diff: Vec<difference::Line>,
}

#[derive(Serialize)]
struct Side {
    version: i64,
    href: String,
    when: String,
    actor: String,
}

/// GET `/admin/pages/{id}/history/compare?from=&to=`: any two; without `from`, with the one before.
pub async fn compare(
    request: HttpRequest,
    app: Data<App>,
    editor: Editor,
    query: QueryString,
) -> Result<Answer, Error> {
    let page = PageId(id(&request)?);
    let (site, present) = load(&app, &editor, page).await?;
    let number = |name: &str| query.get(name).parse().ok().map(Version);
    let (from, to) = (number("from"), number("to").unwrap_or(present.version));
    let proof = editor.proof();
    let read = move |conn: &mut store::Conn| {
        let from = match from {
            Some(from) => from,
            None => revisions::before(conn, &proof, page, to)?.unwrap_or(to),
        };
        // Whichever was named first, the older one is the old one.
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
    let title = format!("Version {} and version {}", old.version.0, new.version.0);
    let panel = Panel::new(&site, editor.account(), "pages", title, &trail(page, &present.title));
    let view = app.view.clone();
    let rendering = move || {
        let page = ComparePage {
            panel,
            old: old_side,
            new: new_side,
            changed: difference::fields(&PageInput::of(&old.content, zone), &PageInput::of(&new.content, zone)),
            diff: difference::lines(&old.content.body, &new.content.body),
        };
        view.render("admin/pages/compare.html", &page).map(Answer::panel)
    };
    app.render_pool.run(rendering).await?
}

/// Why no version of a draft is brought back.
const NOT_PUBLISHED: &str = "This page is not published. Publish it before an old version is brought back.";

/// A wish to have an old version back.
#[derive(Deserialize)]
pub struct Restoration {}

/// POST `/admin/pages/{id}/history/{version}`: saves the page as it was, as a new version. It stays where it lives.
pub async fn restore(
    request: HttpRequest,
    app: Data<App>,
    editor: Editor,
    Form(Restoration {}): Form<Restoration>,
) -> Result<Outcome, Error> {
    let page = PageId(id(&request)?);
    let (_, present) = load(&app, &editor, page).await?;
    let old = find(&app, &editor, page, version(&request)?).await?;
    let note = Note::parse(&format!("as in version {}", old.version.0)).map_err(Error::Internal)?;
    let page_now = present.page.ok_or(Error::Conflict(NOT_PUBLISHED))?;
    let content = brought_back(&app, old.content, &page_now).await?;
    let (proof, from) = (editor.proof(), page_now.version);
    let save = move |conn: &mut store::Conn| {
        let save = Save { content: &content, note: Some(&note) };
        pages::update(conn, &proof, page, from, save, clock::now())
    };
    match app.db.write_or_stale(save).await? {
        Some(_) => Ok(Outcome::Redirect(Done::Saved.at(&PAGES.form_href(page.0), "", None))),
        None => Err(Error::Conflict("Somebody else saved this page meanwhile. Look at its history again.")),
    }
}

/// What a version becomes when it is brought back: the page stays where it lives, and its receipts are its own matter. If not
/// all of its readers are there any more, it keeps those that it has.
async fn brought_back(app: &App, old: PageContent, now: &Page) -> Result<PageContent, Error> {
    let audience = match audience::unknown(app, &old.audience).await? {
        Some(_) => now.content.audience.clone(),
        None => old.audience.clone(),
    };
    Ok(PageContent { path: now.content.path.clone(), receipts: now.content.receipts, audience, ..old })
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
