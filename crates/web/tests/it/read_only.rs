//! Databases that cannot be written: the server answers pages, refuses saves, and logs how to fix the cause.

use std::{
    fs::Permissions,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use crate::{
    cluster::Cluster,
    server::{PASSWORD, Server, is_root, status, text},
    site::basic,
};

/// A user without rights: to root, the mode of a file means nothing.
const NOBODY: u32 = 65534;

/// A command that runs a copy of the program with the rights of a user who owns nothing, if the tests run as root.
fn unprivileged(program: &Path, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).env_clear().env("POSTERN_BCRYPT_COST", "10");
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

fn mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn get(server: &Server, uri: &str, credentials: &str) -> u16 {
    server.status(uri, &format!("Authorization: {}\r\n", basic(credentials)))
}

fn cannot_save(server: &Server) -> String {
    let admin = format!("Authorization: {}\r\n", basic(format!("admin:{PASSWORD}")));
    let page = server.raw(format!("GET /admin/pages/new HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{admin}\r\n"));
    let token = page.split("name=\"form_token\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let body = format!("form_token={token}&title=New&path=new&body=text&audience=public");
    let form = "Content-Type: application/x-www-form-urlencoded";
    let length = body.len();
    let answer = server.raw(format!(
        "POST /admin/pages HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{admin}{form}\r\nContent-Length: {length}\r\n\r\n{body}"
    ));
    assert_eq!(status(&answer), 503, "{answer}");
    assert!(answer.contains("cannot be written now"), "{answer}");
    server.log()
}

#[test]
fn a_server_whose_transactions_are_read_only_serves_pages_and_sign_ins() {
    let Some(cluster) = Cluster::start() else { return };
    let url = cluster.url();
    drop(Server::start_with(&[("DATABASE_URL", &url)]));
    cluster.sql("ALTER DATABASE postgres SET default_transaction_read_only = on");
    let server = Server::start_with(&[("DATABASE_URL", &url)]);
    assert!(server.log().contains("nothing can be saved: the transactions are read-only"), "{}", server.log());
    assert_eq!(server.status("/welcome", ""), 200);
    assert_eq!(get(&server, "/private-example", &format!("admin:{PASSWORD}")), 200);
    assert_eq!(get(&server, "/private-example", "admin:wrong"), 401);
    let log = cannot_save(&server);
    assert!(log.contains("name the primary server in DATABASE_URL"), "{log}");
    assert_eq!(server.status("/readyz", ""), 200, "it was started to be read");
    let (done, out, _) = text(&server.cli(&["--database-url", &url, "check-config"], ""));
    assert!(done && out.contains("nothing can be saved") && out.contains("default_transaction_read_only"), "{out}");
    let (done, _, error) = text(&server.cli(&["--database-url", &url, "user", "disable", "admin"], ""));
    assert!(!done && error.contains("default_transaction_read_only"), "{error}");
}

#[test]
fn a_server_that_can_save_no_longer_is_not_ready() {
    let Some(cluster) = Cluster::start() else { return };
    let server = Server::start_with(&[("DATABASE_URL", &cluster.url())]);
    let ready = || server.raw("GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let until = |expected: &str| {
        let begun = Instant::now();
        while !ready().ends_with(expected) {
            assert!(begun.elapsed() < Duration::from_secs(40), "{}", ready());
        }
    };
    until("\r\nready\n");
    let reconnect = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'postern%'";
    cluster.sql("ALTER DATABASE postgres SET default_transaction_read_only = on");
    cluster.sql(reconnect);
    until("\r\nready\n");
    cannot_save(&server);
    until("\r\nnot ready: the database cannot be written\n");
}

#[test]
fn a_file_that_may_not_be_written_is_served_and_its_owner_is_named() {
    let mut first = Server::start();
    first.signal("TERM");
    first.wait();
    // The last connection that is closed writes the log of changes into the file.
    assert!(text(&first.cli(&["user", "list"], "")).0);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("postern.db");
    std::fs::copy(first.folder.path().join("postern.db"), &file).unwrap();
    mode(&file, 0o444);
    mode(folder.path(), 0o555);
    let url = format!("sqlite://{}", file.display());
    let place = tempfile::tempdir().unwrap();
    mode(place.path(), 0o755);
    // The program may be in a folder that only its owner may enter.
    let program = place.path().join("postern");
    std::fs::copy(env!("CARGO_BIN_EXE_postern"), &program).unwrap();

    let output = || {
        let mut command = unprivileged(&program, place.path(), &["--database-url", &url, "check-config"]);
        text(&command.output().unwrap())
    };
    let (done, out, error) = output();
    assert!(done && out.contains("nothing can be saved"), "{out}{error}");
    let expected = if is_root() { "belongs to user 0, and this process runs as user 65534" } else { "chmod u+rw" };
    assert!(out.contains(expected) && out.contains("postern.db"), "{out}");

    let server = Server::start_by(
        unprivileged(&program, place.path(), &["--listen", "127.0.0.1:0", "--database-url", &url]),
        place,
    );
    assert!(server.log().contains("nothing can be saved"), "{}", server.log());
    assert_eq!(server.status("/welcome", ""), 200);
    assert_eq!(get(&server, "/private-example", &format!("admin:{PASSWORD}")), 200);
    assert_eq!(get(&server, "/private-example", "admin:wrong"), 401);
    let log = cannot_save(&server);
    assert!(log.contains(expected), "{log}");

    // A change of the file by another process is noticed.
    mode(folder.path(), 0o755);
    mode(&file, 0o644);
    let (done, _, error) = text(&server.cli(&["--database-url", &url, "page", "delete", "welcome"], ""));
    assert!(done, "{error}");
    let start = Instant::now();
    while server.status("/welcome", "") != 404 {
        assert!(start.elapsed() < Duration::from_secs(20), "{}", server.log());
    }
}

#[test]
fn files_of_another_user_beside_the_database_are_named() {
    let server = Server::start();
    let folder = server.folder.path();
    let file = folder.join("postern.db");
    let wal = folder.join("postern.db-wal");
    assert!(wal.exists(), "the server has it open");
    mode(&file, 0o666);
    mode(&wal, 0o400);
    let place = tempfile::tempdir().unwrap();
    mode(place.path(), 0o755);
    mode(folder, 0o777);
    let program = place.path().join("postern");
    std::fs::copy(env!("CARGO_BIN_EXE_postern"), &program).unwrap();
    let url = format!("sqlite://{}", file.display());
    let mut command = unprivileged(&program, place.path(), &["--database-url", &url, "user", "disable", "admin"]);
    let (done, _, error) = text(&command.output().unwrap());
    assert!(
        !done && error.contains("postern.db-wal") && (error.contains("chown") || error.contains("chmod")),
        "{error}"
    );
}
