//! The tree of paths: what is directly below a path, pages and paths without a page alike. A level is read by seeks in the index of
//! the paths, which step over everything below each entry, and costs the same on a site of any size.

use std::collections::BTreeMap;

use diesel::{
    dsl::{exists, select},
    prelude::*,
};
use domain::{access::Editor, page::PagePath};

use crate::{Conn, Result, columns::path_of, error::skip_unreadable, schema::pages};

/// An entry of a level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// The path.
    pub path: PagePath,
    /// The title of the page at the path; `None` without a page.
    pub title: Option<String>,
    /// Whether there are pages below the path.
    pub has_below: bool,
}

/// A part of a level, in the order of the paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// The entries.
    pub branches: Vec<Branch>,
    /// The position after which the next part begins; `None` at the end.
    pub next: Option<String>,
}

/// The maximum number of pages that one seek reads.
const BATCH: i64 = 50;
/// A character after all that a path contains.
const LAST: char = '~';

/// At least `limit` entries directly below a path from a position on, if there are as many, and at most 50 more.
pub fn below(conn: &mut Conn, _: &Editor, path: &PagePath, after: Option<&str>, limit: u32) -> Result<Level> {
    let prefix = if path.is_root() { String::new() } else { format!("{}/", path.as_str()) };
    let end = format!("{prefix}{LAST}");
    let mut position = after.filter(|after| after.starts_with(&prefix)).unwrap_or(&prefix).to_owned();
    let mut found: BTreeMap<String, (Option<String>, bool)> = BTreeMap::new();
    let mut is_cut = false;
    loop {
        let batch: Vec<(String, String)> = pages::table
            .filter(pages::path.gt(&position))
            .filter(pages::path.lt(&end))
            .order(pages::path)
            .select((pages::path, pages::title))
            .limit(BATCH)
            .load(conn)?;
        if batch.is_empty() {
            break;
        }
        for (path, title) in batch {
            if path <= position {
                continue;
            }
            match path[prefix.len()..].split_once('/') {
                None => {
                    found.entry(path.clone()).or_default().0 = Some(title);
                    position = path;
                }
                Some((segment, _)) => {
                    let above = format!("{prefix}{segment}");
                    // Everything below the entry is stepped over.
                    position = format!("{above}/{LAST}");
                    // The page at a path comes before those below it: it was in an earlier part.
                    if found.contains_key(&above) || !has_page_at(conn, &above)? {
                        found.entry(above).or_default().1 = true;
                    }
                }
            }
        }
        if found.len() >= limit as usize {
            is_cut = true;
            break;
        }
    }
    let mut branches = Vec::new();
    for (path, (title, mut has_below)) in found {
        // What is below an entry may come after the end of this part.
        if is_cut && !has_below {
            has_below = has_below_at(conn, &path)?;
        }
        branches.extend(skip_unreadable(path_of(&path)).map(|path| Branch { path, title, has_below }));
    }
    Ok(Level { branches, next: is_cut.then_some(position) })
}

/// Whether there is a page at a path.
pub fn has_page(conn: &mut Conn, _: &Editor, path: &PagePath) -> Result<bool> {
    has_page_at(conn, path.as_str())
}

fn has_page_at(conn: &mut Conn, path: &str) -> Result<bool> {
    Ok(select(exists(pages::table.filter(pages::path.eq(path)))).get_result(conn)?)
}

fn has_below_at(conn: &mut Conn, path: &str) -> Result<bool> {
    let below =
        pages::table.filter(pages::path.gt(format!("{path}/"))).filter(pages::path.lt(format!("{path}/{LAST}")));
    Ok(select(exists(below)).get_result(conn)?)
}
