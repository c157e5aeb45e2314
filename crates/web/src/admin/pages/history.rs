//! The history of a page: the list of versions, comparison of two versions, and restoring one.

use std::sync::Arc;

use actix_web::{HttpRequest, http::StatusCode, web::Data};
use domain::{
    Version,
    invalid::Invalid,
    page::{Page, PageId, PageInput},
    revision::Revision,
    site::Site,
    zone::Zone,
};
use serde::{Deserialize, Serialize};
use store::{
    revisions::{self, RevisionRow},
    writing::{Command, Revert},
};

use super::editor_context;
use crate::{
    App,
    admin::{
        access_preview::{AccessPreview, consent},
        diff,
        flash::Flash,
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

/// The current state of a page, published or not.
struct Present {
    id: PageId,
    title: String,
    /// The last version.
    version: Version,
    page: Option<Page>,
}

async fn load(app: &App, editor: &Editor, page: PageId) -> Result<(Arc<Site>, Present), Error> {
    let (site, context) = editor_context::load(app, editor, page, &[]).await?;
    match (context.id(), context.surroundings.last) {
        (Some(id), Some(version)) => Ok((site, Present { id, title: context.title(), version, page: context.page })),
        _ => Err(Error::NotFound),
    }
}

/// The address of a page's history, followed by `below`.
fn href(page: PageId, below: &str) -> String {
    format!("{}/history{below}", PAGES.form_href(page.0))
}

fn row(page: PageId, current: Version, row: RevisionRow, zone: Zone) -> Row {
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
        is_present: row.version == current,
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
    let rows = table.rows.into_iter().map(|revision| row(page, current.version, revision, site.time_zone)).collect();
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
    /// The effect of restoring its readers on access.
    access: AccessPreview,
    fields: Restoration,
    errors: Errors,
    /// Chosen readers of the version that no longer exist, in words.
    gone: String,
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

/// GET `/admin/pages/{id}/history/{version}`: an earlier version of the page.
pub async fn show(request: HttpRequest, app: Data<App>, editor: Editor) -> Result<Answer, Error> {
    let (page, version) = (PageId(id(&request)?), version(&request)?);
    let (site, current) = load(&app, &editor, page).await?;
    revision_page(&app, &editor, &site, current, version, Restoration::default(), Invalid::default()).await
}

/// The page of a version, with the effect of restoring its readers on access.
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
    let is_present = revision.version == current.version;
    let access = match &current.page {
        Some(now) if !is_present => {
            let command = revert(now, version, &Restoration { readers: true, ..Restoration::default() });
            // Readers who no longer exist cannot be restored; the page says so.
            let diff = app.db.preview(editor.proof(), command).await?.unwrap_or_default();
            AccessPreview::new(&diff)
        }
        _ => AccessPreview::default(),
    };
    let title = format!("Version {}", revision.version.0);
    let panel = Panel::new(site, editor.account(), "pages", title, &trail(page, &current.title));
    let (view, zone) = (app.view.clone(), site.time_zone);
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
            access,
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

/// The message when the page is a draft.
const NOT_PUBLISHED: &str = "This page is not published. Publish it before you restore an earlier version.";

/// The parts of a version to restore besides title, summary and text.
#[derive(Default, Deserialize, Serialize)]
pub struct Restoration {
    #[serde(default, deserialize_with = "checkbox")]
    readers: bool,
    #[serde(default, deserialize_with = "checkbox")]
    dates: bool,
    /// The fingerprint of the effect on access that was shown.
    #[serde(default, skip_serializing)]
    agreed: String,
}

fn revert(now: &Page, version: Version, fields: &Restoration) -> Command {
    let Restoration { readers, dates, .. } = *fields;
    Command::Revert(Revert { page: now.id, version, from: now.version, readers, dates })
}

/// POST `/admin/pages/{id}/history/{version}`: saves title, summary and text of a version as a new version, with its readers
/// and dates if they are ticked. The page stays at its path.
pub async fn restore(
    request: HttpRequest,
    app: Data<App>,
    editor: Editor,
    Form(fields): Form<Restoration>,
) -> Result<Outcome, Error> {
    let (page, version) = (PageId(id(&request)?), version(&request)?);
    let (site, current) = load(&app, &editor, page).await?;
    let now = current.page.as_ref().ok_or_else(|| Error::Conflict(NOT_PUBLISHED.into()))?;
    let command = revert(now, version, &fields);
    let message = match app.db.run(editor.proof(), command, consent(&fields.agreed)).await? {
        Ok(_) => return Ok(Outcome::Redirect(Flash::Saved.at(&PAGES.form_href(page.0), "", None))),
        Err(store::Error::Stale) => {
            // `Stale` is also the error for a version that does not exist.
            find(&app, &editor, page, version).await?;
            return Err(Error::Conflict(
                "Somebody else saved this page after you opened its history. Look at it again.".into(),
            ));
        }
        Err(store::Error::Unconfirmed) => {
            "Nothing was restored: this changes who can read pages, as shown below. Restore it again to confirm.".into()
        }
        Err(store::Error::Refused(message)) => message,
        Err(error) => return Err(error.into()),
    };
    let invalid = Invalid::one("form", message);
    revision_page(&app, &editor, &site, current, version, fields, invalid).await.map(Outcome::Page)
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
