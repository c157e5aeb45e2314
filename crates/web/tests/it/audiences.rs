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
        // Twice: the second time from memory.
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
    let save = async |members: &str| {
        let version = site.root().get(&form).await.value_of("version");
        let fields = [("name", "Staff"), ("members", members), ("version", &*version)];
        // It says who reads what then, and does it when that is confirmed.
        let asked = site.root().submit(&form, &form, &fields).await.is(422).has("The plan").has("bob");
        let agreed = asked.value_of("agreed");
        site.root().submit(&form, &form, &[&fields[..], &[("agreed", &*agreed)]].concat()).await.is(303);
    };
    for _ in 0..2 {
        bob(&site).get("/team/plan").await.is(403);
        bob(&site).get("/").await.lacks("The plan");
        save("ann, bob").await;
        bob(&site).get("/team/plan").await.is(200);
        bob(&site).get("/").await.has("The plan");
        save("ann").await;
    }
    bob(&site).get("/team/plan").await.is(403);
    let asked = site.root().get(&format!("{form}/delete")).await.is(200);
    asked.has("The plan").has("Can no longer read").has("ann");
    site.ann().get("/team/plan").await.is(200);
    let confirm = format!("{form}/delete");
    site.root().submit(&confirm, &confirm, &[]).await.is(303);
    site.ann().get("/team/plan").await.is(403);
    site.ann().get("/").await.lacks("The plan");
    site.eve().get("/team/plan").await.is(200);
}

#[actix_web::test]
async fn the_form_says_who_reads_and_through_which_page() {
    let site = site();
    site.eve().get(&form_of(&site, "team")).await.has("1 person can read this: ann.");
    let plan = site.eve().get(&form_of(&site, "team/plan")).await;
    plan.has("1 person can read this: ann (through <a href=\"/team\">The team</a>).");
    site.eve().get(&form_of(&site, "hello")).await.has("Everybody can read this.");
    site.eve().get(&form_of(&site, "secret")).await.has("Anyone signed in can read this.");
    let list = site.eve().get("/admin/pages").await;
    list.has("1 person: ann (through The team)").has("1 person: bob").has("Anyone signed in").has("Everybody");
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
    site.eve().get(&form_of(&site, "rota")).await.has("2 people can read this: ann, bob.");
    let nobody = [("title", "Rota"), ("path", "rota"), ("audience", "chosen"), ("version", "1")];
    let form = form_of(&site, "rota");
    site.eve().submit(&form, &form, &nobody).await.is(422).has("Choose at least one person or group");
}

#[actix_web::test]
async fn a_change_that_reaches_other_pages_is_told_before_it_is_made() {
    let site = site();
    let form = form_of(&site, "team");
    let mut fields = vec![("title", "The team"), ("path", "/team"), ("version", "1"), ("audience", "public")];
    let asked = site.eve().submit(&form, &form, &fields).await.is(422);
    let asked = asked.has("This changes who can read pages").has("The plan").has("everybody, without a password");
    site.visitor().get("/team/plan").await.is(401);
    let agreed = asked.value_of("agreed");
    fields.push(("agreed", &agreed));
    // What was agreed to is this change, and no other one.
    let other = [("title", "The team"), ("path", "/team"), ("version", "1"), ("audience", "signed-in"), fields[4]];
    site.eve().submit(&form, &form, &other).await.is(422).has("anyone signed in");
    site.eve().submit(&form, &form, &fields).await.is(303);
    site.visitor().get("/team/plan").await.is(200);
}

#[actix_web::test]
async fn a_page_that_moves_out_of_a_private_section_is_told_to_become_readable() {
    let site = site();
    let form = form_of(&site, "team/plan");
    let fields = [("title", "The plan"), ("path", "/plan"), ("version", "1"), ("audience", "inherited")];
    let asked = site.eve().submit(&form, &form, &fields).await.is(422);
    let asked = asked.has("everybody, without a password");
    site.visitor().get("/plan").await.is(404);
    let agreed = asked.value_of("agreed");
    let agreed = [fields[0], fields[1], fields[2], fields[3], ("agreed", &*agreed)];
    site.eve().submit(&form, &form, &agreed).await.is(303);
    site.visitor().get("/plan").await.is(200);
}

