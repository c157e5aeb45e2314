//! Error pages: HTML for browsers, plain text for other clients.

use std::{sync::Arc, time::Duration};

use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web::Bytes,
};
use actix_web_httpauth::headers::www_authenticate::WwwAuthenticate;
use domain::{access::Visitor, language::LanguageTag, site::Site};
use serde::Serialize;
use store::navigation::VisibleMenu;

use super::{
    answer::{Answer, Caching, HTML, ROBOTS, TEXT},
    error::Error,
    error_words::{Sender, WAIT, Words, wait},
    logging::LogLimiter,
    menu,
    sent_form::SentFields,
    view::Frame,
};
use crate::{
    App,
    auth::{account::Account, challenge::Challenge, form_token},
    cache::answers::{CacheKey, Cached},
    clock,
};

/// For error pages that could not be rendered: a flood of errors wants many of them.
static LIMITER: LogLimiter = LogLimiter::new();

/// Whether `Accept` names HTML: browsers send it, and curl does not.
pub fn wants_html(accept: &[HeaderValue]) -> bool {
    let lines = accept.iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let range = parts.next().unwrap_or_default();
        let html = range.eq_ignore_ascii_case("text/html") || range.eq_ignore_ascii_case("application/xhtml+xml");
        html && !parts.any(|parameter| matches!(parameter, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

/// The response to a failed request.
pub async fn render(app: &App, error: &Error, sender: &Sender, html: bool, request_id: &str) -> HttpResponse {
    // Cached settings only: the database does not answer, or must not bear the load of a flood.
    let site = match error {
        Error::Unavailable(_) | Error::NotSaved(_) | Error::InDoubt(_) | Error::Busy(_) | Error::NoRoom => {
            app.db.cache().last_site()
        }
        _ => app.db.site().await,
    };
    let mut response = HttpResponse::build(error.status_code());
    response.insert_header((header::CACHE_CONTROL, "no-store")).insert_header((ROBOTS, "noindex"));
    match error {
        Error::Unauthorized | Error::Rejected => {
            response.insert_header(WwwAuthenticate(Challenge::new(&site.realm)));
        }
        Error::SignedOut => {
            response.insert_header(WwwAuthenticate(Challenge::new(&site.realm)));
            response.insert_header(("clear-site-data", "\"cache\""));
        }
        Error::MethodNotAllowed(allow) => {
            response.insert_header((header::ALLOW, HeaderValue::from_static(allow)));
        }
        Error::Busy(wait) | Error::TooManyAttempts(wait) => {
            response.insert_header((header::RETRY_AFTER, wait.as_secs().max(1)));
        }
        Error::TooManyUploads => {
            response.insert_header((header::RETRY_AFTER, Duration::from_secs(5).as_secs()));
        }
        // The connection cannot be reused, because the rest of the body is unread.
        Error::TooLarge(_) | Error::Timeout => {
            response.force_close();
        }
        Error::Unavailable(_) | Error::NotSaved(_) | Error::InDoubt(_) | Error::NoRoom => {
            response.insert_header((header::RETRY_AFTER, Duration::from_secs(5).as_secs()));
        }
        _ => {}
    }
    match resend(app, error, &site, sender, html, request_id).await {
        Ok(Some(body)) => return response.content_type(HTML).body(body),
        Ok(None) => {}
        Err(error) if LIMITER.allows("error pages") => log::error!("id={request_id} {error}"),
        Err(_) => {}
    }
    let (content_type, mut body) = body(app, error, &site, sender, html, request_id).await;
    if let Error::TooManyAttempts(time) = error {
        body = String::from_utf8_lossy(&body).replace(WAIT, &wait(*time)).into();
    }
    response.content_type(content_type).body(body)
}

/// The error page at an address, as a user with an account or a visitor without one sees it.
///
/// # Errors
/// 500 when the template fails.
pub fn seen_by(
    app: &App,
    error: &Error,
    site: &Site,
    account: Option<Arc<Account>>,
    address: String,
) -> Result<String, Error> {
    let sender = Sender { account, address, is_read: true, ..Sender::default() };
    let words = Words::of(error, site, &sender, "");
    let frame = Frame::for_viewer(site, sender.account.as_deref(), false, "/login".into());
    app.view.render("error.html", &ErrorPage { frame, words: &words })
}

/// The page with the form that failed, from which it can be sent again; `None` for a request without one, for a form of which a part
/// was saved, and for a form without typed text unless its token is the problem.
async fn resend(
    app: &App,
    error: &Error,
    site: &Site,
    sender: &Sender,
    html: bool,
    request_id: &str,
) -> Result<Option<String>, Error> {
    let is_stale = matches!(error, Error::StaleForm);
    let (Some(form), Some(account)) = (&sender.form, &sender.account) else { return Ok(None) };
    // What was saved is not sent again: the versions in the form are those from before.
    if sender.has_changed || (!html && !is_stale) {
        return Ok(None);
    }
    let language = if form.is_of_panel() { LanguageTag::parse("en").ok() } else { sender.language.clone() };
    let menu = menu_of(app, error, sender, true).await.unwrap_or_default();
    let frame =
        Frame::new(site, Some(account)).in_language(language.as_ref()).with_login("/login").with_menu(&menu, None);
    let of_form = Sender { account: sender.account.clone(), language, ..Sender::default() };
    let words = Words::of(error, site, &of_form, request_id);
    let (view, form, form_token) = (app.view.clone(), form.clone(), form_token::issue(account, clock::now()));
    // In the render pool: the fields may hold megabytes.
    let rendering = move || {
        let sent = form.fields(words.language());
        if !sent.has_typed && !is_stale {
            return Ok(None);
        }
        view.render("resend.html", &ResendPage { frame, words: &words, action: form.action(), form_token, sent })
            .map(Some)
    };
    app.render_pool.run(rendering).await?
}

/// The content type and the body. A body that is the same for everybody is cached: a flood can request it at no cost.
async fn body(
    app: &App,
    error: &Error,
    site: &Site,
    sender: &Sender,
    html: bool,
    request_id: &str,
) -> (&'static str, Bytes) {
    let content_type = if html { HTML } else { TEXT };
    let answers = &app.db.cache().answers;
    let words = || Words::of(error, site, sender, request_id);
    let language = site.language_or(sender.language.as_ref());
    let Some(key) = cacheable_name(error, sender).map(|name| CacheKey::ErrorPage(name, html, language)) else {
        let menu = menu_of(app, error, sender, html).await.unwrap_or_default();
        return compose(app, error, &words(), site, sender, html.then_some(&menu));
    };
    if let Some(Cached::Answer(answer)) = answers.get(key, "") {
        return (content_type, answer.body().clone());
    }
    // The body may be cached only if the settings are still current, because they were read before the token was taken.
    let token = answers.fill_token(key);
    let is_current = app.db.cache().site().is_some_and(|known| *known == *site);
    let menu = menu_of(app, error, sender, html).await;
    let is_current = is_current && menu.is_some();
    let menu = menu.unwrap_or_default();
    let (content_type, body) = compose(app, error, &words(), site, sender, html.then_some(&menu));
    if is_current {
        let answer = Answer::new(content_type, body.clone(), Caching::Never);
        answers.insert(token, "", Cached::Answer(answer), menu.expires_at);
    }
    (content_type, body)
}

/// The menu on the page of an error, as its sender sees it at any address: the page must not depend on what is at this one. It is
/// empty while the database may not answer; `None` if it did not.
async fn menu_of(app: &App, error: &Error, sender: &Sender, html: bool) -> Option<Arc<VisibleMenu>> {
    let is_about_database =
        matches!(error.status_code(), StatusCode::INTERNAL_SERVER_ERROR | StatusCode::SERVICE_UNAVAILABLE);
    if !html || is_about_database {
        return Some(Arc::default());
    }
    let visitor = sender.account.as_ref().map_or(Visitor::Anonymous, |account| account.visitor());
    menu::of(app, &visitor).await.ok()
}

/// The cache key of an error whose page depends only on the settings of the site, the menu and its language.
fn cacheable_name(error: &Error, sender: &Sender) -> Option<&'static str> {
    match error {
        _ if sender.account.is_some() || sender.has_changed => None,
        Error::Unauthorized => Some("unauthorized"),
        Error::Rejected => Some("rejected"),
        Error::SignedOut => Some("signed out"),
        Error::NotFound => Some("not found"),
        Error::TooManyAttempts(_) => Some("too many attempts"),
        _ => None,
    }
}

/// Renders the page with a menu, or text without one.
fn compose(
    app: &App,
    error: &Error,
    words: &Words,
    site: &Site,
    sender: &Sender,
    menu: Option<&Arc<VisibleMenu>>,
) -> (&'static str, Bytes) {
    if let Some(menu) = menu {
        // The empty address is that of the page itself, which asks for credentials.
        let asks = error.status_code() == StatusCode::UNAUTHORIZED && !matches!(error, Error::SignedOut);
        let login_href = if asks { "" } else { "/login" };
        let frame = Frame::new(site, sender.account.as_deref())
            .in_language(sender.language.as_ref())
            .with_login(login_href)
            .with_menu(menu, None);
        let page = ErrorPage { frame, words };
        match app.view.render("error.html", &page) {
            Ok(body) => return (HTML, body.into()),
            Err(error) if LIMITER.allows("error pages") => log::error!("{error}"),
            Err(_) => {}
        }
    }
    (TEXT, words.text().into())
}

#[derive(Serialize)]
struct ErrorPage<'a> {
    #[serde(flatten)]
    frame: Frame,
    #[serde(flatten)]
    words: &'a Words,
}

/// A page that shows a form that failed, and sends it again.
#[derive(Serialize)]
struct ResendPage<'a> {
    #[serde(flatten)]
    frame: Frame,
    #[serde(flatten)]
    words: &'a Words,
    action: &'a str,
    form_token: String,
    sent: SentFields,
}
