//! Names that look alike, and lines that cannot be seen.

use domain::{
    lookalike::{Lookalikes, visible},
    user::Username,
};

#[test]
fn names_that_look_alike_are_found() {
    let alike = |old: &str, new: &str| Lookalikes::from_iter([old]).check(new).is_err();
    for (old, new) in [
        ("Eve", "eve"),
        ("eve", "EVE"),
        ("ann", "аnn"), // Cyrillic а
        ("scope", "ѕсоре"),
        ("Ian", "ian"),
        ("Ian", "lаn"), // Cyrillic а
        ("é", "e\u{301}"),
        ("Straße", "STRASSE"),
        ("Staff", "Ｓｔａｆｆ"),
        ("team", "te\u{200b}am"),
    ] {
        assert!(alike(old, new), "{old} {new}");
        assert!(alike(new, old), "{new} {old}");
    }
    for (old, new) in [("eve", "eva"), ("ann", "anna"), ("é", "e"), ("team-1", "team-2"), ("ann", "ann"), ("al", "a1")]
    {
        assert!(!alike(old, new), "{old} {new}");
    }
    let many = Lookalikes::from_iter(["ann", "Bob", "cid"]);
    assert_eq!(many.check("dan"), Ok(()));
    let message = "People could not tell this name from Bob, which is there already. Choose another.";
    assert_eq!(many.check("bob").unwrap_err(), message);
}

#[test]
fn a_line_that_cannot_be_seen_or_turns_its_surroundings_is_refused() {
    for fine in [
        "",
        "Hello",
        "שלום\u{200f} world",
        "نمی\u{200c}خواهم",
        "👩\u{200d}👧",
        "❤\u{fe0f}",
        "🏴\u{e0067}\u{e007f}",
        "co\u{ad}op",
    ] {
        assert_eq!(visible(fine), Ok(()), "{fine:?}");
    }
    let check = |line: &str, expected: &str| assert_eq!(visible(line).unwrap_err(), expected, "{line:?}");
    check("a\u{202e}b", "Character 2 turns the direction of the text (U+202E). Remove it.");
    check("\u{2067}a", "Character 1 turns the direction of the text (U+2067). Remove it.");
    check("ab\u{200b}", "Character 3 is invisible (U+200B). Remove it.");
    check("\u{3164}", "Character 1 is invisible (U+3164). Remove it.");
    check("a\u{2060}", "Character 2 is invisible (U+2060). Remove it.");
    for empty in ["\u{2800}", "\u{200d}", "\u{fe0f}", "\u{301}", " \u{a0} "] {
        assert_eq!(visible(empty).unwrap_err(), "Nothing of this can be seen. Type some letters.", "{empty:?}");
    }
}

#[test]
fn a_new_name_has_letters_that_people_can_type_and_see() {
    for fine in ["ann", "Ann.Lee", "ann@example.org", "josé", "Ольга", "李雷", "محمد"] {
        assert!(Username::parse_new(fine).is_ok(), "{fine}");
    }
    for odd in ["𝐚𝐧𝐧", "ann\u{3164}", "ᴀnn", "a:b", ""] {
        assert!(Username::parse_new(odd).is_err(), "{odd}");
    }
    // A name that is there already stays.
    assert!(Username::parse("ann\u{3164}").is_ok());
}
