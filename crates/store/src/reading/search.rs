//! Full-text search for readers. Texts that SQL writes wait in a queue until a running server reads them
//! (`writing::search`).

use chrono::NaiveDateTime;
use diesel::{
    connection::SimpleConnection,
    dsl::sql,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text, Timestamp as SqlTimestamp},
};
use domain::{
    Timestamp,
    search::{Query, Rank},
    visitor::Visitor,
};

use crate::{
    Conn, Paging, Result, Slice,
    full_text::{postgres_query, postgres_required, sqlite_query, sqlite_titles},
    languages, reading_times,
    unread_texts::{self, TEXT_CHARS, whole_blocks},
    visible::{Teaser, VisiblePages},
};

/// The most pages that a search ranks, of those whose titles contain all words and again of all pages. A word that more
/// pages contain does not help to find one.
const CANDIDATES: u32 = 200;
/// The number of characters of each candidate's text that count for its rank.
const RANKED_CHARS: u32 = 8_000;
/// PostgreSQL's row estimates for words are often wrong, and it then reads every page. The only good plan goes from the
/// word index to the pages.
const BY_INDEX: &str =
    "SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off; SET LOCAL enable_hashjoin = off;
                        SET LOCAL enable_mergejoin = off; SET LOCAL jit = off";

/// A page that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The page as lists show it.
    pub teaser: Teaser,
    /// The part of its Markdown of which the shown text is in the index, for the excerpt.
    pub text: String,
}

#[derive(QueryableByName)]
struct Candidate {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    path: String,
    #[diesel(sql_type = Text)]
    title: String,
    #[diesel(sql_type = Text)]
    summary: String,
    #[diesel(sql_type = Text)]
    text: String,
    #[diesel(sql_type = SqlTimestamp)]
    published_at: NaiveDateTime,
}

/// The pages that a visitor may read and that match a query, by rank and then newest first. Pages of which the visitor
/// sees the title alone are left out: a match would reveal their text.
///
/// The rank of a page depends on that page alone, so that it reveals nothing about pages that the visitor may not read.
pub fn list(conn: &mut Conn, visitor: &Visitor, now: Timestamp, query: &Query, paging: Paging) -> Result<Slice<Found>> {
    let visible = VisiblePages::readable(visitor, now);
    conn.transaction(|conn| {
        let mut ranked: Vec<_> = candidates(conn, &visible, query)?
            .into_iter()
            .map(|candidate| (rank(query, &candidate), candidate))
            .collect();
        ranked.sort_by(|(a, one), (b, other)| {
            b.cmp(a).then(other.published_at.cmp(&one.published_at)).then(one.path.cmp(&other.path))
        });
        let skipped = usize::try_from(paging.offset()).unwrap_or(usize::MAX);
        let part = ranked.into_iter().skip(skipped).take(paging.size as usize + 1);
        let ids: Vec<i64> = part.map(|(_, candidate)| candidate.id).collect();
        Ok(Slice::of(some(conn, &visible, &ids)?, paging))
    })
}

/// Whether texts that SQL inserted or changed, or those of an upgrade, wait to be read into the index.
pub fn is_behind(conn: &mut Conn) -> Result<bool> {
    unread_texts::has_unread(conn)
}

fn rank(query: &Query, candidate: &Candidate) -> Rank {
    query.rank(&candidate.title, &candidate.summary, &candidate.text)
}

fn candidates(conn: &mut Conn, visible: &VisiblePages, query: &Query) -> Result<Vec<Candidate>> {
    let (hits, titles, anywhere) = match conn {
        Conn::Sqlite(_) => (sqlite_hits(visible), sqlite_titles(query), sqlite_query(query)),
        Conn::Postgres(conn) => {
            conn.batch_execute(BY_INDEX)?;
            (postgres_hits(visible), postgres_required(query), postgres_query(query))
        }
    };
    let statement = format!(
        "SELECT id, path, title, summary, substr(body, 1, {RANKED_CHARS}) AS text, published_at
         FROM pages WHERE id IN ({hits})"
    );
    let found = sql_query(statement)
        .bind::<Text, _>(titles)
        .bind::<SqlTimestamp, _>(visible.moment())
        .bind::<Text, _>(anywhere)
        .load(conn)?;
    Ok(found)
}

/// Of these pages, those that the visitor may read, in this order.
fn some(conn: &mut Conn, visible: &VisiblePages, ids: &[i64]) -> Result<Vec<Found>> {
    let text = sql::<Text>(&format!("substr(body, 1, {TEXT_CHARS})"));
    let mut rows: Vec<(i64, String, Teaser)> = visible.teasers_with(conn, ids, text)?;
    rows.sort_by_key(|(id, ..)| ids.iter().position(|known| known == id));
    let (texts, mut teasers): (Vec<String>, Vec<Teaser>) =
        rows.into_iter().map(|(_, text, teaser)| (text, teaser)).unzip();
    languages::set(conn, &mut teasers)?;
    reading_times::set(conn, &mut teasers)?;
    Ok(teasers
        .into_iter()
        .zip(texts)
        .map(|(teaser, text)| Found { teaser, text: whole_blocks(&text).to_owned() })
        .collect())
}

/// Selects the keys of the candidates: `$1` matches titles, `$3` any text, `$2` is the moment of the request.
fn sqlite_hits(visible: &VisiblePages) -> String {
    // CROSS JOIN: the planner must go from the index to the pages.
    let hits = |query: &str| {
        format!(
            "SELECT * FROM (SELECT pages.id FROM search CROSS JOIN pages ON pages.id = search.rowid
                            WHERE search MATCH {query} AND still_wanted() AND {visible} LIMIT {CANDIDATES})",
            visible = visible.condition(),
        )
    };
    format!("{} UNION {}", hits("$1"), hits("$3"))
}

fn postgres_hits(visible: &VisiblePages) -> String {
    // OFFSET 0: the planner must go from the index to the pages.
    let hits = |found: &str| {
        format!(
            "(SELECT pages.id FROM (SELECT page_id FROM search WHERE {found} OFFSET 0) AS hit
              JOIN pages ON pages.id = hit.page_id WHERE {visible} LIMIT {CANDIDATES})",
            visible = visible.condition(),
        )
    };
    // A word that is excluded must not be in the text either.
    let in_title = "title @@ CAST($1 AS tsquery) AND ($1 = $3 OR words @@ CAST($3 AS tsquery))";
    format!("{} UNION {}", hits(in_title), hits("words @@ CAST($3 AS tsquery)"))
}
