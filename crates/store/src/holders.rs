//! The links of shares as readers: those in circulation for a page, and for the pages above it from which it may inherit.
//! Links of accounts that cannot sign in now count, because they open something again when that is over.

use std::collections::HashMap;

use diesel::{expression::SqlLiteral, prelude::*, sql_types::Bool};
use domain::{
    audience::Audience,
    keys::KeyKind,
    page::{PageId, PagePath},
    share::{OpenLinks, Shows},
};

use crate::{
    Conn, Result,
    columns::KEYS,
    in_circulation::in_circulation_now,
    schema::{pages, shares},
};

/// The links in circulation that open subpages, as a filter of the table `shares`.
#[diesel::dsl::auto_type(no_type_alias)]
fn opens_subpages() -> _ {
    let section: &'static str = Shows::Section.as_str();
    let is_in_circulation: SqlLiteral<Bool> = in_circulation_now(KeyKind::Share);
    shares::shows.eq(section).and(is_in_circulation)
}

/// Whether there is any link that opens subpages. Most sites have none, and no change of them needs more of this module.
pub(crate) fn any_of_sections(conn: &mut Conn) -> Result<bool> {
    let links = shares::table.filter(opens_subpages());
    Ok(diesel::select(diesel::dsl::exists(links.select(shares::id))).get_result(conn)?)
}

/// The links of those of the pages whose links open subpages, each by the key of its page and its own key.
pub(crate) fn of_sections(conn: &mut Conn, ids: &[i64]) -> Result<Vec<(i64, i64)>> {
    let mut found = Vec::new();
    for ids in ids.chunks(KEYS) {
        let rows = shares::table.filter(shares::page_id.eq_any(ids)).filter(opens_subpages());
        found.extend(rows.select((shares::page_id, shares::id)).load::<(i64, i64)>(conn)?);
    }
    Ok(found)
}

/// As [`of_sections`], of the pages at some paths, each with the path of its page.
pub(crate) fn of_sections_at<'a>(
    conn: &mut Conn,
    paths: impl Iterator<Item = &'a str>,
) -> Result<Vec<(String, i64, i64)>> {
    let paths: Vec<&str> = paths.collect();
    let mut found = Vec::new();
    for paths in paths.chunks(KEYS) {
        let rows = pages::table
            .inner_join(shares::table.on(shares::page_id.eq(pages::id)))
            .filter(pages::path.eq_any(paths))
            .filter(opens_subpages());
        found.extend(rows.select((pages::path, shares::page_id, shares::id)).load::<(String, i64, i64)>(conn)?);
    }
    Ok(found)
}

/// The links that open a private page at a path: its own, and, if it inherits, those of the pages above it up to the first with an
/// audience of its own. The page itself is not above its path, even if it is now.
pub(crate) fn of_page(
    conn: &mut Conn,
    page: Option<PageId>,
    path: &PagePath,
    inherits: bool,
) -> Result<Vec<OpenLinks>> {
    let mut found = Vec::new();
    if let Some(page) = page {
        let own = shares::table
            .filter(shares::page_id.eq(page.0))
            .filter(shares::shows.ne(Shows::Draft.as_str()))
            .filter(in_circulation_now(KeyKind::Share));
        let own: Vec<i64> = own.select(shares::id).load(conn)?;
        found.extend((!own.is_empty()).then_some(OpenLinks { count: own.len(), section: None }));
    }
    if !inherits {
        return Ok(found);
    }
    let above: Vec<PagePath> = path.above().collect();
    let links = of_sections_at(conn, above.iter().map(PagePath::as_str))?;
    if links.is_empty() {
        return Ok(found);
    }
    let rows: Vec<(i64, String, String)> = pages::table
        .filter(pages::path.eq_any(above.iter().map(PagePath::as_str)))
        .select((pages::id, pages::path, pages::audience))
        .load(conn)?;
    let mut audiences: HashMap<String, (i64, String)> =
        rows.into_iter().map(|(id, path, audience)| (path, (id, audience))).collect();
    for section in above {
        let Some((id, audience)) = audiences.remove(section.as_str()) else { continue };
        if Some(PageId(id)) == page {
            continue;
        }
        let count = links.iter().filter(|(path, ..)| path == section.as_str()).count();
        let is_own = audience != Audience::Inherited.as_str();
        found.extend((count > 0).then_some(OpenLinks { count, section: Some(section) }));
        if is_own {
            break;
        }
    }
    Ok(found)
}
