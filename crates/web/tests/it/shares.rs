//! Links that open a page: what a visitor with a link gets, and when a link opens nothing any more. Each rule is tested
//! on both databases.

use actix_web::http::Method;
use chrono::TimeDelta;
use diesel::{RunQueryDsl, sql_query};
use domain::{
    access::Admin,
    audience::Audience,
    page::{PageContent, PageInput},
    secret::SecretHash,
    share::{Share, ShareId, Sharers, Shows},
};
use store::{
    shares,
    writing::{Command, DiscardDrafts, DraftVersion, Selection, SetAudience},
};
use web::{Options, auth::secret::Secret, clock};

use crate::{
    both::on_both,
    files::add,
    server::{Server, status, text},
    site::{Response, Site, chosen, draft, public, signed_in},
};

fn sql(site: &Site, statement: &str) {
    site.write(|conn, _| Ok(sql_query(statement).execute(conn)?));
}

/// A private section: /clients for ann, with /clients/acme and pages below it that inherit, and /clients/acme/prices, which
/// has readers of its own.
fn furnish(site: &Site) {
    site.put(PageInput { audience: chosen("ann", &[]), ..draft("clients", "Clients") });
    let body = "The plan: ![The plan](plan.jpg) [the brief](/clients/acme/brief#why) [its picture](acme/brief/map.png) \
                [prices](/clients/acme/prices) [others](beta) [hello](/hello) [out](https://example.org/x) [up](/clients) \
                [here](#top) [self](/clients/acme)";
    let acme = site.put(PageInput { body: body.into(), ..draft("clients/acme", "Acme") });
    let brief = site.put(PageInput { body: "Because. [back](../acme)".into(), ..draft("clients/acme/brief", "Brief") });
    site.put(PageInput { audience: signed_in(), ..draft("clients/acme/prices", "Prices of Acme") });
    site.put(PageInput { audience: public(), ..draft("clients/acme/press", "Press") });
    site.put(draft("clients/beta", "Beta"));
    add(site, &acme, "plan.jpg", b"the private plan", true);
    add(site, &brief, "map.png", b"the private map", true);
}

fn share_of(site: &Site, secret: &str) -> Option<Share> {
    let hash: SecretHash = Secret::parse(secret).unwrap().hash();
    site.store().read(|conn| shares::find(conn, &hash)).unwrap()
}

fn end(site: &Site, secret: &str) {
    let id: ShareId = share_of(site, secret).unwrap().id;
    site.write(|conn, admin| store::writing::shares::end(conn, admin.editor(), &[id], clock::now()));
}

fn same(a: &Response, b: &Response) {
    assert_eq!(a.fingerprint(), b.fingerprint());
}

#[actix_web::test]
async fn a_link_opens_its_page_and_its_files_and_nothing_around_it() {
    on_both(async |site| {
        furnish(site);
        let secret = site.link("clients/acme", Shows::Page);
        let page = site.visitor().browser().get(&format!("/s/{secret}")).await.is(200);
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert_eq!(page.headers.get_all("referrer-policy").count(), 1);
        assert_eq!(page.header("x-robots-tag"), "noindex, nofollow, noarchive");
        assert_eq!((page.header("etag"), page.header("vary"), page.header("www-authenticate")), ("", "", ""));
        let page = page.has("<h1>Acme</h1>").has(&format!("src=\"/s/{secret}/plan.jpg\"")).has("Postern</bdi>");
        let page = page.lacks("og:").lacks("role=\"search\"").lacks("/feed.xml").lacks("class=\"who\"").lacks("/login");
        let page =
            page.lacks("class=\"menu").lacks("class=\"sidebar").lacks("class=\"around\"").lacks("Prices of Acme");
        // If the link does not open the subpages, links lead to the site, and reveal nothing about their targets.
        page.has("href=\"/clients/acme/brief#why\"")
            .has("href=\"/clients/acme/brief/map.png\"")
            .has("href=\"/clients\"")
            .has("href=\"/clients/beta\"")
            .has("href=\"/hello\"")
            .has("href=\"https://example.org/x\"")
            .has("href=\"#top\"")
            .has(&format!("href=\"/s/{secret}\""));
        let file = site.visitor().get(&format!("/s/{secret}/plan.jpg")).await.is(200).has("the private plan");
        assert_eq!((file.header("cache-control"), file.header("vary")), ("no-store", ""));
        assert_eq!(file.header("x-robots-tag"), "noindex, nofollow, noarchive");
        assert_eq!(file.header("referrer-policy"), "no-referrer");
        assert_eq!(file.header("content-type"), "image/jpeg");
        let etag = file.header("etag").to_owned();
        let address = format!("/s/{secret}/plan.jpg");
        site.visitor().with("if-none-match", &etag).get(&address).await.is(304).lacks("plan");
        site.visitor().with("range", "bytes=4-10").get(&address).await.is(206).has("private").lacks("plan");
        site.visitor().get(&format!("{address}?w=480")).await.is(200).has("the private plan");
        for nothing in
            ["nope.jpg", "plan.jpg?w=7", "brief", "brief/map.png", "feed.xml", "x.md", "..", "%2e%2e", "/", "//x"]
        {
            site.visitor().get(&format!("/s/{secret}/{nothing}")).await.is(404);
        }
        // There is no redirect, because others may log its address.
        site.visitor().get(&format!("/s/{secret}/")).await.is(200).has("<h1>Acme</h1>");
    })
    .await;
}

