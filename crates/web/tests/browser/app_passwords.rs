//! App passwords on the account page, on a phone.

use super::{chromium::Chromium, server::Server};

#[test]
fn an_app_password_is_made_and_ended_on_a_phone_with_and_without_scripts() {
    let Some(browser) = Chromium::start() else { return };
    let server = Server::start();
    for has_scripts in [true, false] {
        let rita = browser.user(&server, "rita");
        rita.resize(390, 844);
        if !has_scripts {
            rita.without_javascript();
        }
        rita.open("/account").sees("App passwords").sees_not("End my app password").fill("#name", "weekly report");
        rita.press("Make an app password").sees("It is shown only once");
        assert_eq!(rita.status(), 200);
        let secret = rita.string("document.querySelector('.made code').textContent");
        assert!(secret.len() == 40 && secret.starts_with("ptn_"), "{secret}");
        assert_eq!(rita.js("document.querySelectorAll('.made .copy').length > 0"), has_scripts);
        assert!(rita.js("document.documentElement.scrollWidth - innerWidth").as_f64().unwrap() <= 0.0, "too wide");
        rita.open("/account").sees("weekly report").sees("not used yet").sees("End my app password, too");
        assert!(!rita.text().contains(&secret));
        rita.leave(|| rita.click(".app-passwords button"));
        rita.sees_not("weekly report");
        assert_eq!(rita.address(), "/account");
    }
}
