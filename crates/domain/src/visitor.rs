//! A visitor: the person or program that sends a request, identified as far as its credentials prove.

pub use crate::member::Member;
use crate::{id::PageId, page_path::PagePath, user::Role};

/// The sender of a request: anonymous, a user or a program whose credentials were verified and whose account is active now, or a
/// person with the link of a share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visitor {
    /// A visitor without credentials, or with credentials that do not verify.
    Anonymous,
    /// A user whose password was verified.
    SignedIn(Member),
    /// A program with an app password of a user.
    AppPassword(Program),
    /// Somebody with the link of a share that is open now.
    Holder(Holder),
}

/// The holder of a share: one more reader of the page that governs the shared page, as far as the share reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The shared page.
    pub page: PageId,
    /// The path at which it lives at this request.
    pub path: PagePath,
    /// The page whose audience it has at this request; `None` if everyone may read it.
    pub governor: Option<PageId>,
    /// Whether the share reaches the pages below it.
    pub below: bool,
}

impl Holder {
    /// Whether the holder may read a private page. The holder may read the shared page, and pages below it that have the same
    /// governor. A page below with an audience of its own is excluded, and so are the pages that inherit from it.
    pub fn reads(&self, page: PageId, path: &PagePath, governor: Option<PageId>) -> bool {
        page == self.page || self.below && path.is_below(&self.path) && governor.is_some() && governor == self.governor
    }

    /// Whether a path is within the share. The page there may still have other readers.
    pub fn reaches(&self, path: &PagePath) -> bool {
        *path == self.path || self.below && path.is_below(&self.path)
    }
}

/// A program with an app password: a reader, whatever the role of the owner is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    owner: Member,
    reads_all: bool,
    below: Option<PagePath>,
}

impl Program {
    /// A program of an owner, for the page at a path and those below it; for all pages without a path.
    pub fn of(owner: Member, below: Option<PagePath>) -> Program {
        let reads_all = owner.role.may_edit();
        Program { owner: Member { role: Role::Reader, ..owner }, reads_all, below }
    }

    /// The owner, as a reader: an app password has no other right of its owner.
    pub fn owner(&self) -> &Member {
        &self.owner
    }

    /// Whether it reads every published page within its reach, because its owner is an editor or an administrator.
    pub fn reads_all(&self) -> bool {
        self.reads_all
    }

    /// The path that limits it; `None` without a limit.
    pub fn below(&self) -> Option<&PagePath> {
        self.below.as_ref()
    }

    /// Whether it may open private pages at a path.
    pub fn reaches(&self, path: &PagePath) -> bool {
        self.below.as_ref().is_none_or(|limit| path == limit || path.is_below(limit))
    }
}

impl Visitor {
    /// The account of a signed-in visitor, or the owner of an app password as a reader; `None` for any other visitor.
    pub fn member(&self) -> Option<&Member> {
        match self {
            Visitor::Anonymous | Visitor::Holder(_) => None,
            Visitor::SignedIn(member) => Some(member),
            Visitor::AppPassword(program) => Some(program.owner()),
        }
    }

    /// The path that limits the visitor; only app passwords have one.
    pub fn limit(&self) -> Option<&PagePath> {
        match self {
            Visitor::AppPassword(program) => program.below(),
            Visitor::Anonymous | Visitor::SignedIn(_) | Visitor::Holder(_) => None,
        }
    }

    /// Whether this visitor may write pages. No app password does, and no holder of a share.
    pub fn may_edit(&self) -> bool {
        match self {
            Visitor::Anonymous | Visitor::AppPassword(_) | Visitor::Holder(_) => false,
            Visitor::SignedIn(member) => member.role.may_edit(),
        }
    }
}