#[actix_web::test]
async fn with_pages_below_a_link_opens_those_that_inherit_and_their_links_stay_within_it() {
    on_both(async |site| {
        furnish(site);
        let secret = site.link("clients/acme", Shows::Section);
        let at = |path: &str| format!("/s/{secret}{path}");
        let page = site.visitor().get(&at("")).await.is(200);
        page.has(&format!("href=\"/s/{secret}/brief#why\""))
            .has(&format!("href=\"/s/{secret}/brief/map.png\""))
            .has("href=\"/clients/acme/prices\"")
            .has("href=\"/clients/beta\"")
            .has("href=\"/clients\"");
        let brief = site.visitor().get(&at("/brief")).await.is(200).has("<h1>Brief</h1>");
        // The only link upwards leads to the shared page.
        brief
            .has(&format!("<a href=\"/s/{secret}\"><bdi>Acme</bdi></a>"))
            .has(&format!("href=\"/s/{secret}\" rel=\"noopener noreferrer\">back</a>"))
            .lacks("Clients");
        site.visitor().get(&at("/brief/map.png")).await.is(200).has("the private map");
        let absent = site.visitor().get(&at("/nope")).await.is(404);
        same(&absent, &site.visitor().get(&at("/prices")).await);
        same(&absent, &site.visitor().get(&at("/prices/x.png")).await);
        let public = site.visitor().get(&at("/press")).await.is(308);
        assert_eq!(public.header("location"), "/clients/acme/press");
        // The page `brief` gets readers of its own.
        let brief = site.page("clients/acme/brief").unwrap();
        site.run(Command::SetAudience(SetAudience { pages: Selection::one(brief.id), audience: Audience::SignedIn }));
        same(&absent, &site.visitor().get(&at("/brief")).await);
        same(&absent, &site.visitor().get(&at("/brief/map.png")).await);
        site.visitor().get(&at("")).await.is(200).has("href=\"/clients/acme/brief#why\"");
    })
    .await;
}

#[actix_web::test]
async fn credentials_change_nothing_and_are_never_asked_for() {
    on_both(async |site| {
        furnish(site);
        let secret = site.link("clients/acme", Shows::Section);
        for path in ["", "/brief", "/prices", "/plan.jpg", "/nope", "/press"] {
            let address = format!("/s/{secret}{path}");
            let stranger = site.visitor().get(&address).await;
            assert_ne!(stranger.status.as_u16(), 401, "{path}");
            for actor in [
                site.ann(),
                site.eve(),
                site.root(),
                site.signed_in("dan", "open sesame"),
                site.signed_in("ann", "wrong"),
            ] {
                same(&stranger, &actor.get(&address).await);
            }
        }
        assert_eq!(site.verified(), 0);
        // A sign-in on the site does not change that.
        site.eve().get("/clients").await.is(200);
        same(&site.visitor().get(&format!("/s/{secret}")).await, &site.eve().get(&format!("/s/{secret}")).await);
        site.eve().browser().get(&format!("/s/{secret}/nope")).await.is(404).lacks("eve");
    })
    .await;
}

