//! A page as readers see it.

use chrono::TimeDelta;
use domain::page::PageInput;
use store::writing::{Command, Restore};
use web::clock;

use crate::site::{Actor, Site, chosen, draft, public, signed_in};

#[actix_web::test]
async fn a_public_page_shows_its_markdown_and_not_who_reads_it() {
    let site = Site::new();
    let page = site.eve().get("/hello").await.is(200);
    page.has("<h1>Hello</h1>")
        .has("<strong>world</strong>")
        .lacks("eve")
        .lacks("/admin/")
        .has("href=\"/login?next=%2Fhello\">Sign in<");
}

#[actix_web::test]
async fn a_private_page_says_who_reads_it_and_lets_editors_edit() {
    let site = Site::new();
    site.ann().get("/secret").await.is(200).has("oak").has("<strong>ann</strong>").lacks("/admin/pages/");
    site.eve().get("/secret").await.is(200).has("<strong>eve</strong>").has("/admin/pages/");
}

#[actix_web::test]
async fn a_page_says_where_it_stands() {
    let site = Site::new();
    site.put(draft("clients", "Our clients"));
    site.put(PageInput { audience: signed_in(), ..draft("clients/acme", "Acme, the difficult one") });
    site.put(PageInput { audience: public(), ..draft("clients/acme/brief", "Brief") });
    let page = site.visitor().get("/clients/acme/brief").await.is(200);
    page.has(">Our clients</bdi></a>").has("href=\"/clients/acme\"><bdi>Acme</bdi></a>").lacks("difficult");
}

#[actix_web::test]
async fn t43_a_page_before_its_date_exists_for_editors_only() {
    let site = Site::new();
    let later = (clock::now() + TimeDelta::days(1)).format("%Y-%m-%dT%H:%M:%S").to_string();
    for (path, audience) in [("later", public()), ("later-private", signed_in())] {
        site.put(PageInput { audience, show_title: true, published: later.clone(), ..draft(path, "Later") });
        let uri = format!("/{path}");
        let unknown = site.visitor().get("/unknown").await.is(404).fingerprint();
        for actor in [site.visitor(), site.ann(), site.signed_in("eve", "wrong")] {
            assert_eq!(actor.get(&uri).await.fingerprint(), unknown, "{uri}");
        }
        site.eve().get(&uri).await.is(200).has("Until then only editors see it");
    }
    for actor in [site.visitor(), site.ann()] {
        for uri in ["/", "/search?q=later", "/feed.xml", "/sitemap.xml"] {
            actor.get(uri).await.is(200).lacks("Later").lacks("/later");
        }
    }
}

#[actix_web::test]
async fn t48_case_22_27_28_a_change_of_access_holds_at_the_next_request() {
    let site = Site::new();
    site.ann().get("/secret").await.is(200);
    let ann = site.user("ann");
    site.write(|conn, admin| store::writing::users::set_active(conn, admin, &[ann.id], false, clock::now()));
    site.ann().get("/secret").await.is(401);
    site.write(|conn, admin| store::writing::users::set_active(conn, admin, &[ann.id], true, clock::now()));
    site.ann().get("/secret").await.is(200);
    let hash =
        web::auth::verify::bcrypt_pool::hash(&domain::password::Password::parse("another one").unwrap(), 4).unwrap();
    site.write(|conn, admin| store::writing::users::set_password(conn, admin, ann.id, &hash, clock::now()));
    site.ann().get("/secret").await.is(401);
    site.signed_in("ann", "another one").get("/secret").await.is(200);
    site.write(|conn, admin| store::writing::users::delete(conn, admin, &[ann.id], clock::now()));
    site.signed_in("ann", "another one").get("/secret").await.is(401);

    site.visitor().get("/hello").await.is(200);
    site.put(PageInput { audience: signed_in(), ..draft("hello", "Hello") });
    site.visitor().get("/hello").await.is(401);
}

#[actix_web::test]
async fn case_13_15_a_broken_stored_hash_refuses_and_harms_nobody_else() {
    let site = Site::new();
    for broken in ["", "ééééé", "$2b$12$short", "{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M="] {
        let id = site.user("ann").id;
        site.write(|conn, admin| {
            store::writing::users::set_password(
                conn,
                admin,
                id,
                &domain::password::PasswordHash::new(broken),
                clock::now(),
            )
        });
        site.ann().get("/secret").await.is(401);
        site.signed_in("ann", "").get("/secret").await.is(401);
        site.eve().get("/secret").await.is(200);
    }
}

