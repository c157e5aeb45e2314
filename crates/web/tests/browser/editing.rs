//! The text field: its toolbar and keys, files, dates, and the choice of a page's place.

use serde_json::json;

use super::{
    chromium::{Chromium, Person, quote},
    server::Server,
    walk::edit,
};

/// Edits of `assets/panel/markdown.js`: the call, the text before it and the text after it, with `|` around the selection.
const EDITS: &[(&str, &str, &str)] = &[
    // Marks are switched on and off, also within one another.
    ("toggleMark(..., '**')", "a |hello| b", "a **|hello|** b"),
    ("toggleMark(..., '**')", "a **|hello|** b", "a |hello| b"),
    ("toggleMark(..., '**')", "a |**hello**| b", "a |hello| b"),
    ("toggleMark(..., '**')", "a he|llo b", "a **he|llo** b"),
    ("toggleMark(..., '**')", "a **he|llo** b", "a he|llo b"),
    ("toggleMark(..., '**')", "a | b", "a **|** b"),
    ("toggleMark(..., '**')", "a **|** b", "a | b"),
    ("toggleMark(..., '**')", "a **x|** b", "a **x**| b"),
    ("toggleMark(..., '**')", "a| x |b", "a **|x|** b"),
    ("toggleMark(..., '**')", "|- x|", "- **|x|**"),
    ("toggleMark(..., '*')", "a |hello| b", "a *|hello|* b"),
    ("toggleMark(..., '*')", "a *|hello|* b", "a |hello| b"),
    ("toggleMark(..., '*')", "**|x|**", "***|x|***"),
    ("toggleMark(..., '*')", "***|x|***", "**|x|**"),
    ("toggleMark(..., '**')", "***|x|***", "*|x|*"),
    ("toggleCode(...)", "a |b| c", "a `|b|` c"),
    ("toggleCode(...)", "a `|b|` c", "a |b| c"),
    ("toggleCode(...)", "|a\nb|\nc", "|```\na\nb\n```|\nc"),
    ("toggleCode(...)", "|```\na\nb\n```|\nc", "|a\nb|\nc"),
    // Headings, quotes and lists are of whole lines.
    ("toggleHeading(..., 2)", "some te|xt", "## some te|xt"),
    ("toggleHeading(..., 2)", "## some te|xt", "some te|xt"),
    ("toggleHeading(..., 3)", "## some te|xt", "### some te|xt"),
    ("toggleHeading(..., 2)", "|", "## |"),
    ("toggleQuote(...)", "|a\n\nb|", "|> a\n\n> b|"),
    ("toggleQuote(...)", "|> a\n\n> b|", "|a\n\nb|"),
    ("toggleList(..., 'list')", "|a\nb|", "|- a\n- b|"),
    ("toggleList(..., 'list')", "|- a\n- b|", "|a\nb|"),
    ("toggleList(..., 'numbered')", "|- a\n- b|", "|1. a\n2. b|"),
    ("toggleList(..., 'task')", "|1. a\n2. b|", "|- [ ] a\n- [ ] b|"),
    ("toggleList(..., 'task')", "|- [x] a\n- [ ] b|", "|a\nb|"),
    ("toggleList(..., 'list')", "  a|", "  - a|"),
    // Enter continues a list, and ends it after an empty item.
    ("newItem(...)", "- a|", "- a\n- |"),
    ("newItem(...)", "* a|b", "* a\n* |b"),
    ("newItem(...)", "  9. a|", "  9. a\n  10. |"),
    ("newItem(...)", "- [x] a|", "- [x] a\n- [ ] |"),
    ("newItem(...)", "> - a|", "> - a\n> - |"),
    ("newItem(...)", "- a\n- |", "- a\n|"),
    ("newItem(...)", "- a\n- [ ] |", "- a\n|"),
    ("newItem(...)", "plain|", ""),
    ("newItem(...)", "```\n- a|", ""),
    ("newItem(...)", "-| a", ""),
    // An address over some words is a link.
    ("pasteLink(..., 'https://x.org/a')", "see |the rules| now", "see [the rules](https://x.org/a)| now"),
    ("pasteLink(..., 'https://x.org/(a)')", "|a|", "[a](<https://x.org/(a)>)|"),
    ("pasteLink(..., 'https://x.org/a')", "see | now", ""),
    ("pasteLink(..., 'https://x.org/a')", "|https://y.org|", ""),
    ("pasteLink(..., 'https://x.org/a')", "[a](|/path|)", ""),
    ("pasteLink(..., 'words')", "|a|", ""),
    ("link(...)", "|a| b", "[a](|/path|) b"),
    ("link(...)", "|https://y.org|", "[|](https://y.org)"),
];

