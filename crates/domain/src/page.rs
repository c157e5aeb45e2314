//! A page, its path, and the form input from which it is made.

use std::fmt;

use serde::{Deserialize, Serialize};

pub use crate::id::PageId;
use crate::{
    Timestamp, Version,
    audience::{Audience, AudienceInput, Readers},
    file::FileName,
    invalid::Invalid,
    placement::{Placement, PlacementInput},
    text,
    zone::Zone,
};

/// The most bytes in the Markdown of a page: 1 MiB.
pub const BODY_BYTES: usize = 1024 * 1024;
/// The most characters in a summary.
pub const SUMMARY_CHARS: usize = 500;

/// First segments that Postern uses or reserves for later; no page can have a path below them.
pub const RESERVED: [&str; 23] = [
    "account",
    "admin",
    "api",
    "assets",
    "atom",
    "favicon",
    "feed",
    "feeds",
    "healthz",
    "join",
    "login",
    "logout",
    "metrics",
    "postern",
    "readyz",
    "robots",
    "s",
    "search",
    "signed-in",
    "sitemap",
    "static",
    "uploads",
    "well-known",
];

/// The path of a page: lower-case segments of letters, digits and hyphens joined by `/`; the empty path is the root.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PagePath(String);

impl PagePath {
    /// The most bytes in a path.
    pub const MAX: usize = 200;
    /// The most segments in a path.
    pub const MAX_SEGMENTS: usize = 8;

    /// The path of the front page, `/`.
    pub fn root() -> PagePath {
        PagePath(String::new())
    }

    /// Parses a path without slashes at its ends, such as `clients/acme/brief`. Nothing is corrected: another spelling
    /// of a path is another path, and no page has it.
    ///
    /// # Errors
    /// A sentence for the person who typed it.
    pub fn parse(path: &str) -> Result<PagePath, String> {
        if path.is_empty() {
            return Ok(PagePath::root());
        }
        if let Some(odd) = path.chars().find(|c| !matches!(c, 'a'..='z' | '0'..='9' | '-' | '/')) {
            return Err(format!("Only lower-case letters a-z, digits and hyphens, joined by /; this has {odd:?}."));
        }
        if path.len() > PagePath::MAX {
            return Err(format!("At most {} characters; this has {}.", PagePath::MAX, path.len()));
        }
        let segments: Vec<&str> = path.split('/').collect();
        if segments.len() > PagePath::MAX_SEGMENTS {
            return Err(format!("At most {} segments; this has {}.", PagePath::MAX_SEGMENTS, segments.len()));
        }
        if segments.iter().any(|segment| segment.is_empty()) {
            return Err("A segment between two slashes is empty. Write it as in clients/acme/brief.".into());
        }
        if RESERVED.contains(&segments[0]) {
            return Err(format!("“{}” is reserved for Postern itself. Choose another first segment.", segments[0]));
        }
        Ok(PagePath(path.to_owned()))
    }

    /// Parses what a person types into a form or a command line: one slash at either end is allowed, and `/` is the
    /// root.
    ///
    /// # Errors
    /// As [`PagePath::parse`].
    pub fn typed(path: &str) -> Result<PagePath, String> {
        let path = text::cleaned(path);
        let path = path.trim();
        let path = path.strip_prefix('/').unwrap_or(path);
        PagePath::parse(path.strip_suffix('/').unwrap_or(path))
    }

    /// The path that a title suggests: `Spring Menu (2026)` becomes `spring-menu-2026`, and `Đà Nẵng` becomes `da-nang`.
    /// `None` if no usable character is left, if the result is reserved, and if a letter has no transliteration: none is
    /// dropped silently.
    pub fn suggest(title: &str) -> Option<PagePath> {
        use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
        let mut slug = String::new();
        // Composed: a transliteration belongs to a whole letter or syllable.
        for c in title.nfkc() {
            match c {
                '\'' | '’' => {}
                // A mark that is not composed with its letter. Vowel signs of other scripts are letters of their own.
                '\u{300}'..='\u{36f}' => {}
                c if c.is_alphanumeric() || is_combining_mark(c) => push_slug(&mut slug, deunicode::deunicode_char(c)?),
                _ => push_slug(&mut slug, "-"),
            }
        }
        slug.truncate(80);
        let slug = slug.trim_end_matches('-');
        PagePath::parse(slug).ok().filter(|path| !path.is_root())
    }

    /// The path as it is stored: no slash at either end, empty for the root.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the front page's path.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The address of the page on its site, beginning with a slash.
    pub fn href(&self) -> String {
        format!("/{}", self.0)
    }

    /// The address of a file of the page on its site.
    pub fn file_href(&self, name: &FileName) -> String {
        format!("{}/{name}", self.href().trim_end_matches('/'))
    }

