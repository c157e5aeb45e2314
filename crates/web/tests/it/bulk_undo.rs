//! The undo of bulk actions in the panel: it is offered with the message, asks before anybody gains access, and names
//! the pages that it leaves unchanged.

use std::time::Duration;

use domain::{audience::Audience, page::PageInput};

use crate::{
    bulk::ended,
    site::{Actor, Response, Site, draft, signed_in},
};

const LIST: &str = "/admin/pages";
const ACTIONS: &str = "/admin/pages/actions";

fn id(site: &Site, path: &str) -> String {
    site.page(path).unwrap().id.0.to_string()
}

/// Runs a confirmed bulk action on some pages; returns the answer.
async fn act(site: &Site, action: &[(&str, &str)], paths: &[&str]) -> Response {
    let ids: Vec<String> = paths.iter().map(|path| id(site, path)).collect();
    let eve = site.eve();
    let fields: Vec<(&str, &str)> = action.iter().copied().chain(ids.iter().map(|id| ("id", id.as_str()))).collect();
    let question = eve.submit(LIST, ACTIONS, &fields).await.is(200);
    let seen = question.value_of("seen");
    let confirmed = [&fields[..], &[("confirm", "yes"), ("seen", &seen)]].concat();
    eve.submit(LIST, ACTIONS, &confirmed).await.is(303)
}

