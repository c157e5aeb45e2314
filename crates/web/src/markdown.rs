//! Markdown to HTML that is safe to show. The only maker of `SafeHtml`.
//!
//! Raw HTML in the source is left out, by comrak and once more by ammonia's list of what may stand in a page. The text
//! is never taken for a template.

mod highlight;

use std::{collections::HashSet, fmt, sync::LazyLock};

use ammonia::{Builder, UrlRelative};
use comrak::{Options, markdown_to_html_with_plugins, options::Plugins};
use serde::Serialize;

use highlight::Highlighter;

/// HTML that only [`render`] makes, so that it holds nothing that runs.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct SafeHtml(String);

impl SafeHtml {
    /// The HTML.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SafeHtml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SafeHtml({} bytes)", self.0.len())
    }
}

/// Elements within elements: more is no text that somebody wrote, and the sanitiser's time grows with the square.
const DEPTH: usize = 100;

/// Renders GitHub's Markdown: tables, task lists, footnotes, strikethrough, autolinks, and code in colours. A text that
/// is nested too deeply to be one is shown as it was typed.
pub fn render(markdown: &str) -> SafeHtml {
    if !markdown.lines().all(is_shallow) {
        return SafeHtml(verbatim(markdown));
    }
    let highlighter = Highlighter::default();
    let mut plugins = Plugins::default();
    plugins.render.codefence_syntax_highlighter = Some(&highlighter);
    let html = markdown_to_html_with_plugins(markdown, &OPTIONS, &plugins);
    if depth(&html) > DEPTH {
        return SafeHtml(verbatim(markdown));
    }
    SafeHtml(SANITISER.clean(&html).to_string())
}

static OPTIONS: LazyLock<Options<'static>> = LazyLock::new(|| {
    let mut options = Options::default();
    let extension = &mut options.extension;
    extension.table = true;
    extension.strikethrough = true;
    extension.tasklist = true;
    extension.footnotes = true;
    extension.autolink = true;
    // With a prefix no heading of a page can take the id of something else in it.
    extension.header_id_prefix = Some("section-".into());
    extension.header_id_prefix_in_href = true;
    options.parse.tasklist_in_table = true;
    options.render.gfm_quirks = true;
    options.render.tasklist_classes = true;
    options
});

static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder
        .tags(HashSet::from([
            "a",
            "b",
            "blockquote",
            "br",
            "code",
            "dd",
            "del",
            "dl",
            "dt",
            "em",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "hr",
            "i",
            "img",
            "input",
            "li",
            "ol",
            "p",
            "pre",
            "s",
            "section",
            "span",
            "strong",
            "sub",
            "sup",
            "table",
            "tbody",
            "td",
            "th",
            "thead",
            "tr",
            "ul",
        ]))
        .generic_attributes(HashSet::from(["id", "class"]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::PassThrough)
        .link_rel(Some("noopener noreferrer"))
        .strip_comments(true)
        .attribute_filter(|element, attribute, value| match (element, attribute) {
            (_, "class") => classes(value).map(Into::into),
            (_, "id") => known_id(value).then(|| value.into()),
            ("input", "type") => (value == "checkbox").then(|| value.into()),
            _ => Some(value.into()),
        });
    builder.add_tag_attributes("input", ["type", "checked", "disabled"]);
    builder.set_tag_attribute_value("input", "disabled", "");
    builder.set_tag_attribute_value("input", "type", "checkbox");
    builder.add_tag_attributes("ol", ["start"]);
    builder.add_tag_attributes("a", ["href", "title", "data-footnote-ref", "data-footnote-backref", "aria-label"]);
    builder.add_tag_attributes("section", ["data-footnotes"]);
    builder.add_tag_attributes("th", ["align"]);
    builder.add_tag_attributes("td", ["align"]);
    builder.add_tag_attributes("img", ["src", "alt", "title"]);
    builder
});

/// Classes that our own rendering gives, and no others.
fn classes(value: &str) -> Option<String> {
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
                    | "verbatim"
            )
    };
    let kept: Vec<&str> = value.split_whitespace().filter(known).collect();
    (!kept.is_empty()).then(|| kept.join(" "))
}

fn known_id(id: &str) -> bool {
    ["section-", "fn-", "fnref-"].iter().any(|prefix| id.starts_with(prefix))
}

/// Whether a line opens few blocks and brackets: what nests deeper costs the parser the square of its length.
fn is_shallow(line: &str) -> bool {
    let mut open = 0_usize;
    let mut quotes = 0_usize;
    let mut leading = true;
    for byte in line.bytes() {
        match byte {
            b'>' | b'-' | b'+' | b'*' if leading => quotes += 1,
            b' ' | b'\t' => {}
            _ => leading = false,
        }
        match byte {
            b'[' => open += 1,
            b']' => open = open.saturating_sub(1),
            _ => {}
        }
        if quotes > 4 * DEPTH || open > 10 * DEPTH {
            return false;
        }
    }
    true
}

/// How deep the elements of some HTML are nested. It trusts that the HTML is comrak's.
fn depth(html: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0_usize);
    let bytes = html.as_bytes();
    for (at, _) in html.match_indices('<') {
        let rest = &bytes[at + 1..];
        match rest.first() {
            Some(b'/') => depth = depth.saturating_sub(1),
            _ if [&b"br"[..], b"hr", b"img", b"input", b"!"].iter().any(|void| rest.starts_with(void)) => {}
            _ => depth += 1,
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// The text as it was typed.
fn verbatim(markdown: &str) -> String {
    let escaped = markdown.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    format!("<pre class=\"verbatim\">{escaped}</pre>")
}

#[cfg(test)]
mod tests;
