//! The text of error pages.

use std::{sync::Arc, time::Duration};

use actix_web::{ResponseError, http::StatusCode};
use domain::{language::LanguageTag, site::Site};
use serde::Serialize;

use super::{error::Error, query::encode, sent_form::SentForm};
use crate::{
    auth::account::Account,
    language::{Language, sentence::Sentence},
    markdown::{self, SafeHtml},
};

/// The placeholder for the time to wait in a cached body. No text of the site has this character.
pub(super) const WAIT: &str = "\u{1}";

/// The sender of a failed request, as far as the error page depends on them.
#[derive(Debug, Default)]
pub struct Sender {
    /// The account, if the request signed in.
    pub account: Option<Arc<Account>>,
    /// The path and the query of the request.
    pub address: String,
    /// Whether the request only reads, so that it may be repeated.
    pub is_read: bool,
    /// Whether the request committed a change before it failed.
    pub has_changed: bool,
    /// The language of the place on the site at which the request failed; `None` for that of the site.
    pub language: Option<LanguageTag>,
    /// The form that the request sent, if it was read.
    pub form: Option<SentForm>,
}

impl Sender {
    /// The address at which somebody else signs in.
    fn switch_href(&self) -> Option<String> {
        let name = self.account.as_ref()?.member.name.as_str();
        let next = if self.is_read { self.address.as_str() } else { "" };
        Some(format!("/login?{}", encode(&[("not", name), ("next", next)])))
    }
}

/// The language of the place on the site at which a request failed. The handler stores it in the extensions of the
/// request.
#[derive(Clone, Debug)]
pub struct PlaceLanguage(pub LanguageTag);

/// The text of an error page, in the language of the place at which the request failed, or of the site.
#[derive(Debug, Serialize)]
pub(super) struct Words {
    #[serde(skip)]
    language: Language,
    status: u16,
    title: String,
    message: String,
    /// The language of the message, if it differs from that of the page; otherwise empty.
    message_language: String,
    /// [`WAIT`] on a page that says how long to wait; empty otherwise.
    wait: &'static str,
    #[serde(skip)]
    wait_line: String,
    /// The operator's own text, where it is not the message.
    note: String,
    hints: Vec<String>,
    /// Whom to ask for a password, if the operator says so.
    contact_html: Option<SafeHtml>,
    #[serde(skip)]
    contact_line: String,
    actions: Vec<Action>,
    /// The id of the request, as its own field for HTML.
    request_id: String,
    /// The line with the id of the request, for plain text.
    #[serde(skip)]
    request_line: String,
}

#[derive(Debug, Serialize)]
struct Action {
    href: String,
    label: String,
}

const HOME: (&str, &str) = ("/", "error-home");
const PANEL: (&str, &str) = ("/admin/", "error-panel");
/// `/login` redirects back to the page with this link, as its `Referer` names it: a cached body is the same for all
/// paths, and cannot contain the address.
const SIGN_IN: (&str, &str) = ("/login", "sign-in");
const SIGN_IN_TO_READ: (&str, &str) = ("/login", "sign-in-to-read");
/// The empty address is that of the page itself.
const SIGN_IN_HERE: (&str, &str) = ("", "sign-in");
const AGAIN: (&str, &str) = ("", "error-again");

impl Words {
    pub(super) fn of(error: &Error, site: &Site, sender: &Sender, request_id: &str) -> Words {
        let tag = site.language_or(sender.language.as_ref());
        let language = Language::for_words(tag);
        let status = error.status_code();
        // Only these errors are in the log with their id.
        let is_logged = matches!(status, StatusCode::INTERNAL_SERVER_ERROR | StatusCode::SERVICE_UNAVAILABLE);
        let request_id = if is_logged { request_id } else { "" };
        let (message, message_language) = match error {
            // The operator's own words.
            Error::Unauthorized if !site.refusal.is_empty() => {
                let is_other = tag != site.language || Language::of(tag).is_none();
                (site.refusal.clone(), if is_other { site.language.as_str() } else { "" })
            }
            _ => {
                let message = match error {
                    Error::Ended(at) => {
                        let moment = language.moment(site.time_zone.local(*at));
                        Sentence::new("error-ended-message").with("moment", moment.as_str())
                    }
                    error => message(error),
                };
                let is_foreign = message.is_english() && language != Language::English;
                (language.say(&message), if is_foreign { Language::English.tag() } else { "" })
            }
        };
        let say = |key: &&'static str| language.say(&Sentence::new(key));
        let is_throttled = matches!(error, Error::TooManyAttempts(_));
        let asks = matches!(error, Error::Unauthorized | Error::Rejected | Error::Gone(_));
        let contact = Some(&site.contact).filter(|contact| asks && !contact.is_empty());
        Words {
            language,
            status: status.as_u16(),
            title: say(&title(error, sender.has_changed)),
            message,
            message_language: message_language.to_owned(),
            wait: if is_throttled { WAIT } else { "" },
            wait_line: language.say(&Sentence::new("error-too-many-wait").with("wait", WAIT)),
            note: if matches!(error, Error::Rejected) { site.refusal.clone() } else { String::new() },
            hints: hints(error, contact.is_some(), sender.has_changed).iter().map(say).collect(),
            contact_line: contact.map(|text| format!("{} {text}", say(&"error-contact"))).unwrap_or_default(),
            contact_html: contact.map(|text| markdown::render_in(language, text)),
            actions: actions(error, sender).into_iter().map(|(href, key)| Action { href, label: say(&key) }).collect(),
            request_id: request_id.to_owned(),
            request_line: language.say(&Sentence::new("error-request").with("id", request_id)),
        }
    }

