//! Writing: the panel, as editors and administrators use it.

use super::{
    chromium::{Chromium, Person},
    server::Server,
    walk::edit,
};

#[test]
fn an_editor_creates_a_page_whose_path_follows_its_title_and_makes_it_private() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    let (eve, rita, visitor) = (browser.user(&server, "eve"), browser.user(&server, "rita"), browser.visitor(&server));
    eve.open("/admin/").press("New page").type_into("#title", "Gänse & Füchse: a Tale");
    assert_eq!(eve.value("#path"), "ganse-fuchse-a-tale");
    eve.fill("#path", "tales/geese").type_into("#title", "!");
    assert_eq!(eve.value("#path"), "tales/geese", "a path that somebody wrote stays");
    eve.fill("#body", "Once there were **geese**.")
        .press("Publish and keep editing")
        .sees("Published “Gänse & Füchse: a Tale!”.");
    visitor.open("/tales/geese").sees("Once there were geese.");

    eve.click("#audience-signed-in");
    eve.press("Publish changes");
    assert_eq!(eve.address(), "/admin/pages");
    visitor.open("/tales/geese").sees_not("geese.");
    assert_eq!(visitor.status(), 401);
    rita.open("/tales/geese").sees("Once there were geese.");
    assert_eq!(rita.status(), 200);
}

#[test]
fn all_pages_that_match_are_deleted_after_a_confirmation() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    for n in 0..3 {
        server.page(&format!("oak-{n}"), &format!("Oak {n}"), "Wood.\n", &[]);
    }
    let eve = browser.user(&server, "eve");
    eve.open("/admin/pages?q=oak").click("tbody tr input[name=id]");
    eve.click("#all");
    eve.press("Delete…").sees("Oak 2").press("Delete 3 pages").sees("Moved 3 pages to the trash.");
    eve.open("/admin/pages?q=oak").sees("No page matches.");
}

#[test]
fn two_editors_of_one_page_see_both_texts_and_the_second_may_save_over_it() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    server.page("plan", "The plan", "Meet at noon.\n", &[]);
    let (eve, admin) = (browser.user(&server, "eve"), browser.user(&server, "admin"));
    edit(&eve, "The plan");
    edit(&admin, "The plan");
    eve.fill("#body", "Meet at one.").press("Publish changes");
    admin.fill("#body", "Meet at two.").fill("#summary", "Where and when").press("Publish changes");
    assert_eq!(admin.status(), 409);
    admin.sees("eve saved this page while you were editing").sees("− Meet at one.").sees("+ Meet at two.");
    assert_eq!((admin.value("#theirs"), admin.value("#body")), ("Meet at one.".into(), "Meet at two.".into()));
    assert_eq!(admin.value("#summary"), "Where and when");
    assert_eq!(server.command(&["page", "show", "plan"], ""), "Meet at one.");
    admin.press("Replace eve’s version");
    assert_eq!(server.command(&["page", "show", "plan"], ""), "Meet at two.");
    eve.open("/plan").sees("Meet at two.").sees("Where and when");
}

#[test]
fn a_user_is_deleted_only_after_a_confirmation() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    let (admin, rita) = (browser.user(&server, "admin"), browser.user(&server, "rita"));
    rita.open("/login").sees("rita");
    admin.open("/admin/users").press("rita").press("Delete this user…").sees("rita (reader) will be deleted");
    assert!(server.command(&["user", "list"], "").contains("rita"), "asking deletes nothing");
    admin.press("Keep rita").press("Delete this user…").press("Delete rita").sees("Deleted");
    assert!(admin.address().starts_with("/admin/users"), "{}", admin.address());
    assert!(!server.command(&["user", "list"], "").contains("rita"));
    admin.open("/admin/audit").sees("rita");
}

