//! The metrics of the real server: each is there, moves, and is explained in docs/operating.md.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use diesel::{Connection, SqliteConnection, connection::SimpleConnection};

use crate::{
    client::Client,
    server::{PASSWORD, Server, connect_from, status},
    site::basic,
};

/// The timeout of each wait.
const TIMEOUT: Duration = Duration::from_secs(40);

/// A server with metrics, and their address.
struct Measured {
    server: Server,
    address: String,
}

impl Measured {
    fn start(environment: &[(&str, &str)]) -> Measured {
        let server = Server::start_with(&[&[("POSTERN_METRICS", "127.0.0.1:0")], environment].concat());
        let log = server.log();
        let address = log.split("metrics are served on http://").nth(1).unwrap().split("/metrics").next().unwrap();
        Measured { address: address.to_owned(), server }
    }

    fn ask(&self, method: &str, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        write!(stream, "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn scrape(&self) -> Scrape {
        let answer = self.ask("GET", "/metrics");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert_eq!(status(&answer), 200);
        assert!(head.contains("text/plain; version=0.0.4"), "{head}");
        Scrape::parse(body)
    }

    /// Scrapes until a condition holds.
    #[track_caller]
    fn until(&self, condition: impl Fn(&Scrape) -> bool) -> Scrape {
        let begun = Instant::now();
        loop {
            let scrape = self.scrape();
            if condition(&scrape) {
                return scrape;
            }
            assert!(begun.elapsed() < TIMEOUT, "{:?}", scrape.samples);
        }
    }
}

/// The metrics at a moment.
#[derive(Default)]
struct Scrape {
    names: BTreeSet<String>,
    samples: BTreeMap<String, f64>,
}

impl Scrape {
    /// Parses the text format: each sample follows the help and the type of its metric.
    fn parse(text: &str) -> Scrape {
        let mut scrape = Scrape::default();
        let (mut help, mut name) = (String::new(), String::new());
        assert!(text.ends_with('\n'));
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                help = rest.split(' ').next().unwrap().to_owned();
                assert!(rest.len() > help.len() + 1, "{line}");
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                let kind;
                (name, kind) = rest.split_once(' ').map(|(name, kind)| (name.to_owned(), kind)).unwrap();
                assert_eq!(help, name);
                assert!(matches!((kind, name.ends_with("_total")), ("counter", true) | ("gauge", false)), "{line}");
                assert!(scrape.names.insert(name.clone()), "{name} comes twice");
            } else {
                let (sample, value) = line.rsplit_once(' ').unwrap();
                assert_eq!(sample.split('{').next().unwrap(), name, "{line}");
                let value = if value == "+Inf" { f64::INFINITY } else { value.parse().unwrap() };
                assert!(value >= 0.0, "{line}");
                assert!(scrape.samples.insert(sample.to_owned(), value).is_none(), "{sample} comes twice");
            }
        }
        scrape
    }

    #[track_caller]
    fn get(&self, sample: &str) -> f64 {
        *self.samples.get(sample).unwrap_or_else(|| panic!("no {sample}: {:?}", self.samples))
    }

    fn share(&self, metric: &str, share: &str) -> f64 {
        self.get(&format!("postern_share_{metric}{{share=\"{share}\"}}"))
    }

    fn errors(&self, cause: &str) -> f64 {
        self.get(&format!("postern_errors_total{{cause=\"{cause}\"}}"))
    }
}

fn authorization(credentials: &str) -> String {
    format!("Authorization: {}\r\n", basic(credentials))
}

