//! An attempt to verify credentials, and what the database knows of it.

use std::time::Duration;

use super::tally::SharedCounts;
use crate::{auth::verify::fingerprint::Fingerprint, http::client::Origin};

/// A request to verify credentials.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// The network of the client.
    pub origin: Origin,
    /// The fingerprint of the name.
    pub name: Fingerprint,
    /// The fingerprint of the name with the password.
    pub credentials: Fingerprint,
}

/// What the database knows of an attempt: see `shared_counts`.
#[derive(Clone, Debug, Default)]
pub struct Shared {
    /// The failures of the account.
    pub account: SharedCounts,
    /// Those from the client network.
    pub network: SharedCounts,
    /// Those from its vicinity.
    pub vicinity: SharedCounts,
    /// The client networks from which the user signed in, and how long ago.
    pub places: Vec<(Origin, Duration)>,
}
