//! The scope selects what the access rule allows, no more and no less.

use chrono::TimeDelta;
use domain::{
    access::{Listing, Visitor, listing},
    page::{PageContent, PagePath, Visibility},
    user::Role,
};
use store::{
    Paging,
    pages::{self, Scope},
};

use crate::database::{content, member, noon, on_both, put};

const ALL: Paging = Paging { number: 1, size: 1000 };

/// Every combination of what the rule looks at, at different depths.
fn site() -> Vec<PageContent> {
    let mut site = Vec::new();
    for visibility in [Visibility::Public, Visibility::Private] {
        for show_title in [false, true] {
            for (when, offset) in
                [-86_400_000_000, -1, 0, 1, 86_400_000_000].into_iter().map(TimeDelta::microseconds).enumerate()
            {
                for folder in ["", "a/", "a/b/"] {
                    let path = format!("{folder}{}-{show_title}-{when}", visibility.is_private());
                    let published_at = noon() + offset;
                    site.push(PageContent { visibility, show_title, published_at, ..content(&path) });
                }
            }
        }
    }
    site
}

fn visitors() -> [Visitor; 4] {
    [Visitor::Anonymous, member(Role::Reader), member(Role::Editor), member(Role::Admin)]
}

#[test]
fn t44_a_scope_selects_exactly_what_the_access_rule_allows() {
    on_both(|store| {
        let site = site();
        store.write(|conn| site.iter().try_for_each(|page| put(conn, page))).unwrap();
        for visitor in visitors() {
            let expected = |wanted: &[Listing]| {
                let mut rows: Vec<_> = site
                    .iter()
                    .map(|page| (page, listing(page, &visitor, noon())))
                    .filter(|(_, listing)| wanted.contains(listing))
                    .map(|(page, listing)| {
                        let locked = listing == Listing::Locked;
                        (std::cmp::Reverse(page.published_at), page.path.clone(), locked)
                    })
                    .collect();
                rows.sort();
                rows.into_iter().map(|(_, path, locked)| (path, locked)).collect::<Vec<_>>()
            };
            let selected = |scope: &Scope| {
                let slice = store.read(|conn| pages::list(conn, scope, ALL)).unwrap();
                assert!(!slice.more);
                slice.rows.into_iter().map(|row| (row.path, row.locked)).collect::<Vec<_>>()
            };
            assert_eq!(selected(&Scope::readable(&visitor, noon())), expected(&[Listing::Open]));
            assert_eq!(selected(&Scope::listed(&visitor, noon())), expected(&[Listing::Open, Listing::Locked]));

            let below = PagePath::parse("a").unwrap();
            let slice =
                store.read(|conn| pages::list_below(conn, &Scope::listed(&visitor, noon()), &below, ALL)).unwrap();
            let mut found: Vec<_> = slice.rows.into_iter().map(|row| row.path).collect();
            found.sort();
            let mut wanted: Vec<_> = expected(&[Listing::Open, Listing::Locked])
                .into_iter()
                .map(|(path, _)| path)
                .filter(|path| path.as_str().starts_with("a/"))
                .collect();
            wanted.sort();
            assert_eq!(found, wanted);

            let paths: Vec<PagePath> = site.iter().map(|page| page.path.clone()).collect();
            let scope = Scope::readable(&visitor, noon());
            let titles = store.read(|conn| pages::titles(conn, &scope, &paths)).unwrap();
            assert_eq!(titles.len(), expected(&[Listing::Open]).len());
        }
    });
}

#[test]
fn t44_a_locked_row_carries_its_title_and_nothing_else() {
    on_both(|store| {
        let page = PageContent {
            visibility: Visibility::Private,
            show_title: true,
            summary: "hidden".into(),
            ..content("locked")
        };
        store.write(|conn| put(conn, &page)).unwrap();
        let scope = Scope::listed(&Visitor::Anonymous, noon());
        let slice = store.read(|conn| pages::list(conn, &scope, ALL)).unwrap();
        assert_eq!((slice.rows[0].locked, slice.rows[0].summary.as_str()), (true, ""));
        let scope = Scope::listed(&member(Role::Reader), noon());
        let slice = store.read(|conn| pages::list(conn, &scope, ALL)).unwrap();
        assert_eq!((slice.rows[0].locked, slice.rows[0].summary.as_str()), (false, "hidden"));
    });
}

#[test]
fn pages_below_a_path_are_those_under_its_slash() {
    on_both(|store| {
        let paths = ["", "handbook", "handbook-2", "handbook-2/x", "handbook/x", "handbook/x/y", "handbook0", "hand"];
        store.write(|conn| paths.iter().try_for_each(|path| put(conn, &content(path)))).unwrap();
        let scope = Scope::readable(&Visitor::Anonymous, noon());
        let below = |path: &str, paging| {
            let path = PagePath::parse(path).unwrap();
            store.read(|conn| pages::list_below(conn, &scope, &path, paging)).unwrap()
        };
        let found = |path: &str| {
            let mut rows: Vec<String> = below(path, ALL).rows.iter().map(|row| row.path.as_str().to_owned()).collect();
            rows.sort();
            rows
        };
        assert_eq!(found("handbook"), ["handbook/x", "handbook/x/y"]);
        assert_eq!(found("handbook/x"), ["handbook/x/y"]);
        assert_eq!(found("nothing"), [""; 0]);
        assert_eq!(found("").len(), paths.len() - 1);
        let part = below("", Paging { number: 2, size: 3 });
        assert_eq!((part.rows.len(), part.more), (3, true));
        let last = below("", Paging { number: 3, size: 3 });
        assert_eq!((last.rows.len(), last.more), (1, false));
    });
}
