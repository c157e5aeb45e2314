//! Full-text search. The index is kept by triggers on the table `pages`, whoever writes; what is asked of it is written
//! here in each database's own language, never by the hand of whoever searches.

use chrono::NaiveDateTime;
use diesel::{
    connection::SimpleConnection,
    dsl::sql,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Bool, Text, Timestamp as SqlTimestamp},
};
use domain::{
    Timestamp,
    access::Visitor,
    search::{Query, Rank, Term},
};

use crate::{
    Conn, Paging, Result, Slice,
    conn::MultiBackend,
    pages::{Scope, Teaser},
    schema::pages,
};

/// How many pages a search ranks: of those whose titles have all of the words, and of all. A word that stands in more is
/// no good word to find a page by.
const CANDIDATES: u32 = 200;
/// How much of each candidate's text is looked at, in characters.
const RANKED_CHARS: u32 = 8_000;
/// How much of a text is indexed, and looked through for an excerpt, in characters; the migrations say the same.
const TEXT_CHARS: u32 = 200_000;
/// The columns of SQLite's index that readers search.
const SQLITE_TEXT: &str = "{title summary body}";

/// What PostgreSQL guesses of words is often wrong, and then it reads every page. There is one good way: from the index of
/// words to the pages.
const BY_INDEX: &str =
    "SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off; SET LOCAL enable_hashjoin = off;
                        SET LOCAL enable_mergejoin = off; SET LOCAL jit = off";

/// A page that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The page as it stands in a list.
    pub teaser: Teaser,
    /// The beginning of its Markdown, for the excerpt.
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

/// The pages that a visitor may read and in which a search is found, the best first and the newest of equal ones. Never
/// those of which the visitor sees the title alone: what is found would tell what stands in them.
///
/// The rank is of each page by itself, so that none tells anything of the pages that the visitor may not read.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, visitor: &Visitor, now: Timestamp, query: &Query, paging: Paging) -> Result<Slice<Found>> {
    let scope = Scope::readable(visitor, now);
    conn.transaction(|conn| {
        let mut ranked: Vec<_> = candidates(conn, &scope, query)?
            .into_iter()
            .map(|candidate| (rank(query, &candidate), candidate))
            .collect();
        ranked.sort_by(|(a, one), (b, other)| {
            b.cmp(a).then(other.published_at.cmp(&one.published_at)).then(one.path.cmp(&other.path))
        });
        let skipped = usize::try_from(paging.offset()).unwrap_or(usize::MAX);
        let part = ranked.into_iter().skip(skipped).take(paging.size as usize + 1);
        let ids: Vec<i64> = part.map(|(_, candidate)| candidate.id).collect();
        Ok(Slice::of(some(conn, &scope, &ids)?, paging))
    })
}

fn rank(query: &Query, candidate: &Candidate) -> Rank {
    query.rank(&candidate.title, &candidate.summary, &candidate.text)
}

fn candidates(conn: &mut Conn, scope: &Scope, query: &Query) -> Result<Vec<Candidate>> {
    let (hits, titles, anywhere) = match conn {
        Conn::Sqlite(_) => (sqlite_hits(scope), sqlite_titles(query), sqlite_query(query)),
        Conn::Postgres(conn) => {
            conn.batch_execute(BY_INDEX)?;
            (postgres_hits(scope), postgres_wanted(query), postgres_query(query))
        }
    };
    let statement = format!(
        "SELECT id, path, title, summary, substr(body, 1, {RANKED_CHARS}) AS text, published_at
         FROM pages WHERE id IN ({hits})"
    );
    let found = sql_query(statement)
        .bind::<Text, _>(titles)
        .bind::<SqlTimestamp, _>(scope.moment())
        .bind::<Text, _>(anywhere)
        .load(conn)?;
    Ok(found)
}