#[actix_web::test]
async fn reading_does_not_use_up_a_link_and_only_get_and_head_are_answered() {
    on_both(async |site| {
        furnish(site);
        let secret = site.link("clients/acme", Shows::Page);
        let address = format!("/s/{secret}");
        for _ in 0..3 {
            let head = site.visitor().send(Method::HEAD, &address, None).await.is(200);
            assert_eq!(head.header("cache-control"), "no-store");
            for method in ["POST", "PUT", "DELETE", "PATCH", "FROB"] {
                let method = Method::from_bytes(method.as_bytes()).unwrap();
                let refused = site.visitor().send(method, &address, Some(String::new())).await.is(405);
                assert_eq!(refused.header("allow"), "GET, HEAD, OPTIONS");
                assert_eq!(refused.header("referrer-policy"), "no-referrer");
            }
        }
        assert_eq!(share_of(site, &secret).unwrap().opened_at, None, "a scanner opens nothing");
        site.visitor().get(&format!("{address}/plan.jpg")).await.is(200);
        site.visitor().get(&address).await.is(200);
        let opened = async || {
            for _ in 0..2000 {
                if let Some(at) = share_of(site, &secret).unwrap().opened_at {
                    return at;
                }
                actix_web::rt::time::sleep(std::time::Duration::from_millis(5)).await;
            }
            panic!("the opening was not noted");
        };
        let first = opened().await;
        site.visitor().get(&address).await.is(200);
        assert_eq!(opened().await, first, "at most once a minute");
    })
    .await;
}

#[actix_web::test]
async fn an_unknown_link_is_as_any_unknown_address() {
    on_both(async |site| {
        let unknown = site.visitor().browser().get("/nope").await.is(404);
        let secret = Secret::random().unwrap();
        for path in [
            secret.reveal(),
            "short",
            "",
            &format!("{}/x/y", secret.reveal()),
            &format!("{}/plan.jpg", secret.reveal()),
        ] {
            let absent = site.visitor().browser().get(&format!("/s/{path}")).await;
            if absent.status == 308 {
                continue; // A slash at the end.
            }
            assert_eq!((absent.status, &absent.body), (unknown.status, &unknown.body), "{path}");
        }
        // None of these addresses asks for a password, even on a site that hides its pages.
        sql(site, "UPDATE site SET hides_pages = TRUE");
        site.visitor().get("/nope").await.is(401);
        site.visitor().get(&format!("/s/{}", secret.reveal())).await.is(404);
    })
    .await;
}

#[actix_web::test]
async fn a_link_that_ended_says_so_with_the_next_request_on_every_instance() {
    on_both(async |site| {
        furnish(site);
        let other = site.instance();
        let secret = site.link("clients/acme", Shows::Section);
        let over = site.link_until("clients/acme", Shows::Page, clock::now() + TimeDelta::milliseconds(1));
        let address = format!("/s/{secret}");
        for instance in [site, &other] {
            instance.visitor().get(&address).await.is(200);
            instance.visitor().get(&format!("{address}/plan.jpg")).await.is(200);
        }
        end(site, &secret);
        for instance in [&other, site] {
            for path in ["", "/plan.jpg", "/brief", "/nope"] {
                let gone = instance.visitor().browser().get(&format!("{address}{path}")).await.is(410);
                assert_eq!((gone.header("cache-control"), gone.header("referrer-policy")), ("no-store", "no-referrer"));
                let year = clock::iso(clock::now())[..4].to_owned();
                gone.has("This link has ended").has(&year).lacks("Acme").lacks(&secret);
            }
        }
        actix_web::rt::time::sleep(std::time::Duration::from_millis(5)).await;
        site.visitor().get(&format!("/s/{over}")).await.is(410);
    })
    .await;
}

