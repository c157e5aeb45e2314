//! The tree of pages: what stands directly below a path, for the panel. A section that has no page of its own is found by the
//! pages below it. The rows are read in the order of the paths, and a section with many pages below it is left by one seek.

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

/// Some of what is directly below a path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Level {
    /// The branches, in the order of their paths.
    pub branches: Vec<Branch>,
    /// The path behind which the next branches are; `None` if there are no more.
    pub next: Option<PagePath>,
}

/// At most `limit` of the branches directly below a path: from the first one, or those that follow the branch at `after`.
pub fn below(conn: &mut Conn, _: &Editor, path: &PagePath, after: Option<&PagePath>, limit: u32) -> Result<Level> {
    let places = Places::find(conn, path, after, limit as usize + 1)?.0;
    let more = places.len() > limit as usize;
    let places = &places[..places.len().min(limit as usize)];
    let next = places.last().filter(|_| more).map(|place| path_of(place)).transpose()?;
    let (mut rows, below) = (rows(conn, places)?, counts(conn, places)?);
    let branch = |place: &String| {
        let path = skip_unreadable(path_of(place))?;
        Some(Branch { page: rows.remove(place), below: below.get(place).copied().unwrap_or_default(), path })
    };
    Ok(Level { branches: places.iter().filter_map(branch).collect(), next })
}

/// The page at a path, as a branch; `None` if there is neither a page nor one below it.
pub fn find(conn: &mut Conn, _: &Editor, path: &PagePath) -> Result<Option<Branch>> {
    let place = [path.as_str().to_owned()];
    let page = rows(conn, &place)?.remove(path.as_str());
    let below = counts(conn, &place)?.remove(path.as_str()).unwrap_or_default();
    Ok((page.is_some() || below > 0).then(|| Branch { path: path.clone(), page, below }))
}

/// The paths of branches, in the order in which they are found.
struct Places(Vec<String>);

impl Places {
    fn find(conn: &mut Conn, path: &PagePath, after: Option<&PagePath>, wanted: usize) -> Result<Places> {
        let (first, end) = range_below(path);
        let start = if path.is_root() { 0 } else { path.as_str().len() + 1 };
        let mut found: Vec<String> = Vec::new();
        let mut known: HashSet<String> = HashSet::new();
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
                    found.push(place.to_owned());
                }
                if found.len() == wanted {
                    return Ok(Places(found));
                }
                from.clone_from(path);
                if deep.is_some() {
                    leap = Some(format!("{place}/{{"));
                    break;
                }
            }
            match leap {
                Some(leap) => from = leap,
                None if is_last => return Ok(Places(found)),
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
fn rows(conn: &mut Conn, places: &[String]) -> Result<HashMap<String, PageRow>> {
    let records: Vec<RowRecord> =
        pages::table.filter(pages::path.eq_any(places)).select(RowRecord::as_select()).load(conn)?;
    let pages = records.into_iter().filter_map(|record| skip_unreadable(PageRow::try_from(record)));
    Ok(pages.map(|page| (page.path.as_str().to_owned(), page)).collect())
}

/// The numbers of pages below these paths.
fn counts(conn: &mut Conn, places: &[String]) -> Result<HashMap<String, u32>> {
    #[derive(QueryableByName)]
    struct Number {
        #[diesel(sql_type = BigInt)]
        below: i64,
    }
    let limit = COUNTED_BELOW + 1;
    let query = format!(
        "SELECT count(*) AS below FROM (SELECT 1 AS one FROM pages WHERE path > $1 AND path < $2 LIMIT {limit}) AS found"
    );
    let mut counts = HashMap::new();
    for place in places {
        let (from, end) = range_below(&path_of(place)?);
        let number: Number = sql_query(&query).bind::<Text, _>(from).bind::<Text, _>(end).get_result(conn)?;
        counts.insert(place.clone(), u32::try_from(number.below).unwrap_or_default());
    }
    Ok(counts)
}
