//! Pages for readers.

use actix_web::{HttpMessage, HttpRequest, http::Method, web::Data};
use domain::{
    access::{Editor, Visitor},
    audience::Audience,
    file::File,
    language::LanguageTag,
    navigation::Front,
    page::PagePath,
};
use serde::Serialize;
use store::{
    lists::VisiblePages,
    navigation::{self, VisibleMenu},
    pages, receipts,
};

use super::{
    breadcrumbs::{Crumb, Titles},
    files,
    list_query::ListQuery,
    lists::{self, Rows, feed_href},
    plain,
    resolve::{self, FilePath, Resolved, VisibleDraft, VisiblePage},
    surroundings::{self, ContentsEntry, Surroundings},
};
use crate::{
    App,
    auth::sign_in,
    clock,
    http::{
        answer::{Answer, Outcome},
        error::Error,
        error_words::PlaceLanguage,
        logging::LogLimiter,
        menu,
        responses::permanent_redirect_with_query,
        view::Frame,
    },
    language::Language,
    markdown::{self, Rendered, SafeHtml},
    pictures::{self, Picture, TEXT_SIZES},
};

#[derive(Serialize)]
struct PagePage {
    #[serde(flatten)]
    frame: Frame,
    page: PageView,
    breadcrumbs: Vec<Crumb>,
    /// The address of the page for link previews; empty if the address of the site is not known.
    canonical_href: String,
    /// The feed of the pages below; empty if the page does not list them.
    feed_href: String,
    edit_href: String,
    notice: &'static str,
    lists_below: bool,
    below: Rows,
    #[serde(flatten)]
    surroundings: Surroundings,
    contents: Vec<ContentsEntry>,
    /// Whether the page is shown as the front page.
    is_front: bool,
    /// Whether the page is also the front page, whose address search engines prefer.
    is_also_front: bool,
    /// Whether the page is a draft, which only editors see.
    draft: bool,
    /// Whether the page says that its opening is recorded.
    noted: bool,
}

#[derive(Serialize)]
struct PageView {
    /// Whether the text has a block of code, which a script makes copyable.
    has_code: bool,
    title: String,
    summary: String,
    body_html: SafeHtml,
    /// The picture at the top.
    cover: Option<Picture>,
    /// The absolute address of the picture for link previews; empty without one.
    image_href: String,
    date: String,
    date_iso: String,
    updated: String,
    updated_iso: String,
    /// The minutes that the text takes to read.
    minutes: usize,
    private: bool,
    future: bool,
    /// When the page ended; empty if it has not.
    over: String,
}

/// GET any path that no other route matches: the page at it, or the list of the pages below it.
pub async fn show(request: HttpRequest, app: Data<App>) -> Result<Outcome, Error> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(Error::MethodNotAllowed(Error::READ_ONLY));
    }
    match answer(&request, &app).await {
        Ok(outcome) => Ok(plain::outcome(&request, outcome)),
        Err(error) => {
            if matches!(error, Error::Unavailable(_))
                && let Some(answer) = Resolved::for_strangers(&app, &request)
            {
                return Ok(Outcome::Page(plain::of(&request, answer)));
            }
            if matches!(error, Error::NotFound | Error::Forbidden(_)) {
                note_language(&request, &app).await;
            }
            Err(error)
        }
    }
}

/// Stores the language of the pages above a path in the request, for the error page. A 401 has none, because it is the
/// same for every path. Only pages that the visitor may read count, and never one at the path itself.
async fn note_language(request: &HttpRequest, app: &App) {
    let Ok(path) = PagePath::parse(resolve::path(request)) else { return };
    let visitor = sign_in::account(request).map_or(Visitor::Anonymous, |account| account.visitor());
    let above: Vec<PagePath> = path.above().collect();
    let read = move |conn: &mut store::Conn| {
        pages::visible_language(conn, &VisiblePages::readable(&visitor, clock::now()), &above)
    };
    // Without an answer the page has the language of the site.
    if let Ok(Some(tag)) = app.db.read(read).await {
        request.extensions_mut().insert(PlaceLanguage(tag));
    }
}

