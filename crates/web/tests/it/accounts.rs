//! The account pages of users, and the protection of forms.

use domain::page::PageInput;

use crate::site::{Site, draft};

const NEW: &str = "a longer sentence";

#[actix_web::test]
async fn case_13_changing_ones_password_asks_for_the_present_one() {
    let site = Site::new();
    let fields = |present, new, again| [("present", present), ("password", new), ("password_again", again)];
    let (ann, long) = (site.ann(), "é".repeat(37));
    let refused = ann.submit("/account", "/account", &fields("wrong", NEW, NEW)).await.is(422);
    refused.has("not your current password").lacks(NEW);
    ann.submit("/account", "/account", &fields("open sesame", "short", "short"))
        .await
        .is(422)
        .has("Too short: use at least 8");
    ann.submit("/account", "/account", &fields("open sesame", "password1", "password1"))
        .await
        .is(422)
        .has("most common");
    ann.submit("/account", "/account", &fields("open sesame", NEW, "other")).await.is(422).has("differ");
    ann.submit("/account", "/account", &fields("open sesame", &long, "x")).await.is(422).has("this has 74");
    ann.submit("/account", "/account", &fields("open sesame", NEW, NEW)).await.is(303);
    site.ann().get("/secret").await.is(401);
    site.signed_in("ann", NEW).get("/secret").await.is(200);
}

#[actix_web::test]
async fn t52_a_wrong_present_password_is_throttled_and_logged_like_any_other_and_keeps_nobody_out() {
    let site = Site::new();
    let ann = site.ann();
    let token = ann.get("/account").await.value_of("form_token");
    let guess = async |present: &str| {
        let fields = [("present", present), ("password", NEW), ("password_again", NEW), ("form_token", &token)];
        ann.post("/account", &fields).await
    };
    let before = site.verified();
    for n in 0..20 {
        let present = format!("guess {n}");
        let answer = guess(&present).await;
        if n < 10 {
            answer.is(422).has("not your current password");
        } else {
            let answer =
                answer.is(429).has("Too many wrong passwords").has("name=\"present\"").lacks(&present).lacks(NEW);
            assert_eq!((answer.header("retry-after"), answer.header("cache-control")), ("1", "no-store"));
        }
    }
    assert_eq!(site.verified(), before + 10);
    // A proven password opens pages, and is confirmed without another verification; others sign in beside it.
    ann.get("/secret").await.is(200);
    site.eve().get("/admin/").await.is(200);
    guess("open sesame").await.is(303);
    site.app.failed_logins.write(&site.app.db).await;
    site.root().get("/admin/audit?action=refused").await.is(200).has("20 refused, the last from 127.0.0.1: ann 20");
}

#[actix_web::test]
async fn a_theme_is_kept_with_the_account() {
    let site = Site::new();
    site.ann().submit("/account", "/account/theme", &[("theme", "dark"), ("back", "/hello")]).await.is(303);
    site.ann().get("/").await.has("data-theme=\"dark\"");
    site.visitor().get("/").await.has("data-theme=\"system\"");
    let away =
        site.ann().submit("/account", "/account/theme", &[("theme", "light"), ("back", "//evil.test")]).await.is(303);
    assert_eq!(away.header("location"), "/");
    let pink = [("theme", "pink")];
    site.ann().browser().submit("/account", "/account/theme", &pink).await.is(422).lacks("/admin/");
    site.eve().browser().submit("/account", "/account/theme", &pink).await.is(422).has("href=\"/admin/\"");
}

