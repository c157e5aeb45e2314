//! The cards of the top sections, for the front page.

use domain::{
    language::LanguageTag,
    page::{PageId, PagePath},
};
use serde::Serialize;
use store::{
    lists::VisiblePages,
    pages,
    sections::{self, COUNTED_PAGES, TopSection},
};

use crate::pictures::{CARD_SIZES, Picture};

/// A section at the top of the site.
#[derive(Serialize)]
pub struct Card {
    href: String,
    title: String,
    summary: String,
    /// The cover picture of the page.
    cover: Option<Picture>,
    /// The tag of the language of the page; empty if it has that of the site, as the front page does.
    language: String,
    /// The number of pages below it that the viewer may read.
    pages: u32,
    /// Whether there are more pages than `pages`.
    has_more: bool,
}

/// The cards that a visitor sees, by title.
///
/// # Errors
/// As every query.
pub fn list(conn: &mut store::Conn, readable: &VisiblePages) -> store::Result<Vec<Card>> {
    let sections = sections::top(conn, readable)?;
    let paths: Vec<PagePath> = sections.iter().map(|section| section.path.clone()).collect();
    let named = pages::on_cards(conn, readable, &paths)?;
    // For a page that the visitor may not read, a card shows only the path.
    let shown: Vec<PagePath> = named.iter().map(|page| page.path.clone()).collect();
    let languages = pages::languages(conn, &shown)?;
    let ids: Vec<PageId> = named.iter().map(|page| page.id).collect();
    let covers = store::files::covers(conn, &ids)?;
    let card = |TopSection { path, pages }: TopSection| {
        let own = named.iter().find(|page| page.path == path);
        let cover = own.and_then(|own| covers.get(&own.id));
        Card {
            href: path.href(),
            title: own.map_or_else(|| path.segment_title(), |own| own.title.clone()),
            summary: own.map(|own| own.summary.clone()).unwrap_or_default(),
            cover: cover.map(|cover| Picture::of(&path, cover, CARD_SIZES)),
            language: languages.get(&path).map(LanguageTag::to_string).unwrap_or_default(),
            pages: pages.min(COUNTED_PAGES - 1),
            has_more: pages == COUNTED_PAGES,
        }
    };
    let mut cards: Vec<Card> = sections.into_iter().map(card).collect();
    cards.sort_by_key(|card| card.title.to_lowercase());
    Ok(cards)
}
