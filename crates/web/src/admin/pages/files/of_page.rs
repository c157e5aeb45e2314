//! The files of a page with the page and its draft, as they are stored.

use domain::{
    access,
    draft::Draft,
    file::{File, FileName},
    page::{Page, PageId, PagePath},
};
use store::{Conn, drafts, pages};

use crate::{App, auth::extract::Editor, http::error::Error};

/// The files of a page, with the page and its draft.
pub(super) struct OfPage {
    pub(super) id: PageId,
    pub(super) page: Option<Page>,
    pub(super) draft: Option<Draft>,
    /// The published files, and those that wait for publishing.
    pub(super) files: Vec<File>,
}

impl OfPage {
    /// # Errors
    /// 404 when there is neither a page nor a draft.
    pub(super) async fn load(app: &App, editor: &Editor, page: PageId) -> Result<OfPage, Error> {
        let proof = editor.proof();
        app.db.read(move |conn| OfPage::read(conn, &proof, page)).await?.ok_or(Error::NotFound)
    }

    fn read(conn: &mut Conn, proof: &access::Editor, id: PageId) -> store::Result<Option<OfPage>> {
        let (page, draft) = (pages::get(conn, proof, id)?, drafts::get(conn, proof, id)?);
        if page.is_none() && draft.is_none() {
            return Ok(None);
        }
        Ok(Some(OfPage { id, page, draft, files: store::files::all(conn, proof, id)? }))
    }

    /// The files that the page will have once it is published.
    pub(super) fn drafted(&self) -> impl Iterator<Item = &File> {
        domain::file::drafted(&self.files)
    }

    /// Whether readers have a file of this name.
    pub(super) fn is_live(&self, name: &FileName) -> bool {
        self.files.iter().any(|file| file.since.is_some() && file.name == *name)
    }

    /// The path of the page, or of its draft; `None` for a draft without a valid one.
    pub(super) fn path(&self) -> Option<PagePath> {
        let drafted = || self.draft.as_ref().and_then(|draft| draft.typed.path());
        self.page.as_ref().map(|page| page.content.path.clone()).or_else(drafted)
    }

    /// The address of the page; empty without a path.
    pub(super) fn address(&self) -> String {
        self.path().map(|path| path.href()).unwrap_or_default()
    }

    /// The text of the draft, or else of the page.
    pub(super) fn text(&self) -> &str {
        match (&self.draft, &self.page) {
            (Some(draft), _) => &draft.typed.page.body,
            (None, Some(page)) => &page.content.body,
            (None, None) => "",
        }
    }

    /// The version of the draft; 0 without one.
    pub(super) fn draft_version(&self) -> i64 {
        self.draft.as_ref().map_or(0, |draft| draft.version.0)
    }
}
