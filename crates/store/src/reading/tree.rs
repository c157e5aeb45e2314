//! The tree of pages for the panel: the pages and sections directly below a path. A section that has no page of its own is
//! found by the pages below it. The rows are read in the order of the paths, and one seek skips all pages below a section.

use std::collections::{HashMap, HashSet};

use diesel::{
    QueryableByName,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text},
};
use domain::{access::Editor, page::PagePath};

use crate::{
    Conn, Result,
    columns::{path_of, range_below},
    error::skip_unreadable,
    page_row::{PageRow, RowRecord},
    schema::pages,
};

/// The number up to which the pages below a branch are counted.
pub const COUNTED_BELOW: u32 = 100;
/// The number of paths that one seek reads.
const AT_ONCE: i64 = 64;

/// A place in the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// The path.
    pub path: PagePath,
    /// The page there; `None` where only pages below it exist.
    pub page: Option<PageRow>,
    /// The number of pages below it, at most [`COUNTED_BELOW`] and one more.
    pub below: u32,
}

/// A place in the tree for a form that chooses a place, without the columns that only a list shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The path.
    pub path: PagePath,
    /// The title of the page there; `None` where only pages below it exist.
    pub title: Option<String>,
    /// Whether there are pages below it.
    pub has_below: bool,
}

/// Some of the branches directly below a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level<B> {
    /// The branches, in the order of their paths.
    pub branches: Vec<B>,
    /// The path behind which the next branches are; `None` if there are no more.
    pub next: Option<PagePath>,
}

/// At most `limit` of the branches directly below a path: from the first one, or those that follow the branch at `after`.
pub fn below(
    conn: &mut Conn,
    _: &Editor,
    path: &PagePath,
    after: Option<&PagePath>,
    limit: u32,
) -> Result<Level<Branch>> {
    let Places { found, next, .. } = Places::find(conn, path, after, limit)?;
    let (mut rows, below) = (rows(conn, &found)?, counts(conn, &found)?);
    let branch = |(path, below): (PagePath, u32)| Branch { page: rows.remove(path.as_str()), path, below };
    Ok(Level { branches: found.into_iter().zip(below).map(branch).collect(), next })
}

/// As [`below`], with the titles alone.
pub fn entries_below(
    conn: &mut Conn,
    _: &Editor,
    path: &PagePath,
    after: Option<&PagePath>,
    limit: u32,
) -> Result<Level<Entry>> {
    let Places { found, with_below, next } = Places::find(conn, path, after, limit)?;
    let titles = pages::table.filter(pages::path.eq_any(strings(&found))).select((pages::path, pages::title));
    let mut titles: HashMap<String, String> = titles.load::<(String, String)>(conn)?.into_iter().collect();
    let mut branches = Vec::new();
    for path in found {
        // What is below a branch may come after the last one that was read.
        let has_below = with_below.contains(path.as_str()) || next.is_some() && count_below(conn, &path, 1)? > 0;
        branches.push(Entry { title: titles.remove(path.as_str()), path, has_below });
    }
    Ok(Level { branches, next })
}

/// The page at a path, as a branch; `None` if there is neither a page nor one below it.
pub fn find(conn: &mut Conn, _: &Editor, path: &PagePath) -> Result<Option<Branch>> {
    let page = rows(conn, std::slice::from_ref(path))?.remove(path.as_str());
    let below = count_below(conn, path, COUNTED_BELOW + 1)?;
    Ok((page.is_some() || below > 0).then(|| Branch { path: path.clone(), page, below }))
}

/// Whether there is a page at a path.
pub fn has_page(conn: &mut Conn, _: &Editor, path: &PagePath) -> Result<bool> {
    exists(conn, path.as_str())
}

/// The paths of branches, in the order in which they are found.
struct Places {
    found: Vec<PagePath>,
    /// The paths of those below which a page was read.
    with_below: HashSet<String>,
    /// The last path, if others follow.
    next: Option<PagePath>,
}

