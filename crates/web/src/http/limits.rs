//! The limits of a request's head, checked before anything reads it.

use actix_web::{
    dev::ServiceRequest,
    http::{Version, header},
};

use super::error::Error;

/// The most bytes in a request target.
const URI_BYTES: usize = 8 * 1024;
/// The most bytes in all header fields together.
const HEAD_BYTES: usize = 16 * 1024;
/// The most bytes in one `Authorization` field.
const AUTHORIZATION_BYTES: usize = 8 * 1024;
/// The most header fields.
const HEADERS: usize = 64;

/// Refuses a request whose target, header fields or host are beyond the limits.
pub(super) fn check(request: &ServiceRequest) -> Result<(), Error> {
    let uri = request.uri();
    if uri.path().len() + uri.query().map_or(0, str::len) > URI_BYTES {
        return Err(Error::UriTooLong);
    }
    let headers = request.headers();
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    let authorization = headers.get_all(header::AUTHORIZATION).any(|value| value.len() > AUTHORIZATION_BYTES);
    if bytes > HEAD_BYTES || headers.iter().count() > HEADERS || authorization {
        return Err(Error::HeadersTooLarge);
    }
    let hosts: Vec<_> = headers.get_all(header::HOST).collect();
    match hosts[..] {
        [host] if is_authority(host.as_bytes()) => Ok(()),
        // HTTP/1.0 has none (RFC 9112 section 3.2).
        [] if request.version() < Version::HTTP_11 => Ok(()),
        _ => Err(Error::BadRequest("A request has one Host header, with a host and perhaps a port.")),
    }
}

/// Whether the bytes may be a host and a port (RFC 3986 section 3.2.2), without user and password.
fn is_authority(host: &[u8]) -> bool {
    host.iter().all(|b| b.is_ascii_alphanumeric() || b"-._~:[]%!$&'()*+,;=".contains(b))
}