/// Presses “Undo” in the message of a bulk action.
async fn undo(eve: &Actor<'_>, done: &Response) -> Response {
    let page = eve.get(done.header("location")).await.is(200).has(">Undo<");
    // Other forms of the page have a field of this name, too.
    let form = page.body.split("name=\"bulk\"").nth(1).unwrap();
    let back = form.split("name=\"back\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let fields = [("action", "undo"), ("bulk", &*page.value_of("bulk")), ("back", back)];
    eve.submit(done.header("location"), ACTIONS, &fields).await
}

#[actix_web::test]
async fn pages_of_a_bulk_action_become_as_they_were_and_those_that_changed_since_are_named() {
    let site = Site::new();
    for path in ["n/1", "n/2", "n/3"] {
        site.put(PageInput { audience: signed_in(), ..draft(path, &format!("Number {path}")) });
    }
    let (eve, paths) = (site.eve(), ["n/1", "n/2", "n/3"]);
    let done = act(&site, &[("action", "delete"), ("back", "q=number")], &paths).await;
    eve.get(done.header("location")).await.has("Moved 3 pages to the trash.");
    assert!(site.page("n/1").is_none());
    // Another page takes the path of one of them meanwhile.
    site.put(PageInput { audience: signed_in(), ..draft("n/2", "Another page") });
    let undone = undo(&eve, &done).await.is(303);
    assert!(undone.header("location").contains("q=number"), "{}", undone.header("location"));
    let page = eve.get(undone.header("location")).await.is(200).lacks(">Undo<");
    let page = page.has("Undone: 2 pages are as before. 1 of 3 pages stays as it is:").has("Number n/2</a>");
    page.has("There is another page at /n/2 now.");
    assert!(site.page("n/1").is_some() && site.page("n/3").is_some());
    undo_again_is_refused(&eve, &done).await;
}

/// The form of an undo that was sent once is refused.
async fn undo_again_is_refused(eve: &Actor<'_>, done: &Response) {
    let bulk = done.header("location").split("bulk=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let again = eve.submit(LIST, ACTIONS, &[("action", "undo"), ("bulk", &bulk)]).await;
    again.is(409).has("Nothing was undone: these pages were changed since.");
}

#[actix_web::test]
async fn an_undo_that_gives_somebody_access_shows_its_effect_and_runs_when_it_is_confirmed() {
    let site = Site::new();
    for path in ["n/1", "n/2", "n/1/below"] {
        site.put(draft(path, &format!("Number {path}")));
    }
    let eve = site.eve();
    let readers = [("action", "choose-readers"), ("audience", "signed-in")];
    let done = act(&site, &readers, &["n/1", "n/2"]).await;
    site.visitor().get("/n/1").await.is(401);
    let question =
        undo(&eve, &done).await.is(422).has("Undo the change of 2 pages").has("Can now read").has("everyone");
    site.visitor().get("/n/1").await.is(401);
    let (bulk, seen) = (question.value_of("bulk"), question.value_of("seen"));
    let confirmed = [("action", "undo"), ("bulk", &*bulk), ("confirm", "yes"), ("seen", &*seen)];
    // One of the pages changes after the question.
    site.put(PageInput { audience: signed_in(), body: "Changed since.".into(), ..draft("n/2", "Number n/2") });
    let again = eve.submit(LIST, ACTIONS, &confirmed).await.is(409).has("Nothing was changed");
    let again = again.has("Undo the change of 1 page").has("was changed since.");
    site.visitor().get("/n/1").await.is(401);
    let seen = again.value_of("seen");
    let confirmed = [("action", "undo"), ("bulk", &*bulk), ("confirm", "yes"), ("seen", &*seen)];
    let undone = eve.submit(LIST, ACTIONS, &confirmed).await.is(303);
    eve.get(undone.header("location")).await.has("Undone: 1 page is as before. 1 of 2 pages stays as it is:");
    site.visitor().get("/n/1").await.is(200);
    site.visitor().get("/n/1/below").await.is(200);
    site.visitor().get("/n/2").await.is(401);
    // A confirmation without the pages that were shown confirms nothing.
    let done = act(&site, &readers, &["n/1"]).await;
    let bulk = done.header("location").split("bulk=").nth(1).unwrap().to_owned();
    let unseen = [("action", "undo"), ("bulk", &*bulk), ("confirm", "yes")];
    eve.submit(LIST, ACTIONS, &unseen).await.is(409);
    site.visitor().get("/n/1").await.is(401);
}

#[actix_web::test]
async fn moving_unpublishing_and_publishing_many_pages_are_undone() {
    let site = Site::new();
    site.put(draft("vault", "Vault"));
    for path in ["one", "one/deep", "two"] {
        site.put(draft(path, &format!("Page {path}")));
    }
    let eve = site.eve();
    let done = act(&site, &[("action", "move"), ("to", "/vault")], &["one", "two"]).await;
    assert!(site.page("vault/one/deep").is_some());
    undo(&eve, &done).await.is(303);
    assert!(site.page("one/deep").is_some() && site.page("two").is_some() && site.page("vault/one").is_none());

    let done = act(&site, &[("action", "unpublish")], &["one", "two"]).await;
    site.visitor().get("/two").await.is(404);
    undo(&eve, &done).await.is(303);
    site.visitor().get("/two").await.is(200);
    eve.get("/admin/pages?state=draft").await.has("There are no drafts.");

    let edit = format!("/admin/pages/{}", id(&site, "two"));
    let version = eve.get(&edit).await.value_of("version");
    let fields = [("title", "Second"), ("path", "/two"), ("body", "New."), ("version", &*version), ("then", "draft")];
    eve.submit(&edit, &edit, &fields).await.is(303);
    let fields = [("title", "Fresh"), ("path", "/fresh"), ("body", "New."), ("then", "draft")];
    eve.submit("/admin/pages/new", LIST, &fields).await.is(303);
    let two = id(&site, "two");
    let list = eve.get("/admin/pages?state=draft").await;
    let fresh = list.value_of("id");
    let fields = [("action", "publish"), ("id", &*two), ("id", &*fresh)];
    let question = eve.submit(LIST, "/admin/drafts/actions", &fields).await.is(200).has("Publish 2 drafts");
    let seen = question.value_of("seen");
    let confirmed = [&fields[..], &[("confirm", "yes"), ("seen", &seen)]].concat();
    let done = eve.submit(LIST, "/admin/drafts/actions", &confirmed).await.is(303);
    site.visitor().get("/fresh").await.is(200);
    let undone = undo(&eve, &done).await.is(303);
    eve.get(undone.header("location")).await.has("Undone: 2 pages are as before.");
    site.visitor().get("/fresh").await.is(404);
    site.visitor().get("/two").await.is(200).has("Page two");
    eve.get(&edit).await.has("Second");
}

#[actix_web::test]
async fn a_message_of_a_bulk_action_offers_its_undo_to_the_user_who_did_it() {
    let site = Site::new();
    site.put(draft("one", "One"));
    let done = act(&site, &[("action", "delete")], &["one"]).await;
    let location = done.header("location");
    let bulk = location.split("bulk=").nth(1).unwrap();
    site.eve().get(location).await.has("Moved 1 page to the trash.").has(">Undo<");
    site.eve().get(&format!("/admin/pages?state=trash&done=trashed&bulk={bulk}")).await.has(">Undo<");
    site.eve().get(&format!("/admin/pages?below=%2F&done=trashed&bulk={bulk}")).await.has(">Undo<");
    site.root().get(location).await.lacks(">Undo<");
    site.eve().get("/admin/pages?done=undone&bulk=7").await.is(200).lacks("class=\"message").lacks(">Undo<");
    for fields in [vec![("action", "undo")], vec![("action", "undo"), ("bulk", "x")]] {
        site.eve().submit(LIST, ACTIONS, &fields).await.is(422);
    }
    site.root().submit(LIST, ACTIONS, &[("action", "undo"), ("bulk", bulk)]).await.is(409);
    site.eve().submit(LIST, ACTIONS, &[("action", "undo"), ("bulk", "7")]).await.is(409);
    assert!(site.page("one").is_none());
}

#[actix_web::test]
async fn an_undo_is_a_job_that_does_not_obey_an_editor_who_was_disabled_meanwhile() {
    let site = Site::impatient();
    site.put(PageInput { audience: signed_in(), ..draft("one", "One") });
    let eve = site.eve();
    let page = id(&site, "one");
    let fields = [("action", "delete"), ("id", &*page), ("confirm", "yes")];
    let job = eve.submit(LIST, ACTIONS, &fields).await.is(303).header("location").to_owned();
    let done = ended(&eve, &job).await.is(303);
    let bulk = done.header("location").split("bulk=").nth(1).unwrap().to_owned();

    let editor = site.user("eve").id;
    let token = eve.get(LIST).await.value_of("form_token");
    let other = site.begin(move |conn, admin| {
        store::writing::users::set_active(conn, admin, &[editor], false, web::clock::now()).map(drop)
    });
    let fields = [("action", "undo"), ("bulk", &*bulk), ("form_token", &*token)];
    let job = eve.post(ACTIONS, &fields).await.is(303).header("location").to_owned();
    other.commit();
    site.app.jobs.stop(&site.app.db, Duration::from_secs(60)).await;
    assert!(site.page("one").is_none(), "nothing was undone");
    let number = i64::from_str_radix(job.rsplit('/').next().unwrap(), 16).unwrap();
    let row = site.store().read(|conn| store::jobs::get(conn, number, editor)).unwrap().unwrap();
    assert!(matches!(&row.state, store::jobs::State::Failed(why) if why.contains("disabled")), "{row:?}");
    assert_eq!(row.title, "Undo");
}

#[actix_web::test]
async fn readers_that_were_chosen_come_back() {
    let site = Site::new();
    site.group("Staff", &["ann"]);
    site.put(PageInput { audience: crate::site::chosen("", &["Staff"]), ..draft("one", "One") });
    let done = act(&site, &[("action", "choose-readers"), ("audience", "chosen"), ("people", "dan")], &["one"]).await;
    site.ann().get("/one").await.is(403);
    undo(&site.eve(), &done).await.is(422).has("ann");
    assert!(matches!(site.page("one").unwrap().content.audience, Audience::Chosen(_)));
}
