//! The input of a group's form.

use domain::{
    audit::group_changes,
    group::{GroupInput, GroupName},
};

fn draft(name: &str, members: &str) -> GroupInput {
    GroupInput { name: name.into(), members: members.into() }
}

#[test]
fn a_group_has_a_name_of_one_line_and_members_each_once() {
    let content = draft("  Staff of Acme ", "bob, ann bob").check().unwrap();
    assert_eq!(GroupInput::of(&content), draft("Staff of Acme", "ann, bob"));
    for (name, members, field) in [("", "", "name"), ("a\nb", "", "name"), ("x", "a:b", "members")] {
        assert!(draft(name, members).check().unwrap_err().get(field).is_some(), "{name:?} {members:?}");
    }
    assert!(GroupName::parse(&"x".repeat(GroupName::MAX)).is_ok());
    assert!(GroupName::parse(&"x".repeat(GroupName::MAX + 1)).is_err());
}

#[test]
fn a_group_says_what_changed() {
    let old = draft("Staff", "ann, bob").check().unwrap();
    let new = draft("All staff", "bob, cid, dan").check().unwrap();
    assert_eq!(group_changes(&old, &old), "nothing");
    assert_eq!(group_changes(&old, &new), "name “Staff” → “All staff”; added cid, dan; removed ann");
}
