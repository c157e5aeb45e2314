//! The change feed reports every relevant commit of any writer, and detects that it may have missed one.

use std::{
    sync::mpsc::{Receiver, channel},
    time::{Duration, Instant},
};

use diesel::{Connection, PgConnection, RunQueryDsl, SqliteConnection, sql_query};
use domain::{audience::Audience, draft::FormId, page::PagePath, secret::SecretHash, user::Role};
use store::{
    DatabaseUrl, Store,
    admin_list::PageFilter,
    feed::{Change, Event, Feed},
    writing::{Command, Selection, SetAudience, app_passwords},
};

use crate::{
    app_passwords::{content as password, member},
    commands,
    database::{PostgresDatabase, add, admin, content, hash, noon, on_both, on_each, postgres, put, sql},
    races::is_postgres,
};

const TIMEOUT: Duration = Duration::from_secs(20);

/// A feed, and the events that it reported.
struct Watch {
    feed: Feed,
    told: Receiver<Event>,
}

impl Watch {
    fn of(store: &Store) -> Watch {
        let (tell, told) = channel();
        let feed = store.watch(move |news| drop(tell.send(news))).unwrap();
        let watch = Watch { feed, told };
        assert_eq!(watch.next(), Change::Everything, "what was kept before is forgotten first");
        watch
    }

    /// The next reported change.
    fn next(&self) -> Change {
        let begun = Instant::now();
        while begun.elapsed() < TIMEOUT {
            if let Event::Changed(change) = self.told.recv_timeout(TIMEOUT).unwrap() {
                return change;
            }
        }
        panic!("no change within {TIMEOUT:?}: {:?}", self.feed.failure())
    }

    /// The changes reported so far, without repetitions: a change of a page includes the private ones.
    fn settled(&self) -> Vec<Change> {
        assert!(self.feed.wait_until_caught_up(TIMEOUT));
        let mut changes: Vec<Change> = Vec::new();
        for news in self.told.try_iter() {
            match news {
                Event::Changed(change) if !changes.contains(&change) => changes.push(change),
                _ => {}
            }
        }
        let open = changes.clone();
        changes.retain(|change| !matches!(change, Change::PrivatePage(path) if open.contains(&page(path))));
        changes
    }

    /// Waits until the feed has reported all commits before this call.
    fn heard(&self) {
        let now = Instant::now();
        while !matches!(self.told.recv_timeout(TIMEOUT).unwrap(), Event::Heartbeat(at) if at >= now) {}
    }
}

fn page(path: &str) -> Change {
    Change::Page(path.into())
}

fn private_page(path: &str) -> Change {
    Change::PrivatePage(path.into())
}

fn user(name: &str) -> Change {
    Change::User(name.into())
}

#[test]
fn what_another_connection_commits_is_told_when_the_feed_has_settled() {
    on_both(|store| {
        let watch = Watch::of(store);
        store.write(|conn| put(conn, &content("a/b"))).unwrap();
        assert_eq!(watch.settled(), [page("a/b")]);
        sql(store, "UPDATE pages SET path = 'c', private = TRUE WHERE path = 'a/b'").unwrap();
        let mut told = watch.settled();
        told.sort_by_key(|change| format!("{change:?}"));
        assert_eq!(told, [page("a/b"), page("c")]);
        sql(store, "DELETE FROM pages").unwrap();
        assert_eq!(watch.settled(), [page("c")]);
        let ann = add(store, "ann", Role::Reader);
        assert_eq!(watch.settled(), [user("ann")]);
        sql(store, "UPDATE users SET name = 'bob' WHERE name = 'ann'").unwrap();
        assert_eq!(watch.settled(), [user("ann"), user("bob")]);
        store.write(|conn| store::writing::account::rehash(conn, ann.id, &hash("x"), &hash("y"))).unwrap();
        assert_eq!(watch.settled(), [user("bob")]);
        sql(store, "UPDATE site SET title = 'New'").unwrap();
        assert_eq!(watch.settled(), [Change::Everything]);
        assert_eq!(watch.settled(), []);
    });
}

