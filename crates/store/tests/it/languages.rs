//! The languages of pages: inherited from above, seen by those who may read, announced, and kept in the history.

use std::{
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

use domain::{
    Version,
    access::Visitor,
    audience::Audience,
    language::LanguageTag,
    navigation::{Branch, Entry, Front, Navigation, Target},
    page::{Page, PageContent, PagePath},
    placement::Placement,
};
use store::{
    Store,
    feed::{Change, Event},
    lists::{self, Position, VisiblePages},
    navigation, pages, revisions,
};

use crate::{
    commands,
    database::{admin, content, noon, on_both, sql},
};

fn path(at: &str) -> PagePath {
    PagePath::parse(at).unwrap()
}

fn tag(language: &str) -> Option<LanguageTag> {
    (!language.is_empty()).then(|| LanguageTag::parse(language).unwrap())
}

fn with(at: &str, language: &str) -> PageContent {
    PageContent { placement: Placement { language: tag(language), ..Placement::default() }, ..content(at) }
}

fn insert(store: &Store, content: &PageContent) -> Page {
    store.write(|conn| commands::insert(conn, admin().editor(), content, noon())).unwrap()
}

fn save(store: &Store, page: &Page, content: &PageContent) -> Page {
    store.write(|conn| commands::update(conn, admin().editor(), page.id, page.version, content, noon())).unwrap()
}

fn language(store: &Store, at: &str) -> Option<LanguageTag> {
    store
        .read(|conn| {
            let own = pages::find(conn, &path(at))?.and_then(|page| page.content.placement.language);
            pages::language(conn, &path(at), own.as_ref())
        })
        .unwrap()
}

#[test]
fn a_page_has_its_own_language_or_that_of_the_nearest_page_above() {
    on_both(|store| {
        insert(store, &PageContent { audience: Audience::SignedIn, ..with("a", "de") });
        insert(store, &with("a/b", ""));
        insert(store, &with("a/b/c", "pt-BR"));
        insert(store, &with("x", ""));
        let all = || ["a", "a/b", "a/b/c", "a/b/c/d", "a/q", "x"].map(|at| language(store, at));
        let [de, pt] = ["de", "pt-BR"].map(tag);
        assert_eq!(all(), [de.clone(), de.clone(), pt.clone(), pt.clone(), de.clone(), None]);
        let together = store.read(|conn| pages::languages(conn, &["a/b", "a/b/c", "x"].map(path))).unwrap();
        assert_eq!(together, [("a/b", &de), ("a/b/c", &pt)].map(|(at, tag)| (path(at), tag.clone().unwrap())).into());
        let front = insert(store, &with("", "it"));
        assert_eq!(all()[5], tag("it"));
        assert_eq!(all()[4], de);
        // SQL can write what is no tag.
        sql(store, &format!("UPDATE placements SET language = 'x y' WHERE page_id = {}", front.id.0)).unwrap();
        assert_eq!(all()[5], None);
    });
}

#[test]
fn what_is_no_page_has_the_language_of_a_page_above_that_its_visitor_may_read() {
    on_both(|store| {
        insert(store, &with("", "it"));
        insert(store, &PageContent { audience: Audience::SignedIn, ..with("a", "de") });
        let below = PageContent { audience: Audience::Public, ..with("a/b", "") };
        insert(store, &below);
        let at = |visitor: &Visitor| {
            let readable = VisiblePages::readable(visitor, noon());
            let above = ["a/b/c", "a/b", "a", ""].map(path);
            store.read(|conn| pages::visible_language(conn, &readable, &above)).unwrap()
        };
        let member = crate::database::member(domain::user::Role::Reader);
        assert_eq!((at(&Visitor::Anonymous), at(&member)), (tag("it"), tag("de")));
    });
}

#[test]
fn a_teaser_tells_the_language_of_a_page_to_those_who_may_read_it() {
    on_both(|store| {
        insert(store, &with("a", "de"));
        insert(store, &with("a/b", ""));
        let locked = PageContent { audience: Audience::SignedIn, show_title: true, ..with("a/locked", "ar") };
        insert(store, &locked);
        let rows = |visitor: &Visitor| {
            let listed = VisiblePages::listed(visitor, noon());
            let part = store.read(|conn| lists::list_below(conn, &listed, &path("a"), &Position::Newest, 20)).unwrap();
            part.unwrap().rows.into_iter().map(|row| row.language).collect::<Vec<_>>()
        };
        assert_eq!(rows(&Visitor::Anonymous), [tag("de"), None]);
        assert_eq!(rows(&crate::database::member(domain::user::Role::Reader)), [tag("de"), tag("ar")]);
    });
}

fn told(told: &Receiver<Event>, feed: &store::feed::Feed) -> Vec<Change> {
    assert!(feed.wait_until_caught_up(Duration::from_secs(20)));
    let mut changes: Vec<Change> = Vec::new();
    for event in told.try_iter() {
        match event {
            Event::Changed(change) if !changes.contains(&change) => changes.push(change),
            _ => {}
        }
    }
    changes
}

#[test]
fn a_language_of_the_front_page_is_announced_as_a_change_of_everything() {
    on_both(|store| {
        let (tell, news) = channel();
        let feed = store.watch(move |event| drop(tell.send(event))).unwrap();
        while !matches!(news.recv_timeout(Duration::from_secs(20)).unwrap(), Event::Heartbeat(_)) {}
        let has_everything = || told(&news, &feed).contains(&Change::Everything);
        let page = insert(store, &with("a", "de"));
        let page = save(store, &page, &with("a", "fr"));
        // The pages below share its first segment.
        assert_eq!(told(&news, &feed), [Change::Page("a".into())]);
        let front = save(store, &page, &with("", "fr"));
        assert!(has_everything());
        let front = save(store, &front, &PageContent { title: "Other".into(), ..front.content.clone() });
        assert!(!has_everything());
        let front = save(store, &front, &with("", "de"));
        assert!(has_everything());
        let front = save(store, &front, &with("", ""));
        assert!(has_everything());
        save(store, &front, &with("b", ""));
        assert!(has_everything());
        insert(store, &with("", ""));
        assert!(has_everything());
        sql(store, "DELETE FROM pages WHERE path = ''").unwrap();
        assert!(has_everything());
    });
}

#[test]
fn a_language_at_or_above_a_page_of_the_menu_is_announced_as_a_change_of_the_menu() {
    on_both(|store| {
        let top = insert(store, &with("a", ""));
        let open = insert(store, &with("a/b/open", ""));
        let hidden = insert(store, &PageContent { audience: Audience::SignedIn, ..with("c/hidden", "") });
        let above = insert(store, &with("c", ""));
        let other = insert(store, &with("ab", ""));
        let entry = |page: &Page| Branch {
            entry: Entry { label: String::new(), target: Target::Page(page.id) },
            below: Vec::new(),
        };
        let menu = vec![entry(&open), entry(&hidden)];
        let save_menu = |conn: &mut store::Conn| {
            let version = navigation::get(conn, &admin())?.version;
            let new = Navigation { version, front: Front::List, menu: menu.clone() };
            store::writing::navigation::update(conn, &admin(), version, &new, noon())
        };
        store.write(save_menu).unwrap();
        let (tell, news) = channel();
        let feed = store.watch(move |event| drop(tell.send(event))).unwrap();
        while !matches!(news.recv_timeout(Duration::from_secs(20)).unwrap(), Event::Heartbeat(_)) {}
        let menu_changes = || {
            let is_of_menu = |change: &Change| matches!(change, Change::Menu | Change::PrivateMenu);
            told(&news, &feed).into_iter().filter(is_of_menu).collect::<Vec<_>>()
        };
        menu_changes();
        let top = save(store, &top, &with("a", "de"));
        assert_eq!(menu_changes(), [Change::Menu]);
        let top = save(store, &top, &with("a", "fr"));
        assert_eq!(menu_changes(), [Change::Menu]);
        let top = save(store, &top, &PageContent { title: "Other".into(), ..with("a", "fr") });
        assert_eq!(menu_changes(), []);
        save(store, &open, &with("a/b/open", "pl"));
        assert_eq!(menu_changes(), [Change::Menu]);
        // Strangers do not see the other entry, and do not notice its language.
        let above = save(store, &above, &with("c", "it"));
        assert_eq!(menu_changes(), [Change::PrivateMenu]);
        save(store, &other, &with("ab", "it"));
        assert_eq!(menu_changes(), [], "it is above no page of the menu");
        // A page with a language goes, comes and moves.
        store.write(|conn| commands::delete(conn, admin().editor(), &[top.id], noon())).unwrap();
        assert_eq!(menu_changes(), [Change::Menu]);
        store.write(|conn| commands::restore(conn, admin().editor(), top.id, &path("a"), noon())).unwrap();
        assert_eq!(menu_changes(), [Change::Menu]);
        save(store, &above, &with("d", "it"));
        assert_eq!(menu_changes(), [Change::PrivateMenu]);
        sql(store, &format!("DELETE FROM placements WHERE page_id = {}", top.id.0)).unwrap();
        assert_eq!(menu_changes(), [Change::Menu]);
    });
}

#[test]
fn the_history_has_the_language_and_a_page_in_the_trash_keeps_it() {
    on_both(|store| {
        let first = insert(store, &with("a", ""));
        let second = save(store, &first, &with("a", "de"));
        sql(store, "UPDATE pages SET private = TRUE").unwrap();
        let third = store.read(|conn| pages::find(conn, &path("a"))).unwrap().unwrap();
        assert!(third.version > second.version);
        let by = admin();
        let recorded = |version: i64| {
            let revision = store.read(|conn| revisions::get(conn, by.editor(), first.id, Version(version))).unwrap();
            revision.unwrap().content.placement.language
        };
        assert_eq!((recorded(1), recorded(2), recorded(3)), (None, tag("de"), tag("de")));
        assert_eq!(store.write(|conn| commands::delete(conn, by.editor(), &[first.id], noon())).unwrap(), 1);
        assert_eq!(language(store, "a/b"), None);
        store.write(|conn| commands::restore(conn, by.editor(), first.id, &path("b"), noon())).unwrap();
        assert_eq!(language(store, "b/c"), tag("de"));
    });
}
