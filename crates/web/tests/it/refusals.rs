//! Changes that wait behind a lock: a refusal means that nothing was done, and everybody else is served meanwhile.

use std::{
    io::{Read, Write},
    sync::mpsc::{Sender, channel},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_query,
    sql_types::BigInt,
};

use crate::{
    cluster::Cluster,
    server::{PASSWORD, Server, status, text},
    site::basic,
};

/// The timeout of each wait that has no bound of its own.
const TIMEOUT: Duration = Duration::from_secs(40);

/// A server on one of the two databases.
pub struct Place {
    pub server: Server,
    pub cluster: Option<Cluster>,
}

/// Runs a test on a server over SQLite and on one over PostgreSQL.
fn on_both(test: impl Fn(&Place)) {
    test(&Place { server: Server::start(), cluster: None });
    if let Some(place) = on_postgres() {
        test(&place);
    }
}

pub fn on_postgres() -> Option<Place> {
    let cluster = Cluster::start()?;
    let server = Server::start_with(&[("DATABASE_URL", &cluster.url())]);
    Some(Place { server, cluster: Some(cluster) })
}

/// A transaction of another program, open until it is released.
pub struct HeldLock {
    release: Sender<()>,
    thread: JoinHandle<()>,
}

impl HeldLock {
    pub fn release(self) {
        self.release.send(()).unwrap();
        self.thread.join().unwrap();
    }
}

impl Place {
    fn cli(&self, arguments: &[&str], input: &str) -> (bool, String, String) {
        let url = self.cluster.as_ref().map(Cluster::url);
        let options: Vec<&str> = url.iter().flat_map(|url| ["--database-url", url.as_str()]).collect();
        text(&self.server.cli(&[&options, arguments].concat(), input))
    }

    pub fn done(&self, arguments: &[&str], input: &str) {
        let (done, _, error) = self.cli(arguments, input);
        assert!(done, "{error}");
    }

    /// Holds a lock in a transaction of another program: `statement` on PostgreSQL, the whole file on SQLite.
    pub fn hold(&self, statement: &str) -> HeldLock {
        let (locked, is_locked) = channel();
        let (release, released) = channel::<()>();
        let statement = statement.to_owned();
        let thread = match &self.cluster {
            Some(cluster) => {
                let url = cluster.url();
                thread::spawn(move || {
                    let mut conn = PgConnection::establish(&url).unwrap();
                    conn.batch_execute(&format!("BEGIN; {statement}")).unwrap();
                    locked.send(()).unwrap();
                    released.recv().unwrap();
                    conn.batch_execute("ROLLBACK").unwrap();
                })
            }
            None => {
                let file = self.server.folder.path().join("postern.db");
                thread::spawn(move || {
                    let mut conn = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
                    conn.batch_execute("PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE").unwrap();
                    locked.send(()).unwrap();
                    released.recv().unwrap();
                    conn.batch_execute("ROLLBACK").unwrap();
                })
            }
        };
        is_locked.recv().unwrap();
        HeldLock { release, thread }
    }

    pub fn get(&self, uri: &str, credentials: &str) -> String {
        self.server.raw(head("GET", uri, credentials) + "\r\n")
    }

    pub fn post(&self, uri: &str, fields: &[(String, String)]) -> String {
        let body = serde_html_form::to_string(fields).unwrap();
        let media = "Content-Type: application/x-www-form-urlencoded";
        let head = head("POST", uri, &admin());
        self.server.raw(format!("{head}{media}\r\nContent-Length: {}\r\n\r\n{body}", body.len()))
    }

    /// The key of a page, and its form with another text.
    fn form(&self, path: &str, body: &str) -> (String, Vec<(String, String)>) {
        let list = self.get(&format!("/admin/pages?q={path}"), &admin());
        let uri = format!("/admin/pages/{}", value(&list, "id"));
        let page = self.get(&uri, &admin());
        (uri, filled(&page, path, body))
    }

    fn text_of(&self, path: &str) -> String {
        self.cli(&["page", "show", path], "").1
    }
}

pub fn admin() -> String {
    format!("admin:{PASSWORD}")
}

fn head(method: &str, uri: &str, credentials: &str) -> String {
    let authorization = match credentials {
        "" => String::new(),
        credentials => format!("Authorization: {}\r\n", basic(credentials)),
    };
    format!("{method} {uri} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{authorization}")
}

