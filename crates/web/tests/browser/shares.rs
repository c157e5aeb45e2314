//! A link that opens a page: made, copied, opened in a window of its own, and ended.

use std::{fs, io::Write};

use base64::{Engine, prelude::BASE64_STANDARD};

use super::{
    accessibility,
    chromium::{Chromium, Person, named},
    server::Server,
    walk::edit,
};

/// A picture of a pixel, in PNG.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
const MAKE: &str = "Make a link: whoever has it can read what is chosen above";

fn furnish(server: &Server) {
    server.page("clients", "Clients", "For us.", &["--private"]);
    let body = "What we plan. ![An oak](oak.png)\n\n[The brief](acme/brief) and [all clients](/clients).";
    server.page("clients/acme", "Acme", body, &[]);
    server.page("clients/acme/brief", "The brief", "Because.", &[]);
    let mut picture = tempfile::NamedTempFile::new().unwrap();
    picture.write_all(&BASE64_STANDARD.decode(PIXEL).unwrap()).unwrap();
    server.command(&["file", "put", "clients/acme/oak.png", picture.path().to_str().unwrap()], "");
}

/// Makes a link with the form of the page, and returns its address.
fn make(eve: &Person) -> String {
    edit(eve, "Acme");
    eve.press("Share");
    eve.sees("There are no links.").fill("#label", "Acme review");
    eve.click("#shows-section");
    eve.press(MAKE);
    eve.sees("The link for Acme review").sees("It is shown only now.");
    eve.value("#link")
}

#[test]
fn a_link_is_made_copied_opened_in_a_private_window_and_ended() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    furnish(&server);
    let eve = browser.user(&server, "eve");
    let link = make(&eve);
    assert!(link.starts_with(&format!("{}/s/", server.origin)), "{link}");
    eve.js("navigator.clipboard.writeText = async (text) => { globalThis.copied = text; }; 0");
    eve.click("[data-copy-link]");
    eve.wait("document.querySelector('.made-link [role=status]').textContent === 'Copied.'");
    assert_eq!(eve.string("globalThis.copied"), link);
    let guest = browser.visitor(&server);
    guest.open(&link).sees("What we plan.").sees_not("Search").sees_not("Sign in");
    guest.js("document.querySelector('.prose img').scrollIntoView()");
    guest.wait("document.querySelector('.prose img').naturalWidth === 1");
    guest.press("The brief");
    guest.sees("Because.").sees_not("Clients");
    assert_eq!(guest.address(), format!("{}/brief", link.trim_start_matches(&server.origin)));
    guest.press("Acme");
    guest.sees("What we plan.");
    assert!(guest.challenges().is_empty(), "nobody is asked for a password");
    assert_eq!(guest.string("document.referrer"), "", "the address is told to no other page");
    assert_eq!(guest.string("globalThis.refused.join()"), "");
    eve.open(&eve.address()).sees("opened just now").sees_not("never opened");
    assert_eq!(eve.js("document.querySelector('#link') === null"), true, "it was shown once");
    eve.press("End now");
    eve.sees("Ended 1 link.").sees("ended early");
    guest.open(&link).sees("This link has ended").sees_not("What we plan.");
    assert_eq!(guest.status(), 410);
}

#[test]
fn enter_in_a_field_makes_the_link_that_is_chosen_and_a_reload_makes_no_other_one() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    furnish(&server);
    let eve = browser.user(&server, "eve");
    for has_scripts in [true, false] {
        if !has_scripts {
            eve.without_javascript();
        }
        edit(&eve, "Acme");
        eve.leave(|| eve.click("a[href$='/shares']:not([href='/admin/shares'])"));
        eve.sees("Links of this page").fill("#label", "By Enter");
        eve.click("#shows-section");
        eve.leave(|| {
            eve.js("document.querySelector('#label').focus()");
            eve.key("Enter");
        });
        eve.sees("The link for By Enter").sees("the page and pages below it");
        eve.leave(|| {
            eve.reload();
        });
        eve.sees("This form was sent before").sees_not("The link for By Enter");
        assert_eq!(eve.status(), 409);
        assert_eq!(eve.value("#label"), "By Enter");
        assert_eq!(eve.js("document.querySelector('#shows-section').checked"), true);
        assert_eq!(eve.js("document.querySelectorAll('form[action$=end]').length"), 1, "one link");
        eve.press("End now");
        eve.sees("Ended 1 link.");
    }
}

#[test]
fn without_javascript_a_link_is_made_and_opens_with_its_picture() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    furnish(&server);
    let eve = browser.user(&server, "eve");
    eve.without_javascript();
    let link = make(&eve);
    assert_eq!(eve.js("document.querySelector('[data-copy-link]').hidden"), true);
    let guest = browser.visitor(&server);
    guest.without_javascript().open(&link).sees("What we plan.");
    guest.wait("document.querySelector('.prose img').naturalWidth === 1");
}

#[test]
fn the_pages_of_links_are_accessible_in_both_themes_and_fit_a_phone() {
    let Some(axe) = named("POSTERN_TEST_AXE", "axe-core") else { return };
    let axe = fs::read_to_string(axe).unwrap();
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    furnish(&server);
    let (eve, guest) = (browser.user(&server, "eve"), browser.visitor(&server));
    let link = make(&eve);
    let mut found = Vec::new();
    let mut look = |name: &str, person: &Person| {
        person.resize(390, 900);
        let is_wide = person.js("document.documentElement.scrollWidth > innerWidth");
        assert_eq!(is_wide, false, "{name} fits a phone");
        person.resize(1280, 4000);
        found
            .extend(accessibility::in_both_themes(person, &axe).into_iter().map(|problem| format!("{name} {problem}")));
    };
    look("the form with the new link", &eve);
    eve.open("/admin/shares").sees("Acme review");
    look("the list", &eve);
    guest.open(&link).sees("What we plan.");
    look("the page", &guest);
    server.command(&["share", "end", server.command(&["share", "list"], "").split('\t').next().unwrap()], "");
    guest.open(&link).sees("This link has ended");
    look("the end", &guest);
    assert!(found.is_empty(), "{}", found.join("\n"));
}
