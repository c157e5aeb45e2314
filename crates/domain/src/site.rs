//! The settings of the site, which administrators edit in the panel and the database stores.

use std::fmt;

use crate::{
    Version,
    direction::Direction,
    invalid::Invalid,
    language::LanguageTag,
    look::{Look, Pictures},
    share::Sharers,
    text,
    zone::Zone,
};

/// The most characters in the refusal text, and in the contact line.
pub const PROSE_CHARS: usize = 2000;
/// The most characters in the footer.
pub const FOOTER_CHARS: usize = 4000;

/// The realm of the challenge (RFC 7235 section 2.2): printable ASCII, so that a quoted string can hold it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Realm(String);

impl Realm {
    /// Parses a realm, which may be empty.
    ///
    /// # Errors
    /// A sentence for the person who typed it, for anything but printable ASCII and for more than 200 characters.
    pub fn parse(realm: &str) -> Result<Realm, String> {
        match realm.chars().find(|c| !matches!(c, ' '..='~')) {
            Some(odd) => Err(format!("Only ASCII letters, digits, spaces and punctuation; this has {odd:?}.")),
            None => text::line(realm, text::LINE_CHARS).map(Realm),
        }
    }

    /// The realm as typed, without quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Realm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The audience with which the form of a new page begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NewPages {
    /// The same readers as the parent page.
    #[default]
    Inherited,
    /// Signed-in users, or the readers of the parent page if those are fewer.
    SignedIn,
}

impl NewPages {
    /// All choices, the default first.
    pub const ALL: [NewPages; 2] = [NewPages::Inherited, NewPages::SignedIn];

    /// The word for the choice in the database and in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            NewPages::Inherited => "inherited",
            NewPages::SignedIn => "signed-in",
        }
    }

    /// The words for the choice in the panel.
    pub fn label(self) -> &'static str {
        match self {
            NewPages::Inherited => "Same as parent page",
            NewPages::SignedIn => "Signed-in users",
        }
    }

    /// Parses the word of a choice; anything else is the default.
    pub fn parse(word: &str) -> NewPages {
        NewPages::ALL.into_iter().find(|choice| choice.as_str() == word).unwrap_or_default()
    }
}

/// The settings of the site, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// The title in the header and in the title of every page; 1 to 200 characters.
    pub title: String,
    /// The line under the title on the front page; at most 200 characters, may be empty.
    pub tagline: String,
    /// A BCP 47 language tag, such as `en` or `pt-BR`.
    pub language: String,
    /// The zone in which the panel and pages show moments, and in which people type them.
    pub time_zone: Zone,
    /// The realm of the challenge.
    pub realm: Realm,
    /// The first text of a refusal (401); at most 2,000 characters, may be empty.
    pub refusal: String,
    /// The text at the foot of every page, in Markdown; at most 4,000 characters, may be empty.
    pub footer: String,
    /// The look for readers.
    pub look: Look,
    /// The logo and the icon. They are changed alone, and not with the other settings.
    pub pictures: Pictures,
    /// Whom somebody without a working password may ask, as Markdown; at most 2,000 characters, may be empty.
    pub contact: String,
    /// Whether a stranger gets the same 401 for every path that they may not read, whether a page exists there or not.
    pub hides_pages: bool,
    /// The audience with which the form of a new page begins.
    pub new_pages: NewPages,
    /// Who may make shares.
    pub sharers: Sharers,
    /// The version of the settings, which grows by 1 with each save.
    pub version: Version,
}

impl Default for Site {
    /// The settings of a new site; error pages use them until the database has answered for the first time.
    fn default() -> Site {
        Site {
            title: "Postern".into(),
            tagline: "Some of these pages are private.".into(),
            language: "en".into(),
            time_zone: Zone::default(),
            realm: Realm("Postern".into()),
            refusal: "This page is private. Sign in with your name and password to read it.".into(),
            footer: String::new(),
            look: Look::default(),
            pictures: Pictures::default(),
            contact: String::new(),
            hides_pages: false,
            new_pages: NewPages::default(),
            sharers: Sharers::default(),
            version: Version::FIRST,
        }
    }
}

