//! Pages in the panel: the form here, the list, deleting and conflicts beside it.

mod actions;
pub mod autosave;
mod conflict;
mod delete;
mod editing;
mod fields;
mod filter;
pub mod history;
mod known;
mod list;
pub mod preview;
pub mod receipts;

use actix_web::{HttpRequest, web::Data};
use domain::{
    Version,
    invalid::Invalid,
    page::{PageId, PageInput},
};
use store::writing::{AccessDiff, Command, Obstacle, Publish, new_page_id};

pub use actions::act;
pub use delete::{confirm, delete};
pub use list::list;

use super::{access_preview::consent, done::Done, request::id, sections::PAGES};
use crate::{
    App,
    auth::extract::Editor,
    http::{
        answer::{Answer, Outcome},
        error::Error,
        form::Form,
        query::QueryString,
    },
};
use editing::{Editing, after};
use fields::{Fields, Then};
use known::{around_new, look};

/// GET `/admin/pages/new`.
pub async fn new(app: Data<App>, editor: Editor, query: QueryString) -> Result<Answer, Error> {
    let (site, known) = around_new(&app, &editor).await?;
    let draft = PageInput { path: query.get("path").to_owned(), ..PageInput::default() };
    let fields = Fields::of(draft.into(), Version(0), Version(0), PAGES.back(query.get("back")))?;
    let editing = Editing { app: &app, editor: &editor, site: &site, known: &known };
    editing.form(fields, &Invalid::default(), &query)
}

/// POST `/admin/pages`.
pub async fn create(app: Data<App>, editor: Editor, Form(mut fields): Form<Fields>) -> Result<Outcome, Error> {
    fields.back = PAGES.back(&fields.back);
    let (site, known) = around_new(&app, &editor).await?;
    let editing = Editing { app: &app, editor: &editor, site: &site, known: &known };
    match fields.then {
        Then::Preview => editing.preview(fields).await,
        Then::Draft | Then::Unpublish => autosave::keep(&editing, None, fields).await,
        Then::Save | Then::Continue | Then::Another => publish(&editing, None, fields).await,
    }
}

/// GET `/admin/pages/{id}`: the page, or its draft, as it is being written.
pub async fn edit(request: HttpRequest, app: Data<App>, editor: Editor, query: QueryString) -> Result<Answer, Error> {
    let (site, known) = look(&app, &editor, PageId(id(&request)?)).await?;
    let fields = Fields::of_known(&known, site.time_zone, PAGES.back(query.get("back")))?;
    let editing = Editing { app: &app, editor: &editor, site: &site, known: &known };
    editing.form(fields, &Invalid::default(), &query)
}

/// POST `/admin/pages/{id}`: publishes, keeps or unpublishes; 409 with both texts when somebody else saved first.
pub async fn update(
    request: HttpRequest,
    app: Data<App>,
    editor: Editor,
    Form(mut fields): Form<Fields>,
) -> Result<Outcome, Error> {
    fields.back = PAGES.back(&fields.back);
    let id = PageId(id(&request)?);
    let (site, known) = look(&app, &editor, id).await?;
    if known.id().is_none() {
        return conflict::deleted(&app, &editor, fields).await;
    }
    let editing = Editing { app: &app, editor: &editor, site: &site, known: &known };
    match fields.then {
        Then::Preview => editing.preview(fields).await,
        Then::Draft => autosave::keep(&editing, Some(id), fields).await,
        Then::Unpublish => autosave::unpublish(&editing, id, fields).await,
        Then::Save | Then::Continue | Then::Another => publish(&editing, Some(id), fields).await,
    }
}

