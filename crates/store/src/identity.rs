//! The server or file to which the connections of this process lead. A cached value is valid only if the connections of the pool
//! and the connection of the change feed lead to the same one.

use std::{
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::{Error, Result};

/// What one connection leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Identity {
    /// A PostgreSQL server process, by the moment of its start in microseconds, and a database on it.
    Server(String),
    /// A SQLite file, and how often it had been written beside our connections when the connection was opened.
    File(FileId, u64),
}

/// A file, whatever its name: a file that is moved to another's path is not that file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    pub(crate) fn of(metadata: &fs::Metadata) -> FileId {
        FileId { device: metadata.dev(), inode: metadata.ino() }
    }

    /// The file at a path; `None` if there is none.
    ///
    /// # Errors
    /// When the file system does not answer, or forbids it.
    pub(crate) fn at(path: &Path) -> io::Result<Option<FileId>> {
        match fs::metadata(path) {
            Ok(metadata) => Ok(Some(FileId::of(&metadata))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// What the file system says about a database file.
///
/// # Errors
/// [`Error::Unavailable`] when it is gone, or cannot be looked at.
pub(crate) fn metadata(file: &Path) -> Result<fs::Metadata> {
    fs::metadata(file).map_err(|error| {
        let what = match error.kind() {
            io::ErrorKind::NotFound => "is gone".to_owned(),
            _ => format!("cannot be looked at: {error}"),
        };
        Error::Unavailable(format!("the database file {} {what}", file.display()).into())
    })
}

/// The error of a database file at whose path another one is now.
pub(crate) fn replaced(file: &Path) -> Error {
    Error::Unavailable(format!("the database file {} was replaced by another one", file.display()).into())
}

/// The identity that the change feed has found, which the connections of the pool must have. Without a running feed, as
/// in a command of the command line, it accepts every connection.
#[derive(Default)]
pub(crate) struct Expected(Mutex<State>);

#[derive(Default)]
struct State {
    identity: Option<Identity>,
    /// How often a SQLite file was written beside our connections: by a checkpoint, or by a person.
    rewrites: u64,
    /// Counts the connections that were refused because of their identity.
    refused: u64,
    /// The files beside a SQLite file as the change feed found them.
    companions: Option<Companions>,
    /// Since when the database does not answer the change feed.
    unreachable_since: Option<Instant>,
}

impl Expected {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the identity that the feed found; `None` while it is not connected.
    pub(crate) fn set(&self, identity: Option<Identity>) {
        self.state().identity = identity;
    }

    /// Sets the companions of the SQLite file that the feed has open.
    pub(crate) fn set_companions(&self, companions: Option<Companions>) {
        self.state().companions = companions;
    }

    /// Whether a connection with this identity may be used. A refusal is counted, so that the feed checks whether its own
    /// connection still leads to the right server.
    pub(crate) fn accepts(&self, identity: &Identity) -> bool {
        let mut state = self.state();
        let is_accepted = state.identity.as_ref().is_none_or(|expected| expected == identity);
        if !is_accepted {
            state.refused += 1;
        }
        is_accepted
    }

    /// Whether a connection with this identity may commit what it has written. A SQLite file that another connection
    /// wrote is still the same file: usually this was a checkpoint. A refusal is counted as
    /// in [`Expected::accepts`].
    pub(crate) fn accepts_commit(&self, identity: &Identity) -> bool {
        let is_same_file = match (&self.state().identity, identity) {
            (Some(Identity::File(expected, _)), Identity::File(own, _)) => expected == own,
            _ => false,
        };
        is_same_file || self.accepts(identity)
    }

    /// The number of connections that were refused so far.
    pub(crate) fn refused(&self) -> u64 {
        self.state().refused
    }

    /// The number of writes to a SQLite file beside our connections so far.
    pub(crate) fn rewrites(&self) -> u64 {
        self.state().rewrites
    }

    /// Records such a write. Connections that were opened before it are replaced, because they may hold old pages of the file.
    pub(crate) fn record_rewrite(&self) {
        self.state().rewrites += 1;
    }

    /// Records a write to a SQLite file beside our connections, and expects connections that were opened after it. Both change
    /// under one lock, so that no new connection is refused in between.
    pub(crate) fn set_rewritten(&self, file: FileId) {
        let mut state = self.state();
        state.rewrites += 1;
        state.identity = Some(Identity::File(file, state.rewrites));
    }

    /// Records whether the database answers the change feed.
    pub(crate) fn set_reachable(&self, is_reachable: bool) {
        let since = &mut self.state().unreachable_since;
        *since = if is_reachable { None } else { since.or_else(|| Some(Instant::now())) };
    }

    /// How long the database has not answered the change feed; `None` while it answers.
    pub(crate) fn outage(&self) -> Option<Duration> {
        self.state().unreachable_since.map(|since| since.elapsed())
    }

    /// Checks that the files beside a SQLite file are those that our connections have open.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with the cause and the fix.
    pub(crate) fn check_companions(&self) -> Result<()> {
        match self.state().companions.as_ref().and_then(Companions::replaced) {
            None => Ok(()),
            Some(path) => Err(Error::Unavailable(format!(
                "{} was removed or replaced while Postern was running, and the last changes may be lost: restart Postern",
                path.display()
            ).into())),
        }
    }
}

/// The files that SQLite keeps beside a database while it is open: the write-ahead log and its index. All connections of
/// a process share them. If they are removed while the database stays, no connection can be opened or closed without
/// harm: a new one would mix the old index with a new log, and the last one to close would write the removed log into the
/// database, which may be a restored one. So the process refuses to work, and closes nothing, until it is restarted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Companions {
    database: (PathBuf, FileId),
    files: [(PathBuf, FileId); 2],
}

impl Companions {
    /// The companions of an open database; `None` if there are none, as beside a file that cannot be written.
    ///
    /// # Errors
    /// When the file system does not answer.
    pub(crate) fn of(database: &Path) -> io::Result<Option<Companions>> {
        // SQLite follows links, and puts them beside the file itself.
        let database = database.canonicalize()?;
        let find = |path: PathBuf| Ok::<_, io::Error>(FileId::at(&path)?.map(|id| (path, id)));
        let beside = |suffix: &str| {
            let mut name = database.clone().into_os_string();
            name.push(suffix);
            find(PathBuf::from(name))
        };
        let files = beside("-wal")?.zip(beside("-shm")?);
        Ok(find(database.clone())?
            .zip(files)
            .map(|(database, (log, index))| Companions { database, files: [log, index] }))
    }

    /// The first file that was removed or replaced, while the database is still the same: another database has companions
    /// of its own.
    fn replaced(&self) -> Option<&Path> {
        let is_same = |(path, id): &(PathBuf, FileId)| FileId::at(path).is_ok_and(|found| found == Some(*id));
        let replaced = self.files.iter().find(|file| !is_same(file))?;
        is_same(&self.database).then_some(&replaced.0)
    }
}
