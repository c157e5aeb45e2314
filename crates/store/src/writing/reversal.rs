//! How the change of one page by a bulk action is undone, or why it is not.

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
    bulk_action::Effect,
    page::{PageId, PagePath},
};

use super::{
    Republish, Restore, Selection, SetAudience, Undo, Unpublish,
    change::Change,
    moves::{PlannedMove, PlannedMoves},
    undo::CHANGED,
};
use crate::{
    Conn, Result, access,
    bulk_actions::BulkAction,
    columns::{KEYS, path_of},
    error::skip_unreadable,
    id, reader_keys,
    schema::pages,
};

/// How the change of one page is undone.
pub(super) enum Reversal {
    Readers(Audience),
    Move(PlannedMove),
    Republish(Republish),
    Unpublish,
    Undo(Undo),
    Restore(Restore),
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

/// What is known of the pages of a bulk action: those that are published, those in the trash, and how they were before.
pub(super) struct Known {
    current: HashMap<i64, Current>,
    deleted: HashMap<i64, (PagePath, Version)>,
    before: HashMap<i64, Before>,
}

impl Known {
    pub(super) fn read(conn: &mut Conn, action: &BulkAction, pages: &[(PageId, Effect, Version)]) -> Result<Known> {
        let keys: Vec<i64> = pages.iter().map(|(page, ..)| page.0).collect();
        Ok(Known { current: current(conn, &keys)?, deleted: deleted(conn, &keys)?, before: before(conn, action)? })
    }

    /// The reversal of a page that an action left in a version; an error is the reason why the page stays.
    pub(super) fn reversal(
        &self,
        conn: &mut Conn,
        by: &Editor,
        page: PageId,
        effect: Effect,
        version: Version,
    ) -> Result<std::result::Result<Reversal, String>> {
        let now = self.current.get(&page.0).filter(|now| now.version == version);
        let before = self.before.get(&page.0);
        let reversal = match effect {
            Effect::Readers => now.and(before).map(|before| readers(conn, before)).transpose()?,
            Effect::Moved => now.zip(before).map(|(now, before)| Ok(way_back(page, now, before))),
            Effect::Published => now.map(|_| Ok(Reversal::Unpublish)),
            Effect::Changed => now.map(|_| Ok(Reversal::Undo(Undo { page, from: version }))),
            Effect::Unpublished => Some(Ok(Reversal::Republish(Republish { page, version }))),
            Effect::Deleted => {
                let deleted = self.deleted.get(&page.0).filter(|(_, deleted)| *deleted == version);
                deleted.map(|(path, _)| Ok(Reversal::Restore(Restore { page, path: path.clone() })))
            }
        };
        match reversal.unwrap_or_else(|| Err(CHANGED.into())) {
            Ok(reversal) => Ok(reversal.obstacle(conn, by)?.map_or(Ok(reversal), Err)),
            Err(why) => Ok(Err(why)),
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

/// The changes of which the undo consists. Pages leave paths before others come to them.
pub(super) fn changes(ready: BTreeMap<i64, Reversal>) -> Vec<Box<dyn Change>> {
    let (mut gone, mut moved, mut others) = (Vec::new(), Vec::new(), Vec::<Box<dyn Change>>::new());
    let mut readers: Vec<(Audience, Vec<PageId>)> = Vec::new();
    for (page, reversal) in ready {
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

/// Those of the pages that are in the trash, with the path and the version that each had.
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
