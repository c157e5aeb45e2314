//! The syntax of requests, and their responses, in process.

use actix_web::http::Method;
use domain::{page::PageInput, site::Realm, user::Role};

use crate::site::{Site, basic, draft, signed_in};

const CHALLENGE: &str = r#"Basic realm="Postern", charset="UTF-8""#;

#[actix_web::test]
async fn t1_t7_a_private_page_challenges_and_reveals_nothing() {
    let site = Site::new();
    for visitor in [site.visitor(), site.visitor().browser()] {
        let response = visitor.get("/secret").await.is(401).lacks("Secret").lacks("oak");
        assert_eq!(response.header("www-authenticate"), CHALLENGE);
        assert_eq!(response.header("cache-control"), "no-store");
        assert_eq!(response.header("x-robots-tag"), "noindex");
        assert_eq!((response.header("etag"), response.header("last-modified")), ("", ""));
    }
}

#[actix_web::test]
async fn t2_t3_the_realm_is_always_there_and_quoted() {
    let site = Site::new();
    for (realm, expected) in
        [("", r#"Basic realm="", charset="UTF-8""#), (r#"My "q" \x"#, r#"Basic realm="My \"q\" \\x", charset="UTF-8""#)]
    {
        site.write(|conn, admin| {
            let old = store::site::get(conn)?;
            let new = domain::site::Site { realm: Realm::parse(realm).unwrap(), ..old.clone() };
            store::writing::site::update(conn, admin, old.version, &new, web::clock::now())
        });
        let response = site.visitor().get("/secret").await.is(401);
        assert_eq!(response.header("www-authenticate"), expected);
        assert_eq!(response.headers.get_all("www-authenticate").count(), 1);
    }
}

#[actix_web::test]
async fn t5_case_9_every_refusal_is_the_same_to_the_byte() {
    let site = Site::new();
    let malformed = site.visitor().with("authorization", "Basic !!!!").get("/secret").await.is(401);
    let malformed = malformed.has("That name and password did not work.").fingerprint();
    for credentials in ["ann:wrong", "nobody:open sesame", "dan:open sesame", "ann:", ":x", "ann", "a b:c"] {
        let response = site.visitor().with("authorization", basic(credentials)).get("/secret").await;
        assert_eq!(response.fingerprint(), malformed, "{credentials}");
    }
    let none = site.visitor().get("/secret").await.lacks("did not work").fingerprint();
    assert_eq!((none.0, &none.1), (malformed.0, &malformed.1));
}

#[actix_web::test]
async fn t6_t29_head_has_the_headers_of_get() {
    let site = Site::new();
    for (actor, uri) in
        [(site.visitor(), "/secret"), (site.ann(), "/secret"), (site.visitor(), "/hello"), (site.visitor(), "/nope")]
    {
        let get = actor.get(uri).await;
        let head = actor.send(Method::HEAD, uri, None).await;
        assert_eq!(get.fingerprint().0, head.fingerprint().0, "{uri}");
        assert_eq!(get.fingerprint().1, head.fingerprint().1, "{uri}");
    }
}

#[actix_web::test]
async fn t8_a_reader_in_the_panel_is_told_who_they_are() {
    let site = Site::new();
    for uri in ["/admin/", "/admin", "/admin/pages", "/admin/nope"] {
        let response = site.ann().browser().get(uri).await.is(403).has("ann").has("Sign in as someone else");
        assert_eq!(response.header("www-authenticate"), "");
        assert_eq!(response.header("cache-control"), "no-store");
    }
    site.eve().get("/admin/users").await.is(403);
}

#[actix_web::test]
async fn t9_t39_case_39_no_foreign_host_is_in_an_answer() {
    let site = Site::new();
    let evil = site.ann().with("host", "evil.test").with("x-forwarded-host", "evil.test");
    for uri in ["/", "/hello", "/secret", "/feed.xml", "/sitemap.xml", "/robots.txt", "/x/", "/login?next=/hello"] {
        let response = evil.get(uri).await.lacks("evil.test").lacks("open sesame");
        assert!(!response.header("location").contains("evil"), "{uri}");
    }
}

#[actix_web::test]
async fn t10_login_challenges_and_then_leads_to_a_local_path() {
    let site = Site::new();
    assert_eq!(site.visitor().get("/login?next=/secret").await.is(401).header("www-authenticate"), CHALLENGE);
    let check = async |next: &str, location: &str| {
        assert_eq!(site.ann().get(&format!("/login?next={next}")).await.is(303).header("location"), location);
    };
    check("/secret", "/secret").await;
    check("%2Fsearch%3Fq%3Da%26page%3D2", "/search?q=a&page=2").await;
    for evil in [
        "//evil.test",
        "/%5Cevil.test",
        "https:evil.test",
        "https://evil.test",
        "",
        "%2F%2Fevil",
        "/%09/evil",
        "%0d%0a//evil",
    ] {
        check(evil, "/").await;
    }
    check("/a&next=//evil", "/a").await;
    // Without `next`, it leads back to the page with the link, if that is a page of this site.
    let from = async |referrer: &str, location: &str| {
        let response = site.ann().with("referer", referrer).get("/login").await.is(303);
        assert_eq!(response.header("location"), location, "{referrer}");
    };
    from("http://site.test/nope?x=1", "/nope?x=1").await;
    for elsewhere in [
        "http://evil.test/secret",
        "http://site.test@evil.test/x",
        "http://site.test:1/x",
        "http://site.test//evil.test",
        "http://site.test/login?next=/login",
        "http://site.test/logout",
        "/secret",
    ] {
        from(elsewhere, "/").await;
    }
}

#[actix_web::test]
async fn t10_login_as_someone_else_asks_until_others_sign_in() {
    let site = Site::new();
    site.add_user("bob", Role::Reader, "open sesame");
    let challenge = site.ann().browser().get("/login?not=ann&next=/secret").await.is(401);
    assert_eq!(challenge.header("www-authenticate"), CHALLENGE);
    let stranger = site.visitor().browser().get("/login?not=ann&next=/secret").await;
    assert_eq!(challenge.fingerprint(), stranger.fingerprint());
    let bob = site.signed_in("bob", "open sesame");
    assert_eq!(bob.get("/login?not=ann&next=/secret").await.is(303).header("location"), "/secret");
    assert_eq!(bob.get("/login?not=ann&next=//evil.test").await.is(303).header("location"), "/");
    site.signed_in("bob", "wrong").get("/login?not=ann&next=/secret").await.is(401).has("did not work");
    // A 403 offers it, with the way back.
    let refused = site.ann().browser().get("/admin/pages?q=x").await.is(403);
    refused.has("href=\"/login?not=ann&amp;next=%2Fadmin%2Fpages%3Fq%3Dx\"");
}

#[actix_web::test]
async fn t11_logout_is_401_for_all_but_the_reserved_name_and_clears_the_cache() {
    let site = Site::new();
    for actor in [site.visitor(), site.ann(), site.signed_in("ann", "wrong"), site.signed_in("Signed-Out", "x")] {
        let response = actor.get("/logout").await.is(401);
        assert_eq!(response.header("www-authenticate"), CHALLENGE);
        assert_eq!(response.header("clear-site-data"), "\"cache\"");
    }
    for actor in [site.signed_in("signed-out", "x"), site.signed_in("signed-out", "another password")] {
        let response = actor.get("/logout").await.is(200).has("You are signed out.");
        assert_eq!(response.header("www-authenticate"), "");
        assert_eq!(response.header("cache-control"), "no-store");
        assert_eq!(response.header("clear-site-data"), "\"cache\"");
    }
}

#[actix_web::test]
async fn t12_to_t28_credentials_are_parsed_strictly() {
    let site = Site::new();
    site.add_user("bob", Role::Reader, "a:b:c");
    site.add_user("test", Role::Reader, "123£");
    site.add_user("cafe", Role::Reader, "café au lait");
    let good = "YW5uOm9wZW4gc2VzYW1l";
    let check = async |header: &[u8], status: u16| {
        let response = site.visitor().with("authorization", header).get("/secret").await;
        assert_eq!(response.status.as_u16(), status, "{}", String::from_utf8_lossy(header));
    };
    for scheme in ["Basic", "basic", "BASIC", "bAsIc"] {
        check(format!("{scheme} {good}").as_bytes(), 200).await;
    }
    check(format!("Basic   {good}").as_bytes(), 200).await;
    check(format!("Basic\t{good}").as_bytes(), 401).await;
    check(format!("Bearer {good}").as_bytes(), 401).await;
    for bad in ["Basic", "Basic ", "", good] {
        check(bad.as_bytes(), 401).await;
    }
    for tail in [" x", ",", ", Basic YTpi", "=", "=="] {
        check(format!("Basic {good}{tail}").as_bytes(), 401).await;
    }
    for token in [
        "!!!!",
        "YW5u",
        "YW5uOm9wZW4gc2VzYW1",
        "YW5uOm9wZW4gc2VzYW1-",
        "YW5ub3BlbiBzZXNhbWU=",
        "Om9wZW4gc2VzYW1l",
        "Og==",
        "YW5uOg==",
    ] {
        check(format!("Basic {token}").as_bytes(), 401).await;
    }
    check(b"Basic YW5uOmE6Yjpj", 401).await;
    check(basic("bob:a:b:c").as_bytes(), 200).await;
    for control in [
        "an\u{7}n:x",
        "ann:open sesame\0x",
        "ann:open sesame\0open sesame",
        "ann:open sesame\r\n",
        "ann:open sesame\u{7f}",
    ] {
        check(basic(control).as_bytes(), 401).await;
    }
    check(basic(format!("ann:{}", "a".repeat(73))).as_bytes(), 401).await;
    check(basic(format!("ann:{}", "a".repeat(2000))).as_bytes(), 401).await;
    check(b"Basic dGVzdDoxMjPCow==", 200).await;
    check(b"Basic dGVzdDoxMjOj", 200).await;
    for spelling in ["cafe:cafe\u{301} au lait", "cafe:café\u{a0}au lait"] {
        check(basic(spelling).as_bytes(), 200).await;
    }
}

#[actix_web::test]
async fn t27_case_4_two_authorization_lines_are_refused_in_both_orders() {
    let site = Site::new();
    for (first, second) in
        [("ann:open sesame", "ann:wrong"), ("ann:wrong", "ann:open sesame"), ("ann:open sesame", "ann:open sesame")]
    {
        let twice = site.visitor().with("authorization", basic(first)).with("authorization", basic(second));
        for uri in ["/secret", "/admin/", "/login", "/"] {
            twice.get(uri).await.is(400);
        }
        twice.get("/hello").await.is(200);
    }
}

#[actix_web::test]
async fn t28_case_36_only_one_authorization_header_signs_in() {
    let site = Site::new();
    let good = basic("ann:open sesame");
    for header in [
        "proxy-authorization",
        "x-authorization",
        "x-forwarded-user",
        "remote-user",
        "x-remote-user",
        "x-middleware-subrequest",
        "x-original-url",
        "x-rewrite-url",
        "cookie",
    ] {
        site.visitor().with(header, &good).get("/secret").await.is(401);
    }
    site.visitor().get("/secret?user=ann&password=open%20sesame&authorization=x").await.is(401);
    site.visitor().with("authorization", format!("Basic {}", "A".repeat(9000))).get("/secret").await.is(431);
}

#[actix_web::test]
async fn t30_case_43_options_is_the_same_for_every_path() {
    let site = Site::new();
    let known = site.visitor().send(Method::OPTIONS, "/hello", None).await.is(204);
    assert_eq!(known.header("allow"), "GET, HEAD, OPTIONS");
    assert_eq!(known.header("access-control-allow-origin"), "");
    for uri in ["/secret", "/nope", "/admin/", "/admin/users/1/delete", "/"] {
        let other = site.visitor().send(Method::OPTIONS, uri, None).await;
        assert_eq!(other.fingerprint(), known.fingerprint(), "{uri}");
    }
}

#[actix_web::test]
async fn t31_t28_t20_other_methods_are_405_for_known_and_unknown_pages_alike() {
    let site = Site::new();
    for method in ["POST", "PUT", "DELETE", "PATCH", "TRACE", "FROB"] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let answers: Vec<_> = [
            site.visitor().send(method.clone(), "/hello", None).await,
            site.visitor().send(method.clone(), "/secret", None).await,
            site.visitor().send(method.clone(), "/nope", None).await,
        ]
        .into_iter()
        .map(|response| response.is(405).fingerprint())
        .collect();
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{method}");
    }
    let allow = site.visitor().send(Method::POST, "/hello", None).await;
    assert_eq!(allow.header("allow"), "GET, HEAD, OPTIONS");
    let overridden = site.visitor().with("x-http-method-override", "DELETE").get("/hello?_method=DELETE").await;
    overridden.is(200);
}

#[actix_web::test]
async fn t33_case_21_preconditions_and_ranges_do_not_pass_the_gate() {
    let site = Site::new();
    let etag = site.ann().get("/secret").await.is(200).header("etag").to_owned();
    for (name, value) in [
        ("if-none-match", etag.as_str()),
        ("if-none-match", "*"),
        ("if-modified-since", "Wed, 21 Oct 2099 07:28:00 GMT"),
        ("if-match", "\"x\""),
        ("range", "bytes=0-10"),
    ] {
        site.visitor().with(name, value).get("/secret").await.is(401);
    }
    let known = site.ann().with("if-none-match", &etag).get("/secret").await.is(304);
    assert_eq!(
        (known.header("etag"), known.header("cache-control"), known.header("vary")),
        (etag.as_str(), "private, no-cache", "Authorization, Accept-Encoding")
    );
    assert!(known.body.is_empty());
    site.ann().with("range", "bytes=0-10").get("/secret").await.is(200).has("oak");
}

#[actix_web::test]
async fn t35_the_etag_of_a_page_changes_with_its_reader_its_text_and_its_visibility() {
    let site = Site::new();
    let etag = async |actor: crate::site::Actor<'_>| actor.get("/secret").await.is(200).header("etag").to_owned();
    let mut tags = vec![etag(site.ann()).await, etag(site.eve()).await];
    site.put(PageInput { audience: signed_in(), body: "Elsewhere.".into(), ..draft("secret", "Secret") });
    tags.push(etag(site.ann()).await);
    site.put(PageInput { body: "Elsewhere.".into(), ..draft("secret", "Secret") });
    tags.push(etag(site.ann()).await);
    for (n, tag) in tags.iter().enumerate() {
        assert!(!tags[..n].contains(tag), "{tags:?}");
    }
}

#[actix_web::test]
async fn t36_t37_t38_t40_t41_caches_are_told_who_may_keep_what() {
    let site = Site::new();
    let check = async |actor: crate::site::Actor<'_>, uri: &str, control: &str, vary: bool| {
        let response = actor.get(uri).await;
        assert_eq!(response.header("cache-control"), control, "{uri}");
        let varies = response.headers.get_all("vary").any(|value| value.to_str().unwrap().contains("Authorization"));
        assert_eq!(varies, vary, "{uri}");
    };
    check(site.ann(), "/secret", "private, no-cache", true).await;
    for uri in ["/", "/search?q=x", "/hello"] {
        check(site.visitor(), uri, "no-cache", true).await;
        check(site.ann(), uri, "private, no-cache", true).await;
    }
    check(site.visitor(), "/feed.xml", "no-cache", false).await;
    for uri in ["/nope", "/secret", "/logout", "/login", "/admin/"] {
        check(site.visitor(), uri, "no-store", false).await;
    }
    for uri in ["/admin/", "/admin/pages", "/admin/pages/new", "/admin/users", "/account"] {
        check(site.root(), uri, "no-store", false).await;
    }
}

