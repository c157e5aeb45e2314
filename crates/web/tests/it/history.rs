//! History, the trash and old paths, by requests.

use domain::page::PageInput;

use crate::site::{Actor, Site, draft, signed_in};

fn edit(site: &Site, path: &str) -> String {
    format!("/admin/pages/{}", site.page(path).unwrap().id.0)
}

/// Saves a page's form with some fields changed, as a browser would.
async fn save(actor: &Actor<'_>, form: &str, changes: &[(&str, &str)]) -> crate::site::Response {
    let page = actor.get(form).await;
    let names = ["title", "path", "summary", "published", "version", "draft", "form", "note", "takes"];
    let mut fields: Vec<(&str, String)> = names.map(|name| (name, page.value_of(name))).to_vec();
    let text = page.body.split("name=\"body\"").nth(1).unwrap().split("\n").nth(1).unwrap();
    fields.push(("body", text.split("</textarea>").next().unwrap().to_owned()));
    let audience = ["inherited", "public", "signed-in", "chosen"]
        .into_iter()
        .find(|kind| page.body.contains(&format!("name=\"audience\" value=\"{kind}\" checked")));
    fields.push(("audience", audience.unwrap().into()));
    fields.push(("people", page.value_of("people")));
    for (name, value) in changes {
        fields.retain(|(known, _)| known != name);
        fields.push((name, (*value).to_owned()));
    }
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    actor.submit(form, form, &fields).await
}

#[actix_web::test]
async fn versions_are_listed_shown_compared_and_brought_back() {
    let site = Site::new();
    let (form, eve) = (edit(&site, "hello"), site.eve());
    save(&eve, &form, &[("body", "Hello, **moon**."), ("note", "Not the sun")]).await.is(303);
    let list = eve.get(&format!("{form}/history")).await.is(200);
    let list = list
        .has("Version 2")
        .has("Not the sun")
        .has("eve")
        .has("command line")
        .has("1–2 of 2 versions")
        .has(">just now</time>");
    // The button in a row restores its version at once, as long as this replaces no draft.
    let button = format!("formaction=\"{form}/history/1\" aria-label=\"Restore version 1\"");
    list.has(&button).lacks("Restore version 2");
    let old = eve.get(&format!("{form}/history/1")).await.is(200);
    old.has("Hello, <strong>world</strong>.").has("Restore this version");
    eve.get(&format!("{form}/history/2")).await.has("This is the current version");
    for uri in ["history/compare?from=1&to=2", "history/compare?from=2&to=1", "history/compare?to=2", "history/compare"]
    {
        let compared = eve.get(&format!("{form}/{uri}")).await.is(200);
        compared.has("− Hello, <mark>**world**.</mark>").has("+ Hello, <mark>**moon**.</mark>");
    }
    for uri in ["history/9", "history/x", "history/compare?from=9", "history/9223372036854775808"] {
        eve.get(&format!("{form}/{uri}")).await.is(404);
    }
    let version = format!("{form}/history/1");
    let restored = eve.submit(&version, &version, &[("draft", "0")]).await.is(303);
    site.visitor().get("/hello").await.has("Hello, <strong>moon</strong>.");
    let answer = eve.get(restored.header("location")).await.is(200).has("Version 1 is in the draft.");
    answer.has("Hello, **world**.").has("value=\"as in version 1\"");
    eve.get(&format!("{form}/history")).await.lacks("Restore version");
    save(&eve, &form, &[]).await.is(303);
    site.visitor().get("/hello").await.has("Hello, <strong>world</strong>.");
    eve.get(&format!("{form}/history")).await.has("as in version 1").has("1–3 of 3 versions");
}

#[actix_web::test]
async fn what_was_deleted_waits_in_the_trash_and_comes_back() {
    let site = Site::new();
    let (form, eve) = (edit(&site, "secret"), site.eve());
    let id = site.page("secret").unwrap().id.0.to_string();
    eve.submit(&format!("{form}/delete"), &format!("{form}/delete"), &[]).await.is(303);
    for (actor, uri) in [(site.ann(), "/secret"), (site.eve(), "/secret"), (site.eve(), form.as_str())] {
        actor.get(uri).await.is(404);
    }
    site.ann().get("/search?q=oak").await.lacks("/secret");
    let row = format!("/admin/trash/{id}");
    eve.get("/admin/pages?state=trash").await.is(200).has("Secret").has("/secret").has(&row);
    site.put(draft("secret", "Another"));
    eve.submit(&row, &row, &[("path", "/secret")]).await.is(422).has("another page at /secret now");
    eve.submit(&row, &row, &[("path", "/Secret")]).await.is(422);
    eve.submit(&row, &row, &[("path", "/secret-again")]).await.is(303);
    site.ann().get("/secret-again").await.is(200).has("under the oak");
    site.visitor().get("/secret-again").await.is(401);
    eve.get(&row).await.is(404);
    eve.get("/admin/pages?state=trash").await.has("The trash is empty");
}

