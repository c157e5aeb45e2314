//! A visitor: the person or program that sends a request, identified as far as its credentials prove.

pub use crate::member::Member;
use crate::{page::PagePath, user::Role};

/// The sender of a request: anonymous, or a user whose credentials were verified and whose account is active now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visitor {
    /// A visitor without credentials, or with credentials that do not verify.
    Anonymous,
    /// A user whose password was verified.
    SignedIn(Member),
    /// A program with an app password of a user.
    AppPassword(Program),
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
    /// The account of a signed-in visitor, or the owner of an app password as a reader; `None` for an anonymous visitor.
    pub fn member(&self) -> Option<&Member> {
        match self {
            Visitor::Anonymous => None,
            Visitor::SignedIn(member) => Some(member),
            Visitor::AppPassword(program) => Some(program.owner()),
        }
    }

    /// Whether this visitor may write pages. No app password does.
    pub fn may_edit(&self) -> bool {
        match self {
            Visitor::Anonymous | Visitor::AppPassword(_) => false,
            Visitor::SignedIn(member) => member.role.may_edit(),
        }
    }
}
