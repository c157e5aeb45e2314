//! The panel's lists on a site with many rows: pages by key, capped counts, choices that do not grow with the site.

use chrono::TimeDelta;
use domain::{
    access::Visitor,
    audience::Audience,
    group::{GroupContent, GroupName},
    page::{PageContent, PageId},
    user::Role,
};
use store::{
    Count, Start, Store, Window,
    admin_list::{self, PageColumn, PageFilter, PageSort},
    groups, lists, users,
};

use crate::{
    commands,
    database::{add, admin, content, noon, on_both, sql},
};

/// Inserts `number` pages as SQL does, all of one date and one moment.
fn fill(store: &Store, number: u32) {
    for first in (0..number).step_by(500) {
        let row = |n| format!("({}, 'many/p{n:05}', 'Page {n}', '2026-01-01 00:00:00', '2026-01-01 00:00:00')", n + 1);
        let rows: Vec<String> = (first..number.min(first + 500)).map(row).collect();
        let insert = "INSERT INTO pages (id, path, title, published_at, updated_at) VALUES";
        sql(store, &format!("{insert} {}", rows.join(", "))).unwrap();
    }
}

#[test]
fn every_order_is_walked_by_key_in_both_directions() {
    on_both(|store| {
        for n in 0..17 {
            let audience = if n % 3 == 0 { Audience::SignedIn } else { Audience::Public };
            let published_at = noon() - TimeDelta::hours(n / 5);
            let title = format!("{} title", if n % 2 == 0 { "Same" } else { "same" });
            let page = PageContent { audience, title, published_at, ..content(&format!("p{n:02}")) };
            let at = noon() + TimeDelta::minutes(n / 4);
            store.write(|conn| commands::insert(conn, admin().editor(), &page, at)).unwrap();
        }
        let all = PageFilter::default();
        let private = PageFilter { access: Some(domain::effective_access::AccessKind::SignedIn), ..all.clone() };
        for (filter, by) in [
            (&all, PageColumn::Title),
            (&all, PageColumn::Path),
            (&all, PageColumn::Readers),
            (&all, PageColumn::Published),
            (&all, PageColumn::Updated),
            (&private, PageColumn::Updated),
        ] {
            for descending in [false, true] {
                let part = |start, size| {
                    let (sort, window) = (PageSort { by, descending }, Window { start, size });
                    store.read(|conn| admin_list::list(conn, admin().editor(), filter, sort, window)).unwrap()
                };
                let ids = |rows: &[admin_list::PageRow]| rows.iter().map(|row| row.id).collect::<Vec<PageId>>();
                let whole = part(Start::Number(1), 100);
                assert_eq!((whole.previous, whole.next), (None, None));
                let (mut forth, mut last) = (Vec::new(), part(Start::Number(1), 3));
                loop {
                    forth.extend(ids(&last.rows));
                    let Some(next) = last.next else { break };
                    last = part(Start::After(next), 3);
                    assert!(last.previous.is_some());
                }
                assert_eq!(forth, ids(&whole.rows), "{by:?} {descending}");
                let mut back = ids(&last.rows);
                while let Some(previous) = last.previous {
                    last = part(Start::Before(previous), 3);
                    back.splice(0..0, ids(&last.rows));
                }
                assert_eq!(back, forth, "{by:?} {descending}");
            }
        }
        let gone = Window { start: Start::After(1), size: 3 };
        let sort = PageSort { by: PageColumn::Path, descending: false };
        let table = store.read(|conn| admin_list::list(conn, admin().editor(), &all, sort, gone)).unwrap();
        assert!(table.rows.is_empty());
    });
}

#[test]
fn counts_stop_at_a_thousand_and_searches_find_titles_first() {
    on_both(|store| {
        fill(store, 1_100);
        while store.write(store::writing::search::catch_up).unwrap() {}
        let title = PageContent { title: "Many words".into(), ..content("other") };
        store.write(|conn| commands::insert(conn, admin().editor(), &title, noon())).unwrap();
        let totals = store.read(|conn| admin_list::totals(conn, admin().editor())).unwrap();
        assert_eq!((totals.all, totals.chosen), (Count { counted: 1_000, more: true }, Count::exact(0)));
        let sort = PageSort { by: PageColumn::Updated, descending: true };
        let list = |query: &str, start| {
            let (filter, window) =
                (PageFilter { query: query.into(), ..PageFilter::default() }, Window { start, size: 5 });
            store.read(|conn| admin_list::list(conn, admin().editor(), &filter, sort, window)).unwrap()
        };
        // Saved last, and found although a thousand others have the word in their path.
        let found = list("many", Start::Number(1));
        assert_eq!((found.rows[0].path.as_str(), found.total.to_string().as_str()), ("other", "1,000+"));
        let found = list("words", Start::Number(1));
        assert_eq!((found.rows.len(), found.total), (1, Count::exact(1)));
        let found = list("", Start::Number(1));
        assert_eq!((found.rows.len(), found.total.more), (5, true));
    });
}

#[test]
fn a_form_offers_few_groups_and_those_that_were_chosen() {
    on_both(|store| {
        let name = |n: u32| GroupName::parse(&format!("Team {n:03}")).unwrap();
        for n in 0..60 {
            let content = GroupContent { name: name(n), members: Vec::new() };
            store.write(|conn| commands::add_group(conn, &admin(), &content, noon())).unwrap();
        }
        let offered = |typed: &[&str]| {
            let typed: Vec<String> = typed.iter().map(|name| (*name).to_owned()).collect();
            let offered = store.read(|conn| groups::offered(conn, admin().editor(), &typed)).unwrap();
            (offered.names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "), offered.more)
        };
        assert_eq!(offered(&[]), (String::new(), true));
        assert_eq!(offered(&["Team 059", "Team 001"]), ("Team 001, Team 059".into(), true));
        assert_eq!(offered(&["Team 059", "TEAM 00"]).0.split(", ").count(), 11);
        assert_eq!(offered(&["team"]).0.split(", ").count(), 20);
        assert_eq!(offered(&["%"]).0, "");
        sql(store, "DELETE FROM groups WHERE name > 'Team 049'").unwrap();
        let (all, more) = offered(&["x"]);
        assert_eq!((all.split(", ").count(), more), (50, false));
    });
}

#[test]
fn active_users_are_found_by_a_part_of_their_names() {
    on_both(|store| {
        for name in ["ann", "Joanna", "bob"] {
            add(store, name, Role::Reader);
        }
        let found = |text: &str, limit| {
            let names = store.read(|conn| users::active_names(conn, admin().editor(), text, limit)).unwrap();
            names.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            (found("ANN", 9).as_str(), found("", 2).as_str(), found("_", 9).as_str()),
            ("Joanna ann", "Joanna ann", "")
        );
    });
}

#[test]
fn pages_of_one_date_are_a_range_of_the_index() {
    on_both(|store| {
        fill(store, 1_100);
        let scope = lists::VisiblePages::listed(&Visitor::Anonymous, noon());
        let deep = lists::Position::OlderThan(domain::page::PagePath::parse("many/p00999").unwrap());
        let root = domain::page::PagePath::root();
        let part = store.read(|conn| lists::list_below(conn, &scope, &root, &deep, 20)).unwrap().unwrap();
        assert_eq!((part.rows[0].path.as_str(), part.rows.len()), ("many/p01000", 20));
    });
}
