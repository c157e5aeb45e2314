//! The migrations, embedded, and what is said when one cannot be applied.

use diesel::{
    backend::Backend,
    migration::{Migration, MigrationSource},
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::{Conn, Error, Result, error::one_line};

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// The names of what is not applied yet.
pub(crate) fn pending(conn: &mut Conn) -> Result<Vec<String>> {
    match conn {
        Conn::Sqlite(conn) => unapplied(conn, &SQLITE).map(names),
        Conn::Postgres(conn) => unapplied(conn, &POSTGRES).map(names),
    }
}

/// Whether a database has the tables of this version, and every migration was applied.
///
/// # Errors
/// [`Error::Schema`] when the database was made by a newer version.
pub fn is_up_to_date(conn: &mut Conn) -> Result<bool> {
    Ok(pending(conn)?.is_empty())
}

/// Applies what is pending, one process at a time: PostgreSQL has a lock for it, SQLite the one of its file.
pub(crate) fn run(conn: &mut Conn) -> Result<Vec<String>> {
    conn.lock_migrations()?;
    let applied = match conn {
        Conn::Sqlite(conn) => apply(conn, &SQLITE),
        Conn::Postgres(conn) => apply(conn, &POSTGRES),
    };
    match applied {
        Ok(names) => conn.commit().map(|()| names),
        Err(error) => {
            conn.roll_back();
            Err(error)
        }
    }
}

type Migrations<DB> = Vec<Box<dyn Migration<DB>>>;

fn names<DB: Backend>(migrations: Migrations<DB>) -> Vec<String> {
    migrations.iter().map(|migration| migration.name().to_string()).collect()
}

fn unapplied<DB: Backend>(conn: &mut impl MigrationHarness<DB>, source: &EmbeddedMigrations) -> Result<Migrations<DB>>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    let mut known: Migrations<DB> = source.migrations().map_err(|error| unreadable(&*error))?;
    known.sort_by_key(|migration| migration.name().version().to_string());
    let applied: Vec<String> =
        conn.applied_migrations().map_err(|error| unreadable(&*error))?.iter().map(ToString::to_string).collect();
    let is_known =
        |version: &&String| known.iter().any(|migration| migration.name().version().to_string() == **version);
    if let Some(unknown) = applied.iter().find(|version| !is_known(version)) {
        return Err(Error::Schema(format!(
            "the database was made by a newer Postern (migration {unknown}): run that version, or restore a backup"
        )));
    }
    known.retain(|migration| !applied.contains(&migration.name().version().to_string()));
    Ok(known)
}

fn apply<DB: Backend>(conn: &mut impl MigrationHarness<DB>, source: &EmbeddedMigrations) -> Result<Vec<String>>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    let pending = unapplied(conn, source)?;
    for migration in &pending {
        conn.run_migration(&**migration).map_err(|error| {
            Error::Schema(format!(
                "migration {} could not be applied: {}. It was rolled back. If its tables are there already, an \
                 earlier one was half applied or another program uses this database: restore a backup, or use an \
                 empty database",
                migration.name(),
                one_line(&error.to_string())
            ))
        })?;
    }
    Ok(names(pending))
}

fn unreadable(error: &dyn std::error::Error) -> Error {
    Error::Schema(format!("the migrations cannot be read: {}", one_line(&error.to_string())))
}
