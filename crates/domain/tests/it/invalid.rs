//! The messages of a refused form.

use domain::invalid::Invalid;

#[test]
fn nothing_is_wrong_at_first() {
    let invalid = Invalid::default();
    assert!(invalid.is_empty());
    assert_eq!(invalid.get("title"), None);
    assert_eq!(invalid.to_string(), "");
}

#[test]
fn the_first_message_of_a_field_is_the_one_shown() {
    let mut invalid = Invalid::one("title", "A page needs a title.");
    invalid.add("path", "Write a path.");
    invalid.add("title", "Later.");
    assert_eq!(invalid.get("title"), Some("A page needs a title."));
    assert_eq!(invalid.get("path"), Some("Write a path."));
    assert_eq!(invalid.get("body"), None);
    assert!(!invalid.is_empty());
    let fields: Vec<_> = invalid.iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["title", "path", "title"]);
}

#[test]
fn what_parses_is_taken_and_what_does_not_is_noted() {
    let mut invalid = Invalid::default();
    assert_eq!(invalid.take("a", Ok::<_, String>(7)), Some(7));
    assert!(invalid.is_empty());
    assert_eq!(invalid.take::<u8>("b", Err("No.")), None);
    assert_eq!(invalid, Invalid::one("b", "No."));
}

#[test]
fn on_a_command_line_it_is_one_line() {
    let mut invalid = Invalid::one("title", "A page needs a title.");
    invalid.add("path", "Write a path.");
    assert_eq!(invalid.to_string(), "title: A page needs a title.; path: Write a path.");
    let error: &dyn std::error::Error = &invalid;
    assert!(error.source().is_none());
}
