//! Links between pages: the target of an address in a text, and the problems of a link.

use std::borrow::Cow;

use crate::{
    audience::Readers,
    file::FileName,
    page::{PagePath, RESERVED},
};

/// The problem of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkProblem {
    /// The target page does not exist.
    Missing,
    /// Some readers of the page may not read the target page.
    Closed,
    /// The target page has no such heading.
    NoHeading,
    /// There is no such page, or readers have no such file of it.
    NoFile,
    /// Some readers of the page cannot see the file.
    Excludes(Excluded),
}

impl LinkProblem {
    /// The sentence about a target that the author of the page sees.
    pub fn message(self, target: &Target) -> Cow<'static, str> {
        match self {
            LinkProblem::Missing => "There is no page at this address.".into(),
            LinkProblem::Closed => "Not everyone who can read this page can read the other one.".into(),
            LinkProblem::NoHeading => "That page has no heading with this name.".into(),
            LinkProblem::NoFile => "There is no published file at this address.".into(),
            LinkProblem::Excludes(excluded) => {
                excluded.sentence(target.file.as_ref().map_or("it", FileName::as_str)).into()
            }
        }
    }
}

/// The problem of a link between two pages with these readers; `to` is `None` if the target does not exist. Groups are
/// compared by key: a group counts as unable to read a page that names each of its members instead.
pub fn problem(from: &Readers, to: Option<&Readers>) -> Option<LinkProblem> {
    let Some(to) = to else { return Some(LinkProblem::Missing) };
    let open = match (from, to) {
        (_, Readers::Everybody) | (Readers::SignedIn | Readers::Chosen { .. }, Readers::SignedIn) => true,
        (Readers::Everybody, _) | (Readers::SignedIn, Readers::Chosen { .. }) => false,
        (Readers::Chosen { people, groups }, Readers::Chosen { people: others, groups: other_groups }) => {
            people.is_subset(others) && groups.is_subset(other_groups)
        }
    };
    (!open).then_some(LinkProblem::Closed)
}

/// What a link leads to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target {
    /// The path of a page, without a slash at either end; it may be a path that no page can have.
    pub path: String,
    /// The id of a heading or another place on the page, decoded; empty for the page itself and for a file.
    pub fragment: String,
    /// A file of the page; `None` for the page itself.
    pub file: Option<FileName>,
}

impl Target {
    /// The address of the target on this site.
    pub fn href(&self) -> String {
        let slash = if self.path.is_empty() { "" } else { "/" };
        match &self.file {
            Some(file) => format!("/{}{slash}{file}", self.path),
            None if self.fragment.is_empty() => format!("/{}", self.path),
            None => format!("/{}#{}", self.path, self.fragment),
        }
    }
}

/// The readers of a page who cannot see a file of another page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excluded {
    /// Everyone reads the page, and only people with an account see the file.
    WithoutAccount,
    /// Everyone can read the page, and only specific people can see the file.
    NotChosen,
    /// Of all people with an account.
    Accounts {
        /// The number of those who cannot see the file.
        without: u64,
        /// The number of all.
        all: u64,
    },
    /// Of the chosen readers of the page.
    Readers {
        /// The number of those who cannot see the file.
        without: u64,
        /// The number of all.
        all: u64,
    },
}

impl Excluded {
    /// The sentence about a file that the author of the page sees.
    pub fn sentence(self, file: &str) -> String {
        match self {
            Excluded::WithoutAccount => {
                format!("Everyone can read this page, and only signed-in users can see {file}.")
            }
            Excluded::NotChosen => format!("Everyone can read this page, and only specific people can see {file}."),
            Excluded::Accounts { without, all } => {
                format!(
                    "Every signed-in user can read this page, and {without} of these {all} people cannot see {file}."
                )
            }
            Excluded::Readers { without: 1, all: 1 } => format!("The one reader of this page cannot see {file}."),
            Excluded::Readers { without, all } => {
                format!("{without} of {all} readers of this page cannot see {file}.")
            }
        }
    }
}

