//! The account of a signed-in user, or of a program with an app password.

use domain::{
    Timestamp,
    access::{Member, Program},
    app_password::{AppPassword, AppPasswordId},
    password::PasswordHash,
    user::{Theme, User},
    visitor::Visitor,
};

/// The account of a signed-in user.
#[derive(Clone, Debug)]
pub struct Account {
    /// The user, as the access rule needs them. With an app password, the owner as a reader.
    pub member: Member,
    /// The colours that the user chose.
    pub theme: Theme,
    pub(super) proof: Proof,
}

/// What the sender of a request proved to be.
#[derive(Clone, Debug)]
pub(super) enum Proof {
    /// The user. The hash of the password is the key of the user's form tokens; see `form_token`.
    Password(PasswordHash),
    /// A program. It has no key: no form is given to it, and none is accepted from it.
    AppPassword(AppPasswordId, Program),
}

impl Account {
    /// The account of a stored user.
    pub fn of(user: &User) -> Account {
        let proof = Proof::Password(user.password_hash.clone());
        Account { member: Member::of(user), theme: user.theme, proof }
    }

    /// The account of a program with an app password of a stored user.
    pub fn of_program(owner: &User, password: &AppPassword) -> Account {
        let program = Program::of(Member::of(owner), password.content.below.clone());
        let member = program.owner().clone();
        Account { member, theme: owner.theme, proof: Proof::AppPassword(password.id, program) }
    }

    /// Whether an answer that was rendered for one account is right for the other: same user, same rights, same
    /// colours.
    pub fn renders_like(&self, other: &Account) -> bool {
        self.member == other.member && self.theme == other.theme && self.program() == other.program()
    }

    /// Whether the stored user can sign in now, and still has the id, role and password of this account.
    pub fn is_unchanged(&self, user: &User, now: Timestamp) -> bool {
        let Member { id, role, .. } = self.member;
        self.form_key().is_some_and(|key| user.has_active(key, now)) && user.id == id && user.role == role
    }

    /// The visitor of the access rule.
    pub fn visitor(&self) -> Visitor {
        match self.program() {
            None => Visitor::SignedIn(self.member.clone()),
            Some(program) => Visitor::AppPassword(program.clone()),
        }
    }

    /// The key of the app password; `None` for a user who signed in with their own password.
    pub fn app_password(&self) -> Option<AppPasswordId> {
        match self.proof {
            Proof::Password(_) => None,
            Proof::AppPassword(id, _) => Some(id),
        }
    }

    /// The program that has an app password; `None` for a user who signed in with their own password.
    pub fn program(&self) -> Option<&Program> {
        match &self.proof {
            Proof::Password(_) => None,
            Proof::AppPassword(_, program) => Some(program),
        }
    }

    /// The key of the form tokens; an app password has none.
    pub(super) fn form_key(&self) -> Option<&PasswordHash> {
        match &self.proof {
            Proof::Password(hash) => Some(hash),
            Proof::AppPassword(..) => None,
        }
    }
}
