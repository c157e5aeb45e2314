//! The table `changes` of a SQLite file.

use std::{
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use diesel::{
    OptionalExtension, QueryableByName, RunQueryDsl, SqliteConnection, sql_query,
    sql_types::{BigInt, Text},
};

use crate::{
    Error, Result,
    conn::{self, establish_sqlite},
    feed::{change::Change, source::triggers},
    identity::{self, Companions, Expected, FileId, Identity},
    sqlite_files::is_frozen,
};

/// The triggers that report changes, sorted. Without one of them, changes are missed.
const TRIGGERS: [&str; 61] = [
    "app_password_changed",
    "app_password_deleted",
    "app_password_made",
    "app_password_replaced",
    "draft_deleted",
    "draft_made",
    "draft_moved",
    "file_added",
    "file_changed",
    "file_deleted",
    "front_language_changed",
    "front_language_deleted",
    "front_language_made",
    "front_page_deleted",
    "front_page_made",
    "front_page_moved",
    "group_changed",
    "group_chosen",
    "group_deleted",
    "group_left",
    "group_made",
    "language_page_deleted",
    "language_page_made",
    "language_page_moved",
    "look_picture_added",
    "look_picture_changed",
    "look_picture_deleted",
    "member_added",
    "member_removed",
    "menu_entry_changed",
    "menu_entry_deleted",
    "menu_entry_made",
    "menu_language_changed",
    "menu_language_deleted",
    "menu_language_made",
    "menu_page_changed",
    "menu_page_deleted",
    "menu_page_made",
    "navigation_changed",
    "navigation_deleted",
    "navigation_made",
    "page_changed",
    "page_deleted",
    "page_made",
    "page_moved",
    "page_replaced",
    "person_chosen",
    "person_left",
    "placement_changed",
    "placement_deleted",
    "placement_made",
    "receipts_unwanted",
    "receipts_wanted",
    "rendition_made",
    "site_changed",
    "site_deleted",
    "site_made",
    "user_changed",
    "user_deleted",
    "user_made",
    "user_replaced",
];

/// The table `changes`, and the position up to which it was read.
pub(crate) struct Journal {
    conn: SqliteConnection,
    file: PathBuf,
    id: FileId,
    written: Written,
    state: State,
    position: Option<Position>,
    version: i64,
    /// The number of the schema, which changes with every table and trigger.
    schema: i64,
    expected: Arc<Expected>,
}

/// The last change that was returned; `None` before the first. Its number alone does not tell it from a change of another
/// history that was restored into the file.
#[derive(Clone, Copy, PartialEq, Eq, QueryableByName)]
struct Position {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = BigInt)]
    nonce: i64,
}

/// When a file was last written, as the file system says.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    changed_at: (i64, i64),
    size: u64,
    /// Whether a connection that is opened now would not see the changes of others.
    is_frozen: bool,
}

/// When a file was written, as far as its stamps tell.
struct Written {
    stamp: Stamp,
    /// Whether it may have been written so recently that a further write has the same stamp.
    is_recent: bool,
}

/// Whether the connection shows the file at the path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Current,
    /// The file was written beside the connection, and [`Change::Everything`] was returned. The next call opens it again.
    Rewritten,
    /// Another file is at the path, and [`Change::Everything`] was returned. The next call fails.
    Replaced,
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = BigInt)]
    data_version: i64,
}

#[derive(QueryableByName)]
struct SchemaVersion {
    #[diesel(sql_type = BigInt)]
    schema_version: i64,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = BigInt)]
    nonce: i64,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    name: String,
}

impl Journal {
    pub(super) fn open(file: &Path, expected: &Arc<Expected>) -> Result<Journal> {
        expected.check_companions()?;
        let (id, stamp) = look(file)?;
        let mut conn = connect(file)?;
        // A first read creates the files beside the database.
        let version = data_version(&mut conn)?;
        let position = newest(&mut conn)?;
        let schema = checked_schema(&mut conn)?;
        let unreadable = |error| Error::Unavailable(format!("{}: {error}", file.display()).into());
        let companions = Companions::of(file).map_err(unreadable)?;
        if look(file)?.0 != id {
            return Err(identity::replaced(file));
        }
        expected.set(Some(Identity::File(id, expected.rewrites())));
        expected.set_companions(companions);
        let (file, expected) = (file.to_owned(), expected.clone());
        let written = Written { stamp, is_recent: expected.rewrites() > 0 };
        Ok(Journal { conn, file, id, written, state: State::Current, position, version, schema, expected })
    }

    /// Whether every change that was committed before the last call of [`Journal::read`] has been returned.
    pub(super) fn is_current(&self) -> bool {
        self.state == State::Current
    }

