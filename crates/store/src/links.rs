//! Links between pages. The database says whose text changed; what the text links to is read from it here and told by
//! the caller, who knows Markdown.

use std::collections::{BTreeSet, HashMap, hash_map::Entry};

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Bool, Nullable, Text},
};
use domain::{
    access::Editor,
    audience::{Audience, Readers},
    link::{LinkProblem, problem},
    page::{PageId, PagePath},
};

use crate::{
    Conn, Result,
    error::readable,
    pages::{
        path_of,
        readers::{self, Resolved},
    },
    schema::{links, links_unread, old_paths, pages},
};

/// How many texts are read in one transaction.
const AT_ONCE: i64 = 100;

/// A link that not everybody can follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenLink {
    /// The page in which it stands.
    pub page: PageId,
    /// Where that page lives.
    pub path: PagePath,
    /// That page's title.
    pub title: String,
    /// Where the link leads, without a slash at either end.
    pub target: String,
    /// What is wrong with it.
    pub problem: LinkProblem,
}

#[derive(QueryableByName)]
struct Record {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    path: String,
    #[diesel(sql_type = Text)]
    title: String,
    #[diesel(sql_type = Bool)]
    private: bool,
    #[diesel(sql_type = Nullable<BigInt>)]
    readers_from: Option<i64>,
    #[diesel(sql_type = Text)]
    target: String,
    #[diesel(sql_type = Nullable<Bool>)]
    target_private: Option<bool>,
    #[diesel(sql_type = Nullable<BigInt>)]
    target_readers_from: Option<i64>,
}

impl Record {
    fn broken(self, conn: &mut Conn, known: &mut Known) -> Result<Option<BrokenLink>> {
        let from = known.readers(conn, Resolved { private: self.private, readers_from: self.readers_from })?;
        let to = match self.target_private {
            Some(private) => Some(known.readers(conn, Resolved { private, readers_from: self.target_readers_from })?),
            None => None,
        };
        let (Some(problem), Some(path)) = (problem(&from, to.as_ref()), readable(path_of(&self.path))) else {
            return Ok(None);
        };
        Ok(Some(BrokenLink { page: PageId(self.id), path, title: self.title, target: self.target, problem }))
    }
}

/// Readers that were asked for before.
#[derive(Default)]
struct Known(HashMap<Resolved, Readers>);

impl Known {
    fn readers(&mut self, conn: &mut Conn, resolved: Resolved) -> Result<Readers> {
        Ok(match self.0.entry(resolved) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(unknown) => unknown.insert(readers::of(conn, resolved)?).clone(),
        })
    }
}

/// Links that not everybody who reads their page can follow, in the order of their pages, at most so many. A path at
/// which a page lived before leads to it, and one with pages below it to their list.
///
/// # Errors
/// When the database fails.
pub fn broken(conn: &mut Conn, _: &Editor, limit: u32) -> Result<Vec<BrokenLink>> {
    // Whether one audience of chosen readers lies within another, `fault` says.
    let records: Vec<Record> = sql_query(
        "SELECT pages.id, pages.path, pages.title, pages.private, pages.readers_from, links.target,
                COALESCE(present.private, moved.private) AS target_private,
                CASE WHEN present.id IS NULL THEN moved.readers_from ELSE present.readers_from END AS target_readers_from
         FROM links
         JOIN pages ON pages.id = links.page_id
         LEFT JOIN pages AS present ON present.path = links.target
         LEFT JOIN old_paths ON old_paths.path = links.target
         LEFT JOIN pages AS moved ON moved.id = old_paths.page_id
         WHERE (COALESCE(present.private, moved.private)
                AND (NOT pages.private
                     OR (COALESCE(present.readers_from, moved.readers_from) IS NOT NULL
                         AND COALESCE(pages.readers_from, 0) <> COALESCE(present.readers_from, moved.readers_from))))
            OR (present.id IS NULL AND moved.id IS NULL AND links.target <> ''
                AND NOT EXISTS (SELECT 1 FROM pages AS below
                                WHERE below.path > links.target || '/' AND below.path < links.target || '0'))
         ORDER BY pages.path, links.target",
    )
    .load(conn)?;
    let (mut known, mut broken) = (Known::default(), Vec::new());
    for record in records {
        broken.extend(record.broken(conn, &mut known)?);
        if broken.len() >= limit as usize {
            break;
        }
    }
    Ok(broken)
}

