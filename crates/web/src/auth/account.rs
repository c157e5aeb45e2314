//! The account of a signed-in user.

use domain::{
    Timestamp,
    access::Member,
    password::PasswordHash,
    user::{Theme, User},
    visitor::Visitor,
};

/// The account of a signed-in user.
#[derive(Clone, Debug)]
pub struct Account {
    /// The user, as the access rule needs them.
    pub member: Member,
    /// The colours that the user chose.
    pub theme: Theme,
    /// The key of the user's form tokens; see `form_token`.
    pub(super) form_key: PasswordHash,
}

impl Account {
    /// The account of a stored user.
    pub fn of(user: &User) -> Account {
        let User { id, ref name, role, ref groups, .. } = *user;
        let member = Member { id, name: name.clone(), role, groups: groups.clone() };
        Account { member, theme: user.theme, form_key: user.password_hash.clone() }
    }

    /// Whether an answer that was rendered for one account is right for the other: same user, same rights, same
    /// colours.
    pub fn renders_like(&self, other: &Account) -> bool {
        self.member == other.member && self.theme == other.theme
    }

    /// Whether the stored user can sign in now, and still has the id, role and password of this account.
    pub fn is_unchanged(&self, user: &User, now: Timestamp) -> bool {
        let Member { id, role, .. } = self.member;
        user.is_active_at(now) && user.id == id && user.role == role && user.password_hash == self.form_key
    }

    /// The visitor of the access rule.
    pub fn visitor(&self) -> Visitor {
        Visitor::SignedIn(self.member.clone())
    }
}