#[test]
fn many_pages_are_made_private_after_a_confirmation_and_the_filter_is_kept() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    for n in 1..=3 {
        server.page(&format!("notes/{n}"), &format!("Note {n}"), "Text.", &[]);
    }
    let eve = browser.user(&server, "eve");
    eve.open("/admin/pages?q=notes&sort=title");
    eve.click("thead .choose input");
    eve.sees("3 of 3 pages");
    eve.press("Change readers…").click("#audience-signed-in");
    eve.press("Next").sees("Change readers of 3 pages?");
    eve.sees("After this change").sees("3 pages").sees("Can no longer read");
    assert!(server.command(&["page", "list"], "").lines().filter(|line| line.contains("private")).count() <= 1);
    eve.press("Change readers of 3 pages").sees("Changed the readers of 3 pages.").sees_not("Welcome");
    assert_eq!(eve.value("#q"), "notes");
    assert!(eve.address().contains("sort=title"), "{}", eve.address());
    let private = server.command(&["page", "list"], "");
    assert_eq!(private.lines().filter(|line| line.contains("Note") && line.contains("\tprivate\t")).count(), 3);
}

#[test]
fn a_page_is_made_and_an_error_corrected_without_javascript() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    let eve = browser.user(&server, "eve");
    eve.without_javascript()
        .open("/admin/pages/new")
        .fill("#title", "Plain")
        .fill("#path", "Not Plain")
        .fill("#body", "Kept.");
    eve.press("Publish");
    assert_eq!((eve.status(), eve.value("#body")), (422, "Kept.".into()), "nothing typed is lost");
    assert_eq!(eve.string("document.querySelector('#path').getAttribute('aria-invalid')"), "true");
    eve.fill("#path", "").press("Publish and keep editing");
    assert_eq!(eve.value("#path").trim_matches('/'), "plain", "an empty path is made from the title");
    eve.press("View").sees("Kept.");
    assert_eq!(eve.address(), "/plain");
    eve.open("/admin/pages").click("tbody tr input[name=id]");
    eve.press("Delete…").sees("go to the trash");
}

#[test]
fn what_is_typed_is_shown_beside_it_as_readers_will_see_it() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    let eve = browser.user(&server, "eve");
    eve.open("/admin/pages/new").fill("#title", "A preview").click(".view-mode button[value=both]");
    eve.type_into("#body", "Some **bold** words");
    eve.wait("document.querySelector('.preview strong')?.textContent === 'bold'").sees("3 words, 1 min to read");
    // The toolbar formats the selected text, and its keys do the same.
    eve.js("(() => { const body = document.querySelector('#body'); body.setSelectionRange(14, 19); })()");
    eve.js("document.querySelector('.toolbar button[aria-label^=Italic]').click()");
    assert_eq!(eve.value("#body"), "Some **bold** *words*");
    eve.wait("document.querySelector('.preview em')?.textContent === 'words'");
    assert_eq!(server.command(&["page", "list"], "").matches("a-preview").count(), 0, "nothing is published");
    eve.press("Publish");
    assert!(server.command(&["page", "show", "a-preview"], "").contains("*words*"));
}

/// Waits until the form says that its input is saved.
fn kept(person: &Person) {
    person.wait("document.querySelector('.draft-status').textContent.startsWith('Draft saved')");
}

#[test]
fn what_is_typed_is_kept_by_itself_and_published_when_somebody_says_so() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    server.page("plan", "The plan", "Meet at noon.\n", &[]);
    let (eve, visitor) = (browser.user(&server, "eve"), browser.visitor(&server));
    edit(&eve, "The plan");
    kept(eve.fill("#body", "Meet at one."));
    visitor.open("/plan").sees("Meet at noon.");
    // The form is opened again, as after a crash.
    edit(&eve, "The plan");
    assert_eq!(eve.value("#body"), "Meet at one.");
    kept(eve.sees("by eve").fill("#body", "Meet at two."));
    eve.press("Preview in the site").sees("Meet at two.");
    visitor.open("/plan").sees("Meet at noon.");
    edit(&eve, "The plan");
    eve.press("Publish changes");
    visitor.open("/plan").sees("Meet at two.");
    eve.open("/admin/drafts").sees("There are no drafts");
}