impl Places {
    fn find(conn: &mut Conn, path: &PagePath, after: Option<&PagePath>, limit: u32) -> Result<Places> {
        let (first, end) = range_below(path);
        let start = if path.is_root() { 0 } else { path.as_str().len() + 1 };
        let mut found: Vec<PagePath> = Vec::new();
        let (mut known, mut with_below) = (HashSet::new(), HashSet::new());
        let mut from = first;
        if let Some(after) = after.filter(|after| after.is_below(path)) {
            // Behind the place where the branch was found: at its page, or at the first page below it.
            from = match exists(conn, after.as_str())? {
                true => after.as_str().to_owned(),
                false => format!("{}/{{", after.as_str()),
            };
        }
        loop {
            let paths = paths(conn, &from, &end)?;
            let is_last = paths.len() < AT_ONCE as usize;
            let mut leap = None;
            for path in &paths {
                let deep = path[start..].split_once('/').map(|(segment, _)| start + segment.len());
                let place = &path[..deep.unwrap_or(path.len())];
                // A page at the same place comes before the pages below it, and maybe before this part of the level.
                if known.insert(place.to_owned()) && (deep.is_none() || !exists(conn, place)?) {
                    let place = skip_unreadable(path_of(place));
                    if place.is_some() && found.len() == limit as usize {
                        return Ok(Places { next: found.last().cloned(), found, with_below });
                    }
                    found.extend(place);
                }
                from.clone_from(path);
                if deep.is_some() {
                    with_below.insert(place.to_owned());
                    leap = Some(format!("{place}/{{"));
                    break;
                }
            }
            match leap {
                Some(leap) => from = leap,
                None if is_last => return Ok(Places { found, with_below, next: None }),
                None => {}
            }
        }
    }
}

#[derive(QueryableByName)]
struct Path {
    #[diesel(sql_type = Text)]
    path: String,
}

/// The next paths of pages, after `from` and before `end`.
fn paths(conn: &mut Conn, from: &str, end: &str) -> Result<Vec<String>> {
    let query = format!("SELECT path FROM pages WHERE path > $1 AND path < $2 ORDER BY path LIMIT {AT_ONCE}");
    let paths: Vec<Path> = sql_query(query).bind::<Text, _>(from).bind::<Text, _>(end).load(conn)?;
    Ok(paths.into_iter().map(|row| row.path).collect())
}

fn exists(conn: &mut Conn, path: &str) -> Result<bool> {
    Ok(diesel::select(diesel::dsl::exists(pages::table.filter(pages::path.eq(path)))).get_result(conn)?)
}

/// The pages at these paths.
fn rows(conn: &mut Conn, places: &[PagePath]) -> Result<HashMap<String, PageRow>> {
    let records: Vec<RowRecord> =
        pages::table.filter(pages::path.eq_any(strings(places))).select(RowRecord::as_select()).load(conn)?;
    let pages = records.into_iter().filter_map(|record| skip_unreadable(PageRow::try_from(record)));
    Ok(pages.map(|page| (page.path.as_str().to_owned(), page)).collect())
}

fn strings(places: &[PagePath]) -> Vec<&str> {
    places.iter().map(PagePath::as_str).collect()
}

/// The numbers of pages below these paths.
fn counts(conn: &mut Conn, places: &[PagePath]) -> Result<Vec<u32>> {
    places.iter().map(|place| count_below(conn, place, COUNTED_BELOW + 1)).collect()
}

/// The number of pages below a path, at most `limit`.
fn count_below(conn: &mut Conn, path: &PagePath, limit: u32) -> Result<u32> {
    #[derive(QueryableByName)]
    struct Number {
        #[diesel(sql_type = BigInt)]
        below: i64,
    }
    let query = format!(
        "SELECT count(*) AS below FROM (SELECT 1 AS one FROM pages WHERE path > $1 AND path < $2 LIMIT {limit}) AS found"
    );
    let (from, end) = range_below(path);
    let number: Number = sql_query(query).bind::<Text, _>(from).bind::<Text, _>(end).get_result(conn)?;
    Ok(u32::try_from(number.below).unwrap_or_default())
}
