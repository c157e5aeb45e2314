//! What an error page says, in words.

use actix_web::{ResponseError, http::StatusCode};
use domain::site::Site;
use serde::Serialize;

use super::error::Error;

pub(super) const STALE: &str = "This form has to be sent once more";
pub(super) const STALE_MESSAGE: &str = "The form was open for more than a day, your password was changed meanwhile, or it was not \
                             ours. Nothing was changed and nothing is lost.";

/// What an error page says.
#[derive(Debug, Serialize)]
pub(super) struct Words {
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
    pub(super) fn of(error: &Error, site: &Site, request_id: &str) -> Words {
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

    pub(super) fn text(&self) -> String {
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
