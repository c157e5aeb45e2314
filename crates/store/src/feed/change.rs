//! What the feed reports.

/// What was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The page at this path was made, changed, moved from or to it, or deleted.
    Page(String),
    /// The page at this path was changed, or a draft or the receipts of it, in a way that nobody sees without signing in.
    PrivatePage(String),
    /// The user of this name was made, changed, renamed from or to it, or deleted. The record of a sign-in is no change.
    User(String),
    /// Changes may have been missed, or the site's settings changed: every cached value is void.
    Everything,
}