#[actix_web::test]
async fn t53_case_35_47_a_form_from_another_origin_changes_nothing() {
    let site = Site::new();
    let (root, count) = (site.root(), || {
        site.store()
            .read(|conn| {
                store::lists::list(
                    conn,
                    &store::lists::VisiblePages::readable(&domain::access::Visitor::Anonymous, web::clock::now()),
                    100,
                )
            })
            .unwrap()
            .len()
    });
    let before = count();
    let page = [("title", "New"), ("path", "new")];
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "http://evil.test"),
        ("origin", "null"),
        ("origin", "http://site.test.evil"),
    ] {
        let foreign = root.with("host", "site.test").with(name, value);
        foreign.submit("/admin/pages/new", "/admin/pages", &page).await.is(403).has("another site");
        assert_eq!(count(), before);
    }
    for (n, (name, value)) in [
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-site", "none"),
        ("origin", "http://site.test"),
        ("x-nothing", ""),
    ]
    .into_iter()
    .enumerate()
    {
        let path = format!("new-{n}");
        let own = root.with("host", "site.test").with(name, value);
        own.submit("/admin/pages/new", "/admin/pages", &[("title", "New"), ("path", &path), ("body", "x")])
            .await
            .is(303);
    }
    assert_eq!(count(), before + 4);
}

#[actix_web::test]
async fn t53_a_form_without_its_token_is_refused_and_nothing_typed_is_lost() {
    let site = Site::new();
    let fields =
        [("title", "A new page"), ("path", "new"), ("body", "line one\nline two <b>"), ("password", "a secret word")];
    let refused = site.eve().post("/admin/pages", &fields).await.is(403);
    let token = refused.value_of("form_token");
    refused.has("A new page").has("line one").has("&lt;b&gt;").lacks("a secret word");
    let others = site.root().get("/admin/pages/new").await.value_of("form_token");
    let mut stolen = fields.to_vec();
    stolen.push(("form_token", &others));
    site.eve().post("/admin/pages", &stolen).await.is(403);
    assert!(site.page("new").is_none());
    let mut again = fields.to_vec();
    again.push(("form_token", &token));
    site.eve().post("/admin/pages", &again).await.is(303);
    assert!(site.page("new").is_some());
}

#[actix_web::test]
async fn t87_a_form_that_is_sent_again_shows_what_was_typed_and_keeps_the_rest_hidden() {
    let site = Site::new();
    let fields =
        [("title", "T"), ("path", ""), ("version", "7"), ("draft", "3"), ("agreed", "x"), ("password", "s3cret w")];
    let refused = site.eve().browser().post("/admin/pages", &fields).await.is(403);
    refused
        .has("<label for=\"field-1\">Title</label>")
        .has("<input type=\"hidden\" name=\"version\" value=\"7\">")
        .has("<input type=\"hidden\" name=\"path\" value=\"\">")
        .has("Passwords are not kept")
        .has("<strong>eve</strong>")
        .lacks("name=\"agreed\"")
        .lacks("s3cret");
}

#[actix_web::test]
async fn t87_a_reader_gets_a_form_again_in_the_language_of_the_site_and_an_editor_in_english() {
    let site = Site::new();
    site.write(|conn, admin| {
        let old = store::site::get(conn)?;
        let new = domain::site::Site { language: "ar".into(), ..old.clone() };
        store::writing::site::update(conn, admin, old.version, &new, web::clock::now())
    });
    let fields = [("name", "backup"), ("below", "/clients"), ("days", "90"), ("form", "9")];
    let again = site.ann().browser().post("/account/app-passwords", &fields).await.is(403);
    let again = again.has("lang=\"ar\" dir=\"rtl\"").has("<strong>ann</strong>").has("value=\"/clients\"");
    let label = web::language::Language::Arabic.say(&web::language::sentence::Sentence::new("app-password-below"));
    again.has(&label).has("<input type=\"hidden\" name=\"days\" value=\"90\">").lacks("Send");
    site.eve().browser().post("/admin/pages", &[("title", "T")]).await.is(403).has("lang=\"en\" dir=\"ltr\"");
}

