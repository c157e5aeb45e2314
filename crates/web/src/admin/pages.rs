//! Pages in the panel: the form and publishing; submodules hold the list, drafts, deletion, history and conflicts.

mod actions;
pub mod autosave;
mod bulk_undo;
mod conflict;
mod delete;
mod editing;
mod editor_context;
mod fields;
pub mod files;
mod filter;
pub mod history;
mod list;
mod merging;
pub mod order;
pub mod outlook;
pub mod preview;
pub mod receipts;
pub mod shares;
pub mod undo;

use actix_web::{HttpRequest, web::Data};
use domain::{
    Version,
    audience::{Audience, AudienceInput},
    invalid::Invalid,
    page::{PageContent, PageId, PageInput},
    site::NewPages,
};
use store::writing::{self, AccessChange, AccessDiff, Command, Obstacle, Publish, new_page_id};

pub use actions::act;
pub use delete::{confirm, delete};
pub use list::list;

use super::{access_preview::consent, done::Done, flash::Flash, request::id, sections::PAGES};
use crate::{
    App,
    auth::extract::Editor,
    http::{
        answer::{Answer, Outcome},
        error::Error,
        form::TextForm,
        query::QueryString,
    },
};
use editing::{Editing, after, after_with_losses};
use fields::{Fields, SubmitAction};

/// GET `/admin/pages/new`.
pub async fn new(app: Data<App>, editor: Editor, query: QueryString) -> Result<Answer, Error> {
    let (site, context) = editor_context::load_new(&app, &editor, &[]).await?;
    let path = query.get("path").to_owned();
    let audience = match site.new_pages {
        NewPages::Inherited => AudienceInput::default(),
        NewPages::SignedIn => outlook::first_audience(&app, &editor, &path, Audience::SignedIn).await?,
    };
    let draft = PageInput { path, audience, ..PageInput::default() };
    let fields = Fields::of(draft.into(), Version(0), Version(0), PAGES.back(query.get("back")))?;
    let editing = Editing { app: &app, editor: &editor, site: &site, context: &context };
    editing.open(fields, &query).await
}

/// POST `/admin/pages`.
pub async fn create(app: Data<App>, editor: Editor, TextForm(mut fields): TextForm<Fields>) -> Result<Outcome, Error> {
    fields.back = PAGES.back(&fields.back);
    fields.take_answer();
    let (site, context) =
        editor_context::load_of_form(&app, &editor, fields.lock().form, &fields.audience().groups).await?;
    let editing = Editing { app: &app, editor: &editor, site: &site, context: &context };
    match fields.then {
        SubmitAction::Preview => editing.preview(fields).await,
        SubmitAction::Near => editing.use_near(fields).await,
        SubmitAction::Draft | SubmitAction::Unpublish => autosave::save(&editing, None, fields).await,
        SubmitAction::Close => autosave::close(&editing, None, fields).await,
        SubmitAction::Publish | SubmitAction::Continue | SubmitAction::Another => {
            publish(&editing, context.id(), fields).await
        }
    }
}

/// GET `/admin/pages/{id}`: the form with the draft of the page, or the page without one.
pub async fn edit(request: HttpRequest, app: Data<App>, editor: Editor, query: QueryString) -> Result<Answer, Error> {
    let (site, context) = editor_context::load(&app, &editor, PageId(id(&request)?), &[]).await?;
    let fields = Fields::of_context(&context, site.time_zone, PAGES.back(query.get("back")))?;
    let editing = Editing { app: &app, editor: &editor, site: &site, context: &context };
    editing.open(fields, &query).await
}

/// POST `/admin/pages/{id}`: publishes, saves a draft or unpublishes; 409 with both texts when somebody else saved first.
pub async fn update(
    request: HttpRequest,
    app: Data<App>,
    editor: Editor,
    TextForm(mut fields): TextForm<Fields>,
) -> Result<Outcome, Error> {
    fields.back = PAGES.back(&fields.back);
    fields.take_answer();
    let id = PageId(id(&request)?);
    let (site, context) = editor_context::load(&app, &editor, id, &fields.audience().groups).await?;
    if context.id().is_none() {
        return conflict::deleted(&app, &editor, fields).await;
    }
    fields.keep_audience(&context);
    let editing = Editing { app: &app, editor: &editor, site: &site, context: &context };
    match fields.then {
        SubmitAction::Preview => editing.preview(fields).await,
        SubmitAction::Near => editing.use_near(fields).await,
        SubmitAction::Draft => autosave::save(&editing, Some(id), fields).await,
        SubmitAction::Unpublish => autosave::unpublish(&editing, id, fields).await,
        SubmitAction::Close => autosave::close(&editing, Some(id), fields).await,
        SubmitAction::Publish | SubmitAction::Continue | SubmitAction::Another => {
            publish(&editing, Some(id), fields).await
        }
    }
}

