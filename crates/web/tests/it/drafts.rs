//! Drafts, pending changes, dates and ends, and the site's time zone, by requests.

use chrono::TimeDelta;
use domain::{
    page::{PageContent, PageInput},
    zone::Zone,
};
use store::drafts;
use web::clock;

use crate::site::{Actor, Response, Site, draft};

fn form(site: &Site, path: &str) -> String {
    format!("/admin/pages/{}", site.page(path).unwrap().id.0)
}

/// Sends the form at an address to another one with some fields changed, as a browser would.
async fn send(actor: &Actor<'_>, form: &str, to: &str, changes: &[(&str, &str)]) -> Response {
    let page = actor.get(form).await.is(200);
    let names = ["title", "path", "summary", "published", "unpublish", "version", "draft", "form", "takes", "note"];
    let mut fields: Vec<(&str, String)> = names.map(|name| (name, page.value_of(name))).to_vec();
    let text = page.body.split("name=\"body\"").nth(1).unwrap().split_once('\n').unwrap().1;
    fields.push(("body", text.split("</textarea>").next().unwrap().to_owned()));
    if page.body.contains("name=\"private\" type=\"checkbox\" value=\"on\" checked") {
        fields.push(("private", "on".into()));
    }
    fields.retain(|(known, _)| !changes.iter().any(|(name, _)| name == known));
    let changes = changes.iter().map(|(name, value)| (*name, (*value).to_owned()));
    fields.extend(changes);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    actor.submit(form, to, &fields).await
}

/// Sends the form to its own address.
async fn save(actor: &Actor<'_>, form: &str, changes: &[(&str, &str)]) -> Response {
    let to = if form.ends_with("/new") { "/admin/pages" } else { form };
    send(actor, form, to, changes).await
}

fn location(response: &Response) -> String {
    response.header("location").split('?').next().unwrap().to_owned()
}

/// Creates a draft at a path without a script; returns the address of its form.
async fn made(site: &Site, path: &str, private: bool) -> String {
    let mut fields = vec![("title", "Nascent"), ("path", path), ("body", "Under the *elm*."), ("then", "draft")];
    if private {
        fields.push(("private", "on"));
    }
    let saved = save(&site.eve(), "/admin/pages/new", &fields).await.is(303);
    assert!(saved.header("location").contains("done=draft-saved"), "{saved:?}");
    location(&saved)
}

#[actix_web::test]
async fn a_form_without_an_audience_keeps_that_of_the_draft() {
    let site = Site::new();
    let form = made(&site, "/kept", true).await;
    save(&site.eve(), &form, &[("title", "Kept"), ("then", "draft")]).await.is(303);
    save(&site.eve(), &form, &[("then", "save")]).await.is(303);
    site.visitor().get("/kept").await.is(401);
    site.ann().get("/kept").await.is(200);
}

#[actix_web::test]
async fn t43_a_draft_exists_for_editors_only_and_is_for_others_what_an_unknown_path_is() {
    let site = Site::new();
    site.put(draft("guides/one", "One"));
    for (path, private, like) in
        [("/nascent", false, "/unknown"), ("/hidden", true, "/unknown"), ("/guides", false, "")]
    {
        let before = site.visitor().get(path).await.fingerprint();
        let before_ann = site.ann().get(path).await.fingerprint();
        // An answer that an editor got before there was a draft is not given again.
        let empty = site.eve().get(path).await.lacks("Draft: not published").fingerprint();
        assert_eq!(site.eve().get(path).await.fingerprint(), empty);
        let edit = made(&site, path, private).await;
        if !like.is_empty() {
            assert_eq!(site.visitor().get(path).await.fingerprint(), site.visitor().get(like).await.fingerprint());
        }
        assert_eq!(site.visitor().get(path).await.fingerprint(), before, "{path}");
        assert_eq!(site.ann().get(path).await.fingerprint(), before_ann, "{path}");
        assert_eq!(site.signed_in("eve", "wrong").get(path).await.status, site.visitor().get(path).await.status);
        let seen = site.eve().get(path).await.is(200);
        assert_eq!(seen.header("cache-control"), "no-store");
        seen.has("Draft: not published").has("<em>elm</em>").has(&edit);
        site.root().get(path).await.is(200).has("Nascent");
    }
    for actor in [site.visitor(), site.ann(), site.eve()] {
        for uri in ["/", "/search?q=elm", "/feed.xml", "/sitemap.xml", "/hello"] {
            actor.get(uri).await.is(200).lacks("Nascent").lacks("/nascent").lacks("/hidden");
        }
    }
}

