//! The sixteen tasks of docs/tasks.md, done as by somebody who sees the panel for the first time, with their clicks and
//! fields counted.
//!
//! The document says what counts: a click on anything but a field in which one then types is a click; a field in which
//! something is typed is a field, with the click into it; a prompt for a name and a password is a click and two fields.
//! The mouse is a real one: it hits only what is visible and not covered. The counts have to be exactly
//! those of the table.

use std::{cell::Cell, collections::BTreeSet, fs};

use super::{
    chromium::{Chromium, Person, quote},
    files,
    server::{PASSWORD, Server},
};

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/tasks.md");

/// The clicks and the fields that a task takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Effort {
    clicks: u32,
    fields: u32,
}

impl Effort {
    /// `3` or `3 + 2 f`; `None` for `–`.
    fn parse(cell: &str) -> Option<Effort> {
        if cell == "–" {
            return None;
        }
        let (clicks, fields) = cell.split_once(" + ").unwrap_or((cell, "0 f"));
        let fields = fields.strip_suffix(" f").unwrap_or_else(|| panic!("{cell:?} is no effort"));
        Some(Effort { clicks: clicks.parse().expect(cell), fields: fields.parse().expect(cell) })
    }

    fn seconds(self) -> u32 {
        2 * self.clicks + 4 * self.fields
    }
}

/// A row of the table.
struct Row {
    number: String,
    /// The measured effort, and the number of pages that were loaded; `None` if the task cannot be done.
    postern: Option<(Effort, u32)>,
    others: Vec<Effort>,
}

fn table() -> Vec<Row> {
    let document = fs::read_to_string(DOCUMENT).unwrap();
    let rows = document
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| Task") && !line.starts_with("| ---"));
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [task, postern, pages, others @ ..] = &cells[..] else { panic!("{line}") };
        assert_eq!(others.len(), 3, "{line}");
        Row {
            number: task.split(' ').next().unwrap().to_owned(),
            postern: Effort::parse(postern).map(|effort| (effort, pages.parse().expect(line))),
            others: others.iter().filter_map(|cell| Effort::parse(cell)).collect(),
        }
    };
    rows.map(row).collect()
}

/// Somebody who does a task, with the effort so far.
struct Walker<'a> {
    person: &'a Person,
    clicks: Cell<u32>,
    fields: Cell<u32>,
    pages: Cell<u32>,
    /// The number of answered prompts, and the number of all prompts, when the task began.
    prompts: (usize, usize),
}

impl<'a> Walker<'a> {
    /// Begins a task where the person is.
    fn of(person: &'a Person) -> Walker<'a> {
        let prompts = (person.answers(), person.challenges().len());
        Walker { person, clicks: Cell::new(0), fields: Cell::new(0), pages: Cell::new(0), prompts }
    }

    /// Clicks on the element with these words or this accessible name.
    #[track_caller]
    fn click(&self, words: &str) -> &Walker<'a> {
        self.click_on(&named(words))
    }

