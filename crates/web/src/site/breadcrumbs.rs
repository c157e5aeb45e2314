//! The pages above a page, as a viewer sees them.

use std::collections::HashMap;

use domain::{language::LanguageTag, page::PagePath, site::Site};
use serde::Serialize;
use store::{lists::VisiblePages, pages};

/// The titles of pages that a viewer may read, with their languages.
#[derive(Default)]
pub struct Titles {
    titles: Vec<(PagePath, String)>,
    languages: HashMap<PagePath, LanguageTag>,
}

/// A link to a page above another one.
#[derive(Serialize)]
pub struct Crumb {
    href: String,
    title: String,
    /// The tag of the language of the title, if it differs from that of the page that is shown; otherwise empty.
    language: String,
}

impl Titles {
    /// Reads the titles of the pages at these paths, as far as the viewer may read them.
    ///
    /// # Errors
    /// As every query.
    pub fn read(conn: &mut store::Conn, readable: &VisiblePages, paths: &[PagePath]) -> store::Result<Titles> {
        let titles = pages::titles(conn, readable, paths)?;
        let named: Vec<PagePath> = titles.iter().map(|(path, _)| path.clone()).collect();
        Ok(Titles { languages: pages::languages(conn, &named)?, titles })
    }

    /// The title of the page at a path.
    pub fn of(&self, path: &PagePath) -> Option<&str> {
        self.titles.iter().find(|(known, _)| known == path).map(|(_, title)| title.as_str())
    }

    /// The breadcrumbs of a path, on a page in a language: each ancestor by its title if the viewer may read it, else by its
    /// segment.
    pub fn breadcrumbs(&self, path: &PagePath, site: &Site, shown_in: &str) -> Vec<Crumb> {
        let link = |path: PagePath| match self.of(&path) {
            Some(title) => {
                let language = site.other_language(self.languages.get(&path), shown_in);
                Crumb { href: path.href(), title: title.to_owned(), language }
            }
            None => Crumb { href: path.href(), title: path.segment_title(), language: String::new() },
        };
        path.ancestors().into_iter().map(link).collect()
    }
}
