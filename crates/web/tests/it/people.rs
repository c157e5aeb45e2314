//! People in the panel: the header, users and groups, many users at once, and the dashboard of a new site.

use domain::{page::PageInput, user::Role};

use crate::{
    both::on_both,
    site::{Site, chosen, draft},
};

const MANY: &str = "/admin/users/add-many";

/// The fields of the form, with some names.
fn fields<'a>(names: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [&[("names", names), ("role", "reader")], more].concat()
}

/// The passwords on a sheet.
fn passwords(sheet: &str) -> Vec<String> {
    sheet.split("class=\"secret\">").skip(1).map(|rest| rest[..23].to_owned()).collect()
}

#[actix_web::test]
async fn many_users_are_added_and_their_passwords_shown_once() {
    let site = Site::new();
    let sheet = site.root().submit(MANY, MANY, &fields("max\r\n\r\n  zo\u{eb} , \r\nmia", &[])).await.is(200);
    assert_eq!(sheet.header("cache-control"), "no-store");
    let sheet = sheet.has("3 new users").has("shown only once").has("max").has("zoë");
    let passwords = passwords(&sheet.body);
    assert_eq!(passwords.len(), 3);
    for (name, password) in ["max", "zoë", "mia"].into_iter().zip(&passwords) {
        site.signed_in(name, password).get("/secret").await.is(200);
        assert_eq!(site.user(name).role, Role::Reader);
    }
    // A reload of the sheet sends the form again.
    let again = site.root().submit(MANY, MANY, &fields("max\nmia", &[])).await.is(422);
    again.has("There is a user max already.").has("2 lines have to be changed").lacks("class=\"secret\"");
    site.root().get("/admin/audit?name=max").await.has("max").lacks(&passwords[0]);
}

#[actix_web::test]
async fn a_wrong_line_is_named_with_its_cause_and_nobody_is_added() {
    let site = Site::new();
    let names = "max\na b\nann\n\nANN\nmax\nsigned-out";
    let form = site.root().submit(MANY, MANY, &fields(names, &[])).await.is(422);
    form.has("Line 2, “<bdi>a b</bdi>”: No spaces in user names.")
        .has("Line 3, “<bdi>ann</bdi>”: There is a user ann already.")
        .has("Line 5, “<bdi>ANN</bdi>”: People could not tell this name from ann")
        .has("Line 6, “<bdi>max</bdi>”: max is in the list twice.")
        .has("Line 7, “<bdi>signed-out</bdi>”: The name")
        .has("5 lines have to be changed. Nobody was added.")
        .has("max\na b\nann\n\nANN\nmax\nsigned-out</textarea>");
    site.root().submit(MANY, MANY, &fields("max", &[("groups", "Nobody's")])).await.is(422).has("no group Nobody");
    site.root().submit(MANY, MANY, &[("names", "max"), ("role", "king")]).await.is(422).has("A role is reader");
    site.root().submit(MANY, MANY, &fields(" \n", &[])).await.is(422).has("Type at least one name.");
    let thousands: Vec<String> = (0..2500).map(|n| format!("member-{n}.surname@example.org")).collect();
    let refused = site.root().submit(MANY, MANY, &fields(&thousands.join("\n"), &[])).await.is(422);
    refused.has("At most 100 names at a time; these are 2500.").has("member-2499");
    let many: Vec<String> = (0..101).map(|n| format!("member-{n}")).collect();
    let many = many.join("\n");
    site.root()
        .submit(MANY, MANY, &fields(&many, &[]))
        .await
        .is(422)
        .has("At most 100 names at a time; these are 101.");
    site.root().get("/admin/users").await.has("1–4 of 4 users");
}

#[actix_web::test]
async fn users_who_gain_access_by_a_group_are_added_after_a_question() {
    let site = Site::new();
    site.group("Board", &["ann"]);
    site.put(PageInput { audience: chosen("", &["Board"]), ..draft("minutes", "Minutes") });
    let board = [("groups", "Board")];
    let question = site.root().submit(MANY, MANY, &fields("max\nmia", &board)).await.is(422);
    let agreed = question.value_of("agreed");
    question.has("Add 2 users and let them read 1 page").has("Minutes").has("max, mia");
    let confirmed = |agreed| [("groups", "Board"), ("agreed", agreed)];
    // The answer to one question does not answer another.
    site.root().submit(MANY, MANY, &fields("max\nmallory", &confirmed(&agreed))).await.is(422).has("mallory, max");
    let sheet = site.root().submit(MANY, MANY, &fields("max\nmia", &confirmed(&agreed))).await.is(200);
    let passwords = passwords(&sheet.body);
    site.signed_in("mia", &passwords[1]).get("/minutes").await.is(200);
    site.root().get("/admin/audit?name=board").await.has("added max, mia");
}

