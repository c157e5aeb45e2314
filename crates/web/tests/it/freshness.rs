//! What an operator does to a running server's database: files that are exchanged, dumps that are restored, poolers, two
//! servers behind one URL, a process that is suspended. No answer may be older than the database.

use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command},
    time::{Duration, Instant},
};

use crate::{
    client::Client,
    cluster::{Cluster, as_postgres, give_to_postgres},
    server::{PASSWORD, Server, finish, postern, text},
};

/// The timeout of each wait that has no bound of its own.
const TIMEOUT: Duration = Duration::from_secs(40);
/// The maximum time for which an old answer may be given after the database was exchanged: a heartbeat, on a busy
/// machine.
const NOTICED: Duration = Duration::from_secs(2);

/// Runs a command on a database, and fails the test if it fails.
fn cli(server: &Server, url: &str, arguments: &[&str], input: &str) {
    let mut command = postern(server.folder.path(), arguments);
    command.env("DATABASE_URL", url);
    let (done, _, error) = text(&finish(command, input));
    assert!(done, "{arguments:?}: {error}");
}

/// Adds the reader ann, a page that she reads, and a page for everybody.
fn fill(server: &Server, url: &str) {
    cli(server, url, &["user", "add", "ann", "--role", "reader"], "open sesame");
    cli(server, url, &["page", "put", "secret", "--title", "Secret", "--private"], "The treasure.");
    cli(server, url, &["page", "put", "hello", "--title", "Hello"], "Hello.");
}

/// Revokes both kinds of access: hello becomes private, and ann is disabled.
fn revoke(server: &Server, url: &str) {
    cli(server, url, &["page", "put", "hello", "--title", "Hello", "--private"], "Hello.");
    cli(server, url, &["user", "disable", "ann"], "");
}

/// Two clients whose answers are in the cache.
struct Readers {
    ann: Client,
    stranger: Client,
}

impl Readers {
    fn of(server: &Server) -> Readers {
        let mut readers = Readers { ann: Client::of(server, "ann:open sesame"), stranger: Client::of(server, "") };
        readers.ann.until("/secret", 200, &[401, 404, 503], TIMEOUT);
        readers.stranger.until("/hello", 200, &[404, 503], TIMEOUT);
        for _ in 0..3 {
            assert_eq!(readers.statuses(), (200, 200));
        }
        readers
    }

    fn statuses(&mut self) -> (u16, u16) {
        (self.ann.status("/secret"), self.stranger.status("/hello"))
    }

    /// Requires that both are refused soon, and never get the old answers again.
    #[track_caller]
    fn lose_access(&mut self) {
        self.ann.until("/secret", 401, &[200, 503], TIMEOUT);
        self.stranger.until("/hello", 401, &[200, 503], TIMEOUT);
        for _ in 0..20 {
            assert_eq!(self.statuses(), (401, 401));
        }
    }

    /// Requires that no old answer is given after `NOTICED`, whatever is answered instead.
    #[track_caller]
    fn get_nothing_old(&mut self) {
        let begun = Instant::now();
        loop {
            let asked_at = begun.elapsed();
            // A refusal may take seconds, in which the other client is not asked.
            let (ann, ann_at) = (self.ann.status("/secret"), begun.elapsed());
            let (stranger, stranger_at) = (self.stranger.status("/hello"), begun.elapsed());
            assert!(ann != 200 || ann_at < NOTICED, "{ann} after {ann_at:?}");
            assert!(stranger != 200 || stranger_at < NOTICED, "{stranger} after {stranger_at:?}");
            if [(401, 401), (503, 503)].contains(&(ann, stranger)) {
                break;
            }
            assert!(asked_at < NOTICED, "{ann} {stranger}");
        }
        for _ in 0..20 {
            let (ann, stranger) = self.statuses();
            assert!(ann != 200 && stranger != 200, "{ann} {stranger}");
        }
    }
}

/// A server on a SQLite file, and another database with the same history, in which access was revoked.
struct Exchange {
    server: Server,
    readers: Readers,
    file: PathBuf,
    other: PathBuf,
}

impl Exchange {
    fn new() -> Exchange {
        let server = Server::start();
        let file = server.folder.path().join("postern.db");
        fill(&server, &url(&file));
        let other = server.folder.path().join("other.db");
        python(&format!(
            "import sqlite3; sqlite3.connect('{}').execute(\"VACUUM INTO '{}'\")",
            file.display(),
            other.display()
        ));
        revoke(&server, &url(&other));
        let readers = Readers::of(&server);
        Exchange { server, readers, file, other }
    }

