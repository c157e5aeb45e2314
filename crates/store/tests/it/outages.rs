//! Databases that refuse writes or connections: the error names the thing and the fix.

use std::time::Duration;

use diesel::{Connection, PgConnection, RunQueryDsl, connection::SimpleConnection, sql_query};
use domain::user::Role;
use store::{Conn, DatabaseUrl, Deadline, Error, Outage, Result, Store, Unavailable};

use crate::database::{PostgresDatabase, add, on_both, postgres, sql};

fn unavailable<T: std::fmt::Debug>(outcome: Result<T>) -> Unavailable {
    match outcome {
        Err(Error::Unavailable(unavailable)) => unavailable,
        outcome => panic!("{outcome:?}"),
    }
}

fn pragma(store: &Store, pragma: &str) {
    store.read(|conn| Ok(conn.batch_execute(&format!("PRAGMA {pragma}"))?)).unwrap();
}

fn sqlite(folder: &tempfile::TempDir) -> (DatabaseUrl, Store) {
    let url = DatabaseUrl::parse(&format!("sqlite://{}/x.db", folder.path().display())).unwrap();
    let store = Store::open(&url, 1).unwrap();
    store.migrate().unwrap();
    (url, store)
}

const GROW: &str = "UPDATE site SET refusal = printf('%1000000d', 1)";

#[test]
fn a_full_disk_is_named_and_remembered_until_a_write_succeeds() {
    let folder = tempfile::tempdir().unwrap();
    let (_, store) = sqlite(&folder);
    assert_eq!(store.write_refusal(), None);
    pragma(&store, "max_page_count = 1");
    let full = unavailable(sql(&store, GROW));
    assert_eq!(full.outage, Outage::Full);
    assert!(full.words.contains("free space on the disk of") && full.words.contains("x.db"), "{full}");
    assert_eq!(store.write_refusal(), Some(Outage::Full));
    // What writes nothing proves nothing.
    store.write(|conn| store::site::get(conn).map(drop)).unwrap();
    assert_eq!(store.write_refusal(), Some(Outage::Full));
    store.read(store::site::get).unwrap();
    pragma(&store, "max_page_count = 1000000");
    sql(&store, GROW).unwrap();
    assert_eq!(store.write_refusal(), None);
}

#[test]
fn a_file_that_takes_no_writes_is_read_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let (_, store) = sqlite(&folder);
    assert_eq!(store.find_write_obstacle().unwrap(), None);
    pragma(&store, "query_only = ON");
    assert_eq!(unavailable(sql(&store, "UPDATE site SET title = 'x'")).outage, Outage::ReadOnly);
    assert_eq!(store.write_refusal(), Some(Outage::ReadOnly));
    store.read(store::site::get).unwrap();
    pragma(&store, "query_only = OFF");
    sql(&store, "UPDATE site SET title = 'x'").unwrap();
    assert_eq!(store.write_refusal(), None);
}

#[test]
fn a_server_whose_transactions_are_read_only_is_opened_and_read() {
    let Some(base) = postgres() else { return };
    let database = PostgresDatabase::create(&base);
    let url = DatabaseUrl::parse(&database.url).unwrap();
    Store::open(&url, 1).unwrap().migrate().unwrap();
    let name = database.url.rsplit('/').next().unwrap();
    let set = |value: &str| {
        let mut conn = PgConnection::establish(&base).unwrap();
        sql_query(format!("ALTER DATABASE {name} SET default_transaction_read_only = {value}"))
            .execute(&mut conn)
            .unwrap();
    };
    set("on");
    let store = Store::open(&url, 2).unwrap();
    assert_eq!(store.migrate(), Ok(Vec::new()), "nothing is written if nothing is pending");
    assert_eq!(store.pending(), Ok(Vec::new()));
    let obstacle = store.find_write_obstacle().unwrap().unwrap();
    assert!(obstacle.words.contains("default_transaction_read_only"), "{obstacle}");
    store.read(store::site::get).unwrap();
    let refused = unavailable(sql(&store, "UPDATE site SET title = 'x'"));
    assert_eq!(refused.outage, Outage::ReadOnly);
    assert!(refused.words.contains("standby") && refused.words.contains("DATABASE_URL"), "{refused}");
    assert_eq!(store.write_refusal(), Some(Outage::ReadOnly));
    set("off");
    let store = Store::open(&url, 2).unwrap();
    assert_eq!(store.find_write_obstacle().unwrap(), None);
    sql(&store, "UPDATE site SET title = 'x'").unwrap();
}

#[test]
fn a_full_disk_of_the_server_is_named() {
    on_both(|store| {
        let Ok(()) = store.read(|conn| match conn {
            Conn::Postgres(_) => Ok(()),
            Conn::Sqlite(_) => Err(Error::Stale),
        }) else {
            return;
        };
        let message = "could not extend file \"base/5/1259\": No space left on device";
        let fail = format!(
            "CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = 'disk_full'; END $$;
             CREATE TRIGGER fill BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION fill()"
        );
        let ann = add(store, "ann", Role::Reader);
        store.write(|conn| Ok(conn.batch_execute(&fail)?)).unwrap();
        let disable = |conn: &mut Conn| {
            store::writing::users::set_active(
                conn,
                &crate::database::admin(),
                &[ann.id],
                false,
                crate::database::noon(),
            )
        };
        let full = unavailable(store.write(disable));
        assert_eq!(full.outage, Outage::Full);
        assert!(full.words.contains("free space on the disk of the database server"), "{full}");
        assert_eq!(store.write_refusal(), Some(Outage::Full));
        sql(store, "DROP TRIGGER fill ON users").unwrap();
        store.write(disable).unwrap();
        assert_eq!(store.write_refusal(), None);
    });
}

#[test]
fn a_server_without_a_free_connection_is_named() {
    let Some(base) = postgres() else { return };
    let database = PostgresDatabase::create(&base);
    let name = database.url.rsplit('/').next().unwrap();
    let role = format!("role_of_{name}");
    let mut conn = PgConnection::establish(&base).unwrap();
    let mut run = |statement: &str| sql_query(statement).execute(&mut conn).unwrap();
    run(&format!("CREATE ROLE {role} LOGIN CONNECTION LIMIT 3"));
    run(&format!("ALTER DATABASE {name} OWNER TO {role}"));
    let url = database.url.replacen("postgres@", &format!("{role}@"), 1);
    let store = Store::open(&DatabaseUrl::parse(&url).unwrap(), 5).unwrap();
    store.migrate().unwrap();
    fn hold(store: &Store, connections: u32) -> Result<()> {
        match connections {
            0 => store.within(&Deadline::after(Duration::from_secs(4))).read(|_| Ok(())),
            left => store.read(|_| hold(store, left - 1)),
        }
    }
    let full = unavailable(hold(&store, 3));
    assert_eq!(full.outage, Outage::TooManyConnections);
    assert!(full.words.contains("raise max_connections"), "{full}");
    drop((store, database));
    run(&format!("DROP ROLE {role}"));
}
