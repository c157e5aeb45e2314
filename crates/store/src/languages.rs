//! The languages of pages: that of a page itself, or of the nearest page above that has one. It is looked up where it is needed
//! and not stored for each page below, because a page has at most eight pages above it.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;
use domain::{language::LanguageTag, page::PagePath};

use crate::{
    Conn, Result,
    columns::KEYS,
    schema::{pages, placements},
    visible::{Teaser, VisiblePages},
};

/// The language of a page at a path: its own, or that of the nearest page above that has one, even if the visitor may not
/// read that page. `None` means the language of the site.
pub fn language(conn: &mut Conn, path: &PagePath, own: Option<&LanguageTag>) -> Result<Option<LanguageTag>> {
    if own.is_some() {
        return Ok(own.cloned());
    }
    let above: Vec<PagePath> = path.above().collect();
    let known = own_languages(conn, above.iter().map(PagePath::as_str))?;
    Ok(nearest(&known, path.above()))
}

/// The language of an answer that is not a page, such as a list or an error: the language of the first of these paths whose
/// page has one and may be read by the visitor. A page that the visitor may not read must not influence it.
pub fn visible_language(conn: &mut Conn, readable: &VisiblePages, paths: &[PagePath]) -> Result<Option<LanguageTag>> {
    let wanted: Vec<String> = paths.iter().map(|path| path.as_str().to_owned()).collect();
    // The choice of statements must not depend on anything that the visitor may not know, because statements take time.
    let found: Vec<String> = readable.rows().filter(pages::path.eq_any(wanted)).select(pages::path).load(conn)?;
    let known = own_languages(conn, found.iter().map(String::as_str))?;
    Ok(nearest(&known, paths.iter().cloned()))
}

/// The languages of the pages at these paths, as [`language`] finds each; a page in the language of the site is left out. One
/// statement is enough for 100 pages.
pub fn languages(conn: &mut Conn, paths: &[PagePath]) -> Result<HashMap<PagePath, LanguageTag>> {
    let wanted: BTreeSet<PagePath> = paths.iter().flat_map(here_and_above).collect();
    let known = own_languages(conn, wanted.iter().map(PagePath::as_str))?;
    let language = |path: &PagePath| Some((path.clone(), nearest(&known, here_and_above(path))?));
    Ok(paths.iter().filter_map(language).collect())
}

/// Sets the languages of the teasers that their visitor may read.
pub(crate) fn set(conn: &mut Conn, teasers: &mut [Teaser]) -> Result<()> {
    let open: Vec<&mut Teaser> = teasers.iter_mut().filter(|teaser| !teaser.locked).collect();
    let paths: Vec<PagePath> = open.iter().map(|teaser| teaser.path.clone()).collect();
    let mut known = languages(conn, &paths)?;
    for teaser in open {
        teaser.language = known.remove(&teaser.path);
    }
    Ok(())
}

fn here_and_above(path: &PagePath) -> impl Iterator<Item = PagePath> {
    std::iter::once(path.clone()).chain(path.above())
}

/// The languages of the pages at these paths that have one of their own.
fn own_languages<'a>(conn: &mut Conn, paths: impl Iterator<Item = &'a str>) -> Result<HashMap<String, LanguageTag>> {
    let paths: Vec<&str> = paths.collect();
    let mut own = HashMap::new();
    for paths in paths.chunks(KEYS) {
        let rows: Vec<(String, String)> = pages::table
            .inner_join(placements::table.on(placements::page_id.eq(pages::id)))
            .filter(pages::path.eq_any(paths))
            .filter(placements::language.ne(""))
            .select((pages::path, placements::language))
            .load(conn)?;
        own.extend(parsed(rows));
    }
    Ok(own)
}

/// An invalid tag that was written by SQL counts as no language.
fn parsed(rows: Vec<(String, String)>) -> HashMap<String, LanguageTag> {
    rows.into_iter().filter_map(|(path, tag)| Some((path, LanguageTag::parse(&tag).ok()?))).collect()
}

fn nearest(known: &HashMap<String, LanguageTag>, mut paths: impl Iterator<Item = PagePath>) -> Option<LanguageTag> {
    paths.find_map(|path| known.get(path.as_str()).cloned())
}
