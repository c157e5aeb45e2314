//! The second line of defence: only the elements and attributes of [`allowlist`] and of rendering itself remain.

use std::{collections::HashSet, sync::LazyLock};

use ammonia::{Builder, UrlRelative};

use super::allowlist;

/// The maximum number of bytes that the serialiser reads repeatedly: for each `&` it searches the rest of the text for
/// `<`.
const MAX_REREAD_BYTES: usize = 1 << 33;

/// The schemes of links that are kept. None of them runs anything.
const SCHEMES: [&str; 7] = ["http", "https", "mailto", "tel", "sms", "xmpp", "geo"];

/// Removes everything that is not on the allowlist; `None` when it would take too long.
pub(super) fn clean(html: &str) -> Option<String> {
    if reread_bytes(html) > MAX_REREAD_BYTES {
        return None;
    }
    Some(ALLOWLIST.clean(html).to_string())
}

fn reread_bytes(html: &str) -> usize {
    // 0xC2 starts U+00A0, which the serialiser escapes, and 63 other characters, at which it stops as well.
    let stops = |text: &str| text.matches("&amp;").count() + text.bytes().filter(|byte| *byte == 0xC2).count();
    let texts = html.split('<').flat_map(|text| text.split("&lt;")).flat_map(|text| text.split("&gt;"));
    texts.map(|text| stops(text) * text.len()).sum()
}

static ALLOWLIST: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut list = Builder::empty();
    list.tags(allowlist::ELEMENTS.iter().map(|element| element.name).collect());
    list.clean_content_tags(HashSet::from(["script", "style"]));
    list.generic_attributes(HashSet::from(["class"]));
    list.add_generic_attributes(allowlist::GLOBAL);
    for element in &allowlist::ELEMENTS {
        // The name of an author's anchor has become an id.
        let attributes = element.attributes.iter().filter(|attribute| **attribute != "name").copied();
        list.add_tag_attributes(element.name, attributes);
    }
    // The attributes that rendering itself writes.
    list.add_tags(["input"]);
    list.add_tag_attributes("a", ["data-footnote-ref", "data-footnote-backref", "aria-label"]);
    list.add_tag_attributes("input", ["type", "checked", "disabled", "aria-label"]);
    list.set_tag_attribute_value("input", "type", "checkbox");
    list.set_tag_attribute_value("input", "disabled", "");
    list.add_tag_attributes("pre", ["tabindex"]);
    // A keyboard user scrolls a wide table, as a block of code.
    list.set_tag_attribute_value("table", "tabindex", "0");
    list.add_tag_attributes("section", ["data-footnotes"]);
    list.url_schemes(HashSet::from(SCHEMES));
    list.url_relative(UrlRelative::PassThrough);
    list.link_rel(Some("noopener noreferrer"));
    list.strip_comments(true);
    list.attribute_filter(|element, attribute, value| match (element, attribute) {
        (_, "class") => classes(value).map(Into::into),
        ("input", _) => Some(value.into()),
        ("img", "id") => None,
        ("img", "src") => may_be_shown(value).then(|| value.into()),
        ("source", "srcset") => value.split(',').all(|picture| may_be_shown(picture.trim())).then(|| value.into()),
        ("pre" | "table", "tabindex") => (value == "0").then(|| value.into()),
        // comrak writes the alignment of tables that Markdown makes.
        _ => allowlist::is_valid(attribute, value).then(|| value.into()),
    });
    list
});

/// Whether browsers load the picture at an address: the policy in `http::security_headers` allows this site and
/// `https:`. An address that is not allowed is removed here, so that the preview can warn of it.
fn may_be_shown(address: &str) -> bool {
    let scheme = address.split(['/', '?', '#']).next().and_then(|start| start.split_once(':'));
    !address.is_empty() && scheme.is_none_or(|(scheme, _)| scheme.eq_ignore_ascii_case("https"))
}

/// Keeps the classes that rendering itself produces.
pub(super) fn classes(value: &str) -> Option<String> {
    let known = |class: &&str| {
        class.starts_with("hl-")
            || class.starts_with("language-")
            || class.starts_with("markdown-alert")
            || matches!(
                *class,
                "code"
                    | "contains-task-list"
                    | "emoji"
                    | "footnote-backref"
                    | "footnote-ref"
                    | "footnotes"
                    | "math-display"
                    | "math-inline"
                    | "task-list-item"
                    | "task-list-item-checkbox"
            )
    };
    let kept: Vec<&str> = value.split_ascii_whitespace().filter(known).collect();
    (!kept.is_empty()).then(|| kept.join(" "))
}