/// Those of the targets that not everybody can follow who reads a page at a path with an audience.
///
/// # Errors
/// When the database fails.
pub fn problems(
    conn: &mut Conn,
    _: &Editor,
    path: &PagePath,
    audience: &Audience,
    targets: &[String],
) -> Result<Vec<(String, LinkProblem)>> {
    let from = readers::would_be(conn, path, audience)?;
    let mut problems = Vec::new();
    for target in targets {
        let to = readers_at(conn, target)?;
        if to.is_none() && is_section(conn, target)? {
            continue;
        }
        problems.extend(problem(&from, to.as_ref()).map(|problem| (target.clone(), problem)));
    }
    Ok(problems)
}

fn readers_at(conn: &mut Conn, target: &str) -> Result<Option<Readers>> {
    let moved = old_paths::table.filter(old_paths::path.eq(target)).select(old_paths::page_id);
    let columns = (pages::private, pages::readers_from);
    let present: Option<(bool, Option<i64>)> =
        pages::table.filter(pages::path.eq(target)).select(columns).first(conn).optional()?;
    let found = match present {
        Some(found) => Some(found),
        None => pages::table.filter(pages::id.eq_any(moved)).select(columns).first(conn).optional()?,
    };
    found.map(|(private, readers_from)| readers::of(conn, Resolved { private, readers_from })).transpose()
}

/// Whether a list stands at a path without a page; the front page always does.
fn is_section(conn: &mut Conn, target: &str) -> Result<bool> {
    let below = pages::table.filter(pages::path.gt(format!("{target}/"))).filter(pages::path.lt(format!("{target}0")));
    Ok(target.is_empty() || diesel::select(diesel::dsl::exists(below)).get_result(conn)?)
}

/// How many pages changed since their texts were read for links.
///
/// # Errors
/// When the database fails.
pub fn unread(conn: &mut Conn) -> Result<u64> {
    let count: i64 = links_unread::table.count().get_result(conn)?;
    Ok(count.unsigned_abs())
}

/// Reads some of the texts that changed; whether others are left. It gives way to whoever saves one of them: then it is an
/// [`crate::Error::Unavailable`], and worth another try. `targets` says where a text at a path links to.
///
/// # Errors
/// When the database fails.
pub fn catch_up(conn: &mut Conn, targets: impl Fn(&PagePath, &str) -> Vec<String>) -> Result<bool> {
    conn.give_way()?;
    // In one order, so that two who catch up at once do not wait for each other.
    let unread: Vec<i64> =
        links_unread::table.order(links_unread::page_id).limit(AT_ONCE).select(links_unread::page_id).load(conn)?;
    for id in &unread {
        // First the mark and then the text: one that is changed in between is marked again.
        if diesel::delete(links_unread::table.find(id)).execute(conn)? > 0 {
            read(conn, *id, &targets)?;
        }
    }
    Ok(unread.len() as i64 == AT_ONCE)
}

/// Reads the text of a page that was saved just now, in the same transaction.
///
/// # Errors
/// When the database fails.
pub fn refresh(conn: &mut Conn, page: PageId, targets: impl Fn(&PagePath, &str) -> Vec<String>) -> Result<()> {
    diesel::delete(links_unread::table.find(page.0)).execute(conn)?;
    read(conn, page.0, targets)
}

fn read(conn: &mut Conn, id: i64, targets: impl Fn(&PagePath, &str) -> Vec<String>) -> Result<()> {
    let text: Option<(String, String)> =
        pages::table.find(id).select((pages::path, pages::body)).first(conn).optional()?;
    diesel::delete(links::table.filter(links::page_id.eq(id))).execute(conn)?;
    let Some((path, body)) = text else { return Ok(()) };
    let Some(path) = readable(path_of(&path)) else { return Ok(()) };
    // Each once, however often the text links there.
    for target in targets(&path, &body).into_iter().collect::<BTreeSet<_>>() {
        diesel::insert_into(links::table).values((links::page_id.eq(id), links::target.eq(target))).execute(conn)?;
    }
    Ok(())
}
