//! nginx and Caddy before another program, with the files in `deploy/guard`: they ask the real binary who may pass.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{
    server::{Server, is_installed, is_root, status, text},
    site::basic,
};

/// The program behind the proxy: it answers 200 to everything, and remembers the heads and the bodies of its requests.
struct Program {
    port: u16,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Program {
    fn start() -> Program {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = seen.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let log = log.clone();
                thread::spawn(move || answer(stream.unwrap(), &log));
            }
        });
        Program { port, seen }
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
}

/// Answers one request of a known length, and closes the connection.
fn answer(mut stream: TcpStream, log: &Mutex<Vec<String>>) {
    let mut request = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&request).to_lowercase();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
            let is_whole = !head.contains("transfer-encoding: chunked") || body.ends_with("0\r\n\r\n");
            if body.len() >= length && is_whole {
                break;
            }
        }
        match stream.read(&mut chunk) {
            Ok(0) | Err(_) => return,
            Ok(read) => request.extend_from_slice(&chunk[..read]),
        }
    }
    log.lock().unwrap().push(String::from_utf8_lossy(&request).into_owned());
    let _sent = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\nprogram");
}

/// A proxy that asks Postern.
struct Proxy {
    port: u16,
    child: Child,
    _folder: TempDir,
}

impl Proxy {
    fn nginx(server: &Server, program: &Program) -> Proxy {
        let folder = tempfile::tempdir().unwrap();
        let (port, dir) = (free_port(), folder.path().display().to_string());
        let guarded: String = include_str!("../../../../deploy/guard/nginx.conf")
            .lines()
            .filter(|line| !line.contains("ssl_certificate") && !line.contains("listen [::]"))
            .map(|line| line.replace("listen 443 ssl", &format!("listen 127.0.0.1:{port}")) + "\n")
            .collect();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {dir}/{kind};"))
            .concat();
        let user = if is_root() { "user root;" } else { "" };
        let file = folder.path().join("nginx.conf");
        let configuration = format!(
            "daemon off; master_process off; {user} pid {dir}/pid; events {{}} http {{ access_log off; {temporary} {} }}",
            addressed(&guarded, server, program)
        );
        std::fs::write(&file, configuration).unwrap();
        let mut command = Command::new("nginx");
        command.arg("-e").arg(folder.path().join("error")).arg("-p").arg(folder.path()).arg("-c").arg(&file);
        Proxy::started(command, port, folder)
    }

    fn caddy(server: &Server, program: &Program) -> Proxy {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let guarded = include_str!("../../../../deploy/guard/Caddyfile")
            .replace("dashboard.example.org", &format!("http://127.0.0.1:{port}"));
        let file = folder.path().join("Caddyfile");
        let configuration = format!("{{\nadmin off\n}}\n{}", addressed(&guarded, server, program));
        std::fs::write(&file, configuration).unwrap();
        let mut command = Command::new("caddy");
        command.args(["run", "--adapter", "caddyfile", "--config"]).arg(&file);
        command.env("HOME", folder.path()).env("XDG_CONFIG_HOME", folder.path()).env("XDG_DATA_HOME", folder.path());
        Proxy::started(command, port, folder)
    }

    fn started(mut command: Command, port: u16, folder: TempDir) -> Proxy {
        let log = folder.path().join("output");
        let output = std::fs::File::create(&log).unwrap();
        let child = command.stdout(Stdio::null()).stderr(output).spawn().unwrap();
        let proxy = Proxy { port, child, _folder: folder };
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let said = || std::fs::read_to_string(&log).unwrap_or_default();
            assert!(start.elapsed() < Duration::from_secs(30), "{}", said());
            thread::yield_now();
        }
        proxy
    }

    fn ask(&self, method: &str, target: &str, headers: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let host = format!("127.0.0.1:{}", self.port);
        let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
        let request =
            format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}{length}\r\n{body}");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _buried = self.child.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A file of `deploy/guard` with the addresses of this test.
fn addressed(file: &str, server: &Server, program: &Program) -> String {
    assert!(file.contains("127.0.0.1:8080") && file.contains("127.0.0.1:3000"));
    file.replace("127.0.0.1:8080", &server.address.to_string())
        .replace("127.0.0.1:3000", &format!("127.0.0.1:{}", program.port))
}

fn header<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    let head = request.split("\r\n\r\n").next().unwrap();
    head.lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(own, _)| own.eq_ignore_ascii_case(name))
        .map(|(_, v)| v)
}

