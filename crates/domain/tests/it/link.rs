//! The targets of links, and their problems.

use domain::{
    audience::Readers,
    file::FileName,
    group::GroupId,
    link::{Excluded, LinkProblem, Target, page_address, problem, target},
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
        let expected = Target { path: path.into(), fragment: fragment.into(), file: None };
        assert_eq!(target(&PagePath::parse(from).unwrap(), address), Some(expected), "{address:?} in {from}");
    }
}

#[test]
fn a_name_with_an_ending_is_a_file_of_the_page_at_the_path_before_it() {
    for (from, address, path, file) in [
        ("a", "/b/plan.jpg", "b", "plan.jpg"),
        ("a/b", "c/plan.jpg#top", "a/c", "plan.jpg"),
        ("a/b", "../plan.jpg?w=480", "", "plan.jpg"),
        ("a", "/a/plan.jpg", "a", "plan.jpg"),
        ("a", "/search.png", "", "search.png"),
    ] {
        let found = target(&PagePath::parse(from).unwrap(), address).unwrap();
        let expected = Target { path: path.into(), fragment: String::new(), file: FileName::parse(file).ok() };
        assert_eq!(found, expected, "{address:?} in {from}");
    }
    let of = |address: &str| target(&PagePath::root(), address);
    // No file has such a name.
    for address in ["/b/Plan.JPG", "/b/v1.2.md", "/b/.hidden"] {
        assert!(of(address).is_none_or(|target| target.file.is_none()), "{address}");
    }
    assert_eq!(of("/static/x/a.png"), None);
    for href in ["/b/plan.jpg", "/plan.jpg", "/b", "/", "/b#c"] {
        assert_eq!(of(href).unwrap().href(), href);
    }
}

#[test]
fn who_cannot_see_a_file_is_said_in_numbers() {
    let plan = "plan.jpg";
    assert_eq!(
        Excluded::Readers { without: 12, all: 30 }.sentence(plan),
        "12 of 30 readers of this page cannot see plan.jpg."
    );
    assert!(
        Excluded::Accounts { without: 2, all: 3 }.sentence(plan).contains("2 of these 3 people cannot see plan.jpg.")
    );
    assert!(Excluded::NotChosen.sentence(plan).contains("only specific people can see plan.jpg."));
    assert!(Excluded::WithoutAccount.sentence(plan).contains("only signed-in users can see plan.jpg."));
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