#[actix_web::test]
async fn deleting_for_good_asks_first_and_takes_the_history_along() {
    let site = Site::new();
    let id = site.page("hello").unwrap().id;
    site.delete(id);
    let (id, uri) = (id.0.to_string(), "/admin/trash/actions");
    let fields = [("action", "purge"), ("id", id.as_str())];
    site.eve().submit("/admin/pages?state=trash", uri, &fields).await.is(200).has("cannot be restored").has("Hello");
    site.eve().get("/admin/pages?state=trash").await.has("Hello");
    site.eve().submit("/admin/pages?state=trash", uri, &[fields[0], fields[1], ("confirm", "yes")]).await.is(303);
    site.eve().get("/admin/pages?state=trash").await.has("The trash is empty");
    site.root().get("/admin/audit?action=purged").await.has("Deleted for good").has("/hello");
}

#[actix_web::test]
async fn t43_an_old_path_leads_on_for_those_who_may_see_the_page_and_is_unknown_to_all_others() {
    let site = Site::new();
    for (path, to) in [("hello", "/greetings/hello"), ("secret", "/vault/secret")] {
        save(&site.eve(), &edit(&site, path), &[("path", to)]).await.is(303);
    }
    let led = site.visitor().get("/hello").await.is(308);
    assert_eq!((led.header("location"), led.header("cache-control")), ("/greetings/hello", "no-store"));
    let queried = site.visitor().get("/hello?page=2&q=a%20b").await.is(308);
    assert_eq!(queried.header("location"), "/greetings/hello?page=2&q=a%20b");
    // Whatever credentials come along: a public page is for everybody.
    site.signed_in("ann", "wrong").get("/hello").await.is(308);
    assert_eq!(site.ann().get("/secret").await.is(308).header("location"), "/vault/secret");
    let (unknown, old) = (site.visitor().get("/nope").await.is(404), site.visitor().get("/secret").await.is(404));
    assert_eq!(unknown.fingerprint(), old.fingerprint());
    let (unknown, old) =
        (site.signed_in("ann", "wrong").get("/nope").await, site.signed_in("ann", "wrong").get("/secret").await);
    assert_eq!(unknown.fingerprint(), old.fingerprint());
    // When the page is private, nobody who may not read it finds it there.
    save(&site.eve(), &edit(&site, "greetings/hello"), &[("audience", "signed-in")]).await.is(303);
    site.visitor().get("/hello").await.is(404);
    site.ann().get("/hello").await.is(308);
    // Before its date it exists for editors only.
    save(&site.eve(), &edit(&site, "greetings/hello"), &[("published", "2999-01-01T00:00")]).await.is(303);
    site.ann().get("/hello").await.is(404);
    site.eve().get("/hello").await.is(308);
}

#[actix_web::test]
async fn taking_an_old_path_says_first_what_it_cuts_off() {
    let site = Site::new();
    save(&site.eve(), &edit(&site, "hello"), &[("path", "/greeting")]).await.is(303);
    let fields = [("title", "New"), ("path", "/hello"), ("body", "x")];
    let question = site.eve().submit("/admin/pages/new", "/admin/pages", &fields).await.is(422);
    let takes = question.value_of("takes");
    question.has("This is an old path of “Hello”, which moved to /greeting");
    assert!(site.page("hello").is_none());
    let knowingly = [&fields[..], &[("takes", &*takes)]].concat();
    site.eve().submit("/admin/pages/new", "/admin/pages", &knowingly).await.is(303);
    site.visitor().get("/hello").await.is(200).has("New");
    // A page that moves back to its old path cuts off none of its own.
    save(&site.eve(), &edit(&site, "greeting"), &[("path", "/elsewhere")]).await.is(303);
    save(&site.eve(), &edit(&site, "elsewhere"), &[("path", "/greeting")]).await.is(303);
}

#[actix_web::test]
async fn a_section_moves_along_when_it_is_ticked_and_stays_when_it_is_not() {
    let site = Site::new();
    site.put(PageInput { audience: signed_in(), ..draft("hello/below", "Below") });
    let form = edit(&site, "hello");
    site.eve().get(&form).await.has("Also move its 1 subpage");
    save(&site.eve(), &form, &[("path", "/alone")]).await.is(303);
    assert!(site.page("hello/below").is_some() && site.page("alone").is_some());
    save(&site.eve(), &form, &[("path", "/hello")]).await.is(303);
    save(&site.eve(), &form, &[("path", "/hello/inside"), ("move_below", "on")]).await.is(422).has("below themselves");
    assert!(site.page("hello").is_some(), "all or nothing");
    save(&site.eve(), &form, &[("path", "/together"), ("move_below", "on")]).await.is(303);
    assert_eq!(site.ann().get("/hello/below").await.is(308).header("location"), "/together/below");
    site.eve().get(&edit(&site, "together")).await.has("Old addresses that redirect here").has("<code>/hello</code>");
}
