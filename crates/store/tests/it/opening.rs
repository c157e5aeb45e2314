//! Opening a database, and the error message if that fails.

use std::time::Duration;

use diesel::{RunQueryDsl, sql_query};
use store::{Conn, DatabaseUrl, Deadline, Error, Outage, Store};

use crate::database::{PostgresDatabase, postgres, sql};

fn refused(url: &str) -> String {
    match Store::open(&DatabaseUrl::parse(url).unwrap(), 1) {
        Ok(_) => panic!("{url} was opened"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_url_is_understood_or_refused_without_its_password() {
    for good in
        ["sqlite://x.db", "sqlite:///var/lib/x.db", "postgres://h/d", "postgresql://u:p@h:5432/d?sslmode=require"]
    {
        assert!(DatabaseUrl::parse(good).is_ok(), "{good}");
    }
    for bad in [
        "",
        "x.db",
        "sqlite://",
        "sqlite://folder/",
        "sqlite://:memory:",
        "sqlite://x?mode=ro",
        "postgres://",
        "mysql://u:s3cret@h/d",
        "file:x",
        "u:s3cret@h",
    ] {
        let message = DatabaseUrl::parse(bad).unwrap_err();
        assert!(message.contains("write sqlite://FILE or postgres://") && !message.contains("s3cret"), "{message}");
    }
}

#[test]
fn case_53_t55_a_url_does_not_show_its_password() {
    for url in ["postgres://ann:s3cret@h/d", "postgres://ann:s3cr@et@h/d?password=s3cret", "postgresql://ann:s3cret@h"]
    {
        let url = DatabaseUrl::parse(url).unwrap();
        for text in [url.to_string(), format!("{url:?}")] {
            assert!(text.contains("ann@") && !text.contains("s3cr"), "{text}");
        }
    }
    for odd in ["postgres://u:s3 cret@h/x", "postgres://u:s3%zzcret@h/x", "postgres://u:s3cret%@h/x"] {
        let message = DatabaseUrl::parse(odd).unwrap_err();
        assert!(message.contains("%20") && !message.contains("cret"), "{message}");
    }
    assert_eq!(DatabaseUrl::parse("sqlite://a/b.db").unwrap().to_string(), "sqlite://a/b.db");
}

#[test]
fn a_file_is_made_only_where_a_folder_is() {
    let folder = tempfile::tempdir().unwrap();
    let at = |file: &str| format!("sqlite://{}/{file}", folder.path().display());
    assert!(refused(&at("missing/x.db")).contains("there is no folder"));
    std::fs::create_dir(folder.path().join("taken.db")).unwrap();
    assert!(refused(&at("taken.db")).contains("it is a folder"));
    std::fs::write(folder.path().join("text.db"), "this is no database, but a text that is long enough".repeat(100))
        .unwrap();
    assert!(refused(&at("text.db")).contains("file is not a database"));
    let url = DatabaseUrl::parse(&at("new.db")).unwrap();
    assert!(url.missing_file().is_some());
    Store::open(&url, 1).unwrap().ping().unwrap();
    assert!(url.missing_file().is_none());
}

#[test]
fn a_server_that_refuses_is_named_at_once() {
    let Some(base) = postgres() else { return };
    let (front, _) = base.rsplit_once('/').unwrap();
    let missing = refused(&format!("{front}/no_such_database"));
    assert!(missing.contains("does not exist") && missing.contains("no_such_database"), "{missing}");
    let user = refused(&base.replace("postgres@", "nobody_here:s3cret@"));
    assert!(user.contains("nobody_here") && !user.contains("s3cret"), "{user}");
    let tls = refused(&format!("{base}?sslmode=require"));
    assert!(tls.contains("SSL"), "{tls}");
}

#[test]
fn case_56_after_the_server_dropped_every_connection_the_next_queries_work() {
    let Some(base) = postgres() else { return };
    let database = PostgresDatabase::create(&base);
    let store = Store::open(&DatabaseUrl::parse(&database.url).unwrap(), 3).unwrap();
    store.migrate().unwrap();
    let killer = Store::open(&DatabaseUrl::parse(&base).unwrap(), 1).unwrap();
    let name = database.url.rsplit('/').next().unwrap();
    for _ in 0..3 {
        store.ping().unwrap();
        sql(&killer, &format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"))
            .unwrap();
        store.read(store::site::get).unwrap();
    }
    // In the middle of a transaction it is told, as something that passes.
    let cut = store.write(|conn| {
        store::site::get(conn)?;
        sql(&killer, &format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"))?;
        store::site::get(conn)
    });
    assert!(matches!(cut, Err(Error::Unavailable(_))), "{cut:?}");
    store.read(store::site::get).unwrap();
}

#[test]
fn a_locked_file_is_waited_for_and_then_named_as_passing() {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::parse(&format!("sqlite://{}/x.db", folder.path().display())).unwrap();
    let (one, two) = (Store::open(&url, 1).unwrap(), Store::open(&url, 1).unwrap());
    one.migrate().unwrap();
    let deadline = Deadline::after(Duration::from_secs(1));
    let update = |conn: &mut Conn| Ok(sql_query("UPDATE site SET title = 'x'").execute(conn)?);
    let held = one.write(|_| Ok(two.within(&deadline).write(update))).unwrap().unwrap_err();
    assert!(matches!(&held, Error::Unavailable(held) if held.outage == Outage::Locked), "{held:?}");
    assert!(held.to_string().contains("database is locked: another transaction"), "{held}");
    two.read(store::site::get).unwrap();
}
