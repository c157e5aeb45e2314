//! Pages: paths, reserved segments, suggestions, form input.

use domain::{
    audience::{Audience, AudienceInput},
    page::{BODY_BYTES, Dates, PageContent, PageInput, PagePath, RESERVED, SUMMARY_CHARS},
    placement::Placement,
    zone::Zone,
};
use unicode_normalization::UnicodeNormalization;

use crate::{at, now};

/// A public page at `/clients/acme`.
pub(crate) fn content() -> PageContent {
    PageContent {
        path: PagePath::parse("clients/acme").unwrap(),
        title: "Acme".into(),
        summary: "What we do for them".into(),
        body: "# Acme\n".into(),
        audience: Audience::Public,
        show_title: false,
        list_below: false,
        published_at: now(),
        unpublish_at: None,
        receipts: false,
        placement: Placement::default(),
    }
}

#[track_caller]
fn check(path: &str, allowed: bool) {
    let parsed = PagePath::parse(path);
    assert_eq!(parsed.is_ok(), allowed, "{path:?}: {parsed:?}");
    if let Ok(parsed) = parsed {
        assert_eq!(parsed.as_str(), path);
        assert_eq!(parsed.href(), format!("/{path}"));
        assert_eq!(parsed.to_string(), format!("/{path}"));
    }
}

#[test]
fn a_path_is_lower_case_segments_joined_by_slashes() {
    for path in ["", "a", "handbook", "clients/acme/brief", "2026", "a-b-c", "a/b/c/d/e/f/g/h"] {
        check(path, true);
    }
}

#[test]
fn t45_another_spelling_of_a_path_is_no_path() {
    for path in [
        "/secret",
        "secret/",
        "a//b",
        "//",
        ".",
        "..",
        "./secret",
        "x/../secret",
        "secret%2f",
        "%73ecret",
        "secret\0",
        "secret;a=b",
        "SECRET",
        "Secret",
        "secret ",
        " secret",
        "secret.",
        "secret.md",
        "secret?raw=1",
        "secret#a",
        "se\\cret",
        "se_cret",
        "sécret",
        "se\u{301}cret",
        "ſecret",
        "ｓecret",
        "\u{fffd}",
        "a\nb",
        "~ann",
    ] {
        check(path, false);
    }
}

#[test]
fn a_path_has_at_most_8_segments_and_200_characters() {
    check("a/b/c/d/e/f/g/h/i", false);
    check(&"a".repeat(200), true);
    check(&"a".repeat(201), false);
    assert!(PagePath::parse(&"a".repeat(201)).unwrap_err().contains("200 characters; this has 201"));
    // Too many bytes of few letters: the fault is the letter, not the length.
    assert!(PagePath::parse(&"é".repeat(150)).unwrap_err().contains("lower-case letters"));
    check(&"/".repeat(1 << 20), false);
}

#[test]
fn t46_reserved_first_segments_are_refused() {
    for reserved in RESERVED {
        check(reserved, false);
        check(&format!("{reserved}/below"), false);
        check(&format!("below/{reserved}"), true);
        check(&format!("{reserved}x"), true);
        assert!(PagePath::parse(reserved).unwrap_err().contains("reserved"), "{reserved}");
    }
    for wanted in ["admin", "login", "logout", "healthz", "readyz", "search", "account", "assets", "static", "uploads"]
    {
        assert!(RESERVED.contains(&wanted), "{wanted}");
    }
}

#[test]
fn t46_no_folding_makes_a_reserved_segment() {
    for name in ["feed.xml", "robots.txt", "sitemap.xml", "favicon.ico", ".well-known"] {
        check(name, false);
    }
    for reserved in RESERVED {
        // The same word in the full-width letters U+FF41 to U+FF5A.
        let wide: String = reserved
            .chars()
            .map(|c| if c == '-' { c } else { char::from_u32(u32::from(c) + 0xfee0).unwrap_or_default() })
            .collect();
        assert_eq!(wide.nfkc().collect::<String>(), reserved);
        check(&wide, false);
        check(&reserved.to_uppercase(), false);
        check(&format!("{}{}", reserved[..1].to_uppercase(), &reserved[1..]), false);
        assert!(PagePath::typed(&format!("/{reserved}/")).is_err());
        assert!(PagePath::typed(&format!(" {reserved} ")).is_err());
        assert_eq!(PagePath::suggest(reserved), None);
        assert_eq!(PagePath::suggest(&reserved.to_uppercase()), None);
        assert_eq!(PagePath::suggest(&wide), None);
    }
    // The Kelvin sign and the long s fold into ASCII.
    check("\u{212a}", false);
    check("a\u{17f}\u{17f}ets", false);
    assert_eq!(PagePath::suggest("a\u{17f}\u{17f}ets"), None);
}