#[test]
fn an_app_password_is_told_as_a_change_of_its_owner_and_its_use_is_not() {
    on_both(|store| {
        let (ann, _) = (add(store, "ann", Role::Reader), add(store, "bob", Role::Reader));
        let watch = Watch::of(store);
        let (own, hash) = (member(&ann), SecretHash([1; 32]));
        let id = store
            .write(|conn| app_passwords::make_own(conn, &own, FormId::default(), &password("ci"), &hash, noon()))
            .unwrap();
        assert_eq!(watch.settled(), [user("ann")]);
        store.write(|conn| app_passwords::record_use(conn, id, noon().date_naive())).unwrap();
        assert_eq!(watch.settled(), []);
        for change in [
            "UPDATE app_passwords SET below = 'clients'",
            "UPDATE app_passwords SET ends_at = made_at",
            "UPDATE app_passwords SET ended_at = made_at",
            "DELETE FROM app_passwords",
        ] {
            sql(store, change).unwrap();
            assert_eq!(watch.settled(), [user("ann")], "{change}");
        }
    });
}

#[test]
fn a_change_that_strangers_cannot_see_is_told_as_private() {
    on_both(|store| {
        store.write(|conn| put(conn, &content("a/b"))).unwrap();
        let watch = Watch::of(store);
        let private = || private_page("a/b");
        let told = |statement: &str, expected: Change| {
            sql(store, &format!("UPDATE pages SET {statement}")).unwrap();
            assert_eq!(watch.settled(), [expected], "{statement}");
        };
        told("body = 'x'", page("a/b"));
        told("private = TRUE", page("a/b"));
        told("body = 'y', title = 'Other', list_below = TRUE", private());
        told("show_title = TRUE", page("a/b"));
        told("title = 'Shown in lists'", page("a/b"));
        told("show_title = FALSE", page("a/b"));
        told("published_at = '2020-01-01 00:00:00'", page("a/b"));
        told("unpublish_at = '2100-01-01 00:00:00'", page("a/b"));
        told("unpublish_at = NULL", page("a/b"));
        told("summary = 'Secret'", private());
        sql(store, "INSERT INTO receipt_pages (page_id) SELECT id FROM pages").unwrap();
        assert_eq!(watch.settled(), [private()]);
        told("private = FALSE", page("a/b"));
    });
}

#[test]
fn what_is_rolled_back_or_changes_nobodys_rights_is_not_told() {
    on_both(|store| {
        let ann = add(store, "ann", Role::Reader);
        let watch = Watch::of(store);
        let failed: store::Result<()> = store.write(|conn| {
            put(conn, &content("a"))?;
            Err(store::Error::Stale)
        });
        assert!(failed.is_err());
        let member = domain::access::Member { id: ann.id, name: ann.name, role: ann.role, groups: Vec::new() };
        store.write(|conn| store::writing::sign_ins::record(conn, &member, "192.0.2.1", "192.0.2.1", noon())).unwrap();
        assert_eq!(watch.settled(), []);
        let name = store.write(store::writing::failed_sign_ins::key).unwrap().hash("ann");
        let tally =
            store::writing::failed_sign_ins::Tally { name, scope: "account".into(), failures: 1, last_at: noon() };
        store.write(|conn| store::writing::failed_sign_ins::record(conn, 1, &[tally])).unwrap();
        store.write(|conn| store::writing::jobs::insert(conn, 1, ann.id, "Delete", noon())).unwrap();
        assert_eq!(watch.settled(), []);
        // Every instance hears that a lock was lifted.
        store.write(|conn| store::writing::users::unlock(conn, &admin(), ann.id, noon())).unwrap();
        assert_eq!(watch.settled(), [user("ann")]);
    });
}

#[test]
fn a_page_replaced_by_hand_is_told_at_its_old_path_too() {
    on_both(|store| {
        store.write(|conn| put(conn, &content("old"))).unwrap();
        let watch = Watch::of(store);
        let replace = "INSERT OR REPLACE INTO pages (id, path, title) SELECT id, 'new', 'New' FROM pages";
        let truncate = "TRUNCATE pages";
        match sql(store, replace) {
            Ok(_) => assert_eq!(watch.settled(), [page("old"), page("new")]),
            Err(_) => {
                sql(store, truncate).unwrap();
                assert_eq!(watch.settled(), [Change::Everything]);
            }
        }
    });
}

#[test]
fn more_changes_than_are_kept_change_everything() {
    on_both(|store| {
        let watch = Watch::of(store);
        store.write(|conn| (0..1500).try_for_each(|n| put(conn, &content(&format!("p{n}"))))).unwrap();
        let told = watch.settled();
        assert!(told == [Change::Everything] || told.len() == 1500, "{}", told.len());
        store.write(|conn| put(conn, &content("last"))).unwrap();
        assert_eq!(watch.settled(), [page("last")]);
    });
}

