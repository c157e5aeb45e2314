//! Links between pages, and the problems of links that not every reader of a page can follow.

use std::collections::{HashMap, HashSet, hash_map::Entry};

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Bool, Nullable, Text},
};
use domain::{
    access::Editor,
    audience::{Audience, Readers},
    effective_access::EffectiveAccess,
    file::FileName,
    link::{Excluded, LinkProblem, Target, problem},
    page::{PageId, PagePath},
    user::Role,
};

use crate::{
    Conn, Result, access,
    active::ACTIVE,
    columns::{is_live, path_of},
    error::skip_unreadable,
    schema::{files, links_unread, old_paths, pages},
};

/// A link that not every reader of its page can follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenLink {
    /// The page whose text has the link.
    pub page: PageId,
    /// The path of that page.
    pub path: PagePath,
    /// The title of that page.
    pub title: String,
    /// What the link leads to.
    pub target: Target,
    /// The problem.
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
    #[diesel(sql_type = Text)]
    fragment: String,
    #[diesel(sql_type = Text)]
    file: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    target_id: Option<i64>,
    #[diesel(sql_type = Nullable<Bool>)]
    target_private: Option<bool>,
    #[diesel(sql_type = Nullable<BigInt>)]
    target_readers_from: Option<i64>,
}

impl Record {
    fn broken(self, conn: &mut Conn, known: &mut Known) -> Result<Option<BrokenLink>> {
        let from = known.readers(conn, EffectiveAccess::from_columns(self.private, self.readers_from))?;
        let to = match self.target_private {
            Some(private) => {
                Some(known.readers(conn, EffectiveAccess::from_columns(private, self.target_readers_from))?)
            }
            None => None,
        };
        let file = FileName::parse(&self.file).ok();
        let target = Target { path: self.target, fragment: self.fragment, file };
        // A path with pages below it leads to their list, which has no headings.
        let is_list = self.target_id.is_none() && !target.fragment.is_empty() && is_section(conn, &target.path)?;
        let problem = if is_list { None } else { known.problem(conn, &from, to.as_ref(), self.target_id, &target)? };
        let (Some(problem), Some(path)) = (problem, skip_unreadable(path_of(&self.path))) else {
            return Ok(None);
        };
        Ok(Some(BrokenLink { page: PageId(self.id), path, title: self.title, target, problem }))
    }
}

/// Returns the ids in a text to which a link can lead.
pub type TextIds = fn(&str) -> Vec<String>;

/// The number of bytes of texts in which one list looks for headings; links to other texts count as sound.
const EXAMINED_BYTES: usize = 8 << 20;

/// Readers and headings that were loaded before.
struct Known {
    readers: HashMap<EffectiveAccess, Readers>,
    ids: HashMap<i64, Option<HashSet<String>>>,
    bytes: usize,
    ids_of: TextIds,
}

impl Known {
    fn new(ids_of: TextIds) -> Known {
        Known { readers: HashMap::new(), ids: HashMap::new(), bytes: 0, ids_of }
    }

    fn readers(&mut self, conn: &mut Conn, effective: EffectiveAccess) -> Result<Readers> {
        Ok(match self.readers.entry(effective) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(unknown) => unknown.insert(access::readers(conn, effective)?).clone(),
        })
    }

    /// The problem of a link to a page with these readers, or to a file of it; `None` for both if there is no page.
    fn problem(
        &mut self,
        conn: &mut Conn,
        from: &Readers,
        to: Option<&Readers>,
        page: Option<i64>,
        target: &Target,
    ) -> Result<Option<LinkProblem>> {
        Ok(match (problem(from, to), page, &target.file) {
            (_, Some(page), Some(file)) if !has_file(conn, page, file)? => Some(LinkProblem::NoFile),
            (Some(LinkProblem::Missing), _, Some(_)) => Some(LinkProblem::NoFile),
            (Some(LinkProblem::Closed), _, Some(_)) => match to {
                Some(to) => excluded(conn, from, to)?,
                None => Some(LinkProblem::NoFile),
            },
            (None, Some(page), None) if !self.has_id(conn, page, &target.fragment)? => Some(LinkProblem::NoHeading),
            (problem, ..) => problem,
        })
    }

    /// Whether a fragment leads to a place on a page.
    fn has_id(&mut self, conn: &mut Conn, page: i64, fragment: &str) -> Result<bool> {
        if fragment.is_empty() {
            return Ok(true);
        }
        if !self.ids.contains_key(&page) {
            let text: Option<String> = match self.bytes < EXAMINED_BYTES {
                true => pages::table.find(page).select(pages::body).first(conn).optional()?,
                false => None,
            };
            self.bytes += text.as_ref().map_or(0, String::len);
            self.ids.insert(page, text.map(|text| (self.ids_of)(&text).into_iter().collect()));
        }
        Ok(self.ids.get(&page).is_none_or(|ids| ids.as_ref().is_none_or(|ids| ids.contains(fragment))))
    }
}

