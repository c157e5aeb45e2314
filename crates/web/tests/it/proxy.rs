//! A real caching proxy before the real binary: its cache never serves private content.

use crate::{
    files::png,
    reverse_proxy::{self, ReverseProxy},
    server::{PASSWORD, Server, is_installed, status},
    site::basic,
};

/// An nginx that caches every response that it may cache; `None` if nginx is not installed and tests may skip it.
fn caching(server: &Server) -> Option<ReverseProxy> {
    let address = &server.address;
    is_installed("nginx").then(|| {
        ReverseProxy::nginx(|port, dir| {
            format!(
                "proxy_cache_path {dir}/cache keys_zone=zone:1m;
                 server {{ listen 127.0.0.1:{port}; location / {{
                     proxy_pass http://{address}; proxy_cache zone; proxy_cache_valid any 10m;
                     proxy_cache_methods GET HEAD; add_header X-Cache $upstream_cache_status always; }} }}"
            )
        })
    })
}

/// The value of a header; empty if the response has none.
fn header<'a>(answer: &'a str, name: &str) -> &'a str {
    reverse_proxy::header(answer, name).unwrap_or_default()
}

#[test]
fn t42_case_18_20_a_caching_proxy_gives_nothing_private_to_a_stranger() {
    let server = Server::start();
    let Some(nginx) = caching(&server) else { return };
    let ann = format!("Authorization: {}\r\n", basic(format!("admin:{PASSWORD}")));

    // The proxy keeps what may be kept, or this test would show nothing.
    let style = nginx.ask("GET", "/", "");
    let style = style.split("href=\"/static/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let again = [(); 2].map(|()| nginx.ask("GET", &format!("/static/{style}"), ""));
    assert_eq!(header(&again[1], "x-cache"), "HIT", "{}", again[1]);

    let read = nginx.ask("GET", "/private-example", &ann);
    assert_eq!(status(&read), 200);
    let etag = header(&read, "etag").to_owned();
    for headers in [
        ann.clone(),
        format!("{ann}If-None-Match: {etag}\r\n"),
        format!("{ann}Range: bytes=0-10\r\n"),
        format!("{ann}Accept-Encoding: gzip\r\n"),
    ] {
        for method in ["GET", "HEAD"] {
            assert!(
                matches!(status(&nginx.ask(method, "/private-example", &headers)), 200 | 304),
                "{method} {headers}"
            );
            for stranger in
                ["", &format!("If-None-Match: {etag}\r\n"), "Range: bytes=0-10\r\n", "Accept-Encoding: gzip\r\n"]
            {
                let answer = nginx.ask(method, "/private-example", stranger);
                assert_eq!(status(&answer), 401, "{method} {stranger} after {headers}: {answer}");
            }
        }
    }
    // Lists show more to signed-in users; strangers get their own list, in either order.
    for path in ["/", "/search?q=private"] {
        let [before, own, after] = ["", &ann, ""].map(|headers| nginx.ask("GET", path, headers));
        assert!(own.contains("Signed in as"), "{path}");
        assert!(!before.contains("Signed in as") && !after.contains("Signed in as"), "{path}");
    }
    // A refusal is not cached for people who may read.
    assert_eq!(status(&nginx.ask("GET", "/private-example", &ann)), 200);

    // T40: a public page that was made private is private at the proxy's next request.
    assert_eq!(status(&nginx.ask("GET", "/welcome", "")), 200);
    let (done, ..) = crate::server::text(&server.cli(&["page", "put", "welcome", "--title", "W", "--private"], "x"));
    assert!(done);
    assert_eq!(status(&nginx.ask("GET", "/welcome", "")), 401);
}

#[test]
fn t40_t47_a_caching_proxy_gives_no_file_of_a_private_page_to_a_stranger() {
    let server = Server::start();
    let Some(nginx) = caching(&server) else { return };
    let admin = format!("Authorization: {}\r\n", basic(format!("admin:{PASSWORD}")));
    let cli = |arguments: &[&str]| {
        let (done, _, error) = crate::server::text(&server.cli(arguments, "Text."));
        assert!(done, "{error}");
    };
    std::fs::write(server.folder.path().join("plan.png"), png(500)).unwrap();
    for page in ["welcome", "private-example"] {
        cli(&["file", "put", &format!("{page}/plan.png"), "plan.png"]);
    }
    let ask = |page: &str, who: &str| {
        let path = format!("/{page}/plan.png");
        let tag = header(&nginx.ask("GET", &path, &admin), "etag").to_owned();
        let tag = format!("{who}If-None-Match: {tag}\r\n");
        let (small, range) = (format!("{path}?w=480"), format!("{who}Range: bytes=0-1\r\n"));
        [
            ("GET", &*path, who),
            ("HEAD", &path, who),
            ("GET", &small, who),
            ("GET", &format!("{path}?download"), who),
            ("GET", &path, &tag),
            ("GET", &path, &range),
        ]
        .map(|(method, path, headers)| status(&nginx.ask(method, path, headers)))
    };
    // nginx serves ranges of responses that it has cached, and others as a whole.
    let is_given = |statuses: [u16; 6]| assert!(statuses.iter().all(|s| [200, 206, 304].contains(s)), "{statuses:?}");
    for _ in 0..2 {
        is_given(ask("private-example", &admin));
        assert_eq!(ask("private-example", ""), [401; 6]);
        is_given(ask("welcome", ""));
    }
    cli(&["page", "put", "welcome", "--title", "W", "--private"]);
    for _ in 0..2 {
        assert_eq!(ask("welcome", ""), [401; 6]);
        is_given(ask("welcome", &admin));
    }
}
