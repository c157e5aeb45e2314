//! The embedded migrations, and the messages when one cannot be applied. On PostgreSQL, tables that are computed from all pages
//! of a large site are filled after the transaction of the migrations (`backfill`), or by a running server.

use diesel::{
    QueryableByName, RunQueryDsl,
    backend::Backend,
    connection::BoxableConnection,
    migration::{self, Migration, MigrationMetadata, MigrationName, MigrationSource},
    pg::Pg,
    sql_query,
    sql_types::{BigInt, Text},
    sqlite::Sqlite,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::{Conn, Error, Result, backfill, error::one_line};

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// A statement of a landed migration that fills a table from all pages. It would take the time of a whole upgrade on a
/// large site while nobody can read, and is left out in favour of a backfill.
struct Fill {
    version: &'static str,
    up: &'static str,
    statement: &'static str,
}

const LISTINGS: Fill = Fill {
    version: "20261124000004",
    up: include_str!("../../../migrations/postgres/2026-11-24-000004_readers/up.sql"),
    // Not indented: a trigger function has the same statement.
    statement: "\nINSERT INTO listings SELECT * FROM page_listings;\n",
};
const SEARCH: Fill = Fill {
    version: "20261124000005",
    up: include_str!("../../../migrations/postgres/2026-11-24-000005_search/up.sql"),
    statement: "\nSELECT count(search_put(id, title, summary, body, path)) FROM pages;\n",
};

/// The names of the migrations that are not applied, and of the backfills that are not finished.
pub(crate) fn pending(conn: &mut Conn) -> Result<Vec<String>> {
    let applied = applied(conn)?;
    let pending = match conn {
        Conn::Sqlite(_) => unapplied::<Sqlite>(&applied, &SQLITE).map(names),
        Conn::Postgres(_) => unapplied::<Pg>(&applied, &POSTGRES).map(names),
    }?;
    if pending.is_empty() { backfill::unfinished(conn) } else { Ok(pending) }
}

/// Whether no migration was ever applied.
pub(crate) fn is_new(conn: &mut Conn) -> Result<bool> {
    Ok(applied(conn)?.is_empty())
}

/// Whether a database has the tables of this version, and every migration was applied.
///
/// # Errors
/// [`Error::Schema`] when the database was made by a newer version.
pub fn is_up_to_date(conn: &mut Conn) -> Result<bool> {
    Ok(pending(conn)?.is_empty())
}

/// Applies what is pending in one transaction, and then fills the tables that a migration left for later, one process at a
/// time.
pub(crate) fn run(conn: &mut Conn) -> Result<Vec<String>> {
    // A database that takes no writes can be served if it is up to date.
    if pending(conn)?.is_empty() {
        return Ok(Vec::new());
    }
    conn.lock_migrations()?;
    let applied = apply_all(conn).and_then(|names| backfill::finish(conn).map(|()| names));
    conn.unlock_migrations()?;
    applied
}

fn apply_all(conn: &mut Conn) -> Result<Vec<String>> {
    conn.begin_migrations()?;
    let applied = match conn {
        Conn::Sqlite(conn) => apply(conn, &SQLITE, |migration| migration),
        Conn::Postgres(pg) => match apply(pg, &POSTGRES, without_fill) {
            Ok(names) => start_backfills(conn, &names).map(|()| names),
            Err(error) => Err(error),
        },
    };
    match applied {
        Ok(names) => conn.commit().map(|()| names),
        Err(error) => {
            conn.roll_back();
            Err(error)
        }
    }
}

/// Records the backfills of the migrations that were applied without their fills.
fn start_backfills(conn: &mut Conn, applied: &[String]) -> Result<()> {
    let version_of =
        |name: &String| name.chars().take_while(|c| *c != '_').filter(char::is_ascii_digit).collect::<String>();
    let is_applied = |fill: &Fill| applied.iter().any(|name| version_of(name) == fill.version);
    if is_applied(&LISTINGS) {
        backfill::start(conn, backfill::LISTINGS)?;
    }
    if is_applied(&SEARCH) {
        sql_query("INSERT INTO full_text_unread SELECT id FROM pages ON CONFLICT DO NOTHING").execute(conn)?;
    }
    Ok(())
}

/// A migration of PostgreSQL, without the statement that a backfill replaces.
fn without_fill(migration: Box<dyn Migration<Pg>>) -> Box<dyn Migration<Pg>> {
    let version = migration.name().version().to_string();
    match [LISTINGS, SEARCH].into_iter().find(|fill| fill.version == version) {
        Some(fill) => Box::new(WithoutFill { migration, fill }),
        None => migration,
    }
}

struct WithoutFill {
    migration: Box<dyn Migration<Pg>>,
    fill: Fill,
}

impl Migration<Pg> for WithoutFill {
    fn run(&self, conn: &mut dyn BoxableConnection<Pg>) -> migration::Result<()> {
        let Some((before, after)) = self.fill.up.split_once(self.fill.statement) else {
            return Err(format!("it has no statement {:?}", self.fill.statement).into());
        };
        Ok(conn.batch_execute(&format!("{before}\n{after}"))?)
    }

    fn revert(&self, conn: &mut dyn BoxableConnection<Pg>) -> migration::Result<()> {
        self.migration.revert(conn)
    }

    fn metadata(&self) -> &dyn MigrationMetadata {
        self.migration.metadata()
    }

    fn name(&self) -> &dyn MigrationName {
        self.migration.name()
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

fn apply<DB: Backend>(
    conn: &mut impl MigrationHarness<DB>,
    source: &EmbeddedMigrations,
    prepare: impl Fn(Box<dyn Migration<DB>>) -> Box<dyn Migration<DB>>,
) -> Result<Vec<String>>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    // This makes the table of migrations.
    let applied = conn.applied_migrations().map_err(|error| unreadable(&*error))?;
    let applied: Vec<String> = applied.iter().map(ToString::to_string).collect();
    let pending: Migrations<DB> = unapplied(&applied, source)?.into_iter().map(prepare).collect();
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
