//! The tree of pages: the levels from the top of the site to a path are open, each in parts of 50 branches. A link opens or
//! closes a branch; a script loads the level of a branch in place (levels.js).

use std::collections::VecDeque;

use domain::page::{PageId, PagePath};
use store::{
    Conn, Count, Table,
    tree::{self, Branch, Level},
};

use super::{
    frame::{ListPage, StateCounts, Views, panel},
    place::Place,
    rows::{Known, Row},
};
use crate::{
    App,
    admin::{pages::actions::ACTIONS, sections::PAGES, table::State},
    auth::extract::Editor,
    clock,
    http::{answer::Outcome, error::Error, query::QueryString},
};

/// The number of branches of one part of a level.
const MAX_BRANCHES: u32 = 50;

/// A level that is open: its path, and what is in it.
struct OpenLevel {
    path: PagePath,
    level: Level<Branch>,
    /// Whether branches before these are left out.
    is_cut: bool,
}

struct Found {
    root: Option<Branch>,
    levels: VecDeque<OpenLevel>,
    known: Known,
    states: StateCounts,
}

/// GET `/admin/pages?below=/path`.
pub(super) async fn show(app: &App, editor: &Editor, state: &State, query: &QueryString) -> Result<Outcome, Error> {
    let path = PagePath::typed(state.get("below")).unwrap_or_else(|_| PagePath::root());
    let behind = PagePath::typed(query.get("behind")).ok().filter(|behind| behind.is_below(&path));
    let (proof, wanted) = (editor.proof(), path.clone());
    let read = move |conn: &mut Conn| {
        let mut open: Vec<PagePath> = wanted.above().collect();
        open.reverse();
        let mut levels = VecDeque::new();
        for (number, path) in open.iter().enumerate() {
            let next = open.get(number + 1).unwrap_or(&wanted);
            let mut level = tree::below(conn, &proof, path, None, MAX_BRANCHES)?;
            let is_shown = level.branches.iter().any(|branch| branch.path == *next);
            if !is_shown {
                // It is after the first part of its level, and is shown alone.
                let branch = tree::find(conn, &proof, next)?;
                level = Level { branches: branch.into_iter().collect(), next: None };
            }
            levels.push_back(OpenLevel { path: path.clone(), level, is_cut: !is_shown });
        }
        let level = tree::below(conn, &proof, &wanted, behind.as_ref(), MAX_BRANCHES)?;
        levels.push_back(OpenLevel { path: wanted.clone(), level, is_cut: behind.is_some() });
        let root = tree::find(conn, &proof, &PagePath::root())?;
        let branches = levels.iter().flat_map(|open| &open.level.branches).chain(&root);
        let ids: Vec<PageId> = branches.filter_map(|branch| branch.page.as_ref().map(|page| page.id)).collect();
        let known = Known::find(conn, &proof, &ids)?;
        let states = StateCounts::of_search(conn, &proof, "", clock::now())?;
        Ok(Found { root, levels, known, states })
    };
    let (site, Found { root, mut levels, known, states }) = app.db.list_with_site(read).await?;
    let back = state.back();
    let row = |branch: Branch, place: Place| {
        let path = branch.path;
        let row = match branch.page {
            Some(page) => Row::page(page, &known, &back, site.time_zone),
            None => Row::without_page(path.segment_title(), path.href()),
        };
        row.in_tree(place)
    };
    let mut rows = Vec::new();
    if let Some(branch @ Branch { page: Some(_), .. }) = root {
        rows.push(row(branch, Place::leaf(&PagePath::root(), 0)));
    }
    add_level(&mut rows, &mut levels, 0, &row);
    let shown = rows.len() as u64;
    let table = Table { rows: Vec::<()>::new(), total: Count::exact(shown), previous: None, next: None };
    let page = ListPage {
        panel: panel(app, editor, &site, &PAGES, query).await?,
        table: state.view(&table, Vec::new(), Vec::new()),
        states: states.tabs(state),
        views: Views::of(state),
        kind: "pages",
        note: String::new(),
        empty: "There are no pages yet.",
        rows,
        actions: ACTIONS.to_vec(),
        actions_href: format!("{}/actions", PAGES.rows),
        all: String::new(),
    };
    page.answer(app)
}

/// Adds the rows of the next level, and the rows of the levels below it after the branch that is open.
fn add_level(rows: &mut Vec<Row>, levels: &mut VecDeque<OpenLevel>, depth: usize, row: &dyn Fn(Branch, Place) -> Row) {
    let Some(OpenLevel { path, level: Level { branches, next }, is_cut }) = levels.pop_front() else { return };
    let part = |title: &str, after| {
        let place = Place::part(&path, depth, after);
        Row::without_page(title.into(), String::new()).in_tree(place)
    };
    if is_cut {
        rows.push(part("From the first page", None));
    }
    for branch in branches {
        let is_open = levels.front().is_some_and(|level| level.path == branch.path);
        let place = Place::of(&branch, &path, depth, is_open);
        rows.push(row(branch, place));
        if is_open {
            add_level(rows, levels, depth + 1, row);
        }
    }
    if let Some(next) = next {
        rows.push(part("More pages", Some(&next)));
    }
}
