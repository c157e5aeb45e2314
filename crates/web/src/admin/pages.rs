//! Pages in the panel: the form here, the list, deleting and conflicts beside it.

mod actions;
mod audience;
pub mod autosave;
mod conflict;
mod delete;
mod fields;
pub mod history;
mod known;
mod list;
pub mod preview;
pub mod receipts;

use actix_web::{HttpRequest, http::StatusCode, web::Data};
use domain::{
    Version,
    invalid::Invalid,
    page::{Page, PageId, PageInput, PagePath},
    revision::Save,
    site::Site,
};
use serde::Serialize;
use store::{drafts, old_paths, pages};

pub use actions::act;
pub use delete::{confirm, delete};
pub use list::list;

use super::{Done, Outcome, Panel, effects::Effects, id, links, section::Section};
use crate::{
    App, answer::Answer, auth::extract::Editor, clock, error::Error, form::Form, lists::login_href, markdown::SafeHtml,
    query::QueryString, view::Errors,
};
pub(super) use audience::Readers;
use fields::{Fields, Then};
use known::{Known, around_new, look};

const PAGES: Section =
    Section { name: "pages", title: "Pages", list: "/admin/pages", fields: &["q", "readers", "state", "date", "sort"] };

#[derive(Serialize)]
struct FormPage {
    #[serde(flatten)]
    panel: Panel,
    is_new: bool,
    is_published: bool,
    action: String,
    drafts_url: String,
    draft: Option<autosave::Waiting>,
    fields: Fields,
    errors: Errors,
    list_href: String,
    delete_href: String,
    view_href: String,
    history_href: String,
    receipts_href: String,
    preview: Option<SafeHtml>,
    readers: Readers,
    effects: Effects,
    /// How many pages lie below this one.
    below: u64,
    old_paths: Vec<String>,
}

/// What a form tells besides what was typed.
#[derive(Default)]
struct Told {
    preview: Option<SafeHtml>,
    effects: Effects,
}

/// What a form is about.
struct Editing<'a> {
    app: &'a App,
    editor: &'a Editor,
    site: &'a Site,
    known: &'a Known,
}

impl Editing<'_> {
    fn form(&self, fields: Fields, invalid: &Invalid, query: &QueryString) -> Result<Answer, Error> {
        self.form_with(fields, invalid, query, Told::default())
    }

    /// The form as it was typed, with what its text will look like; nothing is saved.
    async fn preview(&self, fields: Fields) -> Result<Outcome, Error> {
        let text = preview::Text::of(&fields.body, &fields.path, &fields.audience());
        let preview = preview::render(self.app, self.editor, text).await?;
        let told = Told { preview: Some(preview), ..Told::default() };
        let form = self.form_with(fields, &Invalid::default(), &QueryString::default(), told)?;
        Ok(Outcome::Page(form))
    }

    fn form_with(&self, fields: Fields, invalid: &Invalid, query: &QueryString, told: Told) -> Result<Answer, Error> {
        let (known, id, title) = (self.known, self.known.id(), self.known.title());
        let page = known.page.as_ref();
        let list_href = PAGES.list_href(&fields.back);
        let page = FormPage {
            panel: Panel::new(self.site, self.editor.account(), "pages", title, &PAGES.trail(&fields.back))
                .with_message(query),
            is_new: id.is_none(),
            is_published: page.is_some(),
            action: id.map_or(PAGES.list.into(), |id| PAGES.form_href(id.0)),
            drafts_url: id.map_or("/admin/drafts".into(), |id| format!("/admin/drafts/{}", id.0)),
            draft: known.draft.as_ref().map(|draft| autosave::Waiting::new(draft, page, self.site.time_zone)),
            errors: Errors::of(invalid),
            list_href,
            delete_href: page.map_or(String::new(), |page| PAGES.href(page.id.0, "/delete", &fields.back)),
            history_href: known.surroundings.last.and(id).map_or(String::new(), |id| PAGES.href(id.0, "/history", "")),
            receipts_href: page
                .filter(|page| page.content.receipts)
                .map_or(String::new(), |page| PAGES.href(page.id.0, "/receipts", "")),
            preview: told.preview,
            readers: Readers::new(&fields.audience(), &known.surroundings.groups, known.surroundings.who.as_ref()),
            effects: told.effects,
            below: known.surroundings.below,
            old_paths: known.surroundings.old_paths.iter().map(PagePath::href).collect(),
            view_href: known.href().map(|href| login_href(&href)).unwrap_or_default(),
            fields,
        };
        Ok(Answer::panel(self.app.view.render("admin/pages/form.html", &page)?))
    }

    /// The form with what it would do, unless that was told and agreed to.
    fn asks(&self, mut fields: Fields, what: String, effects: Effects) -> Result<Asked, Error> {
        if effects.is_empty() || fields.agreed == what {
            return Ok(Asked::Agreed(Box::new(fields)));
        }
        fields.agreed = what;
        let words = "This changes who reads pages, as below. Press the same button again to do it.";
        let told = Told { effects, ..Told::default() };
        let form = self.form_with(fields, &Invalid::one("form", words), &QueryString::default(), told)?;
        Ok(Asked::First(Outcome::Page(form.with_status(StatusCode::UNPROCESSABLE_ENTITY))))
    }

    fn refused(&self, fields: Fields, invalid: &Invalid) -> Result<Outcome, Error> {
        let form = self.form(fields, invalid, &QueryString::default())?;
        Ok(Outcome::Page(form.with_status(StatusCode::UNPROCESSABLE_ENTITY)))
    }
}

/// Whether what a form would do to readers has been agreed to.
enum Asked {
    /// It was, or nobody reads more or less by it.
    Agreed(Box<Fields>),
    /// It has to be told first.
    First(Outcome),
}

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

fn after(done: Done, id: PageId, fields: &Fields) -> Outcome {
    let kept = crate::query::encode(&[("back", &fields.back)]);
    Outcome::Elsewhere(match fields.then {
        Then::Save | Then::Preview => done.at(PAGES.list, &fields.back, None),
        Then::Continue | Then::Draft | Then::Unpublish => done.at(&PAGES.form_href(id.0), &kept, None),
        Then::Another => done.at(&format!("{}/new", PAGES.list), &kept, None),
    })
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

/// The page of a request, or 404.
async fn load(app: &App, editor: &Editor, id: PageId) -> Result<(std::sync::Arc<Site>, Page), Error> {
    let proof = editor.proof();
    let (site, page) = app.db.read_with_site(move |conn| pages::get(conn, &proof, id)).await?;
    Ok((site, page.ok_or(Error::NotFound)?))
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
