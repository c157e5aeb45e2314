//! Links with which people set their own password.

use std::sync::Barrier;

use chrono::TimeDelta;
use domain::{
    invitation::LIFETIME,
    secret::SecretHash,
    user::{Role, User, UserContent, Username},
};
use store::{
    Error, Store, invitations, users,
    writing::{
        self,
        invitations::{Known, make, redeem},
    },
};

use crate::database::{add, admin, hash, noon, on_both, sql};

fn secret(number: u8) -> SecretHash {
    SecretHash([number; 32])
}

fn link(store: &Store, user: &User, number: u8) {
    store.write(|conn| make(conn, &admin(), user.id, Known::Any, &secret(number), noon())).unwrap();
}

fn is_open(store: &Store, number: u8) -> bool {
    store.read(|conn| invitations::find(conn, &secret(number))).unwrap().unwrap().is_open_at(noon())
}

fn find(store: &Store, name: &str) -> User {
    store.read(|conn| users::find(conn, &Username::parse(name).unwrap())).unwrap().unwrap()
}

#[test]
fn a_link_sets_a_password_once_and_is_known_afterwards() {
    on_both(|store| {
        let ann = add(store, "ann", Role::Reader);
        link(store, &ann, 1);
        assert_eq!(store.read(|conn| invitations::find(conn, &secret(2))).unwrap(), None);
        let made = store.read(|conn| invitations::find(conn, &secret(1))).unwrap().unwrap();
        assert_eq!((made.user, &made.name, made.ends_at), (ann.id, &ann.name, noon() + LIFETIME));
        let redeem = |password: &str, now| store.write(|conn| redeem(conn, &secret(1), &hash(password), now));
        assert_eq!(redeem("late", noon() + LIFETIME).unwrap(), None, "to the second");
        assert_eq!(redeem("new", noon() + LIFETIME - TimeDelta::seconds(1)).unwrap(), Some(ann.name.clone()));
        assert_eq!(find(store, "ann").password_hash, hash("new"));
        assert_eq!(redeem("again", noon()).unwrap(), None);
        assert_eq!(find(store, "ann").password_hash, hash("new"));
        assert!(store.read(|conn| invitations::find(conn, &secret(1))).unwrap().unwrap().used_at.is_some());
    });
}

#[test]
fn of_two_requests_with_one_link_one_sets_the_password() {
    on_both(|store| {
        for number in 0..10 {
            let ann = add(store, &format!("ann{number}"), Role::Reader);
            link(store, &ann, number);
            let barrier = Barrier::new(2);
            let done: Vec<store::Result<bool>> = std::thread::scope(|scope| {
                let start = |password: &'static str| {
                    let barrier = &barrier;
                    scope.spawn(move || {
                        barrier.wait();
                        let redeemed = store.write(|conn| redeem(conn, &secret(number), &hash(password), noon()));
                        redeemed.map(|name| name.is_some())
                    })
                };
                [start("a"), start("b")].map(|thread| thread.join().unwrap()).into_iter().collect()
            });
            assert_eq!(done.iter().filter(|done| matches!(done, Ok(true))).count(), 1, "{done:?}");
            assert!(done.iter().all(|done| matches!(done, Ok(_) | Err(Error::Stale))), "{done:?}");
        }
    });
}

