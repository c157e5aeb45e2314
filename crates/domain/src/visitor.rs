//! A visitor: the person or program that sends a request, as far as credentials prove who it is.

use crate::{
    id::{GroupId, UserId},
    user::{Role, Username},
};

/// Who asks: nobody known, or a user whose credentials were verified and whose account is active now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visitor {
    /// No credentials, or none that hold.
    Anonymous,
    /// Somebody whose password was verified.
    SignedIn(Member),
}

/// What is known of a visitor who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Whose account it is.
    pub id: UserId,
    /// The name that the credentials gave.
    pub name: Username,
    /// The role of the account at this request.
    pub role: Role,
    /// The groups that it is in at this request, sorted.
    pub groups: Vec<GroupId>,
}

impl Visitor {
    /// The member, when somebody is signed in.
    pub fn member(&self) -> Option<&Member> {
        match self {
            Visitor::Anonymous => None,
            Visitor::SignedIn(member) => Some(member),
        }
    }

    /// Whether this visitor may write pages.
    pub fn may_edit(&self) -> bool {
        self.member().is_some_and(|member| member.role.may_edit())
    }
}
