//! The names of many new users, one a line.

use domain::new_users::lines;

#[test]
fn each_line_with_a_name_is_a_user_and_keeps_its_number() {
    let found = lines("ann\n\n  zoë ;\r\nMax Mustermann\nbob,");
    let found: Vec<(usize, &str, bool)> =
        found.iter().map(|line| (line.number, line.typed.as_str(), line.person.is_ok())).collect();
    assert_eq!(found, [(1, "ann", true), (3, "zoë", true), (4, "Max Mustermann", false), (5, "bob", true)]);
    assert!(lines(" \n\t\n;").is_empty());
}

#[test]
fn a_space_in_a_name_is_called_one() {
    let line = lines("Max Mustermann").remove(0);
    assert_eq!(line.person.unwrap_err(), "No spaces in user names. Use letters, digits and . _ - @ +");
}

#[test]
fn an_address_after_a_name_is_kept_as_a_note() {
    let text = "ann <ann@example.org>\n\"bob\"  < b.o+b@example.org >\ncyd, cyd@example.org,\ndan;dan@example.org\neve\teve@x\n\
                fay@example.org";
    let people = lines(text).into_iter().map(|line| line.person.unwrap());
    let people: Vec<(String, String)> = people.map(|person| (person.name.to_string(), person.note)).collect();
    let expected = [
        ("ann", "ann@example.org"),
        ("bob", "b.o+b@example.org"),
        ("cyd", "cyd@example.org"),
        ("dan", "dan@example.org"),
        ("eve", "eve@x"),
        ("fay@example.org", ""),
    ];
    assert_eq!(people, expected.map(|(name, note)| (name.to_owned(), note.to_owned())));
}

#[test]
fn what_is_no_address_after_a_name_is_told_and_is_no_note() {
    for (typed, words) in [
        ("ann, bob", "one address"),
        ("ann, bob, cyd@example.org", "one address"),
        ("ann, ann@example.org bob", "one address"),
        ("ann, a@b@c", "one address"),
        ("ann, @example.org", "one address"),
        ("ann <ann>", "one address"),
        ("ann <>", "one address"),
        ("ann <ann@example.org", "no > after it"),
        ("Ann Miller <ann@example.org>", "No spaces"),
        ("<ann@example.org>", "needs a name"),
    ] {
        let line = lines(typed).remove(0);
        let why = line.person.unwrap_err();
        assert!(why.contains(words), "{typed}: {why}");
        assert_eq!(line.typed, typed);
    }
    assert!(lines(&format!("ann, a@{}", "x".repeat(200)))[0].person.is_err());
}
