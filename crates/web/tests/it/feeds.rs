//! The feed, the sitemap and robots.txt: public pages, the same for everybody.

use domain::page::PageInput;

use crate::site::{Site, draft, signed_in};

#[actix_web::test]
async fn t44_feed_and_sitemap_hold_public_pages_only_whoever_asks() {
    let site = Site::new();
    site.put(PageInput { audience: signed_in(), show_title: true, ..draft("locked", "Locked") });
    site.put(PageInput { summary: "a < b & c".into(), ..draft("clients/x", "<X> & \"Y\"") });
    for uri in ["/feed.xml", "/sitemap.xml", "/robots.txt"] {
        let anonymous = site.visitor().get(uri).await.is(200).lacks("ocked").lacks("ecret");
        assert_eq!(site.ann().get(uri).await.fingerprint(), anonymous.fingerprint(), "{uri}");
    }
    let feed = site.visitor().get("/feed.xml").await;
    assert_eq!(feed.header("content-type"), "application/atom+xml; charset=utf-8");
    feed.has("<link href=\"http://site.test/hello\"/>")
        .has("&lt;X&gt; &amp; &quot;Y&quot;")
        .has("<summary>a &lt; b &amp; c</summary>");
    site.visitor().get("/sitemap.xml").await.has("<loc>http://site.test/clients/x</loc>");
    site.visitor().get("/robots.txt").await.has("Sitemap: http://site.test/sitemap.xml");
}

#[actix_web::test]
async fn an_entry_of_the_feed_keeps_its_id_when_its_page_moves() {
    let site = Site::new();
    let ids = async || {
        let feed = site.visitor().get("/feed.xml").await.is(200).body;
        let ids =
            feed.split("<entry>").skip(1).map(|entry| entry.split("<id>").nth(1).unwrap().split('<').next().unwrap());
        (ids.map(str::to_owned).collect::<Vec<_>>(), feed.contains("http://site.test/moved"))
    };
    let (before, _) = ids().await;
    assert!(!before.is_empty() && before.iter().all(|id| id.starts_with("urn:uuid:")), "{before:?}");
    let page = site.page("hello").unwrap();
    let form = format!("/admin/pages/{}", page.id.0);
    let fields = [("title", "Hello"), ("path", "/moved"), ("version", "1"), ("audience", "public")];
    site.eve().submit(&form, &form, &fields).await.is(303);
    let (after, is_moved) = ids().await;
    assert_eq!((after, is_moved), (before, true));
}

#[actix_web::test]
async fn assets_are_kept_for_a_year_under_an_address_that_changes_with_them() {
    let site = Site::new();
    let index = site.visitor().get("/").await;
    let from = index.body.find("/static/").unwrap();
    let css = &index.body[from..from + index.body[from..].find('"').unwrap()];
    let icon = css.to_owned();
    assert_eq!(site.visitor().get(&icon).await.is(200).header("cache-control"), "public, max-age=31536000, immutable");
    site.visitor().get("/static/000000000000/site.css").await.is(404);
    site.visitor().get("/favicon.ico").await.is(200);
}
