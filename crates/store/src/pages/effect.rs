//! What a change does to who reads pages: seen by making it, in a transaction that is rolled back.

use std::collections::{BTreeMap, HashMap, HashSet, hash_map::Entry};

use diesel::prelude::*;
use domain::{access::Editor, audience::ReaderSet, group::GroupId, page::PagePath};

use super::{path_of, range_below, readers::Resolved, who::crowd};
use crate::{
    Conn, Result,
    schema::{page_groups, pages},
};

/// What becomes of the readers of one page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// Where it lives before the change.
    pub path: PagePath,
    /// Its title.
    pub title: String,
    /// Who reads it and did not before, in words.
    pub gained: Option<String>,
    /// Who read it before and no longer does, in words.
    pub lost: Option<String>,
}

/// Which pages a change may touch.
#[derive(Clone, Debug)]
pub enum Touched {
    /// The pages at these paths and those below them.
    Below(Vec<PagePath>),
    /// The pages that a group reads because it was chosen.
    ReadBy(GroupId),
}

impl Touched {
    fn rows(&self, conn: &mut Conn) -> Result<Vec<Row>> {
        let columns = (pages::id, pages::path, pages::title, pages::private, pages::readers_from);
        let paths = match self {
            Touched::Below(paths) => paths,
            Touched::ReadBy(group) => {
                let governing =
                    page_groups::table.filter(page_groups::group_id.eq(group.0)).select(page_groups::page_id);
                let rows = pages::table.filter(pages::readers_from.assume_not_null().eq_any(governing));
                return Ok(rows.order(pages::path).select(columns).load(conn)?);
            }
        };
        let mut rows: BTreeMap<String, Row> = BTreeMap::new();
        let all: HashSet<&PagePath> = paths.iter().collect();
        for path in paths.iter().filter(|path| !path.above().any(|above| all.contains(&above))) {
            let (from, to) = range_below(path);
            let found: Vec<Row> = pages::table
                .filter(pages::path.eq(path.as_str()).or(pages::path.gt(from).and(pages::path.lt(to))))
                .select(columns)
                .load(conn)?;
            rows.extend(found.into_iter().map(|row| (row.1.clone(), row)));
        }
        Ok(rows.into_values().collect())
    }
}

type Row = (i64, String, String, bool, Option<i64>);

/// Makes a change, and says what it does to the readers of the pages that it may touch, those for whom nothing changes
/// left out. For [`crate::Store::rehearse`], which takes the change back.
///
/// # Errors
/// What the change says, and when the database fails.
pub fn effect(
    conn: &mut Conn,
    _: &Editor,
    touched: &Touched,
    change: impl FnOnce(&mut Conn) -> Result<()>,
) -> Result<Vec<Effect>> {
    let before = touched.rows(conn)?;
    let old = before.iter().map(|(.., private, from)| Resolved { private: *private, readers_from: *from });
    let crowds_before = crowds(conn, old)?;
    change(conn)?;
    let ids: Vec<i64> = before.iter().map(|(id, ..)| *id).collect();
    let mut after: HashMap<i64, Resolved> = HashMap::new();
    for ids in ids.chunks(1000) {
        let rows: Vec<(i64, bool, Option<i64>)> = pages::table
            .filter(pages::id.eq_any(ids))
            .select((pages::id, pages::private, pages::readers_from))
            .load(conn)?;
        after.extend(rows.into_iter().map(|(id, private, readers_from)| (id, Resolved { private, readers_from })));
    }
    let crowds_after = crowds(conn, after.values().copied())?;
    let mut effects = Vec::new();
    for (id, path, title, private, readers_from) in before {
        let old = crowds_before.get(&Resolved { private, readers_from });
        let new = after.get(&id).and_then(|resolved| crowds_after.get(resolved));
        let Some((old, new)) = old.zip(new) else { continue };
        let (gained, lost) = (ReaderSet::added(old, new), ReaderSet::removed(old, new));
        if gained.is_some() || lost.is_some() {
            effects.push(Effect { path: path_of(&path)?, title, gained, lost });
        }
    }
    Ok(effects)
}

fn crowds(conn: &mut Conn, audiences: impl Iterator<Item = Resolved>) -> Result<HashMap<Resolved, ReaderSet>> {
    let mut crowds = HashMap::new();
    for resolved in audiences {
        if let Entry::Vacant(unknown) = crowds.entry(resolved) {
            unknown.insert(crowd(conn, resolved)?);
        }
    }
    Ok(crowds)
}