    /// Moves all that is in the log into the file.
    fn checkpoint(&self) {
        python(&format!(
            "import sqlite3; sqlite3.connect('{}').execute('PRAGMA wal_checkpoint(TRUNCATE)')",
            self.file.display()
        ));
    }

    fn remove_companions(&self) {
        for suffix in ["-wal", "-shm"] {
            std::fs::remove_file(format!("{}{suffix}", self.file.display())).unwrap();
        }
    }
}

fn url(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

fn python(script: &str) {
    assert!(Command::new("python3").args(["-c", script]).status().unwrap().success());
}

#[test]
fn another_file_that_is_moved_to_the_databases_path_is_read_at_once() {
    let mut exchange = Exchange::new();
    exchange.remove_companions();
    std::fs::rename(&exchange.other, &exchange.file).unwrap();
    exchange.readers.get_nothing_old();
    exchange.readers.lose_access();
    exchange.readers.stranger.until("/readyz", 200, &[503], TIMEOUT);
    // A save goes to the new file.
    let mut admin = Client::of(&exchange.server, &format!("admin:{PASSWORD}"));
    assert_eq!(admin.status("/admin/"), 200);
    cli(&exchange.server, &url(&exchange.file), &["page", "put", "new", "--title", "New"], "");
    exchange.readers.stranger.until("/new", 200, &[404], TIMEOUT);
}

/// A file that SQLite finds damaged beside the log of the database, whose first bytes are in the file itself.
fn damaged(exchange: &mut Exchange) -> Vec<u8> {
    const HEADER: usize = 100;
    exchange.checkpoint();
    cli(&exchange.server, &url(&exchange.file), &["page", "put", "later", "--title", "Later"], "");
    exchange.readers = Readers::of(&exchange.server);
    let mut content = std::fs::read(&exchange.file).unwrap();
    content[HEADER..].fill(0xff);
    content
}

#[test]
fn t66_another_file_beside_the_old_log_leaves_nothing_of_the_old_one() {
    let mut exchange = Exchange::new();
    let content = damaged(&mut exchange);
    std::fs::write(&exchange.other, content).unwrap();
    std::fs::rename(&exchange.other, &exchange.file).unwrap();
    exchange.readers.get_nothing_old();
    exchange.readers.stranger.until("/readyz", 503, &[200], TIMEOUT);
    let log = exchange.server.log();
    let is_explained = |line: &str| line.contains("the database does not answer") && line.contains("check the disk");
    assert!(log.lines().any(is_explained), "{log}");
}

#[test]
fn t66_another_content_beside_the_old_log_leaves_nothing_of_the_old_one() {
    let mut exchange = Exchange::new();
    let content = damaged(&mut exchange);
    File::options().write(true).open(&exchange.file).unwrap().write_all(&content).unwrap();
    exchange.readers.get_nothing_old();
}

#[test]
fn a_file_that_is_moved_away_is_503_at_once_and_its_return_is_noticed() {
    let mut exchange = Exchange::new();
    let away = exchange.file.with_extension("away");
    std::fs::rename(&exchange.file, &away).unwrap();
    let mut admin = Client::of(&exchange.server, &format!("admin:{PASSWORD}"));
    admin.until("/admin/", 503, &[200], TIMEOUT);
    let begun = Instant::now();
    assert_eq!(admin.status("/admin/"), 503);
    assert!(begun.elapsed() < Duration::from_secs(1), "a file that is gone needs no waiting");
    assert_eq!(exchange.readers.stranger.status("/readyz"), 503);
    assert!(!exchange.file.exists(), "no empty database was created in its place");
    assert!(exchange.server.log().contains("is gone"), "{}", exchange.server.log());
    std::fs::rename(&away, &exchange.file).unwrap();
    exchange.readers.stranger.until("/readyz", 200, &[503], TIMEOUT);
    exchange.readers.ann.until("/secret", 200, &[503], TIMEOUT);
}

#[test]
fn another_content_that_is_copied_over_the_file_is_read_at_once() {
    let mut exchange = Exchange::new();
    // Otherwise the log beside the file would be applied to its new content.
    exchange.checkpoint();
    exchange.readers.stranger.until("/readyz", 200, &[503], TIMEOUT);
    let content = std::fs::read(&exchange.other).unwrap();
    File::options().write(true).open(&exchange.file).unwrap().write_all(&content).unwrap();
    exchange.readers.get_nothing_old();
    exchange.readers.lose_access();
}

#[test]
fn a_file_whose_log_was_removed_is_not_used_until_a_restart() {
    let mut exchange = Exchange::new();
    exchange.remove_companions();
    let content = std::fs::read(&exchange.other).unwrap();
    std::fs::write(&exchange.file, &content).unwrap();
    exchange.readers.get_nothing_old();
    exchange.readers.stranger.until("/readyz", 503, &[], TIMEOUT);
    let is_explained = || exchange.server.log().contains("restart Postern");
    let begun = Instant::now();
    while !is_explained() {
        assert!(begun.elapsed() < TIMEOUT, "{}", exchange.server.log());
    }
    // Not even the end of the process writes the removed log into the restored file.
    exchange.server.signal("TERM");
    exchange.server.wait();
    assert_eq!(std::fs::read(&exchange.file).unwrap(), content);
}

#[test]
fn a_backup_of_another_history_that_is_restored_into_the_file_is_read_at_once() {
    let mut exchange = Exchange::new();
    // Its change numbers run past those of the file.
    for n in 0..20 {
        let path = format!("page-{n}");
        cli(&exchange.server, &url(&exchange.other), &["page", "put", &path, "--title", "More"], "");
    }
    python(&format!(
        "import sqlite3; sqlite3.connect('{}').backup(sqlite3.connect('{}'))",
        exchange.other.display(),
        exchange.file.display()
    ));
    exchange.readers.get_nothing_old();
    exchange.readers.lose_access();
}

#[test]
fn a_process_that_was_suspended_looks_before_it_answers() {
    let server = Server::start();
    let url = url(&server.folder.path().join("postern.db"));
    fill(&server, &url);
    let mut clients: Vec<Readers> = (0..20).map(|_| Readers::of(&server)).collect();
    // Not while it holds the database's write lock.
    let lock = format!(
        "import sqlite3; sqlite3.connect('{}', timeout=0).execute('BEGIN IMMEDIATE')",
        url.replace("sqlite://", "")
    );
    server.signal("STOP");
    while !Command::new("python3").args(["-c", &lock]).output().unwrap().status.success() {
        server.signal("CONT");
        server.signal("STOP");
    }
    // Requests that arrive while it is suspended are answered as soon as it runs, however short the pause was: the commands
    // end when no process answers from before them.
    revoke(&server, &url);
    clients.iter_mut().for_each(|readers| {
        readers.ann.ask("/secret");
        readers.stranger.ask("/hello");
    });
    server.signal("CONT");
    for readers in &mut clients {
        let ann = readers.ann.answer().0;
        // 429 for some: ann is refused 20 times at once.
        assert!([401, 429].contains(&ann), "{ann}");
        assert_eq!(readers.stranger.answer().0, 401);
    }
}

#[test]
fn a_dump_that_is_restored_under_a_running_server_is_read_at_once() {
    let Some(cluster) = Cluster::start() else { return };
    let server = Server::start_with(&[("DATABASE_URL", &cluster.url())]);
    fill(&server, &cluster.url());
    revoke(&server, &cluster.url());
    let dump = cluster.file("dump");
    cluster.program("pg_dump", &["-Fc", "-f", &dump, &cluster.url()]);
    cli(&server, &cluster.url(), &["user", "enable", "ann"], "");
    cli(&server, &cluster.url(), &["page", "put", "hello", "--title", "Hello", "--public", "--yes"], "Hello.");
    let mut readers = Readers::of(&server);
    cluster.program("pg_restore", &["--clean", "--if-exists", "-d", &cluster.url(), &dump]);
    readers.get_nothing_old();
    readers.lose_access();
    readers.stranger.until("/readyz", 200, &[503], TIMEOUT);
    // Changes are heard again.
    cli(&server, &cluster.url(), &["user", "enable", "ann"], "");
    assert_eq!(readers.ann.status("/secret"), 200);
}

#[test]
fn without_the_triggers_that_report_changes_nothing_is_cached() {
    let Some(cluster) = Cluster::start() else { return };
    let server = Server::start_with(&[("DATABASE_URL", &cluster.url())]);
    fill(&server, &cluster.url());
    let mut readers = Readers::of(&server);
    cluster.sql("ALTER TABLE pages DISABLE TRIGGER ALL");
    readers.stranger.until("/readyz", 503, &[200], TIMEOUT);
    cluster.sql("UPDATE pages SET private = TRUE, audience = 'signed-in', settled = settled + 1 WHERE path = 'hello'");
    assert_eq!(readers.stranger.status("/hello"), 401);
    cluster.sql("ALTER TABLE pages ENABLE TRIGGER ALL");
    readers.stranger.until("/readyz", 200, &[503], TIMEOUT);
}

#[test]
fn without_a_trigger_of_a_sqlite_file_nothing_is_cached() {
    let server = Server::start();
    let file = server.folder.path().join("postern.db");
    fill(&server, &url(&file));
    let mut readers = Readers::of(&server);
    let run = |statement: &str| {
        python(&format!(
            "import sqlite3; c = sqlite3.connect('{}', timeout=20); c.execute('{statement}'); c.commit()",
            file.display()
        ));
    };
    run("DROP TRIGGER user_changed");
    readers.stranger.until("/readyz", 503, &[200], TIMEOUT);
    run("UPDATE users SET active = 0 WHERE name = \"ann\"");
    assert_eq!(readers.ann.status("/secret"), 401);
}

#[test]
fn two_servers_behind_one_url_are_not_mixed() {
    let (Some(first), Some(second)) = (Cluster::start(), Cluster::start()) else { return };
    let both = format!("postgres://postgres@{},{}/postgres", first.address(), second.address());
    // The second one alone answers when the server starts.
    let other = Server::start_with(&[("DATABASE_URL", &first.url())]);
    fill(&other, &first.url());
    revoke(&other, &first.url());
    drop(other);
    first.down();
    let server = Server::start_with(&[("DATABASE_URL", &both)]);
    fill(&server, &second.url());
    let mut readers = Readers::of(&server);
    first.up();
    // The change feed reconnects, and finds the first server; the connections of the pool are still with the second.
    second.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'postern %'");
    readers.get_nothing_old();
    readers.lose_access();
    readers.stranger.until("/readyz", 200, &[503], TIMEOUT);
}

/// PgBouncer between a server and its database.
struct Pooler {
    child: Child,
    url: String,
    _folder: tempfile::TempDir,
}

impl Pooler {
    fn start(cluster: &Cluster, mode: &str) -> Pooler {
        let folder = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (host, database_port) =
            cluster.address().rsplit_once(':').map(|(h, p)| (h.to_owned(), p.to_owned())).unwrap();
        let (file, users) = (folder.path().join("pgbouncer.ini"), folder.path().join("users"));
        std::fs::write(&users, "\"postgres\" \"\"\n").unwrap();
        let settings = format!(
            "[databases]\npostgres = host={host} port={database_port}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
             listen_port = {port}\nauth_type = trust\nauth_file = {users}\npool_mode = {mode}\nunix_socket_dir =\n\
             ignore_startup_parameters = extra_float_digits\ndefault_pool_size = 30\n",
            users = users.display()
        );
        std::fs::write(&file, settings).unwrap();
        give_to_postgres(folder.path());
        let log = File::create(folder.path().join("log")).unwrap();
        let child = as_postgres(Path::new("pgbouncer")).arg("-q").arg(&file).stderr(log).spawn().unwrap();
        let begun = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < TIMEOUT, "{}", std::fs::read_to_string(folder.path().join("log")).unwrap());
        }
        Pooler { child, url: format!("postgres://postgres@127.0.0.1:{port}/postgres"), _folder: folder }
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _gone = Command::new("kill").arg(self.child.id().to_string()).status();
        let _gone = self.child.wait();
    }
}

