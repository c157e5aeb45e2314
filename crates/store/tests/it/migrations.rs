//! Migrations: one process applies each once, and a failure has a clear message.

use std::{
    sync::{Barrier, mpsc::channel},
    time::Duration,
};

use diesel::{RunQueryDsl, connection::SimpleConnection, sql_query};
use domain::{
    Version,
    access::Visitor,
    audience::Audience,
    look::Look,
    page::{Page, PageContent, PageId, PagePath},
    search::Query,
    user::Role,
};
use store::{
    Conn, DatabaseUrl, Error, Paging, Store, links,
    lists::{self, Position, VisiblePages},
    pages, revisions, search, site, writing,
};

use crate::{
    audiences::differing_listings,
    commands,
    database::{PostgresDatabase, admin, member, noon, on_both, on_each, postgres, sql},
};

const ALL: &[&str] = &[
    "2026-11-24-000001_site",
    "2026-11-24-000002_changes",
    "2026-11-24-000003_history",
    "2026-11-24-000004_readers",
    "2026-11-24-000005_search",
    "2026-11-24-000006_links",
    "2026-11-24-000007_drafts",
    "2026-11-24-000008_receipts",
    "2026-11-24-000009_by_hand",
    "2026-11-26-000010_reader_keys",
    "2026-11-26-000011_unused_index",
    "2026-11-26-000012_change_nonce",
    "2026-11-26-000014_access_in_bulk",
    "2026-11-26-000015_by_sql",
    "2026-11-26-000020_saving_form",
    "2026-11-29-000030_lists_by_key",
    "2026-11-29-000040_sign_ins",
    "2026-11-29-000041_jobs",
    "2026-11-29-000050_subscriber",
    "2026-11-29-000060_private_changes",
    "2026-11-29-000100_heading_links",
    "2026-11-29-000110_door",
    "2026-11-29-000120_navigation",
    "2026-11-29-000121_sections",
    "2026-11-29-000130_look",
    "2026-11-29-000140_full_text",
    "2026-11-29-000150_outlines",
    "2026-11-30-000180_new_pages",
    "2026-11-30-000190_title_keys",
    "2026-11-30-000200_people",
    "2026-11-30-000210_languages",
    "2026-11-30-000211_reading_times",
    "2026-11-30-000220_files",
    "2026-11-30-000225_file_links",
    "2026-11-30-000230_invitations",
    "2026-11-30-000240_app_passwords",
    "2026-11-30-000241_covers",
    "2026-11-30-000242_look_pictures",
    "2026-11-30-000250_shares",
    "2026-11-30-000260_keys",
    "2026-11-30-000261_notes",
    "2026-11-30-000262_bulk_actions",
    "2026-11-30-000263_menu_languages",
    "2026-11-30-000270_triggers_by_key",
    "2026-11-30-000271_menu_in_bulk",
    "2026-11-30-000273_shown_texts",
];

/// Inserts a page in any version of the schema.
const OLD: &str = "INSERT INTO pages (id, path, title, body, published_at) VALUES";

fn find(store: &Store, path: &str) -> Page {
    let path = PagePath::parse(path).unwrap();
    store.read(|conn| pages::find(conn, &path)).unwrap().unwrap()
}

#[test]
fn they_are_pending_then_applied_then_nothing_is_left() {
    on_each(|url| {
        let store = Store::open(url, 2).unwrap();
        assert_eq!(store.pending().unwrap(), ALL);
        assert_eq!(store.migrate().unwrap(), ALL);
        assert!(store.pending().unwrap().is_empty());
        assert!(store.migrate().unwrap().is_empty());
    });
}

#[test]
fn no_migration_of_postgres_compares_each_row_with_all_rows_of_a_query() {
    // PostgreSQL reads all rows of the query for each row, once they do not fit into `work_mem`.
    for name in ALL {
        for file in ["up.sql", "down.sql"] {
            let path = format!("{}/../../migrations/postgres/{name}/{file}", env!("CARGO_MANIFEST_DIR"));
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(!text.contains("NOT IN (SELECT"), "{path}");
        }
    }
}

