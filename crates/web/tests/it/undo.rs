//! The message after an action on a page, and its undo.

use domain::{audience::Audience, page::PageInput};

use crate::site::{Actor, Response, Site, draft, signed_in};

fn form(site: &Site, path: &str) -> String {
    format!("/admin/pages/{}", site.page(path).unwrap().id.0)
}

/// Publishes a page with the fields of its form.
async fn publish(actor: &Actor<'_>, form: &str, path: &str, more: &[(&str, &str)]) -> Response {
    let version = actor.get(form).await.is(200).value_of("version");
    let fields = [("title", "Plan"), ("path", path), ("version", &*version), ("then", "publish")];
    let body = [("body", "Meet at noon.")].into_iter().filter(|_| !more.iter().any(|(name, _)| *name == "body"));
    let fields: Vec<(&str, &str)> = fields.into_iter().chain(body).chain(more.iter().copied()).collect();
    let to = if form.ends_with("/new") { "/admin/pages" } else { form };
    actor.submit(form, to, &fields).await
}

/// Presses “Undo” in the message of a page.
async fn undo(actor: &Actor<'_>, done: &Response) -> Response {
    let page = actor.get(done.header("location")).await.is(200).has(">Undo<");
    let to = page.body.split("<form action=\"").find(|part| part.contains("/undo\"")).unwrap();
    let to = to.split('"').next().unwrap().to_owned();
    let (what, version) = (page.value_of("what"), page.value_of("version"));
    actor.submit(done.header("location"), &to, &[("what", &what), ("version", &version)]).await
}

#[actix_web::test]
async fn a_first_publication_is_undone_into_a_draft() {
    let site = Site::new();
    let eve = site.eve();
    let done = publish(&eve, "/admin/pages/new", "/plan", &[]).await.is(303);
    site.visitor().get("/plan").await.is(200);
    let undone = undo(&eve, &done).await.is(303);
    site.visitor().get("/plan").await.is(404);
    eve.get(undone.header("location")).await.is(200).has("Undone: “Plan” is a draft again.").lacks(">Undo<");
}

#[actix_web::test]
async fn changes_are_undone_as_a_version_and_are_a_draft_again() {
    let site = Site::new();
    let (eve, page) = (site.eve(), site.put(draft("plan", "Plan")));
    let edit = form(&site, "plan");
    let done =
        publish(&eve, &edit, "/plans/first", &[("body", "Meet at one."), ("audience", "signed-in")]).await.is(303);
    eve.get(done.header("location")).await.has("Published the changes to “Plan”. Moved from /plan to /plans/first.");
    site.visitor().get("/plans/first").await.is(401);
    // There is a question first, because everybody could read the page again.
    let question = undo(&eve, &done).await.is(422).has("everyone");
    let agreed = [("what", "changed"), ("version", "2"), ("agreed", &*question.value_of("agreed"))];
    site.visitor().get("/plan").await.is(404);
    eve.submit(&edit, &format!("{edit}/undo"), &agreed).await.is(303);
    let now = site.page("plan").unwrap();
    assert_eq!((&now.content, now.version.0), (&page.content, 3));
    eve.get(&edit).await.has("Meet at one.").has("Unpublished changes by eve");
    eve.submit(&edit, &format!("{edit}/undo"), &agreed).await.is(409).has("has changed since");
}

#[actix_web::test]
async fn a_page_that_was_unpublished_or_deleted_comes_back_as_it_was() {
    let site = Site::new();
    let (eve, secret) = (site.eve(), site.page("secret").unwrap());
    let edit = form(&site, "secret");
    let fields =
        [("title", "Secret"), ("path", "/secret"), ("body", "Typed."), ("version", "1"), ("then", "unpublish")];
    let done = eve.submit(&edit, &edit, &fields).await.is(303);
    site.ann().get("/secret").await.is(404);
    undo(&eve, &done).await.is(303);
    site.ann().get("/secret").await.is(200).has("under the oak");
    eve.get(&edit).await.has("Typed.");
    let done = eve.submit(&edit, &format!("{edit}/delete"), &[]).await.is(303);
    eve.get(done.header("location")).await.has("Moved “Secret” to the trash.");
    let undone = undo(&eve, &done).await.is(303);
    eve.get(undone.header("location")).await.has("Undone: “Secret” is as before. The changes are a draft.");
    let now = site.page("secret").unwrap();
    assert_eq!((now.id, now.content.audience), (secret.id, Audience::SignedIn));
}

#[actix_web::test]
async fn a_message_is_for_the_user_who_did_the_action_and_says_nothing_that_did_not_happen() {
    let site = Site::new();
    let (eve, id) = (site.eve(), site.page("hello").unwrap().id.0);
    for done in ["published", "changed", "unpublished", "deleted", "kept", "reverted", "undone"] {
        let page = eve.get(&format!("/admin/pages?done={done}&of={id}&version=1")).await.is(200);
        page.lacks("class=\"message").lacks(">Undo<");
    }
    eve.get("/admin/pages?done=published&of=x&version=1").await.is(200).lacks("class=\"message");
    let done = publish(&eve, "/admin/pages/new", "/plan", &[]).await.is(303);
    eve.get(done.header("location")).await.has("Published “Plan”.");
    site.root().get(done.header("location")).await.lacks("class=\"message");
    // The address does not name a later change.
    site.put(PageInput { audience: signed_in(), ..draft("plan", "Plan") });
    eve.get(done.header("location")).await.lacks("class=\"message");
    eve.submit("/admin/pages", &format!("/admin/pages/{id}/undo"), &[("what", "kept")]).await.is(409);
    eve.submit("/admin/pages", &format!("/admin/pages/{id}/undo"), &[("what", "x")]).await.is(422);
}

