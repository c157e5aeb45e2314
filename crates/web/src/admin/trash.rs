//! The trash: pages that were deleted, until they are brought back or it is emptied.

use actix_web::{HttpRequest, http::StatusCode, web::Data};
use chrono::TimeDelta;
use domain::{
    access::Admin,
    invalid::Invalid,
    page::{PageId, PagePath},
    site::Site,
    zone::Zone,
};
use serde::{Deserialize, Serialize};
use store::{
    pages::Touched,
    trash::{self, TrashRow},
};

use super::{
    bulk::{Action, Choice, Chosen, Item, Needs, Question},
    done::Done,
    effects::{Effects, effects_of},
    panel::Panel,
    request::id,
    sections::TRASH,
    table::TableView,
};
use crate::{
    App,
    auth::extract::Editor,
    clock,
    http::{
        answer::{Answer, Outcome},
        error::Error,
        form::Form,
        query::QueryString,
        view::{Errors, Link},
    },
};

const ACTIONS: [Choice; 1] = [Choice {
    value: "purge",
    label: "Delete for good",
    question: "These pages will be deleted with their history, and cannot be brought back:",
    danger: true,
    needs: Needs::Rows,
}];

#[derive(Serialize)]
struct ListPage {
    #[serde(flatten)]
    panel: Panel,
    #[serde(flatten)]
    table: TableView,
    rows: Vec<Row>,
    actions: [Choice; 1],
    days: u32,
}

#[derive(Serialize)]
struct Row {
    id: String,
    title: String,
    path: String,
    restore_href: String,
    deleted: String,
    deleted_iso: String,
    deleted_by: String,
    until: String,
}

impl Row {
    fn new(row: TrashRow, days: u32, zone: Zone) -> Row {
        Row {
            id: row.id.0.to_string(),
            title: row.title,
            path: row.path.to_string(),
            restore_href: format!("{}/{}", TRASH.list, row.id.0),
            deleted: clock::moment(row.deleted_at, zone),
            deleted_iso: clock::iso(row.deleted_at),
            deleted_by: row.deleted_by,
            until: clock::date(row.deleted_at + TimeDelta::days(days.into()), zone),
        }
    }
}

/// GET `/admin/trash`.
pub async fn list(app: Data<App>, editor: Editor, query: QueryString) -> Result<Outcome, Error> {
    let state = TRASH.state(&query);
    let (proof, paging, days) = (editor.proof(), state.paging(), app.options.trash_days);
    let (site, table) = app.db.read_with_site(move |conn| trash::every(conn, &proof, paging)).await?;
    if let Some(last) = state.last_page(table.total) {
        return Ok(Outcome::Redirect(last));
    }
    let page = ListPage {
        panel: Panel::new(&site, editor.account(), "trash", "Trash", &TRASH.above()).with_message(&query),
        table: state.view(table.total, table.rows.len(), Vec::new(), Vec::new()),
        rows: table.rows.into_iter().map(|row| Row::new(row, days, site.time_zone)).collect(),
        actions: ACTIONS,
        days,
    };
    Ok(Outcome::Page(Answer::panel(app.view.render("admin/trash/list.html", &page)?)))
}

/// POST `/admin/trash/actions`: asks, and does it when it is confirmed.
pub async fn act(app: Data<App>, editor: Editor, Form(chosen): Form<Chosen>) -> Result<Outcome, Error> {
    let action = Action::of(chosen, &TRASH, &ACTIONS)?;
    let ids: Vec<PageId> = action.ids.iter().copied().map(PageId).collect();
    let proof = editor.proof();
    if !action.confirmed {
        let (site, rows) = app.db.read_with_site(move |conn| trash::some(conn, &proof, &ids)).await?;
        let items = rows.into_iter().map(item).collect();
        return action
            .ask(&app, editor.account(), &site, &TRASH, Question { items, ..Question::default() })
            .map(Outcome::Page);
    }
    let count = app.db.write(move |conn| trash::delete(conn, &proof, &ids, clock::now())).await?;
    Ok(Outcome::Redirect(Done::Purged.at(TRASH.list, &action.back, Some(count))))
}

fn item(row: TrashRow) -> Item {
    Item { href: format!("{}/{}", TRASH.list, row.id.0), note: row.path.to_string(), title: row.title }
}

#[derive(Serialize)]
struct RestorePage {
    #[serde(flatten)]
    panel: Panel,
    action: String,
    page_title: String,
    path: String,
    deleted: String,
    deleted_by: String,
    effects: Effects,
    errors: Errors,
    cancel_href: &'static str,
}

/// The fields of the form.
#[derive(Deserialize)]
pub struct Fields {
    #[serde(default)]
    path: String,
    /// The path for which it was told who reads what then.
    #[serde(default)]
    agreed: String,
}

