//! A page as a reader sees it.

use actix_web::{HttpRequest, http::Method, web::Data};
use domain::{access::Visitor, audience::Audience, page::PagePath};
use serde::Serialize;
use store::{lists::VisiblePages, pages, receipts};

use super::{
    lists::{self, Rows},
    resolve::{Resolved, VisibleDraft, VisiblePage},
};
use crate::{
    App,
    auth::extract::MaybeReader,
    clock,
    http::{
        answer::{Answer, Caching, Outcome},
        error::Error,
        query::{self, QueryString},
        responses::permanent_redirect,
        view::{Frame, Link},
    },
    markdown::{self, SafeHtml},
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
    /// It is a draft, which only editors see.
    draft: bool,
    /// Its reader is told that the opening is noted.
    noted: bool,
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
    /// When it ended, if it did.
    over: String,
}

/// GET any path that is nobody else's: the page there, or the list of the pages below.
pub async fn show(request: HttpRequest, app: Data<App>) -> Result<Outcome, Error> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(Error::MethodNotAllowed(Error::READ_ONLY));
    }
    // Boxed is what most requests do not run: their own future stays small, and is moved about often.
    match Resolved::of(&app, &request).await? {
        Resolved::Finished(answer) => Ok(Outcome::Page(answer)),
        Resolved::Page(page) => {
            if *request.method() == Method::GET {
                note_opening(&app, &page);
            }
            Box::pin(visible(&app, *page)).await.map(Outcome::Page)
        }
        Resolved::Section(section) => Box::pin(lists::section(&app, *section)).await.map(Outcome::Page),
        Resolved::Draft(draft) => Box::pin(draft_as_page(&app, *draft)).await.map(Outcome::Page),
        Resolved::Moved(path) => Ok(Outcome::Redirect(permanent_redirect(&path.href()))),
    }
}

/// Notes beside the request who opened a page of which receipts are wanted.
fn note_opening(app: &Data<App>, page: &VisiblePage) {
    let Some(member) = page.noted().cloned() else { return };
    let (db, id, now) = (app.db.clone(), page.page().id, clock::now());
    actix_web::rt::spawn(async move {
        let again = member.clone();
        let noted = match db.read(move |conn| receipts::is_due(conn, id, &again, now)).await {
            Ok(true) => db.write(move |conn| store::writing::receipts::record(conn, id, &member, now)).await,
            due => due.map(drop),
        };
        if let Err(error) = noted {
            log::error!("an opening could not be noted: {error}");
        }
    });
}

/// A public page is the same bytes for everybody; a private one says who reads it, and one with a list whose list it is.
pub async fn visible(app: &App, visible: VisiblePage) -> Result<Answer, Error> {
    let visitor = match (visible.account(), visible.list()) {
        (Some(account), _) => account.visitor(),
        (None, Some((guest, _))) => guest.visitor(),
        (None, None) => Visitor::Anonymous,
    };
    let caching = match (visible.account(), visible.list()) {
        (Some(_), _) => Caching::Personal,
        (None, Some((guest, _))) => lists::caching(guest),
        (None, None) => Caching::Public,
    };
    let path = visible.page().content.path.clone();
    let paging = visible.list().map(|(_, paging)| paging);
    let read = move |conn: &mut store::Conn| {
        let now = clock::now();
        let titles = pages::titles(conn, &VisiblePages::readable(&visitor, now), &path.ancestors())?;
        let below = match paging {
            Some(paging) => Some(store::lists::list_below(conn, &VisiblePages::listed(&visitor, now), &path, paging)?),
            None => None,
        };
        Ok((titles, below, pages::next_boundary(conn, now)?))
    };
    let (titles, below, next) = app.db.read(read).await?;
    // It may have ended since it was decided that it is seen.
    let until = visible.page().content.unpublish_at.into_iter().chain(next).min();
    let below = below.zip(paging).map(|(slice, paging)| {
        let address = format!("{}?", visible.page().content.path.href());
        Rows::new(slice, paging, &address, visible.site().time_zone)
    });
    let view = app.view.clone();
    let (visible, answer) = app
        .render_pool
        .run(move || {
            let page = compose(&visible, &titles, below);
            let answer = view.render("page.html", &page).map(|body| Answer::html(body, caching).finish());
            (visible, answer)
        })
        .await?;
    let answer = answer?;
    visible.into_cache_fill().insert(app.db.cache(), &answer, until);
    Ok(answer)
}

