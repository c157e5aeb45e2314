//! What feeds and sitemaps read: texts and paths of pages that the visitor may read.

use domain::{
    access::Visitor,
    page::{PageId, PagePath},
    user::Role,
};
use store::{
    Store,
    lists::{self, VisiblePages},
};

use crate::database::{member, noon, on_both, sql};

/// Public pages a, b, c, d, and the private page b/x, with texts of 10 characters. The page c has read receipts.
fn fill(store: &Store) {
    for (id, path) in [(1, "a"), (2, "b"), (3, "b/x"), (4, "c"), (5, "d")] {
        let audience = if path == "b/x" { "signed-in" } else { "public" };
        let private = if path == "b/x" { "TRUE" } else { "FALSE" };
        let row = format!("({id}, '{path}', 'T', 'text of {path:>2}', '{audience}', {private}, '2026-01-01 00:00:00')");
        let columns = "id, path, title, body, audience, private, published_at";
        sql(store, &format!("INSERT INTO pages ({columns}) VALUES {row}")).unwrap();
    }
    sql(store, "INSERT INTO receipt_pages VALUES (4)").unwrap();
}

fn strangers() -> VisiblePages {
    VisiblePages::readable(&Visitor::Anonymous, noon())
}

#[test]
fn t44_texts_are_those_of_pages_that_the_visitor_may_read_up_to_a_size() {
    on_both(|store| {
        fill(store);
        let texts = |visible: &VisiblePages, ids: &[i64], max| {
            let ids: Vec<PageId> = ids.iter().map(|id| PageId(*id)).collect();
            let texts = store.read(|conn| lists::texts(conn, visible, &ids, max)).unwrap();
            let mut found: Vec<i64> = texts.keys().map(|page| page.0).collect();
            found.sort_unstable();
            found
        };
        assert_eq!(texts(&strangers(), &[1, 2, 3, 4, 5], 1000), [1, 2, 5]);
        assert_eq!(texts(&VisiblePages::readable(&member(Role::Reader), noon()), &[1, 2, 3, 4, 5], 1000), [1, 2, 3, 5]);
        // In the order of the list, and none after the first that does not fit.
        assert_eq!(texts(&strangers(), &[5, 1, 2], 20), [1, 5]);
        assert_eq!(texts(&strangers(), &[5, 1, 2], 9), [0; 0]);
    });
}

#[test]
fn t44_the_parts_of_a_sitemap_hold_each_public_page_once() {
    on_both(|store| {
        fill(store);
        let starts = |size| {
            let starts = store.read(|conn| lists::sitemap_starts(conn, &strangers(), size)).unwrap();
            starts.iter().map(|path| path.as_str().to_owned()).collect::<Vec<_>>()
        };
        let part = |from: &str, size| {
            let from = PagePath::parse(from).unwrap();
            let rows = store.read(|conn| lists::sitemap_part(conn, &strangers(), &from, size)).unwrap();
            rows.iter().map(|row| row.path.as_str().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(
            (starts(4), part("", 4)),
            (Vec::<String>::new(), vec!["a".into(), "b".into(), "c".into(), "d".into()])
        );
        for (size, expected) in [(3, vec!["d"]), (2, vec!["c"]), (1, vec!["b", "c", "d"])] {
            assert_eq!(starts(size), expected);
            let froms = [String::new()].into_iter().chain(starts(size));
            let all: Vec<String> = froms.flat_map(|from| part(&from, size)).collect();
            assert_eq!(all, ["a", "b", "c", "d"], "{size}");
        }
    });
}
