//! Two concurrent changes on PostgreSQL: the later one waits before it holds any lock, and sees the effect of the
//! earlier one. SQLite has one writer at a time.

use std::{thread, time::Duration};

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::BigInt};
use domain::{
    Version,
    audience::{Audience, Chosen},
    draft::{DraftInput, DraftLock, FormId},
    file::FileName,
    group::{GroupContent, GroupName},
    page::{PageContent, PageId, PageInput},
    user::{Role, Username},
};
use store::{
    Conn, Error, Result, Store, pages,
    writing::{AddFile, Command, PurgeFile, contents},
};

use crate::{
    commands,
    database::{add, admin, content, noon, on_both, put},
    files,
};

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

pub fn is_postgres(store: &Store) -> bool {
    store.read(|conn| Ok(matches!(conn, Conn::Postgres(_)))).unwrap()
}

/// Runs the change `one` concurrently with another change that has two parts: `one` begins after the first part, and
/// the second part begins once `one` waits for a lock or has ended.
pub fn meanwhile(
    store: &Store,
    one: impl FnOnce() -> Result<()> + Send,
    first: impl FnOnce(&mut Conn) -> Result<()>,
    second: impl FnOnce(&mut Conn) -> Result<()>,
) -> Result<()> {
    thread::scope(|scope| {
        let mut running = None;
        store
            .write(|conn| {
                first(conn)?;
                let one = running.insert(scope.spawn(one));
                while !one.is_finished() && !somebody_waits(store) {
                    thread::sleep(Duration::from_millis(5));
                }
                second(conn)
            })
            .unwrap();
        running.unwrap().join().unwrap()
    })
}

fn somebody_waits(store: &Store) -> bool {
    let query = "SELECT count(*) AS count FROM pg_stat_activity
                 WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let waiting: Number = store.read(|conn| Ok(sql_query(query).get_result(conn)?)).unwrap();
    waiting.count > 0
}

fn on_postgres(test: impl Fn(&Store)) {
    on_both(|store| {
        if is_postgres(store) {
            test(store);
        }
    });
}

#[test]
fn whoever_is_deleted_meanwhile_is_no_member_and_that_is_said() {
    on_postgres(|store| {
        let ann = add(store, "ann", Role::Reader);
        add(store, "root", Role::Admin);
        let members = vec![Username::parse("ann").unwrap()];
        let crew = GroupContent { name: GroupName::parse("Crew").unwrap(), members };
        let empty = GroupContent { members: Vec::new(), ..crew.clone() };
        let group = store.write(|conn| commands::add_group(conn, &admin(), &empty, noon())).unwrap();
        let save =
            || store.write(|conn| commands::update_group(conn, &admin(), group.id, group.version, &crew, noon()));
        let delete = |conn: &mut Conn| store::writing::users::delete(conn, &admin(), &[ann.id], noon()).map(drop);
        assert!(matches!(meanwhile(store, save, delete, |_| Ok(())), Err(Error::Refused(_))));

        let bob = add(store, "bob", Role::Reader);
        let new = GroupContent { name: GroupName::parse("New").unwrap(), members: vec![bob.name.clone()] };
        let insert = || store.write(|conn| commands::add_group(conn, &admin(), &new, noon()).map(drop));
        let delete = |conn: &mut Conn| store::writing::users::delete(conn, &admin(), &[bob.id], noon()).map(drop);
        assert!(matches!(meanwhile(store, insert, delete, |_| Ok(())), Err(Error::Refused(_))));
    });
}

#[test]
fn publishing_and_unpublishing_hold_no_draft_while_they_wait() {
    on_postgres(|store| {
        let page = store.write(|conn| commands::insert(conn, admin().editor(), &content("a"), noon())).unwrap();
        let typed =
            DraftInput::from(PageInput { path: "a".into(), title: "DraftInput".into(), ..PageInput::default() });
        let (form, other) =
            (DraftLock { draft: Version(0), form: FormId(1) }, DraftLock { draft: Version(0), form: FormId(2) });
        let save = |conn: &mut Conn| {
            commands::save_draft(conn, admin().editor(), Some(page.id), page.version, other, &typed, noon()).map(drop)
        };
        let take_off = || {
            store.write(|conn| {
                commands::unpublish_as(conn, admin().editor(), page.id, page.version, form, &typed, noon())
            })
        };
        assert_eq!(meanwhile(store, take_off, |conn| put(conn, &content("b")), save), Err(Error::Stale));

        let seen = DraftLock { draft: Version(1), form: FormId(1) };
        let publish = || {
            // Only a change of readers or of a path waits for others.
            let new = PageContent { audience: Audience::SignedIn, ..content("a") };
            store.write(|conn| {
                commands::publish(conn, admin().editor(), page.id, page.version, seen, &new, noon()).map(drop)
            })
        };
        assert_eq!(meanwhile(store, publish, |conn| put(conn, &content("c")), save), Err(Error::Stale));
    });
}