#[actix_web::test]
async fn a_new_user_who_gains_access_by_a_group_is_added_after_a_question() {
    const NEW: &str = "/admin/users/new";
    const USERS: &str = "/admin/users";
    let site = Site::new();
    site.group("Board", &["ann"]);
    site.group("Choir", &[]);
    site.put(PageInput { audience: chosen("", &["Board"]), ..draft("minutes", "Minutes") });
    let root = site.root();
    root.get(NEW).await.is(200).has("<legend>Groups</legend>").has("<bdi>Board</bdi>").lacks("name=\"had\"");
    let max = [("name", "max"), ("role", "reader"), ("active", "on"), ("groups", "Board"), ("groups", "")];
    let typed = [&max[..], &[("password", "a long sentence"), ("password_again", "a long sentence")]].concat();
    let question = root.submit(NEW, USERS, &[&typed[..], &[("then", "another")]].concat()).await.is(422);
    let agreed = question.value_of("agreed");
    assert_eq!(question.value_of("asked"), "another");
    question
        .has("More people will be able to read 1 page")
        .has("Minutes")
        .has("Add this user and let 1 more person read 1 page")
        .has("Type the password once more")
        .has("value=\"Board\" checked");
    root.get(USERS).await.lacks(">max<");
    // The question stays while something else is wrong, and its answer holds only for this name.
    let answer = [("asked", "another"), ("agreed", &*agreed)];
    root.submit(NEW, USERS, &[&max[..], &answer].concat()).await.is(422).has("name=\"agreed\"").has("name=\"asked\"");
    let other = [&[("name", "mallory")], &typed[1..], &answer].concat();
    root.submit(NEW, USERS, &other).await.is(422).has("name=\"agreed\"");
    let added = root.submit(NEW, USERS, &[&typed[..], &answer].concat()).await.is(303);
    assert!(added.header("location").starts_with(&format!("{NEW}?done=created")), "it goes where the first button led");
    site.signed_in("max", "a long sentence").get("/minutes").await.is(200);
    root.get("/admin/audit?name=board").await.has("added max");
    // A group that reads nothing needs no question, and one that does not exist is named.
    let zoe = [("name", "zoë"), ("role", "reader"), ("active", "on"), ("by", "generated"), ("groups", "Choir")];
    root.submit(NEW, USERS, &zoe).await.is(200).has("shown only once");
    let ivy = [("name", "ivy"), ("role", "reader"), ("by", "generated"), ("groups", "Crew")];
    root.submit(NEW, USERS, &ivy).await.is(422).has("There is no group Crew").has("value=\"Crew\"");
}

#[actix_web::test]
async fn another_user_is_added_after_one_with_a_generated_password() {
    let site = Site::new();
    let new = site.root().get("/admin/users/new").await.is(200);
    new.has("value=\"link\" checked").has("value=\"generated\"");
    let fields = [("name", "max"), ("role", "editor"), ("active", "on"), ("by", "generated"), ("then", "another")];
    let next = site.root().submit("/admin/users/new", "/admin/users", &fields).await.is(200);
    let password = passwords(&next.body).remove(0);
    next.has("Added max")
        .has("value=\"generated\" checked")
        .has("<h1>New user</h1>")
        .has("name=\"name\" type=\"text\" value=\"\"");
    site.signed_in("max", &password).get("/admin/").await.is(200);
}

#[actix_web::test]
async fn all_errors_of_a_new_user_come_at_once_in_the_order_of_the_fields() {
    let site = Site::new();
    let fields = [("name", "ann"), ("role", "king"), ("password", "short"), ("password_again", "other")];
    let form = site.root().submit("/admin/users/new", "/admin/users", &fields).await.is(422);
    let summary = &form.body[form.body.find("class=\"problems\"").unwrap()..];
    let at = |words: &str| summary.find(words).unwrap_or_else(|| panic!("{words}: {summary}"));
    let order = [
        at("There is a user ann already."),
        at("A role is reader, editor or admin"),
        at("Too short: use at least 8 characters."),
        at("The two passwords differ."),
    ];
    assert!(order.is_sorted(), "{order:?}");
}

