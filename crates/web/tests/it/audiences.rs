//! The readers of a page: chosen people and groups, inheritance, and the preview of a change.

use domain::{page::PageInput, user::Role};

use crate::site::{Actor, Site, chosen, draft, public, signed_in};

/// A site on which bob is in no group and ann is in Staff; `/team` is for Staff, `/team/plan` inherits, `/note` is for
/// bob.
fn site() -> Site {
    let site = Site::new();
    site.add_user("bob", Role::Reader, "open sesame");
    site.group("Staff", &["ann"]);
    site.put(PageInput { audience: chosen("", &["Staff"]), ..draft("team", "The team") });
    site.put(draft("team/plan", "The plan"));
    site.put(PageInput { audience: chosen("bob", &[]), show_title: true, ..draft("note", "A note for bob") });
    site
}

fn bob(site: &Site) -> Actor<'_> {
    site.signed_in("bob", "open sesame")
}

fn form_of(site: &Site, path: &str) -> String {
    format!("/admin/pages/{}", site.page(path).unwrap().id.0)
}

#[actix_web::test]
async fn t8_case_28_a_page_for_some_is_403_for_others_and_never_asks_again() {
    let site = site();
    for path in ["/team", "/team/plan"] {
        // Twice: the second time from the cache.
        for _ in 0..2 {
            site.visitor().get(path).await.is(401);
            site.ann().get(path).await.is(200).has("The ");
            let refused = bob(&site).get(path).await.is(403);
            let refused = refused.has("signed in as bob").lacks("The plan").lacks("The team");
            assert_eq!(refused.header("www-authenticate"), "");
            assert_eq!(refused.header("cache-control"), "no-store");
            site.eve().get(path).await.is(200);
        }
    }
    site.ann().get("/note").await.is(403);
    bob(&site).get("/note").await.is(200);
}

#[actix_web::test]
async fn t44_lists_hold_what_their_reader_may_read_and_titles_that_are_shown() {
    let site = site();
    site.visitor().get("/").await.is(200).lacks("The team").lacks("The plan").has("A note for bob");
    site.ann().get("/").await.is(200).has("The team").has("The plan").has("A note for bob");
    bob(&site).get("/").await.is(200).lacks("The team").lacks("The plan").has("A note for bob");
    site.eve().get("/").await.is(200).has("The team").has("The plan");
    for path in ["/feed.xml", "/sitemap.xml"] {
        site.root().get(path).await.is(200).lacks("plan").lacks("note");
    }
    bob(&site).get("/search?q=plan").await.is(200).lacks("<mark>");
    site.ann().get("/search?q=plan").await.is(200).has("<mark>plan</mark>");
}

#[actix_web::test]
async fn t48_who_joins_or_leaves_a_group_reads_or_not_at_the_next_request() {
    let site = site();
    let list = site.root().get("/admin/groups").await.is(200).has("Staff");
    let id: String = list
        .body
        .split("/admin/groups/")
        .flat_map(|rest| rest.split('"').next())
        .find_map(|id| id.parse::<i64>().ok())
        .unwrap()
        .to_string();
    let form = format!("/admin/groups/{id}");
    let save = async |members: &str, gains: bool| {
        let version = site.root().get(&form).await.value_of("version");
        let fields = [("name", "Staff"), ("members", members), ("version", &*version)];
        if !gains {
            site.root().submit(&form, &form, &fields).await.is(303);
            return;
        }
        // The form says who could read more pages, and saves when that is confirmed.
        let question = site.root().submit(&form, &form, &fields).await.is(422).has("The plan").has("bob");
        let question = question.has("Save and let more people read 2 pages");
        let agreed = question.value_of("agreed");
        site.root().submit(&form, &form, &[&fields[..], &[("agreed", &*agreed)]].concat()).await.is(303);
    };
    for _ in 0..2 {
        bob(&site).get("/team/plan").await.is(403);
        bob(&site).get("/").await.lacks("The plan");
        save("ann, bob", true).await;
        bob(&site).get("/team/plan").await.is(200);
        bob(&site).get("/").await.has("The plan");
        save("ann", false).await;
    }
    bob(&site).get("/team/plan").await.is(403);
    let question = site.root().get(&format!("{form}/delete")).await.is(200);
    question.has("The plan").has("Can no longer read").has("ann");
    site.ann().get("/team/plan").await.is(200);
    let confirm = format!("{form}/delete");
    site.root().submit(&confirm, &confirm, &[]).await.is(303);
    site.ann().get("/team/plan").await.is(403);
    site.ann().get("/").await.lacks("The plan");
    site.eve().get("/team/plan").await.is(200);
}

