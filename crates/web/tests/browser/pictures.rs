//! Pictures as people see them: captions, covers, pictures of other pages, and the logo of the site.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use image::{ImageFormat, Rgb, RgbImage};
use tempfile::TempDir;

use super::{
    accessibility::{ALL, COLOURS, problems},
    chromium::{Chromium, Person, named, quote},
    server::Server,
    walk::edit,
};

/// Writes a picture of hills under a sky, and returns its file.
pub fn hills(folder: &Path, name: &str, (width, height): (u32, u32), tint: u8) -> PathBuf {
    let picture = RgbImage::from_fn(width, height, |x, y| {
        let across = f64::from(x) / f64::from(width) * 9.0;
        let crest = |n: f64| (0.42 + 0.16 * n + 0.07 * (across * (1.0 + n / 3.0) + n * 2.0).sin()) * f64::from(height);
        let layer = [2.0, 1.0, 0.0].into_iter().find(|n| f64::from(y) > crest(*n));
        let shade = (f64::from(y) / f64::from(height) * 70.0) as u8;
        match layer {
            None => Rgb([150 + shade, 180 + shade, 235_u8.saturating_sub(tint / 2)]),
            Some(n) => Rgb([40 + n as u8 * 12 + tint / 3, 110 - n as u8 * 25, 70 + tint / 2]),
        }
    });
    let file = folder.join(name);
    picture.save_with_format(&file, ImageFormat::from_path(&file).unwrap()).unwrap();
    file
}

fn put(server: &Server, at: &str, file: &Path) {
    server.command(&["file", "put", at, file.to_str().unwrap()], "");
}

/// Chooses a file in a field, as a person does with the dialog of the browser.
fn choose(person: &Person, field: &str, file: &Path) {
    let bytes = fs::read(file).unwrap();
    let bytes: Vec<String> = bytes.iter().map(u8::to_string).collect();
    let name = file.file_name().unwrap().to_str().unwrap();
    person.js(&format!(
        "(() => {{ const data = new DataTransfer(); data.items.add(new File([new Uint8Array([{}])], {}, {{ type: 'image/png' }})); \
         document.querySelector({}).files = data.files; }})()",
        bytes.join(","),
        quote(name),
        quote(field)
    ));
}

/// Any number of pictures.
const ANY: usize = 0;

/// Requires that each picture of a page is loaded, has the proportions of its file, and is not wider than the window.
fn pictures_are_whole(person: &Person, count: usize) {
    person.js("[...document.images].forEach((it) => { it.loading = 'eager'; })");
    person.wait("[...document.images].every((it) => it.complete && it.naturalWidth > 0)");
    let odd = "[...document.images].filter((it) => { const box = it.getBoundingClientRect(); \
        const fits = getComputedStyle(it).objectFit !== 'fill' && it.matches('.cover, .card-cover, .logo, .thumbnail img'); \
        return box.right > innerWidth + 1 || (!fits && Math.abs(box.width / box.height - it.naturalWidth / it.naturalHeight) > 0.02); \
        }).map((it) => it.outerHTML).join()";
    assert_eq!(person.string(odd), "", "at {}", person.address());
    let found = person.js("document.images.length");
    assert!(count == ANY || found == count, "{found} pictures at {}", person.address());
    let width = person.js("document.documentElement.scrollWidth - innerWidth").as_i64().unwrap();
    assert!(width <= 0, "{} is {width} pixels too wide", person.address());
}

/// Looks at a page in both themes, on a phone and for axe-core, and takes pictures if the environment names a folder.
fn look(person: &Person, name: &str, count: usize) {
    let folder = env::var_os("POSTERN_TEST_SCREENSHOTS").map(PathBuf::from);
    for (width, scheme) in [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")] {
        person.resize(width, 900).prefer(scheme);
        pictures_are_whole(person, count);
        if let Some(folder) = &folder {
            person.screenshot(&folder.join(format!("{name}-{width}-{scheme}.png")));
        }
    }
    if let Some(axe) = named("POSTERN_TEST_AXE", "axe-core") {
        person.resize(1280, 4000).js(&format!("{}; 0", fs::read_to_string(axe).unwrap()));
        for (theme, rules) in [("light", ALL), ("dark", COLOURS)] {
            let found = problems(person.prefer(theme), rules);
            assert!(found.is_empty(), "{name} in {theme}: {found:?}");
        }
    }
    person.resize(1280, 900).prefer("light");
}

const TEXT: &str = "The oak by the door.\n\n![An oak](oak.png \"The oak, seen from the lane\")\n\nIts place is on the plan:\n\n\
                    ![The plan](/clients/acme/plan.png)\n";

/// A public page with two files and a name of a private page's picture.
fn furnish(server: &Server, folder: &Path) {
    server.page("clients/acme", "Acme", "![The plan](plan.png)", &["--private"]);
    put(server, "/clients/acme/plan.png", &hills(folder, "plan.png", (1400, 900), 120));
    server.page("garden", "The garden", TEXT, &["--summary", "What grows where."]);
    server.page("garden/roses", "Roses", "Red ones.", &[]);
    put(server, "/garden/oak.png", &hills(folder, "oak.png", (2000, 1200), 0));
    put(server, "/garden/view.png", &hills(folder, "view.png", (1600, 1000), 60));
}

