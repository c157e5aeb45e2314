//! The look of the site, its own style sheet, link previews, and the direction of writing.

use domain::page::PageInput;
use store::Conn;

use crate::site::{Response, Site, draft, signed_in};

const LOOK: &str = "/admin/site/look";

/// The form of the look as it is, with some fields changed, as an administrator sends it.
async fn save(site: &Site, changed: &[(&str, &str)]) -> Response {
    let version = site.root().get(LOOK).await.is(200).value_of("version");
    let mut fields = vec![("preset", "plain"), ("typeface", "look"), ("width", "normal"), ("accent", ""), ("css", "")];
    fields.retain(|(name, _)| !changed.iter().any(|(other, _)| other == name));
    fields.extend_from_slice(changed);
    fields.push(("version", &version));
    site.root().submit(LOOK, LOOK, &fields).await
}

/// The addresses of the style sheets of a page.
fn sheets(page: &Response) -> Vec<String> {
    let links = page.body.split("<link rel=\"stylesheet\" href=\"").skip(1);
    let addresses = links.map(|rest| rest.split('"').next().unwrap().to_owned());
    // The sheet of signed-in users is empty.
    addresses.filter(|address| address != "/signed-in.css").collect()
}

fn change(site: &Site, change: impl FnOnce(&mut domain::site::Site)) {
    site.write(|conn, admin| {
        let old = store::site::get(conn)?;
        let mut new = old.clone();
        change(&mut new);
        store::writing::site::update(conn, admin, old.version, &new, web::clock::now())
    });
}

