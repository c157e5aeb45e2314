//! What is around a page: the sidebar of its section, the pages before and after it, and the contents of its text.

use std::collections::HashMap;

use domain::{
    Timestamp,
    access::Visitor,
    language::LanguageTag,
    page::{Page, PagePath},
    site::Site,
};
use serde::Serialize;
use store::{
    lists::VisiblePages,
    pages,
    sections::{self, Child},
};

use crate::markdown::Heading;

/// The maximum number of pages in a sidebar.
const MAX_ENTRIES: u32 = 100;
/// The minimum number of headings for which a page shows its contents.
const MIN_HEADINGS: usize = 3;

/// The sidebar of a section.
#[derive(Serialize)]
pub struct Sidebar {
    /// The page of the section, or the list of its pages.
    section: Neighbour,
    is_section: bool,
    entries: Vec<SidebarEntry>,
    /// The address of the list of all pages, if there are more; otherwise empty.
    all_href: String,
}

#[derive(Serialize)]
struct SidebarEntry {
    href: String,
    title: String,
    language: String,
    locked: bool,
    is_current: bool,
}

/// A link to another page.
#[derive(Serialize)]
struct Neighbour {
    href: String,
    title: String,
    language: String,
}

/// What is around a page, for one visitor.
#[derive(Default, Serialize)]
pub struct Surroundings {
    sidebar: Option<Sidebar>,
    previous: Option<Neighbour>,
    next: Option<Neighbour>,
}

impl Surroundings {
    /// Whether the page has a sidebar.
    pub fn has_sidebar(&self) -> bool {
        self.sidebar.is_some()
    }
}

/// The languages of the pages around a page.
struct Languages<'a> {
    site: &'a Site,
    /// The tag of the page that is shown.
    page: &'a str,
    known: HashMap<PagePath, LanguageTag>,
}

impl<'a> Languages<'a> {
    /// Reads the languages of pages that the visitor may read.
    fn read<'p>(
        conn: &mut store::Conn,
        site: &'a Site,
        page: Option<&'a LanguageTag>,
        paths: impl Iterator<Item = &'p PagePath>,
    ) -> store::Result<Languages<'a>> {
        let paths: Vec<PagePath> = paths.cloned().collect();
        Ok(Languages { site, page: site.language_or(page), known: pages::languages(conn, &paths)? })
    }

    /// The tag of the language of a page, if it differs from that of the page that is shown; otherwise empty.
    fn other(&self, path: &PagePath) -> String {
        self.site.other_language(self.known.get(path), self.page)
    }

    fn link(&self, child: Child) -> Neighbour {
        Neighbour { href: child.path.href(), language: self.other(&child.path), title: child.title }
    }
}

/// Reads what is around a page, as a visitor sees it; `language` is that of the page. The section of a page is its own path if
/// there are pages directly below it, and otherwise the path above it. The front page is not a section, and the pages directly
/// below it have none.
///
/// # Errors
/// As every query.
pub fn of(
    conn: &mut store::Conn,
    visitor: &Visitor,
    now: Timestamp,
    site: &Site,
    page: &Page,
    language: Option<&LanguageTag>,
) -> store::Result<Surroundings> {
    let readable = VisiblePages::readable(visitor, now);
    let listed = VisiblePages::in_lists(visitor, now, site.hides_pages);
    let own = &page.content.path;
    if own.is_root() {
        return Ok(Surroundings::default());
    }
    let order = sections::order(conn, own)?;
    let below = sections::children(conn, &listed, own, order, MAX_ENTRIES + 1)?;
    if !below.is_empty() {
        let next = sections::children(conn, &readable, own, order, 1)?.pop();
        let languages = Languages::read(conn, site, language, open(&below, [&next]))?;
        let section = Neighbour { href: own.href(), title: page.content.title.clone(), language: String::new() };
        return Ok(Surroundings {
            sidebar: sidebar(page, own, section, below, &languages),
            previous: None,
            next: next.map(|next| languages.link(next)),
        });
    }
    let Some(above) = own.ancestors().pop() else { return Ok(Surroundings::default()) };
    let order = sections::order(conn, &above)?;
    let beside = sections::children(conn, &listed, &above, order, MAX_ENTRIES + 1)?;
    let (previous, next) = sections::neighbours(conn, &readable, &above, order, page.id)?;
    let title = pages::titles(conn, &readable, std::slice::from_ref(&above))?.pop().map(|(_, title)| title);
    let page_above = title.map(|title| Child { path: above.clone(), title, locked: false });
    let languages = Languages::read(conn, site, language, open(&beside, [&previous, &next, &page_above]))?;
    // The page of the section comes before the first page in it.
    let previous = previous.or_else(|| page_above.clone()).map(|previous| languages.link(previous));
    let section = match page_above {
        Some(page) => languages.link(page),
        None => Neighbour { href: above.href(), title: above.segment_title(), language: String::new() },
    };
    Ok(Surroundings {
        sidebar: sidebar(page, &above, section, beside, &languages),
        previous,
        next: next.map(|next| languages.link(next)),
    })
}