pub fn value(page: &str, field: &str) -> String {
    let rest = page.split(&format!("name=\"{field}\" value=\"")).nth(1).unwrap_or_else(|| panic!("no {field}: {page}"));
    rest.split('"').next().unwrap().to_owned()
}

/// The fields of a page's form, as a browser would send them.
fn filled(page: &str, path: &str, body: &str) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> =
        ["form_token", "version", "draft", "form"].map(|field| (field.into(), value(page, field))).into();
    for (field, value) in [("title", "Title"), ("path", path), ("audience", "public"), ("body", body)] {
        fields.push((field.into(), value.into()));
    }
    fields
}

#[test]
fn a_save_that_was_refused_is_not_made_later_and_the_same_form_saves_it() {
    on_both(|place| {
        place.done(&["page", "put", "notes", "--title", "Notes", "--public"], "old");
        let (uri, form) = place.form("notes", "new");
        let held = place.hold("SELECT 1 FROM pages WHERE path = 'notes' FOR UPDATE");
        let start = Instant::now();
        let answer = place.post(&uri, &form);
        assert_eq!(status(&answer), 503, "{answer}");
        assert!(start.elapsed() < Duration::from_secs(7), "{:?}", start.elapsed());
        assert!(answer.contains("cannot be written now") && answer.contains("retry-after: 5"), "{answer}");
        held.release();
        // A change that still waited for the lock would be saved now.
        thread::sleep(Duration::from_secs(1));
        assert_eq!(place.text_of("notes").trim(), "old");
        assert_eq!(status(&place.post(&uri, &form)), 303);
        assert_eq!(place.text_of("notes").trim(), "new");
    });
}

#[test]
fn while_twelve_saves_wait_for_a_lock_pages_and_sign_ins_are_answered_and_users_locked_out() {
    on_both(|place| {
        place.done(&["page", "put", "notes", "--title", "Notes", "--public"], "old");
        for n in 0..20 {
            let page = format!("private-{n}");
            place.done(&["page", "put", &page, "--title", "Private", "--private"], "text");
        }
        for user in ["ann", "bob"] {
            place.done(&["user", "add", user, "--role", "reader"], "open sesame");
        }
        let (uri, form) = place.form("notes", "new");
        let list = place.get("/admin/users?q=bob", &admin());
        let held = place.hold("SELECT 1 FROM pages WHERE path = 'notes' FOR UPDATE");
        thread::scope(|scope| {
            let saves: Vec<_> = (0..12).map(|_| scope.spawn(|| status(&place.post(&uri, &form)))).collect();
            let start = Instant::now();
            // Each needs a connection while saves take all others.
            for n in 0..20 {
                let credentials = if n % 2 == 0 { "ann:open sesame" } else { "bob:open sesame" };
                let answer = place.get(&format!("/private-{n}"), credentials);
                assert_eq!(status(&answer), 200, "{n}: {answer}");
            }
            if place.cluster.is_some() {
                let token = ("form_token".to_owned(), value(&list, "form_token"));
                let fields = [("action", "disable"), ("id", &value(&list, "id")), ("confirm", "yes")];
                let fields: Vec<_> =
                    fields.map(|(name, value)| (name.into(), value.into())).into_iter().chain([token]).collect();
                assert_eq!(status(&place.post("/admin/users/actions", &fields)), 303);
                assert_eq!(status(&place.get("/private-1", "bob:open sesame")), 401);
            }
            assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
            for save in saves {
                assert_eq!(save.join().unwrap(), 503);
            }
        });
        held.release();
        assert_eq!(place.text_of("notes").trim(), "old");
        assert_eq!(status(&place.post(&uri, &form)), 303);
    });
}

