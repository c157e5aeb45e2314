//! A server that is killed again and again while files are uploaded: no file ever lacks a part, and the parts of an
//! unfinished upload are removed.

use std::{
    io::Write,
    net::{Shutdown, TcpStream},
    path::Path,
    time::{Duration, Instant},
};

use chrono::TimeDelta;
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::BigInt};
use domain::{
    access::Admin,
    file::{File, PART_BYTES},
    page::{PageId, PagePath},
};
use sha2::{Digest, Sha256};
use store::{DatabaseUrl, Store, writing::contents};
use web::clock;

use crate::{
    client::Client,
    cluster::Cluster,
    server::{PASSWORD, Server, text},
    site::{basic, multipart},
};

const ROUNDS: usize = 20;
/// The size of each uploaded file in bytes: four batches and a part.
const BYTES: usize = 4 * web::upload::BATCH + 1000;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

fn count(store: &Store, query: &str) -> usize {
    let row: Count = store.read(|conn| Ok(sql_query(query).get_result(conn)?)).unwrap();
    usize::try_from(row.count).unwrap()
}

/// Content that no other round has.
fn bytes_of(round: usize) -> Vec<u8> {
    (0..BYTES).map(|n| b'a' + u8::try_from((n + n / 997 + round) % 23).unwrap()).collect()
}

/// Counts the uploads that have not ended.
const UNFINISHED: &str = "SELECT count(*) AS count FROM contents WHERE hash IS NULL";

