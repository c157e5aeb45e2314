//! The command line, as operators use it.

use std::{net::TcpListener, process::Stdio};

use crate::{
    server::{PASSWORD, Server, finish, postern, run, status, text},
    site::basic,
};

/// The bcrypt hash of "open sesame".
const HTPASSWD: &str = "$2y$05$C3auafqRpWfvzNKDLeoQneC2becd/DMab.6I8sFA/5nlr27MTV7na";

#[test]
fn the_first_run_makes_an_administrator_and_prints_the_password_once() {
    let folder = tempfile::tempdir().unwrap();
    let start = || {
        let mut command = postern(folder.path(), &["--listen", "127.0.0.1:0"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().unwrap()));
        let first = lines.next().unwrap().unwrap();
        (child, first, lines)
    };
    let (mut child, first, mut lines) = start();
    let rest: Vec<String> = (0..3).map(|_| lines.next().unwrap().unwrap()).collect();
    let address = first.trim_start_matches("Postern runs at http://").trim_end_matches('/').to_owned();
    assert!(rest[1].ends_with("admin"), "{rest:?}");
    let password = rest[2].split_whitespace().nth(1).unwrap().to_owned();
    assert_eq!(password.len(), 23);
    let get = |address: &str, uri: &str, credentials: &str| {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        let head = format!(
            "GET {uri} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: {}\r\n\r\n",
            basic(credentials)
        );
        std::io::Write::write_all(&mut stream, head.as_bytes()).unwrap();
        let mut answer = String::new();
        std::io::Read::read_to_string(&mut stream, &mut answer).unwrap();
        answer
    };
    assert_eq!(status(&get(&address, "/admin/", &format!("admin:{password}"))), 200);
    assert_eq!(status(&get(&address, "/admin/", "admin:admin")), 401);
    for page in ["/welcome", "/private-example", "/how-to-write"] {
        assert_eq!(status(&get(&address, page, &format!("admin:{password}"))), 200, "{page}");
    }
    child.kill().unwrap();
    child.wait().unwrap();

    let (mut child, first, lines) = start();
    assert!(first.starts_with("Postern runs at"), "{first}");
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(lines.count(), 0, "a later run prints the address only");
}

#[test]
fn a_page_begins_and_ends_on_the_clocks_of_the_site_and_keeps_both_when_it_is_replaced() {
    let server = Server::start();
    let head = || text(&server.cli(&["page", "show", "offer", "--head"], "")).1;
    let put = |more: &[&str]| {
        let (ok, out, err) = text(&server.cli(&[&["page", "put", "offer", "--title", "Offer"], more].concat(), "Buy."));
        assert!(ok, "{out}{err}");
    };
    put(&["--published", "2026-03-01", "--unpublish", "2099-12-24T18:00:00+01:00"]);
    let expected = "title: Offer\npublished: 2026-03-01T00:00:00Z\nunpublish: 2099-12-24T17:00:00Z\n\nBuy.";
    assert_eq!(head(), expected);
    put(&[]);
    assert_eq!(head(), expected);
    put(&["--unpublish", ""]);
    assert!(head().contains("unpublish: never"), "{}", head());
    let (ok, _, err) = text(&server.cli(&["page", "put", "offer", "--title", "x", "--unpublish", "2026-01-01"], ""));
    assert!(!ok && err.contains("unpublish: The end has to be after"), "{err}");
}

#[test]
fn a_page_that_is_replaced_keeps_its_summary_its_list_and_its_shown_title() {
    let server = Server::start();
    let put = |more: &[&str], body: &str| {
        let (ok, out, err) = text(&server.cli(&[&["page", "put", "offer", "--title", "Offer"], more].concat(), body));
        assert!(ok, "{out}{err}");
    };
    let kept = || {
        let url = format!("sqlite://{}/postern.db", server.folder.path().display());
        let store = store::Store::open(&store::DatabaseUrl::parse(&url).unwrap(), 1).unwrap();
        let path = domain::page::PagePath::parse("offer").unwrap();
        let page = store.read(|conn| store::pages::find(conn, &path)).unwrap().unwrap();
        (page.content.summary, page.content.show_title, page.content.list_below)
    };
    put(&["--private", "--show-title", "--list-below", "--summary", "What it costs"], "One.");
    put(&[], "Two.");
    assert_eq!(kept(), ("What it costs".into(), true, true));
    put(&["--show-title=false"], "---\nsummary: From the file\n---\nThree.");
    assert_eq!(kept(), ("From the file".into(), false, true));
    put(&["--summary", "", "--list-below=false", "--show-title=true"], "Four.");
    assert_eq!(kept(), (String::new(), true, false));
}

