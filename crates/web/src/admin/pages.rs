//! Pages in the panel: the form here, the list, deleting and conflicts beside it.

mod conflict;
mod delete;
mod list;

use actix_web::{HttpRequest, http::StatusCode, web::Data};
use domain::{
    Version,
    invalid::Invalid,
    page::{Page, PageDraft, PageId},
    site::Site,
};
use serde::{Deserialize, Serialize};
use store::pages;

pub use delete::{confirm, delete};
pub use list::{act, list};

use super::{Done, Outcome, Panel, Then, id, section::Section};
use crate::{
    App,
    answer::Answer,
    auth::extract::Editor,
    clock,
    error::Error,
    form::{Form, checkbox},
    lists::login_href,
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
    version: i64,
    #[serde(default)]
    back: String,
    #[serde(default, skip_serializing)]
    then: Then,
}

impl Fields {
    fn of(draft: PageDraft, version: Version, back: String) -> Fields {
        let PageDraft { path, title, summary, body, private, show_title, list_below, published } = draft;
        let (version, then) = (version.0, Then::Save);
        Fields { path, title, summary, body, private, show_title, list_below, published, version, back, then }
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
}

/// What a form is about: a new page, or one that exists.
struct Editing<'a> {
    app: &'a App,
    editor: &'a Editor,
    site: &'a Site,
    page: Option<&'a Page>,
}

impl Editing<'_> {
    fn form(&self, fields: Fields, invalid: &Invalid, query: &QueryString) -> Result<Answer, Error> {
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
    Editing { app: &app, editor: &editor, site: &site, page: None }.form(fields, &Invalid::default(), &query)
}

/// POST `/admin/pages`.
pub async fn create(app: Data<App>, editor: Editor, Form(mut fields): Form<Fields>) -> Result<Outcome, Error> {
    fields.back = PAGES.back(&fields.back);
    let site = app.db.site().await;
    let editing = Editing { app: &app, editor: &editor, site: &site, page: None };
    let content = match fields.draft().check(clock::now()) {
        Ok(content) => content,
        Err(invalid) => return editing.refused(fields, &invalid),
    };
    let (proof, path) = (editor.proof(), content.path.clone());
    let made = app.db.write_or_duplicate(move |conn| pages::insert(conn, &proof, &content, clock::now())).await?;
    match made {
        Some(page) => Ok(after(Done::Created, page.id, &fields)),
        None => editing.refused(fields, &Invalid::one("path", format!("There is a page at {path} already."))),
    }
}

fn after(done: Done, id: PageId, fields: &Fields) -> Outcome {
    let kept = crate::query::encode(&[("back", &fields.back)]);
    Outcome::Elsewhere(match fields.then {
        Then::Save => done.at(PAGES.list, &fields.back, None),
        Then::Continue => done.at(&PAGES.form_href(id.0), &kept, None),
        Then::Another => done.at(&format!("{}/new", PAGES.list), &kept, None),
    })
}

/// The page of a request, or 404.
async fn load(app: &App, editor: &Editor, id: PageId) -> Result<(std::sync::Arc<Site>, Page), Error> {
    let proof = editor.proof();
    let (site, page) = app.db.read_with_site(move |conn| pages::get(conn, &proof, id)).await?;
    Ok((site, page.ok_or(Error::NotFound)?))
}

/// GET `/admin/pages/{id}`.
pub async fn edit(request: HttpRequest, app: Data<App>, editor: Editor, query: QueryString) -> Result<Answer, Error> {
    let (site, page) = load(&app, &editor, PageId(id(&request)?)).await?;
    let fields = Fields::of(PageDraft::of(&page.content), page.version, PAGES.back(query.get("back")));
    Editing { app: &app, editor: &editor, site: &site, page: Some(&page) }.form(fields, &Invalid::default(), &query)
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
    let proof = editor.proof();
    let (site, page) = app.db.read_with_site(move |conn| pages::get(conn, &proof, id)).await?;
    let Some(page) = page else { return conflict::deleted(&app, &editor, &site, fields) };
    let editing = Editing { app: &app, editor: &editor, site: &site, page: Some(&page) };
    let content = match fields.draft().check_over(&page.content) {
        Ok(content) => content,
        Err(invalid) => return editing.refused(fields, &invalid),
    };
    let (proof, from, new) = (editor.proof(), Version(fields.version), content.clone());
    let saved = app.db.try_write(move |conn| pages::update(conn, &proof, id, from, &new, clock::now())).await?;
    match saved {
        Ok(page) => Ok(after(Done::Saved, page.id, &fields)),
        Err(store::Error::Duplicate) => {
            let taken = format!("There is another page at {} already.", content.path);
            editing.refused(fields, &Invalid::one("path", taken))
        }
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