#[actix_web::test]
async fn a_draft_of_a_page_is_seen_by_nobody_else_until_it_is_published() {
    let site = Site::new();
    let (eve, edit) = (site.eve(), form(&site, "hello"));
    let before = site.visitor().get("/hello").await.fingerprint();
    save(&eve, &edit, &[("body", "Hello, **moon**."), ("then", "draft"), ("note", "The moon")]).await.is(303);
    assert_eq!(site.visitor().get("/hello").await.fingerprint(), before);
    eve.get("/hello").await.has("<strong>world</strong>").lacks("moon");
    eve.get("/search?q=moon").await.lacks("/hello\"");
    let shown = eve.get(&edit).await.is(200);
    shown.has("Hello, **moon**.").has("value=\"The moon\"").has("Unpublished changes by eve");
    eve.get(&edit).await.has("Only editors see the draft.").has(">Publish changes<");
    let of = edit.replace("/pages/", "/drafts/");
    eve.get(&format!("{of}/preview")).await.is(200).has("<strong>moon</strong>").has("Draft: not published");
    eve.get(&format!("{of}/compare")).await.is(200).has("<mark>**moon**.</mark>").has("<mark>**world**.</mark>");
    eve.get("/admin/pages").await.has("<span class=\"badge\">unpublished changes</span>");
    eve.get("/admin/pages?state=changes").await.has("Hello").has("1–1 of 1 drafts").lacks("/secret");
    eve.get("/admin/pages?state=draft").await.has("There are no drafts");
    eve.get("/admin/").await.has("Your drafts").has("Unpublished changes");

    save(&eve, &edit, &[]).await.is(303);
    site.visitor().get("/hello").await.has("<strong>moon</strong>");
    eve.get(&edit).await.lacks("Only editors see").has(">Publish changes<").has("Published ");
    eve.get(&format!("{edit}/history")).await.has("The moon").has("1–2 of 2 versions");
}

#[actix_web::test]
async fn input_is_saved_while_it_is_typed_and_is_not_checked() {
    let site = Site::new();
    let eve = site.eve();
    let odd = [("title", ""), ("path", "Not A Path!"), ("published", "soon"), ("body", "a\u{0}b")];
    let kept = send(&eve, "/admin/pages/new", "/admin/drafts", &odd).await.is(200);
    assert_eq!((kept.header("content-type"), kept.header("cache-control")), ("application/json", "no-store"));
    let kept: serde_json::Value = serde_json::from_str(&kept.body).unwrap();
    let page = kept["page"].as_str().unwrap();
    assert_eq!(kept["draft"], 1);
    let edit = format!("/admin/pages/{page}");
    let shown = eve.get(&edit).await.is(200).has("Untitled draft");
    assert_eq!((shown.value_of("path"), shown.value_of("published")), ("Not A Path!".into(), "soon".into()));
    assert_eq!((shown.value_of("draft"), shown.value_of("version")), ("1".into(), "0".into()));
    eve.get("/admin/pages?state=draft").await.has("Untitled").has("no path yet");
    // When the same form saves again, it is the same draft, even if the first answer was lost.
    let form = shown.value_of("form");
    for (to, known) in [(format!("/admin/drafts/{page}"), "1"), (format!("/admin/drafts/{page}"), "1")] {
        let typed = [odd[1], odd[2], odd[3]];
        let fields = [&[("title", "Now"), ("draft", known), ("form", &form)], typed.as_slice()].concat();
        eve.submit(&edit, &to, &fields).await.is(200);
    }
    eve.get("/admin/pages?state=draft").await.has("1–1 of 1 drafts").has("Now");
    // Publishing checks, and loses nothing.
    save(&eve, &edit, &[("then", "save")]).await.is(422).has("Not A Path!").has("value=\"soon\"");
    save(&eve, &edit, &[("path", "/now"), ("published", ""), ("body", "Now.")]).await.is(303);
    assert_eq!(site.page("now").unwrap().id.0.to_string(), page);
    eve.get("/admin/pages?state=draft").await.has("There are no drafts");
}

