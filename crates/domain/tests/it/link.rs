//! The targets of links, and their problems.

use domain::{
    audience::Readers,
    group::GroupId,
    link::{LinkProblem, Target, page_address, problem, target},
    page::PagePath,
    user::UserId,
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
        let found = target(&from, address).map(|target| target.path);
        assert_eq!(found.as_deref(), expected, "{address:?} in {from}");
    }
    let long = target(&PagePath::root(), &"é".repeat(5000)).unwrap();
    assert_eq!(long.path.chars().count(), PagePath::MAX);
}

#[test]
fn a_fragment_leads_to_a_heading_of_a_page() {
    for (from, address, path, fragment) in [
        ("a", "#install", "a", "install"),
        ("", "#install", "", "install"),
        ("a", "/b#gr%C3%B6%C3%9Fe", "b", "größe"),
        ("a/b", "c.md#x", "a/c", "x"),
        ("a", "/b#top", "b", ""),
        ("a", "/b#:~:text=x", "b", ""),
        ("a", "/b#", "b", ""),
    ] {
        let expected = Target { path: path.into(), fragment: fragment.into() };
        assert_eq!(target(&PagePath::parse(from).unwrap(), address), Some(expected), "{address:?} in {from}");
    }
}

#[test]
fn the_name_of_a_markdown_file_is_the_path_of_its_page() {
    for (address, expected) in [
        ("other.md", "other"),
        ("./Read_Me.MD#top", "./read-me#top"),
        ("../x/y.markdown?z", "../x/y?z"),
        ("/docs/Gr%C3%B6%C3%9Fe%20und%20Ma%C3%9F.md", "/docs/grosse-und-mass"),
        ("v1.2.md", "v1-2"),
        ("https://example.org/a.md", "https://example.org/a.md"),
        ("//example.org/a.md", "//example.org/a.md"),
        ("mailto:a@example.md", "mailto:a@example.md"),
        (".md", ".md"),
        ("a/.md", "a/.md"),
        ("a.mdx", "a.mdx"),
        ("#a.md", "#a.md"),
        ("a?b.md", "a?b.md"),
        ("", ""),
    ] {
        assert_eq!(page_address(address), expected, "{address}");
    }
}

#[test]
fn a_link_is_faulty_when_its_readers_cannot_follow_it() {
    use Readers::{Everybody, SignedIn};
    let chosen = |people: &[i64], groups: &[i64]| Readers::Chosen {
        people: people.iter().copied().map(UserId).collect(),
        groups: groups.iter().copied().map(GroupId).collect(),
    };
    let check = |from: &Readers, to: &Readers, open: bool| {
        let expected = if open { None } else { Some(LinkProblem::Closed) };
        assert_eq!(problem(from, Some(to)), expected, "{from:?} to {to:?}");
    };
    let some = chosen(&[1, 2], &[7]);
    for from in [Everybody, SignedIn, some.clone()] {
        assert_eq!(problem(&from, None), Some(LinkProblem::Missing));
        check(&from, &Everybody, true);
        check(&from, &SignedIn, from != Everybody);
        check(&from, &some, from == some);
    }
    check(&some, &chosen(&[1, 2, 3], &[7, 8]), true);
    check(&some, &chosen(&[1], &[7]), false);
    check(&some, &chosen(&[1, 2], &[8]), false);
}