#[actix_web::test]
async fn t39_case_29_a_public_page_ignores_credentials() {
    let site = Site::new();
    let plain = site.visitor().get("/hello").await.is(200).fingerprint();
    for credentials in ["ann:open sesame", "eve:open sesame", "ann:wrong", "nobody:x", "garbage"] {
        let response = site.visitor().with("authorization", basic(credentials)).get("/hello").await;
        assert_eq!(response.fingerprint(), plain, "{credentials}");
    }
    assert_eq!(site.visitor().with("authorization", "Basic !!!").get("/hello").await.fingerprint(), plain);
}

#[actix_web::test]
async fn t45_case_30_to_34_no_other_spelling_opens_a_page() {
    let site = Site::new();
    site.visitor().get("/%73ecret").await.is(401);
    site.ann().get("/%73ecret").await.is(200);
    for spelling in [
        "//secret",
        "/./secret",
        "/x/../secret",
        "/secret%2F",
        "/secret%00",
        "/secret;a=b",
        "/SECRET",
        "/%2573ecret",
        "/secret%20",
        "/secret.",
        "/secret.md",
        "/%c0%af",
        "/secret%0a",
        "/secret%0d%0a",
        "/secret%5C",
        "/s%E2%80%8Becret",
        "/secret//",
        "//secret/",
        "/..%2fsecret",
        "/hello/..%2fsecret",
        "/sec\u{72}et%3f",
        "/se%63ret%2e",
    ] {
        for actor in [site.visitor(), site.ann()] {
            actor.get(spelling).await.is(404).lacks("oak");
        }
    }
    site.visitor().get("/secret?raw=1").await.is(401);
    site.visitor().get("/secret#x").await.is(401);
    for spelling in [
        "/%61dmin",
        "/%61dmin/pages",
        "/admin%2Fpages",
        "//admin",
        "/./admin",
        "/x/../admin",
        "/ADMIN",
        "/admin;x",
        "/admin.",
        "/admin%00",
        "/admin%5cpages",
        "/admin//pages",
    ] {
        let status = site.visitor().get(spelling).await.status.as_u16();
        assert!(matches!(status, 401 | 404), "{spelling}: {status}");
    }
}

