//! The first run: an administrator is added whenever there is none, before anybody is let in, and what was done is said.

use std::{
    fs::{File, Permissions},
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Child, Command},
    time::{Duration, Instant},
};

use diesel::{Connection, SqliteConnection, connection::SimpleConnection};
use tempfile::TempDir;

use crate::{
    server::{PASSWORD, Server, finish, postern, run, status, text},
    site::basic,
};

/// The timeout of each wait.
const TIMEOUT: Duration = Duration::from_secs(40);
/// The bcrypt hash of "open sesame".
const HTPASSWD: &str = "ann:$2y$05$C3auafqRpWfvzNKDLeoQneC2becd/DMab.6I8sFA/5nlr27MTV7na";

fn done(folder: &Path, arguments: &[&str], input: &str) {
    let (ok, out, err) = text(&run(folder, arguments, input));
    assert!(ok, "{arguments:?}: {out}{err}");
}

fn panel(server: &Server, credentials: &str) -> u16 {
    server.status("/admin/", &format!("Authorization: {}\r\n", basic(credentials)))
}

/// Stops its process when it is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _already_gone = self.0.kill();
        let _already_gone = self.0.wait();
    }
}

/// A start on a known port, with everything that it prints in one file.
fn start(folder: &Path, environment: &[(&str, &str)]) -> (Running, String) {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let printed = File::create(folder.join("printed")).unwrap();
    let mut command: Command = postern(folder, &["--listen", &address]);
    command.envs(environment.iter().copied()).stdout(printed.try_clone().unwrap()).stderr(printed);
    (Running(command.spawn().unwrap()), address)
}

fn until(what: &str, condition: impl Fn() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < TIMEOUT, "{what}");
    }
}

#[test]
fn an_administrator_is_added_although_other_users_and_pages_came_first() {
    for (arguments, input) in [
        (&["user", "import"][..], HTPASSWD),
        (&["user", "add", "ann", "--role", "editor"], "open sesame"),
        (&["page", "put", "first", "--title", "First"], "text"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        done(folder.path(), arguments, input);
        let server = Server::start_in(folder, &[]);
        assert_eq!(panel(&server, &format!("admin:{PASSWORD}")), 200, "{arguments:?}");
        assert!(server.log().contains("added the administrator admin and "), "{}", server.log());
        // Examples are for a site without a page.
        let welcome = if arguments[0] == "page" { 404 } else { 200 };
        assert_eq!(server.status("/welcome", ""), welcome, "{arguments:?}");
    }
}

#[test]
fn an_unused_password_and_a_taken_name_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    done(folder.path(), &["user", "add", "boss", "--role", "admin"], "open sesame");
    let server = Server::start_in(folder, &[]);
    assert!(server.log().contains("is not used, because there is an administrator"), "{}", server.log());
    assert_eq!((panel(&server, "boss:open sesame"), panel(&server, &format!("admin:{PASSWORD}"))), (200, 401));
    let silent = Server::start_in(moved(server), &[("POSTERN_ADMIN_PASSWORD", "")]);
    assert!(!silent.log().contains("is not used"), "{}", silent.log());

    let folder = tempfile::tempdir().unwrap();
    done(folder.path(), &["user", "add", "admin", "--role", "reader"], "open sesame");
    let server = Server::start_in(folder, &[]);
    assert!(server.log().contains("no administrator: admin has another role"), "{}", server.log());
    assert_eq!(panel(&server, "admin:open sesame"), 403, "nobody is promoted");
    let other = Server::start_in(moved(server), &[("POSTERN_ADMIN_USER", "boss")]);
    assert_eq!(panel(&other, &format!("boss:{PASSWORD}")), 200);
}

/// The folder of a server, which is stopped.
fn moved(mut server: Server) -> TempDir {
    server.signal("TERM");
    assert!(server.wait().1);
    std::mem::replace(&mut server.folder, tempfile::tempdir().unwrap())
}

