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
    search::{Query, Term},
};

use crate::{
    Conn, Paging, Result, Slice,
    conn::MultiBackend,
    error::readable,
    pages::{Scope, Teaser, path_of},
    schema::pages,
};

/// How many pages a search ranks: of those whose titles have all of the words, and of all others. A word that stands in
/// more of them is no good word to find one by.
const CANDIDATES: u32 = 500;
/// How much of a text is indexed, and looked through for an excerpt, in characters; the migrations say the same.
const TEXT_CHARS: u32 = 200_000;

/// The columns of SQLite's index that readers search.
const SQLITE_TEXT: &str = "{title summary body}";

/// A page that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The page as it stands in a list.
    pub teaser: Teaser,
    /// The beginning of its Markdown, for the excerpt.
    pub text: String,
}

#[derive(QueryableByName)]
struct Record {
    #[diesel(sql_type = Text)]
    path: String,
    #[diesel(sql_type = Text)]
    title: String,
    #[diesel(sql_type = Text)]
    summary: String,
    #[diesel(sql_type = Text)]
    text: String,
    #[diesel(sql_type = Bool)]
    private: bool,
    #[diesel(sql_type = SqlTimestamp)]
    published_at: NaiveDateTime,
    #[diesel(sql_type = SqlTimestamp)]
    updated_at: NaiveDateTime,
}

impl TryFrom<Record> for Found {
    type Error = crate::Error;

    fn try_from(record: Record) -> Result<Found> {
        let teaser = Teaser {
            path: path_of(&record.path)?,
            title: record.title,
            summary: record.summary,
            published_at: record.published_at.and_utc(),
            updated_at: record.updated_at.and_utc(),
            private: record.private,
            locked: false,
        };
        Ok(Found { teaser, text: record.text })
    }
}

/// The pages that a visitor may read and in which a search is found: first those whose titles have all of it, then by how
/// often and where its words stand. Never those of which the visitor sees the title alone: what is found would tell what
/// stands in them.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, visitor: &Visitor, now: Timestamp, query: &Query, paging: Paging) -> Result<Slice<Found>> {
    let scope = Scope::readable(visitor, now);
    let records: Vec<Record> = conn.transaction(|conn| {
        let (statement, titles, anywhere) = match conn {
            Conn::Sqlite(_) => (ranked_by_sqlite(&scope), sqlite_titles(query), sqlite_query(query)),
            Conn::Postgres(conn) => {
                // What PostgreSQL guesses of words is often wrong, and then it reads every page.
                conn.batch_execute("SET LOCAL enable_seqscan = off; SET LOCAL jit = off")?;
                (ranked_by_postgres(&scope), postgres_query(query), postgres_query(query))
            }
        };
        sql_query(statement)
            .bind::<Text, _>(titles)
            .bind::<SqlTimestamp, _>(scope.moment())
            .bind::<Text, _>(anywhere)
            .bind::<BigInt, _>(paging.limit() + 1)
            .bind::<BigInt, _>(paging.offset())
            .load(conn)
    })?;
    Ok(Slice::of(records.into_iter().filter_map(|record| readable(record.try_into())).collect(), paging))
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

fn ranked_by_sqlite(scope: &Scope) -> String {
    // CROSS: from the index to the pages, whatever the planner guesses.
    let hits = |query: &str, tier: u8| {
        format!(
            "SELECT * FROM (SELECT pages.id AS id, {tier} AS tier, bm25(search, 10.0, 4.0, 1.0) AS rank
             FROM search CROSS JOIN pages ON pages.id = search.rowid
             WHERE search MATCH {query} AND {scope} LIMIT {CANDIDATES})",
            scope = scope.condition(),
        )
    };
    ranked(&hits("$1", 0), &hits("$3", 1))
}

fn ranked_by_postgres(scope: &Scope) -> String {
    let hits = |found: &str, tier: u8| {
        format!(
            "(SELECT pages.id, {tier} AS tier, -ts_rank('{{0, 0.1, 0.4, 1}}', words, search_query($3), 1) AS rank
             FROM search JOIN pages ON pages.id = search.page_id
             WHERE {found} AND {scope} LIMIT {CANDIDATES})",
            scope = scope.condition(),
        )
    };
    // With the second condition for what is not wanted, in the text as well.
    let in_title = "search.title @@ search_query($1) AND search.words @@ search_query($3)";
    ranked(&hits(in_title, 0), &hits("search.words @@ search_query($3)", 1))
}

/// A part of the candidates, the best first. `$2` is the scope's moment, `$4` and `$5` are the part.
fn ranked(in_title: &str, anywhere: &str) -> String {
    format!(
        "SELECT path, pages.title, summary, substr(body, 1, {TEXT_CHARS}) AS text, private, published_at, updated_at
         FROM (SELECT id, min(tier) AS tier, min(rank) AS rank
               FROM ({in_title} UNION ALL {anywhere}) AS hits GROUP BY id) AS found
         JOIN pages ON pages.id = found.id
         ORDER BY found.tier, found.rank, published_at DESC, path LIMIT $4 OFFSET $5"
    )
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
    let wanted = query.wanted().iter().map(|term| (if term.is_prefix() { '+' } else { '=' }, term));
    let unwanted = query.unwanted().iter().map(|term| ('-', term));
    wanted.chain(unwanted).map(|(mark, term)| format!("{mark}{}", term.as_str())).collect::<Vec<_>>().join("\n")
}
