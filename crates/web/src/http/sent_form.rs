//! A form as it was sent. If its request fails, the error page shows what was typed, and sends it again.

use std::{fmt, sync::Arc};

use actix_web::{HttpMessage, HttpRequest, web::Bytes};
use serde::Serialize;

use crate::language::{Language, sentence::Sentence};

/// The fields of the panel in which people type: the names, and the labels in the order in which a page shows them.
const PANEL: [(&str, &str); 38] = [
    ("title", "Title"),
    ("path", "Path"),
    ("body", "Text"),
    ("summary", "Summary"),
    ("name", "Name"),
    ("names", "Names"),
    ("members", "Members"),
    ("add", "Add members"),
    ("remove", "Remove members"),
    ("people", "People"),
    ("groups", "Group"),
    ("other_groups", "Other groups"),
    ("published", "Published"),
    ("unpublish", "End"),
    ("note", "Note"),
    ("label", "Label"),
    ("ends", "Account ends"),
    ("until", "Account ends"),
    ("last_day", "Last day"),
    ("to", "Move below"),
    ("position", "Number in its section"),
    ("tagline", "Tagline"),
    ("realm", "Name of the protected area"),
    ("time_zone", "Time zone"),
    ("refusal", "Sign-in message"),
    ("contact", "No password yet, or forgotten?"),
    ("footer", "Footer"),
    ("accent", "Accent colour"),
    ("css", "Own CSS"),
    ("front_page", "Path of that page"),
    ("target", "Address"),
    ("file_name", "Name of the file"),
    ("file_alt", "Description of the file"),
    ("present", "Current password"),
    ("password", "Password"),
    ("password_again", "Password again"),
    ("who", "Name"),
    ("number", "Number"),
];

/// The fields of readers: the names, and the keys of the labels.
const READERS: [(&str, &str); 5] = [
    ("present", "account-present"),
    ("password", "account-new"),
    ("password_again", "account-again"),
    ("name", "app-password-name"),
    ("below", "app-password-below"),
];

/// Confirmations: a form that is sent again is asked about again, because it does not show what was confirmed.
const CONFIRMATIONS: [&str; 3] = ["agreed", "confirm", "seen"];

/// A form as it was sent.
#[derive(Clone)]
pub struct SentForm {
    action: String,
    content: Content,
}

#[derive(Clone)]
enum Content {
    Encoded(Bytes),
    Fields(Arc<[(String, String)]>),
}

impl SentForm {
    /// Keeps the body of a form in its request until the request is answered.
    pub(super) fn keep_body(request: &HttpRequest, body: Bytes) {
        SentForm { action: target(request), content: Content::Encoded(body) }.keep(request);
    }

    /// As [`SentForm::keep_body`], for fields that are decoded.
    pub(super) fn keep_fields(request: &HttpRequest, fields: &[(String, String)]) {
        SentForm { action: target(request), content: Content::Fields(fields.into()) }.keep(request);
    }

    fn keep(self, request: &HttpRequest) {
        request.extensions_mut().insert(self);
    }

    /// The form that a request sent, if it was read.
    pub(super) fn of(request: &HttpRequest) -> Option<SentForm> {
        request.extensions().get::<SentForm>().cloned()
    }

    /// The address that it was sent to.
    pub(super) fn action(&self) -> &str {
        &self.action
    }

    /// Whether it is a form of the panel, which is English.
    pub(super) fn is_of_panel(&self) -> bool {
        self.action.starts_with("/admin")
    }

    /// The fields as a page shows them.
    pub(super) fn fields(&self, language: Language) -> SentFields {
        let pairs = match &self.content {
            Content::Encoded(body) => serde_html_form::from_bytes(body).unwrap_or_default(),
            Content::Fields(fields) => fields.to_vec(),
        };
        let mut sent = SentFields::default();
        for (name, value) in pairs {
            if name == "form_token" || CONFIRMATIONS.contains(&&*name) {
                continue;
            }
            let label = self.label(&name, language).unwrap_or_default();
            let is_secret = name == "present" || name.starts_with("password");
            let kind = match is_secret {
                true => Kind::Secret,
                false if label.is_empty() || value.is_empty() => Kind::Hidden,
                false if value.len() > 80 || value.contains('\n') => Kind::Long,
                false => Kind::Line,
            };
            sent.has_secrets |= is_secret;
            sent.has_typed |= matches!(kind, Kind::Line | Kind::Long);
            let value = if is_secret { String::new() } else { value };
            // In their order: the n-th of several equal names belongs to the n-th row of a list.
            sent.fields.push(SentField { name, label, value, kind });
        }
        sent
    }

    /// The label of a field in which people type; `None` for the others, such as tick boxes and the version of a page.
    fn label(&self, name: &str, language: Language) -> Option<String> {
        let of =
            |labels: &[(&str, &'static str)]| labels.iter().find(|(known, _)| *known == name).map(|(_, label)| *label);
        match self.is_of_panel() {
            // In the form of a user, groups are tick boxes.
            true if name == "groups" && self.action.starts_with("/admin/users") => None,
            true => of(&PANEL).map(str::to_owned),
            false => of(&READERS).map(|key| language.say(&Sentence::new(key))),
        }
    }
}

/// The fields have passwords and texts of private pages.
impl fmt::Debug for SentForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SentForm")
    }
}

/// The fields of a form that was sent.
#[derive(Default, Serialize)]
pub(super) struct SentFields {
    fields: Vec<SentField>,
    /// Whether people typed something besides passwords.
    pub(super) has_typed: bool,
    has_secrets: bool,
}

#[derive(Serialize)]
struct SentField {
    name: String,
    label: String,
    /// Empty for a password.
    value: String,
    kind: Kind,
}

/// How a page shows a field.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    /// It is sent again, and not shown.
    Hidden,
    Line,
    /// A text of several lines.
    Long,
    /// A password, which has to be typed again.
    Secret,
}

fn target(request: &HttpRequest) -> String {
    request.uri().path_and_query().map_or("/", |target| target.as_str()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_the_panel_in_which_people_type_has_a_label() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../templates/admin");
        let mut folders = vec![std::path::PathBuf::from(folder)];
        let mut found = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if entry.is_dir() {
                    folders.push(entry);
                    continue;
                }
                let template = std::fs::read_to_string(&entry).unwrap();
                for kind in ["<field name=\"", "<area name=\"", "<moment name=\""] {
                    for part in template.split(kind).skip(1) {
                        let name = part.split('"').next().unwrap_or_default();
                        found += 1;
                        // The tag of a language is chosen from a list.
                        let is_known = name == "language" || PANEL.iter().any(|(known, _)| *known == name);
                        assert!(is_known, "{name} in {}", entry.display());
                    }
                }
            }
        }
        assert!(found > 25, "{found}");
    }
}