#[actix_web::test]
async fn a_date_to_come_is_named_on_the_button_and_in_the_message() {
    let site = Site::new();
    let eve = site.eve();
    let done = publish(&eve, "/admin/pages/new", "/plan", &[("published", "2999-11-30T09:00")]).await.is(303);
    eve.get(done.header("location")).await.has("Scheduled “Plan”. Appears Sat 30 Nov 2999, 09:00.");
    let edit = form(&site, "plan");
    eve.get(&edit).await.has(">Schedule for 30 Nov 2999, 09:00<").has("Scheduled for Sat 30 Nov 2999, 09:00");
    eve.get("/admin/pages/new").await.has(">Publish<").lacks(">Publish changes<");
}

#[actix_web::test]
async fn t59_the_first_button_of_a_form_saves_a_draft_and_a_text_that_is_empty_is_asked_about() {
    let site = Site::new();
    let eve = site.eve();
    for uri in ["/admin/pages/new", &form(&site, "hello")] {
        let page = eve.get(uri).await.is(200);
        let form = page.body.split("<form id=\"sheet\"").nth(1).unwrap();
        let first = form.split("type=\"submit\"").nth(1).unwrap();
        assert!(first.starts_with(" name=\"then\" value=\"draft\""), "{uri}: {first}");
    }
    let fields = [("title", "Plan"), ("path", "/plan"), ("body", " \n"), ("then", "continue")];
    let question = eve.submit("/admin/pages/new", "/admin/pages", &fields).await.is(422);
    let question = question.has("the page has no text").has("name=\"then\" value=\"continue\">Publish without a text<");
    assert_eq!((question.value_of("empty").as_str(), site.page("plan")), ("on", None));
    let confirmed = [&fields[..], &[("empty", "on")]].concat();
    eve.submit("/admin/pages/new", "/admin/pages", &confirmed).await.is(303);
    // It is as empty as it was before.
    let edit = form(&site, "plan");
    publish(&eve, &edit, "/plan", &[("body", "")]).await.is(303);
}

#[actix_web::test]
async fn close_keeps_what_was_typed_and_nothing_else() {
    let site = Site::new();
    let eve = site.eve();
    let edit = form(&site, "hello");
    let close = async |form: &str, changes: &[(&str, &str)]| {
        let page = eve.get(form).await.is(200);
        let names = ["title", "path", "summary", "published", "unpublish", "version", "draft", "form"];
        let mut fields: Vec<(&str, String)> = names.map(|name| (name, page.value_of(name))).to_vec();
        let text = page.body.split("name=\"body\"").nth(1).unwrap().split_once('\n').unwrap().1;
        fields.push(("body", text.split("</textarea>").next().unwrap().replace('\n', "\r\n")));
        let kind = ["inherited", "public", "signed-in", "chosen"];
        let kind = kind.iter().find(|kind| page.body.contains(&format!("value=\"{kind}\" checked"))).unwrap();
        fields.extend([("audience", (*kind).to_owned()), ("children", "date".into()), ("then", "close".into())]);
        fields.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        fields.extend(changes.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let to = if form.ends_with("/new") { "/admin/pages" } else { form };
        eve.submit(form, to, &fields).await.is(303)
    };
    // A browser sends a date without its seconds if they are zero.
    let dated = |response: &Response| {
        let typed = response.value_of("published");
        let has_seconds = typed.matches(':').count() > 1;
        typed.strip_suffix(":00").filter(|_| has_seconds).unwrap_or(&typed).to_owned()
    };
    let published = dated(&eve.get(&edit).await);
    for (form, changes) in [("/admin/pages/new", vec![]), (&edit, vec![("published", published.as_str())])] {
        assert_eq!(close(form, &changes).await.header("location"), "/admin/pages", "{form}");
    }
    for state in ["draft", "changes"] {
        eve.get(&format!("/admin/pages?state={state}")).await.is(200).has("There are no ");
    }
    let done = close(&edit, &[("title", "Hello there")]).await;
    let list = eve.get(done.header("location")).await.has("Draft kept: the changes to “Hello” are not published.");
    list.has(&format!("{}/discard", edit.replace("/pages/", "/drafts/"))).has("Discard…");
    site.visitor().get("/hello").await.has("<h1>Hello</h1>");
    // Somebody who only looked at the draft of another user leaves it unchanged.
    let looked = site.root().get(&edit).await;
    assert_eq!((looked.value_of("title"), looked.value_of("draft")), ("Hello there".into(), "1".into()));
    let done = close("/admin/pages/new", &[("title", "Nascent")]).await;
    eve.get(done.header("location")).await.has("Draft kept: “Nascent” is not published.");
}

#[actix_web::test]
async fn an_old_version_brings_back_its_readers_only_when_that_is_ticked() {
    let site = Site::new();
    let eve = site.eve();
    site.put(PageInput { body: "First.".into(), ..draft("plan", "Plan") });
    site.put(PageInput { body: "Second.".into(), audience: signed_in(), ..draft("plan", "Plan") });
    let edit = form(&site, "plan");
    let old = format!("{edit}/history/1");
    eve.get(&old).await.has("Also restore who could read it: same as parent page (now: signed-in users)");
    let restore = async |fields: &[(&str, &str)]| eve.submit(&old, &old, fields).await.is(303);
    restore(&[("draft", "0")]).await;
    eve.get(&edit).await.has("First.").has("value=\"signed-in\" checked");
    restore(&[("draft", "1"), ("readers", "on")]).await;
    eve.get(&edit).await.has("First.").has("value=\"inherited\" checked");
    site.visitor().get("/plan").await.is(401);
}
