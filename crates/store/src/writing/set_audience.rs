//! Giving pages another audience.

use std::collections::HashMap;

use diesel::{prelude::*, sql_query};
use domain::{
    access::Editor, audience::Audience, audit::Action, bulk_action::Effect, draft::FormId,
    effective_access::EffectiveAccess, page::PageId,
};

use super::{
    Selection, access_columns,
    affected::{Affected, Edit, OwnAccess},
    audit,
    change::{Change, Outcome, Run},
    chosen_readers::choose,
    plan::Plan,
    revisions::Record,
};
use crate::{
    Conn, Result, access,
    columns::{KEYS, path_of},
    error::skip_unreadable,
    id, reader_keys,
    schema::pages,
};

/// Gives pages another audience. Each page that changes gets a new version.
#[derive(Clone, Debug)]
pub struct SetAudience {
    /// The pages.
    pub pages: Selection,
    /// The audience.
    pub audience: Audience,
}

/// A page with the audience that it has now.
struct Current {
    id: PageId,
    path: String,
    title: String,
    audience: Audience,
}

/// The pages among these that have another audience.
fn with_other_audience(conn: &mut Conn, ids: &[PageId], audience: &Audience) -> Result<Vec<Current>> {
    let mut found = Vec::new();
    for ids in ids.chunks(KEYS) {
        let keys = ids.iter().map(|id| id.0);
        let rows: Vec<(i64, String, String, String)> = pages::table
            .filter(pages::id.eq_any(keys))
            .order(pages::path)
            .select((pages::id, pages::path, pages::title, pages::audience))
            .load(conn)?;
        let words: Vec<(i64, String)> = rows.iter().map(|(id, _, _, word)| (*id, word.clone())).collect();
        let mut audiences = access::audiences(conn, &words)?;
        for (id, path, title, _) in rows {
            let Some(current) = audiences.remove(&id) else { continue };
            if current != *audience {
                found.push(Current { id: PageId(id), path, title, audience: current });
            }
        }
    }
    Ok(found)
}

impl Change for SetAudience {
    fn affected(&self, conn: &mut Conn, by: &Editor) -> Result<Affected> {
        let own = OwnAccess::of(conn, &self.audience)?;
        let ids = self.pages.ids(conn, by)?;
        let mut edits = Vec::new();
        for page in with_other_audience(conn, &ids, &self.audience)? {
            let Some(path) = skip_unreadable(path_of(&page.path)) else { continue };
            let to = Some((path.clone(), own.clone()));
            edits.push(Edit::new(page.id, page.title, Some(path), to));
        }
        Ok(Affected::pages(edits))
    }

    fn apply(&self, conn: &mut Conn, run: &mut Run<'_>, plan: &Plan) -> Result<Outcome> {
        let ids = self.pages.ids(conn, run.by)?;
        let changed = with_other_audience(conn, &ids, &self.audience)?;
        let ids: Vec<PageId> = changed.iter().map(|page| page.id).collect();
        let mut by_access: HashMap<EffectiveAccess, Vec<PageId>> = HashMap::new();
        for id in &ids {
            let Some(access) = plan.after(*id) else { continue };
            // One statement for all pages that become their own governing page.
            let key = if self.audience.chosen().is_some() { EffectiveAccess::ChosenBy(PageId(0)) } else { access };
            by_access.entry(key).or_default().push(*id);
        }
        for (access, ids) in by_access {
            access_columns::write(conn, &ids, Some(&self.audience), access, Some(run.now))?;
        }
        choose(conn, &ids, &self.audience)?;
        plan.write_inherited(conn, &ids)?;
        if self.audience.chosen().is_none() {
            drop_receipts(conn, plan, &ids)?;
        }
        record(conn, run, &self.audience, changed)?;
        (run.progress)(ids.len());
        Ok(Outcome::of_pages(ids, Effect::Readers))
    }
}

/// Adds the revisions and the audit entries: one statement for all pages with the same audience before.
fn record(conn: &mut Conn, run: &Run<'_>, audience: &Audience, changed: Vec<Current>) -> Result<()> {
    let readers = reader_keys::keep_audience(conn, audience)?;
    let mut by_detail: HashMap<String, Vec<PageId>> = HashMap::new();
    for page in changed {
        let detail = format!("who reads it “{}” → “{}”", page.audience.words(), audience.words());
        by_detail.entry(detail).or_default().push(page.id);
    }
    for (detail, ids) in by_detail {
        Record { by: run.by, note: None, form: FormId::default(), detail: &detail, readers: &readers, now: run.now }
            .add(conn, &ids)?;
        audit::pages(conn, run.by, Action::Changed, &ids, &detail, run.now)?;
    }
    Ok(())
}

/// Only pages with chosen readers have receipts.
fn drop_receipts(conn: &mut Conn, plan: &Plan, ids: &[PageId]) -> Result<()> {
    let is_open = |id: &&PageId| !matches!(plan.after(**id), Some(EffectiveAccess::ChosenBy(_)));
    let open: Vec<&PageId> = ids.iter().filter(is_open).collect();
    for ids in open.chunks(KEYS) {
        let ids = id::list(ids.iter().map(|id| id.0));
        sql_query(format!("DELETE FROM receipt_pages WHERE page_id IN ({ids})")).execute(conn)?;
    }
    Ok(())
}
