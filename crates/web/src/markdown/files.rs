//! Tests with the files in `tests/markdown`: realistic texts of many kinds.

use std::{fs, path::Path};

use super::{
    tags::{Part, Tag, parts},
    *,
};

/// The names and texts of the files.
fn files() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/markdown");
    let mut files: Vec<(String, String)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap())
        })
        .collect();
    files.sort();
    files
}

fn tags(html: &str) -> impl Iterator<Item = Tag<'_>> {
    parts(html).filter_map(|part| match part {
        Part::Open(tag) => Some(tag),
        _ => None,
    })
}

#[test]
fn there_are_files_of_many_kinds() {
    assert_eq!(files().len(), 20);
    assert!(files().iter().any(|(_, text)| text.contains("\r\n")));
}

#[test]
fn each_link_to_a_heading_leads_to_one() {
    for (name, text) in files() {
        for html in [render(&text), render_in_panel(&text)] {
            let html = html.as_str();
            let ids: Vec<&str> = tags(html).filter_map(|tag| tag.get("id")).collect();
            for href in tags(html).filter_map(|tag| tag.get("href")).filter_map(|href| href.strip_prefix('#')) {
                assert!(ids.contains(&href) || link_is_top(href), "{name}: #{href} is not among {ids:?}");
            }
            let mut once = ids.clone();
            once.sort_unstable();
            once.dedup();
            assert_eq!(once.len(), ids.len(), "{name}: an id comes twice in {ids:?}");
        }
    }
}

fn link_is_top(fragment: &str) -> bool {
    domain::link::is_top(fragment)
}

#[test]
fn no_tag_of_the_list_is_shown_as_text() {
    for (name, text) in files() {
        let html = render(&text);
        let outside_code: String =
            html.as_str().split("<pre").map(|part| part.split_once("</pre>").map_or(part, |(_, rest)| rest)).collect();
        let outside_code: String =
            outside_code.split("<code").map(|part| part.split_once("</code>").map_or(part, |(_, rest)| rest)).collect();
        for shown in outside_code.split("&lt;").skip(1) {
            let name_of_tag: String =
                shown.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
            let is_listed = allowlist::find(&name_of_tag.to_ascii_lowercase()).is_some();
            // In the hostile file, attributes of tags that are shown have tags in them.
            assert!(!is_listed || name == "hostile.md", "{name}: <{name_of_tag}> is shown as text");
        }
    }
}

#[test]
fn each_file_is_formatted_without_a_fault() {
    for (name, text) in files() {
        let html = render_with_problems(&text, |_| None).as_str().to_owned();
        assert!(!html.contains("verbatim"), "{name}");
        let is_hostile = name == "hostile.md";
        assert!(is_hostile || !html.contains("class=\"fault\""), "{name}: {html}");
        assert!(is_hostile || !html.contains("Shown as text"), "{name}: {html}");
        for odd in
            ["<script", "<style", "<iframe", "<form", "<svg", "onerror=\"", "onclick=\"", "style=\"", "\"javascript:"]
        {
            assert!(!html.contains(odd), "{name}: {odd}");
        }
    }
}

#[test]
fn the_constructs_of_the_files_are_rendered() {
    let all: String = files().iter().map(|(_, text)| render(text).as_str().to_owned()).collect();
    for part in [
        "<kbd>",
        "<sub>",
        "<sup>",
        "<mark>",
        "<abbr ",
        "<details",
        "<summary>",
        "<ruby>",
        "<dl>",
        "<dt>",
        "<dd>",
        "<picture>",
        "<source ",
        "<figure>",
        "<caption>",
        " width=\"",
        " height=\"",
        " align=\"center\"",
        " dir=\"rtl\"",
        "markdown-alert-note",
        "markdown-alert-tip",
        "markdown-alert-important",
        "markdown-alert-warning",
        "markdown-alert-caution",
        "<math",
        "<mtable",
        "<mfrac>",
        "🎉",
        "class=\"footnotes\"",
        "task-list-item",
        "<del>",
        "language-mermaid",
        "href=\"tel:",
        "href=\"geo:",
        "href=\"mailto:",
        "href=\"docs/linux-bash#install-a-server\"",
        "href=\"./docs/review-process#how-long\"",
        "<td>1</td>",
    ] {
        assert!(all.contains(part), "{part}");
    }
    for (_, text) in files() {
        let html = render(&text);
        assert!(!html.as_str().contains("layout: post") && !html.as_str().contains("hidden -->"));
    }
}

#[test]
fn each_file_and_long_ones_of_its_kind_take_less_than_a_second() {
    for (name, text) in files() {
        // About 150 KB, as the longest files that people write.
        let long = format!("{text}\n\n").repeat(1 + 150_000 / text.len());
        let taken = super::hostile::seconds(&long);
        assert!(taken < 3.0, "{name}: {taken:.3} s in a build for tests");
    }
}
