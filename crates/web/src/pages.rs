//! A page as a reader sees it.

use actix_web::{HttpRequest, web::Data};
use domain::access::Visitor;
use serde::Serialize;
use store::{
    Paging,
    pages::{self, Scope},
};

use crate::{
    App,
    answer::{Answer, Caching},
    auth::{
        extract::Guest,
        place::{Place, VisiblePage},
    },
    clock,
    error::Error,
    lists::{self, Rows},
    markdown::{self, SafeHtml},
    query::QueryString,
    view::{self, Frame, Link},
};

#[derive(Serialize)]
struct PagePage {
    #[serde(flatten)]
    frame: Frame,
    page: PageView,
    breadcrumbs: Vec<Link>,
    shows_visitor: bool,
    login_href: String,
    edit_href: String,
    notice: &'static str,
    lists_below: bool,
    below: Rows,
}

#[derive(Serialize)]
struct PageView {
    title: String,
    summary: String,
    body_html: SafeHtml,
    date: String,
    date_iso: String,
    updated: String,
    updated_iso: String,
    private: bool,
    future: bool,
}

/// GET any path that is nobody else's: the page there, or the list of the pages below.
pub async fn show(request: HttpRequest, app: Data<App>, place: Place, query: QueryString) -> Result<Answer, Error> {
    match place {
        Place::Page(page) if page.page().content.list_below => {
            // A list is for its visitor, so a public page that ends with one looks at credentials after all.
            let guest = Guest::of(&request).await?;
            page_with_list(&app, page, lists::paging(&query), guest).await
        }
        Place::Page(page) => plain_page(&app, page).await,
        Place::Section(path) => lists::section(&app, path, lists::paging(&query), &Guest::of(&request).await?).await,
    }
}

/// A public page is the same bytes for everybody; a private one says who reads it.
async fn plain_page(app: &App, visible: VisiblePage) -> Result<Answer, Error> {
    let visitor = visible.account().map_or(Visitor::Anonymous, |account| account.visitor());
    let caching = if visible.account().is_some() { Caching::Personal } else { Caching::Public };
    let ancestors = visible.page().content.path.ancestors();
    let titles =
        app.db.read(move |conn| pages::titles(conn, &Scope::readable(&visitor, clock::now()), &ancestors)).await?;
    let page = app.renderers.run(move || compose(&visible, &titles, None, "")).await?;
    Ok(Answer::html(app.view.render("page.html", &page)?, caching))
}

async fn page_with_list(app: &App, visible: VisiblePage, paging: Paging, guest: Guest) -> Result<Answer, Error> {
    let visitor = guest.visitor();
    let (notice, caching) = (guest.notice(), lists::caching(&guest));
    let path = visible.page().content.path.clone();
    let (titles, slice) = app
        .db
        .read(move |conn| {
            let now = clock::now();
            let titles = pages::titles(conn, &Scope::readable(&visitor, now), &path.ancestors())?;
            Ok((titles, pages::list_below(conn, &Scope::listed(&visitor, now), &path, paging)?))
        })
        .await?;
    let below = Rows::new(slice, paging, &format!("{}?", visible.page().content.path.href()));
    let frame = Frame::new(visible.site(), guest.account());
    let page = app.renderers.run(move || compose(&visible, &titles, Some((frame, below)), notice)).await?;
    Ok(Answer::html(app.view.render("page.html", &page)?, caching))
}

/// Renders the Markdown, so it runs among the renderers.
fn compose(
    visible: &VisiblePage,
    titles: &[(domain::page::PagePath, String)],
    list: Option<(Frame, Rows)>,
    notice: &'static str,
) -> PagePage {
    let (page, site, account) = (visible.page(), visible.site(), visible.account());
    let content = &page.content;
    let lists_below = list.is_some();
    let (frame, below) = list.unwrap_or_else(|| (Frame::new(site, account), Rows::none()));
    let may_edit = account.is_some_and(|account| account.visitor().may_edit());
    PagePage {
        shows_visitor: frame.is_signed_in() || lists_below,
        frame,
        breadcrumbs: lists::breadcrumbs(&content.path, titles),
        login_href: lists::login_href(&content.path.href()),
        edit_href: if may_edit { format!("/admin/pages/{}", page.id.0) } else { String::new() },
        notice,
        lists_below,
        below,
        page: PageView {
            title: content.title.clone(),
            summary: content.summary.clone(),
            body_html: markdown::render(&content.body),
            date: view::date(content.published_at),
            date_iso: view::iso(content.published_at),
            updated: view::date(page.updated_at),
            updated_iso: view::iso(page.updated_at),
            private: content.visibility.is_private(),
            future: content.published_at > clock::now(),
        },
    }
}
