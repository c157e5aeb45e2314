//! Users: names, roles, passwords by bytes, and secrets that do not show themselves.

use domain::{
    Version,
    user::{Password, PasswordHash, Role, Theme, User, UserDraft, UserId, Username},
};

use crate::now;

/// Checks how a name is kept; `None` when it has to be refused.
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

/// Checks whether a password may be set for `ann`.
#[track_caller]
fn check_new(password: &str, allowed: bool) {
    let result = Password::parse_new(password, "ann");
    assert_eq!(result.is_ok(), allowed, "{password:?}: {result:?}");
}

#[test]
fn t21_an_empty_password_cannot_be_set() {
    assert!(Password::parse_new("", "ann").unwrap_err().contains("empty"));
    assert!(Password::parse("").is_err());
}

#[test]
fn t22_a_password_with_control_characters_cannot_be_set() {
    for control in (0..=0x1f).chain(0x7f..=0x9f).filter_map(char::from_u32) {
        check_new(&format!("open{control}sesame"), false);
    }
}

#[test]
fn t24_a_new_password_has_8_to_72_bytes() {
    let random = "kV7!nR2#xQ9$wL4%zT6^pM3&hJ8*dF5(gB1)cY0-sA+uE=iO.lK,jH;mN:vC?bX/qZ<rW>tG~yU";
    for bytes in [1, 7] {
        check_new(&random[..bytes], false);
    }
    for bytes in [8, 71, 72] {
        check_new(&random[..bytes], true);
    }
    for bytes in [73, 75] {
        check_new(&random[..bytes], false);
    }
    check_new(&"x".repeat(1 << 20), false);
}

#[test]
fn t24_the_message_counts_bytes() {
    let refusal = |password: &str| Password::parse_new(password, "ann").unwrap_err();
    assert!(refusal(&"a".repeat(75)).contains("72 bytes; this has 75"), "{}", refusal(&"a".repeat(75)));
    assert!(refusal(&"é".repeat(37)).contains("72 bytes; this has 74"));
    assert!(refusal("sesame").contains("8 bytes; this has 6"));
    assert!(refusal(&"é".repeat(3)).contains("8 bytes; this has 6"));
}

#[test]
fn t24_36_accented_letters_are_72_bytes() {
    check_new(&"é".repeat(36), true);
    check_new(&"é".repeat(37), false);
    check_new(&"a".repeat(72), true);
    // What counts are the bytes that are hashed: e and a combining accent are three, é is two.
    check_new(&"e\u{301}".repeat(36), true);
    check_new(&"e\u{301}".repeat(37), false);
}

#[test]
fn t26_a_password_is_compared_in_nfc_with_plain_spaces() {
    let reveal = |typed: &str| Password::parse(typed).unwrap().reveal().to_owned();
    assert_eq!(reveal("cafe\u{301}"), "café");
    assert_eq!(reveal("open\u{a0}sesame"), "open sesame");
    assert_eq!(reveal("open\u{3000}sesame"), "open sesame");
    assert_eq!(reveal(" Open  Sesame "), " Open  Sesame ");
}

#[test]
fn case_7_common_passwords_are_refused() {
    for common in [
        "password",
        "12345678",
        "qwertyuiop",
        "iloveyou",
        "password1",
        "aaaaaaaa",
        "123456789",
        "1234567890",
        "11111111",
        "00000000",
        "baseball",
        "football",
        "superman",
        "1qaz2wsx",
        "trustno1",
        "sunshine",
        "princess",
        "abcdefgh",
        "PASSWORD",
        "Password1",
        "QwertyUiop",
        "ILoveYou",
    ] {
        check_new(common, false);
    }
}

#[test]
fn case_6_other_passwords_are_accepted_without_rules_of_composition() {
    for fine in [
        "open sesame",
        "correct horse battery staple",
        "kvxqzwpjm",
        "94817263905",
        "mulled-lantern",
        "漢字漢字漢字",
        "пароль для сайта",
        "        x        ",
        "x7#Lq9!v",
    ] {
        check_new(fine, true);
    }
}

#[test]
fn case_7_the_name_is_no_password() {
    let refused = |password, name| Password::parse_new(password, name).is_err();
    assert!(refused("wilhelmina.x7", "wilhelmina.x7"));
    assert!(refused("Wilhelmina.X7", "wilhelmina.x7"));
    assert!(refused("zoë.kvxqz", "zoe\u{308}.kvxqz"));
    assert!(refused("zoe\u{308}.kvxqz", "zoë.kvxqz"));
    assert!(!refused("wilhelmina.x7 and more", "wilhelmina.x7"));
}

#[test]
fn t55_secrets_do_not_show_themselves() {
    let password = Password::parse("open sesame").unwrap();
    let hash = PasswordHash::new("$2b$12$abcdefghijklmnopqrstuv");
    let user = user();
    for shown in [
        format!("{password:?}"),
        format!("{password:#?}"),
        format!("{hash:?}"),
        format!("{hash:#?}"),
        format!("{user:?}"),
    ] {
        assert!(!shown.contains("sesame") && !shown.contains("$2b"), "{shown}");
    }
    assert!(format!("{user:?}").contains("ann"));
}

#[test]
fn a_refusal_does_not_repeat_the_password() {
    for password in ["sesame", "qwertyuiop", &"sesame".repeat(20), "open\u{7}sesame"] {
        let message = Password::parse_new(password, "ann").unwrap_err();
        assert!(!message.contains("sesame") && !message.contains("qwerty"), "{message}");
    }
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
    let draft = |name: &str, role: &str| UserDraft { name: name.into(), role: role.into(), active: true };
    let content = draft(" ann ", "editor").check().unwrap();
    assert_eq!((content.name.as_str(), content.role, content.active), ("ann", Role::Editor, true));
    let invalid = draft("", "root").check().unwrap_err();
    assert_eq!(invalid.iter().map(|(field, _)| field).collect::<Vec<_>>(), ["name", "role"]);
    let user = user();
    let unchanged = UserDraft::of(&user).check().unwrap();
    assert_eq!((unchanged.name, unchanged.role, unchanged.active), (user.name, user.role, user.active));
}

/// Ann, an editor.
pub(crate) fn user() -> User {
    User {
        id: UserId(7),
        name: Username::parse("ann").unwrap(),
        role: Role::Editor,
        active: true,
        theme: Theme::System,
        password_hash: PasswordHash::new("$2b$12$abcdefghijklmnopqrstuv"),
        created_at: now(),
        last_sign_in_at: None,
        version: Version::FIRST,
    }
}
