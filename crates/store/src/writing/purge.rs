//! Deleting pages in the trash for good, with everything that other tables keep of them.

use diesel::prelude::*;
use domain::{access::Editor, audience::Audience, audit::Action, page::PageId};

use super::{
    affected::Affected,
    audit,
    change::{Change, Outcome, Run},
    chosen_readers::choose,
    draft_rows, file_rows, navigation, old_paths, placements,
    plan::Plan,
    receipts, revisions, shares,
};
use crate::{
    Conn, Result, reading_times,
    schema::trash::{self as table},
    trash::{self, TrashRow},
};

/// Deletes pages in the trash for good.
#[derive(Clone, Debug)]
pub enum Purge {
    /// These pages; those that are no longer in the trash are left out.
    Pages(Vec<PageId>),
    /// Every page that was deleted before a moment.
    DeletedBefore(domain::Timestamp),
}

impl Change for Purge {
    fn affected(&self, _: &mut Conn, _: &Editor) -> Result<Affected> {
        Ok(Affected::default())
    }

    fn apply(&self, conn: &mut Conn, run: &mut Run<'_>, _: &Plan) -> Result<Outcome> {
        let rows = match self {
            Purge::Pages(pages) => trash::get_many(conn, run.by, pages)?,
            Purge::DeletedBefore(before) => trash::deleted_before(conn, run.by, *before)?,
        };
        let mut purged = 0;
        for row in rows {
            // The page may have been restored meanwhile.
            if diesel::delete(table::table.find(row.id.0)).execute(conn)? > 0 {
                forget(conn, row.id)?;
                let TrashRow { path, title, .. } = row;
                audit::page(conn, run.by, Action::Purged, &path, format!("“{title}”"), run.now)?;
                purged += 1;
            }
        }
        Ok(Outcome::Count(purged))
    }
}

/// Deletes the rows of a page in other tables. A table with a column `page_id` has its line here.
fn forget(conn: &mut Conn, page: PageId) -> Result<()> {
    revisions::purge(conn, page)?;
    old_paths::purge(conn, page)?;
    choose(conn, &[page], &Audience::Public)?;
    receipts::purge(conn, page)?;
    file_rows::purge(conn, page)?;
    navigation::purge(conn, page)?;
    placements::purge(conn, page)?;
    reading_times::purge(conn, page)?;
    shares::purge(conn, page)?;
    draft_rows::delete(conn, page)
}
