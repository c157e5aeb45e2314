//! Connections to either database: the border between our types and the drivers'.
#![allow(missing_docs, reason = "the derive makes public items without docs")]

use std::{os::unix::ffi::OsStrExt, path::Path};

use diesel::{
    Connection, ConnectionError, ConnectionResult, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection,
    connection::{AnsiTransactionManager, SimpleConnection, TransactionManager},
    r2d2::R2D2Connection,
    sql_query,
    sql_types::Text,
};

use crate::{Error, Result, error::one_line, schema::fold_utils};

/// A connection to one of the two databases; the same Diesel queries run on both.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

impl Conn {
    /// Begins a transaction that will write.
    pub(crate) fn begin_to_write(&mut self) -> Result<()> {
        match self {
            Conn::Postgres(conn) => AnsiTransactionManager::begin_transaction(conn),
            // IMMEDIATE: SQLite does not wait for a lock that it has to upgrade.
            Conn::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE"),
        }
        .map_err(Error::from)
    }

    /// Begins a transaction that reads one state of the database and that cannot write.
    pub(crate) fn begin_to_read(&mut self) -> Result<()> {
        match self {
            Conn::Postgres(conn) => AnsiTransactionManager::begin_transaction_sql(
                conn,
                "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
            ),
            // DEFERRED: a reader takes no write lock.
            Conn::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN DEFERRED"),
        }
        .map_err(Error::from)
    }

    pub(crate) fn commit(&mut self) -> Result<()> {
        <Conn as Connection>::TransactionManager::commit_transaction(self).map_err(Error::from)
    }

    /// Rolls back. A connection that cannot is broken, and the pool drops it.
    pub(crate) fn roll_back(&mut self) {
        if let Err(error) = <Conn as Connection>::TransactionManager::rollback_transaction(self) {
            log::warn!("a transaction could not be rolled back: {}", one_line(&error.to_string()));
        }
    }

    /// Sets a lock timeout of 200 ms, so that this background transaction loses a deadlock and not the user's.
    pub(crate) fn lower_lock_timeout(&mut self) -> Result<()> {
        if let Conn::Postgres(conn) = self {
            conn.batch_execute("SET LOCAL lock_timeout = '200ms'")?;
        }
        Ok(())
    }

    pub(crate) fn ping(&mut self) -> Result<()> {
        R2D2Connection::ping(self).map_err(Error::from)
    }

    /// Begins a transaction that holds the lock of migrations: one process migrates at a time.
    pub(crate) fn lock_migrations(&mut self) -> Result<()> {
        // "postern" as a number.
        const KEY: i64 = 0x70_6f73_7465_726e;
        self.begin_to_write()?;
        self.lock(KEY)
    }

    /// Runs queries of this transaction with index scans wherever there is an index. PostgreSQL estimates that a range of
    /// paths holds a ninth of all pages, and would otherwise read the whole table for each range.
    pub(crate) fn with_index_scans<T>(&mut self, queries: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        let set = |conn: &mut Conn, value: &str| match conn {
            Conn::Postgres(conn) => {
                let statements = ["enable_seqscan", "enable_hashjoin", "enable_mergejoin"]
                    .map(|setting| format!("SET LOCAL {setting} = {value};"));
                conn.batch_execute(&statements.concat()).map_err(Error::from)
            }
            Conn::Sqlite(_) => Ok(()),
        };
        set(self, "off")?;
        let found = queries(self)?;
        set(self, "DEFAULT")?;
        Ok(found)
    }

    /// Waits until no other transaction changes the access of pages, and keeps others waiting until this one ends: each
    /// would compute inherited access without the change that the other is about to commit. It is called before any row is
    /// locked, so that two transactions do not deadlock.
    pub(crate) fn lock_readers(&mut self) -> Result<()> {
        // "readers" as a number; a migration repeats it.
        const KEY: i64 = 0x72_6561_6465_7273;
        self.lock(KEY)
    }

    /// SQLite has one writer at a time anyway.
    fn lock(&mut self, key: i64) -> Result<()> {
        if let Conn::Postgres(conn) = self {
            sql_query(format!("SELECT pg_advisory_xact_lock({key})")).execute(conn)?;
        }
        Ok(())
    }
}

/// Opens a SQLite file. A missing one is created only if `may_create` is true.
pub(crate) fn establish_sqlite(file: &Path, may_create: bool) -> ConnectionResult<SqliteConnection> {
    let mode = if may_create { "rwc" } else { "rw" };
    let mut conn = SqliteConnection::establish(&format!("file:{}?mode={mode}", escaped(file)))?;
    let setup = |error| ConnectionError::CouldntSetupConfiguration(error);
    // The timeout first: switching to WAL takes a lock.
    conn.batch_execute("PRAGMA busy_timeout = 5000").map_err(setup)?;
    conn.batch_execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")
        .map_err(setup)?;
    fold_utils::register_impl(&mut conn, |text: String| text.to_lowercase()).map_err(setup)?;
    Ok(conn)
}

/// The name of a file in a URI; it is escaped where a URI could read something else.
fn escaped(file: &Path) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte);
    let escape = |byte: &u8| if is_plain(*byte) { char::from(*byte).to_string() } else { format!("%{byte:02X}") };
    file.as_os_str().as_bytes().iter().map(escape).collect()
}

/// The server process of a connection: the moment of its start, in seconds, and its database.
pub(crate) fn server(conn: &mut PgConnection) -> diesel::QueryResult<String> {
    let server: Server = sql_query(
        "SELECT concat_ws(' ', extract(epoch FROM pg_postmaster_start_time()), current_database(), \
         inet_server_port()) AS server",
    )
    .get_result(conn)?;
    Ok(server.server)
}

#[derive(QueryableByName)]
struct Server {
    #[diesel(sql_type = Text)]
    server: String,
}

pub(crate) fn establish_postgres(url: &str) -> ConnectionResult<PgConnection> {
    let mut url = url.to_owned();
    // By default libpq waits without limit for a host that does not answer, and names no program.
    for (parameter, value) in [
        ("connect_timeout", "5"),
        ("application_name", "postern"),
        // A network that drops packets is noticed within 20 s; TCP alone takes 15 minutes.
        ("tcp_user_timeout", "10000"),
        ("keepalives_idle", "10"),
        ("keepalives_interval", "5"),
        ("keepalives_count", "2"),
    ] {
        if !url.contains(&format!("{parameter}=")) {
            let separator = if url.contains('?') { '&' } else { '?' };
            url.push_str(&format!("{separator}{parameter}={value}"));
        }
    }
    let mut conn = PgConnection::establish(&url)?;
    conn.batch_execute("SET TIME ZONE 'UTC'; SET statement_timeout = '20s'; SET client_min_messages = 'warning'")
        .map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(conn)
}

/// The cause of a failed connection on one line.
pub(crate) fn cause(error: &ConnectionError) -> String {
    one_line(&error.to_string())
}

/// Whether a server with this error may answer soon.
pub(crate) fn may_come_up(error: &ConnectionError) -> bool {
    let ConnectionError::BadConnection(words) = error else { return false };
    ["Connection refused", "starting up", "shutting down", "recovery", "translate host name", "timeout expired",
     "No such file or directory", "server closed the connection"]
        .iter()
        .any(|passing| words.contains(passing))
        // SQLite gives the same message for a file whose folder was removed.
        && !words.contains("unable to open database file")
}