    /// Clicks on the element that an expression returns, as soon as it is there.
    #[track_caller]
    fn click_on(&self, expression: &str) -> &Walker<'a> {
        self.person.wait(&format!("Boolean({expression})"));
        self.person.mouse(expression);
        self.clicks.set(self.clicks.get() + 1);
        self
    }

    /// Clicks on an element that leads to another page.
    #[track_caller]
    fn go(&self, words: &str) -> &Walker<'a> {
        self.go_by(&named(words))
    }

    #[track_caller]
    fn go_by(&self, expression: &str) -> &Walker<'a> {
        self.person.leave(|| {
            self.click_on(expression);
        });
        self.pages.set(self.pages.get() + 1);
        self
    }

    /// Types into a field, in place of its content.
    #[track_caller]
    fn types(&self, selector: &str, text: &str) -> &Walker<'a> {
        let field = format!("document.querySelector({})", quote(selector));
        if self.person.js(&format!("document.activeElement === {field}")) != true {
            self.person.mouse(&field);
        }
        self.person.js(&format!("{field}.select()"));
        self.person.type_into(selector, text);
        self.fields.set(self.fields.get() + 1);
        self
    }

    /// Drags a picture into the text from a window beside the browser, as one gesture of the mouse.
    fn drops(&self, name: &str) -> &Walker<'a> {
        files::give(self.person, "drop", &[files::pixel(name)]);
        self.clicks.set(self.clicks.get() + 1);
        self
    }

    /// Opens the link that somebody sent. It costs nothing but the prompts.
    fn follow(&self, path: &str) -> &Walker<'a> {
        self.person.open(path);
        self.pages.set(self.pages.get() + 1);
        self
    }

    /// Ends a task, and requires that its effort is that of the table, and not more than in other systems.
    #[track_caller]
    fn done(&self, number: &str) {
        let (answers, prompts) = self.prompts;
        let answers = (self.person.answers() - answers) as u32;
        let prompts = (self.person.challenges().len() - prompts) as u32;
        let effort = Effort { clicks: self.clicks.get() + prompts, fields: self.fields.get() + 2 * answers };
        let rows = table();
        let row =
            rows.iter().find(|row| row.number == number).unwrap_or_else(|| panic!("no task {number} in the table"));
        assert_eq!(row.postern, Some((effort, self.pages.get())), "task {number}: clicks, fields and pages");
        for other in &row.others {
            assert!(effort.seconds() <= other.seconds(), "task {number} is slower than {other:?}: {effort:?}");
        }
    }
}

/// An expression for the first visible element with these words or this accessible name.
fn named(words: &str) -> String {
    format!(
        "[...document.querySelectorAll('a, button, input, label, summary, .label, [role=option]')].find((it) => \
         [it.ariaLabel, it.textContent.trim(), it.querySelector('bdi')?.textContent].includes({}) \
         && !it.classList.contains('visually-hidden') && it.checkVisibility({{ visibilityProperty: true }}))",
        quote(words)
    )
}

/// An expression for the first element of a selector.
fn first(selector: &str) -> String {
    format!("document.querySelector({})", quote(selector))
}

/// The status that somebody gets for a path.
fn status(person: &Person, path: &str) -> i64 {
    person.open(path).status()
}

#[test]
fn every_task_is_walked_and_the_fourth_takes_six_clicks_at_most() {
    let rows = table();
    let numbers: BTreeSet<&str> =
        rows.iter().map(|row| row.number.trim_end_matches(|sign: char| sign.is_alphabetic())).collect();
    assert_eq!(numbers.len(), 16);
    let walks = include_str!("tasks.rs");
    for row in rows {
        let is_walked = walks.contains(&format!(".done(\"{}\")", row.number));
        assert_eq!(is_walked, row.postern.is_some(), "task {}", row.number);
        if row.number == "4" {
            assert!(row.postern.unwrap().0.clicks <= 6);
        }
    }
}

#[test]
fn the_first_page_of_a_new_site_and_of_a_new_editor() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    let (admin, eve, visitor) =
        (browser.user(&server, "admin"), browser.user(&server, "eve"), browser.visitor(&server));
    let walker = Walker::of(admin.open("/admin/"));
    walker.go("Write your first page").types("#title", "Our boats").types("#body", "Three **fours**.");
    walker.go("Publish").go("View");
    admin.sees("Three fours.");
    walker.done("1");
    visitor.open("/our-boats").sees("Three fours.");

    let walker = Walker::of(eve.open("/admin/"));
    walker.go("New page").types("#title", "Our oars").types("#body", "Twelve oars.").go("Publish");
    eve.sees("Published “Our oars”.");
    walker.done("16");
    visitor.open("/our-oars").sees("Twelve oars.");
}

