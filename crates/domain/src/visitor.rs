//! A visitor: the person or program that sends a request, identified as far as its credentials prove.

use crate::{
    id::{GroupId, UserId},
    user::{Role, Username},
};

/// The sender of a request: anonymous, or a user whose credentials were verified and whose account is active now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visitor {
    /// A visitor without credentials, or with credentials that do not verify.
    Anonymous,
    /// A user whose password was verified.
    SignedIn(Member),
}

/// The account of a signed-in visitor at this request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The key of the account.
    pub id: UserId,
    /// The name in the credentials.
    pub name: Username,
    /// The role of the account at this request.
    pub role: Role,
    /// The keys of the account's groups at this request, sorted.
    pub groups: Vec<GroupId>,
}

impl Visitor {
    /// The account of a signed-in visitor; `None` for an anonymous one.
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
