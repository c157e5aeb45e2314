//! Undoes the last action on a page: publishing, changing, unpublishing or deleting it. An undo is an ordinary change with a
//! version and an audit entry; it asks first if it gives somebody access.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use domain::{
    Version,
    draft::DraftLock,
    page::{PageId, PageInput},
    site::Site,
};
use serde::{Deserialize, Serialize};
use store::{
    Conn, pages, revisions, trash,
    writing::{self, Command, Republish, Restore, Undo, UnpublishForm},
};

use crate::{
    App,
    admin::{
        access_preview::{AccessPreview, consent},
        done::Done,
        panel::Panel,
        request::id,
        sections::PAGES,
    },
    auth::extract::Editor,
    http::{
        answer::{Answer, Outcome},
        error::Error,
        form::{Form, checkbox},
    },
};

/// The form of an undo.
#[derive(Deserialize, Serialize)]
pub struct Fields {
    /// The action that is taken back, as [`Done::word`] names it.
    #[serde(default)]
    what: String,
    /// The version that the action made or, for a page that is not published any more, its last one.
    #[serde(default)]
    version: i64,
    /// The fingerprint of the effect on access that was shown.
    #[serde(default, skip_serializing)]
    agreed: String,
    #[serde(default)]
    back: String,
    /// Whether the form of the page is shown afterwards, instead of the list.
    #[serde(default, deserialize_with = "checkbox")]
    stays: bool,
}

#[derive(Serialize)]
struct UndoPage {
    #[serde(flatten)]
    panel: Panel,
    action: String,
    page_title: String,
    fields: Fields,
    access: AccessPreview,
    cancel_href: String,
}

/// A change, and the title of its page.
struct Change {
    command: Command,
    title: String,
}

/// The command that takes an action back; `None` when its page is no longer in the state that the action left.
fn command(
    conn: &mut Conn,
    editor: &domain::access::Editor,
    site: &Site,
    id: PageId,
    done: Done,
    version: Version,
) -> store::Result<Option<Change>> {
    Ok(match done {
        Done::Published => pages::get(conn, editor, id)?.map(|page| Change {
            title: page.content.title.clone(),
            command: Command::UnpublishForm(UnpublishForm {
                page: id,
                from: version,
                lock: DraftLock::default(),
                input: PageInput::of(&page.content, site.time_zone).into(),
            }),
        }),
        Done::Changed => pages::get(conn, editor, id)?
            .map(|page| Change { title: page.content.title, command: Command::Undo(Undo { page: id, from: version }) }),
        Done::Unpublished => revisions::get(conn, editor, id, version)?.map(|revision| Change {
            title: revision.content.title,
            command: Command::Republish(Republish { page: id, version }),
        }),
        Done::Deleted => trash::get_many(conn, editor, &[id])?
            .pop()
            .map(|row| Change { title: row.title, command: Command::Restore(Restore { page: id, path: row.path }) }),
        Done::Kept | Done::Reverted | Done::Undone => None,
    })
}

/// POST `/admin/pages/{id}/undo`: takes an action back. 422 with the effect when somebody would gain access by it; 409 when
/// the page has changed since.
pub async fn undo(
    request: HttpRequest,
    app: Data<App>,
    editor: Editor,
    Form(mut fields): Form<Fields>,
) -> Result<Outcome, Error> {
    let id = PageId(id(&request)?);
    fields.back = PAGES.back(&fields.back);
    let Some(done) = Done::parse(&fields.what) else {
        return Err(Error::Unprocessable("This cannot be undone.".into()));
    };
    let (proof, site, version) = (editor.proof(), app.db.site().await, Version(fields.version));
    let of = site.clone();
    let read = move |conn: &mut Conn| command(conn, &proof, &of, id, done, version);
    let Change { command, title } = app.db.read(read).await?.ok_or_else(|| Error::Conflict(CHANGED.into()))?;
    match app.db.run(editor.proof(), command.clone(), consent(&fields.agreed)).await? {
        Ok(writing::Outcome::Count(0)) | Err(store::Error::Stale) => Err(Error::Conflict(CHANGED.into())),
        Ok(outcome) => Ok(Outcome::Redirect(after(id, version, &outcome, &fields))),
        Err(store::Error::Unconfirmed) => {
            let diff = app.db.preview(editor.proof(), command).await??;
            question(&app, &editor, &site, id, title, fields, AccessPreview::new(&diff))
        }
        Err(store::Error::Duplicate) => Err(Error::Conflict("Another page is at its path now.".into())),
        Err(store::Error::Refused(message)) => Err(Error::Conflict(message.into())),
        Err(error) => Err(error.into()),
    }
}

/// The message when a page is no longer in the state that an action left.
const CHANGED: &str = "Nothing was undone, because the page has changed since. Its history has all versions.";

fn after(id: PageId, version: Version, outcome: &writing::Outcome, fields: &Fields) -> HttpResponse {
    let version = match outcome {
        writing::Outcome::Page { version, .. } => *version,
        _ => version,
    };
    match fields.stays {
        true => Done::Undone.at(&PAGES.form_href(id.0), id, version, ""),
        false => Done::Undone.at(PAGES.list, id, version, &fields.back),
    }
}

/// Asks whether somebody may gain access by the undo.
fn question(
    app: &App,
    editor: &Editor,
    site: &Site,
    id: PageId,
    title: String,
    fields: Fields,
    access: AccessPreview,
) -> Result<Outcome, Error> {
    let page = UndoPage {
        panel: Panel::new(site, editor.account(), "pages", "Undo this?", &PAGES.trail(&fields.back)),
        action: format!("{}/undo", PAGES.form_href(id.0)),
        page_title: title,
        cancel_href: PAGES.list_href(&fields.back),
        fields,
        access,
    };
    let answer = Answer::panel(app.view.render("admin/pages/undo.html", &page)?);
    Ok(Outcome::Page(answer.with_status(StatusCode::UNPROCESSABLE_ENTITY)))
}
