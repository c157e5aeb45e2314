//! App passwords: the pages that a program can open with one, and when it no longer can.

use actix_web::http::Method;
use chrono::TimeDelta;
use diesel::{RunQueryDsl, sql_query};
use domain::{
    app_password::{AppPasswordContent, AppPasswordName},
    page::{PageInput, PagePath},
    user::Role,
};
use store::writing::{
    app_passwords::{Ended, end_for, make_for},
    users,
};
use web::{auth::secret::Secret, clock};

use crate::{
    both::on_both,
    site::{Actor, Site, chosen, draft, name, public, signed_in},
};

/// Makes an app password outside of the running instance, and returns its secret.
pub fn made(site: &Site, owner: &str, below: Option<&str>) -> String {
    let (secret, owner) = (Secret::random_app_password().unwrap(), site.user(owner));
    let content = AppPasswordContent {
        name: AppPasswordName::parse(&format!("for {}", below.unwrap_or("all"))).unwrap(),
        below: below.map(|path| PagePath::parse(path).unwrap()),
        ends_at: Some(clock::now() + TimeDelta::days(90)),
    };
    site.write(|conn, admin| make_for(conn, admin, &owner, &content, &secret.hash(), clock::now()));
    secret.reveal().to_owned()
}

/// A program of a user.
fn program<'a>(site: &'a Site, owner: &str, below: Option<&str>) -> Actor<'a> {
    site.signed_in(owner, &made(site, owner, below))
}

fn sql(site: &Site, statement: &str) {
    site.write(|conn, _| Ok(sql_query(statement).execute(conn)?));
}

fn end_all(site: &Site, owner: &str) {
    let owner = site.user(owner);
    site.write(|conn, admin| end_for(conn, admin, &owner, Ended::All, clock::now()));
}

fn new_secret() -> String {
    Secret::random_app_password().unwrap().reveal().to_owned()
}

#[actix_web::test]
async fn an_app_password_opens_what_its_owner_reads_and_runs_no_bcrypt() {
    on_both(async |site| {
        site.put(PageInput { audience: chosen("eve", &[]), ..draft("plans", "Plans") });
        let secret = made(site, "ann", None);
        let ann = site.signed_in("ann", &secret);
        for _ in 0..3 {
            ann.get("/secret").await.is(200).has("under the oak");
            ann.get("/plans").await.is(403);
            ann.get("/hello").await.is(200);
            ann.get("/nope").await.is(404);
        }
        site.signed_in("eve", &secret).get("/secret").await.is(401);
        site.signed_in("nobody", &secret).get("/secret").await.is(401);
        site.signed_in("ann", &new_secret()).get("/secret").await.is(401);
        assert_eq!(site.verified(), 0);
        // Its use is not a sign-in of its owner.
        assert_eq!(site.user("ann").last_sign_in_at, None);
    })
    .await;
}

#[actix_web::test]
async fn t5_every_refused_app_password_gets_the_bytes_of_a_wrong_password() {
    on_both(async |site| {
        let wrong = site.signed_in("ann", "wrong").get("/secret").await.is(401).fingerprint();
        let ended = made(site, "ann", None);
        end_all(site, "ann");
        let [over, own] = [made(site, "ann", Some("a")), made(site, "eve", None)];
        sql(site, "UPDATE app_passwords SET ends_at = made_at WHERE below = 'a'");
        let disabled = made(site, "dan", None);
        let before = site.verified();
        let longer = format!("{own}a");
        for (who, secret) in [
            ("ann", "ptn_"),
            ("ann", "ptn_not an app password"),
            ("ann", &own[..39]),
            ("ann", &longer),
            ("ann", &new_secret()),
            ("nobody", &new_secret()),
            ("ann", &ended),
            ("ann", &over),
            ("ann", &own),
            ("dan", &disabled),
        ] {
            for again in [false, true] {
                let answer = site.signed_in(who, secret).get("/secret").await;
                assert_eq!(answer.fingerprint(), wrong, "{who} {secret}, again: {again}");
            }
        }
        assert_eq!(site.verified(), before);
    })
    .await;
}

