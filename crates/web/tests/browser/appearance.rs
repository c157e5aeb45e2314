//! Appearance: the layout on phones, and the two themes.

use super::{
    chromium::{Chromium, Person},
    server::Server,
    walk,
};

const PAPER: &str = "getComputedStyle(document.body).backgroundColor";

/// The lightness of the page's background, 0 to 255.
fn ground(person: &Person) -> u32 {
    let colour = person.string(PAPER);
    let parts = colour.trim_start_matches("rgb(").trim_end_matches(')').split(", ");
    parts.map(|part| part.parse::<u32>().unwrap()).sum::<u32>() / 3
}

#[test]
fn no_page_scrolls_sideways_on_a_phone() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    walk::furnish(&server);
    let mut wide = Vec::new();
    walk::everywhere(
        &browser,
        &server,
        |person| {
            person.resize(390, 844);
        },
        |name, person| {
            let width = person.js("document.documentElement.scrollWidth").as_f64().unwrap();
            if width > 390.0 {
                let culprits = "[...document.querySelectorAll('body *')].filter((it) => \
                it.getBoundingClientRect().right > innerWidth + 1).slice(0, 4).map((it) => \
                `${it.tagName}.${it.className}`).join(' ')";
                wide.push(format!("{name}: {width} ({})", person.string(culprits)));
            }
        },
    );
    assert_eq!(wide, [""; 0]);
}

#[test]
fn the_site_is_dark_where_the_system_is() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    let admin = browser.user(&server, "admin");
    for address in ["/", "/welcome", "/admin/", "/admin/pages", "/nowhere"] {
        assert!(ground(admin.prefer("light").open(address)) > 220, "{address} in light");
        assert!(ground(admin.prefer("dark").open(address)) < 60, "{address} in dark");
    }
}

#[test]
fn a_chosen_theme_takes_precedence_over_the_system() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    let (admin, eve) = (browser.user(&server, "admin"), browser.user(&server, "eve"));
    admin.prefer("light").open("/account").press("Dark");
    assert_eq!(admin.address(), "/account");
    assert_eq!(admin.string("document.querySelector('.themes [aria-pressed=true]').textContent"), "Dark");
    for address in ["/account", "/admin/", "/admin/pages"] {
        assert!(ground(admin.open(address)) < 60, "{address}");
    }
    assert!(ground(eve.prefer("light").open("/admin/")) > 220, "it is one's own");
    admin.prefer("dark").open("/admin/").press("Light");
    assert!(ground(&admin) > 220);
    admin.press("System");
    assert!(ground(&admin) < 60);
}
