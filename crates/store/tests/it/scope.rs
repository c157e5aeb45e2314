//! Examples of the pages that a scope selects; `audiences` checks a scope against the access rule.

use chrono::TimeDelta;
use domain::{
    access::Visitor,
    audience::Audience,
    page::{PageContent, PagePath},
    user::Role,
};
use store::{
    Store,
    lists::{self, Position, VisiblePages},
};

use crate::database::{content, member, noon, on_both, put};

#[test]
fn t44_a_locked_row_carries_its_title_and_nothing_else() {
    on_both(|store| {
        let page = PageContent {
            audience: Audience::SignedIn,
            show_title: true,
            summary: "hidden".into(),
            ..content("locked")
        };
        store.write(|conn| put(conn, &page)).unwrap();
        let scope = VisiblePages::listed(&Visitor::Anonymous, noon());
        let rows = store.read(|conn| lists::list(conn, &scope, 9)).unwrap();
        assert_eq!((rows[0].locked, rows[0].summary.as_str()), (true, ""));
        let scope = VisiblePages::listed(&member(Role::Reader), noon());
        let rows = store.read(|conn| lists::list(conn, &scope, 9)).unwrap();
        assert_eq!((rows[0].locked, rows[0].summary.as_str()), (false, "hidden"));
    });
}

#[test]
fn pages_below_a_path_are_those_under_its_slash() {
    on_both(|store| {
        let paths = ["", "handbook", "handbook-2", "handbook-2/x", "handbook/x", "handbook/x/y", "handbook0", "hand"];
        store.write(|conn| paths.iter().try_for_each(|path| put(conn, &content(path)))).unwrap();
        let scope = VisiblePages::readable(&Visitor::Anonymous, noon());
        let below = |path: &str| {
            let path = PagePath::parse(path).unwrap();
            store.read(|conn| lists::list_below(conn, &scope, &path, &Position::Newest, 99)).unwrap().unwrap()
        };
        let found = |path: &str| {
            let mut rows: Vec<String> = below(path).rows.iter().map(|row| row.path.as_str().to_owned()).collect();
            rows.sort();
            rows
        };
        assert_eq!(found("handbook"), ["handbook/x", "handbook/x/y"]);
        assert_eq!(found("handbook/x"), ["handbook/x/y"]);
        assert_eq!(found("nothing"), [""; 0]);
        assert_eq!(found("").len(), paths.len() - 1);
    });
}

/// The pages of the site in parts of `size`, by the positions that lists link to.
fn walk(store: &Store, scope: &VisiblePages, size: u32, back: bool) -> Vec<Vec<String>> {
    let root = PagePath::root();
    let at = |position: &Position| store.read(|conn| lists::list_below(conn, scope, &root, position, size)).unwrap();
    let mut parts = vec![at(&Position::Newest).unwrap()];
    while parts.last().unwrap().older {
        let last = parts.last().unwrap().rows.last().unwrap().path.clone();
        parts.push(at(&Position::OlderThan(last)).unwrap());
    }
    if back {
        parts = vec![parts.pop().unwrap()];
        while parts[0].newer {
            let first = parts[0].rows[0].path.clone();
            parts.insert(0, at(&Position::NewerThan(first)).unwrap());
        }
    }
    parts.into_iter().map(|part| part.rows.into_iter().map(|row| row.path.as_str().to_owned()).collect()).collect()
}

#[test]
fn a_list_is_walked_in_both_directions_without_gaps() {
    on_both(|store| {
        let nobody = Visitor::Anonymous;
        store
            .write(|conn| {
                for n in 0..23 {
                    // Several pages share a date, one of three shows its title alone, and one of three is private.
                    let published_at = noon() - TimeDelta::hours(n / 4);
                    let (audience, show_title) = match n % 3 {
                        0 => (Audience::Public, false),
                        1 => (Audience::SignedIn, true),
                        _ => (Audience::SignedIn, false),
                    };
                    put(conn, &PageContent { audience, show_title, published_at, ..content(&format!("p{n:02}")) })?;
                }
                Ok(())
            })
            .unwrap();
        for (visitor, expected) in [(&nobody, 16), (&member(Role::Reader), 23)] {
            let scope = VisiblePages::listed(visitor, noon());
            let all: Vec<String> =
                (0..23).filter(|n| expected == 23 || n % 3 < 2).map(|n| format!("p{n:02}")).collect();
            assert_eq!(walk(store, &scope, 5, false).concat(), all);
            let back = walk(store, &scope, 5, true);
            // The beginning is full, and has rows of the part after it.
            assert_eq!(back[0], all[..5]);
            let mut rows = back.concat();
            rows.dedup();
            rows.sort();
            rows.dedup();
            assert_eq!(rows, all);
        }
        // A page that is not in the list is the same as none, whatever it is.
        let scope = VisiblePages::listed(&nobody, noon());
        for path in ["p02", "never", "p22x"] {
            let path = PagePath::parse(path).unwrap();
            for position in [Position::OlderThan(path.clone()), Position::NewerThan(path.clone())] {
                let found =
                    store.read(|conn| lists::list_below(conn, &scope, &PagePath::root(), &position, 5)).unwrap();
                assert_eq!(found, None, "{position:?}");
            }
        }
        let last = Position::OlderThan(PagePath::parse("p22").unwrap());
        let member = VisiblePages::listed(&member(Role::Reader), noon());
        assert_eq!(store.read(|conn| lists::list_below(conn, &member, &PagePath::root(), &last, 5)).unwrap(), None);
    });
}
