//! The cost of a sign-in, and to whom: tests count verifications instead of timing them.

use actix_web::http::Method;
use domain::{access::Admin, password::Password, user::Role};
use futures_util::future::join_all;
use store::writing::failed_sign_ins::{Tally, key, record};
use web::{auth::verify::bcrypt_pool, clock};

use crate::site::Site;

/// Changes a password as another process would.
pub fn set_password(site: &Site, who: &str, password: &str) {
    let hash = bcrypt_pool::hash(&Password::parse(password).unwrap(), 4).unwrap();
    let id = site.user(who).id;
    site.write(|conn, admin| store::writing::users::set_password(conn, admin, id, &hash, clock::now()));
}

#[actix_web::test]
async fn t51_verified_credentials_are_not_verified_again() {
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
    // The repetitions were not counted: a new password is verified.
    site.signed_in("ann", "another").get("/secret").await.is(401);
    assert_eq!(site.verified(), 4);
}

#[actix_web::test]
async fn case_29_refused_credentials_are_verified_again_when_their_user_changes() {
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
        let content = domain::user::UserContent::new(user.name, role);
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
    // Somebody else has the old name now: the old password is valid for nobody.
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
        // On a slow machine, a guess may come after the wait of one second, and the next wait is longer.
        assert!(["1", "2", "3"].contains(&refused.header("retry-after")), "{}", refused.header("retry-after"));
        waits.push(refused.body.replace(|c: char| c.is_ascii_digit(), "").replace("seconds", "second"));
    }
    assert_eq!(waits[0], waits[1], "the same for a name that exists and one that does not");
    // Another instance gets guesses all the time, so that the wait does not end while this test runs.
    let last_at = clock::now() + chrono::TimeDelta::hours(1);
    site.write(|conn, _| {
        let (name, scope) = (key(conn)?.hash("ann"), "network 127.0.0.1".to_owned());
        record(conn, 1, &[Tally { name, scope, failures: 20, last_at }])
    });
    let before = site.verified();
    for attempt in 0..10 {
        // Each is sent once: a wait is counted in whole seconds, and the same one again may be the retry after it.
        let guess = |place: &str| site.signed_in("ann", &format!("more {attempt} {place}"));
        guess("secret").get("/secret").await.is(429);
        site.ann().get("/secret").await.is(200);
        site.visitor().get("/secret").await.is(401);
        guess("hello").get("/hello").await.is(200);
        // A stale password in a browser must not lock its user out of public pages.
        guess("front page").get("/").await.is(200).has("cannot be verified");
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

#[actix_web::test]
async fn case_9_a_failed_attempt_is_one_verification_whoever_is_named() {
    let site = Site::new();
    for (n, who) in ["ann", "nobody", "dan", "ann", "nobody"].into_iter().enumerate() {
        site.signed_in(who, &format!("wrong {n}")).get("/secret").await.is(401);
        assert_eq!(site.verified(), n as u64 + 1, "{who}");
    }
}
