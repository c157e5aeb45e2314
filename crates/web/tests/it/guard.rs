//! The guard: who may pass when the proxy of another program asks.

use actix_web::http::Method;
use chrono::TimeDelta;
use domain::{page::PageInput, user::Role};
use web::clock;

use crate::{
    app_passwords::made,
    site::{Actor, Response, Site, basic, chosen, draft, public, signed_in},
};

/// A site on which the page `/app` is for Staff with ann and for eve's role; bob is in no group.
fn site() -> Site {
    let site = Site::new();
    site.add_user("bob", Role::Reader, "open sesame");
    site.group("Staff, all", &["ann"]);
    site.group("Board", &["ann"]);
    site.put(PageInput { audience: chosen("", &["Staff, all"]), ..draft("app", "The dashboard") });
    site
}

fn bob(site: &Site) -> Actor<'_> {
    site.signed_in("bob", "open sesame")
}

/// Checks that an answer has no body and no ETag, and must not be stored or indexed.
fn bare(response: Response) -> Response {
    assert_eq!(response.body, "");
    assert_eq!(response.header("cache-control"), "no-store");
    assert_eq!(response.header("etag"), "");
    if !response.status.is_redirection() {
        assert_eq!(response.header("x-robots-tag"), "noindex", "{}", response.status);
    }
    response
}

async fn ask(actor: &Actor<'_>, path: &str) -> Response {
    bare(actor.get(&format!("/postern/guard{path}")).await)
}

#[actix_web::test]
async fn a_reader_passes_with_a_name_and_groups_and_others_do_not() {
    let site = site();
    // Twice: the second time from memory.
    for _ in 0..2 {
        let passed = ask(&site.ann(), "/app").await.is(204);
        assert_eq!((passed.header("remote-user"), passed.header("remote-groups")), ("ann", "Board,Staff%2C all"));
        let passed = ask(&site.eve(), "/app").await.is(204);
        assert_eq!((passed.header("remote-user"), passed.header("remote-groups")), ("eve", ""));
        let challenge = ask(&site.visitor(), "/app").await.is(401);
        assert_eq!(challenge.header("www-authenticate"), r#"Basic realm="Postern", charset="UTF-8""#);
        for refused in [site.signed_in("ann", "wrong"), site.signed_in("dan", "open sesame")] {
            assert_eq!(ask(&refused, "/app").await.fingerprint(), challenge.fingerprint());
        }
        let refused = ask(&bob(&site), "/app").await.is(403);
        assert_eq!((refused.header("www-authenticate"), refused.header("remote-user")), ("", ""));
    }
    bare(site.ann().send(Method::HEAD, "/postern/guard/app", None).await.is(204));
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        site.ann().send(method, "/postern/guard/app", None).await.is(405);
    }
}

#[actix_web::test]
async fn a_page_for_everybody_lets_everybody_pass_and_names_nobody() {
    let site = site();
    for actor in [site.visitor(), site.ann(), site.signed_in("ann", "wrong")] {
        for _ in 0..2 {
            let passed = ask(&actor, "/hello").await.is(204);
            assert_eq!((passed.header("remote-user"), passed.header("remote-groups")), ("", ""));
        }
    }
    assert_eq!(site.verified(), 0);
}

#[actix_web::test]
async fn a_path_without_a_page_is_403_for_everybody() {
    let site = site();
    let page = site.put(PageInput { audience: signed_in(), ..draft("old", "Moves") });
    site.move_page(&page, "new");
    for path in ["", "/", "/nope", "/old", "/app.x", "/App", "/a%00b", "/app%2f..%2fhello", "/app/below"] {
        for actor in [site.visitor(), site.ann(), site.eve()] {
            let response = bare(actor.get(&format!("/postern/guard{path}")).await);
            // One slash at the end is redirected for every path, and a proxy lets no redirect pass.
            let expected = if path == "/" { 308 } else { 403 };
            assert_eq!(response.status.as_u16(), expected, "{path}");
        }
    }
    ask(&site.ann(), "/new").await.is(204);
}

