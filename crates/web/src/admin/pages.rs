//! Pages in the panel: the form here, the list, deleting and conflicts beside it.

mod conflict;
mod delete;
pub mod history;
mod list;
pub mod preview;

use actix_web::{HttpRequest, http::StatusCode, web::Data};
use domain::{
    Version, access,
    invalid::Invalid,
    page::{Page, PageContent, PageDraft, PageId, PagePath},
    revision::{Note, Save},
    site::Site,
};
use serde::{Deserialize, Serialize};
use store::{old_paths, pages};

pub use delete::{confirm, delete};
pub use list::{act, list};

use super::{Done, Outcome, Panel, Then, id, links, section::Section};
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

const PAGES: Section =
    Section { name: "pages", title: "Pages", list: "/admin/pages", fields: &["q", "visibility", "date", "sort"] };

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
    #[serde(default, deserialize_with = "checkbox")]
    private: bool,
    #[serde(default, deserialize_with = "checkbox")]
    show_title: bool,
    #[serde(default, deserialize_with = "checkbox")]
    list_below: bool,
    #[serde(default)]
    published: String,
    #[serde(default)]
    note: String,
    /// Whether the pages below move along with the path.
    #[serde(default, deserialize_with = "checkbox")]
    move_below: bool,
    /// An old path of another page that is knowingly taken.
    #[serde(default)]
    takes: String,
    #[serde(default)]
    version: i64,
    #[serde(default)]
    back: String,
    #[serde(default, skip_serializing)]
    then: Then,
}

impl Fields {
    fn of(draft: PageDraft, version: Version, back: String) -> Fields {
        let PageDraft { path, title, summary, body, private, show_title, list_below, published } = draft;
        Fields {
            path,
            title,
            summary,
            body,
            private,
            show_title,
            list_below,
            published,
            note: String::new(),
            move_below: true,
            takes: String::new(),
            version: version.0,
            back,
            then: Then::Save,
        }
    }

    /// What is to be saved, and the word for its history.
    fn check(&self, old: Option<&PageContent>) -> Result<(PageContent, Note), Invalid> {
        let content = match old {
            Some(old) => self.draft().check_over(old),
            None => self.draft().check(clock::now()),
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

    fn draft(&self) -> PageDraft {
        PageDraft {
            path: self.path.clone(),
            title: self.title.clone(),
            summary: self.summary.clone(),
            body: self.body.clone(),
            private: self.private,
            show_title: self.show_title,
            list_below: self.list_below,
            published: self.published.clone(),
        }
    }
}

#[derive(Serialize)]
struct FormPage {
    #[serde(flatten)]
    panel: Panel,
    is_new: bool,
    action: String,
    fields: Fields,
    errors: Errors,
    list_href: String,
    delete_href: String,
    view_href: String,
    history_href: String,
    preview: Option<SafeHtml>,
    /// How many pages lie below this one.
    below: u64,
    old_paths: Vec<String>,
}

/// What a form is about: a new page, or one that exists.
struct Editing<'a> {
    app: &'a App,
    editor: &'a Editor,
    site: &'a Site,
    page: Option<&'a Page>,
    surroundings: &'a Surroundings,
}

/// What else there is about a page.
#[derive(Clone, Debug, Default)]
struct Surroundings {
    below: u64,
    old_paths: Vec<PagePath>,
}

impl Surroundings {
    fn of(conn: &mut store::Conn, proof: &access::Editor, page: &Page) -> store::Result<Surroundings> {
        // Below the root is everything, and it does not move along.
        let path = &page.content.path;
        let below = if path.is_root() { 0 } else { pages::below(conn, proof, path)? };
        Ok(Surroundings { below, old_paths: old_paths::of(conn, proof, page.id)? })
    }
}

impl Editing<'_> {
    fn form(&self, fields: Fields, invalid: &Invalid, query: &QueryString) -> Result<Answer, Error> {
        self.form_with(fields, invalid, query, None)
    }

    /// The form as it was typed, with what its text will look like; nothing is saved.
    async fn preview(&self, fields: Fields) -> Result<Outcome, Error> {
        let text = preview::Text { body: fields.body.clone(), path: fields.path.clone(), private: fields.private };
        let preview = preview::render(self.app, self.editor, text).await?;
        let form = self.form_with(fields, &Invalid::default(), &QueryString::default(), Some(preview))?;
        Ok(Outcome::Page(form))
    }

    fn form_with(
        &self,
        fields: Fields,
        invalid: &Invalid,
        query: &QueryString,
        preview: Option<SafeHtml>,
    ) -> Result<Answer, Error> {
        let title = self.page.map_or("Add a page".into(), |page| page.content.title.clone());
        let list_href = PAGES.list_href(&fields.back);
        let page = FormPage {
            panel: Panel::new(self.site, self.editor.account(), "pages", title, &PAGES.trail(&fields.back))
                .with_message(query),
            is_new: self.page.is_none(),
            action: self.page.map_or(PAGES.list.into(), |page| PAGES.form_href(page.id.0)),
            errors: Errors::of(invalid),
            list_href,
            delete_href: self.page.map_or(String::new(), |page| PAGES.href(page.id.0, "/delete", &fields.back)),
            history_href: self.page.map_or(String::new(), |page| PAGES.href(page.id.0, "/history", "")),
            preview,
            below: self.surroundings.below,
            old_paths: self.surroundings.old_paths.iter().map(PagePath::href).collect(),
            view_href: self.page.map_or(String::new(), |page| login_href(&page.content.path.href())),
            fields,
        };
        Ok(Answer::panel(self.app.view.render("admin/pages/form.html", &page)?))
    }

