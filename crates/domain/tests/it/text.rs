//! Text from other systems.

use domain::{
    page::PagePath,
    text::{cleaned, from_bytes, line, lines},
    user::UserInput,
};

#[test]
fn text_of_every_system_is_cleaned_the_same() {
    for (theirs, ours) in [
        ("a\nb", "a\nb"),
        ("\u{feff}a\r\nb\r\n", "a\nb\n"),
        ("a\rb", "a\nb"),
        ("a\u{b}b\u{c}c", "a\nb\nc"),
        ("\r\n\r\n", "\n\n"),
        ("a\u{feff}b", "a\u{feff}b"),
        ("", ""),
    ] {
        assert_eq!(cleaned(theirs), ours, "{theirs:?}");
        assert_eq!(from_bytes(theirs.as_bytes()).unwrap(), ours, "{theirs:?}");
        assert_eq!(lines(theirs, 99).unwrap(), ours, "{theirs:?}");
    }
    assert_eq!(line("\u{feff} House rules\r\n", 99).unwrap(), "House rules");
    assert_eq!(PagePath::typed("\u{feff}/a/b/\r\n").unwrap().as_str(), "a/b");
    let (name, role) = ("\u{feff}ann\r\n".into(), "reader".into());
    let user = UserInput { name, role, active: true, ..UserInput::default() };
    assert_eq!(user.check(domain::zone::Zone::default()).unwrap().name.as_str(), "ann");
}

#[test]
fn what_is_refused_is_named_with_its_place_and_not_quoted() {
    let check = |message: Result<String, String>, words: &str| {
        let message = message.unwrap_err();
        assert!(message.contains(words) && !message.contains("secret"), "{message}");
    };
    check(from_bytes(b"a\nsecret\xff\n"), "Line 2 is not UTF-8");
    check(from_bytes(b"\xff\xfes\0e\0c\0"), "UTF-16");
    check(
        lines("ä\r\nsecret\tb\u{7}", 99),
        "Line 2, column 9 holds a control character that no page can show (U+0007)",
    );
    check(lines("\u{85}", 99), "Line 1, column 1");
    check(line("se\u{1b}cret", 99), "Character 3 is a control character (U+001B)");
    check(line("a\u{b}b", 99), "a line break after 1 characters");
}