#[test]
fn a_page_is_made_private_and_seen_as_a_stranger() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    server.page("plan", "The plan", "Meet at noon.\n", &[]);
    let (eve, visitor) = (browser.user(&server, "eve"), browser.visitor(&server));
    let walker = Walker::of(eve.open("/admin/pages"));
    walker.go("The plan").click("Signed-in users").go("Publish changes");
    walker.go("View as… The plan").go("View");
    eve.sees("is asked to sign in here (401)").sees_not("Meet at noon.");
    walker.done("2");
    assert_eq!(status(&visitor, "/plan"), 401);
}

#[test]
fn a_page_is_for_three_people_whose_names_nobody_knows_by_heart() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    server.page("salaries", "Salaries", "Who gets what.\n", &["--private"]);
    server.command(&["user", "import"], &members(1..=27));
    for name in ["ruth", "stranger"] {
        server.command(&["user", "add", name, "--role", "reader"], PASSWORD);
    }
    for group in ["Board", "Keyholders", "Rowers"] {
        server.command(&["group", "add", group, "rita"], "");
    }
    let (eve, rita, ruth) =
        (browser.user(&server, "eve"), browser.user(&server, "rita"), browser.user(&server, "ruth"));
    let stranger = browser.user(&server, "stranger");
    let walker = Walker::of(eve.open("/admin/pages"));
    walker.go("Salaries").click("Specific people and groups");
    for name in ["rita", "member-13", "ruth"] {
        walker.click(name);
        eve.wait(&format!("document.querySelector('.reader-lines').textContent.split('After')[1]?.includes('{name}')"));
    }
    walker.go("Publish changes");
    walker.done("3");
    let seen = [&rita, &ruth, &stranger].map(|person| status(person, "/salaries"));
    assert_eq!(seen, [200, 200, 403]);
    eve.open("/admin/pages").sees("3 people: member-13, rita, ruth");
}

/// Lines of an htpasswd file, for names that sign in with no known password.
fn members(numbers: std::ops::RangeInclusive<u32>) -> String {
    let hash = "$2y$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy";
    numbers.map(|number| format!("member-{number:02}:{hash}\n")).collect()
}

#[test]
fn ten_users_are_added_with_links_to_hand_out() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    let admin = browser.user(&server, "admin");
    admin.before_scripts("navigator.clipboard.writeText = async (text) => { globalThis.copied = text; };");
    let names: Vec<String> = (1..=10).map(|number| format!("rower-{number}")).collect();
    let walker = Walker::of(admin.open("/admin/"));
    walker.go("People").go("Add many users").types("#names", &names.join("\n")).go("Add these users").click("Copy all");
    admin.wait("globalThis.copied?.includes('Name: rower-10')");
    walker.done("4");
    let link = admin.string("document.querySelectorAll('.secret')[6].textContent");
    let newcomer = browser.visitor(&server);
    newcomer.open(&link).fill("#password", "a long sentence").fill("#password_again", "a long sentence");
    newcomer.give("rower-7", "a long sentence");
    newcomer.press("Set the password");
    assert_eq!(status(&newcomer, "/private-example"), 200);
}

#[test]
fn twenty_pages_of_many_get_other_readers() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    for number in 1..=20 {
        server.page(&format!("recipes/{number}"), &format!("Recipe {number}"), "Stir.\n", &[]);
        server.page(&format!("notes/{number}"), &format!("Note {number}"), "Read.\n", &[]);
    }
    let (eve, rita, visitor) = (browser.user(&server, "eve"), browser.user(&server, "rita"), browser.visitor(&server));
    let walker = Walker::of(eve.open("/admin/pages"));
    walker.types("#q", "recipe").go("Search").click("Select all rows on this page").go("Change readers…");
    walker.click("Specific people and groups").click("rita").go("Next").go("Change readers of 20 pages");
    eve.sees("Changed the readers of 20 pages.");
    walker.done("5a");
    assert_eq!([&rita, &visitor].map(|person| status(person, "/recipes/7")), [200, 401]);
    assert_eq!(status(&visitor, "/notes/7"), 200);

    let walker = Walker::of(eve.open("/admin/pages"));
    walker.types("#q", "note").go("Search");
    for number in 1..=20 {
        walker.click(&format!("Select Note {number}"));
    }
    walker.go("Change readers…").click("Specific people and groups").click("rita").go("Next");
    walker.go("Change readers of 20 pages");
    walker.done("5b");
    assert_eq!(status(&visitor, "/notes/7"), 401);
}