#[actix_web::test]
async fn the_form_says_who_can_read_the_page_and_from_which_page_that_comes() {
    let site = site();
    let lines = async |path: &str, who: &str| {
        let form = site.eve().get(&form_of(&site, path)).await;
        form.has(&format!("<strong>Now:</strong> {who}</p>"))
            .has(&format!("<strong>After publishing:</strong> {who}</p>"));
    };
    lines("team", "<bdi>Staff (1 person)</bdi>").await;
    lines("team/plan", "<bdi>Staff (1 person)</bdi>, through <a href=\"/team\"><bdi>The team</bdi></a>").await;
    lines("hello", "<bdi>everyone</bdi>").await;
    lines("secret", "<bdi>signed-in users</bdi>").await;
    let list = site.eve().get("/admin/pages").await;
    list.has("1 person: ann (through The team)").has("1 person: bob").has("Signed-in users").has("Everyone");
    site.eve().get("/admin/pages?readers=chosen").await.has("The plan").lacks("Secret");
}

#[actix_web::test]
async fn readers_are_chosen_in_the_form_and_an_unknown_one_is_named() {
    let site = site();
    let fields = [("title", "Rota"), ("path", "rota"), ("audience", "chosen"), ("people", "bob, zoe")];
    let refused = site.eve().submit("/admin/pages/new", "/admin/pages", &fields).await.is(422);
    let refused = refused.has("There is no user zoe.");
    assert_eq!(refused.value_of("people"), "bob, zoe", "nothing typed is lost");
    let readers = [("audience", "chosen"), ("people", "bob"), ("groups", "Staff")];
    let fields = [&[("title", "Rota"), ("path", "rota"), ("body", "x")][..], &readers].concat();
    site.eve().submit("/admin/pages/new", "/admin/pages", &fields).await.is(303);
    for (actor, status) in [(site.visitor(), 401), (site.ann(), 200), (bob(&site), 200)] {
        actor.get("/rota").await.is(status);
    }
    site.eve().get(&form_of(&site, "rota")).await.has("<bdi>bob and Staff (1 person)</bdi>");
    let nobody = [("title", "Rota"), ("path", "rota"), ("audience", "chosen"), ("version", "1")];
    let form = form_of(&site, "rota");
    site.eve().submit(&form, &form, &nobody).await.is(422).has("Choose at least one person or group");
}

#[actix_web::test]
async fn a_change_that_affects_other_pages_is_shown_before_it_is_made() {
    let site = site();
    let form = form_of(&site, "team");
    let mut fields = vec![("title", "The team"), ("path", "/team"), ("version", "1"), ("audience", "public")];
    let question = site.eve().submit(&form, &form, &fields).await.is(422);
    let question =
        question.has("More people will be able to read 2 pages").has("The plan").has("everyone, without a password");
    site.visitor().get("/team/plan").await.is(401);
    let agreed = question.value_of("agreed");
    fields.push(("agreed", &agreed));
    // The consent is for this change, and for no other one.
    let other = [("title", "The team"), ("path", "/team"), ("version", "1"), ("audience", "signed-in"), fields[4]];
    site.eve().submit(&form, &form, &other).await.is(422).has("signed-in users");
    site.eve().submit(&form, &form, &fields).await.is(303);
    site.visitor().get("/team/plan").await.is(200);
}

#[actix_web::test]
async fn a_move_out_of_a_private_section_says_that_the_page_becomes_readable() {
    let site = site();
    let form = form_of(&site, "team/plan");
    let fields = [("title", "The plan"), ("path", "/plan"), ("version", "1"), ("audience", "inherited")];
    let question = site.eve().submit(&form, &form, &fields).await.is(422);
    let question = question.has("everyone, without a password");
    site.visitor().get("/plan").await.is(404);
    let agreed = question.value_of("agreed");
    let agreed = [fields[0], fields[1], fields[2], fields[3], ("agreed", &*agreed)];
    site.eve().submit(&form, &form, &agreed).await.is(303);
    site.visitor().get("/plan").await.is(200);
}

