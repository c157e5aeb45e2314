//! The header of the panel, people, and the dashboard of a new site.

use super::{
    chromium::{Chromium, Person},
    server::{PASSWORD, Server},
};

const NAME: &str = "christina.schmidt";

/// A site with an ordinary title, and an administrator with an ordinary name.
fn club(browser: &Chromium) -> (Server, Person) {
    let server = Server::start();
    server.command(&["user", "add", NAME, "--role", "admin"], PASSWORD);
    let person = browser.user(&server, NAME);
    person.open("/admin/site").fill("#title", "Rowing Club Alster 1902").press("Save settings");
    (server, person)
}

/// The height of the header, and the number of lines in it.
const HEADER: &str = "(() => { const header = document.querySelector('.masthead'); \
    const tops = [...header.querySelectorAll('.brand, .sections a, summary')].filter((it) => it.offsetParent) \
    .map((it) => { const box = it.getBoundingClientRect(); return Math.round((box.top + box.bottom) / 8); }); \
    return [header.offsetHeight, new Set(tops).size, document.documentElement.scrollWidth - innerWidth]; })()";

fn header(person: &Person) -> [f64; 3] {
    let measured = person.js(HEADER);
    [0, 1, 2].map(|n| measured[n].as_f64().unwrap())
}

#[test]
fn the_header_is_one_line_with_ordinary_titles_and_names() {
    let Some(browser) = Chromium::start() else { return };
    let (_server, person) = club(&browser);
    for width in [1440, 1280, 1024, 800, 390, 320] {
        person.resize(width, 800).open("/admin/users");
        let [height, lines, overflow] = header(&person);
        assert!(height <= 60.0 && lines <= 1.0 && overflow <= 0.0, "{width}: {height} px, {lines} lines, {overflow}");
    }
    person.resize(1024, 800).open("/admin/pages");
    assert_eq!(
        person.string("document.querySelector('.sections').innerText.replace(/\\s+/g, ' ')"),
        "Pages People Site Activity"
    );
    let whole =
        "(() => { const name = document.querySelector('.who-name'); return name.scrollWidth <= name.clientWidth; })()";
    assert_eq!(person.js(whole), true, "the whole name is shown");
    let title = "(() => { const title = document.querySelector('.brand bdi'); return title.scrollWidth <= title.clientWidth; })()";
    assert_eq!(person.js(title), true, "the whole title is shown");
}

#[test]
fn the_menu_with_the_name_works_by_keyboard_and_closes_when_it_is_left() {
    let Some(browser) = Chromium::start() else { return };
    let (_server, person) = club(&browser);
    person.open("/admin/");
    let open = "document.querySelector('details[data-menu]').open";
    let focus = "document.activeElement.textContent.trim()";
    person.js("document.querySelector('details[data-menu] summary').focus()");
    person.key("ArrowDown").wait(open);
    assert_eq!(person.string(focus), "View site");
    person.key("ArrowDown").key("ArrowDown");
    assert_eq!(person.string(focus), "Account");
    person.key("ArrowUp").key("Escape").wait(&format!("!{open}"));
    assert_eq!(person.string("document.activeElement.tagName"), "SUMMARY");
    person.key("ArrowUp").wait(open);
    assert_eq!(person.string(focus), "Sign out");
    person.key("Tab").wait(&format!("!{open}"));
    person.js("document.querySelector('details[data-menu] summary').click()");
    person.wait(open).sees("Colours").sees("Administrator");
    person.js("document.querySelector('main').click()");
    person.wait(&format!("!{open}"));
}

#[test]
fn on_a_phone_the_menu_has_the_destinations_and_works_without_a_script() {
    let Some(browser) = Chromium::start() else { return };
    let (_server, person) = club(&browser);
    person.resize(390, 844).without_javascript().open("/admin/");
    person.sees("Menu").sees_not("Activity\n");
    person.js("document.querySelector('details[data-menu] summary').click()");
    person.sees("People").sees("Activity").sees(NAME);
    let height = person.js("document.querySelector('.who-box a').getBoundingClientRect().height").as_f64().unwrap();
    assert!(height >= 44.0, "{height}");
    person.press("People").sees("New user");
    assert_eq!(person.address(), "/admin/users");
}

#[test]
fn the_current_destination_is_told_apart_without_colours() {
    let Some(browser) = Chromium::start() else { return };
    let (_server, person) = club(&browser);
    person.force_colours().open("/admin/groups");
    let outline = |which: &str| {
        person.string(&format!(
            "(() => {{ const it = [...document.querySelectorAll('.sections a, .panel-tabs a')].find((it) => \
             it.textContent === '{which}'); return getComputedStyle(it).outlineStyle; }})()"
        ))
    };
    assert_eq!((outline("People"), outline("Groups")), ("solid".into(), "solid".into()));
    assert_eq!((outline("Pages"), outline("Users")), ("none".into(), "none".into()));
}