/// Renders the Markdown, so it runs among the renderers.
fn compose(visible: &VisiblePage, titles: &[(PagePath, String)], below: Option<Rows>) -> PagePage {
    let (page, site, account) = (visible.page(), visible.site(), visible.account());
    let (content, zone) = (&page.content, site.time_zone);
    let guest = visible.list().map(|(guest, _)| guest);
    let (lists_below, now) = (below.is_some(), clock::now());
    let frame = Frame::new(site, account.or_else(|| guest?.account()));
    let notice = guest.map_or("", MaybeReader::notice);
    let below = below.unwrap_or_else(Rows::none);
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
        draft: false,
        noted: visible.noted().is_some(),
        page: PageView {
            title: content.title.clone(),
            summary: content.summary.clone(),
            body_html: markdown::render(&content.body),
            date: clock::date(content.published_at, zone),
            date_iso: clock::iso(content.published_at),
            updated: clock::date(page.updated_at, zone),
            updated_iso: clock::iso(page.updated_at),
            private: page.readers.is_private(),
            future: content.published_at > now,
            over: content
                .unpublish_at
                .filter(|end| *end <= now)
                .map(|end| clock::moment(end, zone))
                .unwrap_or_default(),
        },
    }
}

/// A draft as it will look, made anew each time: it is for editors, and no cache keeps it.
///
/// # Errors
/// 503 when the database does not answer.
pub async fn draft_as_page(app: &App, visible: VisibleDraft) -> Result<Answer, Error> {
    let path = visible.draft().typed.path().unwrap_or_else(PagePath::root);
    let lists_below = visible.draft().typed.page.list_below;
    let (visitor, of) = (visible.account().visitor(), path.clone());
    let paging = query::paging(&QueryString::default());
    let read = move |conn: &mut store::Conn| {
        let (now, titles) = (clock::now(), of.ancestors());
        let titles = pages::titles(conn, &VisiblePages::readable(&visitor, now), &titles)?;
        let below = match lists_below {
            true => Some(store::lists::list_below(conn, &VisiblePages::listed(&visitor, now), &of, paging)?),
            false => None,
        };
        Ok((titles, below))
    };
    let (titles, below) = app.db.read(read).await?;
    let zone = visible.site().time_zone;
    let below = below.map(|slice| Rows::new(slice, paging, &format!("{}?", path.href()), zone));
    let view = app.view.clone();
    let rendering =
        move || view.render("page.html", &compose_draft(&visible, &path, &titles, below)).map(Answer::panel);
    app.render_pool.run(rendering).await?
}

/// Of what was typed nothing is checked: what is no date yet is shown as now.
fn compose_draft(
    visible: &VisibleDraft,
    path: &PagePath,
    titles: &[(PagePath, String)],
    below: Option<Rows>,
) -> PagePage {
    let (draft, zone, now) = (visible.draft(), visible.site().time_zone, clock::now());
    let typed = &draft.typed.page;
    let published = typed.zone.parse_moment(&typed.published).ok().flatten().unwrap_or(now);
    PagePage {
        shows_visitor: true,
        frame: Frame::new(visible.site(), Some(visible.account())),
        breadcrumbs: lists::breadcrumbs(path, titles),
        login_href: lists::login_href(&path.href()),
        edit_href: format!("/admin/pages/{}", draft.page.0),
        notice: "",
        lists_below: below.is_some(),
        below: below.unwrap_or_else(Rows::none),
        draft: true,
        noted: false,
        page: PageView {
            title: typed.title.clone(),
            summary: typed.summary.clone(),
            body_html: markdown::render(&typed.body.replace("\r\n", "\n")),
            date: clock::date(published, zone),
            date_iso: clock::iso(published),
            updated: clock::date(draft.saved_at, zone),
            updated_iso: clock::iso(draft.saved_at),
            private: typed
                .audience
                .check()
                .is_ok_and(|audience| !matches!(audience, Audience::Inherited | Audience::Public)),
            future: false,
            over: String::new(),
        },
    }
}
