//! The cost of a sign-in, and to whom: tests count verifications instead of timing them.

use actix_web::http::Method;
use domain::{access::Admin, password::Password, user::Role};
use futures_util::future::join_all;
use web::{auth::verify::bcrypt_pool, clock, http::client::Origin};

use crate::site::{Response, Site, name};

/// Changes a password as another process would.
fn set_password(site: &Site, who: &str, password: &str) {
    let hash = bcrypt_pool::hash(&Password::parse(password).unwrap(), 4).unwrap();
    let id = site.user(who).id;
    site.write(|conn, admin| store::writing::users::set_password(conn, admin, id, &hash, clock::now()));
}

#[actix_web::test]
async fn t51_what_was_verified_is_not_verified_again() {
    let site = Site::new();
    for _ in 0..20 {
        site.ann().get("/secret").await.is(200);
    }
    assert_eq!(site.verified(), 1);
    site.eve().get("/admin/").await.is(200);
    site.eve().get("/secret").await.is(200);
    assert_eq!(site.verified(), 2);
    site.signed_in("ann", "open sesame!").get("/secret").await.is(401);
    assert_eq!(site.verified(), 3, "a proof is for one password");
}

#[actix_web::test]
async fn t51_64_first_requests_at_once_take_one_verification() {
    let site = Site::new();
    site.ann().get("/hello").await.is(200);
    while !site.app.db.cache().generations().is_fresh() {
        actix_web::rt::task::yield_now().await;
    }
    let ann = site.ann();
    let answers = join_all((0..64).map(|_| ann.get("/secret"))).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert_eq!(site.verified(), 1);
    let wrong = site.signed_in("eve", "wrong");
    let answers = join_all((0..64).map(|_| wrong.get("/secret"))).await;
    assert!(answers.iter().all(|answer| answer.status == 401));
    assert_eq!(site.verified(), 2);
}

#[actix_web::test]
async fn t52_the_same_wrong_credentials_again_run_no_bcrypt_and_count_once() {
    let site = Site::new();
    for (who, password) in [("ann", "stale"), ("nobody", "stale"), ("dan", "open sesame")] {
        let before = site.verified();
        for _ in 0..30 {
            site.signed_in(who, password).get("/secret").await.is(401);
        }
        assert_eq!(site.verified(), before + 1, "{who}");
    }
    // They were not counted: a new one is verified.
    site.signed_in("ann", "another").get("/secret").await.is(401);
    assert_eq!(site.verified(), 4);
}

#[actix_web::test]
async fn case_29_what_was_refused_is_looked_at_again_when_its_user_changes() {
    let site = Site::new();
    let (new, changed, dan) =
        (site.signed_in("new", "open sesame"), site.signed_in("ann", "changed"), site.signed_in("dan", "open sesame"));
    for actor in [&new, &changed, &dan] {
        actor.get("/secret").await.is(401);
        actor.get("/secret").await.is(401);
    }
    site.add_user("new", Role::Reader, "open sesame");
    new.get("/secret").await.is(200);
    set_password(&site, "ann", "changed");
    changed.get("/secret").await.is(200);
    let id = site.user("dan").id;
    site.write(|conn, admin| store::writing::users::set_active(conn, admin, &[id], true, clock::now()));
    dan.get("/secret").await.is(200);
}

#[actix_web::test]
async fn t48_case_22_27_a_proof_opens_nothing_after_its_user_changed() {
    let site = Site::new();
    let id = |who: &str| site.user(who).id;
    site.ann().get("/secret").await.is(200);
    set_password(&site, "ann", "changed");
    site.ann().get("/secret").await.is(401);
    site.signed_in("ann", "changed").get("/secret").await.is(200);
    set_password(&site, "ann", "open sesame");
    site.ann().get("/secret").await.is(200);

    site.eve().get("/admin/").await.is(200);
    let editor = id("eve");
    site.write(|conn, admin| store::writing::users::set_active(conn, admin, &[editor], false, clock::now()));
    site.eve().get("/admin/").await.is(401);
    site.eve().get("/secret").await.is(401);
    site.write(|conn, admin| store::writing::users::set_active(conn, admin, &[editor], true, clock::now()));
    site.eve().get("/admin/").await.is(200);

    let role = |role| {
        let user = site.user("eve");
        let content = domain::user::UserContent { name: user.name, role, active: true };
        site.write(|conn, admin: &Admin| {
            store::writing::users::update(conn, admin, user.id, user.version, &content, clock::now()).map(drop)
        });
    };
    role(Role::Reader);
    site.eve().get("/admin/").await.is(403);
    site.eve().get("/secret").await.is(200).lacks("/admin/pages/");
    role(Role::Admin);
    site.eve().get("/admin/users").await.is(200);

    let gone = id("ann");
    site.write(|conn, admin| store::writing::users::delete(conn, admin, &[gone], clock::now()).map(drop));
    site.ann().get("/secret").await.is(401);
    // Somebody else under the old name: the old password is nobody's.
    site.add_user("ann", Role::Reader, "another one");
    site.ann().get("/secret").await.is(401);
    site.signed_in("ann", "another one").get("/secret").await.is(200);
}