#[actix_web::test]
async fn a_draft_needs_the_token_of_its_form() {
    let site = Site::new();
    site.eve().post("/admin/drafts", &[("title", "x")]).await.is(403);
    site.eve().get("/admin/pages?state=draft").await.has("There are no drafts");
}

#[actix_web::test]
async fn two_editors_of_one_draft_overwrite_nothing_and_see_both_texts() {
    let site = Site::new();
    let (eve, root) = (site.eve(), site.root());
    let edit = made(&site, "/plan", false).await;
    let drafts = edit.replace("/pages/", "/drafts/");
    save(&root, &edit, &[("body", "Meet at two."), ("then", "draft")]).await.is(303);
    // eve's form is of the first version.
    let old = [("title", "Nascent"), ("body", "Meet at one."), ("draft", "1"), ("form", "9")];
    let conflict = eve.submit(&edit, &drafts, &old).await.is(409).has("root is editing this page (last change");
    assert!(conflict.header("content-type").starts_with("text/plain"));
    for then in ["draft", "save"] {
        let fields = [old.as_slice(), &[("then", then), ("path", "/plan")]].concat();
        let both = eve.submit(&edit, &edit, &fields).await.is(409);
        both.has("root saved a draft")
            .has("Meet at two.")
            .has("Meet at one.")
            .has("value=\"draft\">Replace root’s draft");
    }
    assert!(site.page("plan").is_none());
    eve.get(&edit).await.has("Meet at two.");
    let over = [old[0], old[1], ("draft", "2"), ("form", "9"), ("then", "draft")];
    eve.submit(&edit, &edit, &over).await.is(303);
    eve.get(&edit).await.has("Meet at one.");
}

#[actix_web::test]
async fn changes_over_a_page_that_somebody_else_published_meanwhile_are_a_conflict() {
    let site = Site::new();
    let (eve, edit) = (site.eve(), form(&site, "hello"));
    save(&eve, &edit, &[("body", "Hello, **moon**."), ("then", "draft")]).await.is(303);
    site.put(PageInput { body: "Hello, **sun**.".into(), ..draft("hello", "Hello") });
    eve.get(&edit).await.has("has changed since the draft was begun");
    let both = save(&eve, &edit, &[]).await.is(409).has("**moon**").has("**sun**");
    assert_eq!((both.value_of("draft"), both.value_of("version")), ("1".into(), "2".into()));
    save(&eve, &edit, &[("version", "2")]).await.is(303);
    site.visitor().get("/hello").await.has("moon");
}

#[actix_web::test]
async fn a_page_is_unpublished_with_the_input_of_the_form_and_published_again_with_its_history() {
    let site = Site::new();
    let (eve, edit) = (site.eve(), form(&site, "hello"));
    site.visitor().get("/hello").await.is(200);
    save(&eve, &edit, &[("body", "Hello, **mars**."), ("then", "unpublish")]).await.is(303);
    let unknown = site.visitor().get("/unknown").await.is(404).fingerprint();
    assert_eq!(site.visitor().get("/hello").await.fingerprint(), unknown);
    eve.get("/hello").await.has("<strong>mars</strong>").has("Draft: not published");
    eve.get(&edit).await.has(&format!("{edit}/history"));
    let old = format!("{edit}/history/1");
    eve.get(&format!("{edit}/history")).await.is(200).has("1–1 of 1 versions");
    eve.get(&old).await.has("It replaces the draft by eve");
    eve.submit(&old, &old, &[("draft", "0")]).await.is(409).has("has changed since");
    eve.submit(&old, &old, &[("draft", "1")]).await.is(303);
    site.visitor().get("/hello").await.is(404);
    eve.get(&edit).await.has("Hello, **world**.");
    save(&eve, &edit, &[("body", "Hello, **mars**."), ("then", "continue")]).await.is(303);
    site.visitor().get("/hello").await.is(200).has("mars");
    eve.get(&format!("{edit}/history")).await.has("published again").has("1–2 of 2 versions");

    let id = site.page("hello").unwrap().id.0.to_string();
    let chosen = [("action", "unpublish"), ("id", &id)];
    eve.submit("/admin/pages", "/admin/pages/actions", &chosen).await.is(200).has("become drafts");
    let confirmed = [chosen.as_slice(), &[("confirm", "yes")]].concat();
    eve.submit("/admin/pages", "/admin/pages/actions", &confirmed).await.is(303);
    site.visitor().get("/hello").await.is(404);
    eve.get("/admin/pages?state=draft").await.has("/hello");
}

