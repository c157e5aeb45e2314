//! The one list of HTML that passes: the elements and attributes that an author may write. It is a part of what GitHub
//! allows; nothing in it runs, loads a document, sends a form or changes the page around the text.

/// How an element takes part in the tree that browsers build (HTML standard, section 13.2.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It has no content and no end tag.
    Void,
    /// Browsers open it again in the next block if it is not closed.
    Formatting,
    /// Other text-level elements.
    Inline,
    /// It ends an open paragraph.
    Block,
    /// A part of a table.
    Table,
}

/// An element of the list.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// Its attributes, besides [`GLOBAL`].
    pub(super) attributes: &'static [&'static str],
}

/// The attributes of every element of the list.
pub(super) const GLOBAL: [&str; 4] = ["dir", "id", "lang", "title"];

const fn element(name: &'static str, kind: Kind, attributes: &'static [&'static str]) -> Element {
    Element { name, kind, attributes }
}

use Kind::{Block, Formatting, Inline, Table, Void};

/// The elements, by name.
pub(super) const ELEMENTS: [Element; 72] = [
    element("a", Formatting, &["href", "name"]),
    element("abbr", Inline, &[]),
    element("b", Formatting, &[]),
    element("bdi", Inline, &[]),
    element("bdo", Inline, &[]),
    element("big", Formatting, &[]),
    element("blockquote", Block, &[]),
    element("br", Void, &[]),
    element("caption", Table, &["align"]),
    element("center", Block, &[]),
    element("cite", Inline, &[]),
    element("code", Formatting, &[]),
    element("dd", Block, &[]),
    element("del", Inline, &[]),
    element("details", Block, &["open"]),
    element("dfn", Inline, &[]),
    element("div", Block, &["align"]),
    element("dl", Block, &[]),
    element("dt", Block, &[]),
    element("em", Formatting, &[]),
    element("figcaption", Block, &[]),
    element("figure", Block, &[]),
    element("h1", Block, &["align"]),
    element("h2", Block, &["align"]),
    element("h3", Block, &["align"]),
    element("h4", Block, &["align"]),
    element("h5", Block, &["align"]),
    element("h6", Block, &["align"]),
    element("hr", Void, &[]),
    element("i", Formatting, &[]),
    element("img", Void, &["align", "alt", "height", "src", "width"]),
    element("ins", Inline, &[]),
    element("kbd", Inline, &[]),
    element("li", Block, &["value"]),
    element("mark", Inline, &[]),
    element("ol", Block, &["reversed", "start", "type"]),
    element("p", Block, &["align"]),
    element("picture", Inline, &[]),
    element("pre", Block, &[]),
    element("q", Inline, &[]),
    element("rp", Inline, &[]),
    element("rt", Inline, &[]),
    element("ruby", Inline, &[]),
    element("s", Formatting, &[]),
    element("samp", Inline, &[]),
    element("small", Formatting, &[]),
    element("source", Void, &["media", "srcset"]),
    element("span", Inline, &[]),
    element("strike", Formatting, &[]),
    element("strong", Formatting, &[]),
    element("sub", Inline, &[]),
    element("summary", Block, &[]),
    element("sup", Inline, &[]),
    element("table", Table, &["align"]),
    element("tbody", Table, &[]),
    element("td", Table, &["align", "colspan", "rowspan", "valign"]),
    element("tfoot", Table, &[]),
    element("th", Table, &["align", "colspan", "rowspan", "valign"]),
    element("thead", Table, &[]),
    element("time", Inline, &["datetime"]),
    element("tr", Table, &["align", "valign"]),
    element("tt", Formatting, &[]),
    element("u", Formatting, &[]),
    element("ul", Block, &[]),
    element("var", Inline, &[]),
    element("wbr", Void, &[]),
    // Elements whose content browsers show in the same way without their tags.
    element("font", Formatting, &[]),
    element("nobr", Formatting, &[]),
    element("article", Block, &[]),
    element("footer", Block, &[]),
    element("header", Block, &[]),
    element("section", Block, &[]),
];

/// Finds an element by its name in lower case.
pub(super) fn find(name: &str) -> Option<&'static Element> {
    ELEMENTS.iter().find(|element| element.name == name)
}

