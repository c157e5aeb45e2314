//! Pages in the panel: the list, the form, and what is done with many at once. Conflicts are in `conflict`.

mod conflict;

use actix_web::{HttpRequest, http::StatusCode, web::Data};
use domain::{
    Version,
    invalid::Invalid,
    page::{Page, PageDraft, PageId, Visibility},
    site::Site,
};
use serde::{Deserialize, Serialize};
use store::pages::{self, PageColumn, PageFilter, PageRow, PageSort};

use super::{
    Action, ConfirmPage, Done, Item, Outcome, Panel, Then, id,
    table::{State, TableView, dates, since},
};
use crate::{
    App,
    answer::Answer,
    auth::extract::Editor,
    clock,
    error::Error,
    form::{Form, checkbox},
    query::QueryString,
    view::{self, Errors, Link},
};

const LIST: &str = "/admin/pages";

fn home() -> Link {
    Link::new("/admin/", "Administration")
}

fn trail() -> [Link; 2] {
    [home(), Link::new(LIST, "Pages")]
}

/// The list's state from its own address, or from what a form took along.
fn state(query: &QueryString) -> State {
    State::read(LIST, &["q", "visibility", "date", "sort"], query)
}

fn back_of(text: &str) -> String {
    state(&QueryString::parse(text)).back()
}

#[derive(Serialize)]
struct ListPage {
    #[serde(flatten)]
    panel: Panel,
    #[serde(flatten)]
    table: TableView,
    rows: Vec<Row>,
    actions: [Choice; 3],
}

#[derive(Serialize)]
struct Choice {
    value: &'static str,
    label: &'static str,
}

const ACTIONS: [(&str, &str); 3] =
    [("make-private", "Make private"), ("make-public", "Make public"), ("delete", "Delete")];

#[derive(Serialize)]
struct Row {
    id: String,
    title: String,
    path: String,
    href: String,
    edit_href: String,
    private: bool,
    show_title: bool,
    published: String,
    published_iso: String,
    updated: String,
    updated_iso: String,
    future: bool,
}

impl Row {
    fn new(row: PageRow, back: &str) -> Row {
        Row {
            id: row.id.0.to_string(),
            title: row.title,
            path: row.path.to_string(),
            href: row.path.href(),
            edit_href: with_back(&edit_href(row.id), back),
            private: row.visibility.is_private(),
            show_title: row.show_title,
            published: view::date(row.published_at),
            published_iso: view::iso(row.published_at),
            updated: view::moment(row.updated_at),
            updated_iso: view::iso(row.updated_at),
            future: row.published_at > clock::now(),
        }
    }
}

fn edit_href(id: PageId) -> String {
    format!("{LIST}/{}", id.0)
}

fn with_back(address: &str, back: &str) -> String {
    if back.is_empty() { address.into() } else { format!("{address}?{}", crate::query::encode(&[("back", back)])) }
}

