//! Requests that no client library would send: raw bytes to the real binary.

use std::{
    collections::BTreeMap,
    io::{ErrorKind, Read, Write},
    net::Shutdown,
    time::{Duration, Instant},
};

use crate::{
    server::{PASSWORD, Server, status},
    site::basic,
};

fn admin() -> String {
    format!("Authorization: {}\r\n", basic(format!("admin:{PASSWORD}")))
}

#[test]
fn t13_t17_t27_odd_authorization_lines_over_the_wire() {
    let server = Server::start();
    assert_eq!(server.status("/private-example", &admin()), 200);
    assert_eq!(server.status("/private-example", ""), 401);
    let token = basic(format!("admin:{PASSWORD}")).split_off(6);
    for (line, expected) in [
        (format!("authorization:   BASIC    {token}   \r\n"), 200),
        (format!("Authorization: Basic\t{token}\r\n"), 401),
        ("Authorization:\r\n".into(), 401),
        (format!("Authorization: Basic {token}\r\nAuthorization: Basic {token}\r\n"), 400),
        (format!("Authorization: Basic {token}, Basic {token}\r\n"), 401),
        (format!("Authorization: Basic {}\r\n", "A".repeat(9000)), 431),
        ("Authorization: Basic \u{e9}\r\n".into(), 401),
    ] {
        assert_eq!(server.status("/private-example", &line), expected, "{line}");
    }
}

#[test]
fn t45_absolute_form_and_dot_segments_over_the_wire() {
    let server = Server::start();
    for uri in ["http://x/private-example", "http://evil.test/private-example"] {
        assert_eq!(server.status(uri, ""), 401, "{uri}");
    }
    for uri in [
        "//private-example",
        "/./private-example",
        "/x/../private-example",
        "/private-example%00",
        "/private-example;a=b",
        "private-example",
        "*",
        "/%c0%af",
    ] {
        let status = server.status(uri, "");
        assert!((400..500).contains(&status), "{uri}: {status}");
        assert_ne!(server.status(uri, &admin()), 200, "{uri}");
    }
}

#[test]
fn case_41_49_bodies_framed_in_two_ways_are_refused_and_nothing_is_smuggled() {
    let server = Server::start();
    let smuggled = "GET /welcome HTTP/1.1\r\nHost: x\r\n\r\n";
    for head in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: -5\r\n",
        "Content-Length: 5 5\r\n",
        "Content-Length: 0x5\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Content-Length : 5\r\n",
    ] {
        let request = format!("POST /welcome HTTP/1.1\r\nHost: x\r\n{head}\r\n0\r\n\r\n{smuggled}");
        let answer = server.raw(&request);
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{head}: {answer}");
        assert!(matches!(status(&answer), 400 | 501), "{head}: {answer}");
    }
    assert_eq!(status(&server.raw("GET /welcome HTTP/1.1\r\nConnection: close\r\n\r\n")), 400);
    let twice = server.raw("GET /welcome HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n");
    assert_eq!(status(&twice), 400);
}

