//! Templates, and the values that all of them use.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use domain::{
    file::FileKind, invalid::Invalid, language::LanguageTag, look::Role, page::PagePath, site::Site, user::Theme,
    zone::Zone,
};
use rust_embed::RustEmbed;
use serde::Serialize;
use store::navigation::{Destination, VisibleEntry, VisibleMenu};
use tera::{Context, Kwargs, State, Tera, TeraResult};

use super::{
    assets,
    error::Error,
    footer,
    sheets::{Sheets, TOKENS},
};
use crate::{
    auth::account::Account,
    clock,
    language::{Language, template},
    markdown::SafeHtml,
};

/// The folder `templates/`: embedded in release builds, read from disk when they are first needed in debug builds.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../templates/"]
struct Templates;

/// The folder of the panel's templates, which are English.
const PANEL: &str = "admin/";

/// The texts of all templates.
pub fn sources() -> impl Iterator<Item = String> {
    Templates::iter()
        .filter_map(|name| Templates::get(&name))
        .map(|file| String::from_utf8_lossy(&file.data).into_owned())
}

/// The parsed templates; cheap to clone.
#[derive(Clone)]
pub struct View(Arc<Parsed>);

/// The templates, with the words of each language. Only those of the reader's side in English are parsed at the start.
struct Parsed {
    english: Tera,
    /// Those of other languages: made when the language is first needed.
    others: [OnceLock<Tera>; Language::ALL.len()],
    /// English words in a page of a language without messages.
    fallback: OnceLock<Tera>,
    /// All templates, for the panel: parsed for its first page.
    panel: OnceLock<Tera>,
}

impl View {
    /// Parses the templates of the reader's side.
    ///
    /// # Errors
    /// [`Error::Internal`] with the template and the line that cannot be parsed.
    pub fn load() -> Result<View, Error> {
        let english = parse(|name| !name.starts_with(PANEL))?;
        let parsed = Parsed { english, others: Default::default(), fallback: OnceLock::new(), panel: OnceLock::new() };
        Ok(View(Arc::new(parsed)))
    }

    /// Renders a template with its values, which have the `language` of the page. The panel's templates are English.
    ///
    /// # Errors
    /// [`Error::Internal`] with the value that the template lacks, or with a template of the panel that cannot be parsed.
    pub fn render(&self, template: &'static str, values: &impl Serialize) -> Result<String, Error> {
        let internal = |error: tera::Error| Error::Internal(format!("{template}: {error:?}"));
        let context = Context::from_serialize(values).map_err(internal)?;
        let tera = if template.starts_with(PANEL) {
            self.0.panel()?
        } else {
            let tag = context.get("language").and_then(|tag| tag.as_str()).unwrap_or_default();
            self.0.with_words(Language::of(tag))
        };
        tera.render(template, &context).map_err(internal)
    }

    /// The names of all templates; a test renders each of them.
    pub fn names(&self) -> Vec<String> {
        Templates::iter().map(|name| name.into_owned()).collect()
    }
}

/// Parses the templates whose names match, with English words.
fn parse(matches: impl Fn(&str) -> bool) -> Result<Tera, Error> {
    let mut texts = Vec::new();
    for name in Templates::iter().filter(|name| matches(name)) {
        let file = Templates::get(&name).ok_or_else(|| Error::Internal(format!("no template {name}")))?;
        let text = String::from_utf8(file.data.into_owned())
            .map_err(|_| Error::Internal(format!("the template {name} is not UTF-8")))?;
        texts.push((name.into_owned(), text));
    }
    let mut tera = Tera::default();
    template::register(&mut tera, Some(Language::English));
    tera.register_function("describe_moment", describe_moment);
    tera.add_raw_templates(texts).map_err(|error| Error::Internal(format!("templates: {error}")))?;
    Ok(tera)
}

/// The template function `describe_moment(typed="...", zone="...")`: what a typed moment means; empty for an invalid
/// one.
fn describe_moment(arguments: Kwargs, _: &State<'_>) -> TeraResult<String> {
    let (typed, zone): (&str, &str) = (arguments.must_get("typed")?, arguments.must_get("zone")?);
    let zone = Zone::parse(zone).map_err(tera::Error::message)?;
    Ok(clock::describe_moment(typed, zone).unwrap_or_default())
}