#[test]
fn of_many_readers_those_who_stay_keep_their_row() {
    on_postgres(|store| {
        let chosen = |people: &[&str]| {
            let people = people.iter().map(|name| Username::parse(name).unwrap()).collect();
            PageContent { audience: Audience::Chosen(Chosen { people, groups: Vec::new() }), ..content("a") }
        };
        for name in ["ann", "bob", "cid"] {
            add(store, name, Role::Reader);
        }
        store.write(|conn| put(conn, &chosen(&["ann", "bob"]))).unwrap();
        let new = store.write(|conn| {
            let page = pages::find(conn, &content("a").path)?.unwrap();
            commands::update(conn, admin().editor(), page.id, page.version, &chosen(&["ann", "cid"]), noon())?;
            let query = "SELECT count(*) AS count FROM page_people WHERE xmin::text = txid_current()::text";
            Ok(sql_query(query).get_result::<Number>(conn)?.count)
        });
        assert_eq!(new, Ok(1));
    });
}

/// Stores bytes if they stay within a limit of five for all.
fn store_within_five(conn: &mut Conn, bytes: &[u8]) -> Result<bool> {
    if !contents::have_room(conn, bytes.len() as u64, 5)? {
        return Ok(false);
    }
    let content = contents::begin(conn, noon())?;
    contents::add_parts(conn, content, 0, &[bytes.to_vec()])?;
    Ok(true)
}

#[test]
fn two_uploads_together_do_not_exceed_the_limit_of_all_files() {
    on_postgres(|store| {
        let later = || {
            let stored = store.write(|conn| store_within_five(conn, b"two"))?;
            assert!(!stored, "three bytes are there already");
            Ok(())
        };
        meanwhile(store, later, |conn| store_within_five(conn, b"one").map(drop), |_| Ok(())).unwrap();
        assert_eq!(store.read(store::files::stored_bytes).unwrap(), 3);
    });
}

#[test]
fn two_uploads_of_the_same_bytes_are_one_content() {
    on_postgres(|store| {
        let upload = |conn: &mut Conn| {
            let content = contents::begin(conn, noon())?;
            contents::add_parts(conn, content, 0, &[b"same".to_vec()])?;
            contents::finish(conn, content, "same", None, noon())
        };
        let later = || store.write(upload).map(drop);
        meanwhile(store, later, |conn| upload(conn).map(drop), |_| Ok(())).unwrap();
        assert_eq!(store.read(store::files::stored_bytes).unwrap(), 4);
    });
}

#[test]
fn bytes_that_a_file_gets_while_another_one_with_them_is_deleted_for_good_stay() {
    on_postgres(|store| {
        let page = |path: &str| {
            let page = store.write(|conn| commands::insert(conn, admin().editor(), &content(path), noon())).unwrap();
            (page.id, FileName::parse("plan.jpg").unwrap())
        };
        let run = |conn: &mut Conn, command| commands::run(conn, admin().editor(), command, noon()).map(drop);
        let bytes = files::stored(store, "same");
        let add = |(page, name): (PageId, FileName)| {
            Command::AddFile(AddFile { page, name, content: bytes, alt: String::new(), replaces: true, at_once: true })
        };
        let purge = |(page, name): (PageId, FileName)| Command::PurgeFile(PurgeFile { page, name });
        let (one, other) = (page("one"), page("other"));
        store.write(|conn| run(conn, add(one.clone()))).unwrap();
        let purging = || store.write(|conn| run(conn, purge(one.clone())));
        meanwhile(store, purging, |conn| run(conn, add(other.clone())), |_| Ok(())).unwrap();
        assert!(store.read(|conn| store::files::is_stored(conn, bytes)).unwrap());
        let kept = store.read(|conn| store::files::find(conn, other.0, &other.1)).unwrap().unwrap();
        assert_eq!((kept.content.hash.as_str(), kept.content.bytes), ("same", 4));
        // The other way round nothing is given to the file.
        let adding = || store.write(|conn| run(conn, add(one.clone())));
        let refused = meanwhile(store, adding, |conn| run(conn, purge(other.clone())), |_| Ok(()));
        assert!(matches!(refused, Err(Error::Stale)), "{refused:?}");
        assert_eq!(store.read(|conn| store::files::live(conn, one.0)).unwrap(), []);
    });
}
