//! What sign-ins leave behind: places, and counts of wrong passwords that all instances share.

use chrono::TimeDelta;
use domain::{
    access::Member,
    user::{Role, User, Username},
};
use store::{
    NameHash, Store,
    audit::{self, AuditFilter},
    failed_sign_ins::{self, ACCOUNT, COUNTED_FOR, Guesses},
    sign_in_places::{self, REMEMBERED_FOR},
    writing::{
        failed_sign_ins::{Tally, key, purge, record},
        sign_ins::{self, Recorded},
        users,
    },
};

use crate::database::{add, admin, hash, noon, on_both, sql};

fn member(user: &User) -> Member {
    Member { id: user.id, name: user.name.clone(), role: user.role, groups: Vec::new() }
}

/// Signs a user in from a network, some minutes after noon.
fn sign_in(store: &Store, user: &User, network: &str, minutes: i64) -> Recorded {
    let now = noon() + TimeDelta::minutes(minutes);
    store.write(|conn| sign_ins::record(conn, &member(user), network, network, now)).unwrap()
}

fn networks(store: &Store, name: &Username, now: chrono::DateTime<chrono::Utc>) -> Vec<String> {
    let places = store.read(|conn| sign_in_places::of_user(conn, name, now)).unwrap();
    places.into_iter().map(|place| place.network).collect()
}

fn entries(store: &Store) -> Vec<String> {
    let all = store::Paging { number: 1, size: 100 };
    let table = store.read(|conn| audit::list(conn, &admin(), &AuditFilter::default(), all)).unwrap();
    let mut details: Vec<String> =
        table.rows.into_iter().map(|row| row.detail).filter(|detail| detail.starts_with("from ")).collect();
    details.reverse();
    details
}

#[test]
fn a_sign_in_from_another_network_is_always_noted() {
    on_both(|store| {
        let (ann, bob) = (add(store, "ann", Role::Reader), add(store, "bob", Role::Reader));
        let noted = [
            sign_in(store, &ann, "192.0.2.1", 0),
            sign_in(store, &ann, "192.0.2.1", 29),
            sign_in(store, &ann, "192.0.2.2", 29),
            sign_in(store, &ann, "192.0.2.1", 30),
            sign_in(store, &ann, "192.0.2.2", 60),
            sign_in(store, &bob, "192.0.2.2", 60),
        ];
        use Recorded::{NewPlace, Nothing, SignIn};
        assert_eq!(noted, [SignIn, Nothing, NewPlace, Nothing, SignIn, SignIn]);
        assert_eq!(
            entries(store),
            ["from 192.0.2.1", "from 192.0.2.2, a new network", "from 192.0.2.2", "from 192.0.2.2"]
        );
        let later = noon() + REMEMBERED_FOR + TimeDelta::minutes(15);
        assert_eq!(networks(store, &ann.name, later), ["192.0.2.2"]);
        let forgotten = REMEMBERED_FOR.num_minutes() + 15;
        assert_eq!(sign_in(store, &ann, "192.0.2.1", forgotten), NewPlace);
    });
}

#[test]
fn places_are_bounded_for_each_user_and_end_with_time_and_with_the_user() {
    on_both(|store| {
        let ann = add(store, "ann", Role::Reader);
        for n in 0..25 {
            sign_in(store, &ann, &format!("192.0.2.{n}"), n);
        }
        let kept = networks(store, &ann.name, noon());
        assert_eq!((kept.len(), kept[0].as_str(), kept[19].as_str()), (20, "192.0.2.24", "192.0.2.5"));
        assert_eq!(store.read(|conn| sign_in_places::latest(conn, 3, noon())).unwrap().len(), 3);
        let later = noon() + REMEMBERED_FOR + TimeDelta::minutes(23);
        store.write(|conn| sign_ins::purge_places(conn, later)).unwrap();
        assert_eq!(sql(store, "UPDATE sign_in_places SET last_at = last_at").unwrap(), 1);
        store.write(|conn| users::delete(conn, &admin(), &[ann.id], noon())).unwrap();
        assert_eq!(sql(store, "UPDATE sign_in_places SET last_at = last_at").unwrap(), 0);
    });
}

