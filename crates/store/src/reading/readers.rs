//! The readers of pages by name, for the panel: now, and as the form of a page would have them.

use std::collections::{BTreeSet, HashMap};

use diesel::{
    QueryableByName,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text},
};
use domain::{
    Timestamp,
    access::{Admin, Editor},
    audience::{Audience, Chosen},
    effective_access::{AccessKind, EffectiveAccess},
    group::GroupName,
    page::{PageId, PagePath},
    share::OpenLinks,
    user::{User, Username},
};

use crate::{
    Conn, Result, access,
    active::is_active,
    columns::{KEYS, path_of},
    error::skip_unreadable,
    holders,
    paging::Count,
    schema::{groups, page_groups, page_people, pages, users},
};

/// The readers of a page besides its editors, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedReaders {
    /// The kind of access.
    pub access: AccessKind,
    /// The chosen people with active accounts.
    pub people: People,
    /// The first 20 chosen groups, each with the number of its members with active accounts.
    pub groups: Vec<(GroupName, Count)>,
    /// The number of other chosen groups.
    pub more_groups: usize,
    /// The path and title of the page above whose audience applies; `None` for an audience of the page's own, and where no
    /// page above has one.
    pub through: Option<(PagePath, String)>,
}

/// The people among the chosen readers: their number, and the first names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People {
    /// The number of people with active accounts.
    pub count: Count,
    /// The first names; none if there are more than 1,000 people.
    pub names: Vec<Username>,
}

impl People {
    fn of(conn: &mut Conn, page: PageId, names: usize) -> Result<People> {
        let people = access::some_people(conn, page, Count::LIMIT)?;
        Ok(People::first(people.into_iter().collect(), names))
    }

    fn first(people: Vec<Username>, names: usize) -> People {
        let count = Count::of_found(people.len());
        let names = if count.more { Vec::new() } else { people.into_iter().take(names).collect() };
        People { count, names }
    }
}

/// The number of people and of groups that are named.
const NAMED: usize = 20;

impl NamedReaders {
    fn of_kind(access: AccessKind) -> NamedReaders {
        NamedReaders { access, people: People::default(), groups: Vec::new(), more_groups: 0, through: None }
    }

    /// The named readers of pages with an effective access.
    fn of_access(conn: &mut Conn, access: EffectiveAccess) -> Result<NamedReaders> {
        let EffectiveAccess::ChosenBy(page) = access else { return Ok(NamedReaders::of_kind(access.kind())) };
        let people: Vec<String> = page_people::table
            .inner_join(users::table.on(users::id.eq(page_people::user_id)))
            .filter(page_people::page_id.eq(page.0))
            .filter(is_active())
            .order(users::name)
            .limit(Count::LIMIT)
            .select(users::name)
            .load(conn)?;
        let groups: Vec<(i64, String)> = page_groups::table
            .inner_join(groups::table.on(groups::id.eq(page_groups::group_id)))
            .filter(page_groups::page_id.eq(page.0))
            .order(groups::name)
            .select((groups::id, groups::name))
            .load(conn)?;
        NamedReaders::chosen(conn, people, groups)
    }

    /// Those of the chosen readers who exist.
    fn of_chosen(conn: &mut Conn, chosen: &Chosen) -> Result<NamedReaders> {
        let mut people: Vec<String> = Vec::new();
        let names: Vec<&str> = chosen.people.iter().map(Username::as_str).collect();
        for names in names.chunks(KEYS) {
            let found = users::table.filter(users::name.eq_any(names)).filter(is_active()).select(users::name);
            people.extend(found.load::<String>(conn)?);
        }
        people.sort();
        people.truncate(Count::LIMIT as usize);
        let mut groups = access::groups_named(conn, &chosen.groups)?;
        groups.sort_by(|(_, a), (_, b)| a.cmp(b));
        NamedReaders::chosen(conn, people, groups)
    }

    fn chosen(conn: &mut Conn, people: Vec<String>, groups: Vec<(i64, String)>) -> Result<NamedReaders> {
        let invalid = |words| crate::Error::Schema(format!("a chosen reader: {words}"));
        let readable = |name: &String| skip_unreadable(Username::parse(name).map_err(invalid));
        let mut named = NamedReaders::of_kind(AccessKind::Chosen);
        named.people = People::first(people.iter().filter_map(readable).collect(), NAMED);
        named.more_groups = groups.len().saturating_sub(NAMED);
        for (id, name) in groups.into_iter().take(NAMED) {
            let members = access::count_active_members(conn, id)?;
            if let Some(name) = skip_unreadable(GroupName::parse(&name).map_err(invalid)) {
                named.groups.push((name, members));
            }
        }
        Ok(named)
    }
}

