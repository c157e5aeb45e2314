//! Who reads a page, by name, as the panel says it.

use std::collections::{BTreeSet, HashMap};

use diesel::{
    QueryableByName,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Nullable, Text},
};
use domain::{
    access::Editor,
    audience::{Audience, ReaderSet},
    page::{Page, PageId, PagePath},
    user::Username,
};

use super::{path_of, readers::Resolved};
use crate::{
    Conn, Error, Result,
    schema::{group_members, page_groups, page_people, pages, users},
};

/// Who reads a page, without names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Everybody.
    Everybody,
    /// Whoever is signed in.
    SignedIn,
    /// People and groups that were chosen.
    Chosen,
}

impl Resolved {
    pub(super) fn reach(self) -> Reach {
        match (self.private, self.readers_from) {
            (false, _) => Reach::Everybody,
            (true, None) => Reach::SignedIn,
            (true, Some(_)) => Reach::Chosen,
        }
    }
}

/// Who reads a page, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// Those who do, besides editors; of people those whose accounts are active.
    pub crowd: ReaderSet,
    /// The page above whose audience this one has, with its title; `None` for one of its own, and where there is none.
    pub through: Option<(PagePath, String)>,
}

/// Who reads a page, and why.
///
/// # Errors
/// When the database fails.
pub fn who(conn: &mut Conn, _: &Editor, page: &Page) -> Result<Who> {
    let resolved =
        pages::table.find(page.id.0).select((pages::private, pages::readers_from)).first(conn).optional()?.map_or(
            Resolved { private: true, readers_from: Some(page.id.0) },
            |(private, readers_from)| Resolved { private, readers_from },
        );
    let through = match page.content.audience {
        Audience::Inherited => governing(conn, &page.content.path)?,
        _ => None,
    };
    Ok(Who { crowd: crowd(conn, resolved)?, through })
}

fn governing(conn: &mut Conn, path: &PagePath) -> Result<Option<(PagePath, String)>> {
    let above: Vec<String> = path.above().map(|path| path.as_str().to_owned()).collect();
    let rows: Vec<(String, String)> = pages::table
        .filter(pages::path.eq_any(above))
        .filter(pages::audience.ne(Audience::Inherited.as_str()))
        .select((pages::path, pages::title))
        .load(conn)?;
    let nearest = rows.into_iter().max_by_key(|(path, _)| path.len());
    nearest.map(|(path, title)| Ok((path_of(&path)?, title))).transpose()
}

/// Those to whom a resolved audience opens.
pub(super) fn crowd(conn: &mut Conn, resolved: Resolved) -> Result<ReaderSet> {
    let from = match (resolved.private, resolved.readers_from) {
        (false, _) => return Ok(ReaderSet::Everybody),
        (true, None) => return Ok(ReaderSet::SignedIn),
        (true, Some(from)) => from,
    };
    let people = page_people::table.filter(page_people::page_id.eq(from)).select(page_people::user_id);
    let members = group_members::table
        .inner_join(page_groups::table.on(page_groups::group_id.eq(group_members::group_id)))
        .filter(page_groups::page_id.eq(from))
        .select(group_members::user_id);
    let names: Vec<String> = users::table
        .filter(users::active)
        .filter(users::id.eq_any(people).or(users::id.eq_any(members)))
        .select(users::name)
        .load(conn)?;
    let odd = |words| Error::Schema(format!("a chosen reader: {words}"));
    let names = names.iter().map(|name| Username::parse(name).map_err(odd)).collect::<Result<BTreeSet<_>>>()?;
    Ok(ReaderSet::People(names))
}

/// The chosen readers of a page in a list: how many, the first of them, and through which page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Few {
    /// How many people with active accounts.
    pub count: u64,
    /// The first of their names.
    pub names: Vec<String>,
    /// The title of the page above whose readers these are.
    pub through: Option<String>,
}

/// How many names a list shows.
const NAMES: i64 = 3;

#[derive(QueryableByName)]
struct FewRecord {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = BigInt)]
    people: i64,
    #[diesel(sql_type = Nullable<Text>)]
    name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    through: Option<String>,
}

/// The readers of those of the pages that have chosen ones.
///
/// # Errors
/// When the database fails.
pub fn few(conn: &mut Conn, _: &Editor, pages: &[PageId]) -> Result<HashMap<PageId, Few>> {
    if pages.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<String> = pages.iter().map(|page| page.0.to_string()).collect();
    let ids = ids.join(", ");
    let governing = format!("SELECT readers_from FROM pages WHERE id IN ({ids})");
    let query = format!(
        "SELECT * FROM (
             SELECT pages.id, users.name, governing.title AS through,
                    count(users.id) OVER (PARTITION BY pages.id) AS people,
                    row_number() OVER (PARTITION BY pages.id ORDER BY users.name IS NULL, users.name) AS number
             FROM pages
             LEFT JOIN pages AS governing ON governing.id = pages.readers_from AND governing.id <> pages.id
             LEFT JOIN (SELECT page_id, user_id FROM page_people WHERE page_id IN ({governing})
                        UNION SELECT page_id, user_id FROM page_groups JOIN group_members USING (group_id)
                        WHERE page_id IN ({governing})) AS chosen
                 ON chosen.page_id = pages.readers_from
             LEFT JOIN users ON users.id = chosen.user_id AND active
             WHERE pages.id IN ({ids}) AND pages.private AND pages.readers_from IS NOT NULL
         ) AS readers WHERE number <= {NAMES} ORDER BY id, number"
    );
    let records: Vec<FewRecord> = sql_query(query).load(conn)?;
    let mut all: HashMap<PageId, Few> = HashMap::new();
    for FewRecord { id, people, name, through } in records {
        let few = all.entry(PageId(id)).or_default();
        few.count = people.unsigned_abs();
        few.names.extend(name);
        few.through = through;
    }
    Ok(all)
}