#[test]
fn front_matter_gives_the_title_summary_and_date() {
    let server = Server::start();
    let file = "---\ntitle: From the file\ndate: 2026-03-01\nlayout: post\n---\n\nText.";
    let (ok, out, err) = text(&server.cli(&["page", "put", "file"], file));
    assert!(ok && out.contains("Taken from it: title, date. Left out: layout."), "{out}{err}");
    let expected = "title: From the file\npublished: 2026-03-01T00:00:00Z\nunpublish: never\n\nText.";
    assert_eq!(text(&server.cli(&["page", "show", "file", "--head"], "")).1, expected);
    let (ok, out, err) = text(&server.cli(&["page", "put", "file", "--title", "Mine"], file.replace("03-01", "04-02")));
    assert!(ok && out.contains("Taken from it: date. Left out: layout, title."), "{out}{err}");
    let head = text(&server.cli(&["page", "show", "file", "--head"], "")).1;
    assert!(head.contains("title: Mine\npublished: 2026-04-02T00:00:00Z"), "{head}");
    let (ok, _, err) = text(&server.cli(&["page", "put", "untitled"], "Text."));
    assert!(!ok && err.contains("A page needs a title"), "{err}");
}

#[test]
fn an_app_password_is_made_listed_and_ended_on_the_command_line() {
    let server = Server::start_with(&[("POSTERN_LOG", "trace")]);
    let cli = |arguments: &[&str]| text(&server.cli(arguments, ""));
    assert!(text(&server.cli(&["user", "add", "ann", "--role", "reader"], "open sesame\n")).0);
    let make = |name: &str, more: &[&str]| {
        let (ok, out, err) = cli(&[&["token", "add", "ann", "--name", name], more].concat());
        assert!(ok, "{err}");
        let secret = out.trim_end().to_owned();
        assert!(secret.len() == 40 && secret.starts_with("ptn_"), "{secret}");
        secret
    };
    let (backup, limited, ci) =
        (make("backup", &[]), make("limited", &["--below", "/notes"]), make("ci", &["--days", "none"]));
    let status = |secret: &str| {
        server.status("/private-example", &format!("Authorization: {}\r\n", basic(format!("ann:{secret}"))))
    };
    assert_eq!([&backup, &limited, &ci].map(|secret| status(secret)), [200, 403, 200]);
    let (ok, list, _) = cli(&["token", "list"]);
    let rows: Vec<Vec<&str>> = list.lines().map(|line| line.split('\t').collect()).collect();
    assert!(ok && rows.iter().all(|row| row.len() == 5 && row[0] == "ann"), "{list}");
    assert!(rows.iter().any(|row| row[1..4] == ["ci", "/", "no end"]), "{list}");
    assert!(rows.iter().any(|row| row[1..3] == ["limited", "/notes"]), "{list}");
    assert_eq!(cli(&["token", "list", "ann"]).1.lines().count(), 3);
    assert_eq!(cli(&["token", "list", "admin"]).1, "");

    assert!(cli(&["token", "end", "ann", "--name", "backup"]).1.contains("Ended 1 app password of ann."));
    assert_eq!([&backup, &limited, &ci].map(|secret| status(secret)), [401, 403, 200]);
    for (arguments, words) in [
        (&["token", "end", "ann", "--name", "backup"][..], "ann has no app password backup"),
        (&["token", "end", "ann"], "--name"),
        (&["token", "add", "ann", "--name", "ci"], "has an app password ci already"),
        (&["token", "add", "ann", "--name", "x", "--days", "0"], "--days"),
        (&["token", "add", "ann", "--name", "x", "--below", "/No way"], "--below"),
        (&["token", "add", "ann", "--name", " "], "--name"),
        (&["token", "add", "bob", "--name", "x"], "there is no user bob"),
    ] {
        let (ok, _, err) = cli(arguments);
        assert!(!ok && err.contains(words), "{arguments:?}: {err}");
    }
    // A new password ends them, unless they are to stay.
    assert!(text(&server.cli(&["user", "passwd", "ann", "--keep-tokens"], "a new one, again\n")).0);
    assert_eq!(status(&ci), 200);
    let (_, out, _) = text(&server.cli(&["user", "passwd", "ann"], "and another one\n"));
    assert!(out.contains("Ended 2 app passwords of ann."), "{out}");
    assert_eq!(status(&ci), 401);
    let last = make("last", &[]);
    assert_eq!(status(&last), 200);
    assert!(cli(&["token", "end", "ann", "--all"]).0);
    assert_eq!(status(&last), 401);

    let log = server.log();
    assert!(log.contains("sign-in with an app password name=\"ann\""), "{log}");
    assert!(log.contains("why=\"ended app password\""), "{log}");
    for secret in [&backup, &limited, &ci, &last] {
        let sent = basic(format!("ann:{secret}"));
        for part in [secret.as_str(), &secret[4..34], &sent[6..]] {
            assert!(!log.contains(part), "{part} stands in {log}");
        }
    }
}

