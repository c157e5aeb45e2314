//! Effective access: what the audience of a page amounts to after inheritance.

use crate::id::PageId;

/// Who reads a page besides its editors, without names: the audience of the page itself or of the nearest page above that
/// has one of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EffectiveAccess {
    /// Everybody, without credentials.
    Everybody,
    /// Every signed-in user.
    SignedIn,
    /// The people and groups that were chosen for this page: the page itself, or the one above from which it inherits.
    ChosenBy(PageId),
}

impl EffectiveAccess {
    /// Reads the two columns `private` and `readers_from` of a page. `readers_from` counts only for a private page.
    pub fn from_columns(private: bool, readers_from: Option<i64>) -> EffectiveAccess {
        match (private, readers_from) {
            (false, _) => EffectiveAccess::Everybody,
            (true, None) => EffectiveAccess::SignedIn,
            (true, Some(page)) => EffectiveAccess::ChosenBy(PageId(page)),
        }
    }

    /// Whether the page asks for credentials: the column `private`.
    pub fn is_private(self) -> bool {
        self != EffectiveAccess::Everybody
    }

    /// The page whose chosen people and groups are the readers: the column `readers_from`.
    pub fn readers_from(self) -> Option<PageId> {
        match self {
            EffectiveAccess::ChosenBy(page) => Some(page),
            EffectiveAccess::Everybody | EffectiveAccess::SignedIn => None,
        }
    }

    /// The kind alone, for lists and filters.
    pub fn kind(self) -> AccessKind {
        match self {
            EffectiveAccess::Everybody => AccessKind::Everybody,
            EffectiveAccess::SignedIn => AccessKind::SignedIn,
            EffectiveAccess::ChosenBy(_) => AccessKind::Chosen,
        }
    }
}

/// An [`EffectiveAccess`] without the page that it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessKind {
    /// Everybody, without credentials.
    Everybody,
    /// Every signed-in user.
    SignedIn,
    /// Chosen people and groups.
    Chosen,
}

impl AccessKind {
    /// Every kind, the widest first.
    pub const ALL: [AccessKind; 3] = [AccessKind::Everybody, AccessKind::SignedIn, AccessKind::Chosen];

    /// The words that people read, in the middle of a sentence.
    pub fn label(self) -> &'static str {
        match self {
            AccessKind::Everybody => "everybody",
            AccessKind::SignedIn => "anyone signed in",
            AccessKind::Chosen => "chosen people and groups",
        }
    }

    /// The word in the output of the command line.
    pub fn word(self) -> &'static str {
        match self {
            AccessKind::Everybody => "public",
            AccessKind::SignedIn => "private",
            AccessKind::Chosen => "chosen",
        }
    }

    /// The word in addresses: the value of a filter.
    pub fn as_str(self) -> &'static str {
        match self {
            AccessKind::Everybody => "everybody",
            AccessKind::SignedIn => "signed-in",
            AccessKind::Chosen => "chosen",
        }
    }

    /// Parses the word of an address; anything else is `None`.
    pub fn parse(word: &str) -> Option<AccessKind> {
        AccessKind::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}
