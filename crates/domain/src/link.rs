//! Links from page to page: where an address in a text leads, and what can be wrong with it.

use crate::{
    audience::Readers,
    page::{PagePath, RESERVED},
};

/// What is wrong with a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkProblem {
    /// There is no such page.
    Missing,
    /// Not everybody who reads the page may read the other one.
    Closed,
}

impl LinkProblem {
    /// A sentence for the author.
    pub fn message(self) -> &'static str {
        match self {
            LinkProblem::Missing => "There is no page at this address.",
            LinkProblem::Closed => "Not everybody who reads this page may read the other one.",
        }
    }
}

/// What is wrong with a link from a page with some readers to one with others, or to none. Groups are compared as groups:
/// whether their members are among the people that the other page names is not looked at.
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

/// The path to which an address in the text of a page leads, without a slash at either end; it need not be one that a
/// page can have. `None` for other sites, for places in the same page, and for what Postern itself serves.
pub fn target(from: &PagePath, address: &str) -> Option<String> {
    let address = address.split(['#', '?']).next().unwrap_or_default();
    if address.is_empty() || address.starts_with("//") || has_scheme(address) {
        return None;
    }
    let mut segments: Vec<&str> = from.as_str().split('/').collect();
    // What is relative begins where the page's own last segment stands.
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

/// An address with what is percent-encoded in it written out.
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
    // PostgreSQL has no NUL in a text.
    String::from_utf8_lossy(&bytes).replace('\0', "\u{fffd}")
}
