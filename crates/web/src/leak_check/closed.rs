//! Closed pages: pages, drafts and deleted pages that some visitor may not read, and what identifies them.

use domain::{
    Version,
    access::Admin,
    draft::Draft,
    file::File,
    page::{Page, PageId, PagePath},
    revision::Revision,
    search::folded,
};
use store::{Conn, drafts, files, old_paths, pages, revisions};

use crate::markdown;

/// The kind of a closed page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ClosedKind {
    /// A page, as readers have it or will have it.
    Page(Box<Page>),
    /// A draft, with the files that wait in it.
    Draft,
    /// A page in the trash.
    Deleted,
}

/// A closed page.
#[derive(Clone, Debug)]
pub(super) struct Closed {
    /// The key of the page.
    pub(super) id: PageId,
    /// The kind.
    pub(super) what: ClosedKind,
    /// The words of the title.
    pub(super) title: Vec<String>,
    /// The words of the summary.
    pub(super) summary: Vec<String>,
    /// The words of the text and of the descriptions of its files.
    pub(super) text: Vec<String>,
    /// The path, and the earlier paths behind it.
    pub(super) paths: Vec<PagePath>,
    /// The names of the files.
    pub(super) files: Vec<String>,
}

impl Default for Closed {
    /// A deleted page without words, paths and files.
    fn default() -> Closed {
        Closed {
            id: PageId(0),
            what: ClosedKind::Deleted,
            title: Vec::new(),
            summary: Vec::new(),
            text: Vec::new(),
            paths: Vec::new(),
            files: Vec::new(),
        }
    }
}

impl Closed {
    /// A page; `None` if it is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn page(conn: &mut Conn, id: PageId) -> store::Result<Option<Closed>> {
        let by = Admin::command_line();
        let Some(page) = pages::get(conn, by.editor(), id)? else { return Ok(None) };
        let earlier = old_paths::of(conn, by.editor(), id)?;
        let paths = std::iter::once(page.content.path.clone()).chain(earlier).collect();
        let (title, summary, body) = (&page.content.title, &page.content.summary, &page.content.body);
        let closed = Closed { id, paths, ..Closed::saying(title, summary, body) }.with_files(&files::live(conn, id)?);
        Ok(Some(Closed { what: ClosedKind::Page(Box::new(page)), ..closed }))
    }

    /// The draft of a page, and the files that wait for publishing; `None` if there are neither.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn draft(conn: &mut Conn, id: PageId) -> store::Result<Option<Closed>> {
        let by = Admin::command_line();
        // A name that readers already know reveals nothing about the file in the draft.
        let live = files::live(conn, id)?;
        let waits = |file: &File| file.since.is_none() && live.iter().all(|known| known.name != file.name);
        let waiting: Vec<File> = files::all(conn, by.editor(), id)?.into_iter().filter(waits).collect();
        let draft = drafts::get(conn, by.editor(), id)?;
        if draft.is_none() && waiting.is_empty() {
            return Ok(None);
        }
        let closed = draft.as_ref().map_or_else(Closed::default, |draft| {
            let Draft { typed, .. } = draft;
            let paths = typed.path().into_iter().collect();
            Closed { paths, ..Closed::saying(&typed.page.title, &typed.page.summary, &typed.page.body) }
        });
        Ok(Some(Closed { id, what: ClosedKind::Draft, ..closed.with_files(&waiting) }))
    }

    /// A page in the trash, as it was deleted; `None` if it is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn deleted(conn: &mut Conn, id: PageId) -> store::Result<Option<Closed>> {
        let by = Admin::command_line();
        let last: Option<Version> = revisions::last(conn, by.editor(), id)?;
        let Some(last) = last.map(|last| revisions::get(conn, by.editor(), id, last)).transpose()?.flatten() else {
            return Ok(None);
        };
        let Revision { content, .. } = last;
        let closed = Closed::saying(&content.title, &content.summary, &content.body);
        let files = files::live(conn, id)?;
        Ok(Some(Closed { id, paths: vec![content.path], what: ClosedKind::Deleted, ..closed }.with_files(&files)))
    }

    fn saying(title: &str, summary: &str, body: &str) -> Closed {
        Closed {
            title: folded(title),
            summary: folded(summary),
            text: folded(&markdown::plain(body)),
            ..Closed::default()
        }
    }

    fn with_files(mut self, files: &[File]) -> Closed {
        for file in files {
            self.text.extend(folded(&file.alt));
            self.files.push(file.name.to_string());
        }
        self
    }

    /// The page, its path and its state, for the report; never its words.
    pub(super) fn name(&self) -> String {
        let path = self.paths.first().map_or_else(String::new, |path| format!(" ({})", path.href()));
        let what = match self.what {
            ClosedKind::Page(_) => "page",
            ClosedKind::Draft => "the draft of page",
            ClosedKind::Deleted => "the deleted page",
        };
        format!("{what} {}{path}", self.id.0)
    }
}
