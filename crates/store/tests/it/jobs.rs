//! Bulk jobs: their progress and their end, for every instance.

use chrono::TimeDelta;
use domain::user::{Role, UserId};
use store::{
    Error, Store,
    jobs::{self, Job, State},
    writing::jobs::{beat, commit, end, insert, purge},
};

use crate::database::{add, noon, on_both};

fn find(store: &Store, id: i64, owner: UserId) -> Option<Job> {
    store.read(|conn| jobs::get(conn, id, owner)).unwrap()
}

#[test]
fn progress_and_end_are_read_by_the_owner_alone() {
    on_both(|store| {
        let (ann, bob) = (add(store, "ann", Role::Editor).id, add(store, "bob", Role::Editor).id);
        store.write(|conn| insert(conn, 7, ann, "Delete", noon())).unwrap();
        let later = noon() + TimeDelta::seconds(5);
        store.write(|conn| beat(conn, 7, 3, 10, later)).unwrap();
        let job = find(store, 7, ann).unwrap();
        assert_eq!(job, Job { title: "Delete".into(), state: State::Running, done: 3, total: 10, beat_at: later });
        assert_eq!(find(store, 7, bob), None);
        for state in [
            State::Committed,
            State::Redirect("/admin/pages".into()),
            State::Page { status: 409, html: "<p>again</p>".into() },
            State::Failed("why".into()),
        ] {
            store.write(|conn| end(conn, 7, &state, later)).unwrap();
            assert_eq!(find(store, 7, ann).unwrap().state, state);
        }
        let tomorrow = noon() + TimeDelta::days(1);
        store.write(|conn| purge(conn, tomorrow)).unwrap();
        assert_eq!(find(store, 7, ann), None);
    });
}

#[test]
fn a_job_is_committed_with_its_change_or_not_at_all() {
    on_both(|store| {
        let ann = add(store, "ann", Role::Editor).id;
        store.write(|conn| insert(conn, 7, ann, "Delete", noon())).unwrap();
        let rolled_back = store.write(|conn| {
            commit(conn, 7, noon())?;
            Err::<(), _>(Error::Stale)
        });
        assert!(rolled_back.is_err());
        assert_eq!(find(store, 7, ann).unwrap().state, State::Running);
        store.write(|conn| commit(conn, 7, noon())).unwrap();
        assert_eq!(find(store, 7, ann).unwrap().state, State::Committed);
    });
}
