//! The order of the pages of a section, by hand: a number for each page, which a script sets by dragging and by keys.

use actix_web::{HttpRequest, http::StatusCode, web::Data};
use domain::{
    invalid::Invalid,
    page::{Page, PageId},
    placement::{Order, PlacementInput},
};
use serde::{Deserialize, Serialize};
use store::{
    pages,
    sections::{self, NumberedPage},
    writing::{Command, Consent, SortSection},
};

use crate::{
    App,
    admin::{flash::Flash, panel::Panel, request::id, sections::PAGES},
    auth::extract::Editor,
    http::{
        answer::{Answer, Outcome},
        error::Error,
        form::Form,
        query::QueryString,
        view::Errors,
    },
};

/// The maximum number of pages that the form orders: it has two fields for each, and a form has at most 500.
const MAX_PAGES: u32 = 240;

#[derive(Serialize)]
struct OrderPage {
    #[serde(flatten)]
    panel: Panel,
    action: String,
    form_href: String,
    rows: Vec<Row>,
    /// Whether there are more pages than a form can order.
    has_too_many: bool,
    max_pages: u32,
    /// Whether the section is sorted in another way now.
    is_sorted_otherwise: bool,
    errors: Errors,
}

#[derive(Serialize)]
struct Row {
    id: i64,
    href: String,
    title: String,
    number: String,
}

/// The fields of the form as they were typed; the n-th number belongs to the n-th page.
#[derive(Deserialize)]
pub struct Fields {
    #[serde(default)]
    page: Vec<i64>,
    #[serde(default)]
    position: Vec<String>,
}

impl Fields {
    fn numbers(&self) -> Result<Vec<(PageId, Option<u32>)>, Invalid> {
        let number = |(page, typed): (&i64, &String)| {
            let placement = PlacementInput { position: typed.clone(), ..PlacementInput::default() }.check()?;
            Ok((PageId(*page), placement.position))
        };
        self.page.iter().zip(&self.position).map(number).collect()
    }
}

/// GET `/admin/pages/{id}/order`.
pub async fn edit(request: HttpRequest, app: Data<App>, editor: Editor, query: QueryString) -> Result<Answer, Error> {
    show(&app, &editor, PageId(id(&request)?), None, &Invalid::default(), &query).await
}

/// POST `/admin/pages/{id}/order`.
pub async fn update(
    request: HttpRequest,
    app: Data<App>,
    editor: Editor,
    Form(fields): Form<Fields>,
) -> Result<Outcome, Error> {
    let section = PageId(id(&request)?);
    let numbers = match fields.numbers() {
        Ok(numbers) => numbers,
        Err(invalid) => {
            let form = show(&app, &editor, section, Some(&fields), &invalid, &QueryString::default()).await?;
            return Ok(Outcome::Page(form.with_status(StatusCode::UNPROCESSABLE_ENTITY)));
        }
    };
    app.db.run(editor.proof(), Command::SortSection(SortSection { section, numbers }), Consent::Stated).await??;
    Ok(Outcome::Redirect(Flash::Saved.at(&PAGES.href(section.0, "/order", ""), "", None)))
}

async fn show(
    app: &App,
    editor: &Editor,
    section: PageId,
    typed: Option<&Fields>,
    invalid: &Invalid,
    query: &QueryString,
) -> Result<Answer, Error> {
    let proof = editor.proof();
    let read = move |conn: &mut store::Conn| {
        // The pages at the top of the site are in no section.
        let page = pages::get(conn, &proof, section)?.filter(|page| !page.content.path.is_root());
        let Some(page) = page else { return Ok(None) };
        let children = sections::numbered(conn, &proof, &page.content.path, MAX_PAGES)?;
        Ok(Some((page, children)))
    };
    let (site, found) = app.db.list_with_site(read).await?;
    let (page, children): (Page, Option<Vec<NumberedPage>>) = found.ok_or(Error::NotFound)?;
    let number = |child: &NumberedPage| {
        let typed = typed.and_then(|fields| {
            let at = fields.page.iter().position(|page| *page == child.id.0)?;
            fields.position.get(at).cloned()
        });
        typed.unwrap_or_else(|| child.number.map(|number| number.to_string()).unwrap_or_default())
    };
    let row = |child: NumberedPage| Row {
        number: number(&child),
        id: child.id.0,
        href: child.path.href(),
        title: child.title,
    };
    let has_too_many = children.is_none();
    let page = OrderPage {
        panel: Panel::new(
            &site,
            editor.account(),
            "pages",
            "Order of subpages",
            &PAGES.trail_under(section.0, &page.content.title, ""),
        )
        .with_message(query),
        action: PAGES.href(section.0, "/order", ""),
        form_href: PAGES.form_href(section.0),
        rows: children.unwrap_or_default().into_iter().map(row).collect(),
        has_too_many,
        max_pages: MAX_PAGES,
        is_sorted_otherwise: page.content.placement.children != Order::Hand,
        errors: Errors::of(invalid),
    };
    Ok(Answer::panel(app.view.render("admin/pages/order.html", &page)?))
}