/// Those of the pages that stand in the scope, in this order.
fn some(conn: &mut Conn, scope: &Scope, ids: &[i64]) -> Result<Vec<Found>> {
    let text = sql::<Text>(&format!("substr(body, 1, {TEXT_CHARS})"));
    let mut rows: Vec<(i64, String, Teaser)> = scope.teasers_with(conn, ids, text)?;
    rows.sort_by_key(|(id, ..)| ids.iter().position(|known| known == id));
    Ok(rows.into_iter().map(|(_, text, teaser)| Found { teaser, text }).collect())
}

/// Whether a search is found in a row of `pages`, in its text or in its path: for the panel's list.
pub(crate) fn found(
    conn: &Conn,
    query: &Query,
) -> Box<dyn BoxableExpression<pages::table, MultiBackend, SqlType = Bool>> {
    let (from, query, to) = match conn {
        Conn::Sqlite(_) => {
            let query = format!("{} OR path : ({})", sqlite_query(query), sqlite_wanted(query));
            ("pages.id IN (SELECT rowid FROM search WHERE search MATCH ", query, ")")
        }
        Conn::Postgres(_) => (
            "pages.id IN (SELECT page_id FROM search, search_query(",
            postgres_query(query),
            ") AS query WHERE words @@ query OR search.path @@ query)",
        ),
    };
    Box::new(sql::<Bool>(from).bind::<Text, _>(query).sql(to))
}

/// The ids of the candidates; `$1` stands in titles, `$3` anywhere, and `$2` is the scope's.
fn sqlite_hits(scope: &Scope) -> String {
    // CROSS: from the index to the pages, whatever the planner guesses.
    let hits = |query: &str| {
        format!(
            "SELECT * FROM (SELECT pages.id FROM search CROSS JOIN pages ON pages.id = search.rowid
                            WHERE search MATCH {query} AND {scope} LIMIT {CANDIDATES})",
            scope = scope.condition(),
        )
    };
    format!("{} UNION {}", hits("$1"), hits("$3"))
}

fn postgres_hits(scope: &Scope) -> String {
    // OFFSET 0: from the index to the pages, whatever the planner guesses.
    let hits = |found: &str| {
        format!(
            "(SELECT pages.id FROM (SELECT page_id FROM search WHERE {found} OFFSET 0) AS hit
              JOIN pages ON pages.id = hit.page_id WHERE {scope} LIMIT {CANDIDATES})",
            scope = scope.condition(),
        )
    };
    // What is not wanted is not wanted in the text either.
    let in_title = "title @@ search_query($1) AND ($1 = $3 OR words @@ search_query($3))";
    format!("{} UNION {}", hits(in_title), hits("words @@ search_query($3)"))
}

/// A query of FTS5. Each term is a string of its language, in which nothing but a quotation mark has a meaning.
fn sqlite_query(query: &Query) -> String {
    format!("({SQLITE_TEXT} : ({})){}", sqlite_wanted(query), sqlite_unwanted(query))
}

/// The same, where all that is wanted stands in the title.
fn sqlite_titles(query: &Query) -> String {
    format!("(title : ({})){}", sqlite_wanted(query), sqlite_unwanted(query))
}

fn sqlite_wanted(query: &Query) -> String {
    let terms = query.wanted().iter().map(|term| sqlite_string(term) + if term.is_prefix() { "*" } else { "" });
    terms.collect::<Vec<_>>().join(" ")
}

fn sqlite_unwanted(query: &Query) -> String {
    query.unwanted().iter().map(|term| format!(" NOT ({SQLITE_TEXT} : {})", sqlite_string(term))).collect()
}

fn sqlite_string(term: &Term) -> String {
    format!("\"{}\"", term.as_str().replace('"', "\"\""))
}

/// What the function `search_query` of the database reads: each term on a line, which none of them can end.
fn postgres_query(query: &Query) -> String {
    let unwanted = query.unwanted().iter().map(|term| format!("\n-{}", term.as_str()));
    postgres_wanted(query) + &unwanted.collect::<String>()
}

fn postgres_wanted(query: &Query) -> String {
    let wanted =
        query.wanted().iter().map(|term| format!("{}{}", if term.is_prefix() { '+' } else { '=' }, term.as_str()));
    wanted.collect::<Vec<_>>().join("\n")
}