/// What bringing a page back to a path would do to who reads the pages below it.
async fn effects(app: &App, editor: &Editor, page: PageId, path: &PagePath) -> Result<Effects, Error> {
    let to = path.clone();
    let restore = move |conn: &mut store::Conn, proof: &domain::access::Editor| {
        trash::restore(conn, proof, page, &to, clock::now()).map(drop)
    };
    match effects_of(app, editor, Touched::Below(vec![path.clone()]), restore).await {
        // The path is taken, as will be said.
        Err(Error::Conflict(_)) => Ok(Effects::default()),
        outcome => outcome,
    }
}

fn form(
    app: &App,
    editor: &Editor,
    site: &Site,
    row: TrashRow,
    path: String,
    effects: Effects,
    invalid: &Invalid,
) -> Result<Answer, Error> {
    let trail: Vec<Link> = TRASH.trail("");
    let page = RestorePage {
        panel: Panel::new(site, editor.account(), "trash", "Bring this page back?", &trail),
        action: format!("{}/{}", TRASH.list, row.id.0),
        page_title: row.title,
        path,
        deleted: clock::moment(row.deleted_at, site.time_zone),
        deleted_by: row.deleted_by,
        effects,
        errors: Errors::of(invalid),
        cancel_href: TRASH.list,
    };
    Ok(Answer::panel(app.view.render("admin/trash/restore.html", &page)?))
}

async fn load(app: &App, editor: &Editor, page: PageId) -> Result<(std::sync::Arc<Site>, TrashRow), Error> {
    let proof = editor.proof();
    let (site, rows) = app.db.read_with_site(move |conn| trash::some(conn, &proof, &[page])).await?;
    Ok((site, rows.into_iter().next().ok_or(Error::NotFound)?))
}

/// GET `/admin/trash/{id}`: asks where to.
pub async fn ask(request: HttpRequest, app: Data<App>, editor: Editor) -> Result<Answer, Error> {
    let (site, row) = load(&app, &editor, PageId(id(&request)?)).await?;
    let effects = effects(&app, &editor, row.id, &row.path).await?;
    let path = row.path.href();
    form(&app, &editor, &site, row, path, effects, &Invalid::default())
}

/// POST `/admin/trash/{id}`: brings the page back, with its history.
pub async fn restore(
    request: HttpRequest,
    app: Data<App>,
    editor: Editor,
    Form(fields): Form<Fields>,
) -> Result<Outcome, Error> {
    let page = PageId(id(&request)?);
    let (site, row) = load(&app, &editor, page).await?;
    let refused = |row, effects, message| {
        let form = form(&app, &editor, &site, row, fields.path.clone(), effects, &Invalid::one("path", message))?;
        Ok(Outcome::Page(form.with_status(StatusCode::UNPROCESSABLE_ENTITY)))
    };
    let path = match fields.path.trim() {
        "" => row.path.clone(),
        typed => match PagePath::typed(typed) {
            Ok(path) => path,
            Err(message) => return refused(row, Effects::default(), message),
        },
    };
    if fields.agreed != path.href() {
        let effects = effects(&app, &editor, page, &path).await?;
        if !effects.is_empty() {
            let words = "At this path it changes who reads pages, as below. Bring it back again to do it.";
            return refused(row, effects, words.into());
        }
    }
    let (proof, to) = (editor.proof(), path.clone());
    let restore = move |conn: &mut store::Conn| trash::restore(conn, &proof, page, &to, clock::now());
    match app.db.write_or_duplicate(restore).await? {
        Some(true) => {
            let form = format!("/admin/pages/{}", page.0);
            Ok(Outcome::Redirect(Done::Restored.at(&form, "", None)))
        }
        Some(false) => Err(Error::NotFound),
        None => refused(row, Effects::default(), format!("There is another page at {path} now. Choose another path.")),
    }
}

/// How often the trash is looked at.
const EVERY: std::time::Duration = std::time::Duration::from_secs(3600);

/// Deletes for good what has been in the trash for longer than the setting says; for ever.
pub async fn expire_for_ever(app: Data<App>) {
    loop {
        let now = clock::now();
        let before = now - TimeDelta::days(app.options.trash_days.into());
        let expire = move |conn: &mut store::Conn| trash::expire(conn, Admin::itself().editor(), before, now);
        match app.db.write(expire).await {
            Ok(0) => {}
            Ok(count) => log::info!("deleted for good what was in the trash: {count} pages"),
            Err(error) => log::error!("the trash could not be looked at: {error}"),
        }
        tokio::time::sleep(EVERY).await;
    }
}