#[actix_web::test]
async fn case_11_a_weaker_hash_is_replaced_at_sign_in_and_a_stronger_one_stays() {
    let site = Site::costing(5);
    for (cost, kept) in [(4, "$2b$05$"), (6, "$2b$06$")] {
        let eve = site.user("eve");
        let hash =
            web::auth::verify::bcrypt_pool::hash(&domain::password::Password::parse("open sesame").unwrap(), cost)
                .unwrap();
        site.write(|conn, admin| store::writing::users::set_password(conn, admin, eve.id, &hash, clock::now()));
        let before = site.verified();
        // The form that was shown after the first sign-in is still valid: its token is keyed by the hash that stays.
        let fields = [("title", "Made at once"), ("path", &*format!("/made-{cost}")), ("body", "x")];
        site.eve().submit("/admin/pages/new", "/admin/pages", &fields).await.is(303);
        assert!(site.user("eve").password_hash.reveal().starts_with(kept), "{cost}");
        assert_eq!(site.verified() - before, 1);
    }
}

#[actix_web::test]
async fn case_42_44_what_people_write_is_text_and_never_markup_or_a_template() {
    let site = Site::new();
    let payload = "<script>alert(1)</script>\"'{{ 7777*7777 }}";
    site.put(PageInput {
        summary: payload.into(),
        body: payload.into(),
        audience: signed_in(),
        show_title: true,
        ..draft("evil", payload)
    });
    for (actor, uri) in [
        (site.ann(), "/evil"),
        (site.ann(), "/"),
        (site.visitor(), "/"),
        (site.ann(), "/search?q=alert"),
        (site.visitor(), "/search?q=<script>alert(1)"),
        (site.eve(), "/admin/pages"),
        (site.root(), "/admin/audit"),
        (site.visitor(), "/nope<script>alert(1)"),
        (site.eve(), "/admin/pages?q=<script>alert(1)"),
    ] {
        actor
            .browser()
            .get(&uri.replace('<', "%3C").replace('>', "%3E"))
            .await
            .lacks("<script>alert")
            .lacks("60481729");
    }
}

#[actix_web::test]
async fn the_ids_of_a_text_differ_from_those_of_the_page_around_it() {
    let site = Site::new();
    let body =
        "# Content\n\n## Search\n\n# getElementById\n\n<a id=\"site:content\" name=\"body\"></a>\n\n[a](#content)";
    site.put(PageInput { body: body.into(), ..draft("ids", "Ids") });
    let page = site.visitor().get("/ids").await.is(200);
    let page =
        page.has("<h2 id=\"content\">").has("<h3 id=\"search\">").has("<a href=\"#content\"").lacks(" name=\"body\"");
    let mut ids: Vec<&str> =
        page.body.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap_or_default()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "{ids:?}");
    assert_eq!(page.body.matches("id=\"site:content\"").count(), 1);
    page.has("href=\"#site:content\"");
}

#[actix_web::test]
async fn front_matter_fills_in_the_form_before_it_is_published() {
    let site = Site::new();
    let body =
        "---\r\ntitle: From the file\r\ndescription: A summary.\r\ndate: 2026-03-01\r\ntags: [a]\r\n---\r\n\r\nText.";
    let fields = [("path", "/file"), ("body", body)];
    let form = site.eve().submit("/admin/pages/new", "/admin/pages", &fields).await.is(422);
    let form = form.has("Taken from it: title, summary, date. Left out: tags.").has("value=\"From the file\"");
    form.has("value=\"A summary.\"").has("value=\"2026-03-01\"").lacks("tags: [a]");
    site.visitor().get("/file").await.is(404);
    site.put(PageInput { body: body.replace('\r', ""), ..draft("old", "Old") });
    site.visitor().get("/old").await.is(200).has("<p>Text.</p>").lacks("From the file").lacks("<hr");
}

