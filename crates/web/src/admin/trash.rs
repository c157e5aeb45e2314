//! The trash: deleted pages, until they are restored or purged.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use chrono::TimeDelta;
use domain::{
    access::Admin,
    invalid::Invalid,
    page::{PageId, PagePath},
    site::Site,
};
use serde::{Deserialize, Serialize};
use store::{
    Deadline,
    trash::{self, TrashRow},
    writing::{Command, Consent, Purge, Restore},
};

use super::{
    access_preview::{AccessPreview, consent},
    bulk::{Action, BulkForm, Choice, NOUNS, Needs, Question},
    flash::Flash,
    items::Item,
    panel::Panel,
    request::id,
    sections::TRASH,
};
use crate::{
    App,
    auth::extract::Editor,
    clock,
    db::LONG_DEADLINE,
    http::{
        answer::{Answer, Outcome},
        error::Error,
        form::Form,
        responses::permanent_redirect,
        view::{Errors, Link},
    },
};

/// The bulk actions that the list of pages offers for the rows of the trash.
pub(super) const ACTIONS: [Choice; 1] = [Choice {
    value: "purge",
    label: "Delete for good…",
    verb: "Delete",
    nouns: NOUNS,
    after: " for good",
    question: "These pages will be deleted with their history. They cannot be restored.",
    danger: true,
    needs: Needs::Rows,
    address: "",
}];

/// GET `/admin/trash`: an earlier address of the list of pages in its state `trash`.
pub async fn list() -> HttpResponse {
    permanent_redirect(&TRASH.list_href(""))
}

/// POST `/admin/trash/actions`: asks for confirmation; runs a confirmed action.
pub async fn act(app: Data<App>, editor: Editor, Form(form): Form<BulkForm>) -> Result<Outcome, Error> {
    let action = Action::of(form, &TRASH, &ACTIONS)?;
    let ids: Vec<PageId> = action.ids.iter().copied().map(PageId).collect();
    let proof = editor.proof();
    if !action.confirmed {
        let (site, rows) = app.db.read_with_site(move |conn| trash::get_many(conn, &proof, &ids)).await?;
        let items = rows.into_iter().map(item).collect();
        return action
            .ask(&app, editor.account(), &site, &TRASH, Question { items, ..Question::default() })
            .map(Outcome::Page);
    }
    let purged = app.db.run(proof, Command::Purge(Purge::Pages(ids)), Consent::Stated).await??;
    Ok(Outcome::Redirect(Flash::Purged.at(TRASH.list, &action.back, Some(purged.count()))))
}

fn item(row: TrashRow) -> Item {
    Item { href: TRASH.form_href(row.id.0), note: row.path.to_string(), title: row.title }
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
    access: AccessPreview,
    errors: Errors,
    cancel_href: String,
}

/// The fields of the form.
#[derive(Deserialize)]
pub struct Fields {
    #[serde(default)]
    path: String,
    /// The fingerprint of the effect on access that was shown.
    #[serde(default)]
    agreed: String,
}

fn command(page: PageId, path: &PagePath) -> Command {
    Command::Restore(Restore { page, path: path.clone() })
}

async fn preview(app: &App, editor: &Editor, page: PageId, path: &PagePath) -> Result<AccessPreview, Error> {
    Ok(AccessPreview::new(&app.db.preview(editor.proof(), command(page, path)).await??))
}

fn form(
    app: &App,
    editor: &Editor,
    site: &Site,
    row: TrashRow,
    path: String,
    access: AccessPreview,
    invalid: &Invalid,
) -> Result<Answer, Error> {
    let trail: Vec<Link> = TRASH.trail("");
    let page = RestorePage {
        panel: Panel::new(site, editor.account(), TRASH.name, "Restore this page?", &trail),
        action: TRASH.form_href(row.id.0),
        page_title: row.title,
        path,
        deleted: clock::moment(row.deleted_at, site.time_zone),
        deleted_by: row.deleted_by,
        access,
        errors: Errors::of(invalid),
        cancel_href: TRASH.list_href(""),
    };
    Ok(Answer::panel(app.view.render("admin/trash/restore.html", &page)?))
}

