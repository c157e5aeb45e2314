//! The time that a text takes to read, in lists: kept when a text is saved, and read again when SQL changed it.

use std::{sync::mpsc::channel, time::Duration};

use domain::{
    access::Visitor,
    audience::Audience,
    page::{PageContent, PagePath},
    user::Role,
};
use store::{
    Store,
    feed::{Change, Event},
    lists::{self, Position, VisiblePages},
    writing::links::catch_up,
};

use crate::{
    commands,
    database::{admin, content, member, noon, on_both, sql},
};

fn insert(store: &Store, content: &PageContent) -> domain::page::Page {
    store.write(|conn| commands::insert(conn, admin().editor(), content, noon())).unwrap()
}

/// The paths and minutes of the pages that a visitor finds.
fn minutes(store: &Store, visitor: &Visitor) -> Vec<(String, u32)> {
    let listed = VisiblePages::listed(visitor, noon());
    let part = store.read(|conn| lists::list_below(conn, &listed, &PagePath::root(), &Position::Newest, 20)).unwrap();
    part.unwrap().rows.into_iter().map(|row| (row.path.as_str().to_owned(), row.minutes)).collect()
}

#[test]
fn a_list_has_the_minutes_of_the_pages_that_its_visitor_may_read() {
    on_both(|store| {
        // The reader of texts in these tests counts a minute for each word.
        let long = |path: &str| PageContent { body: "x y z".into(), ..content(path) };
        let page = insert(store, &long("a"));
        insert(store, &PageContent { body: "x".into(), ..content("b") });
        insert(store, &PageContent { audience: Audience::SignedIn, show_title: true, ..long("c") });
        let expected =
            |locked: u32| [("a", 3), ("b", 0), ("c", locked)].map(|(path, minutes)| (path.to_owned(), minutes));
        assert_eq!(minutes(store, &Visitor::Anonymous), expected(0));
        assert_eq!(minutes(store, &member(Role::Reader)), expected(3));
        let by = admin();
        let shorter = PageContent { body: "x".into(), ..content("a") };
        store.write(|conn| commands::update(conn, by.editor(), page.id, page.version, &shorter, noon())).unwrap();
        assert_eq!(minutes(store, &Visitor::Anonymous)[0].1, 0);
    });
}

#[test]
fn a_text_that_sql_changed_is_read_again_and_announced_if_its_time_changed() {
    on_both(|store| {
        for path in ["a", "b"] {
            insert(store, &PageContent { body: "x y".into(), ..content(path) });
        }
        sql(store, "UPDATE pages SET body = 'x y z'").unwrap();
        sql(store, "UPDATE pages SET body = 'z x', private = TRUE WHERE path = 'b'").unwrap();
        let (tell, told) = channel();
        let feed = store.watch(move |event| drop(tell.send(event))).unwrap();
        while !matches!(told.recv_timeout(Duration::from_secs(20)).unwrap(), Event::Heartbeat(_)) {}
        while store.write(|conn| catch_up(conn, commands::links)).unwrap() {}
        assert_eq!(minutes(store, &Visitor::Anonymous), [("a".to_owned(), 3)]);
        assert!(feed.wait_until_caught_up(Duration::from_secs(20)));
        let changes: Vec<Change> = told
            .try_iter()
            .filter_map(|event| match event {
                Event::Changed(change) => Some(change),
                _ => None,
            })
            .collect();
        assert_eq!(changes, [Change::Page("a".into())]);
    });
}

#[test]
fn a_page_that_is_purged_leaves_no_reading_time() {
    on_both(|store| {
        let page = insert(store, &PageContent { body: "x y".into(), ..content("a") });
        let by = admin();
        store.write(|conn| commands::delete(conn, by.editor(), &[page.id], noon())).unwrap();
        store.write(|conn| commands::purge(conn, by.editor(), &[page.id], noon())).unwrap();
        assert_eq!(sql(store, "DELETE FROM reading_times").unwrap(), 0);
    });
}