#[actix_web::test]
async fn a_page_before_its_date_or_after_its_end_lets_only_editors_pass() {
    let site = site();
    let hours = |hours| Some(clock::now() + TimeDelta::hours(hours));
    let at = |path: &str, published: i64, until: Option<i64>| {
        let open = PageInput { audience: public(), ..draft(path, "For a time") };
        let mut content = open.check(clock::now()).unwrap();
        content.published_at = hours(published).unwrap();
        content.unpublish_at = until.and_then(hours);
        site.put_content(content);
    };
    at("soon", 1, None);
    at("over", -2, Some(-1));
    for path in ["/soon", "/over"] {
        ask(&site.visitor(), path).await.is(403);
        ask(&site.ann(), path).await.is(403);
        ask(&site.eve(), path).await.is(204);
        ask(&site.visitor(), path).await.is(403);
    }
}

#[actix_web::test]
async fn a_site_that_hides_its_pages_asks_every_stranger() {
    let site = site();
    site.write(|conn, admin| {
        let old = store::site::get(conn)?;
        let new = domain::site::Site { hides_pages: true, ..old.clone() };
        store::writing::site::update(conn, admin, old.version, &new, clock::now())
    });
    let challenge = ask(&site.visitor(), "/app").await.is(401).fingerprint();
    for path in ["/nope", "/app/below", "/App"] {
        assert_eq!(ask(&site.visitor(), path).await.fingerprint(), challenge, "{path}");
    }
    let refused = ask(&bob(&site), "/app").await.is(403).fingerprint();
    assert_eq!(ask(&bob(&site), "/nope").await.fingerprint(), refused);
    for _ in 0..2 {
        ask(&site.ann(), "/app").await.is(204);
    }
}

#[actix_web::test]
async fn a_change_of_access_holds_with_the_next_request() {
    let site = site();
    ask(&site.ann(), "/app").await.is(204);
    site.put(PageInput { audience: chosen("bob", &[]), ..draft("app", "The dashboard") });
    ask(&site.ann(), "/app").await.is(403);
    ask(&bob(&site), "/app").await.is(204);
    site.put(PageInput { audience: public(), ..draft("app", "The dashboard") });
    ask(&site.visitor(), "/app").await.is(204);
    site.put(PageInput { audience: chosen("bob", &[]), ..draft("app", "The dashboard") });
    ask(&site.visitor(), "/app").await.is(401);
    ask(&bob(&site), "/app").await.is(204);
    let bob_id = site.user("bob").id;
    site.write(|conn, admin| store::writing::users::set_active(conn, admin, &[bob_id], false, clock::now()));
    ask(&bob(&site), "/app").await.is(401);
}

#[actix_web::test]
async fn nothing_in_the_request_says_which_page_is_asked_for() {
    let site = site();
    for name in ["x-forwarded-uri", "x-original-url", "x-rewrite-url", "x-original-uri", "x-forwarded-path"] {
        ask(&site.visitor().with(name, "/hello"), "/app").await.is(401);
    }
    for name in ["x-forwarded-method", "x-http-method-override", "x-original-method"] {
        ask(&site.visitor().with(name, "OPTIONS"), "/app").await.is(401);
    }
    ask(&site.visitor().with("x-forwarded-host", "elsewhere"), "/app").await.is(401);
    ask(&site.visitor().with("remote-user", "ann"), "/app").await.is(401);
}

#[actix_web::test]
async fn too_many_wrong_passwords_are_403_with_the_time_to_wait() {
    let site = site();
    let mut last = ask(&site.signed_in("ann", "wrong 0"), "/app").await.is(401);
    for guess in 1..40 {
        last = ask(&site.signed_in("ann", &format!("wrong {guess}")), "/app").await;
        if last.status.as_u16() != 401 {
            break;
        }
    }
    let last = last.is(403);
    assert!(last.header("retry-after").parse::<u64>().unwrap() >= 1);
    assert_eq!(last.header("www-authenticate"), "");
}

#[actix_web::test]
async fn two_authorization_headers_are_403() {
    let site = site();
    let twice = site.ann().with("authorization", basic("ann:open sesame"));
    ask(&twice, "/app").await.is(403);
}

#[actix_web::test]
async fn an_app_password_passes_where_it_opens_the_page() {
    let site = site();
    for (below, expected) in [(None, 204), (Some("app"), 204), (Some("elsewhere"), 403)] {
        let program = site.signed_in("ann", &made(&site, "ann", below));
        for _ in 0..2 {
            let answer = ask(&program, "/app").await.is(expected);
            assert_eq!(answer.header("remote-user"), if expected == 204 { "ann" } else { "" });
        }
    }
    // In the cache, the permission of a reader and the permission of their program are separate.
    ask(&site.ann(), "/app").await.is(204);
    assert_eq!(site.verified(), 1);
}
