//! Moving chosen pages below another path, each with all below it, in one transaction.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use domain::{
    Timestamp,
    access::Editor,
    audit::Action,
    page::{PageId, PagePath},
};

use super::{
    PageRow,
    desk::{note, some},
    readers::{self, KEYS},
    section::{Move, moves, relocate},
};
use crate::{Conn, Error, Result, schema::pages};

/// Where chosen pages and those below them go when they move below a path; those that are there already stay, and one that
/// moves with a page above it moves once. Each says for itself why it cannot.
///
/// # Errors
/// When the database fails.
pub fn moves_under(conn: &mut Conn, editor: &Editor, ids: &[PageId], section: &PagePath) -> Result<Vec<Move>> {
    let mut planned = Vec::new();
    for page in topmost(some(conn, editor, ids)?) {
        let Some(to) = target(&page.path, section) else { continue };
        if let Ok(to) = &to {
            planned.extend(moves(conn, editor, &page.path, to)?);
        }
        planned.push(Move { id: page.id, from: page.path, to });
    }
    refuse_taken(conn, &mut planned)?;
    planned.sort_by(|a, b| a.from.cmp(&b.from));
    Ok(planned)
}

/// Moves chosen pages below a path, as [`moves_under`] says; how many moved, as it is told while it goes on.
///
/// # Errors
/// [`Error::Refused`] when one of them cannot; [`Error::Duplicate`] when somebody takes a path in the same moment.
pub fn move_under(
    conn: &mut Conn,
    editor: &Editor,
    ids: &[PageId],
    section: &PagePath,
    now: Timestamp,
    progress: &mut dyn FnMut(usize),
) -> Result<usize> {
    conn.lock_readers()?;
    let moves = moves_under(conn, editor, ids, section)?;
    let mut moved: Vec<(PagePath, PagePath)> = Vec::new();
    for Move { id, from, to } in moves {
        let to = to.map_err(|why| Error::Refused(format!("{from} cannot move there: {why}")))?;
        relocate(conn, editor, id, &from, &to, now)?;
        moved.push((from, to));
        progress(moved.len());
    }
    let left: HashSet<&PagePath> = moved.iter().map(|(from, _)| from).collect();
    for (from, to) in moved.iter().filter(|(from, _)| !from.above().any(|above| left.contains(&above))) {
        readers::settle(conn, from)?;
        readers::settle(conn, to)?;
        note(conn, editor, Action::Changed, to, format!("path “{from}” → “{to}”"), now)?;
    }
    Ok(moved.len())
}

/// Of pages, those that lie below no other one of them.
fn topmost(pages: Vec<PageRow>) -> Vec<PageRow> {
    let chosen: HashSet<PagePath> = pages.iter().map(|page| page.path.clone()).collect();
    pages.into_iter().filter(|page| !page.path.above().any(|above| chosen.contains(&above))).collect()
}

/// Where a page goes below a section; `None` when it lives there already.
fn target(path: &PagePath, section: &PagePath) -> Option<std::result::Result<PagePath, String>> {
    if path.is_root() {
        return Some(Err("everything is below the front page".into()));
    }
    if path == section || section.is_below(path) {
        return Some(Err("it would be below itself".into()));
    }
    let to = format!("{section}/{name}", section = section.as_str(), name = path.last_segment());
    match PagePath::parse(to.trim_start_matches('/')) {
        Ok(to) if to == *path => None,
        to => Some(to),
    }
}

/// Refuses moves to where another page is, or goes too.
fn refuse_taken(conn: &mut Conn, moves: &mut [Move]) -> Result<()> {
    let taken = taken(conn, moves)?;
    let leaving: HashSet<i64> = moves.iter().map(|one| one.id.0).collect();
    let mut going: HashSet<PagePath> = HashSet::new();
    for one in moves {
        let Ok(to) = &one.to else { continue };
        let why = match taken.get(to.as_str()) {
            Some(id) if !leaving.contains(id) => Some(format!("there is a page at {to} already")),
            _ if !going.insert(to.clone()) => Some(format!("another of the chosen pages goes to {to}, too")),
            _ => None,
        };
        if let Some(why) = why {
            one.to = Err(why);
        }
    }
    Ok(())
}

/// The pages that live where others go.
fn taken(conn: &mut Conn, moves: &[Move]) -> Result<HashMap<String, i64>> {
    let paths: Vec<&str> = moves.iter().filter_map(|one| one.to.as_ref().ok()).map(PagePath::as_str).collect();
    let mut taken = HashMap::new();
    for paths in paths.chunks(KEYS) {
        let rows: Vec<(String, i64)> =
            pages::table.filter(pages::path.eq_any(paths)).select((pages::path, pages::id)).load(conn)?;
        taken.extend(rows);
    }
    Ok(taken)
}
