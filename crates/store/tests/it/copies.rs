//! Copies of a PostgreSQL database: by pg_dump and pg_restore, and through publications.

use std::{path::PathBuf, process::Command};

use diesel::{RunQueryDsl, connection::SimpleConnection, sql_query};
use domain::{
    audience::{Audience, Chosen},
    page::PageContent,
    user::Role,
};
use store::{DatabaseUrl, Store};

use crate::{
    audiences::differing_listings,
    commands,
    database::{PostgresDatabase, add, admin, content, noon, postgres, put, sql},
};

/// A site with a public page and one for a chosen reader; `None` without a server.
fn site() -> Option<(PostgresDatabase, Store)> {
    let database = PostgresDatabase::create(&postgres()?);
    let store = Store::open(&DatabaseUrl::parse(&database.url).unwrap(), 2).unwrap();
    store.migrate().unwrap();
    let ann = add(&store, "ann", Role::Reader);
    let chosen = Audience::Chosen(Chosen { people: vec![ann.name], groups: Vec::new() });
    let pages = [content("a"), PageContent { audience: chosen, show_title: true, ..content("a/b") }];
    store.write(|conn| pages.iter().try_for_each(|page| put(conn, page))).unwrap();
    Some((database, store))
}

/// Runs a program of PostgreSQL, from the folder that the environment names or from the path.
fn run(program: &str, arguments: &[&str]) {
    let folder = std::env::vars_os().find(|(name, _)| name == "POSTERN_TEST_POSTGRES_BIN").map(|(_, folder)| folder);
    let program = folder.map_or(PathBuf::from(program), |folder| PathBuf::from(folder).join(program));
    let output = Command::new(&program).args(arguments).output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && words.is_empty(), "{}: {words}", program.display());
}

#[test]
fn data_alone_is_restored_into_the_schema() {
    let Some((from, store)) = site() else { return };
    // A page that waits to be read into the index.
    store.read(|conn| Ok(sql_query("UPDATE pages SET body = 'x' WHERE path = 'a'").execute(conn)?)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let to = PostgresDatabase::create(&postgres().unwrap());
    // Of its own data, pg_dump sorts tables by their foreign keys.
    for part in ["--schema-only", "--data-only"] {
        let file = folder.path().join("dump");
        let file = file.to_str().unwrap();
        run("pg_dump", &[part, "--format=custom", "--file", file, &from.url]);
        run("pg_restore", &[part, "--exit-on-error", "--dbname", &to.url, file]);
    }
    let restored = Store::open(&DatabaseUrl::parse(&to.url).unwrap(), 2).unwrap();
    assert!(restored.migrate().unwrap().is_empty());
    let count = |store: &Store, table| sql(store, &format!("UPDATE {table} SET page_id = page_id")).unwrap();
    assert_eq!(count(&restored, "listings"), count(&store, "listings"));
    assert_eq!(differing_listings(&restored), 0);
    for store in [&store, &restored] {
        while store.write(|conn| store::writing::search::catch_up(conn, str::to_owned)).unwrap() {}
    }
    assert_eq!((count(&restored, "search"), count(&restored, "full_text_unread")), (2, 0));
}

#[test]
fn a_site_that_is_published_can_be_changed() {
    let Some((_database, store)) = site() else { return };
    sql(&store, "CREATE PUBLICATION everything FOR ALL TABLES").unwrap();
    let page = store.read(|conn| store::pages::find(conn, &content("a").path)).unwrap().unwrap();
    let private = PageContent { audience: Audience::SignedIn, ..page.content };
    store.write(|conn| commands::update(conn, admin().editor(), page.id, page.version, &private, noon())).unwrap();
    sql(&store, "DELETE FROM pages").unwrap();
    assert_eq!(differing_listings(&store), 0);
}

/// A subscription applies rows like this: as a replica, with an empty search_path, one table after another.
#[test]
fn what_a_publisher_sends_is_applied_and_rows_that_triggers_make_are_made_here() {
    let Some((_database, store)) = site() else { return };
    store
        .read(|conn| {
            Ok(conn.batch_execute(
                "BEGIN; SET LOCAL session_replication_role = replica; SET LOCAL search_path = '';
                 INSERT INTO public.pages (id, path, title, settled) VALUES (7, 'c/d', 'D', 1);
                 INSERT INTO public.listings VALUES ('everybody', '', now(), 'c/d', NULL, 7),
                                                    ('everybody', 'c', now(), 'c/d', NULL, 7);
                 INSERT INTO public.links_unread VALUES (7);
                 DELETE FROM public.listings WHERE page_id = 7;
                 UPDATE public.pages SET private = TRUE, audience = 'signed-in', version = version + 1 WHERE path = 'a';
                 COMMIT;",
            )?)
        })
        .unwrap();
    assert_eq!(differing_listings(&store), 0);
    let by_hand = "UPDATE pages SET audience = 'public' WHERE path = 'a'";
    assert!(sql(&store, by_hand).unwrap_err().to_string().contains("audience is not set by hand"));
}

#[test]
fn every_trigger_function_finds_its_tables_with_any_search_path() {
    let Some((_database, store)) = site() else { return };
    let without = "UPDATE site SET title = title WHERE EXISTS (
                       SELECT 1 FROM pg_proc WHERE prorettype = 'trigger'::regtype
                       AND pronamespace = current_schema()::regnamespace AND proconfig IS NULL)";
    assert_eq!(sql(&store, without).unwrap(), 0, "a trigger function has no search_path of its own");
}
