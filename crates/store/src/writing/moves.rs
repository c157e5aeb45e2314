//! Moving pages: a section with its page, and chosen pages below another path.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use domain::{
    access::Editor,
    audit::Action,
    bulk_action::Effect,
    draft::FormId,
    page::{PageId, PagePath},
};

use super::{
    Selection,
    affected::{Affected, Edit, OwnAccess},
    audit,
    change::{Change, Outcome, Run},
    old_paths,
    plan::Plan,
    revisions::Record,
};
use crate::{
    Conn, Error, Result, access,
    admin_list::{self, PageRow},
    columns::{KEYS, path_of, range_below},
    error::skip_unreadable,
    reader_keys,
    schema::pages,
};

/// Moves pages below another path, each with the pages below it. A page that lives there already stays, and a page that
/// moves with one above it moves once.
#[derive(Clone, Debug)]
pub struct Move {
    /// The pages.
    pub pages: Selection,
    /// The path below which they will live.
    pub under: PagePath,
}

/// The old and the new path of one page that moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedMove {
    pub(super) id: PageId,
    pub(super) title: String,
    /// The path at which the page lives.
    pub from: PagePath,
    /// The path at which it will live, or a sentence that says why it cannot move.
    pub to: std::result::Result<PagePath, String>,
}

impl Move {
    /// The moves of the selected pages and of those below them, in the order of their paths.
    pub fn plan(&self, conn: &mut Conn, by: &Editor) -> Result<Vec<PlannedMove>> {
        let ids = self.pages.ids(conn, by)?;
        let mut planned = Vec::new();
        for page in topmost(admin_list::get_many(conn, by, &ids)?) {
            let Some(to) = target(&page.path, &self.under) else { continue };
            if let Ok(to) = &to {
                planned.extend(section(conn, &page.path, to)?);
            }
            planned.push(PlannedMove { id: page.id, title: page.title, from: page.path, to });
        }
        refuse_taken(conn, &mut planned)?;
        planned.sort_by(|a, b| a.from.cmp(&b.from));
        Ok(planned)
    }
}

impl Change for Move {
    fn affected(&self, conn: &mut Conn, by: &Editor) -> Result<Affected> {
        let planned = self.plan(conn, by)?;
        Ok(Affected::pages(planned.into_iter().filter_map(PlannedMove::edit).collect()))
    }

    fn apply(&self, conn: &mut Conn, run: &mut Run<'_>, plan: &Plan) -> Result<Outcome> {
        PlannedMoves(self.plan(conn, run.by)?).apply(conn, run, plan)
    }
}

/// Moves that were planned, in an order in which each path is free when a page comes to it.
#[derive(Clone, Debug)]
pub(super) struct PlannedMoves(pub(super) Vec<PlannedMove>);

impl Change for PlannedMoves {
    fn affected(&self, _: &mut Conn, _: &Editor) -> Result<Affected> {
        Ok(Affected::pages(self.0.iter().cloned().filter_map(PlannedMove::edit).collect()))
    }

    fn apply(&self, conn: &mut Conn, run: &mut Run<'_>, plan: &Plan) -> Result<Outcome> {
        let mut moved: Vec<(PageId, &PagePath, &PagePath)> = Vec::new();
        for PlannedMove { id, from, to, .. } in &self.0 {
            let to = to.as_ref().map_err(|why| Error::Refused(format!("{from} cannot move there: {why}")))?;
            relocate(conn, run, *id, from, to)?;
            moved.push((*id, from, to));
            (run.progress)(moved.len());
        }
        plan.write_inherited(conn, &[])?;
        let left: HashSet<&PagePath> = moved.iter().map(|(_, from, _)| *from).collect();
        for (_, from, to) in moved.iter().filter(|(_, from, _)| !from.above().any(|above| left.contains(&above))) {
            audit::page(conn, run.by, Action::Changed, to, format!("path “{from}” → “{to}”"), run.now)?;
        }
        Ok(Outcome::of_pages(moved.into_iter().map(|(id, ..)| id), Effect::Moved))
    }
}

impl PlannedMove {
    /// The edit of the page tree; `None` for a page that cannot move.
    pub(super) fn edit(self) -> Option<Edit> {
        let to = Some((self.to.ok()?, OwnAccess::Kept));
        Some(Edit::new(self.id, self.title, Some(self.from), to))
    }
}

/// The moves of the pages below a path when that path becomes another one. Nothing moves along with the front page, because every
/// other page is below it.
pub(super) fn section(conn: &mut Conn, from: &PagePath, to: &PagePath) -> Result<Vec<PlannedMove>> {
    if from.is_root() {
        return Ok(Vec::new());
    }
    let (first, last) = range_below(from);
    let rows: Vec<(i64, String, String)> = pages::table
        .filter(pages::path.gt(first))
        .filter(pages::path.lt(last))
        .order(pages::path)
        .select((pages::id, pages::path, pages::title))
        .load(conn)?;
    let planned = rows.into_iter().filter_map(|(id, path, title)| {
        let rest = path.strip_prefix(from.as_str()).unwrap_or(&path).trim_start_matches('/');
        let new = if to.is_root() { rest.to_owned() } else { format!("{to}/{rest}", to = to.as_str()) };
        let from = skip_unreadable(path_of(&path))?;
        Some(PlannedMove { id: PageId(id), title, from, to: PagePath::parse(&new) })
    });
    Ok(planned.collect())
}