#[test]
fn a_pooler_in_transaction_mode_is_refused_at_the_start_and_one_in_session_mode_works() {
    let Some(cluster) = Cluster::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    for mode in ["transaction", "statement"] {
        let pooler = Pooler::start(&cluster, mode);
        for arguments in [&["serve", "--listen", "127.0.0.1:0"][..], &["check-config"][..]] {
            let mut command = postern(folder.path(), arguments);
            command.env("DATABASE_URL", &pooler.url);
            let (done, _, error) = text(&finish(command, ""));
            assert!(!done && error.contains("session mode"), "{mode} {arguments:?}: {error}");
        }
    }
    let pooler = Pooler::start(&cluster, "session");
    let server = Server::start_with(&[("DATABASE_URL", &pooler.url)]);
    fill(&server, &pooler.url);
    let mut readers = Readers::of(&server);
    revoke(&server, &pooler.url);
    assert_eq!(readers.statuses(), (401, 401));
}

#[test]
fn a_server_that_drains_says_so_before_it_closes_its_port() {
    let mut server = Server::start_with(&[("POSTERN_DRAIN", "2")]);
    let mut balancer = Client::of(&server, "");
    balancer.until("/readyz", 200, &[503], TIMEOUT);
    server.signal("TERM");
    let begun = Instant::now();
    balancer.until("/readyz", 503, &[200], Duration::from_secs(1));
    assert_eq!(balancer.get("/readyz").1, "not ready: the server is stopping\n");
    let mut late = Client::of(&server, "");
    assert_eq!(late.status("/"), 200, "it still accepts connections");
    drop((balancer, late));
    let (_, is_clean) = server.wait();
    assert!(is_clean && begun.elapsed() >= Duration::from_secs(2));
}
