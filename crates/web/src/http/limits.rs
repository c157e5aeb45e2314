//! The limits on the head of a request, checked before any handler reads it.

use actix_web::{
    dev::ServiceRequest,
    http::{Method, Version, header},
};

use super::error::Error;

/// The maximum size of a request target in bytes.
const MAX_URI_BYTES: usize = 8 * 1024;
/// The maximum size of all header fields together in bytes.
const MAX_HEAD_BYTES: usize = 16 * 1024;
/// The maximum size of an `Authorization` field in bytes.
const MAX_AUTHORIZATION_BYTES: usize = 8 * 1024;
/// The maximum number of header fields.
const MAX_HEADERS: usize = 64;

/// Rejects a request whose target or header fields exceed a limit, or whose host is malformed.
pub(super) fn check(request: &ServiceRequest) -> Result<(), Error> {
    let uri = request.uri();
    if uri.path().len() + uri.query().map_or(0, str::len) > MAX_URI_BYTES {
        return Err(Error::UriTooLong);
    }
    // A host without a scheme (RFC 9112 section 3.2.3); Actix takes it for the front page.
    if uri.authority().is_some() && uri.scheme().is_none() && request.method() != Method::CONNECT {
        return Err(Error::BadRequest("The target of a request begins with a slash."));
    }
    let headers = request.headers();
    let (count, bytes) = headers
        .iter()
        .fold((0, 0), |(count, bytes), (name, value)| (count + 1, bytes + name.as_str().len() + value.len() + 4));
    let is_authorization_too_large =
        headers.get_all(header::AUTHORIZATION).any(|value| value.len() > MAX_AUTHORIZATION_BYTES);
    if bytes > MAX_HEAD_BYTES || count > MAX_HEADERS || is_authorization_too_large {
        return Err(Error::HeadersTooLarge);
    }
    let mut hosts = headers.get_all(header::HOST);
    match (hosts.next(), hosts.next()) {
        (Some(host), None) if is_authority(host.as_bytes()) => Ok(()),
        // HTTP/1.0 requires none (RFC 9112 section 3.2).
        (None, _) if request.version() < Version::HTTP_11 => Ok(()),
        _ => Err(Error::BadRequest("A request must have one Host header, with a host and an optional port.")),
    }
}

/// Whether the bytes can be a host and a port without user information (RFC 3986 section 3.2.2).
fn is_authority(host: &[u8]) -> bool {
    host.iter().all(|b| b.is_ascii_alphanumeric() || b"-._~:[]%!$&'()*+,;=".contains(b))
}