impl Element {
    /// Whether an author may write this attribute of the element with this value.
    pub(super) fn permits(&self, attribute: &str, value: &str) -> bool {
        (GLOBAL.contains(&attribute) || self.attributes.contains(&attribute)) && is_valid(attribute, value)
    }
}

/// Whether an attribute may have a value. The addresses of links and pictures are examined by the sanitiser.
pub(super) fn is_valid(attribute: &str, value: &str) -> bool {
    let value = value.trim();
    let digits =
        |text: &str, most: usize| (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    match attribute {
        "align" => ["left", "center", "right", "justify", "middle", "top", "bottom"]
            .iter()
            .any(|known| value.eq_ignore_ascii_case(known)),
        "valign" => ["top", "middle", "bottom", "baseline"].iter().any(|known| value.eq_ignore_ascii_case(known)),
        "width" | "height" => digits(value.strip_suffix(['%']).or(value.strip_suffix("px")).unwrap_or(value), 4),
        "colspan" | "rowspan" => digits(value, 3),
        "start" | "value" => digits(value.strip_prefix('-').unwrap_or(value), 9),
        "dir" => ["ltr", "rtl", "auto"].iter().any(|known| value.eq_ignore_ascii_case(known)),
        "type" => ["1", "a", "A", "i", "I"].contains(&value),
        "lang" => value.len() <= 35 && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'),
        "media" => value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" -:(),.".contains(&byte)),
        "id" | "name" => is_id(value),
        _ => true,
    }
}

/// The beginning of the ids of Postern's own templates for readers. A text cannot contain any of them: an id of a
/// heading has no colon, and an author's id with this prefix is removed.
pub(super) const OWN_IDS: &str = "site:";

/// Whether a text may have an id.
pub(super) fn is_id(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= 1000
        && !id.starts_with(OWN_IDS)
        && !id.contains(|c: char| c.is_whitespace() || c.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_on_the_list_runs_loads_or_sends() {
        for name in [
            "audio",
            "base",
            "body",
            "button",
            "canvas",
            "dialog",
            "embed",
            "form",
            "frame",
            "frameset",
            "head",
            "html",
            "iframe",
            "input",
            "label",
            "link",
            "main",
            "map",
            "math",
            "meta",
            "noembed",
            "noscript",
            "object",
            "option",
            "param",
            "plaintext",
            "portal",
            "script",
            "select",
            "slot",
            "style",
            "svg",
            "template",
            "textarea",
            "title",
            "video",
            "xmp",
        ] {
            assert!(find(name).is_none(), "{name}");
        }
        for element in &ELEMENTS {
            for attribute in
                ["style", "class", "onclick", "onerror", "action", "formaction", "srcdoc", "target", "ping", "tabindex"]
            {
                assert!(!element.permits(attribute, "x"), "{attribute} of {}", element.name);
            }
        }
    }

    #[test]
    fn ids_of_the_templates_around_a_text_cannot_be_ids_of_the_text() {
        for template in [
            include_str!("../../../../templates/base.html"),
            include_str!("../../../../templates/page.html"),
            include_str!("../../../../templates/index.html"),
            include_str!("../../../../templates/list.html"),
            include_str!("../../../../templates/search.html"),
            include_str!("../../../../templates/menu.html"),
        ] {
            let ids = template.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next());
            for id in ids {
                assert!(id.starts_with(OWN_IDS), "{id} could be the id of a heading: begin it with {OWN_IDS}");
            }
        }
    }

    #[test]
    fn values_are_examined() {
        for (attribute, good, bad) in [
            ("align", "center", "center;"),
            ("align", "RIGHT", "evil"),
            ("width", "120", "12e3"),
            ("width", "50%", "100000"),
            ("height", "20px", "calc(1px)"),
            ("colspan", "2", "1000"),
            ("start", "-3", "x"),
            ("dir", "rtl", "up"),
            ("lang", "zh-Hant", "x y"),
            ("media", "(prefers-color-scheme: dark)", "a{}"),
            ("id", "install", "site:content"),
            ("id", "Größe:1", "a b"),
        ] {
            assert!(is_valid(attribute, good), "{attribute}={good}");
            assert!(!is_valid(attribute, bad), "{attribute}={bad}");
        }
    }
}