#[test]
fn a_user_is_locked_out_from_the_command_line_however_long_another_change_takes() {
    on_both(|place| {
        place.done(&["user", "add", "ann", "--role", "reader"], "open sesame");
        place.done(&["page", "put", "plan", "--title", "Plan", "--public"], "text");
        let held = place.hold("UPDATE users SET version = version; UPDATE pages SET version = version");
        thread::scope(|scope| {
            let disable = scope.spawn(|| place.cli(&["user", "disable", "ann"], ""));
            let close = scope.spawn(|| place.cli(&["page", "put", "plan", "--title", "Plan", "--private"], "text"));
            // Longer than any timeout of a request.
            thread::sleep(Duration::from_secs(7));
            assert!(!disable.is_finished() && !close.is_finished());
            held.release();
            for command in [disable, close] {
                let (done, _, error) = command.join().unwrap();
                assert!(done && error.contains("waiting for the database"), "{error}");
            }
        });
        assert_eq!(status(&place.get("/welcome", "ann:open sesame")), 200, "a public page");
        assert_eq!(status(&place.get("/plan", "ann:open sesame")), 401);
    });
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

impl Cluster {
    /// The number of statements of Postern that run.
    fn running(&self, condition: &str) -> i64 {
        let mut conn = PgConnection::establish(&self.url()).unwrap();
        let query = format!(
            "SELECT count(*) AS count FROM pg_stat_activity
             WHERE application_name = 'postern' AND state = 'active' AND {condition}"
        );
        sql_query(query).get_result::<Number>(&mut conn).unwrap().count
    }

    #[track_caller]
    fn until(&self, condition: &str, wanted: impl Fn(i64) -> bool, within: Duration) {
        let start = Instant::now();
        while !wanted(self.running(condition)) {
            assert!(start.elapsed() < within, "{condition} after {:?}", start.elapsed());
            thread::sleep(Duration::from_millis(20));
        }
    }
}

#[test]
fn a_search_whose_client_has_gone_or_whose_time_is_over_stops() {
    let Some(place) = on_postgres() else { return };
    let cluster = place.cluster.as_ref().unwrap();
    let held = place.hold("LOCK TABLE search IN ACCESS EXCLUSIVE MODE");
    let waiting = "wait_event_type = 'Lock'";
    let mut client = place.server.connect();
    client.write_all((head("GET", "/search?q=page", "") + "\r\n").as_bytes()).unwrap();
    cluster.until(waiting, |count| count == 1, TIMEOUT);
    drop(client);
    cluster.until(waiting, |count| count == 0, Duration::from_secs(3));

    let start = Instant::now();
    let answer = place.get("/search?q=page", "");
    assert_eq!(status(&answer), 503, "{answer}");
    assert!(start.elapsed() < Duration::from_secs(7), "{:?}", start.elapsed());
    cluster.until(waiting, |count| count == 0, Duration::from_secs(1));
    held.release();
    assert_eq!(status(&place.get("/search?q=page", "")), 200);
}

/// Saves a form whose commit is written but never confirmed: the server process waits for a standby that does not exist,
/// and is then killed.
fn save_and_lose_the_answer(place: &Place, uri: &str, form: &[(String, String)]) {
    let cluster = place.cluster.as_ref().unwrap();
    cluster.sql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    cluster.sql("SELECT pg_reload_conf()");
    thread::scope(|scope| {
        let save = scope.spawn(|| place.post(uri, form));
        let waiting = "wait_event = 'SyncRep' AND query = 'COMMIT'";
        cluster.until(waiting, |count| count > 0, TIMEOUT);
        cluster.sql(&format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {waiting}"));
        let answer = save.join().unwrap();
        assert_eq!(status(&answer), 503, "{answer}");
        assert!(answer.contains("It may have been saved; reload the page to see."), "{answer}");
    });
    cluster.sql("ALTER SYSTEM RESET synchronous_standby_names");
    cluster.sql("SELECT pg_reload_conf()");
}

#[test]
fn a_form_whose_answer_was_lost_recognises_its_own_save() {
    let Some(place) = on_postgres() else { return };
    place.done(&["page", "put", "notes", "--title", "Notes", "--public"], "old");
    let (uri, form) = place.form("notes", "new");
    save_and_lose_the_answer(&place, &uri, &form);
    assert_eq!(place.text_of("notes").trim(), "new", "it was saved");
    assert_eq!(status(&place.post(&uri, &form)), 303);
    let newer: Vec<_> =
        form.iter().filter(|(name, _)| name != "body").cloned().chain([("body".into(), "newer".into())]).collect();
    assert_eq!(status(&place.post(&uri, &newer)), 303, "and it goes on from there");
    assert_eq!(place.text_of("notes").trim(), "newer");

    let form = filled(&place.get("/admin/pages/new", &admin()), "fresh", "text");
    save_and_lose_the_answer(&place, "/admin/pages", &form);
    assert_eq!(place.text_of("fresh").trim(), "text");
    assert_eq!(status(&place.post("/admin/pages", &form)), 303);
}

/// Sends a form whose change is committed, and after which the database gives nothing more of a table: another program has asked
/// for all of it meanwhile.
fn post_and_lose_the_table(place: &Place, table: &str, uri: &str, form: &[(String, String)]) -> String {
    let cluster = place.cluster.as_ref().unwrap();
    let of_the_trail = place.hold("LOCK TABLE audit IN SHARE MODE");
    thread::scope(|scope| {
        let change = scope.spawn(|| place.post(uri, form));
        cluster.until("wait_event_type = 'Lock'", |count| count > 0, TIMEOUT);
        let lock = format!("LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE");
        let whole = scope.spawn(move || place.hold(&lock));
        let mut conn = PgConnection::establish(&cluster.url()).unwrap();
        let asked =
            format!("SELECT count(*) AS count FROM pg_locks WHERE NOT granted AND relation = '{table}'::regclass");
        let start = Instant::now();
        while sql_query(&asked).get_result::<Number>(&mut conn).unwrap().count == 0 {
            assert!(start.elapsed() < TIMEOUT, "nobody asks for {table}");
            thread::sleep(Duration::from_millis(20));
        }
        of_the_trail.release();
        let answer = change.join().unwrap();
        whole.join().unwrap().release();
        answer
    })
}

fn fields(page: &str, names: &[&str], typed: &[(&str, &str)]) -> Vec<(String, String)> {
    let hidden = names.iter().map(|name| ((*name).to_owned(), value(page, name)));
    hidden.chain(typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))).collect()
}

