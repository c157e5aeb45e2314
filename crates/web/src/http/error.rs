//! The errors of requests and their statuses. `middleware` logs and renders them.

use std::{fmt, time::Duration};

use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use domain::Timestamp;

use crate::language::sentence::Sentence;

/// The reason why a request failed.
#[derive(Clone, Debug)]
pub enum Error {
    /// 400: the request is malformed; the message says what to fix.
    BadRequest(&'static str),
    /// 401: the page requires a sign-in, and the request has no credentials (RFC 9110 section 15.5.2).
    Unauthorized,
    /// 401: the credentials of the request are not valid. The answer is the same for every cause.
    Rejected,
    /// 401: the answer of `/logout` to a browser that still sends credentials, or has none.
    SignedOut,
    /// 403: the user lacks a right; the message says which.
    Forbidden(Sentence),
    /// 403: a form without a valid token. Its request keeps its fields.
    StaleForm,
    /// 404: there is no page that this visitor may see.
    NotFound,
    /// 410: what was at this address has ended; the message says so.
    Gone(Sentence),
    /// 405, with the methods that the resource supports.
    MethodNotAllowed(&'static str),
    /// 408: the body arrived too slowly.
    Timeout,
    /// 410: the share of this link ended at this moment.
    Ended(Timestamp),
    /// 409: a rule of the site forbids the change; the message says which.
    Conflict(Sentence),
    /// 413, with the maximum size of a body in bytes.
    TooLarge(usize),
    /// 414: the request target is too long.
    UriTooLong,
    /// 415: the body is not a form.
    UnsupportedMediaType,
    /// 422: a form with fields that no page of this site sends.
    Unprocessable(Sentence),
    /// 429: too many wrong credentials from this client network or for this name, with the time until the next attempt.
    TooManyAttempts(Duration),
    /// 429: two files of this user are arriving already.
    TooManyUploads,
    /// 431: the header fields are too large.
    HeadersTooLarge,
    /// 503: the queue of bcrypt, of the renderer or of the search is full, with the value of `Retry-After`.
    Busy(Duration),
    /// 503: the bodies and answers under way leave no room for this one.
    NoRoom,
    /// 503: the database does not answer; the message is for the log only.
    Unavailable(String),
    /// 503: the database refused a change and made nothing of it; the message is for the log only.
    NotSaved(String),
    /// 503: the database was lost during the commit of a change, which may have been saved; the message is for the log only.
    InDoubt(String),
    /// 507: there is no space for a file; the message says whose limit it is.
    NoSpace(Sentence),
    /// 500: a bug or a broken installation; the message is for the log only.
    Internal(String),
}

/// Marks the response to an error that keeps its own body and headers: no error page takes its place. The error is in
/// its extensions, too, and is counted and logged like any other.
pub struct HasFinalBody;

impl Error {
    /// The error of a request during the shutdown.
    pub fn stopping() -> Error {
        Error::Unavailable("the server is stopping".into())
    }

    /// The error while access is decided: a failing query is a 503 instead of a 500, so that the client retries.
    pub fn undecided(self) -> Error {
        match self {
            Error::Internal(message) => Error::Unavailable(message),
            error => error,
        }
    }

    /// The methods of a read-only resource.
    pub const READ_ONLY: &'static str = "GET, HEAD, OPTIONS";
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::BadRequest(message) => f.write_str(message),
            Error::Conflict(message)
            | Error::Forbidden(message)
            | Error::Gone(message)
            | Error::Unprocessable(message)
            | Error::NoSpace(message) => message.fmt(f),
            Error::Unavailable(message)
            | Error::NotSaved(message)
            | Error::InDoubt(message)
            | Error::Internal(message) => f.write_str(message),
            Error::MethodNotAllowed(allow) => write!(f, "only {allow}"),
            Error::TooLarge(max_bytes) => write!(f, "more than {max_bytes} bytes"),
            Error::NoRoom => f.write_str("the bodies and answers under way leave no room for this one"),
            other => write!(f, "{}", other.status_code()),
        }
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        match self {
            Error::BadRequest(_) => StatusCode::BAD_REQUEST,
            Error::Unauthorized | Error::Rejected | Error::SignedOut => StatusCode::UNAUTHORIZED,
            Error::Forbidden(_) | Error::StaleForm => StatusCode::FORBIDDEN,
            Error::NotFound => StatusCode::NOT_FOUND,
            Error::Gone(_) => StatusCode::GONE,
            Error::MethodNotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
            Error::Timeout => StatusCode::REQUEST_TIMEOUT,
            Error::Ended(_) => StatusCode::GONE,
            Error::Conflict(_) => StatusCode::CONFLICT,
            Error::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Error::UriTooLong => StatusCode::URI_TOO_LONG,
            Error::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Error::Unprocessable(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Error::TooManyAttempts(_) | Error::TooManyUploads => StatusCode::TOO_MANY_REQUESTS,
            Error::HeadersTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Error::Busy(_) | Error::NoRoom | Error::Unavailable(_) | Error::NotSaved(_) | Error::InDoubt(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Error::NoSpace(_) => StatusCode::INSUFFICIENT_STORAGE,
            Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// An empty response with the error in its extensions; `middleware` renders the error page.
    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::new(self.status_code());
        response.extensions_mut().insert(self.clone());
        response
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Error {
        match error {
            store::Error::Unavailable(unavailable) => Error::Unavailable(unavailable.words),
            store::Error::InDoubt(message) => Error::InDoubt(message),
            store::Error::Duplicate => Error::Conflict("This name or path already exists.".into()),
            store::Error::Stale => Error::Conflict("Somebody else changed this meanwhile. Reload the page.".into()),
            store::Error::LastAdmin => Error::Conflict(LAST_ADMIN.into()),
            store::Error::Unconfirmed => Error::Conflict(UNCONFIRMED.into()),
            store::Error::NotAllowed => Error::Forbidden(NOT_ALLOWED.into()),
            store::Error::Refused(message) | store::Error::Confusing(message) => Error::Unprocessable(message.into()),
            store::Error::Schema(message) | store::Error::Query(message) => Error::Internal(message),
        }
    }
}

/// The message when the effect of a change differs from the one that was confirmed.
const UNCONFIRMED: &str = "This would change access to pages in a way that was not shown. Reload the form and confirm \
                           what it shows.";

/// The message when an account lost its role between the sign-in and the change.
const NOT_ALLOWED: &str = "Your account was disabled or lost its role meanwhile.";

/// The message when a change would remove the last administrator.
pub const LAST_ADMIN: &str = "This would leave the site without an active administrator. Make another user one first.";