#[test]
fn what_is_typed_may_have_a_slash_at_either_end() {
    for (typed, expected) in [
        ("handbook/rules", Some("handbook/rules")),
        ("/handbook/rules", Some("handbook/rules")),
        ("handbook/rules/", Some("handbook/rules")),
        (" /handbook/rules/ ", Some("handbook/rules")),
        ("/", Some("")),
        ("", Some("")),
        ("//handbook", None),
        ("handbook//", None),
        ("Handbook", None),
        ("/admin", None),
    ] {
        assert_eq!(PagePath::typed(typed).ok().as_ref().map(PagePath::as_str), expected, "{typed:?}");
    }
}

#[test]
fn a_title_suggests_a_path() {
    for (title, expected) in [
        ("Spring Menu (2026)", Some("spring-menu-2026")),
        ("  Hello,   World!  ", Some("hello-world")),
        ("Café Größe Ærø Łódź", Some("cafe-grosse-aero-lodz")),
        ("GROẞ", Some("gross")),
        ("Ann's café", Some("anns-cafe")),
        ("Ann’s", Some("anns")),
        ("ﬁne Ⅷ", Some("fine-viii")),
        ("İstanbul", Some("istanbul")),
        ("a/b\\c", Some("a-b-c")),
        ("--a--", Some("a")),
        ("Đà Nẵng", Some("da-nang")),
        ("Œuvre þing", Some("oeuvre-thing")),
        ("Ħal Għaxaq ŋ", Some("hal-ghaxaq-ng")),
        ("D\u{323}a", Some("da")),
        ("Привет, мир", Some("privet-mir")),
        ("Соль", Some("sol")),
        ("漢字", Some("han-zi")),
        ("서울", Some("seoul")),
        ("Ünïcode café 漢字", Some("unicode-cafe-han-zi")),
        // A letter without a transliteration.
        ("Report \u{30000}", None),
        ("!!!", None),
        ("", None),
        ("Admin", None),
        ("login", None),
        ("Login page", Some("login-page")),
    ] {
        assert_eq!(PagePath::suggest(title).as_ref().map(PagePath::as_str), expected, "{title:?}");
    }
    let long = PagePath::suggest(&"long title ".repeat(100)).unwrap();
    assert!(long.as_str().len() <= 80 && !long.as_str().ends_with('-'), "{long}");
}

#[test]
fn a_path_knows_what_is_above_it() {
    let path = PagePath::parse("clients/acme/brief").unwrap();
    let above: Vec<String> = path.ancestors().iter().map(ToString::to_string).collect();
    assert_eq!(above, ["/clients", "/clients/acme"]);
    assert_eq!(path.last_segment(), "brief");
    assert!(PagePath::root().ancestors().is_empty() && PagePath::root().is_root());
    assert_eq!((PagePath::root().last_segment(), PagePath::root().href()), ("", "/".to_owned()));
    assert!(PagePath::parse("handbook").unwrap().ancestors().is_empty());
}

fn draft() -> PageInput {
    PageInput { path: "/clients/acme".into(), title: "Acme".into(), ..PageInput::default() }
}

#[test]
fn a_draft_becomes_a_page() {
    let draft = PageInput {
        title: "  Acme  ".into(),
        summary: " For them ".into(),
        body: "# Acme\r\nText\rMore\n".into(),
        audience: AudienceInput { kind: "signed-in".into(), ..AudienceInput::default() },
        show_title: true,
        list_below: true,
        published: "2026-02-01".into(),
        ..draft()
    };
    let content = draft.check(now()).unwrap();
    assert_eq!(content.path.as_str(), "clients/acme");
    assert_eq!((content.title.as_str(), content.summary.as_str()), ("Acme", "For them"));
    assert_eq!(content.body, "# Acme\nText\nMore\n");
    assert!(content.audience == Audience::SignedIn && content.show_title && content.list_below);
    assert_eq!(content.published_at, at("2026-02-01T00:00:00Z"));
}

#[test]
fn a_page_that_is_opened_and_saved_is_the_same_page() {
    for content in [
        content(),
        PageContent { path: PagePath::root(), audience: Audience::SignedIn, ..content() },
        PageContent { body: "a\tb\n\n".into(), list_below: true, show_title: true, ..content() },
    ] {
        assert_eq!(PageInput::of(&content, Zone::default()).check(at("2030-01-01T00:00:00Z")), Ok(content));
    }
}

