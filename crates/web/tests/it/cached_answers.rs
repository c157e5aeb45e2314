//! Cached responses: equal to fresh ones, only for the visitors for whom they were made, and never stale.

use std::time::Duration;

use actix_web::http::Method;
use diesel::{RunQueryDsl, sql_query};
use domain::page::PageInput;
use web::clock;

use crate::site::{Site, draft, signed_in};

/// Runs SQL outside Postern.
fn sql(site: &Site, statement: &str) {
    site.write(|conn, _| Ok(sql_query(statement).execute(conn)?));
}

/// A site with pages of every kind.
fn site() -> Site {
    let site = Site::new();
    site.put(PageInput { body: "Long. ".repeat(500), ..draft("clients", "Clients") });
    site.put(PageInput { audience: signed_in(), show_title: true, ..draft("clients/acme", "Acme") });
    site.put(PageInput { list_below: true, ..draft("team", "Team") });
    site.put(PageInput { list_below: true, audience: signed_in(), ..draft("team/inner", "Inner") });
    site.put(PageInput { audience: signed_in(), ..draft("team/inner/plan", "Plan") });
    site.put(PageInput { audience: signed_in(), ..draft("only/below", "Below") });
    site
}

const PATHS: [&str; 14] = [
    "/",
    "/?newer=/hello",
    "/hello",
    "/secret",
    "/clients",
    "/clients/acme",
    "/team",
    "/team?newer=/team/inner",
    "/team/inner",
    "/only",
    "/nope",
    "/feed.xml",
    "/sitemap.xml",
    "/logout",
];

#[actix_web::test]
async fn a_network_waits_for_its_own_pages_in_progress_and_others_do_not() {
    use web::http::client::Origin;
    let site = Site::new();
    let mut held = Vec::new();
    while let Some(share) = site.app.pages_in_progress.take(Some(Origin::V4(u32::from_be_bytes([10, 0, 0, 1]))), 1) {
        held.push(share);
    }
    let (visitor, other) = (site.visitor(), site.visitor());
    let waiting = visitor.send_from("10.0.0.1", Method::GET, "/hello", None);
    let mut waiting = std::pin::pin!(waiting);
    assert!(actix_web::rt::time::timeout(Duration::from_millis(300), waiting.as_mut()).await.is_err());
    other.send_from("10.0.0.2", Method::GET, "/secret", None).await.is(401);
    other.send_from("10.0.0.2", Method::GET, "/nope", None).await.is(404);
    drop(held);
    waiting.await.is(200);
    // Nothing is held once the answers are made.
    assert_eq!(site.app.pages_in_progress.load().0, 0);
}

#[actix_web::test]
async fn searches_leave_connections_to_others() {
    let site = Site::new();
    let (release, gate) = std::sync::mpsc::channel::<()>();
    let gate = std::sync::Arc::new(std::sync::Mutex::new(gate));
    let slow = [(); 2].map(|()| {
        let (db, gate) = (site.app.db.clone(), gate.clone());
        actix_web::rt::spawn(async move {
            db.search_with_site(move |_| {
                let _released = gate.lock().map(|gate| gate.recv());
                Ok(())
            })
            .await
        })
    });
    // Until both have a connection, another search may still get one.
    while site.app.db.search_with_site(|_| Ok(())).await.is_ok() {
        actix_web::rt::task::yield_now().await;
    }
    let busy = site.visitor().get("/search?q=oak").await.is(503);
    assert_eq!(busy.header("retry-after"), "2");
    site.visitor().get("/hello").await.is(200);
    drop(release);
    for search in slow {
        assert!(search.await.unwrap().is_ok());
    }
    site.visitor().get("/search?q=world").await.is(200).has("href=\"/hello\"");
}

#[actix_web::test]
async fn case_56_a_query_that_fails_while_access_is_decided_is_503_and_a_panic_is_500() {
    let site = Site::new();
    let broken = site.app.db.read(|_| -> store::Result<()> { panic!("a fault of ours") }).await;
    assert!(matches!(broken, Err(web::http::error::Error::Internal(_))), "{broken:?}");
    let sql = |statement: &'static str| {
        use diesel::RunQueryDsl;
        let done = site.store().write(|conn| Ok(diesel::sql_query(statement).execute(conn)?));
        done.unwrap();
        site.app.db.cache().generations().invalidate_all();
    };
    sql("ALTER TABLE users RENAME TO people");
    site.ann().get("/secret").await.is(503);
    site.eve().get("/admin/").await.is(503);
    site.visitor().get("/secret").await.is(401);
    sql("ALTER TABLE people RENAME TO users");
    site.ann().get("/secret").await.is(200);
}

#[actix_web::test]
async fn t29_t34_an_answer_from_the_cache_is_the_one_that_was_made() {
    let site = site();
    let actors = [
        site.visitor(),
        site.visitor().browser(),
        site.signed_in("ann", "wrong"),
        site.ann(),
        site.eve(),
        site.root().with("accept-encoding", "br"),
        site.visitor().with("accept-encoding", "gzip"),
    ];
    for path in PATHS {
        let mut first = Vec::new();
        for actor in &actors {
            first.push(actor.get(path).await);
        }
        for (number, (actor, cold)) in actors.iter().zip(&first).enumerate() {
            let warm = actor.get(path).await;
            assert_eq!(warm.fingerprint(), cold.fingerprint(), "{path} {number}");
            let head = actor.send(Method::HEAD, path, None).await;
            assert_eq!(head.fingerprint().1, cold.fingerprint().1, "{path} {number}");
            let etag = cold.header("etag");
            if !etag.is_empty() {
                let known = actor.with("if-none-match", etag).get(path).await.is(304);
                assert_eq!(known.header("etag"), etag);
                assert_eq!(known.header("cache-control"), cold.header("cache-control"));
            }
        }
    }
}