#[actix_web::test]
async fn a_draft_is_discarded_after_a_confirmation() {
    let site = Site::new();
    let eve = site.eve();
    let edit = made(&site, "/plan", false).await;
    let discard = format!("{}/discard", edit.replace("/pages/", "/drafts/"));
    let question = eve.get(&discard).await.is(200).has("never published").has("cannot be restored");
    let version = question.value_of("version");
    save(&eve, &edit, &[("then", "draft")]).await.is(303);
    eve.submit(&discard, &discard, &[("version", &version)]).await.is(409);
    eve.submit(&discard, &discard, &[("version", "2")]).await.is(303);
    eve.get(&edit).await.is(404);
    eve.get(&discard).await.is(404);

    let edit = form(&site, "secret");
    let discard = format!("{}/discard", edit.replace("/pages/", "/drafts/"));
    save(&eve, &edit, &[("body", "Gone."), ("then", "draft")]).await.is(303);
    eve.get(&discard).await.has("The published page does not change");
    eve.submit(&discard, &discard, &[("version", "1")]).await.is(303);
    eve.get(&edit).await.is(200).has("under the oak");
    save(&eve, &edit, &[("then", "unpublish")]).await.is(303);
    eve.get(&discard).await.has("it goes to the trash");
    eve.submit(&discard, &discard, &[("version", "1")]).await.is(303);
    eve.get("/admin/pages?state=trash").await.has("/secret");
}

#[actix_web::test]
async fn a_draft_names_chosen_readers_that_no_longer_exist() {
    let site = Site::new();
    let fields =
        [("title", "Rota"), ("path", "/rota"), ("audience", "chosen"), ("people", "ann, dan"), ("then", "draft")];
    let edit = location(&site.eve().submit("/admin/pages/new", "/admin/pages", &fields).await.is(303));
    site.eve().get(&edit).await.is(200).lacks("no longer exist");
    let id = site.user("ann").id.0.to_string();
    let delete = [("action", "delete"), ("id", id.as_str()), ("confirm", "yes")];
    site.root().submit("/admin/users", "/admin/users/actions", &delete).await.is(303);
    site.eve().get(&edit).await.is(200).has("Readers that no longer exist were removed: ann.");
}

#[actix_web::test]
async fn t43_a_page_ends_at_its_exact_moment_whatever_is_in_the_cache() {
    let site = Site::new();
    let end = clock::now() + TimeDelta::milliseconds(1500);
    let ending = |path: &str, draft: PageInput| {
        let page = PageContent { unpublish_at: Some(end), ..draft.check(clock::now() - TimeDelta::days(1)).unwrap() };
        site.put_content(page.clone());
        path.to_owned()
    };
    let paths = [
        ending("/ends", draft("ends", "Ends")),
        ending("/shut", PageInput { audience: crate::site::signed_in(), ..draft("shut", "Shut") }),
        ending("/lists", PageInput { list_below: true, ..draft("lists", "Lists") }),
    ];
    let mut over = false;
    while !over {
        let before = clock::now();
        let mut there = Vec::new();
        for path in &paths {
            there.push(site.ann().get(path).await.status.as_u16() == 200);
            there.push(site.visitor().get(path).await.status.as_u16() != 404);
        }
        there.push(site.visitor().get("/").await.body.contains("Ends"));
        there.push(site.visitor().get("/feed.xml").await.body.contains("Ends"));
        let after = clock::now();
        if after < end {
            assert!(there.iter().all(|there| *there), "{there:?}");
        }
        if before >= end {
            assert!(there.iter().all(|there| !there), "{there:?}");
            over = true;
        }
    }
    let unknown = site.visitor().get("/unknown").await.fingerprint();
    for path in &paths {
        assert_eq!(site.visitor().get(path).await.fingerprint(), unknown, "{path}");
        site.eve().get(path).await.is(200).has("Now only editors see it");
    }
    site.eve().get("/admin/pages?state=ended").await.has("<span class=\"badge\">ended ").has("1–3 of 3 pages");
}