#[actix_web::test]
async fn deleting_a_page_says_who_then_reads_those_that_inherit_from_it() {
    let site = site();
    let form = form_of(&site, "team");
    site.eve().get(&format!("{form}/delete")).await.has("The plan").has("everybody, without a password");
    let id = site.page("team").unwrap().id.0.to_string();
    for (action, words) in [("delete", "everybody, without a password"), ("choose-readers", "anyone signed in")] {
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
    eve.get("/admin/view-as/user/bob/team/plan").await.is(200).has("may not read this page (403)").lacks("You see");
    eve.get("/admin/view-as/visitor/team/plan").await.is(200).has("is asked for a name and a password (401)");
    eve.get("/admin/view-as/visitor/nope").await.is(200).has("there is no such page (404)");
    eve.get("/admin/view-as/user/ann/search?q=plan").await.is(200).has("<mark>plan</mark>");
    eve.get("/admin/view-as/user/bob/search?q=plan").await.is(200).lacks("/team/plan");
    // An administrator as an editor sees them has an editor's rights.
    eve.get("/admin/view-as/user/root/hello").await.is(200);
    // Nothing of it is kept for those who were looked at.
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
    // What is changed by hand holds for those that inherit it.
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
async fn who_opened_a_page_is_noted_where_that_is_wanted_and_the_reader_is_told() {
    let site = site();
    let told = "This page has read receipts";
    bob(&site).get("/note").await.is(200).lacks(told);
    let form = form_of(&site, "note");
    let fields = [
        ("title", "A note for bob"),
        ("path", "/note"),
        ("version", "1"),
        ("audience", "chosen"),
        ("people", "bob, ann"),
        ("receipts", "on"),
    ];
    site.eve().submit(&form, &form, &fields).await.is(303);
    let receipts = format!("{form}/receipts");
    site.eve().get(&form).await.has(&receipts);
    site.eve().get("/note").await.is(200).lacks(told);
    site.eve().get("/admin/view-as/user/bob/note").await.is(200);
    site.eve().get(&receipts).await.is(200).has("0 of 2 readers have opened this page");
    // A picture, data for a script, and what a browser loads in advance are no reading.
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
        bob.get("/note").await.is(200).has(told);
    }
    // It is noted beside the request.
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
    let asked = site.eve().submit(&form, &form, &fields).await.is(422);
    let agreed = asked.value_of("agreed");
    let agreed = [&fields[..], &[("agreed", &*agreed)]].concat();
    site.eve().submit(&form, &form, &agreed).await.is(303);
    site.visitor().get("/team/plan").await.is(200);
    let old = format!("{form}/history/1");
    let shown = site.eve().get(&old).await.is(200);
    shown.has("Also restore who could read it: the group Staff (now: everybody)");
    // Its readers come back only when that is asked for, and into the draft.
    site.eve().submit(&old, &old, &[("draft", "0")]).await.is(303);
    site.eve().get(&form).await.has("value=\"public\" checked");
    site.eve().submit(&old, &old, &[("draft", "1"), ("readers", "on")]).await.is(303);
    site.visitor().get("/team/plan").await.is(200);
    let form_with_them = site.eve().get(&form).await.has("value=\"chosen\" checked").has("value=\"Staff\" checked");
    let (draft, version) = (form_with_them.value_of("draft"), form_with_them.value_of("version"));
    let fields = [("title", "The team"), ("path", "/team"), ("draft", &*draft), ("version", &*version)];
    let fields = [&fields[..], &[("audience", "chosen"), ("groups", "Staff")]].concat();
    let asked = site.eve().submit(&form, &form, &fields).await.is(422).has("The plan").has("everybody but ann");
    let agreed = asked.value_of("agreed");
    let agreed = [&fields[..], &[("agreed", &*agreed)]].concat();
    site.eve().submit(&form, &form, &agreed).await.is(303);
    site.visitor().get("/team/plan").await.is(401);
}

#[actix_web::test]
async fn a_page_from_the_trash_says_who_reads_what_before_it_is_back() {
    let site = site();
    let team = site.page("team").unwrap().id;
    site.delete(team);
    site.visitor().get("/team/plan").await.is(200);
    let form = format!("/admin/trash/{}", team.0);
    let asked = site.eve().get(&form).await.is(200).has("The plan").has("everybody but ann");
    site.put(draft("crew/plan", "Crew plan"));
    let elsewhere = [("path", "/crew"), ("agreed", &*asked.value_of("agreed"))];
    let told = site.eve().submit(&form, &form, &elsewhere).await.is(422).has("Crew plan");
    let agreed = asked.value_of("agreed");
    assert_ne!(told.value_of("agreed"), agreed);
    let back = [("path", "/team"), ("agreed", &*agreed)];
    site.eve().submit(&form, &form, &back).await.is(303);
    site.visitor().get("/team/plan").await.is(401);
}
