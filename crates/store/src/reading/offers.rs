//! The pages that the panel offers while somebody types a title or a path.

use std::collections::BTreeSet;

use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{Bool, Text},
};
use domain::{
    access::Editor,
    search::{Closeness, Query, title_key},
};

use crate::{
    Conn, Result,
    columns::KEYS,
    error::skip_unreadable,
    full_text,
    page_row::{PageRow, RowRecord},
    schema::pages,
};

/// The maximum number of pages that are ranked, of those whose titles begin with the text, of those whose paths do, and of those
/// that have its words.
const CANDIDATES: u32 = 100;
/// A character after all others: the end of a range of texts with one beginning.
const LAST: char = '\u{10ffff}';

/// At most `limit` pages for what was typed, the closest first: by title, then by path, then by text. Without a word, the pages
/// that were saved last. The candidates come from indexes, and the time does not depend on the number of pages.
pub fn list(conn: &mut Conn, _: &Editor, typed: &str, limit: u32) -> Result<Vec<PageRow>> {
    let Ok(query) = Query::parse(typed) else { return saved_last(conn, limit) };
    let mut ids = BTreeSet::new();
    ids.extend(beginning(conn, "title_key", &title_key(typed))?);
    let path = typed.trim().to_ascii_lowercase();
    let path = path.trim_matches('/');
    if !path.is_empty() {
        ids.extend(beginning(conn, "path", path)?);
    }
    ids.extend(full_text::hits(conn, &query, CANDIDATES)?.0);
    let ids: Vec<i64> = ids.into_iter().collect();
    let mut rows: Vec<PageRow> = Vec::new();
    for ids in ids.chunks(KEYS) {
        let records: Vec<RowRecord> =
            pages::table.filter(pages::id.eq_any(ids)).select(RowRecord::as_select()).load(conn)?;
        rows.extend(records.into_iter().filter_map(|record| skip_unreadable(PageRow::try_from(record))));
    }
    // Of two titles that begin alike, the shorter one is nearer to what was typed.
    rows.sort_by_cached_key(|row| {
        let closeness = Closeness::of(typed, &row.title, row.path.as_str());
        (closeness, row.title.chars().count(), row.title.clone(), row.path.as_str().to_owned())
    });
    rows.truncate(limit as usize);
    Ok(rows)
}

/// The keys of the first pages whose column begins with a text. The column has an index.
fn beginning(conn: &mut Conn, column: &str, text: &str) -> Result<Vec<i64>> {
    let range = sql::<Bool>(&format!("{column} >= "))
        .bind::<Text, _>(text.to_owned())
        .sql(&format!(" AND {column} < "))
        .bind::<Text, _>(format!("{text}{LAST}"));
    let first = pages::table.filter(range).order(sql::<Text>(column)).limit(i64::from(CANDIDATES));
    Ok(first.select(pages::id).load(conn)?)
}

fn saved_last(conn: &mut Conn, limit: u32) -> Result<Vec<PageRow>> {
    let last = pages::table.order((pages::updated_at.desc(), pages::path.asc())).limit(i64::from(limit));
    let records: Vec<RowRecord> = last.select(RowRecord::as_select()).load(conn)?;
    Ok(records.into_iter().filter_map(|record| skip_unreadable(PageRow::try_from(record))).collect())
}