/// Publishes what a form holds. Everything that stands in the way, and the effect on access, is asked in one query before.
async fn publish(editing: &Editing<'_>, id: Option<PageId>, mut fields: Fields) -> Result<Outcome, Error> {
    let Editing { app, editor, site, known } = editing;
    let present = known.page.as_ref().map(|page| &page.content);
    let (content, note) = match fields.check(present, site.time_zone) {
        Ok(checked) => checked,
        Err(invalid) => return editing.refused(fields, &invalid),
    };
    let moves_below = fields.move_below && known.surroundings.below > 0;
    let publish = Publish {
        page: id.map_or_else(new_page_id, Ok)?,
        is_new: id.is_none(),
        from: Version(fields.version),
        lock: Some(fields.lock()),
        content,
        note: Some(note),
        move_below: moves_below,
    };
    let path = publish.content.path.clone();
    let (obstacles, diff) = look_ahead(editing, &publish).await?;
    if let Some(invalid) = obstacle(&obstacles, &mut fields, id.is_none()) {
        return editing.refused(fields, &invalid);
    }
    // Somebody saved meanwhile: the command says so, and both texts are shown.
    let is_stale = known.page.as_ref().is_some_and(|page| page.version.0 != fields.version);
    if let Ok(diff) = diff
        && !is_stale
        && !diff.is_stated()
        && fields.agreed != diff.fingerprint().as_str()
    {
        return editing.ask(fields, &diff);
    }
    match app.db.run(editor.proof(), Command::Publish(publish.clone()), consent(&fields.agreed)).await? {
        Ok(outcome) => {
            let done = if id.is_none() { Done::Created } else { Done::Saved };
            Ok(after(done, outcome.page().or(id).ok_or(Error::NotFound)?, &fields))
        }
        // Somebody changed who reads what since it was shown.
        Err(store::Error::Unconfirmed) => {
            let (_, diff) = look_ahead(editing, &publish).await?;
            editing.ask(fields, &diff?)
        }
        Err(store::Error::Duplicate) => {
            let taken = match (id.is_none(), moves_below) {
                (true, _) => format!("There is a page at {path} already."),
                (false, true) => format!("There is another page at {path} already, or at a path below it."),
                (false, false) => format!("There is another page at {path} already."),
            };
            editing.refused(fields, &Invalid::one("path", taken))
        }
        Err(store::Error::Refused(message)) => editing.refused(fields, &Invalid::one("path", message)),
        Err(store::Error::Stale) => match id {
            Some(id) => conflict::show(app, editor, id, fields).await,
            None => Err(store::Error::Stale.into()),
        },
        Err(error) => Err(error.into()),
    }
}

/// What stands in the way of a page, and what publishing it would do to access. An error of the preview is left to the
/// command itself.
async fn look_ahead(
    editing: &Editing<'_>,
    publish: &Publish,
) -> Result<(Vec<Obstacle>, store::Result<AccessDiff>), Error> {
    let (proof, publish) = (editing.editor.proof(), publish.clone());
    let query = move |conn: &mut store::Conn| {
        let obstacles = publish.obstacles(conn, &proof)?;
        Ok((obstacles, store::writing::preview(conn, &proof, &Command::Publish(publish))))
    };
    Ok(editing.app.db.snapshot(query).await??)
}

/// The first obstacle as a message at its field. An old path of another page is taken by a form that is sent again.
fn obstacle(obstacles: &[Obstacle], fields: &mut Fields, is_new: bool) -> Option<Invalid> {
    obstacles.iter().find_map(|obstacle| match obstacle {
        Obstacle::MissingReaders(missing) => {
            let mut invalid = Invalid::default();
            if let Some(person) = missing.people.first() {
                invalid.add("people", format!("There is no user {person}."));
            }
            if let Some(group) = missing.groups.first() {
                invalid.add("groups", format!("There is no group {group}."));
            }
            Some(invalid)
        }
        Obstacle::PathTaken(path) if is_new => Some(Invalid::one("path", format!("There is a page at {path} already."))),
        // A conflict with somebody who saved meanwhile comes first.
        Obstacle::PathTaken(_) => None,
        Obstacle::OldPath { path, .. } if fields.takes == path.as_str() => None,
        Obstacle::OldPath { path, title, lives_at } => {
            fields.takes = path.as_str().to_owned();
            let message = format!(
                "“{title}” lived here before it moved to {lives_at}, and is still found here. Save again to take the path: \
                 then it no longer is."
            );
            Some(Invalid::one("path", message))
        }
    })
}
