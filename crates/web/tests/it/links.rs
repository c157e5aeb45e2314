//! Links between pages: the picker, the marks in the preview, and the list of broken ones.

use domain::page::PageInput;

use crate::site::{Site, draft, signed_in};

#[actix_web::test]
async fn the_picker_offers_pages_by_title_to_editors_only() {
    let site = Site::new();
    let offers = site.eve().get("/admin/links?q=sec").await.is(200);
    assert_eq!(offers.header("content-type"), "application/json");
    assert_eq!(offers.body, r#"[{"title":"Secret","path":"/secret","readers":"signed-in users"}]"#);
    site.eve().get("/admin/links?q=").await.has("/hello").has("/secret");
    // Titles come before texts.
    site.put(PageInput { body: "The secret is here.".into(), ..draft("a", "A") });
    let both = site.eve().get("/admin/links?q=secret").await.is(200);
    assert!(both.body.find("/secret") < both.body.find("\"/a\""), "{}", both.body);
    site.eve().get("/admin/links?q=%22").await.is(200);
    site.ann().get("/admin/links?q=sec").await.is(403).lacks("/secret");
    site.visitor().get("/admin/links?q=sec").await.is(401).lacks("/secret");
}

#[actix_web::test]
async fn the_preview_marks_links_that_not_everybody_can_follow() {
    let site = Site::new();
    let body = "[a](/hello) [b](secret) [c](../nowhere) [d](https://example.org/)";
    let preview = async |audience: &str| {
        let fields = [("body", body), ("path", "/guides/new"), ("audience", audience)];
        site.eve().submit("/admin/pages/new", "/admin/preview", &fields).await.is(200)
    };
    site.put(PageInput { audience: signed_in(), ..draft("guides/secret", "Inner secret") });
    let public =
        preview("inherited").await.has("There is no page at this address.").has("Not everybody who reads this page");
    assert_eq!(public.body.matches("broken-link").count(), 2);
    let private = preview("signed-in").await.has("There is no page at this address.");
    assert_eq!(private.body.matches("broken-link").count(), 1);
    let fields = [("title", "New"), ("path", "/guides/new"), ("body", body), ("then", "preview")];
    let form = site.eve().submit("/admin/pages/new", "/admin/pages", &fields).await.is(200);
    assert_eq!(form.body.matches("broken-link").count(), 2);
    site.put(PageInput { body: body.into(), ..draft("guides/new", "New") });
    site.visitor().get("/guides/new").await.is(200).lacks("broken-link").lacks("There is no page");
}

#[actix_web::test]
async fn links_to_headings_that_do_not_exist_are_marked_and_listed() {
    let site = Site::new();
    site.put(PageInput { body: "## Größe\n\n<a name=\"old\"></a>".into(), ..draft("other", "Other") });
    let body = "[a](#one) [b](#no-one) [c](/other#größe) [d](/other#old) [e](/other#gone) [f](other.md#lost)\n\n## One";
    let fields = [("body", body), ("path", "/new")];
    let preview = site.eve().submit("/admin/pages/new", "/admin/preview", &fields).await.is(200);
    assert_eq!(preview.body.matches("broken-link").count(), 3, "{}", preview.body);
    preview.has("This page has no heading with this name.").has("That page has no heading with this name.");
    let fields = [("title", "New"), ("path", "/new"), ("body", body)];
    site.eve().submit("/admin/pages/new", "/admin/pages", &fields).await.is(303);
    let list = site.eve().get("/admin/links/broken").await.is(200);
    let list = list.has("<code>/new#no-one</code>").has("<code>/other#gone</code>").has("<code>/other#lost</code>");
    list.has("no heading with this name").lacks("#one<").lacks("#größe").lacks("#old");
    let page = site.visitor().get("/new").await.is(200);
    page.has("<h2 id=\"one\">").has("href=\"#one\"").has("href=\"other#lost\"").lacks("broken-link");
}

#[actix_web::test]
async fn broken_links_stand_on_the_panels_home_and_on_a_page_of_their_own() {
    let site = Site::new();
    site.eve().get("/admin/").await.is(200).lacks("<h2>Broken links</h2>");
    site.eve().get("/admin/links/broken").await.is(200).has("There are no broken links.");
    let fields = [("title", "New"), ("path", "/new"), ("body", "[x](/lost) [y](/secret)")];
    site.eve().submit("/admin/pages/new", "/admin/pages", &fields).await.is(303);
    let home = site
        .eve()
        .get("/admin/")
        .await
        .has("<h2>Broken links</h2>")
        .has("<code>/lost</code>")
        .has("<code>/secret</code>");
    home.lacks("All broken links");
    // Not through the panel: as the command line does, or somebody at psql.
    let body = (0..9).map(|n| format!("[{n}](/lost-{n}) ")).collect();
    site.put(PageInput { body, ..draft("more", "More") });
    site.eve().get("/admin/").await.has("All broken links").has("/lost-4").lacks("/lost-5");
    site.eve().get("/admin/links/broken").await.has("/lost-8").has("Not everybody who reads this page");
    site.put(PageInput { audience: signed_in(), body: "[y](/secret)".into(), ..draft("new", "New") });
    site.eve().get("/admin/links/broken").await.lacks("/secret");
}

#[actix_web::test]
async fn administrators_see_who_was_refused_and_who_never_came() {
    let site = Site::new();
    let home = site.root().get("/admin/").await.is(200).lacks("Failed sign-ins").has("Never signed in");
    home.has(">eve</a>").lacks(">dan</a>");
    let entry = domain::audit::Entry {
        at: web::clock::now(),
        actor: "nobody".into(),
        action: domain::audit::Action::Refused,
        subject: domain::audit::Subject::User,
        name: "ann".into(),
        detail: "17 refused, the last from 203.0.113.7: ann 17".into(),
    };
    site.write(|conn, _| store::writing::audit::insert(conn, &entry));
    site.root()
        .get("/admin/")
        .await
        .has("Failed sign-ins, last 24 hours")
        .has("<svg class=\"chart\"")
        .has("17 in all")
        .has("<td>17</td>");
    site.eve().get("/admin/").await.is(200).lacks("Failed sign-ins").lacks("Never signed in").lacks("17 in all");
}

#[actix_web::test]
async fn the_tree_of_paths_is_for_editors() {
    let site = Site::new();
    site.put(draft("clients/acme", "Acme"));
    let top = site.eve().get("/admin/sections").await.is(200);
    assert_eq!(top.header("content-type"), "application/json");
    top.has(r#"{"path":"/clients","title":"Clients","has_page":false,"has_below":true}"#)
        .has(r#"{"path":"/hello","title":"Hello","has_page":true,"has_below":false}"#)
        .has(r#""remark":"","#);
    let clients = site.eve().get("/admin/sections?below=/clients").await.is(200);
    clients.has("No page there yet: readers will see a plain list.").has("\"/clients/acme\"").lacks("/hello");
    site.eve().get("/admin/sections?below=/clients/acme").await.is(200).has(r#""branches":[]"#).lacks("No page");
    site.ann().get("/admin/sections").await.is(403).lacks("/clients");
    // The form says it, too.
    let id = site.page("clients/acme").unwrap().id.0;
    site.eve().get(&format!("/admin/pages/{id}")).await.has("No page there yet");
    site.put(draft("clients", "Clients"));
    site.eve().get(&format!("/admin/pages/{id}")).await.lacks("No page there yet");
}

#[actix_web::test]
async fn a_typed_moment_is_told_with_its_day_and_its_zone() {
    let site = Site::new();
    let eve = site.eve();
    let told = eve.get("/admin/moment?typed=2026-11-30T09:00").await.is(200).has("Mon 30 Nov 2026, 09:00 UTC, ");
    assert_eq!(told.header("content-type"), "text/plain; charset=utf-8");
    eve.get("/admin/moment?typed=soon").await.is(200).has("Write a date as");
    assert_eq!(eve.get("/admin/moment?typed=").await.is(200).body, "");
    let id = site.page("hello").unwrap().id.0;
    let form = eve.get(&format!("/admin/pages/{id}")).await;
    let published = site.page("hello").unwrap().content.published_at.format("%a %-d %b %Y, %H:%M");
    form.has(&published.to_string()).has(" UTC, just now");
}
