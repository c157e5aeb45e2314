//! Pages in the panel: the list, the form, conflicts, many at once.

use domain::{
    audience::Audience,
    page::{PageInput, PagePath},
};

use crate::site::{Site, draft, signed_in};

fn edit(site: &Site, path: &str) -> String {
    format!("/admin/pages/{}", site.page(path).unwrap().id.0)
}

#[actix_web::test]
async fn a_page_is_made_and_its_path_comes_from_its_title() {
    let site = Site::new();
    let eve = site.eve();
    let fields = [("title", "Spring Menu (2026)"), ("body", "Soup."), ("private", "on")];
    let made = eve.submit("/admin/pages/new", "/admin/pages", &fields).await.is(303);
    let page = site.page("spring-menu-2026").unwrap();
    let address = format!("/admin/pages?done=published&of={}&version=1", page.id.0);
    assert_eq!(made.header("location"), address);
    assert_eq!((page.content.audience, page.content.body.as_str()), (Audience::SignedIn, "Soup."));
    eve.get(&address).await.is(200).has("Published “Spring Menu (2026)”.").has(">Undo<");
}

#[actix_web::test]
async fn the_buttons_lead_on_and_the_filter_is_kept() {
    let site = Site::new();
    let back = "q=x&readers=signed-in&evil=1";
    let check = async |then: &str, expected: &str| {
        let path = format!("made-by-{then}");
        let fields = [("title", "T"), ("path", path.as_str()), ("body", "x"), ("back", back), ("then", then)];
        let response = site.eve().submit("/admin/pages/new", "/admin/pages", &fields).await.is(303);
        let id = site.page(&path).unwrap().id.0;
        assert_eq!(response.header("location"), expected.replace("ID", &id.to_string()));
    };
    check("publish", "/admin/pages?done=published&of=ID&version=1&q=x&readers=signed-in").await;
    // The former name of this button.
    check("save", "/admin/pages?done=published&of=ID&version=1&q=x&readers=signed-in").await;
    check("continue", "/admin/pages/ID?done=published&of=ID&version=1&back=q%3Dx%26readers%3Dsigned-in").await;
    check("another", "/admin/pages/new?done=published&of=ID&version=1&back=q%3Dx%26readers%3Dsigned-in").await;
}

#[actix_web::test]
async fn an_error_is_shown_at_its_field_and_nothing_typed_is_lost() {
    let site = Site::new();
    let fields = [
        ("title", ""),
        ("path", "Has Spaces"),
        ("summary", "keep me"),
        ("body", "and me"),
        ("published", "tomorrow"),
        ("private", "on"),
    ];
    let form = site.eve().submit("/admin/pages/new", "/admin/pages", &fields).await.is(422);
    form.has("A page needs a title.")
        .has("Only lower-case letters")
        .has("Write a date as")
        .has("keep me")
        .has("and me")
        .has("value=\"Has Spaces\"")
        .has("aria-invalid=\"true\"");
    let taken = [("title", "Mine"), ("path", "hello"), ("body", "my text")];
    site.eve()
        .submit("/admin/pages/new", "/admin/pages", &taken)
        .await
        .is(422)
        .has("There is a page at /hello already")
        .has("my text");
    let reserved = [("title", "Mine"), ("path", "admin/x")];
    site.eve().submit("/admin/pages/new", "/admin/pages", &reserved).await.is(422).has("is reserved");
    let large = "é".repeat(600_000);
    let long = [("title", "Mine"), ("path", "long"), ("body", large.as_str())];
    site.eve().submit("/admin/pages/new", "/admin/pages", &long).await.is(422).has("At most 1048576 bytes");
}

#[actix_web::test]
async fn a_page_is_changed_and_stays_where_a_field_was_not_sent() {
    let site = Site::new();
    let form = edit(&site, "secret");
    let shown = site.eve().get(&form).await.is(200).has("The treasure is under the oak.").has("value=\"/secret\"");
    let (version, published) = (shown.value_of("version"), shown.value_of("published"));
    let fields = [
        ("title", "Secret 2"),
        ("path", "/secret"),
        ("body", "Moved."),
        ("version", &version),
        ("published", &published),
        ("then", "continue"),
    ];
    let saved = site.eve().submit(&form, &form, &fields).await.is(303);
    site.eve().get(saved.header("location")).await.is(200).has("Published the changes to “Secret 2”.");
    let page = site.page("secret").unwrap();
    assert_eq!(
        (page.content.title.as_str(), page.content.audience, page.version.0),
        ("Secret 2", Audience::SignedIn, 2)
    );
}