#[actix_web::test]
async fn t52_after_many_wrong_passwords_a_stranger_waits_and_a_proven_client_does_not() {
    let site = Site::new();
    site.ann().get("/secret").await.is(200);
    let mut waits = Vec::new();
    for who in ["ann", "nobody"] {
        let refused = loop {
            let guess = format!("guess {}", site.verified());
            let answer = site.signed_in(who, &guess).browser().get("/secret").await;
            if answer.status != 401 {
                break answer.is(429);
            }
            assert!(site.verified() < 100);
        };
        assert_eq!(refused.header("cache-control"), "no-store");
        waits.push((refused.header("retry-after").to_owned(), refused.body.clone()));
    }
    assert_eq!(waits[0], waits[1], "the same for a name that exists and one that does not");
    assert_eq!(waits[0].0, "1");
    let before = site.verified();
    for attempt in 0..3 {
        site.signed_in("ann", &format!("more {attempt}")).get("/secret").await.is(429);
        site.ann().get("/secret").await.is(200);
        site.visitor().get("/secret").await.is(401);
        site.signed_in("ann", &format!("more {attempt}")).get("/hello").await.is(200);
        // A stale password in a browser must not close the front door.
        site.signed_in("ann", &format!("more {attempt}")).get("/").await.is(200).has("cannot be verified");
    }
    assert_eq!(site.verified(), before);
    site.signed_in("eve", "open sesame").get("/secret").await.is(200);
    let elsewhere = site.signed_in("ann", "elsewhere").send_from("192.0.2.7", Method::GET, "/secret", None).await;
    elsewhere.is(401);
}

#[actix_web::test]
async fn t52_a_guest_whose_password_is_right_after_the_wait_is_let_in() {
    let site = Site::new();
    for guess in 0..10 {
        site.signed_in("ann", &format!("guess {guess}")).get("/secret").await.is(401);
    }
    let wait = site.ann().get("/secret").await.is(429).header("retry-after").parse().unwrap();
    actix_web::rt::time::sleep(std::time::Duration::from_secs(wait)).await;
    site.ann().get("/secret").await.is(200);
}

/// Sends 100 wrong passwords for an administrator from ten addresses.
async fn lock_root(site: &Site) {
    for n in 0..100 {
        let flood = site.signed_in("root", &format!("guess {n}"));
        flood.send_from(&format!("192.0.2.{}", n / 10), Method::GET, "/admin/", None).await.is(401);
    }
}

/// The answer to root's password from an address.
async fn root_from(site: &Site, address: &str) -> Response {
    site.root().send_from(address, Method::GET, "/admin/", None).await
}

#[actix_web::test]
async fn case_15_whoever_floods_an_account_does_not_lock_its_owner_out() {
    let site = Site::new();
    site.root().get("/admin/").await.is(200);
    lock_root(&site).await;
    let guesser = site.signed_in("root", "guess").send_from("192.0.2.1", Method::GET, "/admin/", None).await;
    assert!(guesser.is(429).header("retry-after").parse::<u32>().unwrap() > 3000);
    site.root().get("/admin/").await.is(200);
    root_from(&site, "198.51.100.2").await.is(200);
    // A new password ends it.
    set_password(&site, "root", "a new one");
    let new = site.signed_in("root", "a new one").send_from("192.0.2.1", Method::GET, "/admin/", None).await;
    new.is(200);
}

#[actix_web::test]
async fn case_15_after_a_restart_an_attacked_account_opens_where_its_user_signed_in_and_after_a_wait_where_nobody_guessed()
 {
    let site = Site::new();
    root_from(&site, "203.0.113.7").await.is(200);
    // The place is written in the background.
    let is_written =
        || !site.store().read(|conn| store::sign_in_places::latest(conn, 1, clock::now())).unwrap().is_empty();
    while !is_written() {
        actix_web::rt::task::yield_now().await;
    }
    let restarted = site.instance();
    lock_root(&restarted).await;
    restarted.share().await;
    let restarted = restarted.instance();
    let guesser = root_from(&restarted, "192.0.2.3").await.is(429);
    assert!(guesser.header("retry-after").parse::<u32>().unwrap() > 3000, "counted before the restart");
    let elsewhere = root_from(&restarted, "198.51.100.1").await.is(429);
    let wait = elsewhere.header("retry-after").parse().unwrap();
    assert!(wait <= 5);
    actix_web::rt::time::sleep(std::time::Duration::from_secs(wait)).await;
    root_from(&restarted, "198.51.100.1").await.is(200);

    // The success above was not told yet: for another instance the account is still locked.
    let again = site.instance();
    root_from(&again, "192.0.2.3").await.is(429);
    root_from(&again, "203.0.113.7").await.is(200);
}

