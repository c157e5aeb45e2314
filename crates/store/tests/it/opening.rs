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
    for (url, shown) in [
        ("postgres://ann:s3cret@h/d", "postgres://…@h/d"),
        ("postgresql://ann:s3cret@h:5432,[::1]:5433/d?sslmode=require", "postgresql://…@h:5432,[::1]:5433/d"),
        ("postgres://h/d?password=s3cret", "postgres://h/d"),
        ("postgres://ann:s3c#ret@h/d", "postgres://…@h/d"),
        ("postgres://ann:s3c?ret@h/d", "postgres://…@h/d"),
        ("postgres:///d?host=/run/postgresql", "postgres:///d"),
        // libpq would misread these.
        ("postgres://ann:s3cr@et@h/d?password=s3cret", "postgres://…"),
        ("postgres://ann:s3c/ret@h/d", "postgres://…"),
        ("postgres://ann:s3c@r/et@h/d", "postgres://…"),
        ("postgres://ann:s3c@r?et@h/d", "postgres://…"),
        ("postgres://ann:s3c@r?e=t@h/d", "postgres://…"),
        ("postgres://ann:s3cret/d", "postgres://…"),
        ("postgres://h/d?password=s3c@ret", "postgres://…"),
    ] {
        let parsed = DatabaseUrl::parse(url).unwrap();
        for text in [parsed.to_string(), format!("{parsed:?}")] {
            assert_eq!(text, shown, "{url}");
        }
        let has_odd_character = shown.ends_with('…') || url.contains("s3c#") || url.contains("s3c?");
        assert_eq!(parsed.hint().is_some(), has_odd_character, "{url}");
        if shown.ends_with('…') {
            let message = refused(url);
            assert!(message.contains("%40"), "{message}");
            for part in ["s3c", "ret", "et@", "r/et", "ann:"] {
                assert!(!message.contains(part), "{part}: {message}");
            }
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
fn a_new_file_is_for_its_owner_alone_and_one_that_others_can_read_is_told() {
    use std::{fs::Permissions, os::unix::fs::PermissionsExt};
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.db");
    let url = DatabaseUrl::parse(&format!("sqlite://{}", file.display())).unwrap();
    let store = Store::open(&url, 1).unwrap();
    store.migrate().unwrap();
    for suffix in ["", "-wal", "-shm"] {
        let mode = std::fs::metadata(format!("{}{suffix}", file.display())).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{suffix}");
    }
    let set = |path: &std::path::Path, mode| std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    set(&file, 0o644);
    set(folder.path(), 0o755);
    let told = Store::exposure(&url).unwrap();
    assert!(told.contains("x.db has mode 644") && told.contains("chmod 600"), "{told}");
    // Others do not reach it.
    set(folder.path(), 0o700);
    assert_eq!(Store::exposure(&url), None);
    set(folder.path(), 0o755);
    set(&file, 0o640);
    assert_eq!(Store::exposure(&url), None);
}

#[test]
fn a_database_of_another_encoding_is_refused() {
    let Some(base) = postgres() else { return };
    let database =
        PostgresDatabase::create_with(&base, "ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
    let message = refused(&database.url);
    assert!(message.contains("SQL_ASCII") && message.contains("UTF8"), "{message}");
}

#[test]
fn a_server_that_refuses_is_named_at_once() {
    let Some(base) = postgres() else { return };
    let (front, _) = base.rsplit_once('/').unwrap();
    let missing = refused(&format!("{front}/no_such_database"));
    assert!(missing.contains("does not exist") && missing.contains("no_such_database"), "{missing}");
    let user = refused(&base.replace("postgres@", "nobody_here:s3cret@"));
    assert!(user.contains("nobody_here") && !user.contains("s3cret"), "{user}");
    // libpq understands it.
    let odd = refused(&base.replace("postgres@", "nobody_here:s3c#r?et@"));
    assert!(odd.contains("nobody_here") && !odd.contains("s3c") && !odd.contains("r?et"), "{odd}");
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

#[test]
fn the_load_of_the_pool_counts_who_has_a_connection_and_who_waits() {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::parse(&format!("sqlite://{}/x.db", folder.path().display())).unwrap();
    let store = Store::open(&url, 1).unwrap();
    let load = || {
        let load = store.pool_load();
        (load.size, load.open, load.in_use, load.waiting)
    };
    assert_eq!(load(), (1, 0, 0, 0), "it is opened when it is needed");
    store
        .read(|_| {
            assert_eq!(load(), (1, 1, 1, 0));
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    let waits = Deadline::after(Duration::from_millis(500));
                    assert!(store.within(&waits).read(|_| Ok(())).is_err());
                });
                while load() != (1, 1, 1, 1) {}
            });
            Ok(())
        })
        .unwrap();
    assert_eq!(load(), (1, 1, 0, 0));
}