/// Whether the readers of a page have a file of it.
fn has_file(conn: &mut Conn, page: i64, file: &FileName) -> Result<bool> {
    let found = files::table.filter(is_live(PageId(page))).filter(files::name.eq(file.as_str()));
    Ok(diesel::select(diesel::dsl::exists(found)).get_result(conn)?)
}

/// The most chosen people and groups of two pages that are counted.
const MAX_COUNTED: usize = 5_000;

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    readers: i64,
    #[diesel(sql_type = BigInt)]
    excluded: i64,
}

/// How many readers of one page cannot read another one, when not all of them can; `None` if each of them can, by name or as an
/// editor. A group counts with its members who have an active account.
fn excluded(conn: &mut Conn, from: &Readers, to: &Readers) -> Result<Option<LinkProblem>> {
    let excluded = match (from, to) {
        (Readers::Everybody, Readers::SignedIn) => Excluded::WithoutAccount,
        (Readers::Everybody, _) => Excluded::NotChosen,
        (from, to) if chosen(from) + chosen(to) > MAX_COUNTED => return Ok(Some(LinkProblem::Closed)),
        (from, to) => {
            // Keys are numbers.
            let query = format!(
                "SELECT COUNT(*) AS readers,
                        COUNT(CASE WHEN role = '{reader}' AND NOT ({to}) THEN 1 END) AS excluded
                 FROM users WHERE {ACTIVE} AND ({from})",
                reader = Role::Reader.as_str(),
                from = among(from),
                to = among(to),
            );
            let Counted { readers, excluded } = sql_query(query).get_result(conn)?;
            let (without, all) = (excluded.unsigned_abs(), readers.unsigned_abs());
            match from {
                _ if without == 0 => return Ok(None),
                Readers::Chosen { .. } => Excluded::Readers { without, all },
                Readers::Everybody | Readers::SignedIn => Excluded::Accounts { without, all },
            }
        }
    };
    Ok(Some(LinkProblem::Excludes(excluded)))
}

fn chosen(readers: &Readers) -> usize {
    match readers {
        Readers::Chosen { people, groups } => people.len() + groups.len(),
        Readers::Everybody | Readers::SignedIn => 0,
    }
}

/// The condition of SQL under which a row of `users` is one of the readers.
fn among(readers: &Readers) -> String {
    let Readers::Chosen { people, groups } = readers else { return "TRUE".into() };
    let people: Vec<String> = people.iter().map(|person| person.0.to_string()).collect();
    let groups: Vec<String> = groups.iter().map(|group| group.0.to_string()).collect();
    // A list without a key is no SQL; no key is 0.
    let list = |keys: &[String]| if keys.is_empty() { "0".to_owned() } else { keys.join(", ") };
    format!(
        "users.id IN ({}) OR users.id IN (SELECT user_id FROM group_members WHERE group_id IN ({}))",
        list(&people),
        list(&groups)
    )
}

/// The broken links of some pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenLinks {
    /// The links, in the order of their pages.
    pub rows: Vec<BrokenLink>,
    /// The path of the last page whose links were examined, if others follow.
    pub next: Option<PagePath>,
}

/// The number of pages whose links one statement examines.
const EXAMINED: i64 = 1_000;

/// At most `limit` broken links of up to `most` pages from the page after `after` on, in the order of their paths. An old path
/// leads to its page, and a path without a page of its own to the list of the pages below it. The caller, which knows Markdown,
/// says to which ids of a text a link can lead.
pub fn broken(
    conn: &mut Conn,
    _: &Editor,
    after: Option<&PagePath>,
    (limit, most): (u32, u32),
    ids_of: TextIds,
) -> Result<BrokenLinks> {
    let (mut known, mut rows) = (Known::new(ids_of), Vec::new());
    let mut after = after.map(|path| path.as_str().to_owned());
    let mut left = i64::from(most);
    while left > 0 {
        let pages = pages::table.order(pages::path).select(pages::path).limit(EXAMINED.min(left)).into_boxed();
        let pages: Vec<String> = match after.clone() {
            Some(after) => pages.filter(pages::path.gt(after)).load(conn)?,
            None => pages.load(conn)?,
        };
        let (Some(first), Some(last)) = (pages.first(), pages.last()) else {
            return Ok(BrokenLinks { rows, next: None });
        };
        left -= EXAMINED;
        for record in candidates(conn, first, last)? {
            let path = record.path.clone();
            rows.extend(record.broken(conn, &mut known)?);
            if rows.len() >= limit as usize {
                // The rest of this page's links is left out.
                return Ok(BrokenLinks { rows, next: skip_unreadable(path_of(&path)) });
            }
        }
        after = Some(last.clone());
    }
    Ok(BrokenLinks { rows, next: after.and_then(|path| skip_unreadable(path_of(&path))) })
}

