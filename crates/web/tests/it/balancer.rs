//! HAProxy before two servers, and before two databases: a server that stops loses no request, and a database that takes
//! over is noticed.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{
    client::Client,
    cluster::Cluster,
    server::{PASSWORD, Server, finish, is_installed, postern, status, text},
    site::basic,
};

/// The timeout of each wait that has no bound of its own.
const TIMEOUT: Duration = Duration::from_secs(40);

/// A running HAProxy.
struct Balancer {
    address: String,
    folder: TempDir,
    child: Child,
}

impl Balancer {
    /// Starts HAProxy with a backend; it never tries a request twice, so that lost requests show.
    fn start(mode: &str, backend: &str) -> Balancer {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let file = folder.path().join("haproxy.cfg");
        let configuration = format!(
            "defaults\n    mode {mode}\n    retries 0\n    timeout connect 5s\n    timeout client 60s\n    timeout server 60s\n    timeout check 20s\n\
             frontend entry\n    bind 127.0.0.1:{port}\n    default_backend all\n\
             backend all\n{backend}"
        );
        std::fs::write(&file, configuration).unwrap();
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let mut command = Command::new("haproxy");
        command.arg("-db").arg("-f").arg(&file).stdout(Stdio::null()).stderr(log);
        let balancer = Balancer { address: format!("127.0.0.1:{port}"), child: command.spawn().unwrap(), folder };
        let begun = Instant::now();
        while TcpStream::connect(&balancer.address).is_err() {
            assert!(begun.elapsed() < TIMEOUT, "{}", balancer.log());
        }
        balancer
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _buried = self.child.wait();
    }
}

#[test]
fn a_server_that_is_stopped_behind_a_balancer_loses_no_request() {
    let Some(cluster) = Cluster::start() else { return };
    if !is_installed("haproxy") {
        return;
    }
    let url = cluster.url();
    let environment = [("DATABASE_URL", url.as_str()), ("POSTERN_DRAIN", "3")];
    let mut one = Server::start_with(&environment);
    let two = Server::start_with(&environment);
    for server in [&one, &two] {
        Client::of(server, "").until("/readyz", 200, &[503], TIMEOUT);
    }
    let balancer = Balancer::start(
        "http",
        &format!(
            "    option httpchk GET /readyz\n    default-server check inter 1s fall 1 rise 1\n    server one {}\n    server two {}\n",
            one.address, two.address
        ),
    );
    let (stopped, answered, kept) = (AtomicBool::new(false), AtomicU32::new(0), AtomicU32::new(0));
    let admin = format!("Authorization: {}\r\n", basic(format!("admin:{PASSWORD}")));
    let is_running = || !stopped.load(SeqCst);
    // The clients also stop when the test fails.
    struct StopOnDrop<'a>(&'a AtomicBool);
    impl Drop for StopOnDrop<'_> {
        fn drop(&mut self) {
            self.0.store(true, SeqCst);
        }
    }
    thread::scope(|scope| {
        let _stop = StopOnDrop(&stopped);
        // Clients that connect for each request, and clients that keep their connection.
        for path in ["/welcome", "/private-example", "/admin/"] {
            let (balancer, admin, answered, kept, is_running) = (&balancer, &admin, &answered, &kept, &is_running);
            scope.spawn(move || {
                while is_running() {
                    let mut stream = balancer.connect();
                    write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{admin}\r\n").unwrap();
                    let mut answer = String::new();
                    stream.read_to_string(&mut answer).unwrap();
                    assert_eq!(status(&answer), 200, "{answer}");
                    assert!(answer.contains("</html>"), "{answer}");
                    answered.fetch_add(1, SeqCst);
                }
            });
            scope.spawn(move || {
                let mut client = Client::over(balancer.connect(), &format!("admin:{PASSWORD}"));
                while is_running() {
                    assert_eq!(client.status(path), 200);
                    kept.fetch_add(1, SeqCst);
                }
            });
        }
        let enough = |count: &AtomicU32, from: u32| {
            let begun = Instant::now();
            while count.load(SeqCst) < from + 50 {
                assert!(begun.elapsed() < TIMEOUT, "{}", balancer.log());
                thread::yield_now();
            }
        };
        enough(&answered, 0);
        enough(&kept, 0);
        one.signal("TERM");
        let (took, is_clean) = one.wait();
        assert!(is_clean && took >= Duration::from_secs(3), "{took:?} {}", one.log());
        // The other server has all of them.
        enough(&answered, answered.load(SeqCst));
        enough(&kept, kept.load(SeqCst));
    });
}

#[test]
fn a_database_that_takes_over_behind_a_balancer_is_noticed() {
    let (Some(first), Some(second)) = (Cluster::start(), Cluster::start()) else { return };
    if !is_installed("haproxy") {
        return;
    }
    let run = |cluster: &Cluster, arguments: &[&str], input: &str| {
        let folder = tempfile::tempdir().unwrap();
        let mut command = postern(folder.path(), arguments);
        command.env("DATABASE_URL", cluster.url());
        let (done, _, error) = text(&finish(command, input));
        assert!(done, "{arguments:?}: {error}");
    };
    for cluster in [&first, &second] {
        run(cluster, &["user", "add", "ann", "--role", "reader"], "open sesame");
        run(cluster, &["page", "put", "secret", "--title", "Secret", "--private"], "The treasure.");
    }
    run(&second, &["user", "disable", "ann"], "");
    let balancer = Balancer::start(
        "tcp",
        &format!(
            "    default-server check inter 200ms fall 1 rise 1 on-marked-down shutdown-sessions\n    server first {}\n    server second {} backup\n",
            first.address(),
            second.address()
        ),
    );
    let url = format!("postgres://postgres@{}/postgres", balancer.address);
    let server = Server::start_with(&[("DATABASE_URL", &url)]);
    let mut ann = Client::of(&server, "ann:open sesame");
    ann.until("/secret", 200, &[503], TIMEOUT);
    first.down();
    ann.until("/secret", 401, &[200, 503], TIMEOUT);
    for _ in 0..20 {
        assert_eq!(ann.status("/secret"), 401, "never the answer of the first database again");
    }
    ann.until("/readyz", 200, &[503], TIMEOUT);
    // The first one returns, and new connections lead to it, while those of the second stay open.
    first.up();
    let begun = Instant::now();
    while ann.status("/secret") != 200 {
        // Until the balancer has found the first one, the change feed comes back to the second.
        second.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'postern changes'");
        assert!(begun.elapsed() < TIMEOUT, "{}", server.log());
    }
    for _ in 0..20 {
        assert_eq!(ann.status("/secret"), 200, "servers are not mixed");
    }
    ann.until("/readyz", 200, &[503], TIMEOUT);
}
