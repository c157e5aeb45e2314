//! Discarding drafts. A page that was published before goes to the trash as it was then.

use domain::{Version, access::Editor, audit::Action, draft::Draft, page::PageId};

use super::{
    affected::Affected,
    change::{Change, Outcome, Run},
    delete, draft_rows, file_rows,
    plan::Plan,
    shares,
};
use crate::{Conn, Error, Result, drafts, page_row};

/// A draft in the version that a user saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DraftVersion {
    /// The page of the draft.
    pub page: PageId,
    /// The version of the draft.
    pub version: Version,
}

impl From<&Draft> for DraftVersion {
    fn from(draft: &Draft) -> DraftVersion {
        DraftVersion { page: draft.page, version: draft.version }
    }
}

/// Discards drafts in the versions that a user saw; drafts that no longer exist are left out.
#[derive(Clone, Debug)]
pub struct DiscardDrafts(pub Vec<DraftVersion>);

impl Change for DiscardDrafts {
    fn affected(&self, _: &mut Conn, _: &Editor) -> Result<Affected> {
        Ok(Affected::default())
    }

    fn apply(&self, conn: &mut Conn, run: &mut Run<'_>, _: &Plan) -> Result<Outcome> {
        let mut count = 0;
        for seen in &self.0 {
            let Some(draft) = drafts::get(conn, run.by, seen.page)? else { continue };
            if draft.version != seen.version {
                return Err(Error::Stale);
            }
            let is_published = page_row::get(conn, draft.page)?.is_some();
            let in_trash = !is_published && delete::trash_last_version(conn, run, draft.page)?;
            draft_rows::delete(conn, draft.page)?;
            file_rows::discard(conn, draft.page)?;
            if !is_published && !in_trash {
                shares::purge(conn, draft.page)?;
            }
            let what = match in_trash {
                true => "the draft was discarded; what was published once is in the trash",
                false => "the draft was discarded",
            };
            draft_rows::audit(conn, run.by, Action::Deleted, &Draft { saved_at: run.now, ..draft }, what)?;
            count += 1;
        }
        Ok(Outcome::Count(count))
    }
}