impl Parsed {
    /// The templates of the reader's side with the words of a language, or with English ones for a language without messages.
    fn with_words(&self, language: Option<Language>) -> &Tera {
        let slot = match language {
            Some(Language::English) => return &self.english,
            Some(language) => &self.others[language as usize],
            None => &self.fallback,
        };
        slot.get_or_init(|| {
            let mut tera = self.english.clone();
            template::register(&mut tera, language);
            tera
        })
    }

    /// The templates of the panel, with those of the reader's side that they extend.
    fn panel(&self) -> Result<&Tera, Error> {
        match self.panel.get() {
            Some(tera) => Ok(tera),
            // Two requests at a time may both parse them; one result is kept.
            None => parse(|_| true).map(|tera| self.panel.get_or_init(|| tera)),
        }
    }
}

/// The values of `base.html`: the site, the language of the page and the signed-in user.
#[derive(Serialize)]
pub struct Frame {
    language: String,
    /// The writing direction of the language.
    direction: &'static str,
    site: SiteView,
    signed_in: bool,
    visitor: Option<VisitorView>,
    theme: &'static str,
    asset: String,
    /// The addresses of the tokens of the site's look and of its own style sheet; each is empty if there is none.
    look_href: String,
    css_href: String,
    menu: Vec<MenuItem>,
    /// The address of the sign-in that leads back here.
    login_href: String,
    /// Whether the page makes the browser send the viewer's credentials to the whole site.
    spreads_credentials: bool,
}

/// An entry of the menu.
#[derive(Clone, Debug, Serialize)]
struct MenuItem {
    href: String,
    title: String,
    /// The tag of the language of the title.
    language: String,
    /// The value of `aria-current`: `page` for the page that is shown, `true` for one above it, otherwise empty.
    current: &'static str,
    /// Whether the entry leads to another site.
    is_external: bool,
    below: Vec<MenuItem>,
}

#[derive(Serialize)]
struct SiteView {
    title: String,
    tagline: String,
    /// The language of the texts of the site, which may differ from that of the page.
    language: String,
    direction: &'static str,
    time_zone: &'static str,
    refusal: String,
    footer_html: SafeHtml,
    /// The pictures of the header, for light and for dark colours; if only one was uploaded, it is both.
    logo: Option<PictureView>,
    dark_logo: Option<PictureView>,
    /// The icon of the site; without one, the built-in icon is used.
    icon: Option<PictureView>,
}

/// A picture of the site.
#[derive(Clone, Serialize)]
struct PictureView {
    href: String,
    media_type: &'static str,
    width: u32,
    height: u32,
}

#[derive(Serialize)]
struct VisitorView {
    name: String,
    role: &'static str,
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
            role: member.role.as_str(),
            role_label: member.role.label(),
            may_edit: member.role.may_edit(),
            may_administer: member.role.may_administer(),
            theme,
        });
        let sheets = Sheets::of(&site.look);
        Frame {
            language: site.language.clone(),
            direction: site.direction().as_str(),
            site: SiteView::new(site),
            signed_in: visitor.is_some(),
            spreads_credentials: visitor.is_some(),
            visitor,
            theme,
            asset: assets::prefix().into(),
            look_href: sheets.tokens_href(),
            css_href: sheets.own_href(),
            menu: Vec::new(),
            login_href: "/login".into(),
        }
    }

    /// Adds the menu, as the viewer at a path sees it; `None` for an address that is not the path of a page.
    #[must_use]
    pub fn with_menu(self, menu: &VisibleMenu, at: Option<&PagePath>) -> Frame {
        let items = menu.entries.iter().map(|entry| MenuItem::new(entry, at, &self.site.language));
        Frame { menu: items.collect(), ..self }
    }

    /// The frame of a page for a viewer; `is_sender` says whether the browser has their credentials. It has none of an
    /// impersonated viewer, and would ask for them.
    pub fn for_viewer(site: &Site, account: Option<&Account>, is_sender: bool, login_href: String) -> Frame {
        let frame = Frame::new(site, account).with_login(login_href);
        Frame { spreads_credentials: frame.signed_in && is_sender, ..frame }
    }

    /// The frame of a page in a language; `None` for that of the site.
    #[must_use]
    pub fn in_language(self, tag: Option<&LanguageTag>) -> Frame {
        match tag {
            Some(tag) => Frame { language: tag.to_string(), direction: tag.direction().as_str(), ..self },
            None => self,
        }
    }

    /// The frame with another address for signing in.
    #[must_use]
    pub fn with_login(self, login_href: impl Into<String>) -> Frame {
        Frame { login_href: login_href.into(), ..self }
    }

    /// The frame of a page that is the same for every viewer.
    pub fn anonymous(site: &Site) -> Frame {
        Frame::new(site, None)
    }
}

