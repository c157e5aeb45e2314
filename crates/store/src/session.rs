//! Whether PostgreSQL keeps a session for each connection, and stores text in UTF-8. A pooler in transaction or statement
//! mode lends a server process for a moment only: notifications get lost, and prepared statements are executed where they
//! were not prepared.

use diesel::{
    PgConnection, QueryableByName, RunQueryDsl, sql_query,
    sql_types::{Integer, Text},
};

use crate::{Error, Result};

#[derive(QueryableByName)]
struct Backend {
    #[diesel(sql_type = Integer)]
    pid: i32,
}

/// Checks that two connections keep a server process each; returns the ids of the processes.
///
/// # Errors
/// [`refusal`] if they do not; [`Error::Unavailable`].
pub(crate) fn check(one: &mut PgConnection, other: &mut PgConnection) -> Result<(i32, i32)> {
    let pids = (backend(one)?, backend(other)?);
    let again = (backend(one)?, backend(other)?);
    if pids == again && pids.0 != pids.1 { Ok(pids) } else { Err(refusal()) }
}

#[derive(QueryableByName)]
struct Encoding {
    #[diesel(sql_type = Text)]
    encoding: String,
}

/// Checks that the database stores text in UTF-8. Others cannot store every text, or do not know what a letter is.
///
/// # Errors
/// [`Error::Refused`] with the fix; [`Error::Unavailable`].
pub(crate) fn check_encoding(conn: &mut PgConnection) -> Result<()> {
    let Encoding { encoding } =
        sql_query("SELECT current_setting('server_encoding') AS encoding").get_result(conn).map_err(lost)?;
    match encoding.as_str() {
        "UTF8" => Ok(()),
        _ => Err(Error::Refused(format!(
            "the database has the encoding {encoding}, and Postern needs UTF8: make another database with CREATE DATABASE \
             ... ENCODING 'UTF8' TEMPLATE template0"
        ))),
    }
}

/// The id of the server process of a connection.
pub(crate) fn backend(conn: &mut PgConnection) -> Result<i32> {
    let backend: Backend = sql_query("SELECT pg_backend_pid() AS pid").get_result(conn).map_err(lost)?;
    Ok(backend.pid)
}

/// The error of a query; [`refusal`] if the query was sent to a server process that had not prepared it.
pub(crate) fn lost(error: diesel::result::Error) -> Error {
    if error.to_string().contains("prepared statement") { refusal() } else { error.into() }
}

/// The refusal of a pooler that keeps no sessions.
pub(crate) fn refusal() -> Error {
    Error::Refused(
        "notifications of the database do not arrive: there is a connection pooler in transaction or statement mode \
         between Postern and PostgreSQL. Point DATABASE_URL at PostgreSQL itself, or at a pooler in session mode \
         (pool_mode = session in PgBouncer)"
            .into(),
    )
}