#[actix_web::test]
async fn an_app_password_opens_no_panel_and_no_account_and_submits_no_form() {
    on_both(async |site| {
        for owner in ["ann", "eve", "root"] {
            let program = program(site, owner, None);
            for uri in ["/admin", "/admin/", "/admin/pages", "/admin/users", "/admin/nope", "/account", "/account/nope"]
            {
                program.get(uri).await.is(403).has("An app password opens pages, not the panel.");
            }
            let token = match owner {
                "ann" => site.ann(),
                "eve" => site.eve(),
                _ => site.root(),
            };
            let token = token.get("/account").await.value_of("form_token");
            for uri in ["/account", "/account/theme", "/admin/preview", "/admin/pages"] {
                let fields = [("form_token", token.as_str()), ("theme", "dark"), ("body", "x")];
                program.post(uri, &fields).await.is(403).has("An app password opens pages, not the panel.");
            }
            for uri in ["/", "/hello", "/secret", "/search?q=oak"] {
                program.get(uri).await.is(200).lacks("form_token").lacks("/admin/");
            }
            program.send(Method::POST, "/secret", Some(String::new())).await.is(405);
        }
        assert_eq!(site.user("ann").theme.as_str(), "system");
    })
    .await;
}

#[actix_web::test]
async fn the_app_password_of_an_editor_reads_every_published_page_and_no_other() {
    on_both(async |site| {
        site.put(PageInput { audience: chosen("ann", &[]), body: "For ann.".into(), ..draft("for-ann", "For ann") });
        site.put(PageInput { published: "2999-11-30T09:00".into(), ..draft("later", "Later") });
        let fields = [("title", "Drafted"), ("path", "/drafted")];
        site.eve().submit("/admin/pages/new", "/admin/drafts", &fields).await.is(200);
        for owner in ["eve", "root"] {
            let program = program(site, owner, None);
            for _ in 0..2 {
                program.get("/for-ann").await.is(200).has("For ann.").lacks("/admin/");
                program.get("/later").await.is(404);
                program.get("/drafted").await.is(404);
                program.get("/drafted/plan.jpg").await.is(404);
            }
            program.get("/admin/view-as/user/ann/for-ann").await.is(403);
        }
        site.eve().get("/later").await.is(200);
        site.eve().get("/drafted").await.is(200);
    })
    .await;
}

/// Adds private pages within and outside of `/clients`.
fn divide(site: &Site, hides_pages: bool) {
    if hides_pages {
        sql(site, "UPDATE site SET hides_pages = TRUE");
    }
    let body = |text: &str| format!("{text} oak. [Link](/notes)");
    for (path, title) in [
        ("clients", "Our clients"),
        ("clients/acme", "Acme"),
        ("clients/acme/brief", "The brief"),
        ("notes", "Noted things"),
        ("notes/day", "A noted day"),
        ("clients-old", "Former ones"),
    ] {
        site.put(PageInput { audience: signed_in(), body: body(path), ..draft(path, title) });
    }
    site.put(PageInput { audience: public(), list_below: true, ..draft("notes/open", "Open notes") });
}