#[actix_web::test]
async fn a_hit_does_not_touch_the_database() {
    let site = site();
    let actors = [site.visitor(), site.ann(), site.eve()];
    let mut before = Vec::new();
    for path in PATHS {
        for actor in &actors {
            let cold = actor.get(path).await;
            // Paths without a page, and positions in a list, are looked up each time, because anybody can request as
            // many of them as they like.
            if cold.status != 404 && !path.contains('?') {
                before.push((path, actor, cold));
            }
        }
    }
    for (path, actor, cold) in before {
        let checkouts = site.store().checkouts();
        assert_eq!(actor.get(path).await.fingerprint(), cold.fingerprint(), "{path}");
        assert_eq!(site.store().checkouts(), checkouts, "{path} read the database");
    }
}

#[actix_web::test]
async fn case_23_30_an_answer_for_one_visitor_is_never_given_to_another() {
    let site = site();
    for _ in 0..2 {
        site.ann().get("/secret").await.is(200).has("ann").lacks("/admin/pages/");
        site.eve().get("/secret").await.is(200).has("eve").has("/admin/pages/");
        site.visitor().get("/secret").await.is(401).lacks("treasure");
        site.signed_in("ann", "wrong").get("/secret").await.is(401);
        site.ann().get("/team").await.is(200).has("Inner");
        site.visitor().get("/team").await.is(200).lacks("Inner").has("Sign in");
        site.signed_in("ann", "wrong").get("/team").await.is(200).lacks("Inner").has("are not valid here");
        site.ann().get("/only").await.is(200);
        site.visitor().get("/only").await.is(404);
        site.signed_in("ann", "wrong").get("/only").await.is(404);
    }
}

#[actix_web::test]
async fn t40_t48_a_change_is_seen_by_the_next_request() {
    let site = site();
    let visitor = site.visitor();
    visitor.get("/hello").await.is(200);
    sql(&site, "UPDATE pages SET private = TRUE WHERE path = 'hello'");
    visitor.get("/hello").await.is(401);
    sql(&site, "UPDATE pages SET private = FALSE, body = 'changed' WHERE path = 'hello'");
    visitor.get("/hello").await.is(200).has("changed");
    sql(&site, "UPDATE pages SET path = 'moved' WHERE path = 'hello'");
    visitor.get("/hello").await.is(404);
    visitor.get("/moved").await.is(200);
    // A page names the pages above it, and may list the pages below it.
    site.ann().get("/clients/acme").await.is(200).has("Clients");
    sql(&site, "UPDATE pages SET title = 'Customers' WHERE path = 'clients'");
    site.ann().get("/clients/acme").await.is(200).has("Customers");
    site.ann().get("/team").await.has("Plan");
    sql(&site, "DELETE FROM pages WHERE path = 'team/inner/plan'");
    site.ann().get("/team").await.lacks("Plan");
    // A section that was only a list becomes a page.
    site.ann().get("/only").await.is(200);
    site.put(PageInput { audience: signed_in(), body: "A page now.".into(), ..draft("only", "Only") });
    site.ann().get("/only").await.is(200).has("A page now.");
    visitor.get("/only").await.is(401);
    for path in ["/", "/feed.xml", "/sitemap.xml"] {
        visitor.get(path).await.has("moved");
    }
    sql(&site, "DELETE FROM pages WHERE path = 'moved'");
    for path in ["/", "/feed.xml", "/sitemap.xml"] {
        visitor.get(path).await.lacks("moved");
    }
    visitor.browser().get("/secret").await.is(401).has("Postern");
    sql(&site, "UPDATE site SET title = 'Another', realm = 'Other'");
    let refused = visitor.browser().get("/secret").await.is(401).has("Another");
    assert_eq!(refused.header("www-authenticate"), "Basic realm=\"Other\", charset=\"UTF-8\"");
    visitor.get("/").await.has("Another");
}

#[actix_web::test]
async fn a_list_ends_when_a_page_has_its_date() {
    let site = site();
    let soon = clock::now() + chrono::TimeDelta::milliseconds(1500);
    let content =
        domain::page::PageContent { published_at: soon, ..draft("soon", "Soon to come").check(clock::now()).unwrap() };
    site.put_content(content.clone());
    let mut seen = false;
    while !seen {
        let before = clock::now();
        seen = site.visitor().get("/").await.body.contains("Soon to come");
        let after = clock::now();
        assert!(if seen { after >= soon } else { before < soon }, "{seen} {before} {soon} {after}");
    }
    site.visitor().get("/soon").await.is(200);
    site.visitor().get("/feed.xml").await.has("Soon to come");
}

#[actix_web::test]
async fn case_24_paths_without_end_take_no_memory() {
    let site = site();
    for n in 0..200 {
        site.visitor().get(&format!("/nope-{n}")).await.is(404);
        site.visitor().get(&format!("/hello?page={n}")).await.is(200);
        site.visitor().get(&format!("/?page={n}")).await.is(303);
        site.visitor().get(&format!("/?older=/nope-{n}")).await.is(303);
        site.visitor().get(&format!("/?newer=/hello&x={n}")).await.is(200);
    }
    assert!(site.app.db.cache().answers.len() <= 10, "{}", site.app.db.cache().answers.len());
}
