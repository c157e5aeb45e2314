//! Restoring an earlier version of a published page. Title, summary and text come back; readers and dates only on request.

use domain::{
    Version,
    access::Editor,
    page::{PageContent, PageId},
    revision::{Note, Revision},
};

use super::{
    Publish,
    affected::Affected,
    change::{Change, Outcome, Run},
    plan::Plan,
};
use crate::{Conn, Error, Result, page_row, revisions};

/// Saves an earlier version of a page as a new version. The page stays at its path.
#[derive(Clone, Debug)]
pub struct Revert {
    /// The page.
    pub page: PageId,
    /// The version to restore.
    pub version: Version,
    /// The current version, which the user saw.
    pub from: Version,
    /// Whether the readers of that version are restored, with whether lists show the title.
    pub readers: bool,
    /// Whether the date and the end of that version are restored.
    pub dates: bool,
}

impl Revert {
    /// # Errors
    /// [`Error::Stale`] when the page has another version or is not published, or the version is gone;
    /// [`Error::Refused`] when readers of the version no longer exist.
    fn publish(&self, conn: &mut Conn, by: &Editor) -> Result<Publish> {
        let now = page_row::get(conn, self.page)?.filter(|page| page.version == self.from).ok_or(Error::Stale)?;
        let Revision { content: old, gone, .. } =
            revisions::get(conn, by, self.page, self.version)?.ok_or(Error::Stale)?;
        let mut content = PageContent { title: old.title, summary: old.summary, body: old.body, ..now.content };
        if self.readers {
            if let Some(gone) = gone.first() {
                return Err(Error::Refused(format!(
                    "The readers of version {} cannot be restored: {gone} no longer exists.",
                    self.version.0
                )));
            }
            (content.audience, content.show_title) = (old.audience, old.show_title);
        }
        if self.dates {
            (content.published_at, content.unpublish_at) = (old.published_at, old.unpublish_at);
        }
        let note = Note::parse(&format!("as in version {}", self.version.0)).map_err(Error::Query)?;
        let (page, from, note) = (self.page, self.from, Some(note));
        Ok(Publish { page, is_new: false, from, lock: None, content, note, move_below: false })
    }
}

impl Change for Revert {
    fn affected(&self, conn: &mut Conn, by: &Editor) -> Result<Affected> {
        let mut affected = self.publish(conn, by)?.affected(conn, by)?;
        // A tick names a version and not its readers.
        affected.edits.iter_mut().for_each(|edit| edit.stated = false);
        Ok(affected)
    }

    fn apply(&self, conn: &mut Conn, run: &mut Run<'_>, plan: &Plan) -> Result<Outcome> {
        self.publish(conn, run.by)?.apply(conn, run, plan)
    }
}