#[test]
fn case_48_slow_clients_of_one_network_leave_room_for_another_scraper() {
    let metrics = Measured::start(&[]);
    let held: Vec<_> = (0..40)
        .map(|_| {
            let mut slow = TcpStream::connect(&metrics.address).unwrap();
            // The server may have closed it already.
            let _closed = slow.write_all(b"GET /metrics HTTP/1.1\r\nHost:");
            slow
        })
        .collect();
    let mut other = connect_from([127, 0, 0, 2], &metrics.address);
    write!(other, "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    other.read_to_string(&mut answer).unwrap();
    assert_eq!(status(&answer), 200);
    let is_open = |mut slow: &TcpStream| {
        slow.set_nonblocking(true).unwrap();
        matches!(slow.read(&mut [0]), Err(error) if error.kind() == ErrorKind::WouldBlock)
    };
    assert_eq!(held.iter().filter(|slow| is_open(slow)).count(), 8, "it did not wait until they were cut off");
}

#[test]
fn the_documented_metrics_are_exactly_the_served_ones() {
    let document = include_str!("../../../../docs/operating.md");
    let (_, section) = document.split_once("\n## Metrics\n").unwrap();
    let rows = section.lines().take_while(|line| !line.starts_with("## ")).filter(|line| line.starts_with("| `"));
    let explained: BTreeSet<String> = rows.map(|row| row.split('`').nth(1).unwrap().to_owned()).collect();
    assert_eq!(Measured::start(&[]).scrape().names, explained);
}

#[test]
fn hits_misses_sign_ins_and_refusals_are_counted() {
    // Slow enough that a queue forms.
    let measured = Measured::start(&[("POSTERN_BCRYPT_COST", "12")]);
    let server = &measured.server;
    let before = measured.until(|scrape| scrape.get("postern_cache_fresh") == 1.0);
    assert_eq!(before.get(&format!("postern_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION"))), 1.0);
    assert_eq!(before.get("postern_cache_max_bytes"), 64.0 * 1024.0 * 1024.0);
    assert!(before.get("process_resident_memory_bytes") > 1_000_000.0);
    assert!(before.get("postern_heartbeat_age_seconds") < 5.0);
    assert!(before.get("postern_under_way_max_bytes") > before.get("postern_under_way_bytes"));

    for _ in 0..3 {
        assert_eq!(server.status("/welcome", ""), 200);
    }
    let ann = authorization(&format!("admin:{PASSWORD}"));
    for _ in 0..3 {
        assert_eq!(server.status("/private-example", &ann), 200);
    }
    let after = measured.scrape();
    let grown = |sample: &str| after.get(sample) - before.get(sample);
    assert_eq!((grown("postern_cache_misses_total"), grown("postern_cache_hits_total")), (2.0, 4.0));
    assert_eq!(grown("postern_verifications_total"), 1.0);
    assert!(grown("postern_cache_bytes") > 1000.0 && grown("postern_cache_entries") >= 2.0);

    thread::scope(|scope| {
        for n in 0..6 {
            scope.spawn(move || server.status("/private-example", &authorization(&format!("nobody-{n}:wrong"))));
        }
        let queued = measured.until(|scrape| scrape.get("postern_verifications_waiting") >= 1.0);
        assert!(queued.get("postern_verifications_waiting_max") >= 16.0);
    });
    let mut guesses = 0;
    while server.status("/private-example", &authorization(&format!("admin:wrong-{guesses}"))) == 401 {
        guesses += 1;
        assert!(guesses < 50, "nobody is refused");
    }
    let scrape = measured.scrape();
    assert!(scrape.get("postern_throttle_refusals_total") >= 1.0);
    assert_eq!(
        scrape.get("postern_verifications_total") - after.get("postern_verifications_total"),
        6.0 + f64::from(guesses)
    );
}