    fn refused(&self, fields: Fields, invalid: &Invalid) -> Result<Outcome, Error> {
        let form = self.form(fields, invalid, &QueryString::default())?;
        Ok(Outcome::Page(form.with_status(StatusCode::UNPROCESSABLE_ENTITY)))
    }
}

/// GET `/admin/pages/new`.
pub async fn new(app: Data<App>, editor: Editor, query: QueryString) -> Result<Answer, Error> {
    let (site, ()) = app.db.read_with_site(|_| Ok(())).await?;
    let draft = PageDraft {
        path: query.get("path").to_owned(),
        published: clock::now().format("%Y-%m-%dT%H:%M:%S").to_string(),
        ..PageDraft::default()
    };
    let fields = Fields::of(draft, Version(0), PAGES.back(query.get("back")));
    let surroundings = Surroundings::default();
    let editing = Editing { app: &app, editor: &editor, site: &site, page: None, surroundings: &surroundings };
    editing.form(fields, &Invalid::default(), &query)
}

/// POST `/admin/pages`.
pub async fn create(app: Data<App>, editor: Editor, Form(mut fields): Form<Fields>) -> Result<Outcome, Error> {
    fields.back = PAGES.back(&fields.back);
    let site = app.db.site().await;
    let surroundings = Surroundings::default();
    let editing = Editing { app: &app, editor: &editor, site: &site, page: None, surroundings: &surroundings };
    if matches!(fields.then, Then::Preview) {
        return editing.preview(fields).await;
    }
    let (content, note) = match fields.check(None) {
        Ok(checked) => checked,
        Err(invalid) => return editing.refused(fields, &invalid),
    };
    if let Some(asked) = asks_to_take(&app, &content.path, None, &mut fields).await? {
        return editing.refused(fields, &asked);
    }
    let (proof, path) = (editor.proof(), content.path.clone());
    let insert = move |conn: &mut store::Conn| {
        let page = pages::insert(conn, &proof, Save { content: &content, note: Some(&note) }, clock::now())?;
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
        Then::Continue => done.at(&PAGES.form_href(id.0), &kept, None),
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

/// A page with what is around it, in one read.
async fn look(
    app: &App,
    editor: &Editor,
    id: PageId,
) -> Result<(std::sync::Arc<Site>, Option<(Page, Surroundings)>), Error> {
    let proof = editor.proof();
    let read = move |conn: &mut store::Conn| {
        let Some(page) = pages::get(conn, &proof, id)? else { return Ok(None) };
        let surroundings = Surroundings::of(conn, &proof, &page)?;
        Ok(Some((page, surroundings)))
    };
    app.db.read_with_site(read).await
}

/// GET `/admin/pages/{id}`.
pub async fn edit(request: HttpRequest, app: Data<App>, editor: Editor, query: QueryString) -> Result<Answer, Error> {
    let (site, page) = look(&app, &editor, PageId(id(&request)?)).await?;
    let (page, surroundings) = page.ok_or(Error::NotFound)?;
    let fields = Fields::of(PageDraft::of(&page.content), page.version, PAGES.back(query.get("back")));
    let editing = Editing { app: &app, editor: &editor, site: &site, page: Some(&page), surroundings: &surroundings };
    editing.form(fields, &Invalid::default(), &query)
}

/// POST `/admin/pages/{id}`: saves; 409 with both texts when somebody else saved first.
pub async fn update(
    request: HttpRequest,
    app: Data<App>,
    editor: Editor,
    Form(mut fields): Form<Fields>,
) -> Result<Outcome, Error> {
    fields.back = PAGES.back(&fields.back);
    let id = PageId(id(&request)?);
    let (site, page) = look(&app, &editor, id).await?;
    let Some((page, surroundings)) = page else { return conflict::deleted(&app, &editor, &site, fields) };
    let editing = Editing { app: &app, editor: &editor, site: &site, page: Some(&page), surroundings: &surroundings };
    if matches!(fields.then, Then::Preview) {
        return editing.preview(fields).await;
    }
    let (content, note) = match fields.check(Some(&page.content)) {
        Ok(checked) => checked,
        Err(invalid) => return editing.refused(fields, &invalid),
    };
    if let Some(asked) = asks_to_take(&app, &content.path, Some(id), &mut fields).await? {
        return editing.refused(fields, &asked);
    }
    let (proof, from, new, old) = (editor.proof(), Version(fields.version), content.clone(), page.content.path.clone());
    let moves = fields.move_below && surroundings.below > 0 && old != content.path;
    let save = move |conn: &mut store::Conn| {
        let now = clock::now();
        let saved = pages::update(conn, &proof, id, from, Save { content: &new, note: Some(&note) }, now)?;
        if moves {
            pages::move_section(conn, &proof, &old, &new.path, now)?;
        }
        store::links::refresh(conn, id, links::targets)?;
        Ok(saved)
    };
    let saved = app.db.try_write(save).await?;
    match saved {
        Ok(page) => Ok(after(Done::Saved, page.id, &fields)),
        Err(store::Error::Duplicate) => {
            let taken = match moves {
                true => format!("There is another page at {} already, or at a path below it.", content.path),
                false => format!("There is another page at {} already.", content.path),
            };
            editing.refused(fields, &Invalid::one("path", taken))
        }
        Err(store::Error::Refused(message)) => editing.refused(fields, &Invalid::one("path", message)),
        Err(store::Error::Stale) => {
            let proof = editor.proof();
            match app.db.read(move |conn| pages::get(conn, &proof, id)).await? {
                Some(theirs) => conflict::stale(&app, &editor, &site, &theirs, fields),
                None => conflict::deleted(&app, &editor, &site, fields),
            }
        }
        Err(error) => Err(error.into()),
    }
}