    /// The paths above this one, nearest last, without the root: `clients/acme/brief` has `clients`, `clients/acme`.
    pub fn ancestors(&self) -> Vec<PagePath> {
        self.0.match_indices('/').map(|(at, _)| PagePath(self.0[..at].to_owned())).collect()
    }

    /// The paths of the pages above this one, nearest first, the root last; none above the root.
    pub fn above(&self) -> impl Iterator<Item = PagePath> {
        let root = (!self.is_root()).then(PagePath::root);
        self.ancestors().into_iter().rev().chain(root)
    }

    /// Whether this path is below another one, at any depth.
    pub fn is_below(&self, other: &PagePath) -> bool {
        match other.is_root() {
            true => !self.is_root(),
            false => self.0.strip_prefix(other.as_str()).is_some_and(|rest| rest.starts_with('/')),
        }
    }

    /// The last segment; empty for the root.
    pub fn last_segment(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// A title made of the last segment: `house-rules` becomes `House rules`.
    pub fn segment_title(&self) -> String {
        let words = self.last_segment().replace('-', " ");
        let mut letters = words.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
    }
}

/// Adds ASCII text to a segment: letters in lower case, digits, and one hyphen for anything else between them.
fn push_slug(slug: &mut String, text: &str) {
    for c in text.chars() {
        match c.to_ascii_lowercase() {
            c @ ('a'..='z' | '0'..='9') => slug.push(c),
            // The transliteration of a soft sign, or of a glottal stop.
            '\'' | '`' | '"' => {}
            _ if slug.ends_with('-') || slug.is_empty() => {}
            _ => slug.push('-'),
        }
    }
}

impl fmt::Display for PagePath {
    /// Writes the address, as [`PagePath::href`] does: messages show it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}", self.0)
    }
}

/// The part of a page that its author writes: all but its key, its versions and its history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageContent {
    /// The path of the page.
    pub path: PagePath,
    /// The title: 1 to 200 characters on one line.
    pub title: String,
    /// The summary, which lists show: at most 500 characters on one line.
    pub summary: String,
    /// The text in Markdown, at most 1 MiB, with line ends `\n`.
    pub body: String,
    /// The audience, as the author chose it.
    pub audience: Audience,
    /// Whether lists show the title of a private page, with a lock, to visitors who may not read it.
    pub show_title: bool,
    /// Whether the page ends with a list of the pages below it.
    pub list_below: bool,
    /// The date that lists show and sort by; before it, the page exists for editors only.
    pub published_at: Timestamp,
    /// The end of publication: from then on, the page exists for editors only. `None` if it has no end.
    pub unpublish_at: Option<Timestamp>,
    /// Whether reading receipts are kept of a page with chosen readers. The page tells its readers.
    pub receipts: bool,
    /// The place of the page in its section, and what it leaves out.
    pub placement: Placement,
}

impl PageContent {
    /// Whether the page is published: not before its date, and before its end.
    pub fn is_published(&self, now: Timestamp) -> bool {
        is_published(self.published_at, self.unpublish_at, now)
    }
}

/// Whether a page with a date and an end is published: not before its date, and before its end.
pub(crate) fn is_published(published_at: Timestamp, unpublish_at: Option<Timestamp>, now: Timestamp) -> bool {
    published_at <= now && unpublish_at.is_none_or(|end| now < end)
}

/// A page as stored in the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The key of the page.
    pub id: PageId,
    /// The part that its authors wrote.
    pub content: PageContent,
    /// The readers after inheritance.
    pub readers: Readers,
    /// The page whose audience applies: the page itself or one above it; `None` for a page that everybody may read.
    pub governor: Option<PageId>,
    /// The moment at which the page was created.
    pub created_at: Timestamp,
    /// The moment of the last save.
    pub updated_at: Timestamp,
    /// The version of the page, which grows by 1 with each save.
    pub version: Version,
}

/// The input of a page's form or of the command line, unchecked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct PageInput {
    /// The path as typed: `handbook/rules`, or `/` for the root. If empty, the title suggests a path.
    pub path: String,
    /// The title as typed.
    pub title: String,
    /// The summary as typed.
    pub summary: String,
    /// The text in Markdown, as typed.
    pub body: String,
    /// The audience as typed.
    pub audience: AudienceInput,
    /// Whether lists show the title of a private page to visitors who may not read it.
    pub show_title: bool,
    /// Whether the page ends with a list of the pages below it.
    pub list_below: bool,
    /// Whether reading receipts are kept.
    pub receipts: bool,
    /// The place of the page in its section, as typed.
    pub placement: PlacementInput,
    /// The date of publication, with or without a time; empty means now.
    pub published: String,
    /// The end of publication, a date with or without a time; empty means never.
    pub unpublish: String,
    /// The time zone of the two dates.
    pub zone: Zone,
}