#[test]
fn a_new_page_is_kept_from_its_first_words_and_is_one_draft() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    let (eve, visitor) = (browser.user(&server, "eve"), browser.visitor(&server));
    kept(eve.open("/admin/pages/new").fill("#title", "Nascent"));
    assert_eq!(eve.value("#path"), "nascent");
    assert!(eve.address().starts_with("/admin/pages/") && !eve.address().ends_with("/new"), "{}", eve.address());
    eve.fill("#body", "More of it.").wait("Number(document.querySelector('input[name=draft]').value) >= 2");
    visitor.open("/nascent");
    assert_eq!(visitor.status(), 404);
    let form = eve.address();
    eve.open("/login?next=%2Fnascent").sees("More of it.").sees("Draft: not published");
    eve.open(&form).press("Publish");
    visitor.open("/nascent").sees("More of it.");
    eve.open("/admin/drafts").sees("There are no drafts");
}

#[test]
fn two_editors_of_one_draft_are_told_and_nothing_is_overwritten() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    server.page("plan", "The plan", "Meet at noon.\n", &[]);
    let (eve, admin) = (browser.user(&server, "eve"), browser.user(&server, "admin"));
    edit(&eve, "The plan");
    edit(&admin, "The plan");
    kept(eve.fill("#body", "Meet at one."));
    admin.fill("#body", "Meet at two.").wait("document.querySelector('.draft-status').textContent.startsWith('Not')");
    admin.sees("Not saved: eve is editing this page (last change ");
    assert_eq!(admin.value("#body"), "Meet at two.");
    assert_eq!(admin.js("document.querySelector('.busy').checkVisibility()"), true);
    admin.press("Compare and merge");
    assert_eq!(admin.status(), 409);
    admin.sees("− Meet at one.").sees("+ Meet at two.").press("Replace eve’s draft");
    edit(&eve, "The plan");
    assert_eq!(eve.value("#body"), "Meet at two.");
}

#[test]
fn a_page_is_linked_to_by_its_title_from_the_keyboard() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    server.page("handbook/rules", "The [house] rules", "Be kind.", &[]);
    server.page("handbook/keys", "Keys", "Who holds them.", &["--private"]);
    let eve = browser.user(&server, "eve");
    eve.open("/admin/pages/new").fill("#title", "A start");
    eve.js("document.querySelector('.toolbar button[aria-label^=\"Link to a page\"]').click()");
    eve.type_into(".toolbar .picker input", "hou");
    eve.wait("document.querySelectorAll('.toolbar .picker li').length === 1").sees("/handbook/rules, everyone");
    eve.key("Enter");
    assert_eq!(eve.value("#body"), r"[The \[house\] rules](/handbook/rules)");
    eve.js("document.querySelector('.toolbar button[aria-label^=\"Link to a page\"]').click()");
    eve.type_into(".toolbar .picker input", "key");
    eve.wait("document.querySelector('.toolbar .picker li[aria-selected=true]') !== null")
        .sees("/handbook/keys, signed-in users");
    eve.key("Escape");
    eve.wait("document.querySelector('.toolbar .picker').hidden && document.activeElement.id === 'body'");
    eve.type_into("#body", " and [keys](/handbook/keys) ");
    eve.click(".view-mode button[value=preview]");
    eve.wait("document.querySelectorAll('.preview .broken-link').length === 1");
    eve.click("#audience-signed-in");
    eve.wait("document.querySelectorAll('.preview .broken-link').length === 0");
}

#[test]
fn a_lost_connection_and_a_lost_answer_cost_nothing_that_was_typed() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    let eve = browser.user(&server, "eve");
    eve.open("/admin/pages/new").js("globalThis.online = fetch; 0");
    eve.js("globalThis.fetch = () => Promise.reject(new TypeError('offline')); 0");
    eve.fill("#title", "Nascent");
    eve.wait("document.querySelector('.draft-status').textContent.startsWith('Not saved: no connection')");
    // Now it arrives, and the answer does not.
    eve.js("globalThis.fetch = (...args) => online(...args).then(() => { fetch = online; throw new TypeError(); }); 0");
    kept(&eve);
    assert_eq!(eve.value("input[name=draft]"), "2", "it was saved twice, as one draft");
    eve.open("/admin/drafts").sees("1–1 of 1 drafts").sees("Nascent");
}

