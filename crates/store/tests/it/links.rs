//! Links between pages: read after any change of a text, and found if they are broken.

use diesel::{RunQueryDsl, sql_query};
use domain::{
    Version,
    audience::{Audience, Chosen},
    file::FileName,
    group::{GroupContent, GroupName},
    link::{Excluded, LinkProblem, Target},
    page::{PageContent, PagePath},
    user::{Role, Username},
};
use store::{
    Store, links, pages,
    writing::{self, AddFile, Command, Consent, Run, TextFacts, contents},
};

use crate::{
    commands,
    database::{add, admin, content, noon, on_both, put, sql},
    races::is_postgres,
};

fn page(path: &str, body: &str) -> PageContent {
    PageContent { body: body.into(), ..content(path) }
}

fn private(path: &str, body: &str) -> PageContent {
    PageContent { audience: Audience::SignedIn, ..page(path, body) }
}

fn fill(store: &Store, site: &[PageContent]) {
    store.write(|conn| site.iter().try_for_each(|page| put(conn, page))).unwrap();
}

/// The broken links after all texts were read; in these tests a text is the list of its links.
fn broken(store: &Store) -> Vec<String> {
    while store.write(|conn| writing::links::catch_up(conn, commands::links)).unwrap() {}
    assert!(!store.read(links::has_unread).unwrap());
    let found =
        store.read(|conn| links::broken(conn, admin().editor(), None, (100, 5_000), commands::ids)).unwrap().rows;
    let words = |problem| match problem {
        LinkProblem::Missing => "missing",
        LinkProblem::Closed => "closed",
        LinkProblem::NoHeading => "no heading",
        LinkProblem::NoFile => "no file",
        LinkProblem::Excludes(Excluded::WithoutAccount) => "only accounts",
        LinkProblem::Excludes(Excluded::NotChosen) => "only chosen",
        LinkProblem::Excludes(Excluded::Accounts { without: 1, all: 3 }) => "1 of 3 accounts",
        LinkProblem::Excludes(Excluded::Readers { without: 1, all: 2 }) => "1 of 2 readers",
        LinkProblem::Excludes(other) => panic!("{other:?}"),
    };
    let target = |target: Target| target.href().trim_start_matches('/').to_owned();
    found
        .into_iter()
        .map(|link| format!("{} > {}: {}", link.path.as_str(), target(link.target), words(link.problem)))
        .collect()
}

#[test]
fn links_that_lead_nowhere_or_into_the_private_are_broken() {
    on_both(|store| {
        fill(
            store,
            &[
                page("a", "b c secret nowhere section Odd%path"),
                page("b", "a"),
                private("secret", "a secret nowhere"),
                page("section/one", ""),
            ],
        );
        let expected = [
            "a > Odd%path: missing",
            "a > c: missing",
            "a > nowhere: missing",
            "a > secret: closed",
            "secret > nowhere: missing",
        ];
        assert_eq!(broken(store), expected);
        fill(store, &[page("c", ""), page("nowhere", "")]);
        assert_eq!(broken(store), ["a > Odd%path: missing", "a > secret: closed"]);
    });
}

#[test]
fn a_link_to_a_heading_that_a_page_does_not_have_is_broken() {
    on_both(|store| {
        fill(
            store,
            &[
                page("a", "=own a#own a#gone b#install b#gone secret#x section#y nowhere#z b"),
                page("b", "=install =use"),
                private("secret", ""),
                page("section/one", ""),
            ],
        );
        let expected =
            ["a > a#gone: no heading", "a > b#gone: no heading", "a > nowhere#z: missing", "a > secret#x: closed"];
        assert_eq!(broken(store), expected);
        sql(store, "UPDATE pages SET body = '=gone' WHERE path = 'b'").unwrap();
        let expected =
            ["a > a#gone: no heading", "a > b#install: no heading", "a > nowhere#z: missing", "a > secret#x: closed"];
        assert_eq!(broken(store), expected);
        let targets = ["b#gone", "b#install", "a", "section#y"].map(commands::target);
        let own = PagePath::parse("new").unwrap();
        let problems = store
            .read(|conn| links::problems(conn, admin().editor(), &own, &Audience::Public, &targets, commands::ids))
            .unwrap();
        assert_eq!(problems, [(commands::target("b#install"), LinkProblem::NoHeading)]);
    });
}

