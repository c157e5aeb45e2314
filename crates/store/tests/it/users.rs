//! Users: sign-ins, changes, and the last administrator, whom nobody can remove.

use std::sync::Barrier;

use chrono::TimeDelta;
use domain::{
    Version,
    access::{Admin, Member, Visitor},
    audience::{Audience, Chosen},
    group::{GroupContent, GroupName},
    page::PageContent,
    user::{Role, Theme, User, UserContent, Username},
};
use store::{
    Conn, Count, Error, Paging, Store, groups,
    suggestions::{self, Suggestion},
    users::{self, UserColumn, UserFilter, UserSort},
    writing::{self, AddUsers, Command, Consent},
};

use crate::{
    commands,
    database::{add, admin, content as page, hash, noon, on_both, sql},
};

fn find(store: &Store, name: &str) -> Option<User> {
    store.read(|conn| users::find(conn, &Username::parse(name).unwrap())).unwrap()
}

fn change(store: &Store, user: &User, role: Role, active: bool) -> store::Result<User> {
    let content = UserContent { role, active, ..user.content() };
    store.write(|conn| store::writing::users::update(conn, &admin(), user.id, user.version, &content, noon()))
}

#[test]
fn a_user_comes_back_as_it_was_put_in_and_names_count_their_case() {
    on_both(|store| {
        let made = add(store, "zoë", Role::Editor);
        assert!(!store.read(users::has_admin).unwrap());
        add(store, "boss", Role::Admin);
        assert!(store.read(users::has_admin).unwrap());
        assert_eq!(find(store, "zoe\u{308}"), Some(made));
        assert_eq!(find(store, "Zoë"), None);
        let content = UserContent::new(Username::parse("zoë").unwrap(), Role::Reader);
        let again = store.write(|conn| store::writing::users::insert(conn, &admin(), &content, &hash("y"), noon()));
        assert_eq!(again.unwrap_err(), Error::Duplicate);
    });
}

#[test]
fn a_note_is_saved_and_found_and_its_text_is_in_no_audit_entry() {
    on_both(|store| {
        let (name, other) = (Username::parse("ann").unwrap(), add(store, "bob", Role::Reader));
        let content = UserContent { note: "Ann@Example.org".into(), ..UserContent::new(name, Role::Reader) };
        let ann = store.write(|conn| writing::users::insert(conn, &admin(), &content, &hash("x"), noon())).unwrap();
        assert_eq!(find(store, "ann").unwrap(), ann);
        let noted = UserContent { note: "of Acme".into(), ..other.content() };
        let update =
            |conn: &mut store::Conn| writing::users::update(conn, &admin(), other.id, other.version, &noted, noon());
        assert_eq!(store.write(update).unwrap().note, "of Acme");
        let found = |query: &str| {
            let filter = UserFilter { query: query.into(), ..UserFilter::default() };
            let (sort, all) = (UserSort { by: UserColumn::Name, descending: false }, Paging { number: 1, size: 9 });
            let table = store.read(|conn| users::list(conn, &admin(), &filter, sort, all)).unwrap();
            table.rows.iter().map(|user| user.name.to_string()).collect::<Vec<_>>()
        };
        assert_eq!([found("example"), found("acme bob"), found("acme ann")], [vec!["ann"], vec!["bob"], vec![]]);
        let all = Paging { number: 1, size: 9 };
        let trail = store.read(|conn| store::audit::list(conn, &admin(), &Default::default(), all)).unwrap().rows;
        assert!(trail.iter().any(|entry| entry.detail == "note"));
        assert!(trail.iter().all(|entry| !entry.detail.contains("xample") && !entry.detail.contains("Acme")));
    });
}

#[test]
fn case_23_the_last_active_administrator_cannot_be_taken_away() {
    on_both(|store| {
        let (root, boss) = (add(store, "root", Role::Admin), add(store, "boss", Role::Admin));
        change(store, &boss, Role::Admin, false).unwrap();
        assert_eq!(change(store, &root, Role::Editor, true).unwrap_err(), Error::LastAdmin);
        assert_eq!(change(store, &root, Role::Admin, false).unwrap_err(), Error::LastAdmin);
        let ids = [root.id, boss.id];
        assert_eq!(
            store.write(|conn| store::writing::users::delete(conn, &admin(), &ids, noon())).unwrap_err(),
            Error::LastAdmin
        );
        let disable = store.write(|conn| store::writing::users::set_active(conn, &admin(), &ids, false, noon()));
        assert_eq!(disable.unwrap_err(), Error::LastAdmin);
        assert_eq!(find(store, "root"), Some(root));
        assert!(find(store, "boss").is_some(), "the refused transaction was rolled back");
    });
}

