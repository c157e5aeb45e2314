//! Somebody who is signed in.

use domain::{
    access::Member,
    password::PasswordHash,
    user::{Theme, User},
    visitor::Visitor,
};

/// Somebody who is signed in, with what their pages look like.
#[derive(Clone, Debug)]
pub struct Account {
    /// Who, for the access rule.
    pub member: Member,
    /// Their colours.
    pub theme: Theme,
    /// Keys the tokens of their forms; see `form_token`.
    pub(super) form_key: PasswordHash,
}

impl Account {
    /// The account of a user.
    pub fn of(user: &User) -> Account {
        let User { id, ref name, role, ref groups, .. } = *user;
        let member = Member { id, name: name.clone(), role, groups: groups.clone() };
        Account { member, theme: user.theme, form_key: user.password_hash.clone() }
    }

    /// Whether pages look the same to both: the same person, with the same rights and colours.
    pub fn looks_like(&self, other: &Account) -> bool {
        self.member == other.member && self.theme == other.theme
    }

    /// Whether a user as stored now is the one who signed in, with the same role and password.
    pub fn is_still(&self, user: &User) -> bool {
        let Member { id, role, .. } = self.member;
        user.active && user.id == id && user.role == role && user.password_hash == self.form_key
    }

    /// The visitor of the access rule.
    pub fn visitor(&self) -> Visitor {
        Visitor::SignedIn(self.member.clone())
    }
}