#[test]
fn a_new_link_a_new_password_and_disabling_end_a_link() {
    on_both(|store| {
        add(store, "root", Role::Admin);
        let ann = add(store, "ann", Role::Reader);
        link(store, &ann, 1);
        link(store, &ann, 2);
        assert_eq!([1, 2].map(|number| is_open(store, number)), [false, true]);
        store.write(|conn| writing::users::set_password(conn, &admin(), ann.id, &hash("a"), noon())).unwrap();
        assert!(!is_open(store, 2));
        link(store, &ann, 3);
        let version = find(store, "ann").version;
        store
            .write(|conn| writing::users::set_password_from(conn, &admin(), ann.id, version, &hash("b"), noon()))
            .unwrap();
        assert!(!is_open(store, 3));
        link(store, &ann, 4);
        let ann = find(store, "ann");
        let member = domain::access::Member { id: ann.id, name: ann.name.clone(), role: ann.role, groups: Vec::new() };
        let own = |conn: &mut store::Conn| {
            writing::account::change_own_password(conn, &member, &hash("b"), &hash("c"), noon())
        };
        assert!(store.write(own).unwrap());
        assert!(!is_open(store, 4));
        link(store, &ann, 5);
        for active in [false, true] {
            store.write(|conn| writing::users::set_active(conn, &admin(), &[ann.id], active, noon())).unwrap();
            assert!(!is_open(store, 5), "enabling brings no link back");
        }
        link(store, &ann, 6);
        let ann = find(store, "ann");
        let disabled = UserContent { active: false, ..ann.content() };
        store.write(|conn| writing::users::update(conn, &admin(), ann.id, ann.version, &disabled, noon())).unwrap();
        assert!(!is_open(store, 6));
        let refused = store.write(|conn| make(conn, &admin(), ann.id, Known::Any, &secret(7), noon())).unwrap_err();
        assert!(matches!(refused, Error::Refused(_)), "{refused:?}");
        store.write(|conn| writing::users::delete(conn, &admin(), &[ann.id], noon())).unwrap();
        assert_eq!(store.read(|conn| invitations::find(conn, &secret(6))).unwrap(), None);
        assert_eq!(sql(store, "UPDATE invitations SET made_by = made_by").unwrap(), 0);
    });
}

#[test]
fn a_link_does_not_open_an_account_that_sql_disabled_or_that_has_ended() {
    on_both(|store| {
        let ann = add(store, "ann", Role::Reader);
        link(store, &ann, 1);
        for (change, back) in
            [("active = FALSE", "active = TRUE"), ("ends_at = '2020-01-01 00:00:00'", "ends_at = NULL")]
        {
            sql(store, &format!("UPDATE users SET {change}")).unwrap();
            assert!(!is_open(store, 1), "{change}");
            assert_eq!(store.write(|conn| redeem(conn, &secret(1), &hash("new"), noon())).unwrap(), None);
            sql(store, &format!("UPDATE users SET {back}")).unwrap();
            assert!(is_open(store, 1), "{back}");
        }
    });
}

#[test]
fn the_same_form_sent_twice_makes_one_link() {
    on_both(|store| {
        let ann = add(store, "ann", Role::Reader);
        let make = |known, number| {
            let now = noon() + TimeDelta::minutes(i64::from(number));
            store.write(|conn| make(conn, &admin(), ann.id, Known::Latest(known), &secret(number), now))
        };
        let first = make(None, 1).unwrap();
        assert_eq!(make(None, 2).unwrap_err(), Error::Stale);
        assert!(is_open(store, 1));
        let second = make(Some(first.id), 3).unwrap();
        assert_eq!(store.read(|conn| invitations::latest(conn, &admin(), ann.id)).unwrap(), Some(second));
        assert!(store.write(|conn| writing::invitations::revoke(conn, &admin(), ann.id, noon())).unwrap());
        assert!(!store.write(|conn| writing::invitations::revoke(conn, &admin(), ann.id, noon())).unwrap());
        assert!(!is_open(store, 3));
    });
}

#[test]
fn accounts_that_have_ended_are_not_active_in_any_query_and_the_last_administrator_gets_no_end() {
    on_both(|store| {
        let (root, ann) = (add(store, "root", Role::Admin), add(store, "ann", Role::Reader));
        let past = noon() - TimeDelta::days(1);
        assert!(past < noon());
        let end = |user: &User, ends_at| {
            store.write(|conn| writing::users::set_end(conn, &admin(), &[user.id], ends_at, noon()))
        };
        assert_eq!(end(&root, Some(noon() + TimeDelta::days(9000))).unwrap_err(), Error::LastAdmin);
        assert_eq!(end(&ann, Some(past)).unwrap(), 1);
        assert_eq!(end(&ann, Some(past)).unwrap(), 0);
        assert_eq!(find(store, "ann").ends_at, Some(past));
        let active = || store.read(|conn| users::active_names(conn, admin().editor(), "", 10)).unwrap().len();
        assert_eq!(active(), 1);
        let filter = |active| users::UserFilter { active: Some(active), ..users::UserFilter::default() };
        let counts = store.read(|conn| users::counts(conn, &admin(), &filter(true))).unwrap();
        assert_eq!([counts.active, counts.disabled], [1, 1].map(store::Count::exact));
        assert_eq!(end(&ann, None).unwrap(), 1);
        assert_eq!(active(), 2);
    });
}
