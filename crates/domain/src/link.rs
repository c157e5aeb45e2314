//! Links between pages: the target of an address in a text, and the problems of a link.

use crate::{
    audience::Readers,
    page::{PagePath, RESERVED},
};

/// The problem of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkProblem {
    /// The target page does not exist.
    Missing,
    /// Some readers of the page may not read the target page.
    Closed,
}

impl LinkProblem {
    /// The sentence that the author of the page sees.
    pub fn message(self) -> &'static str {
        match self {
            LinkProblem::Missing => "There is no page at this address.",
            LinkProblem::Closed => "Not everybody who reads this page may read the other one.",
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

/// The path to which an address in the text of a page leads, without a slash at either end; it may be a path that no
/// page can have. `None` for other sites, for anchors in the same page, and for the reserved paths of Postern.
pub fn target(from: &PagePath, address: &str) -> Option<String> {
    let address = address.split(['#', '?']).next().unwrap_or_default();
    if address.is_empty() || address.starts_with("//") || has_scheme(address) {
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
    let first = segments.first().map_or("", |first| first.trim_start_matches('.'));
    if RESERVED.contains(&first.split('.').next().unwrap_or_default()) {
        return None;
    }
    Some(segments.join("/").chars().take(PagePath::MAX).collect())
}

/// Whether an address begins with a scheme (RFC 3986 section 3.1).
fn has_scheme(address: &str) -> bool {
    let scheme = address.split_once(':').map_or("", |(scheme, _)| scheme);
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

/// Decodes the percent-encoded bytes of an address.
fn decoded(address: &str) -> String {
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