/// GET `/admin/pages`.
pub async fn list(app: Data<App>, editor: Editor, query: QueryString) -> Result<Answer, Error> {
    const COLUMNS: [(&str, &str); 5] = [
        ("title", "Title"),
        ("path", "Path"),
        ("visibility", "Who reads it"),
        ("published", "Published"),
        ("updated", "Updated"),
    ];
    let state = state(&query);
    let now = clock::now();
    let filter = PageFilter {
        query: state.get("q").to_owned(),
        visibility: match state.get("visibility") {
            "public" => Some(Visibility::Public),
            "private" => Some(Visibility::Private),
            _ => None,
        },
        since: since(state.get("date"), now),
    };
    let (word, descending) = state.sorted(&COLUMNS.map(|(word, _)| word), ("updated", true));
    let by = match word {
        "title" => PageColumn::Title,
        "path" => PageColumn::Path,
        "visibility" => PageColumn::Visibility,
        "published" => PageColumn::Published,
        _ => PageColumn::Updated,
    };
    let (proof, paging, moments) = (editor.proof(), state.paging(), dates(now));
    let (site, (table, counts)) = app
        .db
        .read_with_site(move |conn| {
            let table = pages::every(conn, &proof, &filter, PageSort { by, descending }, paging)?;
            let moments = moments.map(|(.., moment)| moment);
            Ok((table, pages::counts(conn, &proof, &filter, &moments)?))
        })
        .await?;

    let moments =
        moments.iter().zip(&counts.since).map(|((word, label, _), count)| (*word, (*label).to_owned(), Some(*count)));
    let filters = vec![
        state.filter(
            "Who reads it",
            "visibility",
            vec![
                ("", "All".into(), Some(counts.any_visibility)),
                ("public", "Public".into(), Some(counts.public)),
                ("private", "Private".into(), Some(counts.private)),
            ],
        ),
        state.filter(
            "Published",
            "date",
            [("", "Any date".to_owned(), Some(counts.any_date))].into_iter().chain(moments).collect(),
        ),
    ];
    let columns = state.columns(&COLUMNS, (word, descending));
    let back = state.back();
    let page = ListPage {
        panel: Panel::new(&site, editor.account(), "pages", "Pages", &[home()]).with_message(&query),
        table: state.view(table.total, table.rows.len(), columns, filters),
        rows: table.rows.into_iter().map(|row| Row::new(row, &back)).collect(),
        actions: ACTIONS.map(|(value, label)| Choice { value, label }),
    };
    Ok(Answer::panel(app.view.render("admin/pages/list.html", &page)?))
}

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
        let list_href = if fields.back.is_empty() { LIST.into() } else { format!("{LIST}?{}", fields.back) };
        let page = FormPage {
            panel: Panel::new(self.site, self.editor.account(), "pages", title, &trail()).with_message(query),
            is_new: self.page.is_none(),
            action: self.page.map_or(LIST.into(), |page| edit_href(page.id)),
            errors: Errors::of(invalid),
            list_href,
            delete_href: self
                .page
                .map_or(String::new(), |page| with_back(&format!("{}/delete", edit_href(page.id)), &fields.back)),
            view_href: self.page.map_or(String::new(), |page| page.content.path.href()),
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
    let fields = Fields::of(draft, Version(0), back_of(query.get("back")));
    Editing { app: &app, editor: &editor, site: &site, page: None }.form(fields, &Invalid::default(), &query)
}

/// POST `/admin/pages`.
pub async fn create(app: Data<App>, editor: Editor, Form(mut fields): Form<Fields>) -> Result<Outcome, Error> {
    fields.back = back_of(&fields.back);
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
        Then::Save => done.at(LIST, &fields.back, None),
        Then::Continue => done.at(&edit_href(id), &kept, None),
        Then::Another => done.at(&format!("{LIST}/new"), &kept, None),
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
    let fields = Fields::of(PageDraft::of(&page.content), page.version, back_of(query.get("back")));
    Editing { app: &app, editor: &editor, site: &site, page: Some(&page) }.form(fields, &Invalid::default(), &query)
}