/// The fields of a page's form that decide who can read the page.
#[derive(Clone, Debug)]
pub struct Intention {
    /// The key of the page or of its draft; `None` for a new page.
    pub page: Option<PageId>,
    /// The path; `None` while it is not valid.
    pub path: Option<PagePath>,
    /// The audience.
    pub audience: Audience,
}

/// Who can read a page now, and after its form is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// The published page; `None` if readers do not have it.
    pub now: Option<Present>,
    /// The readers that the form gives the page, whatever its dates are; `None` if they depend on a path that is not
    /// valid.
    pub after: Option<NamedReaders>,
    /// The chosen people and groups of the form that do not exist.
    pub missing: Chosen,
    /// Pages near a page that is not published, if fewer people can read most of them.
    pub near: Option<Near>,
    /// The links that will open the page; none if everyone can read it.
    pub links: Vec<OpenLinks>,
}

/// A published page: its readers, and when they have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Present {
    /// The readers.
    pub readers: NamedReaders,
    /// The links that open the page; none if everyone can read it.
    pub links: Vec<OpenLinks>,
    /// The date of the page.
    pub published_at: Timestamp,
    /// The moment from which the page is no longer published.
    pub unpublish_at: Option<Timestamp>,
}

/// Pages near a new page that fewer people can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Near {
    /// The number of pages beside the new one, at most 200; `None` for the page above from which it could inherit.
    pub beside: Option<usize>,
    /// Their readers.
    pub readers: NamedReaders,
    /// The audience with which the new page has these readers.
    pub audience: Audience,
}

/// The page above a path whose audience pages below it inherit.
struct Governing {
    access: EffectiveAccess,
    path: PagePath,
    title: String,
}

/// The nearest page above a path with an audience of its own. The page that is edited does not count: it leaves its path.
fn governing(conn: &mut Conn, path: &PagePath, except: Option<PageId>) -> Result<Option<Governing>> {
    let above: Vec<String> = path.above().map(|path| path.as_str().to_owned()).collect();
    let rows: Vec<(i64, String, String, bool, Option<i64>)> = pages::table
        .filter(pages::path.eq_any(above))
        .filter(pages::audience.ne(Audience::Inherited.as_str()))
        .select((pages::id, pages::path, pages::title, pages::private, pages::readers_from))
        .load(conn)?;
    let others = rows.into_iter().filter(|(id, ..)| Some(PageId(*id)) != except);
    let Some((_, path, title, private, from)) = others.max_by_key(|(_, path, ..)| path.len()) else { return Ok(None) };
    Ok(Some(Governing { access: EffectiveAccess::from_columns(private, from), path: path_of(&path)?, title }))
}

/// Says who can read a page now, and who could after its form is published. It writes nothing.
pub fn outlook(conn: &mut Conn, _: &Editor, intention: &Intention) -> Result<Outlook> {
    let now = match intention.page {
        Some(page) => present(conn, page)?,
        None => None,
    };
    let governing = match &intention.path {
        Some(path) => governing(conn, path, intention.page)?,
        None => None,
    };
    let after = match (&intention.audience, &intention.path) {
        (Audience::Public, _) => Some(NamedReaders::of_kind(AccessKind::Everybody)),
        (Audience::SignedIn, _) => Some(NamedReaders::of_kind(AccessKind::SignedIn)),
        (Audience::Chosen(chosen), _) => Some(NamedReaders::of_chosen(conn, chosen)?),
        (Audience::Inherited, None) => None,
        (Audience::Inherited, Some(_)) => Some(inherited(conn, governing.as_ref())?),
    };
    let links = match (&after, &intention.path) {
        (Some(after), Some(path)) if after.access != AccessKind::Everybody => {
            let inherits = intention.audience == Audience::Inherited;
            holders::of_page(conn, intention.page, path, inherits)?
        }
        _ => Vec::new(),
    };
    let missing = match intention.audience.chosen() {
        Some(chosen) => access::missing(conn, chosen)?,
        None => Chosen::default(),
    };
    let near = match (&now, &after, &intention.path) {
        (None, Some(after), Some(path)) => near(conn, path, after.access, governing.as_ref())?,
        _ => None,
    };
    Ok(Outlook { now, after, missing, near, links })
}

fn inherited(conn: &mut Conn, governing: Option<&Governing>) -> Result<NamedReaders> {
    match governing {
        Some(Governing { access, path, title }) => {
            let through = Some((path.clone(), title.clone()));
            Ok(NamedReaders { through, ..NamedReaders::of_access(conn, *access)? })
        }
        None => Ok(NamedReaders::of_kind(AccessKind::Everybody)),
    }
}

