//! `postern file`, as operators use it.

use std::process::Output;

use store::{DatabaseUrl, Store};

use crate::{
    client::Client,
    files::png,
    server::{PASSWORD, Server, finish, postern, text},
    site::multipart,
};

/// Bytes that are not text, enough for several stored parts.
fn bytes() -> Vec<u8> {
    (0..600_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

/// A server with the page `/plans`.
fn server() -> Server {
    let server = Server::start();
    done(&server.cli(&["page", "put", "plans", "--title", "Plans"], "Plans."));
    server
}

/// The output of a command that succeeded.
#[track_caller]
fn done(output: &Output) -> String {
    let (ok, out, err) = text(output);
    assert!(ok && err.is_empty(), "{out}{err}");
    out
}

/// Requires that a command fails with one line, and prints nothing else.
#[track_caller]
fn fails(output: &Output, words: &str) {
    let (_, out, err) = text(output);
    assert_eq!((output.status.code(), &*out), (Some(1), ""), "{err}");
    assert!(err.starts_with("postern: ") && err.contains(words) && err.lines().count() == 1, "{err}");
}

fn store(server: &Server) -> Store {
    let url = format!("sqlite://{}/postern.db", server.folder.path().display());
    Store::open(&DatabaseUrl::parse(&url).unwrap(), 1).unwrap()
}

#[test]
fn bytes_go_in_and_come_out_as_they_are() {
    let server = server();
    let folder = server.folder.path();
    let bytes = bytes();
    std::fs::write(folder.join("data.bin"), &bytes).unwrap();
    assert_eq!(done(&server.cli(&["file", "put", "plans/one.bin", "data.bin"], "")), "Added /plans/one.bin.\n");
    assert_eq!(done(&server.cli(&["file", "put", "/plans/two.bin", "-"], &bytes)), "Added /plans/two.bin.\n");
    assert_eq!(done(&server.cli(&["file", "put", "plans/three.bin"], &bytes)), "Added /plans/three.bin.\n");
    for name in ["one", "two", "three"] {
        let at = format!("plans/{name}.bin");
        assert!(server.cli(&["file", "get", &at], "").stdout == bytes, "{name}");
        assert!(server.cli(&["file", "get", &at, "-o", "-"], "").stdout == bytes, "{name}");
        assert_eq!(done(&server.cli(&["file", "get", &at, "--output", &format!("{name}.out")], "")), "");
        assert!(std::fs::read(folder.join(format!("{name}.out"))).unwrap() == bytes, "{name}");
    }
    // The same bytes are stored once, and another server sees what readers get.
    assert_eq!(store(&server).read(store::files::stored_bytes).unwrap(), bytes.len() as u64);
    assert_eq!(server.status("/plans/one.bin", ""), 200);
    // An empty file, and one of the front page.
    done(&server.cli(&["file", "put", "plans/empty.txt"], ""));
    assert_eq!(server.cli(&["file", "get", "plans/empty.txt"], "").stdout, b"");
    done(&server.cli(&["page", "put", "/", "--title", "Front"], "Front."));
    assert_eq!(done(&server.cli(&["file", "put", "top.txt"], "Top.")), "Added /top.txt.\n");
    assert_eq!(done(&server.cli(&["file", "get", "/top.txt"], "")), "Top.");
}

#[test]
fn files_are_listed_replaced_and_deleted() {
    let server = server();
    assert_eq!(done(&server.cli(&["file", "list", "plans"], "")), "");
    done(&server.cli(&["file", "put", "plans/plan.txt"], "one"));
    std::fs::write(server.folder.path().join("map.png"), png(20)).unwrap();
    done(&server.cli(&["file", "put", "plans/map.png", "map.png"], ""));
    assert_eq!(done(&server.cli(&["file", "put", "plans/plan.txt"], "three")), "Replaced /plans/plan.txt.\n");
    let list = done(&server.cli(&["file", "list", "/plans"], ""));
    let rows: Vec<Vec<&str>> = list.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(rows.iter().map(|row| (row[0], row.len())).collect::<Vec<_>>(), [("map.png", 4), ("plan.txt", 4)]);
    assert_eq!((rows[1][1], rows[1][3]), ("5", "command line"));
    assert!(rows[1][2].starts_with("20") && rows[1][2].ends_with('Z'), "{list}");
    assert_eq!(done(&server.cli(&["file", "delete", "plans/plan.txt"], "")), "Deleted /plans/plan.txt.\n");
    assert_eq!(server.status("/plans/plan.txt", ""), 404);
    fails(
        &server.cli(&["file", "get", "plans/plan.txt"], ""),
        "there is no file /plans/plan.txt: see `postern file list",
    );
    fails(&server.cli(&["file", "delete", "plans/plan.txt"], ""), "there is no file /plans/plan.txt");
    assert_eq!(done(&server.cli(&["file", "list", "plans"], "")).lines().count(), 1);
}

#[test]
fn a_command_that_fails_says_why_in_one_line_and_stores_nothing() {
    let server = server();
    std::fs::write(server.folder.path().join("there.txt"), "kept").unwrap();
    let check = |arguments: &[&str], input: &[u8], words: &str| {
        fails(&server.cli(&[&["file"], arguments].concat(), input), words);
    };
    for at in ["nope/a.txt", "plans/below/a.txt", "a.txt"] {
        check(&["put", at], b"x", "there is no published page");
        check(&["get", at], b"", "there is no published page");
        check(&["delete", at], b"", "there is no published page");
    }
    check(&["list", "nope"], b"", "there is no published page /nope: see `postern page list`");
    check(&["list", "No"], b"", "path: Only lower-case letters");
    for (name, words) in [
        ("A.txt", "Only lower-case letters"),
        ("a", "A name has an ending"),
        (".a.txt", "does not begin with a dot"),
        ("a..txt", "two dots"),
        ("notes.md", "The ending .md is the page itself"),
        ("robots.txt", "is reserved"),
        ("a%2f.txt", "Only lower-case letters"),
        ("", "A name has an ending"),
    ] {
        check(&["put", &format!("plans/{name}")], b"x", words);
    }
    check(&["put", "plans/a.png"], b"no picture", "The name ends with .png, but the file is not a PNG picture");
    check(&["put", "plans/a.png"], b"", "The file is empty");
    check(&["put", "plans/a.txt"], &png(20), "The name ends with .txt, but the file is a PNG picture");
    check(&["put", "plans/a.png"], &png(20)[..60], "The file is incomplete");
    // The error comes after a part was stored.
    check(&["put", "plans/a.txt"], &[&b"text ".repeat(600_000)[..], b"\xff"].concat(), "not text in UTF-8");
    check(&["put", "plans/a.txt", "nowhere.txt"], b"", "nowhere.txt cannot be read");
    check(&["put", "plans/a.txt", "."], b"", "cannot be read");
    check(&["get", "plans/a.txt"], b"", "there is no file");
    assert_eq!(store(&server).read(store::files::stored_bytes).unwrap(), 0);

    done(&server.cli(&["file", "put", "plans/a.txt"], "a"));
    check(&["get", "plans/a.txt", "-o", "there.txt"], b"", "there.txt cannot be created");
    assert_eq!(std::fs::read(server.folder.path().join("there.txt")).unwrap(), b"kept");
    check(&["get", "plans/a.txt", "-o", "no/folder/a.txt"], b"", "no/folder/a.txt cannot be created");
    let limited = |bytes: usize| {
        let mut command = postern(server.folder.path(), &["file", "put", "plans/large.txt"]);
        command.env("POSTERN_FILE_MIB", "1");
        finish(command, vec![b'x'; bytes])
    };
    fails(&limited((1 << 20) + 1), "A file has at most 1 MiB.");
    assert_eq!(store(&server).read(store::files::stored_bytes).unwrap(), 1);
    done(&limited(1 << 20));
    // A missing argument is refused by the parser.
    assert_eq!(server.cli(&["file", "put"], "").status.code(), Some(2));
    assert_eq!(server.cli(&["file", "list"], "").status.code(), Some(2));
}

#[test]
fn a_file_of_the_draft_with_the_same_name_is_named_by_the_command() {
    let server = server();
    let path = domain::page::PagePath::parse("plans").unwrap();
    let page = store(&server).read(|conn| store::pages::find(conn, &path)).unwrap().unwrap().id.0;
    let mut admin = Client::of(&server, &format!("admin:{PASSWORD}"));
    let (_, form) = admin.get(&format!("/admin/pages/{page}"));
    let token = form.split("name=\"form_token\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let body = multipart(&[("form_token", token)], ("plan.txt", b"the draft's"));
    assert_eq!(admin.post_multipart(&format!("/admin/drafts/{page}/files"), &body), 200);
    let out = done(&server.cli(&["file", "put", "plans/plan.txt"], "the readers'"));
    assert_eq!(
        out,
        "Added /plans/plan.txt.\nThe draft of the page has another plan.txt, which replaces it when the draft is \
         published.\n"
    );
    assert_eq!(done(&server.cli(&["file", "get", "plans/plan.txt"], "")), "the readers'");
    assert_eq!(admin.get("/plans/plan.txt?draft"), (200, "the draft's".into()));
    let out = done(&server.cli(&["file", "delete", "plans/plan.txt"], ""));
    assert_eq!(out, "Deleted /plans/plan.txt, in the draft of the page, too.\n");
    assert_eq!((admin.status("/plans/plan.txt"), admin.status("/plans/plan.txt?draft")), (404, 404));
}

#[test]
fn the_cover_of_a_page_is_set_and_taken_away() {
    let server = server();
    for name in ["map.png", "plan.png"] {
        std::fs::write(server.folder.path().join(name), png(20)).unwrap();
    }
    let cover = || {
        let path = domain::page::PagePath::parse("plans").unwrap();
        let read = |conn: &mut store::Conn| {
            let page = store::pages::find(conn, &path)?.unwrap();
            let files = store::files::live(conn, page.id)?;
            let cover = files.into_iter().filter(|file| file.is_cover).map(|file| file.name.to_string());
            Ok((cover.collect::<Vec<_>>(), page.version.0))
        };
        store(&server).read(read).unwrap()
    };
    assert_eq!(
        done(&server.cli(&["file", "put", "--cover", "plans/map.png", "map.png"], "")),
        "Added /plans/map.png.\nIt is the cover of /plans.\n"
    );
    assert_eq!(cover().0, ["map.png"]);
    done(&server.cli(&["file", "put", "plans/plan.png", "plan.png"], ""));
    let out = done(&server.cli(&["file", "cover", "plans/plan.png"], ""));
    assert_eq!(out, "/plans/plan.png is the cover of /plans.\n");
    assert_eq!(cover().0, ["plan.png"]);
    let out = done(&server.cli(&["file", "cover", "--none", "plans/plan.png"], ""));
    assert_eq!(out, "/plans/plan.png is not the cover of /plans.\n");
    let (covers, version) = cover();
    assert_eq!(covers, [""; 0]);
    // A file that cannot be a cover is refused before anything is stored.
    fails(&server.cli(&["file", "put", "--cover", "plans/a.txt"], "text"), "only a picture can");
    fails(&server.cli(&["file", "cover", "plans/a.png"], ""), "there is no file /plans/a.png");
    done(&server.cli(&["file", "put", "plans/b.txt"], "text"));
    fails(&server.cli(&["file", "cover", "plans/b.txt"], ""), "Only a picture can be the cover.");
    assert_eq!(cover(), (Vec::new(), version + 1));
}
