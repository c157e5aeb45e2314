//! The feed, the sitemap and robots.txt: public pages, the same for everybody.

use domain::page::PageInput;

use crate::site::{Site, chosen, draft, public, signed_in};

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
    let fields = [("title", "Hello"), ("path", "/moved"), ("body", "Hi."), ("version", "1"), ("audience", "public")];
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

/// A site with a public section of a public and a private page, and a private section.
fn with_sections() -> Site {
    let site = Site::new();
    let text = "See [the plan](/plan) and [below](#more).\n\n![a](/static/a.png) ![b](b.png) ![c](/c.png)";
    let open = site.put(PageInput { body: text.into(), audience: public(), ..draft("news/open", "Open news") });
    site.add_file(open.id, "b.png", "");
    site.put(PageInput { body: "The inner text.".into(), audience: signed_in(), ..draft("news/inner", "Inner news") });
    site.put(PageInput { audience: signed_in(), show_title: true, ..draft("news/titled", "Titled news") });
    site.put(PageInput { audience: chosen("eve", &[]), ..draft("news/chosen", "Chosen news") });
    site.put(PageInput { audience: signed_in(), ..draft("club", "The club") });
    site.put(draft("club/minutes", "Minutes"));
    site
}

#[actix_web::test]
async fn t44_a_feed_of_a_section_holds_what_its_reader_may_read() {
    let site = with_sections();
    // Twice: the second time from memory.
    for _ in 0..2 {
        let stranger = site.visitor().get("/news/feed.xml").await.is(200).has("Open news");
        let stranger = stranger.lacks("Inner").lacks("inner").lacks("Titled").lacks("Chosen");
        assert_eq!(stranger.header("content-type"), "application/atom+xml; charset=utf-8");
        assert_eq!(stranger.header("vary"), "Authorization, Accept-Encoding");
        let ann =
            site.ann().get("/news/feed.xml").await.is(200).has("Open news").has("The inner text.").has("Titled news");
        assert_eq!(ann.lacks("Chosen").header("cache-control"), "private, no-cache");
        site.eve().get("/news/feed.xml").await.is(200).has("Chosen news");
        let wrong = site.signed_in("ann", "wrong").get("/news/feed.xml").await;
        assert_eq!(wrong.fingerprint(), stranger.fingerprint());
        site.visitor().get("/club/feed.xml").await.is(401).lacks("club").lacks("Minutes");
        site.signed_in("ann", "wrong").get("/club/feed.xml").await.is(401).lacks("Minutes");
        site.ann().get("/club/feed.xml").await.is(200).has("<title>The club · Postern</title>").has("Minutes");
    }
    // A section whose pages this visitor may not read is the same as none.
    site.put(PageInput { audience: signed_in(), ..draft("hidden/page", "Hidden") });
    let none = site.visitor().get("/none/feed.xml").await.is(404);
    assert_eq!(site.visitor().get("/hidden/feed.xml").await.fingerprint(), none.fingerprint());
    for odd in
        ["/Club/feed.xml", "/club%2Fminutes/feed.xml", "/club//feed.xml", "/admin%2F/feed.xml", "/static/feed.xml"]
    {
        site.ann().get(odd).await.is(404);
    }
}

#[actix_web::test]
async fn a_feed_has_the_text_with_absolute_addresses_but_not_of_pages_with_receipts() {
    let site = with_sections();
    for feed in ["/news/feed.xml", "/feed.xml"] {
        let feed = site.visitor().get(feed).await.is(200);
        feed.has("<content type=\"html\">")
            .has("href=&quot;http://site.test/plan&quot;")
            .has("href=&quot;http://site.test/news/open#")
            .has("src=&quot;http://site.test/static/a.png&quot;")
            .has("src=&quot;http://site.test/news/open/b.png&quot;")
            .has("http://site.test/news/open/b.png?w=480 480w, http://site.test/")
            .has("class=&quot;elsewhere&quot; href=&quot;http://site.test/c.png&quot;");
    }
    let receipts = chosen("ann", &[]);
    site.put(PageInput {
        body: "The noted text.".into(),
        receipts: true,
        audience: receipts,
        ..draft("news/noted", "Noted")
    });
    site.ann().get("/news/feed.xml").await.is(200).has("Noted").lacks("The noted text.").has("The inner text.");
    let large = "word ".repeat(60_000);
    site.put(PageInput { body: large, audience: public(), ..draft("news/large", "Large") });
    let feed = site.visitor().get("/news/feed.xml").await.is(200).has("Large").has("Open news");
    assert!(!feed.body.contains("<content"), "the texts of a feed are bounded");
}