#[actix_web::test]
async fn whoever_disables_or_deletes_a_user_sees_what_they_read_and_their_drafts() {
    let site = Site::new();
    site.group("Board", &["ann"]);
    site.put(PageInput { audience: chosen("", &["Board"]), ..draft("minutes", "Minutes") });
    site.put(PageInput { audience: chosen("ann", &["Board"]), ..draft("plans", "Plans") });
    let eve = site.eve();
    let draft = [("title", "Half a thought"), ("path", "/half"), ("then", "draft"), ("body", "It is")];
    eve.submit("/admin/pages/new", "/admin/pages", &draft).await;
    let ids = [site.user("ann").id.0.to_string(), site.user("eve").id.0.to_string()];
    for action in ["disable", "delete"] {
        let fields = [("action", action), ("id", &*ids[0]), ("id", &*ids[1])];
        let question = site.root().submit("/admin/users", "/admin/users/actions", &fields).await.is(200);
        question
            .has("reader, active; can read pages for signed-in users, and 2 pages for specific people")
            .has("editor, active; can read every page; 1 draft: “Half a thought”");
    }
    let form = format!("/admin/users/{}/delete", ids[1]);
    site.root()
        .get(&form)
        .await
        .has("eve can read every page.")
        .has("1 draft was last saved by eve")
        .has("Half a thought");
}

#[actix_web::test]
async fn a_form_that_disables_its_user_tells_what_they_hold_and_asks() {
    let site = Site::new();
    let eve = site.eve();
    let draft = [("title", "Half a thought"), ("path", "/half"), ("then", "draft"), ("body", "It is")];
    eve.submit("/admin/pages/new", "/admin/pages", &draft).await;
    let form = format!("/admin/users/{}", site.user("eve").id.0);
    let version = site.root().get(&form).await.value_of("version");
    let fields = [("name", "eve"), ("role", "reader"), ("version", &*version), ("then", "continue")];
    let question = site.root().submit(&form, &form, &fields).await.is(422);
    assert_eq!(question.value_of("asked"), "continue");
    question
        .has("Disable <bdi>eve</bdi>?")
        .has("eve can read every page.")
        .has("1 draft was last saved by eve")
        .has("Half a thought")
        .has("value=\"reader\" checked")
        .lacks("name=\"active\" type=\"checkbox\" value=\"on\" checked");
    assert!(site.user("eve").active, "asking saves nothing");
    let answered = [fields[0], fields[1], fields[2], ("asked", "continue"), ("disables", "on")];
    let saved = site.root().submit(&form, &form, &answered).await.is(303);
    assert!(saved.header("location").starts_with(&format!("{form}?done=saved")), "it goes where the first button led");
    assert_eq!((site.user("eve").active, site.user("eve").role), (false, Role::Reader));
    // A user who is disabled already has nothing to lose.
    let version = site.root().get(&form).await.value_of("version");
    let fields = [("name", "eva"), ("role", "reader"), ("version", &*version)];
    site.root().submit(&form, &form, &fields).await.is(303);
}

#[actix_web::test]
async fn the_list_of_users_tells_how_long_ago_they_signed_in() {
    let site = Site::new();
    site.ann().get("/secret").await.is(200);
    let list = site.root().get("/admin/users").await.is(200);
    list.has("data-relative>just now</time>").has("title=\"").has("<td>never</td>");
}

#[actix_web::test]
async fn the_header_has_the_destinations_of_the_person() {
    let site = Site::new();
    let root = site.root().get("/admin/users").await.is(200);
    let tabs = root.body.split("class=\"panel-tabs\"").nth(1).unwrap().split("</nav>").next().unwrap().to_owned();
    assert!(tabs.contains("/admin/users\" aria-current=\"page\">Users") && tabs.contains("Groups"), "{tabs}");
    for (title, href) in
        [("Pages", "/admin/pages"), ("Site", "/admin/site"), ("Activity", "/admin/audit"), ("People", "/admin/users")]
    {
        assert!(root.body.contains(&format!("<a href=\"{href}\"")) && root.body.contains(&format!(">{title}</a>")));
    }
    let eve = site.eve().get("/admin/").await.is(200);
    eve.has("<a href=\"/admin/shares\">Activity</a>").lacks("/admin/users").lacks("/admin/site").lacks("/admin/audit");
    site.root().get("/admin/audit?action=refused").await.is(200).has("<h1>Failed sign-ins</h1>");
}