#[test]
fn yesterdays_text_comes_back_without_yesterdays_readers() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    server.page("salaries", "Salaries", "Text of yesterday.\n", &[]);
    server.page("salaries", "Salaries", "Text of today.\n", &["--reader", "rita"]);
    let (eve, rita, visitor) = (browser.user(&server, "eve"), browser.user(&server, "rita"), browser.visitor(&server));
    let walker = Walker::of(eve.open("/admin/pages"));
    walker.go("Salaries").go("History").go("Restore version 1");
    eve.sees("Version 1 is in the draft.");
    rita.open("/salaries").sees("Text of today.");
    walker.go("Publish changes");
    walker.done("6");
    rita.open("/salaries").sees("Text of yesterday.");
    assert_eq!(status(&visitor, "/salaries"), 401);
}

#[test]
fn who_changed_what_is_found() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    server.page("plan", "The plan", "Meet at noon.\n", &[]);
    let (admin, eve) = (browser.user(&server, "admin"), browser.user(&server, "eve"));
    super::walk::edit(&eve, "The plan");
    eve.fill("#body", "Meet at one.").press("Publish changes");
    let walker = Walker::of(admin.open("/admin/"));
    walker.go("Activity");
    admin.sees("eve").sees("The plan");
    walker.done("7a");
    let walker = Walker::of(admin.open("/admin/pages"));
    walker.go("The plan").go("History");
    admin.sees("Version 2").sees("eve");
    walker.done("7b");
}

#[test]
fn what_two_editors_wrote_on_other_lines_is_published_together() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    server.page("plan", "The plan", "First.\n\nSecond.\n\nThird.\n", &[]);
    let (admin, eve) = (browser.user(&server, "admin"), browser.user(&server, "eve"));
    let walker = Walker::of(admin.open("/admin/pages"));
    walker.go("The plan");
    super::walk::edit(&eve, "The plan");
    eve.fill("#body", "First of eve.\n\nSecond.\n\nThird.").press("Publish changes");
    walker.types("#body", "First.\n\nSecond.\n\nThird of admin.").go("Publish changes");
    admin.sees("eve’s changes were merged into yours. Check and publish.");
    walker.go("Publish changes");
    walker.done("8");
    let text = server.command(&["page", "show", "plan"], "");
    assert_eq!(text.trim_end(), "First of eve.\n\nSecond.\n\nThird of admin.");
}

#[test]
fn a_page_appears_on_monday_at_nine() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    let (eve, visitor) = (browser.user(&server, "eve"), browser.visitor(&server));
    eve.open("/admin/pages/new").fill("#title", "Monday news").fill("#body", "Soon.");
    eve.wait("document.querySelector('.draft-status').textContent.startsWith('Draft saved')");
    let walker = Walker::of(eve.open("/admin/pages"));
    walker.go("Monday news").click_on(&first("[data-remember=page-dates] > summary"));
    walker.click_on(&first(".soon button:last-child")).go_by(&first(".publish"));
    eve.sees("Scheduled “Monday news”. Appears Mon ").sees(", 09:00");
    walker.done("9");
    assert_eq!(status(&visitor, "/monday-news"), 404);
}

