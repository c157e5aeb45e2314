//! The names of many new users, one a line.

use domain::new_users::lines;

#[test]
fn each_line_with_a_name_is_a_user_and_keeps_its_number() {
    let found = lines("ann\n\n  zoë ;\r\nMax Mustermann\nbob,");
    let found: Vec<(usize, &str, bool)> =
        found.iter().map(|line| (line.number, line.typed.as_str(), line.name.is_ok())).collect();
    assert_eq!(found, [(1, "ann", true), (3, "zoë", true), (4, "Max Mustermann", false), (5, "bob", true)]);
    assert!(lines(" \n\t\n;").is_empty());
}

#[test]
fn a_space_in_a_name_is_called_one() {
    let line = lines("Max Mustermann").remove(0);
    assert_eq!(line.name.unwrap_err(), "No spaces in user names. Use letters, digits and . _ - @ +");
}
