//! The migrations, embedded, and what is said when one cannot be applied.

use diesel::{
    QueryableByName, RunQueryDsl,
    backend::Backend,
    migration::{Migration, MigrationSource},
    pg::Pg,
    sql_query,
    sql_types::{BigInt, Text},
    sqlite::Sqlite,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::{Conn, Error, Result, error::one_line};

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// The names of what is not applied yet.
pub(crate) fn pending(conn: &mut Conn) -> Result<Vec<String>> {
    let applied = applied(conn)?;
    match conn {
        Conn::Sqlite(_) => unapplied::<Sqlite>(&applied, &SQLITE).map(names),
        Conn::Postgres(_) => unapplied::<Pg>(&applied, &POSTGRES).map(names),
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
    // A database that takes no writes can be served if it is up to date.
    if pending(conn)?.is_empty() {
        return Ok(Vec::new());
    }
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

/// The versions of the applied migrations. Unlike Diesel's function it does not make the table.
fn applied(conn: &mut Conn) -> Result<Vec<String>> {
    let exists = match conn {
        Conn::Sqlite(_) => "SELECT count(*) AS count FROM sqlite_master WHERE name = '__diesel_schema_migrations'",
        Conn::Postgres(_) => {
            "SELECT count(*) AS count FROM pg_class WHERE oid = to_regclass('__diesel_schema_migrations')"
        }
    };
    let tables: Count = sql_query(exists).get_result(conn)?;
    if tables.count == 0 {
        return Ok(Vec::new());
    }
    let rows: Vec<Applied> = sql_query("SELECT version FROM __diesel_schema_migrations").load(conn)?;
    Ok(rows.into_iter().map(|row| row.version).collect())
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = Text)]
    version: String,
}

fn unapplied<DB: Backend>(applied: &[String], source: &EmbeddedMigrations) -> Result<Migrations<DB>>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    let mut known: Migrations<DB> = source.migrations().map_err(|error| unreadable(&*error))?;
    known.sort_by_key(|migration| migration.name().version().to_string());
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
    // This makes the table of migrations.
    let applied = conn.applied_migrations().map_err(|error| unreadable(&*error))?;
    let pending = unapplied(&applied.iter().map(ToString::to_string).collect::<Vec<_>>(), source)?;
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