#[actix_web::test]
async fn deleting_a_page_says_who_then_reads_those_that_inherit_from_it() {
    let site = site();
    let form = form_of(&site, "team");
    site.eve().get(&format!("{form}/delete")).await.has("The plan").has("everyone, without a password");
    let id = site.page("team").unwrap().id.0.to_string();
    for (action, words) in [("delete", "everyone, without a password"), ("choose-readers", "signed-in users")] {
        let fields = [("action", action), ("id", &*id), ("audience", "signed-in")];
        site.eve().submit("/admin/pages", "/admin/pages/actions", &fields).await.has("The plan").has(words);
    }
}

#[actix_web::test]
async fn an_editor_sees_the_site_as_anybody_and_with_no_more_rights() {
    let site = site();
    let eve = site.eve();
    eve.get("/admin/view-as").await.has("<option value=\"ann\"").lacks("<option value=\"dan\"");
    let to = eve.get("/admin/view-as?who=ann&path=/team").await.is(303);
    assert_eq!(to.header("location"), "/admin/view-as/user/ann/team");
    eve.get("/admin/view-as?who=zoe&path=/team").await.is(422).has("There is no active user zoe");
    let home = eve.get("/admin/view-as/user/ann/").await.is(308);
    let home = eve.get(home.header("location")).await.is(200);
    let home = home.has("You see the site as <strong>ann</strong>").has("href=\"/admin/view-as/user/ann/team/plan\"");
    let home = home.has("<bdi><strong>ann</strong></bdi>").has("action=\"/admin/view-as/user/ann/search\"");
    assert_eq!(home.header("cache-control"), "no-store");
    let as_bob = eve.get("/admin/view-as/user/bob").await.is(200);
    as_bob.lacks("The plan").has("A note for bob");
    eve.get("/admin/view-as/user/bob/team/plan")
        .await
        .is(200)
        .has("cannot read this page (403)")
        .lacks("You see the site");
    eve.get("/admin/view-as/visitor/team/plan").await.is(200).has("is asked to sign in here (401)");
    eve.get("/admin/view-as/visitor/nope").await.is(200).has("finds no page here (404)");
    eve.get("/admin/view-as/user/ann/search?q=plan").await.is(200).has("<mark>plan</mark>");
    eve.get("/admin/view-as/user/bob/search?q=plan").await.is(200).lacks("/team/plan");
    // An administrator as an editor sees them has an editor's rights.
    eve.get("/admin/view-as/user/root/hello").await.is(200);
    // Names with signs that an address escapes.
    for name in ["a+b@x.org", "zoë.lee", "+"] {
        site.add_user(name, Role::Reader, "open sesame");
        let form = format!("/admin/view-as?who={}&path=/team/plan", name.replace('+', "%2B").replace('ë', "%C3%AB"));
        let to = eve.get(&form).await.is(303).header("location").to_owned();
        eve.get(&to).await.is(200).has(&format!("{name} cannot read this page (403)"));
    }
    eve.get("/admin/view-as/user/a%252Bb@x.org/team/plan").await.is(404);
    // Nothing of a preview is cached for the users whose view it shows.
    bob(&site).get("/team/plan").await.is(403);
    site.visitor().get("/team").await.is(401);
    site.ann().get("/admin/view-as/user/root").await.is(403);
}

#[actix_web::test]
async fn a_page_below_another_is_read_as_that_one_unless_it_says_otherwise() {
    let site = site();
    site.put(PageInput { audience: signed_in(), ..draft("club", "Club") });
    site.put(draft("club/rules", "Rules"));
    site.put(PageInput { audience: public(), ..draft("club/join", "Join") });
    for (path, status) in [("/club", 401), ("/club/rules", 401), ("/club/join", 200)] {
        site.visitor().get(path).await.is(status);
    }
    // A change by SQL holds for the pages that inherit it.
    site.write(|conn, _| {
        use diesel::RunQueryDsl;
        diesel::sql_query("UPDATE pages SET private = FALSE WHERE path = 'club'").execute(conn)?;
        Ok(())
    });
    site.visitor().get("/club/rules").await.is(200);
    site.visitor().get("/").await.has("Rules");
}

