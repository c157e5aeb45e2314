//! The pages and groups that a command sets, as far as access depends on them.

use std::collections::BTreeSet;

use domain::{
    audience::Audience,
    effective_access::EffectiveAccess,
    group::GroupId,
    page::{PageId, PagePath},
    user::{UserId, Username},
};

use crate::{Conn, Result, access};

/// The pages and groups that a command sets.
#[derive(Clone, Debug, Default)]
pub(super) struct Affected {
    pub(super) edits: Vec<Edit>,
    /// Groups with the members that they will have; a group that is deleted has none.
    pub(super) groups: Vec<(GroupId, BTreeSet<UserId>)>,
    /// New members who have no row yet, under placeholder keys.
    pub(super) newcomers: Vec<(UserId, Username)>,
}

impl Affected {
    pub(super) fn is_empty(&self) -> bool {
        self.edits.is_empty() && self.groups.is_empty()
    }

    pub(super) fn pages(edits: Vec<Edit>) -> Affected {
        Affected { edits, ..Affected::default() }
    }
}

/// One page that is added, removed or moved, or gets another audience.
#[derive(Clone, Debug)]
pub(super) struct Edit {
    pub(super) page: PageId,
    pub(super) title: String,
    /// The path at which readers have the page now; `None` for a page that is not published.
    pub(super) from: Option<PagePath>,
    /// The path and the audience after the change; `None` for a page that leaves the site.
    pub(super) to: Option<(PagePath, OwnAccess)>,
    /// For a page that is not published now: its access when it was last published, if readers had it then.
    pub(super) was: Option<EffectiveAccess>,
    pub(super) dates: DateEffect,
    /// Whether lists begin to show everyone the title of a page that not everyone can read, and the command does not state it.
    pub(super) shows_title: bool,
    /// Whether the command itself says who will read this page, so that no preview has to.
    pub(super) stated: bool,
}

impl Edit {
    /// The edit of a page, or of one that leaves the site, whose dates do not matter.
    pub(super) fn new(page: PageId, title: String, from: Option<PagePath>, to: Option<(PagePath, OwnAccess)>) -> Edit {
        Edit { page, title, from, to, was: None, dates: DateEffect::None, shows_title: false, stated: false }
    }
}

/// What the date and the end of a page mean for the effect of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DateEffect {
    /// Nothing: they stay, or the command states them.
    None,
    /// Readers do not have the page now, and new dates give it to them: all of them gain access.
    Opens,
    /// The end has passed, and nobody gains access.
    Ended,
}

/// The audience of a page, with chosen readers as keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum OwnAccess {
    Inherited,
    Everybody,
    SignedIn,
    Chosen {
        people: BTreeSet<UserId>,
        groups: BTreeSet<GroupId>,
    },
    /// The audience does not change.
    Kept,
}

impl OwnAccess {
    /// Of chosen readers, those who exist.
    pub(super) fn of(conn: &mut Conn, audience: &Audience) -> Result<OwnAccess> {
        Ok(match audience {
            Audience::Inherited => OwnAccess::Inherited,
            Audience::Public => OwnAccess::Everybody,
            Audience::SignedIn => OwnAccess::SignedIn,
            Audience::Chosen(chosen) => {
                let (people, groups) = access::chosen_keys(conn, chosen)?;
                OwnAccess::Chosen { people, groups }
            }
        })
    }
}