#[test]
fn changes_of_the_command_line_take_effect_on_the_next_request() {
    let server = Server::start();
    let (ok, out, err) = text(&server.cli(&["user", "add", "ann", "--role", "reader"], "open sesame\n"));
    assert!(ok, "{out}{err}");
    let ann = format!("Authorization: {}\r\n", basic("ann:open sesame"));
    assert_eq!(server.status("/notes", &ann), 404);
    let put = ["page", "put", "notes", "--title", "Notes", "--private"];
    assert!(text(&server.cli(&put, "# Notes\n\nBuy milk.")).0);
    assert_eq!((server.status("/notes", &ann), server.status("/notes", "")), (200, 401));
    assert!(text(&server.cli(&["page", "put", "notes", "--title", "Notes"], "Private.")).1.contains("Replaced /notes"));
    assert_eq!(server.status("/notes", ""), 401, "a page that is replaced keeps its readers");
    assert!(text(&server.cli(&["page", "put", "notes", "--title", "Notes", "--public"], "Public.")).0);
    assert_eq!(server.status("/notes", ""), 200);
    assert_eq!(text(&server.cli(&["page", "show", "notes"], "")).1, "Public.");
    assert!(text(&server.cli(&["page", "list"], "")).1.contains("/notes\tpublic"));
    assert!(text(&server.cli(&["page", "delete", "/notes"], "")).0);
    assert_eq!(server.status("/notes", &ann), 404);

    assert_eq!(server.status("/private-example", &ann), 200);
    assert!(text(&server.cli(&["user", "disable", "ann"], "")).0);
    assert_eq!(server.status("/private-example", &ann), 401);
    assert!(text(&server.cli(&["user", "enable", "ann"], "")).0);
    assert!(text(&server.cli(&["user", "role", "ann", "editor"], "")).0);
    assert_eq!(server.status("/admin/", &ann), 200);
    let (_, generated, _) = text(&server.cli(&["user", "passwd", "ann", "--generate"], ""));
    assert_eq!(server.status("/private-example", &ann), 401);
    let password = generated.lines().next().unwrap();
    assert_eq!(
        server.status("/private-example", &format!("Authorization: {}\r\n", basic(format!("ann:{password}")))),
        200
    );
    assert!(text(&server.cli(&["user", "list"], "")).1.contains("ann\teditor\tactive"));
    assert!(text(&server.cli(&["user", "delete", "ann"], "")).0);
    assert!(!text(&server.cli(&["user", "list"], "")).1.contains("ann"));
}