async fn answer(request: &HttpRequest, app: &Data<App>) -> Result<Outcome, Error> {
    if let Some(file) = FilePath::of(resolve::path(request)) {
        return Box::pin(files::show(app, request, &file)).await;
    }
    // Boxed: most requests end with a cached answer, and their future stays small.
    match Resolved::of(app, request).await? {
        Resolved::Finished(answer) => Ok(Outcome::Page(answer)),
        Resolved::Page(page) => {
            if is_navigation(request) {
                record_opening(app, &page);
            }
            Box::pin(visible(app, *page)).await
        }
        Resolved::Section(section) => Box::pin(lists::section(app, *section)).await,
        Resolved::Draft(draft) => Box::pin(draft_as_page(app, *draft)).await.map(Outcome::Page),
        Resolved::Moved(path) => {
            Ok(Outcome::Redirect(permanent_redirect_with_query(&path.href(), request.query_string())))
        }
    }
}

/// Whether a person opens the page, as far as the request tells: not as a picture, a frame or data of another page, and not
/// in advance. Programs such as curl send none of these fields (W3C Fetch Metadata).
fn is_navigation(request: &HttpRequest) -> bool {
    let is = |name: &str, wanted: &str| {
        request.headers().get(name).is_none_or(|value| value.as_bytes().eq_ignore_ascii_case(wanted.as_bytes()))
    };
    let is_in_advance = ["sec-purpose", "purpose", "x-moz"].iter().any(|name| {
        let values = request.headers().get_all(*name).filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split([';', ','])).any(|purpose| {
            ["prefetch", "prerender", "preview"].iter().any(|odd| purpose.trim().eq_ignore_ascii_case(odd))
        })
    });
    *request.method() == Method::GET
        && is("sec-fetch-mode", "navigate")
        && is("sec-fetch-dest", "document")
        && !is_in_advance
}

/// Records in the background who opened a page with receipts.
fn record_opening(app: &Data<App>, page: &VisiblePage) {
    /// A database that takes no writes refuses all of them.
    static LIMITER: LogLimiter = LogLimiter::new();
    let Some(member) = page.receipt_reader().cloned() else { return };
    let db = app.db.clone();
    let id = page.page().id;
    let now = clock::now();
    actix_web::rt::spawn(async move {
        let reader = member.clone();
        let recorded = match db.read(move |conn| receipts::is_due(conn, id, &reader, now)).await {
            Ok(true) => db.write(move |conn| store::writing::receipts::record(conn, id, &member, now)).await,
            due => due.map(drop),
        };
        if let Err(error) = recorded
            && LIMITER.allows("receipts")
        {
            log::error!("a receipt could not be recorded: {error}");
        }
    });
}

/// Renders a page for its viewer. A public page is the same for everybody, except for viewers whose credentials were
/// proven before. For a position that is not in its list, redirects to the page.
pub async fn visible(app: &App, visible: VisiblePage) -> Result<Outcome, Error> {
    let visitor = visible.viewer().visitor();
    let caching = lists::caching(visible.viewer());
    let path = visible.page().content.path.clone();
    let list_query = visible.list().cloned();
    let (viewing, is_front) = (visitor.clone(), visible.is_front());
    let (site, page) = (visible.shared_site().clone(), visible.shared_page().clone());
    let read = move |conn: &mut store::Conn| {
        let now = clock::now();
        let own = page.content.placement.language.as_ref();
        let language = pages::language(conn, &path, own)?;
        let files = match markdown::may_name_a_file(&page.content.body) {
            true => store::files::live(conn, page.id)?,
            false => store::files::covers(conn, &[page.id])?.into_values().collect(),
        };
        let around = match is_front {
            true => Around { files, language, ..Around::default() },
            false => Around {
                files,
                titles: Titles::read(conn, &VisiblePages::readable(&visitor, now), &path.ancestors())?,
                surroundings: surroundings::of(conn, &visitor, now, &site, &page, language.as_ref())?,
                is_also_front: navigation::front(conn)? == Front::Page(page.id),
                language,
            },
        };
        let below = match &list_query {
            Some(list_query) => Some(lists::below(conn, &visitor, now, site.hides_pages, &path, list_query)?),
            None => None,
        };
        Ok((around, below, pages::next_boundary(conn, now)?))
    };
    let (around, below, next) = app.db.read(read).await?;
    let menu = menu::of(app, &viewing).await?;
    // The page itself may have ended since the access rule decided.
    let expires_at = visible.page().content.unpublish_at.into_iter().chain(next).chain(menu.expires_at).min();
    let path = &visible.page().content.path;
    let below = match below {
        Some(None) => return Ok(lists::to_start(&path.href())),
        Some(Some(part)) => {
            let language = visible.site().language_or(around.language.as_ref());
            Some(Rows::new(part, &path.href(), visible.site(), language))
        }
        None => None,
    };
    let view = app.view.clone();
    let canonical_href = match visible.is_front() || around.is_also_front {
        true => app.options.canonical(&PagePath::root()),
        false => app.options.canonical(path),
    };
    let cover = around.files.iter().find(|file| file.is_cover);
    let image_href = cover.map(|cover| app.options.absolute(&pictures::preview_href(path, cover))).unwrap_or_default();
    let (visible, answer) = app
        .render_pool
        .run(move || {
            let mut page = PagePage { canonical_href, ..compose(&visible, around, &menu, below) };
            page.page.image_href = image_href;
            let answer = view.render("page.html", &page).map(|body| Answer::html(body, caching).finish());
            (visible, answer)
        })
        .await?;
    let answer = answer?;
    visible.into_cache_fill().insert(app.db.cache(), &answer, expires_at);
    Ok(Outcome::Page(answer))
}

