//! Who reads a page, in the tables: the people and groups that authors chose, and effective access after inheritance.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;
use domain::{
    audience::{Audience, Chosen, ReaderSet, Readers},
    effective_access::EffectiveAccess,
    group::{GroupId, GroupName},
    page::{PageId, PagePath},
    user::{UserId, Username},
};

use crate::{
    Conn, Error, Result,
    active::is_active,
    columns::KEYS,
    paging::Count,
    schema::{group_members, groups, page_groups, page_people, pages, users},
};

/// The people and groups that the authors of some pages chose.
#[derive(Default)]
struct Choices {
    people: Vec<(i64, UserId, Username)>,
    groups: Vec<(i64, GroupId, GroupName)>,
}

impl Choices {
    fn of(conn: &mut Conn, pages: &[i64]) -> Result<Choices> {
        let mut choices = Choices::default();
        let invalid = |words| Error::Schema(format!("a chosen reader: {words}"));
        for pages in pages.chunks(KEYS) {
            let people: Vec<(i64, i64, String)> = page_people::table
                .inner_join(users::table.on(users::id.eq(page_people::user_id)))
                .filter(page_people::page_id.eq_any(pages))
                .order(users::name)
                .select((page_people::page_id, users::id, users::name))
                .load(conn)?;
            let groups: Vec<(i64, i64, String)> = page_groups::table
                .inner_join(groups::table.on(groups::id.eq(page_groups::group_id)))
                .filter(page_groups::page_id.eq_any(pages))
                .order(groups::name)
                .select((page_groups::page_id, groups::id, groups::name))
                .load(conn)?;
            for (page, id, name) in people {
                choices.people.push((page, UserId(id), Username::parse(&name).map_err(invalid)?));
            }
            for (page, id, name) in groups {
                choices.groups.push((page, GroupId(id), GroupName::parse(&name).map_err(invalid)?));
            }
        }
        Ok(choices)
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

/// The audience of a page as its author stated it, and its readers after inheritance.
pub(crate) fn audience_and_readers(
    conn: &mut Conn,
    page: PageId,
    audience: &str,
    effective: EffectiveAccess,
) -> Result<(Audience, Readers)> {
    let own = (audience == "chosen").then_some(page.0);
    let from = effective.readers_from().map(|from| from.0);
    let mut ids: Vec<i64> = own.into_iter().chain(from).collect();
    ids.dedup();
    let choices = Choices::of(conn, &ids)?;
    let audience = self::audience(audience, || choices.names(page.0))?;
    let readers = match effective {
        EffectiveAccess::Everybody => Readers::Everybody,
        EffectiveAccess::SignedIn => Readers::SignedIn,
        EffectiveAccess::ChosenBy(from) => choices.readers(from.0),
    };
    Ok((audience, readers))
}

/// The page whose audience applies to a page; `None` for a page that everyone may read. A private page for which none is found
/// governs itself.
pub(crate) fn governor(
    conn: &mut Conn,
    page: PageId,
    path: &PagePath,
    audience: &str,
    effective: EffectiveAccess,
) -> Result<Option<PageId>> {
    match effective {
        EffectiveAccess::Everybody => return Ok(None),
        EffectiveAccess::ChosenBy(from) => return Ok(Some(from)),
        EffectiveAccess::SignedIn if audience != Audience::Inherited.as_str() => return Ok(Some(page)),
        EffectiveAccess::SignedIn => {}
    }
    let above: Vec<PagePath> = path.above().collect();
    let own: Vec<(String, i64)> = pages::table
        .filter(pages::path.eq_any(above.iter().map(PagePath::as_str)))
        .filter(pages::audience.ne(Audience::Inherited.as_str()))
        .select((pages::path, pages::id))
        .load(conn)?;
    let nearest = above.iter().find_map(|above| own.iter().find(|(path, _)| path == above.as_str()));
    Ok(Some(nearest.map_or(page, |(_, id)| PageId(*id))))
}

/// The audience of a page as its author stated it, from its word in the database.
pub(crate) fn stated_audience(conn: &mut Conn, page: PageId, word: &str) -> Result<Audience> {
    let own = (word == "chosen").then_some(page.0);
    let choices = Choices::of(conn, own.as_slice())?;
    audience(word, || choices.names(page.0))
}

/// The audiences of some pages, as their authors stated them.
pub(crate) fn audiences(conn: &mut Conn, pages: &[(i64, String)]) -> Result<HashMap<i64, Audience>> {
    let chosen: Vec<i64> = pages.iter().filter(|(_, audience)| audience == "chosen").map(|(id, _)| *id).collect();
    let choices = Choices::of(conn, &chosen)?;
    let mut names: HashMap<i64, Chosen> = HashMap::new();
    for (page, _, name) in choices.people {
        names.entry(page).or_default().people.push(name);
    }
    for (page, _, name) in choices.groups {
        names.entry(page).or_default().groups.push(name);
    }
    pages.iter().map(|(id, word)| Ok((*id, audience(word, || names.remove(id).unwrap_or_default())?))).collect()
}

/// The effective access of a page; `None` when there is no such page.
pub(crate) fn effective(conn: &mut Conn, page: PageId) -> Result<Option<EffectiveAccess>> {
    let columns: Option<(bool, Option<i64>)> =
        pages::table.find(page.0).select((pages::private, pages::readers_from)).first(conn).optional()?;
    Ok(columns.map(|(private, readers_from)| EffectiveAccess::from_columns(private, readers_from)))
}

/// The readers of pages with an effective access.
pub(crate) fn readers(conn: &mut Conn, effective: EffectiveAccess) -> Result<Readers> {
    Ok(match effective {
        EffectiveAccess::Everybody => Readers::Everybody,
        EffectiveAccess::SignedIn => Readers::SignedIn,
        EffectiveAccess::ChosenBy(page) => Choices::of(conn, &[page.0])?.readers(page.0),
    })
}

/// The readers that a page at a path would have with an audience. Chosen people and groups that do not exist are left out.
pub(crate) fn readers_with(conn: &mut Conn, path: &PagePath, audience: &Audience) -> Result<Readers> {
    match audience {
        Audience::Public => Ok(Readers::Everybody),
        Audience::SignedIn => Ok(Readers::SignedIn),
        Audience::Inherited => {
            let inherited = inherited(conn, path)?;
            readers(conn, inherited)
        }
        Audience::Chosen(chosen) => {
            let (people, groups) = chosen_keys(conn, chosen)?;
            Ok(Readers::Chosen { people, groups })
        }
    }
}

/// An audience from its word in the database.
pub(crate) fn audience(word: &str, chosen: impl FnOnce() -> Chosen) -> Result<Audience> {
    match word {
        "inherited" => Ok(Audience::Inherited),
        "public" => Ok(Audience::Public),
        "signed-in" => Ok(Audience::SignedIn),
        "chosen" => Ok(Audience::Chosen(chosen())),
        unknown => Err(Error::Schema(format!("the audience {unknown:?} in the table pages"))),
    }
}

/// The effective access that a page at a path inherits; everyone, where no page above has an audience of its own.
pub(crate) fn inherited(conn: &mut Conn, path: &PagePath) -> Result<EffectiveAccess> {
    let above: Vec<PagePath> = path.above().collect();
    let own = own_access(conn, above.iter().map(PagePath::as_str))?;
    Ok(nearest(&own, path))
}

/// The effective access of those of the paths whose pages have an audience of their own.
pub(crate) fn own_access<'a>(
    conn: &mut Conn,
    paths: impl Iterator<Item = &'a str>,
) -> Result<HashMap<String, EffectiveAccess>> {
    let paths: Vec<&str> = paths.collect();
    let mut own = HashMap::new();
    for paths in paths.chunks(KEYS) {
        let rows: Vec<(String, bool, Option<i64>)> = pages::table
            .filter(pages::path.eq_any(paths))
            .filter(pages::audience.ne(Audience::Inherited.as_str()))
            .select((pages::path, pages::private, pages::readers_from))
            .load(conn)?;
        own.extend(rows.into_iter().map(|(path, private, from)| (path, EffectiveAccess::from_columns(private, from))));
    }
    Ok(own)
}

/// The nearest page above a path with an audience of its own: the store's side of [`Audience::governing`].
pub(crate) fn nearest(own: &HashMap<String, EffectiveAccess>, path: &PagePath) -> EffectiveAccess {
    path.above().find_map(|above| own.get(above.as_str()).copied()).unwrap_or(EffectiveAccess::Everybody)
}

/// The keys of the chosen people and groups that exist.
pub(crate) fn chosen_keys(conn: &mut Conn, chosen: &Chosen) -> Result<(BTreeSet<UserId>, BTreeSet<GroupId>)> {
    let people = people_named(conn, &chosen.people)?.into_iter().map(|(id, _)| UserId(id)).collect();
    let groups = groups_named(conn, &chosen.groups)?.into_iter().map(|(id, _)| GroupId(id)).collect();
    Ok((people, groups))
}

/// The chosen people and groups that do not exist.
pub(crate) fn missing(conn: &mut Conn, chosen: &Chosen) -> Result<Chosen> {
    let people: BTreeSet<String> = people_named(conn, &chosen.people)?.into_iter().map(|(_, name)| name).collect();
    let groups: BTreeSet<String> = groups_named(conn, &chosen.groups)?.into_iter().map(|(_, name)| name).collect();
    Ok(Chosen {
        people: chosen.people.iter().filter(|name| !people.contains(name.as_str())).cloned().collect(),
        groups: chosen.groups.iter().filter(|name| !groups.contains(name.as_str())).cloned().collect(),
    })
}

/// The keys and names of the users who exist.
pub(crate) fn people_named(conn: &mut Conn, names: &[Username]) -> Result<Vec<(i64, String)>> {
    let names: Vec<&str> = names.iter().map(Username::as_str).collect();
    let mut found = Vec::new();
    for names in names.chunks(KEYS) {
        let rows: Vec<(i64, String)> =
            users::table.filter(users::name.eq_any(names)).select((users::id, users::name)).load(conn)?;
        found.extend(rows);
    }
    Ok(found)
}

/// The keys and names of the groups that exist.
pub(crate) fn groups_named(conn: &mut Conn, names: &[GroupName]) -> Result<Vec<(i64, String)>> {
    let names: Vec<&str> = names.iter().map(GroupName::as_str).collect();
    let mut found = Vec::new();
    for names in names.chunks(KEYS) {
        let rows: Vec<(i64, String)> =
            groups::table.filter(groups::name.eq_any(names)).select((groups::id, groups::name)).load(conn)?;
        found.extend(rows);
    }
    Ok(found)
}

/// The readers of pages with an effective access, by name and with groups expanded; only people with active accounts.
pub(crate) fn reader_set(conn: &mut Conn, effective: EffectiveAccess) -> Result<ReaderSet> {
    Ok(match effective {
        EffectiveAccess::Everybody => ReaderSet::Everybody,
        EffectiveAccess::SignedIn => ReaderSet::SignedIn,
        EffectiveAccess::ChosenBy(page) => ReaderSet::People(some_people(conn, page, i64::MAX)?),
    })
}

/// At most `limit` of the people whom the authors of a page chose, themselves or in groups, and who have active accounts. A set
/// that is not complete has any of them.
pub(crate) fn some_people(conn: &mut Conn, page: PageId, limit: i64) -> Result<BTreeSet<Username>> {
    let people: Vec<String> = page_people::table
        .inner_join(users::table.on(users::id.eq(page_people::user_id)))
        .filter(page_people::page_id.eq(page.0))
        .filter(is_active())
        .limit(limit)
        .select(users::name)
        .load(conn)?;
    let invalid = |words| Error::Schema(format!("a chosen reader: {words}"));
    let mut names =
        people.iter().map(|name| Username::parse(name).map_err(invalid)).collect::<Result<BTreeSet<_>>>()?;
    let groups: Vec<i64> =
        page_groups::table.filter(page_groups::page_id.eq(page.0)).select(page_groups::group_id).load(conn)?;
    for group in groups {
        if names.len() as i64 >= limit {
            break;
        }
        let members: Vec<String> = group_members::table
            .inner_join(users::table.on(users::id.eq(group_members::user_id)))
            .filter(group_members::group_id.eq(group))
            .filter(is_active())
            .limit(limit)
            .select(users::name)
            .load(conn)?;
        for name in members {
            names.insert(Username::parse(&name).map_err(invalid)?);
        }
    }
    Ok(names)
}

/// The number of members of a group with active accounts.
pub(crate) fn count_active_members(conn: &mut Conn, group: i64) -> Result<Count> {
    let members: Vec<i64> = group_members::table
        .inner_join(users::table.on(users::id.eq(group_members::user_id)))
        .filter(group_members::group_id.eq(group))
        .filter(is_active())
        .limit(Count::LIMIT)
        .select(users::id)
        .load(conn)?;
    Ok(Count::of_found(members.len()))
}
