//! The syntax of an `Authorization` header: T12 to T28 of docs/protocol.md.

use base64::{Engine, prelude::BASE64_STANDARD};
use domain::credentials::{Malformed, TOKEN_BYTES, parse};

const GOOD: &str = "YW5uOm9wZW4gc2VzYW1l";

/// Checks the name and the password that a header holds; `None` for a header that has to be refused.
#[track_caller]
fn check(header: impl AsRef<[u8]>, expected: Option<(&str, &str)>) {
    let header = header.as_ref();
    let parsed = parse(header).map(|found| (found.name.to_string(), found.password.reveal().to_owned()));
    let expected = expected.map(|(name, password)| (name.to_owned(), password.to_owned())).ok_or(Malformed);
    assert_eq!(parsed, expected, "{}", header.escape_ascii());
}

#[track_caller]
fn refused(header: impl AsRef<[u8]>) {
    check(header, None);
}

const ANN: Option<(&str, &str)> = Some(("ann", "open sesame"));

fn basic(credentials: impl AsRef<[u8]>) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(credentials))
}

#[test]
fn t12_the_scheme_is_read_in_any_case() {
    for scheme in ["Basic", "basic", "BASIC", "bAsIc"] {
        check(format!("{scheme} {GOOD}"), ANN);
    }
}

#[test]
fn t13_more_spaces_are_fine_a_tab_is_not() {
    check(format!("Basic  {GOOD}"), ANN);
    check(format!("Basic      {GOOD}"), ANN);
    refused(format!("Basic\t{GOOD}"));
    refused(format!("Basic \t{GOOD}"));
    refused(format!("Basic\t {GOOD}"));
}

#[test]
fn t13_white_space_around_the_value_is_no_part_of_it() {
    for (before, after) in [(" ", ""), ("", " "), ("\t", "\t"), (" \t ", " \t")] {
        check(format!("{before}Basic {GOOD}{after}"), ANN);
    }
}

#[test]
fn t13_only_space_and_tab_are_white_space() {
    for odd in ["\n", "\r", "\r\n", "\x0b", "\x0c", "\0", "\u{a0}"] {
        refused(format!("{odd}Basic {GOOD}"));
        refused(format!("Basic {GOOD}{odd}"));
        refused(format!("Basic{odd}{GOOD}"));
    }
}

#[test]
fn t14_another_scheme_is_refused_though_its_token_looks_right() {
    for scheme in ["Bearer", "Digest", "Negotiate", "Basi", "Basics", "Basic:", "basic=", "Bàsic"] {
        refused(format!("{scheme} {GOOD}"));
    }
}

#[test]
fn t15_a_scheme_or_a_token_alone_is_refused() {
    for header in ["", " ", "Basic", "Basic ", "Basic    ", "basic\t", GOOD, &format!("Basic{GOOD}")] {
        refused(header);
    }
}

#[test]
fn t16_nothing_may_follow_the_token() {
    let other = BASE64_STANDARD.encode("bob:open sesame");
    for rest in
        [" x", ",", ", ", " ,", "=", "==", ";", &format!(", Basic {other}"), &format!(" {other}"), ", realm=\"x\""]
    {
        refused(format!("Basic {GOOD}{rest}"));
    }
    refused(format!("Basic ,{GOOD}"));
    refused(format!("Basic \"{GOOD}\""));
}

#[test]
fn t17_malformed_base64_is_refused() {
    for (token, fault) in [
        ("!!!!", "nothing of the alphabet"),
        ("YW5uOm9wZW4gc2VzYW1", "a wrong length"),
        ("Y", "a length that no padding mends"),
        ("YW5uOm9w*W4gc2VzYW1l", "a foreign byte in the middle"),
        ("YW5uOm9w\nZW4gc2VzYW1l", "a line break inside"),
        ("YW5uOm9w ZW4gc2VzYW1l", "a space inside"),
        ("YW5uOm9w=ZW4gc2VzYW1", "padding in the middle"),
        ("YW5uOm-_", "the alphabet for addresses"),
        ("YTpiY2Q", "padding left out, which is a fault here"),
        ("YTpiY2Q==", "too much padding"),
        ("YTpiYx==", "trailing bits that are not zero"),
        ("====", "padding alone"),
        ("YTpi\u{e9}mM=", "a letter outside ASCII"),
    ] {
        assert_eq!(parse(format!("Basic {token}").as_bytes()).err(), Some(Malformed), "{fault}: {token:?}");
    }
    check("Basic YTpiY2Q=", Some(("a", "bcd")));
    check("Basic YTpiYw==", Some(("a", "bc")));
}

#[test]
fn t18_credentials_without_a_colon_are_refused() {
    refused("Basic YW5ub3BlbiBzZXNhbWU=");
}

#[test]
fn t19_only_the_first_colon_divides() {
    check("Basic YW5uOmE6Yjpj", Some(("ann", "a:b:c")));
    check(basic("ann::"), Some(("ann", ":")));
}

