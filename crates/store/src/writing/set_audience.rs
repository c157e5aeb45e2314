//! Giving pages another audience.

use std::collections::{BTreeSet, HashMap};

use diesel::{prelude::*, sql_query};
use domain::{
    access::Editor,
    audience::{Audience, Chosen},
    audit::Action,
    effective_access::EffectiveAccess,
    group::GroupId,
    page::PageId,
    user::UserId,
};

use super::{
    Selection, access_columns,
    affected::{Affected, Edit, OwnAccess},
    audit,
    command::{Change, Outcome, Run},
    plan::Plan,
    revisions::Record,
};
use crate::{
    Conn, Error, Result, access,
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
struct Present {
    id: PageId,
    path: String,
    title: String,
    audience: Audience,
}

/// The pages among these that have another audience.
fn with_other_audience(conn: &mut Conn, ids: &[PageId], audience: &Audience) -> Result<Vec<Present>> {
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
            let Some(present) = audiences.remove(&id) else { continue };
            if present != *audience {
                found.push(Present { id: PageId(id), path, title, audience: present });
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
            let stated = self.audience != Audience::Inherited;
            edits.push(Edit { page: page.id, title: page.title, from: Some(path), to, was: None, stated });
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
        Ok(Outcome::Count(ids.len()))
    }
}

/// Adds the revisions and the audit entries: one statement for all pages with the same audience before.
fn record(conn: &mut Conn, run: &Run<'_>, audience: &Audience, changed: Vec<Present>) -> Result<()> {
    let readers = match audience.chosen() {
        Some(chosen) => reader_keys::keep(conn, chosen)?,
        None => String::new(),
    };
    let mut by_detail: HashMap<String, Vec<PageId>> = HashMap::new();
    for page in changed {
        let detail = format!("who reads it “{}” → “{}”", page.audience.words(), audience.words());
        by_detail.entry(detail).or_default().push(page.id);
    }
    for (detail, ids) in by_detail {
        Record { by: run.by, note: None, detail: &detail, readers: &readers, now: run.now }.add(conn, &ids)?;
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

/// Stores the chosen readers of pages. Readers who stay keep their rows: each row that comes or goes is listed again for
/// every page that inherits.
///
/// # Errors
/// [`Error::Refused`] when a chosen person or group does not exist.
pub(super) fn choose(conn: &mut Conn, pages: &[PageId], audience: &Audience) -> Result<()> {
    let nobody = Chosen::default();
    let chosen = audience.chosen().unwrap_or(&nobody);
    let (people, groups) = access::chosen_keys(conn, chosen)?;
    if people.len() < chosen.people.len() || groups.len() < chosen.groups.len() {
        return Err(Error::Refused("Somebody who was chosen to read this page does not exist any more.".into()));
    }
    choose_keys(conn, pages, &people, &groups)
}

fn choose_keys(conn: &mut Conn, pages: &[PageId], people: &BTreeSet<UserId>, groups: &BTreeSet<GroupId>) -> Result<()> {
    let people = id::list(people.iter().map(|user| user.0));
    let groups = id::list(groups.iter().map(|group| group.0));
    for pages in pages.chunks(KEYS) {
        let pages = id::list(pages.iter().map(|page| page.0));
        for (table, column, nouns, keys) in
            [("page_people", "user_id", "users", &people), ("page_groups", "group_id", "groups", &groups)]
        {
            // NOT IN (NULL) is never true, so an empty list needs a condition of its own.
            let others = if keys == "NULL" { String::new() } else { format!("AND {column} NOT IN ({keys})") };
            sql_query(format!("DELETE FROM {table} WHERE page_id IN ({pages}) {others}")).execute(conn)?;
            let insert = format!(
                "INSERT INTO {table} (page_id, {column})
                 SELECT pages.id, chosen.id FROM pages, {nouns} AS chosen
                 WHERE pages.id IN ({pages}) AND chosen.id IN ({keys}) AND NOT EXISTS
                 (SELECT 1 FROM {table} WHERE page_id = pages.id AND {column} = chosen.id)"
            );
            sql_query(insert).execute(conn)?;
        }
    }
    Ok(())
}
