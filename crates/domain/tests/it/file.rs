//! Names of files.

use domain::file::{FileKind, FileName, size_in_words};
use proptest::prelude::*;

#[test]
fn an_uploaded_name_becomes_a_plain_one() {
    for (uploaded, stored) in [
        ("IMG 2041.JPG", "img-2041.jpg"),
        ("Übersicht.pdf", "ubersicht.pdf"),
        (r"C:\Users\ann\Plan (final).docx", "plan-final.docx"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("..hidden.png", "hidden.png"),
        ("archive.tar.gz", "archive.tar.gz"),
        ("a...b.png", "a.b.png"),
        ("写真.png", "xie-zhen.png"),
        ("🦀.png", "crab.png"),
        (".png", "file.png"),
        ("   .JPEG", "file.jpeg"),
        ("Screenshot 2026-11-30 at 09.41.12.png", "screenshot-2026-11-30-at-09.41.12.png"),
    ] {
        assert_eq!(FileName::suggest(uploaded).map(|name| name.to_string()), Ok(stored.to_owned()), "{uploaded}");
    }
}

#[test]
fn a_name_without_an_ending_or_with_that_of_a_page_is_refused() {
    for name in ["plan", "", ".", "..", "notes.md", "notes.MD", "notes.json", "a.b.", "."] {
        assert!(FileName::suggest(name).is_err(), "{name}");
    }
    for name in [
        "Plan.jpg",
        "plan jpg.png",
        ".plan.jpg",
        "plan..jpg",
        "plan.",
        "a/b.png",
        "pl\u{e4}n.jpg",
        "plan.md",
        "feed.xml",
    ] {
        assert!(FileName::parse(name).is_err(), "{name}");
    }
    assert!(FileName::parse(&format!("{}.png", "a".repeat(97))).is_err());
    assert!(FileName::parse(&format!("{}.png", "a".repeat(96))).is_ok());
}

#[test]
fn a_second_file_of_the_same_name_has_a_number() {
    let name = |name: &str| FileName::parse(name).unwrap();
    assert_eq!(name("plan.jpg").numbered(2).as_str(), "plan-2.jpg");
    assert_eq!(name("archive.tar.gz").numbered(10).as_str(), "archive.tar-10.gz");
    let long = name(&format!("{}.jpeg", "a".repeat(95))).numbered(499);
    assert!(long.as_str().len() <= FileName::MAX && long.as_str().ends_with("a-499.jpeg"), "{long}");
}

#[test]
fn scripts_and_documents_of_the_web_are_not_shown_inline() {
    for name in ["a.svg", "a.html", "a.htm", "a.xhtml", "a.xml", "a.js", "a.mjs", "a.wasm", "a.exe", "a.heic", "a.swf"]
    {
        assert!(!FileName::parse(name).unwrap().kind().is_inline(), "{name}");
    }
    assert!(FileKind::of_extension("png").is_inline() && FileKind::of_extension("pdf").is_inline());
}

#[test]
fn a_size_has_two_digits() {
    for (bytes, expected) in
        [(0, "0 bytes"), (999, "999 bytes"), (1_400, "1.4 KB"), (123_456, "124 KB"), (2_500_000, "2.5 MB")]
    {
        assert_eq!(size_in_words(bytes), expected);
    }
}

proptest! {
    #[test]
    fn a_suggested_name_is_a_name(uploaded in "\\PC{0,150}") {
        if let Ok(name) = FileName::suggest(&uploaded) {
            prop_assert_eq!(FileName::parse(name.as_str()), Ok(name));
        }
    }

    #[test]
    fn a_numbered_name_is_a_name(stem in "[a-z_-][a-z0-9._-]{0,120}", ending in "[a-z0-9]{1,110}", number in 2..500_usize) {
        if let Ok(name) = FileName::parse(&format!("{stem}.{ending}")) {
            let numbered = name.numbered(number);
            prop_assert_eq!(FileName::parse(numbered.as_str()).map(|name| name.kind()), Ok(name.kind()), "{}", numbered);
        }
    }
}
