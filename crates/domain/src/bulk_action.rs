//! Bulk actions: one change of many pages at once, which can be undone as one.

pub use crate::id::BulkActionId;

impl BulkActionId {
    /// The word for the action in an address or in a form: 16 hexadecimal digits.
    pub fn word(self) -> String {
        format!("{:016x}", self.0)
    }

    /// The action with a word; `None` for a text that is no such word.
    pub fn parse(word: &str) -> Option<BulkActionId> {
        i64::from_str_radix(word, 16).ok().map(BulkActionId)
    }
}

/// What a bulk action did to one of its pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// It has other readers.
    Readers,
    /// It moved to another path.
    Moved,
    /// It was taken off the site, and is a draft.
    Unpublished,
    /// It was put online.
    Published,
    /// It was online, and has a new version.
    Changed,
    /// It went to the trash.
    Deleted,
}

impl Effect {
    /// All effects.
    pub const ALL: [Effect; 6] =
        [Effect::Readers, Effect::Moved, Effect::Unpublished, Effect::Published, Effect::Changed, Effect::Deleted];

    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Effect::Readers => "readers",
            Effect::Moved => "moved",
            Effect::Unpublished => "unpublished",
            Effect::Published => "published",
            Effect::Changed => "changed",
            Effect::Deleted => "deleted",
        }
    }

    /// The effect with a word; `None` for any other word.
    pub fn parse(word: &str) -> Option<Effect> {
        Effect::ALL.into_iter().find(|effect| effect.as_str() == word)
    }
}
