//! A user: a name, a role, and the hash of a password.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

pub use crate::id::UserId;
use crate::{Timestamp, Version, id::GroupId, invalid::Invalid, lookalike, password::PasswordHash, text, zone::Zone};

/// The most characters in the note of a user.
pub const NOTE_CHARS: usize = text::LINE_CHARS;

/// The name with which a user signs in: 1 to 64 letters, digits and `. _ - @ +`, compared in NFC, case kept
/// (UsernameCasePreserved of RFC 8265, as RFC 7617 section 2.1 asks).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Username(String);

impl Username {
    /// The most characters in a name.
    pub const MAX: usize = 64;

    /// The reserved name that belongs to no user. A browser that sends it has replaced the credentials that it had before.
    pub const SIGNED_OUT: &'static str = "signed-out";

    /// Parses a name. A name has no colon, because a colon ends the name in the credentials (RFC 7617 section 2).
    ///
    /// # Errors
    /// A sentence for the person who typed it.
    pub fn parse(name: &str) -> Result<Username, String> {
        // The length comes first: normalising is not free, and this parses input of anonymous clients.
        if name.len() > Username::MAX * 4 {
            return Err(format!("At most {} characters.", Username::MAX));
        }
        // The width mapping of RFC 8265 section 3.3: the full-width ａ becomes an a.
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
            Some(':') => Err("No colons in user names. Use letters, digits and . _ - @ +".into()),
            Some(odd) if odd.is_whitespace() => {
                Err("No spaces in user names. Use letters, digits and . _ - @ +".into())
            }
            Some(odd) => Err(format!("No {odd:?} in user names. Use letters, digits and . _ - @ +")),
            None if name.starts_with(is_mark) => Err("A name cannot begin with a combining mark.".into()),
            None => Ok(Username(name)),
        }
    }

    /// Whether it is [`Username::SIGNED_OUT`]. Its sender is a visitor, even if the database has a user of this name.
    pub fn is_signed_out(&self) -> bool {
        self.0 == Username::SIGNED_OUT
    }

    /// Parses the name of a new user: as [`Username::parse`], without letters that are rare, obsolete or invisible, and
    /// without the reserved name in any case and names that no address can contain.
    ///
    /// # Errors
    /// A sentence for the person who typed it.
    pub fn parse_new(name: &str) -> Result<Username, String> {
        let name = Username::parse(name)?;
        if name.0.eq_ignore_ascii_case(Username::SIGNED_OUT) {
            return Err(format!("The name “{}” is reserved: browsers send it to sign out.", Username::SIGNED_OUT));
        }
        if matches!(&*name.0, "." | "..") {
            return Err(format!("Not “{name}”: a browser leaves it out of an address. Add a letter."));
        }
        match lookalike::odd_in_name(&name.0) {
            Some(odd) => Err(format!(
                "People cannot see {odd:?} (U+{:04X}) or tell it from another letter. Use an ordinary one.",
                u32::from(odd)
            )),
            None => Ok(name),
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

/// The rights of a user. Each role includes the rights of the roles before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The user may read pages whose audience includes them.
    Reader,
    /// The user may write pages and enter the panel.
    Editor,
    /// The user may manage users, groups and the site.
    Admin,
}

impl Role {
    /// All roles, the one with the fewest rights first.
    pub const ALL: [Role; 3] = [Role::Reader, Role::Editor, Role::Admin];

    /// Parses `reader`, `editor` or `admin`.
    ///
    /// # Errors
    /// A sentence that names the three roles.
    pub fn parse(role: &str) -> Result<Role, String> {
        Role::ALL
            .into_iter()
            .find(|known| known.as_str() == role)
            .ok_or_else(|| format!("A role is reader, editor or admin; this is {role:?}."))
    }

    /// The word for the role in the database, in forms and on the command line.
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

    /// The word for the role in the panel.
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
    /// The colours follow the system's setting.
    #[default]
    System,
    /// The colours are always light.
    Light,
    /// The colours are always dark.
    Dark,
}

impl Theme {
    /// Parses `system`, `light` or `dark`; anything else is `None`.
    pub fn parse(theme: &str) -> Option<Theme> {
        [Theme::System, Theme::Light, Theme::Dark].into_iter().find(|known| known.as_str() == theme)
    }

    /// The word for the theme in the database and in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }
}

/// A user as stored in the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The key of the user.
    pub id: UserId,
    /// The name with which the user signs in.
    pub name: Username,
    /// The rights of the user.
    pub role: Role,
    /// Whether the account is enabled. [`User::is_active_at`] says whether it can sign in.
    pub active: bool,
    /// The moment from which the account cannot sign in any more; `None` without an end.
    pub ends_at: Option<Timestamp>,
    /// The colours in which the user sees the panel and the lists.
    pub theme: Theme,
    /// The stored hash of the password.
    pub password_hash: PasswordHash,
    /// The keys of the user's groups, sorted.
    pub groups: Vec<GroupId>,
    /// The moment at which the account was created.
    pub created_at: Timestamp,
    /// The moment of the last recorded sign-in, `None` before the first: at most one in 30 minutes is recorded.
    pub last_sign_in_at: Option<Timestamp>,
    /// A note for administrators, such as an address: one line of at most 200 characters, empty for none.
    pub note: String,
    /// The version of the account, which grows by 1 with each save.
    pub version: Version,
}

