//! The plans of statements on SQLite, for tests.

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};

use crate::{DatabaseUrl, Store};

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// The steps by which SQLite executes a statement on an empty site. Its parameters have to be replaced by values.
pub(crate) fn steps(statement: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("site.db").display());
    let store = Store::open(&DatabaseUrl::parse(&url).unwrap(), 1).unwrap();
    store.migrate().unwrap();
    let explain = sql_query(format!("EXPLAIN QUERY PLAN {statement}"));
    let steps: Vec<Step> = store.read(|conn| Ok(explain.load(conn)?)).unwrap();
    steps.into_iter().map(|step| step.detail).collect()
}
