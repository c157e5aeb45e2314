//! Audiences: their input, their inheritance, and the effect of a change.

use domain::{
    audience::{Audience, AudienceInput, Chosen, ReaderSet},
    group::GroupName,
    user::Username,
};

fn draft(kind: &str, people: &str, groups: &[&str]) -> AudienceInput {
    let groups = groups.iter().map(|name| (*name).to_owned()).collect();
    AudienceInput { kind: kind.into(), people: people.into(), groups }
}

fn names(names: &[&str]) -> Vec<Username> {
    names.iter().map(|name| Username::parse(name).unwrap()).collect()
}

#[test]
fn what_is_typed_is_checked_and_what_is_shown_is_the_same_again() {
    let chosen = Audience::Chosen(Chosen {
        people: names(&["ann", "bob"]),
        groups: vec![GroupName::parse("Staff of Acme").unwrap()],
    });
    assert_eq!(draft("chosen", " bob,ann;  ann\n", &["Staff of Acme", ""]).check().unwrap(), chosen);
    assert_eq!(chosen.words(), "ann, bob, the group Staff of Acme");
    for audience in [Audience::Inherited, Audience::Public, Audience::SignedIn, chosen] {
        assert_eq!(AudienceInput::of(&audience).check().unwrap(), audience);
    }
    assert_eq!(draft("", "ann", &[]).check().unwrap(), Audience::Inherited);
}

#[test]
fn what_is_wrong_is_told_at_its_field() {
    let check = |draft: AudienceInput, field| {
        let invalid = draft.check().unwrap_err();
        assert!(invalid.get(field).is_some(), "{invalid}");
    };
    check(draft("everyone", "", &[]), "audience");
    check(draft("chosen", "", &[]), "people");
    check(draft("chosen", "ann, b:b", &[]), "people");
    check(draft("chosen", "", &["two\nlines"]), "groups");
}

#[test]
fn a_page_has_its_own_audience_or_that_of_the_nearest_page_above_that_has_one() {
    use Audience::{Inherited, Public, SignedIn};
    let check = |own, above: &[Audience], expected| {
        assert_eq!(*Audience::governing(&own, above), expected, "{own:?} {above:?}");
    };
    check(Public, &[SignedIn], Public);
    check(SignedIn, &[], SignedIn);
    check(Inherited, &[], Public);
    check(Inherited, &[Inherited, Inherited], Public);
    check(Inherited, &[Inherited, SignedIn, Public], SignedIn);
    check(Inherited, &[Public, SignedIn], Public);
}

#[test]
fn a_change_names_who_reads_now_and_who_no_longer_does() {
    use ReaderSet::{Everybody, SignedIn};
    let people = |list: &[&str]| ReaderSet::People(names(list).into_iter().collect());
    let check = |before: ReaderSet, after: ReaderSet, gained: Option<&str>, lost: Option<&str>| {
        assert_eq!(ReaderSet::added(&before, &after).as_deref(), gained, "{before:?} {after:?}");
        assert_eq!(ReaderSet::removed(&before, &after).as_deref(), lost, "{before:?} {after:?}");
    };
    check(Everybody, Everybody, None, None);
    check(Everybody, SignedIn, None, Some("everyone who is not signed in"));
    check(Everybody, people(&["ann", "bob"]), None, Some("everyone but ann, bob"));
    check(SignedIn, Everybody, Some("everyone, without a password"), None);
    check(SignedIn, SignedIn, None, None);
    check(SignedIn, people(&[]), None, Some("signed-in users"));
    check(people(&["ann"]), Everybody, Some("everyone, without a password"), None);
    check(people(&["ann"]), SignedIn, Some("signed-in users"), None);
    check(people(&["ann", "bob"]), people(&["bob", "cid"]), Some("cid"), Some("ann"));
    check(people(&["ann"]), people(&["ann"]), None, None);
    let many: Vec<String> = (10..30).map(|n| format!("u{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let said = "u10, u11, u12, u13, u14, u15, u16, u17, u18, u19 and 10 more";
    check(people(&[]), people(&many), Some(said), None);
}