#[actix_web::test]
async fn t88_what_was_typed_comes_back_when_the_database_is_locked() {
    let site = Site::new();
    let (eve, root) = (site.eve().browser(), site.root().browser());
    let tokens = [
        eve.get("/admin/pages/new").await.value_of("form_token"),
        root.get("/admin/groups/new").await.value_of("form_token"),
    ];
    let (release, released) = std::sync::mpsc::channel::<()>();
    let (held, is_held) = std::sync::mpsc::channel();
    let store = site.store().clone();
    let writer = std::thread::spawn(move || {
        store.write(|_| {
            held.send(()).unwrap();
            released.recv().unwrap_or_default();
            Ok(())
        })
    });
    is_held.recv().unwrap();
    let page = [
        ("form_token", &*tokens[0]),
        ("title", "Locked"),
        ("path", "locked"),
        ("body", "one\ntyped two"),
        ("form", "5"),
    ];
    let group = [("form_token", &*tokens[1]), ("name", "Typed group"), ("members", "ann")];
    let (page, group) =
        futures_util::future::join(eve.post("/admin/pages", &page), root.post("/admin/groups", &group)).await;
    release.send(()).unwrap();
    writer.join().unwrap().unwrap();
    let page = page.is(503).has("one\ntyped two</textarea>").has("value=\"locked\"").has("action=\"/admin/pages\"");
    let page = page.has("<input type=\"hidden\" name=\"form\" value=\"5\">");
    group.is(503).has("value=\"Typed group\"").has("action=\"/admin/groups\"");
    let token = page.value_of("form_token");
    let again = [("form_token", &*token), ("title", "Locked"), ("path", "locked"), ("body", "x")];
    eve.post("/admin/pages", &again).await.is(303);
}

#[actix_web::test]
async fn t88_what_an_editor_typed_comes_back_when_the_editor_lost_the_role() {
    let site = Site::new();
    let eve = site.eve().browser();
    let token = eve.get("/admin/pages/new").await.value_of("form_token");
    let eve_is = |role| {
        site.write(|conn, admin| {
            let user = store::users::find(conn, &crate::site::name("eve"))?.unwrap();
            let content = domain::user::UserContent { role, ..user.content() };
            store::writing::users::update(conn, admin, user.id, user.version, &content, web::clock::now())
        })
    };
    eve_is(domain::user::Role::Reader);
    let fields = [("form_token", &*token), ("title", "Mine"), ("path", "mine"), ("body", "long typed")];
    let refused = eve.post("/admin/pages", &fields).await.is(403).has("value=\"long typed\"").has("Mine");
    // Neither a form of another site nor one of a program that shows no pages.
    eve.with("sec-fetch-site", "cross-site").post("/admin/pages", &fields).await.is(403).lacks("long typed");
    site.eve().post("/admin/pages", &fields).await.is(403).lacks("long typed");
    site.visitor().browser().post("/admin/pages", &fields).await.is(401).lacks("long typed");
    eve_is(domain::user::Role::Editor);
    let token = refused.value_of("form_token");
    eve.post("/admin/pages", &[("form_token", &token), ("title", "Mine"), ("path", "mine"), ("body", "x")])
        .await
        .is(303);
}

#[actix_web::test]
async fn a_form_of_another_media_type_is_415_and_a_larger_one_413() {
    let site = Site::new();
    let json = site.eve().with("content-type", "application/json");
    json.send(actix_web::http::Method::POST, "/admin/pages", Some("{}".into())).await.is(415);
    let large = "a".repeat(5 * 1024 * 1024);
    site.eve().post("/admin/pages", &[("title", "x"), ("body", &large)]).await.is(413);
}

#[actix_web::test]
async fn case_47_a_form_without_a_long_text_has_at_most_64_kibibytes() {
    let site = Site::new();
    let long = "a".repeat(70_000);
    site.ann().submit("/account", "/account/theme", &[("theme", &long)]).await.is(413);
    site.eve().submit("/admin/pages/new", "/admin/preview", &[("body", &long)]).await.is(200).has(&long);
}

