//! What can go wrong with a request, and the status that it gets. Nothing is logged or rendered here: `middleware` does both.

use std::{fmt, sync::Arc, time::Duration};

use actix_web::{HttpResponse, ResponseError, http::StatusCode};

use super::stale_form::StaleForm;

/// Why a request did not get what it asked for.
#[derive(Clone, Debug)]
pub enum Error {
    /// 400: the request cannot be understood; the words say what to mend.
    BadRequest(&'static str),
    /// 401: it opens to somebody who signs in. One answer for every cause (RFC 9110 section 15.5.2).
    Unauthorized,
    /// 401 to everybody: what `/logout` answers, so that a browser forgets the credentials.
    SignedOut,
    /// 403: known who asks, and that is not enough; the words say why.
    Forbidden(String),
    /// 403: a form without a token that holds, with all that was typed.
    StaleForm(Arc<StaleForm>),
    /// 404.
    NotFound,
    /// 405, with the methods that the resource has.
    MethodNotAllowed(&'static str),
    /// 408: the body came too slowly.
    Timeout,
    /// 409: a rule of the site forbids it; the words say which.
    Conflict(&'static str),
    /// 413, with the most bytes that are read.
    TooLarge(usize),
    /// 414.
    UriTooLong,
    /// 415: a form was expected.
    UnsupportedMediaType,
    /// 422: a form that a browser of ours did not send.
    Unprocessable(String),
    /// 429: too many wrong credentials came from there or for that name; worth another try after this time.
    TooManyAttempts(Duration),
    /// 431.
    HeadersTooLarge,
    /// 503: too many passwords wait to be verified, or pages to be rendered; worth another try after this time.
    Busy(Duration),
    /// 503: the database does not answer; the words are for the log only.
    Unavailable(String),
    /// 500: our fault; the words are for the log only.
    Internal(String),
}

impl Error {
    /// The server stops while the request runs.
    pub fn stopping() -> Error {
        Error::Unavailable("the server is stopping".into())
    }

    /// What an error means while access is decided: whatever the database says, nobody is let in or turned away for it,
    /// and it is worth another try.
    pub fn undecided(self) -> Error {
        match self {
            Error::Internal(words) => Error::Unavailable(words),
            error => error,
        }
    }

    /// The methods of a resource that can only be read.
    pub const READ_ONLY: &'static str = "GET, HEAD, OPTIONS";
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::BadRequest(words) | Error::Conflict(words) => f.write_str(words),
            Error::Forbidden(words)
            | Error::Unprocessable(words)
            | Error::Unavailable(words)
            | Error::Internal(words) => f.write_str(words),
            Error::MethodNotAllowed(allow) => write!(f, "only {allow}"),
            Error::TooLarge(most) => write!(f, "more than {most} bytes"),
            other => write!(f, "{}", other.status_code()),
        }
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        match self {
            Error::BadRequest(_) => StatusCode::BAD_REQUEST,
            Error::Unauthorized | Error::SignedOut => StatusCode::UNAUTHORIZED,
            Error::Forbidden(_) | Error::StaleForm(_) => StatusCode::FORBIDDEN,
            Error::NotFound => StatusCode::NOT_FOUND,
            Error::MethodNotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
            Error::Timeout => StatusCode::REQUEST_TIMEOUT,
            Error::Conflict(_) => StatusCode::CONFLICT,
            Error::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Error::UriTooLong => StatusCode::URI_TOO_LONG,
            Error::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Error::Unprocessable(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Error::TooManyAttempts(_) => StatusCode::TOO_MANY_REQUESTS,
            Error::HeadersTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Error::Busy(_) | Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// An empty answer that carries the error; the middleware turns it into a page.
    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::new(self.status_code());
        response.extensions_mut().insert(self.clone());
        response
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Error {
        match error {
            store::Error::Unavailable(words) => Error::Unavailable(words),
            store::Error::Duplicate => Error::Conflict("Something with this name or path exists already."),
            store::Error::Stale => Error::Conflict("Somebody else changed this meanwhile. Load it again."),
            store::Error::LastAdmin => Error::Conflict(LAST_ADMIN),
            store::Error::Unconfirmed => Error::Conflict(UNCONFIRMED),
            store::Error::NotAllowed => Error::Forbidden(NOT_ALLOWED.into()),
            store::Error::Refused(words) => Error::Unprocessable(words),
            store::Error::Schema(words) | store::Error::Query(words) => Error::Internal(words),
        }
    }
}

/// Why a change waits for a confirmation of what it does now.
const UNCONFIRMED: &str = "Nothing was changed: this would change who reads pages in a way that was not shown. Load the \
                           form again and confirm what it shows.";

/// Why an account that was verified is not obeyed.
const NOT_ALLOWED: &str = "Your account was disabled or lost its role meanwhile, so nothing was changed.";

/// Why the last administrator stays.
pub const LAST_ADMIN: &str = "This would leave the site without an active administrator. Make somebody else one first.";