#[test]
fn an_administrator_disables_or_deletes_several_users_with_themselves_among_them() {
    on_both(|store| {
        add(store, "root", Role::Admin);
        let (boss, ann, bob) =
            (add(store, "boss", Role::Admin), add(store, "ann", Role::Reader), add(store, "bob", Role::Reader));
        let member = Member { id: boss.id, name: boss.name.clone(), role: boss.role, groups: Vec::new() };
        let by = Admin::of(&Visitor::SignedIn(member)).unwrap();
        let ids = [boss.id, ann.id, bob.id];
        let disable = |active| store.write(|conn| writing::users::set_active(conn, &by, &ids, active, noon()));
        assert_eq!(disable(false), Ok(3));
        assert_eq!(disable(true), Err(Error::NotAllowed), "they cannot undo it");
        store.write(|conn| writing::users::set_active(conn, &admin(), &ids, true, noon())).unwrap();
        let end = |conn: &mut Conn| writing::users::set_end(conn, &admin(), &[boss.id], Some(noon()), noon());
        store.write(end).unwrap();
        assert_eq!(disable(false), Err(Error::NotAllowed), "their account has ended");
        store.write(|conn| writing::users::set_end(conn, &admin(), &[boss.id], None, noon())).unwrap();
        assert_eq!(store.write(|conn| writing::users::delete(conn, &by, &ids, noon())), Ok(3));
    });
}

#[test]
fn where_there_never_was_an_administrator_users_can_be_deleted() {
    on_both(|store| {
        let ann = add(store, "ann", Role::Reader);
        assert_eq!(store.write(|conn| store::writing::users::delete(conn, &admin(), &[ann.id], noon())).unwrap(), 1);
    });
}

