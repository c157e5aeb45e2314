//! The cache policy of an answer, and conditional requests.

use actix_web::http::{
    StatusCode,
    header::{self, EntityTag, HeaderMap, HeaderName, HeaderValue},
};

/// The cache policy of an answer (RFC 9111).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caching {
    /// Public, revalidated on every request: a page that becomes private is private at once.
    Public,
    /// The public version of a list that shows more to signed-in users.
    Shared,
    /// For one user: private pages, and lists for signed-in users.
    Personal,
    /// Public for one year: the address changes with the content.
    Immutable,
    /// No cache stores it: the panel, errors, redirects.
    Never,
    /// For the holder of a share: no cache stores it, and search engines neither index nor archive it.
    Secret,
}

impl Caching {
    pub(super) fn cache_control(self) -> &'static str {
        match self {
            Caching::Public | Caching::Shared => "no-cache",
            Caching::Personal => "private, no-cache",
            Caching::Immutable => "public, max-age=31536000, immutable",
            Caching::Never | Caching::Secret => "no-store",
        }
    }

    /// The value of `X-Robots-Tag`; `None` for what search engines may index.
    pub(super) fn robots(self) -> Option<&'static str> {
        match self {
            Caching::Public | Caching::Shared | Caching::Immutable => None,
            Caching::Personal | Caching::Never => Some("noindex"),
            Caching::Secret => Some("noindex, nofollow, noarchive"),
        }
    }

    /// Whether no cache may store the answer.
    pub(super) fn is_never(self) -> bool {
        matches!(self, Caching::Never | Caching::Secret)
    }

    pub(super) fn varies_by_visitor(self) -> bool {
        matches!(self, Caching::Shared | Caching::Personal)
    }
}

/// `X-Robots-Tag`, for answers that search engines must not index.
pub const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// What a conditional request gets instead of an answer with this ETag: 412 if `If-Match` does not hold it, 304 if
/// `If-None-Match` does (RFC 9110 section 13.2.2).
pub(super) fn precondition(headers: &HeaderMap, etag: &HeaderValue) -> Option<StatusCode> {
    if headers.contains_key(header::IF_MATCH) && !holds(headers, header::IF_MATCH, etag, EntityTag::strong_eq) {
        return Some(StatusCode::PRECONDITION_FAILED);
    }
    let is_known =
        headers.contains_key(header::IF_NONE_MATCH) && holds(headers, header::IF_NONE_MATCH, etag, EntityTag::weak_eq);
    is_known.then_some(StatusCode::NOT_MODIFIED)
}

/// Whether a field of a request contains an ETag, or `*`, which matches every ETag.
fn holds(
    headers: &HeaderMap,
    field: HeaderName,
    etag: &HeaderValue,
    is_equal: impl Fn(&EntityTag, &EntityTag) -> bool,
) -> bool {
    let Some(etag) = etag.to_str().ok().and_then(|etag| etag.parse::<EntityTag>().ok()) else { return false };
    let mut lines = headers.get_all(field).filter_map(|line| line.to_str().ok()).map(str::trim);
    lines.any(|line| {
        let is_held = |tag: &str| tag.parse::<EntityTag>().is_ok_and(|tag| is_equal(&tag, &etag));
        line == "*" || tags(line).any(is_held)
    })
}

/// The ETags in a line. Each ends with its second quote, and may contain commas (RFC 9110 section 8.8.3).
fn tags(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = line;
    std::iter::from_fn(move || {
        let opening = rest.find('"')?;
        let closing = opening + 1 + rest[opening + 1..].find('"')?;
        let (tag, after) = rest.split_at(closing + 1);
        rest = after;
        Some(tag.trim_start_matches([' ', '\t', ',']))
    })
}