#[actix_web::test]
async fn groups_are_found_by_name() {
    let site = Site::new();
    for name in ["Board", "Boat crew", "Choir"] {
        site.group(name, &["ann"]);
    }
    site.root().get("/admin/groups").await.is(200).has("1–3 of 3 groups");
    site.root().get("/admin/groups?q=boa").await.has("1–2 of 2 groups").has("Board").lacks("Choir");
    site.root().get("/admin/groups?q=zzz").await.has("No group matches.").has("Clear the search");
}

#[actix_web::test]
async fn the_first_steps_tick_themselves_and_go_when_they_are_done() {
    let site = Site::new();
    let root = site.root();
    let done = async |count: usize| {
        root.get("/admin/").await.is(200).has("First steps").has(&format!("{count} of 5 done")).value_of("form_token")
    };
    // There are users and pages, and no examples.
    let token = done(3).await;
    let zone = [("time_zone", "Europe/Berlin"), ("form_token", &*token)];
    root.post("/admin/site/time-zone", &[("time_zone", "Moon/Base"), ("form_token", &*token)]).await.is(422);
    assert_eq!(root.post("/admin/site/time-zone", &zone).await.is(303).header("location"), "/admin/?done=saved");
    done(4).await;
    site.put(PageInput { body: "An example.".into(), ..draft("welcome", "Welcome") });
    done(3).await;
    let welcome = site.page("welcome").unwrap().id.0.to_string();
    let remove = [("action", "delete"), ("id", &*welcome)];
    root.submit("/admin/", "/admin/pages/actions", &remove).await.is(200).has("Welcome");
    // An example that somebody edited is not an example any more.
    site.put(PageInput { body: "Our own text.".into(), ..draft("welcome", "Welcome") });
    done(4).await;
    let settings = root.get("/admin/site").await;
    let (version, token) = (settings.value_of("version"), settings.value_of("form_token"));
    let name = [("title", "Rowing Club"), ("language", "en"), ("version", &*version), ("form_token", &*token)];
    root.post("/admin/site", &name).await.is(303);
    root.get("/admin/").await.is(200).lacks("First steps");
}

#[actix_web::test]
async fn the_first_steps_are_hidden_for_good() {
    let site = Site::new();
    site.eve().get("/admin/").await.lacks("First steps");
    site.root().submit("/admin/", "/admin/site/first-steps", &[]).await.is(303);
    site.root().get("/admin/").await.is(200).lacks("First steps").has("first steps hidden");
}

#[actix_web::test]
async fn the_list_of_users_names_their_groups() {
    let site = Site::new();
    for name in ["Board", "Boat crew", "Choir", "Drivers"] {
        site.group(name, &["ann"]);
    }
    let list = site.root().get("/admin/users?q=ann").await.is(200);
    list.has("<h1>People</h1>").has(" and 1 more").has("<th scope=\"col\">Groups</th>");
}