#[actix_web::test]
async fn a_form_without_an_audience_keeps_the_readers_of_its_page_and_a_new_page_inherits_them() {
    let site = site();
    for path in ["team", "note"] {
        let form = form_of(&site, path);
        let uri = format!("/{path}");
        let fields = [("title", "Changed"), ("path", uri.as_str()), ("version", "1"), ("body", "By a script.")];
        site.eve().submit(&form, &form, &fields).await.is(303);
        site.visitor().get(&uri).await.is(401);
        bob(&site).get(&uri).await.is(if path == "note" { 200 } else { 403 });
    }
    let new = [("title", "New"), ("path", "/team/new"), ("body", "By a script.")];
    site.eve().submit("/admin/pages/new", "/admin/pages", &new).await.is(303);
    site.visitor().get("/team/new").await.is(401);
}

#[actix_web::test]
async fn who_opened_a_page_is_recorded_where_that_is_switched_on_and_the_reader_is_told() {
    let site = site();
    let notice = "This page has read receipts";
    bob(&site).get("/note").await.is(200).lacks(notice);
    let form = form_of(&site, "note");
    let fields = [
        ("title", "A note for bob"),
        ("path", "/note"),
        ("version", "1"),
        ("audience", "chosen"),
        ("people", "bob, ann"),
        ("receipts", "on"),
    ];
    let agreed = site.eve().submit(&form, &form, &fields).await.is(422).value_of("agreed");
    site.eve().submit(&form, &form, &[&fields[..], &[("agreed", &agreed)]].concat()).await.is(303);
    let receipts = format!("{form}/receipts");
    site.eve().get(&form).await.has(&receipts);
    site.eve().get("/note").await.is(200).lacks(notice);
    site.eve().get("/admin/view-as/user/bob/note").await.is(200);
    site.eve().get(&receipts).await.is(200).has("0 of 2 readers have opened this page");
    // A picture, data for a script, and a page that a browser loads in advance do not count as reading.
    for (field, value) in [
        ("sec-fetch-dest", "image"),
        ("sec-fetch-dest", "iframe"),
        ("sec-fetch-mode", "cors"),
        ("sec-purpose", "prefetch;prerender"),
        ("purpose", "prefetch"),
        ("x-moz", "prefetch"),
    ] {
        site.ann().with(field, value).get("/note").await.is(200);
    }
    for bob in [bob(&site), bob(&site).with("sec-fetch-mode", "navigate").with("sec-fetch-dest", "document")] {
        bob.get("/note").await.is(200).has(notice);
    }
    // It is recorded in the background.
    let opened = async || site.eve().get(&receipts).await.body.contains("1 of 2 readers have opened this page");
    while !opened().await {
        tokio::task::yield_now().await;
    }
    site.eve().get(&receipts).await.has("ann").has("not yet").has("<time");
    bob(&site).get(&receipts).await.is(403);
}

#[actix_web::test]
async fn an_old_version_says_who_reads_what_before_it_is_brought_back() {
    let site = site();
    let form = form_of(&site, "team");
    let fields = [("title", "The team"), ("path", "/team"), ("version", "1"), ("audience", "public")];
    let question = site.eve().submit(&form, &form, &fields).await.is(422);
    let agreed = question.value_of("agreed");
    let agreed = [&fields[..], &[("agreed", &*agreed)]].concat();
    site.eve().submit(&form, &form, &agreed).await.is(303);
    site.visitor().get("/team/plan").await.is(200);
    let old = format!("{form}/history/1");
    let shown = site.eve().get(&old).await.is(200);
    shown.has("Also restore who could read it: the group Staff (now: everyone)");
    // Its readers come back only on request, and into the draft.
    site.eve().submit(&old, &old, &[("draft", "0")]).await.is(303);
    site.eve().get(&form).await.has("value=\"public\" checked");
    site.eve().submit(&old, &old, &[("draft", "1"), ("readers", "on")]).await.is(303);
    site.visitor().get("/team/plan").await.is(200);
    let form_with_them = site.eve().get(&form).await.has("value=\"chosen\" checked").has("value=\"Staff\" checked");
    let (draft, version) = (form_with_them.value_of("draft"), form_with_them.value_of("version"));
    let fields = [("title", "The team"), ("path", "/team"), ("draft", &*draft), ("version", &*version)];
    let fields = [&fields[..], &[("audience", "chosen"), ("groups", "Staff")]].concat();
    // A loss of readers is shown without a question.
    site.eve().submit(&form, &form, &fields).await.is(303);
    site.visitor().get("/team/plan").await.is(401);
}