#[actix_web::test]
async fn case_48_a_form_without_room_in_memory_is_503_and_other_requests_are_served() {
    let site = Site::new();
    site.put(PageInput { body: "Many words. ".repeat(10_000), ..draft("large", "Large") });
    let token = site.eve().get("/admin/pages/new").await.value_of("form_token");
    let fields = [("form_token", token.as_str()), ("body", "some *words*")];
    let mut taken = Vec::new();
    while let Some(share) = site.app.under_way.take(None, 1 << 10) {
        taken.push(share);
    }
    let refused = site.eve().browser().post("/admin/preview", &fields).await.is(503).has("still has what you typed");
    assert_eq!(refused.header("retry-after"), "5");
    let refused = site.visitor().get("/large").await.is(503);
    assert_eq!(refused.header("retry-after"), "5");
    site.visitor().get("/hello").await.is(200);
    drop(taken);
    site.eve().post("/admin/preview", &fields).await.is(200).has("<em>words</em>");
    // A body that was read takes no more room afterwards.
    for _ in 0..200 {
        site.visitor().get("/large").await.is(200);
    }
}

#[actix_web::test]
async fn case_47_a_form_with_more_fields_than_any_real_form_is_422_and_is_not_repeated() {
    let site = Site::new();
    let many = site.ann().send(actix_web::http::Method::POST, "/account/theme", Some("a&".repeat(500))).await.is(422);
    assert!(many.body.len() < 10_000, "{}", many.body.len());
    let fewer = site.ann().send(actix_web::http::Method::POST, "/account/theme", Some("a&".repeat(499))).await;
    assert_eq!(fewer.status, 403, "no token");
}

#[actix_web::test]
async fn a_tick_box_that_says_neither_is_not_taken_for_no() {
    let site = Site::new();
    let put = async |private: &str| {
        let fields = [("title", "New"), ("path", "new"), ("body", "x"), ("private", private)];
        site.eve().submit("/admin/pages/new", "/admin/pages", &fields).await
    };
    put("TRUE").await.is(422).has("a checkbox is on or off");
    assert!(site.page("new").is_none());
    put("off").await.is(303);
    site.visitor().get("/new").await.is(200);
}

#[actix_web::test]
async fn the_theme_is_switched_on_any_page_and_leads_back_to_it() {
    let site = Site::new();
    let at = async |referrer: &str| {
        let eve = site.eve().with("referer", referrer);
        let answer = eve.submit("/admin/", "/account/theme", &[("theme", "dark"), ("back", "/admin/")]).await.is(303);
        answer.header("location").to_owned()
    };
    assert_eq!(at("http://site.test/admin/pages?q=a&sort=path").await, "/admin/pages?q=a&sort=path");
    for elsewhere in ["http://evil.test/x", "", "about:blank", "http://site.test.evil.test/"] {
        assert_eq!(at(elsewhere).await, "/admin/", "{elsewhere}");
    }
    assert_eq!(at("http://site.test//evil.test/").await, "/");
}

#[actix_web::test]
async fn refused_sign_ins_reach_the_audit_trail_together() {
    let site = Site::new();
    for _ in 0..5 {
        site.signed_in("ann", "wrong").get("/secret").await.is(401);
    }
    site.app.failed_logins.write(&site.app.db).await;
    site.root().get("/admin/audit?action=refused").await.is(200).has("5 refused").has("ann 5");
}

#[actix_web::test]
async fn a_sign_in_is_noted_with_its_time_and_once_in_half_an_hour() {
    let site = Site::new();
    for _ in 0..200 {
        site.ann().get("/secret").await.is(200);
        if site.user("ann").last_sign_in_at.is_some() {
            break;
        }
    }
    let first = site.user("ann").last_sign_in_at.unwrap();
    site.ann().get("/secret").await.is(200);
    assert_eq!(site.user("ann").last_sign_in_at, Some(first));
}