#[test]
fn t67_a_secret_that_was_made_is_shown_whatever_the_database_does_then() {
    let Some(place) = on_postgres() else { return };
    place.done(&["page", "put", "plan", "--title", "Plan", "--private"], "the plan");
    let page = value(&place.get("/admin/pages?q=plan", &admin()), "id");
    let uri = format!("/admin/pages/{page}/shares");
    let typed = [("label", "Acme"), ("until", "7d"), ("shows", "page")];
    let form = fields(&place.get(&uri, &admin()), &["form_token", "form"], &typed);
    let answer = post_and_lose_the_table(&place, "shares", &uri, &form);
    assert_eq!(status(&answer), 200, "{answer}");
    assert!(answer.contains("The link for") && answer.contains("/s/"), "{answer}");

    let typed = [("name", "backup"), ("below", ""), ("days", "90")];
    let form = fields(&place.get("/account", &admin()), &["form_token", "form"], &typed);
    let answer = post_and_lose_the_table(&place, "app_passwords", "/account/app-passwords", &form);
    assert_eq!(status(&answer), 200, "{answer}");
    assert!(answer.contains("ptn_"), "{answer}");

    for (name, then) in [("zoe", "save"), ("yan", "another")] {
        let typed = [("name", name), ("role", "reader"), ("active", "on"), ("by", "link"), ("then", then)];
        let form = fields(&place.get("/admin/users/new", &admin()), &["form_token"], &typed);
        let answer = post_and_lose_the_table(&place, "users", "/admin/users", &form);
        assert_eq!(status(&answer), 200, "{answer}");
        assert!(answer.contains("/join/"), "{answer}");
    }
}

#[test]
fn t68_a_refused_file_does_not_say_that_the_draft_beside_it_was_not_saved() {
    on_both(|place| {
        place.done(&["page", "put", "plan", "--title", "Plan", "--public"], "old");
        let (uri, form) = place.form("plan", "typed beside the file");
        let part = |name: &str, value: &str| {
            format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let fields: String = form.iter().map(|(name, value)| part(name, value)).collect();
        let file = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\r\n";
        let (begin, end) = (format!("{fields}{file}"), "bytes\r\n--x--\r\n");
        let mut client = place.server.connect();
        let head = head("POST", &format!("{}/files", uri.replace("pages", "drafts")), &admin());
        let media = "Accept: text/html\r\nContent-Type: multipart/form-data; boundary=x";
        let length = begin.len() + end.len();
        write!(client, "{head}{media}\r\nContent-Length: {length}\r\n\r\n{begin}").unwrap();
        let start = Instant::now();
        let is_saved = || place.get(&uri, &admin()).contains("typed beside the file");
        while !is_saved() {
            assert!(start.elapsed() < TIMEOUT, "the draft was not saved");
        }
        let held = place.hold("LOCK TABLE contents IN ACCESS EXCLUSIVE MODE");
        client.write_all(end.as_bytes()).unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).unwrap();
        held.release();
        assert_eq!(status(&answer), 503, "{answer}");
        assert!(!answer.contains("Nothing was changed") && answer.contains("A part of this was saved"), "{answer}");
        assert!(is_saved());
    });
}