/// Publishes the page of a form. One read beforehand finds obstacles and the effect on access.
async fn publish(editing: &Editing<'_>, id: Option<PageId>, mut fields: Fields) -> Result<Outcome, Error> {
    let Editing { app, editor, site, context } = editing;
    if let Some(remark) = fields.take_front_matter(site.time_zone) {
        let words = format!("{remark} Check the fields, and press the same button again.");
        return editing.refused(fields, &Invalid::one("form", words)).await;
    }
    let current = context.page.as_ref().map(|page| &page.content);
    let (content, note) = match fields.check(current, site.time_zone) {
        Ok(checked) => checked,
        Err(invalid) => return editing.refused(fields, &invalid).await,
    };
    let moves_below = fields.move_below && context.surroundings.below > 0;
    let page = id.map_or_else(new_page_id, Ok)?;
    let publish = Publish {
        is_new: id.is_none(),
        lock: Some(fields.lock()),
        note: Some(note),
        move_below: moves_below,
        ..Publish::after(Version(fields.version), page, content)
    };
    let path = publish.content.path.clone();
    let (obstacles, diff) = check_publication(editing, &publish).await?;
    if let Some(invalid) = obstacle(&obstacles, &mut fields, id.is_none()) {
        return editing.refused(fields, &invalid).await;
    }
    let verb = verb(current, &publish);
    // On a conflict the command fails with `Stale`, and both texts are shown.
    let is_stale = context.page.as_ref().is_some_and(|page| page.version.0 != fields.version);
    let had_text = current.is_none_or(|current| !current.body.trim().is_empty());
    if publish.content.body.trim().is_empty() && had_text && !is_stale && !fields.empty {
        return editing.ask_for_text(fields).await;
    }
    if let Ok(diff) = &diff
        && !is_stale
        && diff.needs_consent()
        && fields.agreed != diff.fingerprint().as_str()
    {
        return editing.ask(fields, diff, verb).await;
    }
    let is_loss = |change: &&AccessChange| change.added.is_none() && change.page != publish.page;
    let fewer = diff.map_or(0, |diff| diff.changes().iter().filter(is_loss).count());
    match app.db.run(editor.proof(), Command::Publish(publish.clone()), consent(&fields.agreed)).await? {
        Ok(writing::Outcome::Page { id, version, is_new: false }) if version.0 == fields.version => {
            Ok(after(Flash::Unchanged, id, &fields))
        }
        Ok(writing::Outcome::Page { id, version, is_new }) => {
            let done = if is_new { Done::Published } else { Done::Changed };
            Ok(after_with_losses(done, id, version, &fields, fewer))
        }
        Ok(_) => Err(Error::NotFound),
        // The effect on access differs from the one that was shown. If the form is outdated, the other editor's change
        // is shown first.
        Err(store::Error::Unconfirmed) => {
            if let Some(id) = id.filter(|_| is_stale) {
                return conflict::show(app, editor, id, fields).await;
            }
            let (_, diff) = check_publication(editing, &publish).await?;
            editing.ask(fields, &diff?, verb).await
        }
        Err(store::Error::Duplicate) => {
            let taken = match (id.is_none(), moves_below) {
                (true, _) => format!("There is a page at {path} already."),
                (false, true) => format!("There is another page at {path} already, or at a path below it."),
                (false, false) => format!("There is another page at {path} already."),
            };
            editing.refused(fields, &Invalid::one("path", taken)).await
        }
        Err(store::Error::Refused(message)) => editing.refused(fields, &Invalid::one("path", message)).await,
        Err(store::Error::Stale) => match id {
            Some(id) => conflict::show(app, editor, id, fields).await,
            None => Err(store::Error::Stale.into()),
        },
        Err(error) => Err(error.into()),
    }
}

/// The beginning of the label of the button that confirms a change of access; empty if only the audience of a published
/// page changes.
fn verb(current: Option<&PageContent>, publish: &Publish) -> &'static str {
    let audience = publish.content.audience.clone();
    match current {
        Some(current) if PageContent { audience, ..current.clone() } == publish.content => "",
        _ => "Publish and",
    }
}

/// The obstacles of a publication and its effect on access. The command reports an error that the preview found.
async fn check_publication(
    editing: &Editing<'_>,
    publish: &Publish,
) -> Result<(Vec<Obstacle>, store::Result<AccessDiff>), Error> {
    let (proof, publish) = (editing.editor.proof(), publish.clone());
    let query = move |conn: &mut store::Conn| {
        let obstacles = publish.obstacles(conn, &proof)?;
        Ok((obstacles, writing::preview(conn, &proof, &Command::Publish(publish))))
    };
    Ok(editing.app.db.snapshot(query).await??)
}

/// The first obstacle as a message at its field. Sending the form again takes over the old path of another page.
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
        Obstacle::PathTaken(path) if is_new => {
            Some(Invalid::one("path", format!("There is a page at {path} already.")))
        }
        // A conflict with another save is reported first, by the command.
        Obstacle::PathTaken(_) => None,
        Obstacle::OldPath { path, .. } if fields.takes == path.as_str() => None,
        Obstacle::OldPath { path, title, lives_at } => {
            fields.takes = path.as_str().to_owned();
            let message = format!(
                "This is an old path of “{title}”, which moved to {lives_at}; visitors are redirected from here. Save \
                 again to take over the path."
            );
            Some(Invalid::one("path", message))
        }
    })
}
