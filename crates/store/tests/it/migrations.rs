//! Migrations: applied once, by one process, and understood when they cannot be.

use diesel::{RunQueryDsl, connection::SimpleConnection, sql_query};
use domain::{access::Visitor, page::PageContent, search::Query};
use store::{Conn, Error, Paging, Store, links, search};

use crate::database::{content, noon, on_both, on_each, put, sql};

#[test]
fn they_are_pending_then_applied_then_nothing_is_left() {
    on_each(|url| {
        let store = Store::open(url, 2).unwrap();
        let all = [
            "2026-11-24-000001_site",
            "2026-11-24-000002_changes",
            "2026-11-24-000003_history",
            "2026-11-24-000005_search",
            "2026-11-24-000006_links",
        ];
        assert_eq!(store.pending().unwrap(), all);
        assert_eq!(store.migrate().unwrap(), all);
        assert!(store.pending().unwrap().is_empty());
        assert!(store.migrate().unwrap().is_empty());
    });
}

#[test]
fn two_processes_that_start_at_once_migrate_once() {
    on_each(|url| {
        let stores = [Store::open(url, 1).unwrap(), Store::open(url, 1).unwrap()];
        let applied: usize = std::thread::scope(|scope| {
            let threads = stores.each_ref().map(|store| scope.spawn(|| store.migrate().map(|names| names.len())));
            threads.map(|thread| thread.join().unwrap()).into_iter().map(Result::unwrap).sum()
        });
        assert_eq!(applied, 5);
    });
}

#[test]
fn a_database_of_a_newer_version_is_named() {
    on_both(|store| {
        sql(store, "INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231')").unwrap();
        for error in [store.pending().unwrap_err(), store.migrate().unwrap_err()] {
            assert!(matches!(&error, Error::Schema(words) if words.contains("newer Postern")), "{error}");
        }
    });
}

#[test]
fn a_half_made_schema_is_named_with_its_mend_and_left_as_it_was() {
    on_each(|url| {
        let store = Store::open(url, 1).unwrap();
        let make = |conn: &mut store::Conn| Ok(sql_query("CREATE TABLE users (id INTEGER)").execute(conn)?);
        store.write(make).unwrap();
        let error = store.migrate().unwrap_err().to_string();
        assert!(error.contains("already exists") && error.contains("restore a backup"), "{error}");
        assert!(!error.contains('\n'));
        assert!(sql(&store, "SELECT * FROM pages").is_err(), "the migration was rolled back");
    });
}

#[test]
fn the_pages_that_were_there_before_the_index_are_found() {
    on_both(|store| {
        revert(store, "2026-11-24-000005_search");
        store.write(|conn| put(conn, &PageContent { body: "An ocelot.".into(), ..content("old/page") })).unwrap();
        store.migrate().unwrap();
        let query = Query::parse("ocelot").unwrap();
        let paging = Paging { number: 1, size: 20 };
        let found = store.read(|conn| search::list(conn, &Visitor::Anonymous, noon(), &query, paging)).unwrap();
        assert_eq!(found.rows[0].teaser.path.as_str(), "old/page");
    });
}

#[test]
fn the_pages_that_were_there_before_links_were_kept_wait_to_be_read() {
    on_both(|store| {
        revert(store, "2026-11-24-000006_links");
        store.write(|conn| put(conn, &content("old/page"))).unwrap();
        store.migrate().unwrap();
        assert_eq!(store.read(links::unread).unwrap(), 1);
    });
}

/// Takes back a migration, with what it says for that itself.
fn revert(store: &Store, migration: &str) {
    let folder = format!("{}/../../migrations", env!("CARGO_MANIFEST_DIR"));
    let version: String = migration.chars().take_while(|c| *c != '_').filter(|c| *c != '-').collect();
    store
        .write(|conn| {
            let kind = if matches!(conn, Conn::Sqlite(_)) { "sqlite" } else { "postgres" };
            let down = std::fs::read_to_string(format!("{folder}/{kind}/{migration}/down.sql")).unwrap();
            conn.batch_execute(&down)?;
            let forget = "DELETE FROM __diesel_schema_migrations WHERE version = ";
            Ok(sql_query(format!("{forget}'{version}'")).execute(conn)?)
        })
        .unwrap();
}
