//! Reading receipts: first and last opening of a page by its chosen readers.

use chrono::TimeDelta;
use domain::{
    access::Member,
    audience::{Audience, Chosen},
    page::{Page, PageContent, PagePath},
    user::{Role, User},
};
use store::{Store, pages, receipts};

use crate::{
    commands,
    database::{add, admin, content, noon, on_both},
};

fn chosen(users: &[&User]) -> Audience {
    let people = users.iter().map(|user| user.name.clone()).collect();
    Audience::Chosen(Chosen { people, groups: Vec::new() })
}

fn member(user: &User) -> Member {
    Member { id: user.id, name: user.name.clone(), role: user.role, groups: Vec::new() }
}

fn find(store: &Store, path: &str) -> Page {
    store.read(|conn| pages::find(conn, &PagePath::parse(path).unwrap())).unwrap().unwrap()
}

fn save(store: &Store, page: &Page, content: &PageContent) -> Page {
    store.write(|conn| commands::update(conn, admin().editor(), page.id, page.version, content, noon())).unwrap()
}

/// The name of each reader, whether they opened the page, and whether they read it.
fn seen(store: &Store, page: &Page) -> Vec<(String, bool, bool)> {
    let receipts = store.read(|conn| receipts::list(conn, admin().editor(), page)).unwrap();
    receipts.into_iter().map(|row| (row.name.to_string(), row.opened.is_some(), row.reads)).collect()
}

#[test]
fn a_receipt_has_the_first_and_the_last_opening() {
    on_both(|store| {
        let (ann, bob) = (add(store, "ann", Role::Reader), add(store, "bob", Role::Reader));
        let wanted = PageContent { audience: chosen(&[&ann, &bob]), receipts: true, ..content("note") };
        let page = store.write(|conn| commands::insert(conn, admin().editor(), &wanted, noon())).unwrap();
        assert!(page.content.receipts);
        let is_due = |now| store.read(|conn| receipts::is_due(conn, page.id, &member(&ann), now)).unwrap();
        let note =
            |now| store.write(|conn| store::writing::receipts::record(conn, page.id, &member(&ann), now)).unwrap();
        let later = noon() + TimeDelta::seconds(60);
        assert!(is_due(noon()));
        note(noon());
        assert!(!is_due(later - TimeDelta::microseconds(1)) && is_due(later));
        note(later);
        let all = store.read(|conn| receipts::list(conn, admin().editor(), &page)).unwrap();
        assert_eq!((all[0].opened, all[1].opened), (Some((noon(), later)), None));
        let fewer = PageContent { audience: chosen(&[&bob]), ..page.content.clone() };
        let page = save(store, &page, &fewer);
        assert_eq!(seen(store, &page), [("ann".into(), true, false), ("bob".into(), false, true)]);
        store.write(|conn| store::writing::users::delete(conn, &admin(), &[ann.id], noon())).unwrap();
        assert_eq!(seen(store, &page), [("bob".into(), false, true)]);
    });
}

#[test]
fn receipts_are_kept_where_readers_were_chosen_and_nowhere_else() {
    on_both(|store| {
        let ann = add(store, "ann", Role::Reader);
        let wanted = |audience| PageContent { audience, receipts: true, ..content("note") };
        let page =
            store.write(|conn| commands::insert(conn, admin().editor(), &wanted(Audience::SignedIn), noon())).unwrap();
        assert!(!page.content.receipts);
        assert_eq!(save(store, &page, &wanted(Audience::SignedIn)).version, page.version, "nothing changed");
        let page = save(store, &page, &wanted(chosen(&[&ann])));
        assert!(page.content.receipts);
        let below = PageContent { receipts: true, ..content("note/below") };
        store.write(|conn| commands::insert(conn, admin().editor(), &below, noon())).unwrap();
        assert!(find(store, "note/below").content.receipts, "through the page above");
        let page = save(store, &page, &PageContent { audience: Audience::Public, ..page.content.clone() });
        assert!(!page.content.receipts && !find(store, "note/below").content.receipts);
    });
}

#[test]
fn receipts_come_back_with_their_page_and_go_for_good_with_it() {
    on_both(|store| {
        let ann = add(store, "ann", Role::Reader);
        let wanted = PageContent { audience: chosen(&[&ann]), receipts: true, ..content("note") };
        let page = store.write(|conn| commands::insert(conn, admin().editor(), &wanted, noon())).unwrap();
        store.write(|conn| store::writing::receipts::record(conn, page.id, &member(&ann), noon())).unwrap();
        store.write(|conn| commands::delete(conn, admin().editor(), &[page.id], noon())).unwrap();
        let path = page.content.path.clone();
        store.write(|conn| commands::restore(conn, admin().editor(), page.id, &path, noon())).unwrap();
        let page = find(store, "note");
        assert_eq!((page.content.receipts, seen(store, &page)), (true, vec![("ann".into(), true, true)]));
        store.write(|conn| commands::delete(conn, admin().editor(), &[page.id], noon())).unwrap();
        store.write(|conn| commands::purge(conn, admin().editor(), &[page.id], noon())).unwrap();
        assert_eq!(seen(store, &page), []);
    });
}