#[test]
fn a_picture_of_another_page_has_a_warning_and_is_copied_and_a_cover_is_chosen() {
    let Some(browser) = Chromium::start() else { return };
    let (server, folder) = (Server::start(), TempDir::new().unwrap());
    furnish(&server, folder.path());
    let (visitor, eve) = (browser.visitor(&server), browser.user(&server, "eve"));
    visitor.open("/garden").sees("The oak, seen from the lane");
    assert_eq!(visitor.string("document.querySelector('figcaption').textContent"), "The oak, seen from the lane");
    assert_eq!(visitor.string("document.querySelector('.elsewhere').getAttribute('href')"), "/clients/acme/plan.png");
    visitor.js("document.querySelector('.elsewhere').scrollIntoView()");
    look(&visitor, "elsewhere", 1);

    edit(&eve, "The garden");
    eve.click(".view-mode button[value=both]");
    eve.wait("document.querySelector('.preview figcaption') !== null");
    eve.wait("document.querySelector('#files [data-elsewhere]')?.textContent.includes('only signed-in users can see plan.png')");
    eve.sees("view.png").sees("not in the text").js("document.querySelector('[data-elsewhere]').scrollIntoView()");
    look(&eve, "form", 3);
    // The warnings follow the typed text at once.
    let with = format!("{TEXT}\n![](gone.png) ![](https://pictures.example/a.png)");
    eve.fill("#body", &with);
    eve.wait("document.querySelectorAll('.preview .fault').length === 3");
    let warnings = eve.string("[...document.querySelectorAll('.preview .fault')].map((it) => it.title).join(' ')");
    assert!(
        warnings.contains("This page has no file gone.png.") && warnings.contains("pictures.example"),
        "{warnings}"
    );
    eve.fill("#body", TEXT);
    eve.wait("document.querySelectorAll('.preview .fault').length === 1");
    eve.click("#audience-signed-in");
    eve.wait("!document.querySelector('#files [data-elsewhere]').textContent.includes('can see plan.png')");
    eve.click("#audience-public");
    eve.wait("document.querySelector('#files [data-elsewhere]').textContent.includes('can see plan.png')");
    eve.leave(|| eve.click("[data-elsewhere] button"));
    eve.sees("The file is copied to this page, and the text names the copy.");
    assert!(eve.value("#body").contains("![The plan](plan.png)"), "{}", eve.value("#body"));
    eve.click("[data-file='view.png'] button[value=edit]");
    // Until the menu of this file opens, that of the copied file is open.
    eve.wait("document.querySelector(\"[data-file='view.png'] button[value=cover]\") !== null");
    eve.leave(|| eve.click("[data-file='view.png'] button[value=cover]"));
    eve.sees("The picture is the cover of the draft.").sees("cover");
    look(&eve, "form-cover", ANY);
    eve.open(&eve.address()).press("Publish changes");
    visitor.open("/garden");
    // A browser chooses among the sizes of a picture after the page was parsed.
    visitor.wait("document.querySelector('.cover').currentSrc.includes('/garden/view.png')");
    look(&visitor, "cover", 3);
    let reader = browser.visitor(&server);
    reader.without_javascript().open("/garden");
    pictures_are_whole(&reader, 3);

    let admin = browser.user(&server, "admin");
    admin.open("/admin/site/navigation").click("#front-cards");
    admin.press("Save menu and front page");
    visitor.open("/").sees("What grows where.");
    look(&visitor, "cards", 1);
}

#[test]
fn without_javascript_a_picture_of_another_page_is_copied_too() {
    let Some(browser) = Chromium::start() else { return };
    let (server, folder) = (Server::start(), TempDir::new().unwrap());
    furnish(&server, folder.path());
    let eve = browser.user(&server, "eve");
    eve.without_javascript();
    edit(&eve, "The garden");
    eve.fill("#body", &format!("Typed.\n\n{TEXT}")).press("Preview");
    eve.sees("Files of other pages in the text").sees("only signed-in users can see plan.png");
    eve.leave(|| eve.click("[data-elsewhere] button"));
    eve.sees("The file is copied to this page");
    assert!(eve.value("#body").starts_with("Typed.") && eve.value("#body").contains("![The plan](plan.png)"));
}

#[test]
fn a_logo_is_uploaded_and_stands_in_the_header() {
    let Some(browser) = Chromium::start() else { return };
    let (server, folder) = (Server::start(), TempDir::new().unwrap());
    let (visitor, admin) = (browser.visitor(&server), browser.user(&server, "admin"));
    let light = hills(folder.path(), "logo.png", (320, 80), 0);
    let dark = hills(folder.path(), "dark.png", (320, 80), 200);
    for (role, file) in [("logo", &light), ("logo-dark", &dark), ("icon", &light)] {
        admin.open("/admin/site/look");
        choose(&admin, &format!("#{role}"), file);
        admin.leave(|| admin.click(&format!("form:has(#{role}) button")));
        admin.sees("Saved.");
    }
    let outside = "[...document.querySelectorAll('.sample')].filter((it) => \
        it.firstElementChild.getBoundingClientRect().bottom > it.getBoundingClientRect().bottom).length";
    assert_eq!(admin.js(outside), 0);
    admin.js("document.querySelector('.look-pictures').scrollIntoView()");
    look(&admin, "look", 3);
    visitor.prefer("light").open("/welcome");
    let shown = |person: &Person| person.string("document.querySelector('.logo').currentSrc");
    assert!(shown(&visitor).contains("/static/look/logo-") && !shown(&visitor).contains("logo-dark"));
    visitor.prefer("dark").open("/welcome");
    assert!(shown(&visitor).contains("/static/look/logo-dark-"), "{}", shown(&visitor));
    look(&visitor, "logo", 1);
    admin.open("/admin/site/look").leave(|| admin.click("form[action$='/logo'] button[value=remove]"));
    admin.open("/admin/site/look").leave(|| admin.click("form[action$='/logo-dark'] button[value=remove]"));
    visitor.open("/welcome");
    assert_eq!(visitor.js("document.querySelector('.logo')"), serde_json::Value::Null);
}