#[actix_web::test]
async fn t45_case_40_a_trailing_slash_is_taken_off_for_every_path_alike() {
    let site = Site::new();
    for (from, to) in [
        ("/secret/", "/secret"),
        ("/nope/", "/nope"),
        ("/hello/?page=2", "/hello?page=2"),
        ("/admin/pages/", "/admin/pages"),
        ("/%73ecret/", "/%73ecret"),
        ("/feed.xml/", "/feed.xml"),
    ] {
        assert_eq!(site.visitor().get(from).await.is(308).header("location"), to);
    }
    for evil in ["//evil.test/", "/%2f/evil.test/", "/\\evil.test/", "///"] {
        let response = site.visitor().get(evil).await;
        let location = response.header("location");
        assert!(!location.starts_with("//") && !location.contains('\\'), "{evil} leads to {location}");
    }
}

#[actix_web::test]
async fn t54_where_https_is_required_private_pages_are_refused_before_the_challenge() {
    let mut options = web::Options { require_https: true, ..web::Options::default() };
    options.proxies.trusted = vec!["127.0.0.1/32".parse().unwrap()];
    let site = Site::with(options);
    site.add_user("ann", Role::Reader, "open sesame");
    site.put(PageInput { audience: signed_in(), ..draft("secret", "Secret") });
    site.put(draft("hello", "Hello"));
    for actor in [site.visitor(), site.ann()] {
        for uri in ["/secret", "/admin/", "/login", "/logout", "/account", "/join/x"] {
            assert_eq!(actor.get(uri).await.is(403).header("www-authenticate"), "", "{uri}");
        }
        actor.get("/hello").await.is(200);
        actor.get("/").await.is(200);
    }
    let https = site.ann().with("x-forwarded-proto", "https");
    let response = https.get("/secret").await.is(200);
    assert!(response.header("strict-transport-security").starts_with("max-age="));
}

