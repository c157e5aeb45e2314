//! What visitors may know: the pages that they may read, the settings of the site, and the words of the product itself. A clue
//! that also appears there is ignored.

use std::collections::HashMap;

use domain::{
    Timestamp,
    access::Admin,
    navigation::Target,
    page::{Page, PageId, PagePath},
};
use store::{Conn, Store, drafts, files, navigation, pages};

use super::{
    clues::Clues,
    decoded::Decoded,
    visitors::{Identity, Visitors},
};
use crate::{
    http::{assets, view},
    language::Language,
    markdown,
};

/// Words of HTTP that every answer may have.
const HTTP: &str = "Accept-Ranges Allow Authorization Basic Cache-Control Clear-Site-Data Connection Content-Disposition \
    Content-Encoding Content-Language Content-Length Content-Range Content-Security-Policy Content-Type Cross-Origin-Opener-Policy \
    Cross-Origin-Resource-Policy Expires Last-Modified Location Permissions-Policy Referrer-Policy Remote-Groups Remote-User \
    Retry-After Server Strict-Transport-Security Transfer-Encoding Vary WWW-Authenticate X-Content-Type-Options X-Request-Id \
    X-Robots-Tag charset realm chunked keep-alive immutable must-revalidate no-cache no-store private public max-age nosniff \
    noindex nofollow noarchive same-origin no-referrer default-src script-src style-src img-src media-src font-src connect-src \
    object-src form-action frame-ancestors base-uri sandbox inline attachment filename bytes octet-stream application javascript \
    microphone geolocation camera";

/// The visitors who find something at the paths of closed pages.
#[derive(Debug, Default)]
pub(super) struct Listed {
    /// The visitors who may read a page at the path of a closed one.
    at: HashMap<String, Visitors>,
    /// The visitors who find a page below the path of a closed one.
    below: HashMap<String, Visitors>,
}

impl Listed {
    /// An index of these paths, without visitors.
    pub(super) fn of<'a>(paths: impl Iterator<Item = &'a PagePath>) -> Listed {
        let at: HashMap<String, Visitors> = paths.map(|path| (path.as_str().to_owned(), Visitors::NONE)).collect();
        Listed { below: at.clone(), at }
    }

    /// Whether a visitor may read a page at a path.
    pub(super) fn has_page(&self, path: &PagePath, visitor: usize) -> bool {
        self.at.get(path.as_str()).is_some_and(|visitors| visitors.contain(visitor))
    }

    /// Whether a visitor finds something at a path: a page, or a list of those below it.
    pub(super) fn has_something(&self, path: &PagePath, visitor: usize) -> bool {
        path.is_root()
            || self.has_page(path, visitor)
            || self.below.get(path.as_str()).is_some_and(|visitors| visitors.contain(visitor))
    }

    fn note(&mut self, path: &PagePath, readers: Visitors, finders: Visitors) {
        if let Some(at) = self.at.get_mut(path.as_str()) {
            *at |= readers;
        }
        for above in path.ancestors() {
            if let Some(below) = self.below.get_mut(above.as_str()) {
                *below |= finders;
            }
        }
    }
}

/// The sources from which visitors may know clues.
pub(super) struct Known<'a> {
    pub(super) store: &'a Store,
    pub(super) identities: &'a [Identity],
    pub(super) base_url: &'a str,
    pub(super) now: Timestamp,
}

