//! The form of a page as a sheet: what its keys and buttons do, its layout, and the number of words in it.

use std::{env, path::PathBuf};

use super::{
    chromium::{Chromium, Person, quote},
    server::Server,
    walk::{self, edit},
};

const STATUS: &str = "document.querySelector('.draft-status').textContent";

/// Presses keys together with Ctrl.
fn ctrl(person: &Person, key: &str, code: &str) {
    person.js(&format!(
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', \
         {{ key: {}, code: {}, ctrlKey: true, bubbles: true, cancelable: true }})); 0",
        quote(key),
        quote(code)
    ));
}

fn kept(person: &Person) {
    person.wait(&format!("{STATUS}.startsWith('Draft saved')"));
}

fn pages(server: &Server) -> String {
    server.command(&["page", "list"], "")
}

#[test]
fn enter_and_ctrl_s_save_a_draft_and_ctrl_enter_asks_to_publish() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    let eve = browser.user(&server, "eve");
    // The cursor is in the text from the start.
    eve.open("/admin/pages/new").wait("document.activeElement.id === 'title'");
    eve.type_into("#title", "Secret plans").key("Enter");
    kept(&eve);
    assert_eq!(eve.string("document.activeElement.id"), "body", "Enter leads to the text");
    for field in ["#path", "#people", "#summary", "#note", "#position"] {
        eve.js("document.querySelectorAll('details').forEach((part) => { part.open = true; }); 0");
        eve.click("#audience-chosen");
        eve.js(&format!("document.querySelector({}).focus()", quote(field)));
        eve.key("Enter");
    }
    eve.type_into("#body", "Only for us.");
    ctrl(&eve, "s", "KeyS");
    // On a Greek layout, the same key is another letter.
    ctrl(&eve, "σ", "KeyS");
    eve.wait("document.querySelector('#body').value === 'Only for us.'");
    eve.open("/admin/drafts").sees("Secret plans").sees("1–1 of 1 drafts");
    assert!(!pages(&server).contains("secret-plans"), "nothing of it was published");

    eve.press("Secret plans");
    eve.click("#audience-signed-in");
    ctrl(&eve, "Enter", "Enter");
    eve.wait("document.querySelector('dialog.ask').open").sees("Publish “Secret plans”?");
    eve.click("dialog.ask button[type=button]");
    eve.wait("!document.querySelector('dialog.ask').open");
    assert!(!pages(&server).contains("secret-plans"), "asking publishes nothing");
    ctrl(&eve, "Enter", "Enter");
    eve.leave(|| eve.click("dialog.ask button[type=submit]"));
    eve.sees("Published “Secret plans”.");
    assert!(pages(&server).contains("secret-plans"));
}

#[test]
fn enter_saves_a_draft_without_javascript_too() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    let eve = browser.user(&server, "eve");
    eve.without_javascript().open("/admin/pages/new").type_into("#title", "Plain");
    eve.leave(|| {
        eve.key("Enter");
    });
    eve.sees("Draft by eve").sees("Only editors see the draft.");
    assert!(!pages(&server).contains("plain"));
    eve.press("Preview");
    eve.press("Close").sees("Draft kept: “Plain” is not published.");
    eve.press("Discard…").press("Discard the draft");
    eve.open("/admin/drafts").sees("There are no drafts");
}

#[test]
fn an_action_says_what_it_did_once_and_can_be_undone() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    server.page("plan", "The plan", "Meet at noon.\n", &[]);
    let (eve, visitor) = (browser.user(&server, "eve"), browser.visitor(&server));
    edit(&eve, "The plan");
    eve.fill("#body", "Meet at one.").press("Publish changes").sees("Published the changes to “The plan”.");
    assert_eq!(eve.address(), "/admin/pages", "the address does not say it again");
    eve.leave(|| {
        eve.js("location.reload()");
    });
    eve.sees_not("Published the changes");
    edit(&eve, "The plan");
    eve.fill("#body", "Meet at two.").press("Publish changes").press("Undo").sees("“The plan” is as before.");
    visitor.open("/plan").sees("Meet at one.");
    edit(&eve, "The plan");
    assert_eq!(eve.value("#body"), "Meet at two.", "it is a draft again");
    eve.press("Unpublish").sees("Unpublished “The plan”.").press("Undo").sees("“The plan” is as before.");
}