#[test]
fn the_feed_says_how_far_it_has_heard_although_nothing_changes() {
    on_both(|store| {
        let watch = Watch::of(store);
        watch.heard();
        watch.heard();
    });
}

#[test]
fn a_feed_that_is_dropped_settles_nothing_and_two_feeds_hear_alike() {
    on_both(|store| {
        let (one, other) = (Watch::of(store), Watch::of(store));
        store.write(|conn| put(conn, &content("a"))).unwrap();
        assert_eq!(one.settled(), other.settled());
        drop(one);
        let new = domain::page::PageContent { body: "new".into(), ..content("a") };
        store.write(|conn| commands::put(conn, admin().editor(), &new, noon()).map(drop)).unwrap();
        assert_eq!(other.settled(), [page("a")]);
    });
}

#[test]
fn case_33_after_a_lost_connection_everything_is_forgotten_once_the_feed_listens_again() {
    let Some(base) = postgres() else { return };
    let database = PostgresDatabase::create(&base);
    let store = Store::open(&DatabaseUrl::parse(&database.url).unwrap(), 4).unwrap();
    store.migrate().unwrap();
    let watch = Watch::of(&store);
    assert_eq!(watch.settled(), []);
    let mut boss = PgConnection::establish(&database.url).unwrap();
    let killed = sql_query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE application_name = 'postern changes' AND datname = current_database()",
    );
    assert_eq!(killed.execute(&mut boss).unwrap(), 1);
    assert_eq!(watch.next(), Change::Everything);
    store.write(|conn| put(conn, &content("a"))).unwrap();
    assert_eq!(watch.settled(), [page("a")]);
}

#[test]
fn without_a_trigger_that_reports_changes_the_feed_is_interrupted() {
    on_both(|store| {
        let watch = Watch::of(store);
        let (drop, make) = match is_postgres(store) {
            true => ("ALTER TABLE users DISABLE TRIGGER user_changed", "ALTER TABLE users ENABLE TRIGGER user_changed"),
            false => (
                "DROP TRIGGER user_changed",
                "CREATE TRIGGER user_changed AFTER UPDATE ON users BEGIN \
                 INSERT INTO changes (kind, name) VALUES ('user', NEW.name); END",
            ),
        };
        watch.heard();
        sql(store, drop).unwrap();
        while watch.told.recv_timeout(TIMEOUT).unwrap() != Event::Interrupted {}
        assert!(watch.feed.failure().unwrap().contains("triggers"), "{:?}", watch.feed.failure());
        sql(store, make).unwrap();
        assert_eq!(watch.next(), Change::Everything);
        watch.heard();
        if !is_postgres(store) {
            // Changes were made while it was missing, however shortly.
            sql(store, drop).unwrap();
            sql(store, make).unwrap();
            assert_eq!(watch.next(), Change::Everything);
        }
    });
}

#[test]
fn a_feed_whose_database_is_not_there_yet_begins_when_it_is() {
    on_each(|url| {
        // Not migrated: SQLite has no table of changes, PostgreSQL no triggers.
        let store = Store::open(url, 4).unwrap();
        let (tell, told) = channel();
        let feed = store.watch(move |news| drop(tell.send(news))).unwrap();
        // The database answers, and has no triggers.
        while told.recv_timeout(TIMEOUT).unwrap() != Event::Interrupted {}
        assert!(feed.failure().is_some());
        store.migrate().unwrap();
        assert_eq!(Watch { feed, told }.next(), Change::Everything);
    });
}

#[test]
fn it_tells_where_drafts_are_and_not_what_is_typed_in_them() {
    on_both(|store| {
        let watch = Watch::of(store);
        watch.settled();
        let typed = |path: &str, body: &str| {
            let draft = domain::page::PageInput { path: path.into(), body: body.into(), ..Default::default() };
            domain::draft::DraftInput::from(draft)
        };
        let held = domain::draft::DraftLock { form: domain::draft::FormId(1), ..Default::default() };
        let save = |typed| {
            store
                .write(|conn| {
                    commands::save_draft(conn, admin().editor(), None, domain::Version(0), held, &typed, noon())
                })
                .unwrap()
        };
        save(typed("Not A Path", ""));
        assert_eq!(watch.settled(), []);
        save(typed("/a", ""));
        assert_eq!(watch.settled(), [private_page("a")]);
        save(typed("/a", "more"));
        assert_eq!(watch.settled(), []);
        let draft = save(typed("/b", "more"));
        assert_eq!(watch.settled(), [private_page("a"), private_page("b")]);
        let discard =
            |conn: &mut store::Conn| commands::discard(conn, admin().editor(), draft.page, draft.version, noon());
        assert_eq!(store.write(discard), Ok(true));
        assert_eq!(watch.settled(), [private_page("b")]);
    });
}

