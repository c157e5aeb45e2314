//! What a share opens: a page, with those below it and with its files, or a draft.

use actix_web::{HttpRequest, http::Method, web::Data};
use domain::share::{Share, Shows};
use serde::Serialize;

use super::{
    files, plain,
    resolve::{Shared, SharedFile, SharedPage},
    surroundings::{self, ContentsEntry},
};
use crate::{
    App,
    auth::sign_in,
    clock,
    http::{
        answer::{Answer, Caching, Outcome},
        envelope::Envelope,
        error::Error,
        file_answer::ServedFile,
        logging::LogLimiter,
        responses::permanent_redirect_with_query,
        view::{Frame, Link},
    },
    language::Language,
    markdown::{self, Rendered, SafeHtml},
    site::resolve::SharedContent,
};

#[derive(Serialize)]
struct SharePage {
    #[serde(flatten)]
    frame: Frame,
    page: PageView,
    contents: Vec<ContentsEntry>,
    /// The shared page, on a page below it.
    above: Option<Link>,
    /// Whether it is a draft.
    draft: bool,
    /// The end of the share.
    until: String,
}

#[derive(Serialize)]
struct PageView {
    /// Whether the text has a block of code, which a script makes copyable.
    has_code: bool,
    title: String,
    summary: String,
    body_html: SafeHtml,
    date: String,
    date_iso: String,
    updated: String,
    updated_iso: String,
    /// The minutes that the text takes to read.
    minutes: usize,
}

/// GET `/s/{secret}` and below it. Opening a share does not use it up, and `Authorization` is ignored.
pub async fn show(request: HttpRequest, app: Data<App>) -> Result<Outcome, Error> {
    sign_in::require_https(&app, &Envelope::of(&request))?;
    match Shared::of(&app, &request).await? {
        Shared::Public(address) => {
            Ok(Outcome::Redirect(permanent_redirect_with_query(&address, request.query_string())))
        }
        Shared::File(file) => send(&app, &request, *file).await,
        Shared::Page(page) => {
            if *request.method() == Method::GET {
                note_opening(&app, &page.share);
            }
            let answer = render(&app, *page).await?;
            Ok(Outcome::Page(plain::of(&request, answer)))
        }
    }
}

async fn send(app: &App, request: &HttpRequest, SharedFile { file }: SharedFile) -> Result<Outcome, Error> {
    let content = match files::width(request, &file)? {
        Some(width) => files::smaller_copy(app, &file, width).await?,
        None => file.content.clone(),
    };
    Ok(Outcome::Page(Answer::file(ServedFile { name: file.name, content }, Caching::Secret)))
}

/// Records in the background when a share was last opened.
fn note_opening(app: &Data<App>, share: &Share) {
    /// A database that takes no writes refuses all of them.
    static LIMITER: LogLimiter = LogLimiter::new();
    let (id, now) = (share.id, clock::now());
    if !share.is_due(now) {
        return;
    }
    let db = app.db.clone();
    actix_web::rt::spawn(async move {
        if let Err(error) = db.note(move |conn| store::writing::shares::record_opening(conn, id, now)).await
            && LIMITER.allows("opened shares")
        {
            log::warn!("that a share was opened could not be noted: {error}");
        }
    });
}

async fn render(app: &App, shared: SharedPage) -> Result<Answer, Error> {
    // Rendering and looking up where links lead take turns: the one needs a processor, the other the database.
    let rendering = move || {
        let language = Language::for_words(shared.site.language_or(shared.language.as_ref()));
        let Rendered { html, headings } = markdown::render_with_headings(language, &body(&shared));
        let html = markdown::with_files(html, language, shared.path(), &shared.files);
        let paths = markdown::local_paths(&html, shared.path());
        (shared, html, headings, paths)
    };
    let (shared, html, headings, paths) = app.render_pool.run(rendering).await?;
    let opened = shared.opened(app, &paths).await?;
    let view = app.view.clone();
    let rendering = move || {
        let html = markdown::relocated(&html, shared.path(), |path| shared.address_of(path, &opened));
        let page = compose(&shared, markdown::mark_bare_addresses(&html), headings);
        view.render("share.html", &page).map(|body| Answer::html(body, Caching::Secret))
    };
    app.render_pool.run(rendering).await?
}

fn body(shared: &SharedPage) -> String {
    match &shared.content {
        SharedContent::Page(page) => page.content.body.clone(),
        SharedContent::Draft(draft, _) => draft.typed.page.body.replace("\r\n", "\n"),
    }
}

/// The values of the template. The menu and the lists are left out: they know nothing of a share.
fn compose(shared: &SharedPage, body_html: SafeHtml, headings: Vec<markdown::Heading>) -> SharePage {
    let site = &*shared.site;
    let language = Language::for_words(site.language_or(shared.language.as_ref()));
    let local = |at| site.time_zone.local(at);
    let minutes = markdown::minutes(&markdown::plain(&body(shared)));
    let (title, summary, hides_contents, date, updated) = match &shared.content {
        SharedContent::Page(page) => {
            let content = &page.content;
            let hides = content.placement.hides_contents;
            (content.title.clone(), content.summary.clone(), hides, content.published_at, page.updated_at)
        }
        SharedContent::Draft(draft, _) => {
            let typed = &draft.typed.page;
            let date = typed.zone.parse_moment(&typed.published).ok().flatten().unwrap_or(draft.saved_at);
            let hides = typed.placement.hides_contents;
            (typed.title.clone(), typed.summary.clone(), hides, date, draft.saved_at)
        }
    };
    SharePage {
        frame: Frame::anonymous(site).in_language(shared.language.as_ref()),
        contents: if hides_contents { Vec::new() } else { surroundings::contents(headings) },
        above: shared.above.as_ref().map(|title| Link::new(shared.address.clone(), title.clone())),
        draft: shared.share.shows == Shows::Draft,
        until: language.moment(local(shared.share.end())),
        page: PageView {
            has_code: body_html.has_code(),
            title,
            summary,
            body_html,
            date: language.date(local(date)),
            date_iso: clock::iso(date),
            updated: language.date(local(updated)),
            updated_iso: clock::iso(updated),
            minutes,
        },
    }
}
