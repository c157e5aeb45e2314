//! Who may see what, who may edit, who may administer. No other place decides this.

use crate::{
    Timestamp,
    audience::Readers,
    page::Page,
    user::{Role, UserId},
};

pub use crate::visitor::{Member, Visitor};

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

/// Proof that whoever acts may write pages. The store's changes ask for it, and put its name into the audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Editor {
    user: Option<UserId>,
    actor: String,
    role: Role,
}

impl Editor {
    /// The proof, if this visitor may edit.
    pub fn of(visitor: &Visitor) -> Option<Editor> {
        let member = visitor.member().filter(|member| member.role.may_edit())?;
        Some(Editor { user: Some(member.id), actor: member.name.to_string(), role: member.role })
    }

    /// The name under which the audit trail keeps what is done.
    pub fn actor(&self) -> &str {
        &self.actor
    }

    /// The account that acts; `None` for the command line and for Postern itself. A long operation asks the database for
    /// its present role before it commits.
    pub fn user(&self) -> Option<UserId> {
        self.user
    }

    /// Whether this editor is an administrator too.
    pub fn is_admin(&self) -> bool {
        self.role.may_administer()
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
        Admin(Editor { user: None, actor: "command line".into(), role: Role::Admin })
    }

    /// Postern itself, for what it does by the clock; the audit trail says `Postern itself`.
    pub fn itself() -> Admin {
        Admin(Editor { user: None, actor: "Postern itself".into(), role: Role::Admin })
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
