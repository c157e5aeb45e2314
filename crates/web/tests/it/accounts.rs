//! What people change about themselves, and how forms are guarded.

use crate::site::Site;

const NEW: &str = "a longer sentence";

#[actix_web::test]
async fn case_13_changing_ones_password_asks_for_the_present_one() {
    let site = Site::new();
    let fields = |present, new, again| [("present", present), ("password", new), ("password_again", again)];
    let (ann, long) = (site.ann(), "é".repeat(37));
    let refused = ann.submit("/account", "/account", &fields("wrong", NEW, NEW)).await.is(422);
    refused.has("not your present password").lacks(NEW);
    ann.submit("/account", "/account", &fields("open sesame", "short", "short")).await.is(422).has("At least 8 bytes");
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
async fn a_theme_is_kept_with_the_account() {
    let site = Site::new();
    site.ann().submit("/account", "/account/theme", &[("theme", "dark"), ("back", "/hello")]).await.is(303);
    site.ann().get("/").await.has("data-theme=\"dark\"");
    site.visitor().get("/").await.has("data-theme=\"system\"");
    let away =
        site.ann().submit("/account", "/account/theme", &[("theme", "light"), ("back", "//evil.test")]).await.is(303);
    assert_eq!(away.header("location"), "/");
    site.ann().submit("/account", "/account/theme", &[("theme", "pink")]).await.is(422);
}

#[actix_web::test]
async fn t53_case_35_47_a_form_from_another_origin_changes_nothing() {
    let site = Site::new();
    let (root, count) = (site.root(), || {
        site.store()
            .read(|conn| {
                store::pages::list(
                    conn,
                    &store::pages::Scope::readable(&domain::access::Visitor::Anonymous, web::clock::now()),
                    store::Paging { number: 1, size: 100 },
                )
            })
            .unwrap()
            .rows
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
        own.submit("/admin/pages/new", "/admin/pages", &[("title", "New"), ("path", &path)]).await.is(303);
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
async fn a_form_of_another_media_type_is_415_and_a_larger_one_413() {
    let site = Site::new();
    let json = site.eve().with("content-type", "application/json");
    json.send(actix_web::http::Method::POST, "/admin/pages", Some("{}".into())).await;
    let large = "a".repeat(5 * 1024 * 1024);
    site.eve().post("/admin/pages", &[("title", "x"), ("body", &large)]).await.is(413);
}

#[actix_web::test]
async fn refused_sign_ins_reach_the_audit_trail_together() {
    let site = Site::new();
    for _ in 0..5 {
        site.signed_in("ann", "wrong").get("/secret").await.is(401);
    }
    site.app.refusals.write(&site.app.db).await;
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