#[actix_web::test]
async fn a_page_from_the_trash_says_who_reads_what_before_it_is_back() {
    let site = site();
    let team = site.page("team").unwrap().id;
    site.delete(team);
    site.visitor().get("/team/plan").await.is(200);
    let form = format!("/admin/trash/{}", team.0);
    let question = site.eve().get(&form).await.is(200).has("The plan").has("everyone but ann");
    site.put(draft("crew/plan", "Crew plan"));
    let elsewhere = [("path", "/crew"), ("agreed", &*question.value_of("agreed"))];
    let elsewhere = site.eve().submit(&form, &form, &elsewhere).await.is(422).has("Crew plan");
    let agreed = question.value_of("agreed");
    assert_ne!(elsewhere.value_of("agreed"), agreed);
    let back = [("path", "/team"), ("agreed", &*agreed)];
    site.eve().submit(&form, &form, &back).await.is(303);
    site.visitor().get("/team/plan").await.is(401);
}

#[actix_web::test]
async fn a_new_page_says_who_can_read_it_before_anything_is_saved() {
    let site = site();
    let new = site.eve().get("/admin/pages/new").await.is(200);
    new.has("<strong>Now:</strong> <bdi>editors only</bdi> (not published)")
        .has("<strong>After publishing:</strong> <bdi>everyone</bdi></p>");
    let lines =
        async |fields: &[(&str, &str)]| site.eve().submit("/admin/pages/new", "/admin/readers", fields).await.is(200);
    let below = lines(&[("title", "New"), ("path", "/team/new")]).await;
    below.has("publishing:</strong> <bdi>Staff (1 person)</bdi>, through <a href=\"/team\">").lacks("<html");
    let dates = [("path", "/new"), ("published", "2999-11-29T09:00"), ("unpublish", "2999-12-01T09:00")];
    lines(&dates).await.has("<bdi>everyone</bdi> (from Fri 29 Nov 2999, 09:00, until Sun 1 Dec 2999, 09:00)");
    lines(&[("path", "/new"), ("unpublish", "2001-01-01")]).await.has("<bdi>editors only</bdi> (ended Mon 1 Jan 2001");
    lines(&[("path", "No path")]).await.has("depends on the page path");
    let chosen = [("path", "/new"), ("audience", "chosen"), ("people", "bob, zoe"), ("groups", "Staff")];
    lines(&chosen).await.has("<bdi>bob and Staff (1 person)</bdi>").has("There is no user zoe.");
    lines(&[("path", "/new"), ("audience", "chosen")]).await.has("publishing:</strong> <bdi>editors only</bdi>");
    // The lines are correct after an error, too.
    let refused = [("title", ""), ("path", "/team/new"), ("audience", "signed-in")];
    let refused = site.eve().submit("/admin/pages/new", "/admin/pages", &refused).await.is(422);
    refused.has("publishing:</strong> <bdi>signed-in users</bdi>");
    assert!(site.page("team/new").is_none());
}

#[actix_web::test]
async fn a_page_before_its_date_is_for_editors_first() {
    let site = site();
    site.put(PageInput { published: "2999-11-30T09:00".into(), ..draft("later", "Later") });
    site.put(PageInput {
        published: "2001-01-01".into(),
        unpublish: "2001-01-02T10:00".into(),
        ..draft("over", "Over")
    });
    let later = site.eve().get(&form_of(&site, "later")).await;
    later
        .has("<bdi>editors only</bdi> (appears Sat 30 Nov 2999, 09:00)")
        .has("<bdi>everyone</bdi> (from Sat 30 Nov 2999");
    site.eve().get(&form_of(&site, "over")).await.has("<bdi>editors only</bdi> (ended Tue 2 Jan 2001, 10:00)");
    site.eve().get("/admin/pages?q=later").await.has("Editors, then everyone");
    site.eve().get("/admin/pages?q=over").await.has("Editors only");
}