#[actix_web::test]
async fn a_save_takes_at_most_three_connections() {
    let site = Site::new();
    site.put(draft("hello/below", "Below"));
    let form = edit(&site, "hello");
    let save = async |path: &str, audience: &str| {
        let page = site.eve().get(&form).await;
        let (token, version) = (page.value_of("form_token"), page.value_of("version"));
        let fields = [("title", "Hello"), ("path", path), ("audience", audience), ("body", audience)];
        let fields = [&fields[..], &[("version", &*version), ("form_token", &*token), ("move_below", "on")]].concat();
        let before = site.store().checkouts();
        let question = site.eve().post(&form, &fields).await;
        let asking = site.store().checkouts() - before;
        if question.status != 422 {
            return [asking, 0];
        }
        let agreed = question.value_of("agreed");
        let before = site.store().checkouts();
        site.eve().post(&form, &[&fields[..], &[("agreed", &*agreed)]].concat()).await.is(303);
        [asking, site.store().checkouts() - before]
    };
    let saves = [("/hello", "public"), ("/hello", "signed-in"), ("/hullo", "signed-in"), ("/hello", "public")];
    for (path, audience) in saves {
        // Tasks in the background take connections too, but not during each of five saves.
        let mut least = save(path, audience).await;
        for _ in 1..5 {
            let (other_path, other) = if path == "/hello" { ("/other", "inherited") } else { ("/hello", "inherited") };
            save(other_path, other).await;
            let [asking, saving] = save(path, audience).await;
            least = [least[0].min(asking), least[1].min(saving)];
        }
        assert!(least.iter().all(|count| *count <= 3), "{path} {audience}: {least:?}");
    }
}

#[actix_web::test]
async fn two_editors_of_one_page_lose_nothing() {
    let site = Site::new();
    let form = edit(&site, "hello");
    let version = site.root().get(&form).await.value_of("version");
    site.put(PageInput { body: "Hello, **moon**.".into(), ..draft("hello", "Hello") });
    let mine =
        [("title", "Hello there"), ("path", "/hello"), ("body", "Hello, **sun**."), ("version", version.as_str())];
    let conflict = site.root().submit(&form, &form, &mine).await.is(409);
    let newer = conflict.value_of("version");
    conflict
        .has("Hello, **moon**.")
        .has("Hello, **sun**.")
        .has("Hello there")
        .has("saved this page while you were editing");
    assert_eq!(site.page("hello").unwrap().content.body, "Hello, **moon**.");
    let mut knowingly = mine.to_vec();
    knowingly[3] = ("version", &newer);
    site.root().submit(&form, &form, &knowingly).await.is(303);
    assert_eq!(site.page("hello").unwrap().content.body, "Hello, **sun**.");
}

#[actix_web::test]
async fn saving_without_a_change_changes_nothing() {
    let site = Site::new();
    let (form, before) = (edit(&site, "hello"), site.page("hello").unwrap());
    let page = site.eve().get(&form).await;
    let fields = ["title", "path", "summary", "published", "version"].map(|name| (name, page.value_of(name)));
    let mut fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fields.push(("body", "Hello, **world**."));
    site.eve().submit(&form, &form, &fields).await.is(303);
    assert_eq!(site.page("hello"), Some(before));
    site.root().get("/admin/audit?action=changed&name=hello").await.has("Nothing matches");
}

#[actix_web::test]
async fn case_43_45_a_preview_is_the_servers_own_markdown_and_saves_nothing() {
    let site = Site::new();
    let text = "Hello **there** <script>alert(1)</script> [x](javascript:alert(1))";
    let html = site.eve().submit("/admin/pages/new", "/admin/preview", &[("body", text)]).await.is(200);
    assert!(html.header("cache-control").contains("no-store"));
    html.has("<strong>there</strong>").lacks("<script").lacks("javascript:").lacks("<html");
    // Without a script the button shows it with the form.
    let fields = [("title", ""), ("path", "/new"), ("body", text), ("then", "preview")];
    let form = site.eve().submit("/admin/pages/new", "/admin/pages", &fields).await.is(200);
    form.has("<strong>there</strong>").has("Hello **there** &lt;script");
    assert!(site.page("new").is_none());
    let hello = edit(&site, "hello");
    let fields = [("title", "Hello"), ("path", "/hello"), ("body", "*changed*"), ("version", "1"), ("then", "preview")];
    site.eve().submit(&hello, &hello, &fields).await.is(200).has("<em>changed</em>");
    assert_eq!(site.page("hello").unwrap().content.body, "Hello, **world**.");
}