#[test]
fn a_link_to_an_old_path_leads_to_its_page() {
    on_both(|store| {
        fill(store, &[page("a", "b"), page("b", "")]);
        store
            .write(|conn| {
                let b = pages::find(conn, &PagePath::parse("b").unwrap())?.unwrap();
                commands::update(conn, admin().editor(), b.id, b.version, &page("moved", ""), noon())
            })
            .unwrap();
        assert_eq!(broken(store), [""; 0]);
        sql(store, "UPDATE pages SET private = TRUE WHERE path = 'moved'").unwrap();
        assert_eq!(broken(store), ["a > b: closed"]);
    });
}

#[test]
fn what_somebody_writes_by_sql_is_read_again() {
    on_both(|store| {
        fill(store, &[page("a", "nowhere"), page("b", "")]);
        assert_eq!(broken(store), ["a > nowhere: missing"]);
        sql(store, "UPDATE pages SET title = 'New' WHERE path = 'a'").unwrap();
        assert!(!store.read(links::has_unread).unwrap(), "the text is the same");
        sql(store, "UPDATE pages SET body = 'b lost' WHERE path = 'a'").unwrap();
        assert_eq!(broken(store), ["a > lost: missing"]);
        sql(store, "DELETE FROM pages WHERE path = 'b'").unwrap();
        assert_eq!(broken(store), ["a > b: missing", "a > lost: missing"]);
        sql(store, "DELETE FROM pages").unwrap();
        assert_eq!(broken(store), [""; 0]);
    });
}

#[test]
fn a_page_that_was_saved_is_read_in_the_same_transaction() {
    on_both(|store| {
        store
            .write(|conn| {
                let links = |_: &PagePath, body: &str| {
                    let targets = vec![commands::target(body); 2];
                    TextFacts { targets, ..TextFacts::default() }
                };
                let by = admin();
                let consent = Consent::Stated;
                let mut run =
                    Run { by: by.editor(), now: noon(), consent, links, progress: &mut |_| {}, takes_access: false };
                let command = commands::publication(None, Version(0), None, &page("a", "nowhere"));
                writing::run(conn, &mut run, &command)
            })
            .unwrap();
        assert!(!store.read(links::has_unread).unwrap());
        assert_eq!(broken(store), ["a > nowhere: missing"]);
    });
}

