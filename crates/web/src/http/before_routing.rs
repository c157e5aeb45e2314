//! Answers before routing: to requests beyond the limits, to methods that no resource supports, and to paths with a
//! trailing slash.

use actix_web::{
    HttpResponse,
    dev::ServiceRequest,
    http::{Method, header},
};

use super::{envelope::Envelope, error::Error, limits, responses::permanent_redirect_with_query};

/// The answer that does not depend on whether the path exists, if there is one.
pub(super) fn answer(request: &ServiceRequest) -> Option<Result<HttpResponse, Error>> {
    if let Err(error) = limits::check(request) {
        return Some(Err(error));
    }
    match *request.method() {
        Method::OPTIONS => {
            let mut answer = HttpResponse::NoContent();
            return Some(Ok(answer
                .insert_header((header::ALLOW, Error::READ_ONLY))
                .insert_header((header::CACHE_CONTROL, "no-store"))
                .finish()));
        }
        Method::TRACE | Method::CONNECT => return Some(Err(Error::MethodNotAllowed(Error::READ_ONLY))),
        _ => {}
    }
    match Envelope::of(request.request()).has_secret {
        // The address of a redirect is a header, which others may log.
        true => None,
        false => redirect_trailing_slash(request).map(Ok),
    }
}

/// Redirects `/x/` to `/x`, for known and unknown paths alike and without the database. Only `/admin/` keeps its slash.
fn redirect_trailing_slash(request: &ServiceRequest) -> Option<HttpResponse> {
    let path = request.uri().path();
    let target = path.strip_suffix('/').filter(|target| !target.is_empty() && *target != "/admin")?;
    // A redirect to `//host` leads to another site, and browsers read a backslash as a slash.
    if path.contains("//") || !path.starts_with('/') || path.bytes().any(|b| b == b'\\' || !b.is_ascii_graphic()) {
        return None;
    }
    Some(permanent_redirect_with_query(target, request.query_string()))
}