#[test]
fn edits_of_markdown_work_on_marks_lines_and_lists() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    let eve = browser.user(&server, "eve");
    eve.open("/admin/pages/new");
    eve.js(
        "import(document.querySelector('script[src$=\"panel.js\"]').src.replace('panel.js', 'markdown.js')).then((markdown) => {
             globalThis.after = (text, act) => {
                 const start = text.indexOf('|'), end = text.lastIndexOf('|');
                 const value = text.replaceAll('|', '');
                 const made = act(markdown, value, start, start === end ? end : end - 1);
                 if (made === null) return '';
                 const done = value.slice(0, made.from) + made.text + value.slice(made.to);
                 const selected = made.start === made.end ? '|' : `|${done.slice(made.start, made.end)}|`;
                 return done.slice(0, made.start) + selected + done.slice(made.end);
             };
         })",
    );
    for (call, before, expected) in EDITS {
        let call = call.replace("...", "value, start, end");
        let after = eve.string(&format!("after({}, (markdown, value, start, end) => markdown.{call})", quote(before)));
        assert_eq!(after, *expected, "{call} of {before:?}");
    }
}

fn select(person: &Person, from: u32, to: u32) {
    person.js(&format!(
        "document.querySelector('#body').focus(); document.querySelector('#body').setSelectionRange({from}, {to})"
    ));
}

/// Presses a key of another layout: its letter is not Latin.
fn cyrillic(person: &Person, key: &str, code: &str) -> bool {
    let made = format!(
        "new KeyboardEvent('keydown', {{ key: '{key}', code: '{code}', ctrlKey: true, bubbles: true, cancelable: true }})"
    );
    person.js(&format!("document.querySelector('#body').dispatchEvent({made})")) == json!(false)
}

#[test]
fn what_the_toolbar_changes_is_undone_by_the_browser() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    let eve = browser.user(&server, "eve");
    eve.open("/admin/pages/new").type_into("#body", "hello world");
    select(&eve, 6, 11);
    eve.click(".toolbar button[aria-label^=Bold]");
    assert_eq!(eve.value("#body"), "hello **world**");
    eve.control("b");
    assert_eq!(eve.value("#body"), "hello world", "twice gives back the text");
    eve.click(".toolbar button[aria-label=Heading]");
    assert_eq!(eve.value("#body"), "## hello world");
    for expected in ["hello world", "hello **world**", "hello world"] {
        eve.js("document.execCommand('undo')");
        assert_eq!(eve.value("#body"), expected);
    }
    eve.js("document.execCommand('undo')");
    assert_ne!(eve.value("#body"), "hello world", "what was typed before is undone, too");
    // Where the browser has no such command, the change is made all the same.
    eve.js("document.execCommand = () => false; 0");
    eve.fill("#body", "plain");
    select(&eve, 0, 5);
    eve.control("i");
    assert_eq!(eve.value("#body"), "*plain*");
}

#[test]
fn keys_of_any_layout_work_and_tab_leaves_the_field() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    let eve = browser.user(&server, "eve");
    eve.open("/admin/pages/new").type_into("#body", "слово");
    select(&eve, 0, 5);
    assert!(cyrillic(&eve, "и", "KeyB"));
    assert_eq!(eve.value("#body"), "**слово**");
    // A Latin letter counts as it is, wherever its key is.
    assert!(!cyrillic(&eve, "x", "KeyB"));
    // A list goes on with Enter, and ends with another one.
    eve.fill("#body", "").type_into("#body", "- tea").key("Enter").type_into("#body", "milk");
    eve.key("Enter").key("Enter").type_into("#body", "done");
    assert_eq!(eve.value("#body"), "- tea\n- milk\ndone");
    eve.key("Tab");
    assert_ne!(eve.string("document.activeElement.id"), "body");
    assert_eq!(eve.value("#body"), "- tea\n- milk\ndone");
    // The save of a draft, too.
    assert!(cyrillic(&eve, "ы", "KeyS"));
}

