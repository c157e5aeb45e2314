//! Who reads a page, in the tables: whom an author chose, and what audiences come to once the pages above are asked.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;
use domain::{
    audience::{Audience, Chosen, Readers},
    group::{GroupId, GroupName},
    page::{PageId, PagePath},
    user::{UserId, Username},
};

use super::range_below;
use crate::{
    Conn, Error, Result,
    schema::{groups, page_groups, page_people, pages, users},
};

/// The most keys in one statement: SQLite takes 32,766.
pub(super) const KEYS: usize = 1000;

/// What an audience comes to, as two columns say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Resolved {
    pub(crate) private: bool,
    pub(crate) readers_from: Option<i64>,
}

impl Resolved {
    const EVERYBODY: Resolved = Resolved { private: false, readers_from: None };

    /// Whether it opens to people and groups that were chosen.
    pub(super) fn is_chosen(self) -> bool {
        self.private && self.readers_from.is_some()
    }
}

/// Whom the authors of some pages chose.
#[derive(Default)]
struct Choices {
    people: Vec<(i64, UserId, Username)>,
    groups: Vec<(i64, GroupId, GroupName)>,
}

impl Choices {
    fn of(conn: &mut Conn, ids: &[i64]) -> Result<Choices> {
        if ids.is_empty() {
            return Ok(Choices::default());
        }
        let people: Vec<(i64, i64, String)> = page_people::table
            .inner_join(users::table.on(users::id.eq(page_people::user_id)))
            .filter(page_people::page_id.eq_any(ids))
            .order(users::name)
            .select((page_people::page_id, users::id, users::name))
            .load(conn)?;
        let groups: Vec<(i64, i64, String)> = page_groups::table
            .inner_join(groups::table.on(groups::id.eq(page_groups::group_id)))
            .filter(page_groups::page_id.eq_any(ids))
            .order(groups::name)
            .select((page_groups::page_id, groups::id, groups::name))
            .load(conn)?;
        let odd = |words| Error::Schema(format!("a chosen reader: {words}"));
        Ok(Choices {
            people: people
                .into_iter()
                .map(|(page, id, name)| Ok((page, UserId(id), Username::parse(&name).map_err(odd)?)))
                .collect::<Result<_>>()?,
            groups: groups
                .into_iter()
                .map(|(page, id, name)| Ok((page, GroupId(id), GroupName::parse(&name).map_err(odd)?)))
                .collect::<Result<_>>()?,
        })
    }

    fn names(&self, page: i64) -> Chosen {
        Chosen {
            people: self.people.iter().filter(|(of, ..)| *of == page).map(|(.., name)| name.clone()).collect(),
            groups: self.groups.iter().filter(|(of, ..)| *of == page).map(|(.., name)| name.clone()).collect(),
        }
    }

    fn readers(&self, page: i64) -> Readers {
        let people: BTreeSet<_> = self.people.iter().filter(|(of, ..)| *of == page).map(|(_, id, _)| *id).collect();
        let groups = self.groups.iter().filter(|(of, ..)| *of == page).map(|(_, id, _)| *id).collect();
        Readers::Chosen { people, groups }
    }
}

/// The audience and the readers of a page, from its columns.
pub(super) fn load(conn: &mut Conn, id: PageId, audience: &str, resolved: Resolved) -> Result<(Audience, Readers)> {
    let own = (audience == "chosen").then_some(id.0);
    let from = resolved.readers_from.filter(|_| resolved.private);
    let mut ids: Vec<i64> = own.into_iter().chain(from).collect();
    ids.dedup();
    let choices = Choices::of(conn, &ids)?;
    let audience = self::audience(audience, || choices.names(id.0))?;
    let readers = match (resolved.private, from) {
        (false, _) => Readers::Everybody,
        (true, None) => Readers::SignedIn,
        (true, Some(from)) => choices.readers(from),
    };
    Ok((audience, readers))
}

/// The readers to whom an audience opens that was resolved.
pub(crate) fn of(conn: &mut Conn, resolved: Resolved) -> Result<Readers> {
    Ok(match (resolved.private, resolved.readers_from) {
        (false, _) => Readers::Everybody,
        (true, None) => Readers::SignedIn,
        (true, Some(from)) => Choices::of(conn, &[from])?.readers(from),
    })
}