#[test]
fn many_users_are_added_in_a_few_clicks_and_their_sheet_is_copied_and_printed() {
    let Some(browser) = Chromium::start() else { return };
    let (server, person) = club(&browser);
    server.command(&["group", "add", "Rowers", "rita"], "");
    let names: Vec<String> = (1..=10).map(|n| format!("member-{n}")).collect();
    person.open("/admin/users").press("Add many users");
    person.type_into("#names", &names.join("\n"));
    person.click("#group-1");
    person.click("#by-generated");
    person.press("Add these users").sees("10 new users").sees("shown only once");
    let passwords = person.string("[...document.querySelectorAll('.secret')].map((it) => it.textContent).join(' ')");
    let passwords: Vec<&str> = passwords.split(' ').collect();
    assert_eq!(passwords.len(), 10);

    person.js("navigator.clipboard.writeText = async (text) => { globalThis.copied = text; }");
    person.click("[data-copy-all]");
    person.wait("document.querySelector('.sheet [role=status]').textContent === 'Copied.'");
    let copied = person.string("globalThis.copied");
    let first = format!("Address: {}/\nName: member-1\nPassword: {}", server.origin, passwords[0]);
    assert!(copied.starts_with(&first) && copied.contains("Name: member-10"), "{copied}");
    person.js("window.print = () => { globalThis.printed = true; }");
    person.click("[data-print]");
    person.wait("globalThis.printed === true");
    person.print();
    person.sees("member-10").sees_not("Copy").sees_not("shown only once").sees_not("Add another user");
    let newcomer = browser.visitor(&server);
    newcomer.give("member-3", passwords[2]);
    newcomer.open("/private-example").sees("A private page");
}

#[test]
fn another_user_is_added_and_the_password_of_the_last_one_stays_above() {
    let Some(browser) = Chromium::start() else { return };
    let (server, person) = club(&browser);
    person.open("/admin/users/new");
    assert_eq!(person.js("document.querySelector('#password').offsetParent"), serde_json::Value::Null, "generated");
    for name in ["walter", "wanda"] {
        person.type_into("#name", name).press("Save and add another").sees(&format!("Added {name}"));
        assert_eq!(person.value("#name"), "");
        assert!(server.command(&["user", "list"], "").contains(name));
    }
}

#[test]
fn the_first_steps_offer_the_browsers_time_zone() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    let admin = browser.user(&server, "admin");
    admin.set_time_zone("Europe/Berlin").open("/admin/").sees("First steps").sees("1 of 5 done");
    admin.sees("your browser says Europe/Berlin.").press("Use it").sees("Saved.").sees("2 of 5 done");
    admin.sees_not("your browser says");
    admin.press("Remove the example pages…").sees("How to write a page").sees("go to the trash");
    admin.open("/admin/site").sees_not("your browser says");
}

#[test]
fn a_newcomer_chooses_a_password_with_a_link_on_a_phone_without_javascript_and_leaves_no_referrer() {
    let Some(browser) = Chromium::start() else { return };
    let (server, person) = club(&browser);
    person.before_scripts("navigator.clipboard.writeText = async (text) => { globalThis.copied = text; };");
    person.open("/admin/users/new").type_into("#name", "wanda").press("Add this user").sees("Link for wanda");
    person.click("[data-copy-all]");
    person.wait("globalThis.copied?.includes('Name: wanda')");
    let link = person.string("document.querySelector('.secret').textContent");
    assert!(link.starts_with(&format!("{}/join/", server.origin)), "{link}");

    let wanda = browser.visitor(&server);
    wanda.resize(390, 844);
    wanda.without_javascript().open(&link).sees("Choose a password for wanda");
    wanda.press("Search");
    assert_eq!(wanda.string("document.referrer"), "");
    wanda.open(&link).fill("#password", "a long sentence").fill("#password_again", "another sentence");
    wanda.press("Set the password").sees("differ");
    assert_eq!(wanda.status(), 422);
    wanda.fill("#password", "a long sentence").fill("#password_again", "a long sentence");
    wanda.give("wanda", "a long sentence");
    wanda.press("Set the password");
    assert_eq!((wanda.address().as_str(), wanda.string("document.referrer").as_str()), ("/", ""));
    wanda.open("/private-example").sees("A private page");
    wanda.open(&link).sees("This link no longer works");
    assert_eq!(wanda.status(), 410);

    // Of many, a file for a spreadsheet.
    person.open("/admin/users/add-many").type_into("#names", "kim\nmax").press("Add these users").sees("2 new users");
    person.js("HTMLAnchorElement.prototype.click = function () { globalThis.saved = [this.download, this.href]; }; 0");
    person.click("[data-download]");
    person.wait("globalThis.saved[0] === 'links.csv' && globalThis.saved[1].startsWith('blob:')");
    assert!(person.value("[data-csv]").starts_with("name,link\nkim,http"));
}
