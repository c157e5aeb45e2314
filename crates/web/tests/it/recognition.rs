//! Signing in: who is recognised on public pages, what the refusals say, and a site that hides which pages exist.

use actix_web::http::Method;
use domain::{page::PageInput, password::Password, user::Role};
use web::{auth::verify::bcrypt_pool, clock};

use crate::{
    client::Client,
    server::{Server, text},
    site::{Actor, Response, Site, basic, chosen, draft, public, signed_in},
};

type Fingerprint = (u16, Vec<(String, String)>, String);

/// Changes the settings of the site, as another instance or the command line does.
fn settings(site: &Site, change: impl Fn(&mut domain::site::Site)) {
    site.write(|conn, admin| {
        let old = store::site::get(conn)?;
        let mut new = old.clone();
        change(&mut new);
        store::writing::site::update(conn, admin, old.version, &new, clock::now())
    });
}

fn hide(site: &Site) {
    settings(site, |site| site.hides_pages = true);
}

fn vary(response: &Response) -> Vec<String> {
    response.headers.get_all("vary").map(|value| value.to_str().unwrap().to_owned()).collect()
}

const STYLE: &str = "<link rel=\"stylesheet\" href=\"/signed-in.css\">";

#[actix_web::test]
async fn t10_pages_for_signed_in_users_link_a_style_sheet_that_only_they_get() {
    let site = Site::new();
    let style = site.ann().get("/signed-in.css").await.is(200);
    assert_eq!((style.body.as_str(), style.header("content-type")), ("", "text/css; charset=utf-8"));
    assert_eq!((style.header("cache-control"), style.header("vary")), ("private, max-age=120", "Authorization"));
    let challenge = site.visitor().get("/signed-in.css").await.is(401);
    assert_eq!(challenge.header("www-authenticate"), r#"Basic realm="Postern", charset="UTF-8""#);
    assert_eq!(challenge.header("cache-control"), "no-store");
    for uri in ["/", "/hello", "/secret", "/search?q=x", "/account", "/nope"] {
        site.ann().browser().get(uri).await.has(STYLE);
        site.visitor().browser().get(uri).await.lacks("signed-in.css");
        site.signed_in("ann", "wrong").browser().get(uri).await.lacks("signed-in.css");
    }
    site.eve().browser().get("/admin/").await.is(200).has(STYLE);
    for view in ["visitor", "user/ann"] {
        for path in ["", "/hello", "/search?q=oak"] {
            site.eve().get(&format!("/admin/view-as/{view}{path}")).await.is(200).lacks("signed-in.css");
        }
    }
    site.eve().get("/admin/view-as/user/ann/secret").await.is(200).has("oak").lacks("signed-in.css");
}

#[actix_web::test]
async fn t39_a_proven_reader_is_named_on_public_pages_and_everybody_else_gets_the_strangers_bytes() {
    let site = Site::new();
    let stranger = site.visitor().get("/hello").await.is(200).has("Sign in").fingerprint();
    // Not proven yet: the credentials are right, but public pages do not verify any.
    assert_eq!(site.ann().get("/hello").await.fingerprint(), stranger);
    assert_eq!(site.verified(), 0);
    site.ann().get("/secret").await.is(200);
    site.eve().get("/secret").await.is(200);
    let verified = site.verified();
    for _ in 0..3 {
        let own = site.ann().get("/hello").await.is(200).has("<strong>ann</strong>").lacks("Edit this page");
        let own = own.has("href=\"/logout\"").has("href=\"/account\"").lacks("/admin/");
        assert_eq!(own.header("cache-control"), "private, no-cache");
        assert!(vary(&own).iter().any(|value| value.contains("Authorization")), "{:?}", vary(&own));
        let edit = format!("href=\"/admin/pages/{}\"", site.page("hello").unwrap().id.0);
        site.eve().get("/hello").await.is(200).has("<strong>eve</strong>").has("href=\"/admin/\"").has(&edit);
    }
    let spoiled = basic("ann:open sesame") + " x";
    for header in [&basic("ann:wrong"), &basic("nobody:open sesame"), &basic("dan:open sesame"), "Basic !!!", &spoiled]
    {
        assert_eq!(
            site.visitor().with("authorization", header).get("/hello").await.fingerprint(),
            stranger,
            "{header}"
        );
    }
    let twice = site.ann().with("authorization", basic("ann:open sesame"));
    assert_eq!(twice.get("/hello").await.fingerprint(), stranger);
    let after = site.visitor().get("/hello").await;
    assert_eq!(after.header("cache-control"), "no-cache");
    assert!(vary(&after).iter().any(|value| value.contains("Authorization")));
    assert_eq!(after.fingerprint(), stranger);
    assert_eq!(site.verified(), verified, "a public page verifies nothing");
}

#[actix_web::test]
async fn t39_credentials_are_recognised_on_public_pages_only_from_a_network_that_signed_in() {
    let site = Site::new();
    site.ann().get("/secret").await.is(200);
    let from = async |uri: &str| site.ann().send_from("203.0.113.7", Method::GET, uri, None).await;
    let stranger = site.visitor().get("/hello").await.fingerprint();
    assert_eq!(from("/hello").await.fingerprint(), stranger, "a guess from elsewhere learns nothing");
    from("/secret").await.is(200);
    from("/hello").await.has("<strong>ann</strong>");
}

#[actix_web::test]
async fn t35_etags_of_a_public_page_differ_between_its_viewers() {
    let site = Site::new();
    site.ann().get("/secret").await.is(200);
    let stranger = site.visitor().get("/hello").await.is(200);
    let own = site.ann().get("/hello").await.is(200);
    assert_ne!(stranger.header("etag"), own.header("etag"));
    site.ann().with("if-none-match", own.header("etag")).get("/hello").await.is(304);
    site.ann().with("if-none-match", stranger.header("etag")).get("/hello").await.is(200);
    site.visitor().with("if-none-match", own.header("etag")).get("/hello").await.is(200);
    site.visitor().with("if-none-match", stranger.header("etag")).get("/hello").await.is(304);
}

#[actix_web::test]
async fn t39_a_proven_readers_public_page_is_answered_from_the_cache() {
    let site = Site::new();
    // No stranger has opened the page.
    site.ann().get("/secret").await.is(200);
    site.ann().get("/hello").await.is(200);
    let load = || site.app.db.cache().answers.load();
    let before = load();
    site.ann().get("/hello").await.is(200).has("<strong>ann</strong>");
    let after = load();
    assert_eq!((after.hits, after.misses), (before.hits + 1, before.misses));
}

#[actix_web::test]
async fn t48_after_a_change_of_the_account_a_public_page_is_that_of_strangers() {
    let site = Site::new();
    let stranger = site.visitor().get("/hello").await.fingerprint();
    for name in ["bob", "cid"] {
        site.add_user(name, Role::Reader, "open sesame");
        site.signed_in(name, "open sesame").get("/secret").await.is(200);
        site.signed_in(name, "open sesame").get("/hello").await.has(&format!("<strong>{name}</strong>"));
    }
    let (bob, cid) = (site.user("bob").id, site.user("cid").id);
    site.write(|conn, admin| store::writing::users::set_active(conn, admin, &[bob], false, clock::now()));
    assert_eq!(site.signed_in("bob", "open sesame").get("/hello").await.fingerprint(), stranger);
    let hash = bcrypt_pool::hash(&Password::parse("something else").unwrap(), 4).unwrap();
    site.write(|conn, admin| store::writing::users::set_password(conn, admin, cid, &hash, clock::now()));
    assert_eq!(site.signed_in("cid", "open sesame").get("/hello").await.fingerprint(), stranger);
}

#[actix_web::test]
async fn t11_the_reserved_name_is_a_visitor_everywhere() {
    let site = Site::new();
    site.put(PageInput { list_below: true, ..draft("news", "News") });
    site.put(draft("news/one", "One"));
    let signed_out = site.signed_in("signed-out", "x");
    for uri in
        ["/", "/hello", "/news", "/search?q=oak", "/secret", "/nope", "/login", "/account", "/admin/", "/feed.xml"]
    {
        let stranger = site.visitor().get(uri).await.fingerprint();
        assert_eq!(signed_out.get(uri).await.fingerprint(), stranger, "{uri}");
    }
    // It is not a wrong password: it is neither throttled nor counted, whatever the password is.
    for n in 0..30 {
        site.signed_in("signed-out", &format!("guess {n}")).get("/secret").await.is(401).lacks("did not work");
    }
    assert_eq!((site.verified(), site.app.authenticator.throttle_refusals()), (0, 0));
    site.app.failed_logins.write(&site.app.db).await;
    site.root().get("/admin/audit").await.is(200).lacks("signed-out");
}

#[actix_web::test]
async fn t11_no_user_gets_the_reserved_name_and_an_existing_one_signs_nobody_in() {
    let site = Site::new();
    let fields = |name| [("name", name), ("role", "reader"), ("active", "on"), ("password", "correct-horse-9")];
    for name in ["signed-out", "Signed-Out"] {
        let mut fields = fields(name).to_vec();
        fields.push(("password_again", "correct-horse-9"));
        site.root().submit("/admin/users/new", "/admin/users", &fields).await.is(422).has("reserved");
    }
    // An earlier version could make such a user.
    site.add_user("signed-out", Role::Admin, "open sesame");
    site.signed_in("signed-out", "open sesame").get("/secret").await.is(401);
    site.signed_in("signed-out", "open sesame").get("/admin/").await.is(401);
}

#[actix_web::test]
async fn a_refusal_leads_back_to_its_page_and_says_whom_to_ask() {
    let site = Site::new();
    let ask = |credentials: &str| match credentials {
        "" => site.visitor().browser(),
        credentials => site.visitor().browser().with("authorization", basic(credentials)),
    };
    let none = ask("").get("/secret").await.is(401).has("<a class=\"button\" href=\"\">Sign in</a>");
    none.has("Ask the operator of this site").lacks("Reload this page");
    let wrong = ask("ann:wrong").get("/secret").await.is(401).has("That name and password did not work.");
    wrong.has("<a class=\"button\" href=\"\">Try again</a>").has("Capitals count.");
    settings(&site, |site| {
        site.contact = "Ask [the office](mailto:office@example.org). <script>alert(1)</script>".into();
    });
    for credentials in ["", "ann:wrong", "nobody:x", "dan:open sesame"] {
        let refusal = ask(credentials).get("/secret").await.is(401).has("No password yet, or forgotten?");
        refusal.has("<a href=\"mailto:office@example.org\"").lacks("<script>alert").lacks("Ask the operator");
    }
    site.visitor().get("/secret").await.is(401).has("Ask [the office](mailto:office@example.org).");
    site.visitor().browser().get("/nope").await.is(404).lacks("the office");
}

#[actix_web::test]
async fn strangers_are_offered_to_sign_in_where_they_find_nothing() {
    let site = Site::new();
    const OFFER: &str = "Sign in: you may be able to read it";
    let first = site.visitor().browser().get("/nope").await.is(404).has(OFFER);
    assert_eq!(first.fingerprint(), site.visitor().browser().get("/other/path").await.fingerprint());
    assert_eq!(site.signed_in("ann", "wrong").browser().get("/nope").await.fingerprint(), first.fingerprint());
    site.ann()
        .browser()
        .get("/nope")
        .await
        .is(404)
        .lacks(OFFER)
        .has("<strong>ann</strong>")
        .has("Sign in as someone else");
    let empty = site.visitor().get("/search?q=treasure").await.is(200).has(OFFER);
    empty.has("href=\"/login?next=%2Fsearch%3Fq%3Dtreasure\"");
    site.visitor().get("/search?q=world").await.is(200).lacks(OFFER);
    site.ann().get("/search?q=zeppelin").await.is(200).lacks(OFFER);
}

#[actix_web::test]
async fn a_429_says_how_long_to_wait_and_offers_to_try_again() {
    let site = Site::new();
    let mut refused = None;
    for n in 0..15 {
        let response = site.signed_in("ann", &format!("wrong {n}")).browser().get("/secret").await;
        if response.status == 429 {
            refused = Some(response);
        }
    }
    let refused = refused.unwrap();
    let seconds = refused.header("retry-after").to_owned();
    let refused = refused.has(&format!("<span data-countdown>{seconds} s</span>")).lacks("\u{1}");
    refused.has("<a class=\"button\" href=\"\">Try again</a>");
    let text = site.signed_in("ann", "wrong again").get("/secret").await.is(429);
    text.has("Try again in ").lacks("\u{1}");
}

#[actix_web::test]
async fn one_header_is_on_every_page() {
    let site = Site::new();
    site.put(draft("guides/one", "One"));
    site.put(PageInput { list_below: true, ..draft("news", "News") });
    for uri in ["/", "/hello", "/guides", "/news", "/search", "/search?q=x", "/nope", "/secret", "/logout"] {
        let page = site.visitor().browser().get(uri).await.has("class=\"brand\"").has("role=\"search\"");
        page.has("aria-label=\"You\"").has(">Sign in</a>");
    }
    for uri in
        ["/", "/hello", "/guides", "/news", "/search", "/search?q=x", "/nope", "/secret", "/account", "/admin/nope"]
    {
        site.eve().get("/secret").await.is(200);
        let page = site.eve().browser().get(uri).await.has("class=\"brand\"").has("role=\"search\"");
        page.has("<strong>eve</strong>").has("href=\"/admin/\"").has("href=\"/account\"").has("href=\"/logout\"");
    }
}

/// A site with something at each kind of path that a stranger may not read, and the paths.
fn hidden() -> (Site, Vec<&'static str>) {
    let site = Site::new();
    site.add_user("bob", Role::Reader, "open sesame");
    site.put(PageInput { audience: chosen("bob", &[]), ..draft("for-bob", "For Bob") });
    site.put(PageInput { audience: signed_in(), show_title: true, ..draft("club/shown", "A shown title") });
    site.put(PageInput { audience: signed_in(), list_below: true, ..draft("lists", "Lists") });
    site.put(PageInput { published: "2999-01-01".into(), ..draft("scheduled", "Scheduled") });
    site.put(PageInput { published: "2020-01-01".into(), unpublish: "2021-01-01".into(), ..draft("ended", "Ended") });
    let gone = site.put(draft("trashed", "Trashed"));
    site.delete(gone.id);
    let moved = site.put(PageInput { audience: signed_in(), ..draft("old", "Moved") });
    site.move_page(&moved, "new-place");
    let paths = vec![
        "/nope",
        "/secret",
        "/for-bob",
        "/club/shown",
        "/lists",
        "/scheduled",
        "/ended",
        "/trashed",
        "/old",
        "/new-place",
        "/draft",
        "/club",
        "/secret/below",
        "/NOPE",
        "/nope.html",
        "/api",
        "/sitemap/secret",
        "/sitemap/nope",
        "/sitemap/NOPE",
        "/secret?older=/x",
        "/nope?older=/x",
    ];
    (site, paths)
}

async fn save_draft(site: &Site) {
    let fields = [("then", "draft"), ("version", "0"), ("title", "Draft"), ("path", "/draft"), ("body", "x")];
    site.eve().submit("/admin/pages/new", "/admin/pages", &fields).await.is(303);
    site.eve().get("/draft").await.is(200);
}

async fn all_alike(actor: &Actor<'_>, paths: &[&str], method: &Method) -> Fingerprint {
    let first = actor.send(method.clone(), paths[0], None).await.fingerprint();
    for path in paths {
        assert_eq!(actor.send(method.clone(), path, None).await.fingerprint(), first, "{method} {path}");
    }
    first
}

#[actix_web::test]
async fn t43_a_site_that_hides_its_pages_gives_strangers_one_answer_for_all_of_them() {
    let (site, paths) = hidden();
    save_draft(&site).await;
    hide(&site);
    // With an empty cache, and with one that has answers for readers and editors.
    for _ in 0..2 {
        for stranger in [
            site.visitor(),
            site.visitor().browser(),
            site.signed_in("ann", "wrong"),
            site.signed_in("signed-out", "x").browser(),
            site.visitor().with("authorization", "Basic !!!"),
            site.visitor().with("if-none-match", "*"),
            site.visitor().with("range", "bytes=0-9"),
        ] {
            for method in [Method::GET, Method::HEAD] {
                assert_eq!(all_alike(&stranger, &paths, &method).await.0, 401);
            }
        }
        for path in &paths {
            for actor in [site.ann(), site.signed_in("bob", "open sesame"), site.eve()] {
                assert_ne!(actor.get(path).await.status, 401, "{path}");
            }
        }
    }
    let none = site.visitor().get("/secret").await.fingerprint();
    let other = site.signed_in("nobody", "x").get("/nope").await.fingerprint();
    assert_ne!(none.2, other.2, "credentials that did not hold are told so");
    assert_eq!(other, site.signed_in("ann", "wrong").get("/secret").await.fingerprint());
}

#[actix_web::test]
async fn t43_wrong_credentials_cost_the_same_whether_there_is_a_page_or_not() {
    let (site, paths) = hidden();
    save_draft(&site).await;
    hide(&site);
    for (n, path) in paths.iter().enumerate() {
        let before = site.verified();
        // Many names from the same network would share a delay.
        let (stranger, network) = (site.signed_in(&format!("nobody-{n}"), "x"), format!("203.0.113.{n}"));
        stranger.send_from(&network, Method::GET, path, None).await.is(401);
        assert_eq!(site.verified(), before + 1, "{path}");
    }
    // A client that has to wait gets 429 at every address.
    let tries = (0..15).map(|n| format!("wrong {n}"));
    for password in tries {
        site.signed_in("ann", &password).get("/secret").await;
    }
    for path in ["/secret", "/nope", "/draft", "/old"] {
        site.signed_in("ann", "wrong at last").get(path).await.is(429);
    }
}

#[actix_web::test]
async fn t43_who_is_signed_in_gets_404_where_there_is_nothing_to_read() {
    let (site, _) = hidden();
    hide(&site);
    for path in ["/nope", "/for-bob", "/scheduled", "/ended", "/trashed", "/NOPE"] {
        site.ann().get(path).await.is(404);
    }
    let browser = site.ann().browser();
    assert_eq!(browser.get("/for-bob").await.fingerprint().0, 404);
    let [unknown, foreign] = [browser.get("/nope").await, browser.get("/for-bob").await];
    assert_eq!(unknown.body.replace("nope", "for-bob"), foreign.body);
    site.ann().get("/secret").await.is(200);
    assert_eq!(site.ann().get("/old").await.is(308).header("location"), "/new-place");
    site.signed_in("bob", "open sesame").get("/for-bob").await.is(200);
    site.eve().get("/for-bob").await.is(200);
}

#[actix_web::test]
async fn t43_a_site_that_hides_its_pages_shows_no_locked_title() {
    let (site, _) = hidden();
    site.put(PageInput { audience: chosen("bob", &[]), show_title: true, ..draft("club/bobs", "A title for Bob") });
    site.put(PageInput { list_below: true, audience: public(), ..draft("club", "Club") });
    site.put(PageInput { audience: public(), ..draft("club/open", "Open") });
    for uri in ["/", "/club", "/club/open", "/sitemap", "/sitemap/club"] {
        site.visitor().get(uri).await.is(200).has("A shown title");
    }
    hide(&site);
    for uri in [
        "/",
        "/club",
        "/club/open",
        "/sitemap",
        "/sitemap/club",
        "/search?q=title",
        "/feed.xml",
        "/club/feed.xml",
        "/sitemap.xml",
        "/robots.txt",
    ] {
        site.visitor()
            .get(uri)
            .await
            .is(200)
            .lacks("A shown title")
            .lacks("A title for Bob")
            .lacks("/club/shown")
            .lacks("/club/bobs");
    }
    for uri in ["/", "/club"] {
        site.ann().get(uri).await.is(200).has("A shown title").lacks("A title for Bob");
    }
}

#[actix_web::test]
async fn t43_a_private_page_above_public_ones_is_for_strangers_a_path_without_a_page() {
    let site = Site::new();
    for (path, above) in [("with", true), ("without", false)] {
        if above {
            site.put(PageInput { audience: signed_in(), body: "Above.".into(), ..draft(path, "Above") });
        }
        let below = PageInput { published: "2020-01-01".into(), ..draft(&format!("{path}/one"), "One") };
        site.put(PageInput { audience: public(), ..below });
    }
    site.visitor().get("/with").await.is(401);
    hide(&site);
    for _ in 0..2 {
        let with = site.visitor().get("/with").await.is(200).lacks("Above");
        let without = site.visitor().get("/without").await.is(200);
        assert_eq!(with.body.replace("ith", "").replace("out", ""), without.body.replace("ithout", ""));
        site.ann().get("/with").await.is(200).has("Above.");
        site.ann().get("/without").await.is(200).has("One");
    }
    site.visitor().get("/with/one").await.is(200);
}

#[actix_web::test]
async fn t43_the_feed_of_a_section_hides_what_its_page_hides() {
    let (site, _) = hidden();
    site.put(draft("news/one", "One"));
    site.put(PageInput { audience: signed_in(), ..draft("club", "Club") });
    site.visitor().get("/club/feed.xml").await.is(401);
    hide(&site);
    let feeds = ["/nope", "/secret", "/club", "/for-bob", "/lists", "/scheduled", "/ended", "/old", "/NOPE", "/x.y"];
    let feeds = feeds.map(|path| format!("{path}/feed.xml"));
    let paths: Vec<&str> = feeds.iter().map(String::as_str).chain(["/nope"]).collect();
    for _ in 0..2 {
        for stranger in [site.visitor(), site.signed_in("ann", "wrong")] {
            assert_eq!(all_alike(&stranger, &paths, &Method::GET).await.0, 401);
        }
        site.ann().get("/club/feed.xml").await.is(200).has("A shown title");
        site.ann().get("/for-bob/feed.xml").await.is(404);
        site.ann().get("/nope/feed.xml").await.is(404);
        site.visitor().get("/news/feed.xml").await.is(200).has("One");
    }
}

#[actix_web::test]
async fn t43_hiding_holds_at_once_on_every_instance() {
    let (site, paths) = hidden();
    let other = site.instance();
    for instance in [&site, &other] {
        instance.ann().get("/secret").await.is(200);
        instance.visitor().get("/nope").await.is(404);
        instance.visitor().get("/").await.has("A shown title");
    }
    hide(&site);
    other.app.db.wait_until_caught_up();
    for instance in [&site, &other] {
        all_alike(&instance.visitor(), &paths[..5], &Method::GET).await;
        instance.visitor().get("/nope").await.is(401);
        instance.visitor().get("/").await.lacks("A shown title");
    }
    settings(&site, |site| site.hides_pages = false);
    other.app.db.wait_until_caught_up();
    for instance in [&site, &other] {
        instance.visitor().get("/nope").await.is(404);
        instance.visitor().get("/secret").await.is(401);
        instance.ann().get("/for-bob").await.is(403);
    }
}

#[actix_web::test]
async fn the_settings_form_saves_the_contact_line_and_hides_pages() {
    let site = Site::new();
    let root = site.root();
    let version = root.get("/admin/site").await.is(200).has("Hide which pages exist").value_of("version");
    let fields = [
        ("title", "Postern"),
        ("language", "en"),
        ("time_zone", "UTC"),
        ("realm", "Postern"),
        ("contact", "Ask Eve."),
        ("hides_pages", "on"),
        ("version", &version),
    ];
    root.submit("/admin/site", "/admin/site", &fields).await.is(303);
    site.visitor().get("/nope").await.is(401).has("Ask Eve.");
    root.get("/admin/audit").await.has("contact line").has("hides which pages exist");
    let form = root.get("/admin/site").await.has("Ask Eve.");
    let version = form.value_of("version");
    root.submit("/admin/site", "/admin/site", &[&fields[..5], &[("version", version.as_str())]].concat()).await.is(303);
    site.visitor().get("/nope").await.is(404);
}

#[test]
fn t98_what_a_connection_has_proven_is_void_with_the_next_change_of_its_user() {
    let server = Server::start();
    let cli = |arguments: &[&str], input: &str| {
        let (ok, out, err) = text(&server.cli(arguments, input));
        assert!(ok, "{arguments:?}: {err}");
        out
    };
    cli(&["user", "add", "ann", "--role", "reader"], "correct horse battery");
    let secret = cli(&["token", "add", "ann", "--name", "backup"], "");
    let secret = secret.split_whitespace().find(|word| word.starts_with("ptn_")).unwrap();
    let mut ann = Client::of(&server, "ann:correct horse battery");
    let mut backup = Client::of(&server, &format!("ann:{secret}"));
    let mut check = |of_ann: u16, of_backup: u16| {
        // The answer is cached for the second request, and the proof is used from then on.
        for _ in 0..4 {
            assert_eq!((ann.status("/private-example"), backup.status("/private-example")), (of_ann, of_backup));
        }
    };
    check(200, 200);
    cli(&["token", "end", "ann", "--name", "backup"], "");
    check(200, 401);
    cli(&["user", "disable", "ann"], "");
    check(401, 401);
    cli(&["user", "enable", "ann"], "");
    check(200, 401);
    cli(&["user", "passwd", "ann"], "another horse battery");
    check(401, 401);
}
