//! Responses without a page: redirects, and the handlers for unsupported methods and unknown paths.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};

use super::error::Error;

/// 405 for a read-only resource.
pub async fn read_only() -> Result<HttpResponse, Error> {
    Err(Error::MethodNotAllowed(Error::READ_ONLY))
}

/// 405 for a resource with a form.
pub async fn form_only() -> Result<HttpResponse, Error> {
    Err(Error::MethodNotAllowed("GET, HEAD, POST, OPTIONS"))
}

/// 405 for a resource that only accepts changes.
pub async fn post_only() -> Result<HttpResponse, Error> {
    Err(Error::MethodNotAllowed("POST, OPTIONS"))
}

/// 404 for an unknown path.
pub async fn not_found() -> Result<HttpResponse, Error> {
    Err(Error::NotFound)
}

/// 308 to the new address of a page. No cache stores it, because the page may move again or become private.
pub fn permanent_redirect(location: &str) -> HttpResponse {
    HttpResponse::build(StatusCode::PERMANENT_REDIRECT)
        .insert_header((header::LOCATION, location))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// As [`permanent_redirect`], and keeps the query of the request. A query that no URI can have (RFC 3986 section 3.4) is
/// dropped.
pub fn permanent_redirect_with_query(path: &str, query: &str) -> HttpResponse {
    match query.bytes().all(|byte| byte.is_ascii_graphic()) {
        true if !query.is_empty() => permanent_redirect(&format!("{path}?{query}")),
        _ => permanent_redirect(path),
    }
}

/// 303 after a form was submitted.
pub fn see_other(location: &str) -> HttpResponse {
    HttpResponse::build(StatusCode::SEE_OTHER)
        .insert_header((header::LOCATION, location))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}
