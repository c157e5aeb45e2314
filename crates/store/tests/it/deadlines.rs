//! Work that is given up: its statement stops, and it is not committed.

use std::{
    sync::mpsc::channel,
    thread,
    time::{Duration, Instant},
};

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::BigInt};
use domain::{access::Visitor, search::Query, user::Role};
use store::{Conn, Deadline, Error, Outage, Paging, Result, Store, Unavailable};

use crate::{
    database::{add, content, noon, on_both, put, sql},
    races::is_postgres,
};

/// The timeout of each wait that has no bound of its own.
const TIMEOUT: Duration = Duration::from_secs(30);

fn seconds(seconds: f32) -> Deadline {
    Deadline::after(Duration::from_secs_f32(seconds))
}

fn outage<T: std::fmt::Debug>(outcome: Result<T>) -> Outage {
    match outcome {
        Err(Error::Unavailable(Unavailable { outage, .. })) => outage,
        outcome => panic!("{outcome:?}"),
    }
}

fn rename(conn: &mut Conn) -> Result<()> {
    sql_query("UPDATE site SET title = 'renamed'").execute(conn)?;
    Ok(())
}

fn title(store: &Store) -> String {
    store.read(store::site::get).unwrap().title
}

/// Runs `during` while another connection holds the row of the settings.
fn while_locked(store: &Store, during: impl FnOnce()) {
    store
        .write(|conn| {
            sql_query("UPDATE site SET title = title").execute(conn)?;
            during();
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_change_that_waits_for_a_lock_is_refused_at_its_deadline_and_not_made_later() {
    on_both(|store| {
        let before = title(store);
        while_locked(store, || {
            let start = Instant::now();
            let held = store.within(&seconds(1.0)).write(rename);
            assert_eq!(outage(held), Outage::Locked);
            assert!(start.elapsed() < Duration::from_millis(1500), "{:?}", start.elapsed());
        });
        assert_eq!(title(store), before);
        store.within(&seconds(5.0)).write(rename).unwrap();
        assert_eq!(title(store), "renamed");
    });
}

#[test]
fn what_was_given_up_before_its_commit_is_rolled_back() {
    on_both(|store| {
        let before = title(store);
        let deadline = seconds(60.0);
        let late = store.within(&deadline).write(|conn| {
            rename(conn)?;
            assert!(deadline.give_up());
            Ok(())
        });
        assert_eq!(outage(late), Outage::TimedOut);
        assert_eq!(title(store), before);

        let deadline = seconds(0.3);
        let late = store.within(&deadline).write(|conn| {
            rename(conn)?;
            while !deadline.is_over() {}
            Ok(())
        });
        assert_eq!(outage(late), Outage::TimedOut);
        assert_eq!(title(store), before);

        let deadline = seconds(60.0);
        store.within(&deadline).write(rename).unwrap();
        assert!(!deadline.give_up(), "what is committed cannot be given up");
    });
}

#[test]
fn without_a_deadline_a_change_waits_for_as_long_as_it_takes() {
    on_both(|store| {
        let (begin, begun) = channel();
        thread::scope(|scope| {
            let waiting = scope.spawn(move || {
                begun.recv().unwrap();
                store.write(rename)
            });
            while_locked(store, || {
                begin.send(()).unwrap();
                // Longer than the timeouts that connections begin with.
                thread::sleep(Duration::from_secs(6));
                assert!(!waiting.is_finished());
            });
            waiting.join().unwrap().unwrap();
        });
        assert_eq!(title(store), "renamed");
    });
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// The number of other connections to this database that run the statement with `mark`.
fn running(store: &Store, mark: &str) -> i64 {
    let query = format!(
        "SELECT count(*) AS count FROM pg_stat_activity
         WHERE datname = current_database() AND state = 'active' AND query LIKE '%{mark}%' AND pid <> pg_backend_pid()"
    );
    store.read(|conn| Ok(sql_query(query).get_result::<Number>(conn)?.count)).unwrap()
}

#[test]
fn a_statement_that_was_given_up_stops_and_its_connection_serves_the_next() {
    on_both(|store| {
        if !is_postgres(store) {
            return;
        }
        for round in 0..3 {
            let deadline = seconds(60.0);
            thread::scope(|scope| {
                let sleeper = scope.spawn(|| {
                    let asleep = |conn: &mut Conn| Ok(sql_query("SELECT 'sleeper', pg_sleep(50)").execute(conn)?);
                    match round {
                        0 => store.within(&deadline).read(asleep),
                        1 => store.within(&deadline).snapshot(asleep),
                        _ => store.within(&deadline).write(asleep),
                    }
                });
                let start = Instant::now();
                while running(store, "sleeper") == 0 {
                    assert!(start.elapsed() < TIMEOUT);
                }
                let given_up = Instant::now();
                assert!(deadline.give_up());
                assert_eq!(outage(sleeper.join().unwrap()), Outage::TimedOut);
                assert!(given_up.elapsed() < Duration::from_secs(5), "{:?}", given_up.elapsed());
                assert_eq!(running(store, "sleeper"), 0);
            });
            for _ in 0..20 {
                store.within(&seconds(5.0)).read(store::site::get).unwrap();
            }
        }
    });
}

#[test]
fn a_query_between_whose_statements_it_was_given_up_stops_at_the_next() {
    on_both(|store| {
        if !is_postgres(store) {
            return;
        }
        let deadline = seconds(60.0);
        let start = Instant::now();
        let stopped = store.within(&deadline).snapshot(|conn| {
            deadline.give_up();
            thread::sleep(Duration::from_millis(300));
            Ok(sql_query("SELECT pg_sleep(50)").execute(conn)?)
        });
        assert_eq!(outage(stopped), Outage::TimedOut);
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    });
}

#[test]
fn statements_outside_a_transaction_are_stopped_by_the_server_shortly_before_the_deadline() {
    on_both(|store| {
        if !is_postgres(store) {
            return;
        }
        for limit in [0.5, 1.0, 0.5] {
            let start = Instant::now();
            let slow = |conn: &mut Conn| Ok(sql_query("SELECT pg_sleep(50)").execute(conn)?);
            assert_eq!(outage(store.within(&seconds(limit)).read(slow)), Outage::TimedOut);
            assert!(start.elapsed() < Duration::from_secs_f32(limit + 0.2), "{:?}", start.elapsed());
        }
        let slow = |conn: &mut Conn| Ok(sql_query("SELECT pg_sleep(1)").execute(conn)?);
        store.read(slow).unwrap();
    });
}

#[test]
fn a_search_that_nobody_waits_for_stops_at_its_next_row() {
    on_both(|store| {
        store.write(|conn| (0..3).try_for_each(|n| put(conn, &content(&format!("page-{n}"))))).unwrap();
        add(store, "ann", Role::Reader);
        let query = Query::parse("title").unwrap();
        let search = |conn: &mut Conn| {
            store::search::list(conn, &Visitor::Anonymous, noon(), &query, Paging { number: 1, size: 10 })
        };
        assert_eq!(store.within(&seconds(60.0)).read(search).unwrap().rows.len(), 3);
        if is_postgres(store) {
            return;
        }
        let deadline = seconds(60.0);
        let stopped = store.within(&deadline).read(|conn| {
            deadline.give_up();
            search(conn)
        });
        assert_eq!(outage(stopped), Outage::TimedOut);
        assert_eq!(store.read(search).unwrap().rows.len(), 3);
    });
}

#[test]
fn a_pool_without_a_free_connection_says_so_within_the_deadline() {
    on_both(|store| {
        let none_free = |store: &Store, left: u32| -> Option<Result<()>> {
            fn hold(store: &Store, left: u32) -> Result<()> {
                match left {
                    0 => store.within(&seconds(0.5)).read(|_| Ok(())),
                    left => store.read(|_| hold(store, left - 1)),
                }
            }
            Some(hold(store, left))
        };
        let start = Instant::now();
        assert_eq!(outage(none_free(store, store.pool_size()).unwrap()), Outage::Exhausted);
        assert!(start.elapsed() < TIMEOUT);
        sql(store, "UPDATE site SET title = title").unwrap();
    });
}
