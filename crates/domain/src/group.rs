//! A group: people under one name, for pages that only some may read.

use std::fmt;

pub use crate::id::GroupId;
use crate::{Timestamp, Version, invalid::Invalid, text, user::Username};

/// The name of a group: one line of 1 to 64 characters, compared byte by byte.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupName(String);

impl GroupName {
    /// The most characters in a name.
    pub const MAX: usize = 64;

    /// Parses a name.
    ///
    /// # Errors
    /// A sentence for the person who typed it.
    pub fn parse(typed: &str) -> Result<GroupName, String> {
        match text::line(typed, GroupName::MAX)? {
            name if name.is_empty() => Err("A group needs a name.".into()),
            name => Ok(GroupName(name)),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for GroupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What an administrator decides about a group, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupContent {
    /// Its name.
    pub name: GroupName,
    /// Who is in it, sorted, each once.
    pub members: Vec<Username>,
}

/// A group as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its key.
    pub id: GroupId,
    /// What administrators decided.
    pub content: GroupContent,
    /// When it was made.
    pub created_at: Timestamp,
    /// How often it was saved.
    pub version: Version,
}

/// A group as it is typed: nothing is checked yet, nothing is lost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupInput {
    /// The name.
    pub name: String,
    /// Names of users, with commas or spaces between them.
    pub members: String,
}

impl GroupInput {
    /// The draft of a group that exists, as its form shows it.
    pub fn of(content: &GroupContent) -> GroupInput {
        GroupInput { name: content.name.to_string(), members: joined(&content.members) }
    }

    /// Checks every field.
    ///
    /// # Errors
    /// [`Invalid`] with a message for `name` or `members`.
    pub fn check(&self) -> Result<GroupContent, Invalid> {
        let mut invalid = Invalid::default();
        let name = invalid.take("name", GroupName::parse(&self.name));
        let members = invalid.take("members", usernames(&self.members));
        match (name, members) {
            (Some(name), Some(members)) => Ok(GroupContent { name, members }),
            _ => Err(invalid),
        }
    }
}

/// Reads names of users with commas, semicolons or white space between them; sorted, each once.
///
/// # Errors
/// A sentence that names what cannot be a name.
pub fn usernames(typed: &str) -> Result<Vec<Username>, String> {
    let names = typed.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';')).filter(|name| !name.is_empty());
    let mut names = names
        .map(|name| Username::parse(name).map_err(|why| format!("“{name}” is no name of a user. {why}")))
        .collect::<Result<Vec<_>, _>>()?;
    names.sort();
    names.dedup();
    Ok(names)
}

/// Names with commas between them, as [`usernames`] reads them.
pub fn joined(names: &[Username]) -> String {
    names.iter().map(Username::as_str).collect::<Vec<_>>().join(", ")
}
