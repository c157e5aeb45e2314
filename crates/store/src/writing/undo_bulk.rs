//! Undoes a bulk action. A page that has not changed since becomes as it was before; any other page stays as it is, and is
//! named with the reason. The command does not state who reads the pages: an undo that gives somebody access needs a
//! confirmation.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDateTime;
use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text, Timestamp as SqlTimestamp},
};
use domain::{
    Version,
    access::Editor,
    audience::Audience,
    bulk_action::{BulkActionId, Effect},
    page::{PageId, PagePath},
};

use super::{
    Fingerprint, Republish, Restore, Selection, SetAudience, Undo, Unpublish,
    affected::Affected,
    bulk_actions as written,
    change::{Change, Outcome, Run},
    moves::{self, PlannedMove, PlannedMoves},
    plan::Plan,
    undo::CHANGED,
};
use crate::{
    Conn, Error, Result, access,
    bulk_actions::{self, BulkAction, StayingPage},
    columns::{KEYS, path_of},
    error::skip_unreadable,
    id, reader_keys,
    schema::pages,
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
    /// The pages that become as they were, in the order of their keys.
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

/// How one page becomes as it was.
enum Reversal {
    Readers(Audience),
    Move(PlannedMove),
    Republish(Republish),
    Unpublish,
    Undo(Undo),
    Restore(Restore),
}

/// The pages of a bulk action: the reversal of each, or the reason why it stays.
#[derive(Default)]
struct Sorted {
    ready: BTreeMap<i64, Reversal>,
    staying: BTreeMap<i64, String>,
}

/// A published page.
struct Current {
    title: String,
    path: PagePath,
    version: Version,
}

/// The version of a page before a bulk action.
#[derive(QueryableByName)]
struct Before {
    #[diesel(sql_type = BigInt)]
    page_id: i64,
    #[diesel(sql_type = SqlTimestamp)]
    at: NaiveDateTime,
    #[diesel(sql_type = Text)]
    path: String,
    #[diesel(sql_type = Text)]
    audience: String,
    #[diesel(sql_type = Text)]
    readers: String,
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
        let keys: Vec<i64> = rows.iter().map(|(page, ..)| page.0).collect();
        let (current, deleted) = (current(conn, &keys)?, deleted(conn, &keys)?);
        let before = before(conn, &action)?;
        let mut sorted = Sorted::default();
        for (page, effect, version) in rows {
            let now = current.get(&page.0).filter(|now| now.version == version);
            let before = before.get(&page.0);
            let reversal = match effect {
                Effect::Readers => now.and(before).map(|before| readers(conn, before)).transpose()?,
                Effect::Moved => now.zip(before).map(|(now, before)| Ok(way_back(page, now, before))),
                Effect::Published => now.map(|_| Ok(Reversal::Unpublish)),
                Effect::Changed => now.map(|_| Ok(Reversal::Undo(Undo { page, from: version }))),
                Effect::Unpublished => Some(Ok(Reversal::Republish(Republish { page, version }))),
                Effect::Deleted => deleted
                    .get(&page.0)
                    .filter(|(_, deleted)| *deleted == version)
                    .map(|(path, _)| Ok(Reversal::Restore(Restore { page, path: path.clone() }))),
            };
            let reversal = match reversal.unwrap_or_else(|| Err(CHANGED.into())) {
                Ok(reversal) => reversal.obstacle(conn, by)?.map_or(Ok(reversal), Err),
                Err(why) => Err(why),
            };
            match reversal {
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

impl Reversal {
    /// Why it is not possible, as far as the page itself can tell.
    fn obstacle(&self, conn: &mut Conn, by: &Editor) -> Result<Option<String>> {
        match self {
            Reversal::Undo(undo) => undo.obstacle(conn, by),
            Reversal::Republish(republish) => republish.obstacle(conn, by),
            Reversal::Readers(_) | Reversal::Move(_) | Reversal::Unpublish | Reversal::Restore(_) => Ok(None),
        }
    }
}

impl Sorted {
    /// Leaves pages as they are whose earlier path another page has now.
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

    /// The changes of which the undo consists. Pages leave paths before others come to them.
    fn changes(self) -> Vec<Box<dyn Change>> {
        let (mut gone, mut moved, mut others) = (Vec::new(), Vec::new(), Vec::<Box<dyn Change>>::new());
        let mut readers: Vec<(Audience, Vec<PageId>)> = Vec::new();
        for (page, reversal) in self.ready {
            let page = PageId(page);
            match reversal {
                Reversal::Readers(audience) => match readers.iter_mut().find(|(known, _)| *known == audience) {
                    Some((_, pages)) => pages.push(page),
                    None => readers.push((audience, vec![page])),
                },
                Reversal::Move(planned) => moved.push(planned),
                Reversal::Unpublish => gone.push(page),
                Reversal::Republish(change) => others.push(Box::new(change)),
                Reversal::Undo(change) => others.push(Box::new(change)),
                Reversal::Restore(change) => others.push(Box::new(change)),
            }
        }
        // The action moved them in the order of the paths to which they return.
        moved.sort_by(|a, b| b.to.cmp(&a.to));
        let mut changes: Vec<Box<dyn Change>> = Vec::new();
        if !gone.is_empty() {
            changes.push(Box::new(Unpublish(Selection::Pages(gone))));
        }
        if !moved.is_empty() {
            changes.push(Box::new(PlannedMoves(moved)));
        }
        changes.extend(readers.into_iter().map(|(audience, pages)| -> Box<dyn Change> {
            Box::new(SetAudience { pages: Selection::Pages(pages), audience })
        }));
        changes.extend(others);
        changes
    }
}

/// The published ones of some pages.
fn current(conn: &mut Conn, keys: &[i64]) -> Result<HashMap<i64, Current>> {
    let mut current = HashMap::new();
    for keys in keys.chunks(KEYS) {
        let rows: Vec<(i64, String, String, i64)> = pages::table
            .filter(pages::id.eq_any(keys))
            .select((pages::id, pages::title, pages::path, pages::version))
            .load(conn)?;
        current.extend(rows.into_iter().filter_map(|(id, title, path, version)| {
            Some((id, Current { title, path: skip_unreadable(path_of(&path))?, version: Version(version) }))
        }));
    }
    Ok(current)
}

/// Of some pages those in the trash, with the path and the version that each had.
fn deleted(conn: &mut Conn, keys: &[i64]) -> Result<HashMap<i64, (PagePath, Version)>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        id: i64,
        #[diesel(sql_type = Text)]
        path: String,
        #[diesel(sql_type = BigInt)]
        version: i64,
    }
    let mut deleted = HashMap::new();
    for keys in keys.chunks(KEYS) {
        let query = format!("SELECT id, path, version FROM trash WHERE id IN ({})", id::list(keys.iter().copied()));
        let rows: Vec<Row> = sql_query(query).load(conn)?;
        deleted.extend(
            rows.into_iter()
                .filter_map(|row| Some((row.id, (skip_unreadable(path_of(&row.path))?, Version(row.version))))),
        );
    }
    Ok(deleted)
}

/// The version of each page before the action.
fn before(conn: &mut Conn, action: &BulkAction) -> Result<HashMap<i64, Before>> {
    let query = "SELECT revisions.page_id, revisions.at, revisions.path, revisions.audience, revisions.readers
                 FROM bulk_pages JOIN revisions ON revisions.page_id = bulk_pages.page_id AND revisions.version =
                     (SELECT max(version) FROM revisions AS earlier
                      WHERE earlier.page_id = bulk_pages.page_id AND earlier.version < bulk_pages.version)
                 WHERE bulk_pages.bulk_id = $1 AND bulk_pages.effect IN ('readers', 'moved')";
    let rows: Vec<Before> = sql_query(query).bind::<BigInt, _>(action.id.0).load(conn)?;
    Ok(rows.into_iter().map(|before| (before.page_id, before)).collect())
}

/// The readers that a page had; an error names one who no longer exists.
fn readers(conn: &mut Conn, before: &Before) -> Result<std::result::Result<Reversal, String>> {
    let (chosen, gone) = match before.readers.is_empty() {
        true => Default::default(),
        false => reader_keys::restore(conn, &before.readers, before.at.and_utc())?,
    };
    Ok(match gone.first() {
        Some(gone) => Err(format!("{gone}, who could read it, no longer exists.")),
        None => Ok(Reversal::Readers(access::audience(&before.audience, || chosen)?)),
    })
}

fn way_back(page: PageId, now: &Current, before: &Before) -> Reversal {
    let (title, from) = (now.title.clone(), now.path.clone());
    Reversal::Move(PlannedMove { id: page, title, from, to: PagePath::parse(&before.path) })
}

impl Change for UndoBulk {
    fn affected(&self, conn: &mut Conn, by: &Editor) -> Result<Affected> {
        let mut affected = Affected::default();
        for change in self.confirmed(conn, by)?.changes() {
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
        for change in sorted.changes() {
            let Run { by, now, links, .. } = *run;
            let mut progress = |count| (run.progress)(done + count);
            let mut part = Run { by, now, consent: run.consent.clone(), links, progress: &mut progress };
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