    /// The language of the words.
    pub(super) fn language(&self) -> Language {
        self.language
    }

    /// The plain text for clients that do not accept HTML.
    pub(super) fn text(&self) -> String {
        let mut text = format!("{}\n", self.message);
        let wait = if self.wait.is_empty() { "" } else { &self.wait_line };
        let hints = self.hints.iter().map(String::as_str);
        let lines = [wait, &self.note].into_iter().chain(hints).chain([self.contact_line.as_str()]);
        for line in lines.filter(|line| !line.is_empty()) {
            text.push_str(line);
            text.push('\n');
        }
        if !self.request_id.is_empty() {
            text.push_str(&self.request_line);
            text.push('\n');
        }
        text
    }
}

/// A time to wait, in seconds up to two minutes and in minutes beyond.
pub(super) fn wait(time: Duration) -> String {
    match time.as_secs().max(1) {
        seconds @ ..=120 => format!("{seconds} s"),
        seconds => format!("{} min", seconds.div_ceil(60)),
    }
}

fn title(error: &Error, has_changed: bool) -> &'static str {
    match error {
        Error::BadRequest(_) => "error-bad-request",
        Error::Unauthorized => "error-unauthorized",
        Error::Rejected => "error-rejected",
        Error::SignedOut => "error-signed-out",
        Error::Forbidden(_) => "error-forbidden",
        Error::StaleForm => "error-stale-form",
        Error::NotFound => "error-not-found",
        Error::Gone(_) => "error-gone",
        Error::MethodNotAllowed(_) => "error-method",
        Error::Timeout => "error-timeout",
        Error::Ended(_) => "error-ended",
        Error::Conflict(_) => "error-conflict",
        Error::TooLarge(_) => "error-too-large",
        Error::UriTooLong => "error-address",
        Error::UnsupportedMediaType => "error-media-type",
        Error::Unprocessable(_) => "error-unprocessable",
        Error::TooManyAttempts(_) => "error-too-many",
        Error::TooManyUploads => "error-too-many-uploads",
        Error::HeadersTooLarge => "error-headers",
        Error::NoSpace(_) => "error-no-space",
        Error::Busy(_) | Error::NoRoom => "error-busy",
        Error::Unavailable(_) => "error-unavailable",
        Error::NotSaved(_) if has_changed => "error-partly-saved",
        Error::NotSaved(_) => "error-not-saved",
        Error::InDoubt(_) => "error-in-doubt",
        Error::Internal(_) => "error-internal",
    }
}

