//! Who reads a page, by name, as the panel says it.

use std::collections::{BTreeSet, HashMap};

use diesel::{QueryableByName, prelude::*, sql_query, sql_types::BigInt};
use domain::{
    access::Editor,
    audience::{Audience, Crowd},
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
    pub crowd: Crowd,
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
pub(super) fn crowd(conn: &mut Conn, resolved: Resolved) -> Result<Crowd> {
    let from = match (resolved.private, resolved.readers_from) {
        (false, _) => return Ok(Crowd::Everybody),
        (true, None) => return Ok(Crowd::SignedIn),
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
    Ok(Crowd::People(names))
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = BigInt)]
    people: i64,
}

/// How many people with active accounts read each of the pages that have chosen readers.
///
/// # Errors
/// When the database fails.
pub fn who_counts(conn: &mut Conn, _: &Editor, pages: &[PageId]) -> Result<HashMap<PageId, u64>> {
    if pages.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<String> = pages.iter().map(|page| page.0.to_string()).collect();
    let query = format!(
        "SELECT pages.id, count(users.id) AS people
         FROM pages
         LEFT JOIN (SELECT page_id, user_id FROM page_people
                    UNION SELECT page_id, user_id FROM page_groups JOIN group_members USING (group_id)) AS chosen
             ON chosen.page_id = readers_from
         LEFT JOIN users ON users.id = chosen.user_id AND active
         WHERE pages.id IN ({}) AND private AND readers_from IS NOT NULL
         GROUP BY pages.id",
        ids.join(", ")
    );
    let counts: Vec<Count> = sql_query(query).load(conn)?;
    Ok(counts.into_iter().map(|count| (PageId(count.id), count.people.unsigned_abs())).collect())
}
