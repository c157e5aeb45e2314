//! The triggers of the schema read rows by their keys: a change of one row costs the same on a site of any size.

use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Text},
};
use store::{Conn, Store};

use crate::{
    database::{add, content, on_both, put, sql},
    races::is_postgres,
};

#[derive(QueryableByName)]
struct Trigger {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    sql: String,
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct Rows {
    #[diesel(sql_type = BigInt)]
    read: i64,
}

/// A statement of a trigger with a parameter for each value of the changed row.
fn with_parameters(statement: &str) -> String {
    let mut words = String::new();
    let mut rest = statement;
    while let Some(at) = rest.find("new.").into_iter().chain(rest.find("old.")).min() {
        words.push_str(&rest[..at]);
        words.push('?');
        rest = rest[at + 4..].trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
    }
    words + rest
}

/// The steps of a trigger's statements on SQLite that read a table, or all rows of a principal, from end to end.
fn long_steps(conn: &mut Conn, trigger: &Trigger) -> store::Result<Vec<String>> {
    let (_, body) = trigger.sql.split_once("BEGIN").unwrap();
    let (body, _) = body.rsplit_once("END").unwrap();
    let mut long = Vec::new();
    for statement in body.split(';').filter(|words| !words.trim().is_empty() && !words.contains("RAISE(")) {
        let steps: Vec<Step> = sql_query(format!("EXPLAIN QUERY PLAN {}", with_parameters(statement))).load(conn)?;
        // The menu is small, and the search index is read by its key.
        let short = ["CONSTANT ROW", "VALUES CLAUSE", "(subquery", "SCAN menu ", "SCAN search VIRTUAL TABLE INDEX 0:="];
        let steps = steps.into_iter().map(|step| step.detail).filter(|step| {
            let scans = step.starts_with("SCAN ") && !short.iter().any(|words| step.contains(words));
            scans || step.contains("(principal=?)")
        });
        long.extend(steps.map(|step| format!("{}: {step}", trigger.name)));
    }
    Ok(long)
}

#[test]
fn on_sqlite_no_trigger_reads_a_table_from_end_to_end() {
    on_both(|store| {
        if is_postgres(store) {
            return;
        }
        let query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name";
        let long = store.read(|conn| {
            let triggers: Vec<Trigger> = sql_query(query).load(conn)?;
            assert!(triggers.len() > 80, "{}", triggers.len());
            let mut long = Vec::new();
            for trigger in &triggers {
                long.extend(long_steps(conn, trigger)?);
            }
            Ok(long)
        });
        assert_eq!(long.unwrap(), Vec::<String>::new());
    });
}

/// The number of rows of pages and lists that a statement reads on PostgreSQL.
fn rows_read(store: &Store, statement: &str) -> i64 {
    let count = "SELECT sum(seq_tup_read + idx_tup_fetch)::bigint AS read FROM pg_stat_xact_user_tables
                 WHERE relname IN ('pages', 'listings')";
    let read = store.write(|conn| {
        // A small table is otherwise read from end to end.
        sql_query("SET LOCAL enable_seqscan = off").execute(conn)?;
        let before: Rows = sql_query(count).get_result(conn)?;
        sql_query(statement).execute(conn)?;
        let after: Rows = sql_query(count).get_result(conn)?;
        Ok(after.read - before.read)
    });
    read.unwrap()
}

#[test]
fn on_postgres_a_change_by_sql_reads_rows_by_their_keys() {
    on_both(|store| {
        if !is_postgres(store) {
            return;
        }
        let ann = add(store, "ann", domain::user::Role::Reader).id.0;
        store.write(|conn| put(conn, &content("a"))).unwrap();
        let others = "INSERT INTO pages (id, path, title, private, audience, readers_from, settled)
                      SELECT n, 'other/' || n, 'T', TRUE, 'chosen', n, 1 FROM generate_series(1, 1000) AS n";
        sql(store, others).unwrap();
        sql(store, "INSERT INTO pages (id, path, title, audience, settled) VALUES (2000, 'a/b', 'T', 'inherited', 1)")
            .unwrap();
        sql(store, "ANALYZE").unwrap();
        for statement in [
            "UPDATE pages SET private = TRUE WHERE path = 'a'",
            &format!("INSERT INTO page_people VALUES (7, {ann})"),
            "DELETE FROM page_people WHERE page_id = 7",
            "DELETE FROM pages WHERE id = 7",
        ] {
            let read = rows_read(store, statement);
            assert!(read < 50, "{read} rows for {statement}");
        }
    });
}
