//! The text of error pages.

use actix_web::{ResponseError, http::StatusCode};
use domain::site::Site;
use serde::Serialize;

use super::error::Error;
use crate::language::{Language, sentence::Sentence};

/// The text of an error page, in the language of the site.
#[derive(Debug, Serialize)]
pub(super) struct Words {
    status: u16,
    title: String,
    message: String,
    /// The language of the message, if it is another one than that of the words around it; empty otherwise.
    message_language: String,
    hints: Vec<String>,
    actions: Vec<Action>,
    /// The id of the request, as its own field for HTML.
    request_id: String,
    /// The line with the id of the request, for plain text.
    #[serde(skip)]
    request_line: String,
}

#[derive(Debug, Serialize)]
struct Action {
    href: &'static str,
    label: String,
}

const HOME: (&str, &str) = ("/", "error-home");
const PANEL: (&str, &str) = ("/admin/", "error-panel");
const SIGN_IN: (&str, &str) = ("/login", "sign-in");
const SWITCH: (&str, &str) = ("/logout", "error-switch");

impl Words {
    pub(super) fn of(error: &Error, site: &Site, request_id: &str) -> Words {
        let language = Language::for_words(&site.language);
        let status = error.status_code();
        // Only these errors are in the log with their id.
        let is_logged = matches!(status, StatusCode::INTERNAL_SERVER_ERROR | StatusCode::SERVICE_UNAVAILABLE);
        let request_id = if is_logged { request_id } else { "" };
        let (message, message_language) = match error {
            // The operator's own words.
            Error::Unauthorized if !site.refusal.is_empty() => {
                let stands_in = Language::of(&site.language).is_none();
                (site.refusal.clone(), if stands_in { site.language.as_str() } else { "" })
            }
            _ => {
                let message = message(error);
                let is_foreign = message.is_english() && language != Language::English;
                (language.say(&message), if is_foreign { Language::English.tag() } else { "" })
            }
        };
        let say = |key: &&'static str| language.say(&Sentence::new(key));
        Words {
            status: status.as_u16(),
            title: say(&title(error)),
            message,
            message_language: message_language.to_owned(),
            hints: hints(error).iter().map(say).collect(),
            actions: actions(error).iter().map(|(href, key)| Action { href, label: say(key) }).collect(),
            request_id: request_id.to_owned(),
            request_line: language.say(&Sentence::new("error-request").with("id", request_id)),
        }
    }

    /// The plain text for clients that do not accept HTML.
    pub(super) fn text(&self) -> String {
        let mut text = format!("{}\n", self.message);
        for hint in &self.hints {
            text.push_str(hint);
            text.push('\n');
        }
        if !self.request_id.is_empty() {
            text.push_str(&self.request_line);
            text.push('\n');
        }
        text
    }
}

/// The title and the message of a form that has to be sent again. Its page belongs to the panel and is English.
pub(super) fn stale_form() -> (String, String) {
    let say = |key| Language::English.say(&Sentence::new(key));
    (say("error-stale-form"), say("error-stale-form-message"))
}

fn title(error: &Error) -> &'static str {
    match error {
        Error::BadRequest(_) => "error-bad-request",
        Error::Unauthorized => "error-unauthorized",
        Error::SignedOut => "error-signed-out",
        Error::Forbidden(_) => "error-forbidden",
        Error::StaleForm(_) => "error-stale-form",
        Error::NotFound => "error-not-found",
        Error::MethodNotAllowed(_) => "error-method",
        Error::Timeout => "error-timeout",
        Error::Conflict(_) => "error-conflict",
        Error::TooLarge(_) => "error-too-large",
        Error::UriTooLong => "error-address",
        Error::UnsupportedMediaType => "error-media-type",
        Error::Unprocessable(_) => "error-unprocessable",
        Error::TooManyAttempts(_) => "error-too-many",
        Error::HeadersTooLarge => "error-headers",
        Error::Busy(_) | Error::NoRoom => "error-busy",
        Error::Unavailable(_) => "error-unavailable",
        Error::NotSaved(_) => "error-not-saved",
        Error::InDoubt(_) => "error-in-doubt",
        Error::Internal(_) => "error-internal",
    }
}

fn message(error: &Error) -> Sentence {
    match error {
        Error::BadRequest(message) => (*message).into(),
        Error::Conflict(message) | Error::Forbidden(message) | Error::Unprocessable(message) => message.clone(),
        Error::MethodNotAllowed(allow) => Sentence::new("error-method-message").with("methods", *allow),
        Error::TooLarge(max_bytes) => Sentence::new("error-too-large-message").with("bytes", *max_bytes),
        Error::Unauthorized => Sentence::new("error-unauthorized-message"),
        Error::SignedOut => Sentence::new("error-signed-out-message"),
        Error::StaleForm(_) => Sentence::new("error-stale-form-message"),
        Error::NotFound => Sentence::new("error-not-found-message"),
        Error::Timeout => Sentence::new("error-timeout-message"),
        Error::UriTooLong => Sentence::new("error-address-message"),
        Error::UnsupportedMediaType => Sentence::new("error-media-type-message"),
        Error::TooManyAttempts(_) => Sentence::new("error-too-many-message"),
        Error::HeadersTooLarge => Sentence::new("error-headers-message"),
        Error::Busy(_) => Sentence::new("error-busy-message"),
        Error::NoRoom => Sentence::new("error-no-room-message"),
        Error::Unavailable(_) => Sentence::new("error-unavailable-message"),
        Error::NotSaved(_) => Sentence::new("error-not-saved-message"),
        Error::InDoubt(_) => Sentence::new("error-in-doubt-message"),
        Error::Internal(_) => Sentence::new("error-internal-message"),
    }
}

fn hints(error: &Error) -> &'static [&'static str] {
    match error {
        Error::Unauthorized => &["error-unauthorized-reload", "error-unauthorized-who"],
        Error::SignedOut => &["error-signed-out-browser"],
        Error::NotFound => &["error-not-found-check"],
        Error::Timeout => &["error-timeout-again"],
        Error::Conflict(_) => &["error-unchanged"],
        Error::NoRoom => &["error-no-room-wait"],
        Error::NotSaved(_) => &["error-not-saved-back"],
        Error::InDoubt(_) => &["error-in-doubt-again"],
        Error::TooLarge(_) => &["error-too-large-back"],
        Error::Unprocessable(_) => &["error-unprocessable-back"],
        Error::TooManyAttempts(_) => &["error-too-many-wait"],
        _ => &[],
    }
}

fn actions(error: &Error) -> &'static [(&'static str, &'static str)] {
    match error {
        Error::Unauthorized | Error::SignedOut => &[SIGN_IN, HOME],
        Error::Forbidden(_) => &[SWITCH, HOME],
        Error::Conflict(_) | Error::Unprocessable(_) => &[PANEL, HOME],
        _ => &[HOME],
    }
}