#[actix_web::test]
async fn a_look_is_a_style_sheet_that_caches_keep_for_a_year() {
    let site = Site::new();
    assert_eq!(sheets(&site.visitor().get("/hello").await).len(), 1);
    save(&site, &[("preset", "paper"), ("accent", "#00c"), ("width", "wide"), ("typeface", "sans")]).await.is(303);
    let page = site.visitor().get("/hello").await.is(200);
    let found = sheets(&page);
    assert_eq!(found.len(), 2, "{found:?}");
    let sheet = site.visitor().get(&found[1]).await.is(200).has("--accent: #0000cc;").has("--measure: 58rem");
    assert_eq!(sheet.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(sheet.header("content-type"), "text/css; charset=utf-8");
    assert_eq!(site.ann().get(&found[1]).await.fingerprint(), sheet.fingerprint());
    // Everywhere on the reader's side, and nowhere in the panel.
    for path in ["/", "/search?q=x", "/secret", "/account"] {
        assert!(sheets(&site.ann().get(path).await.is(200)).contains(&found[1]), "{path}");
    }
    assert!(sheets(&site.visitor().browser().get("/secret").await.is(401)).contains(&found[1]));
    for path in ["/admin/", LOOK] {
        assert!(!sheets(&site.root().get(path).await.is(200)).contains(&found[1]), "{path}");
    }
    // Another look has another address, and the old one is gone.
    save(&site, &[("preset", "console")]).await.is(303);
    let now = sheets(&site.visitor().get("/hello").await);
    assert!(now.len() == 2 && now[1] != found[1], "{now:?}");
    site.visitor().get(&found[1]).await.is(404);
    for made_up in ["/static/look/0.css", "/static/css/0.css", "/static/look/site.css"] {
        site.visitor().get(made_up).await.is(404);
    }
    save(&site, &[]).await.is(303);
    assert_eq!(sheets(&site.visitor().get("/hello").await).len(), 1);
}

#[actix_web::test]
async fn own_css_is_on_pages_and_lists_and_nowhere_else() {
    let site = Site::new();
    site.put(draft("guides/one", "One"));
    save(&site, &[("css", ".prose { color: rebeccapurple }")]).await.is(303);
    let own = sheets(&site.visitor().get("/hello").await).pop().unwrap();
    assert!(own.starts_with("/static/css/"), "{own}");
    let sheet = site.visitor().get(&own).await.is(200);
    assert_eq!(sheet.body, ".prose { color: rebeccapurple }");
    for path in ["/", "/hello", "/guides", "/secret", "/search?q=oak"] {
        assert_eq!(sheets(&site.ann().get(path).await.is(200)).last(), Some(&own), "{path}");
    }
    let elsewhere = [
        site.ann().get("/account").await,
        site.visitor().browser().get("/secret").await,
        site.visitor().browser().get("/nope").await,
        site.root().get("/admin/").await,
        site.root().get("/admin/view-as/visitor/hello").await,
    ];
    for page in elsewhere {
        assert!(!page.body.contains(&own), "{}", page.body);
    }
}

#[actix_web::test]
async fn a_page_is_seen_without_own_css_with_plain() {
    let site = Site::new();
    site.put(PageInput { list_below: true, ..draft("guides", "Guides") });
    site.put(draft("guides/one", "One"));
    let before = site.visitor().get("/hello?plain").await.is(200);
    assert_eq!(before.header("cache-control"), "no-cache");
    save(&site, &[("css", "body { display: none }")]).await.is(303);
    for path in ["/hello", "/secret", "/guides", "/", "/search?q=oak"] {
        // Twice: the second time from the cache.
        for _ in 0..2 {
            let with = site.ann().get(path).await.is(200);
            let own = sheets(&with).pop().unwrap();
            assert!(own.starts_with("/static/css/"), "{path}");
            let joint = if path.contains('?') { '&' } else { '?' };
            let plain = site.ann().get(&format!("{path}{joint}plain")).await.is(200);
            assert_eq!(plain.header("cache-control"), "no-store");
            assert_eq!(
                plain.body.replace('\n', ""),
                with.body.replace(&format!("<link rel=\"stylesheet\" href=\"{own}\">"), "").replace('\n', "")
            );
        }
    }
    site.visitor().get("/secret?plain").await.is(401);
}

#[actix_web::test]
async fn css_that_loads_from_another_site_is_refused_with_its_line_and_nothing_is_lost() {
    let site = Site::new();
    let css = "a { color: red }\nb { background: url(https://evil.test/x) }";
    let refused = save(&site, &[("css", css), ("preset", "paper")]).await.is(422);
    refused.has("Line 2, column 17: Only addresses of this site").has("evil.test").has("value=\"paper\" checked");
    assert_eq!(sheets(&site.visitor().get("/hello").await).len(), 1);
    let policy = site.visitor().get("/hello").await;
    let policy = policy.header("content-security-policy");
    assert!(policy.contains("style-src 'self'") && policy.contains("default-src 'self'"), "{policy}");
}

#[actix_web::test]
async fn an_accent_that_cannot_be_read_is_refused_and_the_nearest_is_one_press_away() {
    let site = Site::new();
    let refused = save(&site, &[("accent", "#ffcc00")]).await.is(422).has("#ffcc00 has a contrast of 1.");
    let offered = refused.body.split("name=\"take\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    save(&site, &[("accent", "#ffcc00"), ("take", &offered)]).await.is(303);
    let page = site.visitor().get("/hello").await;
    site.visitor().get(&sheets(&page)[1]).await.is(200).has(&format!("--accent: {offered};"));
    site.root().get(LOOK).await.has(&offered).lacks("name=\"take\"");
}

#[actix_web::test]
async fn a_look_holds_at_once_on_every_instance() {
    let site = Site::new();
    let other = site.instance();
    let first = sheets(&other.visitor().get("/hello").await);
    save(&site, &[("preset", "console")]).await.is(303);
    // The other instance serves the style sheet of a page that it has not made.
    let page = site.visitor().get("/hello").await;
    other.visitor().get(&sheets(&page)[1]).await.is(200).has("--mono");
    other.app.db.wait_until_caught_up();
    let now = sheets(&other.visitor().get("/hello").await);
    assert_eq!((first.len(), now), (1, sheets(&page)));
}

#[actix_web::test]
async fn the_forms_of_the_settings_and_of_the_look_do_not_overwrite_each_other() {
    let site = Site::new();
    save(&site, &[("preset", "paper")]).await.is(303);
    let form = "/admin/site";
    let version = site.root().get(form).await.value_of("version");
    let fields = [("title", "Acme"), ("language", "en"), ("version", &*version)];
    site.root().submit(form, form, &fields).await.is(303);
    let now = site.store().read(store::site::get).unwrap();
    assert_eq!((now.title.as_str(), now.look.preset.as_str()), ("Acme", "paper"));
    save(&site, &[("preset", "console")]).await.is(303);
    let now = site.store().read(store::site::get).unwrap();
    assert_eq!((now.title.as_str(), now.look.preset.as_str()), ("Acme", "console"));
    // A form that was opened before is stale.
    let stale = [("preset", "plain"), ("typeface", "look"), ("width", "normal"), ("version", "1")];
    site.root().submit(LOOK, LOOK, &stale).await.is(409).has("Somebody else saved");
    site.root().get("/admin/audit").await.has("look “paper” → “console”");
}

#[actix_web::test]
async fn the_footer_is_markdown_without_scripts() {
    let site = Site::new();
    change(&site, |site| site.footer = "[Imprint](/imprint) & *more*\n\n<script>alert(1)</script>".into());
    let page = site.visitor().get("/hello").await;
    page.has("<a href=\"/imprint\"").has("<em>more</em>").lacks("<script>alert");
}

#[actix_web::test]
async fn a_public_page_tells_link_previews_what_it_is() {
    let site = Site::new();
    site.put(PageInput { summary: "A \"short\" one.".into(), ..draft("news", "News & more") });
    let page = site.visitor().get("/news").await.is(200);
    let page = page
        .has("<meta property=\"og:title\" content=\"News &amp; more\">")
        .has("<meta property=\"og:type\" content=\"article\">")
        .has("<meta property=\"og:site_name\" content=\"Postern\">")
        .has("<meta property=\"og:url\" content=\"http://site.test/news\">");
    for tag in ["name=\"description\"", "property=\"og:description\""] {
        assert_eq!(page.body.matches(&format!("<meta {tag} content=\"A &quot;short&quot; one.\">")).count(), 1);
    }
    site.visitor().get("/hello").await.lacks("og:description").lacks("name=\"description\"");
    site.visitor().get("/").await.has("content=\"website\"").has("content=\"Some of these pages are private.\"");
}

#[actix_web::test]
async fn without_a_configured_address_of_the_site_no_page_names_its_own() {
    let site = Site::with(web::Options { base_url: "http://127.0.0.1:8080".into(), ..web::Options::default() });
    site.put(draft("hello", "Hello"));
    site.visitor().get("/hello").await.is(200).has("og:title").lacks("og:url").lacks("127.0.0.1");
}

#[actix_web::test]
async fn t44_a_private_page_tells_link_previews_the_name_of_the_site_alone() {
    let site = Site::new();
    site.put(PageInput { summary: "Hidden.".into(), audience: signed_in(), ..draft("other", "Another") });
    let bot = site.visitor().browser();
    let refused =
        bot.get("/secret").await.is(401).has("<meta property=\"og:title\" content=\"A private page of Postern\">");
    let refused = refused.lacks("Secret").lacks("oak").lacks("og:description").lacks("og:url");
    assert_eq!(bot.get("/other").await.fingerprint(), refused.fingerprint());
    // Who may read it gets no tags either: the page is for them, not for link previews.
    site.ann().get("/other").await.is(200).lacks("og:title").lacks("name=\"description\"");
    bot.get("/nope").await.is(404).lacks("og:title");
}

#[actix_web::test]
async fn the_direction_is_that_of_the_language() {
    let site = Site::new();
    site.visitor().get("/hello").await.has("lang=\"en\" dir=\"ltr\"");
    for language in ["ar", "he", "fa", "ur"] {
        change(&site, |site| site.language = language.into());
        site.visitor().get("/hello").await.has(&format!("lang=\"{language}\" dir=\"rtl\""));
        site.root().get("/admin/").await.has("lang=\"en\" dir=\"ltr\"");
    }
}

#[actix_web::test]
async fn code_can_be_copied_with_a_script_and_only_pages_with_code_load_it() {
    let site = Site::new();
    site.put(PageInput { body: "```\nlet x = 1;\n```".into(), ..draft("code", "Code") });
    let page = site.visitor().get("/code").await.is(200).has("data-label=\"Copy\"").has("data-done=\"Copied\"");
    let script = page.body.split("<script src=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    site.visitor().get(&script).await.is(200);
    site.visitor().get("/hello").await.lacks("<script");
}

/// The names in docs/looks.md after a heading, each in backticks at the start of a row of its table.
fn documented(part: &str) -> Vec<&'static str> {
    let text = include_str!("../../../../docs/looks.md");
    let rows = text.split(part).nth(1).unwrap().split("\n## ").next().unwrap().lines();
    rows.filter_map(|row| row.strip_prefix("| `")).map(|row| row.split('`').next().unwrap()).collect()
}

#[actix_web::test]
async fn the_documented_classes_are_in_pages() {
    let site = Site::new();
    let body = include_str!("../../src/examples/how-to-write.md");
    site.put(PageInput {
        body: format!("{body}\n\n- [x] done\n\nhttps://example.org\n\n```rust\nlet x = 1;\n```\n"),
        summary: "Summary.".into(),
        list_below: true,
        audience: signed_in(),
        ..draft("all", "All of it")
    });
    for n in 0..25 {
        site.put(PageInput { audience: signed_in(), ..draft(&format!("all/p{n}"), "One of many") });
    }
    let mut html = String::new();
    for path in ["/", "/all", "/search?q=many", "/search?q=nowhere", "/hello"] {
        html.push_str(&site.eve().get(path).await.is(200).body);
    }
    html.push_str(&site.signed_in("ann", "wrong").get("/").await.body);
    html.push_str(&site.visitor().browser().get("/nope").await.body);
    let used: Vec<&str> =
        html.split("class=\"").skip(1).flat_map(|rest| rest.split('"').next().unwrap().split(' ')).collect();
    let classes = documented("## Classes");
    assert!(classes.len() > 15, "{classes:?}");
    for class in classes {
        assert!(used.contains(&class), "no element has the class {class}");
    }
    let css = include_str!("../../../../assets/site.css");
    let tokens = documented("## Tokens");
    assert!(tokens.len() > 10, "{tokens:?}");
    for token in tokens {
        assert!(css.contains(&format!("{token}: ")), "site.css does not set {token}");
    }
}

#[actix_web::test]
async fn a_look_that_sql_broke_breaks_no_page() {
    use diesel::RunQueryDsl;
    let site = Site::new();
    let statement = "UPDATE site SET accent = 'no colour', css = '@import url(https://evil.test)'";
    site.store().write(|conn: &mut Conn| Ok(diesel::sql_query(statement).execute(conn)?)).unwrap();
    site.app.db.wait_until_caught_up();
    let page = site.visitor().get("/hello").await.is(200);
    assert_eq!(sheets(&page).len(), 1);
}

#[actix_web::test]
async fn t86_own_css_of_the_most_bytes_is_saved_and_more_comes_back_in_the_form() {
    let site = Site::new();
    let line = ".prose h2 { border-block-end: 1px solid var(--line); }\n";
    let whole = line.repeat((64 << 10) / line.len());
    save(&site, &[("css", &whole)]).await.is(303);
    assert_eq!(store_css(&site), whole.trim_end());
    let more = whole + line + line;
    save(&site, &[("css", &more)]).await.is(422).has("At most 65536 characters").has(&more);
}

fn store_css(site: &Site) -> String {
    let mut css = String::new();
    site.write(|conn, _| {
        css = store::site::get(conn)?.look.css.as_str().to_owned();
        Ok(())
    });
    css
}
