//! The account of somebody who is signed in.

use crate::{
    id::{GroupId, UserId},
    user::{Role, User, Username},
};

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

impl Member {
    /// The account of a user, as it is now.
    pub fn of(user: &User) -> Member {
        let User { id, ref name, role, ref groups, .. } = *user;
        Member { id, name: name.clone(), role, groups: groups.clone() }
    }
}
