//! Pages in the panel: the form here, the list, deleting and conflicts beside it.

mod actions;
mod audience;
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
    page::{PageId, PageInput, PagePath},
    revision::Save,
};
use store::{drafts, old_paths, pages};

pub use actions::act;
pub use delete::{confirm, delete};
pub use list::list;

use super::{done::Done, links, request::id, sections::PAGES};
use crate::{
    App,
    auth::extract::Editor,
    clock,
    http::{
        answer::{Answer, Outcome},
        error::Error,
        form::Form,
        query::QueryString,
    },
};
use editing::{Asked, Editing, after};
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
        Then::Preview => return editing.preview(fields).await,
        Then::Draft | Then::Unpublish => return autosave::keep(&editing, None, fields).await,
        Then::Save | Then::Continue | Then::Another => {}
    }
    let (content, note) = match fields.check(None, site.time_zone) {
        Ok(checked) => checked,
        Err(invalid) => return editing.refused(fields, &invalid),
    };
    if let Some(unknown) = audience::unknown(&app, &content.audience).await? {
        return editing.refused(fields, &unknown);
    }
    if let Some(asked) = asks_to_take(&app, &content.path, None, &mut fields).await? {
        return editing.refused(fields, &asked);
    }
    fields = match editing.asks(
        fields,
        audience::what(&content),
        audience::effects_of_new(&app, &editor, &content).await?,
    )? {
        Asked::Agreed(fields) => *fields,
        Asked::First(form) => return Ok(form),
    };
    let (proof, path, held) = (editor.proof(), content.path.clone(), fields.held());
    let insert = move |conn: &mut store::Conn| {
        let save = Save { content: &content, note: Some(&note) };
        let page = drafts::publish_new(conn, &proof, held, save, clock::now())?;
        store::links::refresh(conn, page.id, links::targets)?;
        Ok(page)
    };
    let made = app.db.write_or_duplicate(insert).await?;
    match made {
        Some(page) => Ok(after(Done::Created, page.id, &fields)),
        None => editing.refused(fields, &Invalid::one("path", format!("There is a page at {path} already."))),
    }
}

/// What is asked before a page takes a path at which another one lived: that one is no longer found there. Whoever sends
/// the form again has been told.
async fn asks_to_take(
    app: &App,
    path: &PagePath,
    own: Option<PageId>,
    fields: &mut Fields,
) -> Result<Option<Invalid>, Error> {
    let wanted = path.clone();
    let target = app.db.read(move |conn| old_paths::target(conn, &wanted)).await?;
    let Some(target) = target.filter(|target| Some(target.id) != own && fields.takes != path.as_str()) else {
        return Ok(None);
    };
    fields.takes = path.as_str().to_owned();
    let message = format!(
        "“{}” lived here before it moved to {}, and is still found here. Save again to take the path: then it no longer is.",
        target.content.title, target.content.path
    );
    Ok(Some(Invalid::one("path", message)))
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
        Then::Save | Then::Continue | Then::Another => publish(&editing, id, fields).await,
    }
}

async fn publish(editing: &Editing<'_>, id: PageId, mut fields: Fields) -> Result<Outcome, Error> {
    let Editing { app, editor, site, known } = editing;
    let present = known.page.as_ref().map(|page| &page.content);
    let (content, note) = match fields.check(present, site.time_zone) {
        Ok(checked) => checked,
        Err(invalid) => return editing.refused(fields, &invalid),
    };
    if let Some(unknown) = audience::unknown(app, &content.audience).await? {
        return editing.refused(fields, &unknown);
    }
    if let Some(asked) = asks_to_take(app, &content.path, Some(id), &mut fields).await? {
        return editing.refused(fields, &asked);
    }
    let (proof, from, held, new) = (editor.proof(), Version(fields.version), fields.held(), content.clone());
    let left = present.map(|present| present.path.clone()).filter(|old| *old != content.path);
    let left = left.filter(|_| fields.move_below && known.surroundings.below > 0);
    let moves = left.is_some();
    let effects = match &known.page {
        Some(page) => audience::effects(app, editor, page, from, &content, moves).await?,
        None => audience::effects_of_new(app, editor, &content).await?,
    };
    let fields = match editing.asks(fields, audience::what(&content), effects)? {
        Asked::Agreed(fields) => *fields,
        Asked::First(form) => return Ok(form),
    };
    let save = move |conn: &mut store::Conn| {
        let now = clock::now();
        let saved = drafts::publish(conn, &proof, id, from, held, Save { content: &new, note: Some(&note) }, now)?;
        if let Some(left) = &left {
            pages::move_section(conn, &proof, left, &new.path, now)?;
        }
        store::links::refresh(conn, id, links::targets)?;
        Ok(saved)
    };
    match app.db.try_write(save).await? {
        Ok(page) => Ok(after(Done::Saved, page.id, &fields)),
        Err(store::Error::Duplicate) => {
            let taken = match moves {
                true => format!("There is another page at {} already, or at a path below it.", content.path),
                false => format!("There is another page at {} already.", content.path),
            };
            editing.refused(fields, &Invalid::one("path", taken))
        }
        Err(store::Error::Refused(message)) => editing.refused(fields, &Invalid::one("path", message)),
        Err(store::Error::Stale) => conflict::show(app, editor, id, fields).await,
        Err(error) => Err(error.into()),
    }
}
