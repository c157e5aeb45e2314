//! Which of the files of a SQLite database this process may not use, and why.
//!
//! Nothing is opened: to close a file descriptor would release every lock that SQLite holds on the same file (POSIX
//! advisory locks, fcntl(2)).

use std::{
    fs,
    io::ErrorKind,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use rustix::{
    fs::{Access, AtFlags, CWD, accessat},
    io::Errno,
    process::geteuid,
};

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