fn tally(name: NameHash, scope: &str, failures: u32) -> Tally {
    Tally { name, scope: scope.into(), failures, last_at: noon() }
}

fn guesses(store: &Store, user: &User) -> Option<Guesses> {
    store.read(|conn| failed_sign_ins::of_account(conn, &admin(), &user.name, noon())).unwrap()
}

#[test]
fn instances_add_up_their_counts_and_a_success_ends_all_of_them() {
    on_both(|store| {
        let ann = add(store, "ann", Role::Reader);
        assert_eq!(guesses(store, &ann), None);
        let key = store.write(key).unwrap();
        let name = key.hash("ann");
        assert_eq!(store.write(store::writing::failed_sign_ins::key).unwrap().hash("ann"), name, "one for all");
        let note = |instance, tallies: &[Tally]| store.write(|conn| record(conn, instance, tallies)).unwrap();
        note(1, &[tally(name, ACCOUNT, 7), tally(name, "192.0.2.1", 7)]);
        note(2, &[tally(name, ACCOUNT, 4), tally(key.hash("nobody"), ACCOUNT, 50)]);
        note(2, &[tally(name, ACCOUNT, 5)]);
        assert_eq!(guesses(store, &ann), Some(Guesses { failures: 12, last_at: noon() }));
        let scopes = [ACCOUNT.to_owned(), "192.0.2.1".to_owned()];
        let list = |now| store.read(|conn| failed_sign_ins::list(conn, &name, &scopes, now)).unwrap();
        let mut counts: Vec<_> =
            list(noon()).into_iter().map(|count| (count.scope, count.instance, count.failures)).collect();
        counts.sort();
        assert_eq!(counts, [("192.0.2.1".into(), 1, 7), (ACCOUNT.into(), 1, 7), (ACCOUNT.into(), 2, 5)]);
        assert!(list(noon() + COUNTED_FOR).is_empty());
        note(2, &[tally(name, ACCOUNT, 0)]);
        assert_eq!((guesses(store, &ann), list(noon()).len()), (None, 1));
        store.write(|conn| purge(conn, noon() + COUNTED_FOR)).unwrap();
        assert_eq!(sql(store, "UPDATE failed_sign_ins SET failures = 1").unwrap(), 0);
        // No name that was typed is in the table.
        note(1, &[tally(name, ACCOUNT, 1)]);
        assert_eq!(sql(store, "UPDATE failed_sign_ins SET failures = 1 WHERE name LIKE '%ann%'").unwrap(), 0);
    });
}

#[test]
fn a_new_password_enabling_and_unlocking_end_the_lock_of_an_account() {
    on_both(|store| {
        let ann = add(store, "ann", Role::Reader);
        let name = store.write(key).unwrap().hash("ann");
        let lock = || store.write(|conn| record(conn, 1, &[tally(name, ACCOUNT, 100)])).unwrap();
        let is_locked = || guesses(store, &ann).is_some();
        lock();
        assert!(is_locked());
        assert!(store.write(|conn| users::unlock(conn, &admin(), ann.id, noon())).unwrap());
        assert!(!is_locked());
        lock();
        store.write(|conn| users::set_password(conn, &admin(), ann.id, &hash("y"), noon())).unwrap();
        assert!(!is_locked());
        lock();
        for active in [false, true] {
            store.write(|conn| users::set_active(conn, &admin(), &[ann.id], active, noon())).unwrap();
        }
        assert!(!is_locked());
        store.write(|conn| users::delete(conn, &admin(), &[ann.id], noon())).unwrap();
        assert!(!store.write(|conn| users::unlock(conn, &admin(), ann.id, noon())).unwrap());
    });
}
