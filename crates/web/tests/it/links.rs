//! Links between pages: the picker, the marks in the preview, and the list of broken ones.

use domain::{access::Admin, page::PageInput, user::Role};

use crate::site::{Site, chosen, draft, signed_in};

#[actix_web::test]
async fn the_picker_offers_pages_by_title_to_editors_only() {
    let site = Site::new();
    let offers = site.eve().get("/admin/links?q=sec").await.is(200);
    assert_eq!(offers.header("content-type"), "application/json");
    assert_eq!(offers.body, r#"[{"title":"Secret","path":"/secret","readers":"signed-in users"}]"#);
    site.eve().get("/admin/links?q=").await.has("/hello").has("/secret");
    // Titles come before texts.
    site.put(PageInput { body: "The secret is here.".into(), ..draft("a", "A") });
    let both = site.eve().get("/admin/links?q=secret").await.is(200);
    assert!(both.body.find("/secret") < both.body.find("\"/a\""), "{}", both.body);
    site.eve().get("/admin/links?q=%22").await.is(200);
    site.ann().get("/admin/links?q=sec").await.is(403).lacks("/secret");
    site.visitor().get("/admin/links?q=sec").await.is(401).lacks("/secret");
}

#[actix_web::test]
async fn the_preview_marks_links_that_not_everybody_can_follow() {
    let site = Site::new();
    let body = "[a](/hello) [b](secret) [c](../nowhere) [d](https://example.org/)";
    let preview = async |audience: &str| {
        let fields = [("body", body), ("path", "/guides/new"), ("audience", audience)];
        site.eve().submit("/admin/pages/new", "/admin/preview", &fields).await.is(200)
    };
    site.put(PageInput { audience: signed_in(), ..draft("guides/secret", "Inner secret") });
    let public =
        preview("inherited").await.has("There is no page at this address.").has("Not everyone who can read this page");
    assert_eq!(public.body.matches("broken-link").count(), 2);
    let private = preview("signed-in").await.has("There is no page at this address.");
    assert_eq!(private.body.matches("broken-link").count(), 1);
    let fields = [("title", "New"), ("path", "/guides/new"), ("body", body), ("then", "preview")];
    let form = site.eve().submit("/admin/pages/new", "/admin/pages", &fields).await.is(200);
    assert_eq!(form.body.matches("broken-link").count(), 2);
    site.put(PageInput { body: body.into(), ..draft("guides/new", "New") });
    site.visitor().get("/guides/new").await.is(200).lacks("broken-link").lacks("There is no page");
}

#[actix_web::test]
async fn links_to_headings_that_do_not_exist_are_marked_and_listed() {
    let site = Site::new();
    site.put(PageInput { body: "## Größe\n\n<a name=\"old\"></a>".into(), ..draft("other", "Other") });
    let body = "[a](#one) [b](#no-one) [c](/other#größe) [d](/other#old) [e](/other#gone) [f](other.md#lost)\n\n## One";
    let fields = [("body", body), ("path", "/new")];
    let preview = site.eve().submit("/admin/pages/new", "/admin/preview", &fields).await.is(200);
    assert_eq!(preview.body.matches("broken-link").count(), 3, "{}", preview.body);
    preview.has("This page has no heading with this name.").has("That page has no heading with this name.");
    let fields = [("title", "New"), ("path", "/new"), ("body", body)];
    site.eve().submit("/admin/pages/new", "/admin/pages", &fields).await.is(303);
    let list = site.eve().get("/admin/links/broken").await.is(200);
    let list = list.has("<code>/new#no-one</code>").has("<code>/other#gone</code>").has("<code>/other#lost</code>");
    list.has("no heading with this name").lacks("#one<").lacks("#größe").lacks("#old");
    let page = site.visitor().get("/new").await.is(200);
    page.has("<h2 id=\"one\">").has("href=\"#one\"").has("href=\"other#lost\"").lacks("broken-link");
}

#[actix_web::test]
async fn files_of_other_pages_are_listed_with_those_who_cannot_see_them_and_copied_with_a_button() {
    let site = Site::new();
    site.add_user("bob", Role::Reader, "bob's password");
    let acme = site.put(PageInput { audience: chosen("ann", &[]), ..draft("acme", "Acme") });
    let own = site.put(PageInput { audience: chosen("ann, bob", &[]), ..draft("own", "Own") });
    site.add_file(acme.id, "plan.jpg", "A plan");
    let form = format!("/admin/pages/{}", own.id.0);
    let body = "![](/acme/plan.jpg \"Floor\") ![x](gone.jpg) ![y](/acme/none.jpg) ![z](/hello)";
    let key = own.id.0.to_string();
    let shown = async |audience: &str, people: &str| {
        let fields = [("body", body), ("path", "/own"), ("audience", audience), ("people", people), ("page", &key)];
        site.eve().submit(&form, "/admin/preview", &fields).await.is(200)
    };
    let numbers = "1 of 2 readers of this page cannot see plan.jpg.";
    let preview = shown("chosen", "ann, bob").await.has(numbers).has("plan.jpg belongs to another page");
    let preview = preview.has("This page has no file gone.jpg.").has("There is no picture at this address.");
    let preview = preview.has("There is no published file at this address.").has("data-elsewhere");
    let copy = format!("/admin/drafts/{key}/files/plan.jpg?from=%2Facme");
    preview.has(&copy).lacks("none.jpg?from").lacks("<img src=\"/acme");
    shown("chosen", "ann").await.lacks("cannot see").has("plan.jpg belongs to another page");
    shown("public", "").await.has("Everyone can read this page, and only specific people can see plan.jpg.");
    shown("signed-in", "").await.has("of these 4 people cannot see plan.jpg.");
    // For readers it is a link, which leads to the picture if they may see it.
    site.put(PageInput { audience: chosen("ann, bob", &[]), body: body.into(), ..draft("own", "Own") });
    let page = site.ann().get("/own").await.is(200);
    page.has("class=\"elsewhere\" href=\"/acme/plan.jpg\"").has("Picture of another page").lacks("<img src=\"/acme");
    site.ann().get("/acme/plan.jpg").await.is(200);
    site.signed_in("bob", "bob's password").get("/acme/plan.jpg").await.is(403);
    site.eve().get("/admin/links/broken").await.has("<code>/acme/plan.jpg</code>").has(numbers);

    // Without a script: the form has the list, and its button copies the file and changes the text.
    let eve = site.eve().browser();
    let sent = eve.get(&form).await.is(200).has("Files of other pages in the text").has(numbers);
    let names = ["form_token", "version", "draft", "form", "title", "path"];
    let mut fields: Vec<(&str, String)> = names.map(|name| (name, sent.value_of(name))).to_vec();
    fields.extend([("audience", "chosen".into()), ("people", "ann, bob".into()), ("action", "copy".into())]);
    fields.push(("body", format!("Typed. {body}")));
    let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let done = eve.post(&copy, &pairs).await.is(303);
    let after = eve.get(done.header("location").split('#').next().unwrap()).await.is(200);
    let after =
        after.has("The file is copied to this page").has("Typed. ![](plan.jpg &quot;Floor&quot;) ![x](gone.jpg)");
    after.has("value=\"A plan\"").lacks(numbers);
    let files = |page| site.store().read(|conn| store::files::all(conn, Admin::command_line().editor(), page)).unwrap();
    let (copied, original) = (files(own.id), files(acme.id));
    assert_eq!((copied.len(), copied[0].content.id), (1, original[0].content.id));
    // The second time nothing is added; a missing file is named, and the draft is kept.
    let fresh = eve.get(&form).await.value_of("draft");
    fields.iter_mut().filter(|(name, _)| *name == "draft").for_each(|(_, value)| value.clone_from(&fresh));
    let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    eve.post(&copy, &pairs).await.is(303);
    assert_eq!(files(own.id).len(), 1);
    let fresh = eve.get(&form).await.value_of("draft");
    fields.iter_mut().filter(|(name, _)| *name == "draft").for_each(|(_, value)| value.clone_from(&fresh));
    let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let gone = copy.replace("plan.jpg", "none.jpg");
    eve.post(&gone, &pairs).await.is(422).has("That page has no such file any more.").has("Typed.");
    site.ann().post(&copy, &[("action", "copy")]).await.is(403);
}

#[actix_web::test]
async fn a_picture_of_another_site_has_a_warning_about_what_that_site_learns() {
    let site = Site::new();
    let body =
        "![x](https://pictures.example/a.png)\n\n<picture><source srcset=\"https://other.example/b.png\"></picture>";
    let preview = async |audience: &str| {
        let fields = [("body", body), ("path", "/new"), ("audience", audience)];
        site.eve().submit("/admin/pages/new", "/admin/preview", &fields).await.is(200)
    };
    let words = "This picture comes from pictures.example, which sees the network address of every reader.";
    let open = preview("public").await.has(words).has("other.example").has("download it and drop it into the text");
    open.lacks("is private");
    let private = preview("signed-in").await.has("This page is private, and this picture tells pictures.example when");
    private.has("download it and drop it into the text").lacks(words);
}

#[actix_web::test]
async fn broken_links_are_listed_on_the_panels_home_and_on_a_page_of_their_own() {
    let site = Site::new();
    site.eve().get("/admin/").await.is(200).lacks("<h2>Broken links</h2>");
    site.eve().get("/admin/links/broken").await.is(200).has("There are no broken links.");
    let fields = [("title", "New"), ("path", "/new"), ("body", "[x](/lost) [y](/secret)")];
    site.eve().submit("/admin/pages/new", "/admin/pages", &fields).await.is(303);
    let home = site
        .eve()
        .get("/admin/")
        .await
        .has("<h2>Broken links</h2>")
        .has("<code>/lost</code>")
        .has("<code>/secret</code>");
    home.lacks("All broken links");
    // Not through the panel, but as with the command line or psql.
    let body = (0..9).map(|n| format!("[{n}](/lost-{n}) ")).collect();
    site.put(PageInput { body, ..draft("more", "More") });
    site.eve().get("/admin/").await.has("All broken links").has("/lost-4").lacks("/lost-5");
    site.eve().get("/admin/links/broken").await.has("/lost-8").has("Not everyone who can read this page");
    site.put(PageInput { audience: signed_in(), body: "[y](/secret)".into(), ..draft("new", "New") });
    site.eve().get("/admin/links/broken").await.lacks("/secret");
}

#[actix_web::test]
async fn administrators_see_who_was_refused_and_who_never_signed_in() {
    let site = Site::new();
    let home = site.root().get("/admin/").await.is(200).lacks("Failed sign-ins").has("Never signed in");
    home.has(">eve</a>").lacks(">dan</a>");
    let entry = domain::audit::Entry {
        at: web::clock::now(),
        actor: "nobody".into(),
        action: domain::audit::Action::Refused,
        subject: domain::audit::Subject::User,
        name: "ann".into(),
        detail: "17 refused, the last from 203.0.113.7: ann 17".into(),
    };
    site.write(|conn, _| store::writing::audit::insert(conn, &entry));
    site.root()
        .get("/admin/")
        .await
        .has("Failed sign-ins, last 24 hours")
        .has("<svg class=\"chart\"")
        .has("17 in all")
        .has("<td>17</td>");
    site.eve().get("/admin/").await.is(200).lacks("Failed sign-ins").lacks("Never signed in").lacks("17 in all");
}

#[actix_web::test]
async fn the_tree_of_paths_is_for_editors() {
    let site = Site::new();
    site.put(draft("clients/acme", "Acme"));
    let top = site.eve().get("/admin/sections").await.is(200);
    assert_eq!(top.header("content-type"), "application/json");
    top.has(r#"{"path":"/clients","title":"Clients","has_page":false,"has_below":true}"#)
        .has(r#"{"path":"/hello","title":"Hello","has_page":true,"has_below":false}"#)
        .has(r#""remark":"","#);
    let clients = site.eve().get("/admin/sections?below=/clients").await.is(200);
    clients.has("No page there yet: readers will see a plain list.").has("\"/clients/acme\"").lacks("/hello");
    site.eve().get("/admin/sections?below=/clients/acme").await.is(200).has(r#""branches":[]"#).lacks("No page");
    site.ann().get("/admin/sections").await.is(403).lacks("/clients");
    // The form shows the note, too.
    let id = site.page("clients/acme").unwrap().id.0;
    site.eve().get(&format!("/admin/pages/{id}")).await.has("No page there yet");
    site.put(draft("clients", "Clients"));
    site.eve().get(&format!("/admin/pages/{id}")).await.lacks("No page there yet");
}

#[actix_web::test]
async fn a_typed_moment_is_described_with_its_weekday_and_its_zone() {
    let site = Site::new();
    let eve = site.eve();
    let answer = eve.get("/admin/moment?typed=2026-11-30T09:00").await.is(200).has("Mon 30 Nov 2026, 09:00 UTC, ");
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    eve.get("/admin/moment?typed=soon").await.is(200).has("Write a date as");
    assert_eq!(eve.get("/admin/moment?typed=").await.is(200).body, "");
    let id = site.page("hello").unwrap().id.0;
    let form = eve.get(&format!("/admin/pages/{id}")).await;
    let published = site.page("hello").unwrap().content.published_at.format("%a %-d %b %Y, %H:%M");
    form.has(&published.to_string()).has(" UTC, just now");
}
