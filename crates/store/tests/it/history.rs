//! The history of pages, their old paths, and the trash.

use chrono::TimeDelta;
use domain::{
    Timestamp, Version,
    access::{Member, Outline, Visitor},
    audience::{Audience, Chosen},
    page::{Page, PageContent, PageId, PagePath},
    revision::Note,
    user::{Role, User},
};
use store::{
    Error, Paging, Store,
    lists::{self, VisiblePages},
    old_paths,
    pages::{self, Located, OutlinedPage},
    revisions, trash,
};

use crate::{
    commands,
    database::{add, admin, content, noon, on_both, sql},
};

const ALL: Paging = Paging { number: 1, size: 50 };

fn path(path: &str) -> PagePath {
    PagePath::parse(path).unwrap()
}

fn insert(store: &Store, at: &str) -> Page {
    store.write(|conn| commands::insert(conn, admin().editor(), &content(at), noon())).unwrap()
}

fn save(store: &Store, page: &Page, content: &PageContent) -> Page {
    store.write(|conn| commands::update(conn, admin().editor(), page.id, page.version, content, noon())).unwrap()
}

fn moved(store: &Store, page: &Page, to: &str) -> Page {
    save(store, page, &PageContent { path: path(to), ..page.content.clone() })
}

fn target(store: &Store, at: &str) -> Option<String> {
    let page = store.read(|conn| old_paths::target(conn, &path(at))).unwrap();
    page.map(|page| page.content.path.as_str().to_owned())
}

fn history(store: &Store, page: PageId) -> Vec<(i64, String, String)> {
    let table = store.read(|conn| revisions::list(conn, admin().editor(), page, ALL)).unwrap();
    assert_eq!(table.total, table.rows.len() as u64);
    table.rows.into_iter().map(|row| (row.version.0, row.note, row.detail)).collect()
}

fn delete(store: &Store, page: &Page, at: Timestamp) {
    assert_eq!(store.write(|conn| commands::delete(conn, admin().editor(), &[page.id], at)).unwrap(), 1);
}

#[test]
fn every_save_is_a_revision_with_what_it_was_and_what_changed() {
    on_both(|store| {
        let first = insert(store, "a");
        let note = Note::parse("a better title").unwrap();
        let new = PageContent { title: "Better".into(), body: "text".into(), ..first.content.clone() };
        let second =
            store.write(|conn| commands::update_with_note(conn, admin().editor(), &first, &new, &note, noon()));
        let second = second.unwrap();
        let (id, proof) = (first.id, admin());
        store.write(|conn| commands::set_audience(conn, proof.editor(), &[id], &Audience::SignedIn, noon())).unwrap();
        // Saving what is there already leaves none.
        let third = store.read(|conn| pages::get(conn, proof.editor(), id)).unwrap().unwrap();
        assert_eq!(save(store, &third, &third.content).version, third.version);
        let expected = [
            (3, "", "who reads it “same as parent page” → “signed-in users”"),
            (2, "a better title", "title “Title of a” → “Better”; text"),
            (1, "", "made"),
        ];
        assert_eq!(history(store, id), expected.map(|(version, note, what)| (version, note.into(), what.into())));
        let get = |version| store.read(|conn| revisions::get(conn, proof.editor(), id, Version(version))).unwrap();
        let (old, new) = (get(1).unwrap(), get(2).unwrap());
        assert_eq!((old.content, old.actor.as_str(), old.at), (first.content, "command line", noon()));
        assert_eq!(new.content, second.content);
        assert_eq!(get(9), None);
        let before =
            |version| store.read(|conn| revisions::before(conn, proof.editor(), id, Version(version))).unwrap();
        assert_eq!((before(3), before(1)), (Some(Version(2)), None));
        assert!(sql(store, "UPDATE revisions SET body = 'forged'").is_err());
    });
}

#[test]
fn a_page_is_found_where_it_lived_however_often_it_moves() {
    on_both(|store| {
        let page = insert(store, "one");
        let page = moved(store, &page, "two");
        let page = moved(store, &page, "three");
        assert_eq!((target(store, "one"), target(store, "two")), (Some("three".into()), Some("three".into())));
        assert_eq!(target(store, "three"), None, "it lives there");
        // Back again, and no path leads to itself.
        let page = moved(store, &page, "one");
        assert_eq!((target(store, "one"), target(store, "three")), (None, Some("one".into())));
        let of = store.read(|conn| old_paths::of(conn, admin().editor(), page.id)).unwrap();
        assert_eq!(of, [path("three"), path("two")]);
        // Who makes a page there takes the path.
        let other = insert(store, "two");
        assert_eq!(target(store, "two"), None);
        delete(store, &other, noon());
        assert_eq!(target(store, "two"), None, "it was the other one's last");
    });
}

