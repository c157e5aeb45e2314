//! Templates, and the values that all of them use.

use std::{collections::BTreeMap, sync::Arc};

use domain::{invalid::Invalid, site::Site, user::Theme};
use rust_embed::RustEmbed;
use serde::Serialize;
use tera::{Context, Tera};

use super::{assets, error::Error};
use crate::auth::account::Account;

/// The folder `templates/`: embedded in release builds, read from disk at start in debug builds.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../templates/"]
struct Templates;

/// The parsed templates; cheap to clone.
#[derive(Clone)]
pub struct View(Arc<Tera>);

impl View {
    /// Parses every template.
    ///
    /// # Errors
    /// [`Error::Internal`] with the template and the line that cannot be parsed.
    pub fn load() -> Result<View, Error> {
        let mut texts = Vec::new();
        for name in Templates::iter() {
            let file = Templates::get(&name).ok_or_else(|| Error::Internal(format!("no template {name}")))?;
            let text = String::from_utf8(file.data.into_owned())
                .map_err(|_| Error::Internal(format!("the template {name} is not UTF-8")))?;
            texts.push((name.into_owned(), text));
        }
        let mut tera = Tera::default();
        tera.add_raw_templates(texts).map_err(|error| Error::Internal(format!("templates: {error}")))?;
        Ok(View(Arc::new(tera)))
    }

    /// Renders a template with its values.
    ///
    /// # Errors
    /// [`Error::Internal`] with the value that the template misses.
    pub fn render(&self, template: &'static str, values: &impl Serialize) -> Result<String, Error> {
        let internal = |error: tera::Error| Error::Internal(format!("{template}: {error:?}"));
        let context = Context::from_serialize(values).map_err(internal)?;
        self.0.render(template, &context).map_err(internal)
    }

    /// The names of all templates; a test renders each of them.
    pub fn names(&self) -> Vec<String> {
        Templates::iter().map(|name| name.into_owned()).collect()
    }
}

/// The values of `base.html`: the site and the signed-in user.
#[derive(Serialize)]
pub struct Frame {
    site: SiteView,
    signed_in: bool,
    visitor: Option<VisitorView>,
    theme: &'static str,
    asset: String,
}

#[derive(Serialize)]
struct SiteView {
    title: String,
    tagline: String,
    language: String,
    time_zone: &'static str,
    refusal: String,
    footer_lines: Vec<String>,
}

#[derive(Serialize)]
struct VisitorView {
    name: String,
    role_label: &'static str,
    may_edit: bool,
    may_administer: bool,
    theme: &'static str,
}

impl Frame {
    /// The frame for a viewer with or without an account.
    pub fn new(site: &Site, account: Option<&Account>) -> Frame {
        let theme = account.map_or(Theme::System, |account| account.theme).as_str();
        let visitor = account.map(|Account { member, .. }| VisitorView {
            name: member.name.to_string(),
            role_label: member.role.label(),
            may_edit: member.role.may_edit(),
            may_administer: member.role.may_administer(),
            theme,
        });
        Frame {
            site: SiteView::new(site),
            signed_in: visitor.is_some(),
            visitor,
            theme,
            asset: assets::prefix().into(),
        }
    }

    /// Whether the frame has a signed-in user.
    pub fn is_signed_in(&self) -> bool {
        self.signed_in
    }

    /// The frame of a page that is the same for every viewer.
    pub fn anonymous(site: &Site) -> Frame {
        Frame::new(site, None)
    }
}

impl SiteView {
    fn new(site: &Site) -> SiteView {
        SiteView {
            title: site.title.clone(),
            tagline: site.tagline.clone(),
            language: site.language.clone(),
            time_zone: site.time_zone.name(),
            refusal: site.refusal.clone(),
            footer_lines: site.footer.lines().map(str::to_owned).collect(),
        }
    }
}

/// A link for a template.
#[derive(Clone, Debug, Serialize)]
pub struct Link {
    /// The address.
    pub href: String,
    /// The text.
    pub title: String,
}

impl Link {
    /// A link to `href`.
    pub fn new(href: impl Into<String>, title: impl Into<String>) -> Link {
        Link { href: href.into(), title: title.into() }
    }
}

/// The first error message of each field of a form; serialised as a map.
#[derive(Default, Serialize)]
#[serde(transparent)]
pub struct Errors(BTreeMap<&'static str, String>);

impl Errors {
    /// The messages of an invalid form.
    pub fn of(invalid: &Invalid) -> Errors {
        let mut errors = BTreeMap::new();
        for (field, message) in invalid.iter() {
            errors.entry(field).or_insert_with(|| message.to_owned());
        }
        Errors(errors)
    }
}