#[test]
fn a_change_of_very_many_pages_is_told_as_one_and_the_next_change_of_a_page_as_its_own() {
    on_both(|store| {
        let fill = |n: u32| format!("INSERT INTO pages (id, path, title) VALUES ({n}, 'n{n}', 'N')");
        store
            .write(|conn| {
                (1..=600).try_for_each(|n| sql_query(fill(n)).execute(conn).map(drop).map_err(store::Error::from))
            })
            .unwrap();
        let watch = Watch::of(store);
        let pages = Selection::Matching { filter: PageFilter::default(), seen: None };
        let command = Command::SetAudience(SetAudience { pages, audience: Audience::SignedIn });
        store.write(|conn| commands::run(conn, admin().editor(), command, noon())).unwrap();
        let told = watch.settled();
        match is_postgres(store) {
            true => assert_eq!(told.len(), 600),
            false => assert_eq!(told, [Change::Everything]),
        }
        sql(store, "UPDATE pages SET title = 'M' WHERE id = 7").unwrap();
        assert_eq!(watch.settled(), [private_page("n7")]);
    });
}

#[test]
fn a_change_of_a_file_that_readers_have_is_told_as_one_of_its_page() {
    on_both(|store| {
        let made = store.write(|conn| commands::insert(conn, admin().editor(), &content("a/b"), noon())).unwrap();
        let key = made.id.0;
        sql(store, "INSERT INTO contents (id, hash, bytes) VALUES (1, 'x', 0), (2, 'y', 0)").unwrap();
        let watch = Watch::of(store);
        let told = |statement: &str, expected: &[Change]| {
            sql(store, statement).unwrap();
            assert_eq!(watch.settled(), expected, "{statement}");
        };
        let insert = |id: i64, since: &str| {
            format!(
                "INSERT INTO files (id, page_id, name, content_id, alt, since, uploaded_at, uploaded_by) \
                 VALUES ({id}, {key}, 'plan.jpg', 1, '', {since}, '2026-01-01 00:00:00', 'ann')"
            )
        };
        told(&insert(1, "NULL"), &[]);
        told("UPDATE files SET alt = 'A plan'", &[]);
        told("INSERT INTO renditions (content_id, width) VALUES (1, 480)", &[]);
        told("DELETE FROM files", &[]);
        told(&insert(2, "NULL"), &[]);
        told("UPDATE files SET since = 1", &[page("a/b")]);
        told("UPDATE files SET alt = 'A plan'", &[page("a/b")]);
        told("INSERT INTO renditions (content_id, width, rendition_id) VALUES (1, 960, 2)", &[page("a/b")]);
        told("UPDATE pages SET private = TRUE", &[page("a/b")]);
        told("UPDATE files SET alt = 'Another plan'", &[private_page("a/b")]);
        told("INSERT INTO renditions (content_id, width) VALUES (1, 1600)", &[private_page("a/b")]);
        told("DELETE FROM files", &[private_page("a/b")]);
    });
}

#[test]
fn a_change_is_committed_although_a_checkpoint_writes_the_file_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("test.db").display().to_string();
    let store = Store::open(&DatabaseUrl::parse(&format!("sqlite://{file}")).unwrap(), 4).unwrap();
    store.migrate().unwrap();
    let watch = Watch::of(&store);
    store.write(|conn| put(conn, &content("before"))).unwrap();
    watch.settled();
    let mut beside = SqliteConnection::establish(&file).unwrap();
    let written = store.write(|conn| {
        put(conn, &content("meanwhile"))?;
        sql_query("PRAGMA wal_checkpoint").execute(&mut beside).unwrap();
        // The feed has noticed that the file was written, and replaces connections that were opened before.
        while watch.next() != Change::Everything {}
        Ok(())
    });
    assert_eq!(written, Ok(()));
    let found = store.read(|conn| store::pages::find(conn, &PagePath::parse("meanwhile").unwrap())).unwrap();
    assert!(found.is_some());
}