/// The target of an address in the text of a page. `None` for other sites, for the top of the same page, and for the reserved
/// paths of Postern.
pub fn target(from: &PagePath, address: &str) -> Option<Target> {
    let (address, fragment) = address.split_once('#').unwrap_or((address, ""));
    let fragment = if is_top(fragment) { String::new() } else { stored(&decoded(fragment)) };
    let address = page_address(address);
    let address = address.split('?').next().unwrap_or_default();
    if address.is_empty() {
        return (!fragment.is_empty()).then(|| Target { path: from.as_str().to_owned(), fragment, file: None });
    }
    if is_elsewhere(address) {
        return None;
    }
    let mut segments: Vec<&str> = from.as_str().split('/').collect();
    // A relative address replaces the last segment of the page's own path (RFC 3986 section 5.2.3).
    segments.pop();
    if address.starts_with('/') {
        segments.clear();
    }
    let address = decoded(address);
    for segment in address.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            segment => segments.push(segment),
        }
    }
    let file = segments.last().and_then(|last| FileName::parse(last).ok());
    let first = segments.first().map_or("", |first| first.trim_start_matches('.'));
    let is_file_of_root = file.is_some() && segments.len() == 1;
    if RESERVED.contains(&first.split('.').next().unwrap_or_default()) && !is_file_of_root {
        return None;
    }
    if file.is_some() {
        segments.pop();
    }
    let fragment = if file.is_some() { String::new() } else { fragment };
    Some(Target { path: stored(&segments.join("/")), fragment, file })
}

fn stored(text: &str) -> String {
    text.chars().take(PagePath::MAX).collect()
}

/// Whether a fragment leads to the top of a page or to words of its text, and not to an id.
pub fn is_top(fragment: &str) -> bool {
    fragment.is_empty() || fragment.eq_ignore_ascii_case("top") || fragment.starts_with(":~:")
}

/// An address in a text, in which the name of a Markdown file of this site is the path of its page: `../Team_Rules.md#top`
/// becomes `../team-rules#top`. The page `docs/guide` counts as the file `docs/guide.md`.
pub fn page_address(address: &str) -> Cow<'_, str> {
    let (path, rest) = address.split_at(address.find(['?', '#']).unwrap_or(address.len()));
    let dot = path.rfind('.').unwrap_or(path.len());
    let (name, ending) = path.split_at(dot);
    let is_file = [".md", ".markdown"].iter().any(|known| ending.eq_ignore_ascii_case(known));
    if !is_file || name.is_empty() || name.ends_with('/') || is_elsewhere(address) {
        return address.into();
    }
    let segments: Vec<String> = name.split('/').map(page_segment).collect();
    format!("{}{rest}", segments.join("/")).into()
}

/// The segment of a path for the name of a file or a folder.
fn page_segment(name: &str) -> String {
    match name {
        "" | "." | ".." => name.to_owned(),
        name => {
            let name = decoded(name);
            PagePath::suggest(&name).map_or(name.to_lowercase(), |path| path.as_str().to_owned())
        }
    }
}

fn is_elsewhere(address: &str) -> bool {
    address.starts_with("//") || has_scheme(address)
}

/// Whether an address begins with a scheme (RFC 3986 section 3.1).
fn has_scheme(address: &str) -> bool {
    let scheme = address.split_once(':').map_or("", |(scheme, _)| scheme);
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

/// Decodes the percent-encoded bytes of an address. Bytes that are not UTF-8, and NUL, become U+FFFD.
pub fn decoded(address: &str) -> String {
    let mut parts = address.split('%');
    let mut bytes: Vec<u8> = parts.next().unwrap_or_default().into();
    for part in parts {
        match part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                bytes.extend(part.bytes().skip(2));
            }
            None => {
                bytes.push(b'%');
                bytes.extend(part.bytes());
            }
        }
    }
    // PostgreSQL stores no NUL in a text.
    String::from_utf8_lossy(&bytes).replace('\0', "\u{fffd}")
}
