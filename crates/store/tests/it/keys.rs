//! Keys in circulation: who has some, and ending all of one user's.

use chrono::TimeDelta;
use domain::{
    access::{Admin, Visitor},
    app_password::AppPasswordContent,
    audience::Audience,
    audit::Action,
    draft::FormId,
    keys::{KeyCounts, KeyKind},
    page::{PageContent, PageId},
    secret::SecretHash,
    share::{NewShare, Shows},
    user::{Role, User, UserId},
};
use store::{
    Count, Error, Paging, Start, Store, Window, app_passwords, audit, invitations,
    keys::{self, KeyFilter, Owners},
    shares::{self, Maker, ShareFilter},
    writing::{self, app_passwords::make_for, invitations::Known},
};

use crate::{
    app_passwords::{content as named, member},
    commands,
    database::{add, admin, content, noon, on_both, sql},
};

const ALL: Paging = Paging { number: 1, size: 50 };

fn secret(number: u8) -> SecretHash {
    SecretHash([number; 32])
}

fn link(store: &Store, user: &User, number: u8) {
    let make = |conn: &mut store::Conn| {
        writing::invitations::make(conn, &admin(), user.id, Known::Any, &secret(number), noon())
    };
    store.write(make).unwrap();
}

fn app_password(store: &Store, user: &User, content: &AppPasswordContent, number: u8) {
    store.write(|conn| make_for(conn, &admin(), user, content, &secret(number), noon())).unwrap();
}

fn private(store: &Store, at: &str) -> PageId {
    let content = PageContent { audience: Audience::SignedIn, ..content(at) };
    store.write(|conn| commands::insert(conn, admin().editor(), &content, noon())).unwrap().id
}

/// A share that a user made, or the command line.
fn share(store: &Store, by: Option<&User>, page: PageId, label: &str, number: u8) {
    let new = NewShare { page, label: label.into(), shows: Shows::Page, ends_at: noon() + TimeDelta::days(7) };
    let by = by
        .map_or(admin().editor().clone(), |user| domain::access::Editor::of(&Visitor::SignedIn(member(user))).unwrap());
    let make =
        |conn: &mut store::Conn| writing::shares::make(conn, &by, FormId::default(), &new, &secret(number), noon());
    store.write(make).unwrap();
}

fn list(store: &Store, text: &str, kind: Option<KeyKind>) -> Owners {
    let filter = KeyFilter { text: text.into(), kind };
    store.read(|conn| keys::list(conn, &admin(), &filter, noon(), ALL)).unwrap()
}

fn names(owners: &Owners) -> Vec<&str> {
    owners.table.rows.iter().map(|owner| owner.name.as_str()).collect()
}

fn counts(store: &Store, user: &User) -> KeyCounts {
    store.read(|conn| keys::of_user(conn, &admin(), user.id, noon())).unwrap()
}

fn end(store: &Store, user: &User) -> store::Result<Option<KeyCounts>> {
    store.write(|conn| writing::keys::end_of_user(conn, &admin(), user.id, noon()))
}

