//! Pages in the panel: the form here, the list, deleting and conflicts beside it.

mod actions;
mod audience;
pub mod autosave;
mod conflict;
mod delete;
pub mod history;
mod list;
pub mod preview;

use actix_web::{HttpRequest, http::StatusCode, web::Data};
use domain::{
    Version, access,
    audience::{Audience, AudienceDraft},
    draft::{Draft, FormId, Held, Typed},
    group::GroupName,
    invalid::Invalid,
    page::{Page, PageContent, PageDraft, PageId, PagePath},
    revision::{Note, Save},
    site::Site,
    zone::Zone,
};
use serde::{Deserialize, Serialize};
use store::{
    drafts, old_paths,
    pages::{self, Who},
    revisions,
};

pub use actions::act;
pub use delete::{confirm, delete};
pub use list::list;

use super::{Done, Outcome, Panel, effects::Effects, id, links, section::Section};
use crate::{
    App,
    answer::Answer,
    auth::extract::Editor,
    clock,
    error::Error,
    form::{Form, checkbox},
    lists::login_href,
    markdown::SafeHtml,
    query::QueryString,
    view::Errors,
};
pub(super) use audience::Readers;

const PAGES: Section =
    Section { name: "pages", title: "Pages", list: "/admin/pages", fields: &["q", "readers", "state", "date", "sort"] };

/// The fields of the form, as they are typed.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Fields {
    #[serde(default)]
    path: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    summary: String,
    #[serde(default)]
    body: String,
    /// As `AudienceDraft::kind`; a script may leave it out.
    #[serde(default)]
    audience: String,
    #[serde(default)]
    people: String,
    #[serde(default)]
    groups: Vec<String>,
    /// Another word for `audience=signed-in`, for scripts.
    #[serde(default, deserialize_with = "checkbox", skip_serializing)]
    private: bool,
    #[serde(default, deserialize_with = "checkbox")]
    show_title: bool,
    #[serde(default, deserialize_with = "checkbox")]
    list_below: bool,
    #[serde(default)]
    published: String,
    #[serde(default)]
    unpublish: String,
    #[serde(default)]
    note: String,
    /// Whether the pages below move along with the path.
    #[serde(default, deserialize_with = "checkbox")]
    move_below: bool,
    /// The change of readers whose effect was told, and may be saved.
    #[serde(default)]
    agreed: String,
    /// An old path of another page that is knowingly taken.
    #[serde(default)]
    takes: String,
    #[serde(default)]
    version: i64,
    /// The version of the draft that the form shows; 0 for none.
    #[serde(default)]
    draft: i64,
    /// The number of the form.
    #[serde(default)]
    form: i64,
    #[serde(default)]
    back: String,
    #[serde(default, skip_serializing)]
    then: Then,
}

impl Fields {
    fn of(typed: Typed, version: Version, draft: Version, back: String) -> Result<Fields, Error> {
        let Typed { page, note, move_below } = typed;
        let PageDraft { path, title, summary, body, audience, show_title, list_below, published, unpublish, zone: _ } =
            page;
        Ok(Fields {
            path,
            title,
            summary,
            body,
            audience: audience.kind,
            people: audience.people,
            groups: audience.groups,
            private: false,
            show_title,
            list_below,
            published,
            unpublish,
            note,
            move_below,
            agreed: String::new(),
            takes: String::new(),
            version: version.0,
            draft: draft.0,
            form: autosave::new_form()?.0,
            back,
            then: Then::Save,
        })
    }

    /// The fields of a page as it is being written: its draft if there is one, otherwise the page.
    fn of_known(known: &Known, zone: Zone, back: String) -> Result<Fields, Error> {
        match (&known.draft, &known.page) {
            (Some(Draft { typed, based_on, version, .. }), _) => {
                let typed = Typed { page: typed.page.clone().in_zone(zone), ..typed.clone() };
                Fields::of(typed, *based_on, *version, back)
            }
            (None, Some(page)) => Fields::of(PageDraft::of(&page.content, zone).into(), page.version, Version(0), back),
            (None, None) => Err(Error::NotFound),
        }
    }

    /// What is kept of the form as a draft.
    fn typed(&self, zone: Zone) -> Typed {
        Typed { page: self.draft(zone), note: self.note.clone(), move_below: self.move_below }
    }

    /// What the form knows of the draft over which it saves.
    fn held(&self) -> Held {
        Held { draft: Version(self.draft), form: FormId(self.form) }
    }

    /// What is to be saved, and the word for its history.
    fn check(&self, old: Option<&PageContent>, zone: Zone) -> Result<(PageContent, Note), Invalid> {
        let content = match old {
            Some(old) => PageDraft { audience: self.audience_over(old), ..self.draft(zone) }.check_over(old),
            None => self.draft(zone).check(clock::now()),
        };
        match (content, Note::parse(&self.note)) {
            (Ok(content), Ok(note)) => Ok((content, note)),
            (Err(mut invalid), Err(message)) => {
                invalid.add("note", message);
                Err(invalid)
            }
            (Err(invalid), Ok(_)) => Err(invalid),
            (Ok(_), Err(message)) => Err(Invalid::one("note", message)),
        }
    }

