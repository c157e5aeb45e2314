//! A user: a name, a role, and the hash of a password.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

pub use crate::id::UserId;
use crate::{Timestamp, Version, id::GroupId, invalid::Invalid, password::PasswordHash};

/// The name with which a user signs in: 1 to 64 letters, digits and `. _ - @ +`, compared in NFC, case kept
/// (UsernameCasePreserved of RFC 8265, as RFC 7617 section 2.1 asks).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Username(String);

impl Username {
    /// The most characters in a name.
    pub const MAX: usize = 64;

    /// Parses a name. A colon cannot stand in it: it ends the name in the credentials (RFC 7617 section 2).
    ///
    /// # Errors
    /// A sentence for the person who typed it.
    pub fn parse(name: &str) -> Result<Username, String> {
        // The length first: normalising is not free, and this runs on what strangers send.
        if name.len() > Username::MAX * 4 {
            return Err(format!("At most {} characters.", Username::MAX));
        }
        // The width mapping of RFC 8265 section 3.3: the full-width ａ is an a.
        let narrow = |c| matches!(c, '\u{ff00}'..='\u{ffef}');
        let name: String = match name {
            ascii if ascii.is_ascii() => ascii.to_owned(),
            wide if wide.chars().any(narrow) => wide.nfkc().collect(),
            other => other.nfc().collect(),
        };
        if name.is_empty() {
            return Err("A user needs a name.".into());
        }
        if name.chars().count() > Username::MAX {
            return Err(format!("At most {} characters; this has {}.", Username::MAX, name.chars().count()));
        }
        match name.chars().find(|c| !c.is_alphanumeric() && !matches!(c, '.' | '_' | '-' | '@' | '+') && !is_mark(*c)) {
            Some(':') => Err("A colon cannot stand in a name: it ends the name in Basic credentials.".into()),
            Some(odd) => Err(format!("Only letters, digits and . _ - @ + can stand in a name; this has {odd:?}.")),
            None if name.starts_with(is_mark) => Err("A name cannot begin with a combining mark.".into()),
            None => Ok(Username(name)),
        }
    }

    /// The name in NFC.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a user may do. Each role may do all that the ones before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Reads private pages.
    Reader,
    /// Writes pages.
    Editor,
    /// Manages users and the site.
    Admin,
}

impl Role {
    /// Every role, the least first.
    pub const ALL: [Role; 3] = [Role::Reader, Role::Editor, Role::Admin];

    /// Parses `reader`, `editor` or `admin`.
    ///
    /// # Errors
    /// A sentence that names the three.
    pub fn parse(role: &str) -> Result<Role, String> {
        Role::ALL
            .into_iter()
            .find(|known| known.as_str() == role)
            .ok_or_else(|| format!("A role is reader, editor or admin; this is {role:?}."))
    }

    /// The word in the database, in forms and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Reader => "reader",
            Role::Editor => "editor",
            Role::Admin => "admin",
        }
    }

    /// Whether the role may write pages and enter the panel.
    pub fn may_edit(self) -> bool {
        matches!(self, Role::Editor | Role::Admin)
    }

    /// Whether the role may manage users, groups and the site, and read the audit trail.
    pub fn may_administer(self) -> bool {
        self == Role::Admin
    }

    /// The word that people read.
    pub fn label(self) -> &'static str {
        match self {
            Role::Reader => "Reader",
            Role::Editor => "Editor",
            Role::Admin => "Administrator",
        }
    }
}

/// The colours in which a user sees the panel and the lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// Parses `system`, `light` or `dark`; anything else is `None`.
    pub fn parse(theme: &str) -> Option<Theme> {
        [Theme::System, Theme::Light, Theme::Dark].into_iter().find(|known| known.as_str() == theme)
    }

    /// The word in the database and in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }
}

/// A user as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Its key.
    pub id: UserId,
    /// The name that signs in.
    pub name: Username,
    /// What the user may do.
    pub role: Role,
    /// Whether the account signs in at all.
    pub active: bool,
    /// The colours of the panel.
    pub theme: Theme,
    /// The stored hash.
    pub password_hash: PasswordHash,
    /// The groups that it is in, sorted.
    pub groups: Vec<GroupId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last signed in, to about a minute.
    pub last_sign_in_at: Option<Timestamp>,
    /// How often it was saved.
    pub version: Version,
}

/// What an administrator decides about a user, as it is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserInput {
    /// The name.
    pub name: String,
    /// `reader`, `editor` or `admin`.
    pub role: String,
    /// Whether the account signs in.
    pub active: bool,
}

/// What an administrator decides about a user, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserContent {
    /// The name that signs in.
    pub name: Username,
    /// What the user may do.
    pub role: Role,
    /// Whether the account signs in.
    pub active: bool,
}

impl UserInput {
    /// The draft of a user that exists, as its form shows it.
    pub fn of(user: &User) -> UserInput {
        UserInput { name: user.name.to_string(), role: user.role.as_str().into(), active: user.active }
    }

    /// Checks every field.
    ///
    /// # Errors
    /// [`Invalid`] with a message for `name` or `role`.
    pub fn check(&self) -> Result<UserContent, Invalid> {
        let mut invalid = Invalid::default();
        let name = invalid.take("name", Username::parse(self.name.trim()));
        let role = invalid.take("role", Role::parse(&self.role));
        match (name, role) {
            (Some(name), Some(role)) => Ok(UserContent { name, role, active: self.active }),
            _ => Err(invalid),
        }
    }
}