#[test]
fn who_has_keys_is_listed_by_name_with_the_kinds() {
    on_both(|store| {
        let [ann, bob, cyd, dan, eve] = ["ann", "Bob", "cyd", "dan", "eve"]
            .map(|name| add(store, name, if name == "eve" { Role::Editor } else { Role::Reader }));
        let page = private(store, "clients/acme");
        link(store, &ann, 1);
        app_password(store, &ann, &named("backup"), 2);
        app_password(store, &bob, &AppPasswordContent { ends_at: Some(noon() + TimeDelta::days(1)), ..named("ci") }, 3);
        share(store, Some(&eve), page, "Acme review", 4);
        share(store, None, page, "Printer", 5);
        // What was used, was ended, or is over is in circulation no more.
        app_password(store, &cyd, &AppPasswordContent { ends_at: Some(noon()), ..named("over") }, 6);
        link(store, &dan, 7);
        sql(store, &format!("UPDATE invitations SET used_at = ends_at WHERE user_id = {}", dan.id.0)).unwrap();
        let all = list(store, "", None);
        assert_eq!(names(&all), ["ann", "Bob", "eve"]);
        assert_eq!((all.any, all.kinds), (Count::exact(3), [1, 2, 1].map(Count::exact)));
        assert_eq!((all.table.rows[2].role, all.table.rows[2].is_active), (Role::Editor, true));
        assert_eq!(names(&list(store, "", Some(KeyKind::Link))), ["ann"]);
        assert_eq!(names(&list(store, "", Some(KeyKind::AppPassword))), ["ann", "Bob"]);
        assert_eq!(names(&list(store, "", Some(KeyKind::Share))), ["eve"]);
        let of_bob = list(store, "bO", Some(KeyKind::Link));
        assert_eq!((names(&of_bob).len(), of_bob.any, of_bob.kinds), (0, Count::exact(1), [0, 1, 0].map(Count::exact)));
        assert_eq!(counts(store, &ann), KeyCounts { links: 1, app_passwords: 1, shares: 0 });
        assert_eq!(counts(store, &cyd).total() + counts(store, &dan).total(), 0);
        // The keys themselves.
        let ids: Vec<UserId> = [&ann, &bob, &cyd, &dan, &eve].map(|user| user.id).to_vec();
        let links = store.read(|conn| invitations::open_of(conn, &admin(), &ids, noon())).unwrap();
        assert_eq!(links.iter().map(|link| link.user).collect::<Vec<_>>(), [ann.id]);
        let passwords = store.read(|conn| app_passwords::valid_of(conn, &admin(), &ids, noon())).unwrap();
        let mut passwords: Vec<_> = passwords.iter().map(|(owner, key)| (*owner, key.content.name.as_str())).collect();
        passwords.sort();
        let mut expected = vec![(ann.id, "backup"), (bob.id, "ci")];
        expected.sort();
        assert_eq!(passwords, expected);
        let makers = [Maker::Account(ann.id), Maker::Account(eve.id), Maker::Nobody];
        let made = store.read(|conn| shares::open_of_each(conn, &admin(), &makers, noon(), 10)).unwrap();
        let labels: Vec<Vec<&str>> =
            made.iter().map(|slice| slice.rows.iter().map(|row| row.share.label.as_str()).collect()).collect();
        assert_eq!(labels, [vec![], vec!["Acme review"], vec!["Printer"]]);
        let filter = ShareFilter { maker: Some(Maker::Nobody), ..ShareFilter::default() };
        let table = store.read(|conn| shares::list(conn, admin().editor(), &filter, ALL)).unwrap();
        assert_eq!(table.rows[0].share.label, "Printer");
        assert_eq!(table.total, 1);
    });
}

#[test]
fn of_many_shares_of_one_account_the_last_made_are_listed_and_more_are_told() {
    on_both(|store| {
        let (eve, page) = (add(store, "eve", Role::Editor), private(store, "a"));
        for number in 1..=3 {
            share(store, Some(&eve), page, &format!("No. {number}"), number);
        }
        let makers = [Maker::Account(eve.id)];
        let some = |limit| store.read(|conn| shares::open_of_each(conn, &admin(), &makers, noon(), limit)).unwrap();
        assert_eq!((some(2)[0].rows.len(), some(2)[0].more), (2, true));
        assert_eq!((some(3)[0].rows.len(), some(3)[0].more), (3, false));
    });
}

/// Inserts `number` users with an app password each, as SQL does.
fn fill(store: &Store, number: u32) {
    for first in (0..number).step_by(500) {
        let range = || first..number.min(first + 500);
        let user =
            |n| format!("({}, 'u{n:05}', 'reader', 'x', {}, 'system', '2026-01-01 00:00:00', 1)", n + 1, n % 2 == 0);
        let users: Vec<String> = range().map(user).collect();
        let columns = "id, name, role, password_hash, active, theme, created_at, version";
        sql(store, &format!("INSERT INTO users ({columns}) VALUES {}", users.join(", "))).unwrap();
        let key = |n| format!("({}, {}, 'ci', '{n:064x}', '2026-01-01 00:00:00')", n + 1, n + 1);
        let keys: Vec<String> = range().map(key).collect();
        let columns = "id, user_id, name, secret_hash, made_at";
        sql(store, &format!("INSERT INTO app_passwords ({columns}) VALUES {}", keys.join(", "))).unwrap();
    }
}

#[test]
fn many_owners_are_walked_by_key_in_both_directions() {
    on_both(|store| {
        fill(store, 1_100);
        let ann = add(store, "ann", Role::Reader);
        link(store, &ann, 1);
        let part = |text: &str, kind, start| {
            let filter = KeyFilter { text: text.into(), kind };
            let window = Window { start, size: 400 };
            store.read(|conn| keys::list(conn, &admin(), &filter, noon(), window)).unwrap()
        };
        for (kind, expected) in [(None, 1_101), (Some(KeyKind::AppPassword), 1_100)] {
            let mut owners = part("", kind, Start::Number(1));
            assert_eq!(owners.table.total.to_string(), "1,000+");
            let mut walked: Vec<String> = names(&owners).into_iter().map(str::to_owned).collect();
            while let Some(key) = owners.table.next {
                owners = part("", kind, Start::After(key));
                walked.extend(names(&owners).into_iter().map(str::to_owned));
            }
            assert_eq!(walked.len(), expected);
            assert!(walked.is_sorted());
            let before = part("", kind, Start::Before(owners.table.previous.unwrap()));
            let end = walked.len() - owners.table.rows.len();
            assert_eq!(names(&before), walked[end - 400..end]);
        }
        let links = part("", Some(KeyKind::Link), Start::Number(1));
        assert_eq!((names(&links), links.table.total), (vec!["ann"], Count::exact(1)));
        let some = part("u0001", None, Start::Number(1));
        assert_eq!((some.table.total, some.kinds), (Count::exact(10), [0, 10, 0].map(Count::exact)));
        assert_eq!(part("u", Some(KeyKind::Link), Start::Number(1)).table.rows, []);
    });
}

