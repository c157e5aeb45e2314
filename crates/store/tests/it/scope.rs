//! Examples of the pages that a scope selects; `audiences` checks a scope against the access rule.

use domain::{
    access::Visitor,
    audience::Audience,
    page::{PageContent, PagePath},
    user::Role,
};
use store::{
    Paging,
    lists::{self, VisiblePages},
};

use crate::database::{content, member, noon, on_both, put};

const ALL: Paging = Paging { number: 1, size: 1000 };

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
        let slice = store.read(|conn| lists::list(conn, &scope, ALL)).unwrap();
        assert_eq!((slice.rows[0].locked, slice.rows[0].summary.as_str()), (true, ""));
        let scope = VisiblePages::listed(&member(Role::Reader), noon());
        let slice = store.read(|conn| lists::list(conn, &scope, ALL)).unwrap();
        assert_eq!((slice.rows[0].locked, slice.rows[0].summary.as_str()), (false, "hidden"));
    });
}

#[test]
fn pages_below_a_path_are_those_under_its_slash() {
    on_both(|store| {
        let paths = ["", "handbook", "handbook-2", "handbook-2/x", "handbook/x", "handbook/x/y", "handbook0", "hand"];
        store.write(|conn| paths.iter().try_for_each(|path| put(conn, &content(path)))).unwrap();
        let scope = VisiblePages::readable(&Visitor::Anonymous, noon());
        let below = |path: &str, paging| {
            let path = PagePath::parse(path).unwrap();
            store.read(|conn| lists::list_below(conn, &scope, &path, paging)).unwrap()
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
