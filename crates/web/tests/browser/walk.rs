//! A walk through every page of the site, for tests that check all of them.

use super::{
    chromium::{Chromium, Person, quote},
    server::Server,
};

/// Fills a site with content for each of its pages.
pub fn furnish(server: &Server) {
    server.page(
        "handbook/darkroom",
        "Renting the darkroom",
        DARKROOM,
        &[
            "--summary",
            "What to bring, what it costs, and what to do when something spills.",
            "--published",
            "2026-11-20",
        ],
    );
    server.page(
        "handbook/keys",
        "Keys and alarms",
        "Who holds which key, and [where](/lost).",
        &["--private", "--show-title"],
    );
    // A page is saved twice, so that there are versions to compare, and another one is in the trash.
    server.page(
        "handbook/darkroom",
        "Renting the darkroom",
        &format!("{DARKROOM}\n\nAnd a last word."),
        &["--summary", "What to bring, what it costs, and what to do when something spills."],
    );
    server.command(&["group", "add", "Keyholders", "rita"], "");
    server.page("team", "The team", "Who we are.", &["--group", "Keyholders"]);
    server.page("team/rota", "Rota", "Who comes when.", &[]);
    server.page("rules", "Old rules", "Superseded.", &[]);
    server.command(&["page", "delete", "rules"], "");
    server.page("long", &"Unbreakable".repeat(18), &format!("{}\n\n`{}`", "word".repeat(90), "code ".repeat(60)), &[]);
}

/// A page with every element that Markdown produces.
pub const DARKROOM: &str = include_str!("darkroom.md");

