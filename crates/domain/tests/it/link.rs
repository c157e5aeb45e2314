//! Where links lead, and what is wrong with them.

use domain::{
    link::{Fault, fault, target},
    page::{PagePath, Visibility},
};

#[test]
fn an_address_leads_to_a_path() {
    for (from, address, expected) in [
        ("a", "/b/c", Some("b/c")),
        ("a/b", "c", Some("a/c")),
        ("a/b", "./c", Some("a/c")),
        ("a/b/c", "../d", Some("a/d")),
        ("a/b", "../../../d", Some("d")),
        ("", "a", Some("a")),
        ("a", "/", Some("")),
        ("a/b", "..", Some("")),
        ("a", "/b/?x=1#y", Some("b")),
        ("a", "/b#c?d", Some("b")),
        ("a", "/%62%2Fc", Some("b/c")),
        ("a", "/Not a page", Some("Not a page")),
        ("a", "/100%", Some("100%")),
        ("a", "b:c/d", None),
        ("a", "#top", None),
        ("a", "?page=2", None),
        ("a", "", None),
        ("a", "//example.org/b", None),
        ("a", "https://example.org/b", None),
        ("a", "mailto:ann@example.org", None),
        ("a", "/static/x/site.css", None),
        ("a", "/feed.xml", None),
        ("a", "/admin/pages", None),
        ("a", "/.well-known/x", None),
        ("a", "/feedback", Some("feedback")),
    ] {
        let from = PagePath::parse(from).unwrap();
        assert_eq!(target(&from, address).as_deref(), expected, "{address:?} in {from}");
    }
    let long = target(&PagePath::root(), &"é".repeat(5000)).unwrap();
    assert_eq!(long.chars().count(), PagePath::MAX);
}

#[test]
fn a_link_is_faulty_when_its_readers_cannot_follow_it() {
    use Visibility::{Private, Public};
    for (from, to, expected) in [
        (Public, None, Some(Fault::Missing)),
        (Private, None, Some(Fault::Missing)),
        (Public, Some(Private), Some(Fault::Closed)),
        (Public, Some(Public), None),
        (Private, Some(Public), None),
        (Private, Some(Private), None),
    ] {
        assert_eq!(fault(from, to), expected, "{from:?} to {to:?}");
    }
}
