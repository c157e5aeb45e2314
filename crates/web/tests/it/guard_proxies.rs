//! nginx, Caddy and Traefik before another program, with the files in `deploy/guard`: they ask the real binary who may pass.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    process::Command,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use crate::{
    reverse_proxy::{ReverseProxy, free_port, header},
    server::{Server, is_installed, status, text},
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

/// nginx that asks Postern.
fn nginx(server: &Server, program: &Program) -> ReverseProxy {
    let guarded = addressed(include_str!("../../../../deploy/guard/nginx.conf"), server, program);
    ReverseProxy::nginx(|port, _| {
        guarded
            .lines()
            .filter(|line| !line.contains("ssl_certificate") && !line.contains("listen [::]"))
            .map(|line| line.replace("listen 443 ssl", &format!("listen 127.0.0.1:{port}")) + "\n")
            .collect()
    })
}

/// Caddy that asks Postern.
fn caddy(server: &Server, program: &Program) -> ReverseProxy {
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let guarded = addressed(include_str!("../../../../deploy/guard/Caddyfile"), server, program)
        .replace("dashboard.example.org", &format!("http://127.0.0.1:{port}"));
    let file = folder.path().join("Caddyfile");
    std::fs::write(&file, format!("{{\nadmin off\n}}\n{guarded}")).unwrap();
    let mut command = Command::new("caddy");
    command.args(["run", "--adapter", "caddyfile", "--config"]).arg(&file);
    command.env("HOME", folder.path()).env("XDG_CONFIG_HOME", folder.path()).env("XDG_DATA_HOME", folder.path());
    ReverseProxy::started(command, port, folder)
}

/// Traefik that asks Postern.
fn traefik(server: &Server, program: &Program) -> ReverseProxy {
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let guarded = addressed(include_str!("../../../../deploy/guard/traefik.yml"), server, program)
        .replace("dashboard.example.org", "127.0.0.1")
        .replace("      tls: {}\n", "");
    let file = folder.path().join("traefik.yml");
    std::fs::write(&file, guarded).unwrap();
    let mut command = Command::new("traefik");
    command.arg(format!("--entrypoints.websecure.address=127.0.0.1:{port}"));
    command.arg(format!("--providers.file.filename={}", file.display()));
    command.args(["--global.checknewversion=false", "--global.sendanonymoususage=false"]);
    let proxy = ReverseProxy::started(command, port, folder);
    // Traefik listens before it has read the file, and answers 404 until then.
    let start = Instant::now();
    while status(&proxy.ask("GET", "/", "")) == 404 {
        assert!(start.elapsed() < Duration::from_secs(30), "the file was not read");
        thread::yield_now();
    }
    proxy
}

/// A file of `deploy/guard` with the addresses of this test.
fn addressed(file: &str, server: &Server, program: &Program) -> String {
    assert!(file.contains("127.0.0.1:8080") && file.contains("127.0.0.1:3000"));
    file.replace("127.0.0.1:8080", &server.address.to_string())
        .replace("127.0.0.1:3000", &format!("127.0.0.1:{}", program.port))
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

fn check(server: &Server, program: &Program, proxy: &ReverseProxy) {
    let login = |name: &str, password: &str| format!("Authorization: {}\r\n", basic(format!("{name}:{password}")));
    let ann = login("ann", "open sesame");
    let challenge = proxy.send("GET", "/", "", "");
    assert_eq!(status(&challenge), 401, "{challenge}");
    assert_eq!(header(&challenge, "www-authenticate"), Some(r#"Basic realm="Postern", charset="UTF-8""#));
    assert_eq!(status(&proxy.send("GET", "/", &login("ann", "wrong"), "")), 401);
    assert_eq!(status(&proxy.send("GET", "/", &login("bob", "open sesame"), "")), 403);
    assert!(program.take().is_empty(), "a refused request reached the program");

    // The name comes from Postern, whatever a client says in any spelling; the password stays with it.
    for spelling in ["Remote-User", "remote-user", "Remote_User", "REMOTE-USER", "Remote-Groups", "Remote_Groups"] {
        let claimed = format!("{ann}{spelling}: root\r\n{spelling}: root\r\n");
        assert_eq!(status(&proxy.send("GET", "/a?b=c", &claimed, "")), 200);
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
            let answer = proxy.send(method, target, claims, body);
            assert!(matches!(status(&answer), 400 | 401 | 404), "{method} {target}: {answer}");
            assert!(!answer.contains("program"), "{method} {target}");
        }
    }
    assert!(program.take().is_empty(), "a refused request reached the program");

    // Bodies of any length reach the program, and not the guard.
    for method in ["POST", "PUT"] {
        let body = "some=thing".repeat(2000);
        assert_eq!(status(&proxy.send(method, "/form", &ann, &body)), 200);
        let seen = program.take().remove(0);
        assert!(seen.starts_with(&format!("{method} /form ")) && seen.ends_with(&body), "{method}");
    }

    // A change of access holds with the next request.
    let (done, _, err) = text(&server.cli(&["group", "leave", "Staff", "ann"], ""));
    assert!(done, "{err}");
    assert_eq!(status(&proxy.send("GET", "/", &ann, "")), 403);
    let (done, _, err) = text(&server.cli(&["user", "disable", "ann"], ""));
    assert!(done, "{err}");
    assert_eq!(status(&proxy.send("GET", "/", &ann, "")), 401);
    assert!(program.take().is_empty());

    // Without an answer of the guard nothing passes.
    server.signal("KILL");
    for headers in ["", &ann] {
        let answer = proxy.send("GET", "/", headers, "");
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
    check(&server, &program, &nginx(&server, &program));
}

#[test]
fn caddy_lets_readers_of_the_page_through_and_nobody_else() {
    if !is_installed("caddy") {
        return;
    }
    let (server, program) = (site(), Program::start());
    check(&server, &program, &caddy(&server, &program));
}

#[test]
fn traefik_lets_readers_of_the_page_through_and_nobody_else() {
    if !is_installed("traefik") {
        return;
    }
    let (server, program) = (site(), Program::start());
    check(&server, &program, &traefik(&server, &program));
}