#[actix_web::test]
async fn an_app_password_with_a_path_is_nobody_outside_of_it() {
    on_both(async |site| {
        divide(site, false);
        for owner in ["ann", "eve"] {
            let [limited, all] = [Some("clients"), None].map(|below| program(site, owner, below));
            for _ in 0..2 {
                for (uri, title) in
                    [("/clients", "Our clients"), ("/clients/acme", "Acme"), ("/clients/acme/brief", "The brief")]
                {
                    all.get(uri).await.is(200).has(title);
                    limited.get(uri).await.is(200).has(title);
                }
                for uri in ["/notes", "/notes/day", "/clients-old", "/secret"] {
                    all.get(uri).await.is(200);
                    limited.get(uri).await.is(403).has("limited to a part of the site");
                    limited.get(&format!("{uri}/plan.jpg")).await.is(403);
                    limited.get(&format!("{uri}/feed.xml")).await.is(403);
                }
                limited.get("/hello").await.is(200);
                limited.get("/notes/open").await.is(200).lacks("Noted things").lacks("noted day");
                for uri in ["/", "/sitemap", "/search?q=oak", "/feed.xml", "/sitemap.xml", "/clients", "/clients/acme"]
                {
                    let answer = limited.get(uri).await.is(200);
                    answer.lacks("Noted things").lacks("noted day").lacks("Former ones").lacks("treasure");
                }
                limited.get("/sitemap").await.has("The brief");
                limited.get("/search?q=oak").await.has("The brief");
                all.get("/").await.is(200).has("noted day").has("Former ones").has("The brief");
                all.get("/search?q=oak").await.has("noted day");
            }
            // Without a page at its path, and with a page at its path that has no subpages.
            let odd = program(site, owner, Some("clients/acme/brief"));
            odd.get("/clients/acme/brief").await.is(200).lacks("Our clients");
            odd.get("/clients").await.is(403);
            odd.get("/clients/acme").await.is(403);
            odd.get("/").await.is(200).has("The brief").lacks("Our clients");
        }
    })
    .await;
}

#[actix_web::test]
async fn an_app_password_with_a_path_finds_no_page_elsewhere_where_pages_are_hidden() {
    on_both(async |site| {
        divide(site, true);
        let limited = program(site, "ann", Some("clients"));
        for _ in 0..2 {
            limited.get("/clients/acme").await.is(200);
            let nothing = limited.get("/nope").await.is(404).fingerprint();
            for uri in ["/notes/day", "/clients-old", "/secret"] {
                assert_eq!(limited.get(uri).await.fingerprint(), nothing, "{uri}");
            }
        }
    })
    .await;
}

#[actix_web::test]
async fn t48_an_app_password_ends_with_the_next_request_whatever_ends_it() {
    let endings: [fn(&Site); 7] = [
        |site| end_all(site, "ann"),
        |site| sql(site, "UPDATE app_passwords SET ends_at = made_at"),
        |site| sql(site, "DELETE FROM app_passwords"),
        |site| sql(site, "UPDATE users SET active = FALSE WHERE name = 'ann'"),
        |site| sql(site, "UPDATE users SET name = 'anna' WHERE name = 'ann'"),
        |site| sql(site, "UPDATE app_passwords SET user_id = (SELECT id FROM users WHERE name = 'eve')"),
        |site| {
            let ann = site.user("ann");
            site.write(|conn, admin| users::delete(conn, admin, &[ann.id], clock::now()));
        },
    ];
    for (n, end) in endings.into_iter().enumerate() {
        on_both(async |site| {
            let program = program(site, "ann", None);
            for _ in 0..2 {
                program.get("/secret").await.is(200);
                program.get("/secret/feed.xml").await;
            }
            end(site);
            let refused = program.get("/secret").await;
            assert_eq!(refused.status, 401, "ending {n}");
            program.get("/").await.is(200).lacks("Secret");
        })
        .await;
    }
}

#[actix_web::test]
async fn t48_a_change_of_the_owner_or_of_the_path_holds_at_the_next_request() {
    on_both(async |site| {
        divide(site, false);
        site.put(PageInput { audience: chosen("ann", &[]), ..draft("clients/none", "For nobody") });
        let program = program(site, "eve", Some("clients"));
        program.get("/clients/none").await.is(200);
        sql(site, "UPDATE users SET role = 'reader' WHERE name = 'eve'");
        program.get("/clients/none").await.is(403);
        program.get("/clients/acme").await.is(200);
        sql(site, "UPDATE app_passwords SET below = 'notes'");
        program.get("/clients/acme").await.is(403);
        program.get("/notes/day").await.is(200);
        // A password that changed is another credential.
        crate::sign_ins::set_password(site, "eve", "changed meanwhile");
        program.get("/notes/day").await.is(200);
    })
    .await;
}

