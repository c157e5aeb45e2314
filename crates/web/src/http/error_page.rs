//! The body of every refusal: a page in the site's look for a browser, a few lines of text for everything else.

use std::time::Duration;

use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web::Bytes,
};
use actix_web_httpauth::headers::www_authenticate::WwwAuthenticate;
use domain::site::Site;
use serde::Serialize;

use super::{
    answer::{Answer, Caching, HTML, ROBOTS, TEXT},
    error::Error,
    stale_form::StaleForm,
    view::Frame,
};
use crate::{
    App,
    auth::challenge::Challenge,
    cache::answers::{Kept, Question},
};

/// Whether the client names HTML in its `Accept` lines, as browsers do and curl does not.
pub fn wants_html(accept: &[HeaderValue]) -> bool {
    let lines = accept.iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let range = parts.next().unwrap_or_default();
        let html = range.eq_ignore_ascii_case("text/html") || range.eq_ignore_ascii_case("application/xhtml+xml");
        html && !parts.any(|parameter| matches!(parameter, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

/// The whole answer to a request that failed.
pub async fn render(app: &App, error: &Error, html: bool, request_id: &str) -> HttpResponse {
    // A database that does not answer is not asked for the site's title, and a flood is no load for one that does.
    let site = match error {
        Error::Unavailable(_) | Error::Busy(_) => app.db.memory().last_site(),
        _ => app.db.site().await,
    };
    let mut response = HttpResponse::build(error.status_code());
    response.insert_header((header::CACHE_CONTROL, "no-store")).insert_header((ROBOTS, "noindex"));
    match error {
        Error::Unauthorized => {
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
        // The rest of the body is not read, so the connection cannot go on.
        Error::TooLarge(_) | Error::Timeout => {
            response.force_close();
        }
        Error::Unavailable(_) => {
            response.insert_header((header::RETRY_AFTER, Duration::from_secs(5).as_secs()));
        }
        _ => {}
    }
    if let Error::StaleForm(form) = error {
        // It may hold megabytes.
        let (view, site, form) = (app.view.clone(), site.clone(), form.clone());
        let rendering = move || view.render("admin/resend.html", &ResendPage::new(&site, &form));
        match app.renderers.run(rendering).await.flatten() {
            Ok(body) => return response.content_type(HTML).body(body),
            Err(error) => log::error!("id={request_id} {error}"),
        }
    }
    let (content_type, body) = body(app, error, &site, html, request_id);
    response.content_type(content_type).body(body)
}

/// The body and its type. One that says the same to everybody is kept: strangers ask for it as often as they like.
fn body(app: &App, error: &Error, site: &Site, html: bool, request_id: &str) -> (&'static str, Bytes) {
    let content_type = if html { HTML } else { TEXT };
    let answers = &app.db.memory().answers;
    let Some(question) = common(error).map(|name| Question::Refusal(name, html)) else {
        return compose(app, &Words::of(error, site, request_id), site, html);
    };
    if let Some(Kept::Answer(answer)) = answers.recall(question, "") {
        return (content_type, answer.body().clone());
    }
    // The settings were read before the ticket is taken, so it is good only if they are still known to be the present ones.
    let ticket = answers.ticket(question);
    let is_present = app.db.memory().site().is_some_and(|known| *known == *site);
    let (content_type, body) = compose(app, &Words::of(error, site, request_id), site, html);
    if is_present {
        answers.keep(ticket, "", Kept::Answer(Answer::new(content_type, body.clone(), Caching::Never)), None);
    }
    (content_type, body)
}

/// The name of an error whose page depends on nothing but the site's settings.
fn common(error: &Error) -> Option<&'static str> {
    match error {
        Error::Unauthorized => Some("unauthorized"),
        Error::SignedOut => Some("signed out"),
        Error::NotFound => Some("not found"),
        Error::TooManyAttempts(_) => Some("too many attempts"),
        _ => None,
    }
}

fn compose(app: &App, words: &Words, site: &Site, html: bool) -> (&'static str, Bytes) {
    if html {
        let page = ErrorPage { frame: Frame::anonymous(site), words };
        match app.view.render("error.html", &page) {
            Ok(body) => return (HTML, body.into()),
            Err(error) => log::error!("{error}"),
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

const STALE: &str = "This form has to be sent once more";
const STALE_MESSAGE: &str = "The form was open for more than a day, your password was changed meanwhile, or it was not \
                             ours. Nothing was changed and nothing is lost.";

/// The page that shows what was typed and sends it again.
#[derive(Serialize)]
struct ResendPage<'a> {
    #[serde(flatten)]
    frame: Frame,
    title: &'static str,
    message: &'static str,
    action: &'a str,
    form_token: &'a str,
    fields: Vec<ResendField<'a>>,
}

#[derive(Serialize)]
struct ResendField<'a> {
    name: &'a str,
    value: &'a str,
    long: bool,
    secret: bool,
}

impl<'a> ResendPage<'a> {
    fn new(site: &Site, form: &'a StaleForm) -> ResendPage<'a> {
        let typed = form.fields.iter().filter(|(name, _)| name != "form_token");
        let fields = typed.map(|(name, value)| {
            let secret = name.starts_with("password") || name == "present";
            let value = if secret { "" } else { value.as_str() };
            ResendField { name, value, long: value.len() > 80 || value.contains('\n'), secret }
        });
        ResendPage {
            frame: Frame::anonymous(site),
            title: STALE,
            message: STALE_MESSAGE,
            action: &form.action,
            form_token: &form.token,
            fields: fields.collect(),
        }
    }
}

/// What an error page says.
#[derive(Debug, Serialize)]
struct Words {
    status: u16,
    title: &'static str,
    message: String,
    hints: Vec<&'static str>,
    actions: Vec<Action>,
    request_id: String,
}

#[derive(Debug, Serialize)]
struct Action {
    href: &'static str,
    label: &'static str,
}

const HOME: Action = Action { href: "/", label: "Go to the front page" };
const PANEL: Action = Action { href: "/admin/", label: "Go to the panel" };
const SIGN_IN: Action = Action { href: "/login", label: "Sign in" };
const SWITCH: Action = Action { href: "/logout", label: "Sign in as someone else" };

impl Words {
    fn of(error: &Error, site: &Site, request_id: &str) -> Words {
        let status = error.status_code();
        let mut words = Words {
            status: status.as_u16(),
            title: status.canonical_reason().unwrap_or("Refused"),
            message: error.to_string(),
            hints: Vec::new(),
            actions: vec![HOME],
            request_id: String::new(),
        };
        let mut say = |title, message: String, hints: &[&'static str]| {
            words.title = title;
            words.message = message;
            words.hints = hints.to_vec();
        };
        match error {
            Error::Unauthorized => {
                let message =
                    if site.refusal.is_empty() { "Sign in to read this.".into() } else { site.refusal.clone() };
                say(
                    "Sign in to read this page",
                    message,
                    &[
                        "Reload this page to be asked for your name and password.",
                        "Names and passwords are given out by whoever runs this site.",
                    ],
                );
                words.actions = vec![SIGN_IN, HOME];
            }
            Error::SignedOut => {
                say("Signed out", "If your browser asks for a name and a password now, press Cancel: then it forgets the ones it had.".into(), &[
                    "With Basic authentication the browser keeps the password, not this site. If it still sends it, close the browser.",
                ]);
                words.actions = vec![SIGN_IN, HOME];
            }
            Error::Forbidden(message) => {
                say("You may not open this", message.clone(), &[]);
                words.actions = vec![SWITCH, HOME];
            }
            Error::NotFound => say(
                "Page not found",
                "There is no page at this address.".into(),
                &["Check the address for a typing error, or search for it."],
            ),
            Error::MethodNotAllowed(allow) => {
                say("Method not allowed", format!("This address answers only {allow}."), &[]);
            }
            Error::TooLarge(most) => {
                say(
                    "Too large",
                    format!("At most {most} bytes can be sent at once."),
                    &["Nothing was changed. Go back: your browser may still have what you typed."],
                );
            }
            Error::Timeout => say(
                "Too slow",
                "The rest of the request did not come in time.".into(),
                &["Nothing was changed. Send it again."],
            ),
            Error::UriTooLong => say("Address too long", "This address is longer than any page's.".into(), &[]),
            Error::HeadersTooLarge => {
                say("Header too large", "The header fields of this request are too many or too long.".into(), &[])
            }
            Error::UnsupportedMediaType => {
                say("Unsupported media type", "Send a form as application/x-www-form-urlencoded.".into(), &[])
            }
            Error::TooManyAttempts(_) => say(
                "Too many attempts",
                "There were too many wrong names and passwords from here, or for this name. Wait a moment, then try again."
                    .into(),
                &["A password that is right is let in after the wait."],
            ),
            Error::Busy(_) => say("Busy", "Too much waits to be done. Try again in a few seconds.".into(), &[]),
            Error::Unavailable(_) => {
                say("Out of order", "The site's database does not answer. Try again in a moment.".into(), &[])
            }
            Error::Internal(_) => say(
                "Something went wrong",
                "This is our fault, not yours. Try again; if it stays, tell whoever runs this site.".into(),
                &[],
            ),
            Error::StaleForm(_) => say(STALE, STALE_MESSAGE.into(), &[]),
            Error::Conflict(message) => {
                say("This was not done", (*message).into(), &["Nothing was changed."]);
                words.actions = vec![PANEL, HOME];
            }
            Error::Unprocessable(message) => {
                say("This cannot be done", message.clone(), &["Nothing was changed. Go back to try again."]);
                words.actions = vec![PANEL, HOME];
            }
            Error::BadRequest(_) => {}
        }
        if matches!(status, StatusCode::INTERNAL_SERVER_ERROR | StatusCode::SERVICE_UNAVAILABLE) {
            words.request_id = request_id.to_owned();
        }
        words
    }

    fn text(&self) -> String {
        let mut text = format!("{}\n", self.message);
        for hint in &self.hints {
            text.push_str(hint);
            text.push('\n');
        }
        if !self.request_id.is_empty() {
            text.push_str(&format!("Request {}\n", self.request_id));
        }
        text
    }
}
