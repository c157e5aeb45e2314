//! What may stand in a page: a second wall behind comrak's, which lets no HTML through as it is.

use std::{collections::HashSet, sync::LazyLock};

use ammonia::{Builder, UrlRelative};

/// Bytes that the serialiser reads over and over: for each `&` it looks for the next `<` anew, to the end of the text.
const REREAD_BYTES: usize = 1 << 33;

/// The same HTML without anything that the list does not hold; `None` when it would take too long.
pub(super) fn clean(html: &str) -> Option<String> {
    if reread_bytes(html) > REREAD_BYTES {
        return None;
    }
    Some(LIST.clean(html).to_string())
}

fn reread_bytes(html: &str) -> usize {
    // 0xC2 begins U+00A0, which the serialiser writes as a reference, and 63 letters at which it stops in vain.
    let stops = |text: &str| text.matches("&amp;").count() + text.bytes().filter(|byte| *byte == 0xC2).count();
    let texts = html.split('<').flat_map(|text| text.split("&lt;")).flat_map(|text| text.split("&gt;"));
    texts.map(|text| stops(text) * text.len()).sum()
}

static LIST: LazyLock<Builder<'static>> = LazyLock::new(|| {
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
        (_, "id") => is_ours(value).then(|| value.into()),
        ("pre", "tabindex") => (value == "0").then(|| value.into()),
        _ => Some(value.into()),
    });
    list
});

/// The classes that our own rendering gives, and no others.
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

/// Whether an id is one that rendering gives, so that none of a page's frame can be taken.
pub(super) fn is_ours(id: &str) -> bool {
    ["section-", "fn-", "fnref-"].iter().any(|prefix| id.starts_with(prefix))
}