#[actix_web::test]
async fn an_app_password_passes_when_its_end_comes_and_not_before() {
    on_both(async |site| {
        let program = program(site, "ann", None);
        program.get("/secret").await.is(200);
        let end = clock::now() + TimeDelta::milliseconds(1500);
        sql(site, &format!("UPDATE app_passwords SET ends_at = '{}'", end.format("%Y-%m-%d %H:%M:%S%.6f")));
        let mut served = 0;
        loop {
            let before = clock::now();
            let status = program.get("/secret").await.status.as_u16();
            let after = clock::now();
            match status {
                200 => assert!(before < end),
                _ => assert!(status == 401 && after >= end, "{status}"),
            }
            served += u32::from(status == 200);
            if after > end + TimeDelta::milliseconds(100) {
                break;
            }
        }
        assert!(served > 0);
    })
    .await;
}

#[actix_web::test]
async fn t52_guesses_at_app_passwords_wait_as_guesses_at_passwords_do() {
    on_both(async |site| {
        let (proven, unproven) = (program(site, "ann", None), made(site, "ann", Some("secret")));
        proven.get("/secret").await.is(200);
        for who in ["ann", "nobody"] {
            let mut refused = 0;
            for n in 0..40 {
                // Every second one has a wrong checksum.
                let mut guess = new_secret();
                if n % 2 == 0 {
                    guess.replace_range(39.., if guess.ends_with('x') { "y" } else { "x" });
                }
                let answer = site.signed_in(who, &guess).get("/secret").await;
                assert!(matches!(answer.status.as_u16(), 401 | 429), "{}", answer.status);
                refused += u32::from(answer.status == 429);
            }
            assert!(refused >= 20, "{who}: {refused}");
        }
        // More failures elsewhere, so that the wait does not end while this test runs.
        let last_at = clock::now() + TimeDelta::hours(1);
        site.write(|conn, _| {
            use store::writing::failed_sign_ins::{Tally, key, record};
            let (name, scope) = (key(conn)?.hash("ann"), "network 127.0.0.1".to_owned());
            record(conn, 1, &[Tally { name, scope, failures: 20, last_at }])
        });
        site.signed_in("ann", &unproven).get("/secret").await.is(429);
        site.signed_in("ann", "open sesame").get("/secret").await.is(429);
        proven.get("/secret").await.is(200);
        let elsewhere = site.signed_in("ann", &unproven).send_from("192.0.2.7", Method::GET, "/secret", None).await;
        elsewhere.is(200);
        assert_eq!(site.verified(), 0);
    })
    .await;
}

#[actix_web::test]
async fn t52_the_same_refused_app_password_again_counts_once() {
    on_both(async |site| {
        let (ended, unknown) = (made(site, "ann", None), new_secret());
        end_all(site, "ann");
        for secret in [ended.as_str(), unknown.as_str(), "ptn_malformed"] {
            for _ in 0..30 {
                site.signed_in("ann", secret).get("/secret").await.is(401);
            }
        }
        site.ann().get("/secret").await.is(200);
    })
    .await;
}

#[actix_web::test]
async fn a_stolen_app_password_does_not_help_to_guess_the_password() {
    on_both(async |site| {
        // Making one is a change of the account, which forgets earlier guesses.
        let program = program(site, "ann", None);
        for n in 0..3 {
            site.signed_in("ann", &format!("guess {n}")).get("/secret").await.is(401);
        }
        site.share().await;
        let guesses = || {
            let admin = domain::access::Admin::command_line();
            let read = |conn: &mut store::Conn| {
                let guesses = store::failed_sign_ins::of_account(conn, &admin, &name("ann"), clock::now())?;
                let places = store::sign_in_places::latest(conn, 10, clock::now())?;
                Ok((guesses.is_some(), places.len()))
            };
            site.store().read(read).unwrap()
        };
        assert_eq!(guesses(), (true, 0));
        program.get("/secret").await.is(200);
        site.share().await;
        assert_eq!(guesses(), (true, 0), "the app password takes back no failure and makes no place known");
        site.ann().get("/secret").await.is(200);
        site.share().await;
        assert!(!guesses().0);
    })
    .await;
}