#[test]
fn a_link_to_a_file_says_which_readers_cannot_see_it() {
    on_both(|store| {
        for (name, role) in [("ann", Role::Reader), ("bob", Role::Reader), ("eve", Role::Editor)] {
            add(store, name, role);
        }
        let with = |path: &str, audience: Audience, body: &str| PageContent { audience, ..page(path, body) };
        let chosen = |names: &[&str]| {
            let people = names.iter().map(|name| Username::parse(name).unwrap()).collect();
            Audience::Chosen(Chosen { people, groups: Vec::new() })
        };
        let acme = store
            .write(|conn| {
                let staff = GroupName::parse("Staff").unwrap();
                let members = vec![Username::parse("bob").unwrap()];
                commands::add_group(conn, &admin(), &GroupContent { name: staff.clone(), members }, noon())?;
                let chosen = Chosen { people: Vec::new(), groups: vec![staff] };
                let acme = with("acme", Audience::Chosen(chosen), "");
                commands::insert(conn, admin().editor(), &acme, noon())
            })
            .unwrap();
        let file = |name: &str, at_once| {
            store
                .write(|conn| {
                    let content = contents::begin(conn, noon())?;
                    contents::add_parts(conn, content, 0, &[name.as_bytes().to_vec()])?;
                    let content = contents::finish(conn, content, name, None, noon())?;
                    let (page, name, alt) = (acme.id, FileName::parse(name).unwrap(), String::new());
                    let add = AddFile { page, name, content, alt, replaces: false, at_once };
                    commands::run(conn, admin().editor(), Command::AddFile(add), noon())
                })
                .unwrap();
        };
        file("plan.jpg", true);
        file("waits.jpg", false);
        let text = "acme/plan.jpg acme/waits.jpg acme/gone.jpg nowhere/plan.jpg acme/sub";
        fill(
            store,
            &[
                page("a", text),
                private("b", "acme/plan.jpg"),
                with("c", chosen(&["ann", "bob"]), "acme/plan.jpg"),
                // Editors see all, and bob is in the group.
                with("d", chosen(&["bob", "eve"]), "acme/plan.jpg"),
                page("acme/sub", "acme/plan.jpg"),
            ],
        );
        let expected = [
            "a > acme/gone.jpg: no file",
            "a > acme/plan.jpg: only chosen",
            "a > acme/waits.jpg: no file",
            "a > acme/sub: closed",
            "a > nowhere/plan.jpg: no file",
            "b > acme/plan.jpg: 1 of 3 accounts",
            "c > acme/plan.jpg: 1 of 2 readers",
        ];
        assert_eq!(broken(store), expected);
        // The old path of the page leads to its files, too.
        let moved = with("moved", chosen(&["ann"]), "");
        store
            .write(|conn| {
                let version = pages::get(conn, admin().editor(), acme.id)?.unwrap().version;
                commands::update(conn, admin().editor(), acme.id, version, &moved, noon())
            })
            .unwrap();
        let found = broken(store);
        assert!(found.contains(&"c > acme/plan.jpg: 1 of 2 readers".to_owned()), "{found:?}");
        let own = PagePath::parse("new").unwrap();
        let targets = ["moved/plan.jpg", "moved/none.jpg"].map(commands::target);
        let problems = |audience: Audience| {
            store
                .read(|conn| links::problems(conn, admin().editor(), &own, &audience, &targets, commands::ids))
                .unwrap()
        };
        let none = (targets[1].clone(), LinkProblem::NoFile);
        assert_eq!(problems(chosen(&["ann"])), std::slice::from_ref(&none));
        let excluded = LinkProblem::Excludes(Excluded::Readers { without: 1, all: 1 });
        assert_eq!(problems(chosen(&["bob"])), [(targets[0].clone(), excluded), none]);
    });
}

#[test]
fn many_texts_are_read_in_parts() {
    on_both(|store| {
        let site: Vec<PageContent> = (0..120).map(|n| page(&format!("p{n}"), "nowhere")).collect();
        fill(store, &site);
        assert_eq!(broken(store).len(), 100);
    });
}

#[test]
fn the_targets_of_a_text_that_is_being_written_are_looked_up() {
    on_both(|store| {
        fill(store, &[page("a", ""), private("secret", ""), page("section/one", "")]);
        let targets = ["a", "secret", "nowhere", "section", "", "Odd path"].map(commands::target);
        let own = PagePath::parse("new").unwrap();
        let problems = |from| {
            store.read(|conn| links::problems(conn, admin().editor(), &own, &from, &targets, commands::ids)).unwrap()
        };
        let of = |link: &str, problem| (commands::target(link), problem);
        let (missing, odd) = (of("nowhere", LinkProblem::Missing), of("Odd path", LinkProblem::Missing));
        assert_eq!(problems(Audience::SignedIn), [missing.clone(), odd.clone()]);
        assert_eq!(problems(Audience::Inherited), [of("secret", LinkProblem::Closed), missing, odd]);
    });
}

#[test]
fn texts_are_read_beside_a_transaction_that_changes_one_of_their_pages() {
    on_both(|store| {
        if !is_postgres(store) {
            return;
        }
        fill(store, &[page("a", "gone"), page("b", "gone")]);
        sql(store, "UPDATE pages SET body = repeat('word ', 1000)").unwrap();
        let read = || store.write(|conn| writing::links::catch_up(conn, commands::links));
        let held = store.write(|conn| {
            sql_query("UPDATE pages SET summary = 'new' WHERE path = 'a'").execute(conn)?;
            Ok(read().unwrap())
        });
        assert!(held.unwrap(), "a page is left");
        assert_eq!(sql(store, "UPDATE links_unread SET page_id = page_id").unwrap(), 1, "the other page was read");
        assert!(!read().unwrap() && !store.read(links::has_unread).unwrap());
    });
}
