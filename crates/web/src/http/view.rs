//! The templates, and what every one of them is given.

use std::{collections::BTreeMap, sync::Arc};

use domain::{invalid::Invalid, site::Site, user::Theme};
use rust_embed::RustEmbed;
use serde::Serialize;
use tera::{Context, Tera};

use super::{assets, error::Error};
use crate::auth::account::Account;

/// The folder `templates/`: inside the binary in release builds, read from disk at start in development.
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
    /// 500 with the template and the line that cannot be parsed.
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

    /// Renders a template with its struct.
    ///
    /// # Errors
    /// 500 with what the template missed.
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

/// What `base.html` needs: the site, and who is signed in.
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
    /// The frame of a page that says who reads it, or that nobody is known to.
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

    /// Whether it says who is signed in.
    pub fn is_signed_in(&self) -> bool {
        self.signed_in
    }

    /// The frame of a page that is the same for everybody.
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

/// A link with a text.
#[derive(Clone, Debug, Serialize)]
pub struct Link {
    /// Where to.
    pub href: String,
    /// The text.
    pub title: String,
}

impl Link {
    /// A link.
    pub fn new(href: impl Into<String>, title: impl Into<String>) -> Link {
        Link { href: href.into(), title: title.into() }
    }
}

/// The messages of a form, by field; serialises as a map.
#[derive(Default, Serialize)]
#[serde(transparent)]
pub struct Errors(BTreeMap<&'static str, String>);

impl Errors {
    /// The first message of each field.
    pub fn of(invalid: &Invalid) -> Errors {
        let mut errors = BTreeMap::new();
        for (field, message) in invalid.iter() {
            errors.entry(field).or_insert_with(|| message.to_owned());
        }
        Errors(errors)
    }
}
