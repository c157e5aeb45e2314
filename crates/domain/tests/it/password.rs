//! Passwords by bytes, imported hashes, and `Debug` output without secrets.

use domain::password::{Password, PasswordHash};

use crate::user::user;

/// Checks whether `ann` may set a password.
#[track_caller]
fn check_new(password: &str, allowed: bool) {
    let result = Password::parse_new(password, "ann");
    assert_eq!(result.is_ok(), allowed, "{password:?}: {result:?}");
}

#[test]
fn t21_an_empty_password_cannot_be_set() {
    assert!(Password::parse_new("", "ann").unwrap_err().to_string().contains("empty"));
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
    let refusal = |password: &str| Password::parse_new(password, "ann").unwrap_err().to_string();
    assert!(refusal(&"a".repeat(75)).contains("72 bytes; this has 75"), "{}", refusal(&"a".repeat(75)));
    assert!(refusal(&"é".repeat(37)).contains("72 bytes; this has 74"));
    assert_eq!(refusal("sesame"), "Too short: use at least 8 characters.");
    assert_eq!(refusal(&"é".repeat(3)), "Too short: use at least 8 characters.");
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
fn a_new_password_does_not_begin_as_app_passwords_do() {
    let refused = Password::parse_new("ptn_correct-horse", "ann").unwrap_err();
    assert_eq!(refused.to_string(), "A password cannot begin with ptn_, because app passwords do.");
    // One that was set before this rule still arrives at the verification.
    Password::parse("ptn_correct-horse").unwrap();
    Password::parse_new("PTN_correct-horse", "ann").unwrap();
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
        let message = Password::parse_new(password, "ann").unwrap_err().to_string();
        assert!(!message.contains("sesame") && !message.contains("qwerty"), "{message}");
    }
}

#[test]
fn t58_a_bcrypt_hash_is_taken_over_and_another_kind_is_named() {
    const HASH: &str = "$2y$10$7EqJtq98hPqEX7fNZaFWoOhi5VIL2JHQ8Wc0Uo8FpRZ4dNnDQbN2e";
    let cost = |cost: &str| HASH.replace("$10$", &format!("${cost}$"));
    for good in [HASH.to_owned(), HASH.replace("$2y$", "$2a$"), HASH.replace("$2y$", "$2b$"), cost("04"), cost("14")] {
        assert_eq!(PasswordHash::import(&good).unwrap().reveal(), good);
    }
    let check = |hash: &str, words: &str| {
        let message = PasswordHash::import(hash).unwrap_err();
        assert!(message.contains(words), "{hash}: {message}");
        assert!(hash.len() < 8 || !message.contains(hash), "{message}");
    };
    check(&HASH.replace("$2y$", "$2x$"), "$2x$");
    check(&cost("15"), "cost 15");
    check(&cost("31"), "broken");
    check(&cost("03"), "broken");
    check(&cost("+4"), "broken");
    check("{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=", "SHA-1");
    check("$apr1$abcdefgh$0123456789012345678901", "apr1");
    check("$6$salt$hash", "This kind of hash");
    check(&HASH[..59], "this has 59");
    check(&format!("{HASH}x"), "this has 61");
    check(&format!("{}é", &HASH[..58]), "ASCII");
    check(&HASH.replace('$', "$$"), "doubled");
    check("y0EqJtq98hPqEX7fNZaFWoOhi5VIL2JHQ8Wc0Uo8FpRZ4dNnDQbN2e", "A shell");
    check("hunter2 in the clear", "not a bcrypt hash");
    check("", "no hash");
}