#[test]
fn the_port_is_closed_until_the_administrator_exists_and_the_password_is_printed_last() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("postern.db");
    done(folder.path(), &["migrate"], "");
    // Nothing can be added while another program writes.
    let mut lock = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    lock.batch_execute("PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE").unwrap();
    let (process, address) = start(folder.path(), &[("POSTERN_METRICS", "127.0.0.1:0")]);
    // The address is bound before the database is opened.
    let files = format!("/proc/{}/fd", process.0.id());
    let is_open = |entry: std::fs::DirEntry| std::fs::read_link(entry.path()).is_ok_and(|path| path == file);
    until("the database is not opened", || std::fs::read_dir(&files).unwrap().flatten().any(is_open));
    assert!(TcpStream::connect(&address).is_err(), "somebody is let in before there is an administrator");
    lock.batch_execute("ROLLBACK").unwrap();
    let printed = || std::fs::read_to_string(folder.path().join("printed")).unwrap();
    until("nothing is printed", || printed().contains("(shown this once)\n"));
    let lines = printed();
    let last: Vec<&str> = lines.lines().rev().take(4).collect();
    assert!(last[0].starts_with("  password  ") && last[3] == format!("Postern runs at http://{address}/"), "{lines}");
    let mut visitor = TcpStream::connect(&address).unwrap();
    write!(visitor, "GET /welcome HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    visitor.read_to_string(&mut answer).unwrap();
    assert_eq!(status(&answer), 200);
    assert_eq!(printed(), lines, "something is printed after the password");
}

#[test]
fn check_config_checks_everything_that_it_reports() {
    let folder = tempfile::tempdir().unwrap();
    let check = |environment: &[(&str, &str)]| {
        let mut command = postern(folder.path(), &["check-config"]);
        command.envs(environment.iter().copied());
        text(&finish(command, ""))
    };
    let (ok, out, _) = check(&[]);
    assert!(
        ok && out.contains("free space") && out.contains("none yet") && out.contains("metrics           none"),
        "{out}"
    );
    let (ok, out, err) = check(&[("POSTERN_ADMIN_PASSWORD", "short")]);
    assert!(!ok && err.contains("POSTERN_ADMIN_PASSWORD: Too short: use at least 8"), "{out}{err}");
    // The password in a URL stays hidden, in the answer and in the error.
    let url = "postgres://ann:half#rest@127.0.0.1:1/db";
    let (ok, out, err) = check(&[("DATABASE_URL", url)]);
    assert!(!ok && out.contains("postgres://…@127.0.0.1:1/db") && out.contains("%23"), "{out}{err}");
    assert!(!out.contains("half") && !err.contains("half") && !err.contains("rest@"), "{out}{err}");

    done(folder.path(), &["user", "add", "ann", "--role", "reader"], "open sesame");
    let (ok, out, _) = check(&[]);
    assert!(ok && out.contains("administrator     none yet: `postern` adds admin"), "{out}");
    let (ok, _, err) = check(&[("POSTERN_ADMIN_PASSWORD", "admin")]);
    assert!(!ok && err.contains("Too short: use at least 8"), "{err}");
    let set = |path: &Path, mode| std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    set(folder.path(), 0o755);
    set(&folder.path().join("postern.db"), 0o644);
    let (ok, out, _) = check(&[]);
    assert!(ok && out.contains("not private") && out.contains("chmod 600"), "{out}");
    let server = Server::start_in(folder, &[]);
    assert!(server.log().contains("the database is not private"), "{}", server.log());
}

#[test]
fn a_password_on_the_command_line_causes_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = postern(folder.path(), &["--listen", "127.0.0.1:0", "--admin-password", PASSWORD]);
    command.env_remove("POSTERN_ADMIN_PASSWORD");
    let server = Server::start_by(command, folder);
    assert!(server.log().contains("--admin-password shows a password to every user"), "{}", server.log());
    assert!(!server.log().contains(PASSWORD));
    assert_eq!(panel(&server, &format!("admin:{PASSWORD}")), 200);
    let from_file = Server::start();
    assert!(!from_file.log().contains("shows a password"), "{}", from_file.log());
}