#[actix_web::test]
async fn t34_a_feed_of_a_section_answers_conditional_requests_and_changes_at_once() {
    let site = with_sections();
    let etag = site.ann().get("/club/feed.xml").await.is(200).header("etag").to_owned();
    site.ann().with("if-none-match", &etag).get("/club/feed.xml").await.is(304);
    site.put(draft("club/rules", "Rules"));
    site.ann().with("if-none-match", &etag).get("/club/feed.xml").await.is(200).has("Rules");
    // The section becomes public, then private again.
    let club = |audience| PageInput { audience, ..draft("club", "The club") };
    site.put(club(public()));
    site.visitor().get("/club/feed.xml").await.is(200).has("Rules");
    site.put(club(signed_in()));
    site.visitor().get("/club/feed.xml").await.is(401);
}

#[actix_web::test]
async fn a_feed_of_a_section_follows_its_page_and_pages_name_it() {
    let site = with_sections();
    site.put(PageInput { list_below: true, audience: public(), ..draft("blog", "Blog") });
    site.put(PageInput { audience: public(), ..draft("blog/one", "One") });
    let link = |title: &str, href: &str| {
        format!("<link rel=\"alternate\" type=\"application/atom+xml\" title=\"{title} · Postern\" href=\"{href}\">")
    };
    site.visitor().get("/news").await.has(&link("News", "/news/feed.xml"));
    site.visitor().get("/blog").await.has(&link("Blog", "/blog/feed.xml"));
    site.visitor().get("/hello").await.lacks("/hello/feed.xml");
    let id = |feed: &str| feed.split("<id>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let before = id(&site.visitor().get("/blog/feed.xml").await.is(200).body);
    let blog = site.page("blog").unwrap();
    site.move_page(&blog, "journal");
    let moved = site.visitor().get("/blog/feed.xml").await.is(308);
    assert_eq!(moved.header("location"), "/journal/feed.xml");
    assert_eq!(id(&site.visitor().get("/journal/feed.xml").await.is(200).body), before);
}

#[actix_web::test]
async fn t44_a_sitemap_of_many_pages_is_an_index_of_parts() {
    use diesel::RunQueryDsl;
    let site = Site::new();
    let fill = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 50000)
                INSERT INTO pages (id, path, title, private, readers_from, audience)
                SELECT n, 'many/p' || printf('%05d', n), 'Page', n % 100 = 0, NULL,
                       CASE WHEN n % 100 = 0 THEN 'signed-in' ELSE 'public' END FROM n";
    site.visitor().get("/sitemap.xml").await.is(200).has("<urlset").has("/hello</loc>").lacks("secret");
    site.visitor().get("/sitemap.xml?from=%2F").await.is(404);
    site.store().write(|conn| Ok(diesel::sql_query(fill).execute(conn)?)).unwrap();
    let more = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 600)
                INSERT INTO pages (id, path, title) SELECT 60000 + n, 'more/p' || printf('%05d', n), 'Page' FROM n";
    site.store().write(|conn| Ok(diesel::sql_query(more).execute(conn)?)).unwrap();
    site.app.db.wait_until_caught_up();
    let index = site.visitor().get("/sitemap.xml").await.is(200).has("<sitemapindex");
    let parts: Vec<String> = index
        .body
        .split("<loc>http://site.test")
        .skip(1)
        .map(|rest| rest.split('<').next().unwrap().to_owned())
        .collect();
    assert_eq!(parts.len(), 2, "{parts:?}");
    let mut addresses = Vec::new();
    for part in &parts {
        let text = site.visitor().get(part).await.is(200).lacks("secret").body;
        let found: Vec<String> =
            text.split("<loc>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect();
        assert!(!found.is_empty() && found.len() <= 50_000, "{}", found.len());
        addresses.extend(found);
    }
    let all = addresses.len();
    addresses.sort();
    addresses.dedup();
    // The public ones of `many`, those of `more`, and /hello.
    assert_eq!((addresses.len(), all), (49_500 + 600 + 1, 49_500 + 600 + 1));
    assert!(!addresses.iter().any(|address| address.ends_with("/many/p00100")), "a private page");
    for no_part in
        ["/sitemap.xml?from=/many/p00002", "/sitemap.xml?from=", "/sitemap.xml?from=/secret", "/sitemap.xml?from=x"]
    {
        site.visitor().get(no_part).await.is(404);
    }
}
