//! Undoes a bulk action for each of its pages that has not changed since. Any other page stays as it is, and is named with the
//! reason. The command does not state who reads the pages: an undo that gives somebody access needs a confirmation.

use std::collections::BTreeMap;

use domain::{access::Editor, bulk_action::BulkActionId, page::PageId};

use super::{
    Fingerprint,
    affected::Affected,
    bulk_actions as written,
    change::{Change, Outcome, Run},
    moves::{self, PlannedMove},
    plan::Plan,
    reversal::{Known, Reversal, changes},
};
use crate::{
    Conn, Error, Result,
    bulk_actions::{self, StayingPage},
};

/// Undoes a bulk action of this editor, as far as its pages have not changed since.
#[derive(Clone, Debug)]
pub struct UndoBulk {
    /// The action.
    pub action: BulkActionId,
    /// The fingerprint of the pages that the user was shown; `None` if nothing was shown.
    pub seen: Option<Fingerprint>,
}

/// The pages of a bulk action that can be undone, and the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BulkUndo {
    /// The pages whose changes are undone, in the order of their keys.
    pub ready: Vec<PageId>,
    /// The pages that stay as they are.
    pub staying: Vec<StayingPage>,
}

impl BulkUndo {
    /// The fingerprint of the pages that can be undone.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self.ready.iter().map(|page| page.0))
    }
}

/// The pages of a bulk action: the reversal of each, or the reason why it stays.
#[derive(Default)]
struct Sorted {
    ready: BTreeMap<i64, Reversal>,
    staying: BTreeMap<i64, String>,
}

impl UndoBulk {
    /// Which of the pages can be undone.
    ///
    /// # Errors
    /// [`Error::Stale`] when there is no such action of this editor any more.
    pub fn sort(&self, conn: &mut Conn, by: &Editor) -> Result<BulkUndo> {
        let Sorted { ready, staying } = self.sorted(conn, by)?;
        Ok(BulkUndo {
            ready: ready.into_keys().map(PageId).collect(),
            staying: staying.into_iter().map(|(page, why)| StayingPage { page: PageId(page), why }).collect(),
        })
    }

    fn sorted(&self, conn: &mut Conn, by: &Editor) -> Result<Sorted> {
        let action = bulk_actions::get(conn, by, self.action)?.ok_or(Error::Stale)?;
        let rows = bulk_actions::pages(conn, &action)?;
        let known = Known::read(conn, &action, &rows)?;
        let mut sorted = Sorted::default();
        for (page, effect, version) in rows {
            match known.reversal(conn, by, page, effect, version)? {
                Ok(reversal) => drop(sorted.ready.insert(page.0, reversal)),
                Err(why) => drop(sorted.staying.insert(page.0, why)),
            }
        }
        sorted.leave_at_taken_paths(conn)?;
        Ok(sorted)
    }

    /// The pages that are undone.
    ///
    /// # Errors
    /// [`Error::Unconfirmed`] when they are others than the user was shown; [`Error::Stale`] when there are none.
    fn confirmed(&self, conn: &mut Conn, by: &Editor) -> Result<Sorted> {
        let sorted = self.sorted(conn, by)?;
        let found = Fingerprint::of(sorted.ready.keys().copied());
        match &self.seen {
            Some(seen) if *seen != found => Err(Error::Unconfirmed),
            _ if sorted.ready.is_empty() => Err(Error::Stale),
            _ => Ok(sorted),
        }
    }
}

impl Sorted {
    /// Leaves out pages whose earlier path another page has now.
    fn leave_at_taken_paths(&mut self, conn: &mut Conn) -> Result<()> {
        let planned = self.ready.values().filter_map(|reversal| match reversal {
            Reversal::Move(planned) => Some(planned.clone()),
            Reversal::Restore(restore) => Some(PlannedMove {
                id: restore.page,
                title: String::new(),
                from: restore.path.clone(),
                to: Ok(restore.path.clone()),
            }),
            _ => None,
        });
        let (_, blocked) = moves::split_taken(conn, planned.collect())?;
        for PlannedMove { id, to, .. } in blocked {
            let why = to.map_or_else(|why| why, |to| format!("There is another page at {to} now."));
            self.ready.remove(&id.0);
            self.staying.insert(id.0, why);
        }
        Ok(())
    }
}

impl Change for UndoBulk {
    fn affected(&self, conn: &mut Conn, by: &Editor) -> Result<Affected> {
        let mut affected = Affected::default();
        for change in changes(self.confirmed(conn, by)?.ready) {
            affected.edits.extend(change.affected(conn, by)?.edits);
        }
        affected.edits.iter_mut().for_each(|edit| edit.stated = false);
        Ok(affected)
    }

    fn apply(&self, conn: &mut Conn, run: &mut Run<'_>, plan: &Plan) -> Result<Outcome> {
        let sorted = self.confirmed(conn, run.by)?;
        let ready: Vec<PageId> = sorted.ready.keys().copied().map(PageId).collect();
        let mut staying: BTreeMap<String, Vec<PageId>> = BTreeMap::new();
        for (page, why) in &sorted.staying {
            staying.entry(why.clone()).or_default().push(PageId(*page));
        }
        let mut done = 0;
        for change in changes(sorted.ready) {
            let Run { by, now, links, .. } = *run;
            let mut progress = |count| (run.progress)(done + count);
            let (consent, takes_access) = (run.consent.clone(), run.takes_access);
            let mut part = Run { by, now, consent, links, progress: &mut progress, takes_access };
            let count = change.apply(conn, &mut part, plan)?.count();
            done += count;
            (run.progress)(done);
        }
        written::set_stays(conn, self.action, &ready, "")?;
        for (why, pages) in staying {
            written::set_stays(conn, self.action, &pages, &why)?;
        }
        written::set_undone(conn, self.action, run.now)?;
        Ok(Outcome::Count(ready.len()))
    }
}