#[actix_web::test]
async fn a_new_page_beside_pages_for_fewer_people_says_so_and_takes_their_readers() {
    let site = site();
    for n in 1..=3 {
        site.put(PageInput { audience: chosen("", &["Staff"]), ..draft(&format!("minutes/{n}"), "Item") });
    }
    let new = site.eve().get("/admin/pages/new?path=/minutes/4").await;
    new.has("3 pages beside it are for Staff (1 person).").has("Use Staff");
    let typed = [("title", "Item 4"), ("path", "/minutes/4"), ("body", "Typed."), ("then", "near")];
    let used = site.eve().submit("/admin/pages/new", "/admin/pages", &typed).await.is(200);
    used.has("value=\"chosen\" checked").has("value=\"Staff\" checked").has("Typed.").lacks("beside it");
    assert!(site.page("minutes/4").is_none());
    // There is no remark for a page beside pages that more people can read, nor for a published page.
    site.eve().get("/admin/pages/new?path=/team/4").await.lacks("beside it").lacks("parent page “");
    let open = [("path", "/team/4"), ("audience", "public")];
    let above = site.eve().submit("/admin/pages/new", "/admin/readers", &open).await;
    above.has("Its parent page “The team” is for Staff (1 person).").has("data-kind=\"inherited\"");
    site.put(PageInput { audience: public(), ..draft("minutes/5", "Open") });
    site.eve().get(&form_of(&site, "minutes/5")).await.lacks("beside it");
}

#[actix_web::test]
async fn new_pages_begin_as_the_settings_say() {
    let site = site();
    let token = site.root().get("/admin/site").await;
    let version = token.value_of("version");
    let fields = [("title", "Site"), ("language", "en"), ("new_pages", "signed-in"), ("version", &*version)];
    site.root().submit("/admin/site", "/admin/site", &fields).await.is(303);
    site.eve().get("/admin/pages/new").await.has("value=\"signed-in\" checked");
    site.eve().get("/admin/pages/new?path=/team/new").await.has("value=\"inherited\" checked");
    site.root().get("/admin/audit").await.has("new pages begin as “Same as parent page” → “Signed-in users”");
}

#[actix_web::test]
async fn a_page_that_gains_readers_asks_and_one_that_loses_some_does_not() {
    let site = site();
    let form = form_of(&site, "note");
    let body = site.page("note").unwrap().content.body;
    let fields = |version: &'static str, audience: &'static str, people: &'static str| {
        [
            ("title", "A note for bob"),
            ("path", "/note"),
            ("version", version),
            ("audience", audience),
            ("people", people),
            ("show_title", "on"),
        ]
    };
    let with_body = |fields: [(&'static str, &'static str); 6]| [&fields[..], &[("body", body.as_str())]].concat();
    let open = with_body(fields("1", "public", ""));
    let question = site.eve().submit(&form, &form, &open).await.is(422);
    let question = question.has("More people will be able to read this page").has(">Let everyone read it</button>");
    site.visitor().get("/note").await.is(401);
    // The answer does the action of the button that was pressed first.
    let agreed = question.value_of("agreed");
    let answer = [&open[..], &[("agreed", &*agreed), ("asked", "continue")]].concat();
    let saved = site.eve().submit(&form, &form, &answer).await.is(303);
    assert!(saved.header("location").starts_with(&form), "{}", saved.header("location"));
    site.visitor().get("/note").await.is(200);
    let narrow = with_body(fields("2", "chosen", "bob"));
    site.eve().submit(&form, &form, &narrow).await.is(303);
    site.visitor().get("/note").await.is(401);
    let more = [&with_body(fields("3", "chosen", "bob, ann"))[..], &[("summary", "Changed.")]].concat();
    site.eve().submit(&form, &form, &more).await.is(422).has(">Publish and let 1 more person read it</button>");
    site.ann().get("/note").await.is(403);
}