#[actix_web::test]
async fn the_day_of_the_last_use_is_noted_once_a_day() {
    on_both(async |site| {
        let program = program(site, "ann", None);
        let used = || {
            let ann = site.user("ann");
            let admin = domain::access::Admin::command_line();
            let all = site.store().read(|conn| store::app_passwords::of_user(conn, &admin, ann.id)).unwrap();
            all[0].last_used_on
        };
        assert_eq!(used(), None);
        let today = clock::now().date_naive();
        program.get("/secret").await.is(200);
        while used().is_none() {
            actix_web::rt::task::yield_now().await;
        }
        assert!(used().unwrap() >= today);
        sql(site, "UPDATE app_passwords SET last_used_on = '2026-01-01'");
        for _ in 0..5 {
            program.get("/secret").await.is(200);
        }
        // A pending write would be done before this one.
        site.app.db.note(|_| Ok(())).await.unwrap();
        let kept = chrono::NaiveDate::from_ymd_opt(2026, 1, 1);
        assert!(used() == kept || clock::now().date_naive() > today, "{:?}", used());
    })
    .await;
}

#[actix_web::test]
async fn t39_a_proven_app_password_is_recognised_on_public_pages() {
    on_both(async |site| {
        let program = program(site, "ann", None);
        let stranger = site.visitor().get("/hello").await.fingerprint();
        assert_eq!(program.get("/hello").await.fingerprint(), stranger);
        program.get("/secret").await.is(200);
        program.browser().get("/hello").await.is(200).has("ann").lacks("form_token");
        end_all(site, "ann");
        assert_eq!(program.get("/hello").await.fingerprint(), stranger);
    })
    .await;
}

#[actix_web::test]
async fn what_a_user_and_their_app_passwords_see_is_never_mixed_up() {
    on_both(async |site| {
        divide(site, false);
        site.add_user("bob", Role::Reader, "open sesame");
        let limits = [None, Some("clients"), Some("notes"), Some("clients/acme")];
        let [all, clients, notes, acme] = limits.map(|below| program(site, "bob", below));
        let bob = site.signed_in("bob", "open sesame");
        for _ in 0..3 {
            for (actor, has_clients, has_acme, has_notes) in [
                (&bob, true, true, true),
                (&clients, true, true, false),
                (&notes, false, false, true),
                (&all, true, true, true),
                (&acme, false, true, false),
            ] {
                for uri in ["/", "/sitemap", "/search?q=oak"] {
                    let body = actor.get(uri).await.is(200).body;
                    let found = ["Our clients", ">Acme<", "noted day"].map(|title| body.contains(title));
                    assert_eq!(found, [has_clients, has_acme, has_notes], "{uri}");
                }
            }
        }
    })
    .await;
}

/// The secret on the page that shows it once.
fn shown(page: &str) -> &str {
    let at = page.find("ptn_").unwrap_or_else(|| panic!("no app password in {page}"));
    &page[at..at + 40]
}