/// A page to check: its name, and the way to it.
type Stop = (&'static str, fn(&Person));

/// The pages that anonymous visitors get.
pub const OUTSIDE: &[Stop] = &[
    ("front page", |p| {
        p.open("/");
    }),
    ("list of a section", |p| {
        p.open("/handbook");
    }),
    ("page", |p| {
        p.open("/handbook/darkroom");
    }),
    ("page of long words", |p| {
        p.open("/long");
    }),
    ("401", |p| {
        p.open("/handbook/keys");
    }),
    ("404", |p| {
        p.open("/nowhere");
    }),
    ("search form", |p| {
        p.open("/search");
    }),
    ("search", |p| {
        p.open("/search?q=darkroom");
    }),
    ("search for nothing", |p| {
        p.open("/search?q=-darkroom");
    }),
    ("search in vain", |p| {
        p.open("/search?q=zeppelin");
    }),
    ("signing in, cancelled", |p| {
        p.open("/login");
    }),
    ("panel, cancelled", |p| {
        p.open("/admin/");
    }),
];

/// The pages that an administrator gets.
pub const INSIDE: &[Stop] = &[
    ("front page, signed in", |p| {
        p.open("/");
    }),
    ("private page", |p| {
        p.open("/handbook/keys");
    }),
    ("account", |p| {
        p.open("/account");
    }),
    ("account with errors", |p| {
        p.open("/account").fill("#present", "wrong-password").fill("#password", "x").fill("#password_again", "y");
        p.press("Change my password").sees("That is not your current password");
    }),
    ("account with a new app password", |p| {
        p.open("/account").js("document.querySelector('#name').value = 'backup ' + Date.now()");
        p.press("Make an app password").sees("It is shown only once");
    }),
    ("panel", |p| {
        p.open("/admin/");
    }),
    ("pages", |p| {
        p.open("/admin/pages");
    }),
    ("pages, none found", |p| {
        p.open("/admin/pages?q=zeppelin");
    }),
    ("tree of pages", |p| {
        p.open("/admin/pages?below=%2Fhandbook").sees("/handbook/keys");
    }),
    ("new page", |p| {
        p.open("/admin/pages/new");
    }),
    ("new page with errors", |p| {
        p.open("/admin/pages/new").fill("#title", "A title").fill("#path", "Not A Path!").press("Publish");
        assert_eq!(p.status(), 422);
    }),
    ("new page without a text", |p| {
        p.open("/admin/pages/new").fill("#title", "A title").press("Publish").sees("the page has no text");
        assert_eq!(p.status(), 422);
    }),
    ("page form", |p| edit(p, "Renting the darkroom")),
    ("page form with its menu", |p| {
        edit(p, "Renting the darkroom");
        p.click(".more summary");
    }),
    ("page form that asks", |p| {
        edit(p, "Renting the darkroom");
        p.js("document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true, bubbles: true }))");
        p.sees("Publish changes to “Renting the darkroom”?");
    }),
    ("page form beside its preview", |p| {
        edit(p, "Renting the darkroom");
        p.click(".view-mode button[value=both]");
        p.wait("document.querySelector('.preview .prose').childElementCount > 0");
        p.click(".view-mode button[value=write]");
    }),
    ("history", |p| {
        edit(p, "Renting the darkroom");
        p.press("History").sees("Version 2");
    }),
    ("version", |p| {
        edit(p, "Renting the darkroom");
        p.press("History").press("Version 1").sees("Restore this version");
    }),
    ("comparison", |p| {
        edit(p, "Renting the darkroom");
        p.press("History").press("Compare selected versions").sees("Changes in the text");
    }),
    ("order of subpages", |p| {
        edit(p, "The team");
        p.press("Order the subpages").sees("/team/rota");
    }),
    ("broken links", |p| {
        p.open("/admin/links/broken").sees("There is no page at this address");
    }),
    ("trash", |p| {
        p.open("/admin/pages?state=trash").sees("Deleted pages are kept");
    }),
    ("restoration", |p| {
        p.open("/admin/pages?state=trash").press("Old rules").sees("Restore this page?");
    }),
    ("page with chosen readers", |p| {
        edit(p, "The team");
        p.sees("Now:").sees("After publishing:");
    }),
    ("question about readers", |p| {
        edit(p, "The team");
        p.click("#audience-public");
        p.press("Publish changes").sees("More people will be able to read");
        assert_eq!(p.status(), 422);
    }),
    ("groups", |p| {
        p.open("/admin/groups");
    }),
    ("new group with errors", |p| {
        p.open("/admin/groups/new").fill("#name", "x").fill("#members", "a:b").press("Add this group");
        assert_eq!(p.status(), 422);
    }),
    ("group", |p| {
        p.open("/admin/groups").press("Keyholders");
    }),
    ("group deletion", |p| {
        p.open("/admin/groups").press("Keyholders").press("Delete this group…").sees("Can no longer read");
    }),
    ("view as", |p| {
        p.open("/admin/view-as");
    }),
    ("view as somebody", |p| {
        p.open("/admin/view-as/user/rita/team").sees("You see the site as rita");
    }),
    ("view as a visitor who is refused", |p| {
        p.open("/admin/view-as/visitor/team").sees("is asked to sign in here");
    }),
    ("page deletion", |p| {
        edit(p, "Renting the darkroom");
        p.press("Delete…");
    }),
    ("page conflict", |p| {
        edit(p, "Renting the darkroom");
        p.js("document.querySelector('input[name=version]').value = '0'");
        p.fill("#summary", "Another summary").fill("#body", "Another text").press("Publish changes");
        assert_eq!(p.status(), 409);
    }),
    ("page form with a draft", |p| {
        edit(p, "Renting the darkroom");
        send_draft(p.fill("#summary", "Another summary").fill("#body", "Another text"));
        p.sees("Only editors see the draft");
    }),
    ("draft in the site", |p| {
        p.press("Preview in the site").sees("Draft: not published");
    }),
    ("draft compared", |p| {
        edit(p, "Renting the darkroom");
        p.press("Compare with the published page").sees("Another text");
    }),
    ("drafts", |p| {
        p.open("/admin/pages?state=changes").sees("Only editors can see drafts.");
    }),
    ("panel with what waits", |p| {
        p.open("/admin/").sees("Unpublished changes");
    }),
    ("draft conflict", |p| {
        edit(p, "Renting the darkroom");
        p.js("document.querySelector('input[name=draft]').value = '9'");
        p.js("document.querySelector('input[name=form]').value = '9'");
        // Without the draft with which the form began, all differences are shown.
        p.js("document.querySelector('form[data-drafts]').addEventListener('formdata', (e) => e.formData.delete('base'))");
        send_draft(p.fill("#body", "A third text"));
        p.sees("Lines that both of you changed");
        assert_eq!(p.status(), 409);
    }),
    ("draft discarded", |p| {
        p.open("/admin/pages?state=changes").press("Discard…").sees("Discard this draft?");
    }),
    ("confirmation", |p| {
        p.open("/admin/pages").click("tbody tr input[name=id]");
        p.press("Delete…").sees("go to the trash");
    }),
    ("move of many", |p| {
        select_all(p);
        p.press("Move…").sees("Move below").fill("#to", "/No Path").press("Next").sees("Only lower-case");
    }),
    ("readers of many", |p| {
        select_all(p);
        p.press("Change readers…").sees("Who can read this");
    }),
    ("many drafts", |p| {
        p.open("/admin/pages?state=changes").click("tbody tr input[name=id]");
        p.press("Publish…").sees("Publish 1 draft?");
    }),
    ("refused action", |p| {
        p.open("/admin/pages");
        p.leave(|| {
            p.js("document.querySelector('form[action$=actions]').submit()");
        });
        assert_eq!(p.status(), 422);
    }),
    ("users", |p| {
        p.open("/admin/users");
    }),
    ("new user", |p| {
        p.open("/admin/users/new");
    }),
    ("new user with errors", |p| {
        p.open("/admin/users/new").fill("#name", "a b").fill("#password", "x");
        p.click("#by-typed");
        p.press("Add this user").sees("No spaces in user names");
        assert_eq!(p.status(), 422);
    }),
    ("new password", |p| {
        p.open("/admin/users/new").fill("#name", "walter").press("Save and add another").sees("Added walter");
    }),
    ("user with an app password", |p| {
        p.open("/account").js("document.querySelector('#name').value = 'reports ' + Date.now()");
        p.press("Make an app password").open("/admin/users").press("admin").sees("End all app passwords");
    }),
    ("many users", |p| {
        p.open("/admin/users/add-many");
    }),
    ("many users with wrong lines", |p| {
        p.open("/admin/users/add-many").fill("#names", "wanda\nw w\nrita").press("Add these users");
        p.sees("2 lines have to be changed").sees("There is a user rita already.");
    }),
    ("many users who gain access", |p| {
        p.open("/admin/users/add-many").fill("#names", "wanda\nwendy");
        p.click("#group-1");
        p.press("Add these users").sees("will be able to read private pages");
    }),
    ("sheet of passwords", |p| {
        p.press("Add 2 users and let them read 2 pages").sees("shown only once").sees("wendy");
    }),
    ("users to disable", |p| {
        p.open("/admin/users").click("tbody tr:last-child input[name=id]");
        p.press("Disable…").sees("can read pages for signed-in users");
    }),
    ("user form", |p| {
        p.open("/admin/users").press("rita");
    }),
    ("link for a user", |p| {
        p.open("/admin/users").press("rita").press("Make a link").sees("shown only once");
    }),
    ("user with a link", |p| {
        p.open("/admin/users").press("rita").sees("A link to set a password, made");
    }),
    ("keys", |p| {
        p.open("/admin/keys").sees("Link to set a password").sees("App password “").sees("End all of rita’s keys…");
    }),
    ("keys to end", |p| {
        p.open("/admin/keys").press("End all of rita’s keys…").sees("1 link to set a password");
    }),
    ("user to disable", |p| {
        p.open("/admin/users").press("eve").click("#active");
        p.press("Save changes").sees("Disable eve?");
    }),
    ("users with another end", |p| {
        p.open("/admin/users").click("tbody tr:last-child input[name=id]");
        p.press("Change the end…").fill("#until", "2999-01-31T00:00").press("Next").sees("These accounts end at");
    }),
    ("user password", |p| {
        p.open("/admin/users").press("rita").press("Set a password");
    }),
    ("user deletion", |p| {
        p.open("/admin/users").press("rita").press("Delete this user…").sees("can read pages for signed-in users");
    }),
    ("site", |p| {
        p.open("/admin/site");
    }),
    ("site with errors", |p| {
        p.open("/admin/site").fill("#language", "not a language").press("Save settings");
        assert_eq!(p.status(), 422);
    }),
    ("look", |p| {
        p.open("/admin/site/look");
    }),
    ("look with errors", |p| {
        p.open("/admin/site/look").fill("#accent", "#ffcc00").fill("#css", "@import 'x';").press("Save the look");
        assert_eq!(p.status(), 422);
    }),
    ("audit trail", |p| {
        p.open("/admin/audit");
    }),
    ("failed sign-ins", |p| {
        p.open("/admin/audit?action=refused");
    }),
    ("refused action on users", |p| {
        p.open("/admin/site");
        p.js("document.querySelector('form.form').action = '/admin/users/actions'");
        p.press("Save settings");
    }),
    ("form sent too late", |p| {
        p.open("/admin/site");
        p.js("document.querySelector('form.form input[name=form_token]').value = 'old'");
        p.press("Save settings").sees("Send this form again");
    }),
    ("signed out", |p| {
        p.open("/logout");
    }),
];

/// The pages that a reader gets without the rights for more.
pub const BEYOND: &[Stop] = &[("403", |p| {
    p.open("/admin/");
    assert_eq!(p.status(), 403);
})];

/// Selects all pages of the list that match.
fn select_all(person: &Person) {
    person.open("/admin/pages").click("tbody tr input[name=id]");
    person.click("#all");
}

/// Saves the form of a page as a draft, as its button does without a script.
fn send_draft(person: &Person) {
    person.leave(|| {
        person.js("(() => { const form = document.querySelector('#sheet'), then = document.createElement('input'); \
            then.type = 'hidden'; then.name = 'then'; then.value = 'draft'; form.append(then); \
            HTMLFormElement.prototype.submit.call(form); })()");
    });
}

/// Opens the form of the page with a title, from the list.
pub fn edit(person: &Person, title: &str) {
    person.open("/admin/pages").leave(|| {
        let links = "[...document.querySelectorAll('tbody th a')]";
        person.js(&format!("{links}.find((a) => a.textContent === {}).click()", quote(title)));
    });
}

/// Takes a visitor, an administrator and a reader through every page, and calls `look` on each.
pub fn everywhere(browser: &Chromium, server: &Server, ready: impl Fn(&Person), mut look: impl FnMut(&str, &Person)) {
    let people = [browser.visitor(server), browser.user(server, "admin"), browser.user(server, "rita")];
    for (person, stops) in people.iter().zip([OUTSIDE, INSIDE, BEYOND]) {
        ready(person);
        for (name, arrive) in stops {
            arrive(person);
            look(name, person);
        }
    }
    let link =
        || server.command(&["user", "passwd", "eve", "--link"], "").lines().next().unwrap_or_default().to_owned();
    let (old, new) = (link(), link());
    let visitor = &people[0];
    visitor.open(&new);
    look("link to set a password", visitor);
    visitor.fill("#password", "x").fill("#password_again", "y").press("Set the password").sees("Too short");
    look("link to set a password, with errors", visitor);
    visitor.open(&old).sees("This link no longer works");
    look("ended link", visitor);
}