#[actix_web::test]
async fn what_happens_to_the_page_happens_to_its_link() {
    on_both(async |site| {
        furnish(site);
        let secret = site.link("clients/acme", Shows::Section);
        let address = format!("/s/{secret}");
        let now = clock::now();
        let set = |change: &dyn Fn(PageContent) -> PageContent| {
            let page = site.page("clients/acme").unwrap();
            site.put_content(change(page.content));
        };
        let absent = site.visitor().get("/nope").await.is(404).body;
        for (published_at, unpublish_at) in
            [(now + TimeDelta::days(1), None), (now - TimeDelta::days(2), Some(now - TimeDelta::days(1)))]
        {
            set(&|content| PageContent { published_at, unpublish_at, ..content });
            assert_eq!(site.visitor().get(&address).await.is(404).body, absent);
            site.visitor().get(&format!("{address}/plan.jpg")).await.is(404);
            site.visitor().get(&format!("{address}/brief")).await.is(200).lacks("Acme</bdi>");
        }
        set(&|content| PageContent { published_at: now, unpublish_at: None, ..content });
        site.visitor().get(&address).await.is(200);
        let page = site.page("clients/acme").unwrap();
        site.move_page(&page, "clients/acme-two");
        site.visitor().get(&address).await.is(200).has("<h1>Acme</h1>");
        let page = site.page("clients/acme-two").unwrap();
        site.run(Command::SetAudience(SetAudience { pages: Selection::one(page.id), audience: Audience::Public }));
        let public = site.visitor().get(&address).await.is(308);
        assert_eq!((public.header("location"), public.header("cache-control")), ("/clients/acme-two", "no-store"));
        let file = site.visitor().get(&format!("{address}/plan.jpg?w=480")).await.is(308);
        assert_eq!(file.header("location"), "/clients/acme-two/plan.jpg?w=480");
        site.run(Command::SetAudience(SetAudience { pages: Selection::one(page.id), audience: Audience::Inherited }));
        site.visitor().get(&address).await.is(200);
        site.delete(page.id);
        assert_eq!(site.visitor().get(&address).await.is(404).body, absent);
        site.visitor().get(&format!("{address}/plan.jpg")).await.is(404);
    })
    .await;
}

#[actix_web::test]
async fn a_database_that_does_not_answer_is_503() {
    on_both(async |site| {
        let secret = site.link("secret", Shows::Page);
        sql(site, "ALTER TABLE shares RENAME TO elsewhere");
        let silent = site.visitor().browser().get(&format!("/s/{secret}")).await.is(503);
        assert_eq!((silent.header("referrer-policy"), silent.header("cache-control")), ("no-referrer", "no-store"));
        silent.lacks("oak").lacks(&secret);
        sql(site, "ALTER TABLE elsewhere RENAME TO shares");
        site.visitor().get(&format!("/s/{secret}")).await.is(200).has("oak");
    })
    .await;
}

#[actix_web::test]
async fn where_https_is_required_a_link_opens_nothing_in_the_clear() {
    let site = Site::with(Options { require_https: true, ..Options::default() });
    site.put(PageInput { audience: signed_in(), body: "The treasure.".into(), ..draft("secret", "Secret") });
    let secret = site.link("secret", Shows::Page);
    let refused = site.visitor().get(&format!("/s/{secret}")).await.is(403);
    assert_eq!(refused.header("www-authenticate"), "");
    refused.lacks("treasure").lacks(&secret);
}

#[actix_web::test]
async fn no_list_contains_a_share() {
    on_both(async |site| {
        furnish(site);
        let lists = [
            "/",
            "/clients",
            "/sitemap",
            "/sitemap/clients",
            "/feed.xml",
            "/sitemap.xml",
            "/search?q=acme",
            "/clients/acme",
        ];
        let mut before = Vec::new();
        for list in lists {
            before.push(site.visitor().get(list).await.fingerprint());
        }
        let secret = site.link("clients/acme", Shows::Section);
        for _ in 0..2 {
            for (list, before) in lists.iter().zip(&before) {
                assert_eq!(&site.visitor().get(list).await.fingerprint(), before, "{list}");
                site.visitor().get(&format!("/s/{secret}")).await.is(200);
            }
        }
        site.visitor().get("/robots.txt").await.is(200).has("Disallow: /s/\n");
        // No cached answer contains the secret.
        site.visitor().get("/clients/acme").await.is(401);
        site.ann().get("/clients/acme").await.is(200).lacks(&secret);
    })
    .await;
}

