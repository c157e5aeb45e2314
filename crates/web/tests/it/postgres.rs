//! An empty database on the PostgreSQL server of the tests.

use diesel::{Connection, PgConnection, RunQueryDsl, sql_query};
use web::auth::secret::Secret;

/// An empty database, dropped at the end.
pub struct Database {
    base: String,
    name: String,
}

impl Database {
    /// Makes one; `None` without a server.
    pub fn create(what: &str) -> Option<Database> {
        let base = std::env::vars_os().find(|(name, _)| name == "POSTERN_TEST_POSTGRES");
        let base = base.map(|(_, url)| url.into_string().unwrap())?;
        let name = format!("postern_{what}_{}", Secret::random().unwrap().reveal().to_lowercase());
        let mut conn = PgConnection::establish(&base).unwrap();
        sql_query(format!("CREATE DATABASE {name}")).execute(&mut conn).unwrap();
        Some(Database { base, name })
    }

    pub fn url(&self) -> String {
        format!("{}/{}", self.base.rsplit_once('/').unwrap().0, self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Ok(mut conn) = PgConnection::establish(&self.base) {
            let _still_used = sql_query(format!("DROP DATABASE {} WITH (FORCE)", self.name)).execute(&mut conn);
        }
    }
}
