//! Temporary databases, one for each test.

use std::{
    io::{Write, stderr},
    sync::atomic::{AtomicU32, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use chrono::{DateTime, TimeDelta};
use diesel::{Connection, PgConnection, RunQueryDsl, sql_query};
use domain::{
    Timestamp,
    access::{Admin, Member, Visitor},
    page::{PageContent, PageInput},
    password::PasswordHash,
    user::{Role, User, UserContent, Username},
};
use store::{Conn, DatabaseUrl, Store};

use crate::commands;

/// Noon of a fixed day: the clock of the tests.
pub fn noon() -> Timestamp {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap() + TimeDelta::microseconds(123_456)
}

pub fn admin() -> Admin {
    Admin::command_line()
}

/// The URL of the PostgreSQL server for tests; `None` if there is none and tests may skip it.
pub fn postgres() -> Option<String> {
    let url = std::env::vars_os().find(|(name, _)| name == "POSTERN_TEST_POSTGRES").map(|(_, url)| url);
    let all = std::env::vars_os().any(|(name, _)| name == "POSTERN_TEST_ALL");
    if url.is_none() {
        assert!(!all, "POSTERN_TEST_POSTGRES is not set");
        // Not by a macro: the test harness keeps what a test prints that passes.
        let _unseen = writeln!(stderr(), "left out: PostgreSQL (POSTERN_TEST_POSTGRES is not set)");
    }
    url.map(|url| url.into_string().unwrap())
}

/// Runs a test on a migrated database of each kind.
pub fn on_both(test: impl Fn(&Store)) {
    on_each(|url| {
        let store = Store::open(url, 8).unwrap();
        store.migrate().unwrap();
        test(&store);
    });
}

/// Runs a test with the URL of an empty database of each kind.
pub fn on_each(test: impl Fn(&DatabaseUrl)) {
    let folder = tempfile::tempdir().unwrap();
    test(&DatabaseUrl::parse(&format!("sqlite://{}/test.db", folder.path().display())).unwrap());
    if let Some(base) = postgres() {
        let database = PostgresDatabase::create(&base);
        test(&DatabaseUrl::parse(&database.url).unwrap());
    }
}

/// A database of one test on the PostgreSQL server, dropped at the end.
pub struct PostgresDatabase {
    base: String,
    name: String,
    pub url: String,
}

impl PostgresDatabase {
    pub fn create(base: &str) -> PostgresDatabase {
        PostgresDatabase::create_with(base, "")
    }

    pub fn create_with(base: &str, options: &str) -> PostgresDatabase {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let nanos = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("postern_{}_{nanos}_{number}", std::process::id());
        let url = format!("{}/{name}", base.rsplit_once('/').unwrap().0);
        let mut conn = PgConnection::establish(base).unwrap();
        sql_query(format!("CREATE DATABASE {name} {options}")).execute(&mut conn).unwrap();
        PostgresDatabase { base: base.into(), name, url }
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        if let Ok(mut conn) = PgConnection::establish(&self.base) {
            let _still_used = sql_query(format!("DROP DATABASE {} WITH (FORCE)", self.name)).execute(&mut conn);
        }
    }
}

/// Runs SQL outside the commands, as a user of psql does.
pub fn sql(store: &Store, statement: &str) -> store::Result<usize> {
    store.write(|conn| Ok(sql_query(statement).execute(conn)?))
}

pub fn content(path: &str) -> PageContent {
    let draft = PageInput { path: format!("/{path}"), title: format!("Title of {path}"), ..PageInput::default() };
    draft.check(noon()).unwrap()
}

pub fn hash(text: &str) -> PasswordHash {
    PasswordHash::new(text)
}

pub fn add(store: &Store, name: &str, role: Role) -> User {
    let content = UserContent::new(Username::parse(name).unwrap(), role);
    store.write(|conn| store::writing::users::insert(conn, &admin(), &content, &hash("x"), noon())).unwrap()
}

pub fn member(role: Role) -> Visitor {
    let (id, name) = (domain::user::UserId(1), Username::parse("ann").unwrap());
    Visitor::SignedIn(Member { id, name, role, groups: Vec::new() })
}

pub fn put(conn: &mut Conn, content: &PageContent) -> store::Result<()> {
    commands::insert(conn, admin().editor(), content, noon()).map(drop)
}

/// Reverts the last applied migration.
macro_rules! undo {
    ($store:expr, $url:expr, $name:literal) => {
        $crate::database::run_down(
            $store,
            $name,
            match $url.to_string().starts_with("sqlite") {
                true => include_str!(concat!("../../../../migrations/sqlite/", $name, "/down.sql")),
                false => include_str!(concat!("../../../../migrations/postgres/", $name, "/down.sql")),
            },
        )
    };
}
pub(crate) use undo;

pub fn run_down(store: &Store, name: &str, down: &str) {
    for statement in down.split_terminator(';').filter(|statement| !statement.trim().is_empty()) {
        sql(store, statement).unwrap();
    }
    let version: String = name.chars().take_while(|c| *c != '_').filter(char::is_ascii_digit).collect();
    sql(store, &format!("DELETE FROM __diesel_schema_migrations WHERE version = '{version}'")).unwrap();
}