/// A server with the page `/apps/dashboard` for the group Staff, in which ann is and bob is not.
fn site() -> Server {
    let server = Server::start_with(&[("POSTERN_TRUSTED_PROXIES", "127.0.0.1")]);
    let done = |arguments: &[&str], input: &str| {
        let (ok, out, err) = text(&server.cli(arguments, input));
        assert!(ok, "{arguments:?}: {out}{err}");
    };
    for name in ["ann", "bob"] {
        done(&["user", "add", name, "--role", "reader"], "open sesame");
    }
    done(&["group", "add", "Staff", "ann"], "");
    let page = ["page", "put", "apps/dashboard", "--title", "Dashboard", "--group", "Staff"];
    done(&page, "For staff.");
    server
}

fn check(server: &Server, program: &Program, proxy: &Proxy) {
    let login = |name: &str, password: &str| format!("Authorization: {}\r\n", basic(format!("{name}:{password}")));
    let ann = login("ann", "open sesame");
    let asked = proxy.ask("GET", "/", "", "");
    assert_eq!(status(&asked), 401, "{asked}");
    assert_eq!(header(&asked, "www-authenticate"), Some(r#"Basic realm="Postern", charset="UTF-8""#));
    assert_eq!(status(&proxy.ask("GET", "/", &login("ann", "wrong"), "")), 401);
    assert_eq!(status(&proxy.ask("GET", "/", &login("bob", "open sesame"), "")), 403);
    assert!(program.take().is_empty(), "a refused request reached the program");

    // The name comes from Postern, whatever a client says in any spelling; the password stays with it.
    for spelling in ["Remote-User", "remote-user", "Remote_User", "REMOTE-USER", "Remote-Groups", "Remote_Groups"] {
        let claimed = format!("{ann}{spelling}: root\r\n{spelling}: root\r\n");
        assert_eq!(status(&proxy.ask("GET", "/a?b=c", &claimed, "")), 200);
        let seen = program.take().remove(0);
        assert!(seen.starts_with("GET /a?b=c "), "{seen}");
        assert_eq!((header(&seen, "remote-user"), header(&seen, "remote-groups")), (Some("ann"), Some("Staff")));
        assert_eq!(header(&seen, "authorization"), None);
        assert!(!seen.contains("root"), "{spelling}: {seen}");
    }

    // Every spelling of an address asks about the one page of the proxy's file.
    for target in [
        "/",
        "//",
        "/./",
        "/..%2f",
        "/%2e%2e/postern",
        "/;x",
        "/%00",
        "/.postern-guard",
        "/postern/guard/welcome",
        "/a%2fb",
        "/admin/..;/",
        "/x?y=/welcome",
        "/%5c..",
        "/WELCOME",
        "/welcome/",
    ] {
        for (method, body) in [("GET", ""), ("HEAD", ""), ("POST", "some=thing"), ("PUT", "bytes"), ("DELETE", "")] {
            let claims = "X-Forwarded-Uri: /welcome\r\nX-Original-URL: /welcome\r\nX-Forwarded-Method: OPTIONS\r\n";
            let answer = proxy.ask(method, target, claims, body);
            assert!(matches!(status(&answer), 400 | 401 | 404), "{method} {target}: {answer}");
            assert!(!answer.contains("program"), "{method} {target}");
        }
    }
    assert!(program.take().is_empty(), "a refused request reached the program");

    // Bodies of any length reach the program, and not the guard.
    for method in ["POST", "PUT"] {
        let body = "some=thing".repeat(2000);
        assert_eq!(status(&proxy.ask(method, "/form", &ann, &body)), 200);
        let seen = program.take().remove(0);
        assert!(seen.starts_with(&format!("{method} /form ")) && seen.ends_with(&body), "{method}");
    }

    // A change of access holds with the next request.
    let (done, _, err) = text(&server.cli(&["group", "leave", "Staff", "ann"], ""));
    assert!(done, "{err}");
    assert_eq!(status(&proxy.ask("GET", "/", &ann, "")), 403);
    let (done, _, err) = text(&server.cli(&["user", "disable", "ann"], ""));
    assert!(done, "{err}");
    assert_eq!(status(&proxy.ask("GET", "/", &ann, "")), 401);
    assert!(program.take().is_empty());

    // Without an answer of the guard nothing passes.
    server.signal("KILL");
    for headers in ["", &ann] {
        let answer = proxy.ask("GET", "/", headers, "");
        assert!(matches!(status(&answer), 500 | 502), "{answer}");
    }
    assert!(program.take().is_empty());
}

#[test]
fn nginx_lets_readers_of_the_page_through_and_nobody_else() {
    if !is_installed("nginx") {
        return;
    }
    let (server, program) = (site(), Program::start());
    check(&server, &program, &Proxy::nginx(&server, &program));
}

#[test]
fn caddy_lets_readers_of_the_page_through_and_nobody_else() {
    if !is_installed("caddy") {
        return;
    }
    let (server, program) = (site(), Program::start());
    check(&server, &program, &Proxy::caddy(&server, &program));
}
