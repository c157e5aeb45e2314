//! A group: people under one name, for pages with chosen readers.

use std::fmt;

pub use crate::id::GroupId;
use crate::{Timestamp, Version, invalid::Invalid, lookalike, text, user::Username};

/// The name of a group: one line of 1 to 64 characters, compared byte by byte.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupName(String);

impl GroupName {
    /// The most characters in the name of a group.
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

    /// Parses the name of a new group: as [`GroupName::parse`], without characters that nobody can see or that turn the direction
    /// of a text.
    ///
    /// # Errors
    /// A sentence for the person who typed it.
    pub fn parse_new(typed: &str) -> Result<GroupName, String> {
        let name = GroupName::parse(typed)?;
        lookalike::visible(&name.0).map(|()| name)
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for GroupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The checked input of an administrator about a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupContent {
    /// The name of the group.
    pub name: GroupName,
    /// The names of the members, sorted and unique.
    pub members: Vec<Username>,
}

/// A group as stored in the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The key of the group.
    pub id: GroupId,
    /// The name and the members.
    pub content: GroupContent,
    /// The moment at which the group was created.
    pub created_at: Timestamp,
    /// The version of the group, which grows by 1 with each save.
    pub version: Version,
}

/// The input of a group's form, unchecked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupInput {
    /// The name as typed.
    pub name: String,
    /// Names of users, separated by commas, semicolons or white space.
    pub members: String,
}

impl GroupInput {
    /// The input that a form shows for an existing group.
    pub fn of(content: &GroupContent) -> GroupInput {
        GroupInput { name: content.name.to_string(), members: joined(&content.members) }
    }

    /// Checks all fields.
    ///
    /// # Errors
    /// [`Invalid`] with a message for `name` or `members`.
    pub fn check(&self) -> Result<GroupContent, Invalid> {
        let mut invalid = Invalid::default();
        let name = invalid.take("name", GroupName::parse_new(&self.name));
        let members = invalid.take("members", usernames(&self.members));
        match (name, members) {
            (Some(name), Some(members)) => Ok(GroupContent { name, members }),
            _ => Err(invalid),
        }
    }
}

/// Parses names of users that are separated by commas, semicolons or white space; the result is sorted and unique.
///
/// # Errors
/// A sentence that quotes the first text that is not a valid name.
pub fn usernames(typed: &str) -> Result<Vec<Username>, String> {
    let names = typed.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';')).filter(|name| !name.is_empty());
    let mut names = names
        .map(|name| Username::parse(name).map_err(|why| format!("“{name}” is not a valid user name. {why}")))
        .collect::<Result<Vec<_>, _>>()?;
    names.sort();
    names.dedup();
    Ok(names)
}

/// Joins names with commas, in the form that [`usernames`] parses.
pub fn joined(names: &[Username]) -> String {
    names.iter().map(Username::as_str).collect::<Vec<_>>().join(", ")
}