#[test]
fn a_bulk_action_says_what_it_did_once_and_can_be_undone() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    server.page("plan", "The plan", "Meet at noon.\n", &[]);
    let (eve, visitor) = (browser.user(&server, "eve"), browser.visitor(&server));
    eve.open("/admin/pages").click("tbody input[name=id]");
    eve.press("Delete…").press("Delete 1 page").sees("Moved 1 page to the trash.");
    assert_eq!(eve.address(), "/admin/pages", "the address does not say it again");
    visitor.open("/plan").sees_not("Meet at noon.");
    eve.press("Undo").sees("Undone: 1 page is as before.");
    assert_eq!(eve.address(), "/admin/pages");
    visitor.open("/plan").sees("Meet at noon.");
}

#[test]
fn closing_a_form_keeps_the_draft_and_says_so() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    server.page("plan", "The plan", "Meet at noon.\n", &[]);
    let eve = browser.user(&server, "eve");
    edit(&eve, "The plan");
    eve.press("Close").sees_not("Draft kept");
    edit(&eve, "The plan");
    eve.type_into("#body", "OOPS ").press("Close").sees("Draft kept: the changes to “The plan” are not published.");
    eve.press("Edit");
    assert!(eve.value("#body").contains("OOPS"));
    // The menu has an entry to discard them.
    eve.press("Discard changes…").press("Discard the draft");
    edit(&eve, "The plan");
    assert_eq!(eve.value("#body").trim(), "Meet at noon.");
}

#[test]
fn the_button_says_when_a_page_appears_while_its_date_is_typed() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    let eve = browser.user(&server, "eve");
    let button = "document.querySelector('button.publish').textContent";
    eve.open("/admin/pages/new");
    assert_eq!(eve.string(button), "Publish");
    eve.fill("#published", "2999-11-30T09:00");
    assert_eq!(eve.string(button), "Schedule for 30 Nov 2999, 09:00");
    let soon =
        "(() => { const at = new Date(Date.now() + 2 * 864e5); return at.toISOString().slice(0, 11) + '09:00'; })()";
    let soon = eve.string(soon);
    eve.fill("#published", &soon);
    let weekday = eve.string(&format!("new Date({} + 'Z').toUTCString().slice(0, 3)", quote(&soon)));
    assert_eq!(eve.string(button), format!("Schedule for {weekday} 09:00"));
    eve.fill("#title", "Monday news").fill("#body", "Soon.");
    eve.press(&format!("Schedule for {weekday} 09:00")).sees("Scheduled “Monday news”. Appears");
    edit(&eve, "Monday news");
    assert_eq!(eve.string(button), format!("Schedule for {weekday} 09:00"), "the server says the same");
    eve.fill("#published", "2020-01-01T00:00");
    assert_eq!(eve.string(button), "Publish changes");
}

/// The visible words and controls.
const WORDS: &str = "(() => { const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); let words = []; \
    for (let node; node = walk.nextNode();) { const range = document.createRange(); range.selectNodeContents(node); \
    const box = range.getBoundingClientRect(), parent = node.parentElement; \
    const hidden = parent.closest('.visually-hidden, .skip') || !parent.checkVisibility({ visibilityProperty: true }); \
    if (hidden || box.width === 0 || box.top >= innerHeight || box.bottom <= 0) continue; \
    words = words.concat(node.textContent.match(/\\S+/g) || []); } return words.join(' '); })()";

#[test]
fn the_text_begins_high_on_the_screen_and_few_words_stand_around_it() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    walk::furnish(&server);
    let eve = browser.user(&server, "eve");
    eve.resize(1280, 800).open("/admin/pages/new").wait("document.querySelector('.view-mode') !== null");
    let top = || eve.js("document.querySelector('#body').getBoundingClientRect().top").as_f64().unwrap();
    assert!(top() <= 220.0, "the text of a new page begins at {}", top());
    let words = eve.string(WORDS);
    let count = words.split_whitespace().count();
    assert!(count <= 90, "{count} words on a new page: {words}");
    for title in ["Renting the darkroom", "The team"] {
        edit(&eve, title);
        eve.wait("document.querySelector('.view-mode') !== null");
        assert!(top() <= 220.0, "the text of {title} begins at {}", top());
    }
}

