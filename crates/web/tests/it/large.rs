//! The panel on a site with more pages, users and groups than one answer can hold.

use domain::{page::PageInput, user::Role};

use crate::site::{Response, Site, chosen, draft};

/// Inserts pages as SQL does, all saved at one moment.
fn fill(site: &Site, pages: u32) {
    use diesel::RunQueryDsl;
    for first in (0..pages).step_by(500) {
        let row = |n| format!("({}, 'many/p{n:05}', 'Page {n:05}', '[x](/nowhere)')", n + 1);
        let rows: Vec<String> = (first..pages.min(first + 500)).map(row).collect();
        let insert = format!("INSERT INTO pages (id, path, title, body) VALUES {}", rows.join(", "));
        site.store().write(|conn| Ok(diesel::sql_query(&insert).execute(conn)?)).unwrap();
    }
    site.app.db.wait_until_caught_up();
}

/// The address of the link to the next or previous rows.
fn link(page: &Response, rel: &str) -> String {
    let (_, rest) = page.body.split_once(&format!("rel=\"{rel}\" href=\"")).unwrap();
    rest.split('"').next().unwrap().replace("&amp;", "&")
}

#[actix_web::test]
async fn a_list_continues_by_key_after_the_last_page_number() {
    let site = Site::new();
    fill(&site, 1_120);
    let eve = site.eve();
    eve.get("/admin/").await.is(200).has("<strong>1,000+</strong> pages");
    let list = eve.get("/admin/pages?sort=-title").await.is(200).has("1–50 of 1,000+ pages");
    list.has("Page 01119").has("Select all 1,000+<");
    // A number that no list shows leads to the last one that has rows.
    let last = eve.get("/admin/pages?sort=title&page=99999").await.is(303);
    assert_eq!(last.header("location"), "/admin/pages?sort=title&page=20");
    let last = eve.get(last.header("location")).await.is(200).has("951–1000 of 1,000+ pages");
    let further = eve.get(&link(&last, "next")).await.is(200).has("50 of 1,000+ pages");
    // Hello and Secret are before and after the pages.
    let further = further.has("Page 01000").lacks("Page 00998");
    let back = eve.get(&link(&further, "prev")).await.is(200);
    assert!(back.body.contains("Page 00998") && !back.body.contains("Page 01000"));
    let mut end = further;
    while end.body.contains("rel=\"next\"") {
        end = eve.get(&link(&end, "next")).await.is(200);
    }
    end.has("Secret");
    // A page that was deleted meanwhile is not a position.
    let gone = eve.get("/admin/pages?sort=title&after=77777").await.is(303);
    assert_eq!(gone.header("location"), "/admin/pages?sort=title");
}

#[actix_web::test]
async fn broken_links_are_looked_for_in_parts() {
    let site = Site::new();
    fill(&site, 250);
    while site.write(|conn, _| store::writing::links::catch_up(conn, web::markdown::facts)) {}
    let first = site.eve().get("/admin/links/broken").await.is(200).has("Page 00000").lacks("Page 00249");
    let second = site.eve().get(&link(&first, "next")).await.is(200).has("Page 00249").lacks("Page 00000");
    second.has("after <code>/many/p00199</code>").has("From the beginning").lacks("rel=\"next\"");
    site.eve().get("/admin/").await.is(200).has("All broken links");
}