#[actix_web::test]
async fn moments_are_typed_and_shown_on_the_clocks_of_the_site() {
    let site = Site::new();
    let (root, eve) = (site.root(), site.eve());
    let settings = root.get("/admin/site").await.has("<option value=\"Europe/Berlin\">");
    let mut fields: Vec<(&str, String)> =
        ["title", "tagline", "language", "realm", "version"].map(|name| (name, settings.value_of(name))).to_vec();
    fields.push(("time_zone", "Berlin".into()));
    let mut set = async |zone: &str, status| {
        fields.last_mut().unwrap().1 = zone.into();
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        root.submit("/admin/site", "/admin/site", &fields).await.is(status)
    };
    set("Berlin", 422).await.has("Write the name of a time zone").has("value=\"Berlin\"");
    set("Europe/Berlin", 303).await;

    let edit = form(&site, "hello");
    save(&eve, &edit, &[("published", "2026-06-30T23:30:00"), ("unpublish", "2099-01-01T00:00")]).await.is(303);
    let page = site.page("hello").unwrap().content;
    assert_eq!(page.published_at.to_rfc3339(), "2026-06-30T21:30:00+00:00");
    assert_eq!(page.unpublish_at.unwrap().to_rfc3339(), "2098-12-31T23:00:00+00:00");
    let shown = eve.get(&edit).await.has("Publish date (Europe/Berlin)");
    assert_eq!(shown.value_of("published"), "2026-06-30T23:30");
    save(&eve, &edit, &[("published", "2026-07-01T00:30")]).await.is(303);
    site.visitor().get("/hello").await.has("<time datetime=\"2026-06-30T22:30:00Z\">1 July 2026</time>");

    for (typed, what) in [("2026-03-29T02:30", "is skipped"), ("2026-10-25T02:30", "comes twice")] {
        let refused = save(&eve, &edit, &[("published", typed)]).await.is(422).has(what).has("+01:00").has("+02:00");
        refused.has(&format!("type=\"text\" value=\"{typed}\""));
    }
    save(&eve, &edit, &[("published", "2026-10-25T02:30+01:00")]).await.is(303);
    let shown = eve.get(&edit).await.has("type=\"text\" value=\"2026-10-25T02:30+01:00\"");
    assert_eq!(shown.value_of("published"), "2026-10-25T02:30+01:00");
    // A draft that was typed on other clocks is the same moment.
    save(&eve, &edit, &[("published", "2026-12-01T12:00:00"), ("then", "draft")]).await.is(303);
    site.write(|conn, admin| {
        let old = store::site::get(conn)?;
        let new = domain::site::Site { time_zone: Zone::parse("Asia/Tokyo").unwrap(), ..old.clone() };
        store::writing::site::update(conn, admin, old.version, &new, clock::now())
    });
    assert_eq!(eve.get(&edit).await.value_of("published"), "2026-12-01T20:00");
}

#[actix_web::test]
async fn an_end_comes_after_the_date() {
    let site = Site::new();
    let (eve, edit) = (site.eve(), form(&site, "hello"));
    let refused = save(&eve, &edit, &[("published", "2026-03-02"), ("unpublish", "2026-03-01")]).await.is(422);
    refused.has("The end has to be after the date").has("id=\"unpublish-error\"").has("value=\"2026-03-01\"");
}

#[actix_web::test]
async fn the_home_of_the_panel_lists_drafts_and_scheduled_pages() {
    let site = Site::new();
    let eve = site.eve();
    eve.get("/admin/").await.has("You have no drafts.").lacks("Scheduled");
    made(&site, "/plan", false).await;
    site.put(PageInput {
        published: "2999-01-01".into(),
        unpublish: "2999-02-01".into(),
        ..draft("to-come", "To come")
    });
    let home = eve
        .get("/admin/")
        .await
        .has("Your drafts <span class=\"count\">1</span>")
        .has("<a href=\"/admin/pages?state=scheduled\">Scheduled</a>")
        .has("Appears")
        .has("1 Jan 2999");
    home.has("Ends").has("1 Feb 2999").lacks("Unpublished changes").lacks("Drafts by others");
    site.root().get("/admin/").await.has("You have no drafts.").has("Drafts by others").has("by <bdi>eve</bdi>");
    let total = site.store().read(|conn| drafts::count(conn, domain::access::Admin::itself().editor(), None));
    assert_eq!(total, Ok(store::Count::exact(1)));
}
