//! Pages, and the changes that editors make to them.

use chrono::TimeDelta;
use domain::{
    Version,
    access::Visitor,
    audience::Audience,
    effective_access::AccessKind,
    page::{PageContent, PageId, PagePath},
};
use store::{
    Count, Error, Paging,
    admin_list::{self, PageColumn, PageFilter, PageSort},
    lists::{self, VisiblePages},
    pages,
};

use crate::{
    commands,
    database::{admin, content, noon, on_both, put, sql},
};

fn find(store: &store::Store, path: &str) -> Option<domain::page::Page> {
    store.read(|conn| pages::find(conn, &PagePath::parse(path).unwrap())).unwrap()
}

#[test]
fn a_page_comes_back_as_it_was_put_in() {
    on_both(|store| {
        let written = PageContent {
            summary: "Zusammenfassung “é” 🦀".into(),
            body: "a\nb\t'quoted' \\ $1".into(),
            audience: Audience::SignedIn,
            show_title: true,
            list_below: true,
            published_at: noon() - TimeDelta::microseconds(1),
            ..content("clients/acme")
        };
        let made = store.write(|conn| commands::insert(conn, admin().editor(), &written, noon())).unwrap();
        let read = find(store, "clients/acme").unwrap();
        assert_eq!(read, made);
        assert_eq!((read.content, read.created_at, read.version), (written, noon(), Version::FIRST));
        assert_eq!(find(store, "clients"), None);
    });
}

#[test]
fn a_taken_path_is_a_duplicate_and_nothing_of_its_transaction_stays() {
    on_both(|store| {
        let insert = |path: &str| store.write(|conn| commands::insert(conn, admin().editor(), &content(path), noon()));
        insert("one").unwrap();
        assert_eq!(insert("one").unwrap_err(), Error::Duplicate);
        let both = store.write(|conn| {
            commands::insert(conn, admin().editor(), &content("two"), noon())?;
            commands::insert(conn, admin().editor(), &content("one"), noon())
        });
        assert_eq!(both.unwrap_err(), Error::Duplicate);
        assert_eq!(find(store, "two"), None);
    });
}

#[test]
fn a_save_from_an_old_version_is_stale_and_changes_nothing() {
    on_both(|store| {
        let page = store.write(|conn| commands::insert(conn, admin().editor(), &content("a"), noon())).unwrap();
        let save = |from, title: &str| {
            let new = PageContent { title: title.into(), ..content("a") };
            store.write(|conn| commands::update(conn, admin().editor(), page.id, from, &new, noon()))
        };
        let second = save(Version(1), "Second").unwrap();
        assert_eq!(second.version, Version(2));
        assert_eq!(save(Version(1), "Lost").unwrap_err(), Error::Stale);
        assert_eq!(find(store, "a").unwrap().content.title, "Second");
        store.write(|conn| commands::delete(conn, admin().editor(), &[page.id], noon())).unwrap();
        assert_eq!(save(Version(2), "Gone").unwrap_err(), Error::Stale);
        let other = store.write(|conn| commands::insert(conn, admin().editor(), &content("b"), noon())).unwrap();
        store.write(|conn| commands::insert(conn, admin().editor(), &content("c"), noon())).unwrap();
        let moved =
            store.write(|conn| commands::update(conn, admin().editor(), other.id, Version(1), &content("c"), noon()));
        assert_eq!(moved.unwrap_err(), Error::Duplicate);
    });
}

#[test]
fn put_makes_or_replaces() {
    on_both(|store| {
        let put = |title: &str| {
            let new = PageContent { title: title.into(), ..content("a") };
            store.write(|conn| commands::put(conn, admin().editor(), &new, noon())).unwrap()
        };
        let (first, created) = put("First");
        assert!(created);
        let (second, created) = put("Second");
        assert!(!created);
        assert_eq!((second.id, second.version.0, second.content.title.as_str()), (first.id, 2, "Second"));
    });
}

#[test]
fn an_audience_and_deletion_touch_only_what_was_chosen() {
    on_both(|store| {
        let ids: Vec<PageId> = ["a", "b", "c"]
            .iter()
            .map(|path| {
                store.write(|conn| commands::insert(conn, admin().editor(), &content(path), noon())).unwrap().id
            })
            .collect();
        let hide = |ids: &[PageId]| {
            store
                .write(|conn| commands::set_audience(conn, admin().editor(), ids, &Audience::SignedIn, noon()))
                .unwrap()
        };
        assert_eq!(hide(&ids[..2]), 2);
        assert_eq!(hide(&ids), 1);
        assert_eq!(hide(&[PageId(1)]), 0);
        assert_eq!(find(store, "a").unwrap().version, Version(2));
        let gone = store.write(|conn| commands::delete(conn, admin().editor(), &[ids[0], PageId(1)], noon())).unwrap();
        assert_eq!(gone, 1);
        assert!(find(store, "a").is_none() && find(store, "b").is_some());
    });
}

