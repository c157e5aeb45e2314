//! The text of error pages.

use std::borrow::Cow;

use actix_web::{ResponseError, http::StatusCode};
use domain::site::Site;
use serde::Serialize;

use super::error::Error;

pub(super) const STALE: &str = "Send this form again";
pub(super) const STALE_MESSAGE: &str = "The form was open for more than a day, your password was changed meanwhile, or \
                                        another site sent it. Nothing was changed and nothing is lost.";

/// The text of an error page.
#[derive(Debug, Serialize)]
pub(super) struct Words {
    status: u16,
    title: &'static str,
    message: Cow<'static, str>,
    hints: &'static [&'static str],
    actions: &'static [Action],
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
    pub(super) fn of(error: &Error, site: &Site, request_id: &str) -> Words {
        let status = error.status_code();
        // Only these errors are in the log with their id.
        let is_logged = matches!(status, StatusCode::INTERNAL_SERVER_ERROR | StatusCode::SERVICE_UNAVAILABLE);
        Words {
            status: status.as_u16(),
            title: title(error),
            message: message(error, site),
            hints: hints(error),
            actions: actions(error),
            request_id: if is_logged { request_id.to_owned() } else { String::new() },
        }
    }

    /// The plain text for clients that do not accept HTML.
    pub(super) fn text(&self) -> String {
        let mut text = format!("{}\n", self.message);
        for hint in self.hints {
            text.push_str(hint);
            text.push('\n');
        }
        if !self.request_id.is_empty() {
            text.push_str(&format!("Request {}\n", self.request_id));
        }
        text
    }
}

fn title(error: &Error) -> &'static str {
    match error {
        Error::BadRequest(_) => "Bad Request",
        Error::Unauthorized => "Sign in to read this page",
        Error::SignedOut => "Signed out",
        Error::Forbidden(_) => "You may not open this",
        Error::StaleForm(_) => STALE,
        Error::NotFound => "Page not found",
        Error::MethodNotAllowed(_) => "Method not allowed",
        Error::Timeout => "Too slow",
        Error::Conflict(_) => "This was not done",
        Error::TooLarge(_) => "Too large",
        Error::UriTooLong => "Address too long",
        Error::UnsupportedMediaType => "Unsupported media type",
        Error::Unprocessable(_) => "This cannot be done",
        Error::TooManyAttempts(_) => "Too many attempts",
        Error::HeadersTooLarge => "Header too large",
        Error::Busy(_) | Error::NoRoom => "Busy",
        Error::Unavailable(_) => "Out of order",
        Error::NotSaved(_) => "Not saved",
        Error::InDoubt(_) => "Perhaps saved",
        Error::Internal(_) => "Something went wrong",
    }
}

fn message(error: &Error, site: &Site) -> Cow<'static, str> {
    match error {
        Error::BadRequest(message) | Error::Conflict(message) => (*message).into(),
        Error::Forbidden(message) | Error::Unprocessable(message) => message.clone().into(),
        Error::Unauthorized if site.refusal.is_empty() => "Sign in to read this.".into(),
        Error::Unauthorized => site.refusal.clone().into(),
        Error::SignedOut => {
            "If your browser now asks for a name and a password, press Cancel: it then forgets the old \
                             ones."
                .into()
        }
        Error::StaleForm(_) => STALE_MESSAGE.into(),
        Error::NotFound => "There is no page at this address.".into(),
        Error::MethodNotAllowed(allow) => format!("This address answers only {allow}.").into(),
        Error::Timeout => "The rest of the request did not arrive in time.".into(),
        Error::TooLarge(max_bytes) => format!("A request may have at most {max_bytes} bytes.").into(),
        Error::UriTooLong => "This address is longer than that of any page.".into(),
        Error::UnsupportedMediaType => "Send a form as application/x-www-form-urlencoded.".into(),
        Error::TooManyAttempts(_) => "There were too many wrong names and passwords from your network or for this \
                                      name. Wait a moment, then try again."
            .into(),
        Error::HeadersTooLarge => "The header fields of this request are too many or too long.".into(),
        Error::Busy(_) => "The server is busy. Try again in a few seconds.".into(),
        Error::NoRoom => "Too many large requests from your network, or from everybody, are under way.".into(),
        Error::Unavailable(_) => "The site's database does not answer. Try again in a moment.".into(),
        Error::NotSaved(_) => "The site's database cannot be written now. Nothing was changed.".into(),
        Error::InDoubt(_) => {
            "The connection to the site's database was lost while this was saved. It may have been saved; \
                              reload the page to see."
                .into()
        }
        Error::Internal(_) => {
            "This is our fault, not yours. Try again; if it happens again, tell the operator of this \
                               site."
                .into()
        }
    }
}

fn hints(error: &Error) -> &'static [&'static str] {
    match error {
        Error::Unauthorized => &[
            "Reload this page to be asked for your name and password.",
            "The operator of this site gives out names and passwords.",
        ],
        Error::SignedOut => &["With Basic authentication the browser keeps the password, not this site. If it still \
                               sends it, close the browser."],
        Error::NotFound => &["Check the address for a typing error, or search for the page."],
        Error::Timeout => &["Nothing was changed. Send it again."],
        Error::Conflict(_) => &["Nothing was changed."],
        Error::NoRoom => {
            &["Nothing was changed. Wait a few seconds, then go back and try again: your browser still has what \
                            you typed."]
        }
        Error::NotSaved(_) => {
            &["Go back: your browser may still have what you typed. Send it again in a moment; if it \
                                 happens again, tell the operator of this site."]
        }
        Error::InDoubt(_) => &["The form of a page may be sent again: it finds what it has saved."],
        Error::TooLarge(_) => &["Nothing was changed. Go back: your browser may still have what you typed."],
        Error::Unprocessable(_) => &["Nothing was changed. Go back to try again."],
        Error::TooManyAttempts(_) => &["The right password works again after the wait."],
        _ => &[],
    }
}

fn actions(error: &Error) -> &'static [Action] {
    match error {
        Error::Unauthorized | Error::SignedOut => &[SIGN_IN, HOME],
        Error::Forbidden(_) => &[SWITCH, HOME],
        Error::Conflict(_) | Error::Unprocessable(_) => &[PANEL, HOME],
        _ => &[HOME],
    }
}