#[test]
fn all_keys_of_a_user_end_with_one_audit_entry_and_the_account_goes_on() {
    on_both(|store| {
        let (ann, eve) = (add(store, "ann", Role::Editor), add(store, "eve", Role::Editor));
        let page = private(store, "clients/acme");
        for (user, first) in [(&ann, 1), (&eve, 11)] {
            link(store, user, first);
            app_password(store, user, &named("backup"), first + 1);
            app_password(store, user, &named("ci"), first + 2);
            share(store, Some(user), page, "Acme review", first + 3);
        }
        share(store, None, page, "Printer", 21);
        let trail =
            || store.read(|conn| audit::list(conn, &admin(), &audit::AuditFilter::default(), ALL)).unwrap().rows;
        let before = trail().len();
        assert_eq!(end(store, &ann).unwrap(), Some(KeyCounts { links: 1, app_passwords: 2, shares: 1 }));
        let entries: Vec<_> = trail().into_iter().filter(|entry| entry.action == Action::Ended).collect();
        assert_eq!((trail().len() - before, entries.len()), (1, 1));
        let expected = "all keys: 1 link to set a password; 2 app passwords “backup”, “ci”; \
                        1 shared link “Acme review” of /clients/acme";
        assert_eq!((entries[0].name.as_str(), entries[0].detail.as_str()), ("ann", expected));
        let account = store.read(|conn| store::users::get(conn, &admin(), ann.id)).unwrap().unwrap();
        assert!(account.active && account.password_hash == ann.password_hash);
        assert_eq!(counts(store, &ann).total(), 0);
        assert_eq!(counts(store, &eve).total(), 4, "those of others stay");
        assert_eq!(names(&list(store, "", None)), ["eve"]);
        assert!(!store.read(|conn| invitations::find(conn, &secret(1))).unwrap().unwrap().is_open_at(noon()));
        for number in [2, 3] {
            let (_, password) = store.read(|conn| app_passwords::find(conn, &secret(number))).unwrap().unwrap();
            assert!(!password.is_valid(noon()));
        }
        assert!(!store.read(|conn| shares::find(conn, &secret(4))).unwrap().unwrap().is_open(noon()));
        assert!(store.read(|conn| shares::find(conn, &secret(21))).unwrap().unwrap().is_open(noon()));
        // Nothing is left to end, which is no entry.
        assert_eq!(end(store, &ann).unwrap(), Some(KeyCounts::default()));
        assert_eq!(trail().len() - before, 1);
        let gone = store.write(|conn| writing::keys::end_of_user(conn, &admin(), UserId(1), noon())).unwrap();
        assert_eq!(gone, None);
    });
}

#[test]
fn the_entry_names_the_first_keys_and_the_number_of_the_others() {
    on_both(|store| {
        let (eve, page) = (add(store, "eve", Role::Editor), private(store, "a"));
        for number in 1..=23 {
            share(store, Some(&eve), page, &format!("No. {number}"), number);
        }
        assert_eq!(end(store, &eve).unwrap().map(|ended| ended.shares), Some(23));
        let trail = store.read(|conn| audit::list(conn, &admin(), &audit::AuditFilter::default(), ALL)).unwrap().rows;
        let entry = trail.into_iter().find(|entry| entry.action == Action::Ended).unwrap();
        assert!(entry.detail.starts_with("all keys: 23 shared links “No. "), "{}", entry.detail);
        assert!(entry.detail.ends_with(" of /a and 3 more"), "{}", entry.detail);
    });
}

#[test]
fn an_administrator_who_was_disabled_ends_no_keys() {
    on_both(|store| {
        let (root, ann) = (add(store, "root", Role::Admin), add(store, "ann", Role::Reader));
        app_password(store, &ann, &named("backup"), 1);
        let proof = Admin::of(&Visitor::SignedIn(member(&root))).unwrap();
        sql(store, &format!("UPDATE users SET active = FALSE WHERE id = {}", root.id.0)).unwrap();
        let ended = store.write(|conn| writing::keys::end_of_user(conn, &proof, ann.id, noon()));
        assert_eq!(ended, Err(Error::NotAllowed));
        assert_eq!(counts(store, &ann).app_passwords, 1);
    });
}