#[test]
fn the_panels_list_is_filtered_sorted_paged_and_counted() {
    on_both(|store| {
        store
            .write(|conn| {
                for n in 0..7 {
                    let page = PageContent {
                        title: format!("{} {n}", if n % 2 == 0 { "Zebra" } else { "apple" }),
                        audience: if n % 3 == 0 { Audience::SignedIn } else { Audience::Public },
                        published_at: noon() - TimeDelta::days(n),
                        ..content(&format!("p{n}"))
                    };
                    commands::insert(conn, admin().editor(), &page, noon())?;
                }
                Ok(())
            })
            .unwrap();
        let list = |filter: &PageFilter, by, descending, paging| {
            let sort = PageSort { by, descending };
            let table = store.read(|conn| admin_list::list(conn, admin().editor(), filter, sort, paging)).unwrap();
            let paths: Vec<String> = table.rows.iter().map(|row| row.path.as_str().to_owned()).collect();
            (paths.join(" "), table.total.counted)
        };
        let (all, page) = (PageFilter::default(), Paging { number: 1, size: 10 });
        // By title in any case: apple before Zebra.
        assert_eq!(list(&all, PageColumn::Title, false, page), ("p1 p3 p5 p0 p2 p4 p6".into(), 7));
        assert_eq!(list(&all, PageColumn::Published, true, page).0, "p0 p1 p2 p3 p4 p5 p6");
        assert_eq!(list(&all, PageColumn::Readers, true, page).0, "p6 p3 p0 p5 p4 p2 p1");
        assert_eq!(list(&all, PageColumn::Path, true, Paging { number: 2, size: 3 }), ("p3 p2 p1".into(), 7));
        let apples = PageFilter { query: "APPLE".into(), ..all.clone() };
        assert_eq!(list(&apples, PageColumn::Path, false, page), ("p1 p3 p5".into(), 3));
        let recent = PageFilter { since: Some(noon() - TimeDelta::days(2)), ..all.clone() };
        assert_eq!(list(&recent, PageColumn::Path, false, page), ("p0 p1 p2".into(), 3));
        let private = PageFilter { access: Some(AccessKind::SignedIn), ..apples };
        assert_eq!(list(&private, PageColumn::Path, false, page), ("p3".into(), 1));
        let counts = store
            .read(|conn| {
                admin_list::counts(
                    conn,
                    admin().editor(),
                    &private,
                    &[
                        (Some(noon() - TimeDelta::days(2)), None),
                        (None, Some(noon() - TimeDelta::days(2))),
                        (Some(noon()), None),
                    ],
                )
            })
            .unwrap();
        assert_eq!([counts.any_access, counts.everybody, counts.signed_in], [3, 2, 1].map(Count::exact));
        assert_eq!((counts.any_date, counts.spans), (Count::exact(1), [0, 1, 0].map(Count::exact).to_vec()));
        let totals = store.read(|conn| admin_list::totals(conn, admin().editor())).unwrap();
        assert_eq!([totals.all, totals.everybody, totals.signed_in, totals.chosen], [7, 4, 3, 0].map(Count::exact));
    });
}

#[test]
fn a_row_that_nobody_can_read_takes_nothing_else_with_it() {
    on_both(|store| {
        for (id, path) in ["'admin'", "'a//b'", "'-/'"].iter().enumerate() {
            sql(store, &format!("INSERT INTO pages (id, path, title) VALUES ({id}, {path}, 'Odd')")).unwrap();
        }
        sql(store, "INSERT INTO users (id, name, role, password_hash) VALUES (1, 'a b', 'reader', 'x')").unwrap();
        store.write(|conn| put(conn, &content("even"))).unwrap();
        let scope = VisiblePages::readable(&Visitor::Anonymous, noon());
        let all = Paging { number: 1, size: 9 };
        let listed = store.read(|conn| lists::list(conn, &scope, 9)).unwrap();
        assert_eq!(listed.iter().map(|row| row.path.as_str()).collect::<Vec<_>>(), ["even"]);
        let sort = PageSort { by: PageColumn::Path, descending: false };
        let filter = PageFilter::default();
        let every = store.read(|conn| admin_list::list(conn, admin().editor(), &filter, sort, all)).unwrap();
        assert_eq!(every.rows.len(), 1);
        let sort = store::users::UserSort { by: store::users::UserColumn::Name, descending: false };
        let people = store.read(|conn| store::users::list(conn, &admin(), &Default::default(), sort, all)).unwrap();
        assert!(people.rows.is_empty());
        assert!(sql(store, "INSERT INTO pages (id, path, title, published_at) VALUES (9, 'x', 'X', 'soon')").is_err());
    });
}

#[test]
fn somebody_at_psql_can_add_a_page_with_what_they_would_guess() {
    on_both(|store| {
        sql(store, "INSERT INTO pages (id, path, title) VALUES (1, 'by-hand', 'By hand')").unwrap();
        let page = find(store, "by-hand").unwrap();
        assert_eq!((page.content.audience, page.version), (Audience::Public, Version(1)));
        for wrong in ["'UPPER'", "'with space'", "'by-hand'"] {
            assert!(sql(store, &format!("INSERT INTO pages (id, path, title) VALUES (2, {wrong}, 'x')")).is_err());
        }
    });
}

#[test]
fn writers_on_one_database_wait_for_each_other_and_none_fails() {
    on_both(|store| {
        let page = store.write(|conn| commands::insert(conn, admin().editor(), &content("a"), noon())).unwrap();
        std::thread::scope(|scope| {
            for writer in 0..4 {
                scope.spawn(move || {
                    for n in 0..25 {
                        let path = format!("w{writer}/n{n}");
                        store.write(|conn| commands::insert(conn, admin().editor(), &content(&path), noon())).unwrap();
                        assert!(find(store, &path).is_some());
                    }
                });
            }
        });
        let table = store.read(|conn| admin_list::totals(conn, admin().editor())).unwrap();
        assert_eq!(table.everybody, Count::exact(101));
        assert_eq!(find(store, "a").unwrap().id, page.id);
    });
}