#[test]
fn the_drawer_and_the_view_are_as_the_user_left_them() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    server.page("plan", "The plan", "Meet **at noon**.\n", &[]);
    let eve = browser.user(&server, "eve");
    let open = "String(document.querySelector('.drawer').open)";
    edit(&eve, "The plan");
    assert_eq!(eve.string(open), "true");
    eve.js("document.querySelector('.drawer > summary').click()");
    eve.click(".view-mode button[value=preview]");
    eve.wait("document.querySelector('.preview strong') !== null");
    eve.wait("localStorage.getItem('panel:page-settings') === 'closed'");
    edit(&eve, "The plan");
    eve.wait("document.querySelector('.view-mode [aria-pressed=true]')?.value === 'preview'");
    assert_eq!(eve.string(open), "false");
    eve.wait(
        "document.querySelector('.preview strong') !== null && document.querySelector('#body').offsetHeight === 0",
    );
    eve.click(".view-mode button[value=write]");
    eve.wait("document.querySelector('.preview').hidden && document.querySelector('#body').offsetHeight > 0");
    // A section with an error is open, even if it was left closed.
    eve.js("document.querySelector('.drawer > summary').click()");
    eve.js("document.querySelector('#published').type = 'text'; 0");
    eve.fill("#published", "tomorrow").press("Publish changes");
    assert_eq!(eve.status(), 422);
    eve.wait("document.querySelector('#published').offsetHeight > 0");
}

#[test]
fn the_menu_works_with_the_keyboard_and_on_a_phone_the_button_is_in_reach() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    server.page("plan", "The plan", "Meet at noon.\n", &[]);
    let eve = browser.user(&server, "eve");
    edit(&eve, "The plan");
    eve.js("document.querySelector('.more summary').focus()");
    eve.key("Enter").wait("document.querySelector('.more').open");
    eve.key("Tab").wait("document.activeElement.textContent === 'Save draft'");
    eve.key("Escape").wait("!document.querySelector('.more').open");
    assert_eq!(eve.string("document.activeElement.tagName"), "SUMMARY");
    eve.resize(390, 844);
    edit(&eve, "The plan");
    let bottom = "document.querySelector('button.publish').getBoundingClientRect().bottom";
    for scroll in ["0", "document.body.scrollHeight"] {
        eve.js(&format!("scrollTo(0, {scroll})"));
        let bottom = eve.js(bottom).as_f64().unwrap();
        assert!((780.0..=844.0).contains(&bottom), "{bottom}");
    }
}

#[test]
fn pictures_of_the_sheet_are_taken_when_asked_for() {
    let Some(folder) = env::var_os("POSTERN_SHEET_PICTURES").map(PathBuf::from) else { return };
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    walk::furnish(&server);
    server.page("news/monday", "Monday news", "Soon.\n", &["--published", "2999-11-30"]);
    let admin = browser.user(&server, "admin");
    edit(&admin, "The team");
    kept(admin.fill("#body", "Who we are, and who we were."));
    for (width, height, theme) in [(1280, 800, "light"), (390, 844, "light"), (1280, 800, "dark"), (390, 844, "dark")] {
        admin.resize(width, height).prefer(theme);
        let shot = |name: &str| {
            admin.wait("document.querySelector('.view-mode') !== null");
            admin.screenshot(&folder.join(format!("{name}-{width}-{theme}.png")));
        };
        admin.open("/admin/pages/new");
        shot("new");
        for (title, name) in
            [("Renting the darkroom", "published"), ("The team", "draft"), ("Monday news", "scheduled")]
        {
            edit(&admin, title);
            shot(name);
        }
        edit(&admin, "Renting the darkroom");
        admin.click(".view-mode button[value=both]");
        admin.wait("document.querySelector('.preview .prose').childElementCount > 0");
        shot("both");
        admin.click(".view-mode button[value=write]");
        admin.click(".more summary");
        shot("menu");
    }
}
