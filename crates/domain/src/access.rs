//! The only place that decides who may see a page, who may edit and who may administer.

use crate::{
    Timestamp,
    effective_access::AccessKind,
    page::{Dates, Page, PagePath},
    user::{Role, UserId},
};

pub use crate::visitor::{Holder, Member, Program, Visitor};

/// The response to a request for a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// The page is served.
    Show,
    /// 401 with a challenge: the page may open to a visitor who signs in.
    Challenge,
    /// 403: the visitor is signed in and is not a reader of the page. The earlier 401 has already shown that it exists.
    Refuse,
    /// 404: the page does not exist for this visitor.
    Absent,
}

impl Access {
    /// The response to a visitor who is not among the readers of a published page.
    pub fn outside(visitor: &Visitor) -> Access {
        match visitor {
            Visitor::Anonymous => Access::Challenge,
            Visitor::SignedIn(_) | Visitor::AppPassword(_) => Access::Refuse,
            // A holder has no account to sign in with, and a share reveals nothing about pages that it does not open.
            Visitor::Holder(_) => Access::Absent,
        }
    }
}

/// How a list, a search or a count shows a page. Like [`listing`], it is the oracle of tests and of `postern audit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listing {
    /// The list shows title, summary and date.
    Open,
    /// The list shows the title with a lock and nothing else, because the author ticked "show the title in lists".
    Locked,
    /// The list leaves the page out.
    Hidden,
}

/// The columns of a page that decide most requests, without its text and its readers. A refusal that needs no more takes the same
/// time for every page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outline {
    /// The kind of its effective access.
    pub access: AccessKind,
    /// The date of the page.
    pub published_at: Timestamp,
    /// The moment from which the page is no longer published.
    pub unpublish_at: Option<Timestamp>,
}

impl Outline {
    /// The outline of a page.
    pub fn of(page: &Page) -> Outline {
        Outline {
            access: page.readers.kind(),
            published_at: page.content.published_at,
            unpublish_at: page.content.unpublish_at,
        }
    }

    fn dates(&self) -> Dates {
        Dates { published_at: self.published_at, unpublish_at: self.unpublish_at }
    }

    /// Decides as [`decide`] about the page with this outline at `path`; `None` when the decision depends on the chosen
    /// readers or, for a holder, on the page from which this one inherits.
    pub fn decide(&self, path: &PagePath, visitor: &Visitor, now: Timestamp) -> Option<Access> {
        if visitor.may_edit() {
            return Some(Access::Show);
        }
        if !self.dates().is_published(now) {
            return Some(Access::Absent);
        }
        match (self.access, visitor) {
            (AccessKind::Everybody, _) => Some(Access::Show),
            (AccessKind::SignedIn | AccessKind::Chosen, Visitor::Anonymous) => Some(Access::outside(visitor)),
            (_, Visitor::AppPassword(program)) if !program.reaches(path) => Some(Access::outside(visitor)),
            (_, Visitor::AppPassword(program)) if program.reads_all() => Some(Access::Show),
            (AccessKind::SignedIn, Visitor::SignedIn(_) | Visitor::AppPassword(_)) => Some(Access::Show),
            (AccessKind::Chosen, Visitor::SignedIn(_) | Visitor::AppPassword(_)) | (_, Visitor::Holder(_)) => None,
        }
    }
}

/// Decides whether a visitor sees a page. Users who may edit see every page; others see a page if they are among its readers. The
/// holder of a share counts as a reader. Before its date and from its end on, a page exists only for users who may edit it. An
/// app password opens the published pages that its owner may read below its path; it gets a refusal for other private pages.
pub fn decide(page: &Page, visitor: &Visitor, now: Timestamp) -> Access {
    Outline::of(page).decide(&page.content.path, visitor, now).unwrap_or_else(|| {
        let is_reader = match visitor {
            Visitor::Anonymous => false,
            Visitor::SignedIn(_) | Visitor::AppPassword(_) => {
                visitor.member().is_some_and(|member| page.readers.include(member))
            }
            Visitor::Holder(holder) => holder.reads(page.id, &page.content.path, page.governor),
        };
        if is_reader { Access::Show } else { Access::outside(visitor) }
    })
}

/// Decides how a page appears in the lists that a visitor sees. Only tests and `postern audit` call it, as the oracle for the
/// store's queries. Lists are for readers: a page before its date or after its end is in none, not even for an editor; the panel
/// lists those. Lists ignore shares: the holder of a share finds in them what a stranger does.
pub fn listing(page: &Page, visitor: &Visitor, now: Timestamp) -> Listing {
    if matches!(visitor, Visitor::Holder(_)) {
        return listing(page, &Visitor::Anonymous, now);
    }
    if !page.content.is_published(now) {
        return Listing::Hidden;
    }
    match decide(page, visitor, now) {
        Access::Show => Listing::Open,
        Access::Challenge | Access::Refuse if page.content.show_title => Listing::Locked,
        Access::Challenge | Access::Refuse | Access::Absent => Listing::Hidden,
    }
}

/// Proof that the acting user may write pages. The store's commands require it, and write its name to the audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Editor {
    user: Option<UserId>,
    actor: String,
    role: Role,
}

impl Editor {
    /// Returns the proof if this visitor may edit.
    pub fn of(visitor: &Visitor) -> Option<Editor> {
        let member = visitor.member().filter(|_| visitor.may_edit())?;
        Some(Editor { user: Some(member.id), actor: member.name.to_string(), role: member.role })
    }

    /// The name of the acting user in the audit trail.
    pub fn actor(&self) -> &str {
        &self.actor
    }

    /// The acting account; `None` for the command line and for Postern itself. Each command reads its current role
    /// from the database when it starts and when it ends.
    pub fn user(&self) -> Option<UserId> {
        self.user
    }

    /// Whether this editor is an administrator too.
    pub fn is_admin(&self) -> bool {
        self.role.may_administer()
    }
}

/// Proof that the acting user may manage users and the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admin(Editor);

impl Admin {
    /// Returns the proof if this visitor may administer.
    pub fn of(visitor: &Visitor) -> Option<Admin> {
        Editor::of(visitor).filter(Editor::is_admin).map(Admin)
    }

    /// The operator, who controls the machine and needs no account; the audit trail says `command line`.
    pub fn command_line() -> Admin {
        Admin(Editor { user: None, actor: "command line".into(), role: Role::Admin })
    }

    /// Postern itself, for its scheduled work; the audit trail says `Postern itself`.
    pub fn itself() -> Admin {
        Admin(Editor { user: None, actor: "Postern itself".into(), role: Role::Admin })
    }

    /// The name of the acting user in the audit trail.
    pub fn actor(&self) -> &str {
        self.0.actor()
    }

    /// The proof that an administrator may also edit.
    pub fn editor(&self) -> &Editor {
        &self.0
    }
}
