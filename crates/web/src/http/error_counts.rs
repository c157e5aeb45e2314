//! Counts the answers with a status of 5xx by their cause.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::error::Error;

/// The causes, as the metrics name them.
const CAUSES: [&str; 6] = ["database", "not_saved", "in_doubt", "busy", "no_room", "internal"];

/// The numbers of answers with a status of 5xx so far, by cause.
#[derive(Debug, Default)]
pub struct ErrorCounts([AtomicU64; CAUSES.len()]);

impl ErrorCounts {
    /// Counts the answer to a failed request, if its status is 5xx.
    pub fn count(&self, error: &Error) {
        if let Some(count) = cause(error).and_then(|cause| self.0.get(cause)) {
            count.fetch_add(1, Relaxed);
        }
    }

    /// Each cause with its number.
    pub fn load(&self) -> impl Iterator<Item = (&'static str, u64)> {
        CAUSES.into_iter().zip(self.0.iter().map(|count| count.load(Relaxed)))
    }
}

/// The position of the cause in [`CAUSES`]; `None` for a status below 500.
fn cause(error: &Error) -> Option<usize> {
    match error {
        Error::Unavailable(_) => Some(0),
        Error::NotSaved(_) | Error::NoSpace(_) => Some(1),
        Error::InDoubt(_) => Some(2),
        Error::Busy(_) => Some(3),
        Error::NoRoom => Some(4),
        Error::Internal(_) => Some(5),
        Error::BadRequest(_)
        | Error::Unauthorized
        | Error::Rejected
        | Error::SignedOut
        | Error::Forbidden(_)
        | Error::StaleForm
        | Error::NotFound
        | Error::Gone(_)
        | Error::MethodNotAllowed(_)
        | Error::Timeout
        | Error::Ended(_)
        | Error::Conflict(_)
        | Error::TooLarge(_)
        | Error::UriTooLong
        | Error::UnsupportedMediaType
        | Error::Unprocessable(_)
        | Error::TooManyAttempts(_)
        | Error::TooManyUploads
        | Error::HeadersTooLarge => None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use actix_web::ResponseError;

    use super::*;

    #[test]
    fn every_status_of_5xx_has_one_cause() {
        let text = String::new;
        let errors = [
            Error::Unavailable(text()),
            Error::NotSaved(text()),
            Error::InDoubt(text()),
            Error::Busy(Duration::ZERO),
            Error::NoRoom,
            Error::Internal(text()),
            Error::NotFound,
            Error::TooManyAttempts(Duration::ZERO),
        ];
        let counts = ErrorCounts::default();
        for error in &errors {
            counts.count(error);
            assert_eq!(cause(error).is_some(), error.status_code().is_server_error(), "{error:?}");
        }
        assert!(counts.load().all(|(_, count)| count == 1));
    }
}
