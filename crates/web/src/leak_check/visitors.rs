//! The visitors as whom requests are sent, and the pages that each of them may read by the rule.

use std::ops::{BitOr, BitOrAssign};

use domain::{
    Timestamp,
    access::{Access, Listing, Visitor, decide, listing},
    page::{Page, PageId, PagePath},
};

use super::closed::{Closed, ClosedKind};

/// The maximum number of visitors.
const MAX_VISITORS: usize = 32;

/// The name of the visitor with a password.
pub(super) const READER: &str = "reader";

/// Some of the visitors of a run, by their numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Visitors(u32);

impl Visitors {
    /// No visitor.
    pub(super) const NONE: Visitors = Visitors(0);
    /// All visitors.
    pub(super) const ALL: Visitors = Visitors(u32::MAX);

    /// The visitors for whom a condition holds.
    pub(super) fn of(all: &[Identity], holds: impl Fn(&Identity) -> bool) -> Visitors {
        let numbers = all.iter().take(MAX_VISITORS).enumerate().filter(|(_, identity)| holds(identity));
        numbers.fold(Visitors::NONE, |some, (number, _)| some | Visitors(1 << number))
    }

    /// Whether the visitor with a number is among them.
    pub(super) fn contain(self, number: usize) -> bool {
        self.0 & (1 << number) != 0
    }
}

impl BitOr for Visitors {
    type Output = Visitors;

    fn bitor(self, other: Visitors) -> Visitors {
        Visitors(self.0 | other.0)
    }
}

impl BitOrAssign for Visitors {
    fn bitor_assign(&mut self, other: Visitors) {
        self.0 |= other.0;
    }
}

/// The key with which a visitor is let in.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Key {
    /// Nothing.
    Nothing,
    /// The value of the header `Authorization`.
    Header(String),
    /// The secret of a share, whose page has a path.
    Share(String, PagePath),
    /// The secret of a link to set a password.
    Join(String),
}

/// A visitor of a run.
pub(super) struct Identity {
    /// The name in the report.
    pub(super) name: &'static str,
    /// The visitor for the rule.
    pub(super) visitor: Visitor,
    /// The page whose draft the visitor may read.
    pub(super) draft: Option<PageId>,
    /// The key.
    pub(super) key: Key,
}

impl Identity {
    /// Whether the visitor may read a page.
    pub(super) fn reads(&self, page: &Page, now: Timestamp) -> bool {
        decide(page, &self.visitor, now) == Access::Show
    }

    /// Whether the visitor finds the title and the path of a page with a lock in lists.
    pub(super) fn finds_locked(&self, page: &Page, hides_pages: bool, now: Timestamp) -> bool {
        !hides_pages && listing(page, &self.visitor, now) == Listing::Locked
    }

    /// Whether the visitor may read a closed page.
    pub(super) fn reads_closed(&self, closed: &Closed, now: Timestamp) -> bool {
        match &closed.what {
            ClosedKind::Page(page) => self.reads(page, now),
            ClosedKind::Draft => self.draft == Some(closed.id),
            ClosedKind::Deleted => false,
        }
    }

    /// Whether the visitor is a person or a program that requests every address, and not only those below a link.
    pub(super) fn goes_everywhere(&self) -> bool {
        matches!(self.key, Key::Nothing | Key::Header(_))
    }

    /// Whether the visitor has no key.
    pub(super) fn is_nobody(&self) -> bool {
        self.key == Key::Nothing
    }

    /// An address for the report, without the secret in it.
    pub(super) fn shown(&self, target: &str) -> String {
        match &self.key {
            Key::Share(secret, _) | Key::Join(secret) => target.replace(secret, "[secret]"),
            Key::Nothing | Key::Header(_) => target.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(key: Key) -> Identity {
        Identity { name: "somebody", visitor: Visitor::Anonymous, draft: None, key }
    }

    #[test]
    fn visitors_are_told_apart_by_their_numbers() {
        let all = [identity(Key::Nothing), identity(Key::Join("x".into())), identity(Key::Header("y".into()))];
        let somewhere = Visitors::of(&all, |identity| !identity.goes_everywhere());
        assert_eq!([0, 1, 2].map(|number| somewhere.contain(number)), [false, true, false]);
        assert!((somewhere | Visitors::of(&all, Identity::is_nobody)).contain(0));
        assert!((0..MAX_VISITORS).all(|number| Visitors::ALL.contain(number) && !Visitors::NONE.contain(number)));
    }

    #[test]
    fn no_report_has_a_secret() {
        let holder = identity(Key::Share("SECRET".into(), PagePath::root()));
        assert_eq!(holder.shown("/s/SECRET/x?y"), "/s/[secret]/x?y");
    }
}
