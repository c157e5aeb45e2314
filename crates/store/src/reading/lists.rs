//! Lists for readers. Each takes the visitor as [`VisiblePages`]; there is no list without one.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDateTime;
use diesel::{
    QueryableByName,
    dsl::sql,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Bool, Timestamp as SqlTimestamp},
};
use domain::{
    Timestamp,
    page::{PageId, PagePath},
};

use crate::{
    Conn, Result,
    columns::path_of,
    error::skip_unreadable,
    listings::{self, Section},
    paging::Count,
    schema::pages,
};
pub use crate::{
    listings::{ListPart, Position},
    visible::{Reason, Teaser, VisiblePages},
};

/// The newest pages of the site, at most `limit`.
pub fn list(conn: &mut Conn, visible: &VisiblePages, limit: u32) -> Result<Vec<Teaser>> {
    Ok(listings::part(conn, visible, &Section::ALL, &Position::Newest, limit)?
        .map(|part| part.rows)
        .unwrap_or_default())
}

/// At most `size` of the pages below a path, at any depth, newest first; every other page is below the root. `None` if the
/// page of the position is not in this list for this visitor, or if nothing follows it.
pub fn list_below(
    conn: &mut Conn,
    visible: &VisiblePages,
    path: &PagePath,
    position: &Position,
    size: u32,
) -> Result<Option<ListPart>> {
    listings::part(conn, visible, &Section::below(path), position, size)
}

/// The number of pages that a visitor can read, counted up to 1,000.
pub fn count(conn: &mut Conn, readable: &VisiblePages) -> Result<Count> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        page_id: i64,
    }
    let mut found = BTreeSet::new();
    for source in readable.sources("") {
        let query = format!(
            "SELECT page_id FROM listings WHERE {} AND section = '' AND published_at <= $1
             AND (unpublish_at IS NULL OR unpublish_at > $1) LIMIT {}",
            source.condition(),
            Count::LIMIT
        );
        let rows: Vec<Row> = sql_query(query).bind::<SqlTimestamp, _>(readable.moment()).load(conn)?;
        found.extend(rows.into_iter().map(|row| row.page_id));
        if found.len() as i64 >= Count::LIMIT {
            break;
        }
    }
    Ok(Count::of_found(found.len()))
}

/// The texts of the first of these pages that have at most `max_chars` characters together; only of pages that the visitor
/// may read. Pages with read receipts are left out: a text outside its page records no receipt.
pub fn texts(
    conn: &mut Conn,
    visible: &VisiblePages,
    wanted: &[PageId],
    max_chars: usize,
) -> Result<HashMap<PageId, String>> {
    let ids = |pages: &[PageId]| pages.iter().map(|page| page.0).collect::<Vec<i64>>();
    let without_receipts = || sql::<Bool>("pages.id NOT IN (SELECT page_id FROM receipt_pages)");
    let lengths: Vec<(i64, i64)> = visible
        .rows()
        .filter(pages::id.eq_any(ids(wanted)))
        .filter(without_receipts())
        .select((pages::id, sql::<BigInt>("CAST(length(pages.body) AS BIGINT)")))
        .load(conn)?;
    let lengths: HashMap<i64, i64> = lengths.into_iter().collect();
    let mut chars = 0;
    let fits = |page: &&PageId| {
        chars += lengths.get(&page.0).and_then(|length| usize::try_from(*length).ok()).unwrap_or_default();
        chars <= max_chars
    };
    let fitting: Vec<PageId> = wanted.iter().take_while(fits).copied().collect();
    let rows: Vec<(i64, String)> = visible
        .rows()
        .filter(pages::id.eq_any(ids(&fitting)))
        .filter(without_receipts())
        .select((pages::id, pages::body))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, body)| (PageId(id), body)).collect())
}

/// A page in a sitemap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SitemapRow {
    /// The path of the page.
    pub path: PagePath,
    /// The last change that a visitor could see.
    pub changed_at: Timestamp,
}

/// At most `size` of the pages that the visitor may read, by path, from a path on.
pub fn sitemap_part(conn: &mut Conn, visible: &VisiblePages, from: &PagePath, size: u32) -> Result<Vec<SitemapRow>> {
    let rows: Vec<(String, NaiveDateTime, NaiveDateTime)> = visible
        .rows()
        .filter(pages::path.ge(from.as_str().to_owned()))
        .order(pages::path.asc())
        .limit(size.into())
        .select((pages::path, pages::published_at, pages::updated_at))
        .load(conn)?;
    let row = |(path, published, updated): (String, NaiveDateTime, NaiveDateTime)| {
        let path = skip_unreadable(path_of(&path))?;
        Some(SitemapRow { path, changed_at: published.max(updated).and_utc() })
    };
    Ok(rows.into_iter().filter_map(row).collect())
}

/// The first paths of the second and of the later parts of a sitemap, each part with `size` pages; empty if one part is
/// enough.
pub fn sitemap_starts(conn: &mut Conn, visible: &VisiblePages, size: u32) -> Result<Vec<PagePath>> {
    let (mut starts, mut from) = (Vec::new(), String::new());
    loop {
        let next: Option<String> = visible
            .rows()
            .filter(pages::path.ge(from))
            .order(pages::path.asc())
            .offset(size.into())
            .limit(1)
            .select(pages::path)
            .first(conn)
            .optional()?;
        let Some(next) = next else { return Ok(starts) };
        starts.extend(skip_unreadable(path_of(&next)));
        from = next;
    }
}