#[test]
fn a_group_that_is_chosen_for_a_page_can_read_it_at_once() {
    let server = Server::start();
    let run = |arguments: &[&str], input: &str| {
        let (ok, out, err) = text(&server.cli(arguments, input));
        assert!(ok, "{arguments:?}: {err}");
        out
    };
    for name in ["ann", "bob"] {
        run(&["user", "add", name, "--role", "reader"], "open sesame");
    }
    let [ann, bob] = ["ann:open sesame", "bob:open sesame"].map(|who| format!("Authorization: {}\r\n", basic(who)));
    run(&["group", "add", "Staff of Acme", "ann"], "");
    run(&["page", "put", "rota", "--title", "Rota", "--group", "Staff of Acme"], "Who comes when.");
    run(&["page", "put", "rota/may", "--title", "May"], "Nobody.");
    let statuses = || ["", &*ann, &*bob].map(|who| server.status("/rota/may", who));
    assert_eq!(statuses(), [401, 200, 403]);
    assert!(run(&["page", "list"], "").contains("/rota/may\tchosen"));
    run(&["page", "put", "rota", "--title", "Rota"], "A new text, and nothing said of readers.");
    assert_eq!(statuses(), [401, 200, 403]);
    assert_eq!(server.status("/rota", ""), 401);
    assert!(run(&["group", "join", "Staff of Acme", "bob"], "").contains("In Staff of Acme: ann, bob."));
    assert_eq!(statuses(), [401, 200, 200]);
    run(&["group", "leave", "Staff of Acme", "ann"], "");
    assert_eq!(statuses(), [401, 403, 200]);
    run(&["group", "rename", "Staff of Acme", "Crew"], "");
    assert_eq!((run(&["group", "show", "Crew"], "").trim(), statuses()), ("bob", [401, 403, 200]));
    assert!(run(&["group", "list"], "").contains("Crew\t1 members\t1 pages"));
    let (ok, _, err) = text(&server.cli(&["page", "delete", "rota"], ""));
    assert!(!ok && err.contains("/rota/may by everyone, without a password. To do it, add --yes"), "{err}");
    assert_eq!(statuses(), [401, 403, 200]);
    run(&["page", "put", "rota/may", "--title", "May", "--reader", "ann"], "Nobody.");
    assert_eq!(statuses(), [401, 200, 403]);
    run(&["group", "delete", "Crew"], "");
    assert_eq!(["", &*ann, &*bob].map(|who| server.status("/rota", who)), [401, 403, 403]);
    run(&["page", "delete", "rota", "--yes"], "");
    assert_eq!(statuses(), [401, 200, 403]);
    for (arguments, words) in [
        (&["group", "add", "Crew", "zoe"][..], "There is no user zoe"),
        (&["group", "show", "Crew"], "there is no group Crew"),
        (&["page", "put", "x", "--title", "x", "--reader", "zoe"], "There is no user zoe"),
        (&["page", "put", "x", "--title", "x", "--reader", "ann", "--private"], "cannot be used with"),
    ] {
        let (ok, _, err) = text(&server.cli(arguments, ""));
        assert!(!ok && err.contains(words), "{arguments:?}: {err}");
    }
}

#[test]
fn t58_the_users_of_an_htpasswd_file_keep_their_passwords() {
    let server = Server::start();
    // "open sesame", as `htpasswd -nbB -C 5` makes it.
    let file = format!("# our readers\n\nzoe:{HTPASSWD}\r\nbob:{HTPASSWD}\n");
    let (ok, out, err) = text(&server.cli(&["user", "import"], &file));
    assert!(ok && out.contains("Imported 2 as reader."), "{out}{err}");
    for (who, expected) in [("zoe:open sesame", 200), ("bob:open sesame", 200), ("bob:wrong", 401)] {
        assert_eq!(server.status("/private-example", &format!("Authorization: {}\r\n", basic(who))), expected, "{who}");
    }
    let file = format!("new:{HTPASSWD}\nzoe:{HTPASSWD}\n");
    let (ok, _, err) = text(&server.cli(&["user", "import"], &file));
    assert!(!ok && err.contains("line 2: there is already a user zoe"), "{err}");
    let file = format!("new:{HTPASSWD}\nold:{{SHA}}secret\nno colon\nnew:{HTPASSWD}\na/b:{HTPASSWD}\n");
    let (ok, _, err) = text(&server.cli(&["user", "import"], &file));
    assert!(!ok && !err.contains("secret") && !err.contains("no colon"), "{err}");
    for line in ["line 2: old: SHA-1", "line 3: Write NAME:HASH", "line 4: an earlier line already has new", "line 5: "]
    {
        assert!(err.contains(line), "{line}: {err}");
    }
    assert!(!text(&server.cli(&["user", "list"], "")).1.contains("new"), "all or none");
}

#[test]
fn a_command_that_cannot_be_done_says_why_in_one_line_and_fails() {
    let server = Server::start();
    let check = |arguments: &[&str], input: &str, message: &str| {
        let (ok, out, err) = text(&server.cli(arguments, input));
        assert!(!ok, "{arguments:?}: {out}");
        assert!(err.contains(message), "{arguments:?}: {err}");
    };
    check(&["user", "add", "a:b", "--role", "reader"], "open sesame", "No colons in user names");
    check(&["user", "add", "admin", "--role", "reader"], "open sesame", "there is already a user admin");
    check(&["user", "add", "bob", "--role", "king"], "open sesame", "reader, editor or admin");
    check(&["user", "add", "bob", "--role", "reader"], "short", "Too short: use at least 8 characters");
    check(&["user", "add", "bob", "--role", "reader"], &"é".repeat(37), "this has 74");
    check(&["user", "add", "bob", "--role", "reader"], "", "cannot be empty");
    check(&["user", "passwd", "nobody"], "open sesame", "there is no user nobody");
    check(&["user", "disable", "admin"], "", "without an active administrator");
    check(&["user", "delete", "admin"], "", "without an active administrator");
    check(&["user", "role", "admin", "editor"], "", "without an active administrator");
    check(&["page", "put", "Admin", "--title", "x"], "", "Only lower-case letters");
    check(&["page", "put", "admin/x", "--title", "x"], "", "is reserved");
    check(&["page", "put", "x", "--title", ""], "", "A page needs a title");
    check(&["page", "put", "x", "--title", "x", "--published", "soon"], "", "Write a date as");
    check(&["page", "put", "x", "--title", "x"], &format!("{}THE END", "\r\n".repeat(1 << 20)), "the text is too long");
    check(&["page", "put", "x", "--title", "x"], &"\u{3b1}".repeat(1_500_000), "the text is too long");
    check(&["page", "show", "nope"], "", "there is no page /nope");
    check(&["page", "delete", "nope"], "", "there is no page /nope");
    check(&["--bcrypt-cost", "9", "serve"], "", "9 is not in 10..=15");
}

