//! Links with which people set their own password, accounts without a password, and accounts that end.

use std::time::{Duration, Instant};

use actix_web::http::Method;
use chrono::TimeDelta;
use domain::user::{Role, UserContent};
use futures_util::future::join;
use store::writing::invitations::{Known, make};
use web::{auth::secret::Secret, clock};

use crate::{
    both::on_both,
    site::{Response, Site, name},
};

/// Makes a link for a user; its path.
pub fn link(site: &Site, who: &str) -> String {
    let secret = Secret::random().unwrap();
    let user = site.user(who).id;
    site.write(|conn, admin| make(conn, admin, user, Known::Any, &secret.hash(), clock::now()));
    format!("/join/{}", secret.reveal())
}

const NEW: [(&str, &str); 2] = [("password", "a long sentence"), ("password_again", "a long sentence")];

#[track_caller]
fn check_headers(response: &Response, path: &str) {
    assert_eq!(response.header("cache-control"), "no-store");
    assert!(response.header("x-robots-tag").contains("noindex"));
    assert_eq!(response.headers.get_all("referrer-policy").count(), 1);
    assert_eq!(response.header("referrer-policy"), "no-referrer");
    let secret = path.strip_prefix("/join/").unwrap();
    assert!(!response.body.contains(secret), "{}", response.body);
    for (name, value) in &response.headers {
        assert!(!value.to_str().unwrap().contains(secret), "{name}");
    }
}

#[actix_web::test]
async fn t60_a_link_survives_scanners_sets_a_password_once_and_is_then_gone() {
    on_both(async |site| {
        let path = link(site, "ann");
        let visitor = site.visitor().browser();
        let verified = site.verified();
        for _ in 0..3 {
            let form = visitor
                .get(&path)
                .await
                .is(200)
                .has("Choose a password for <bdi>ann</bdi>")
                .has("This link works once");
            check_headers(&form, &path);
            check_headers(&visitor.send(Method::HEAD, &path, None).await.is(200), &path);
            check_headers(&visitor.post(&path, &[]).await.is(422).has("A password cannot be empty"), &path);
        }
        let short = [("password", "short"), ("password_again", "other")];
        visitor.post(&path, &short).await.is(422).has("Too short").has("differ").lacks("value=\"short\"");
        visitor
            .post(&path, &[("password", "password"), ("password_again", "password")])
            .await
            .is(422)
            .has("most common");
        visitor.send(Method::DELETE, &path, None).await.is(405);
        site.ann().get("/secret").await.is(200);

        let done = visitor.post(&path, &NEW).await.is(303);
        assert_eq!(done.header("location"), "/login?next=/");
        check_headers(&done, &path);
        site.ann().get("/secret").await.is(401);
        site.signed_in("ann", "a long sentence").get("/secret").await.is(200);
        for response in [visitor.get(&path).await, visitor.post(&path, &NEW).await, visitor.post(&path, &[]).await] {
            let gone = response.is(410).has("This link no longer works").has("Ask whoever sent it").lacks("ann");
            check_headers(&gone, &path);
        }
        check_headers(&visitor.send(Method::HEAD, &path, None).await.is(410), &path);
        assert!(site.verified() <= verified + 3, "only sign-ins are verified");
        site.root().get("/admin/audit?name=ann").await.has("with a link made by");
    })
    .await;
}

#[actix_web::test]
async fn t60_an_unknown_secret_gets_the_page_of_every_unknown_address_and_no_verification() {
    on_both(async |site| {
        let visitor = site.visitor().browser();
        let nowhere = visitor.get("/nope").await.is(404);
        let verified = site.verified();
        let unknown = format!("/join/{}", "A".repeat(30));
        for path in [unknown.as_str(), "/join/x", "/join/", "/join", "/join/%00", "/join/a/b", &format!("{unknown}/")] {
            for method in [Method::GET, Method::POST] {
                let body = (method == Method::POST).then(|| serde_html_form::to_string(NEW).unwrap());
                let answer = visitor.send(method, path, body).await.is(404);
                assert_eq!(answer.body, nowhere.body, "{path}");
            }
        }
        assert_eq!(site.verified(), verified);
        let robots = site.visitor().get("/robots.txt").await;
        robots.has("Disallow: /join\n");
    })
    .await;
}