impl Known<'_> {
    /// Records with each clue who may know it, and with each path of a closed page who finds something there. Reads
    /// every page of the site once, one at a time.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn note(&self, clues: &mut Clues, listed: &mut Listed, ids: &[PageId]) -> store::Result<()> {
        for text in
            view::sources().chain(assets::sources()).chain(Language::ALL.map(Language::source).map(str::to_owned))
        {
            clues.note_known(&Decoded::of(&text, self.base_url), Visitors::ALL);
        }
        clues.note_known(&Decoded::of_plain(HTTP, self.base_url), Visitors::ALL);
        let hides_pages = self.store.read(|conn| self.note_site(conn, clues))?;
        for chunk in ids.chunks(100) {
            self.store.read(|conn| {
                for id in chunk {
                    if let Some(page) = pages::get(conn, Admin::command_line().editor(), *id)? {
                        self.note_page(conn, clues, listed, &page, hides_pages)?;
                    }
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    fn say(&self, clues: &mut Clues, text: &str, to: Visitors) {
        clues.note_known(&Decoded::of(text, self.base_url), to);
    }

    /// The settings, the menu, and the drafts that somebody may read. Returns whether the site hides its pages.
    fn note_site(&self, conn: &mut Conn, clues: &mut Clues) -> store::Result<bool> {
        let (site, by) = (store::site::get(conn)?, Admin::command_line());
        for text in [&site.title, &site.tagline, &site.refusal, &site.footer, &site.contact] {
            self.say(clues, text, Visitors::ALL);
        }
        self.say(clues, site.realm.as_str(), Visitors::ALL);
        self.say(clues, site.look.css.as_str(), Visitors::ALL);
        let menu = navigation::get(conn, &by)?.menu;
        for entry in menu.iter().flat_map(|branch| std::iter::once(&branch.entry).chain(&branch.below)) {
            let to = match &entry.target {
                Target::Address(address) => {
                    self.say(clues, address, Visitors::ALL);
                    Visitors::ALL
                }
                Target::Page(id) => match pages::get(conn, by.editor(), *id)? {
                    Some(page) => Visitors::of(self.identities, |identity| identity.reads(&page, self.now)),
                    None => Visitors::NONE,
                },
            };
            self.say(clues, &entry.label, to);
        }
        // The account page of its owner names the path of an app password.
        for (limit, program) in self.identities.iter().filter_map(|one| Some((one.visitor.limit()?, one))) {
            let owner = program.visitor.member().map(|owner| owner.id);
            let is_owner = |identity: &Identity| identity.visitor.member().map(|member| member.id) == owner;
            clues.note_known_path(&limit.href(), Visitors::of(self.identities, is_owner));
        }
        for draft in self.identities.iter().filter_map(|identity| identity.draft) {
            let to = Visitors::of(self.identities, |identity| identity.draft == Some(draft));
            let Some(found) = drafts::get(conn, by.editor(), draft)? else { continue };
            let (page, path) = (&found.typed.page, found.typed.path());
            self.note_text(clues, &page.title, &page.summary, &page.body, to);
            if let Some(path) = path {
                clues.note_known_path(&path.href(), to);
            }
            for file in files::drafted(conn, by.editor(), draft)? {
                self.say(clues, &format!("{} {}", file.name, file.alt), to);
            }
        }
        Ok(site.hides_pages)
    }

    fn note_page(
        &self,
        conn: &mut Conn,
        clues: &mut Clues,
        listed: &mut Listed,
        page: &Page,
        hides: bool,
    ) -> store::Result<()> {
        let content = &page.content;
        let locked = Visitors::of(self.identities, |identity| identity.finds_locked(page, hides, self.now));
        let readers = Visitors::of(self.identities, |identity| identity.reads(page, self.now));
        let named = locked | readers;
        listed.note(&content.path, readers, named);
        if named != Visitors::NONE {
            self.say(clues, &content.title, named);
            clues.note_known_path(&content.path.href(), named);
            // Breadcrumbs and cards name a page that their visitor may not read by its part of the path.
            self.say(clues, &content.path.as_str().replace('/', " "), named);
        }
        if readers != Visitors::NONE {
            self.note_text(clues, &content.title, &content.summary, &content.body, readers);
            for file in files::live(conn, page.id)? {
                self.say(clues, &format!("{} {}", file.name, file.alt), readers);
            }
        }
        Ok(())
    }

    fn note_text(&self, clues: &mut Clues, title: &str, summary: &str, body: &str, to: Visitors) {
        for text in [title, summary, body, &markdown::plain(body)] {
            self.say(clues, text, to);
        }
    }
}
