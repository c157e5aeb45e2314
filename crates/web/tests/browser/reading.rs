//! Reading: the challenge, signing in, and reading without a mouse or a script.

use super::{chromium::Chromium, server::Server};

#[test]
fn the_challenge_appears_and_cancelling_it_shows_the_refusal_page() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    server.page("secret", "The secret", "Nobody is told.", &["--private"]);
    let visitor = browser.visitor(&server);
    visitor.open("/secret").sees("Sign in to read this page").sees_not("Nobody is told.");
    assert_eq!(visitor.status(), 401);
    assert_eq!(visitor.challenges(), ["basic Postern"]);
    // The button of the refusal page asks once more.
    visitor.give("rita", super::server::PASSWORD);
    visitor.press("Sign in").sees("Nobody is told.");
    assert_eq!((visitor.address(), visitor.status()), ("/secret".into(), 200));
}

#[test]
fn a_reader_signs_in_and_reads_a_private_page() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    server.page("secret", "The secret", "Nobody is told.", &["--private"]);
    let rita = browser.user(&server, "rita");
    rita.open("/");
    assert_eq!(rita.challenges(), [""; 0], "the front page asks for nothing");
    rita.press("Sign in").sees("rita").sees("The secret").press("The secret").sees("Nobody is told.");
    assert_eq!(rita.status(), 200);
    rita.open("/admin/");
    assert_eq!(rita.status(), 403);
    let other = browser.visitor(&server);
    other.open("/").sees_not("The secret").sees_not("rita");
}

#[test]
fn the_focused_element_is_never_behind_the_bar_with_the_buttons() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    let admin = browser.user(&server, "admin");
    admin.resize(1280, 700);
    for address in ["/admin/users/new", "/admin/site", "/admin/pages/new"] {
        admin.open(address);
        for _ in 0..40 {
            admin.key("Tab");
            // The browser scrolls after the focus has moved.
            let is_seen = "(() => { const bar = document.querySelector('.save-bar, .sheet-bar'), it = document.activeElement; \
                if (!it || it === document.body || bar.contains(it)) return true; \
                const [b, f] = [bar.getBoundingClientRect(), it.getBoundingClientRect()]; \
                return f.top < b.top || f.bottom > b.bottom; })()";
            admin.wait(is_seen);
        }
    }
}

#[test]
fn an_editor_who_signed_in_at_the_panel_sees_what_only_editors_see_on_the_site() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    server.page("to-come", "To come", "Not yet.", &["--published", "2999-01-01"]);
    let admin = browser.user(&server, "admin");
    admin
        .open("/admin/pages?q=to-come")
        .leave(|| drop(admin.js("document.querySelector('a[aria-label=\"View To come\"]').click()")));
    admin.sees("Not yet.");
    assert_eq!(admin.address(), "/to-come");
}

#[test]
fn tab_reaches_the_skip_link_first_and_it_leads_to_the_content() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    let admin = browser.user(&server, "admin");
    for address in ["/", "/welcome", "/search", "/account", "/admin/", "/admin/pages", "/admin/users/new", "/logout"] {
        admin.open(address).key("Tab");
        assert_eq!(admin.string("document.activeElement.className"), "skip", "{address}");
        let left = admin.js("document.activeElement.getBoundingClientRect().left").as_f64().unwrap();
        assert!(left >= 0.0, "the skip link is out of sight at {address}");
        admin.key("Enter").wait("document.activeElement.id === 'site:content'");
    }
}

#[test]
fn code_is_copied_with_a_button_that_says_so_and_without_a_script_there_is_none() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    server.page("code", "Code", "```\nfirst\nsecond\n```\n", &[]);
    let visitor = browser.visitor(&server);
    visitor.open("/code").wait("document.querySelector('.copy') !== null");
    assert_eq!(visitor.string("document.querySelector('.copy').getAttribute('aria-label')"), "Copy this code");
    // The clipboard of a headless browser has no owner.
    visitor.js("navigator.clipboard.writeText = async (text) => { window.copied = text; }; 0");
    visitor.click(".copy");
    visitor.wait("document.querySelector('main > [role=status]:last-of-type').textContent === 'Copied'");
    assert_eq!(visitor.string("window.copied"), "first\nsecond");
    let bare = browser.visitor(&server);
    bare.without_javascript().open("/code").sees("first");
    assert_eq!(bare.string("String(document.querySelectorAll('.copy').length)"), "0");
}

#[test]
fn a_sidebar_breaks_long_words_and_a_keyboard_scrolls_a_wide_table() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    let word = "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft";
    let table = format!("| a | b |\n| --- | --- |\n| {} | y |\n", "x".repeat(300));
    server.page("guide", "The guide", "Text.", &[]);
    server.page("guide/one", word, &table, &[]);
    server.page("guide/two", "Two", "Text.", &[]);
    let visitor = browser.visitor(&server);
    visitor.resize(1280, 900).open("/guide/one");
    let cut = "[...document.querySelectorAll('.sidebar a')].filter((it) => { const box = it.closest('.sidebar'); \
        return it.getBoundingClientRect().right > box.getBoundingClientRect().right + 1; }).length";
    assert!(visitor.js("document.querySelectorAll('.sidebar a').length").as_i64().unwrap() >= 2);
    assert_eq!(visitor.js(cut), 0, "no title is wider than the sidebar");
    visitor.resize(320, 900);
    visitor.js("document.querySelector('.prose table').focus()");
    assert_eq!(visitor.js("document.activeElement.tagName"), "TABLE");
    visitor.key("ArrowRight");
    visitor.wait("document.activeElement.scrollLeft > 0");
}
