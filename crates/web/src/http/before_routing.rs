//! What is answered before a handler is looked for: requests beyond the limits, methods that no resource has, and paths
//! that end with a slash.

use actix_web::{
    HttpResponse,
    dev::ServiceRequest,
    http::{Method, header},
};

use super::{error::Error, limits, responses::permanent_redirect};

/// What is answered the same for every path, so that it tells nothing of any.
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
    without_trailing_slash(request).map(Ok)
}

/// `/x/` is always at `/x`: the same answer for known and unknown paths, without a look at the database. Only the
/// panel's own address has its slash.
fn without_trailing_slash(request: &ServiceRequest) -> Option<HttpResponse> {
    let path = request.uri().path();
    let target = path.strip_suffix('/').filter(|target| !target.is_empty() && *target != "/admin")?;
    // `//host/` without its slash, or a backslash that a browser takes for one, would lead to another site.
    if path.contains("//") || !path.starts_with('/') || path.bytes().any(|b| b == b'\\' || !b.is_ascii_graphic()) {
        return None;
    }
    let location = match request.uri().query() {
        Some(query) => format!("{target}?{query}"),
        None => target.to_owned(),
    };
    Some(permanent_redirect(&location))
}