#[actix_web::test]
async fn t56_case_37_38_every_answer_carries_the_security_headers() {
    let site = Site::new();
    for (actor, uri) in [
        (site.visitor(), "/hello"),
        (site.ann(), "/secret"),
        (site.visitor(), "/secret"),
        (site.visitor(), "/nope"),
        (site.root(), "/admin/"),
        (site.visitor(), "/feed.xml"),
        (site.visitor(), "/x/"),
    ] {
        let response = actor.browser().get(uri).await;
        let policy = response.header("content-security-policy");
        for part in [
            "default-src 'self'",
            "script-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.contains(part), "{uri}: {policy}");
        }
        assert!(!policy.contains("unsafe"));
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("x-frame-options", "DENY"),
        ] {
            assert_eq!(response.header(name), value, "{uri}: {name}");
        }
        assert_eq!(response.header("set-cookie"), "");
    }
}

#[actix_web::test]
async fn t57_health_says_nothing_about_pages() {
    let site = Site::new();
    assert_eq!(site.visitor().get("/healthz").await.is(200).body, "ok\n");
    assert_eq!(site.visitor().get("/readyz").await.is(200).body, "ready\n");
}

#[actix_web::test]
async fn case_47_52_heads_that_are_too_large_are_refused() {
    let site = Site::new();
    site.visitor().get(&format!("/{}", "a".repeat(9000))).await.is(414);
    site.visitor().with("x-large", "a".repeat(17_000)).get("/hello").await.is(431);
    let mut many = site.visitor();
    for n in 0..70 {
        many = many.with(&format!("x-{n}"), "1");
    }
    many.get("/hello").await.is(431);
    site.visitor().with("host", "a").with("host", "b").get("/hello").await.is(400);
    for host in ["a b", "a/b", "user@a", "a\\b"] {
        site.visitor().with("host", host).get("/hello").await.is(400);
    }
}
