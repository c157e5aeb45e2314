//! Restoring an earlier version of a page into its draft. Title, summary and text are restored; readers and dates only on
//! request. Nothing goes online.

use domain::{
    Version,
    access::Editor,
    draft::{Draft, DraftInput, DraftLock, FormId},
    page::{PageId, PageInput},
    revision::Revision,
};

use super::{
    SaveDraft,
    affected::Affected,
    change::{Change, Outcome, Run},
    file_rows,
    plan::Plan,
};
use crate::{Conn, Error, Result, drafts, page_row, revisions, site};

/// Saves an earlier version of a page as its draft. The path and everything else of the draft, or else of the page, stay.
#[derive(Clone, Debug)]
pub struct Revert {
    /// The page, published or not.
    pub page: PageId,
    /// The version to restore.
    pub version: Version,
    /// The version of the draft that the user saw, which the restored one replaces; 0 if there was none.
    pub draft: Version,
    /// Whether the readers of that version are restored, with whether lists show the title.
    pub readers: bool,
    /// Whether the date and the end of that version are restored.
    pub dates: bool,
}

impl Revert {
    /// # Errors
    /// [`Error::Stale`] when the page has another draft, the page or the version is gone; [`Error::Refused`] when readers of
    /// the version no longer exist.
    fn draft(&self, conn: &mut Conn, by: &Editor) -> Result<SaveDraft> {
        let zone = site::get(conn)?.time_zone;
        let (typed, based_on) = match (drafts::get(conn, by, self.page)?, page_row::get(conn, self.page)?) {
            (Some(Draft { typed, based_on, version, .. }), _) if version == self.draft => (typed, based_on),
            (None, Some(page)) if self.draft == Version(0) => (PageInput::of(&page.content, zone).into(), page.version),
            _ => return Err(Error::Stale),
        };
        let Revision { content, gone, .. } = revisions::get(conn, by, self.page, self.version)?.ok_or(Error::Stale)?;
        let old = PageInput::of(&content, zone);
        let DraftInput { page, move_below, .. } = typed;
        let mut page = page.in_zone(zone);
        (page.title, page.summary, page.body) = (old.title, old.summary, old.body);
        if self.readers {
            if let Some(gone) = gone.first() {
                return Err(Error::Refused(format!(
                    "The readers of version {} cannot be restored: {gone} no longer exists.",
                    self.version.0
                )));
            }
            (page.audience, page.show_title) = (old.audience, old.show_title);
        }
        if self.dates {
            (page.published, page.unpublish) = (old.published, old.unpublish);
        }
        let note = format!("as in version {}", self.version.0);
        let lock = DraftLock { draft: self.draft, form: FormId::default() };
        Ok(SaveDraft { page: Some(self.page), based_on, lock, input: DraftInput { page, note, move_below } })
    }
}

impl Change for Revert {
    fn affected(&self, conn: &mut Conn, by: &Editor) -> Result<Affected> {
        self.draft(conn, by).map(|_| Affected::default())
    }

    fn apply(&self, conn: &mut Conn, run: &mut Run<'_>, plan: &Plan) -> Result<Outcome> {
        let outcome = self.draft(conn, run.by)?.apply(conn, run, plan)?;
        file_rows::draft_earlier(conn, run.by, self.page, self.version)?;
        Ok(outcome)
    }
}