#[test]
fn t21_an_empty_name_or_password_is_refused() {
    for token in ["Om9wZW4gc2VzYW1l", "Og==", "YW5uOg=="] {
        refused(format!("Basic {token}"));
    }
}

#[test]
fn t22_control_characters_are_refused() {
    refused("Basic YW4Hbjp4");
    refused("Basic YW5uOm9wZW4gc2VzYW1lAHg=");
    for control in (0..=0x1f).chain(0x7f..=0x9f).filter_map(char::from_u32) {
        refused(basic(format!("an{control}n:open sesame")));
        refused(basic(format!("ann:open{control}sesame")));
        refused(basic(format!("ann:open sesame{control}")));
        refused(basic(format!("{control}ann:open sesame")));
    }
}

#[test]
fn t23_a_password_cannot_be_repeated_over_a_nul_as_bcrypt_would_allow() {
    refused("Basic YW5uOm9wZW4gc2VzYW1lAG9wZW4gc2VzYW1l");
}

#[test]
fn t24_72_bytes_of_password_are_read_and_73_are_refused() {
    for bytes in [71, 72] {
        check(basic(format!("ann:{}", "a".repeat(bytes))), Some(("ann", &"a".repeat(bytes))));
    }
    for bytes in [73, 200, 1000] {
        refused(basic(format!("ann:{}", "a".repeat(bytes))));
    }
    check(basic(format!("ann:{}", "é".repeat(36))), Some(("ann", &"é".repeat(36))));
    refused(basic(format!("ann:{}", "é".repeat(37))));
}

#[test]
fn t25_credentials_are_utf_8() {
    check("Basic dGVzdDoxMjPCow==", Some(("test", "123£")));
    check(basic("zoë:пароль 漢字 🔑"), Some(("zoë", "пароль 漢字 🔑")));
}

#[test]
fn t25_what_is_not_utf_8_is_read_as_latin_1() {
    check("Basic dGVzdDoxMjOj", Some(("test", "123£")));
    check(basic(b"zo\xeb:caf\xe9"), Some(("zoë", "café")));
    // One text is one of the two, never half of each: these two bytes are é in UTF-8, and the third makes it Latin-1.
    check(basic(b"ann:\xc3\xa9"), Some(("ann", "é")));
    check(basic(b"ann:\xc3\xa9\xe9"), Some(("ann", "Ã©é")));
}

#[test]
fn t25_bytes_that_are_control_characters_in_latin_1_are_refused() {
    for bytes in [&b"ann:\x80\x81"[..], b"ann:\xff\x00", b"\xff\xfea\x00:\x00b", b"ann:\xed\xa0\x80"] {
        refused(basic(bytes));
    }
}

#[test]
fn t26_both_spellings_of_an_accent_are_one_password_and_one_name() {
    check("Basic YW5uOmNhZmXMgQ==", Some(("ann", "café")));
    check("Basic YW5uOmNhZsOp", Some(("ann", "café")));
    check(basic("zoe\u{308}:open sesame"), Some(("zoë", "open sesame")));
}

#[test]
fn t26_every_space_of_unicode_is_a_space() {
    for space in "\u{a0}\u{1680}\u{2000}\u{2003}\u{200a}\u{202f}\u{205f}\u{3000}".chars() {
        check(basic(format!("ann:open{space}sesame")), ANN);
    }
}

#[test]
fn t26_case_and_look_are_kept() {
    check(basic("Ann:Open Sesame"), Some(("Ann", "Open Sesame")));
    check(basic("ann:ﬁne Ⅷ"), Some(("ann", "ﬁne Ⅷ")));
    check(basic("ann: open sesame "), Some(("ann", " open sesame ")));
}

#[test]
fn t28_a_token_of_more_than_a_kibibyte_is_refused_before_it_is_decoded() {
    let long = |bytes: usize| basic(vec![b'a'; bytes]);
    for bytes in [TOKEN_BYTES, TOKEN_BYTES + 1, TOKEN_BYTES + 2, 8 * TOKEN_BYTES, 1024 * TOKEN_BYTES] {
        refused(long(bytes));
    }
    refused(format!("Basic {}", "!".repeat(1 << 20)));
    refused(format!("Basic {}", " ".repeat(1 << 20)));
}

#[test]
fn no_bytes_make_the_parser_panic() {
    for first in 0..=u8::MAX {
        for second in 0..=u8::MAX {
            let _result = parse(&[first, second]);
            let _result = parse(&[b"Basic ".as_slice(), &[first, second]].concat());
            let _result = parse(basic([first, b':', second]).as_bytes());
        }
    }
}

#[test]
fn t55_credentials_do_not_show_their_password() {
    let shown = format!("{:?}", parse(format!("Basic {GOOD}").as_bytes()).unwrap());
    assert!(shown.contains("ann") && !shown.contains("sesame") && !shown.contains(GOOD), "{shown}");
}