#[test]
fn a_draft_without_a_path_gets_the_one_that_its_title_suggests() {
    let made = |title: &str| PageInput { path: " ".into(), title: title.into(), ..draft() }.check(now());
    assert_eq!(made("Spring Menu").unwrap().path.as_str(), "spring-menu");
    assert!(made("!!!").unwrap_err().get("path").is_some());
    assert!(made("Admin").unwrap_err().get("path").is_some());
    assert!(PageInput { path: "/".into(), ..draft() }.check(now()).unwrap().path.is_root());
}

/// Checks the fields of an input that have to be fixed.
#[track_caller]
fn check_draft(draft: &PageInput, fields: &[&str]) {
    let found = match draft.check(now()) {
        Ok(_) => vec![],
        Err(invalid) => invalid.iter().map(|(field, _)| field).collect(),
    };
    assert_eq!(found, fields);
}

#[test]
fn each_field_of_a_draft_has_its_limits() {
    check_draft(&draft(), &[]);
    check_draft(&PageInput { title: "t".repeat(200), ..draft() }, &[]);
    check_draft(&PageInput { title: "é".repeat(200), ..draft() }, &[]);
    check_draft(&PageInput { title: "t".repeat(201), ..draft() }, &["title"]);
    check_draft(&PageInput { title: " ".into(), ..draft() }, &["title"]);
    check_draft(&PageInput { title: "a\nb".into(), ..draft() }, &["title"]);
    check_draft(&PageInput { title: "a\u{1b}[31m".into(), ..draft() }, &["title"]);
    check_draft(&PageInput { summary: "s".repeat(SUMMARY_CHARS), ..draft() }, &[]);
    check_draft(&PageInput { summary: "s".repeat(SUMMARY_CHARS + 1), ..draft() }, &["summary"]);
    check_draft(&PageInput { body: "a\0b".into(), ..draft() }, &["body"]);
    check_draft(&PageInput { published: "tomorrow".into(), ..draft() }, &["published"]);
    let wrong = PageInput {
        path: "Über/uns".into(),
        title: String::new(),
        summary: "s".repeat(501),
        body: "\u{1b}".into(),
        published: "x".into(),
        ..draft()
    };
    check_draft(&wrong, &["title", "path", "summary", "body", "published"]);
}

#[test]
fn a_body_has_at_most_1_mebibyte() {
    check_draft(&PageInput { body: "a".repeat(BODY_BYTES), ..draft() }, &[]);
    check_draft(&PageInput { body: "a".repeat(BODY_BYTES + 1), ..draft() }, &["body"]);
    check_draft(&PageInput { body: "é".repeat(BODY_BYTES / 2 + 1), ..draft() }, &["body"]);
    check_draft(&PageInput { body: "a".repeat(10 * BODY_BYTES), ..draft() }, &["body"]);
    // A browser sends each line end as two bytes; what counts is the text.
    check_draft(&PageInput { body: "\r\n".repeat(BODY_BYTES), ..draft() }, &[]);
    check_draft(&PageInput { body: "\r\n".repeat(BODY_BYTES + 1), ..draft() }, &["body"]);
}

#[test]
fn a_path_is_below_those_that_its_segments_begin_with() {
    let path = |path: &str| PagePath::parse(path).unwrap();
    let below = |one: &str, other: &str| path(one).is_below(&path(other));
    assert!(below("a/b", "a") && below("a/b/c", "a") && below("a", ""));
    assert!(!below("a", "a") && !below("ab", "a") && !below("a", "a/b") && !below("", ""));
}

#[test]
fn new_dates_open_a_page_that_readers_do_not_have_now() {
    let dates = |from: i64, until: Option<i64>| {
        let day = |day: i64| now() + chrono::TimeDelta::days(day);
        Dates { published_at: day(from), unpublish_at: until.map(day) }
    };
    let check = |old: Dates, new: Dates, opened: bool| {
        assert_eq!(old.is_opened_by(new, now()), opened, "{old:?} {new:?}");
    };
    let (open, ended, scheduled) = (dates(-1, None), dates(-2, Some(-1)), dates(3, Some(9)));
    for closed in [ended, scheduled] {
        check(closed, open, true);
        check(closed, closed, false);
        check(closed, dates(-3, Some(-1)), false);
    }
    check(ended, dates(-2, Some(0)), false);
    check(ended, scheduled, true);
    check(scheduled, dates(2, Some(9)), true);
    check(scheduled, dates(4, Some(8)), false);
    check(scheduled, dates(4, None), true);
    check(open, dates(-5, Some(99)), false);
}
