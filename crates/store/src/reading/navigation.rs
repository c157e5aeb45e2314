//! The menu and the front page: as administrators edit them, and the menu as a visitor sees it.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::{
    Timestamp, Version,
    access::Admin,
    language::LanguageTag,
    navigation::{Branch, Entry, Front, Navigation, Target},
    page::{PageId, PagePath},
};

use crate::{
    Conn, Error, Result,
    columns::path_of,
    error::skip_unreadable,
    languages::languages,
    schema::{menu, navigation, pages, revisions, trash},
    visible::VisiblePages,
};

/// Where an entry of the menu leads, for a reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// A page that the visitor may read.
    Page(PagePath),
    /// An address elsewhere.
    Address(String),
}

/// An entry of the menu that a visitor sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisibleEntry {
    /// The label, or the title of the page.
    pub title: String,
    /// The language of the title of a page in another language than the site; `None` for a label, which is in the language of the
    /// site.
    pub language: Option<LanguageTag>,
    /// Where the entry leads.
    pub to: Destination,
    /// The entries below it that the visitor sees.
    pub below: Vec<VisibleEntry>,
}

/// The menu as a visitor sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VisibleMenu {
    /// The entries.
    pub entries: Vec<VisibleEntry>,
    /// When a page in the menu appears or ends next.
    pub expires_at: Option<Timestamp>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = menu)]
struct Row {
    place: i64,
    sub: i64,
    label: String,
    page_id: Option<i64>,
    address: Option<String>,
}

fn rows(conn: &mut Conn) -> Result<Vec<Row>> {
    Ok(menu::table.order((menu::place.asc(), menu::sub.asc())).select(Row::as_select()).load(conn)?)
}

/// What the front page shows where no page has the path `/`.
///
/// # Errors
/// [`Error::Schema`] when the row is missing.
pub fn front(conn: &mut Conn) -> Result<Front> {
    settings(conn).map(|(_, front)| front)
}

fn settings(conn: &mut Conn) -> Result<(Version, Front)> {
    let row: Option<(i64, String, Option<i64>)> = navigation::table
        .find(1)
        .select((navigation::version, navigation::front, navigation::front_page))
        .first(conn)
        .optional()?;
    let (version, front, page) =
        row.ok_or_else(|| Error::Schema("the table navigation has no row: restore a backup".into()))?;
    let front = match (front.as_str(), page) {
        ("cards", _) => Front::Cards,
        ("page", Some(page)) => Front::Page(PageId(page)),
        _ => Front::List,
    };
    Ok((Version(version), front))
}

/// The menu and the front page, for the form.
pub fn get(conn: &mut Conn, _: &Admin) -> Result<Navigation> {
    let (version, front) = settings(conn)?;
    let mut branches: BTreeMap<i64, Branch> = BTreeMap::new();
    for Row { place, sub, label, page_id, address } in rows(conn)? {
        let target = page_id.map(|id| Target::Page(PageId(id))).or_else(|| address.map(Target::Address));
        let Some(target) = target else { continue };
        let entry = Entry { label, target };
        match (sub, branches.get_mut(&place)) {
            (0, _) => drop(branches.insert(place, Branch { entry, below: Vec::new() })),
            (_, Some(branch)) => branch.below.push(entry),
            // Its entry was deleted by SQL.
            (_, None) => {}
        }
    }
    Ok(Navigation { version, front, menu: branches.into_values().collect() })
}

/// The menu as a visitor sees it. An entry whose page the visitor may not read is left out with all below it.
pub fn menu(conn: &mut Conn, visible: &VisiblePages) -> Result<VisibleMenu> {
    let rows = rows(conn)?;
    let ids: Vec<i64> = rows.iter().filter_map(|row| row.page_id).collect();
    if rows.is_empty() {
        return Ok(VisibleMenu::default());
    }
    let readable: Vec<(i64, String, String)> = visible
        .rows()
        .filter(pages::id.eq_any(ids.clone()))
        .select((pages::id, pages::path, pages::title))
        .load(conn)?;
    let readable: HashMap<i64, (PagePath, String)> = readable
        .into_iter()
        .filter_map(|(id, path, title)| Some((id, (skip_unreadable(path_of(&path))?, title))))
        .collect();
    let paths: Vec<PagePath> = readable.values().map(|(path, _)| path.clone()).collect();
    let languages = languages(conn, &paths)?;
    let dates: Vec<(NaiveDateTime, Option<NaiveDateTime>)> =
        pages::table.filter(pages::id.eq_any(ids)).select((pages::published_at, pages::unpublish_at)).load(conn)?;
    let moments = dates.into_iter().flat_map(|(begin, end)| [Some(begin), end]).flatten();
    let expires_at = moments.filter(|at| *at > visible.moment()).min().map(|at| at.and_utc());
    let mut entries: Vec<VisibleEntry> = Vec::new();
    let mut shown_place = None;
    for Row { place, sub, label, page_id, address } in rows {
        let found = match (page_id, address) {
            (Some(id), _) => readable.get(&id).map(|(path, title)| {
                let language = languages.get(path).filter(|_| label.is_empty()).cloned();
                let title = if label.is_empty() { title.clone() } else { label };
                (title, language, Destination::Page(path.clone()))
            }),
            (None, address) => address.map(|address| (label, None, Destination::Address(address))),
        };
        let Some((title, language, to)) = found else { continue };
        let entry = VisibleEntry { title, language, to, below: Vec::new() };
        if sub == 0 {
            shown_place = Some(place);
            entries.push(entry);
        } else if shown_place == Some(place)
            && let Some(above) = entries.last_mut()
        {
            above.below.push(entry);
        }
    }
    Ok(VisibleMenu { entries, expires_at })
}

/// The keys of the pages at these paths; a path without a page is left out.
pub fn pages_at(conn: &mut Conn, _: &Admin, paths: &[PagePath]) -> Result<Vec<(PagePath, PageId)>> {
    let paths: Vec<&str> = paths.iter().map(PagePath::as_str).collect();
    let rows: Vec<(String, i64)> =
        pages::table.filter(pages::path.eq_any(paths)).select((pages::path, pages::id)).load(conn)?;
    rows.into_iter().map(|(path, id)| Ok((path_of(&path)?, PageId(id)))).collect()
}

/// The path of each page: where it lives, or lived before it left the site. A page that was purged is left out.
pub fn paths_of(conn: &mut Conn, _: &Admin, wanted: &[PageId]) -> Result<Vec<(PagePath, PageId)>> {
    let mut found = Vec::new();
    for page in wanted {
        let path: Option<String> = match pages::table.find(page.0).select(pages::path).first(conn).optional()? {
            Some(path) => Some(path),
            None => match trash::table.find(page.0).select(trash::path).first(conn).optional()? {
                Some(path) => Some(path),
                None => revisions::table
                    .filter(revisions::page_id.eq(page.0))
                    .order(revisions::version.desc())
                    .select(revisions::path)
                    .first(conn)
                    .optional()?,
            },
        };
        if let Some(path) = path {
            found.push((path_of(&path)?, *page));
        }
    }
    Ok(found)
}
