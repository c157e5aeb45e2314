//! Connections to either database: the border between our types and the drivers'.
#![allow(missing_docs, reason = "the derive makes public items without docs")]

use std::{
    collections::HashSet,
    os::unix::ffi::OsStrExt,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use diesel::{
    Connection, ConnectionError, ConnectionResult, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection,
    connection::{AnsiTransactionManager, SimpleConnection, TransactionManager},
    r2d2::R2D2Connection,
    sql_query,
    sql_types::{Array, BigInt, Bool, Integer, Text},
};

use crate::{
    Error, Result,
    deadline::{Backend, Deadline},
    error::one_line,
    outage::{Outage, Unavailable},
    schema::{fold_utils, still_wanted_utils},
    sqlite_files::is_frozen,
    still_wanted::StillWanted,
};

/// The cache of pages of one SQLite connection, 512 KiB: the pool has 14 of them, and the system caches the file, too.
const SMALL_CACHE: &str = "PRAGMA cache_size = -512";
/// The cache during a change of many pages, 32 MiB.
const LARGE_CACHE: &str = "PRAGMA cache_size = -32768";
/// The number of pages from which a change has the large cache.
const MANY: usize = 500;

/// How long before a deadline the database stops waiting and working by itself.
const MARGIN: Duration = Duration::from_millis(100);
/// The accuracy of the limits of statements outside a transaction, which are set only when they change.
const SESSION_STEP: Duration = Duration::from_millis(250);

/// The key of the lock of migrations: "postern" as a number.
const MIGRATIONS_KEY: i64 = 0x70_6f73_7465_726e;
/// How long an attempt to begin to write, or to take it, waits for the lock of a SQLite file.
const LOCK_TIMEOUT: Duration = Duration::from_millis(500);
/// The time between two attempts to take the lock of migrations, and between two lines of the log about it.
const LOCK_RETRY_PAUSE: Duration = Duration::from_millis(100);
const LOCK_REPORT_INTERVAL: Duration = Duration::from_secs(5);

/// A connection to one of the two databases; the same Diesel queries run on both.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

impl Conn {
    /// Begins a transaction that will write. It waits for locks, and its statements run, until shortly before the deadline.
    ///
    /// # Errors
    /// [`Outage::Locked`] when the lock of a SQLite file was not released in time.
    pub(crate) fn begin_to_write(&mut self, deadline: &Deadline) -> Result<()> {
        match self {
            Conn::Postgres(conn) => {
                // With `postern.search`, the texts of this transaction are in the index when it commits.
                let begin = "BEGIN; SET LOCAL postern.search = 'now'";
                let limits = postgres_limits("LOCAL", limit(deadline)?);
                AnsiTransactionManager::begin_transaction_sql(conn, &format!("{begin}; {limits}")).map_err(Error::from)
            }
            Conn::Sqlite(conn) => begin_immediate(conn, deadline),
        }
    }

    /// Begins a transaction that reads one state of the database and that cannot write, with the limits of
    /// [`Conn::begin_to_write`].
    pub(crate) fn begin_to_read(&mut self, deadline: &Deadline) -> Result<()> {
        let limit = limit(deadline)?;
        match self {
            Conn::Postgres(conn) => {
                let begin = "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY";
                let limits = postgres_limits("LOCAL", limit);
                AnsiTransactionManager::begin_transaction_sql(conn, &format!("{begin}; {limits}"))
            }
            Conn::Sqlite(conn) => {
                conn.batch_execute(&sqlite_limit(limit))?;
                // DEFERRED: a reader takes no write lock.
                AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN DEFERRED")
            }
        }
        .map_err(Error::from)
    }

    /// Limits statements outside a transaction. `current` is the limit that this connection of PostgreSQL has.
    pub(crate) fn limit_statements(&mut self, deadline: &Deadline, current: &mut Option<SessionLimit>) -> Result<()> {
        let limit = limit(deadline)?;
        match self {
            Conn::Postgres(conn) => {
                // In steps: a round trip for each query would cost as much as the query.
                let steps = |limit: Duration| (limit + MARGIN).div_duration_f64(SESSION_STEP).round().max(1.0) as u32;
                let wanted = SessionLimit(limit.map(steps));
                if *current == Some(wanted) {
                    return Ok(());
                }
                let limit = wanted.0.map(|steps| SESSION_STEP * steps - MARGIN);
                conn.batch_execute(&postgres_limits("SESSION", limit))?;
                *current = Some(wanted);
            }
            Conn::Sqlite(conn) => conn.batch_execute(&sqlite_limit(limit))?,
        }
        Ok(())
    }

    /// The server process behind a connection to PostgreSQL; `None` for SQLite.
    pub(crate) fn backend(&mut self) -> Result<Option<Backend>> {
        let Conn::Postgres(conn) = self else { return Ok(None) };
        let query = "SELECT pid, backend_start::text AS started FROM pg_stat_activity WHERE pid = pg_backend_pid()";
        let row: BackendRow = sql_query(query).get_result(conn)?;
        Ok(Some(Backend { pid: row.pid, started: row.started }))
    }

    /// Checks that this transaction, which is rolled back, may write.
    ///
    /// # Errors
    /// [`Outage::ReadOnly`] if not.
    pub(crate) fn try_to_write(&mut self) -> Result<()> {
        match self {
            Conn::Postgres(conn) => {
                let query = "SELECT current_setting('transaction_read_only') AS setting";
                let row: SettingRow = sql_query(query).get_result(conn)?;
                match row.setting.as_str() {
                    "on" => {
                        Err(Error::Unavailable(Unavailable::new(Outage::ReadOnly, "the transactions are read-only")))
                    }
                    _ => Ok(()),
                }
            }
            // It begins a writing transaction even on a file that cannot be written.
            Conn::Sqlite(conn) => Ok(conn.batch_execute("PRAGMA user_version = 0")?),
        }
    }

    /// A number that changes when this transaction writes.
    pub(crate) fn write_mark(&mut self) -> Result<i64> {
        let query = match self {
            Conn::Postgres(_) => "SELECT coalesce(txid_current_if_assigned(), 0) AS mark",
            Conn::Sqlite(_) => "SELECT total_changes() AS mark",
        };
        let row: MarkRow = sql_query(query).get_result(self)?;
        Ok(row.mark)
    }

    /// Commits.
    ///
    /// # Errors
    /// [`Error::InDoubt`] when the connection or the disk failed in between; any other error means that nothing was
    /// committed.
    pub(crate) fn commit(&mut self) -> Result<()> {
        <Conn as Connection>::TransactionManager::commit_transaction(self).map_err(|error| {
            let error = match error {
                diesel::result::Error::RollbackErrorOnCommit { commit_error, .. } => *commit_error,
                error => error,
            };
            match Error::from(error) {
                Error::Unavailable(Unavailable { outage: Outage::Silent | Outage::Damaged, words }) => {
                    Error::InDoubt(words)
                }
                error => error,
            }
        })
    }

    /// Rolls back. A connection that cannot is broken, and the pool drops it.
    pub(crate) fn roll_back(&mut self) {
        if let Err(error) = self.try_to_roll_back() {
            log::warn!("a transaction could not be rolled back: {}", one_line(&error.to_string()));
        }
    }

    fn try_to_roll_back(&mut self) -> diesel::QueryResult<()> {
        match <Conn as Connection>::TransactionManager::rollback_transaction(self) {
            // SQLite rolls back by itself when the disk is full, and then refuses to do it again. Diesel knows that the
            // connection is in no transaction.
            Err(_) if !R2D2Connection::is_broken(self) => Ok(()),
            outcome => outcome,
        }
    }

    /// Sets a lock timeout of 200 ms, so that this background transaction loses a deadlock and not the user's.
    pub(crate) fn lower_lock_timeout(&mut self) -> Result<()> {
        if let Conn::Postgres(conn) = self {
            conn.batch_execute("SET LOCAL lock_timeout = '200ms'")?;
        }
        Ok(())
    }

    /// Locks those of the pages that no other transaction changes, without waiting; returns the keys of the others. SQLite has one
    /// writer at a time.
    pub(crate) fn lock_free_pages(&mut self, ids: &[i64]) -> Result<HashSet<i64>> {
        let Conn::Postgres(conn) = self else { return Ok(HashSet::new()) };
        let mut keys = |suffix: &str| -> Result<HashSet<i64>> {
            let query = format!("SELECT id AS mark FROM pages WHERE id = ANY($1) ORDER BY id {suffix}");
            let rows: Vec<MarkRow> = sql_query(query).bind::<Array<BigInt>, _>(ids).load(conn)?;
            Ok(rows.into_iter().map(|row| row.mark).collect())
        };
        let locked = keys("FOR NO KEY UPDATE SKIP LOCKED")?;
        Ok(&keys("")? - &locked)
    }

    pub(crate) fn ping(&mut self) -> Result<()> {
        R2D2Connection::ping(self).map_err(Error::from)
    }

    /// Lets one process migrate at a time. Another one waits without a limit, and says so in the log.
    pub(crate) fn lock_migrations(&mut self) -> Result<()> {
        let begun = Instant::now();
        let mut reported = Duration::ZERO;
        while !self.try_lock_migrations()? {
            let waited = begun.elapsed();
            if waited >= reported + LOCK_REPORT_INTERVAL || reported.is_zero() {
                log::info!("another process migrates or changes the database; waiting for it ({} s)", waited.as_secs());
                reported = waited.max(Duration::from_millis(1));
            }
            thread::sleep(LOCK_RETRY_PAUSE);
        }
        Ok(())
    }

    /// On SQLite the lock is that of the file, which a transaction holds: it begins here, and ends with its migrations.
    fn try_lock_migrations(&mut self) -> Result<bool> {
        match self {
            Conn::Postgres(conn) => {
                let lock = format!("SELECT pg_try_advisory_lock({MIGRATIONS_KEY}) AS granted");
                Ok(sql_query(lock).get_result::<Lock>(conn)?.granted)
            }
            Conn::Sqlite(_) => match self.begin_to_write(&Deadline::after(LOCK_TIMEOUT)) {
                Ok(()) => Ok(true),
                Err(Error::Unavailable(Unavailable { outage: Outage::Locked | Outage::TimedOut, .. })) => Ok(false),
                Err(error) => Err(error),
            },
        }
    }

    /// Begins the transaction in which migrations run, without limits of time.
    pub(crate) fn begin_migrations(&mut self) -> Result<()> {
        if let Conn::Postgres(_) = self {
            self.begin_to_write(&Deadline::none())?;
        }
        Ok(())
    }

    /// Lets the next process migrate.
    pub(crate) fn unlock_migrations(&mut self) -> Result<()> {
        if let Conn::Postgres(conn) = self {
            sql_query(format!("SELECT pg_advisory_unlock({MIGRATIONS_KEY})")).execute(conn)?;
        }
        Ok(())
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
    /// locked, so that two transactions do not deadlock. Returns whether another transaction may have committed since this
    /// one began: SQLite has one writer at a time.
    pub(crate) fn lock_readers(&mut self) -> Result<bool> {
        // "readers" as a number; a migration repeats it.
        const KEY: i64 = 0x72_6561_6465_7273;
        self.lock(KEY)?;
        Ok(matches!(self, Conn::Postgres(_)))
    }

    /// Lets the uploads that must not exceed a common limit take turns until their transactions end: each would count the stored
    /// bytes without those that another one is about to commit.
    pub(crate) fn lock_stored_bytes(&mut self) -> Result<()> {
        // "stored" as a number.
        const KEY: i64 = 0x73_746f_7265_6400;
        self.lock(KEY)
    }

    /// Lets uploads of the same bytes take turns until their transactions end, so that the later one finds the earlier one.
    pub(crate) fn lock_hash(&mut self, hash: &str) -> Result<()> {
        let key = hash.bytes().take(16).fold(0_u64, |key, byte| key.rotate_left(4) ^ u64::from(byte));
        self.lock(key.cast_signed())
    }

    /// Makes a change of many pages, which the change feed delivers as one change of everything: SQLite would write a row
    /// for each page and keep the last thousand. PostgreSQL notifies of each page.
    pub(crate) fn as_one_change<T>(&mut self, change: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        // The trigger `page_changed` leaves pages out while the newest row says `begun`.
        self.on_sqlite("INSERT INTO changes (kind, name) VALUES ('site', 'begun')")?;
        let done = change(self);
        self.on_sqlite("INSERT INTO changes (kind, name) VALUES ('site', '')")?;
        done
    }

    /// Makes a change of a number of pages, with a cache of SQLite for many if there are many: the small one would write most
    /// rows of `listings` and of the indexes to the disk several times before the commit, and others wait until then.
    pub(crate) fn with_cache_for<T>(&mut self, pages: usize, change: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        if pages < MANY {
            return change(self);
        }
        self.on_sqlite(LARGE_CACHE)?;
        let done = change(self);
        self.on_sqlite(SMALL_CACHE)?;
        done
    }

    fn on_sqlite(&mut self, statements: &str) -> Result<()> {
        match self {
            Conn::Sqlite(conn) => Ok(conn.batch_execute(statements)?),
            Conn::Postgres(_) => Ok(()),
        }
    }

    /// SQLite has one writer at a time anyway.
    fn lock(&mut self, key: i64) -> Result<()> {
        if let Conn::Postgres(conn) = self {
            sql_query(format!("SELECT pg_advisory_xact_lock({key})")).execute(conn)?;
        }
        Ok(())
    }
}

#[derive(QueryableByName)]
struct Lock {
    #[diesel(sql_type = Bool)]
    granted: bool,
}

/// The limit of statements outside a transaction, in [`SESSION_STEP`]s; `None` for no limit.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct SessionLimit(Option<u32>);

#[derive(QueryableByName)]
struct BackendRow {
    #[diesel(sql_type = Integer)]
    pid: i32,
    #[diesel(sql_type = Text)]
    started: String,
}

#[derive(QueryableByName)]
struct SettingRow {
    #[diesel(sql_type = Text)]
    setting: String,
}

#[derive(QueryableByName)]
struct MarkRow {
    #[diesel(sql_type = BigInt)]
    mark: i64,
}

/// Begins a transaction of SQLite that will write. The wait for the lock is divided into short ones, because nothing ends a
/// long one when the work is given up.
fn begin_immediate(conn: &mut SqliteConnection, deadline: &Deadline) -> Result<()> {
    loop {
        let limit = limit(deadline)?;
        let is_last = limit.is_some_and(|limit| limit <= LOCK_TIMEOUT);
        conn.batch_execute(&sqlite_limit(if is_last { limit } else { Some(LOCK_TIMEOUT) }))?;
        // IMMEDIATE: SQLite does not wait for a lock that it has to upgrade.
        match AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE").map_err(Error::from) {
            Ok(()) => return Ok(conn.batch_execute(&sqlite_limit(limit))?),
            Err(Error::Unavailable(Unavailable { outage: Outage::Locked, .. })) if !is_last => {}
            Err(error) => return Err(error),
        }
    }
}

/// The time that the database may take; `None` for no limit.
///
/// # Errors
/// [`Outage::TimedOut`] when nothing is left.
fn limit(deadline: &Deadline) -> Result<Option<Duration>> {
    let Some(left) = deadline.left() else { return Ok(None) };
    match left.checked_sub(MARGIN).filter(|left| left.as_millis() > 0 && !deadline.is_over()) {
        Some(left) => Ok(Some(left)),
        None => Err(Error::Unavailable(Unavailable::new(
            Outage::TimedOut,
            "the time for this request was over before the database could begin with it",
        ))),
    }
}

/// Zero turns a timeout of PostgreSQL off. The lock timeout comes first, because it names the cause.
fn postgres_limits(scope: &str, limit: Option<Duration>) -> String {
    let statement = limit.map_or(0, |limit| limit.as_millis().max(2));
    let lock = statement.saturating_sub(20).max(u128::from(statement > 0));
    format!("SET {scope} lock_timeout = {lock}; SET {scope} statement_timeout = {statement}")
}

/// SQLite waits for 24 days where there is no limit.
fn sqlite_limit(limit: Option<Duration>) -> String {
    let milliseconds = limit.and_then(|limit| i32::try_from(limit.as_millis()).ok()).unwrap_or(i32::MAX);
    format!("PRAGMA busy_timeout = {milliseconds}")
}

/// Opens a SQLite file. A missing one is created only if `may_create` is true.
pub(crate) fn establish_sqlite(file: &Path, may_create: bool) -> ConnectionResult<SqliteConnection> {
    let mode = match (is_frozen(file), may_create) {
        (true, _) => "immutable=1",
        (false, true) => "mode=rwc",
        (false, false) => "mode=rw",
    };
    let mut conn = SqliteConnection::establish(&format!("file:{}?{mode}", escaped(file)))?;
    let setup = |error| ConnectionError::CouldntSetupConfiguration(error);
    // The timeout first: switching to WAL takes a lock.
    conn.batch_execute("PRAGMA busy_timeout = 5000").map_err(setup)?;
    match conn.batch_execute("PRAGMA journal_mode = WAL") {
        // A file that takes no writes keeps the mode that it has.
        Err(error) if Outage::of_message(&error.to_string()) == Some(Outage::ReadOnly) => {}
        switched => switched.map_err(setup)?,
    }
    let options = format!("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; {SMALL_CACHE}");
    conn.batch_execute(&options).map_err(setup)?;
    fold_utils::register_impl(&mut conn, |text: String| text.to_lowercase()).map_err(setup)?;
    still_wanted_utils::register_nondeterministic_impl(&conn, || StillWanted).map_err(setup)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_that_sqlite_rolled_back_by_itself_leaves_its_connection_intact() {
        let folder = tempfile::tempdir().unwrap();
        let mut conn = Conn::Sqlite(establish_sqlite(&folder.path().join("x.db"), true).unwrap());
        conn.batch_execute("CREATE TABLE t (bytes BLOB); PRAGMA max_page_count = 20").unwrap();
        for statement in ["INSERT INTO t VALUES (zeroblob(1000000))", "INSERT INTO missing VALUES (1)"] {
            let at_once = |conn: &mut Conn| conn.batch_execute(statement);
            let prepared = |conn: &mut Conn| sql_query(statement).execute(conn).map(drop);
            for fails in [&at_once as &dyn Fn(&mut Conn) -> diesel::QueryResult<()>, &prepared] {
                conn.begin_to_write(&Deadline::none()).unwrap();
                conn.batch_execute("INSERT INTO t VALUES ('x')").unwrap();
                fails(&mut conn).unwrap_err();
                assert_eq!(conn.try_to_roll_back(), Ok(()), "{statement}");
                assert!(!R2D2Connection::is_broken(&mut conn), "{statement}");
                let row: MarkRow = sql_query("SELECT count(*) AS mark FROM t").get_result(&mut conn).unwrap();
                assert_eq!(row.mark, 0, "{statement}");
            }
        }
    }
}
