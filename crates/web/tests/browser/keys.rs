//! Keys in circulation, on a phone and without scripts.

use super::{chromium::Chromium, server::Server};

#[test]
fn all_keys_of_a_person_are_ended_on_a_phone_with_and_without_scripts() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    for has_scripts in [true, false] {
        let admin = browser.user(&server, "admin");
        admin.resize(390, 844);
        if !has_scripts {
            admin.without_javascript();
        }
        server.command(&["user", "passwd", "rita", "--link"], "");
        server.command(&["token", "add", "rita", "--name", "weekly report"], "");
        admin.open("/admin/users").press("Keys");
        admin.sees("Keys in circulation").sees("App password “weekly report”").sees("not used yet");
        assert!(admin.js("document.documentElement.scrollWidth - innerWidth").as_f64().unwrap() <= 0.0, "too wide");
        admin.press("End all of rita’s keys…");
        admin.sees("1 link to set a password").sees("1 app password").sees("can still sign in with the password");
        assert!(admin.js("document.documentElement.scrollWidth - innerWidth").as_f64().unwrap() <= 0.0, "too wide");
        admin.press("End 2 keys of rita");
        admin.sees("Ended 2 keys; this takes effect with the next request.").sees("No key is in circulation.");
    }
}
