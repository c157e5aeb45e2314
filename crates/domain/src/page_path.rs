//! The path of a page.

use std::fmt;

use crate::{file::FileName, text};

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
    /// `None` if no usable character is left, if the result is reserved, or if a letter has no transliteration: no letter is
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
