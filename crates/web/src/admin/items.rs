//! Rows as a question or a message names them.

use serde::Serialize;

/// The maximum number of rows that are named.
pub(super) const MAX_NAMED: usize = 20;

/// A row that is named.
#[derive(Serialize)]
pub(super) struct Item {
    pub(super) title: String,
    /// The address of the row; empty if it has none.
    pub(super) href: String,
    pub(super) note: String,
}