impl MenuItem {
    fn new(entry: &VisibleEntry, at: Option<&PagePath>, site_language: &str) -> MenuItem {
        let below: Vec<MenuItem> = entry.below.iter().map(|entry| MenuItem::new(entry, at, site_language)).collect();
        let (href, own) = match &entry.to {
            Destination::Page(path) => (path.href(), at.map_or("", |at| current(path, at))),
            Destination::Address(address) => (address.clone(), ""),
        };
        let is_above = below.iter().any(|item| !item.current.is_empty());
        MenuItem {
            href,
            title: entry.title.clone(),
            language: entry.language.as_ref().map_or_else(|| site_language.to_owned(), ToString::to_string),
            current: if own.is_empty() && is_above { "true" } else { own },
            is_external: matches!(entry.to, Destination::Address(_)),
            below,
        }
    }
}

/// The value of `aria-current` of a link to `path` on the page at `at`. Every page is below the front page, which is
/// therefore marked on no other.
fn current(path: &PagePath, at: &PagePath) -> &'static str {
    if path == at {
        "page"
    } else if !path.is_root() && at.is_below(path) {
        "true"
    } else {
        ""
    }
}

impl PictureView {
    fn of(site: &Site, role: Role) -> Option<PictureView> {
        let picture = site.pictures.get(role)?;
        let (width, height) = picture.content.size.unwrap_or_default();
        let media_type = FileKind::of_extension(&picture.extension).media_type();
        Some(PictureView { href: format!("{TOKENS}{}", picture.file_name()), media_type, width, height })
    }
}

impl SiteView {
    fn new(site: &Site) -> SiteView {
        let (logo, dark) = (PictureView::of(site, Role::Logo), PictureView::of(site, Role::DarkLogo));
        SiteView {
            dark_logo: dark.clone().or_else(|| logo.clone()),
            logo: logo.or(dark),
            icon: PictureView::of(site, Role::Icon),
            title: site.title.clone(),
            tagline: site.tagline.clone(),
            language: site.language.clone(),
            direction: site.direction().as_str(),
            time_zone: site.time_zone.name(),
            refusal: site.refusal.clone(),
            footer_html: footer::html(Language::for_words(&site.language), &site.footer),
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

/// The first error message of each field of a form. A template has it as a map by field; `in_order` in it has all of them,
/// each with its `field` and its `message`, in the order of the form.
#[derive(Default, Serialize)]
pub struct Errors {
    #[serde(flatten)]
    by_field: BTreeMap<&'static str, String>,
    in_order: Vec<FieldError>,
}

#[derive(Serialize)]
struct FieldError {
    field: &'static str,
    message: String,
}

impl Errors {
    /// The messages of an invalid form.
    pub fn of(invalid: &Invalid) -> Errors {
        let mut errors = Errors::default();
        for (field, message) in invalid.iter() {
            if !errors.by_field.contains_key(field) {
                errors.by_field.insert(field, message.to_owned());
                errors.in_order.push(FieldError { field, message: message.to_owned() });
            }
        }
        errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page without content, in the language of the site.
    fn skeleton(view: &View, language: &str) -> String {
        let site = Site { language: language.into(), ..Site::default() };
        view.render("base.html", &Frame::anonymous(&site)).unwrap()
    }

    #[test]
    fn a_page_has_the_words_of_its_language() {
        let view = View::load().unwrap();
        for (language, search) in [("en", "Search"), ("de-AT", "Suchen"), ("ar", "بحث"), ("pt-BR", "Pesquisar")] {
            let html = skeleton(&view, language);
            assert!(html.contains(&format!("<html lang=\"{language}\"")), "{html}");
            assert!(html.contains(&format!("<button type=\"submit\">{search}</button>")), "{html}");
            assert!(!html.contains("role=\"search\" action=\"/search\" method=\"get\" lang="), "{html}");
        }
    }

    #[test]
    fn words_of_a_language_without_messages_are_english_and_say_so() {
        let html = skeleton(&View::load().unwrap(), "ja");
        assert!(
            html.contains("<html lang=\"ja\"")
                && html.contains("href=\"#site:content\" lang=\"en\">Skip to content</a>"),
            "{html}"
        );
    }
}
