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
    /// The menu was changed, or a page in it was made, moved, deleted, renamed or given other readers, dates or another
    /// language.
    Menu,
    /// A private page in the menu was changed in a way that nobody sees without signing in.
    PrivateMenu,
    /// Changes may have been missed, or the site's settings changed: every cached value is void.
    Everything,
}
