//! Bulk changes: all pages that match a filter, and moves below a section.

use domain::{
    access::Visitor,
    audience::Audience,
    draft::{DraftInput, DraftLock},
    effective_access::AccessKind,
    page::{PageContent, PageId, PageInput, PagePath},
};
use store::{
    Error, Store,
    admin_list::{self, PageFilter},
    drafts,
    lists::{self, VisiblePages},
    old_paths, pages,
    writing::{Move, Selection},
};

use crate::{
    commands,
    database::{admin, content, noon, on_both},
};

fn path(path: &str) -> PagePath {
    PagePath::parse(path).unwrap()
}

fn insert(store: &Store, at: &str) -> PageId {
    store.write(|conn| commands::insert(conn, admin().editor(), &content(at), noon())).unwrap().id
}

fn exists(store: &Store, at: &str) -> bool {
    store.read(|conn| pages::find(conn, &path(at))).unwrap().is_some()
}

fn move_under(store: &Store, ids: &[PageId], to: &str) -> store::Result<(usize, Vec<usize>)> {
    let mut told = Vec::new();
    let mut tell = |done| told.push(done);
    let moved = store.write(|conn| commands::move_under(conn, admin().editor(), ids, &path(to), noon(), &mut tell))?;
    Ok((moved, told))
}

/// The reasons why pages cannot move, in the order of their paths.
fn whys(store: &Store, ids: &[PageId], to: &str) -> Vec<String> {
    let command = Move { pages: Selection::Pages(ids.to_vec()), under: path(to) };
    let moves = store.read(|conn| command.plan(conn, admin().editor())).unwrap();
    moves.into_iter().filter_map(|one| one.to.err()).collect()
}

#[test]
fn all_that_match_a_filter_are_found_beyond_what_one_statement_takes() {
    on_both(|store| {
        let ids: Vec<PageId> = store
            .write(|conn| {
                let page = |n| {
                    let audience = if n % 2 == 0 { Audience::SignedIn } else { Audience::Public };
                    let content = PageContent { audience, ..content(&format!("n/{n:04}")) };
                    commands::insert(conn, admin().editor(), &content, noon()).map(|page| page.id)
                };
                (0..2100).map(page).collect()
            })
            .unwrap();
        let matching =
            |filter: &PageFilter| store.read(|conn| admin_list::matching(conn, admin().editor(), filter)).unwrap();
        assert_eq!(matching(&PageFilter::default()), ids);
        let private = matching(&PageFilter { access: Some(AccessKind::SignedIn), ..PageFilter::default() });
        assert_eq!(private.len(), 1050);
        let rows = store.read(|conn| admin_list::get_many(conn, admin().editor(), &ids)).unwrap();
        assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), ids);
    });
}

#[test]
fn chosen_pages_move_with_what_is_below_them_and_are_found_at_their_old_paths() {
    on_both(|store| {
        let ids = [insert(store, "a/one"), insert(store, "a/one/deep"), insert(store, "b"), insert(store, "to/own")];
        insert(store, "a/one/other");
        assert_eq!(move_under(store, &ids, "to").unwrap(), (4, vec![1, 2, 3, 4]));
        for at in ["to/one", "to/one/deep", "to/one/other", "to/b", "to/own"] {
            assert!(exists(store, at), "{at}");
        }
        assert!(!exists(store, "a/one") && !exists(store, "to/deep"));
        let old = store.read(|conn| old_paths::target(conn, &path("a/one/other"))).unwrap().unwrap();
        assert_eq!(old.content.path, path("to/one/other"));
        assert_eq!(move_under(store, &ids[..1], "").unwrap().0, 3);
        assert!(exists(store, "one/deep"));
    });
}

#[test]
fn a_move_that_one_page_cannot_make_moves_none_and_says_why() {
    on_both(|store| {
        let (a, b, front) = (insert(store, "a/one"), insert(store, "b/one"), insert(store, ""));
        insert(store, "to/one");
        insert(store, "c/one/deep");
        let reserved = insert(store, "x/admin");
        assert_eq!(whys(store, &[a], "to"), ["there is a page at /to/one already"]);
        assert_eq!(whys(store, &[a, b], "d"), ["another of the selected pages goes to /d/one, too"]);
        assert_eq!(whys(store, &[a], "a/one/below"), ["it would be below itself"]);
        assert_eq!(whys(store, &[front], "d"), ["everything is below the front page"]);
        assert!(whys(store, &[reserved], "")[0].contains("reserved"));
        assert!(whys(store, &[a], "1/2/3/4/5/6/7/8")[0].contains("At most 8 segments"));
        assert_eq!(whys(store, &[a], "c"), Vec::<String>::new());
        let refused = move_under(store, &[reserved, a], "to").unwrap_err();
        assert_eq!(refused, Error::Refused("/a/one cannot move there: there is a page at /to/one already".into()));
        assert!(exists(store, "x/admin") && exists(store, "a/one"));
    });
}

#[test]
fn who_reads_a_page_that_inherits_changes_with_the_section_to_which_it_moves() {
    on_both(|store| {
        let inherited = |at| PageContent { audience: Audience::Inherited, ..content(at) };
        let private = PageContent { audience: Audience::SignedIn, ..content("private") };
        let id = store
            .write(|conn| {
                commands::insert(conn, admin().editor(), &private, noon())?;
                commands::insert(conn, admin().editor(), &inherited("open/one"), noon())?;
                commands::insert(conn, admin().editor(), &inherited("open"), noon()).map(|page| page.id)
            })
            .unwrap();
        let seen = || {
            let scope = VisiblePages::readable(&Visitor::Anonymous, noon());
            store.read(|conn| lists::list(conn, &scope, 9)).unwrap().len()
        };
        assert_eq!(seen(), 2);
        move_under(store, &[id], "private").unwrap();
        assert_eq!(seen(), 0);
    });
}

#[test]
fn the_drafts_of_some_pages_come_together() {
    on_both(|store| {
        let new = |title: &str| {
            let typed = DraftInput::from(PageInput { title: title.into(), ..PageInput::default() });
            let insert = |conn: &mut store::Conn| {
                commands::save_draft(
                    conn,
                    admin().editor(),
                    None,
                    domain::Version(0),
                    DraftLock::default(),
                    &typed,
                    noon(),
                )
            };
            store.write(insert).unwrap().page
        };
        let (one, two, other) = (new("One"), new("Two"), new("Other"));
        let mut wanted = vec![one, two, PageId(1)];
        let some = store.read(|conn| drafts::get_many(conn, admin().editor(), &wanted)).unwrap();
        wanted.truncate(2);
        wanted.sort_by_key(|id| id.0);
        assert_eq!(some.iter().map(|draft| draft.page).collect::<Vec<_>>(), wanted);
        assert!(some.iter().all(|draft| draft.page != other));
    });
}
