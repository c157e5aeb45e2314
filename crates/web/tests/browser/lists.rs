//! The lists of the panel: selection, and the tree that opens in place.

use super::{chromium::Chromium, server::Server};

/// Clicks the checkbox of a row, with Shift or without.
fn tick(row: usize, shift: bool) -> String {
    format!(
        "document.querySelectorAll('tbody input[name=id]')[{row}]
         .dispatchEvent(new MouseEvent('click', {{ bubbles: true, cancelable: true, shiftKey: {shift} }}))"
    )
}

#[test]
fn rows_are_selected_in_ranges_and_a_bar_says_how_many() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    for n in 0..9 {
        server.page(&format!("oak-{n}"), &format!("Oak {n}"), "Wood.\n", &[]);
    }
    let eve = browser.user(&server, "eve");
    eve.open("/admin/pages?q=oak&sort=title");
    let is_hidden = || eve.js("document.querySelector('.selection').hidden").as_bool().unwrap();
    let said = || eve.string("document.querySelector('.chosen').textContent");
    assert!(is_hidden(), "nothing is selected yet");
    eve.js(&tick(1, false));
    eve.js(&tick(4, true));
    assert_eq!((is_hidden(), said().as_str()), (false, "4 of 9 pages"));
    let marked = "getComputedStyle(document.querySelectorAll('tbody tr')[3]).backgroundColor";
    let plain = "getComputedStyle(document.querySelectorAll('tbody tr')[7]).backgroundColor";
    assert_ne!(eve.string(marked), eve.string(plain), "selected rows are marked");
    eve.js(&tick(2, false));
    assert_eq!(said(), "3 of 9 pages");
    eve.click("#all");
    assert_eq!(said(), "All selected");
    eve.press("Unpublish…").sees("Unpublish 9 pages?");
}

#[test]
fn the_tree_opens_and_closes_in_place_and_its_rows_can_be_selected() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    server.page("handbook", "Handbook", "Text.\n", &[]);
    server.page("handbook/keys", "Keys", "Text.\n", &[]);
    server.page("handbook/keys/spare", "Spare keys", "Text.\n", &[]);
    let eve = browser.user(&server, "eve");
    eve.open("/admin/pages").press("Tree").sees_not("Spare keys");
    let toggle = |path: &str| {
        eve.js(&format!("document.querySelector('tr[data-path=\"{path}\"] .toggle').click()"));
    };
    let rows = |number: usize| {
        eve.wait(&format!("document.querySelectorAll('tbody tr[data-path^=\"/handbook\"]').length === {number}"));
    };
    eve.js("globalThis.stayed = true; 0");
    toggle("/handbook");
    rows(2);
    toggle("/handbook/keys");
    rows(3);
    eve.js("document.querySelector('tr[data-path=\"/handbook/keys/spare\"] input').click()");
    assert_eq!(eve.string("document.querySelector('.chosen').textContent").split(' ').next(), Some("1"));
    toggle("/handbook");
    rows(1);
    assert_eq!(eve.js("globalThis.stayed").as_bool(), Some(true), "the page was not loaded again");
    assert!(eve.js("document.querySelector('.selection').hidden").as_bool().unwrap());
}

#[test]
fn the_trail_suggests_names_and_enter_takes_what_was_typed() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    server.page("oak", "Oak", "Wood.\n", &[]);
    server.page("oak-leaf", "Leaf", "Green.\n", &[]);
    let admin = browser.user(&server, "admin");
    admin.open("/admin/audit").type_into("#name", "oak");
    admin.wait("document.querySelectorAll('.list-search .picker li').length === 2");
    assert_eq!(admin.string("document.querySelector('#name').getAttribute('role')"), "combobox");
    admin
        .key("Enter")
        .wait("location.search.includes('name=oak') && document.querySelectorAll('tbody tr').length === 2");
    admin.open("/admin/audit").type_into("#name", "leaf");
    admin.wait("document.querySelectorAll('.list-search .picker li').length === 1").key("ArrowDown").key("Enter");
    admin
        .wait("location.search.includes('name=%2Foak-leaf') && document.querySelector('#name')?.value === '/oak-leaf'");
}
