//! The bulk actions of the last hour, with their pages.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::{
    dsl::count_star,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text},
};
use domain::{
    Timestamp, Version,
    access::Editor,
    bulk_action::{BulkActionId, Effect},
    page::PageId,
};

use crate::{
    Conn, Error, Result,
    columns::KEYS,
    id,
    schema::{bulk_actions, bulk_pages},
};

/// A bulk action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkAction {
    /// Its key.
    pub id: BulkActionId,
    /// When it was done.
    pub done_at: Timestamp,
    /// When it was undone.
    pub undone_at: Option<Timestamp>,
    /// The number of its pages.
    pub pages: usize,
}

/// A page that an undo left as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StayingPage {
    /// The page.
    pub page: PageId,
    /// The reason, in words for a list.
    pub why: String,
}

/// A page as a message names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedPage {
    /// The title; it may be empty for a draft.
    pub title: String,
    /// Whether it is in the trash.
    pub is_deleted: bool,
}

/// A bulk action of this editor; `None` for that of anybody else.
pub fn get(conn: &mut Conn, by: &Editor, id: BulkActionId) -> Result<Option<BulkAction>> {
    let row: Option<(Option<i64>, NaiveDateTime, Option<NaiveDateTime>)> = bulk_actions::table
        .find(id.0)
        .select((bulk_actions::user_id, bulk_actions::done_at, bulk_actions::undone_at))
        .first(conn)
        .optional()?;
    let Some((_, done_at, undone_at)) = row.filter(|(user, ..)| *user == by.user().map(|user| user.0)) else {
        return Ok(None);
    };
    let pages: i64 = bulk_pages::table.filter(bulk_pages::bulk_id.eq(id.0)).select(count_star()).first(conn)?;
    Ok(Some(BulkAction {
        id,
        done_at: done_at.and_utc(),
        undone_at: undone_at.map(|at| at.and_utc()),
        pages: usize::try_from(pages).unwrap_or(0),
    }))
}

/// The pages of a bulk action, each with its version after it, in the order of their keys.
pub(crate) fn pages(conn: &mut Conn, action: &BulkAction) -> Result<Vec<(PageId, Effect, Version)>> {
    let rows: Vec<(i64, String, i64)> = bulk_pages::table
        .filter(bulk_pages::bulk_id.eq(action.id.0))
        .order(bulk_pages::page_id)
        .select((bulk_pages::page_id, bulk_pages::effect, bulk_pages::version))
        .load(conn)?;
    let page = |(page, word, version): (i64, String, i64)| {
        let effect = Effect::parse(&word).ok_or_else(|| Error::Schema(format!("the effect {word:?} in bulk_pages")))?;
        Ok((PageId(page), effect, Version(version)))
    };
    rows.into_iter().map(page).collect()
}

/// The pages that an undo left as they are, in the order of their keys.
pub fn staying(conn: &mut Conn, _: &Editor, action: &BulkAction) -> Result<Vec<StayingPage>> {
    let rows: Vec<(i64, Option<String>)> = bulk_pages::table
        .filter(bulk_pages::bulk_id.eq(action.id.0))
        .filter(bulk_pages::stays.ne(""))
        .order(bulk_pages::page_id)
        .select((bulk_pages::page_id, bulk_pages::stays))
        .load(conn)?;
    let page = |(page, why): (i64, Option<String>)| Some(StayingPage { page: PageId(page), why: why? });
    Ok(rows.into_iter().filter_map(page).collect())
}

/// The names of pages, of drafts and of pages in the trash. A page that was deleted for good has none.
pub fn names(conn: &mut Conn, _: &Editor, pages: &[PageId]) -> Result<HashMap<PageId, NamedPage>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        id: i64,
        #[diesel(sql_type = Text)]
        title: String,
        #[diesel(sql_type = BigInt)]
        place: i64,
    }
    let mut names = HashMap::new();
    for pages in pages.chunks(KEYS) {
        let ids = id::list(pages.iter().map(|page| page.0));
        // A page comes after its draft, and its own title holds.
        let query = format!(
            "SELECT page_id AS id, title, CAST(0 AS BIGINT) AS place FROM drafts WHERE page_id IN ({ids})
             UNION ALL SELECT id, title, CAST(1 AS BIGINT) FROM pages WHERE id IN ({ids})
             UNION ALL SELECT id, title, CAST(2 AS BIGINT) FROM trash WHERE id IN ({ids}) ORDER BY 3"
        );
        let rows: Vec<Row> = sql_query(query).load(conn)?;
        let name = |row: Row| (PageId(row.id), NamedPage { title: row.title, is_deleted: row.place == 2 });
        names.extend(rows.into_iter().map(name));
    }
    Ok(names)
}
