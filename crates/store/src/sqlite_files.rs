//! The files of a SQLite database: how they are created, which of them this process may not use, and who may read them.
//!
//! An existing file is not opened: to close a file descriptor would release every lock that SQLite holds on the same file (POSIX
//! advisory locks, fcntl(2)).

use std::{
    fs::{self, OpenOptions},
    io::{self, ErrorKind},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use rustix::{
    fs::{Access, AtFlags, CWD, accessat},
    io::Errno,
    process::geteuid,
};

/// Creates the file of a database, if it is missing, for its owner alone: it holds private pages and hashes of passwords.
/// SQLite gives the files beside it the same mode.
pub(crate) fn create(file: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(file) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        created => created.map(drop),
    }
}

/// The first of the files of a database that every user of the machine can read, with the fix; `None` if there is none.
pub(crate) fn exposure(file: &Path) -> Option<String> {
    // SQLite follows links.
    let file = file.canonicalize().ok()?;
    let mode_of = |path: &Path| fs::metadata(path).map_or(0, |meta| meta.mode());
    // A folder that others may not enter hides what is in it.
    if file.ancestors().skip(1).any(|folder| mode_of(folder) & 0o001 == 0) {
        return None;
    }
    let files = [file.clone(), beside(&file, "-wal"), beside(&file, "-shm")];
    let exposed = files.into_iter().find(|file| mode_of(file) & 0o004 != 0)?;
    let shown = exposed.display();
    Some(format!(
        "{shown} has mode {} and can be read by every user of this machine: chmod 600 {shown}",
        mode(&exposed)
    ))
}

/// The bytes that are free for a file on its file system, as far as its owner may use them; `None` if it cannot be asked.
pub(crate) fn free_bytes(file: &Path) -> Option<u64> {
    let state = rustix::fs::statvfs(folder(file)).ok()?;
    Some(state.f_bavail.saturating_mul(state.f_frsize))
}

/// What keeps this process from writing the database, with the fix; `None` if nothing is found.
pub(crate) fn obstacle(file: &Path) -> Option<String> {
    let files = [file.to_owned(), beside(file, "-wal"), beside(file, "-shm")];
    files.into_iter().filter(|file| file.exists()).chain([folder(file)]).find_map(|path| unwritable(&path))
}

/// Whether the file can only be opened as one that nobody changes: SQLite would have to write beside it in order to see the
/// changes of others, and may not, and nobody has it open. The change feed notices when this is no longer so.
pub(crate) fn is_frozen(file: &Path) -> bool {
    file.exists() && unwritable(&folder(file)).is_some() && !beside(file, "-wal").exists()
}

fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn folder(file: &Path) -> PathBuf {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
}

fn unwritable(path: &Path) -> Option<String> {
    let shown = path.display();
    match accessat(CWD, path, Access::READ_OK | Access::WRITE_OK, AtFlags::EACCESS) {
        Ok(()) => None,
        Err(Errno::ROFS) => Some(format!(
            "{shown} is on a file system that is mounted read-only: mount it for writing, or move the database"
        )),
        Err(Errno::ACCESS | Errno::PERM) => {
            let user = geteuid().as_raw();
            Some(match fs::metadata(path) {
                Ok(meta) if meta.uid() != user => format!(
                    "{shown} belongs to user {owner}, and this process runs as user {user}: give it to that user with \
                     chown, or run Postern as user {owner}",
                    owner = meta.uid()
                ),
                Ok(_) => {
                    format!("{shown} has mode {}: allow its owner to read and write it with chmod u+rw", mode(path))
                }
                Err(error) if error.kind() == ErrorKind::NotFound => format!("{shown} does not exist"),
                Err(error) => format!("{shown} cannot be examined: {error}"),
            })
        }
        Err(error) => Some(format!("{shown} cannot be used: {error}")),
    }
}

fn mode(path: &Path) -> String {
    fs::metadata(path).map_or("unknown".into(), |meta| format!("{:o}", meta.mode() & 0o7777))
}