/// POST `/admin/pages/{id}`: saves; 409 with both texts when somebody else saved first.
pub async fn update(
    request: HttpRequest,
    app: Data<App>,
    editor: Editor,
    Form(mut fields): Form<Fields>,
) -> Result<Outcome, Error> {
    fields.back = back_of(&fields.back);
    let id = PageId(id(&request)?);
    let proof = editor.proof();
    let (site, page) = app.db.read_with_site(move |conn| pages::get(conn, &proof, id)).await?;
    let Some(page) = page else { return conflict::deleted(&app, &editor, &site, fields) };
    let editing = Editing { app: &app, editor: &editor, site: &site, page: Some(&page) };
    let content = match fields.draft().check(page.content.published_at) {
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

#[derive(Serialize)]
struct DeletePage {
    #[serde(flatten)]
    panel: Panel,
    action: String,
    page_title: String,
    path: String,
    private: bool,
    below: u64,
    back: String,
    cancel_href: String,
}

/// GET `/admin/pages/{id}/delete`: asks first.
pub async fn confirm(
    request: HttpRequest,
    app: Data<App>,
    editor: Editor,
    query: QueryString,
) -> Result<Answer, Error> {
    let (site, page) = load(&app, &editor, PageId(id(&request)?)).await?;
    let (proof, path) = (editor.proof(), page.content.path.clone());
    let below = app.db.read(move |conn| pages::below(conn, &proof, &path)).await?;
    let back = back_of(query.get("back"));
    let edit = Link::new(edit_href(page.id), page.content.title.clone());
    let trail: Vec<Link> = trail().into_iter().chain([edit]).collect();
    let page = DeletePage {
        panel: Panel::new(&site, editor.account(), "pages", "Delete this page?", &trail),
        action: format!("{}/delete", edit_href(page.id)),
        path: page.content.path.to_string(),
        private: page.content.visibility.is_private(),
        below,
        cancel_href: with_back(&edit_href(page.id), &back),
        back,
        page_title: page.content.title,
    };
    Ok(Answer::panel(app.view.render("admin/pages/delete.html", &page)?))
}

/// A confirmation.
#[derive(Deserialize)]
pub struct Confirmed {
    #[serde(default)]
    back: String,
}

/// POST `/admin/pages/{id}/delete`.
pub async fn delete(
    request: HttpRequest,
    app: Data<App>,
    editor: Editor,
    Form(form): Form<Confirmed>,
) -> Result<Outcome, Error> {
    let (proof, id) = (editor.proof(), PageId(id(&request)?));
    let deleted = app.db.write(move |conn| pages::delete(conn, &proof, &[id], clock::now())).await?;
    if deleted == 0 {
        return Err(Error::NotFound);
    }
    Ok(Outcome::Elsewhere(Done::Deleted.at(LIST, &back_of(&form.back), None)))
}

/// POST `/admin/pages/actions`: asks, and does it when it is confirmed.
pub async fn act(app: Data<App>, editor: Editor, Form(form): Form<Action>) -> Result<Outcome, Error> {
    let back = back_of(&form.back);
    let Some((action, label)) = ACTIONS.into_iter().find(|(action, _)| *action == form.action) else {
        return Err(Error::Unprocessable("Choose what to do with the pages.".into()));
    };
    if form.id.is_empty() {
        return Err(Error::Unprocessable("No page was chosen. Tick the pages in the list first.".into()));
    }
    let ids: Vec<PageId> = form.id.iter().copied().map(PageId).collect();
    let proof = editor.proof();
    if !form.is_confirmed() {
        let (site, rows) = app.db.read_with_site(move |conn| pages::some(conn, &proof, &ids)).await?;
        let question = match action {
            "make-private" => "Only those who are signed in will read these pages:",
            "make-public" => "Everybody will read these pages:",
            _ => "These pages will be deleted, and cannot be brought back:",
        };
        let item = |row: PageRow| Item {
            id: row.id.0.to_string(),
            title: row.title,
            href: row.path.href(),
            note: if row.visibility.is_private() { "private".into() } else { "public".into() },
        };
        let page = ConfirmPage {
            panel: Panel::new(&site, editor.account(), "pages", format!("{label}?"), &trail()),
            question: question.into(),
            items: rows.into_iter().map(item).collect(),
            action_url: "/admin/pages/actions",
            action: action.into(),
            cancel_href: if back.is_empty() { LIST.into() } else { format!("{LIST}?{back}") },
            back,
            danger: action == "delete",
            confirm_label: label,
        };
        return Ok(Outcome::Page(Answer::panel(app.view.render("admin/confirm.html", &page)?)));
    }
    let (done, count) = match action {
        "delete" => (Done::Deleted, app.db.write(move |conn| pages::delete(conn, &proof, &ids, clock::now())).await?),
        action => {
            let private = action == "make-private";
            let visibility = Visibility::from_private(private);
            let change =
                move |conn: &mut store::Conn| pages::set_visibility(conn, &proof, &ids, visibility, clock::now());
            (if private { Done::MadePrivate } else { Done::MadePublic }, app.db.write(change).await?)
        }
    };
    Ok(Outcome::Elsewhere(done.at(LIST, &back, Some(count))))
}
