//! Users in the panel.

use domain::user::Role;

use crate::site::Site;

fn edit(site: &Site, name: &str) -> String {
    format!("/admin/users/{}", site.user(name).id.0)
}

#[actix_web::test]
async fn a_new_user_lands_on_their_form_and_signs_in() {
    let site = Site::new();
    let fields = [
        ("name", "zoë"),
        ("role", "reader"),
        ("active", "on"),
        ("password", "a long sentence"),
        ("password_again", "a long sentence"),
    ];
    let made = site.root().submit("/admin/users/new", "/admin/users", &fields).await.is(303);
    assert_eq!(made.header("location"), format!("{}?done=created&", edit(&site, "zoë")).trim_end_matches('&'));
    site.root().get(made.header("location")).await.is(200).has("value=\"zoë\"").has("Created.");
    site.signed_in("zoë", "a long sentence").get("/secret").await.is(200);
}

#[actix_web::test]
async fn a_generated_password_is_shown_once_and_works() {
    let site = Site::new();
    let fields = [("name", "max"), ("role", "editor"), ("active", "on"), ("by", "generated")];
    let shown = site.root().submit("/admin/users/new", "/admin/users", &fields).await.is(200);
    let from = shown.body.find("class=\"secret\">").unwrap() + 15;
    let password = shown.body[from..from + 23].to_owned();
    site.signed_in("max", &password).get("/admin/").await.is(200);
    site.root().get(&edit(&site, "max")).await.is(200).lacks(&password);
    site.root().get("/admin/audit").await.lacks(&password).lacks("$2b$");
}

#[actix_web::test]
async fn t20_t22_t24_case_6_7_names_and_passwords_are_checked_at_their_fields() {
    let site = Site::new();
    let check = async |name: &str, role: &str, password: &str, message: &str| {
        let fields =
            [("name", name), ("role", role), ("active", "on"), ("password", password), ("password_again", password)];
        let refused = site.root().submit("/admin/users/new", "/admin/users", &fields).await.is(422);
        if !password.is_empty() {
            assert!(!refused.body.contains(&format!("value=\"{password}\"")));
        }
        refused.has(message);
    };
    check("a:b", "reader", "a long sentence", "No colons in user names").await;
    check("", "reader", "a long sentence", "A user needs a name").await;
    check("ann", "reader", "a long sentence", "There is a user ann already").await;
    check("new", "king", "a long sentence", "A role is reader, editor or admin").await;
    check("new", "reader", "short", "Too short: use at least 8 characters").await;
    check("new", "reader", &"a".repeat(73), "At most 72 bytes; this has 73").await;
    check("new", "reader", "password", "most common").await;
    check("longenough", "reader", "LongEnough", "cannot be the user").await;
    check("new", "reader", "bell\u{7}bell", "control characters").await;
}

#[actix_web::test]
async fn case_24_fields_that_are_not_in_the_form_are_ignored() {
    let site = Site::new();
    let form = edit(&site, "ann");
    let version = site.root().get(&form).await.value_of("version");
    let fields = [
        ("name", "ann"),
        ("role", "reader"),
        ("active", "on"),
        ("version", version.as_str()),
        ("password_hash", "x"),
        ("id", "1"),
        ("password", "something else"),
    ];
    site.root().submit(&form, &form, &fields).await.is(303);
    site.ann().get("/secret").await.is(200);
}

#[actix_web::test]
async fn a_user_is_disabled_renamed_and_given_a_role_at_once() {
    let site = Site::new();
    let form = edit(&site, "ann");
    let version = site.root().get(&form).await.value_of("version");
    let fields = [("name", "anna"), ("role", "editor"), ("active", "on"), ("version", version.as_str())];
    site.root().submit(&form, &form, &fields).await.is(303);
    site.ann().get("/secret").await.is(401);
    site.signed_in("anna", "open sesame").get("/admin/").await.is(200);
    let stale = [("name", "anna"), ("role", "reader"), ("version", version.as_str())];
    site.root().submit(&form, &form, &stale).await.is(409).has("while you were editing");
    site.root().get("/admin/audit?name=anna").await.has("role “reader” → “editor”");
}