#[actix_web::test]
async fn a_link_to_a_draft_shows_its_text_and_its_waiting_files_while_there_is_one() {
    on_both(async |site| {
        furnish(site);
        let page = site.page("clients/acme").unwrap();
        let root = site.root().browser();
        let form = format!("/admin/pages/{}", page.id.0);
        let typed = [
            ("then", "draft"),
            ("version", "2"),
            ("title", "Acme anew"),
            ("path", "/clients/acme"),
            ("body", "Waiting: ![New](new.png)"),
        ];
        root.submit(&form, &form, &typed).await.is(303);
        add(site, &page, "new.png", b"the waiting picture", false);
        let secret = site.link_to(page.id, Shows::Draft, clock::now() + TimeDelta::days(7));
        let address = format!("/s/{secret}");
        let shown = site.visitor().browser().get(&address).await.is(200).has("<h1>Acme anew</h1>").has("Waiting");
        shown.has(&format!("src=\"/s/{secret}/new.png\"")).has("This is a draft").lacks("?draft");
        site.visitor().get(&format!("{address}/new.png")).await.is(200).has("the waiting picture");
        site.visitor().get(&format!("{address}/plan.jpg")).await.is(200).has("the private plan");
        site.visitor().get(&format!("{address}/brief")).await.is(404);
        site.visitor().get(&format!("{address}/nope.png")).await.is(404);
        let drafts = format!("/admin/drafts/{}/discard", page.id.0);
        let version = root.get(&drafts).await.is(200).value_of("version");
        root.submit(&drafts, &drafts, &[("version", &version)]).await.is(303);
        site.visitor().get(&address).await.is(404);
        site.visitor().get(&format!("{address}/plan.jpg")).await.is(404);
        site.run(Command::SetAudience(SetAudience { pages: Selection::one(page.id), audience: Audience::Public }));
        assert_eq!(site.visitor().get(&address).await.is(308).header("location"), "/clients/acme");
    })
    .await;
}