#[actix_web::test]
async fn a_version_that_no_page_has_is_a_conflict() {
    let site = Site::new();
    let form = edit(&site, "hello");
    let highest = i64::MAX.to_string();
    let fields = [("title", "Hello"), ("path", "/hello"), ("version", highest.as_str())];
    site.eve().submit(&form, &form, &fields).await.is(409);
}

#[actix_web::test]
async fn a_page_of_the_list_beyond_the_last_leads_to_the_last() {
    let site = Site::new();
    for (uri, last) in [
        ("/admin/pages?page=9&q=hello", "/admin/pages?q=hello"),
        ("/admin/users?page=2", "/admin/users"),
        ("/admin/audit?page=99", "/admin/audit"),
    ] {
        assert_eq!(site.root().get(uri).await.is(303).header("location"), last, "{uri}");
    }
}

#[actix_web::test]
async fn the_panel_leads_to_the_site_by_way_of_the_sign_in() {
    let site = Site::new();
    site.put(PageInput { published: "2999-01-01".into(), ..draft("to-come", "To come") });
    let list = site.eve().get("/admin/pages?state=scheduled").await.is(200);
    list.has("1–1 of 1 pages").has("/login?next=%2Fto-come\"").has("/login?next=%2F\"");
    site.eve().get("/admin/pages?date=today").await.is(200).lacks("/to-come");
    site.eve().get(&edit(&site, "to-come")).await.has("/login?next=%2Fto-come\"");
}

#[actix_web::test]
async fn a_page_that_was_deleted_meanwhile_can_be_saved_anew() {
    let site = Site::new();
    let form = edit(&site, "hello");
    let id = site.page("hello").unwrap().id;
    let token = site.eve().get(&form).await.value_of("form_token");
    site.delete(id);
    let fields =
        [("title", "Hello"), ("path", "/hello"), ("body", "my text"), ("version", "1"), ("form_token", &token)];
    site.eve().post(&form, &fields).await.is(409).has("deleted this page while you were editing").has("my text");
    site.eve().post("/admin/pages", &fields).await.is(303);
    assert!(site.page("hello").is_some());
}

#[actix_web::test]
async fn deleting_asks_first_and_says_what_stays() {
    let site = Site::new();
    site.put(draft("hello/below", "Below"));
    let form = format!("{}/delete", edit(&site, "hello"));
    site.eve().get(&form).await.is(200).has("“Hello”").has("One page below this path stays where it is.");
    assert!(site.page("hello").is_some());
    site.eve().submit(&form, &form, &[]).await.is(303);
    assert!(site.page("hello").is_none() && site.page("hello/below").is_some());
    site.eve().submit("/admin/pages/new", &form, &[]).await.is(404);
}

#[actix_web::test]
async fn many_pages_are_changed_after_a_confirmation_that_names_them() {
    let site = Site::new();
    let id = |path: &str| site.page(path).unwrap().id.0.to_string();
    let (hello, secret) = (id("hello"), id("secret"));
    let chosen = |action| vec![("action", action), ("id", hello.as_str()), ("id", secret.as_str()), ("back", "q=e")];
    let mut readers = chosen("choose-readers");
    readers.push(("audience", "signed-in"));
    let question = site.eve().submit("/admin/pages", "/admin/pages/actions", &readers).await.is(200);
    question.has("Hello").has("Nobody gains or loses access: 1").has("Secret").has(">Change readers of 2 pages<");
    site.visitor().get("/hello").await.is(200);
    let mut confirmed = readers;
    confirmed.push(("confirm", "yes"));
    let done = site.eve().submit("/admin/pages", "/admin/pages/actions", &confirmed).await.is(303);
    assert_eq!(crate::bulk::without_key(&done), "/admin/pages?done=readers-chosen&count=1&q=e");
    site.eve().get(done.header("location")).await.has("Changed the readers of 1 page.");
    site.visitor().get("/hello").await.is(401);
    let mut delete = chosen("delete");
    delete.push(("confirm", "yes"));
    site.eve().submit("/admin/pages", "/admin/pages/actions", &delete).await.is(303);
    assert!(site.page("hello").is_none() && site.page("secret").is_none());
    site.eve()
        .submit("/admin/pages", "/admin/pages/actions", &[("action", "delete")])
        .await
        .is(422)
        .has("Nothing is selected");
    site.eve().submit("/admin/pages", "/admin/pages/actions", &[("action", "explode"), ("id", "1")]).await.is(422);
}

