//! Errors of queries. Absence is no error: it is `None`.

use std::fmt;

use diesel::result::{DatabaseErrorKind, Error as Diesel};

use crate::outage::{Outage, Unavailable};

/// The result of a query.
pub type Result<T> = std::result::Result<T, Error>;

/// The cause of a failed query. Its text is for the log and the operator; it contains no password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The path or the name is taken.
    Duplicate,
    /// The row has another version, because somebody saved or deleted it meanwhile.
    Stale,
    /// It would leave no active administrator.
    LastAdmin,
    /// The user has not agreed to what the change does: people would gain access, or other rows are selected than shown.
    Unconfirmed,
    /// The account that acts was disabled, deleted or given a lesser role.
    NotAllowed,
    /// A rule forbids it; the text is for the person who asked.
    Refused(String),
    /// People could not see a new name, or tell it from another one; the text is for the person who asked.
    Confusing(String),
    /// The database does not serve this now; nothing was changed, and it may be tried again.
    Unavailable(Unavailable),
    /// The connection was lost during the commit: the change may have been committed or not.
    InDoubt(String),
    /// This version does not understand the schema or a row; the text says what to do.
    Schema(String),
    /// The query itself failed.
    Query(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Duplicate => f.write_str("it exists already"),
            Error::Stale => f.write_str("it was changed meanwhile"),
            Error::LastAdmin => f.write_str("it would leave no active administrator"),
            Error::Unconfirmed => f.write_str("it does something else than was confirmed"),
            Error::NotAllowed => f.write_str("the account may not do this any more"),
            Error::Unavailable(unavailable) => write!(f, "{unavailable}"),
            Error::InDoubt(words) => write!(f, "the change may have been saved or not: {words}"),
            Error::Refused(words) | Error::Confusing(words) | Error::Schema(words) | Error::Query(words) => {
                f.write_str(words)
            }
        }
    }
}

impl std::error::Error for Error {}

impl From<Diesel> for Error {
    fn from(error: Diesel) -> Error {
        let words = one_line(&error.to_string());
        let unavailable = |outage| Error::Unavailable(Unavailable::new(outage, words.as_str()));
        match &error {
            Diesel::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => Error::Duplicate,
            Diesel::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, _) => unavailable(Outage::ReadOnly),
            Diesel::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => unavailable(Outage::Locked),
            Diesel::DatabaseError(DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand, _)
            | Diesel::BrokenTransactionManager => Error::Unavailable(words.into()),
            _ => match Outage::of_message(&words) {
                Some(outage) => unavailable(outage),
                None => Error::Query(words),
            },
        }
    }
}

/// Logs a row that this version cannot read, because it was written by SQL or by a newer version, and leaves it out of
/// its list; the other rows are not affected.
pub(crate) fn skip_unreadable<T>(row: Result<T>) -> Option<T> {
    row.inspect_err(|error| log::error!("left out of a list: {error}")).ok()
}

pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