/// Who would read a page at a path with an audience; of those who were chosen, those who exist.
pub(crate) fn would_be(conn: &mut Conn, path: &PagePath, audience: &Audience) -> Result<Readers> {
    match audience.chosen() {
        Some(chosen) => Ok(Readers::Chosen {
            people: people_of(conn, &chosen.people)?.into_iter().map(|(id, _)| UserId(id)).collect(),
            groups: groups_of(conn, &chosen.groups)?.into_iter().map(|(id, _)| GroupId(id)).collect(),
        }),
        None => {
            // Nobody is chosen, so its key does not matter.
            let resolved = resolve(conn, PageId(0), path, audience)?;
            of(conn, resolved)
        }
    }
}

/// An audience from its word.
pub(crate) fn audience(word: &str, chosen: impl FnOnce() -> Chosen) -> Result<Audience> {
    match word {
        "inherited" => Ok(Audience::Inherited),
        "public" => Ok(Audience::Public),
        "signed-in" => Ok(Audience::SignedIn),
        "chosen" => Ok(Audience::Chosen(chosen())),
        odd => Err(Error::Schema(format!("the audience {odd:?} in the table pages"))),
    }
}

/// Keeps whom an author chose. Those who stay keep their row: each row that comes or goes is listed anew for every page that
/// inherits.
///
/// # Errors
/// [`Error::Refused`] when somebody who was chosen does not exist; see [`missing`].
pub(super) fn choose(conn: &mut Conn, page: PageId, audience: &Audience) -> Result<()> {
    let nobody = Chosen::default();
    let chosen = audience.chosen().unwrap_or(&nobody);
    let (people, groups) = (people_of(conn, &chosen.people)?, groups_of(conn, &chosen.groups)?);
    if people.len() < chosen.people.len() || groups.len() < chosen.groups.len() {
        return Err(Error::Refused("Somebody who was chosen to read this page does not exist any more.".into()));
    }
    choose_people(conn, page, people.into_iter().map(|(user, _)| user).collect())?;
    choose_groups(conn, page, groups.into_iter().map(|(group, _)| group).collect())
}

fn choose_people(conn: &mut Conn, page: PageId, wanted: BTreeSet<i64>) -> Result<()> {
    let present: Vec<i64> =
        page_people::table.filter(page_people::page_id.eq(page.0)).select(page_people::user_id).load(conn)?;
    let present: BTreeSet<i64> = present.into_iter().collect();
    for user in present.difference(&wanted) {
        diesel::delete(page_people::table.find((page.0, *user))).execute(conn)?;
    }
    for user in wanted.difference(&present) {
        let row = (page_people::page_id.eq(page.0), page_people::user_id.eq(*user));
        diesel::insert_into(page_people::table).values(row).execute(conn)?;
    }
    Ok(())
}

fn choose_groups(conn: &mut Conn, page: PageId, wanted: BTreeSet<i64>) -> Result<()> {
    let present: Vec<i64> =
        page_groups::table.filter(page_groups::page_id.eq(page.0)).select(page_groups::group_id).load(conn)?;
    let present: BTreeSet<i64> = present.into_iter().collect();
    for group in present.difference(&wanted) {
        diesel::delete(page_groups::table.find((page.0, *group))).execute(conn)?;
    }
    for group in wanted.difference(&present) {
        let row = (page_groups::page_id.eq(page.0), page_groups::group_id.eq(*group));
        diesel::insert_into(page_groups::table).values(row).execute(conn)?;
    }
    Ok(())
}

/// Those of the chosen people and groups that do not exist.
///
/// # Errors
/// When the database fails.
pub fn missing(conn: &mut Conn, chosen: &Chosen) -> Result<Chosen> {
    let people: BTreeSet<String> = people_of(conn, &chosen.people)?.into_iter().map(|(_, name)| name).collect();
    let groups: BTreeSet<String> = groups_of(conn, &chosen.groups)?.into_iter().map(|(_, name)| name).collect();
    Ok(Chosen {
        people: chosen.people.iter().filter(|name| !people.contains(name.as_str())).cloned().collect(),
        groups: chosen.groups.iter().filter(|name| !groups.contains(name.as_str())).cloned().collect(),
    })
}