fn message(error: &Error) -> Sentence {
    match error {
        Error::BadRequest(message) => (*message).into(),
        Error::Conflict(message)
        | Error::Forbidden(message)
        | Error::Gone(message)
        | Error::Unprocessable(message)
        | Error::NoSpace(message) => message.clone(),
        Error::TooManyUploads => Sentence::new("error-too-many-uploads-message"),
        Error::MethodNotAllowed(allow) => Sentence::new("error-method-message").with("methods", *allow),
        Error::TooLarge(max_bytes) => Sentence::new("error-too-large-message").with("bytes", *max_bytes),
        Error::Unauthorized => Sentence::new("error-unauthorized-message"),
        Error::Rejected => Sentence::new("error-rejected-message"),
        Error::SignedOut => Sentence::new("error-signed-out-message"),
        Error::StaleForm => Sentence::new("error-stale-form-message"),
        // `Words::of` writes its moment in the language of the page.
        Error::Ended(_) => Sentence::new("error-ended"),
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

fn hints(error: &Error, has_contact: bool, has_changed: bool) -> Vec<&'static str> {
    let what_changed = match error {
        _ if has_changed => Some("error-partly-saved-reload"),
        Error::Timeout
        | Error::Conflict(_)
        | Error::TooLarge(_)
        | Error::Unprocessable(_)
        | Error::TooManyUploads
        | Error::NoRoom
        | Error::NotSaved(_)
        | Error::NoSpace(_) => Some("error-unchanged"),
        _ => None,
    };
    let others: &[_] = match error {
        Error::Unauthorized if has_contact => &[],
        Error::Unauthorized => &["error-unauthorized-who"],
        Error::Rejected if has_contact => &["error-rejected-capitals"],
        Error::Rejected => &["error-rejected-capitals", "error-unauthorized-who"],
        Error::Gone(_) => &["error-gone-who"],
        Error::SignedOut => &["error-signed-out-browser"],
        Error::Ended(_) => &["error-ended-ask"],
        Error::NotFound => &["error-not-found-check"],
        Error::Timeout => &["error-timeout-again"],
        Error::NoRoom => &["error-no-room-wait"],
        Error::NotSaved(_) => &["error-not-saved-back"],
        Error::InDoubt(_) => &["error-in-doubt-again"],
        Error::TooLarge(_) | Error::TooManyUploads | Error::NoSpace(_) => &["error-too-large-back"],
        Error::Unprocessable(_) => &["error-unprocessable-back"],
        _ => &[],
    };
    what_changed.into_iter().chain(others.iter().copied()).collect()
}

/// The addresses and the keys of the buttons, the most useful one first.
fn actions(error: &Error, sender: &Sender) -> Vec<(String, &'static str)> {
    let may_edit = sender.account.as_ref().is_some_and(|account| account.member.role.may_edit());
    let first = match error {
        Error::Unauthorized => Some(SIGN_IN_HERE),
        Error::Rejected | Error::TooManyAttempts(_) => Some(AGAIN),
        Error::Busy(_) | Error::NoRoom | Error::Unavailable(_) | Error::Internal(_) if sender.is_read => Some(AGAIN),
        Error::SignedOut => Some(SIGN_IN),
        Error::NotFound if sender.account.is_none() => Some(SIGN_IN_TO_READ),
        Error::Conflict(_) | Error::Unprocessable(_) if may_edit => Some(PANEL),
        _ => None,
    };
    let fixed = |(href, key): (&str, &'static str)| (href.to_owned(), key);
    let home = [fixed(HOME)];
    let switch = sender.switch_href().map(|href| (href, "error-switch"));
    match error {
        Error::Forbidden(_) => switch.into_iter().chain(home).collect(),
        Error::NotFound => first.map(fixed).into_iter().chain(home).chain(switch).collect(),
        _ => first.map(fixed).into_iter().chain(home).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_told_in_seconds_and_a_long_one_in_minutes() {
        for (seconds, expected) in [(0, "1 s"), (3, "3 s"), (120, "120 s"), (121, "3 min"), (3600, "60 min")] {
            assert_eq!(wait(Duration::from_secs(seconds)), expected);
        }
    }

    #[test]
    fn t68_no_error_after_a_change_says_that_nothing_was_changed() {
        let words = |error: &Error, has_changed| {
            let sender = Sender { has_changed, ..Sender::default() };
            Words::of(error, &Site::default(), &sender, "").text()
        };
        for error in [
            Error::Timeout,
            Error::TooLarge(1),
            Error::TooManyUploads,
            Error::Conflict("Taken.".into()),
            Error::Unprocessable("Too long.".into()),
            Error::NoSpace("Full.".into()),
            Error::NoRoom,
            Error::NotSaved(String::new()),
            store::Error::Unconfirmed.into(),
        ] {
            let (before, after) = (words(&error, false), words(&error, true));
            assert!(before.contains("Nothing was changed."), "{before}");
            assert!(!after.contains("Nothing was changed") && after.contains("A part of this was saved"), "{after}");
        }
        for error in [
            Error::Unavailable(String::new()),
            Error::Busy(Duration::ZERO),
            Error::Internal(String::new()),
            Error::BadRequest("Broken."),
            store::Error::NotAllowed.into(),
        ] {
            let (before, after) = (words(&error, false), words(&error, true));
            assert!(!before.to_lowercase().contains("nothing was changed"), "{before}");
            assert!(after.contains("A part of this was saved"), "{after}");
        }
    }
}
