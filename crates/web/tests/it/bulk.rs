//! Bulk changes: all pages that match a filter, their audience and their section.

use std::time::Duration;

use domain::{audience::Audience, page::PageInput};

use crate::site::{Actor, Response, Site, draft, signed_in};

const LIST: &str = "/admin/pages";
const ACTIONS: &str = "/admin/pages/actions";

fn many(site: &Site, count: usize) {
    for n in 0..count {
        site.put(draft(&format!("n/{n:02}"), &format!("Number {n:02}")));
    }
}

async fn post(eve: &Actor<'_>, fields: &[(&str, &str)]) -> Response {
    eve.submit(LIST, ACTIONS, fields).await
}

/// The address after a bulk action, without the key of the action, which is random.
pub fn without_key(done: &Response) -> String {
    let location = done.header("location");
    let (before, after) = location.split_once("&bulk=").unwrap();
    let (key, rest) = after.split_at(16);
    assert!(key.bytes().all(|byte| byte.is_ascii_hexdigit()), "{location}");
    format!("{before}{rest}")
}

fn id(site: &Site, path: &str) -> String {
    site.page(path).unwrap().id.0.to_string()
}

#[actix_web::test]
async fn all_that_match_the_filter_are_named_counted_and_changed() {
    let site = Site::new();
    many(&site, 60);
    let eve = site.eve();
    eve.get("/admin/pages?q=number").await.has("Select all 60<").has("name=\"all\"");
    eve.get("/admin/pages?q=nothing-like-it").await.lacks("name=\"all\"");
    let readers = [("action", "choose-readers"), ("audience", "signed-in"), ("all", "yes")];
    let all = [&readers[..], &[("back", "q=number&evil=1&page=2")]].concat();
    let question = post(&eve, &all).await.is(200);
    let (seen, back) = (question.value_of("seen"), "q=number&page=2");
    // One group has all of them, and names each once.
    let question =
        question.has("Number 19").lacks("Number 20").has("and 40 more pages").has(">Change readers of 60 pages<");
    assert_eq!(question.body.matches("Number 07").count(), 1);
    question.has("<strong>60 pages</strong>").has("Can no longer read").lacks("name=\"id\"");
    site.visitor().get("/n/07").await.is(200);
    let confirmed = [&readers[..], &[("back", back), ("seen", &seen), ("confirm", "yes")]].concat();
    let done = post(&eve, &confirmed).await.is(303);
    assert_eq!(without_key(&done), "/admin/pages?done=readers-chosen&count=60&q=number&page=2");
    site.visitor().get("/n/07").await.is(401);
    site.visitor().get("/hello").await.is(200);
}

#[actix_web::test]
async fn a_set_of_pages_that_changed_after_the_question_is_asked_about_again() {
    let site = Site::new();
    many(&site, 3);
    let eve = site.eve();
    let request = [("action", "delete"), ("all", "yes"), ("back", "q=number")];
    let seen = post(&eve, &request).await.is(200).value_of("seen");
    site.put(draft("late", "Number of another one"));
    let mut confirmed = request.to_vec();
    confirmed.extend([("confirm", "yes"), ("seen", &seen)]);
    let again = post(&eve, &confirmed).await.is(409).has("Nothing was changed").has("Number of another one");
    assert!(site.page("n/00").is_some() && site.page("late").is_some());
    let newer = again.value_of("seen");
    confirmed[4] = ("seen", &newer);
    post(&eve, &confirmed).await.is(303);
    assert!(site.page("n/00").is_none() && site.page("late").is_none() && site.page("hello").is_some());
    post(&eve, &request).await.is(422).has("None of these pages");
}