/// What the store knows around a page.
#[derive(Default)]
struct Around {
    /// The files that the text may name, and the cover picture.
    files: Vec<File>,
    titles: Titles,
    surroundings: Surroundings,
    /// Whether the page is the front page, too.
    is_also_front: bool,
    /// The language of the page, if it is not that of the site.
    language: Option<LanguageTag>,
}

/// The values of the template. Renders Markdown, and belongs in the render pool.
fn compose(visible: &VisiblePage, around: Around, menu: &VisibleMenu, below: Option<Rows>) -> PagePage {
    let page = visible.page();
    let site = visible.site();
    let viewer = visible.viewer();
    let content = &page.content;
    let Around { files, titles, surroundings, is_also_front, language: tag } = around;
    let language = Language::for_words(site.language_or(tag.as_ref()));
    let local = |at| site.time_zone.local(at);
    let now = clock::now();
    let lists_below = below.is_some();
    let login_href = lists::login_href(&content.path.href());
    let frame = Frame::for_viewer(site, viewer.account(), viewer.is_sender(), login_href);
    let Rendered { html, headings } = markdown::render_with_headings(language, &content.body);
    let hides_contents = content.placement.hides_contents;
    let below = below.unwrap_or_else(Rows::none);
    let body_html = markdown::mark_bare_addresses(&markdown::with_files(html, language, &content.path, &files));
    let may_edit = viewer.visitor().may_edit();
    PagePage {
        frame: frame.in_language(tag.as_ref()).with_menu(menu, Some(&content.path)),
        breadcrumbs: match visible.is_front() {
            true => Vec::new(),
            false => titles.breadcrumbs(&content.path, site, site.language_or(tag.as_ref())),
        },
        canonical_href: String::new(),
        feed_href: if lists_below { feed_href(&content.path) } else { String::new() },
        surroundings,
        contents: if hides_contents { Vec::new() } else { surroundings::contents(headings) },
        is_front: visible.is_front() || content.path.is_root(),
        is_also_front,
        edit_href: if may_edit { format!("/admin/pages/{}", page.id.0) } else { String::new() },
        notice: viewer.notice(),
        lists_below,
        below,
        draft: false,
        noted: visible.receipt_reader().is_some(),
        page: PageView {
            title: content.title.clone(),
            summary: content.summary.clone(),
            has_code: body_html.has_code(),
            body_html,
            cover: cover(&content.path, &files),
            image_href: String::new(),
            minutes: markdown::minutes(&markdown::plain(&content.body)),
            date: language.date(local(content.published_at)),
            date_iso: clock::iso(content.published_at),
            updated: language.date(local(page.updated_at)),
            updated_iso: clock::iso(page.updated_at),
            private: page.readers.is_private(),
            future: content.published_at > now,
            over: content
                .unpublish_at
                .filter(|end| *end <= now)
                .map(|end| language.moment(local(end)))
                .unwrap_or_default(),
        },
    }
}