/// The links of the pages from one path to another that may be broken.
fn candidates(conn: &mut Conn, first: &str, last: &str) -> Result<Vec<Record>> {
    // Whether the readers of one page are among the chosen readers of another one is decided later, by `domain::link::problem`.
    let records = sql_query(
        "SELECT pages.id, pages.path, pages.title, pages.private, pages.readers_from, links.target, links.fragment, links.file,
                COALESCE(present.id, moved.id) AS target_id, COALESCE(present.private, moved.private) AS target_private,
                CASE WHEN present.id IS NULL THEN moved.readers_from ELSE present.readers_from END AS target_readers_from
         FROM pages
         JOIN links ON links.page_id = pages.id
         LEFT JOIN pages AS present ON present.path = links.target
         LEFT JOIN old_paths ON old_paths.path = links.target
         LEFT JOIN pages AS moved ON moved.id = old_paths.page_id
         WHERE pages.path >= $1 AND pages.path <= $2 AND
            (((links.fragment <> '' OR links.file <> '') AND COALESCE(present.id, moved.id) IS NOT NULL)
            OR (COALESCE(present.private, moved.private)
                AND (NOT pages.private
                     OR (COALESCE(present.readers_from, moved.readers_from) IS NOT NULL
                         AND COALESCE(pages.readers_from, 0) <> COALESCE(present.readers_from, moved.readers_from))))
            OR (present.id IS NULL AND moved.id IS NULL AND links.file <> '')
            OR (present.id IS NULL AND moved.id IS NULL AND links.target <> ''
                AND NOT EXISTS (SELECT 1 FROM pages AS below
                                WHERE below.path > links.target || '/' AND below.path < links.target || '0')))
         ORDER BY pages.path, links.target, links.fragment, links.file",
    )
    .bind::<Text, _>(first)
    .bind::<Text, _>(last)
    .load(conn)?;
    Ok(records)
}

/// Those of the targets that not every reader of a page at `path` with `audience` can follow.
pub fn problems(
    conn: &mut Conn,
    _: &Editor,
    path: &PagePath,
    audience: &Audience,
    targets: &[Target],
    ids_of: TextIds,
) -> Result<Vec<(Target, LinkProblem)>> {
    let from = access::readers_with(conn, path, audience)?;
    let (mut known, mut problems) = (Known::new(ids_of), Vec::new());
    for target in targets {
        let found = page_at(conn, &target.path)?;
        let to = match found {
            Some((_, effective)) => Some(known.readers(conn, effective)?),
            None if target.file.is_none() && is_section(conn, &target.path)? => continue,
            None => None,
        };
        let problem = known.problem(conn, &from, to.as_ref(), found.map(|(id, _)| id), target)?;
        problems.extend(problem.map(|problem| (target.clone(), problem)));
    }
    Ok(problems)
}

/// Whether everyone could read a page at a path with an audience.
pub fn is_public(conn: &mut Conn, _: &Editor, path: &PagePath, audience: &Audience) -> Result<bool> {
    Ok(access::readers_with(conn, path, audience)? == Readers::Everybody)
}

/// The page that has a path or had it before, and who reads it.
fn page_at(conn: &mut Conn, path: &str) -> Result<Option<(i64, EffectiveAccess)>> {
    let moved = old_paths::table.filter(old_paths::path.eq(path)).select(old_paths::page_id);
    let columns = (pages::id, pages::private, pages::readers_from);
    let present: Option<(i64, bool, Option<i64>)> =
        pages::table.filter(pages::path.eq(path)).select(columns).first(conn).optional()?;
    let found = match present {
        Some(found) => Some(found),
        None => pages::table.filter(pages::id.eq_any(moved)).select(columns).first(conn).optional()?,
    };
    Ok(found.map(|(id, private, readers_from)| (id, EffectiveAccess::from_columns(private, readers_from))))
}

/// Whether the site shows a list at a path without a page of its own; at the root it always does.
fn is_section(conn: &mut Conn, target: &str) -> Result<bool> {
    let below = pages::table.filter(pages::path.gt(format!("{target}/"))).filter(pages::path.lt(format!("{target}0")));
    Ok(target.is_empty() || diesel::select(diesel::dsl::exists(below)).get_result(conn)?)
}

/// Whether there are pages whose texts changed since their links were read.
pub fn has_unread(conn: &mut Conn) -> Result<bool> {
    Ok(diesel::select(diesel::dsl::exists(links_unread::table.select(links_unread::page_id))).get_result(conn)?)
}
