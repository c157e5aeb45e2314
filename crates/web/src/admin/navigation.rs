//! The menu and the front page.

use actix_web::{http::StatusCode, web::Data};
use domain::{
    Version,
    invalid::Invalid,
    navigation::{Branch, Entry, Front, Navigation, NavigationInput, RowInput, Target},
    page::{PageId, PagePath},
};
use serde::{Deserialize, Serialize};
use store::navigation;

use super::{flash::Flash, panel::Panel};
use crate::{
    App,
    auth::extract::Admin,
    clock,
    http::{
        answer::{Answer, Outcome},
        error::Error,
        form::TextForm,
        query::QueryString,
        view::{Errors, Link},
    },
};

const ADDRESS: &str = "/admin/site/navigation";
/// The number of empty rows in the form, for new entries.
const EMPTY_ROWS: usize = 3;

#[derive(Serialize)]
struct NavigationPage {
    #[serde(flatten)]
    panel: Panel,
    front: String,
    front_page: String,
    rows: Vec<RowInput>,
    version: i64,
    errors: Errors,
}

/// The fields of the form as they were typed; the n-th value of each list belongs to the n-th row.
#[derive(Deserialize)]
pub struct Fields {
    #[serde(default)]
    front: String,
    #[serde(default)]
    front_page: String,
    #[serde(default)]
    number: Vec<String>,
    /// `below` for an entry below the one before it.
    #[serde(default)]
    level: Vec<String>,
    #[serde(default)]
    target: Vec<String>,
    #[serde(default)]
    label: Vec<String>,
    version: i64,
}

impl Fields {
    fn input(&self) -> NavigationInput {
        let value = |values: &[String], n: usize| values.get(n).cloned().unwrap_or_default();
        let rows = self.target.iter().enumerate().map(|(n, target)| RowInput {
            number: value(&self.number, n),
            is_below: value(&self.level, n) == "below",
            target: target.clone(),
            label: value(&self.label, n),
        });
        NavigationInput { front: self.front.clone(), front_page: self.front_page.clone(), rows: rows.collect() }
    }
}

/// The input that the form shows for the stored menu.
fn shown(stored: &Navigation, paths: &[(PagePath, PageId)]) -> NavigationInput {
    let path =
        |page: &PageId| paths.iter().find(|(_, known)| known == page).map(|(path, _)| path.href()).unwrap_or_default();
    let row = |number: usize, is_below: bool, entry: &Entry| RowInput {
        number: number.to_string(),
        is_below,
        target: match &entry.target {
            Target::Page(page) => path(page),
            Target::Address(address) => address.clone(),
        },
        label: entry.label.clone(),
    };
    let entries = stored.menu.iter().flat_map(|Branch { entry, below }| {
        std::iter::once((false, entry)).chain(below.iter().map(|entry| (true, entry)))
    });
    NavigationInput {
        front: stored.front.as_str().into(),
        front_page: match &stored.front {
            Front::Page(page) => path(page),
            Front::List | Front::Cards => String::new(),
        },
        rows: (1..).zip(entries).map(|(n, (is_below, entry))| row(10 * n, is_below, entry)).collect(),
    }
}

/// The stored menu, with the paths of its pages.
async fn load(app: &App, admin: &Admin) -> Result<(Navigation, Vec<(PagePath, PageId)>), Error> {
    let proof = admin.proof();
    let read = move |conn: &mut store::Conn| {
        let stored = navigation::get(conn, &proof)?;
        let paths = navigation::paths_of(conn, &proof, &stored.pages())?;
        Ok((stored, paths))
    };
    app.db.read(read).await
}

/// GET `/admin/site/navigation`.
pub async fn edit(app: Data<App>, admin: Admin, query: QueryString) -> Result<Answer, Error> {
    let (stored, paths) = load(&app, &admin).await?;
    page(&app, &admin, shown(&stored, &paths), stored.version, &Invalid::default(), &query).await
}

async fn page(
    app: &App,
    admin: &Admin,
    input: NavigationInput,
    version: Version,
    invalid: &Invalid,
    query: &QueryString,
) -> Result<Answer, Error> {
    let NavigationInput { front, front_page, rows } = input;
    let filled = rows.into_iter().filter(|row| row != &RowInput::default());
    let empty = (0..EMPTY_ROWS).map(|_| RowInput::default());
    let site = app.db.site().await;
    let trail = [Link::new("/admin/", "Dashboard")];
    let page = NavigationPage {
        panel: Panel::new(&site, admin.account(), "navigation", "Menu and front page", &trail).with_message(query),
        front,
        front_page,
        rows: filled.chain(empty).collect(),
        version: version.0,
        errors: Errors::of(invalid),
    };
    Ok(Answer::panel(app.view.render("admin/navigation.html", &page)?))
}

/// POST `/admin/site/navigation`.
pub async fn update(app: Data<App>, admin: Admin, TextForm(fields): TextForm<Fields>) -> Result<Outcome, Error> {
    let from = Version(fields.version);
    let input = fields.input();
    let refuse = async |invalid: Invalid, version: Version, status| {
        let page = page(&app, &admin, fields.input(), version, &invalid, &QueryString::default()).await?;
        Ok(Outcome::Page(page.with_status(status)))
    };
    let (proof, typed) = (admin.proof(), input.paths());
    let known = app.db.read(move |conn| navigation::pages_at(conn, &proof, &typed)).await?;
    // An entry keeps its page while that is in the trash or a draft.
    let (_, kept) = load(&app, &admin).await?;
    let known: Vec<(PagePath, PageId)> = known.into_iter().chain(kept).collect();
    let new = match input.check(&known, from) {
        Ok(new) => new,
        Err(invalid) => return refuse(invalid, from, StatusCode::UNPROCESSABLE_ENTITY).await,
    };
    let proof = admin.proof();
    let change =
        move |conn: &mut store::Conn| store::writing::navigation::update(conn, &proof, from, &new, clock::now());
    match app.db.write_or_stale(change).await? {
        Some(_) => Ok(Outcome::Redirect(Flash::Saved.at(ADDRESS, "", None))),
        None => {
            let (stored, _) = load(&app, &admin).await?;
            let words =
                "Somebody else saved the menu while you were editing. Yours is below; saving it replaces theirs.";
            refuse(Invalid::one("form", words), stored.version, StatusCode::CONFLICT).await
        }
    }
}
