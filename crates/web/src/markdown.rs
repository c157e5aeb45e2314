//! Renders Markdown to safe HTML. The only module that makes `SafeHtml`.
//!
//! Each stage has a bound that is counted, not timed, so that one text always gives the same HTML: comrak parses within
//! a number of steps, and its output is bounded in depth, bytes and marks. A text that exceeds a bound is shown
//! verbatim.

mod absolute;
mod bare;
mod code;
mod format;
mod languages;
mod links;
mod plain;
mod sanitiser;

use std::{cell::Cell, fmt, sync::LazyLock};

use comrak::{Arena, Options, nodes::AstNode, try_parse_document};
use serde::Serialize;

pub use absolute::absolute;
pub use bare::mark_bare_addresses;
pub use links::{links, render_with_problems, targets};
pub use plain::plain;

/// HTML that only [`render`] makes, so that it contains no scripts.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct SafeHtml(String);

impl SafeHtml {
    /// The HTML.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is a block of code.
    pub fn has_code(&self) -> bool {
        self.0.contains("<pre")
    }
}

impl fmt::Debug for SafeHtml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SafeHtml({} bytes)", self.0.len())
    }
}

/// Renders GitHub-flavored Markdown: tables, task lists, footnotes, strikethrough, autolinks, and syntax highlighting.
/// HTML in the text is escaped and shown, so that an author sees `Vec<T>` and not a gap; only comments are removed. If
/// the text has a first-level heading, all headings move down one level, because the title of the page has the first.
pub fn render(markdown: &str) -> SafeHtml {
    SafeHtml(within_bounds(markdown).unwrap_or_else(|| verbatim(markdown)))
}

/// The maximum number of parser steps, in units of 256: 1 MiB of ordinary text takes a few thousand.
const MAX_STEPS: u32 = 1 << 16;
/// The maximum number of blank lines: for each one, the parser walks all open lists, and counts that as one step.
const MAX_BLANK_LINES: usize = 100_000;
/// The maximum number of bytes that the parser reads to find the ends of bare addresses: it reads to the next space
/// each time, although a `<` ends an address.
const MAX_ADDRESS_BYTES: usize = 1 << 28;

/// The HTML; `None` when a bound is exceeded.
fn within_bounds(markdown: &str) -> Option<String> {
    let arena = Arena::new();
    let (document, options) = parse(&arena, markdown)?;
    sanitiser::clean(&format::html(document, options)?)
}

/// The parsed text, with the options of the parser; `None` when a bound is exceeded.
fn parse<'a>(arena: &'a Arena<'a>, markdown: &str) -> Option<(&'a AstNode<'a>, &'static Options<'static>)> {
    if markdown.lines().filter(|line| is_blank(line)).count() > MAX_BLANK_LINES {
        return None;
    }
    let options: &Options<'_> = if address_bytes(markdown) > MAX_ADDRESS_BYTES { &WITHOUT_AUTOLINKS } else { &OPTIONS };
    let steps = Cell::new(0);
    let exhausted = || steps.replace(steps.get() + 1) > MAX_STEPS;
    Some((try_parse_document(arena, markdown, options, &exhausted).ok()?, options))
}

/// Whether a line contains only white space and quote markers.
fn is_blank(line: &str) -> bool {
    line.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'>'))
}

fn address_bytes(markdown: &str) -> usize {
    let words = markdown.split_ascii_whitespace().filter(|word| word.len() > 1000 && word.contains('<'));
    words.map(|word| word.len() * (word.matches("://").count() + word.matches("www.").count())).sum()
}

static OPTIONS: LazyLock<Options<'static>> = LazyLock::new(|| {
    let mut options = Options::default();
    let extension = &mut options.extension;
    extension.table = true;
    extension.strikethrough = true;
    extension.tasklist = true;
    extension.footnotes = true;
    extension.autolink = true;
    // The prefix keeps ids of headings apart from the ids of the page around them.
    extension.header_id_prefix = Some("section-".into());
    extension.header_id_prefix_in_href = true;
    options.parse.tasklist_in_table = true;
    options.render.gfm_quirks = true;
    options.render.tasklist_classes = true;
    options.render.escape = true;
    options
});

static WITHOUT_AUTOLINKS: LazyLock<Options<'static>> = LazyLock::new(|| {
    let mut options = OPTIONS.clone();
    options.extension.autolink = false;
    options
});

/// The escaped text under a sentence that says why it is not formatted.
fn verbatim(markdown: &str) -> String {
    let mut html = String::from(
        "<p class=\"notice\">This text is too large or too deeply nested to be formatted, so it is shown as it was \
         typed.</p>\n<pre class=\"verbatim\">",
    );
    for c in markdown.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '\0' => html.push('\u{fffd}'),
            c => html.push(c),
        }
    }
    html.push_str("</pre>\n");
    html
}

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;