impl User {
    /// Whether the account can sign in at a moment and has this hash of its password.
    pub fn has_active(&self, hash: &PasswordHash, now: Timestamp) -> bool {
        self.is_active_at(now) && self.password_hash == *hash
    }

    /// Whether the account can sign in at a moment: it is enabled and has not ended. Code that checks `active` alone admits
    /// accounts that have ended.
    pub fn is_active_at(&self, now: Timestamp) -> bool {
        self.active && self.ends_at.is_none_or(|end| now < end)
    }

    /// What an administrator can change about the user, as it is.
    pub fn content(&self) -> UserContent {
        UserContent {
            name: self.name.clone(),
            role: self.role,
            active: self.active,
            ends_at: self.ends_at,
            note: self.note.clone(),
        }
    }
}

/// The input of a user's form, unchecked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserInput {
    /// The name as typed.
    pub name: String,
    /// `reader`, `editor` or `admin`.
    pub role: String,
    /// Whether the account is enabled.
    pub active: bool,
    /// The end of the account as typed; empty for none.
    pub ends: String,
    /// The note as typed.
    pub note: String,
}

/// The checked input of an administrator about a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserContent {
    /// The name with which the user signs in.
    pub name: Username,
    /// The rights of the user.
    pub role: Role,
    /// Whether the account is enabled.
    pub active: bool,
    /// The moment from which the account cannot sign in any more; `None` without an end.
    pub ends_at: Option<Timestamp>,
    /// The note for administrators; see [`User::note`].
    pub note: String,
}

impl UserContent {
    /// An account that is enabled and has no end and no note.
    pub fn new(name: Username, role: Role) -> UserContent {
        UserContent { name, role, active: true, ends_at: None, note: String::new() }
    }
}

impl UserInput {
    /// The input that a form shows for an existing user, with moments in a time zone.
    pub fn of(user: &User, zone: Zone) -> UserInput {
        let ends = user.ends_at.map(|end| zone.typed(end)).unwrap_or_default();
        UserInput {
            name: user.name.to_string(),
            role: user.role.as_str().into(),
            active: user.active,
            ends,
            note: user.note.clone(),
        }
    }

    /// Checks all fields; moments are typed in a time zone.
    ///
    /// # Errors
    /// [`Invalid`] with a message for `name`, `role`, `ends` or `note`.
    pub fn check(&self, zone: Zone) -> Result<UserContent, Invalid> {
        let mut invalid = Invalid::default();
        let name = invalid.take("name", Username::parse(text::cleaned(&self.name).trim()));
        let role = invalid.take("role", Role::parse(&self.role));
        let ends_at = invalid.take("ends", zone.parse_moment(&self.ends));
        let note = invalid.take("note", text::line(&self.note, NOTE_CHARS));
        match (name, role, ends_at, note) {
            (Some(name), Some(role), Some(ends_at), Some(note)) => {
                Ok(UserContent { name, role, active: self.active, ends_at, note })
            }
            _ => Err(invalid),
        }
    }
}
