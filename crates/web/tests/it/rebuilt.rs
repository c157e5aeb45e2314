//! Rebuilds of the two small sites from which this product descends.

use domain::page::PageInput;

use crate::site::{Site, draft, signed_in};

#[actix_web::test]
async fn the_django_site_lists_pages_made_in_the_panel_at_pages_and_guards_the_private_ones() {
    let site = Site::new();
    let eve = site.eve();
    for (slug, private) in [("about-us", ""), ("board-minutes", "on")] {
        let (title, path) = (slug.replace('-', " "), format!("pages/{slug}"));
        let fields = [("title", title.as_str()), ("path", &path), ("body", "Text."), ("private", private)];
        eve.submit("/admin/pages/new", "/admin/pages", &fields).await.is(303);
    }
    assert_eq!(site.visitor().get("/pages/").await.is(308).header("location"), "/pages");
    site.visitor().get("/pages").await.is(200).has("about us").lacks("board minutes");
    site.ann().get("/pages").await.is(200).has("about us").has("board minutes");
    assert_eq!(site.visitor().get("/pages/about-us/").await.is(308).header("location"), "/pages/about-us");
    site.visitor().get("/pages/about-us").await.is(200);
    site.visitor().get("/pages/board-minutes").await.is(401);
    site.ann().get("/pages/board-minutes").await.is(200);
    site.visitor().get("/pages/nope").await.is(404);
}

#[actix_web::test]
async fn the_flask_site_says_hello_to_all_and_privately_to_those_it_knows() {
    const REFUSAL: &str = "Could not verify your access level for that URL. You have to login with proper credentials";
    let site = Site::new();
    site.put(PageInput { body: "Hello World!".into(), ..draft("", "Hello") });
    site.put(PageInput { body: "Hello I'm Private!!".into(), audience: signed_in(), ..draft("private", "Private") });
    let version = site.root().get("/admin/site").await.value_of("version");
    let settings = [
        ("title", "Flask"),
        ("language", "en"),
        ("realm", "Login Required"),
        ("refusal", REFUSAL),
        ("version", &version),
    ];
    site.root().submit("/admin/site", "/admin/site", &settings).await.is(303);

    site.visitor().get("/").await.is(200).has("Hello World!");
    for actor in [site.visitor(), site.signed_in("ann", "wrong")] {
        let refused = actor.get("/private").await.is(401).has(REFUSAL);
        assert_eq!(refused.header("www-authenticate"), "Basic realm=\"Login Required\", charset=\"UTF-8\"");
    }
    site.ann().get("/private").await.is(200).has("Hello I'm Private!!");
}
