//! Who can read a page: the lines of its form, the field with chips, the question, and the views of others.

use std::{env, path::PathBuf};

use super::{
    chromium::{Chromium, Person},
    server::Server,
    walk::edit,
};

const LINES: &str = "document.querySelector('.reader-lines').textContent";
const CHIPS: &str = "[...document.querySelectorAll('.chips li bdi')].map((chip) => chip.textContent).join(' ')";

/// A server with the group Board, to which rita belongs, and a page for rita.
fn start() -> Server {
    let server = Server::start();
    server.command(&["user", "add", "zoë", "--role", "reader"], super::server::PASSWORD);
    server.command(&["group", "add", "Board of Trade", "rita"], "");
    server.page("note", "A note", "For rita.", &["--reader", "rita"]);
    for n in 1..=3 {
        server.page(&format!("minutes/{n}"), "Item", "Text.", &["--group", "Board of Trade"]);
    }
    server
}

/// Takes a picture if POSTERN_SCREENSHOTS_OF_READERS names a folder.
fn look(person: &Person, name: &str) {
    if let Some(folder) = env::var_os("POSTERN_SCREENSHOTS_OF_READERS").map(PathBuf::from) {
        person.screenshot(&folder.join(format!("{name}.png")));
    }
}

#[test]
fn the_lines_follow_what_is_typed_and_the_readers_nearby_are_one_click_away() {
    let Some(browser) = Chromium::start() else { return };
    let server = start();
    let eve = browser.user(&server, "eve");
    eve.open("/admin/pages/new");
    eve.wait(&format!("{LINES}.includes('Now: editors only (not published)')"));
    eve.sees("After publishing: everyone");
    eve.type_into("#path", "/minutes/4");
    eve.wait(&format!("{LINES}.includes('3 pages beside it are for Board of Trade (1 person).')"));
    look(&eve, "near");
    eve.click("button[value=near]");
    eve.wait(&format!("{LINES}.includes('After publishing: Board of Trade (1 person)')"));
    assert_eq!(eve.string(CHIPS), "Board of Trade");
    assert_eq!(eve.js("document.querySelector('#audience-chosen').checked"), true);
    eve.sees_not("beside it");
    eve.click("#audience-public");
    eve.wait(&format!("{LINES}.includes('After publishing: everyone')"));
}

#[test]
fn people_and_groups_are_found_by_a_part_of_their_names_with_the_keyboard() {
    let Some(browser) = Chromium::start() else { return };
    let server = start();
    let eve = browser.user(&server, "eve");
    eve.open("/admin/pages/new");
    eve.click("#audience-chosen");
    let offered = |text: &str| {
        format!(
            "[...document.querySelectorAll('.chosen-readers [role=option]')].some((offer) => offer.textContent.includes('{text}'))"
        )
    };
    eve.type_into("#people", "trade");
    eve.wait(&offered("Board of Tradegroup, 1 person"));
    look(&eve, "offers");
    eve.key("Enter");
    // Enter right after the last letter waits for the suggestions for this text.
    eve.type_into("#people", "zoe");
    eve.key("Enter");
    eve.wait(&format!("{CHIPS} === 'Board of Trade (1) zoë'"));
    eve.wait(&format!("{LINES}.includes('After publishing: zoë and Board of Trade (1 person)')"));
    // A name that is typed to its end needs no list, and one that nobody has is named.
    eve.type_into("#people", "rita, nobody,");
    eve.wait(&format!("{LINES}.includes('There is no user nobody.')"));
    look(&eve, "chips");
    eve.key("Backspace");
    eve.wait(&format!("!{LINES}.includes('There is no user')"));
    assert_eq!(eve.string("document.querySelector('[name=people]').value"), "zoë, rita");
    assert_eq!(eve.string("document.querySelector('[name=groups]').value"), "Board of Trade");
    eve.js("document.querySelector('[aria-label=\"Remove zoë\"]').click(); 0");
    eve.wait(&format!("{LINES}.includes('After publishing: rita and Board of Trade (1 person)')"));
    assert_eq!(eve.string("document.activeElement.id"), "people");
}

#[test]
fn a_page_that_gains_readers_asks_with_a_button_that_says_so() {
    let Some(browser) = Chromium::start() else { return };
    let server = start();
    let (eve, visitor) = (browser.user(&server, "eve"), browser.visitor(&server));
    edit(&eve, "A note");
    eve.sees("Now: rita");
    eve.click("#audience-public");
    eve.wait(&format!("{LINES}.includes('After publishing: everyone')"));
    eve.leave(|| eve.click(".publish"));
    eve.sees("More people will be able to read this page").sees("Let everyone read it");
    assert_eq!(eve.string("document.activeElement.className"), "access-question");
    look(&eve, "question");
    assert_eq!(visitor.open("/note").status(), 401);
    eve.press("Let everyone read it");
    assert_eq!(visitor.open("/note").status(), 200);
    // A loss of readers needs no confirmation.
    edit(&eve, "A note");
    eve.click("#audience-signed-in");
    eve.leave(|| eve.click(".publish"));
    eve.sees_not("More people");
    assert_eq!(visitor.open("/note").status(), 401);
}

#[test]
fn the_form_shows_what_a_stranger_gets() {
    let Some(browser) = Chromium::start() else { return };
    let server = start();
    let eve = browser.user(&server, "eve");
    edit(&eve, "A note");
    eve.click(".drop summary");
    look(&eve, "views");
    eve.press("Visitor").sees("a visitor").sees("This page is private");
    look(&eve, "stranger");
    eve.sees_not("For rita.");
    edit(&eve, "A note");
    eve.click(".drop summary");
    eve.press("rita").sees("For rita.").sees("You see the site as rita");
    look(&eve, "as-rita");
}

#[test]
fn the_form_works_on_a_phone_and_without_a_script() {
    let Some(browser) = Chromium::start() else { return };
    let server = start();
    let eve = browser.user(&server, "eve");
    eve.resize(320, 900);
    eve.open("/admin/pages/new?path=/minutes/4");
    eve.click("#audience-chosen");
    eve.wait("document.querySelector('.chips') !== null");
    assert_eq!(eve.js("document.documentElement.scrollWidth"), 320);
    look(&eve, "phone");
    let plain = browser.user(&server, "eve");
    plain.without_javascript();
    plain.open("/admin/pages/new?path=/minutes/4").sees("3 pages beside it are for Board of Trade (1 person).");
    plain.press("Use Board of Trade").sees("After publishing: Board of Trade (1 person)");
    look(&plain, "no-script");
}
