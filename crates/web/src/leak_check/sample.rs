//! The pages that a run checks: all of a small site, and a sample of a large one, which differs between runs.

use domain::{
    Timestamp,
    access::Admin,
    effective_access::AccessKind,
    page::{PageId, PagePath},
};
use store::{Conn, Paging, admin_list, drafts, files, pages, trash};

use super::closed::{Closed, ClosedKind};

/// The drafts and the deleted pages from which some are chosen: those that were saved or deleted last.
const LATEST: Paging = Paging { number: 1, size: 1000 };

/// The pages of a run.
pub(super) struct Sample {
    /// The keys of all pages.
    pub(super) all: Vec<PageId>,
    /// The closed pages that are looked for.
    pub(super) closed: Vec<Closed>,
    /// The number of pages that not everybody may read, of drafts among the latest, and of deleted pages among the latest.
    pub(super) counts: [usize; 3],
    /// The paths of pages that everybody may read and that are fetched.
    pub(super) open: Vec<PagePath>,
    /// The number of pages that everybody may read.
    pub(super) open_count: usize,
}

impl Sample {
    /// Takes at most `max` pages of each kind.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn take(conn: &mut Conn, max: usize, now: Timestamp, random: u64) -> store::Result<Sample> {
        let by = Admin::command_line();
        let by = by.editor();
        let all = admin_list::matching(conn, by, &admin_list::PageFilter::default())?;
        let (mut open, mut private) = (Vec::new(), Vec::new());
        for ids in all.chunks(1000) {
            for row in admin_list::get_many(conn, by, ids)? {
                let is_published = row.published_at <= now && row.unpublish_at.is_none_or(|end| now < end);
                match row.access == AccessKind::Everybody && is_published {
                    true => open.push(row.id),
                    false => private.push(row.id),
                }
            }
        }
        let drafted: Vec<PageId> = drafts::list(conn, by, None, LATEST)?.rows.iter().map(|row| row.page).collect();
        let deleted: Vec<PageId> = trash::list(conn, by, "", LATEST)?.rows.iter().map(|row| row.id).collect();
        let counts = [private.len(), drafted.len(), deleted.len()];
        let mut closed = Vec::new();
        let chosen = spread(&private, max, random);
        for id in &chosen {
            closed.extend(Closed::page(conn, *id)?);
        }
        let mut waiting = spread(&drafted, max.div_ceil(4), random);
        // Files may wait for a page without a draft.
        waiting.extend(chosen.into_iter().chain(spread(&open, max, random)).filter(|id| !drafted.contains(id)));
        for id in waiting {
            closed.extend(Closed::draft(conn, id)?);
        }
        for id in spread(&deleted, max.div_ceil(4), random) {
            closed.extend(Closed::deleted(conn, id)?);
        }
        let mut paths = Vec::new();
        for id in spread(&open, max, random) {
            paths.extend(pages::outline(conn, id)?.map(|page| page.path));
        }
        Ok(Sample { open_count: open.len(), all, closed, counts, open: paths })
    }

    /// The private page with the most pages below it, for keys that are limited to a path; not the front page.
    pub(super) fn section(&self, now: Timestamp) -> Option<(PageId, PagePath)> {
        let pages: Vec<(PageId, &PagePath)> = self
            .closed
            .iter()
            .filter_map(|closed| match &closed.what {
                ClosedKind::Page(page) => {
                    let is_published = page.content.is_published(now) && page.readers.is_private();
                    is_published.then_some((closed.id, &page.content.path))
                }
                ClosedKind::Draft | ClosedKind::Deleted => None,
            })
            .filter(|(_, path)| !path.is_root())
            .collect();
        let below = |path: &PagePath| pages.iter().filter(|(_, other)| other.is_below(path)).count();
        let best = pages.iter().max_by_key(|(_, path)| below(path))?;
        Some((best.0, best.1.clone()))
    }

    /// The page of a draft, preferably of one that has files.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn draft(&self, conn: &mut Conn) -> store::Result<Option<PageId>> {
        let by = Admin::command_line();
        let drafted = self.closed.iter().filter(|closed| closed.what == ClosedKind::Draft);
        let mut found = None;
        for closed in drafted {
            if drafts::get(conn, by.editor(), closed.id)?.is_some() {
                found = Some(closed.id);
                if !files::all(conn, by.editor(), closed.id)?.is_empty() {
                    break;
                }
            }
        }
        Ok(found)
    }
}

/// At most `max` of some keys, at equal distances, beginning at a random one.
fn spread(ids: &[PageId], max: usize, random: u64) -> Vec<PageId> {
    if ids.len() <= max {
        return ids.to_vec();
    }
    let start = usize::try_from(random % ids.len() as u64).unwrap_or(0);
    (0..max).map(|number| ids[(start + number * ids.len() / max) % ids.len()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_spread_over_all_pages_and_has_none_twice() {
        let ids: Vec<PageId> = (0..100).map(PageId).collect();
        for random in [0, 7, 99, u64::MAX] {
            let mut some = spread(&ids, 30, random);
            some.sort_by_key(|id| id.0);
            some.dedup();
            assert_eq!(some.len(), 30);
            assert!(some.windows(2).all(|pair| pair[1].0 - pair[0].0 <= 5), "{some:?}");
        }
        assert_eq!(spread(&ids, 100, 7), ids);
        assert!(spread(&[], 5, 3).is_empty() && spread(&ids, 0, 3).is_empty());
    }
}