#[test]
fn t32_a_refused_post_leaves_the_connection_usable_or_closed() {
    let server = Server::start();
    let body = "a".repeat(2000);
    let mut stream = server.connect();
    write!(stream, "POST /admin/pages HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
    write!(stream, "GET /welcome HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut answers = String::new();
    let _reset = stream.read_to_string(&mut answers);
    assert_eq!(status(&answers), 401);
    // The body is never taken for a request.
    let statuses: Vec<u16> =
        answers.split("HTTP/1.1").skip(1).map(|answer| status(&format!("HTTP/1.1{answer}"))).collect();
    assert!(statuses == [401, 200] || statuses == [401], "{statuses:?}");
}

#[test]
fn case_53_a_body_without_end_is_refused_while_it_comes() {
    let server = Server::start();
    let mut stream = server.connect();
    write!(
        stream,
        "POST /admin/pages HTTP/1.1\r\nHost: x\r\n{}Content-Type: application/x-www-form-urlencoded\r\n\
         Transfer-Encoding: chunked\r\n\r\n",
        admin()
    )
    .unwrap();
    let mut writing = stream.try_clone().unwrap();
    let writer = std::thread::spawn(move || {
        let chunk = format!("10000\r\n{}\r\n", "a".repeat(0x10000));
        // 64 MiB, or until the server closes the connection.
        (0..1024).all(|_| writing.write_all(chunk.as_bytes()).is_ok())
    });
    let mut head = [0; 12];
    stream.read_exact(&mut head).unwrap();
    assert_eq!(status(&String::from_utf8_lossy(&head)), 413);
    drop(stream);
    let _all_sent = writer.join().unwrap();
    assert_eq!(server.status("/welcome", ""), 200);
}

#[test]
fn case_48_the_wait_for_a_head_is_limited() {
    let server = Server::start();
    let mut slow = server.connect();
    slow.write_all(b"GET /welcome HTTP/1.1\r\nHost:").unwrap();
    let mut answer = String::new();
    // The server waits for ten seconds; the client, in `connect`, for twenty.
    slow.read_to_string(&mut answer).unwrap();
    assert!(answer.is_empty() || status(&answer) == 408, "{answer}");
}

#[test]
fn case_48_54_the_wait_for_a_slow_later_head_is_limited() {
    let server = Server::start();
    let mut stream = server.connect();
    let request = b"GET /welcome HTTP/1.1\r\nHost: x\r\n\r\n";
    stream.write_all(request).unwrap();
    let mut first = [0; 15];
    stream.read_exact(&mut first).unwrap();
    // With a byte every second, the connection is never idle.
    stream.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
    let begun = Instant::now();
    let mut rest = [0; 4096];
    let closed = request.iter().take(request.len() - 1).any(|byte| {
        let sent = stream.write_all(&[*byte]).is_ok();
        let ended = loop {
            match stream.read(&mut rest) {
                Ok(0) => break true,
                Ok(_) => {}
                Err(error) => break !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
            }
        };
        !sent || ended
    });
    assert!(closed, "still open after {:?}", begun.elapsed());
    assert!(begun.elapsed() > Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[test]
fn case_48_54_many_connections_of_one_network_leave_room_for_others() {
    let server = Server::with_files(256);
    let mut held: Vec<_> = (0..100).map(|_| server.connect()).collect();
    let answered = held.iter_mut().filter_map(|stream| {
        stream.write_all(b"GET /welcome HTTP/1.1\r\nHost: x\r\n\r\n").ok()?;
        let mut first = [0; 15];
        stream.read_exact(&mut first).ok()
    });
    // A quarter of 256 files without those for the database and the runtime.
    assert_eq!(answered.count(), 32);
    let mut other = server.connect_from([127, 0, 0, 2]);
    other.write_all(b"GET /welcome HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    other.read_to_string(&mut answer).unwrap();
    assert_eq!(status(&answer), 200);
    assert!(server.log().contains("its network has too many"), "{}", server.log());
    drop(held);
    let begun = Instant::now();
    while server.status("/welcome", "") != 200 {
        assert!(begun.elapsed() < Duration::from_secs(20), "no room after the connections were closed");
    }
}

#[test]
fn case_48_54_a_chunked_body_without_end_holds_no_connection() {
    let server = Server::start();
    for (head, expected) in [
        ("GET /welcome", 200),
        ("HEAD /welcome", 200),
        ("GET /private-example", 401),
        ("GET /nope", 404),
        ("POST /welcome", 405),
        ("OPTIONS /welcome", 204),
        ("POST /admin/pages", 401),
    ] {
        let request = format!("{head} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
        // This reads until the server closes the connection, for at most twenty seconds.
        let answer = server.raw(&request);
        assert_eq!(status(&answer), expected, "{head}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{head}: {answer}");
    }
    let whole = "POST /welcome HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    let next = "GET /welcome HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    assert_eq!(server.raw(format!("{whole}{next}")).matches("HTTP/1.1 ").count(), 2, "one that ends is no hindrance");
}

#[test]
fn t96_many_requests_that_are_sent_at_once_are_answered_in_order() {
    let server = Server::start();
    let ask = |requests: String| {
        let mut stream = server.connect();
        let mut writing = stream.try_clone().unwrap();
        let writer = std::thread::spawn(move || writing.write_all(requests.as_bytes()));
        let mut answers = String::new();
        stream.read_to_string(&mut answers).unwrap();
        writer.join().unwrap().unwrap();
        statuses(&answers)
    };
    let get = |path: &str, fields: &str| format!("GET {path} HTTP/1.1\r\nHost: x\r\n{fields}\r\n");
    let three = [get("/nope", ""), get("/welcome", ""), get("/private-example", "")].concat();
    let last = get("/welcome", &format!("X-Long: {}\r\nConnection: close\r\n", "a".repeat(6000)));
    assert_eq!(ask(three.repeat(100) + &last), [[404, 200, 401].repeat(100), vec![200]].concat());
    let form = "a".repeat(50_000);
    for (fields, body) in [
        (format!("Content-Length: {}\r\n", form.len()), form.clone()),
        ("Transfer-Encoding: chunked\r\n".into(), format!("{:x}\r\n{form}\r\n0\r\n\r\n", form.len())),
    ] {
        let fields = format!("Content-Type: application/x-www-form-urlencoded\r\n{fields}{}", admin());
        let post = format!("POST /account/theme HTTP/1.1\r\nHost: x\r\n{fields}\r\n{body}");
        assert_eq!(ask(post + &three + &last), [403, 404, 200, 401, 200]);
    }
}

/// The statuses of the answers in a text.
fn statuses(answers: &str) -> Vec<u16> {
    answers.split("HTTP/1.1 ").skip(1).map(|answer| status(&format!("HTTP/1.1 {answer}"))).collect()
}

/// A form that sets the theme of the administrator, with a valid token.
fn theme(server: &Server, theme: &str) -> String {
    let page = server.raw(format!("GET /account HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{}\r\n", admin()));
    let token = page.split("name=\"form_token\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let body = format!("theme={theme}&form_token={token}");
    format!(
        "POST /account/theme HTTP/1.1\r\nHost: x\r\n{}Content-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{body}",
        admin(),
        body.len()
    )
}

#[test]
fn t95_a_client_that_closes_its_side_gets_its_answer() {
    let server = Server::start();
    let ask = |request: &str| {
        let mut stream = server.connect();
        stream.write_all(request.as_bytes()).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut answers = String::new();
        stream.read_to_string(&mut answers).unwrap();
        statuses(&answers)
    };
    let search = "GET /search?q=welcome HTTP/1.1\r\nHost: x\r\n\r\n";
    assert_eq!(ask(search), [200]);
    assert_eq!(ask(&format!("{search}GET /nope HTTP/1.1\r\nHost: x\r\n\r\n")), [200, 404]);
    assert_eq!(ask(&theme(&server, "dark")), [303]);
    assert_eq!(ask(&theme(&server, "light")[..60]), [] as [u16; 0]);
    assert_eq!(ask(&format!("{search}GET /nope")), [200]);
}

#[test]
fn t95_what_follows_a_request_does_not_take_its_answer() {
    let server = Server::start();
    for rest in ["more=data", "\0garbage\r\n\r\n", "GET\r\n\r\n"] {
        for (request, expected) in [
            ("GET /search?q=welcome HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(), 200),
            (theme(&server, "dark"), 303),
            (theme(&server, "light"), 303),
        ] {
            // This reads until the server closes the connection.
            let answers = server.raw(format!("{request}{rest}\r\n\r\n"));
            assert_eq!(statuses(&answers), [expected, 400], "{rest:?}: {answers}");
        }
    }
    let end = format!("{}\r\nGET /welcome HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", theme(&server, "dark"));
    assert_eq!(
        statuses(&server.raw(end)),
        [303, 200],
        "the line end that old browsers send after a form is no request"
    );
}

#[test]
fn t97_what_is_no_request_gets_an_answer_without_a_body() {
    let server = Server::start();
    let get = |path: &str| server.raw(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"));
    for answer in [get("/\0"), get(&format!("/{}", "a".repeat(70_000))), server.raw("\u{16}\u{3}\u{1}\r\n\r\n")] {
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert_eq!((status(head), body), (400, ""), "{answer}");
        let names: Vec<String> =
            head.lines().skip(1).map(|line| line.split(':').next().unwrap().to_lowercase()).collect();
        assert!(names.iter().all(|name| ["content-length", "connection", "date"].contains(&&**name)), "{answer}");
    }
}

#[test]
fn case_52_refusals_write_at_most_100_lines_each_second() {
    let server = Server::start();
    let mut stream = server.connect();
    let count = 1500;
    let mut writing = stream.try_clone().unwrap();
    let writer = std::thread::spawn(move || {
        let request = "POST /join/x HTTP/1.1\r\nHost: x\r\nOrigin: http://evil.test\r\n\r\n";
        writing.write_all(request.repeat(count - 1).as_bytes()).unwrap();
        writing.write_all(request.replace("Origin", "Connection: close\r\nOrigin").as_bytes()).unwrap();
    });
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    writer.join().unwrap();
    assert_eq!(statuses(&answers), vec![403; count]);
    let log = server.log();
    let mut lines = BTreeMap::<&str, usize>::new();
    for line in log.lines().filter(|line| line.contains("denied status=403")) {
        *lines.entry(line.split(' ').next().unwrap()).or_default() += 1;
    }
    let written: usize = lines.values().sum();
    // A line that is written at the end of a second can have the time of the next one.
    assert!(written > 0 && written <= 100 * (lines.len() + 1), "{lines:?}");
}

#[test]
fn sigterm_and_sigint_finish_what_runs_and_exit_with_0() {
    for signal in ["TERM", "INT"] {
        let mut server = Server::start();
        let mut idle = server.connect();
        write!(idle, "GET /welcome HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        let mut first = [0; 15];
        idle.read_exact(&mut first).unwrap();
        server.signal(signal);
        let (took, success) = server.wait();
        assert!(success, "{signal}: {}", server.log());
        assert!(took < Duration::from_secs(10), "{signal} took {took:?}");
    }
}

#[test]
fn t55_case_53_54_49_no_secret_and_no_second_line_stands_in_the_log() {
    let server = Server::start_with(&[("POSTERN_LOG", "trace")]);
    server.status("/private-example", &admin());
    let wrong = format!("Authorization: {}\r\n", basic("admin:not-the-password"));
    assert_eq!(server.status("/private-example", &wrong), 401);
    server.status("/nope%0d%0aINJECTED", "");
    let log = server.log();
    assert!(log.contains("sign-in refused name=\"admin\""), "{log}");
    for secret in [PASSWORD, "not-the-password", "$2b$", &basic(format!("admin:{PASSWORD}"))[6..]] {
        assert!(!log.contains(secret), "{secret} stands in {log}");
    }
    assert!(!log.lines().any(|line| line.starts_with("INJECTED")));
}

#[test]
fn a_request_for_another_protocol_is_answered_in_this_one() {
    let server = Server::start();
    for (path, expected) in [("/welcome", 200), ("/private-example", 401), ("/nope", 404), ("/welcome/", 308)] {
        for upgrade in ["h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA", "websocket"] {
            let fields = format!("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: {upgrade}");
            let answer = server.raw(format!("GET {path} HTTP/1.1\r\nHost: x\r\n{fields}\r\n\r\n"));
            let head = answer.split("\r\n\r\n").next().unwrap().to_lowercase();
            assert_eq!(status(&answer), expected, "{answer}");
            assert!(head.contains("connection: close") && !head.contains("upgrade"), "{head}");
        }
    }
}