#[actix_web::test]
async fn the_list_searches_filters_sorts_and_counts() {
    let site = Site::new();
    for n in 0..60 {
        site.put(PageInput {
            audience: if n % 3 == 0 { signed_in() } else { Default::default() },
            published: "2020-01-01".into(),
            ..draft(&format!("n/{n:02}"), &format!("Number {n:02}"))
        });
    }
    let list = site.eve().get("/admin/pages?q=number&sort=path").await.is(200);
    list.has("1–50 of 60 pages").has("Number 00").lacks("Number 55").has("aria-sort=\"ascending\"").has("page=2");
    site.eve().get("/admin/pages?q=number&sort=path&page=2").await.has("51–60 of 60 pages").has("Number 55");
    site.eve().get("/admin/pages?q=number&readers=signed-in").await.has("1–20 of 20 pages").lacks("Number 01");
    site.eve().get("/admin/pages?date=today").await.has("1–2 of 2 pages").has("Hello");
    site.eve().get("/admin/pages?sort=-title&q=number").await.has("Number 59").lacks("Number 05");
    site.eve().get("/admin/pages?q=nothing-like-it").await.is(200).has("No page matches.");
}

#[actix_web::test]
async fn home_shows_how_much_there_is_and_what_was_done_last() {
    let site = Site::new();
    let home = site.eve().get("/admin/").await.is(200);
    home.has("<strong>2</strong> pages")
        .has("<strong>1</strong> for signed-in users")
        .has("Recently changed by others")
        .has("command line")
        .lacks("/admin/users")
        .lacks("First steps");
    let form = site.eve().get("/admin/pages/new").await.is(200).value_of("form_token");
    let fields = [("title", "Mine"), ("path", "/mine"), ("body", "Text."), ("form_token", &*form)];
    site.eve().post("/admin/pages", &fields).await.is(303);
    let row = "<bdi>eve</bdi>";
    site.eve().get("/admin/").await.lacks(row);
    site.root().get("/admin/").await.has("Recent activity").has(row).has("<strong>4</strong> users");
}

#[actix_web::test]
async fn settings_of_the_site_change_what_it_says() {
    let site = Site::new();
    let version = site.root().get("/admin/site").await.value_of("version");
    let fields = |realm, version| {
        [
            ("title", "Acme"),
            ("tagline", "Tag"),
            ("language", "de"),
            ("realm", realm),
            ("refusal", "Go away."),
            ("footer", "One\n\nTwo"),
            ("version", version),
        ]
    };
    site.root()
        .submit("/admin/site", "/admin/site", &fields("Grüße", &version))
        .await
        .is(422)
        .has("Only ASCII")
        .has("Go away.");
    site.root().submit("/admin/site", "/admin/site", &fields("Login Required", &version)).await.is(303);
    site.visitor().get("/").await.has("Acme").has("lang=\"de\"").has("<p>One</p>");
    let refused = site.visitor().get("/secret").await.is(401).has("Go away.");
    assert_eq!(refused.header("www-authenticate"), "Basic realm=\"Login Required\", charset=\"UTF-8\"");
    site.root()
        .submit("/admin/site", "/admin/site", &fields("Mine", &version))
        .await
        .is(409)
        .has("while you were editing")
        .has("value=\"Mine\"");
    site.root().get("/admin/audit").await.has("title “Postern” → “Acme”");
}

#[actix_web::test]
async fn every_change_stands_in_the_audit_trail() {
    let site = Site::new();
    site.eve()
        .submit("/admin/pages/new", "/admin/pages", &[("title", "Traced"), ("path", "traced"), ("body", "x")])
        .await
        .is(303);
    let form = edit(&site, "traced");
    let version = site.eve().get(&form).await.value_of("version");
    let fields = [("title", "Retraced"), ("path", "/traced"), ("body", "x"), ("private", "on")];
    let fields = [&fields[..], &[("version", version.as_str())]].concat();
    site.eve().submit(&form, &form, &fields).await.is(303);
    let trail = site.root().get("/admin/audit?name=traced").await.is(200);
    trail.has("eve").has("Created").has("title “Traced” → “Retraced”").has("signed-in users");
    site.root().get("/admin/audit?who=nobody-else").await.has("Nothing matches.");
    let path = PagePath::parse("traced").unwrap();
    assert!(site.store().read(|conn| store::pages::find(conn, &path)).unwrap().is_some());
}
