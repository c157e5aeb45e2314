//! Sites over each kind of database.

use diesel::{Connection, PgConnection, RunQueryDsl, sql_query};
use web::auth::secret::Secret;

use crate::site::Site;

/// An empty database on the PostgreSQL server, dropped at the end.
struct Database {
    base: String,
    name: String,
}

impl Database {
    fn create() -> Option<Database> {
        let base = std::env::vars_os().find(|(name, _)| name == "POSTERN_TEST_POSTGRES");
        let base = base.map(|(_, url)| url.into_string().unwrap())?;
        let name = format!("postern_site_{}", Secret::random().unwrap().reveal().to_lowercase());
        let mut conn = PgConnection::establish(&base).unwrap();
        sql_query(format!("CREATE DATABASE {name}")).execute(&mut conn).unwrap();
        Some(Database { base, name })
    }

    fn url(&self) -> String {
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

/// Runs a test on a site over each kind of database.
pub async fn on_both(test: impl AsyncFn(&Site)) {
    test(&Site::new()).await;
    if let Some(database) = Database::create() {
        test(&Site::at(&database.url())).await;
    }
}
