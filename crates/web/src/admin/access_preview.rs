//! The effect of a change on access, as the panel shows it before it is confirmed: pages with the same effect are one group.

use std::collections::HashSet;

use domain::page::PageId;
use serde::Serialize;
use store::writing::{AccessChange, AccessDiff, Consent, Fingerprint};

/// The maximum number of groups that a preview shows.
const MAX_GROUPS: usize = 20;
/// The maximum number of pages that a group names.
const MAX_PAGES: usize = 20;

/// A page of a group.
#[derive(Serialize)]
struct Page {
    title: String,
    path: String,
}

/// Pages that gain the same readers and lose the same readers.
#[derive(Default, Serialize)]
struct Group {
    /// The number of pages, and how many of them were not selected: they inherit from a page that was.
    count: usize,
    inheriting: usize,
    gained: String,
    lost: String,
    /// The first pages; `more` are left out.
    pages: Vec<Page>,
    more: usize,
}

/// The effect of a change on access: groups of pages, and the fingerprint of all of them.
#[derive(Default, Serialize)]
pub(super) struct AccessPreview {
    groups: Vec<Group>,
    /// The number of pages in groups that are left out, and how many of these pages gain readers.
    more: usize,
    more_gains: usize,
    fingerprint: String,
}

impl AccessPreview {
    /// The effect of a change of one thing.
    pub(super) fn new(diff: &AccessDiff) -> AccessPreview {
        AccessPreview::group(diff, |_| false)
    }

    /// The effect of a change of many pages; says how many others inherit it.
    pub(super) fn of_selected(diff: &AccessDiff, selected: &HashSet<PageId>) -> AccessPreview {
        AccessPreview::group(diff, |page| !selected.contains(&page))
    }

    /// Groups the changes, in the order in which the first page of each group comes.
    fn group(diff: &AccessDiff, inherits: impl Fn(PageId) -> bool) -> AccessPreview {
        let mut preview =
            AccessPreview { fingerprint: diff.fingerprint().as_str().to_owned(), ..AccessPreview::default() };
        for change in diff.changes() {
            let (gained, lost) = (words(&change.added), words(&change.removed));
            let known = preview.groups.iter().position(|group| group.gained == gained && group.lost == lost);
            if known.is_none() && preview.groups.len() == MAX_GROUPS {
                preview.more += 1;
                preview.more_gains += usize::from(change.added.is_some());
                continue;
            }
            if known.is_none() {
                preview.groups.push(Group { gained: gained.into(), lost: lost.into(), ..Group::default() });
            }
            let last = preview.groups.len() - 1;
            let group = &mut preview.groups[known.unwrap_or(last)];
            group.add(change, inherits(change.page));
        }
        preview
    }

    /// Whether a form sent back the fingerprint of this effect.
    pub(super) fn is_agreed(&self, agreed: &str) -> bool {
        self.fingerprint == agreed
    }

    /// Whether nobody's access changes.
    pub(super) fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }
}

impl Group {
    fn add(&mut self, change: &AccessChange, inherits: bool) {
        self.count += 1;
        self.inheriting += usize::from(inherits);
        if self.pages.len() < MAX_PAGES {
            self.pages.push(Page { title: change.title.clone(), path: change.path.to_string() });
        } else {
            self.more += 1;
        }
    }
}

/// The readers that a page gains or loses; empty if there are none.
fn words(readers: &Option<String>) -> &str {
    readers.as_deref().unwrap_or_default()
}

/// The consent that a form sends back: the fingerprint of the effect that it showed, or an empty text.
pub(super) fn consent(agreed: &str) -> Consent {
    match agreed {
        "" => Consent::Stated,
        agreed => Consent::Shown(Fingerprint::sent(agreed)),
    }
}