#[actix_web::test]
async fn pages_move_to_a_section_that_is_asked_for_and_checked() {
    let site = Site::new();
    site.put(PageInput { audience: signed_in(), ..draft("vault", "Vault") });
    site.put(draft("one", "One"));
    site.put(draft("one/deep", "Deep"));
    let (eve, one, deep) = (site.eve(), id(&site, "one"), id(&site, "one/deep"));
    let with = |more: &[(&'static str, &'static str)]| {
        let mut fields = vec![("action", "move"), ("id", one.as_str()), ("id", deep.as_str())];
        fields.extend(more);
        fields
    };
    post(&eve, &with(&[])).await.is(200).has("name=\"to\"").has("Next").lacks("name=\"confirm\"");
    let wrong = post(&eve, &with(&[("to", "/No Path")])).await.is(422);
    wrong.has("value=\"/No Path\"").has("Only lower-case").lacks("name=\"confirm\"");
    post(&eve, &with(&[("to", "one/deep"), ("confirm", "yes")])).await.is(422).has("it would be below itself");
    let question = post(&eve, &with(&[("to", "/vault")])).await.is(200);
    let question = question.has("/one → /vault/one").has("After this change").has("They move below /vault.");
    assert!(site.page("one").is_some(), "asking moves nothing");
    question.lacks("No page there yet");
    let nowhere = post(&eve, &with(&[("to", "/nowhere")])).await.is(200);
    nowhere.has("They move below /nowhere. No page there yet: readers will see a plain list.");
    post(&eve, &with(&[("to", "/")])).await.is(200).lacks("No page there yet");
    let done = post(&eve, &with(&[("to", "/vault"), ("confirm", "yes")])).await.is(303);
    assert_eq!(without_key(&done), "/admin/pages?done=moved&count=2");
    site.eve().get(done.header("location")).await.has("Moved 2 pages.");
    assert!(site.page("vault/one/deep").is_some() && site.page("one").is_none());
    site.visitor().get("/vault/one").await.is(401);
    assert_eq!(site.eve().get("/one/deep").await.header("location"), "/vault/one/deep");
}

#[actix_web::test]
async fn readers_are_chosen_for_many_pages_at_once() {
    let site = Site::new();
    site.group("Staff", &["ann"]);
    let (eve, hello, secret) = (site.eve(), id(&site, "hello"), id(&site, "secret"));
    let with = |more: &[(&'static str, &'static str)]| {
        let mut fields = vec![("action", "choose-readers"), ("id", hello.as_str()), ("id", secret.as_str())];
        fields.extend(more);
        fields
    };
    post(&eve, &with(&[])).await.is(200).has("Staff").has("name=\"people\"");
    let unknown = post(&eve, &with(&[("audience", "chosen"), ("people", "ann, zoe")])).await.is(422);
    unknown.has("There is no user zoe.").has("value=\"ann, zoe\"");
    let many: Vec<String> = (0..2500).map(|n| format!("nobody-{n}.surname@example.org")).collect();
    let mut refused = with(&[("audience", "chosen")]);
    let many = many.join(", ");
    refused.push(("people", &many));
    post(&eve, &refused).await.is(422).has("nobody-2499");
    let choice = [("audience", "chosen"), ("people", "dan"), ("groups", "Staff")];
    post(&eve, &with(&choice)).await.is(200).has("dan, the group Staff").has("After this change");
    site.visitor().get("/hello").await.is(200);
    let mut confirmed = with(&choice);
    confirmed.push(("confirm", "yes"));
    let done = post(&eve, &confirmed).await.is(303);
    assert_eq!(without_key(&done), "/admin/pages?done=readers-chosen&count=2");
    site.visitor().get("/hello").await.is(401);
    site.ann().get("/secret").await.is(200);
    assert!(matches!(site.page("secret").unwrap().content.audience, Audience::Chosen(_)));
}

#[actix_web::test]
async fn all_rows_of_a_list_without_filters_cannot_be_selected() {
    let site = Site::new();
    let fields = [("action", "delete"), ("all", "yes"), ("confirm", "yes")];
    site.root().submit("/admin/users", "/admin/users/actions", &fields).await.is(422).has("Nothing is selected");
}

/// Saves a draft of a new page.
async fn keep(site: &Site, title: &str, path: &str) {
    let fields = [("title", title), ("path", path), ("body", "DraftInput."), ("then", "draft")];
    site.eve().submit("/admin/pages/new", LIST, &fields).await.is(303);
}

/// The keys of the drafts in the list, the latest first.
async fn drafts(site: &Site) -> Vec<String> {
    let list = site.eve().get("/admin/pages?state=draft").await.is(200).body;
    let rows = list.split("name=\"id\" value=\"").skip(1);
    rows.map(|row| row.split('"').next().unwrap().to_owned()).collect()
}

