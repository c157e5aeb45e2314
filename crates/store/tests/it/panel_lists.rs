//! The panel's lists on a site with many rows: pages by key, capped counts, choices that do not grow with the site.

use chrono::TimeDelta;
use domain::{
    Version,
    access::Visitor,
    audience::Audience,
    draft::DraftLock,
    effective_access::AccessKind,
    group::{GroupContent, GroupId, GroupName},
    page::{PageContent, PageId, PageInput, PagePath},
    user::Role,
};
use store::{
    Count, Paging, Start, Store, Table, Window,
    admin_list::{self, Listed, PageColumn, PageFilter, PageSort, PageState},
    drafts::{self, DraftFilter},
    groups, lists, search, trash, tree, users, writing,
};

use crate::{
    commands,
    database::{add, admin, content, noon, on_both, put, sql},
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
        while store.write(|conn| store::writing::search::catch_up(conn, str::to_owned)).unwrap() {}
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
fn words_that_were_looked_up_once_give_the_same_list_and_counts() {
    on_both(|store| {
        fill(store, 30);
        while store.write(|conn| store::writing::search::catch_up(conn, str::to_owned)).unwrap() {}
        let asked =
            PageFilter { query: "many".into(), since: Some(noon() - TimeDelta::days(9000)), ..PageFilter::default() };
        let sort = PageSort { by: PageColumn::Path, descending: false };
        let window = Window { start: Start::Number(1), size: 5 };
        let answer = |conn: &mut store::Conn, filter: &PageFilter| -> store::Result<_> {
            let list = admin_list::list(conn, admin().editor(), filter, sort, window)?;
            let counts = admin_list::counts(conn, admin().editor(), filter, &[(None, Some(noon()))])?;
            Ok((list, counts, admin_list::states(conn, admin().editor(), filter, &[PageState::Published], noon())?))
        };
        let (known, unknown) = store
            .read(|conn| {
                let looked_up = asked.look_up(conn)?;
                assert!(looked_up.hits.is_some() && PageFilter::default().look_up(conn)?.hits.is_none());
                Ok((answer(conn, &looked_up)?, answer(conn, &asked)?))
            })
            .unwrap();
        assert_eq!(known.0.total, Count::exact(30));
        assert_eq!(known, unknown);
    });
}

#[test]
fn a_search_filters_its_pages_as_the_list_of_all_pages_does() {
    on_both(|store| {
        let moments: Vec<_> = (-2..=2).map(|days| noon() + TimeDelta::days(days)).collect();
        let mut pages = Vec::new();
        for audience in [Audience::Public, Audience::SignedIn] {
            for published_at in &moments {
                for end in [None, Some(noon()), Some(noon() + TimeDelta::days(3))] {
                    let title = format!("Found {}", pages.len());
                    pages.push(PageContent {
                        audience: audience.clone(),
                        published_at: *published_at,
                        unpublish_at: end.filter(|end| end > published_at),
                        title,
                        ..content(&format!("p{}", pages.len()))
                    });
                }
            }
        }
        store.write(|conn| pages.iter().try_for_each(|page| put(conn, page))).unwrap();
        let sort = PageSort { by: PageColumn::Published, descending: true };
        let found = |filter: PageFilter| {
            let window = Window { start: Start::Number(1), size: 50 };
            let table = store.read(|conn| admin_list::list(conn, admin().editor(), &filter, sort, window)).unwrap();
            (table.rows.iter().map(|row| row.id).collect::<Vec<_>>(), table.total)
        };
        let mut sizes = Vec::new();
        for access in [None, Some(AccessKind::Everybody), Some(AccessKind::SignedIn), Some(AccessKind::Chosen)] {
            for (since, before) in
                [(None, None), (Some(moments[1]), None), (None, Some(moments[3])), (Some(noon()), Some(noon()))]
            {
                for state in [None, Some(PageState::Published), Some(PageState::Scheduled), Some(PageState::Ended)] {
                    let state = state.map(|state| (state, noon()));
                    let filter = PageFilter { access, since, before, state, ..PageFilter::default() };
                    let all = found(filter.clone());
                    assert_eq!(found(PageFilter { query: "found".into(), ..filter.clone() }), all, "{filter:?}");
                    sizes.push(all.0.len());
                }
            }
        }
        assert!(
            sizes.contains(&0)
                && sizes.contains(&30)
                && sizes.iter().filter(|size| (1..30).contains(*size)).count() > 10
        );
    });
}

#[test]
fn a_filter_by_date_and_state_needs_both() {
    on_both(|store| {
        let page =
            |(path, days): (&str, i64)| PageContent { published_at: noon() + TimeDelta::days(days), ..content(path) };
        let pages = [("past", -3), ("yesterday", -1), ("soon", 1), ("later", 5)].map(page);
        store.write(|conn| pages.iter().try_for_each(|page| put(conn, page))).unwrap();
        let counted = |state, since: i64, before: Option<i64>| {
            let moment = |days| noon() + TimeDelta::days(days);
            let state = Some((state, noon()));
            let filter =
                PageFilter { state, since: Some(moment(since)), before: before.map(moment), ..PageFilter::default() };
            store.read(|conn| admin_list::counts(conn, admin().editor(), &filter, &[])).unwrap().matching.counted
        };
        assert_eq!(counted(PageState::Scheduled, -2, None), 2);
        assert_eq!(counted(PageState::Scheduled, -2, Some(2)), 1);
        assert_eq!(counted(PageState::Scheduled, 2, None), 1);
        assert_eq!(counted(PageState::Scheduled, -2, Some(0)), 0);
        assert_eq!(counted(PageState::Published, -2, None), 1);
        assert_eq!(counted(PageState::Published, -9, Some(-2)), 1);
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
fn the_outline_of_a_large_group_names_some_members_and_counts_all() {
    on_both(|store| {
        let members = ["ann", "bob", "cleo"].map(|name| add(store, name, Role::Reader).name);
        let content = GroupContent { name: GroupName::parse("Team").unwrap(), members: members.to_vec() };
        let group = store.write(|conn| commands::add_group(conn, &admin(), &content, noon())).unwrap();
        let outline = |most| store.read(|conn| groups::outline(conn, &admin(), group.id, most, 2)).unwrap().unwrap();
        assert_eq!(outline(3), (&group).into());
        let large = outline(2);
        assert_eq!((large.members, large.named.len(), large.version), (3, 2, group.version));
        assert!(large.named.is_sorted() && large.named.iter().all(|name| members.contains(name)));
        let gone = GroupId(1);
        assert!(store.read(|conn| groups::outline(conn, &admin(), gone, 3, 2)).unwrap().is_none());
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

/// Saves the draft of an unpublished page, some minutes after noon.
fn save_draft(store: &Store, path: &str, title: &str, minutes: i64) -> PageId {
    let typed = PageInput { path: path.into(), title: title.into(), ..PageInput::default() }.into();
    let at = noon() + TimeDelta::minutes(minutes);
    let save = |conn: &mut store::Conn| {
        commands::save_draft(conn, admin().editor(), None, Version(0), DraftLock::default(), &typed, at)
    };
    store.write(save).unwrap().page
}

/// The titles of a part of the list of everything, and the table.
fn listed(store: &Store, filter: &PageFilter, by: PageColumn, window: Window) -> (String, Table<Listed>) {
    let sort = PageSort { by, descending: matches!(by, PageColumn::Updated | PageColumn::Published) };
    let table = store.read(|conn| admin_list::list_all(conn, admin().editor(), filter, sort, window)).unwrap();
    let title = |row: &Listed| match row {
        Listed::Page(page) => page.title.clone(),
        Listed::Draft(draft) => format!("({})", draft.title),
    };
    (table.rows.iter().map(title).collect::<Vec<_>>().join(" "), table)
}

#[test]
fn drafts_of_unpublished_pages_stand_among_the_pages() {
    on_both(|store| {
        for (n, title) in ["Alder", "Elm", "Oak"].into_iter().enumerate() {
            let page = PageContent { title: title.into(), ..content(&format!("p{n}")) };
            let at = noon() + TimeDelta::minutes(10 * n as i64);
            store.write(|conn| commands::insert(conn, admin().editor(), &page, at)).unwrap();
        }
        save_draft(store, "/beech", "Beech", 15);
        save_draft(store, "/p2", "Zelkova", 5);
        save_draft(store, "Not A Path", "Ähre", 30);
        let all = PageFilter::default();
        let part = |filter: &PageFilter, by, number, size| {
            listed(store, filter, by, Window { start: Start::Number(number), size })
        };
        assert_eq!(part(&all, PageColumn::Updated, 1, 9).0, "(Ähre) Oak (Beech) Elm (Zelkova) Alder");
        assert_eq!(part(&all, PageColumn::Title, 1, 9).0, "(Ähre) Alder (Beech) Elm Oak (Zelkova)");
        assert_eq!(part(&all, PageColumn::Path, 1, 9).0, "(Ähre) (Beech) Alder Elm Oak (Zelkova)");
        let (titles, table) = part(&all, PageColumn::Updated, 2, 4);
        assert_eq!((titles.as_str(), table.total, table.next), ("(Zelkova) Alder", Count::exact(6), None));
        let (titles, table) = part(&all, PageColumn::Updated, 1, 2);
        assert_eq!(titles, "(Ähre) Oak");
        let after = Window { start: Start::After(table.next.unwrap()), size: 1 };
        let (titles, table) = listed(store, &all, PageColumn::Updated, after);
        assert_eq!(titles, "(Beech) Elm", "the drafts between two pages come with them");
        let after = Window { start: Start::After(table.next.unwrap()), size: 1 };
        let (titles, table) = listed(store, &all, PageColumn::Updated, after);
        assert_eq!((titles.as_str(), table.next), ("(Zelkova) Alder", None));
        let before = Window { start: Start::Before(table.previous.unwrap()), size: 1 };
        assert_eq!(listed(store, &all, PageColumn::Updated, before).0, "Elm (Zelkova)");
        // A draft has no readers and no date, and is found by its title and its path.
        let private = PageFilter { access: Some(AccessKind::Everybody), ..all.clone() };
        assert_eq!(part(&private, PageColumn::Title, 1, 9).0, "Alder Elm Oak");
        let found = PageFilter { query: "BEE".into(), ..all.clone() };
        assert_eq!(part(&found, PageColumn::Title, 1, 9).0, "(Beech)");
        let live = PageFilter { state: Some((PageState::Published, noon() + TimeDelta::hours(1))), ..all };
        assert_eq!(part(&live, PageColumn::Title, 1, 9).0, "Alder Elm Oak");
    });
}

#[test]
fn titles_are_sorted_by_their_words_whoever_wrote_them() {
    on_both(|store| {
        for (n, title) in ["Zebra", "Über uns", "unten", "Äpfel"].into_iter().enumerate() {
            let page = PageContent { title: title.into(), ..content(&format!("p{n}")) };
            store.write(|conn| commands::insert(conn, admin().editor(), &page, noon())).unwrap();
        }
        let titles =
            || listed(store, &PageFilter::default(), PageColumn::Title, Paging { number: 1, size: 9 }.into()).0;
        assert_eq!(titles(), "Äpfel Über uns unten Zebra", "at once, for what a command wrote");
        sql(store, "INSERT INTO pages (id, path, title) VALUES (70, 'sql', 'Öl')").unwrap();
        sql(store, "UPDATE pages SET title = 'Aal' WHERE path = 'p0'").unwrap();
        while store.write(|conn| writing::search::catch_up(conn, str::to_owned)).unwrap() {}
        assert_eq!(titles(), "Aal Äpfel Öl Über uns unten");
        assert!(!store.read(search::is_behind).unwrap());
    });
}

fn level(store: &Store, path: &str, after: Option<&str>, limit: u32) -> (String, Option<String>) {
    let (path, after) = (PagePath::parse(path).unwrap(), after.map(|after| PagePath::parse(after).unwrap()));
    let level = store.read(|conn| tree::below(conn, admin().editor(), &path, after.as_ref(), limit)).unwrap();
    let shown = |branch: &tree::Branch| {
        let mark = if branch.page.is_some() { "" } else { "?" };
        format!("{}{mark}:{}", branch.path.as_str(), branch.below)
    };
    let next = level.next.map(|next| next.as_str().to_owned());
    (level.branches.iter().map(shown).collect::<Vec<_>>().join(" "), next)
}

#[test]
fn the_tree_has_each_branch_once_with_the_pages_below_it() {
    on_both(|store| {
        for path in ["", "a", "a-b", "a-b/x", "a/x", "a/x/y", "a/z", "c/d/e", "c/d/f", "d"] {
            store.write(|conn| commands::insert(conn, admin().editor(), &content(path), noon())).unwrap();
        }
        assert_eq!(level(store, "", None, 9), ("a:3 a-b:1 c?:2 d:0".into(), None));
        assert_eq!(level(store, "", None, 2), ("a:3 a-b:1".into(), Some("a-b".into())));
        assert_eq!(level(store, "", Some("a"), 2), ("a-b:1 c?:2".into(), Some("c".into())));
        assert_eq!(level(store, "", Some("c"), 2), ("d:0".into(), None));
        assert_eq!(level(store, "a", None, 9), ("a/x:1 a/z:0".into(), None));
        assert_eq!(level(store, "c", None, 9), ("c/d?:2".into(), None));
        assert_eq!(level(store, "d", None, 9), (String::new(), None));
        let find = |path: &str| {
            let path = PagePath::parse(path).unwrap();
            store.read(|conn| tree::find(conn, admin().editor(), &path)).unwrap().map(|branch| branch.below)
        };
        assert_eq!((find(""), find("c/d"), find("nothing")), (Some(9), Some(2), None));
    });
}

#[test]
fn a_section_of_many_pages_is_read_in_parts() {
    on_both(|store| {
        fill(store, 1_100);
        let (all, _) = level(store, "", None, 9);
        assert_eq!(all, format!("many?:{}", tree::COUNTED_BELOW + 1));
        let (mut count, mut after) = (0, None);
        loop {
            let (branches, next) = level(store, "many", after.as_deref(), 100);
            count += branches.split(' ').count();
            let Some(next) = next else { break };
            after = Some(next);
        }
        assert_eq!(count, 1_100);
    });
}

#[test]
fn the_trash_and_the_drafts_are_searched() {
    on_both(|store| {
        for path in ["oak", "elm"] {
            let page = store.write(|conn| commands::insert(conn, admin().editor(), &content(path), noon())).unwrap();
            store.write(|conn| commands::delete(conn, admin().editor(), &[page.id], noon())).unwrap();
        }
        save_draft(store, "/oaks", "Oaks", 0);
        save_draft(store, "/ash", "Ash", 0);
        let count = |query: &str| {
            let deleted = store.read(|conn| trash::count(conn, admin().editor(), query)).unwrap();
            let filter = DraftFilter { query: query.into(), ..DraftFilter::default() };
            (deleted.counted, store.read(|conn| drafts::count(conn, admin().editor(), filter)).unwrap().counted)
        };
        assert_eq!((count(""), count("OAK title"), count("oak"), count("%")), ((2, 2), (1, 0), (1, 1), (0, 0)));
    });
}
