//! Keys: links to set a password, app passwords and shares. Each acts in the name of an account without its password, and is in
//! circulation until it is used up or ended, or its end has come.

use std::fmt;

/// The kind of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// A link with which a user sets their password.
    Link,
    /// An app password.
    AppPassword,
    /// A share, which belongs to the account that made it.
    Share,
}

impl KeyKind {
    /// All kinds, in the order of lists.
    pub const ALL: [KeyKind; 3] = [KeyKind::Link, KeyKind::AppPassword, KeyKind::Share];

    /// The word for the kind in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            KeyKind::Link => "link",
            KeyKind::AppPassword => "app-password",
            KeyKind::Share => "share",
        }
    }

    /// Parses the word of a kind; anything else is `None`.
    pub fn parse(word: &str) -> Option<KeyKind> {
        KeyKind::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The words for keys of the kind: `app password` and `app passwords`.
    pub fn nouns(self) -> [&'static str; 2] {
        match self {
            KeyKind::Link => ["link to set a password", "links to set a password"],
            KeyKind::AppPassword => ["app password", "app passwords"],
            KeyKind::Share => ["shared link", "shared links"],
        }
    }

    /// A number of keys of the kind, in words: `2 app passwords`.
    pub fn counted(self, count: usize) -> String {
        let [one, many] = self.nouns();
        format!("{count} {}", if count == 1 { one } else { many })
    }
}

/// The number of keys of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyCounts {
    /// Links to set a password.
    pub links: usize,
    /// App passwords.
    pub app_passwords: usize,
    /// Shares.
    pub shares: usize,
}

impl KeyCounts {
    /// The number of keys of a kind.
    pub fn of(&self, kind: KeyKind) -> usize {
        match kind {
            KeyKind::Link => self.links,
            KeyKind::AppPassword => self.app_passwords,
            KeyKind::Share => self.shares,
        }
    }

    /// The number of all keys.
    pub fn total(&self) -> usize {
        self.links + self.app_passwords + self.shares
    }

    /// For each kind that has keys, their number in words: `1 shared link`.
    pub fn parts(&self) -> Vec<String> {
        let kinds = KeyKind::ALL.into_iter().filter(|kind| self.of(*kind) > 0);
        kinds.map(|kind| kind.counted(self.of(kind))).collect()
    }
}

/// `1 link to set a password, 2 app passwords and 3 shared links`, or `no keys`.
impl fmt::Display for KeyCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.parts().as_slice() {
            [] => f.write_str("no keys"),
            [one] => f.write_str(one),
            [rest @ .., last] => write!(f, "{} and {last}", rest.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_counted_by_kind_in_words() {
        let words = |links, app_passwords, shares| KeyCounts { links, app_passwords, shares }.to_string();
        assert_eq!(words(0, 0, 0), "no keys");
        assert_eq!(words(0, 1, 0), "1 app password");
        assert_eq!(words(1, 0, 2), "1 link to set a password and 2 shared links");
        assert_eq!(words(1, 2, 1), "1 link to set a password, 2 app passwords and 1 shared link");
        let counts = KeyCounts { links: 1, app_passwords: 2, shares: 3 };
        assert_eq!((counts.total(), KeyKind::ALL.map(|kind| counts.of(kind))), (6, [1, 2, 3]));
        assert!(KeyKind::ALL.into_iter().all(|kind| KeyKind::parse(kind.as_str()) == Some(kind)));
    }
}