#[test]
fn connections_shares_and_jobs_are_counted_while_changes_wait() {
    let measured = Measured::start(&[]);
    let server = &measured.server;
    let admin = format!("admin:{PASSWORD}");
    let mut client = Client::of(server, &admin);
    let (_, list) = client.get("/admin/pages?q=welcome");
    let value = |name: &str| {
        let rest = list.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    let (token, id) = (value("form_token"), value("id"));
    let quiet = measured.scrape();
    assert_eq!((quiet.get("postern_pool_connections_max"), quiet.get("postern_jobs_running")), (14.0, 0.0));
    assert_eq!((quiet.share("connections_max", "changes"), quiet.share("connections_max", "accounts")), (3.0, 2.0));

    let file = server.folder.path().join("postern.db");
    let mut lock = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    lock.batch_execute("PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE").unwrap();
    thread::scope(|scope| {
        let post = |path: &'static str, form: String| {
            let admin = admin.clone();
            scope.spawn(move || Client::of(server, &admin).post(path, &form))
        };
        // The job first: it waits for longer than the saves do.
        let bulk = format!("action=choose-readers&audience=signed-in&id={id}&confirm=yes&form_token={token}");
        let bulk = post("/admin/pages/actions", bulk);
        measured.until(|scrape| scrape.share("connections_in_use", "jobs") == 1.0);
        let saves: Vec<_> = (0..5)
            .map(|n| post("/admin/pages", format!("form_token={token}&title=New&path=new-{n}&body=x&audience=public")))
            .collect();
        let busy = measured.until(|scrape| {
            (scrape.share("connections_in_use", "changes"), scrape.share("waiting", "changes")) == (3.0, 2.0)
        });
        assert_eq!(busy.get("postern_jobs_running"), 1.0);
        assert_eq!(busy.get("postern_jobs_waiting"), 0.0);
        // A connection is taken a moment after its share.
        measured.until(|scrape| scrape.get("postern_pool_connections_in_use") >= 4.0);
        assert!(measured.scrape().get("postern_pool_connections_open") >= 4.0);
        lock.batch_execute("ROLLBACK").unwrap();
        assert!(saves.into_iter().all(|save| save.join().unwrap() == 303));
        assert_eq!(bulk.join().unwrap(), 303);
    });
    measured.until(|scrape| scrape.get("postern_jobs_running") == 0.0);
}

#[test]
fn an_outage_shows_in_the_heartbeat_and_in_the_errors() {
    let measured = Measured::start(&[]);
    assert_eq!(measured.scrape().errors("database"), 0.0);
    let file = measured.server.folder.path().join("postern.db");
    std::fs::rename(&file, file.with_extension("away")).unwrap();
    let admin = authorization(&format!("admin:{PASSWORD}"));
    assert_eq!(measured.server.status("/admin/", &admin), 503);
    assert!(measured.scrape().errors("database") >= 1.0);
    measured
        .until(|scrape| scrape.get("postern_heartbeat_age_seconds") > 1.0 && scrape.get("postern_cache_fresh") == 0.0);
    for cause in ["not_saved", "in_doubt", "busy", "no_room", "internal"] {
        assert_eq!(measured.scrape().errors(cause), 0.0, "{cause}");
    }
    std::fs::rename(file.with_extension("away"), &file).unwrap();
    measured.until(|scrape| scrape.get("postern_cache_fresh") == 1.0);
}

#[test]
fn the_listener_answers_nothing_but_reads_of_the_metrics() {
    let measured = Measured::start(&[]);
    let head = measured.ask("HEAD", "/metrics");
    assert_eq!((status(&head), head.split_once("\r\n\r\n").unwrap().1), (200, ""));
    for (method, path, expected) in
        [("POST", "/metrics", 405), ("GET", "/", 404), ("GET", "/welcome", 404), ("GET", "/healthz", 404)]
    {
        assert_eq!(status(&measured.ask(method, path)), expected, "{method} {path}");
    }
    assert_eq!(measured.server.status("/metrics", ""), 404);
    let text = measured.ask("GET", "/metrics");
    for secret in ["admin", "welcome", "private-example"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    assert!(!measured.server.log().contains("can be read by everyone"), "{}", measured.server.log());
    let open = Server::start_with(&[("POSTERN_METRICS", "0.0.0.0:0")]);
    assert!(open.log().contains("the metrics on 0.0.0.0:"), "{}", open.log());
    let off = Server::start_with(&[("POSTERN_METRICS", "")]);
    assert!(!off.log().contains("metrics"), "{}", off.log());
}