#[actix_web::test]
async fn a_user_makes_and_ends_app_passwords_on_the_account_page() {
    on_both(async |site| {
        let ann = site.ann();
        let make = [("name", "weekly report"), ("below", ""), ("days", "90")];
        let made = ann.submit("/account", "/account/app-passwords", &make).await.is(200);
        assert_eq!(made.header("cache-control"), "no-store");
        let backup = shown(&made.body).to_owned();
        let program = site.signed_in("ann", &backup);
        program.get("/secret").await.is(200);
        let account = ann.get("/account").await.is(200).has("weekly report").lacks(&backup);
        account.has("End my app password, too");
        // The same form again, as when its answer is reloaded, makes none.
        ann.submit("/account", "/account/app-passwords", &make)
            .await
            .is(422)
            .has("You have an app password with this name.");
        for (fields, words) in [
            ([("name", " "), ("below", ""), ("days", "90")], "A name has 1 to"),
            ([("name", "x"), ("below", "/No way"), ("days", "90")], "That is not the path of a page"),
            ([("name", "x"), ("below", ""), ("days", "soon")], "Choose how long it is valid."),
        ] {
            ann.submit("/account", "/account/app-passwords", &fields).await.is(422).has(words).lacks("ptn_");
        }
        let limited = [("name", "<b>limited</b>"), ("below", "/notes"), ("days", "none")];
        let limited = ann.submit("/account", "/account/app-passwords", &limited).await.is(200);
        let limited = limited.has("/notes").has("without an end").lacks("<b>limited");
        let limited = shown(&limited.body).to_owned();
        site.signed_in("ann", &limited).get("/secret").await.is(403);

        // Nobody ends those of others.
        let page = ann.get("/account").await;
        let which = page.value_of("which");
        site.eve().submit("/account", "/account/app-passwords/end", &[("which", &which)]).await.is(303);
        site.signed_in("ann", &limited).get("/secret").await.is(403);
        ann.submit("/account", "/account/app-passwords/end", &[("which", &which)]).await.is(303);
        let ended = [&backup, &limited].map(|secret| site.signed_in("ann", secret));
        let mut refused = 0;
        for program in &ended {
            refused += u32::from(program.get("/secret").await.status == 401);
        }
        assert_eq!(refused, 1);
        ann.submit("/account", "/account/app-passwords/end", &[("which", "all")]).await.is(303);
        for program in &ended {
            program.get("/secret").await.is(401);
        }
        ann.submit("/account", "/account/app-passwords/end", &[("which", "x")]).await.is(404);
        ann.get("/account").await.lacks("weekly report").lacks("too</label>");
        let audit = site.root().get("/admin/audit").await.is(200);
        audit.has("app password “weekly report” made for all pages").has("ended").lacks("ptn_");
    })
    .await;
}

#[actix_web::test]
async fn a_new_password_of_ones_own_keeps_app_passwords_unless_the_box_is_ticked() {
    on_both(async |site| {
        let program = program(site, "ann", None);
        let change = |present, new, tick: bool| {
            let mut fields = vec![("present", present), ("password", new), ("password_again", new)];
            fields.extend(tick.then_some(("ends_app_passwords", "on")));
            fields
        };
        let fields = change("open sesame", "close sesame", false);
        site.ann().submit("/account", "/account", &fields).await.is(303);
        program.get("/secret").await.is(200);
        let ann = site.signed_in("ann", "close sesame");
        // A refused form ends nothing.
        ann.submit("/account", "/account", &change("wrong", "open again", true)).await.is(422);
        program.get("/secret").await.is(200);
        ann.submit("/account", "/account", &change("close sesame", "open again", true)).await.is(303);
        program.get("/secret").await.is(401);
    })
    .await;
}