/// Sends the head of an upload; returns the connection and the body.
fn begin_upload(server: &Server, page: PageId, name: &str, bytes: &[u8]) -> (TcpStream, Vec<u8>) {
    let credentials = format!("admin:{PASSWORD}");
    let (_, form) = Client::of(server, &credentials).get(&format!("/admin/pages/{}", page.0));
    let token = form.split("name=\"form_token\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let body = multipart(&[("form_token", token), ("same_name", "replace")], (name, bytes));
    let head = format!(
        "POST /admin/drafts/{}/files HTTP/1.1\r\nHost: x\r\nAuthorization: {}\r\nContent-Type: \
         multipart/form-data; boundary=XX\r\nContent-Length: {}\r\n\r\n",
        page.0,
        basic(&credentials),
        body.len()
    );
    let mut stream = server.connect();
    stream.write_all(head.as_bytes()).unwrap();
    (stream, body)
}

/// Waits until this number of uploads is stored in part.
fn wait_for_unfinished(server: &Server, store: &Store, uploads: usize) {
    let begun = Instant::now();
    while count(store, UNFINISHED) != uploads {
        assert!(begun.elapsed() < Duration::from_secs(60), "{} unfinished: {}", count(store, UNFINISHED), server.log());
    }
}

/// Sends a part of an upload, kills the server and starts it again. A whole upload is killed at an unknown moment before its answer,
/// or after it.
fn upload_and_kill(server: &mut Server, environment: &[(&str, &str)], store: &Store, page: PageId, round: usize) {
    let before = count(store, UNFINISHED);
    let (name, bytes) = (["plan.txt", "map.txt"][round / 2 % 2], bytes_of(round));
    let (mut stream, body) = begin_upload(server, page, name, &bytes);
    let sent = (body.len() * (round + 1) / (ROUNDS - 5)).min(body.len());
    stream.write_all(&body[..sent]).unwrap();
    if round.is_multiple_of(2) && (2 * web::upload::BATCH..body.len()).contains(&sent) {
        // In every second round a part of the upload is stored.
        wait_for_unfinished(server, store, before + 1);
    }
    if round % 2 == 1 && round > ROUNDS - 4 {
        let mut answer = [0; 12];
        std::io::Read::read_exact(&mut stream, &mut answer).unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200");
    }
    server.kill_and_start(environment);
}

/// Requires that each file of a page is served completely; returns the number of files.
fn check_files(server: &Server, store: &Store, page: PageId) -> usize {
    let files: Vec<File> = store.read(|conn| store::files::all(conn, Admin::command_line().editor(), page)).unwrap();
    let mut admin = Client::of(server, &format!("admin:{PASSWORD}"));
    for file in &files {
        let draft = if file.since.is_none() { "?draft" } else { "" };
        let (status, body) = admin.get(&format!("/secret/{}{draft}", file.name));
        let hash: String = Sha256::digest(body.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!((status, body.len() as u64), (200, file.content.bytes), "{}", file.name);
        assert_eq!(hash, file.content.hash, "{}", file.name);
    }
    files.len()
}

/// Opens the database of a server, which gets a private page; returns the page.
fn with_page(server: &Server, url: &str) -> (Store, PageId) {
    let arguments = ["--database-url", url, "page", "put", "secret", "--title", "Secret", "--private"];
    let (done, _, error) = text(&server.cli(&arguments, "The treasure."));
    assert!(done, "{error}");
    let store = Store::open(&DatabaseUrl::parse(url).unwrap(), 2).unwrap();
    let path = PagePath::parse("secret").unwrap();
    let page = store.read(|conn| store::pages::find(conn, &path)).unwrap().unwrap().id;
    (store, page)
}

fn killed_during_uploads(mut server: Server, url: &str, environment: &[(&str, &str)]) {
    let (store, page) = with_page(&server, url);
    let put = ["--database-url", url, "file", "put", "secret/plan.txt"];
    assert!(server.cli(&put, bytes_of(100)).status.success());
    let mut most = 1;
    for round in 0..ROUNDS {
        upload_and_kill(&mut server, environment, &store, page, round);
        let files = check_files(&server, &store, page);
        assert!(files >= most, "a file that was there is there");
        most = files;
    }
    assert_eq!(most, 3, "the live one, and two that wait");
    assert!(count(&store, UNFINISHED) >= 3, "some were killed on their way");
    let later = clock::now() + TimeDelta::days(2);
    while !store.write(|conn| contents::sweep(conn, later)).unwrap().is_done {}
    check_files(&server, &store, page);
    assert_eq!(count(&store, "SELECT count(*) AS count FROM contents"), 3);
    assert_eq!(count(&store, "SELECT count(*) AS count FROM content_parts"), 3 * BYTES.div_ceil(PART_BYTES));
}

fn sqlite(folder: &Path) -> String {
    format!("sqlite://{}/postern.db", folder.display())
}

#[test]
fn a_server_on_sqlite_that_is_killed_twenty_times_during_uploads_keeps_every_file_whole() {
    let server = Server::start();
    let url = sqlite(server.folder.path());
    killed_during_uploads(server, &url, &[]);
}

#[test]
fn a_server_on_postgresql_that_is_killed_twenty_times_during_uploads_keeps_every_file_whole() {
    let Some(cluster) = Cluster::start() else { return };
    let url = cluster.url();
    let environment = [("DATABASE_URL", &*url)];
    killed_during_uploads(Server::start_with(&environment), &url, &environment);
}

#[test]
fn an_upload_whose_client_goes_away_leaves_nothing() {
    let server = Server::start();
    let (store, page) = with_page(&server, &sqlite(server.folder.path()));
    for is_reset in [false, true, false, true] {
        let (mut stream, body) = begin_upload(&server, page, "plan.txt", &bytes_of(1));
        stream.write_all(&body[..body.len() / 2]).unwrap();
        wait_for_unfinished(&server, &store, 1);
        if is_reset {
            socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
        } else {
            stream.shutdown(Shutdown::Both).unwrap();
        }
        drop(stream);
        wait_for_unfinished(&server, &store, 0);
    }
    assert_eq!(store.read(store::files::stored_bytes).unwrap(), 0);
    // The person may upload again.
    let (mut stream, body) = begin_upload(&server, page, "plan.txt", &bytes_of(1));
    stream.write_all(&body).unwrap();
    let mut answer = [0; 12];
    std::io::Read::read_exact(&mut stream, &mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
}
