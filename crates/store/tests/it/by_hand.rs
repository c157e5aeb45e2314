//! A change of a page's readers by SQL holds, before, during and after any change by the application.

use diesel::{RunQueryDsl, sql_query};
use domain::{
    Version,
    access::{Member, Visitor},
    audience::{Audience, Chosen},
    draft::{DraftLock, FormId},
    group::{GroupContent, GroupName},
    page::{Page, PageContent, PagePath},
    user::Role,
};
use store::{Conn, Error, Paging, Store, drafts, lists, pages, revisions};

use crate::{
    commands,
    database::{add, admin, content, noon, on_both, put, sql},
    races::{is_postgres, meanwhile},
};

fn find(store: &Store, path: &str) -> Page {
    let path = PagePath::parse(path).unwrap();
    store.read(|conn| pages::find(conn, &path)).unwrap().unwrap()
}

#[test]
fn a_form_that_was_opened_before_does_not_save_over_it() {
    on_both(|store| {
        store.write(|conn| put(conn, &content("a"))).unwrap();
        let opened = find(store, "a");
        sql(store, "UPDATE pages SET private = TRUE WHERE path = 'a'").unwrap();
        let typed = PageContent { title: "DraftInput".into(), ..opened.content };
        let saved =
            store.write(|conn| commands::update(conn, admin().editor(), opened.id, opened.version, &typed, noon()));
        assert_eq!(saved.unwrap_err(), Error::Stale);
        assert_eq!(find(store, "a").content.audience, Audience::SignedIn);
    });
}

#[test]
fn it_is_in_the_history_and_comes_back_from_drafts_and_the_trash() {
    on_both(|store| {
        store.write(|conn| put(conn, &content("a"))).unwrap();
        let page = find(store, "a").id;
        sql(store, "UPDATE pages SET private = TRUE WHERE path = 'a'").unwrap();
        let all = Paging { number: 1, size: 10 };
        let history = store.read(|conn| revisions::list(conn, admin().editor(), page, all)).unwrap().rows;
        let words: Vec<_> = history.iter().map(|row| (row.version.0, row.detail.as_str())).collect();
        assert_eq!(words, [(2, "who reads it, by hand"), (1, "made")]);

        store.write(|conn| commands::unpublish(conn, admin().editor(), &[page], noon())).unwrap();
        let draft = store.read(|conn| drafts::get(conn, admin().editor(), page)).unwrap().unwrap();
        store.write(|conn| commands::discard(conn, admin().editor(), page, draft.version, noon())).unwrap();
        let path = PagePath::parse("a").unwrap();
        assert!(store.write(|conn| commands::restore(conn, admin().editor(), page, &path, noon())).unwrap());
        assert_eq!(find(store, "a").content.audience, Audience::SignedIn);
        let typed = PageContent { title: "DraftInput".into(), ..find(store, "a").content };
        let held = DraftLock { draft: Version(0), form: FormId(0) };
        store.write(|conn| commands::publish(conn, admin().editor(), page, Version(3), held, &typed, noon())).unwrap();
    });
}

#[test]
fn a_page_below_that_is_made_in_the_same_moment_inherits_it() {
    on_both(|store| {
        store.write(|conn| put(conn, &content("a"))).unwrap();
        if !is_postgres(store) {
            // SQLite has one writer at a time.
            return;
        }
        let by_hand = || sql(store, "UPDATE pages SET private = TRUE WHERE path = 'a'").map(drop);
        meanwhile(store, by_hand, |conn| put(conn, &content("a/b")), |_| Ok(())).unwrap();
        for path in ["a", "a/b"] {
            let page = find(store, path);
            assert!(page.readers.is_private(), "{path}: {page:?}");
            assert_eq!(page.content.audience == Audience::SignedIn, path == "a");
        }
        let listed = store.read(|conn| lists::list(conn, &lists::VisiblePages::listed(&Visitor::Anonymous, noon()), 9));
        assert!(listed.unwrap().is_empty());
    });
}

#[test]
fn the_audience_itself_is_not_set_by_hand() {
    on_both(|store| {
        store.write(|conn| put(conn, &content("a"))).unwrap();
        for set in ["audience = 'signed-in'", "audience = 'chosen'", "audience = 'signed-in', private = TRUE"] {
            let refused = sql(store, &format!("UPDATE pages SET {set} WHERE path = 'a'")).unwrap_err();
            assert!(refused.to_string().contains("set private"), "{refused}");
        }
    });
}

#[test]
fn a_group_or_a_user_that_is_deleted_reads_nothing_also_without_foreign_keys() {
    on_both(|store| {
        let ann = add(store, "ann", Role::Reader);
        let crew = GroupContent { name: GroupName::parse("Crew").unwrap(), members: vec![ann.name.clone()] };
        let group = store.write(|conn| commands::add_group(conn, &admin(), &crew, noon())).unwrap();
        let chosen = Chosen { people: Vec::new(), groups: vec![crew.name.clone()] };
        let page = PageContent { audience: Audience::Chosen(chosen), ..content("a") };
        store.write(|conn| put(conn, &page)).unwrap();
        by_a_shell(store, "DELETE FROM groups");
        let member = Member { id: ann.id, name: ann.name.clone(), role: Role::Reader, groups: vec![group.id] };
        let scope = lists::VisiblePages::listed(&Visitor::SignedIn(member), noon());
        let listed = store.read(|conn| lists::list(conn, &scope, 9)).unwrap();
        assert!(listed.is_empty(), "{listed:?}");
        let (user, at) = (ann.id.0, "2026-01-01 00:00:00");
        sql(store, &format!("INSERT INTO receipts VALUES (1, {user}, '{at}', '{at}')")).unwrap();
        let token = format!("(1, {user}, 'ci', 'x', '{at}')");
        sql(store, &format!("INSERT INTO app_passwords (id, user_id, name, secret_hash, made_at) VALUES {token}"))
            .unwrap();
        by_a_shell(store, "DELETE FROM users");
        assert_eq!(sql(store, "DELETE FROM group_members"), Ok(0));
        assert_eq!(sql(store, "DELETE FROM receipts"), Ok(0));
        assert_eq!(sql(store, "DELETE FROM app_passwords"), Ok(0));
    });
}

/// Runs SQL as SQLite's own shell does, which does not enforce foreign keys by default.
fn by_a_shell(store: &Store, statement: &str) {
    let keep = |conn: &mut Conn, word: &str| match conn {
        Conn::Sqlite(conn) => sql_query(format!("PRAGMA foreign_keys = {word}")).execute(conn).map(drop),
        Conn::Postgres(_) => Ok(()),
    };
    let delete = |conn: &mut Conn| {
        keep(conn, "OFF")?;
        sql_query(statement).execute(conn)?;
        Ok(keep(conn, "ON")?)
    };
    store.read(delete).unwrap();
}