#[actix_web::test]
async fn names_are_suggested_without_regard_to_case_and_accents() {
    let site = site();
    site.add_user("Zoë", Role::Reader, "open sesame");
    site.group("Board of Zürich", &["bob", "ann"]);
    let found = async |query: &str| site.eve().get(&format!("/admin/people?{query}")).await.is(200).body;
    assert_eq!(found("q=zoe").await, r#"[{"kind":"person","name":"Zoë","members":""}]"#);
    assert_eq!(found("q=zurich").await, r#"[{"kind":"group","name":"Board of Zürich","members":"2"}]"#);
    assert_eq!(found("q=o&kind=group").await, r#"[{"kind":"group","name":"Board of Zürich","members":"2"}]"#);
    // A disabled user is not suggested.
    assert_eq!(found("q=dan").await, "[]");
    // Without a text there is a longer list, for somebody who does not know a name.
    for number in 10..30 {
        site.add_user(&format!("member-{number}"), Role::Reader, "open sesame");
    }
    assert_eq!(found("q=member").await.matches("member-").count(), 10);
    assert_eq!(found("q=").await.matches("member-").count(), 20);
}

#[actix_web::test]
async fn the_form_offers_the_views_of_others_and_a_strangers_view_is_the_real_answer() {
    let site = site();
    let form = site.eve().get(&form_of(&site, "team")).await;
    form.has("href=\"/admin/view-as/visitor/team\"")
        .has("href=\"/admin/view-as/signed-in/team\"")
        .has("href=\"/admin/view-as/user/ann/team\"")
        .has("href=\"/admin/view-as?at=%2Fteam\"");
    site.eve().get("/admin/view-as?at=%2Fteam").await.is(200).has("value=\"/team\"");
    let stranger = site.eve().get("/admin/view-as/visitor/team").await.is(200);
    stranger.has("<h1>").has("This page is private. Sign in with your name").lacks("The team").lacks("href=\"/login");
    let somebody = site.eve().get("/admin/view-as/signed-in/team").await.is(200);
    somebody.has("cannot read this page (403)").has("somebody").lacks("The team");
    site.eve().get("/admin/view-as/signed-in/secret").await.is(200).has("You see the site as");
    // Nothing in the header acts on the account of the editor.
    let seen = site.eve().get("/admin/view-as/user/ann/team").await.is(200);
    seen.has("aria-disabled").lacks("href=\"/account\"").lacks("href=\"/logout\"").lacks("data-sign-out");
    site.eve().get("/admin/view-as/user/ann/sitemap").await.is(200).has("/admin/view-as/user/ann/team/plan");
}

#[actix_web::test]
async fn the_groups_of_a_user_are_ticked_and_gained_access_is_confirmed() {
    let site = site();
    site.group("Choir", &[]);
    let form = format!("/admin/users/{}", site.user("bob").id.0);
    let save = format!("{form}/groups");
    // The public page, the page for signed-in users, and the note.
    let shown = site.root().get(&form).await.is(200).has("Can read 3 pages").has("/admin/view-as/user/bob/sitemap");
    shown.has("value=\"Staff\"> ").lacks("value=\"Staff\" checked");
    let joins = [("groups", "Staff"), ("groups", "Choir")];
    let question = site.root().submit(&form, &save, &joins).await.is(422);
    let question = question.has("Save and let more people read 2 pages").has("value=\"Choir\" checked");
    bob(&site).get("/team/plan").await.is(403);
    let agreed = question.value_of("agreed");
    site.root().submit(&form, &save, &[&joins[..], &[("agreed", &*agreed)]].concat()).await.is(303);
    bob(&site).get("/team/plan").await.is(200);
    site.ann().get("/team/plan").await.is(200);
    site.root()
        .get(&form)
        .await
        .has("Can read 5 pages")
        .has("value=\"Staff\" checked")
        .has("name=\"had\" value=\"Staff\"");
    // Leaving a group needs no confirmation, and a membership that the form did not show stays.
    site.root().submit(&form, &save, &[("had", "Staff")]).await.is(303);
    bob(&site).get("/team/plan").await.is(403);
    site.root().get(&form).await.has("value=\"Choir\" checked");
    site.root().submit(&form, &save, &[("groups", "Nobody")]).await.is(422).has("There is no group Nobody.");
    site.root().get(&format!("/admin/users/{}", site.user("eve").id.0)).await.has("Can read all pages");
}