#[actix_web::test]
async fn a_page_form_does_not_grow_with_the_groups_and_keeps_those_that_were_chosen() {
    let site = Site::new();
    for n in 0..60 {
        site.group(&format!("Team {n:02}"), &["ann"]);
    }
    site.put(PageInput { audience: chosen("", &["Team 58"]), ..draft("plan", "Plan") });
    let eve = site.eve();
    let form = format!("/admin/pages/{}", site.page("plan").unwrap().id.0);
    let shown = eve.get(&form).await.is(200).has("value=\"Team 58\" checked").has("Another group");
    shown.lacks("Team 57").lacks("Team 01");
    // Saved with the fields of the form: the ticked group, and an empty field.
    let fields = |groups: &[&'static str]| {
        let mut fields = vec![("title", "Plan"), ("path", "/plan"), ("audience", "chosen"), ("agreed", "")];
        fields.extend(groups.iter().map(|group| ("groups", *group)));
        fields
    };
    let with = |version: &'static str, groups: &[&'static str]| [fields(groups), vec![("version", version)]].concat();
    eve.submit(&form, &form, &with("1", &["Team 58", ""])).await.is(303);
    eve.get(&form).await.has("value=\"Team 58\" checked");
    // A part of a name offers the groups whose names contain it, and ticked groups stay ticked.
    let offered = eve.submit(&form, &form, &with("1", &["Team 58", "team 0"])).await.is(422);
    let offered = offered.has("There is no group team 0.").has("value=\"Team 58\" checked").has("value=\"Team 07\">");
    assert!(!offered.body.contains("Team 11"));
    eve.submit(&form, &form, &with("1", &["Team 58", "Team 07", ""])).await.is(303);
    let saved = eve.get(&form).await.has("value=\"Team 58\" checked").has("value=\"Team 07\" checked");
    assert!(saved.body.len() < 40_000);
    // The same in the form for many pages.
    let id = site.page("plan").unwrap().id.0.to_string();
    let ask = [("action", "choose-readers"), ("id", id.as_str())];
    eve.submit("/admin/pages", "/admin/pages/actions", &ask).await.is(200).has("Another group").lacks("Team 07");
}

#[actix_web::test]
async fn view_as_finds_a_user_by_a_part_of_the_name() {
    let site = Site::new();
    for n in 0..55 {
        site.write(|conn, admin| {
            let content = domain::user::UserContent::new(crate::site::name(&format!("user-{n:02}")), Role::Reader);
            store::writing::users::insert(
                conn,
                admin,
                &content,
                &domain::password::PasswordHash::new("x"),
                web::clock::now(),
            )
        });
    }
    let eve = site.eve();
    eve.get("/admin/view-as").await.is(200).lacks("user-01");
    let offered = eve.get("/admin/view-as?who=user-4&path=/hello").await.is(422).has("user-41").lacks("user-01");
    offered.has("href=\"/admin/view-as?who=user-41&amp;path=%2Fhello\"").has("value=\"user-4\"");
    let to = eve.get("/admin/view-as?who=user-41&path=/hello").await.is(303);
    assert_eq!(to.header("location"), "/admin/view-as/user/user-41/hello");
    eve.get("/admin/view-as?who=&path=").await.is(303);
}

#[actix_web::test]
async fn a_large_group_gets_and_loses_members_without_listing_all() {
    use diesel::RunQueryDsl;
    let site = Site::new();
    let group = site.group("Readers", &["ann"]);
    let rows: Vec<String> = (1..=1_001).map(|n| format!("({n}, 'user-{n:04}', 'reader', '*')")).collect();
    for statement in [
        format!("INSERT INTO users (id, name, role, password_hash) VALUES {}", rows.join(", ")),
        format!(
            "INSERT INTO group_members (group_id, user_id) SELECT {}, id FROM users WHERE name LIKE 'user-%'",
            group.id.0
        ),
    ] {
        site.store().write(|conn| Ok(diesel::sql_query(&statement).execute(conn)?)).unwrap();
    }
    site.app.db.wait_until_caught_up();
    let form = format!("/admin/groups/{}", group.id.0);
    let shown = site.root().get(&form).await.is(200).has("1002 members, among them").has("Remove members");
    let shown = shown.has("user-0001").lacks("user-0100");
    let version = shown.value_of("version");
    let fields = [("name", "Readers"), ("version", &*version), ("add", "eve"), ("remove", "user-0001, ann")];
    site.root().submit(&form, &form, &fields).await.is(303);
    let store = site.store();
    let members = store
        .read(|conn| store::groups::get(conn, &domain::access::Admin::command_line(), group.id))
        .unwrap()
        .unwrap()
        .content
        .members;
    let has = |name: &str| members.iter().any(|member| member.as_str() == name);
    assert_eq!(
        (members.len(), has("eve"), has("ann"), has("user-0001"), has("user-1001")),
        (1_001, true, false, false, true)
    );
    let wrong = [("name", "Readers"), ("version", "2"), ("add", "zoe")];
    site.root().submit(&form, &form, &wrong).await.is(422).has("zoe");
}