#[test]
fn a_wrong_database_is_named_and_no_file_is_made_by_mistake() {
    let folder = tempfile::tempdir().unwrap();
    let check = |url: &str, arguments: &[&str], message: &str| {
        let mut command = postern(folder.path(), arguments);
        command.env("DATABASE_URL", url);
        let (ok, out, err) = text(&finish(command, ""));
        assert!(!ok, "{url}: {out}");
        assert!(err.contains(message), "{url}: {err}");
        assert!(!err.contains("s3cret"), "{err}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{url} made a file");
    };
    let serve: &[&str] = &["--listen", "127.0.0.1:0"];
    check("mysql://root:s3cret@localhost/x", serve, "is no database that Postern knows");
    check("postern.db", serve, "this is no URL");
    check("sqlite://", serve, "names a file");
    check("sqlite://missing/folder/x.db", serve, "there is no folder");
    check("sqlite://./", serve, "names a file");
    check("sqlite://none.db", &["user", "list"], "there is no database file");
    check("sqlite://none.db", &["migrate", "--check"], "there is no database file");
    check("postgres://ann:s3cret@127.0.0.1:1/x?sslmode=bogus", serve, "cannot be opened");
}

#[test]
fn a_port_in_use_is_named_and_no_file_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (ok, _, err) = text(&run(folder.path(), &["--listen", &address], ""));
    assert!(!ok);
    assert!(err.contains("another program uses this port"), "{err}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_half_made_schema_is_named_with_its_fix() {
    let server = Server::start();
    let half = server.folder.path().join("half.db");
    std::fs::copy(server.folder.path().join("postern.db"), &half).unwrap();
    let url = format!("sqlite://{}", half.display());
    let migrate = || {
        let mut command = postern(server.folder.path(), &["migrate"]);
        command.env("DATABASE_URL", &url);
        text(&finish(command, ""))
    };
    let (ok, out, err) = migrate();
    assert!(ok || err.contains("could not be applied"), "{out}{err}");
}

#[test]
fn the_first_password_comes_from_a_file_or_the_environment_and_is_checked() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("password"), "pass$word with $ signs\n").unwrap();
    let server = Server::start_in(
        folder,
        &[("POSTERN_ADMIN_PASSWORD_FILE", "password"), ("POSTERN_ADMIN_PASSWORD", ""), ("POSTERN_ADMIN_USER", "boss")],
    );
    let boss = format!("Authorization: {}\r\n", basic("boss:pass$word with $ signs"));
    assert_eq!(server.status("/admin/", &boss), 200);

    let folder = tempfile::tempdir().unwrap();
    let mut command = postern(folder.path(), &["--listen", "127.0.0.1:0"]);
    command.env("POSTERN_ADMIN_PASSWORD", "admin");
    let (ok, _, err) = text(&finish(command, ""));
    assert!(!ok && err.contains("POSTERN_ADMIN_PASSWORD: Too short: use at least 8"), "{err}");
}

#[test]
fn check_config_migrate_and_healthcheck_say_what_they_find() {
    let server = Server::start();
    let (ok, out, _) = text(&server.cli(&["check-config"], ""));
    assert!(ok && out.contains("up to date") && out.contains("sqlite://postern.db"), "{out}");
    let (ok, out, _) = text(&server.cli(&["migrate", "--check"], ""));
    assert!(ok && out.contains("up to date"), "{out}");
    let address = server.address.clone();
    assert!(text(&server.cli(&["healthcheck", "--listen", &address], "")).0);
    let nowhere = ["--database-url", "sqlite:///nowhere/x.db", "check-config"];
    let (ok, _, err) = text(&server.cli(&nowhere, ""));
    assert!(!ok && err.contains("there is no folder /nowhere"), "{err}");
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    assert!(!text(&server.cli(&["healthcheck", "--listen", &closed], "")).0);
}