#[actix_web::test]
async fn an_administrator_sees_and_ends_the_app_passwords_of_a_user() {
    on_both(async |site| {
        let root = site.root();
        let (one, two) = (made(site, "ann", None), made(site, "ann", Some("notes")));
        let user = format!("/admin/users/{}", site.user("ann").id.0);
        let action = format!("{user}/app-passwords");
        let page =
            root.get(&user).await.is(200).has("for all").has("/notes").has("End all app passwords").lacks("ptn_");
        root.get(&format!("/admin/users/{}", site.user("eve").id.0)).await.is(200).lacks("App passwords");
        let which = page.value_of("which");
        root.submit(&user, &action, &[("which", &which)]).await.is(303);
        let statuses = async || {
            let [one, two] = [&one, &two].map(|secret| site.signed_in("ann", secret));
            [one.get("/secret").await.status.as_u16(), two.get("/secret").await.status.as_u16()]
        };
        assert!(matches!(statuses().await, [401, 403] | [200, 401]), "{:?}", statuses().await);
        root.submit(&user, &action, &[("which", "all")]).await.is(303);
        assert_eq!(statuses().await, [401, 401]);
        root.submit(&user, &action, &[("which", "x")]).await.is(404);
    })
    .await;
}

#[actix_web::test]
async fn a_password_that_an_administrator_sets_ends_app_passwords_unless_the_box_is_cleared() {
    on_both(async |site| {
        let program = program(site, "ann", None);
        let form = format!("/admin/users/{}/password", site.user("ann").id.0);
        let page = site.root().get(&form).await.is(200).has("End the app password of ann");
        let at = page.body.find("name=\"ends_app_passwords\"").unwrap();
        assert!(page.body[at..at + 80].contains("checked"), "{}", &page.body[at..at + 80]);
        let version = page.value_of("version");
        let typed = [
            ("by", "typed"),
            ("password", "another one"),
            ("password_again", "another one"),
            ("version", version.as_str()),
        ];
        site.root().submit(&form, &form, &typed).await.is(303);
        program.get("/secret").await.is(200);
        let version = site.root().get(&form).await.value_of("version");
        let fields = [("by", "generated"), ("ends_app_passwords", "on"), ("version", version.as_str())];
        site.root().submit(&form, &form, &fields).await.is(200);
        program.get("/secret").await.is(401);
        site.root().get(&form).await.is(200).lacks("ends_app_passwords");
    })
    .await;
}

#[actix_web::test]
async fn what_an_app_password_opens_is_in_the_receipts_of_its_owner_and_not_in_those_of_an_editor() {
    on_both(async |site| {
        let page =
            site.put(PageInput { audience: chosen("ann", &[]), receipts: true, ..draft("contract", "Contract") });
        program(site, "eve", None).get("/contract").await.is(200);
        program(site, "ann", None).get("/contract").await.is(200);
        let opened = || {
            let admin = domain::access::Admin::command_line();
            let receipts = site.store().read(|conn| store::receipts::list(conn, admin.editor(), &page)).unwrap();
            let opened = receipts.into_iter().filter(|receipt| receipt.opened.is_some());
            opened.map(|receipt| receipt.name.to_string()).collect::<Vec<_>>()
        };
        while opened().is_empty() {
            actix_web::rt::task::yield_now().await;
        }
        assert_eq!(opened(), ["ann"]);
    })
    .await;
}

#[actix_web::test]
async fn t65_the_same_form_makes_one_app_password_also_after_that_has_ended() {
    on_both(async |site| {
        let ann = site.ann();
        let form = ann.get("/account").await.is(200).value_of("form");
        let fields = [("name", "backup"), ("below", ""), ("days", "30"), ("form", form.as_str())];
        let make = "/account/app-passwords";
        let secret = ann.submit("/account", make, &fields).await.is(200);
        let secret = shown(&secret.body).to_owned();
        for _ in 0..2 {
            let again = ann.submit("/account", make, &fields).await.is(409).has("This form was sent before");
            again.has("value=\"backup\"").lacks("ptn_");
            site.signed_in("ann", &secret).get("/secret").await.is(200);
        }
        ann.submit("/account", "/account/app-passwords/end", &[("which", "all")]).await.is(303);
        let again = ann.submit("/account", make, &fields).await.is(409);
        let other = again.value_of("form");
        let fields = [("name", "backup"), ("below", ""), ("days", "30"), ("form", other.as_str())];
        ann.submit("/account", make, &fields).await.is(200).has("ptn_");
    })
    .await;
}