#[test]
fn a_path_is_located_without_texts_and_readers() {
    on_both(|store| {
        let page = moved(store, &insert(store, "one"), "two");
        let chosen = ["ann", "bob"].map(|name| add(store, name, Role::Reader));
        let visitor = |user: &User| {
            let (id, name, role) = (user.id, user.name.clone(), Role::Reader);
            Visitor::SignedIn(Member { id, name, role, groups: Vec::new() })
        };
        let audience = Audience::Chosen(Chosen { people: vec![chosen[0].name.clone()], groups: Vec::new() });
        let by = admin();
        store.write(|conn| commands::set_audience(conn, by.editor(), &[page.id], &audience, noon())).unwrap();
        let locate = |at: &str| store.read(|conn| pages::locate(conn, &path(at))).unwrap();
        let full = store.read(|conn| pages::find(conn, &path("two"))).unwrap().unwrap();
        let outlined = OutlinedPage { id: page.id, path: path("two"), outline: Outline::of(&full) };
        // Nothing of it needs the text.
        sql(store, "ALTER TABLE pages RENAME COLUMN body TO words").unwrap();
        assert_eq!(locate("two"), Located::Page(outlined.clone()));
        assert_eq!(locate("one"), Located::Moved(Some(outlined.clone())));
        assert_eq!(locate("three"), Located::Nothing);
        let has_reader =
            |visitor: &Visitor, now| store.read(|conn| pages::has_reader(conn, &outlined, visitor, now)).unwrap();
        let [ann, bob] = chosen.each_ref().map(visitor);
        assert!(has_reader(&ann, noon()) && !has_reader(&bob, noon()) && !has_reader(&Visitor::Anonymous, noon()));
        assert!(!has_reader(&ann, noon() - TimeDelta::days(1)), "before its date");
        assert!(store.read(|conn| pages::load(conn, &outlined)).is_err());
        sql(store, "ALTER TABLE pages RENAME COLUMN words TO body").unwrap();
        assert_eq!(store.read(|conn| pages::load(conn, &outlined)).unwrap(), Some(full.clone()));
        delete(store, &full, noon());
        assert_eq!((locate("two"), locate("one")), (Located::Nothing, Located::Moved(None)));
        assert_eq!(store.read(|conn| pages::load(conn, &outlined)).unwrap(), None);
        // A page goes before the old path of another.
        let other = insert(store, "one");
        assert!(matches!(locate("one"), Located::Page(found) if found.id == other.id));
    });
}

#[test]
fn a_section_moves_with_what_is_below_it_or_not_at_all() {
    on_both(|store| {
        let clients = insert(store, "clients");
        let brief = insert(store, "clients/acme/brief");
        insert(store, "clientsx");
        let go = |page: &Page, to: &str| {
            store.write(|conn| commands::move_with_below(conn, admin().editor(), page, &path(to), noon()))
        };
        insert(store, "people/acme/brief");
        assert_eq!(go(&clients, "people").unwrap_err(), Error::Duplicate);
        assert_eq!(target(store, "clients"), None, "nothing has moved");
        assert!(matches!(go(&clients, "clients/all").unwrap_err(), Error::Refused(_)));
        let long = format!("{}/{}", "a".repeat(99), "b".repeat(95));
        assert!(matches!(go(&clients, &long).unwrap_err(), Error::Refused(_)));
        assert_eq!(go(&clients, "customers").unwrap().content.path, path("customers"));
        assert_eq!(target(store, "clients/acme/brief").unwrap(), "customers/acme/brief");
        assert_eq!(target(store, "clients").unwrap(), "customers");
        assert_eq!(history(store, brief.id).len(), 2);
        let found = store.read(|conn| pages::find(conn, &path("clientsx"))).unwrap();
        assert!(found.is_some(), "its neighbour stays");
    });
}

#[test]
fn what_is_deleted_comes_back_with_its_history_and_its_old_paths() {
    on_both(|store| {
        let page = insert(store, "one");
        let page = moved(store, &page, "two");
        delete(store, &page, noon());
        let nobody = VisiblePages::readable(&domain::access::Visitor::Anonymous, noon());
        assert!(store.read(|conn| lists::list(conn, &nobody, 9)).unwrap().is_empty());
        assert_eq!(target(store, "one"), None);
        let rows = store.read(|conn| trash::list(conn, admin().editor(), "", ALL)).unwrap().rows;
        assert_eq!((rows[0].id, &rows[0].path, rows[0].deleted_by.as_str()), (page.id, &path("two"), "command line"));
        // Its path is free meanwhile, and then it is not.
        insert(store, "two");
        let restore =
            |to: &str| store.write(|conn| commands::restore(conn, admin().editor(), page.id, &path(to), noon()));
        assert_eq!(restore("two").unwrap_err(), Error::Duplicate);
        assert_eq!(restore("three"), Ok(true));
        assert_eq!(restore("three"), Ok(false), "it is there no more");
        let back = store.read(|conn| pages::find(conn, &path("three"))).unwrap().unwrap();
        assert_eq!((back.id, back.version, back.created_at), (page.id, Version(3), page.created_at));
        assert_eq!(back.content.title, page.content.title);
        assert_eq!(target(store, "one").unwrap(), "three");
        let details: Vec<_> = history(store, page.id).into_iter().map(|(.., detail)| detail).collect();
        assert_eq!(details, ["restored from the trash", "path “/one” → “/two”", "made"]);
    });
}

#[test]
fn the_trash_is_emptied_by_hand_and_after_a_while() {
    on_both(|store| {
        let (old, new, by_hand) = (insert(store, "old"), insert(store, "new"), insert(store, "by-hand"));
        let week = TimeDelta::days(7);
        delete(store, &old, noon() - week - week);
        for page in [&new, &by_hand] {
            delete(store, page, noon());
        }
        let left = || {
            let rows = store.read(|conn| trash::list(conn, admin().editor(), "", ALL)).unwrap().rows;
            rows.iter().map(|row| row.path.as_str().to_owned()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            store.write(|conn| commands::purge_deleted_before(conn, admin().editor(), noon() - week, noon())),
            Ok(1)
        );
        assert_eq!(left(), "by-hand new");
        assert!(history(store, old.id).is_empty());
        let ids = [by_hand.id, old.id, PageId(1)];
        assert_eq!(store.write(|conn| commands::purge(conn, admin().editor(), &ids, noon())), Ok(1));
        assert_eq!(left(), "new");
        assert!(history(store, by_hand.id).is_empty() && !history(store, new.id).is_empty());
    });
}
