//! Who may see what, who may edit, who may administer. No other place decides this.

use crate::{
    Timestamp,
    audience::Readers,
    group::GroupId,
    page::Page,
    user::{Role, UserId, Username},
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
        self.member().is_some_and(|member| may_edit(member.role))
    }
}

/// What a request for a page gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// The page.
    Show,
    /// 401 with a challenge: it opens to somebody who signs in.
    Challenge,
    /// 403: they are signed in, and not among its readers. That it exists the challenge has told.
    Refuse,
    /// 404: for this visitor there is no such page.
    Absent,
}

/// How a page stands in a list, a search or a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listing {
    /// Title, summary and date.
    Open,
    /// The title with a lock, because its author ticked "show the title in lists"; nothing else.
    Locked,
    /// Not at all.
    Hidden,
}

/// Decides whether a visitor sees a page: whoever may edit it always, others when they are among its readers. Before its
/// date and from its end on, it exists for those who may edit it and for nobody else.
pub fn decide(page: &Page, visitor: &Visitor, now: Timestamp) -> Access {
    if visitor.may_edit() {
        return Access::Show;
    }
    if !page.content.is_published(now) {
        return Access::Absent;
    }
    match (&page.readers, visitor.member()) {
        (Readers::Everybody, _) => Access::Show,
        (_, None) => Access::Challenge,
        (readers, Some(member)) if readers.include(member) => Access::Show,
        (_, Some(_)) => Access::Refuse,
    }
}

/// Decides how a page stands in the lists that a visitor sees. Lists are for readers: a page before its date or after its end is
/// in none, not even an editor's; the panel has those.
pub fn listing(page: &Page, visitor: &Visitor, now: Timestamp) -> Listing {
    if !page.content.is_published(now) {
        return Listing::Hidden;
    }
    match decide(page, visitor, now) {
        Access::Show => Listing::Open,
        Access::Challenge | Access::Refuse if page.content.show_title => Listing::Locked,
        Access::Challenge | Access::Refuse | Access::Absent => Listing::Hidden,
    }
}

/// Whether a role may write pages and enter the panel.
pub fn may_edit(role: Role) -> bool {
    matches!(role, Role::Editor | Role::Admin)
}

/// Whether a role may manage users and the site, and read the audit trail.
pub fn may_administer(role: Role) -> bool {
    role == Role::Admin
}

/// Proof that whoever acts may write pages. The store's changes ask for it, and put its name into the audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Editor {
    actor: String,
    role: Role,
}

impl Editor {
    /// The proof, if this visitor may edit.
    pub fn of(visitor: &Visitor) -> Option<Editor> {
        let member = visitor.member().filter(|member| may_edit(member.role))?;
        Some(Editor { actor: member.name.to_string(), role: member.role })
    }

    /// The name under which the audit trail keeps what is done.
    pub fn actor(&self) -> &str {
        &self.actor
    }

    /// Whether this editor is an administrator too.
    pub fn is_admin(&self) -> bool {
        may_administer(self.role)
    }
}

/// Proof that whoever acts may manage users and the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admin(Editor);

impl Admin {
    /// The proof, if this visitor may administer.
    pub fn of(visitor: &Visitor) -> Option<Admin> {
        Editor::of(visitor).filter(Editor::is_admin).map(Admin)
    }

    /// The operator, who commands the machine and needs no account; the audit trail says `command line`.
    pub fn command_line() -> Admin {
        Admin(Editor { actor: "command line".into(), role: Role::Admin })
    }

    /// Postern itself, for what it does by the clock; the audit trail says `Postern itself`.
    pub fn itself() -> Admin {
        Admin(Editor { actor: "Postern itself".into(), role: Role::Admin })
    }

    /// The name under which the audit trail keeps what is done.
    pub fn actor(&self) -> &str {
        self.0.actor()
    }

    /// An administrator is an editor.
    pub fn editor(&self) -> &Editor {
        &self.0
    }
}
