//! Markdown to HTML that is safe to show. The only maker of `SafeHtml`.
//!
//! Every stage has a bound that is counted, not timed, so that one text always gives the same HTML: comrak parses within
//! a number of steps, its output is bounded in depth, bytes and marks, and what exceeds a bound is shown as it was typed.

mod code;
mod format;
mod languages;
mod links;
mod plain;
mod sanitiser;

use std::{cell::Cell, fmt, sync::LazyLock};

use comrak::{Arena, Options, nodes::AstNode, try_parse_document};
use serde::Serialize;

pub use links::{links, render_with_problems, targets};
pub use plain::plain;

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

/// Renders GitHub's Markdown: tables, task lists, footnotes, strikethrough, autolinks, and code in colours. The text is
/// never taken for a template. HTML in it is shown as the text that it is, so that an author sees `Vec<T>` and not a
/// gap; only comments are left out. A first-level heading moves every heading down by one, because the page's title has
/// that level.
pub fn render(markdown: &str) -> SafeHtml {
    SafeHtml(laid_out(markdown).unwrap_or_else(|| verbatim(markdown)))
}

/// Steps of the parser, in units of 256: a mebibyte of honest text takes a few thousand of them.
const STEPS: u32 = 1 << 16;
/// Blank lines in a text: the parser walks through every open list for each of them, and counts that as one step.
const BLANK_LINES: usize = 100_000;
/// Bytes that the parser reads to find where bare addresses end: it reads on to the next space, though a `<` ends one.
const ADDRESS_BYTES: usize = 1 << 28;

/// The HTML, or `None` when the text costs more than any that somebody would write.
fn laid_out(markdown: &str) -> Option<String> {
    let arena = Arena::new();
    let (document, options) = parse(&arena, markdown)?;
    sanitiser::clean(&format::html(document, options)?)
}

/// The parsed text, with how it was parsed; `None` as for [`laid_out`].
fn parse<'a>(arena: &'a Arena<'a>, markdown: &str) -> Option<(&'a AstNode<'a>, &'static Options<'static>)> {
    if markdown.lines().filter(|line| is_blank(line)).count() > BLANK_LINES {
        return None;
    }
    let options: &Options<'_> = if address_bytes(markdown) > ADDRESS_BYTES { &WITHOUT_AUTOLINKS } else { &OPTIONS };
    let steps = Cell::new(0);
    let exhausted = || steps.replace(steps.get() + 1) > STEPS;
    Some((try_parse_document(arena, markdown, options, &exhausted).ok()?, options))
}

/// Whether a line holds nothing but white space and the marks of quotes.
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
    // With a prefix no heading of a page can take the id of something else in it.
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

/// The text as it was typed, under a line that says why.
fn verbatim(markdown: &str) -> String {
    let mut html = String::from(
        "<p class=\"notice\">This text is too large or too deeply nested to be laid out, so it is shown as it was \
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
