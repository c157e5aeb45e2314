//! Users: names, roles, and the checks of their forms.

use chrono::TimeDelta;
use domain::{
    Version,
    password::PasswordHash,
    user::{Role, Theme, User, UserId, UserInput, Username},
    zone::Zone,
};

use crate::now;

/// Checks the stored form of a name; `None` for a name that has to be refused.
#[track_caller]
fn check_name(typed: &str, expected: Option<&str>) {
    let parsed = Username::parse(typed).ok();
    assert_eq!(parsed.as_ref().map(Username::as_str), expected, "{typed:?}");
}

#[test]
fn a_name_is_letters_digits_and_six_signs() {
    for name in
        ["a", "ann", "Ann", "ann.lee", "ann_lee", "ann-lee", "ann@example.org", "ann+x", "007", "zoë", "李", "Ольга"]
    {
        check_name(name, Some(name));
    }
    for odd in
        ["", " ", "ann lee", " ann", "ann ", "a/b", "a\\b", "a\"b", "a<b", "a&b", "a,b", "a;b", "a%b", "a\u{a0}b"]
    {
        check_name(odd, None);
    }
}

#[test]
fn a_name_holds_nothing_that_cannot_be_seen() {
    for odd in ["ann\u{200b}", "ann\u{200d}", "\u{202e}nna", "ann\u{feff}", "ann\u{ad}", "\u{301}ann", "👍"] {
        check_name(odd, None);
    }
}

#[test]
fn t20_a_colon_cannot_stand_in_a_name() {
    check_name("ann:lee", None);
    assert!(Username::parse("ann:lee").unwrap_err().contains("colon"));
}

#[test]
fn t22_control_characters_cannot_stand_in_a_name() {
    for control in (0..=0x1f).chain(0x7f..=0x9f).filter_map(char::from_u32) {
        check_name(&format!("an{control}n"), None);
    }
}

#[test]
fn t26_a_name_is_kept_in_nfc_and_in_its_case() {
    check_name("zoe\u{308}", Some("zoë"));
    check_name("\u{212b}sa", Some("Åsa"));
    check_name("Ann", Some("Ann"));
    assert_ne!(Username::parse("Ann"), Username::parse("ann"));
}

#[test]
fn a_name_has_at_most_64_characters() {
    check_name(&"a".repeat(64), Some(&"a".repeat(64)));
    check_name(&"é".repeat(64), Some(&"é".repeat(64)));
    check_name(&"漢".repeat(64), Some(&"漢".repeat(64)));
    check_name(&"a".repeat(65), None);
    check_name(&"é".repeat(65), None);
    check_name(&"a".repeat(1 << 20), None);
}

#[test]
fn a_role_is_one_of_three_words() {
    for role in Role::ALL {
        assert_eq!(Role::parse(role.as_str()), Ok(role));
        assert!(!role.label().is_empty());
    }
    for odd in ["", "Admin", " admin", "root", "administrator"] {
        assert!(Role::parse(odd).unwrap_err().contains("reader, editor or admin"), "{odd:?}");
    }
    assert!(Role::Reader < Role::Editor && Role::Editor < Role::Admin);
}

#[test]
fn a_theme_is_one_of_three_words() {
    for theme in [Theme::System, Theme::Light, Theme::Dark] {
        assert_eq!(Theme::parse(theme.as_str()), Some(theme));
    }
    assert_eq!(Theme::parse("sepia"), None);
    assert_eq!(Theme::default(), Theme::System);
}

#[test]
fn a_draft_of_a_user_is_checked_field_by_field() {
    let draft = |name: &str, role: &str| {
        let (name, role) = (name.into(), role.into());
        UserInput { name, role, active: true, ..UserInput::default() }
    };
    let zone = Zone::default();
    let content = draft(" ann ", "editor").check(zone).unwrap();
    assert_eq!((content.name.as_str(), content.role, content.active), ("ann", Role::Editor, true));
    let invalid = draft("", "root").check(zone).unwrap_err();
    assert_eq!(invalid.iter().map(|(field, _)| field).collect::<Vec<_>>(), ["name", "role"]);
    let ending = UserInput { ends: "2026-13-40".into(), ..draft("ann", "editor") };
    assert_eq!(ending.check(zone).unwrap_err().iter().map(|(field, _)| field).collect::<Vec<_>>(), ["ends"]);
    let noted = UserInput { note: " Ann of Acme,\tann@example.org ".into(), ..draft("ann", "editor") };
    assert!(noted.check(zone).unwrap_err().iter().all(|(field, _)| field == "note"), "a tab is a control character");
    let noted = UserInput { note: " Ann of Acme, ann@example.org ".into(), ..noted };
    assert_eq!(noted.check(zone).unwrap().note, "Ann of Acme, ann@example.org");
    let ends_at = zone.parse_moment("2026-12-24T18:00:07").unwrap();
    for user in [user(), User { ends_at, note: "ann@example.org".into(), ..user() }] {
        assert_eq!(UserInput::of(&user, zone).check(zone).unwrap(), user.content());
    }
}

#[test]
fn an_account_ends_to_the_second() {
    let end = Zone::default().parse_moment("2026-12-24T18:00:07").unwrap().unwrap();
    let user = User { ends_at: Some(end), ..user() };
    assert!(user.is_active_at(end - TimeDelta::milliseconds(1)));
    assert!(!user.is_active_at(end));
    assert!(!User { active: false, ..user.clone() }.is_active_at(end - TimeDelta::days(1)));
    assert!(User { ends_at: None, ..user }.is_active_at(end + TimeDelta::days(1000)));
}

/// The user Ann, an editor.
pub(crate) fn user() -> User {
    User {
        id: UserId(7),
        name: Username::parse("ann").unwrap(),
        role: Role::Editor,
        active: true,
        ends_at: None,
        theme: Theme::System,
        password_hash: PasswordHash::new("$2b$12$abcdefghijklmnopqrstuv"),
        groups: Vec::new(),
        created_at: now(),
        last_sign_in_at: None,
        note: String::new(),
        version: Version::FIRST,
    }
}

#[test]
fn the_name_that_signs_nobody_in_cannot_be_given_to_a_user() {
    for reserved in ["signed-out", "Signed-Out", "SIGNED-OUT"] {
        assert!(Username::parse_new(reserved).unwrap_err().contains("reserved"), "{reserved}");
    }
    assert!(Username::parse("signed-out").unwrap().is_signed_out());
    for folded in [".", ".."] {
        assert!(Username::parse_new(folded).unwrap_err().contains("browser"), "{folded}");
        check_name(folded, Some(folded));
    }
    for fine in ["...", ".a", "a.", "._"] {
        assert!(Username::parse_new(fine).is_ok(), "{fine}");
    }
    for other in ["Signed-Out", "signed.out", "signed-out-2", "ann"] {
        assert!(!Username::parse(other).unwrap().is_signed_out(), "{other}");
    }
}
