//! Signing in at a page, being recognised everywhere, switching users, and signing out.

use super::{
    chromium::{Chromium, Person},
    server::{PASSWORD, Server},
};

fn furnish(server: &Server) {
    server.page("open", "Open page", "For everybody.", &[]);
    server.page("minutes/march", "Minutes of March", "The oars are in the shed.", &["--private"]);
    server.page("minutes/april", "Minutes of April", "The shed is locked.", &["--private"]);
    server.command(&["group", "add", "Board", "eve"], "");
    server.page("minutes/board", "Board only", "Who pays.", &["--group", "Board"]);
}

/// Opens the link that somebody sent, and signs in there.
fn sign_in_at<'a>(person: &'a Person, path: &str) -> &'a Person {
    person.give("rita", PASSWORD);
    person.open(path)
}

#[test]
fn a_link_is_followed_through_cancel_and_a_wrong_password_to_its_page() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    furnish(&server);
    let visitor = browser.visitor(&server);
    visitor.open("/minutes/march").sees("Sign in to read this page").sees_not("oars");
    visitor.give("rita", "not her password");
    visitor.press("Sign in").sees("That name and password did not work.");
    assert_eq!(visitor.address(), "/minutes/march");
    visitor.give("rita", PASSWORD);
    visitor.press("Try again").sees("The oars are in the shed.");
    assert_eq!((visitor.address(), visitor.status()), ("/minutes/march".into(), 200));
}

#[test]
fn who_signed_in_at_a_page_is_a_stranger_nowhere_and_is_asked_once() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    furnish(&server);
    let visitor = browser.visitor(&server);
    let rita = sign_in_at(&visitor, "/minutes/march").sees("The oars are in the shed.").sees("rita");
    assert_eq!(rita.challenges().len(), 1);
    rita.press("Minutes").sees("Minutes of April").sees("rita");
    rita.open("/").sees("Minutes of March").sees("rita");
    rita.open("/search?q=oars").sees("Minutes of March").sees("rita");
    rita.open("/open").sees("For everybody.").sees("rita").sees_not("Sign in");
    rita.open("/nowhere").sees("rita").sees_not("Sign in:");
    assert_eq!(rita.challenges().len(), 1, "nobody is asked again");
    assert_eq!(rita.js("globalThis.refused"), serde_json::json!([]));
}

#[test]
fn strangers_are_asked_for_nothing_on_public_pages() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    furnish(&server);
    let visitor = browser.visitor(&server);
    for address in ["/", "/open", "/search?q=oars", "/nowhere"] {
        visitor.open(address).sees("Sign in");
    }
    assert_eq!(visitor.challenges(), [""; 0]);
    // From a page that is not there, signing in leads back to it.
    server.page("nowhere", "Nowhere", "It is here now.", &["--private", "--published", "2999-01-01"]);
    visitor.give("eve", PASSWORD);
    visitor.press("Sign in: you may be able to read it").sees("It is here now.");
    assert_eq!((visitor.address(), visitor.challenges().len()), ("/nowhere".into(), 1));
}

#[test]
fn another_user_signs_in_with_one_prompt_and_gets_the_page() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    furnish(&server);
    let person = browser.visitor(&server);
    sign_in_at(&person, "/minutes/board").sees("You don’t have access").sees("rita").sees_not("Who pays.");
    assert_eq!(person.challenges().len(), 1);
    person.give("eve", PASSWORD);
    person.press("Sign in as someone else").sees("Who pays.").sees("eve");
    assert_eq!((person.address(), person.challenges().len()), ("/minutes/board".into(), 2));
    person.open("/").sees("eve").sees("Board only");
    assert_eq!(person.challenges().len(), 2);
}

#[test]
fn signing_out_shows_no_prompt_and_forgets_the_password() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    furnish(&server);
    let person = browser.visitor(&server);
    sign_in_at(&person, "/minutes/march").sees("oars");
    person.press("Sign out").sees("You are signed out.");
    assert_eq!((person.address(), person.status()), ("/logout".into(), 200));
    for address in ["/", "/open", "/minutes"] {
        person.open(address).sees_not("rita").sees_not("Minutes of March");
    }
    assert_eq!(person.challenges().len(), 1, "no prompt was shown");
    person.give("eve", PASSWORD);
    person.open("/minutes/march").sees("oars").sees("eve");
    // From the panel, too.
    person.open("/admin/").press("Sign out").sees("You are signed out.");
    assert_eq!(person.challenges().len(), 2);
}

#[test]
fn without_a_script_signing_out_asks_and_cancel_signs_out() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    furnish(&server);
    let person = browser.visitor(&server);
    sign_in_at(&person, "/minutes/march").sees("oars");
    person.without_javascript().open("/minutes/april").sees("rita");
    person.press("Sign out").sees("Signed out").sees("close the browser");
    assert_eq!((person.address(), person.status()), ("/logout".into(), 401));
    person.open("/open").sees_not("rita");
}

#[test]
fn on_a_site_that_hides_its_pages_a_reader_signs_in_wherever_a_link_leads() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    furnish(&server);
    let admin = browser.user(&server, "admin");
    admin.open("/admin/site").click("#hides_pages");
    admin.press("Save settings").sees("Saved");
    let visitor = browser.visitor(&server);
    let texts = ["/minutes/march", "/nowhere"].map(|path| visitor.open(path).text());
    assert_eq!(texts[0], texts[1]);
    visitor.give("rita", PASSWORD);
    visitor.open("/minutes/march").sees("oars").open("/nowhere").sees("Page not found");
}