#[actix_web::test]
async fn t52_the_tries_at_an_account_are_counted_over_all_instances() {
    let one = Site::new();
    let (two, three) = (one.instance(), one.instance());
    let instances = [&one, &two, &three];
    for who in ["ann", "nobody"] {
        let before: u64 = instances.iter().map(|site| site.verified()).sum();
        let mut waits = Vec::new();
        for n in 0..60 {
            let site = instances[n % 3];
            let answer = site.signed_in(who, &format!("guess {n}")).browser().get("/secret").await;
            if answer.status == 429 {
                waits.push((answer.header("retry-after").to_owned(), answer.body));
            }
            site.share().await;
        }
        let tries = instances.iter().map(|site| site.verified()).sum::<u64>() - before;
        assert!((10..=12).contains(&tries), "{who}: {tries}");
        assert!(waits.len() >= 48);
    }
    // The right password ends the counts of all.
    let rows = || {
        one.store()
            .read(|conn| store::failed_sign_ins::of_account(conn, &Admin::command_line(), &name("ann"), clock::now()))
    };
    assert!(rows().unwrap().is_some());
    one.signed_in("ann", "open sesame").send_from("198.51.100.1", Method::GET, "/secret", None).await.is(200);
    one.share().await;
    assert_eq!(rows().unwrap(), None);
}

#[actix_web::test]
async fn an_administrator_sees_a_lock_and_lifts_it_in_every_instance() {
    let site = Site::new();
    let other = site.instance();
    site.root().get("/admin/").await.is(200);
    let form = format!("/admin/users/{}", site.user("ann").id.0);
    let guess = async |site: &Site, from: u32, to: u32| {
        for n in from..to {
            let flood = site.signed_in("ann", &format!("guess {n}"));
            flood.send_from(&format!("192.0.2.{}", n / 10), Method::GET, "/secret", None).await.is(401);
        }
        site.share().await;
    };
    site.root().get(&form).await.is(200).lacks("wrong passwords");
    guess(&site, 0, 20).await;
    other.root().get(&form).await.is(200).has("20 wrong passwords in a row").lacks("The account is locked");
    guess(&site, 20, 100).await;
    other.root().get(&form).await.is(200).has("100 wrong passwords in a row").has("The account is locked");
    let ann = async |site: &Site| site.ann().send_from("192.0.2.1", Method::GET, "/secret", None).await;
    ann(&site).await.is(429);
    ann(&other).await.is(429);
    let done = other.root().submit(&form, &format!("{form}/unlock"), &[]).await.is(303);
    other.root().get(done.header("location")).await.has("The wrong passwords are forgotten.").lacks("in a row");
    site.app.db.wait_until_caught_up();
    ann(&site).await.is(200);
    ann(&other).await.is(200);
    site.root().get("/admin/audit?q=ann").await.has("wrong passwords forgotten");
    other.root().submit(&form, "/admin/users/1/unlock", &[]).await.is(404);
}

#[actix_web::test]
async fn a_sign_in_from_a_new_network_is_noted_within_half_an_hour() {
    let site = Site::new();
    for address in ["203.0.113.7", "203.0.113.8", "203.0.113.7"] {
        root_from(&site, address).await.is(200);
        let network: Origin = address.parse().unwrap();
        let is_written = || {
            let places = site.store().read(|conn| store::sign_in_places::of_user(conn, &name("root"), clock::now()));
            places.unwrap().iter().any(|place| place.network == network.to_string())
        };
        while !is_written() {
            actix_web::rt::task::yield_now().await;
        }
    }
    let audit = site.root().get("/admin/audit?action=signed-in").await;
    let audit = audit.is(200).has("from 203.0.113.8, a new network");
    assert_eq!(audit.body.matches("from 203.0.113.7").count(), 1);
}

#[actix_web::test]
async fn case_9_a_failed_attempt_is_one_verification_whoever_is_named() {
    let site = Site::new();
    for (n, who) in ["ann", "nobody", "dan", "ann", "nobody"].into_iter().enumerate() {
        site.signed_in(who, &format!("wrong {n}")).get("/secret").await.is(401);
        assert_eq!(site.verified(), n as u64 + 1, "{who}");
    }
}
