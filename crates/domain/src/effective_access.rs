//! Effective access: the audience that applies to a page after inheritance.

use crate::id::PageId;

/// The readers of a page besides its editors, without their names: the audience of the page itself or of the nearest
/// page above that has one of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EffectiveAccess {
    /// Everyone, without credentials.
    Everybody,
    /// Every signed-in user.
    SignedIn,
    /// The people and groups chosen for the page with this key: the page itself, or the page above from which it
    /// inherits.
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

    /// The kind of access without the page, for lists and filters.
    pub fn kind(self) -> AccessKind {
        match self {
            EffectiveAccess::Everybody => AccessKind::Everybody,
            EffectiveAccess::SignedIn => AccessKind::SignedIn,
            EffectiveAccess::ChosenBy(_) => AccessKind::Chosen,
        }
    }
}

/// An [`EffectiveAccess`] without the page that it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccessKind {
    /// Everyone, without credentials.
    Everybody,
    /// Every signed-in user.
    SignedIn,
    /// The chosen people and groups.
    Chosen,
}

impl AccessKind {
    /// All kinds, the widest first.
    pub const ALL: [AccessKind; 3] = [AccessKind::Everybody, AccessKind::SignedIn, AccessKind::Chosen];

    /// The words for the kind in the middle of a sentence in the panel.
    pub fn label(self) -> &'static str {
        match self {
            AccessKind::Everybody => "everyone",
            AccessKind::SignedIn => "signed-in users",
            AccessKind::Chosen => "specific people and groups",
        }
    }

    /// The word for the kind in the output of the command line.
    pub fn word(self) -> &'static str {
        match self {
            AccessKind::Everybody => "public",
            AccessKind::SignedIn => "private",
            AccessKind::Chosen => "chosen",
        }
    }

    /// The word for the kind in addresses, as the value of a filter.
    pub fn as_str(self) -> &'static str {
        match self {
            AccessKind::Everybody => "everybody",
            AccessKind::SignedIn => "signed-in",
            AccessKind::Chosen => "chosen",
        }
    }

    /// Parses the word in an address; anything else is `None`.
    pub fn parse(word: &str) -> Option<AccessKind> {
        AccessKind::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}
