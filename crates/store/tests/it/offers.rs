//! What the panel offers while a title or a path is typed, and the tree of paths.

use domain::page::{PageContent, PagePath};
use store::{
    Store, offers,
    tree::{self, Entry},
    writing,
};

use crate::database::{admin, content, on_both, put, sql};

fn page(path: &str, title: &str, body: &str) -> PageContent {
    PageContent { title: title.into(), body: body.into(), ..content(path) }
}

fn titles(store: &Store, typed: &str) -> Vec<String> {
    let rows = store.read(|conn| offers::list(conn, admin().editor(), typed, 8)).unwrap();
    rows.into_iter().map(|row| row.title).collect()
}

/// Inserts `number` pages directly below a path, as SQL does.
fn fill(store: &Store, below: &str, number: u32) {
    for first in (0..number).step_by(500) {
        let row = |n| format!("({}, '{below}/p{n:05}', 'Page {n:05}')", n + 1_000_000);
        let rows: Vec<String> = (first..number.min(first + 500)).map(row).collect();
        sql(store, &format!("INSERT INTO pages (id, path, title) VALUES {}", rows.join(", "))).unwrap();
    }
    while store.write(|conn| writing::search::catch_up(conn, str::to_owned)).unwrap() {}
}

#[test]
fn pages_are_offered_by_title_then_by_path_then_by_text() {
    on_both(|store| {
        let pages = [
            page("history", "A short history of us", "It is all in the handbook."),
            page("handbook/keys", "Keys", ""),
            page("tools", "Tools: hammer and handsaw", ""),
            page("handbook", "Handbook", ""),
            page("hand-over", "Handing over the keys", ""),
            page("lodz", "Łódź", ""),
            page("ecole", "École", ""),
        ];
        store.write(|conn| pages.iter().try_for_each(|page| put(conn, page))).unwrap();
        let expected =
            ["Handbook", "Handing over the keys", "Tools: hammer and handsaw", "Keys", "A short history of us"];
        assert_eq!(titles(store, "hand"), expected);
        assert_eq!(titles(store, "HANDB")[0], "Handbook");
        // One letter is enough at the beginning of a title.
        assert_eq!(titles(store, "k")[0], "Keys");
        assert_eq!(titles(store, "lodz"), ["Łódź"]);
        assert_eq!(titles(store, "ecole"), ["École"]);
        assert_eq!(titles(store, "keys over")[0], "Handing over the keys");
        assert_eq!(titles(store, "/handbook/ke")[0], "Keys");
        assert_eq!(titles(store, "nothing like it"), [""; 0]);
        // Without a word, the pages that were saved last.
        assert_eq!(titles(store, " ").len(), 7);
    });
}

#[test]
fn the_closest_page_is_found_among_many_with_the_same_word() {
    on_both(|store| {
        fill(store, "many", 3_000);
        store.write(|conn| put(conn, &page("other", "Page", ""))).unwrap();
        assert_eq!(titles(store, "page")[0], "Page");
        assert_eq!(titles(store, "page 02999"), ["Page 02999"]);
        assert_eq!(titles(store, "many/p02"), titles(store, "/many/p02"));
        assert_eq!(titles(store, "many/p02")[0], "Page 02000");
    });
}

fn level(store: &Store, path: &str, after: Option<&PagePath>, limit: u32) -> (Vec<String>, Option<PagePath>) {
    let path = if path.is_empty() { PagePath::root() } else { PagePath::parse(path).unwrap() };
    let level = store.read(|conn| tree::entries_below(conn, admin().editor(), &path, after, limit)).unwrap();
    let words = |Entry { path, title, has_below }: Entry| {
        format!(
            "{}{}{}",
            path.as_str(),
            if title.is_some() { "" } else { " (no page)" },
            if has_below { " +" } else { "" }
        )
    };
    (level.branches.into_iter().map(words).collect(), level.next)
}

#[test]
fn the_tree_is_read_level_by_level() {
    on_both(|store| {
        let paths = ["a", "a-b", "a-b/x/y", "a/b", "a/b/c", "a0", "lone/deep/page", "z"];
        store.write(|conn| paths.iter().try_for_each(|path| put(conn, &content(path)))).unwrap();
        assert_eq!(level(store, "", None, 100).0, ["a +", "a-b +", "a0", "lone (no page) +", "z"]);
        assert_eq!(level(store, "a", None, 100), (vec!["a/b +".into()], None));
        assert_eq!(level(store, "a-b", None, 100).0, ["a-b/x (no page) +"]);
        assert_eq!(level(store, "lone", None, 100).0, ["lone/deep (no page) +"]);
        assert_eq!(level(store, "nowhere", None, 100), (Vec::new(), None));
        let has_page = |path: &str| {
            let path = PagePath::parse(path).unwrap();
            store.read(|conn| tree::has_page(conn, admin().editor(), &path)).unwrap()
        };
        assert!(has_page("a/b") && !has_page("lone"));
    });
}

#[test]
fn a_large_level_comes_in_parts_and_each_entry_once() {
    on_both(|store| {
        fill(store, "many", 1_000);
        // Some of the pages have pages below them, which come after their neighbours.
        let below = ["many/p00010/x", "many/p00010-b", "many/p00199/x", "many/zone/x"];
        store.write(|conn| below.iter().try_for_each(|path| put(conn, &content(path)))).unwrap();
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let (part, next) = level(store, "many", after.as_ref(), 100);
            assert!(part.len() <= 150, "{}", part.len());
            all.extend(part);
            let Some(next) = next else { break };
            after = Some(next);
        }
        assert_eq!(all.len(), 1_002, "{all:?}");
        for expected in ["many/p00010 +", "many/p00010-b", "many/p00199 +", "many/p00200", "many/zone (no page) +"] {
            assert_eq!(all.iter().filter(|entry| *entry == expected).count(), 1, "{expected}");
        }
    });
}