impl PageInput {
    /// The input that a form shows for an existing page, with its dates in a zone.
    pub fn of(content: &PageContent, zone: Zone) -> PageInput {
        PageInput {
            path: content.path.href(),
            title: content.title.clone(),
            summary: content.summary.clone(),
            body: content.body.clone(),
            audience: AudienceInput::of(&content.audience),
            show_title: content.show_title,
            list_below: content.list_below,
            receipts: content.receipts,
            placement: PlacementInput::of(&content.placement),
            published: zone.typed(content.published_at),
            unpublish: content.unpublish_at.map(|end| zone.typed(end)).unwrap_or_default(),
            zone,
        }
    }

    /// Converts the dates to another zone; a text that is no moment stays as it was typed.
    pub fn in_zone(self, zone: Zone) -> PageInput {
        let moved = |typed: String| match self.zone.parse_moment(&typed) {
            Ok(Some(at)) if self.zone != zone => zone.typed(at),
            _ => typed,
        };
        PageInput { published: moved(self.published), unpublish: moved(self.unpublish), zone, ..self }
    }

    /// Checks all fields; an empty date of publication becomes `now`.
    ///
    /// # Errors
    /// [`Invalid`] with a message for each field that has to be fixed: `path`, `title`, `summary`, `body`, `audience`,
    /// `people`, `groups`, `published`, `unpublish`, `position`, `children`, `language`.
    pub fn check(&self, now: Timestamp) -> Result<PageContent, Invalid> {
        let mut invalid = Invalid::default();
        let title = invalid.take("title", check_title(&self.title));
        let path = invalid.take("path", self.check_path());
        let summary = invalid.take("summary", text::line(&self.summary, SUMMARY_CHARS));
        let body = invalid.take("body", check_body(&self.body));
        let audience = self.audience.check().map_err(|wrong| invalid.extend(wrong)).ok();
        let published = self.zone.parse_moment(&self.published).map(|at| at.unwrap_or(now));
        let published_at = invalid.take("published", published);
        let unpublish_at = invalid.take("unpublish", self.check_unpublish(published_at));
        let placement = self.placement.check().map_err(|wrong| invalid.extend(wrong)).ok();
        match (path, title, summary, body, audience, published_at.zip(unpublish_at), placement) {
            (
                Some(path),
                Some(title),
                Some(summary),
                Some(body),
                Some(audience),
                Some((published_at, unpublish_at)),
                Some(placement),
            ) => Ok(PageContent {
                path,
                title,
                summary,
                body,
                audience,
                show_title: self.show_title,
                list_below: self.list_below,
                published_at,
                unpublish_at,
                receipts: self.receipts,
                placement,
            }),
            _ => Err(invalid),
        }
    }

    /// Checks the input for an existing page. An empty date of publication keeps the old one. A date in the same second
    /// as the old one also keeps it, because a form shows whole seconds.
    ///
    /// # Errors
    /// As [`PageInput::check`].
    pub fn check_over(&self, old: &PageContent) -> Result<PageContent, Invalid> {
        let mut content = self.check(old.published_at)?;
        if content.published_at.timestamp() == old.published_at.timestamp() {
            content.published_at = old.published_at;
        }
        if content.unpublish_at.map(|end| end.timestamp()) == old.unpublish_at.map(|end| end.timestamp()) {
            content.unpublish_at = old.unpublish_at;
        }
        Ok(content)
    }

    fn check_unpublish(&self, published_at: Option<Timestamp>) -> Result<Option<Timestamp>, String> {
        match (self.zone.parse_moment(&self.unpublish)?, published_at) {
            (Some(end), Some(start)) if end <= start => Err("The end has to be after the date of publication.".into()),
            (end, _) => Ok(end),
        }
    }

    pub(crate) fn check_path(&self) -> Result<PagePath, String> {
        if !self.path.trim().is_empty() {
            return PagePath::typed(&self.path);
        }
        PagePath::suggest(&self.title)
            .ok_or_else(|| "Write a path, such as handbook/rules; a single / is the front page.".into())
    }
}

fn check_title(typed: &str) -> Result<String, String> {
    match text::label(typed, text::LINE_CHARS)? {
        title if title.is_empty() => Err("A page needs a title.".into()),
        title => Ok(title),
    }
}

fn check_body(typed: &str) -> Result<String, String> {
    // A browser sends each line end as two bytes, so the limit before normalising is twice as high.
    if typed.len() > 2 * BODY_BYTES {
        return Err(too_long(typed.len()));
    }
    match text::lines(typed, usize::MAX)? {
        body if body.len() > BODY_BYTES => Err(too_long(body.len())),
        body => Ok(body),
    }
}

fn too_long(bytes: usize) -> String {
    format!("At most {BODY_BYTES} bytes (1 MiB); this has {bytes}. Split it into several pages.")
}