#[test]
fn the_help_of_a_command_begins_with_its_own_options_and_leaves_out_those_of_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let help = |arguments: &[&str]| {
        let (ok, out, err) = text(&run(folder.path(), &[arguments, &["--help"]].concat(), ""));
        assert!(ok, "{err}");
        out
    };
    let position = |help: &str, option: &str| help.find(option).unwrap_or_else(|| panic!("{option} in {help}"));
    let put = help(&["page", "put"]);
    for own in ["--title", "--language", "--unpublish", "--yes"] {
        assert!(position(&put, own) < position(&put, "Options of every command"), "{put}");
    }
    assert!(position(&put, "--database-url") > position(&put, "Options of every command"), "{put}");
    for command in
        [&["page", "put"][..], &["page", "list"], &["user", "add"], &["group", "list"], &["migrate"], &["healthcheck"]]
    {
        let help = help(command);
        for option in ["--silence", "--proofs", "--trusted-proxies", "--admin-password", "--page-cache"] {
            assert!(!help.contains(option), "{option} in {help}");
        }
        assert!(help.contains("--database-url") && help.contains("--log "), "{help}");
    }
    for command in [&[][..], &["serve"], &["check-config"]] {
        let help = help(command);
        assert!(position(&help, "--listen") > position(&help, "Options of the server"), "{help}");
        assert!(help.contains("POSTERN_SILENCE") && help.contains("[default: 127.0.0.1:8080]"), "{help}");
    }
    let (ok, _, err) = text(&run(folder.path(), &["page", "list", "--silence", "3"], ""));
    assert!(!ok && err.contains("unexpected argument '--silence'"), "{err}");
}

#[test]
fn options_of_the_server_stand_before_or_after_the_command_or_in_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    let check = |arguments: &[&str], expected: &[&str]| {
        let mut command = postern(folder.path(), arguments);
        command.env("POSTERN_LISTEN", "127.0.0.1:1").env("POSTERN_BASE_URL", "https://example.org");
        let (ok, out, err) = text(&finish(command, ""));
        assert!(ok, "{arguments:?}: {err}");
        for words in expected {
            assert!(out.contains(words), "{words} in {out}");
        }
    };
    let url = "base URL          https://example.org";
    check(&["check-config"], &["listen            127.0.0.1:1", url]);
    check(&["--listen", "127.0.0.1:2", "check-config"], &["listen            127.0.0.1:2", url]);
    check(&["check-config", "--listen", "127.0.0.1:3"], &["listen            127.0.0.1:3", url]);
    check(&["--require-https", "check-config"], &["HTTPS required    yes"]);
}

#[test]
fn a_page_has_the_language_that_the_command_line_or_front_matter_names() {
    let server = Server::start();
    let put = |more: &[&str], body: &str| {
        let (ok, out, err) = text(&server.cli(&[&["page", "put", "regeln", "--title", "Regeln"], more].concat(), body));
        assert!(ok, "{out}{err}");
        let head = text(&server.cli(&["page", "show", "regeln", "--head"], "")).1;
        head.lines().find_map(|line| line.strip_prefix("language: ").map(str::to_owned))
    };
    assert_eq!(put(&[], "Text."), None);
    assert_eq!(put(&["--language", "de"], "Text."), Some("de".into()));
    assert_eq!(put(&[], "A new text."), Some("de".into()), "a page that is replaced keeps its language");
    assert_eq!(put(&[], "---\nlang: pt_BR\n---\nText."), Some("pt-BR".into()));
    assert_eq!(put(&["--language", "fr"], "---\nlang: de\n---\nText."), Some("fr".into()));
    assert_eq!(put(&["--language", ""], "Text."), None);
    let (ok, _, err) = text(&server.cli(&["page", "put", "x", "--title", "x", "--language", "german"], ""));
    assert!(!ok && err.contains("language: Write a language tag such as en, de or pt-BR"), "{err}");
}

