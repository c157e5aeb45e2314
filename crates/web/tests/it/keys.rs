//! Keys in circulation: the list by person, and ending all keys of one.

use chrono::TimeDelta;
use domain::{
    access::{Editor, Member, Visitor},
    draft::FormId,
    page::PageInput,
    share::{NewShare, Shows},
};
use web::{auth::secret::Secret, clock};

use crate::{
    app_passwords::made,
    both::on_both,
    join::link,
    server::{Server, text},
    site::{Site, chosen, draft},
};

/// A private page at `/clients/acme`, and a link that opens it, made by a user; its secret.
fn share(site: &Site, who: &str, label: &str) -> String {
    let page = match site.page("clients/acme") {
        Some(page) => page,
        None => site.put(PageInput { audience: chosen("ann", &[]), ..draft("clients/acme", "Acme") }),
    };
    let (user, secret) = (site.user(who), Secret::random().unwrap());
    let member = Member { id: user.id, name: user.name, role: user.role, groups: Vec::new() };
    let by = Editor::of(&Visitor::SignedIn(member)).unwrap();
    let ends_at = clock::now() + TimeDelta::days(7);
    let new = NewShare { page: page.id, label: label.into(), shows: Shows::Page, ends_at };
    site.write(|conn, _| {
        store::writing::shares::make(conn, &by, FormId::default(), &new, &secret.hash(), clock::now())
    });
    secret.reveal().to_owned()
}

fn question(site: &Site, who: &str) -> String {
    format!("/admin/users/{}/keys", site.user(who).id.0)
}

#[actix_web::test]
async fn t64_all_keys_of_a_user_end_with_the_next_request_on_every_instance() {
    on_both(async |site| {
        let there = site.instance();
        let (join, program, shared) = (link(site, "eve"), made(site, "eve", None), share(site, "eve", "Acme review"));
        let (others, of_root) = (made(site, "ann", None), share(site, "root", "Printer"));
        let statuses = async || {
            let mut statuses = Vec::new();
            for instance in [&there, site] {
                statuses.push(instance.signed_in("eve", &program).get("/secret").await.status.as_u16());
                statuses.push(instance.visitor().get(&join).await.status.as_u16());
                statuses.push(instance.visitor().get(&format!("/s/{shared}")).await.status.as_u16());
            }
            statuses
        };
        // Twice, so that each instance has cached it.
        for _ in 0..2 {
            assert_eq!(statuses().await, [200; 6]);
        }
        let ask = question(site, "eve");
        let page = site.root().get(&ask).await.is(200).has("End all keys of eve?").has("End 3 keys of eve");
        page.has("<li>1 link to set a password</li>").has("<li>1 app password</li>").has("<li>1 shared link</li>");
        assert_eq!(statuses().await, [200; 6], "a question ends nothing");
        let done = site.root().submit(&ask, &ask, &[]).await.is(303);
        assert_eq!(statuses().await, [401, 410, 410, 401, 410, 410]);
        site.root().get(done.header("location")).await.is(200).has("Ended 3 keys; this takes effect with the next request.");
        // The account goes on, and so do the keys of others.
        for instance in [&there, site] {
            instance.eve().get("/admin/").await.is(200);
            instance.signed_in("ann", &others).get("/secret").await.is(200);
            instance.visitor().get(&format!("/s/{of_root}")).await.is(200);
        }
        let audit = site.root().get("/admin/audit?name=eve&action=ended").await.is(200);
        audit.has("all keys: 1 link to set a password; 1 app password “for all”; 1 shared link “Acme review” of /clients/acme");
        site.root().get(&ask).await.is(200).has("eve has no key that is in circulation").lacks("End 0");
        let again = site.root().submit("/admin/users/new", &ask, &[]).await.is(303);
        site.root().get(again.header("location")).await.has("Ended 0 keys");
    })
    .await;
}

