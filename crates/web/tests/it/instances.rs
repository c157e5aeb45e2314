//! Several processes on one database, and a database that stops, dies and returns while clients read.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use crate::{
    client::Client,
    cluster::Cluster,
    files::png,
    server::{PASSWORD, Server, text},
};

/// The timeout of each wait that has no bound of its own.
const TIMEOUT: Duration = Duration::from_secs(40);

/// A server on a cluster, with a private page, a public page, and the user ann, who has signed in.
fn server(cluster: &Cluster, environment: &[(&str, &str)]) -> Server {
    let url = cluster.url();
    let mut all = vec![("DATABASE_URL", url.as_str())];
    all.extend_from_slice(environment);
    Server::start_with(&all)
}

fn cli(cluster: &Cluster, server: &Server, arguments: &[&str], input: &str) {
    let url = cluster.url();
    let arguments: Vec<&str> = ["--database-url", &url].into_iter().chain(arguments.iter().copied()).collect();
    let (done, _, error) = text(&server.cli(&arguments, input));
    assert!(done, "{error}");
}

fn add_ann(cluster: &Cluster, server: &Server) {
    cli(cluster, server, &["user", "add", "ann", "--role", "reader"], "open sesame");
    cli(cluster, server, &["page", "put", "secret", "--title", "Secret", "--private"], "The treasure.");
    cli(cluster, server, &["page", "put", "hello", "--title", "Hello"], "Hello.");
}

#[test]
fn t48_case_26_27_28_a_change_of_one_instance_is_known_to_the_other() {
    let Some(cluster) = Cluster::start() else { return };
    let (one, other) = (server(&cluster, &[]), server(&cluster, &[]));
    add_ann(&cluster, &one);
    let mut ann = Client::of(&other, "ann:open sesame");
    let soon = Duration::from_secs(2);
    ann.until("/secret", 200, &[401, 404], soon);
    assert_eq!(Client::of(&one, "ann:open sesame").status("/secret"), 200);

    cli(&cluster, &one, &["user", "passwd", "ann"], "another one");
    ann.until("/secret", 401, &[200], soon);
    let mut ann = Client::of(&other, "ann:another one");
    assert_eq!(ann.status("/secret"), 200);

    cli(&cluster, &one, &["user", "role", "ann", "editor"], "");
    ann.until("/admin/", 200, &[403], soon);
    cluster.sql("UPDATE users SET role = 'reader' WHERE name = 'ann'");
    ann.until("/admin/", 403, &[200], soon);
    cluster.sql("UPDATE users SET active = FALSE WHERE name = 'ann'");
    ann.until("/secret", 401, &[200], soon);
    cluster.sql("UPDATE users SET active = TRUE WHERE name = 'ann'");
    ann.until("/secret", 200, &[401], soon);

    let mut visitor = Client::of(&other, "");
    assert_eq!(visitor.status("/hello"), 200);
    cluster.sql("UPDATE pages SET private = TRUE WHERE path = 'hello'");
    visitor.until("/hello", 401, &[200], soon);
    cluster.sql("DELETE FROM pages WHERE path = 'hello'");
    visitor.until("/hello", 404, &[401], soon);

    cli(&cluster, &one, &["user", "delete", "ann"], "");
    ann.until("/secret", 401, &[200], soon);
    cli(&cluster, &one, &["user", "add", "ann", "--role", "reader"], "a third one");
    assert_eq!(ann.status("/secret"), 401);
}

