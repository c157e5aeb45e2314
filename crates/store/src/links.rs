//! Links between pages. The database says whose text changed; what the text links to is read from it here and told by
//! the caller, who knows Markdown.

use std::collections::BTreeSet;

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Bool, Nullable, Text},
};
use domain::{
    access::Editor,
    link::{Fault, fault},
    page::{PageId, PagePath, Visibility},
};

use crate::{
    Conn, Result,
    error::readable,
    pages::path_of,
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
    pub fault: Fault,
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
    #[diesel(sql_type = Text)]
    target: String,
    #[diesel(sql_type = Nullable<Bool>)]
    target_private: Option<bool>,
}

impl Record {
    fn broken(self) -> Option<BrokenLink> {
        let to = self.target_private.map(Visibility::from_private);
        Some(BrokenLink {
            page: PageId(self.id),
            path: readable(path_of(&self.path))?,
            title: self.title,
            target: self.target,
            fault: fault(Visibility::from_private(self.private), to)?,
        })
    }
}

/// Links that not everybody who reads their page can follow, in the order of their pages, at most so many. A path at
/// which a page lived before leads to it, and one with pages below it to their list.
///
/// # Errors
/// When the database fails.
pub fn broken(conn: &mut Conn, _: &Editor, limit: u32) -> Result<Vec<BrokenLink>> {
    let records: Vec<Record> = sql_query(
        "SELECT pages.id, pages.path, pages.title, pages.private, links.target,
                COALESCE(present.private, moved.private) AS target_private
         FROM links
         JOIN pages ON pages.id = links.page_id
         LEFT JOIN pages AS present ON present.path = links.target
         LEFT JOIN old_paths ON old_paths.path = links.target
         LEFT JOIN pages AS moved ON moved.id = old_paths.page_id
         WHERE COALESCE(present.private, moved.private) <> pages.private
            OR (present.id IS NULL AND moved.id IS NULL AND links.target <> ''
                AND NOT EXISTS (SELECT 1 FROM pages AS below
                                WHERE below.path > links.target || '/' AND below.path < links.target || '0'))
         ORDER BY pages.path, links.target",
    )
    .load(conn)?;
    Ok(records.into_iter().filter_map(Record::broken).take(limit as usize).collect())
}

/// Those of the targets that not everybody can follow who reads a page that is public or private.
///
/// # Errors
/// When the database fails.
pub fn faults(conn: &mut Conn, _: &Editor, from: Visibility, targets: &[String]) -> Result<Vec<(String, Fault)>> {
    let mut faults = Vec::new();
    for target in targets {
        let leads = visibility(conn, target)?;
        if leads.is_none() && is_section(conn, target)? {
            continue;
        }
        faults.extend(fault(from, leads).map(|fault| (target.clone(), fault)));
    }
    Ok(faults)
}

fn visibility(conn: &mut Conn, target: &str) -> Result<Option<Visibility>> {
    let moved = old_paths::table.filter(old_paths::path.eq(target)).select(old_paths::page_id);
    let present: Option<bool> =
        pages::table.filter(pages::path.eq(target)).select(pages::private).first(conn).optional()?;
    let private: Option<bool> = match present {
        Some(private) => Some(private),
        None => pages::table.filter(pages::id.eq_any(moved)).select(pages::private).first(conn).optional()?,
    };
    Ok(private.map(Visibility::from_private))
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