#[actix_web::test]
async fn drafts_are_published_together_and_those_that_cannot_be_are_named() {
    let site = Site::new();
    keep(&site, "Oak", "oak").await;
    keep(&site, "Also an oak", "oak").await;
    keep(&site, "", "untitled").await;
    keep(&site, "Taken", "hello").await;
    keep(&site, "Elm", "elm").await;
    let ids = drafts(&site).await;
    assert_eq!(ids.len(), 5);
    let mut fields = vec![("action", "publish")];
    fields.extend(ids.iter().map(|id| ("id", id.as_str())));
    let question = site.eve().submit("/admin/pages?state=draft", "/admin/drafts/actions", &fields).await.is(200);
    let (seen, body) = (question.value_of("seen"), question.body.clone());
    question
        .has(">Publish 2 drafts<")
        .has("A page needs a title.")
        .has("There is another page at /hello already.")
        .has("has the path /oak, too");
    assert!(site.page("elm").is_none(), "asking publishes nothing");
    let sent: Vec<&str> =
        body.split("name=\"id\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(sent.len(), 2);
    let confirmed = [("action", "publish"), ("confirm", "yes"), ("seen", &seen), ("id", sent[0]), ("id", sent[1])];
    let done = site.eve().submit("/admin/pages?state=draft", "/admin/drafts/actions", &confirmed).await.is(303);
    assert_eq!(without_key(&done), "/admin/pages?done=published&count=2");
    site.visitor().get("/elm").await.is(200).has("DraftInput.");
    site.visitor().get("/oak").await.is(200);
    assert_eq!(drafts(&site).await.len(), 3);
    let again = site.eve().submit("/admin/pages?state=draft", "/admin/drafts/actions", &confirmed).await;
    again.is(422).has("None of the selected pages has a draft");
}

#[actix_web::test]
async fn drafts_are_discarded_in_the_versions_that_were_named() {
    let site = Site::new();
    keep(&site, "Oak", "oak").await;
    keep(&site, "Elm", "elm").await;
    let ids = drafts(&site).await;
    let mut fields = vec![("action", "discard"), ("id", ids[0].as_str()), ("id", ids[1].as_str())];
    let question = site.eve().submit("/admin/pages?state=draft", "/admin/drafts/actions", &fields).await.is(200);
    let seen = question.value_of("seen");
    question.has("Discard 2 drafts").has("saved by eve");
    let saved = [("title", "Elm 2"), ("path", "elm"), ("then", "draft"), ("draft", "1")];
    let form = format!("/admin/pages/{}", ids[0]);
    site.root().submit(&form, &form, &saved).await.is(303);
    fields.extend([("confirm", "yes"), ("seen", &seen)]);
    let again = site.eve().submit("/admin/pages?state=draft", "/admin/drafts/actions", &fields).await.is(409);
    let newer = again.value_of("seen");
    again.has("Nothing was changed").has("Elm 2").has("saved by root");
    assert_eq!(drafts(&site).await.len(), 2);
    fields[4] = ("seen", &newer);
    let done = site.eve().submit("/admin/pages?state=draft", "/admin/drafts/actions", &fields).await.is(303);
    assert_eq!(done.header("location"), "/admin/pages?done=drafts-discarded&count=2");
    assert_eq!(drafts(&site).await.len(), 0);
}

/// Requests the page of a job until the job has ended.
pub async fn ended(eve: &Actor<'_>, job: &str) -> Response {
    for _ in 0..1000 {
        let shown = eve.get(job).await;
        if !shown.body.contains("http-equiv=\"refresh\"") {
            return shown;
        }
        actix_web::rt::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{job} does not end");
}

#[actix_web::test]
async fn a_long_change_shows_its_editor_its_progress_and_then_leads_to_the_list() {
    let site = Site::impatient();
    many(&site, 3);
    let eve = site.eve();
    let request = [("action", "delete"), ("all", "yes"), ("back", "q=number")];
    let job = post(&eve, &request).await.is(303).header("location").to_owned();
    let seen = ended(&eve, &job).await.is(200).has("Delete 3 pages").value_of("seen");
    let mut confirmed = request.to_vec();
    confirmed.extend([("confirm", "yes"), ("seen", &seen)]);

    // The job has to wait, because somebody else is writing.
    let other = site.begin(|_, _| Ok(()));
    let job = post(&eve, &confirmed).await.is(303).header("location").to_owned();
    eve.get(&job).await.is(200).has("http-equiv=\"refresh\"").has("<progress").has("Delete</h1>");
    site.root().get(&job).await.is(404);
    assert!(site.page("n/00").is_some());
    other.commit();

    let done = ended(&eve, &job).await.is(303);
    assert_eq!(without_key(&done), "/admin/pages?done=trashed&count=3&q=number");
    assert!(site.page("n/00").is_none());
}

#[actix_web::test]
async fn another_instance_shows_the_result_of_a_job() {
    let site = Site::impatient();
    let other = site.instance();
    many(&site, 3);
    let eve = site.eve();
    let request = [("action", "delete"), ("all", "yes"), ("back", "q=number")];
    let question = post(&eve, &request).await.is(303).header("location").to_owned();
    let seen = ended(&eve, &question).await.is(200).value_of("seen");
    let mut confirmed = request.to_vec();
    confirmed.extend([("confirm", "yes"), ("seen", &seen)]);
    let job = post(&eve, &confirmed).await.is(303).header("location").to_owned();
    ended(&eve, &job).await.is(303);
    // The end is written a moment after this instance knows it.
    let done = ended(&other.eve(), &job).await.is(303);
    assert_eq!(without_key(&done), "/admin/pages?done=trashed&count=3&q=number");
    other.root().get(&job).await.is(404);
    let again = post(&eve, &confirmed).await.is(303).header("location").to_owned();
    ended(&eve, &again).await.is(200).has("Nothing was changed. None of these pages is published.");
}

#[actix_web::test]
async fn a_job_is_shown_by_every_instance_while_it_runs_and_after_its_instance_ended() {
    let site = Site::new();
    let (eve, now) = (site.user("eve").id, web::clock::now());
    let id = 0x2a;
    let page = "/admin/jobs/000000000000002a";
    let write = |change: fn(&mut store::Conn, i64, i64) -> store::Result<()>, age| {
        site.store().write(|conn| change(conn, id, age)).unwrap();
    };
    site.store().write(|conn| store::writing::jobs::insert(conn, id, eve, "Delete", now)).unwrap();
    let beat = |conn: &mut store::Conn, id, age| {
        store::writing::jobs::beat(conn, id, 3, 10, web::clock::now() - chrono::TimeDelta::seconds(age))
    };
    let commit = |conn: &mut store::Conn, id, age| {
        store::writing::jobs::commit(conn, id, web::clock::now() - chrono::TimeDelta::seconds(age))
    };
    write(beat, 0);
    let shown = site.eve().get(page).await.is(200).has("3 of 10 done.").has("Delete</h1>");
    shown.has("http-equiv=\"refresh\"").lacks("has not reported");
    site.root().get(page).await.is(404);
    write(beat, 40);
    site.eve().get(page).await.is(200).has("has not reported for 4").has("nothing was changed");
    write(commit, 0);
    site.eve().get(page).await.is(200).has("http-equiv=\"refresh\"");
    write(beat, 40);
    site.eve().get(page).await.is(200).has("All of it was done.").lacks("http-equiv=\"refresh\"");
}

#[actix_web::test]
async fn a_job_does_not_obey_an_editor_who_was_disabled_while_it_waited() {
    let site = Site::impatient();
    many(&site, 3);
    let (eve, id) = (site.eve(), id(&site, "n/00"));
    let editor = site.user("eve").id;
    let token = eve.get(LIST).await.value_of("form_token");
    // The account is disabled before the job takes the lock.
    let other = site.begin(move |conn, admin| {
        store::writing::users::set_active(conn, admin, &[editor], false, web::clock::now()).map(drop)
    });
    let fields = [("action", "delete"), ("id", &id), ("confirm", "yes"), ("form_token", &token)];
    let job = eve.post(ACTIONS, &fields).await.is(303).header("location").to_owned();
    other.commit();
    site.app.jobs.stop(&site.app.db, Duration::from_secs(60)).await;
    assert!(site.page("n/00").is_some());
    eve.get(&job).await.is(401);
    let number = i64::from_str_radix(job.rsplit('/').next().unwrap(), 16).unwrap();
    let row = site.store().read(|conn| store::jobs::get(conn, number, editor)).unwrap().unwrap();
    assert!(matches!(&row.state, store::jobs::State::Failed(why) if why.contains("disabled")), "{row:?}");
}

#[actix_web::test]
async fn a_failed_job_says_why_and_that_nothing_was_changed() {
    let site = Site::impatient();
    let eve = site.eve();
    let job = post(&eve, &[("action", "delete"), ("id", "1")]).await.is(303).header("location").to_owned();
    ended(&eve, &job).await.is(200).has("Nothing was changed. None of these pages is published.");
    eve.get("/admin/jobs/zz").await.is(404);
}