    /// The changes since the last call. If the file was written beside our connection or is another one, everything has changed,
    /// and that is returned before the file is opened again: it may be locked, or damaged by the log of the file before it.
    pub(super) fn read(&mut self) -> Result<Vec<Change>> {
        self.expected.check_companions()?;
        let (id, stamp) = look(&self.file)?;
        if id != self.id {
            return match std::mem::replace(&mut self.state, State::Replaced) {
                State::Replaced => Err(identity::replaced(&self.file)),
                State::Current | State::Rewritten => Ok(vec![Change::Everything]),
            };
        }
        let is_rewritten = self.written.since(stamp);
        if is_rewritten {
            self.expected.set_rewritten(self.id);
        }
        // Opened now, even if it was written once more: a file that is written without a pause would otherwise never be opened.
        if self.state != State::Current {
            return self.start_over();
        }
        if is_rewritten {
            self.state = State::Rewritten;
            return Ok(vec![Change::Everything]);
        }
        let version = data_version(&mut self.conn)?;
        if version == self.version {
            return Ok(Vec::new());
        }
        // While a trigger was missing, changes were made without it.
        if schema_version(&mut self.conn)? != self.schema {
            return self.reread();
        }
        let rows: Vec<Row> = sql_query("SELECT id, nonce, kind, name FROM changes WHERE id >= $1 ORDER BY id")
            .bind::<BigInt, _>(self.position.map_or(0, |position| position.id))
            .load(&mut self.conn)?;
        self.version = version;
        // If the last change that was returned is no longer there, later ones may have been deleted with it.
        let first = rows.first().map(Row::position);
        let is_complete = match self.position {
            Some(position) => first == Some(position),
            None => first.is_none_or(|first| first.id == 1),
        };
        let seen = std::mem::replace(&mut self.position, rows.last().map(Row::position));
        if !is_complete {
            return Ok(vec![Change::Everything]);
        }
        let new = rows.into_iter().filter(|row| seen.is_none_or(|seen| row.id > seen.id));
        Ok(new.map(Row::change).collect())
    }

    /// The file was written beside our connection: by a checkpoint, or by a person who copied another one over it. What
    /// open connections hold of it may be old.
    fn start_over(&mut self) -> Result<Vec<Change>> {
        self.conn = connect(&self.file)?;
        let everything = self.reread()?;
        self.state = State::Current;
        Ok(everything)
    }

    /// Begins at the end of the table, as everything may have changed.
    fn reread(&mut self) -> Result<Vec<Change>> {
        self.version = data_version(&mut self.conn)?;
        self.position = newest(&mut self.conn)?;
        self.schema = checked_schema(&mut self.conn)?;
        Ok(vec![Change::Everything])
    }
}

impl Written {
    /// Whether the file may have been written since the last call.
    fn since(&mut self, stamp: Stamp) -> bool {
        let is_other = stamp != self.stamp;
        self.stamp = stamp;
        std::mem::replace(&mut self.is_recent, is_other) || is_other
    }
}

impl Row {
    fn position(&self) -> Position {
        Position { id: self.id, nonce: self.nonce }
    }

    fn change(self) -> Change {
        match (self.kind.as_str(), self.name.as_str()) {
            ("page", _) => Change::Page(self.name),
            ("private", _) => Change::PrivatePage(self.name),
            ("user", _) => Change::User(self.name),
            ("site", "menu") => Change::Menu,
            ("site", "menu private") => Change::PrivateMenu,
            _ => Change::Everything,
        }
    }
}

fn connect(file: &Path) -> Result<SqliteConnection> {
    establish_sqlite(file, false).map_err(|error| Error::Unavailable(conn::cause(&error).into()))
}

/// The file at a path, and its stamp.
fn look(file: &Path) -> Result<(FileId, Stamp)> {
    let found = identity::metadata(file)?;
    // Not its modification time, which `cp -p` sets.
    Ok((
        FileId::of(&found),
        Stamp { changed_at: (found.ctime(), found.ctime_nsec()), size: found.size(), is_frozen: is_frozen(file) },
    ))
}

/// Changes whenever another connection commits.
fn data_version(conn: &mut SqliteConnection) -> Result<i64> {
    // Not from the table pragma_data_version: this runs up to 50 times a second, and a PRAGMA statement parses faster.
    let version: Version = sql_query("PRAGMA data_version").get_result(conn)?;
    Ok(version.data_version)
}

fn schema_version(conn: &mut SqliteConnection) -> Result<i64> {
    let version: SchemaVersion = sql_query("PRAGMA schema_version").get_result(conn)?;
    Ok(version.schema_version)
}

/// The number of the schema, in which no trigger that reports changes is missing.
fn checked_schema(conn: &mut SqliteConnection) -> Result<i64> {
    // Read first: a change between the two is seen by the next call.
    let schema = schema_version(conn)?;
    let query = format!(
        "SELECT count(*) AS count FROM sqlite_schema WHERE type = 'trigger' AND name IN ('{}')",
        TRIGGERS.join("', '")
    );
    let found: Count = sql_query(query).get_result(conn)?;
    match usize::try_from(found.count) == Ok(TRIGGERS.len()) {
        true => Ok(schema),
        false => Err(triggers::missing()),
    }
}

fn newest(conn: &mut SqliteConnection) -> Result<Option<Position>> {
    let newest = sql_query("SELECT id, nonce FROM changes ORDER BY id DESC LIMIT 1");
    Ok(newest.get_result(conn).optional()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_triggers_are_all_that_write_into_the_table() {
        #[derive(QueryableByName)]
        struct Name {
            #[diesel(sql_type = Text)]
            name: String,
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("site.db");
        let url = crate::DatabaseUrl::parse(&format!("sqlite://{}", file.display())).unwrap();
        crate::Store::open(&url, 1).unwrap().migrate().unwrap();
        let query = "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND sql LIKE '%INTO changes%' ORDER BY name";
        let found: Vec<Name> = sql_query(query).load(&mut connect(&file).unwrap()).unwrap();
        assert_eq!(found.iter().map(|found| found.name.as_str()).collect::<Vec<_>>(), TRIGGERS);
    }

    #[test]
    fn a_write_may_have_the_stamp_of_the_one_before_it() {
        let stamp = |seconds| Stamp { changed_at: (seconds, 0), size: 4096, is_frozen: false };
        let mut written = Written { stamp: stamp(1), is_recent: false };
        assert!(!written.since(stamp(1)));
        assert!(written.since(stamp(2)));
        assert!(written.since(stamp(2)), "there may have been another write at the same moment");
        assert!(!written.since(stamp(2)));
    }
}
