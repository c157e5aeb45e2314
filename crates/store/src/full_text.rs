//! The query languages of the two full-text indexes. No character that a user types has a meaning in them.

use std::collections::HashSet;

use diesel::{
    QueryableByName,
    dsl::sql,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Bool, Text},
};
use domain::search::{Query, Term};

use crate::{Conn, Result, conn::MultiBackend, schema::pages};

/// The columns of SQLite's index that readers search.
const SQLITE_TEXT: &str = "{title summary body}";

/// The condition that the text or the path of a row of `pages` matches a query: for the panel's list.
pub(crate) fn matches(
    conn: &Conn,
    query: &Query,
) -> Box<dyn BoxableExpression<pages::table, MultiBackend, SqlType = Bool>> {
    let (from, query, to) = match conn {
        Conn::Sqlite(_) => {
            let query = sqlite_anywhere(query);
            ("pages.id IN (SELECT rowid FROM search WHERE still_wanted() AND search MATCH ", query, ")")
        }
        Conn::Postgres(_) => (
            "pages.id IN (SELECT page_id FROM search, (SELECT CAST(",
            postgres_query(query),
            " AS tsquery) AS query) AS asked WHERE words @@ query OR search.path @@ query)",
        ),
    };
    Box::new(sql::<Bool>(from).bind::<Text, _>(query).sql(to))
}

/// The keys of at most `limit` pages whose text or path matches a query, and whether more may match. Of more, those that have
/// all words in the title come first.
pub(crate) fn hits(conn: &mut Conn, query: &Query, limit: u32) -> Result<(Vec<i64>, bool)> {
    let limit = limit as usize;
    // A page whose title has no excluded word may have one in its text.
    let is_by_title = query.excluded().is_empty();
    match conn {
        // Each word of a statement costs a walk over all its entries. The titles have to be asked for only if there are more
        // pages than are shown, and the paths only if there are not.
        Conn::Sqlite(_) => {
            let found = |query| Search {
                statement: "SELECT rowid AS id FROM search WHERE still_wanted() AND search MATCH $1",
                query,
            };
            let anywhere = [found(sqlite_query(query)), found(sqlite_paths(query))];
            let mut ids = Vec::new();
            if !add_hits(conn, &anywhere, limit, &mut ids)? {
                return Ok((ids, false));
            }
            let mut first = Vec::new();
            if is_by_title {
                add_hits(conn, &[found(sqlite_titles(query))], limit, &mut first)?;
            }
            add_new(&mut first, ids);
            first.truncate(limit);
            Ok((first, true))
        }
        // MATERIALIZED: with the limit in view, PostgreSQL would read the whole table for the few rows of a rare word. The
        // rows are still read one by one.
        Conn::Postgres(_) => {
            let titles = Search {
                statement:
                    "WITH found AS MATERIALIZED (SELECT page_id AS id FROM search WHERE title @@ CAST($1 AS tsquery))
                            SELECT id FROM found",
                query: postgres_required(query),
            };
            let anywhere = Search {
                statement: "WITH found AS MATERIALIZED (SELECT page_id AS id FROM search
                            WHERE words @@ CAST($1 AS tsquery) OR path @@ CAST($1 AS tsquery)) SELECT id FROM found",
                query: postgres_query(query),
            };
            let mut ids = Vec::new();
            let searches: Vec<Search> = is_by_title.then_some(titles).into_iter().chain([anywhere]).collect();
            let more = add_hits(conn, &searches, limit, &mut ids)?;
            Ok((ids, more))
        }
    }
}

/// A statement that selects the keys of pages, and its parameter.
struct Search {
    statement: &'static str,
    query: String,
}

/// Adds the pages that the searches find, each once, until there are more than `limit`; returns whether there were more.
fn add_hits(conn: &mut Conn, searches: &[Search], limit: usize, ids: &mut Vec<i64>) -> Result<bool> {
    #[derive(QueryableByName)]
    struct Hit {
        #[diesel(sql_type = BigInt)]
        id: i64,
    }
    for Search { statement, query } in searches {
        // One more than the limit, beside those that were found before.
        let most = limit + 1 + ids.len();
        let found: Vec<Hit> = sql_query(format!("{statement} LIMIT {most}")).bind::<Text, _>(query).load(conn)?;
        add_new(ids, found.into_iter().map(|hit| hit.id));
        if ids.len() > limit {
            ids.truncate(limit);
            return Ok(true);
        }
    }
    Ok(false)
}

fn add_new(ids: &mut Vec<i64>, others: impl IntoIterator<Item = i64>) {
    let known: HashSet<i64> = ids.iter().copied().collect();
    ids.extend(others.into_iter().filter(|id| !known.contains(id)));
}

/// A query in the syntax of SQLite's FTS5. Each term is a quoted string, in which only a quotation mark is special, and no
/// word has one.
pub(crate) fn sqlite_query(query: &Query) -> String {
    format!("({SQLITE_TEXT} : ({})){}", sqlite_required(query), sqlite_excluded(query, SQLITE_TEXT))
}

/// The same query for the title alone.
pub(crate) fn sqlite_titles(query: &Query) -> String {
    format!("(title : ({})){}", sqlite_required(query), sqlite_excluded(query, SQLITE_TEXT))
}

fn sqlite_required(query: &Query) -> String {
    query.required().iter().map(sqlite_string).collect::<Vec<_>>().join(" ")
}

fn sqlite_excluded(query: &Query, columns: &str) -> String {
    query.excluded().iter().map(|term| format!(" NOT ({columns} : {})", sqlite_string(term))).collect()
}

/// The same query for the path, for the panel.
fn sqlite_paths(query: &Query) -> String {
    format!("(path : ({})){}", sqlite_required(query), sqlite_excluded(query, "path"))
}

/// The same query for the texts or the path, for the panel.
fn sqlite_anywhere(query: &Query) -> String {
    format!("({}) OR ({})", sqlite_query(query), sqlite_paths(query))
}

fn sqlite_string(term: &Term) -> String {
    format!("\"{}\"{}", term.words().join(" "), if term.is_prefix() { "*" } else { "" })
}

/// A query in the syntax of `tsquery`.
pub(crate) fn postgres_query(query: &Query) -> String {
    let excluded = query.excluded().iter().map(|term| format!(" & !{}", tsquery(term)));
    postgres_required(query) + &excluded.collect::<String>()
}

pub(crate) fn postgres_required(query: &Query) -> String {
    query.required().iter().map(tsquery).collect::<Vec<_>>().join(" & ")
}

/// A term in the syntax of `tsquery`. A word has no character that has a meaning there.
fn tsquery(term: &Term) -> String {
    let words: Vec<String> = term.words().iter().map(|word| format!("'{word}'")).collect();
    format!("({}{})", words.join(" <-> "), if term.is_prefix() { ":*" } else { "" })
}
