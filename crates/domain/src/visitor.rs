//! A visitor: the person or program that sends a request, identified as far as its credentials prove.

use crate::{
    id::{GroupId, PageId, UserId},
    page_path::PagePath,
    user::{Role, Username},
};

/// The sender of a request: anonymous, a user whose credentials were verified and whose account is active now, or whoever has
/// the link of a share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visitor {
    /// A visitor without credentials, or with credentials that do not verify.
    Anonymous,
    /// A user whose password was verified.
    SignedIn(Member),
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
    /// The page whose audience it has at this request; `None` if everybody may read it.
    pub governor: Option<PageId>,
    /// Whether the share reaches the pages below it.
    pub below: bool,
}

impl Holder {
    /// Whether the holder is among the readers of a private page: the shared one, and of those below it the ones that inherit
    /// from the page from which the shared one inherits, or which it is. A page below with an audience of its own, and what
    /// inherits from that, stays out, whoever its readers are.
    pub fn reads(&self, page: PageId, path: &PagePath, governor: Option<PageId>) -> bool {
        page == self.page || self.below && path.is_below(&self.path) && governor.is_some() && governor == self.governor
    }

    /// Whether the share reaches a path, whoever may read its page.
    pub fn reaches(&self, path: &PagePath) -> bool {
        *path == self.path || self.below && path.is_below(&self.path)
    }
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
    /// The account of a signed-in visitor; `None` for any other.
    pub fn member(&self) -> Option<&Member> {
        match self {
            Visitor::Anonymous | Visitor::Holder(_) => None,
            Visitor::SignedIn(member) => Some(member),
        }
    }

    /// Whether this visitor may write pages.
    pub fn may_edit(&self) -> bool {
        self.member().is_some_and(|member| member.role.may_edit())
    }
}