#[actix_web::test]
async fn errors_are_pages_for_browsers_and_lines_for_programs() {
    let site = Site::new();
    let page = site.visitor().browser().get("/nope").await.is(404).has("<!doctype html>").has("Page not found");
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    let line = site.visitor().with("accept", "*/*").get("/nope").await.is(404).lacks("<");
    assert_eq!(line.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(line.header("cache-control"), "no-store");
    site.visitor().browser().get("/secret").await.is(401).has("This page is private");
}

#[actix_web::test]
async fn t49_case_8_a_more_expensive_hash_is_known_to_the_store() {
    let site = Site::new();
    assert_eq!(site.store().read(store::users::max_cost).unwrap(), 4);
    let dear =
        web::auth::verify::bcrypt_pool::hash(&domain::password::Password::parse("open sesame").unwrap(), 6).unwrap();
    let id = site.user("ann").id;
    site.write(|conn, admin| store::writing::users::set_password(conn, admin, id, &dear, clock::now()));
    assert_eq!(site.store().read(store::users::max_cost).unwrap(), 6);
    let broken = domain::password::PasswordHash::new("zzzzzzzz");
    let dan = site.user("dan").id;
    site.write(|conn, admin| store::writing::users::set_password(conn, admin, dan, &broken, clock::now()));
    assert_eq!(site.store().read(store::users::max_cost).unwrap(), 6);
}

#[actix_web::test]
async fn every_refusal_of_a_stranger_takes_as_many_connections_from_the_pool() {
    let site = Site::new();
    let later = (clock::now() + TimeDelta::days(1)).format("%Y-%m-%dT%H:%M:%S").to_string();
    site.put(PageInput { published: later, ..draft("later", "Later") });
    site.put(PageInput { published: "2020-01-01".into(), unpublish: "2021-01-01".into(), ..draft("over", "Over") });
    let moved = site.put(PageInput { audience: signed_in(), ..draft("old", "Moved") });
    site.move_page(&moved, "new");
    let gone = site.put(draft("old-too", "Gone"));
    let gone = site.move_page(&gone, "new-too");
    site.delete(gone.id);
    let group = site.group("Staff", &["eve"]);
    site.put(PageInput { audience: chosen("", &[group.content.name.as_str()]), ..draft("chosen", "Chosen") });
    let checkouts = async |actor: &Actor<'_>, uri: &str, status: u16| {
        // Tasks in the background take connections too, but not during each of five requests.
        let mut least = u64::MAX;
        for _ in 0..5 {
            let before = site.store().checkouts();
            actor.get(uri).await.is(status);
            least = least.min(site.store().checkouts() - before);
        }
        least
    };
    let (visitor, ann) = (site.visitor(), site.ann());
    ann.get("/secret").await.is(200);
    for actor in [&visitor, &ann] {
        let unknown = checkouts(actor, "/unknown", 404).await;
        for uri in ["/later", "/over", "/old-too"] {
            assert_eq!(checkouts(actor, uri, 404).await, unknown, "{uri}");
        }
    }
    assert_eq!(checkouts(&visitor, "/old", 404).await, checkouts(&visitor, "/unknown", 404).await);
    assert_eq!(checkouts(&visitor, "/chosen", 401).await, checkouts(&visitor, "/new", 401).await);
    ann.get("/chosen").await.is(403);
}

#[actix_web::test]
async fn a_list_at_an_old_path_ends_when_its_page_is_back_for_the_visitor() {
    let site = Site::new();
    let page = site.put(PageInput { audience: signed_in(), ..draft("clients", "Clients") });
    site.put(PageInput { audience: public(), ..draft("clients/acme", "Acme") });
    let page = site.move_page(&page, "customers");
    let shows_list = async || {
        for _ in 0..2 {
            site.visitor().get("/clients").await.is(200).has("Acme");
        }
    };
    shows_list().await;
    site.put(PageInput { audience: public(), ..draft("customers", "Clients") });
    assert_eq!(site.visitor().get("/clients").await.is(308).header("location"), "/customers");
    site.delete(page.id);
    shows_list().await;
    site.run(Command::Restore(Restore { page: page.id, path: page.content.path.clone() }));
    assert_eq!(site.visitor().get("/clients").await.is(308).header("location"), "/customers");
}

#[actix_web::test]
async fn a_list_at_the_path_of_a_scheduled_page_ends_at_its_date() {
    let site = Site::new();
    site.put(draft("clients/acme", "Acme"));
    let at = clock::now() + TimeDelta::milliseconds(1500);
    let soon = at.format("%Y-%m-%dT%H:%M:%S%.6f").to_string();
    site.put(PageInput { published: soon, ..draft("clients", "Our clients") });
    loop {
        let requested_at = clock::now();
        let page = site.visitor().get("/clients").await.is(200);
        let answered = clock::now();
        match page.body.contains("<h1>Our clients</h1>") {
            true => assert!(answered >= at),
            false => assert!(requested_at < at, "{}", page.body),
        }
        if requested_at >= at {
            break;
        }
    }
}