#[test]
fn t48_an_app_password_that_is_ended_elsewhere_is_refused_by_every_instance() {
    let Some(cluster) = Cluster::start() else { return };
    let (one, other) = (server(&cluster, &[]), server(&cluster, &[]));
    add_ann(&cluster, &one);
    let url = cluster.url();
    let make = |name: &str| {
        let made = one.cli(&["--database-url", &url, "token", "add", "ann", "--name", name], "");
        text(&made).1.trim_end().to_owned()
    };
    let soon = Duration::from_secs(2);
    for end in ["command line", "SQL", "owner"] {
        let secret = make(end);
        let mut program = Client::of(&other, &format!("ann:{secret}"));
        program.until("/secret", 200, &[401], soon);
        assert_eq!(program.status("/secret"), 200, "from memory");
        match end {
            "command line" => {
                cli(&cluster, &one, &["token", "end", "ann", "--name", end], "");
                assert_eq!(program.status("/secret"), 401, "with the next request");
            }
            "SQL" => {
                cluster.sql("UPDATE app_passwords SET ended_at = now() WHERE name = 'SQL'");
                program.until("/secret", 401, &[200], soon);
            }
            _ => {
                cli(&cluster, &one, &["user", "disable", "ann"], "");
                assert_eq!(program.status("/secret"), 401, "with the next request");
            }
        }
    }
}

#[test]
fn t52_three_instances_give_a_guesser_no_more_tries_than_one() {
    let Some(cluster) = Cluster::start() else { return };
    let servers = [(); 3].map(|()| server(&cluster, &[]));
    add_ann(&cluster, &servers[0]);
    Client::of(&servers[2], "ann:open sesame").until("/secret", 200, &[401, 404], TIMEOUT);
    let mut tries = 0;
    // The instances take turns until each of them asks for a wait.
    for server in servers.iter().cycle().take(60) {
        tries += u32::from(Client::of(server, &format!("ann:guess {tries}")).status("/secret") == 401);
        if tries > 40 {
            break;
        }
    }
    // Ten tries are free, plus one, plus those that the delays of a second to three permit meanwhile.
    assert!((10..=26).contains(&tries), "{tries}");
    let admin = format!("admin:{PASSWORD}");
    let (_, list) = Client::of(&servers[1], &admin).get("/admin/users?q=ann");
    let page = list.split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let (_, page) = Client::of(&servers[1], &admin).get(&format!("/admin/users/{page}"));
    assert!(page.contains("wrong passwords in a row"), "{page}");
    cli(&cluster, &servers[0], &["user", "unlock", "ann"], "");
    let waited = Client::of(&servers[1], "ann:guess again").status("/secret");
    assert_eq!(waited, 401, "forgotten by all");
}