/// The cover picture among the files of the page at a path.
fn cover(path: &PagePath, files: &[File]) -> Option<Picture> {
    files.iter().find(|file| file.is_cover).map(|file| Picture::of(path, file, TEXT_SIZES))
}

/// Renders a draft as the page that it will become. No cache stores it.
pub async fn draft_as_page(app: &App, visible: VisibleDraft) -> Result<Answer, Error> {
    let path = visible.draft().typed.path().unwrap_or_else(PagePath::root);
    let lists_below = visible.draft().typed.page.list_below;
    let own_language = visible.draft().typed.page.placement.check_language().ok().flatten();
    let visitor = visible.account().visitor();
    let hides = visible.site().hides_pages;
    let of = path.clone();
    let id = visible.draft().page;
    let read = move |conn: &mut store::Conn| {
        let now = clock::now();
        let files = match Editor::of(&visitor) {
            Some(editor) => store::files::drafted(conn, &editor, id)?,
            None => Vec::new(),
        };
        let titles = Titles::read(conn, &VisiblePages::readable(&visitor, now), &of.ancestors())?;
        let language = pages::language(conn, &of, own_language.as_ref())?;
        let below = match lists_below {
            true => lists::below(conn, &visitor, now, hides, &of, &ListQuery::START)?,
            false => None,
        };
        Ok((files, titles, language, below))
    };
    let (files, titles, language, below) = app.db.read(read).await?;
    let menu = menu::of(app, &visible.account().visitor()).await?;
    let below = below.map(|part| {
        let language = visible.site().language_or(language.as_ref());
        Rows::new(part, &path.href(), visible.site(), language)
    });
    let around = Around { files, titles, language, ..Around::default() };
    let view = app.view.clone();
    let rendering =
        move || view.render("page.html", &compose_draft(&visible, &path, around, &menu, below)).map(Answer::panel);
    app.render_pool.run(rendering).await?
}

/// The values of the template for a draft. The input is not validated; an invalid date shows as the current time.
fn compose_draft(
    visible: &VisibleDraft,
    path: &PagePath,
    around: Around,
    menu: &VisibleMenu,
    below: Option<Rows>,
) -> PagePage {
    let draft = visible.draft();
    let Around { files, titles, surroundings, is_also_front, language: tag } = around;
    let language = Language::for_words(visible.site().language_or(tag.as_ref()));
    let local = |at| visible.site().time_zone.local(at);
    let now = clock::now();
    let typed = &draft.typed.page;
    let Rendered { html, headings } = markdown::render_with_headings(language, &typed.body.replace("\r\n", "\n"));
    let body_html = markdown::mark_bare_addresses(&markdown::with_files(html, language, path, &files));
    let published = typed.zone.parse_moment(&typed.published).ok().flatten().unwrap_or(now);
    PagePage {
        frame: Frame::new(visible.site(), Some(visible.account()))
            .in_language(tag.as_ref())
            .with_menu(menu, Some(path)),
        breadcrumbs: titles.breadcrumbs(path, visible.site(), visible.site().language_or(tag.as_ref())),
        canonical_href: String::new(),
        feed_href: String::new(),
        edit_href: format!("/admin/pages/{}", draft.page.0),
        notice: "",
        surroundings,
        contents: if typed.placement.hides_contents { Vec::new() } else { surroundings::contents(headings) },
        is_front: path.is_root(),
        is_also_front,
        lists_below: below.is_some(),
        below: below.unwrap_or_else(Rows::none),
        draft: true,
        noted: false,
        page: PageView {
            title: typed.title.clone(),
            summary: typed.summary.clone(),
            has_code: body_html.has_code(),
            body_html,
            cover: cover(path, &files),
            image_href: String::new(),
            minutes: markdown::minutes(&markdown::plain(&typed.body)),
            date: language.date(local(published)),
            date_iso: clock::iso(published),
            updated: language.date(local(draft.saved_at)),
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