/// The paths of the pages that the visitor may read, of a section and of single pages.
fn open<'a, const N: usize>(
    children: &'a [Child],
    others: [&'a Option<Child>; N],
) -> impl Iterator<Item = &'a PagePath> {
    let all = children.iter().chain(others.into_iter().flatten());
    all.filter(|child| !child.locked).map(|child| &child.path)
}

/// The sidebar; `None` if the page hides it, or if it would show only the page itself.
fn sidebar(
    page: &Page,
    path: &PagePath,
    section: Neighbour,
    mut children: Vec<Child>,
    languages: &Languages<'_>,
) -> Option<Sidebar> {
    let own = &page.content.path;
    if page.content.placement.hides_sidebar || children.iter().all(|child| child.path == *own) {
        return None;
    }
    let has_more = children.len() > MAX_ENTRIES as usize;
    children.truncate(MAX_ENTRIES as usize);
    let entry = |Child { path, title, locked }: Child| SidebarEntry {
        is_current: path == *own,
        href: path.href(),
        title,
        // The visitor learns only the title of a locked page.
        language: if locked { String::new() } else { languages.other(&path) },
        locked,
    };
    Some(Sidebar {
        all_href: if has_more { format!("/sitemap{}", path.href()) } else { String::new() },
        is_section: path == own,
        entries: children.into_iter().map(entry).collect(),
        section,
    })
}

/// An entry of the contents of a page.
#[derive(Serialize)]
pub struct ContentsEntry {
    href: String,
    title: String,
    /// Whether the entry belongs below the one before it.
    is_sub: bool,
}

/// The contents of a text: its headings of the second and third level, if there are three or more.
pub fn contents(headings: Vec<Heading>) -> Vec<ContentsEntry> {
    let shown: Vec<Heading> =
        headings.into_iter().filter(|heading| matches!(heading.level, 2 | 3) && !heading.id.is_empty()).collect();
    if shown.len() < MIN_HEADINGS {
        return Vec::new();
    }
    let has_both = shown.iter().any(|heading| heading.level == 2);
    shown
        .into_iter()
        .map(|Heading { level, text, id }| ContentsEntry {
            href: format!("#{id}"),
            title: text,
            is_sub: has_both && level == 3,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{language::Language, markdown::render_with_headings};

    #[test]
    fn a_text_with_three_headings_of_the_second_and_third_level_has_contents() {
        let contents = |text: &str| {
            let entries = contents(render_with_headings(Language::English, text).headings);
            entries.into_iter().map(|entry| (entry.title, entry.is_sub)).collect::<Vec<_>>()
        };
        assert_eq!(contents("## One\n\n## Two\n\n#### Four"), []);
        let entry = |title: &str, is_sub| (title.to_owned(), is_sub);
        assert_eq!(
            contents("## One\n\n### *In* one\n\n#### No\n\n## Two"),
            [entry("One", false), entry("In one", true), entry("Two", false)]
        );
        assert_eq!(contents("### A\n\n### B\n\n### C"), [entry("A", false), entry("B", false), entry("C", false)]);
    }
}
