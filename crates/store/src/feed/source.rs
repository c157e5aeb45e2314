//! The source of change notifications: LISTEN on PostgreSQL, `PRAGMA data_version` and the table `changes` on SQLite.

use diesel::{
    PgConnection, QueryableByName, RunQueryDsl, SqliteConnection,
    connection::SimpleConnection,
    sql_query,
    sql_types::{BigInt, Text},
};

use super::change::Change;
use crate::{
    DatabaseUrl, Error, Result,
    conn::{self, establish_postgres, establish_sqlite},
    url::Kind,
};

/// A connection that receives change notifications.
pub(super) enum Source {
    Postgres(PgConnection),
    Sqlite(Box<Journal>),
}

impl Source {
    /// Connects; every change committed from now on is received.
    pub(super) fn open(url: &DatabaseUrl) -> Result<Source> {
        let unavailable = |error| Error::Unavailable(conn::cause(&error));
        match url.kind() {
            Kind::Sqlite(file) => {
                let mut journal = Journal { conn: establish_sqlite(file).map_err(unavailable)?, seen: 0, version: 0 };
                journal.version = journal.data_version()?;
                journal.seen = journal.newest()?;
                Ok(Source::Sqlite(Box::new(journal)))
            }
            Kind::Postgres(url) => {
                let mut conn = establish_postgres(url).map_err(unavailable)?;
                conn.batch_execute("SET application_name = 'postern changes'; LISTEN postern_changes")?;
                // Poolers that lend a connection for one transaction accept LISTEN and deliver nothing.
                conn.batch_execute("NOTIFY postern_changes, 'hello'")?;
                if payloads(&mut conn)?.is_empty() {
                    return Err(Error::Unavailable(
                        "it delivers no notifications: point DATABASE_URL at PostgreSQL itself, or at a pooler in \
                         session mode"
                            .into(),
                    ));
                }
                Ok(Source::Postgres(conn))
            }
        }
    }

    /// The changes received since the last call, without waiting for the server.
    pub(super) fn poll(&mut self) -> Result<Vec<Change>> {
        match self {
            Source::Postgres(conn) => received(conn),
            Source::Sqlite(journal) => journal.read(),
        }
    }

    /// Every change that was committed before the call and not returned yet; the database itself answers for it.
    pub(super) fn heartbeat(&mut self) -> Result<Vec<Change>> {
        match self {
            // The server sends what it has for a listener before it says that it is ready for the next query.
            Source::Postgres(conn) => {
                conn.batch_execute("SELECT 1")?;
                received(conn)
            }
            Source::Sqlite(journal) => journal.read(),
        }
    }
}

fn received(conn: &mut PgConnection) -> Result<Vec<Change>> {
    Ok(payloads(conn)?.iter().filter_map(|payload| parse(payload)).collect())
}

fn payloads(conn: &mut PgConnection) -> Result<Vec<String>> {
    Ok(conn
        .notifications_iter()
        .map(|notification| notification.map(|notification| notification.payload))
        .collect::<diesel::QueryResult<_>>()?)
}

fn parse(payload: &str) -> Option<Change> {
    match payload.split_once(' ') {
        Some(("page", path)) => Some(Change::Page(path.into())),
        Some(("user", name)) => Some(Change::User(name.into())),
        None if payload == "hello" => None,
        // A newer version may send payloads that this one does not know.
        _ => Some(Change::Everything),
    }
}

/// The table `changes` of a SQLite file, and the position up to which it was read.
pub(super) struct Journal {
    conn: SqliteConnection,
    /// The id of the last change that was returned; 0 before the first.
    seen: i64,
    version: i64,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = BigInt)]
    data_version: i64,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    name: String,
}

impl Journal {
    /// Changes whenever another connection commits.
    fn data_version(&mut self) -> Result<i64> {
        // Not from the table pragma_data_version: this runs up to 50 times a second, and a PRAGMA statement parses faster.
        let version: Version = sql_query("PRAGMA data_version").get_result(&mut self.conn)?;
        Ok(version.data_version)
    }

    fn newest(&mut self) -> Result<i64> {
        let number: Number =
            sql_query("SELECT coalesce(max(id), 0) AS number FROM changes").get_result(&mut self.conn)?;
        Ok(number.number)
    }

    fn read(&mut self) -> Result<Vec<Change>> {
        let version = self.data_version()?;
        if version == self.version {
            return Ok(Vec::new());
        }
        let rows: Vec<Row> = sql_query("SELECT id, kind, name FROM changes WHERE id >= $1 ORDER BY id")
            .bind::<BigInt, _>(self.seen)
            .load(&mut self.conn)?;
        self.version = version;
        // If the last change that was returned is no longer there, later ones may have been deleted with it.
        let complete = match rows.first() {
            Some(first) => first.id == self.seen || (self.seen == 0 && first.id == 1),
            None => self.seen == 0,
        };
        let seen = std::mem::replace(&mut self.seen, rows.last().map_or(0, |row| row.id));
        if !complete {
            return Ok(vec![Change::Everything]);
        }
        let new = rows.into_iter().filter(|row| row.id > seen);
        Ok(new
            .map(|row| match row.kind.as_str() {
                "page" => Change::Page(row.name),
                "user" => Change::User(row.name),
                _ => Change::Everything,
            })
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_payload_means_that_everything_changed() {
        let check = |payload, expected| assert_eq!(parse(payload), expected, "{payload}");
        check("page a/b", Some(Change::Page("a/b".into())));
        check("page ", Some(Change::Page(String::new())));
        check("user ann", Some(Change::User("ann".into())));
        check("hello", None);
        check("everything", Some(Change::Everything));
        check("group staff", Some(Change::Everything));
        check("", Some(Change::Everything));
    }
}