fn present(conn: &mut Conn, page: PageId) -> Result<Option<Present>> {
    type Row = (String, String, bool, Option<i64>, chrono::NaiveDateTime, Option<chrono::NaiveDateTime>);
    let row: Option<Row> = pages::table
        .find(page.0)
        .select((
            pages::path,
            pages::audience,
            pages::private,
            pages::readers_from,
            pages::published_at,
            pages::unpublish_at,
        ))
        .first(conn)
        .optional()?;
    let Some((path, audience, private, from, published_at, unpublish_at)) = row else { return Ok(None) };
    let (path, inherits) = (path_of(&path)?, audience == Audience::Inherited.as_str());
    let mut readers = NamedReaders::of_access(conn, EffectiveAccess::from_columns(private, from))?;
    if inherits {
        let governing = governing(conn, &path, Some(page))?;
        readers.through = governing.map(|governing| (governing.path, governing.title));
    }
    let links = if private { holders::of_page(conn, Some(page), &path, inherits)? } else { Vec::new() };
    let unpublish_at = unpublish_at.map(|end| end.and_utc());
    Ok(Some(Present { readers, links, published_at: published_at.and_utc(), unpublish_at }))
}

/// The most pages beside a new one whose readers are compared.
const MAX_BESIDE: i64 = 200;
/// The most chosen readers that are compared.
const MAX_COMPARED: i64 = 10_000;

#[derive(QueryableByName)]
struct Listed {
    #[diesel(sql_type = BigInt)]
    page_id: i64,
}

/// Whether fewer people can read the page above or most pages beside a path than could read a page there with `access`.
fn near(conn: &mut Conn, path: &PagePath, access: AccessKind, governing: Option<&Governing>) -> Result<Option<Near>> {
    if access == AccessKind::Chosen {
        return Ok(None);
    }
    if let Some(above) = governing.filter(|above| above.access.kind() > access) {
        let readers = inherited(conn, Some(above))?;
        return Ok(Some(Near { beside: None, readers, audience: Audience::Inherited }));
    }
    // The rows of the front page do not say which pages are at the top of the site.
    let Some(section) = path.above().next().filter(|section| !section.is_root()) else { return Ok(None) };
    let [everybody, signed_in, chosen] =
        [beside(conn, &section, "everybody")?, beside(conn, &section, "signed-in")?, beside(conn, &section, "chosen")?];
    let sets = by_readers(conn, &chosen)?;
    let most_chosen = sets.into_iter().max_by_key(|(page, count)| (*count, page.0));
    let mut found = most_chosen.map(|(page, count)| (EffectiveAccess::ChosenBy(page), count));
    let mut open = everybody.len();
    if access == AccessKind::SignedIn {
        open += signed_in.len();
    } else if found.is_none_or(|(_, count)| count < signed_in.len()) {
        found = Some((EffectiveAccess::SignedIn, signed_in.len()));
    }
    let Some((common, count)) = found.filter(|(_, count)| *count > open) else { return Ok(None) };
    let audience = match common {
        EffectiveAccess::ChosenBy(page) => access::stated_audience(conn, page, "chosen")?,
        _ => Audience::SignedIn,
    };
    Ok(Some(Near { beside: Some(count), readers: NamedReaders::of_access(conn, common)?, audience }))
}

/// The last pages directly below a section that a principal of the table `listings` finds.
fn beside(conn: &mut Conn, section: &PagePath, principal: &str) -> Result<Vec<i64>> {
    let query = format!(
        "SELECT page_id FROM listings WHERE principal = $1 AND section = $2 AND title_key IS NOT NULL
         ORDER BY published_at DESC, path DESC LIMIT {MAX_BESIDE}"
    );
    let rows: Vec<Listed> = sql_query(query).bind::<Text, _>(principal).bind::<Text, _>(section.as_str()).load(conn)?;
    Ok(rows.into_iter().map(|row| row.page_id).collect())
}

/// The number of pages for each set of chosen readers, with a page that has this set.
fn by_readers(conn: &mut Conn, pages: &[i64]) -> Result<Vec<(PageId, usize)>> {
    let from: Vec<Option<i64>> = pages::table.filter(pages::id.eq_any(pages)).select(pages::readers_from).load(conn)?;
    let mut governed: HashMap<i64, usize> = HashMap::new();
    from.into_iter().flatten().for_each(|page| *governed.entry(page).or_default() += 1);
    let keys: Vec<i64> = governed.keys().copied().collect();
    let people: Vec<(i64, i64)> = page_people::table
        .filter(page_people::page_id.eq_any(&keys))
        .select((page_people::page_id, page_people::user_id))
        .limit(MAX_COMPARED)
        .load(conn)?;
    let groups: Vec<(i64, i64)> = page_groups::table
        .filter(page_groups::page_id.eq_any(&keys))
        .select((page_groups::page_id, page_groups::group_id))
        .limit(MAX_COMPARED)
        .load(conn)?;
    let mut sets: HashMap<i64, BTreeSet<(bool, i64)>> = HashMap::new();
    let people = people.into_iter().map(|(page, user)| (page, (false, user)));
    for (page, reader) in people.chain(groups.into_iter().map(|(page, group)| (page, (true, group)))) {
        sets.entry(page).or_default().insert(reader);
    }
    let mut counts: HashMap<BTreeSet<(bool, i64)>, (PageId, usize)> = HashMap::new();
    for (page, count) in governed {
        let of_set = counts.entry(sets.remove(&page).unwrap_or_default()).or_insert((PageId(page), 0));
        of_set.1 += count;
    }
    Ok(counts.into_values().collect())
}

