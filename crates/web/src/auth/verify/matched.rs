//! The stored value that verified credentials matched.

use domain::{password::PasswordHash, secret::SecretHash};

/// The hash that credentials matched. On every request it is compared with the current rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Matched {
    /// The hash of the user's password.
    Password(PasswordHash),
    /// The hash of one of the user's app passwords.
    AppPassword(SecretHash),
}