#[test]
fn curl_opens_a_private_page_with_u() {
    let server = Server::start();
    let curl = |arguments: &[&str]| {
        let address = format!("http://{}/private-example", server.address);
        std::process::Command::new("curl")
            .args(["-s", "-o", "/dev/null", "-w", "%{http_code}"])
            .args(arguments)
            .arg(address)
            .output()
    };
    let Ok(anonymous) = curl(&[]) else {
        assert!(std::env::var_os("POSTERN_TEST_ALL").is_none(), "curl is not installed");
        // Not by a macro: the test harness keeps what a test prints that passes.
        let _unseen = std::io::Write::write_all(&mut std::io::stderr(), b"left out: curl (it is not installed)\n");
        return;
    };
    assert_eq!(text(&anonymous).1, "401");
    assert_eq!(text(&curl(&["-u", &format!("admin:{PASSWORD}")]).unwrap()).1, "200");
}

/// Posts a new password to the path of a link; returns the whole answer.
fn join(server: &Server, path: &str, password: &str) -> String {
    let body = format!("password={password}&password_again={password}");
    let head = format!("POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    server.raw(format!("{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}"))
}

#[test]
fn t60_t55_a_link_of_the_command_line_sets_a_password_and_its_secret_is_in_no_log() {
    let metrics = ("POSTERN_METRICS", "127.0.0.1:0");
    let server = Server::start_with(&[("POSTERN_LOG", "trace"), metrics]);
    let invite = ["user", "add", "ann", "--role", "reader", "--invite"];
    let (ok, out, err) = text(&server.cli(&invite, ""));
    assert!(ok && err.contains("This is only the path: set POSTERN_BASE_URL"), "{out}{err}");
    let path = out.lines().next().unwrap();
    assert!(path.starts_with("/join/") && path.len() == 36 && out.contains("Added ann (reader)."), "{out}");
    let ann = |password: &str| format!("Authorization: {}\r\n", basic(format!("ann:{password}")));
    assert_eq!(server.status("/private-example", &ann("open sesame")), 401);

    let encoded = path.replace("/join", "/%6Aoin");
    assert_eq!(server.status(path, ""), 200);
    assert_eq!(server.status(path, "Connection: Upgrade\r\nUpgrade: h2c\r\n"), 200);
    for (target, expected) in [(format!("{path}/"), 404), (format!("{path}/x?y"), 404), (encoded.clone(), 200)] {
        assert_eq!(server.status(&target, ""), expected, "{target}");
    }
    assert_eq!(status(&join(&server, path, "short")), 422);
    assert_eq!(status(&server.raw(format!("POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))), 415);
    assert_eq!(status(&server.raw(format!("DELETE {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))), 405);
    assert_eq!(status(&server.raw(format!("GET {path} HTTP/1.1\r\nConnection: close\r\n\r\n"))), 400);
    assert_eq!(status(&join(&server, path, "open+sesame")), 303);
    assert_eq!([server.status(path, ""), server.status(&encoded, "")], [410, 410]);
    assert_eq!(status(&join(&server, path, "open+sesame")), 410);
    assert_eq!(server.status("/private-example", &ann("open sesame")), 200);

    // A forgotten password: the old one works until a new one is set.
    let (ok, out, _) = text(&server.cli(&["user", "passwd", "ann", "--link"], ""));
    assert!(ok && out.contains("With it ann sets a new password."), "{out}");
    let second = out.lines().next().unwrap();
    assert_eq!(server.status("/private-example", &ann("open sesame")), 200);
    // A link that is used while the database does not answer for a write is an error line.
    assert_eq!(status(&join(&server, second, "another+one")), 303);
    assert_eq!(server.status("/private-example", &ann("open sesame")), 401);
    assert_eq!(server.status("/private-example", &ann("another one")), 200);

    let log = server.log();
    assert!(log.contains("target=\"GET /join/[secret]\"") && log.contains("change route=\"/join/{secret}\""), "{log}");
    let address = log.split("metrics are served on http://").nth(1).unwrap().split("/metrics").next().unwrap();
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    std::io::Write::write_all(&mut stream, b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut metrics = String::new();
    std::io::Read::read_to_string(&mut stream, &mut metrics).unwrap();
    for secret in [path, second].map(|path| &path["/join/".len()..]) {
        for text in [&log, &metrics] {
            assert!(!text.contains(secret), "{secret} stands in {text}");
        }
    }
    assert!(!log.contains("is not bcrypt"), "an account without a password is no error: {log}");
}

#[test]
fn a_link_begins_with_the_address_of_the_site_and_an_account_has_an_end() {
    let server = Server::start();
    let cli = |arguments: &[&str]| {
        let mut command = postern(server.folder.path(), arguments);
        command.env("POSTERN_BASE_URL", "https://example.org");
        let (ok, out, err) = text(&finish(command, "open sesame"));
        assert!(ok, "{out}{err}");
        assert_eq!(err, "");
        out
    };
    let link = cli(&["user", "add", "zoe", "--role", "reader", "--invite", "--until", "2099-01-31T18:00:05"]);
    assert!(link.starts_with("https://example.org/join/"), "{link}");
    cli(&["user", "add", "ann", "--role", "reader", "--until", "2099-01-31"]);
    let list = cli(&["user", "list"]);
    assert!(list.contains("zoe\treader\tactive\tnever\t2099-01-31T18:00:05Z"), "{list}");
    let ann = format!("Authorization: {}\r\n", basic("ann:open sesame"));
    assert_eq!(server.status("/private-example", &ann), 200);
    cli(&["user", "extend", "ann", "--until", "2020-01-31"]);
    assert_eq!(server.status("/private-example", &ann), 401);
    assert!(cli(&["user", "list"]).contains("ann\treader\tended\t"));
    assert!(cli(&["user", "extend", "ann"]).contains("The account of ann has no end."));
    assert_eq!(server.status("/private-example", &ann), 200);
    for (arguments, message) in [
        (&["user", "extend", "admin", "--until", "2099-01-31"][..], "without an active administrator"),
        (&["user", "extend", "ann", "--until", "soon"], "--until: "),
        (&["user", "add", "bob", "--role", "reader", "--invite", "--until", "2020-01-31"], "could not use a link"),
        (&["user", "passwd", "ann", "--link", "--generate"], "cannot be used with"),
    ] {
        let (ok, _, err) = text(&server.cli(arguments, ""));
        assert!(!ok && err.contains(message), "{arguments:?}: {err}");
    }
    assert!(!cli(&["user", "list"]).contains("bob"), "a user without a way in is not added");
}

#[test]
fn output_that_nobody_reads_is_no_panic_and_output_that_cannot_be_written_is_an_error() {
    let server = Server::start();
    let list = |output: Stdio| {
        let mut command = postern(server.folder.path(), &["page", "list"]);
        command.stdout(output);
        text(&command.stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap())
    };
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    assert_eq!(list(writer.into()), (true, String::new(), String::new()));
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let (ok, _, err) = list(full.into());
    assert!(!ok && err.starts_with("postern: the output cannot be written: ") && err.lines().count() == 1, "{err}");
}

#[test]
fn readers_who_do_not_exist_are_named_and_nothing_is_published() {
    let server = Server::start();
    let put = |more: &[&str]| text(&server.cli(&[&["page", "put", "x", "--title", "X"], more].concat(), "Text."));
    let (ok, _, err) = put(&["--reader", "nobody", "--reader", "admin", "--group", "No"]);
    assert!(!ok && err.contains("There is no user nobody and no group No."), "{err}");
    assert_eq!(server.status("/x", ""), 404);
}

#[test]
fn an_account_that_has_ended_when_it_is_added_is_remarked_on() {
    let server = Server::start();
    let add = |name: &str, until: &str| {
        text(&server.cli(&["user", "add", name, "--role", "reader", "--until", until], "open sesame\n"))
    };
    let (ok, out, err) = add("ann", "2020-01-01");
    let remark = "This end, 2020-01-01T00:00:00Z, is over: ann cannot sign in.";
    assert!(ok && out.lines().any(|line| line == remark), "{out}{err}");
    let (ok, out, _) = add("eve", "2099-01-01");
    assert!(ok && !out.contains("is over"), "{out}");
    let (ok, out, _) = text(&server.cli(&["user", "extend", "eve", "--until", "2020-01-01"], ""));
    assert!(ok && out.contains("is over: eve cannot sign in."), "{out}");
}

#[test]
fn a_group_gets_no_name_that_nobody_can_see() {
    let server = Server::start();
    let group = |arguments: &[&str]| text(&server.cli(&[&["group"], arguments].concat(), ""));
    assert!(group(&["add", "Staff"]).0);
    for odd in ["a\u{202e}b", "\u{3164}", "\u{2800}"] {
        let (added, _, err) = group(&["add", odd]);
        let (renamed, ..) = group(&["rename", "Staff", odd]);
        assert!(!added && !renamed, "{odd:?}: {err}");
    }
    assert_eq!(group(&["list"]).1.lines().count(), 1);
}

#[test]
fn the_first_start_logs_one_line_for_the_tables_of_its_database() {
    let server = Server::start();
    let log = server.log();
    assert_eq!(log.matches("made the tables of a new database, with ").count(), 1, "{log}");
    assert!(!log.contains("migrated the database"), "{log}");
}
