//! The security headers of every response.

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

use super::{answer::ROBOTS, envelope::Envelope};

/// The policy forbids inline scripts and styles, frames, and forms to other sites. Images from other sites are allowed,
/// because pages link to them.
const SECURITY_HEADERS: [(HeaderName, &str); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' https:; object-src 'none'; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Appends the security headers and the id of the request. No other code sets these headers, except that a file has a
/// policy of its own; appending is cheaper than inserting. A path with a secret is never sent as a `Referer`, not even
/// to pictures and style sheets of its page.
pub(super) fn append(headers: &mut HeaderMap, envelope: &Envelope) {
    let has_policy = headers.contains_key(header::CONTENT_SECURITY_POLICY);
    for (name, value) in SECURITY_HEADERS {
        if has_policy && name == header::CONTENT_SECURITY_POLICY {
            continue;
        }
        headers.append(name, HeaderValue::from_static(value));
    }
    // Not `no-referrer` everywhere: forms of this site would then send `Origin: null` and fail the origin check.
    let referrer = if envelope.has_secret { "no-referrer" } else { "same-origin" };
    headers.append(header::REFERRER_POLICY, HeaderValue::from_static(referrer));
    if envelope.has_secret && !headers.contains_key(ROBOTS) {
        headers.insert(ROBOTS, HeaderValue::from_static("noindex"));
    }
    if envelope.client.https {
        headers.append(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    if let Ok(id) = HeaderValue::from_bytes(&envelope.digits()) {
        headers.append(HeaderName::from_static("x-request-id"), id);
    }
}