#[test]
fn a_picture_is_dropped_into_a_text_and_published() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    server.page("boats", "Our boats", "Three fours.\n", &["--private"]);
    let eve = browser.user(&server, "eve");
    let walker = Walker::of(eve.open("/admin/pages"));
    walker.go("Our boats").drops("Boats.PNG");
    eve.wait("document.querySelector('#body').value.includes('![boats](boats.png)')");
    eve.wait("document.querySelector('[data-file=\"boats.png\"]') !== null");
    walker.go("Publish changes");
    eve.sees("Published");
    walker.done("11");
    assert_eq!(status(&eve, "/boats/boats.png"), 200);
    assert_eq!(status(&browser.visitor(&server), "/boats/boats.png"), 401);
}

#[test]
fn a_section_moves_with_its_pages() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    server.page("archive", "Archive", "Old.\n", &[]);
    server.page("projects", "Projects", "All.\n", &[]);
    for number in 1..=3 {
        server.page(&format!("projects/{number}"), &format!("Project {number}"), "One.\n", &[]);
    }
    let (eve, visitor) = (browser.user(&server, "eve"), browser.visitor(&server));
    let walker = Walker::of(eve.open("/admin/pages"));
    walker.go("Projects").click("Move… Choose a section from the tree").click("Archive /archive").go("Publish changes");
    eve.sees("Moved from /projects to /archive/projects.");
    walker.done("10");
    visitor.open("/projects/3").sees("One.");
    assert_eq!(visitor.address(), "/archive/projects/3");
}

#[test]
fn a_site_gets_its_own_name_footer_and_look() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    let (admin, visitor) = (browser.user(&server, "admin"), browser.visitor(&server));
    let walker = Walker::of(admin.open("/admin/"));
    walker.go("Site").types("#title", "Rowing Club Alster").types("#tagline", "Since 1902");
    walker.types("#footer", "[Imprint](/imprint)").go("Save settings").go("Look").click("Paper");
    walker.types("#accent", "#0b5a6e").go("Save the look");
    walker.done("12");
    visitor.open("/").sees("Rowing Club Alster").sees("Since 1902").sees("Imprint");
    let accent = visitor.string("getComputedStyle(document.documentElement).getPropertyValue('--accent')");
    assert_eq!(accent.trim(), "#0b5a6e");
}

#[test]
fn a_forgotten_password_is_replaced() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    let admin = browser.user(&server, "admin");
    admin.before_scripts("navigator.clipboard.writeText = async (text) => { globalThis.copied = text; };");
    let walker = Walker::of(admin.open("/admin/"));
    walker.go("People").go("rita").go("Set a password").go("Set the password").click("Copy");
    admin.wait("globalThis.copied?.includes('Name: rita')");
    walker.done("13");
    let password = admin.string("document.querySelector('.secret').textContent");
    let rita = browser.visitor(&server);
    rita.give("rita", &password);
    assert_eq!(status(&rita, "/private-example"), 200);
}

#[test]
fn one_signs_out_and_in_as_someone_else() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    server.page("board", "The board", "Who pays.\n", &["--reader", "eve"]);
    let eve = browser.user(&server, "eve");
    let walker = Walker::of(eve.open("/admin/pages"));
    walker.go("Sign out");
    eve.sees("You are signed out.");
    walker.done("14a");

    let person = browser.user(&server, "rita");
    let walker = Walker::of(person.open("/board").sees("You don’t have access"));
    person.give("eve", PASSWORD);
    walker.go("Sign in as someone else");
    person.sees("Who pays.");
    walker.done("14b");
}

#[test]
fn a_link_is_opened_on_a_phone_and_a_wrong_password_is_named() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    server.page("minutes/march", "Minutes of March", "The oars are in the shed.\n", &["--private"]);
    let person = browser.visitor(&server);
    let walker = Walker::of(person.resize(390, 844));
    person.give("rita", "not her password");
    walker.follow("/minutes/march");
    person.sees("That name and password did not work.");
    person.give("rita", PASSWORD);
    walker.go("Try again");
    person.sees("The oars are in the shed.");
    walker.done("15");
    assert_eq!(person.address(), "/minutes/march");
}