#[test]
fn two_processes_that_start_at_once_migrate_once() {
    on_each(|url| {
        let stores = [Store::open(url, 1).unwrap(), Store::open(url, 1).unwrap()];
        let applied: usize = std::thread::scope(|scope| {
            let threads = stores.each_ref().map(|store| scope.spawn(|| store.migrate().map(|names| names.len())));
            threads.map(|thread| thread.join().unwrap()).into_iter().map(Result::unwrap).sum()
        });
        assert_eq!(applied, ALL.len());
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
fn a_half_made_schema_is_named_with_its_fix_and_left_as_it_was() {
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

/// Returns a database to its state before a migration by the down scripts of that migration and of the later ones.
fn go_back(store: &Store, to: &str) {
    for name in ALL.iter().rev().take_while(|name| **name >= to) {
        let version: String = name.chars().take_while(|c| *c != '_').filter(|c| *c != '-').collect();
        store
            .write(|conn| {
                let kind = if matches!(conn, Conn::Sqlite(_)) { "sqlite" } else { "postgres" };
                let folder = format!("{}/../../migrations/{kind}/{name}", env!("CARGO_MANIFEST_DIR"));
                conn.batch_execute(&std::fs::read_to_string(format!("{folder}/down.sql")).unwrap())?;
                let forget = format!("DELETE FROM __diesel_schema_migrations WHERE version = '{version}'");
                Ok(sql_query(forget).execute(conn)?)
            })
            .unwrap();
    }
}

#[test]
fn a_site_that_was_there_before_has_a_history_that_begins_now() {
    on_each(|url| {
        let store = Store::open(url, 2).unwrap();
        store.migrate().unwrap();
        go_back(&store, "2026-11-24-000003_history");
        sql(&store, "INSERT INTO pages (id, path, title, body, version) VALUES (7, 'old', 'Old', 'text', 4)").unwrap();
        store.migrate().unwrap();
        let page = find(&store, "old");
        let read = |version| store.read(|conn| revisions::get(conn, admin().editor(), PageId(7), Version(version)));
        let first = read(4).unwrap().unwrap();
        assert_eq!((first.content.body.as_str(), first.actor.as_str()), ("text", ""));
        let new = PageContent { body: "new".into(), ..page.content };
        store.write(|conn| commands::update(conn, admin().editor(), page.id, page.version, &new, noon())).unwrap();
        assert_eq!(read(5).unwrap().unwrap().content.body, "new");
    });
}

#[test]
fn a_private_page_of_before_is_for_anyone_signed_in_and_stands_in_lists() {
    on_each(|url| {
        let store = Store::open(url, 2).unwrap();
        store.migrate().unwrap();
        go_back(&store, "2026-11-24-000004_readers");
        sql(
            &store,
            "INSERT INTO pages (id, path, title, private, published_at)
             VALUES (7, 'a', 'A', FALSE, '2026-01-01 00:00:00'), (8, 'a/b', 'B', TRUE, '2026-01-01 00:00:00')",
        )
        .unwrap();
        store.migrate().unwrap();
        assert_eq!(
            (find(&store, "a").content.audience, find(&store, "a/b").content.audience),
            (Audience::Public, Audience::SignedIn)
        );
        let below = |visitor: &Visitor| {
            let (scope, path) = (VisiblePages::readable(visitor, noon()), PagePath::parse("a").unwrap());
            store.read(|conn| lists::list_below(conn, &scope, &path, &Position::Newest, 9)).unwrap().unwrap().rows.len()
        };
        assert_eq!((below(&Visitor::Anonymous), below(&member(Role::Reader))), (0, 1));
    });
}

#[test]
fn the_lines_of_a_footer_that_was_there_before_stay_lines_and_are_not_read_as_markdown() {
    on_both(|store| {
        go_back(store, "2026-11-29-000130_look");
        let footer = "*Acme*, 1 & 2\\3 <b>\n- a_b\n+ c\n    # d\n\n1. e\n> f\n=\n[x](y) `z` $1~2|3";
        sql(store, &format!("UPDATE site SET footer = '{footer}'")).unwrap();
        store.migrate().unwrap();
        let expected = "\\*Acme\\*, 1 \\& 2\\\\3 \\<b\\>\n\n\\- a\\_b\n\n\\+ c\n\n \\# d\n\n\n\n1. e\n\n\\> f\n\n\\=\n\n\
                        \\[x\\](y) \\`z\\` \\$1\\~2\\|3";
        assert_eq!(store.read(site::get).unwrap().footer, expected);
        assert_eq!(store.read(site::get).unwrap().look, Look::default());
        go_back(store, "2026-11-29-000130_look");
        store.migrate().unwrap();
    });
}

#[test]
fn the_pages_that_were_there_before_the_index_are_found() {
    on_both(|store| {
        go_back(store, "2026-11-24-000005_search");
        sql(store, &format!("{OLD} (7, 'old/page', 'Old', 'An ocelot.', '2026-01-01 00:00:00')")).unwrap();
        store.migrate().unwrap();
        while store.write(|conn| writing::search::catch_up(conn, str::to_owned)).unwrap() {}
        let query = Query::parse("ocelot").unwrap();
        let paging = Paging { number: 1, size: 20 };
        let found = store.read(|conn| search::list(conn, &Visitor::Anonymous, noon(), &query, paging)).unwrap();
        assert_eq!(found.rows[0].teaser.path.as_str(), "old/page");
    });
}

#[test]
fn the_pages_that_were_there_before_links_were_kept_wait_to_be_read() {
    on_both(|store| {
        go_back(store, "2026-11-24-000006_links");
        sql(store, &format!("{OLD} (7, 'old/page', 'Old', '', '2026-01-01 00:00:00')")).unwrap();
        store.migrate().unwrap();
        assert!(store.read(links::has_unread).unwrap());
    });
}

/// A site of before lists and search, with many pages, on PostgreSQL; `None` without a server.
fn old_site(pages: u32) -> Option<(PostgresDatabase, Store)> {
    let database = PostgresDatabase::create(&postgres()?);
    let store = Store::open(&DatabaseUrl::parse(&database.url).unwrap(), 2).unwrap();
    store.migrate().unwrap();
    go_back(&store, "2026-11-24-000004_readers");
    let fill = format!(
        "INSERT INTO pages (id, path, title, body, private, published_at)
         SELECT n, 's' || n % 10 || '/p' || n, 'Page ' || n, 'An ocelot.', n % 2 = 1, '2026-01-01 00:00:00'
         FROM generate_series(1, {pages}) n"
    );
    sql(&store, &fill).unwrap();
    Some((database, store))
}

fn is_searched_and_listed(store: &Store, pages: usize) {
    assert_eq!(differing_listings(store), 0);
    let count = |table| sql(store, &format!("UPDATE {table} SET page_id = page_id")).unwrap();
    assert_eq!((count("search"), count("full_text_unread")), (0, pages), "the pages wait to be read for the search");
    while store.write(|conn| writing::search::catch_up(conn, str::to_owned)).unwrap() {}
    assert_eq!((count("search"), count("full_text_unread")), (pages, 0));
}

#[test]
fn lists_and_search_of_a_site_that_was_there_before_are_filled_in_batches() {
    let Some((_database, store)) = old_site(2500) else { return };
    store.migrate().unwrap();
    is_searched_and_listed(&store, 2500);
}

#[test]
fn texts_that_were_there_before_are_found_as_before_and_then_by_their_new_words() {
    on_each(|url| {
        let store = Store::open(url, 2).unwrap();
        store.migrate().unwrap();
        go_back(&store, "2026-11-29-000140_full_text");
        sql(&store, &format!("{OLD} (7, 'a', 'Straße', 'ocelot', '2020-01-01 00:00:00')")).unwrap();
        store.migrate().unwrap();
        let found = |typed: &str| {
            let query = Query::parse(typed).unwrap();
            let all = Paging { number: 1, size: 10 };
            store.read(|conn| search::list(conn, &Visitor::Anonymous, noon(), &query, all)).unwrap().rows.len()
        };
        assert_eq!((found("ocelot"), found("strasse")), (1, 0));
        while store.write(|conn| writing::search::catch_up(conn, str::to_owned)).unwrap() {}
        assert_eq!((found("ocelot"), found("strasse")), (1, 1));
    });
}

#[test]
fn texts_that_were_there_before_are_read_again_without_what_their_pages_hide() {
    on_each(|url| {
        let store = Store::open(url, 2).unwrap();
        store.migrate().unwrap();
        go_back(&store, "2026-11-30-000273_shown_texts");
        sql(&store, &format!("{OLD} (7, 'a', 'A', 'ocelot <!-- lynx -->', '2020-01-01 00:00:00')")).unwrap();
        while store.write(|conn| writing::search::catch_up(conn, str::to_owned)).unwrap() {}
        let found = |typed: &str| {
            let query = Query::parse(typed).unwrap();
            let all = Paging { number: 1, size: 10 };
            store.read(|conn| search::list(conn, &Visitor::Anonymous, noon(), &query, all)).unwrap().rows.len()
        };
        assert_eq!((found("ocelot"), found("lynx")), (1, 1));
        store.migrate().unwrap();
        while store.write(|conn| writing::search::catch_up(conn, |text| text.replace("lynx", ""))).unwrap() {}
        assert_eq!((found("ocelot"), found("lynx")), (1, 0));
    });
}

#[test]
fn a_fill_that_was_interrupted_is_pending_and_continues() {
    let Some((_database, store)) = old_site(1500) else { return };
    store.migrate().unwrap();
    sql(&store, "INSERT INTO backfills VALUES ('listings', 700)").unwrap();
    sql(&store, "DELETE FROM listings WHERE page_id > 700").unwrap();
    assert_eq!(store.pending().unwrap(), ["listings"]);
    assert!(store.migrate().unwrap().is_empty(), "no migration is applied twice");
    assert!(store.pending().unwrap().is_empty());
    is_searched_and_listed(&store, 1500);
}

/// The measure of an upgrade: `cargo test --release -p store --test it bench_of -- --ignored --nocapture`.
#[test]
#[ignore = "takes minutes"]
fn bench_of_an_upgrade() {
    let pages = 50_000;
    let Some((_database, store)) = old_site(pages) else { return };
    let begun = std::time::Instant::now();
    store.migrate().unwrap();
    println!("{pages} pages: migrated and listed in {:.1} s", begun.elapsed().as_secs_f64());
    while store.write(|conn| writing::search::catch_up(conn, str::to_owned)).unwrap() {}
    println!("{pages} pages: searched after {:.1} s", begun.elapsed().as_secs_f64());
}

#[test]
fn a_process_that_starts_while_another_one_migrates_waits_for_it() {
    on_each(|url| {
        let store = Store::open(url, 4).unwrap();
        let held = Barrier::new(2);
        let (release, released) = channel::<()>();
        std::thread::scope(|scope| {
            let (store, held) = (&store, &held);
            let other = scope.spawn(move || {
                store.write(|conn| {
                    // SQLite's lock is that of any writer.
                    if let Conn::Postgres(conn) = conn {
                        sql_query("SELECT pg_advisory_xact_lock(31647739056321134)").execute(conn)?;
                    }
                    held.wait();
                    // If this test has failed meanwhile, there is no sender.
                    released.recv().unwrap_or_default();
                    Ok(())
                })
            });
            held.wait();
            let (done, is_done) = channel();
            let migrating = scope.spawn(move || done.send(store.migrate()));
            // Longer than one attempt to take SQLite's lock.
            assert!(is_done.recv_timeout(Duration::from_millis(1500)).is_err(), "it waits");
            release.send(()).unwrap();
            assert_eq!(is_done.recv_timeout(Duration::from_secs(60)).unwrap().unwrap(), ALL);
            other.join().unwrap().unwrap();
            migrating.join().unwrap().unwrap();
        });
    });
}