impl Site {
    /// The direction of writing of the site's language.
    pub fn direction(&self) -> Direction {
        Direction::of(&self.language)
    }

    /// The tag of the language of a page: its own or an inherited one, otherwise that of the site.
    pub fn language_or<'a>(&'a self, of_page: Option<&'a LanguageTag>) -> &'a str {
        of_page.map_or(&self.language, LanguageTag::as_str)
    }

    /// The tag of the language of a page whose title is shown within another language; empty if it is the same one.
    pub fn other_language(&self, of_page: Option<&LanguageTag>, shown_in: &str) -> String {
        let own = self.language_or(of_page);
        if own == shown_in { String::new() } else { own.to_owned() }
    }
}

/// The input of the settings form, unchecked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteInput {
    /// The title as typed.
    pub title: String,
    /// The tagline as typed.
    pub tagline: String,
    /// The language tag as typed.
    pub language: String,
    /// The name of the time zone as typed.
    pub time_zone: String,
    /// The realm as typed.
    pub realm: String,
    /// The refusal text as typed.
    pub refusal: String,
    /// The footer as typed.
    pub footer: String,
    /// The look, which has a form of its own and is kept.
    pub look: Look,
    /// The logo and the icon, which are changed alone and are kept.
    pub pictures: Pictures,
    /// The contact line as typed.
    pub contact: String,
    /// Whether strangers get the same answer for pages and unknown paths.
    pub hides_pages: bool,
    /// The audience with which the form of a new page begins.
    pub new_pages: NewPages,
    /// Who may make shares.
    pub sharers: Sharers,
}

impl SiteInput {
    /// The input that the form shows for the current settings.
    pub fn of(site: &Site) -> SiteInput {
        SiteInput {
            title: site.title.clone(),
            tagline: site.tagline.clone(),
            language: site.language.clone(),
            time_zone: site.time_zone.name().to_owned(),
            realm: site.realm.as_str().to_owned(),
            refusal: site.refusal.clone(),
            footer: site.footer.clone(),
            look: site.look.clone(),
            pictures: site.pictures.clone(),
            contact: site.contact.clone(),
            hides_pages: site.hides_pages,
            new_pages: site.new_pages,
            sharers: site.sharers,
        }
    }

    /// Checks all fields; the result has `version`.
    ///
    /// # Errors
    /// [`Invalid`] with a message for each field that has to be fixed.
    pub fn check(&self, version: Version) -> Result<Site, Invalid> {
        let mut invalid = Invalid::default();
        let title = invalid.take("title", needed(&self.title, "The site needs a title."));
        let tagline = invalid.take("tagline", text::line(&self.tagline, text::LINE_CHARS));
        let language = invalid.take("language", LanguageTag::parse(&self.language).map(|tag| tag.to_string()));
        let time_zone = invalid.take("time_zone", Zone::parse(&self.time_zone));
        let realm = invalid.take("realm", Realm::parse(&self.realm));
        let refusal = invalid.take("refusal", text::lines(&self.refusal, PROSE_CHARS));
        let footer = invalid.take("footer", text::lines(&self.footer, FOOTER_CHARS));
        let contact = invalid.take("contact", text::lines(&self.contact, PROSE_CHARS));
        let texts = title.zip(tagline).zip(language).zip(refusal).zip(footer).zip(contact);
        match (texts, time_zone, realm) {
            (Some((((((title, tagline), language), refusal), footer), contact)), Some(time_zone), Some(realm)) => {
                let (look, hides_pages, new_pages) = (self.look.clone(), self.hides_pages, self.new_pages);
                Ok(Site {
                    title,
                    tagline,
                    language,
                    time_zone,
                    realm,
                    refusal,
                    footer,
                    look,
                    pictures: self.pictures.clone(),
                    contact,
                    hides_pages,
                    new_pages,
                    sharers: self.sharers,
                    version,
                })
            }
            _ => Err(invalid),
        }
    }
}

fn needed(typed: &str, message: &str) -> Result<String, String> {
    match text::label(typed, text::LINE_CHARS)? {
        line if line.is_empty() => Err(message.into()),
        line => Ok(line),
    }
}
