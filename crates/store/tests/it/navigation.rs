//! The menu and the front page; `audiences` checks the menu against the access rule.

use chrono::TimeDelta;
use domain::{
    Version,
    access::Visitor,
    audience::Audience,
    language::LanguageTag,
    navigation::{Branch, Entry, Front, Navigation, Target},
    page::{PageContent, PageId, PagePath},
    placement::Placement,
    user::Role,
};
use store::{
    Error, Paging, Store,
    audit::{self, AuditFilter},
    lists::VisiblePages,
    navigation::{self, Destination, VisibleEntry},
};

use crate::{
    commands,
    database::{admin, content, member, noon, on_both, sql},
};

fn insert(store: &Store, content: &PageContent) -> PageId {
    store.write(|conn| commands::insert(conn, admin().editor(), content, noon())).unwrap().id
}

fn page(label: &str, page: PageId) -> Entry {
    Entry { label: label.into(), target: Target::Page(page) }
}

fn save(store: &Store, front: Front, menu: Vec<Branch>) -> Navigation {
    let old = store.read(|conn| navigation::get(conn, &admin())).unwrap();
    let new = Navigation { version: old.version, front, menu };
    store.write(|conn| store::writing::navigation::update(conn, &admin(), old.version, &new, noon())).unwrap()
}

/// The menu in words: `Title -> /path [below]`.
fn seen(store: &Store, visitor: &Visitor, hours: i64) -> Vec<String> {
    fn words(entry: &VisibleEntry) -> String {
        let to = match &entry.to {
            Destination::Page(path) => path.href(),
            Destination::Address(address) => address.clone(),
        };
        let below: Vec<String> = entry.below.iter().map(words).collect();
        format!("{} -> {to} [{}]", entry.title, below.join(", "))
    }
    let visible = VisiblePages::readable(visitor, noon() + TimeDelta::hours(hours));
    store.read(|conn| navigation::menu(conn, &visible)).unwrap().entries.iter().map(words).collect()
}

#[test]
fn t44_a_menu_has_what_its_visitor_may_read_and_no_trace_of_the_rest() {
    on_both(|store| {
        let open = insert(store, &content("open"));
        let hidden =
            insert(store, &PageContent { audience: Audience::SignedIn, show_title: true, ..content("hidden") });
        let below = insert(store, &content("below"));
        let soon = insert(store, &PageContent { published_at: noon() + TimeDelta::hours(2), ..content("soon") });
        let elsewhere = Entry { label: "Elsewhere".into(), target: Target::Address("https://example.org/".into()) };
        save(
            store,
            Front::List,
            vec![
                Branch { entry: page("Open", open), below: vec![page("", hidden), page("", soon)] },
                Branch { entry: page("", hidden), below: vec![page("", below), elsewhere.clone()] },
                Branch { entry: elsewhere, below: vec![page("", hidden)] },
            ],
        );
        let stranger = ["Open -> /open []", "Elsewhere -> https://example.org/ []"];
        assert_eq!(seen(store, &Visitor::Anonymous, 0), stranger);
        let reader = [
            "Open -> /open [Title of hidden -> /hidden []]",
            "Title of hidden -> /hidden [Title of below -> /below [], Elsewhere -> https://example.org/ []]",
            "Elsewhere -> https://example.org/ [Title of hidden -> /hidden []]",
        ];
        assert_eq!(seen(store, &member(Role::Reader), 0), reader);
        assert_eq!(seen(store, &Visitor::Anonymous, 2)[0], "Open -> /open [Title of soon -> /soon []]");
        let visible = VisiblePages::readable(&Visitor::Anonymous, noon());
        let expires_at = store.read(|conn| navigation::menu(conn, &visible)).unwrap().expires_at;
        assert_eq!(expires_at, Some(noon() + TimeDelta::hours(2)));
    });
}

