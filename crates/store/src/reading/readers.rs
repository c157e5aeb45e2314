//! The readers of pages by name, for the panel.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;
use domain::{
    access::Editor,
    audience::{Audience, Chosen},
    effective_access::EffectiveAccess,
    page::{Page, PageId, PagePath},
    user::Username,
};

use crate::{Conn, Result, access, columns::path_of, paging::Count, schema::pages};

/// The readers of a page, and the page above from which it inherits them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessSummary {
    /// The readers besides editors.
    pub readers: ReaderSummary,
    /// The path and title of the page above whose audience applies; `None` for an audience of the page's own, and where no
    /// page above has one.
    pub through: Option<(PagePath, String)>,
}

/// The readers of a page in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReaderSummary {
    /// Everybody.
    Everybody,
    /// Anyone with an account.
    SignedIn,
    /// People with active accounts.
    People(People),
}

/// The people among chosen readers: their number, and the first names.
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
        let count = Count::of_found(people.len());
        let names = if count.more { Vec::new() } else { people.into_iter().take(names).collect() };
        Ok(People { count, names })
    }
}

/// The number of names in a summary.
const SUMMARY_NAMES: usize = 20;

/// Summarises who reads a page.
pub fn summary(conn: &mut Conn, _: &Editor, page: &Page) -> Result<AccessSummary> {
    // A page that was deleted meanwhile keeps the readers that were chosen for it, and nobody else.
    let effective = access::effective(conn, page.id)?.unwrap_or(EffectiveAccess::ChosenBy(page.id));
    let through = match page.content.audience {
        Audience::Inherited => governing(conn, &page.content.path)?,
        _ => None,
    };
    let readers = match effective {
        EffectiveAccess::Everybody => ReaderSummary::Everybody,
        EffectiveAccess::SignedIn => ReaderSummary::SignedIn,
        EffectiveAccess::ChosenBy(page) => ReaderSummary::People(People::of(conn, page, SUMMARY_NAMES)?),
    };
    Ok(AccessSummary { readers, through })
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
