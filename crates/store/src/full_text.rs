//! The query languages of the two full-text indexes, and the texts that PostgreSQL's has yet to read. No character that a user types has a meaning in them.

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
            let query = format!("{} OR path : ({})", sqlite_query(query), sqlite_wanted(query));
            ("pages.id IN (SELECT rowid FROM search WHERE still_wanted() AND search MATCH ", query, ")")
        }
        Conn::Postgres(_) => (
            "pages.id IN (SELECT page_id FROM search, search_query(",
            postgres_query(query),
            ") AS query WHERE words @@ query OR search.path @@ query)",
        ),
    };
    Box::new(sql::<Bool>(from).bind::<Text, _>(query).sql(to))
}

/// The keys of at most `limit` pages whose text or path matches a query, and whether more may match. Those that have all words
/// in the title come first.
pub(crate) fn hits(conn: &mut Conn, query: &Query, limit: u32) -> Result<(Vec<i64>, bool)> {
    #[derive(QueryableByName)]
    struct Hit {
        #[diesel(sql_type = BigInt)]
        id: i64,
    }
    let limit = limit as usize;
    let (titles, anywhere, in_titles, in_texts) = match conn {
        Conn::Sqlite(_) => (
            sqlite_titles(query),
            format!("{} OR path : ({})", sqlite_query(query), sqlite_wanted(query)),
            "SELECT rowid AS id FROM search WHERE still_wanted() AND search MATCH $1",
            "SELECT rowid AS id FROM search WHERE still_wanted() AND search MATCH $1",
        ),
        Conn::Postgres(_) => (
            postgres_wanted(query),
            postgres_query(query),
            "SELECT page_id AS id FROM search, search_query($1) AS query WHERE title @@ query",
            "SELECT page_id AS id FROM search, search_query($1) AS query WHERE words @@ query OR search.path @@ query",
        ),
    };
    let mut ids: Vec<i64> = Vec::new();
    // A title says nothing about a word that is excluded.
    let titles = query.unwanted().is_empty().then_some((in_titles, titles));
    for (statement, query) in titles.into_iter().chain([(in_texts, anywhere)]) {
        // One more than is wanted, beside those that the titles have.
        let most = limit + 1 + ids.len();
        let found: Vec<Hit> = sql_query(format!("{statement} LIMIT {most}")).bind::<Text, _>(query).load(conn)?;
        let known: HashSet<i64> = ids.iter().copied().collect();
        ids.extend(found.into_iter().map(|hit| hit.id).filter(|id| !known.contains(id)));
        if ids.len() > limit {
            ids.truncate(limit);
            return Ok((ids, true));
        }
    }
    Ok((ids, false))
}

/// Whether texts wait to be read into the index.
pub(crate) fn has_unread(conn: &mut Conn) -> Result<bool> {
    #[derive(QueryableByName)]
    struct Unread {
        #[diesel(sql_type = Bool)]
        waits: bool,
    }
    let Conn::Postgres(conn) = conn else { return Ok(false) };
    let unread: Unread = sql_query("SELECT EXISTS (SELECT 1 FROM full_text_unread) AS waits").get_result(conn)?;
    Ok(unread.waits)
}

/// Reads up to `limit` texts that SQL inserted or changed into the index; returns their number. On SQLite, triggers read them
/// at once. Pages that another transaction is changing are left for later.
pub(crate) fn read_changed(conn: &mut Conn, limit: u32) -> Result<u64> {
    #[derive(QueryableByName)]
    struct Taken {
        #[diesel(sql_type = BigInt)]
        pages: i64,
    }
    let Conn::Postgres(conn) = conn else { return Ok(0) };
    let taken: Taken = sql_query(
        "WITH next AS (SELECT page_id FROM full_text_unread ORDER BY page_id LIMIT $1 FOR UPDATE SKIP LOCKED),
              taken AS (DELETE FROM full_text_unread USING next WHERE full_text_unread.page_id = next.page_id
                        RETURNING next.page_id),
              put AS (SELECT search_put(id, title, summary, body, path) FROM taken JOIN pages ON id = page_id)
         SELECT (SELECT count(*) FROM taken) AS pages, (SELECT count(*) FROM put) AS put",
    )
    .bind::<BigInt, _>(i64::from(limit))
    .get_result(conn)?;
    Ok(taken.pages.unsigned_abs())
}

/// A query in the language of SQLite's FTS5. Each term is a quoted string, in which only a quotation mark is special.
pub(crate) fn sqlite_query(query: &Query) -> String {
    format!("({SQLITE_TEXT} : ({})){}", sqlite_wanted(query), sqlite_unwanted(query))
}

/// The same query for the title alone.
pub(crate) fn sqlite_titles(query: &Query) -> String {
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

/// The input of the database function `search_query`: one term on each line; no term contains a line end.
pub(crate) fn postgres_query(query: &Query) -> String {
    let unwanted = query.unwanted().iter().map(|term| format!("\n-{}", term.as_str()));
    postgres_wanted(query) + &unwanted.collect::<String>()
}

pub(crate) fn postgres_wanted(query: &Query) -> String {
    let wanted =
        query.wanted().iter().map(|term| format!("{}{}", if term.is_prefix() { '+' } else { '=' }, term.as_str()));
    wanted.collect::<Vec<_>>().join("\n")
}
