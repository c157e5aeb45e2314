//! A page, the path at which it lives, and the draft from which it is made.

use std::fmt;

use serde::{Deserialize, Serialize};

pub use crate::id::PageId;
use crate::{
    Timestamp, Version,
    audience::{Audience, AudienceInput, Readers},
    invalid::Invalid,
    text,
    zone::Zone,
};

/// The most bytes in the Markdown of a page: 1 MiB.
pub const BODY_BYTES: usize = 1024 * 1024;
/// The most characters in a summary.
pub const SUMMARY_CHARS: usize = 500;

/// First segments that belong to Postern itself, or are kept for it; no page can live under them.
pub const RESERVED: [&str; 20] = [
    "account",
    "admin",
    "api",
    "assets",
    "atom",
    "favicon",
    "feed",
    "feeds",
    "healthz",
    "login",
    "logout",
    "metrics",
    "postern",
    "readyz",
    "robots",
    "search",
    "sitemap",
    "static",
    "uploads",
    "well-known",
];

/// Where a page lives: lower-case segments of letters, digits and hyphens joined by `/`; the empty path is the root.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PagePath(String);

impl PagePath {
    /// The most bytes in a path.
    pub const MAX: usize = 200;
    /// The most segments in a path.
    pub const MAX_SEGMENTS: usize = 8;

    /// The path of the front page.
    pub fn root() -> PagePath {
        PagePath(String::new())
    }

    /// Parses a path without slashes at its ends, such as `clients/acme/brief`. Nothing is mended: another spelling of
    /// a path is another path, and it does not exist.
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
        let path = path.trim();
        let path = path.strip_prefix('/').unwrap_or(path);
        PagePath::parse(path.strip_suffix('/').unwrap_or(path))
    }

    /// The path that a title suggests: `Spring Menu (2026)` becomes `spring-menu-2026`. `None` when nothing usable is
    /// left, or what is left is reserved.
    pub fn suggest(title: &str) -> Option<PagePath> {
        use unicode_normalization::UnicodeNormalization;
        let mut slug = String::new();
        for c in title.nfkd().flat_map(char::to_lowercase) {
            match c {
                'a'..='z' | '0'..='9' => slug.push(c),
                'ß' => slug.push_str("ss"),
                'æ' => slug.push_str("ae"),
                'ø' => slug.push('o'),
                'ł' => slug.push('l'),
                // What NFKD split off a letter: é is e and a combining accent.
                '\u{300}'..='\u{36f}' | '\'' | '’' => {}
                _ if slug.ends_with('-') || slug.is_empty() => {}
                _ => slug.push('-'),
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

    /// The paths above this one, nearest last, without the root: `clients/acme/brief` has `clients`, `clients/acme`.
    pub fn ancestors(&self) -> Vec<PagePath> {
        self.0.match_indices('/').map(|(at, _)| PagePath(self.0[..at].to_owned())).collect()
    }

    /// The paths of the pages above this one, nearest first, the root last; none above the root.
    pub fn above(&self) -> impl Iterator<Item = PagePath> {
        let root = (!self.is_root()).then(PagePath::root);
        self.ancestors().into_iter().rev().chain(root)
    }

    /// Whether it lies below another one, at any depth.
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
}

impl fmt::Display for PagePath {
    /// As [`PagePath::href`]: what a person reads in a message.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}", self.0)
    }
}

/// What an author writes: everything of a page but its key and its history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageContent {
    /// Where it lives.
    pub path: PagePath,
    /// 1 to 200 characters on one line.
    pub title: String,
    /// At most 500 characters on one line; stands in lists.
    pub summary: String,
    /// Markdown, at most 1 MiB, line ends `\n`.
    pub body: String,
    /// Who may read it.
    pub audience: Audience,
    /// Whether a private page's title stands, with a lock, in the lists of those who may not read it.
    pub show_title: bool,
    /// Whether the page ends with a list of the pages below it.
    pub list_below: bool,
    /// The date that lists show and sort by; before it, the page exists for editors only.
    pub published_at: Timestamp,
    /// When it ends: from then on, the page exists for editors only.
    pub unpublish_at: Option<Timestamp>,
    /// Whether it is noted who opens it, where its readers are chosen; they are told.
    pub receipts: bool,
}

impl PageContent {
    /// Whether it is there for readers: not before its date, and before its end.
    pub fn is_published(&self, now: Timestamp) -> bool {
        self.published_at <= now && self.unpublish_at.is_none_or(|end| now < end)
    }
}

/// A page as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its key.
    pub id: PageId,
    /// What its authors wrote.
    pub content: PageContent,
    /// What its audience comes to.
    pub readers: Readers,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last saved.
    pub updated_at: Timestamp,
    /// How often it was saved.
    pub version: Version,
}

/// A page as it is typed, in a form or on a command line: nothing is checked yet, nothing is lost.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct PageInput {
    /// `handbook/rules`, `/` for the root; empty asks for one made from the title.
    pub path: String,
    /// The title.
    pub title: String,
    /// The summary.
    pub summary: String,
    /// The Markdown.
    pub body: String,
    /// Who may read it.
    pub audience: AudienceInput,
    /// Whether a private page's title is shown in lists.
    pub show_title: bool,
    /// Whether the pages below are listed.
    pub list_below: bool,
    /// Whether it is noted who opens it.
    pub receipts: bool,
    /// A date or a date and a time; empty is now.
    pub published: String,
    /// A date or a date and a time; empty is never.
    pub unpublish: String,
    /// The zone in which the two are typed.
    pub zone: Zone,
}

impl PageInput {
    /// The draft of a page that exists, as its form shows it in a zone.
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
            published: zone.typed(content.published_at),
            unpublish: content.unpublish_at.map(|end| zone.typed(end)).unwrap_or_default(),
            zone,
        }
    }

    /// The same in another zone; what is no moment stays as it is typed.
    pub fn in_zone(self, zone: Zone) -> PageInput {
        let moved = |typed: String| match self.zone.parse_moment(&typed) {
            Ok(Some(at)) if self.zone != zone => zone.typed(at),
            _ => typed,
        };
        PageInput { published: moved(self.published), unpublish: moved(self.unpublish), zone, ..self }
    }

    /// Checks every field; `now` stands for an empty date.
    ///
    /// # Errors
    /// [`Invalid`] with a message for each field that has to be mended: `path`, `title`, `summary`, `body`, `audience`,
    /// `people`, `groups`, `published`, `unpublish`.
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
        match (path, title, summary, body, audience, published_at.zip(unpublish_at)) {
            (
                Some(path),
                Some(title),
                Some(summary),
                Some(body),
                Some(audience),
                Some((published_at, unpublish_at)),
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
            }),
            _ => Err(invalid),
        }
    }

    /// Checks the draft of a page that exists: an empty date is its own, and so is one that says the same second, for a form
    /// shows no more of it.
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
    match text::line(typed, text::LINE_CHARS)? {
        title if title.is_empty() => Err("A page needs a title.".into()),
        title => Ok(title),
    }
}

fn check_body(typed: &str) -> Result<String, String> {
    // Twice, because a browser sends each line end as two bytes.
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