#[actix_web::test]
async fn case_23_50_the_last_administrator_stays() {
    let site = Site::new();
    let form = edit(&site, "root");
    let version = site.root().get(&form).await.value_of("version");
    for (role, active) in [("editor", "on"), ("admin", "")] {
        let fields =
            [("name", "root"), ("role", role), ("active", active), ("version", version.as_str()), ("disables", "on")];
        site.root().submit(&form, &form, &fields).await.is(409).has("without an active administrator");
    }
    let delete = format!("{form}/delete");
    site.root().submit(&delete, &delete, &[]).await.is(409);
    let id = site.user("root").id.0.to_string();
    for action in ["disable", "delete"] {
        let fields = [("action", action), ("id", id.as_str()), ("confirm", "yes")];
        site.root().submit("/admin/users", "/admin/users/actions", &fields).await.is(409);
    }
    assert_eq!((site.user("root").role, site.user("root").active), (Role::Admin, true));
}

#[actix_web::test]
async fn setting_a_password_invalidates_the_old_one() {
    let site = Site::new();
    let form = format!("{}/password", edit(&site, "ann"));
    let wrong = [("password", "a long sentence"), ("password_again", "another sentence")];
    site.root().submit(&form, &form, &wrong).await.is(422).has("differ").lacks("a long sentence");
    let fields = [("password", "a long sentence"), ("password_again", "a long sentence")];
    site.root().submit(&form, &form, &fields).await.is(303);
    site.ann().get("/secret").await.is(401);
    site.signed_in("ann", "a long sentence").get("/secret").await.is(200);
    site.root().submit(&form, &form, &[("by", "generated")]).await.is(200).has("shown only once");
}

#[actix_web::test]
async fn the_answer_that_shows_a_password_sets_no_other_one_when_it_is_reloaded() {
    let site = Site::new();
    let form = format!("{}/password", edit(&site, "ann"));
    let page = site.root().get(&form).await;
    let (version, token) = (page.value_of("version"), page.value_of("form_token"));
    let fields = [("by", "generated"), ("version", &*version), ("form_token", &*token)];
    site.root().post(&form, &fields).await.is(200).has("shown only once");
    let set = site.user("ann").password_hash;
    site.root().post(&form, &fields).await.is(409).has("The password was not set again");
    assert_eq!(site.user("ann").password_hash, set);
}

#[actix_web::test]
async fn many_users_are_disabled_and_deleted_after_a_confirmation() {
    let site = Site::new();
    let (ann, eve) = (site.user("ann").id.0.to_string(), site.user("eve").id.0.to_string());
    let fields = |action| vec![("action", action), ("id", ann.as_str()), ("id", eve.as_str())];
    site.root().submit("/admin/users", "/admin/users/actions", &fields("disable")).await.is(200).has("ann").has("eve");
    let mut confirmed = fields("disable");
    confirmed.push(("confirm", "yes"));
    site.root().submit("/admin/users", "/admin/users/actions", &confirmed).await.is(303);
    site.eve().get("/admin/").await.is(401);
    let mut confirmed = fields("delete");
    confirmed.push(("confirm", "yes"));
    site.root().submit("/admin/users", "/admin/users/actions", &confirmed).await.is(303);
    site.root().get("/admin/users").await.is(200).lacks(">ann<").has("1–2 of 2 users");
    site.root().get("/admin/audit?name=ann&action=deleted").await.has("ann");
}

#[actix_web::test]
async fn case_27_no_hash_and_no_password_is_on_any_page_of_the_panel() {
    let site = Site::new();
    for uri in ["/admin/users", "/admin/audit", "/admin/", &edit(&site, "ann"), "/account"] {
        site.root().get(uri).await.is(200).lacks("$2b$").lacks("open sesame");
    }
}
