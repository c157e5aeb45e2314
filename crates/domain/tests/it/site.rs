//! The site's texts, its language and its realm.

use domain::{
    Version,
    site::{FOOTER_CHARS, PROSE_CHARS, Realm, Site, SiteInput},
};

#[track_caller]
fn check_realm(typed: &str, expected: Option<&str>) {
    assert_eq!(Realm::parse(typed).ok().as_ref().map(Realm::as_str), expected, "{typed:?}");
}

#[test]
fn t3_a_realm_is_printable_ascii() {
    for realm in ["Postern", "Login Required", "My \"q\" \\x", "~!@#$%^&*()", &"r".repeat(200)] {
        check_realm(realm, Some(realm));
    }
    check_realm(" Members ", Some("Members"));
    for odd in ["a\rb", "a\nb", "a\0b", "a\tb", "\u{7f}", "Café", "“Members”", "a\u{a0}b", &"r".repeat(201)] {
        check_realm(odd, None);
    }
}

#[test]
fn t2_an_empty_realm_is_a_realm() {
    check_realm("", Some(""));
    check_realm("  ", Some(""));
    assert_eq!(Realm::parse("Members").unwrap().to_string(), "Members");
}

fn draft() -> SiteInput {
    SiteInput::of(&Site::default())
}

#[test]
fn the_settings_of_a_new_site_can_be_saved_as_they_are() {
    let site = Site::default();
    assert_eq!(draft().check(site.version), Ok(site));
    assert_eq!(draft().check(Version(7)).unwrap().version, Version(7));
    assert_eq!(Version(7).next(), Version(8));
}

/// Checks the field of the settings that has to be fixed, if any.
#[track_caller]
fn check(draft: &SiteInput, field: Option<&str>) {
    let found = draft.check(Version::FIRST).err();
    assert_eq!(found.as_ref().and_then(|invalid| invalid.iter().next()).map(|(field, _)| field), field, "{draft:?}");
}

#[test]
fn each_setting_has_its_limits() {
    check(&SiteInput { title: String::new(), ..draft() }, Some("title"));
    check(&SiteInput { title: "t".repeat(201), ..draft() }, Some("title"));
    check(&SiteInput { title: "a\nb".into(), ..draft() }, Some("title"));
    check(&SiteInput { tagline: String::new(), ..draft() }, None);
    check(&SiteInput { tagline: "a\nb".into(), ..draft() }, Some("tagline"));
    check(&SiteInput { realm: "Café".into(), ..draft() }, Some("realm"));
    check(&SiteInput { refusal: "a\r\nb".into(), ..draft() }, None);
    check(&SiteInput { refusal: "x".repeat(PROSE_CHARS), ..draft() }, None);
    check(&SiteInput { refusal: "x".repeat(PROSE_CHARS + 1), ..draft() }, Some("refusal"));
    check(&SiteInput { footer: "\u{1b}".into(), ..draft() }, Some("footer"));
    check(&SiteInput { footer: "x".repeat(FOOTER_CHARS + 1), ..draft() }, Some("footer"));
    check(&SiteInput { contact: "Ask\n\n*us*.".into(), ..draft() }, None);
    check(&SiteInput { contact: "x".repeat(PROSE_CHARS + 1), ..draft() }, Some("contact"));
}

#[test]
fn the_refusal_text_keeps_its_lines() {
    let site = SiteInput { refusal: "Sorry.\r\nSign in.".into(), ..draft() }.check(Version::FIRST).unwrap();
    assert_eq!(site.refusal, "Sorry.\nSign in.");
}

#[test]
fn a_language_is_a_tag() {
    for language in ["en", "de", "pt-BR", "zh-Hant-TW", "sr-Latn", "haw", "de-1996", " en "] {
        check(&SiteInput { language: language.into(), ..draft() }, None);
    }
    for odd in
        ["", "e", "englishlanguage", "en_US", "en-", "-en", "en--GB", "12", "é", "en\"", "en GB", &"en-a-".repeat(20)]
    {
        check(&SiteInput { language: odd.into(), ..draft() }, Some("language"));
    }
}