#[test]
fn a_panel_whose_address_has_the_name_and_the_password_saves_drafts_shows_previews_and_readers() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    let eve = browser.user(&server, "eve");
    let address = eve.origin.replace("http://", &format!("http://eve:{}@", super::server::PASSWORD));
    eve.open(&format!("{address}/admin/pages/new"));
    kept(eve.fill("#title", "Nascent").fill("#body", "Some **bold** words"));
    eve.click(".view-mode button[value=preview]");
    eve.wait("document.querySelector('.preview strong')?.textContent === 'bold'");
    eve.click("#audience-signed-in");
    eve.wait("document.querySelector('.reader-lines').textContent.includes('signed-in users')");
}

#[test]
fn readers_drafts_and_many_pages_are_managed_without_javascript() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    let (eve, visitor) = (browser.user(&server, "eve"), browser.visitor(&server));
    let seen = |path: &str| {
        visitor.open(path);
        visitor.status()
    };
    eve.without_javascript().open("/admin/pages/new").fill("#title", "Rota").fill("#body", "Who comes when.");
    eve.click("#audience-chosen");
    eve.fill("#people", "rita").press("Save draft").sees("Draft by eve");
    assert_eq!(seen("/rota"), 404);
    eve.press("Publish and keep editing").sees("Now: rita");
    assert_eq!(seen("/rota"), 401);
    eve.press("Unpublish").sees("Draft by eve");
    assert_eq!(seen("/rota"), 404);
    eve.press("Publish");
    eve.open("/admin/pages?q=rota").click("input[name=all]");
    eve.press("Change readers…").click("#audience-public");
    eve.press("Next").sees("After this change").sees("everyone, without a password");
    eve.press("Change readers of 1 page").sees("Changed the readers of 1 page.");
    assert_eq!(seen("/rota"), 200);
    eve.open("/admin/view-as").press("View").sees("You see the site as a visitor").sees("Rota");
}

#[test]
fn subpages_are_ordered_by_keys_buttons_and_dragging_and_saved_at_once() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    for (path, title) in [("sec", "Section"), ("sec/a", "Alder"), ("sec/b", "Birch"), ("sec/c", "Cedar")] {
        server.page(path, title, "Wood.\n", &[]);
    }
    let eve = browser.user(&server, "eve");
    edit(&eve, "Section");
    eve.press("Order the subpages");
    let order = |person: &Person| {
        person.string("[...document.querySelectorAll('.order li')].map((row) => row.querySelector('bdi').textContent[0] + row.querySelector('[name=position]').value).join(' ')")
    };
    assert_eq!(order(&eve), "A B C");
    eve.js("document.querySelectorAll('.order li')[2].querySelector('[name=position]').focus()");
    let alt_up = "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowUp', altKey: true, bubbles: true, cancelable: true }))";
    eve.js(alt_up);
    assert_eq!(order(&eve), "A1 C2 B3");
    assert_eq!(eve.string("document.activeElement.getAttribute('aria-label')"), "Number of Cedar", "the focus stays");
    assert_eq!(eve.string("document.querySelector('[data-order-status]').textContent"), "Cedar: 2 of 3");
    eve.click("[aria-label='Move down: Alder']");
    assert_eq!(order(&eve), "C1 A2 B3");
    eve.js(
        "(() => { const [, , row] = document.querySelectorAll('.order li'), list = row.parentElement, data = new DataTransfer(); \
         const box = list.getBoundingClientRect(), at = { bubbles: true, cancelable: true, dataTransfer: data, clientY: box.top + 1 }; \
         const handle = row.querySelector('.order-page'); handle.dispatchEvent(new DragEvent('dragstart', at)); \
         list.dispatchEvent(new DragEvent('dragover', at)); list.dispatchEvent(new DragEvent('drop', at)); \
         handle.dispatchEvent(new DragEvent('dragend', at)); })()",
    );
    assert_eq!(order(&eve), "B1 C2 A3");
    eve.press("Save order").sees("Saved.");
    assert_eq!(order(&eve), "B1 C2 A3");
}
