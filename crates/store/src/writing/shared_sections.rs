//! The links that open pages below theirs, before and after a command, as far as it affects what they open.

use std::collections::{HashMap, HashSet};

use domain::{
    effective_access::EffectiveAccess,
    page::{PageId, PagePath},
    share::OpenLinks,
};
use sha2::{Digest, Sha256};

use super::affected::Edit;
use crate::{Conn, Result, holders};

/// The access of the pages with an audience of their own, by path.
pub(super) type Own = HashMap<String, EffectiveAccess>;

/// The pages with links that open their subpages.
#[derive(Default)]
pub(super) struct SharedSections {
    /// The links of each page, in ascending order.
    links: HashMap<PageId, Vec<i64>>,
    before: HashMap<String, PageId>,
    after: HashMap<String, PageId>,
}

/// A page on one side of a command.
pub(super) struct Side<'a> {
    /// The path; `None` for a page that readers do not have.
    pub(super) path: Option<&'a PagePath>,
    pub(super) access: Option<EffectiveAccess>,
    pub(super) own: &'a Own,
}

/// What a page gains and loses: pages above it whose links open it.
#[derive(Default)]
pub(super) struct LinkChange {
    gained: Vec<(PageId, PagePath)>,
    lost: Vec<(PageId, PagePath)>,
}

impl LinkChange {
    pub(super) fn is_empty(&self) -> bool {
        self.gained.is_empty() && self.lost.is_empty()
    }
}

impl SharedSections {
    /// Loads the links of affected pages, by their keys and paths now, and of pages above them.
    pub(super) fn load(
        conn: &mut Conn,
        rows: &HashMap<i64, &str>,
        edits: &[Edit],
        above: &HashSet<PagePath>,
    ) -> Result<SharedSections> {
        let mut shared = SharedSections::default();
        if !holders::any_of_sections(conn)? {
            return Ok(shared);
        }
        let keys: HashSet<i64> = rows.keys().copied().chain(edits.iter().map(|edit| edit.page.0)).collect();
        for (page, link) in holders::of_sections(conn, &keys.into_iter().collect::<Vec<_>>())? {
            shared.links.entry(PageId(page)).or_default().push(link);
            if let Some(path) = rows.get(&page) {
                shared.before.insert((*path).to_owned(), PageId(page));
            }
        }
        for (path, page, link) in holders::of_sections_at(conn, above.iter().map(PagePath::as_str))? {
            shared.links.entry(PageId(page)).or_default().push(link);
            shared.before.insert(path, PageId(page));
        }
        shared.links.values_mut().for_each(|links| links.sort_unstable());
        shared.after = shared.before.clone();
        let is_shared = |edit: &&Edit| shared.links.contains_key(&edit.page);
        for from in edits.iter().filter(is_shared).filter_map(|edit| edit.from.as_ref()) {
            shared.after.remove(from.as_str());
        }
        for edit in edits.iter().filter(is_shared) {
            if let Some((to, _)) = &edit.to {
                shared.after.insert(to.as_str().to_owned(), edit.page);
            }
        }
        Ok(shared)
    }

    /// What a page gains and loses by links of the pages above it. Its own links move with it.
    pub(super) fn change(&self, before: &Side<'_>, after: &Side<'_>) -> LinkChange {
        if self.links.is_empty() {
            return LinkChange::default();
        }
        let everybody = Some(EffectiveAccess::Everybody);
        let opened = |shared: &HashMap<String, PageId>, side: &Side<'_>| match side.path {
            Some(path) if side.access != everybody => opening(shared, side.own, path),
            _ => Vec::new(),
        };
        let (old, new) = (opened(&self.before, before), opened(&self.after, after));
        let without = |pages: &[(PageId, PagePath)], others: &[(PageId, PagePath)]| {
            pages.iter().filter(|(page, _)| others.iter().all(|(other, _)| other != page)).cloned().collect()
        };
        LinkChange {
            // People with a link could already read a page that everyone could read.
            gained: if before.access == everybody { Vec::new() } else { without(&new, &old) },
            lost: if after.access == everybody { Vec::new() } else { without(&old, &new) },
        }
    }

    /// The people whom the links of a change let read a page, and those whom they no longer let, in words.
    pub(super) fn words(&self, change: &LinkChange) -> (Option<String>, Option<String>) {
        let words = |pages: &[(PageId, PagePath)]| {
            let holders = pages.iter().map(|(page, path)| {
                OpenLinks { count: self.links_of(*page).len(), section: Some(path.clone()) }.holders()
            });
            Some(holders.collect::<Vec<String>>().join(", ")).filter(|words| !words.is_empty())
        };
        (words(&change.gained), words(&change.lost))
    }

    /// Adds a change to the fingerprint of all.
    pub(super) fn hash(&self, change: &LinkChange, hash: &mut Sha256) {
        for (word, pages) in [("gained", &change.gained), ("lost", &change.lost)] {
            hash.update(word);
            for link in pages.iter().flat_map(|(page, _)| self.links_of(*page)) {
                hash.update(link.to_be_bytes());
            }
        }
    }

    fn links_of(&self, page: PageId) -> &[i64] {
        self.links.get(&page).map_or(&[], Vec::as_slice)
    }
}

/// The shared pages above a path whose links open a private page there, the nearest first: as `Holder::reads` says, those from which
/// it inherits, or which inherit from the same page.
fn opening(shared: &HashMap<String, PageId>, own: &Own, path: &PagePath) -> Vec<(PageId, PagePath)> {
    let mut found = Vec::new();
    if own.contains_key(path.as_str()) {
        return found;
    }
    for above in path.above() {
        let is_own = own.contains_key(above.as_str());
        if let Some(page) = shared.get(above.as_str()) {
            found.push((*page, above));
        }
        if is_own {
            break;
        }
    }
    found
}