#[actix_web::test]
async fn t60_t53_a_form_of_another_site_is_refused_and_an_own_one_without_a_referrer_is_accepted() {
    on_both(async |site| {
        let path = link(site, "ann");
        for (header, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "http://evil.test"),
            ("origin", "http://site.test.evil"),
        ] {
            let refused = site.visitor().with(header, value).post(&path, &NEW).await.is(403);
            check_headers(&refused, &path);
        }
        let cross = site.visitor().with("origin", "null").with("sec-fetch-site", "cross-site");
        cross.post(&path, &NEW).await.is(403);
        site.ann().get("/secret").await.is(200);
        let own = site.visitor().with("origin", "null").with("sec-fetch-site", "same-origin");
        own.post(&path, &NEW).await.is(303);
        // A browser from before 2023 sends only one of the headers.
        site.visitor().with("origin", "null").post(&link(site, "ann"), &NEW).await.is(303);
    })
    .await;
}

#[actix_web::test]
async fn t60_of_two_forms_at_once_one_sets_the_password() {
    on_both(async |site| {
        let path = link(site, "ann");
        let other = [("password", "another sentence"), ("password_again", "another sentence")];
        let visitor = site.visitor();
        let (first, second) = join(visitor.post(&path, &NEW), visitor.post(&path, &other)).await;
        let mut statuses = [first.status.as_u16(), second.status.as_u16()];
        let (winner, loser) = if statuses[0] == 303 {
            ("a long sentence", "another sentence")
        } else {
            ("another sentence", "a long sentence")
        };
        statuses.sort();
        assert_eq!(statuses, [303, 410]);
        site.signed_in("ann", winner).get("/secret").await.is(200);
        site.signed_in("ann", loser).get("/secret").await.is(401);
    })
    .await;
}

#[actix_web::test]
async fn t60_a_link_that_another_process_ended_is_refused_with_the_next_request() {
    on_both(async |site| {
        let there = site.instance();
        let ann = site.user("ann").id;
        type End = fn(&Site, domain::user::UserId);
        let ends: [End; 4] = [
            |there, _| drop(link(there, "ann")),
            |there, ann| {
                there.write(|conn, admin| store::writing::invitations::revoke(conn, admin, ann, clock::now()));
            },
            |there, ann| {
                there.write(|conn, admin| store::writing::users::set_active(conn, admin, &[ann], false, clock::now()));
                there.write(|conn, admin| store::writing::users::set_active(conn, admin, &[ann], true, clock::now()));
            },
            |there, ann| {
                let past = clock::now() - TimeDelta::seconds(1);
                there
                    .write(|conn, admin| store::writing::users::set_end(conn, admin, &[ann], Some(past), clock::now()));
            },
        ];
        for end in ends {
            let path = link(site, "ann");
            site.visitor().get(&path).await.is(200);
            end(&there, ann);
            site.visitor().get(&path).await.is(410);
            site.visitor().post(&path, &NEW).await.is(410);
        }
        site.write(|conn, admin| store::writing::users::set_end(conn, admin, &[ann], None, clock::now()));
        let path = link(site, "ann");
        there.write(|conn, admin| store::writing::users::delete(conn, admin, &[ann], clock::now()));
        site.visitor().get(&path).await.is(404);
    })
    .await;
}

#[actix_web::test]
async fn t5_t49_somebody_without_a_password_is_refused_as_with_a_wrong_one() {
    on_both(async |site| {
        let none = domain::password::PasswordHash::none();
        let content = UserContent::new(name("new"), Role::Reader);
        site.write(|conn, admin| store::writing::users::insert(conn, admin, &content, &none, clock::now()));
        for browser in [site.visitor(), site.visitor().browser()] {
            let basic = |who: &str, password: &str| crate::site::basic(format!("{who}:{password}"));
            let wrong = browser.with("authorization", basic("ann", "not this one")).get("/secret").await.is(401);
            for password in ["not this one", "x"] {
                let before = site.verified();
                let refused = browser.with("authorization", basic("new", password)).get("/secret").await;
                assert_eq!(refused.fingerprint(), wrong.fingerprint());
                assert!(site.verified() <= before + 1);
            }
        }
        let verified = site.verified();
        site.signed_in("new", "yet another").get("/secret").await.is(401);
        assert_eq!(site.verified(), verified + 1, "one verification, as for every name");
        site.visitor().post(&link(site, "new"), &NEW).await.is(303);
        site.signed_in("new", "a long sentence").get("/secret").await.is(200);
    })
    .await;
}

