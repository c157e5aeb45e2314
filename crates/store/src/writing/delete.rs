//! Moving pages to the trash.

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Bool, Nullable, Text, Timestamp as SqlTimestamp},
};
use domain::{access::Editor, audit::Action, bulk_action::Effect, effective_access::EffectiveAccess, page::PageId};

use super::{
    Selection,
    affected::{Affected, Edit},
    audit,
    change::{Change, Outcome, Run},
    draft_rows,
    plan::Plan,
};
use crate::{
    Conn, Result,
    admin_list::{self, PageRow},
    columns::{CONTENT, KEYS},
    id,
    schema::pages,
};

/// Moves pages to the trash.
#[derive(Clone, Debug)]
pub struct Delete(pub Selection);

/// The edit of a page that leaves the site.
pub(super) fn leaves(page: PageRow) -> Edit {
    Edit::new(page.id, page.title, Some(page.path), None)
}

impl Change for Delete {
    fn affected(&self, conn: &mut Conn, by: &Editor) -> Result<Affected> {
        let ids = self.0.ids(conn, by)?;
        Ok(Affected::pages(admin_list::get_many(conn, by, &ids)?.into_iter().map(leaves).collect()))
    }

    fn apply(&self, conn: &mut Conn, run: &mut Run<'_>, plan: &Plan) -> Result<Outcome> {
        let ids = self.0.ids(conn, run.by)?;
        let mut deleted: Vec<PageId> = Vec::new();
        for ids in ids.chunks(KEYS) {
            let titles: Vec<(i64, String)> = pages::table
                .filter(pages::id.eq_any(ids.iter().map(|id| id.0)))
                .order(pages::path)
                .select((pages::id, pages::title))
                .load(conn)?;
            for (page, title) in &titles {
                audit::pages(conn, run.by, Action::Deleted, &[PageId(*page)], &format!("“{title}”"), run.now)?;
            }
            trash(conn, run, ids)?;
            deleted.extend(titles.iter().map(|(page, _)| PageId(*page)));
            (run.progress)(deleted.len());
        }
        plan.write_inherited(conn, &[])?;
        Ok(Outcome::of_pages(deleted, Effect::Deleted))
    }
}

/// The columns that a row of the trash copies; `key` names the key of the page.
fn copied(key: &str) -> String {
    format!("{key}, path, version, audience, {CONTENT}")
}

/// Moves the rows of pages to the trash. The trash keeps the access that each page had.
fn trash(conn: &mut Conn, run: &Run<'_>, pages: &[PageId]) -> Result<()> {
    let ids = id::list(pages.iter().map(|page| page.0));
    let query = format!(
        "INSERT INTO trash ({columns}, created_at, updated_at, private, readers_from, deleted_at, deleted_by)
         SELECT {columns}, created_at, updated_at, private, readers_from, $1, $2 FROM pages WHERE id IN ({ids})",
        columns = copied("id")
    );
    sql_query(query).bind::<SqlTimestamp, _>(run.now.naive_utc()).bind::<Text, _>(run.by.actor()).execute(conn)?;
    sql_query(format!("DELETE FROM pages WHERE id IN ({ids})")).execute(conn)?;
    Ok(())
}

/// Moves an unpublished page to the trash as it was in its last version, with the access that it had when it was taken off
/// the site; returns whether it ever had a version.
pub(super) fn trash_last_version(conn: &mut Conn, run: &Run<'_>, page: PageId) -> Result<bool> {
    // Without a record of its access, the page is restored for its chosen readers only, until somebody confirms more.
    let was = draft_rows::was(conn, page)?.unwrap_or(EffectiveAccess::ChosenBy(page));
    // SQLite numbers parameters in the order of their appearance.
    let query = format!(
        "INSERT INTO trash ({to}, created_at, updated_at, private, readers_from, deleted_at, deleted_by)
         SELECT {from}, (SELECT min(at) FROM revisions WHERE page_id = $1), at, $2, $3, $4, $5
         FROM revisions WHERE page_id = $1 ORDER BY version DESC LIMIT 1",
        to = copied("id"),
        from = copied("page_id")
    );
    let moved = sql_query(query)
        .bind::<BigInt, _>(page.0)
        .bind::<Bool, _>(was.is_private())
        .bind::<Nullable<BigInt>, _>(was.readers_from().map(|page| page.0))
        .bind::<SqlTimestamp, _>(run.now.naive_utc())
        .bind::<Text, _>(run.by.actor())
        .execute(conn)?;
    Ok(moved > 0)
}
