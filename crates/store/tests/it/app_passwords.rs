//! App passwords in the database: made, found by their hash, ended, and gone with their owner.

use chrono::{NaiveDate, TimeDelta};
use domain::{
    access::Member,
    app_password::{AppPasswordContent, AppPasswordName, MAX_APP_PASSWORDS},
    draft::FormId,
    page::PagePath,
    secret::SecretHash,
    user::{Role, User},
};
use store::{
    Error, Store, app_passwords,
    audit::{self, AuditFilter},
    writing::{
        app_passwords::{Ended, end_for, end_own, make_for, make_own, record_use},
        users,
    },
};

use crate::database::{add, admin, noon, on_both, sql};

pub fn member(user: &User) -> Member {
    Member { id: user.id, name: user.name.clone(), role: user.role, groups: Vec::new() }
}

pub fn content(name: &str) -> AppPasswordContent {
    AppPasswordContent { name: AppPasswordName::parse(name).unwrap(), below: None, ends_at: None }
}

fn names(store: &Store, owner: &User) -> Vec<String> {
    let own = store.read(|conn| app_passwords::own(conn, &member(owner))).unwrap();
    assert_eq!(store.read(|conn| app_passwords::of_user(conn, &admin(), owner.id)).unwrap(), own);
    own.into_iter().map(|password| password.content.name.to_string()).collect()
}

fn details(store: &Store) -> Vec<(String, String)> {
    let all = store::Paging { number: 1, size: 100 };
    let table = store.read(|conn| audit::list(conn, &admin(), &AuditFilter::default(), all)).unwrap();
    let mut rows: Vec<_> = table.rows.into_iter().map(|row| (row.actor, row.detail)).collect();
    rows.reverse();
    rows.retain(|(_, detail)| detail.starts_with("app password"));
    rows
}

#[test]
fn the_same_form_makes_one_app_password_also_after_that_has_ended() {
    on_both(|store| {
        let ann = add(store, "ann", Role::Reader);
        let make = |form, name: &str, n| {
            let hash = SecretHash([n; 32]);
            store.write(|conn| make_own(conn, &member(&ann), FormId(form), &content(name), &hash, noon()))
        };
        let first = make(7, "backup", 1).unwrap();
        assert_eq!(make(7, "backup", 2), Err(Error::Stale));
        assert_eq!(make(8, "backup", 2), Err(Error::Duplicate));
        store.write(|conn| end_own(conn, &member(&ann), Ended::One(first), noon())).unwrap();
        assert_eq!(make(7, "backup", 2), Err(Error::Stale));
        make(8, "backup", 2).unwrap();
        // A form without a number, or with one that no form has, is not recognised.
        for (form, n) in [(0, 3), (0, 4), (-7, 5), (-7, 6), (i64::MAX, 7), (i64::MAX, 8)] {
            make(form, &format!("no. {n}"), n).unwrap();
        }
        assert_eq!(names(store, &ann).len(), 7);
    });
}

#[test]
fn an_app_password_is_found_by_its_hash_until_its_owner_is_gone() {
    on_both(|store| {
        let (ann, bob) = (add(store, "ann", Role::Reader), add(store, "bob", Role::Reader));
        let (hash, unknown) = (SecretHash([7; 32]), SecretHash([8; 32]));
        let limited = AppPasswordContent {
            below: Some(PagePath::parse("clients/acme").unwrap()),
            ends_at: Some(noon() + TimeDelta::days(90)),
            ..content("backup")
        };
        let id = store.write(|conn| make_own(conn, &member(&ann), FormId::default(), &limited, &hash, noon())).unwrap();
        let find = |hash| store.read(|conn| app_passwords::find(conn, hash)).unwrap();
        let (owner, found) = find(&hash).unwrap();
        assert_eq!((owner, found.id, &found.content), (ann.name.clone(), id, &limited));
        assert_eq!((found.made_at, found.last_used_on, found.ended_at), (noon(), None, None));
        assert_eq!(find(&unknown), None);
        store.write(|conn| make_for(conn, &admin(), &bob, &content("ci"), &unknown, noon())).unwrap();
        assert_eq!((names(store, &ann), names(store, &bob)), (vec!["backup".into()], vec!["ci".into()]));
        let all = store.read(|conn| app_passwords::list(conn, &admin())).unwrap();
        let owners: Vec<&str> = all.iter().map(|(owner, _)| owner.as_str()).collect();
        assert_eq!(owners, ["ann", "bob"]);
        store.write(|conn| users::delete(conn, &admin(), &[ann.id], noon())).unwrap();
        assert_eq!(find(&hash), None);
        assert!(find(&unknown).is_some());
    });
}