    fn audience(&self) -> AudienceDraft {
        let kind = if self.audience.is_empty() && self.private { "signed-in".into() } else { self.audience.clone() };
        AudienceDraft { kind, people: self.people.clone(), groups: self.groups.clone() }
    }

    /// Of a form without an audience: what it was, but that a tick that is not sent makes a page public that was for
    /// anyone signed in.
    fn audience_over(&self, old: &PageContent) -> AudienceDraft {
        match (&old.audience, self.audience.is_empty() && !self.private) {
            (_, false) => self.audience(),
            (Audience::Public | Audience::SignedIn, true) => AudienceDraft::of(&Audience::Public),
            (Audience::Inherited | Audience::Chosen(_), true) => AudienceDraft::of(&old.audience),
        }
    }

    fn draft(&self, zone: Zone) -> PageDraft {
        PageDraft {
            path: self.path.clone(),
            title: self.title.clone(),
            summary: self.summary.clone(),
            body: self.body.clone(),
            audience: self.audience(),
            show_title: self.show_title,
            list_below: self.list_below,
            published: self.published.clone(),
            unpublish: self.unpublish.clone(),
            zone,
        }
    }
}

/// Which button of the form was pressed.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Then {
    /// It is published, and back to the list.
    #[default]
    Save,
    /// It is published, and on with the same form.
    Continue,
    /// It is published, and on with an empty form.
    Another,
    /// Nothing is saved: the text is shown as it will look.
    Preview,
    /// It is kept, and not published.
    Draft,
    /// It is kept, and the page is taken off the site.
    Unpublish,
}

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

/// What there is of a page: what is published, what waits, and what else there is about it.
#[derive(Clone, Debug, Default)]
struct Known {
    page: Option<Page>,
    draft: Option<Draft>,
    surroundings: Surroundings,
}

impl Known {
    fn id(&self) -> Option<PageId> {
        self.page.as_ref().map(|page| page.id).or(self.draft.as_ref().map(|draft| draft.page))
    }

    /// Its address on the site, if it has one.
    fn href(&self) -> Option<String> {
        match (&self.page, &self.draft) {
            (Some(page), _) => Some(page.content.path.href()),
            (None, draft) => draft.as_ref().and_then(|draft| draft.typed.path()).map(|path| path.href()),
        }
    }

    fn title(&self) -> String {
        match (&self.page, &self.draft) {
            (Some(page), _) => page.content.title.clone(),
            (None, Some(draft)) if !draft.typed.page.title.trim().is_empty() => draft.typed.page.title.clone(),
            (None, Some(_)) => "A draft without a title".into(),
            (None, None) => "Add a page".into(),
        }
    }
}

/// What else there is about a page.
#[derive(Clone, Debug, Default)]
struct Surroundings {
    below: u64,
    old_paths: Vec<PagePath>,
    groups: Vec<GroupName>,
    who: Option<Who>,
    /// The last version that was published.
    last: Option<Version>,
}

impl Surroundings {
    /// Of a page that is not there yet.
    fn of_new(conn: &mut store::Conn, proof: &access::Editor) -> store::Result<Surroundings> {
        Ok(Surroundings { groups: store::groups::names(conn, proof)?, ..Surroundings::default() })
    }

    fn of(conn: &mut store::Conn, proof: &access::Editor, page: &Page) -> store::Result<Surroundings> {
        // Below the root is everything, and it does not move along.
        let path = &page.content.path;
        let below = if path.is_root() { 0 } else { pages::below(conn, proof, path)? };
        let (who, last) = (Some(pages::who(conn, proof, page)?), Some(page.version));
        let old_paths = old_paths::of(conn, proof, page.id)?;
        Ok(Surroundings { below, old_paths, who, last, ..Surroundings::of_new(conn, proof)? })
    }
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
    let draft = PageDraft { path: query.get("path").to_owned(), ..PageDraft::default() };
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

/// What there is for the form of a new page.
async fn around_new(app: &App, editor: &Editor) -> Result<(std::sync::Arc<Site>, Known), Error> {
    let proof = editor.proof();
    let (site, surroundings) = app.db.read_with_site(move |conn| Surroundings::of_new(conn, &proof)).await?;
    Ok((site, Known { surroundings, ..Known::default() }))
}

/// The page of a request, or 404.
async fn load(app: &App, editor: &Editor, id: PageId) -> Result<(std::sync::Arc<Site>, Page), Error> {
    let proof = editor.proof();
    let (site, page) = app.db.read_with_site(move |conn| pages::get(conn, &proof, id)).await?;
    Ok((site, page.ok_or(Error::NotFound)?))
}

/// What there is of a page, in one read.
async fn look(app: &App, editor: &Editor, id: PageId) -> Result<(std::sync::Arc<Site>, Known), Error> {
    let proof = editor.proof();
    let read = move |conn: &mut store::Conn| {
        let (page, draft) = (pages::get(conn, &proof, id)?, drafts::get(conn, &proof, id)?);
        let surroundings = match &page {
            Some(page) => Surroundings::of(conn, &proof, page)?,
            None => Surroundings { last: revisions::last(conn, &proof, id)?, ..Surroundings::of_new(conn, &proof)? },
        };
        Ok(Known { page, draft, surroundings })
    };
    app.db.read_with_site(read).await
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