#[test]
fn case_50_of_two_administrators_who_demote_each_other_at_once_one_stays() {
    on_both(|store| {
        for round in 0..20 {
            let names = [format!("a{round}"), format!("b{round}")];
            let both = [add(store, &names[0], Role::Admin), add(store, &names[1], Role::Admin)];
            let barrier = Barrier::new(2);
            let (barrier, both_of_them) = (&barrier, &both);
            let done: Vec<_> = std::thread::scope(|scope| {
                let start = |n: usize| {
                    scope.spawn(move || {
                        barrier.wait();
                        change(store, &both_of_them[n], Role::Reader, true)
                    })
                };
                let threads = [start(0), start(1)];
                threads.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            assert_eq!(done.iter().filter(|result| result.is_ok()).count(), 1, "{done:?}");
            assert!(done.iter().any(|result| matches!(result, Err(Error::LastAdmin))), "{done:?}");
            let left: Vec<User> = names.iter().filter_map(|name| find(store, name)).collect();
            let admins: Vec<&User> = left.iter().filter(|user| user.role == Role::Admin).collect();
            assert_eq!(admins.len(), 1);
            // The next round begins without administrators: nobody can take this one, so it becomes an older one.
            let id = admins[0].id;
            let stand_in = add(store, &format!("c{round}"), Role::Admin);
            store.write(|conn| store::writing::users::delete(conn, &admin(), &[id], noon())).unwrap();
            crate::database::sql(store, &format!("DELETE FROM users WHERE id = {}", stand_in.id.0)).unwrap();
        }
    });
}

#[test]
fn passwords_themes_and_sign_ins_are_kept() {
    on_both(|store| {
        let ann = add(store, "ann", Role::Reader);
        let member = Member { id: ann.id, name: ann.name.clone(), role: ann.role, groups: Vec::new() };
        assert!(
            store
                .write(|conn| store::writing::users::set_password(conn, &admin(), ann.id, &hash("1"), noon()))
                .unwrap()
        );
        assert!(
            store
                .write(|conn| store::writing::account::change_own_password(
                    conn,
                    &member,
                    &hash("1"),
                    &hash("2"),
                    noon()
                ))
                .unwrap()
        );
        let late = |conn: &mut store::Conn| {
            store::writing::account::change_own_password(conn, &member, &hash("1"), &hash("over a reset"), noon())
        };
        assert!(!store.write(late).unwrap());
        store.write(|conn| store::writing::account::rehash(conn, ann.id, &hash("1"), &hash("stale"))).unwrap();
        assert_eq!(find(store, "ann").unwrap().password_hash, hash("2"));
        store.write(|conn| store::writing::account::rehash(conn, ann.id, &hash("2"), &hash("3"))).unwrap();
        store.write(|conn| store::writing::account::set_theme(conn, ann.id, Theme::Dark)).unwrap();
        let later = noon() + TimeDelta::hours(1);
        store.write(|conn| store::writing::sign_ins::record(conn, &member, "192.0.2.1", "192.0.2.1", later)).unwrap();
        let now = find(store, "ann").unwrap();
        assert_eq!((now.password_hash, now.theme, now.last_sign_in_at), (hash("3"), Theme::Dark, Some(later)));
        store.write(|conn| store::writing::users::delete(conn, &admin(), &[ann.id], noon())).unwrap();
        assert!(
            !store
                .write(|conn| store::writing::account::change_own_password(
                    conn,
                    &member,
                    &hash("3"),
                    &hash("4"),
                    noon()
                ))
                .unwrap()
        );
    });
}

#[test]
fn a_save_from_an_old_version_is_stale() {
    on_both(|store| {
        add(store, "root", Role::Admin);
        let ann = add(store, "ann", Role::Reader);
        let newer = change(store, &ann, Role::Editor, true).unwrap();
        assert_eq!((newer.role, newer.version), (Role::Editor, Version(2)));
        assert_eq!(change(store, &ann, Role::Admin, true).unwrap_err(), Error::Stale);
    });
}

#[test]
fn the_panels_list_is_filtered_sorted_and_counted() {
    on_both(|store| {
        add(store, "root", Role::Admin);
        let bob = add(store, "Bob", Role::Reader);
        let ann = add(store, "ann", Role::Reader);
        change(store, &bob, Role::Reader, false).unwrap();
        let member = Member { id: ann.id, name: ann.name.clone(), role: ann.role, groups: Vec::new() };
        store.write(|conn| store::writing::sign_ins::record(conn, &member, "x", "x", noon())).unwrap();
        let list = |filter: &UserFilter, by, descending| {
            let (sort, paging) = (UserSort { by, descending }, Paging { number: 1, size: 10 });
            let table = store.read(|conn| users::list(conn, &admin(), filter, sort, paging)).unwrap();
            assert_eq!(table.total, table.rows.len() as u64);
            table.rows.iter().map(|user| user.name.to_string()).collect::<Vec<_>>().join(" ")
        };
        let all = UserFilter::default();
        assert_eq!(list(&all, UserColumn::Name, false), "ann Bob root");
        assert_eq!(list(&all, UserColumn::Name, true), "root Bob ann");
        assert_eq!(list(&all, UserColumn::LastSignIn, true), "ann root Bob");
        assert_eq!(list(&all, UserColumn::LastSignIn, false), "Bob root ann");
        assert_eq!(list(&all, UserColumn::Active, false), "Bob ann root");
        assert_eq!(list(&UserFilter { query: "BO".into(), ..all.clone() }, UserColumn::Name, false), "Bob");
        let readers = UserFilter { role: Some(Role::Reader), active: Some(true), ..all };
        assert_eq!(list(&readers, UserColumn::Name, false), "ann");
        let counts = store.read(|conn| users::counts(conn, &admin(), &readers)).unwrap();
        assert_eq!((counts.any_role, counts.roles), (Count::exact(2), [1, 0, 1].map(Count::exact).to_vec()));
        assert_eq!([counts.any_state, counts.active, counts.disabled], [2, 1, 1].map(Count::exact));
    });
}

#[test]
fn a_search_that_finds_more_than_a_thousand_users_counts_each_kind() {
    on_both(|store| {
        for first in (0..1_100).step_by(550) {
            let row = |n| match n % 100 {
                0 => format!("({n}, 'many-{n}', 'editor', 'x', FALSE)"),
                _ => format!("({n}, 'many-{n}', 'reader', 'x', TRUE)"),
            };
            let rows: Vec<String> = (first..first + 550).map(row).collect();
            let insert = "INSERT INTO users (id, name, role, password_hash, active) VALUES";
            sql(store, &format!("{insert} {}", rows.join(", "))).unwrap();
        }
        add(store, "other", Role::Editor);
        let filter = UserFilter { query: "many".into(), role: Some(Role::Editor), ..UserFilter::default() };
        let counts = store.read(|conn| users::counts(conn, &admin(), &filter)).unwrap();
        let many = Count { counted: 1_000, more: true };
        assert_eq!((counts.any_role, counts.roles), (many, vec![many, Count::exact(11), Count::exact(0)]));
        assert_eq!([counts.any_state, counts.active, counts.disabled], [11, 0, 11].map(Count::exact));
    });
}

#[test]
fn those_who_never_signed_in_are_counted_and_the_active_ones_named() {
    on_both(|store| {
        let [ann, bob, _] = ["ann", "bob", "cid"].map(|name| add(store, name, Role::Reader));
        change(store, &bob, Role::Reader, false).unwrap();
        assert_eq!(store.read(|conn| users::never_signed_in(conn, &admin(), 1)).unwrap().total, Count::exact(2));
        let member = Member { id: ann.id, name: ann.name.clone(), role: ann.role, groups: Vec::new() };
        store.write(|conn| store::writing::sign_ins::record(conn, &member, "x", "x", noon())).unwrap();
        let table = store.read(|conn| users::never_signed_in(conn, &admin(), 5)).unwrap();
        assert_eq!((table.total, table.rows[0].name.as_str()), (Count::exact(1), "cid"));
    });
}

#[test]
fn a_new_name_is_one_that_people_can_tell_from_the_others() {
    on_both(|store| {
        let eve = add(store, "Eve", Role::Reader);
        add(store, "ann", Role::Reader);
        let content = |name: &str| UserContent::new(Username::parse(name).unwrap(), Role::Reader);
        let insert = |name: &str| {
            store.write(|conn| store::writing::users::add(conn, &admin(), &content(name), &hash("x"), noon()))
        };
        for confusing in ["eve", "аnn", "𝐚𝐧𝐧𝐚"] {
            assert!(matches!(insert(confusing), Err(Error::Confusing(_))), "{confusing}");
        }
        assert_eq!(insert("Eve").unwrap_err(), Error::Duplicate);
        assert!(insert("anna").is_ok());
        let rename = |user: &User, name: &str| {
            store.write(|conn| {
                store::writing::users::update(conn, &admin(), user.id, user.version, &content(name), noon())
            })
        };
        assert!(matches!(rename(&eve, "ANN"), Err(Error::Confusing(_))));
        let renamed = rename(&eve, "eve").unwrap();
        assert_eq!(renamed.name.as_str(), "eve");
    });
}

#[test]
fn names_are_suggested_among_more_users_than_are_compared_one_by_one() {
    on_both(|store| {
        add(store, "Zoë", Role::Reader);
        let many = "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 2100)
                    INSERT INTO users (id, name, role, password_hash)
                    SELECT 1000 + n, 'user' || n, 'reader', 'x' FROM numbers";
        sql(store, many).unwrap();
        let found = |text: &str| {
            let found = store.read(|conn| suggestions::of(conn, admin().editor(), text, 3)).unwrap();
            let name = |one| match one {
                Suggestion::Person(name) => name.to_string(),
                Suggestion::Group(name, _) => name.to_string(),
            };
            found.into_iter().map(name).collect::<Vec<_>>()
        };
        assert_eq!(found("zoe"), ["Zoë"]);
        assert_eq!(found("ZO"), ["Zoë"]);
        assert_eq!(found("User20"), ["user20", "user200", "user2000"]);
        assert_eq!(found("nobody"), Vec::<String>::new());
        assert_eq!(found("").len(), 3);
    });
}

fn newcomers(names: &[&str]) -> Vec<UserContent> {
    let user = |name: &&str| UserContent::new(Username::parse(name).unwrap(), Role::Reader);
    names.iter().map(user).collect()
}

#[test]
fn many_users_are_added_with_their_groups_or_none_of_them() {
    on_both(|store| {
        add(store, "ann", Role::Reader);
        let members = vec![Username::parse("ann").unwrap()];
        let content = GroupContent { name: GroupName::parse("Board").unwrap(), members };
        store.write(|conn| commands::add_group(conn, &admin(), &content, noon())).unwrap();
        let board = vec![content.name.clone()];
        let run = |names: &[&str], groups: Vec<GroupName>, hashes: usize| {
            let add = AddUsers::new(&admin(), newcomers(names), groups).with_passwords(vec![hash("x"); hashes]);
            let command = Command::AddUsers(add);
            store.write(|conn| commands::run_with(conn, admin().editor(), command, Consent::Stated, noon()))
        };
        let nobody = GroupName::parse("Nobody").unwrap();
        assert_eq!(run(&["max"], vec![nobody], 1).unwrap_err(), Error::Refused("There is no group Nobody.".into()));
        assert_eq!(
            run(&["max", "mia"], Vec::new(), 1).unwrap_err(),
            Error::Refused("A user needs a password or a link.".into())
        );
        let taken = run(&["max", "ann"], board.clone(), 2).unwrap_err();
        assert_eq!(taken, Error::Confusing("There is a user ann already.".into()));
        let twice = run(&["max", "max"], board.clone(), 2).unwrap_err();
        assert_eq!(twice, Error::Confusing("max is in the list twice.".into()));
        assert_eq!(find(store, "max"), None);

        assert_eq!(run(&["max", "mia"], board, 2).unwrap().count(), 2);
        let group = store.read(|conn| groups::find(conn, &admin(), &content.name)).unwrap().unwrap();
        let names: Vec<&str> = group.content.members.iter().map(Username::as_str).collect();
        assert_eq!((names, group.version), (vec!["ann", "max", "mia"], Version(2)));
        assert_eq!(find(store, "mia").unwrap().groups, [group.id]);
    });
}

#[test]
fn who_is_added_to_a_group_is_named_before() {
    on_both(|store| {
        let board = GroupName::parse("Board").unwrap();
        let content = GroupContent { name: board.clone(), members: Vec::new() };
        store.write(|conn| commands::add_group(conn, &admin(), &content, noon())).unwrap();
        let audience = Audience::Chosen(Chosen { people: Vec::new(), groups: vec![board.clone()] });
        let page = PageContent { audience, ..page("minutes") };
        store.write(|conn| commands::insert(conn, admin().editor(), &page, noon())).unwrap();
        let command = |names: &[&str]| {
            let add = AddUsers::new(&admin(), newcomers(names), vec![board.clone()]);
            Command::AddUsers(add.with_passwords(vec![hash("x"); names.len()]))
        };
        let preview =
            |names: &[&str]| store.snapshot(|conn| writing::preview(conn, admin().editor(), &command(names))).unwrap();
        let run = |names: &[&str], consent: Consent| {
            store.write(|conn| commands::run_with(conn, admin().editor(), command(names), consent, noon()))
        };
        let diff = preview(&["mia", "max"]);
        assert_eq!(diff.changes()[0].added.as_deref(), Some("max, mia"));
        assert_eq!(diff.fingerprint(), preview(&["mia", "max"]).fingerprint());
        let consent = Consent::Shown(diff.fingerprint().clone());
        assert_eq!(run(&["mia", "max"], Consent::Stated).unwrap_err(), Error::Unconfirmed);
        assert_eq!(run(&["mia", "mallory"], consent.clone()).unwrap_err(), Error::Unconfirmed);
        run(&["mia", "max"], consent).unwrap();
        let mia = find(store, "mia").unwrap();
        assert_eq!(store.read(|conn| users::chosen_pages(conn, &admin(), &mia)).unwrap(), Count::exact(1));
    });
}

#[test]
fn the_pages_that_were_chosen_for_somebody_are_counted_once_each() {
    on_both(|store| {
        let ann = add(store, "ann", Role::Reader);
        let count =
            |store: &Store| store.read(|conn| users::chosen_pages(conn, &admin(), &find(store, "ann").unwrap()));
        let board = GroupName::parse("Board").unwrap();
        let content = GroupContent { name: board.clone(), members: vec![ann.name.clone()] };
        store.write(|conn| commands::add_group(conn, &admin(), &content, noon())).unwrap();
        let both = Chosen { people: vec![ann.name], groups: vec![board] };
        for (path, audience) in [
            ("open", Audience::Public),
            ("all", Audience::SignedIn),
            ("both", Audience::Chosen(both)),
            ("both/below", Audience::Inherited),
        ] {
            let page = PageContent { audience, ..page(path) };
            store.write(|conn| commands::insert(conn, admin().editor(), &page, noon())).unwrap();
        }
        assert_eq!(count(store).unwrap(), Count::exact(2));
    });
}