/// The keys of those users who exist, with their names.
pub(crate) fn people_of(conn: &mut Conn, names: &[Username]) -> Result<Vec<(i64, String)>> {
    let names: Vec<&str> = names.iter().map(Username::as_str).collect();
    let mut found = Vec::new();
    for names in names.chunks(KEYS) {
        let rows: Vec<(i64, String)> =
            users::table.filter(users::name.eq_any(names)).select((users::id, users::name)).load(conn)?;
        found.extend(rows);
    }
    Ok(found)
}

fn groups_of(conn: &mut Conn, names: &[GroupName]) -> Result<Vec<(i64, String)>> {
    let names: Vec<&str> = names.iter().map(GroupName::as_str).collect();
    let mut found = Vec::new();
    for names in names.chunks(KEYS) {
        let rows: Vec<(i64, String)> =
            groups::table.filter(groups::name.eq_any(names)).select((groups::id, groups::name)).load(conn)?;
        found.extend(rows);
    }
    Ok(found)
}

/// Forgets whom the author of a page chose that is deleted for good.
pub(crate) fn forget(conn: &mut Conn, page: PageId) -> Result<()> {
    choose(conn, page, &Audience::Public)
}

/// What the audience of a page at a path comes to.
pub(super) fn resolve(conn: &mut Conn, id: PageId, path: &PagePath, audience: &Audience) -> Result<Resolved> {
    Ok(match audience {
        Audience::Public => Resolved::EVERYBODY,
        Audience::SignedIn => Resolved { private: true, readers_from: None },
        Audience::Chosen(_) => Resolved { private: true, readers_from: Some(id.0) },
        Audience::Inherited => Governing::above(conn, path)?.of(path),
    })
}

/// The pages that have an audience of their own, by their paths, and what it comes to.
struct Governing(HashMap<String, Resolved>);

impl Governing {
    /// Those above a path.
    fn above(conn: &mut Conn, path: &PagePath) -> Result<Governing> {
        let above: Vec<String> = path.above().map(|path| path.as_str().to_owned()).collect();
        let rows: Vec<(String, bool, Option<i64>)> = pages::table
            .filter(pages::path.eq_any(above))
            .filter(pages::audience.ne(Audience::Inherited.as_str()))
            .select((pages::path, pages::private, pages::readers_from))
            .load(conn)?;
        let resolved = |(path, private, readers_from)| (path, Resolved { private, readers_from });
        Ok(Governing(rows.into_iter().map(resolved).collect()))
    }

    /// What a page at a path inherits: the store's side of [`Audience::governing`].
    fn of(&self, path: &PagePath) -> Resolved {
        path.above().find_map(|above| self.0.get(above.as_str()).copied()).unwrap_or(Resolved::EVERYBODY)
    }
}

/// Settles what the page at a path and those below it inherit, after one of them got another audience, came, moved or
/// went. What inherits nothing is as it is.
pub(crate) fn settle(conn: &mut Conn, path: &PagePath) -> Result<()> {
    let mut governing = Governing::above(conn, path)?;
    let (from, to) = range_below(path);
    let rows: Vec<(i64, String, String, bool, Option<i64>)> = pages::table
        .filter(pages::path.eq(path.as_str()).or(pages::path.gt(from).and(pages::path.lt(to))))
        .select((pages::id, pages::path, pages::audience, pages::private, pages::readers_from))
        .load(conn)?;
    let (inheriting, own): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|(_, _, audience, ..)| audience == Audience::Inherited.as_str());
    for (_, path, _, private, readers_from) in own {
        governing.0.insert(path, Resolved { private, readers_from });
    }
    let mut changed: HashMap<Resolved, Vec<i64>> = HashMap::new();
    for (id, path, _, private, readers_from) in inheriting {
        // A path that is none was put there by hand; nobody reads a page at it.
        let Ok(path) = PagePath::parse(&path) else { continue };
        let resolved = governing.of(&path);
        if resolved != (Resolved { private, readers_from }) {
            changed.entry(resolved).or_default().push(id);
        }
    }
    for (resolved, ids) in changed {
        for ids in ids.chunks(KEYS) {
            diesel::update(pages::table.filter(pages::id.eq_any(ids)))
                .set((
                    pages::private.eq(resolved.private),
                    pages::readers_from.eq(resolved.readers_from),
                    pages::settled.eq(pages::settled + 1),
                ))
                .execute(conn)?;
        }
    }
    Ok(())
}