#[actix_web::test]
async fn keys_are_listed_by_the_person_who_has_or_made_them_with_the_place_where_each_is_ended() {
    on_both(async |site| {
        site.root().get("/admin/keys").await.is(200).has("No key is in circulation.");
        let (join, program, below) = (link(site, "ann"), made(site, "ann", None), made(site, "ann", Some("clients")));
        let shared = share(site, "eve", "Acme <review>");
        let printer = site.link("clients/acme", Shows::Page);
        let list = site.root().get("/admin/keys").await.is(200).has("1–2 of 2 people");
        for secret in [&join, &program, &below, &shared, &printer] {
            assert!(!list.body.contains(secret.trim_start_matches("/join/")));
        }
        let ann = format!("/admin/users/{}", site.user("ann").id.0);
        let shares = format!("/admin/pages/{}/shares", site.page("clients/acme").unwrap().id.0);
        let list = list.has(&format!("href=\"{ann}#way-in\">Link to set a password</a>"));
        let list = list.has(&format!("href=\"{ann}#app-passwords\">App password “<bdi>for all</bdi>”</a>"));
        let list = list.has("Pages below <span class=\"subject\">/clients</span>").has("not used yet");
        let list = list.has(&format!("href=\"{shares}\">Shared link “<bdi>Acme &lt;review&gt;</bdi>”</a>"));
        // Nobody's account has the link of the command line.
        let list = list.has("No account").has("End all of ann’s keys…").has("End all of eve’s keys…");
        list.has(&format!("href=\"{}\"", question(site, "ann")));
        // The place where each is ended is there.
        let form = site.root().get(&ann).await.is(200).has("id=\"way-in\"").has("id=\"app-passwords\"");
        form.has("End all keys…").has("keys?from=user");
        site.root().get(&shares).await.is(200).has("End now");
        let only =
            |kind: &'static str| async move { site.root().get(&format!("/admin/keys?kind={kind}")).await.is(200) };
        only("link").await.has("1–1 of 1 people").lacks("App password “").lacks("No account");
        only("app-password").await.has(">ann<").lacks("Shared link “").lacks("No account");
        only("share").await.has("No account").has(">eve<").lacks("App password “");
        site.root().get("/admin/keys?q=EV").await.is(200).has(">eve<").lacks(">ann<").lacks("No account");
        site.root().get("/admin/keys?q=nobody").await.is(200).has("No key matches");
        site.eve().get("/admin/keys").await.is(403);
        // From the form of a user, the way back is that form.
        let ask = format!("{ann}/keys?from=user");
        site.root().get(&ask).await.is(200).has(&format!("href=\"{ann}\">Keep them"));
        let done = site.root().submit(&ask, &format!("{ann}/keys"), &[("from", "user")]).await.is(303);
        assert_eq!(done.header("location"), format!("{ann}?done=keys-ended&count=3"));
        site.root().get(done.header("location")).await.is(200).has("Ended 3 keys").lacks("End all keys…");
        site.root().get("/admin/users/1/keys").await.is(404);
        let back = site.root().submit(&question(site, "eve"), &question(site, "eve"), &[("back", "q=e&evil=1")]).await;
        assert_eq!(back.is(303).header("location"), "/admin/keys?done=keys-ended&count=1&q=e");
    })
    .await;
}

#[actix_web::test]
async fn keys_beyond_the_listed_ones_of_a_person_are_in_lists_of_their_own() {
    on_both(async |site| {
        for number in 0..11 {
            share(site, "eve", &format!("No. {number}"));
            made(site, "eve", Some(&format!("p{number}")));
        }
        let eve = site.user("eve").id.0;
        let list = site.root().get("/admin/keys").await.is(200).has("1 more app password<").has("All shared links");
        assert_eq!(list.body.matches("Shared link “").count(), 10);
        let of_eve = format!("/admin/shares?open=yes&by={eve}");
        list.has(&of_eve.replace('&', "&amp;"));
        share(site, "root", "Of root");
        let made_by = site.root().get(&of_eve).await.is(200).has("1–11 of 11 links").lacks("Of root");
        made_by.has("Made by: eve");
        site.root().get("/admin/shares?by=none").await.is(200).has("No link matches");
        site.eve().get(&format!("/admin/shares?by={}", site.user("root").id.0)).await.is(200).has("Of root");
    })
    .await;
}

#[test]
fn the_command_line_ends_all_keys_of_a_user() {
    let server = Server::start_with(&[]);
    assert!(text(&server.cli(&["user", "add", "ann", "--role", "reader", "--invite"], "")).0);
    let (ok, secret, _) = text(&server.cli(&["token", "add", "ann", "--name", "backup"], ""));
    assert!(ok && secret.starts_with("ptn_"));
    let (ok, out, err) = text(&server.cli(&["user", "end-keys", "ann"], ""));
    assert!(ok && out.contains("Ended 1 link to set a password and 1 app password of ann."), "{out}{err}");
    let (ok, out, _) = text(&server.cli(&["user", "end-keys", "ann"], ""));
    assert!(ok && out.contains("ann has no keys."), "{out}");
    let (ok, _, err) = text(&server.cli(&["user", "end-keys", "bob"], ""));
    assert!(!ok && err.contains("there is no user bob"), "{err}");
}