#[actix_web::test]
async fn the_form_that_disables_a_user_ends_their_link_hands_over_their_drafts_and_names_what_only_they_read() {
    let site = Site::new();
    let draft_of_eve = [("title", "Half a thought"), ("path", "/half"), ("then", "draft"), ("body", "It is")];
    site.eve().submit("/admin/pages/new", "/admin/pages", &draft_of_eve).await;
    let link = crate::join::link(&site, "eve");
    let form = format!("/admin/users/{}", site.user("eve").id.0);
    let version = site.root().get(&form).await.value_of("version");
    let fields = [("name", "eve"), ("role", "editor"), ("version", &*version)];
    let question = site
        .root()
        .submit(&form, &form, &fields)
        .await
        .is(422)
        .has("These end and cannot be restored: 1 link to set a password.");
    question.has("The drafts go to").has("<option>root</option>").lacks("<option>eve").lacks("<option>ann");
    let answer = |heir| [fields[0], fields[1], fields[2], ("disables", "on"), ("drafts_to", heir)];
    for nobody in ["ann", "dan", "eve", "nobody"] {
        site.root().submit(&form, &form, &answer(nobody)).await.is(422).has("There is no other active editor");
        assert!(site.user("eve").active, "all of it or nothing");
    }
    site.root().submit(&form, &form, &answer("root")).await.is(303);
    assert!(!site.user("eve").active);
    site.visitor().get(&link).await.is(410);
    site.root().get("/admin/drafts").await.is(308);
    site.root().get("/admin/pages?state=drafts").await.is(200).has("Half a thought");
    site.root().get("/admin/audit?name=eve").await.has("drafts handed over to root: 1");

    site.group("Board", &["ann", "dan"]);
    site.put(PageInput { audience: chosen("", &["Board"]), ..draft("minutes", "Minutes") });
    site.put(PageInput { audience: chosen("ann,root", &[]), ..draft("plans", "Plans") });
    let form = format!("/admin/users/{}", site.user("ann").id.0);
    let version = site.root().get(&form).await.value_of("version");
    let fields = [("name", "ann"), ("role", "reader"), ("version", &*version)];
    let question = site.root().submit(&form, &form, &fields).await.is(422).has("Nobody else but editors can read:");
    // Dan is in the group, but disabled.
    question.has(">Minutes</bdi>").lacks(">Plans</bdi>").lacks("The drafts go to").lacks("The link to set");
}

#[actix_web::test]
async fn disabling_and_deleting_several_users_asks_who_gets_their_drafts() {
    on_both(async |site| {
        site.add_user("uma", Role::Editor, "open sesame");
        site.add_user("vic", Role::Editor, "open sesame");
        for (who, title) in [("eve", "Half a thought"), ("uma", "A quarter"), ("vic", "All of it")] {
            let path = format!("/{who}");
            let draft = [("title", title), ("path", &path), ("then", "draft"), ("body", "It is")];
            site.signed_in(who, "open sesame").submit("/admin/pages/new", "/admin/pages", &draft).await;
        }
        let [ann, eve, uma, vic] = ["ann", "eve", "uma", "vic"].map(|name| site.user(name).id.0.to_string());
        let (list, actions) = ("/admin/users", "/admin/users/actions");
        // There is no question if there are no drafts, or if nobody leaves.
        let of_ann = [("action", "disable"), ("id", ann.as_str())];
        site.root().submit(list, actions, &of_ann).await.is(200).lacks("The drafts go to");
        let enabled = [("action", "enable"), ("id", eve.as_str())];
        site.root().submit(list, actions, &enabled).await.is(200).lacks("The drafts go to");

        let chosen = [("action", "disable"), ("id", eve.as_str()), ("id", uma.as_str())];
        let question = site.root().submit(list, actions, &chosen).await.is(200).has("1 draft: “Half a thought”");
        let question =
            question.has("The drafts go to").has("nobody: they stay as they are").has("<option>vic</option>");
        question.has("<option>root</option>").lacks("<option>eve").lacks("<option>uma").lacks("<option>ann");
        let answer = |heir| [chosen[0], chosen[1], chosen[2], ("confirm", "yes"), ("drafts_to", heir)];
        for nobody in ["uma", "ann", "dan", "nobody"] {
            site.root().submit(list, actions, &answer(nobody)).await.is(422).has("There is no other active editor");
            assert!(site.user("eve").active && site.user("uma").active, "all of it or nothing");
        }
        site.root().submit(list, actions, &answer("vic")).await.is(303);
        assert!(!site.user("eve").active && !site.user("uma").active);
        for who in ["eve", "uma"] {
            site.root().get(&format!("/admin/audit?name={who}")).await.has("drafts handed over to vic: 1");
        }
        // Deleting asks as well, for one user and for several.
        let form = format!("/admin/users/{vic}/delete");
        site.root().get(&form).await.is(200).has("3 drafts were last saved by vic").has("<option>root</option>");
        site.root().submit(&form, &form, &[("drafts_to", "eve")]).await.is(422).has("There is no other active editor");
        let deleted = [("action", "delete"), ("id", vic.as_str()), ("id", ann.as_str())];
        site.root().submit(list, actions, &deleted).await.is(200).has("The drafts go to");
        let confirmed = [deleted[0], deleted[1], deleted[2], ("confirm", "yes"), ("drafts_to", "root")];
        site.root().submit(list, actions, &confirmed).await.is(303);
        site.root().get("/admin/audit?name=vic").await.has("drafts handed over to root: 3");
    })
    .await;
}