#[test]
fn an_app_password_that_was_ended_is_found_as_such_and_no_longer_listed() {
    on_both(|store| {
        let (ann, bob) = (add(store, "ann", Role::Reader), add(store, "bob", Role::Reader));
        let hash = |n| SecretHash([n; 32]);
        let make = |name: &str, n| {
            store.write(|conn| make_own(conn, &member(&ann), FormId::default(), &content(name), &hash(n), noon()))
        };
        let one = make("one", 1).unwrap();
        assert_eq!(make("one", 2), Err(Error::Duplicate));
        make("two", 2).unwrap();
        make("three", 3).unwrap();
        let end = |by: &User, ended| store.write(|conn| end_own(conn, &member(by), ended, noon())).unwrap();
        assert_eq!(end(&bob, Ended::One(one)), 0, "of somebody else");
        assert_eq!((end(&ann, Ended::One(one)), end(&ann, Ended::One(one))), (1, 0));
        let (_, found) = store.read(|conn| app_passwords::find(conn, &hash(1))).unwrap().unwrap();
        assert!(!found.is_valid(noon()) && found.ended_at == Some(noon()));
        make("one", 4).unwrap();
        assert_eq!(end(&bob, Ended::All), 0);
        assert_eq!(store.write(|conn| end_for(conn, &admin(), &ann, Ended::All, noon())).unwrap(), 3);
        assert_eq!(names(store, &ann), Vec::<String>::new());
        let all = ("command line".into(), "app passwords “one”, “three”, “two” ended".into());
        assert!(details(store).contains(&all), "{:?}", details(store));
        let made =
            details(store).into_iter().filter(|(actor, detail)| actor == "ann" && detail.contains(" made ")).count();
        assert_eq!(made, 4);
    });
}

#[test]
fn an_app_password_whose_end_came_gives_its_name_to_the_next() {
    on_both(|store| {
        let ann = add(store, "ann", Role::Reader);
        let ending = AppPasswordContent { ends_at: Some(noon() + TimeDelta::days(1)), ..content("backup") };
        let make = |n, days| {
            let now = noon() + TimeDelta::days(days);
            store.write(|conn| make_own(conn, &member(&ann), FormId::default(), &ending, &SecretHash([n; 32]), now))
        };
        make(1, 0).unwrap();
        assert_eq!(make(2, 0), Err(Error::Duplicate));
        make(3, 1).unwrap();
        assert_eq!(names(store, &ann), ["backup"]);
    });
}

#[test]
fn a_user_has_a_bounded_number_of_app_passwords() {
    on_both(|store| {
        let ann = add(store, "ann", Role::Reader);
        let make = |n: u8| {
            let content = content(&format!("number {n}"));
            store.write(|conn| make_own(conn, &member(&ann), FormId::default(), &content, &SecretHash([n; 32]), noon()))
        };
        for n in 0..u8::try_from(MAX_APP_PASSWORDS).unwrap() {
            make(n).unwrap();
        }
        assert!(matches!(make(200), Err(Error::Refused(_))));
        assert_eq!(names(store, &ann).len(), MAX_APP_PASSWORDS);
    });
}

#[test]
fn the_last_use_of_an_app_password_is_a_day() {
    on_both(|store| {
        let ann = add(store, "ann", Role::Reader);
        let id = store
            .write(|conn| {
                make_own(conn, &member(&ann), FormId::default(), &content("ci"), &SecretHash([1; 32]), noon())
            })
            .unwrap();
        let day = |n| NaiveDate::from_ymd_opt(2026, 3, n).unwrap();
        for (used, expected) in [(2, 2), (2, 2), (3, 3), (1, 3)] {
            store.write(|conn| record_use(conn, id, day(used))).unwrap();
            let own = store.read(|conn| app_passwords::own(conn, &member(&ann))).unwrap();
            assert_eq!(own[0].last_used_on, Some(day(expected)));
        }
    });
}

#[test]
fn an_app_password_with_a_limit_that_cannot_be_read_opens_nothing() {
    on_both(|store| {
        let ann = add(store, "ann", Role::Reader);
        let hash = SecretHash([1; 32]);
        store.write(|conn| make_own(conn, &member(&ann), FormId::default(), &content("ci"), &hash, noon())).unwrap();
        sql(store, "UPDATE app_passwords SET below = 'No path'").unwrap();
        assert_eq!(store.read(|conn| app_passwords::find(conn, &hash)).unwrap(), None);
    });
}
