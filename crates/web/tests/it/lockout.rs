//! Who is kept out by wrong passwords, in one instance and in several, and after a restart.

use actix_web::http::Method;
use domain::access::Admin;
use web::{clock, http::client::Origin};

use crate::{
    sign_ins::set_password,
    site::{Response, Site, name},
};

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
    // A new password ends the lock.
    set_password(&site, "root", "a new one");
    let new = site.signed_in("root", "a new one").send_from("192.0.2.1", Method::GET, "/admin/", None).await;
    new.is(200);
}

#[actix_web::test]
async fn case_15_after_a_restart_an_attacked_account_opens_where_its_user_signed_in_and_after_a_wait_where_nobody_guessed()
 {
    let site = Site::new();
    root_from(&site, "203.0.113.7").await.is(200);
    // The network of a sign-in is written in the background.
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

    // The success above has not been shared yet: for another instance the account is still locked.
    let again = site.instance();
    root_from(&again, "192.0.2.3").await.is(429);
    root_from(&again, "203.0.113.7").await.is(200);
}

#[actix_web::test]
async fn t52_the_tries_at_an_account_are_counted_over_all_instances() {
    let one = Site::new();
    let (two, three) = (one.instance(), one.instance());
    let instances = [&one, &two, &three];
    let mut refusals = Vec::new();
    for who in ["ann", "nobody"] {
        let before: u64 = instances.iter().map(|site| site.verified()).sum();
        let mut waits = Vec::new();
        for n in 0..60 {
            let site = instances[n % 3];
            let answer = site.signed_in(who, &format!("guess {n}")).browser().get("/secret").await;
            if answer.status == 429 {
                waits.push(answer.body);
            }
            site.share().await;
        }
        let tries = instances.iter().map(|site| site.verified()).sum::<u64>() - before;
        assert!((10..=12).contains(&tries), "{who}: {tries}");
        assert!(waits.len() >= 48);
        waits.dedup();
        refusals.push(waits);
    }
    assert_eq!(refusals[0], refusals[1], "the same for a name that exists and one that does not");
    // The right password resets the counts of all instances.
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
async fn without_the_shared_counts_an_instance_counts_alone_and_nobody_else_is_locked_out() {
    let site = Site::new();
    for table in ["failed_sign_ins", "sign_in_places"] {
        site.write(|conn, _| Ok(diesel::RunQueryDsl::execute(diesel::sql_query(format!("DROP TABLE {table}")), conn)?));
    }
    for n in 0..10 {
        site.signed_in("ann", &format!("guess {n}")).get("/secret").await.is(401);
    }
    assert!(site.app.authenticator.share(&site.app.db).await.is_err());
    site.signed_in("ann", "guess").get("/secret").await.is(429);
    site.ann().send_from("192.0.2.7", Method::GET, "/secret", None).await.is(200);
    site.eve().get("/admin/").await.is(200);
}

#[actix_web::test]
async fn an_administrator_sees_a_lock_and_ends_it_in_every_instance() {
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