/// Moves the pages below a path along with it, as [`section`] planned it before the page itself moved. The plan of the
/// command writes their access.
///
/// # Errors
/// [`Error::Refused`] when one of the new paths is invalid, or the pages would move below themselves;
/// [`Error::Duplicate`] when one of the paths is taken.
pub(super) fn move_section(
    conn: &mut Conn,
    run: &Run<'_>,
    from: &PagePath,
    to: &PagePath,
    planned: Vec<PlannedMove>,
) -> Result<()> {
    let count = planned.len();
    if count == 0 {
        return Ok(());
    }
    if to.is_below(from) {
        return Err(Error::Refused("The pages below cannot move along: they would be below themselves.".into()));
    }
    for PlannedMove { id, from, to, .. } in planned {
        let to = to.map_err(|why| Error::Refused(format!("{from} cannot move along: {why}")))?;
        relocate(conn, run, id, &from, &to)?;
    }
    let detail = format!("{count} pages below moved along from {from}");
    audit::page(conn, run.by, Action::Changed, to, detail, run.now)
}

/// Moves one page and leaves an old path behind.
pub(super) fn relocate(conn: &mut Conn, run: &Run<'_>, id: PageId, from: &PagePath, to: &PagePath) -> Result<()> {
    diesel::update(pages::table.find(id.0))
        .set((
            pages::path.eq(to.as_str()),
            pages::updated_at.eq(run.now.naive_utc()),
            pages::version.eq(pages::version + 1),
        ))
        .execute(conn)?;
    old_paths::take(conn, to)?;
    old_paths::leave(conn, from, id, run.now)?;
    let word: Option<String> = pages::table.find(id.0).select(pages::audience).first(conn).optional()?;
    let audience = access::stated_audience(conn, id, &word.ok_or(Error::Stale)?)?;
    let readers = reader_keys::keep_audience(conn, &audience)?;
    let detail = format!("path “{from}” → “{to}”");
    Record { by: run.by, note: None, form: FormId::default(), detail: &detail, readers: &readers, now: run.now }
        .add(conn, &[id])
}

/// Sorts moves into those that are possible, and those whose target is taken: by a page that stays where it is.
pub(super) fn split_taken(conn: &mut Conn, moves: Vec<PlannedMove>) -> Result<(Vec<PlannedMove>, Vec<PlannedMove>)> {
    let taken = taken(conn, &moves)?;
    let (mut free, mut blocked) = (moves, Vec::new());
    loop {
        let leaving: HashSet<i64> = free.iter().map(|one| one.id.0).collect();
        let is_blocked = |one: &mut PlannedMove| match &one.to {
            Ok(to) => taken.get(to.as_str()).is_some_and(|id| !leaving.contains(id)),
            Err(_) => true,
        };
        // A page that stays may keep the target of another one.
        let stays: Vec<PlannedMove> = free.extract_if(.., is_blocked).collect();
        if stays.is_empty() {
            return Ok((free, blocked));
        }
        blocked.extend(stays);
    }
}

/// Those of the pages that are below no other one of them.
fn topmost(pages: Vec<PageRow>) -> Vec<PageRow> {
    let selected: HashSet<PagePath> = pages.iter().map(|page| page.path.clone()).collect();
    pages.into_iter().filter(|page| !page.path.above().any(|above| selected.contains(&above))).collect()
}

/// The path of a page below a section; `None` when it lives there already.
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

/// Refuses moves to a path at which another page lives or to which another page moves.
fn refuse_taken(conn: &mut Conn, moves: &mut [PlannedMove]) -> Result<()> {
    let taken = taken(conn, moves)?;
    let leaving: HashSet<i64> = moves.iter().map(|one| one.id.0).collect();
    let mut going: HashSet<PagePath> = HashSet::new();
    for one in moves {
        let Ok(to) = &one.to else { continue };
        let why = match taken.get(to.as_str()) {
            Some(id) if !leaving.contains(id) => Some(format!("there is a page at {to} already")),
            _ if !going.insert(to.clone()) => Some(format!("another of the selected pages goes to {to}, too")),
            _ => None,
        };
        if let Some(why) = why {
            one.to = Err(why);
        }
    }
    Ok(())
}

/// The pages that live at the targets of moves.
fn taken(conn: &mut Conn, moves: &[PlannedMove]) -> Result<HashMap<String, i64>> {
    let paths: Vec<&str> = moves.iter().filter_map(|one| one.to.as_ref().ok()).map(PagePath::as_str).collect();
    let mut taken = HashMap::new();
    for paths in paths.chunks(KEYS) {
        let rows: Vec<(String, i64)> =
            pages::table.filter(pages::path.eq_any(paths)).select((pages::path, pages::id)).load(conn)?;
        taken.extend(rows);
    }
    Ok(taken)
}
