//! Connections of the pool, which all lead to what the change feed is connected to.

use std::{
    ops::{Deref, DerefMut},
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use diesel::{ConnectionError, ConnectionResult, r2d2::R2D2Connection};

use crate::{
    Conn, DatabaseUrl, Deadline, Error, Outage, Result, Unavailable,
    conn::{self, SessionLimit, establish_postgres, establish_sqlite},
    deadline::Backend,
    identity::{self, Expected, FileId, Identity},
    session, sqlite_files,
    url::Kind,
};

/// Makes connections for the pool.
#[derive(Clone)]
pub(crate) struct Manager {
    url: DatabaseUrl,
    expected: Arc<Expected>,
    /// The connection with which the address was tested: the first that the pool gets.
    tested: Arc<Mutex<Option<Pooled>>>,
}

/// A connection of the pool, what it leads to, and what was set on it.
pub(crate) struct Pooled {
    conn: Conn,
    identity: Identity,
    /// The server process of PostgreSQL, once it was asked for.
    backend: Option<Arc<Backend>>,
    /// The limit of statements outside a transaction that was set last.
    limit: Option<SessionLimit>,
}

impl Pooled {
    /// The server process behind the connection, which is asked for once; `None` for SQLite.
    pub(crate) fn backend(&mut self) -> Result<Option<Arc<Backend>>> {
        if self.backend.is_none() {
            self.backend = self.conn.backend()?.map(Arc::new);
        }
        Ok(self.backend.clone())
    }

    /// Limits statements outside a transaction; see [`Conn::limit_statements`].
    pub(crate) fn limit_statements(&mut self, deadline: &Deadline) -> Result<()> {
        self.conn.limit_statements(deadline, &mut self.limit)
    }
}

impl Deref for Pooled {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Pooled {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}

impl Manager {
    pub(crate) fn new(url: DatabaseUrl) -> Manager {
        Manager { url, expected: Arc::default(), tested: Arc::default() }
    }

    pub(crate) fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// The identity that connections must have.
    pub(crate) fn expected(&self) -> &Arc<Expected> {
        &self.expected
    }

    /// Refuses a URL that libpq would misread, and the path of a SQLite file that cannot be created, before anything is
    /// created by mistake.
    pub(crate) fn check_location(&self) -> Result<()> {
        if let Some(hint) = self.url.fault() {
            return Err(Error::Refused(format!("DATABASE_URL cannot be read: {hint}")));
        }
        let Kind::Sqlite(file) = self.url.kind() else { return Ok(()) };
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let refuse = |why: String| {
            let words = format!("{} cannot be opened: {why}", self.url);
            Err(Error::Unavailable(Unavailable::new(Outage::NotPermitted, words)))
        };
        if !folder.is_dir() {
            return refuse(format!("there is no folder {}; make it, or set DATABASE_URL", folder.display()));
        }
        if file.is_dir() {
            return refuse("it is a folder; name a file in DATABASE_URL".into());
        }
        Ok(())
    }

    /// Connects once, to test the address; creates a missing SQLite file. The pool takes this connection first.
    pub(crate) fn try_out(&self) -> ConnectionResult<()> {
        if let Kind::Sqlite(file) = self.url.kind()
            && sqlite_files::create(file).is_err()
            && !file.exists()
        {
            // It says why the file cannot be created.
            establish_sqlite(file, true)?;
        }
        *self.tested() = Some(self.open()?);
        Ok(())
    }

    fn tested(&self) -> MutexGuard<'_, Option<Pooled>> {
        self.tested.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Checks that PostgreSQL keeps a session for each connection, and stores text in UTF-8.
    ///
    /// # Errors
    /// [`Error::Refused`] behind a pooler that lends connections for one transaction, and with another encoding;
    /// [`Error::Unavailable`].
    pub(crate) fn check_session(&self) -> Result<()> {
        let Kind::Postgres(url) = self.url.kind() else { return Ok(()) };
        let connect = || establish_postgres(url).map_err(|error| Error::Unavailable(conn::cause(&error).into()));
        let (mut one, mut other) = (connect()?, connect()?);
        session::check(&mut one, &mut other)?;
        session::check_encoding(&mut one)
    }

    /// Checks that the file of a SQLite database is there and has not been taken from under its connections: without a
    /// connection, and at once. Returns the file; `None` for PostgreSQL.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with the cause and the fix.
    pub(crate) fn check_file(&self) -> Result<Option<FileId>> {
        match self.url.kind() {
            Kind::Sqlite(file) => self.current_file(file).map(Some),
            Kind::Postgres(_) => Ok(None),
        }
    }

    /// Opens a connection to the expected database.
    fn open(&self) -> ConnectionResult<Pooled> {
        let (conn, identity) = match self.url.kind() {
            Kind::Sqlite(file) => {
                // Before the file is opened: a connection must not look newer than it is.
                let rewrites = self.expected.rewrites();
                let id = self.current_file(file).map_err(|error| refusal(&error))?;
                (Conn::Sqlite(establish_sqlite(file, false)?), Identity::File(id, rewrites))
            }
            Kind::Postgres(url) => {
                let mut conn = establish_postgres(url)?;
                let server = conn::server(&mut conn).map_err(ConnectionError::CouldntSetupConfiguration)?;
                (Conn::Postgres(conn), Identity::Server(server))
            }
        };
        let pooled = Pooled { conn, identity, backend: None, limit: None };
        self.check_identity(&pooled).map_err(|error| refusal(&error))?;
        Ok(pooled)
    }

    fn current_file(&self, file: &Path) -> Result<FileId> {
        self.expected.check_companions()?;
        Ok(FileId::of(&identity::metadata(file)?))
    }

    /// Checks that a connection still leads to the database: that its file was not exchanged, that it is the server of the
    /// change feed.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with the cause.
    pub(crate) fn check_identity(&self, conn: &Pooled) -> Result<()> {
        self.check(conn, Expected::accepts)
    }

    /// Checks that a connection may commit: that it still leads to the database, even if its file was written meanwhile.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with the cause.
    pub(crate) fn check_commit(&self, conn: &Pooled) -> Result<()> {
        self.check(conn, Expected::accepts_commit)
    }

    fn check(&self, conn: &Pooled, accepts: impl Fn(&Expected, &Identity) -> bool) -> Result<()> {
        let current = self.check_file()?;
        if let (Kind::Sqlite(file), Identity::File(own, _)) = (self.url.kind(), &conn.identity)
            && current != Some(*own)
        {
            return Err(identity::replaced(file));
        }
        if accepts(&self.expected, &conn.identity) {
            Ok(())
        } else if matches!(conn.identity, Identity::File(..)) {
            Err(Error::Unavailable(OUTDATED.into()))
        } else {
            Err(Error::Unavailable("a connection led to another server or file than the change feed".into()))
        }
    }
}

fn refusal(error: &Error) -> ConnectionError {
    ConnectionError::BadConnection(error.to_string())
}

impl r2d2::ManageConnection for Manager {
    type Connection = Pooled;
    type Error = ConnectionError;

    fn connect(&self) -> ConnectionResult<Pooled> {
        let tested = self.tested().take();
        tested.map_or_else(|| self.open(), Ok)
    }

    fn is_valid(&self, conn: &mut Pooled) -> ConnectionResult<()> {
        self.check_identity(conn).map_err(|error| refusal(&error))?;
        R2D2Connection::ping(&mut conn.conn).map_err(ConnectionError::CouldntSetupConfiguration)
    }

    fn has_broken(&self, conn: &mut Pooled) -> bool {
        std::thread::panicking() || R2D2Connection::is_broken(&mut conn.conn)
    }
}

/// Why a connection to a SQLite file is replaced by a new one. After a checkpoint this is so for all of them.
const OUTDATED: &str = "the database file was written since this connection was opened";

/// Logs each failed connection of the pool on one line, but not those that are replaced after a checkpoint.
#[derive(Debug)]
pub(crate) struct Quiet;

impl r2d2::HandleError<ConnectionError> for Quiet {
    fn handle_error(&self, error: ConnectionError) {
        let cause = conn::cause(&error);
        if cause != OUTDATED {
            log::warn!("no connection to the database: {cause}");
        }
    }
}
