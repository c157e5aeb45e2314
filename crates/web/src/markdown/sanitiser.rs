//! The allowlist of HTML in pages. A second line of defence: comrak already escapes all HTML in a text.

use std::{collections::HashSet, sync::LazyLock};

use ammonia::{Builder, UrlRelative};

/// The maximum number of bytes that the serialiser reads repeatedly: for each `&` it searches the rest of the text for
/// `<`.
const MAX_REREAD_BYTES: usize = 1 << 33;

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
    list.tags(HashSet::from([
        "a",
        "blockquote",
        "br",
        "code",
        "del",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "img",
        "input",
        "li",
        "ol",
        "p",
        "pre",
        "section",
        "span",
        "strong",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ]));
    list.clean_content_tags(HashSet::from(["script", "style"]));
    list.generic_attributes(HashSet::from(["id", "class"]));
    list.add_tag_attributes("a", ["href", "title", "data-footnote-ref", "data-footnote-backref", "aria-label"]);
    list.add_tag_attributes("img", ["src", "alt", "title"]);
    list.add_tag_attributes("input", ["type", "checked", "disabled", "aria-label"]);
    list.set_tag_attribute_value("input", "type", "checkbox");
    list.set_tag_attribute_value("input", "disabled", "");
    list.add_tag_attributes("ol", ["start"]);
    list.add_tag_attributes("pre", ["tabindex"]);
    list.add_tag_attributes("section", ["data-footnotes"]);
    list.add_tag_attributes("td", ["align"]);
    list.add_tag_attributes("th", ["align"]);
    list.url_schemes(HashSet::from(["http", "https", "mailto"]));
    list.url_relative(UrlRelative::PassThrough);
    list.link_rel(Some("noopener noreferrer"));
    list.strip_comments(true);
    list.attribute_filter(|element, attribute, value| match (element, attribute) {
        (_, "class") => classes(value).map(Into::into),
        (_, "id") => is_own_id(value).then(|| value.into()),
        ("img", "src") => may_be_shown(value).then(|| value.into()),
        ("pre", "tabindex") => (value == "0").then(|| value.into()),
        _ => Some(value.into()),
    });
    list
});

/// Whether browsers load the picture at an address: the policy in `http::security_headers` allows this site and `https:`. An
/// address that is not allowed is removed here, so that the preview can tell.
fn may_be_shown(address: &str) -> bool {
    let scheme = address.split(['/', '?', '#']).next().and_then(|start| start.split_once(':'));
    scheme.is_none_or(|(scheme, _)| scheme.eq_ignore_ascii_case("https"))
}

/// Keeps the classes that rendering itself produces.
pub(super) fn classes(value: &str) -> Option<String> {
    let known = |class: &&str| {
        class.starts_with("hl-")
            || class.starts_with("language-")
            || matches!(
                *class,
                "anchor"
                    | "code"
                    | "contains-task-list"
                    | "footnote-backref"
                    | "footnote-ref"
                    | "footnotes"
                    | "task-list-item"
                    | "task-list-item-checkbox"
            )
    };
    let kept: Vec<&str> = value.split_ascii_whitespace().filter(known).collect();
    (!kept.is_empty()).then(|| kept.join(" "))
}

/// Whether rendering itself produces an id. Others could collide with ids of the page around the text.
pub(super) fn is_own_id(id: &str) -> bool {
    ["section-", "fn-", "fnref-"].iter().any(|prefix| id.starts_with(prefix))
}