#[test]
fn an_entry_has_the_language_of_its_page_unless_it_has_a_label() {
    on_both(|store| {
        let language = LanguageTag::parse("de").unwrap();
        let placement = Placement { language: Some(language.clone()), ..Placement::default() };
        // A page has the language of the page above it, also for those who may not read that one.
        insert(store, &PageContent { placement, audience: Audience::SignedIn, ..content("a") });
        let below = insert(store, &PageContent { audience: Audience::Public, ..content("a/b") });
        let other = insert(store, &content("c"));
        let entries = [page("", below), page("Label", below), page("", other)];
        save(store, Front::List, entries.map(|entry| Branch { entry, below: Vec::new() }).into());
        let visible = VisiblePages::readable(&Visitor::Anonymous, noon());
        let menu = store.read(|conn| navigation::menu(conn, &visible)).unwrap();
        let languages: Vec<_> = menu.entries.into_iter().map(|entry| entry.language).collect();
        assert_eq!(languages, [Some(language), None, None]);
    });
}

#[test]
fn an_entry_follows_its_page_is_gone_with_it_in_the_trash_and_for_good_when_it_is_purged() {
    on_both(|store| {
        let (one, two) = (insert(store, &content("one")), insert(store, &content("two")));
        save(store, Front::Page(one), vec![Branch { entry: page("", one), below: vec![page("", two)] }]);
        let moved = PageContent { path: PagePath::parse("moved").unwrap(), ..content("one") };
        store.write(|conn| commands::update(conn, admin().editor(), one, Version::FIRST, &moved, noon())).unwrap();
        let whole = ["Title of one -> /moved [Title of two -> /two []]"];
        assert_eq!(seen(store, &Visitor::Anonymous, 0), whole);
        store.write(|conn| commands::delete(conn, admin().editor(), &[one], noon())).unwrap();
        assert_eq!(seen(store, &Visitor::Anonymous, 0), [""; 0]);
        // The form still has it.
        let stored = store.read(|conn| navigation::get(conn, &admin())).unwrap();
        let paths = store.read(|conn| navigation::paths_of(conn, &admin(), &stored.pages())).unwrap();
        assert_eq!(paths[0], (moved.path.clone(), one));
        store.write(|conn| commands::restore(conn, admin().editor(), one, &moved.path, noon())).unwrap();
        assert_eq!(seen(store, &Visitor::Anonymous, 0), whole);
        store.write(|conn| commands::delete(conn, admin().editor(), &[one], noon())).unwrap();
        store.write(|conn| commands::purge(conn, admin().editor(), &[one], noon())).unwrap();
        assert_eq!(store.read(|conn| navigation::get(conn, &admin())).unwrap().menu, []);
    });
}

#[test]
fn the_menu_is_saved_over_the_version_it_came_from_and_recorded() {
    on_both(|store| {
        let one = insert(store, &content("one"));
        let first = save(store, Front::Cards, vec![Branch { entry: page("One", one), below: Vec::new() }]);
        assert_eq!(store.read(|conn| navigation::get(conn, &admin())).unwrap(), first);
        assert_eq!(store.read(navigation::front).unwrap(), Front::Cards);
        let again =
            store.write(|conn| store::writing::navigation::update(conn, &admin(), first.version, &first, noon()));
        assert_eq!(again.unwrap().version, first.version, "nothing changed");
        let stale = store.write(|conn| store::writing::navigation::update(conn, &admin(), Version(0), &first, noon()));
        assert_eq!(stale.unwrap_err(), Error::Stale);
        let all = Paging { number: 1, size: 9 };
        let trail = store.read(|conn| audit::list(conn, &admin(), &AuditFilter::default(), all)).unwrap();
        let details: Vec<String> = trail.rows.into_iter().map(|entry| entry.detail).collect();
        assert!(details.contains(&"front page “list” → “cards”; menu “” → “/one”".into()), "{details:?}");
        assert!(sql(store, "INSERT INTO menu (place, sub, label) VALUES (9, 0, 'x')").is_err(), "it leads nowhere");
    });
}