#[actix_web::test]
async fn accounts_that_end_soon_are_listed_filtered_and_extended_together() {
    let site = Site::new();
    let root = site.root();
    let typed = |days| web::clock::iso(web::clock::now() + chrono::TimeDelta::days(days)).replace('Z', "");
    let form = format!("/admin/users/{}", site.user("ann").id.0);
    let save = async |ends: &str| {
        let version = root.get(&form).await.value_of("version");
        let fields = [("name", "ann"), ("role", "reader"), ("active", "on"), ("ends", ends), ("version", &*version)];
        root.submit(&form, &form, &fields).await
    };
    save("tomorrow").await.is(422).has("id=\"ends-error\"");
    save(&typed(3)).await.is(303);
    root.get("/admin/users").await.has("ends <time").has("in 3 days");
    root.get("/admin/users?active=soon").await.has(">ann</a>").lacks(">eve</a>");
    save(&typed(-1)).await.is(303);
    site.ann().get("/secret").await.is(401);
    root.get("/admin/users").await.has("<strong>Ended</strong>");
    root.get("/admin/users?active=no").await.has(">ann</a>").has(">dan</a>").lacks(">eve</a>");

    let ids = ["ann", "eve"].map(|who| site.user(who).id.0.to_string());
    let rows = [("action", "end"), ("id", &*ids[0]), ("id", &*ids[1])];
    let act = async |more: &[(&str, &str)]| {
        root.submit("/admin/users", "/admin/users/actions", &[&rows[..], more].concat()).await
    };
    act(&[]).await.is(200).has("name=\"until\"").has("Next");
    act(&[("until", "soon")]).await.is(422).has("name=\"until\"");
    act(&[("until", "2999-01-31")]).await.is(200).has("These accounts end at 31 Jan 2999, 00:00:00:").has("ann");
    act(&[("until", "2999-01-31"), ("confirm", "yes")]).await.is(303);
    site.ann().get("/secret").await.is(200);
    assert_eq!(site.user("ann").ends_at, site.user("eve").ends_at);
    root.get("/admin/audit?name=eve").await.has("end “never” → “2999-01-31 00:00 UTC”");
    let last = [("action", "end"), ("id", &*site.user("root").id.0.to_string()), ("until", "2999-01-31")]
        .map(|(a, b)| (a, b.to_owned()));
    let last: Vec<(&str, &str)> = last.iter().map(|(a, b)| (*a, b.as_str())).chain([("confirm", "yes")]).collect();
    root.submit("/admin/users", "/admin/users/actions", &last).await.is(409).has("without an active administrator");
    act(&[("until", ""), ("confirm", "yes")]).await.is(303);
    assert_eq!(site.user("ann").ends_at, None);
}

#[actix_web::test]
async fn the_pages_that_a_user_can_read_are_counted_by_section_and_by_reason_in_the_panel_and_on_the_account_page() {
    let site = Site::new();
    site.group("Staff", &["ann"]);
    for path in ["team/one", "team/two"] {
        site.put(PageInput { audience: chosen("", &["Staff"]), ..draft(path, "Team") });
    }
    site.put(PageInput { audience: chosen("ann", &[]), ..draft("letters/ann", "Letter") });
    site.put(PageInput { audience: chosen("eve", &[]), ..draft("letters/eve", "Other") });
    let page = site.root().get(&format!("/admin/users/{}", site.user("ann").id.0)).await.is(200);
    page.has("Can read 5 pages: <bdi>1 by name</bdi>, <bdi>2 through the group Staff</bdi>.")
        .has("/admin/view-as/user/ann/sitemap/team\">/team (2)</a>")
        .has("/letters (1)</a>");
    site.root().get("/admin/view-as/user/ann/sitemap/team").await.is(200).has("/team/one").has("/team/two");
    let own = site.ann().get("/account").await.is(200).has("Pages you can read: 5");
    own.has("<a href=\"/sitemap/team\">/team (2)</a>").has("/letters (1)</a>");
    site.ann().get("/sitemap/team").await.is(200).has("/team/one");
}