#[actix_web::test]
async fn an_editor_makes_a_link_sees_it_once_and_ends_it() {
    on_both(async |site| {
        furnish(site);
        let page = site.page("clients/acme").unwrap();
        let form = format!("/admin/pages/{}/shares", page.id.0);
        let eve = site.eve().browser();
        eve.get(&format!("/admin/pages/{}", page.id.0)).await.is(200).has(&format!("href=\"{form}\">Share</a>"));
        eve.get(&form)
            .await
            .is(200)
            .has("<legend>Whoever has the link can read</legend>")
            .has("<label for=\"shows-page\">this page</label>")
            .has("<label for=\"shows-section\">this page and its subpages that are “same as parent page”, also later ones</label>")
            .has("Make a link: whoever has it can read what is chosen above<")
            .lacks("draft of this page")
            .has("There are no links.");
        // If only one version can be shared, the button names it.
        let brief = format!("/admin/pages/{}/shares", site.page("clients/acme/brief").unwrap().id.0);
        eve.get(&brief).await.is(200).has("Make a link: whoever has it can read this page<").lacks("type=\"radio\"");
        let refused = eve
            .submit(&form, &form, &[("label", ""), ("until", "date"), ("last_day", "2020-01-01"), ("shows", "page")])
            .await;
        refused.is(422).has("Write for whom the link is").has("A link ends within").lacks("/s/");
        eve.submit(&form, &form, &[("label", "Acme <review>"), ("until", "7d"), ("shows", "draft")])
            .await
            .is(422)
            .has("no draft");
        let made = eve
            .submit(&form, &form, &[("label", "Acme <review>"), ("until", "7d"), ("shows", "section")])
            .await
            .is(200);
        assert_eq!(made.header("cache-control"), "no-store");
        let address =
            made.body.split("value=\"http://site.test/s/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        made.has("Acme &lt;review&gt;").has("the page and pages below it").has("End now");
        let sheet = eve.get(&format!("/admin/pages/{}", page.id.0)).await.is(200);
        sheet.has("Share (1)").lacks(&address);
        site.visitor().get(&format!("/s/{address}/brief")).await.is(200);
        eve.get(&form).await.is(200).lacks(&address).has("Acme &lt;review&gt;").has("eve");
        eve.get("/admin/shares").await.is(200).lacks(&address).has("/clients/acme").has("1–1 of 1 links");
        site.root().get("/admin/audit").await.is(200).lacks(&address).has("the page and pages below it");
        let share = share_of(site, &address).unwrap();
        site.ann().get("/admin/shares").await.is(403);
        eve.submit(&form, &format!("/admin/pages/1/shares/{}/end", share.id.0), &[]).await.is(404);
        let ended = eve.submit(&form, &format!("{form}/{}/end", share.id.0), &[]).await.is(303);
        eve.get(ended.header("location")).await.is(200).has("Ended 1 link.").has("ended early").lacks("End now");
        site.visitor().get(&format!("/s/{address}")).await.is(410);
        let again = site.link("clients/acme", Shows::Page);
        let id = share_of(site, &again).unwrap().id.0.to_string();
        let chosen = [("action", "end"), ("id", id.as_str())];
        eve.submit("/admin/shares", "/admin/shares/actions", &chosen)
            .await
            .is(200)
            .has("End 1 link?")
            .has("Acme review");
        site.visitor().get(&format!("/s/{again}")).await.is(200);
        let confirmed = [("action", "end"), ("id", id.as_str()), ("confirm", "yes")];
        let done = eve.submit("/admin/shares", "/admin/shares/actions", &confirmed).await.is(303);
        eve.get(done.header("location")).await.is(200).has("Ended 1 link.");
        site.visitor().get(&format!("/s/{again}")).await.is(410);
        eve.get("/admin/shares?open=yes").await.is(200).has("No link matches");
        eve.get("/admin/shares?open=no&q=review").await.is(200).has("1–2 of 2 links");
    })
    .await;
}

#[actix_web::test]
async fn t65_the_same_form_makes_one_link_and_keeps_what_was_typed() {
    on_both(async |site| {
        furnish(site);
        let page = site.page("clients/acme").unwrap();
        let (eve, form) = (site.eve().browser(), format!("/admin/pages/{}/shares", page.id.0));
        let number = |page: &Response| page.value_of("form");
        let first =
            number(&eve.get(&form).await.is(200).has("id=\"shows-page\" name=\"shows\" value=\"page\" checked"));
        let sent = |number: &str| {
            [("label", "Acme review"), ("until", "30d"), ("shows", "section"), ("form", number)]
                .map(|(name, value)| (name, value.to_owned()))
        };
        let send = async |number: &str| {
            let fields = sent(number);
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            eve.submit(&form, &form, &fields).await
        };
        let made = send(&first).await.is(200).has("The link for");
        assert_ne!(number(&made), first);
        // A browser that reloads the answer sends the same form.
        let again = send(&first).await.is(409).has("This form was sent before").lacks("The link for <bdi>");
        let again = again.has("value=\"Acme review\"").has("<option value=\"30d\" selected>");
        let next = number(&again.has("value=\"section\" checked"));
        let count =
            || site.store().read(|conn| shares::of_page(conn, Admin::command_line().editor(), page.id)).unwrap().len();
        assert_eq!(count(), 1);
        // Another instance knows it, too; and the button of the answer makes another link.
        let fields = sent(&first);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        site.instance().eve().browser().submit(&form, &form, &fields).await.is(409);
        send(&next).await.is(200).has("The link for");
        assert_eq!(count(), 2);
        // A form that was refused has made nothing.
        let number = number(&eve.get(&form).await);
        eve.submit(&form, &form, &[("label", ""), ("until", "7d"), ("shows", "page"), ("form", &number)]).await.is(422);
        send(&number).await.is(200);
    })
    .await;
}

#[actix_web::test]
async fn the_panel_says_which_links_open_a_page_and_asks_before_they_open_another() {
    on_both(async |site| {
        furnish(site);
        let secret = site.link("clients/acme", Shows::Section);
        let form_of = |path: &str| format!("/admin/pages/{}", site.page(path).unwrap().id.0);
        let (eve, prices) = (site.eve(), form_of("clients/acme/prices"));
        eve.get(&form_of("clients/acme")).await.has("; <bdi>1 link opens it</bdi>");
        let of_acme = "<bdi>1 link to “/clients/acme” and its subpages opens it</bdi>";
        eve.get(&form_of("clients/acme/brief")).await.has(of_acme);
        eve.get(&prices).await.lacks("opens it");
        eve.get(&form_of("clients/acme/press")).await.lacks("opens it");
        let new = [("title", "New"), ("path", "/clients/acme/new"), ("audience", "inherited")];
        eve.submit("/admin/pages/new", "/admin/readers", &new).await.is(200).has(of_acme);

        let address = format!("/s/{secret}/prices");
        let version = eve.get(&prices).await.value_of("version");
        let fields = [
            ("title", "Prices of Acme"),
            ("path", "/clients/acme/prices"),
            ("audience", "inherited"),
            ("version", version.as_str()),
            ("then", "publish"),
        ];
        let asked = eve.submit(&prices, &prices, &fields).await.is(422);
        let asked = asked.has("Can now read: <bdi>people who have the link to “/clients/acme” and its subpages</bdi>");
        let asked = asked.has("Let more people read it");
        site.visitor().get(&address).await.is(404);
        let agreed = asked.value_of("agreed");
        let fields = [&fields[..], &[("agreed", agreed.as_str()), ("asked", "publish")]].concat();
        eve.submit(&prices, &prices, &fields).await.is(303);
        site.visitor().get(&address).await.is(200);
    })
    .await;
}

#[actix_web::test]
async fn the_form_says_that_links_show_the_draft() {
    on_both(async |site| {
        furnish(site);
        let page = site.page("clients/acme").unwrap();
        let form = format!("/admin/pages/{}", page.id.0);
        let (eve, version) = (site.eve(), page.version.0.to_string());
        let fields = [("title", "Acme"), ("path", "/clients/acme"), ("body", "Later."), ("version", &version)];
        let draft = [&fields[..], &[("audience", "inherited"), ("then", "draft")]].concat();
        eve.submit(&form, &form, &draft).await.is(303);
        eve.get(&form).await.has("Only editors see the draft.");
        site.link("clients/acme", Shows::Draft);
        eve.get(&form).await.has("Editors see the draft, and people who have the link to it.").lacks("Only editors");
        site.link("clients/acme", Shows::Draft);
        eve.get(&form).await.has("Editors see the draft, and people who have one of 2 links to it.");
        let by = Admin::command_line();
        let draft = site.store().read(|conn| store::drafts::get(conn, by.editor(), page.id)).unwrap().unwrap();
        site.run(Command::DiscardDrafts(DiscardDrafts(vec![DraftVersion::from(&draft)])));
        eve.get(&form).await.lacks("Only editors").has("2 links show every draft of this page.");
    })
    .await;
}

#[actix_web::test]
async fn t80_a_link_of_an_account_that_cannot_edit_now_is_as_an_unknown_address() {
    on_both(async |site| {
        furnish(site);
        let page = site.page("clients/acme").unwrap();
        let form = format!("/admin/pages/{}/shares", page.id.0);
        let fields = [("label", "Acme"), ("until", "7d"), ("shows", "section")];
        let made = site.eve().submit(&form, &form, &fields).await.is(200);
        let address = made.body.split("http://site.test").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let absent = site.visitor().get("/nope").await.is(404).body;
        let mut states = Vec::new();
        for set in [
            "ends_at = '2020-01-01 00:00:00'",
            "ends_at = NULL",
            "role = 'reader'",
            "role = 'editor'",
            "active = FALSE",
            "active = TRUE",
        ] {
            sql(site, &format!("UPDATE users SET {set} WHERE name = 'eve'"));
            for path in [address.clone(), format!("{address}/brief"), format!("{address}/plan.jpg")] {
                let answer = site.visitor().get(&path).await;
                if answer.status == 404 {
                    assert_eq!(answer.body, absent);
                }
                states.push(answer.status.as_u16());
            }
            let list = site.root().get("/admin/shares?open=yes").await.is(200);
            let suspended = list.body.contains("opens nothing while <bdi>eve</bdi> cannot edit pages");
            assert_eq!(suspended, states.last() == Some(&404), "{set}");
        }
        assert_eq!(states, [[404; 3], [200; 3]].concat().repeat(3));
    })
    .await;
}

#[actix_web::test]
async fn the_settings_say_who_may_make_links() {
    on_both(async |site| {
        furnish(site);
        let page = site.page("clients/acme").unwrap();
        let form = format!("/admin/pages/{}/shares", page.id.0);
        let before = site.link("clients/acme", Shows::Page);
        let set = async |sharers: Sharers| {
            let root = site.root().browser();
            let settings = root.get("/admin/site").await.is(200).has("Existing links work until they end");
            let fields = ["title", "tagline", "language", "time_zone", "realm", "version"]
                .map(|field| (field, settings.value_of(field)));
            let mut fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            fields.push(("sharers", sharers.as_str()));
            root.submit("/admin/site", "/admin/site", &fields).await.is(303);
        };
        let fields = [("label", "x"), ("until", "1d"), ("shows", "page")];
        set(Sharers::Administrators).await;
        site.eve()
            .get(&form)
            .await
            .is(200)
            .has("The settings of this site do not let you make links.")
            .lacks("Make a link");
        site.eve().submit("/admin/shares?x", &form, &fields).await;
        site.root().submit(&form, &form, &fields).await.is(200).has("/s/");
        set(Sharers::Nobody).await;
        site.root().get(&form).await.is(200).lacks("Make a link").has("End now");
        site.visitor().get(&format!("/s/{before}")).await.is(200);
        let all = site.store().read(|conn| shares::of_page(conn, Admin::command_line().editor(), page.id)).unwrap();
        assert_eq!(all.len(), 2);
    })
    .await;
}

#[test]
fn the_command_line_makes_lists_and_ends_links_and_no_log_has_a_secret() {
    let server = Server::start_with(&[("POSTERN_LOG", "trace")]);
    let put = ["page", "put", "clients", "--title", "Clients", "--private"];
    assert!(text(&server.cli(&put, "The treasure.")).0);
    assert!(text(&server.cli(&["page", "put", "clients/acme", "--title", "Acme"], "Acme.")).0);
    let (ok, out, err) =
        text(&server.cli(&["share", "clients", "--until", "7d", "--label", "Acme review", "--below"], ""));
    assert!(ok && err.contains("Whoever has this link can read the page and pages below it until"), "{out}{err}");
    let secret = out.trim().rsplit_once("/s/").unwrap().1.to_owned();
    assert_eq!(secret.len(), 30, "{out}");
    let get = |path: &str, head: &str| {
        server.raw(format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{head}\r\n"))
    };
    let shown = get(&format!("/s/{secret}"), "");
    assert!(status(&shown) == 200 && shown.contains("The treasure."), "{shown}");
    assert!(!shown.split("\r\n\r\n").next().unwrap().contains(&secret), "no header has it: {shown}");
    assert_eq!(status(&get(&format!("/s/{secret}/acme"), "")), 200);
    for (path, expected) in [
        (format!("/s/{secret}/nope"), 404),
        (format!("/s/{secret}/x.jpg"), 404),
        (format!("/%73/{secret}"), 200),
        (format!("//s/{secret}"), 404),
        (format!("/S/{secret}"), 404),
        (format!("/nope?next=/s/{secret}"), 404),
        (format!("/s/{}", secret.to_lowercase()), 404),
    ] {
        assert_eq!(status(&get(&path, "")), expected, "{path}");
    }
    let post = format!("POST /s/{secret} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(status(&server.raw(post)), 405);
    let (ok, out, _) = text(&server.cli(&["share", "list"], ""));
    assert!(
        ok && out.contains("\t/clients\tsection\topen\t") && out.contains("Acme review") && !out.contains(&secret),
        "{out}"
    );
    let number = out.split('\t').next().unwrap().to_owned();
    let (ok, out, err) = text(&server.cli(&["share", "end", &number], ""));
    assert!(ok && out.contains("Ended 1 link."), "{out}{err}");
    // Another process ended it: the next request is refused.
    assert_eq!(status(&get(&format!("/s/{secret}"), "")), 410);
    assert_eq!(status(&get(&format!("/s/{secret}/acme"), "")), 410);
    assert!(!text(&server.cli(&["share", "end", &number], "")).0, "it has ended");
    for wrong in [
        vec!["share", "nowhere"],
        vec!["share", "clients", "--until", "soon"],
        vec!["share", "clients", "--until", "400d"],
        vec!["share", "clients", "--draft"],
        vec!["share"],
    ] {
        let (ok, out, _) = text(&server.cli(&wrong, ""));
        assert!(!ok && !out.contains("/s/"), "{wrong:?}");
    }
    let log = server.log();
    assert!(log.contains("/s/[secret]"), "the requests are in the log: {log}");
    assert!(!log.to_lowercase().contains(&secret.to_lowercase()), "{log}");
}
