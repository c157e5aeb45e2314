//! Bulk jobs of a server that stops or is killed: done, or rolled back, and their page says which.

use std::{
    thread,
    time::{Duration, Instant},
};

use crate::{
    refusals::{HeldLock, Place, admin, on_postgres, value},
    server::{Server, status},
};

/// The timeout of each wait.
const TIMEOUT: Duration = Duration::from_secs(40);

/// Starts to make a page private behind a lock of another program; returns the lock and the page of the job.
fn waiting_job(place: &Place) -> (HeldLock, String) {
    place.done(&["page", "put", "notes", "--title", "Notes", "--public"], "text");
    let list = place.get("/admin/pages?q=notes", &admin());
    let fields =
        [("action", "choose-readers"), ("audience", "signed-in"), ("confirm", "yes"), ("id", &value(&list, "id"))];
    let mut fields: Vec<_> = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    fields.push(("form_token".into(), value(&list, "form_token")));
    let held = place.hold("SELECT 1 FROM pages WHERE path = 'notes' FOR UPDATE");
    let answer = place.post("/admin/pages/actions", &fields);
    assert_eq!(status(&answer), 303, "{answer}");
    let job = answer.split("location: ").nth(1).unwrap().lines().next().unwrap().trim().to_owned();
    assert!(job.starts_with("/admin/jobs/"), "{job}");
    (held, job)
}

fn until_logged(server: &Server, words: &str) {
    let begun = Instant::now();
    while !server.log().contains(words) {
        assert!(begun.elapsed() < TIMEOUT, "{}", server.log());
        thread::sleep(Duration::from_millis(20));
    }
}

/// Starts the server again on the same PostgreSQL database.
fn again(place: Place) -> Place {
    let cluster = place.cluster.unwrap();
    drop(place.server);
    Place { server: Server::start_with(&[("DATABASE_URL", &cluster.url())]), cluster: Some(cluster) }
}

fn is_public(place: &Place) -> bool {
    status(&place.get("/notes", "")) == 200
}

#[test]
fn a_job_that_does_not_end_when_the_server_stops_is_rolled_back_and_its_page_says_so() {
    let places = [Some(Place { server: Server::start(), cluster: None }), on_postgres()];
    for mut place in places.into_iter().flatten() {
        let (held, job) = waiting_job(&place);
        place.server.signal("TERM");
        until_logged(&place.server, "finishing 1 bulk jobs");
        until_logged(&place.server, "a bulk job was rolled back, because the server stops: \"Change readers\"");
        let (_, is_clean) = place.server.wait();
        assert!(is_clean, "{}", place.server.log());
        held.release();
        if place.cluster.is_some() {
            let place = again(place);
            let page = place.get(&job, &admin());
            assert!(page.contains("Nothing was changed. The server was stopped"), "{page}");
            assert!(is_public(&place));
        }
    }
}

#[test]
fn a_job_that_ends_while_the_server_stops_is_done_and_its_page_says_so() {
    let Some(mut place) = on_postgres() else { return };
    let (held, job) = waiting_job(&place);
    place.server.signal("TERM");
    until_logged(&place.server, "finishing 1 bulk jobs");
    held.release();
    assert!(place.server.wait().1, "{}", place.server.log());
    let place = again(place);
    let page = place.get(&job, &admin());
    assert!(status(&page) == 303 && page.contains("done=readers-chosen&count=1"), "{page}");
    assert!(!is_public(&place));
}

#[test]
fn a_job_whose_server_was_killed_changed_nothing_and_its_page_says_so() {
    let Some(mut place) = on_postgres() else { return };
    let (held, job) = waiting_job(&place);
    place.server.signal("KILL");
    place.server.wait();
    held.release();
    let place = again(place);
    let page = place.get(&job, &admin());
    assert!(page.contains("Change readers</h1>") && page.contains("http-equiv=\"refresh\""), "{page}");
    place.cluster.as_ref().unwrap().sql("UPDATE jobs SET beat_at = beat_at - interval '1 minute'");
    let page = place.get(&job, &admin());
    assert!(page.contains("has not reported for") && page.contains("nothing was changed"), "{page}");
    assert!(is_public(&place));
}