async fn load(app: &App, editor: &Editor, page: PageId) -> Result<(std::sync::Arc<Site>, TrashRow), Error> {
    let proof = editor.proof();
    let (site, rows) = app.db.read_with_site(move |conn| trash::get_many(conn, &proof, &[page])).await?;
    Ok((site, rows.into_iter().next().ok_or(Error::NotFound)?))
}

/// GET `/admin/trash/{id}`: asks for the path at which to restore the page.
pub async fn ask(request: HttpRequest, app: Data<App>, editor: Editor) -> Result<Answer, Error> {
    let (site, row) = load(&app, &editor, PageId(id(&request)?)).await?;
    let access = preview(&app, &editor, row.id, &row.path).await?;
    let path = row.path.href();
    form(&app, &editor, &site, row, path, access, &Invalid::default())
}

/// POST `/admin/trash/{id}`: restores the page with its history.
pub async fn restore(
    request: HttpRequest,
    app: Data<App>,
    editor: Editor,
    Form(fields): Form<Fields>,
) -> Result<Outcome, Error> {
    let page = PageId(id(&request)?);
    let (site, row) = load(&app, &editor, page).await?;
    let refused = |row, access, message| {
        let form = form(&app, &editor, &site, row, fields.path.clone(), access, &Invalid::one("path", message))?;
        Ok(Outcome::Page(form.with_status(StatusCode::UNPROCESSABLE_ENTITY)))
    };
    let path = match fields.path.trim() {
        "" => row.path.clone(),
        typed => match PagePath::typed(typed) {
            Ok(path) => path,
            Err(message) => return refused(row, AccessPreview::default(), message),
        },
    };
    let access = preview(&app, &editor, page, &path).await?;
    if !access.is_empty() && !access.is_agreed(&fields.agreed) {
        return refused(row, access, CHANGES_ACCESS.into());
    }
    match app.db.run(editor.proof(), command(page, &path), consent(&fields.agreed)).await? {
        Ok(outcome) if outcome.count() == 0 => Err(Error::NotFound),
        Ok(_) => {
            let form = format!("/admin/pages/{}", page.0);
            Ok(Outcome::Redirect(Flash::Restored.at(&form, "", None)))
        }
        Err(store::Error::Unconfirmed) => {
            let access = preview(&app, &editor, page, &path).await?;
            refused(row, access, CHANGES_ACCESS.into())
        }
        Err(store::Error::Duplicate) => {
            let message = format!("There is another page at {path} now. Choose a different path.");
            refused(row, AccessPreview::default(), message)
        }
        Err(error) => Err(error.into()),
    }
}

/// The message when restoring a page needs a confirmation.
const CHANGES_ACCESS: &str =
    "Restoring it here changes who can read pages, as shown below. Press Restore again to confirm.";

/// The interval at which expired pages are purged.
const PURGE_INTERVAL: std::time::Duration = std::time::Duration::from_secs(3600);

/// Purges pages that have been in the trash for longer than `trash_days`; runs until the server stops.
pub async fn purge_expired(app: Data<App>) {
    loop {
        let before = clock::now() - TimeDelta::days(app.options.trash_days.into());
        let command = Command::Purge(Purge::DeletedBefore(before));
        let (editor, deadline) = (Admin::itself().editor().clone(), Deadline::after(LONG_DEADLINE));
        match app.db.long_run(editor, command, Consent::Stated, deadline, |_| {}, |_, _| Ok(())).await {
            Ok(Ok(outcome)) if outcome.count() == 0 => {}
            Ok(Ok(outcome)) => log::info!("purged {} expired pages from the trash", outcome.count()),
            Ok(Err(error)) => log::error!("could not purge the trash: {error}"),
            Err(error) => log::error!("could not purge the trash: {error}"),
        }
        tokio::time::sleep(PURGE_INTERVAL).await;
    }
}
