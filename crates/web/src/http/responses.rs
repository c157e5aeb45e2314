//! Responses without a page of their own: redirects, and what answers a method or a path that is not there.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};

use super::error::Error;

/// What a resource answers to a method that it has not.
pub async fn read_only() -> Result<HttpResponse, Error> {
    Err(Error::MethodNotAllowed(Error::READ_ONLY))
}

/// What a resource with a form answers to a method that it has not.
pub async fn form_only() -> Result<HttpResponse, Error> {
    Err(Error::MethodNotAllowed("GET, HEAD, POST, OPTIONS"))
}

/// What a resource that only changes something answers to a method that it has not.
pub async fn post_only() -> Result<HttpResponse, Error> {
    Err(Error::MethodNotAllowed("POST, OPTIONS"))
}

/// What a path answers that leads nowhere.
pub async fn not_found() -> Result<HttpResponse, Error> {
    Err(Error::NotFound)
}

/// The status that says "it is there now". Caches do not keep it: it may be elsewhere tomorrow, or private.
pub fn permanent_redirect(location: &str) -> HttpResponse {
    HttpResponse::build(StatusCode::PERMANENT_REDIRECT)
        .insert_header((header::LOCATION, location))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// The status that says "look there" after a form was sent.
pub fn see_other(location: &str) -> HttpResponse {
    HttpResponse::build(StatusCode::SEE_OTHER)
        .insert_header((header::LOCATION, location))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}
