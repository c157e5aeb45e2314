//! The screenshots of the README, taken if POSTERN_SCREENSHOTS names a folder for them.

use std::{env, path::PathBuf};

use tempfile::TempDir;

use super::{chromium::Chromium, pictures::hills, server::Server, walk};

/// The pages of a small workshop's site: path, title, summary, date and further options.
const PAGES: &[(&str, &str, &str, &str, &[&str])] = &[
    ("handbook", "Handbook", "How the workshop runs, from keys to kettle.", "2026-11-18", &["--list-below"]),
    ("handbook/keys", "Keys and alarms", "Who holds which key.", "2026-11-17", &["--private", "--show-title"]),
    ("clients/acme/brief", "Acme: the brief", "Twelve portraits, one wall.", "2026-11-15", &["--private"]),
    ("clients/acme/invoices", "Acme: invoices", "", "2026-11-14", &["--private"]),
    ("news/winter", "Winter opening hours", "We close at eight from December on.", "2026-11-12", &[]),
    ("news/enlarger", "A second-hand enlarger has arrived", "With three lenses and its manual.", "2026-11-08", &[]),
    ("events/open-day", "Open day on 6 December", "Bring a negative, take a print home.", "2026-11-06", &[]),
    ("about", "About us", "Nine people, two enlargers, one sink.", "2026-10-30", &[]),
    ("contact", "How to reach us", "Post, telephone, and a bell that works.", "2026-10-28", &[]),
    ("library/papers", "Papers that we stock", "Fibre and resin-coated, by size and price.", "2026-10-20", &[]),
];

/// A private page with a picture.
const BRIEF: &str = "Twelve portraits, one wall.\n\n![The wall](wall.png \"The north wall, in the morning\")\n\n\
                     Each portrait is 60 cm wide. The lamps hang in two rows.\n";

#[test]
fn the_pictures_of_the_readme_are_taken_when_asked_for() {
    let Some(folder) = env::var_os("POSTERN_SCREENSHOTS").map(PathBuf::from) else { return };
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    for (path, title, summary, date, more) in PAGES {
        let more = [&["--summary", summary, "--published", date], *more].concat();
        server.page(path, title, &format!("{title}.\n"), &more);
    }
    walk::furnish(&server);
    server.command(&["page", "delete", "long"], "");
    let (visitor, admin) = (browser.visitor(&server), browser.user(&server, "admin"));
    admin.open("/admin/site").fill("#title", "The Lantern Room").fill("#tagline", "A shared darkroom by the canal.");
    admin.press("Save settings");
    admin.open("/admin/site/navigation").js(
        "document.querySelectorAll('[name=target]').forEach((field, n) => field.value = ['/handbook', '/about', '/contact'][n])",
    );
    admin.press("Save menu and front page");
    let shots = [
        // The reader's page is shown as far as its code.
        (&visitor, "light", 1400, "/handbook/darkroom", "page"),
        (&visitor, "dark", 800, "/handbook/darkroom", "dark"),
        (&admin, "light", 800, "/admin/pages", "list"),
    ];
    for (person, theme, height, address, name) in shots {
        person.resize(1280, height).prefer(theme).open(address).screenshot(&folder.join(format!("{name}.png")));
    }
    walk::edit(&admin, "Renting the darkroom");
    admin.screenshot(&folder.join("form.png"));
    let files = TempDir::new().unwrap();
    for (name, size, tint) in [("wall.png", (1600, 900), 60), ("portrait.png", (900, 1200), 150)] {
        let file = hills(files.path(), name, size, tint);
        server.command(&["file", "put", &format!("/clients/acme/brief/{name}"), file.to_str().unwrap()], "");
    }
    server.page("clients/acme/brief", "Acme: the brief", BRIEF, &["--private"]);
    walk::edit(&admin, "Acme: the brief");
    admin.resize(1280, 940).click(".view-mode button[value=both]");
    admin.wait("document.querySelector('.preview figcaption') !== null");
    admin.wait("[...document.images].every((it) => it.complete && it.naturalWidth > 0)");
    admin.js("document.querySelectorAll('.drawer-part:not(#files)').forEach((it) => { it.open = false; })");
    admin.js("scrollTo(0, 0)");
    admin.screenshot(&folder.join("files.png"));
}