#[actix_web::test]
async fn t61_an_account_ends_at_its_second_with_no_write_and_no_job() {
    on_both(async |site| {
        for _ in 0..2 {
            site.ann().get("/secret").await.is(200);
        }
        let end = clock::now() + TimeDelta::milliseconds(1500);
        let ann = site.user("ann").id;
        site.write(|conn, admin| store::writing::users::set_end(conn, admin, &[ann], Some(end), clock::now()));
        let begun = Instant::now();
        loop {
            let before = clock::now();
            let status = site.ann().get("/secret").await.status.as_u16();
            let after = clock::now();
            match status {
                200 => assert!(before < end),
                401 => {
                    assert!(after >= end);
                    break;
                }
                other => panic!("{other}"),
            }
            assert!(begun.elapsed() < Duration::from_secs(20));
        }
        let unknown = site.signed_in("nobody", "open sesame").get("/secret").await.fingerprint();
        assert_eq!(site.ann().get("/secret").await.fingerprint(), unknown);
        // On a public page, where only proven credentials count, too.
        site.ann().get("/hello").await.is(200).lacks("/signed-in.css");
        site.write(|conn, admin| store::writing::users::set_end(conn, admin, &[ann], None, clock::now()));
        site.ann().get("/secret").await.is(200);
    })
    .await;
}

/// The links on a sheet, as paths.
fn links(sheet: &str) -> Vec<String> {
    let links = sheet.split("class=\"secret\">http://site.test").skip(1);
    links.map(|rest| rest[..rest.find('<').unwrap()].to_owned()).collect()
}

#[actix_web::test]
async fn a_new_user_gets_a_link_in_place_of_a_password() {
    on_both(async |site| {
        let root = site.root();
        root.get("/admin/users/new").await.is(200).has("value=\"link\" checked");
        let verified = site.verified();
        for then in ["save", "another"] {
            let who = format!("new-{then}");
            let fields = [("name", &*who), ("role", "reader"), ("active", "on"), ("by", "link"), ("then", then)];
            let sheet = root.submit("/admin/users/new", "/admin/users", &fields).await.is(200).has("shown only once");
            assert_eq!(sheet.header("cache-control"), "no-store");
            let links = links(&sheet.body);
            assert_eq!(links.len(), 1, "{}", sheet.body);
            let form = format!("/admin/users/{}", site.user(&who).id.0);
            root.get(&form)
                .await
                .is(200)
                .has("No password yet.")
                .has("A link to set a password, made")
                .lacks(&links[0]);
            site.visitor().post(&links[0], &NEW).await.is(303);
            site.signed_in(&who, "a long sentence").get("/secret").await.is(200);
            root.get(&form).await.is(200).lacks("No password yet.").has("Make a link");
        }
        assert!(site.verified() <= verified + 3, "a link costs no bcrypt before it is used");
    })
    .await;
}

#[actix_web::test]
async fn a_link_is_made_on_the_users_page_and_the_same_form_makes_no_other_one() {
    on_both(async |site| {
        let root = site.root();
        let form = format!("/admin/users/{}", site.user("ann").id.0);
        let make = format!("{form}/link");
        let page = root.get(&form).await.is(200);
        let (known, token) = (page.value_of("known"), page.value_of("form_token"));
        let fields = [("known", &*known), ("form_token", &*token)];
        let first = links(&root.post(&make, &fields).await.is(200).has("Link for ann").body).remove(0);
        root.post(&make, &fields).await.is(409).has("No other link was made");
        site.visitor().get(&first).await.is(200);
        let known = root.get(&form).await.has("Make another link").value_of("known");
        let second = links(&root.submit(&form, &make, &[("known", &known)]).await.is(200).body).remove(0);
        site.visitor().get(&first).await.is(410);
        site.visitor().get(&second).await.is(200);
        root.submit(&form, &make, &[("end", "on")]).await.is(303);
        site.visitor().get(&second).await.is(410);
        root.get(&form).await.is(200).lacks("works until");
        site.ann().get("/secret").await.is(200);
        // Nobody makes a link for somebody who cannot sign in.
        let dan = format!("/admin/users/{}", site.user("dan").id.0);
        root.get(&dan).await.is(200).lacks("Make a link");
        root.submit(&dan, &format!("{dan}/link"), &[]).await.is(422).has("could not use a link");
        site.eve().post(&make, &[]).await.is(403);
    })
    .await;
}