#[test]
fn t40_t47_what_is_saved_in_the_panel_of_one_instance_holds_for_the_others_next_request() {
    let Some(cluster) = Cluster::start() else { return };
    let (one, other) = (server(&cluster, &[]), server(&cluster, &[]));
    add_ann(&cluster, &one);
    std::fs::write(one.folder.path().join("plan.png"), png(500)).unwrap();
    cli(&cluster, &one, &["file", "put", "hello/plan.png", "plan.png"], "");
    let begun = Instant::now();
    while other.status("/hello/plan.png", "") != 200 {
        assert!(begun.elapsed() < TIMEOUT);
    }
    let answer = other.raw("GET /hello/plan.png HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let tag = answer.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap().to_owned();
    let tag = format!("If-None-Match: {tag}\r\n");
    let file = |server: &Server| {
        let plan = "/hello/plan.png";
        [(plan, ""), ("/hello/plan.png?w=480", ""), (plan, &*tag), (plan, "Range: bytes=0-1\r\n")]
            .map(|(uri, headers)| server.status(uri, headers))
    };
    let mut admin = Client::of(&one, &format!("admin:{PASSWORD}"));
    let (_, form) = admin.get("/admin/pages/new");
    let token = form.split("name=\"form_token\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let (_, list) = admin.get("/admin/pages?q=hello");
    let page = list.split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let mut visitor = Client::of(&other, "");
    for _ in 0..10 {
        for (audience, status, of_file) in [("signed-in", 401, [401; 4]), ("public", 200, [200, 200, 304, 206])] {
            let form = format!("action=choose-readers&audience={audience}&id={page}&form_token={token}");
            let (_, question) = admin.submit("/admin/pages/actions", &form);
            let seen = question.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap();
            assert_eq!(admin.post("/admin/pages/actions", &format!("{form}&seen={seen}&confirm=yes")), 303);
            assert_eq!(visitor.status("/hello"), status, "{audience}");
            assert_eq!((file(&other), file(&one)), (of_file, of_file), "{audience}");
        }
    }
}

#[test]
fn a_command_on_a_sqlite_file_holds_for_the_servers_next_request() {
    let server = Server::start();
    let cli = |arguments: &[&str], input: &str| assert!(text(&server.cli(arguments, input)).0);
    cli(&["user", "add", "ann", "--role", "reader"], "open sesame");
    cli(&["page", "put", "secret", "--title", "Secret", "--private"], "The treasure.");
    let (mut ann, mut new, mut visitor) =
        (Client::of(&server, "ann:open sesame"), Client::of(&server, "ann:another one"), Client::of(&server, ""));
    for _ in 0..3 {
        assert_eq!(ann.status("/secret"), 200);
        cli(&["user", "passwd", "ann"], "another one");
        assert_eq!((ann.status("/secret"), new.status("/secret")), (401, 200));
        cli(&["user", "passwd", "ann"], "open sesame");
        assert_eq!((ann.status("/secret"), new.status("/secret")), (200, 401));
        cli(&["page", "put", "secret", "--title", "Secret", "--public"], "No treasure.");
        assert_eq!(visitor.status("/secret"), 200);
        cli(&["page", "put", "secret", "--title", "Secret", "--private"], "The treasure.");
        assert_eq!(visitor.status("/secret"), 401);
        cli(&["user", "disable", "ann"], "");
        assert_eq!(ann.status("/secret"), 401);
        cli(&["user", "enable", "ann"], "");
    }
}

#[test]
fn case_33_without_its_listener_an_instance_distrusts_what_it_remembers() {
    let Some(cluster) = Cluster::start() else { return };
    let server = server(&cluster, &[]);
    add_ann(&cluster, &server);
    let mut ann = Client::of(&server, "ann:open sesame");
    ann.until("/secret", 200, &[401, 404], TIMEOUT);
    for signal in ["TERM", "STOP"] {
        let listener = cluster.listeners()[0];
        assert!(Command::new("kill").args([format!("-{signal}"), listener.to_string()]).status().unwrap().success());
        cluster.sql("UPDATE users SET active = FALSE WHERE name = 'ann'");
        ann.until("/secret", 401, &[200], Duration::from_secs(6));
        for _ in 0..100 {
            assert_eq!(ann.status("/secret"), 401, "never a stale answer after");
        }
        // While nothing listens, every request asks the database, and gets its current state.
        cluster.sql("UPDATE users SET active = TRUE WHERE name = 'ann'");
        ann.until("/secret", 200, &[401], Duration::from_secs(2));
        // Another listener takes the place.
        let start = Instant::now();
        while !cluster.listeners().iter().any(|pid| *pid != listener) {
            assert!(start.elapsed() < TIMEOUT);
        }
        // A listener that was stopped is not used any more, whatever happens to it.
        let _gone = Command::new("kill").args(["-KILL".to_owned(), listener.to_string()]).status();
        if signal == "STOP" {
            break;
        }
        ann.until("/secret", 200, &[401, 503], TIMEOUT);
    }
}

#[test]
fn case_56_a_stopped_database_is_503_for_private_pages_and_never_401() {
    let Some(cluster) = Cluster::start() else { return };
    let server = server(&cluster, &[("POSTERN_SILENCE", "1"), ("POSTERN_STALE_PUBLIC", "8")]);
    add_ann(&cluster, &server);
    let (mut ann, mut visitor) = (Client::of(&server, "ann:open sesame"), Client::of(&server, ""));
    ann.until("/secret", 200, &[401, 404], TIMEOUT);
    visitor.until("/hello", 200, &[404], TIMEOUT);
    assert_eq!(visitor.status("/"), 200);
    cluster.signal("STOP");
    let stopped = Instant::now();
    ann.until("/secret", 503, &[200], Duration::from_secs(9));
    assert_eq!(visitor.status("/hello"), 200, "what was public a moment ago was public");
    let log = server.log();
    assert!(log.contains("the database does not answer, and the cache answers only for a limited time"), "{log}");
    assert!(!log.contains("nothing is answered from the cache"), "{log}");
    assert!(stopped.elapsed() < Duration::from_secs(9), "{:?}", stopped.elapsed());
    assert_eq!(visitor.status("/healthz"), 200);
    visitor.until("/hello", 503, &[200], Duration::from_secs(20));
    let mut stranger = Client::of(&server, "ann:wrong");
    assert_eq!(stranger.status("/secret"), 503);
    let begun = Instant::now();
    assert_eq!(ann.status("/secret"), 503);
    assert!(begun.elapsed() < Duration::from_secs(1), "nobody waits for a database that is known not to answer");
    assert_eq!(visitor.status("/readyz"), 503);
    cluster.signal("CONT");
    ann.until("/secret", 200, &[503], TIMEOUT);
    visitor.until("/hello", 200, &[503], TIMEOUT);
    assert_eq!(visitor.status("/secret"), 401);
}

#[test]
fn t39_during_an_outage_public_pages_and_lists_are_those_of_strangers_whatever_the_credentials() {
    let Some(cluster) = Cluster::start() else { return };
    let server = server(&cluster, &[("POSTERN_SILENCE", "1")]);
    add_ann(&cluster, &server);
    cli(&cluster, &server, &["page", "put", "hello/sub", "--title", "Sub"], "Below.");
    let (mut ann, mut stranger) = (Client::of(&server, "ann:open sesame"), Client::of(&server, ""));
    ann.until("/secret", 200, &[401, 404], TIMEOUT);
    let paths = ["/", "/hello", "/hello/feed.xml"];
    let public = paths.map(|path| stranger.get(path));
    let check = || {
        for credentials in ["", "ann:open sesame", "ann:wrong", "x:\0"] {
            for (path, expected) in paths.iter().zip(&public) {
                let found = Client::of(&server, credentials).get(path);
                assert_eq!(found.0, 200, "{path} {credentials}");
                assert!(found == *expected, "{path} {credentials}: {}", found.1);
            }
        }
    };
    cluster.down();
    check();
    // From now on not even ann is recognised.
    ann.until("/secret", 503, &[200], TIMEOUT);
    check();
    assert_eq!(Client::of(&server, "ann:wrong").status("/secret"), 503);
    cluster.up();
    ann.until("/secret", 200, &[503], TIMEOUT);
}

#[test]
fn a_database_that_was_killed_is_listened_to_again_and_all_before_is_forgotten() {
    let Some(cluster) = Cluster::start() else { return };
    let server = server(&cluster, &[("POSTERN_SILENCE", "2")]);
    add_ann(&cluster, &server);
    let (mut ann, mut visitor) = (Client::of(&server, "ann:open sesame"), Client::of(&server, ""));
    ann.until("/secret", 200, &[401, 404], TIMEOUT);
    visitor.until("/hello", 200, &[404], TIMEOUT);
    cluster.kill();
    ann.until("/secret", 503, &[200], TIMEOUT);
    assert_eq!(visitor.status("/hello"), 200);
    cluster.up();
    // Maybe nothing listened when this change was reported.
    cluster.sql("UPDATE pages SET private = TRUE WHERE path = 'hello'");
    cluster.sql("UPDATE users SET active = FALSE WHERE name = 'ann'");
    ann.until("/secret", 401, &[503], TIMEOUT);
    visitor.until("/hello", 401, &[200], TIMEOUT);
    for _ in 0..100 {
        assert_eq!((ann.status("/secret"), visitor.status("/hello")), (401, 401));
    }
    assert_eq!(Client::of(&server, &format!("admin:{PASSWORD}")).status("/admin/"), 200);
}