/// Some people with active accounts whom the author of a page, or of the page above it, chose; at most `limit`.
pub fn some(conn: &mut Conn, _: &Editor, page: PageId, limit: u32) -> Result<Vec<Username>> {
    match access::effective(conn, page)? {
        Some(EffectiveAccess::ChosenBy(page)) => {
            let people = access::some_people(conn, page, i64::from(limit))?;
            Ok(people.into_iter().take(limit as usize).collect())
        }
        _ => Ok(Vec::new()),
    }
}

/// The most pages that are looked at for [`only_for`].
const CANDIDATES: i64 = 200;

/// Pages whose chosen readers include a user and, themselves or in groups, nobody else with an active account: the first `limit`
/// by path, each with its title, and whether there are more. At most 200 pages of a user are examined.
pub fn only_for(conn: &mut Conn, _: &Admin, user: &User, limit: usize) -> Result<(Vec<(PageId, String)>, bool)> {
    let groups: Vec<i64> = user.groups.iter().map(|group| group.0).collect();
    let by_name = page_people::table.filter(page_people::user_id.eq(user.id.0)).select(page_people::page_id);
    let by_group = page_groups::table.filter(page_groups::group_id.eq_any(groups)).select(page_groups::page_id);
    let candidates: Vec<(i64, String)> = pages::table
        .filter(pages::id.eq_any(by_name).or(pages::id.eq_any(by_group)))
        .filter(pages::audience.eq("chosen"))
        .order(pages::path)
        .limit(CANDIDATES)
        .select((pages::id, pages::title))
        .load(conn)?;
    let mut found = Vec::new();
    for (page, title) in candidates {
        let readers = access::some_people(conn, PageId(page), 2)?;
        if readers.len() == 1 && readers.contains(&user.name) {
            if found.len() == limit {
                return Ok((found, true));
            }
            found.push((PageId(page), title));
        }
    }
    Ok((found, false))
}

/// The chosen people and groups that do not exist.
pub fn missing(conn: &mut Conn, chosen: &Chosen) -> Result<Chosen> {
    access::missing(conn, chosen)
}

/// The chosen readers of a page in a list: the people, and the page that they come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReaderPreview {
    /// The people, with the first three names.
    pub people: People,
    /// The title of the page above that has these readers.
    pub through: Option<String>,
}

/// The number of names in a list.
const LIST_NAMES: usize = 3;

/// The reader previews of those of the pages that have chosen readers.
pub fn previews(conn: &mut Conn, _: &Editor, pages: &[PageId]) -> Result<HashMap<PageId, ReaderPreview>> {
    let ids: Vec<i64> = pages.iter().map(|page| page.0).collect();
    let rows: Vec<(i64, Option<i64>)> = pages::table
        .filter(pages::id.eq_any(ids))
        .filter(pages::private)
        .filter(pages::readers_from.is_not_null())
        .select((pages::id, pages::readers_from))
        .load(conn)?;
    let rows: Vec<(i64, i64)> = rows.into_iter().filter_map(|(id, from)| Some((id, from?))).collect();
    // Each page above once, though most pages of a list may inherit from it.
    let governing: BTreeSet<i64> = rows.iter().map(|(_, from)| *from).collect();
    let titles: Vec<(i64, String)> =
        pages::table.filter(pages::id.eq_any(&governing)).select((pages::id, pages::title)).load(conn)?;
    let titles: HashMap<i64, String> = titles.into_iter().collect();
    let mut people = HashMap::new();
    for from in governing {
        people.insert(from, People::of(conn, PageId(from), LIST_NAMES)?);
    }
    let preview = |(id, from): (i64, i64)| {
        let through = if from == id { None } else { titles.get(&from).cloned() };
        (PageId(id), ReaderPreview { people: people.get(&from).cloned().unwrap_or_default(), through })
    };
    Ok(rows.into_iter().map(preview).collect())
}