#[actix_web::test]
async fn many_users_get_a_table_of_names_and_links() {
    const MANY: &str = "/admin/users/add-many";
    on_both(async |site| {
        site.root().get(MANY).await.is(200).has("value=\"link\" checked");
        let fields = [("names", "+kim\nmax\n-mia"), ("role", "reader"), ("by", "link")];
        let sheet = site.root().submit(MANY, MANY, &fields).await.is(200).has("3 new users").has("name,link\n");
        let links = links(&sheet.body);
        assert_eq!(links.len(), 3);
        let sheet = sheet.has(&format!("\nmax,http://site.test{}\n", links[1]));
        sheet.has(&format!("\n&#x27;+kim,http://site.test{}\n", links[0]).replace("\n&#x27;", "&#39;"));
        for (who, link) in ["+kim", "max", "-mia"].iter().zip(&links) {
            site.visitor().post(link, &NEW).await.is(303);
            site.signed_in(who, "a long sentence").get("/secret").await.is(200);
        }
    })
    .await;
}

#[actix_web::test]
async fn an_address_beside_a_name_is_kept_as_a_note_and_is_in_the_table() {
    const MANY: &str = "/admin/users/add-many";
    on_both(async |site| {
        let wrong = "kim <kim@example.org>\nmax, lee\nMia Moe <mia@example.org>";
        let fields = [("names", wrong), ("role", "reader"), ("by", "link")];
        let refused = site.root().submit(MANY, MANY, &fields).await.is(422).has("2 lines have to be changed");
        let refused = refused.has("Line 2, “<bdi>max, lee</bdi>”: After the name comes one address").has("No spaces");
        refused.has("kim &lt;kim@example.org&gt;\nmax, lee\nMia Moe &lt;mia@example.org&gt;");
        let fields =
            [("names", "kim <kim@example.org>\nmax, max@example.org\nmia"), ("role", "reader"), ("by", "link")];
        let sheet = site.root().submit(MANY, MANY, &fields).await.is(200).has("name,link,note\n");
        let links = links(&sheet.body);
        let sheet = sheet.has(&format!("kim,http://site.test{},kim@example.org\n", links[0]));
        sheet.has(&format!("max,http://site.test{},max@example.org\nmia,http://site.test{},", links[1], links[2]));
        assert_eq!(site.user("kim").note, "kim@example.org");
        let form = format!("/admin/users/{}", site.user("kim").id.0);
        let page = site.root().get(&form).await.is(200).has("value=\"kim@example.org\"");
        let version = page.value_of("version");
        let mut fields = vec![("name", "kim"), ("role", "reader"), ("active", "on"), ("version", version.as_str())];
        fields.push(("note", "Kim of Acme, kim@acme.example"));
        site.root().submit(&form, &form, &fields).await.is(303);
        let list = site.root().get("/admin/users?q=ACME").await.is(200).has("1–1 of 1 users");
        list.has("Kim of Acme, kim@acme.example");
        site.root().get("/admin/audit?name=kim").await.lacks("acme.example").has("note");
        fields.pop();
        let version = site.user("kim").version.0.to_string();
        fields[3] = ("version", version.as_str());
        let long = "x".repeat(201);
        fields.push(("note", long.as_str()));
        site.root().submit(&form, &form, &fields).await.is(422).has("At most 200 characters").has(&long);
        // Its user does not see it.
        site.visitor().post(&links[0], &NEW).await.is(303);
        site.signed_in("kim", "a long sentence").get("/account").await.is(200).lacks("acme");
    })
    .await;
}

#[actix_web::test]
async fn the_contact_line_is_shown_where_a_password_is_missing() {
    on_both(async |site| {
        let root = site.root();
        root.get("/account").await.is(200).lacks("class=\"contact\"");
        let version = root.get("/admin/site").await.value_of("version");
        let fields = [
            ("title", "Site"),
            ("language", "en"),
            ("realm", "Site"),
            ("contact", "Ask *Kim* in room 7."),
            ("version", version.as_str()),
        ];
        root.submit("/admin/site", "/admin/site", &fields).await.is(303);
        site.ann().get("/account").await.is(200).has("Current password forgotten?").has("Ask <em>Kim</em> in room 7.");
        let path = link(site, "ann");
        site.visitor().post(&path, &NEW).await.is(303);
        for answer in
            [site.visitor().browser().get("/secret").await.is(401), site.visitor().browser().get(&path).await.is(410)]
        {
            answer.has("Ask <em>Kim</em> in room 7.");
        }
    })
    .await;
}
