//! The data from which the requests of a run are made.

use std::collections::HashSet;

use domain::{Timestamp, page::PagePath};
use store::{
    Store,
    pages::{self, Located},
};

use super::{
    client::{Client, Request},
    closed::{Closed, ClosedKind},
    clues::Clues,
    decoded::Decoded,
    known::{Known, Listed},
    sample::Sample,
    visitors::{Identity, Key, Visitors},
};

/// The maximum number of parts of the sitemap, and of style sheets and pictures, that are fetched.
const MAX_PARTS: usize = 20;

/// The data from which the requests of a run are made.
pub(super) struct Plan {
    /// The closed pages.
    pub(super) closed: Vec<Closed>,
    /// Who may read each closed page.
    pub(super) readers: Vec<Visitors>,
    /// The clues to closed pages.
    pub(super) clues: Clues,
    /// The visitors who find something at the paths of closed pages.
    pub(super) listed: Listed,
    /// The paths of pages that everybody may read.
    pub(super) open: Vec<PagePath>,
    /// The paths of closed pages at which some page is or was.
    taken: HashSet<PagePath>,
    /// Whether the site hides which pages exist.
    hides_pages: bool,
    /// The moment at which the rule was applied.
    pub(super) now: Timestamp,
    /// A part of a path that no page has.
    pub(super) made_up: String,
    /// The addresses of the parts of the sitemap.
    pub(super) parts: Vec<String>,
    /// The addresses of style sheets, scripts and pictures of the site.
    pub(super) statics: Vec<String>,
}

impl Plan {
    /// Reads what is needed from the database, and the first addresses from the site.
    ///
    /// # Errors
    /// One line with the cause.
    pub(super) fn make(
        store: &Store,
        sample: Sample,
        identities: &[Identity],
        client: &Client,
        now: Timestamp,
        made_up: String,
    ) -> Result<Plan, String> {
        let Sample { all, closed, open, .. } = sample;
        let mut clues = Clues::of(&closed);
        let mut listed = Listed::of(closed.iter().flat_map(|closed| &closed.paths));
        let known = Known { store, identities, base_url: client.base_url(), now };
        known.note(&mut clues, &mut listed, &all).map_err(|error| error.to_string())?;
        let paths: Vec<PagePath> = closed.iter().flat_map(|closed| closed.paths.clone()).collect();
        let read = |conn: &mut store::Conn| {
            let mut taken = HashSet::new();
            for path in paths {
                if pages::locate(conn, &path)? != Located::Nothing {
                    taken.insert(path);
                }
            }
            Ok((taken, store::site::get(conn)?.hides_pages))
        };
        let (taken, hides_pages) = store.read(read).map_err(|error| error.to_string())?;
        let readers = closed
            .iter()
            .map(|closed| Visitors::of(identities, |identity| identity.reads_closed(closed, now)))
            .collect();
        let found = |target: &str| {
            let answer = client.send(&Request::get(target).with("accept", "text/html"), &Key::Nothing);
            answer.map_err(|error| format!("no answer from {}{target}: {error}", client.base_url()))
        };
        let front = found("/")?.body;
        let statics = Decoded::of(&front, client.base_url()).paths.into_iter();
        let statics = statics.filter(|path| path.starts_with("/static/")).take(MAX_PARTS).collect();
        let index = found("/sitemap.xml")?.body;
        let parts = index.split("/sitemap.xml?from=").skip(1).filter_map(|rest| rest.split(['<', '&']).next());
        let parts = parts.take(MAX_PARTS).map(|from| format!("/sitemap.xml?from={from}")).collect();
        Ok(Plan { closed, readers, clues, listed, open, taken, hides_pages, now, made_up, parts, statics })
    }

    /// The closed pages that the visitor with a number may not read.
    pub(super) fn unread(&self, visitor: usize) -> impl Iterator<Item = (usize, &Closed)> {
        self.closed.iter().enumerate().filter(move |(number, _)| !self.readers[*number].contain(visitor))
    }

    /// Whether a closed page has to be answered like an address that was made up.
    pub(super) fn is_hidden(&self, closed: &Closed) -> bool {
        self.hides_pages
            || match &closed.what {
                ClosedKind::Page(page) => !page.content.is_published(self.now),
                ClosedKind::Draft | ClosedKind::Deleted => closed.paths.first().is_none_or(|path| !self.is_taken(path)),
            }
    }

    /// Whether there is a page at the path of a closed page, or was one.
    pub(super) fn is_taken(&self, path: &PagePath) -> bool {
        self.taken.contains(path)
    }

    /// Whether the closed page with a number can be recognised by its words by the visitor with a number.
    pub(super) fn has_words(&self, closed: usize, visitor: usize) -> bool {
        use super::clues::Kind::{Summary, Text, Title};
        let clues = self.clues.all().iter().filter(|clue| clue.closed == closed && !clue.known_to.contain(visitor));
        clues.into_iter().any(|clue| matches!(clue.kind, Title | Summary | Text))
    }
}