#[test]
fn the_toolbar_is_one_tab_stop_with_arrow_keys() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    let eve = browser.user(&server, "eve");
    eve.open("/admin/pages/new");
    let stops = "document.querySelectorAll('.toolbar > button[tabindex=\"0\"]').length";
    assert_eq!(eve.js(stops), 1);
    eve.js("document.querySelector('.toolbar > button').focus()");
    let at = || eve.string("document.activeElement.getAttribute('aria-label')");
    assert_eq!(at(), "Heading");
    eve.key("ArrowRight").key("ArrowRight");
    assert_eq!(at(), "Bold (Ctrl+B)");
    eve.key("End");
    assert_eq!(at(), "Code (Ctrl+E)");
    eve.key("ArrowRight");
    assert_eq!((at().as_str(), eve.js(stops)), ("Heading", json!(1)));
    eve.key("Tab");
    assert_eq!(eve.string("document.activeElement.id"), "body");
}

#[test]
fn an_address_becomes_a_link_and_words_are_pasted_as_they_are() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    let eve = browser.user(&server, "eve");
    eve.open("/admin/pages/new").type_into("#body", "see the rules");
    let paste = |data: &str| {
        eve.js(&format!(
            "(() => {{ const data = new DataTransfer(); {data};
               const init = {{ bubbles: true, cancelable: true, clipboardData: data }};
               return document.querySelector('#body').dispatchEvent(new ClipboardEvent('paste', init)); }})()"
        ))
    };
    select(&eve, 4, 13);
    assert_eq!(paste("data.setData('text/plain', 'https://x.org/rules')"), false);
    assert_eq!(eve.value("#body"), "see [the rules](https://x.org/rules)");
    eve.js("document.execCommand('undo')");
    assert_eq!(eve.value("#body"), "see the rules");
    assert_eq!(paste("data.setData('text/plain', 'words')"), true, "the browser pastes other texts");
}

#[test]
fn a_date_says_what_it_means_and_the_time_zone_of_the_browser_is_offered() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    let admin = browser.user(&server, "admin");
    admin.open("/admin/pages/new").fill("#published", "2026-11-30T09:00");
    admin.wait(
        "document.querySelector('[data-moment=published]').textContent.startsWith('Mon 30 Nov 2026, 09:00 UTC, ')",
    );
    assert_eq!(admin.string("document.querySelector('#published').step"), "60");
    admin.fill("#published", "");
    admin.wait("document.querySelector('[data-moment=published]').textContent === ''");
    let berlin = "Intl.DateTimeFormat = () => ({ resolvedOptions: () => ({ timeZone: 'Europe/Berlin' }) })";
    admin.before_scripts(berlin);
    admin.open("/admin/site").sees("Times are in UTC; your browser says Europe/Berlin.").click(".offer button");
    assert_eq!(admin.value("#time_zone"), "Europe/Berlin");
    admin.sees_not("your browser says").press("Save settings").sees_not("your browser says");
}

#[test]
fn a_destination_is_chosen_from_the_tree_with_the_keyboard() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    for (path, title) in
        [("clients", "Clients"), ("clients/acme", "Acme"), ("lone/page", "Alone"), ("brief", "A brief")]
    {
        server.page(path, title, "Text.", &[]);
    }
    let eve = browser.user(&server, "eve");
    edit(&eve, "A brief");
    let button = ".page-form [data-destination] button";
    let focused = |words: &str| {
        eve.wait(&format!("document.activeElement.querySelector('.label')?.textContent.includes({})", quote(words)));
    };
    eve.click(button);
    focused("Top of the site");
    eve.key("ArrowDown").key("ArrowDown");
    focused("/clients");
    eve.key("ArrowRight").wait("document.activeElement.querySelector('[role=group]:not([hidden])') !== null");
    eve.key("ArrowRight");
    focused("/clients/acme");
    eve.key("Enter");
    assert_eq!(eve.value("#path"), "/clients/acme/brief");
    assert_eq!(eve.string("document.activeElement.id"), "path");
    // A section without a page gets a remark.
    eve.click(button);
    focused("Top of the site");
    eve.key("l");
    focused("/lone, no page");
    eve.key("Enter");
    assert_eq!(eve.value("#path"), "/lone/brief");
    eve.wait("document.querySelector('.remark').textContent === 'No page there yet: readers will see a plain list.'");
    eve.fill("#path", "/clients/brief").wait("document.querySelector('.remark').textContent === ''");
    eve.click(button);
    focused("Top of the site");
    eve.key("Escape").wait("document.querySelector('.tree-box').hidden");
    // For many pages at once, the section itself.
    eve.open("/admin/pages?q=brief").click("tbody tr input[name=id]");
    eve.press("Move…").click("[data-destination] button");
    focused("Top of the site");
    eve.key("l");
    focused("/lone");
    eve.key("Enter").wait("document.querySelector('.remark').textContent.startsWith('No page there yet')");
    assert_eq!(eve.value("#to"), "/lone");
    // A page is found by its title, too.
    eve.fill("#to", "").click("[data-destination] button");
    focused("Top of the site");
    eve.type_into(".tree-box .picker input", "acm");
    eve.wait("document.querySelectorAll('.tree-box .picker li').length === 1").key("Enter");
    assert_eq!(eve.value("#to"), "/clients/acme");
    eve.press("Next").sees("They move below /clients/acme.").sees_not("No page there yet");
}

#[test]
fn a_new_page_gets_its_section_from_the_tree_and_its_name_from_the_title() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    server.page("clients", "Clients", "Text.", &[]);
    let eve = browser.user(&server, "eve");
    eve.open("/admin/pages/new").click(".page-form [data-destination] button");
    eve.wait("document.activeElement.querySelector('.label')?.textContent.includes('Top of the site')");
    eve.key("c").key("Enter");
    assert_eq!(eve.value("#path"), "/clients/");
    eve.type_into("#title", "Acme & Sons");
    assert_eq!(eve.value("#path"), "/clients/acme-sons");
}

#[test]
fn two_editors_of_separate_lines_are_merged() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    server.page("plan", "The plan", "First.\n\nSecond.\n\nThird.\n", &[]);
    let (eve, admin) = (browser.user(&server, "eve"), browser.user(&server, "admin"));
    edit(&eve, "The plan");
    edit(&admin, "The plan");
    eve.fill("#body", "First of eve.\n\nSecond.\n\nThird.");
    eve.wait("document.querySelector('.draft-status').textContent.startsWith('Draft saved')");
    // An editor who opens the form later sees the notice at once.
    let visible = "document.querySelector('.busy').checkVisibility()";
    assert_eq!(admin.js(visible), false);
    edit(&admin, "The plan");
    assert_eq!(admin.js(visible), true);
    admin.sees("eve is editing this page (last change ");
    // Both go on with the draft: what it began with is sent along.
    eve.fill("#body", "First of eve.\n\nSecond.\n\nThird of eve.");
    eve.wait("document.querySelector('input[name=draft]').value === '2'");
    admin.fill("#body", "Second of admin.\n\nThird.");
    admin.wait("document.querySelector('.draft-status').textContent.startsWith('Not saved: eve is editing')");
    admin.press("Compare and merge").sees("eve’s changes were merged into yours. Check and publish.");
    assert_eq!(admin.value("#body"), "Second of admin.\n\nThird of eve.");
    assert_eq!(server.command(&["page", "show", "plan"], "").trim_end(), "First.\n\nSecond.\n\nThird.");
    // The merged text is kept as a draft by itself.
    admin.wait("document.querySelector('.draft-status').textContent.startsWith('Draft saved')");
}
