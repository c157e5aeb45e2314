//! Renders Markdown to safe HTML. This is the only module that makes `SafeHtml`.
//!
//! Each stage has a bound that is counted, not timed, so that the same text always gives the same HTML: comrak parses
//! within a number of steps, and its output is bounded in depth, bytes and marks. A text that exceeds a bound is shown
//! verbatim.

mod absolute;
mod allowlist;
mod autolinks;
mod bare;
mod code;
mod file_names;
mod finish;
mod format;
mod languages;
mod links;
mod math;
mod nesting;
mod outline;
mod own_files;
mod plain;
mod reading_time;
mod relocated;
mod sanitiser;
mod tags;

use std::{borrow::Cow, cell::Cell, fmt, sync::LazyLock};

use comrak::{Arena, Options, nodes::AstNode, try_parse_document};
use domain::front_matter;
use serde::Serialize;

use crate::language::Language;
use finish::Place;
use format::Losses;
use outline::Outline;

pub use absolute::absolute;
pub use bare::mark_bare_addresses;
pub use file_names::named;
pub use finish::Address;
pub use links::{facts, targets};
pub use outline::Heading;
pub use own_files::{may_name_a_file, with_files};
pub use plain::plain;
pub use reading_time::minutes;
pub use relocated::{local_paths, relocated};

/// HTML that only this module makes, so that it contains no scripts.
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

/// The HTML of a text, and its headings in their order.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The HTML.
    pub html: SafeHtml,
    /// The headings.
    pub headings: Vec<Heading>,
}

/// Renders GitHub-flavored Markdown for a page, with alerts, footnotes, emoji, formulas, description lists, and the
/// HTML of `allowlist`. Other tags are escaped and shown, so that an author sees `Vec<T>` and not a gap; comments and
/// front matter are left out. The ids of headings are the same as on GitHub, so that nothing else on the page may have
/// an id without a prefix. If the text has a first-level heading, all headings move down one level, because the title
/// of the page has the first. The titles of alerts and the labels for screen readers are in `language`.
pub fn render_in(language: Language, markdown: &str) -> SafeHtml {
    at(markdown, &Place::Page(language))
}

#[cfg(test)]
fn render(markdown: &str) -> SafeHtml {
    render_in(Language::English, markdown)
}

/// As [`render_in`], for the footer of every page: its ids differ from those of any page.
pub fn render_footer(language: Language, markdown: &str) -> SafeHtml {
    at(markdown, &Place::Footer(language))
}

/// As [`render_in`], with the headings of the text; a text that is shown verbatim has none.
pub fn render_with_headings(language: Language, markdown: &str) -> Rendered {
    match within_bounds(markdown) {
        Some((html, losses)) => {
            let (html, outline) = finish::finish(&html, &losses, &Place::Page(language));
            Rendered { html: SafeHtml(html), headings: outline.lowered_headings() }
        }
        None => Rendered { html: SafeHtml(verbatim(markdown)), headings: Vec::new() },
    }
}

/// As [`render_in`], with a prefix to the ids and to the links that lead to them, for the panel with its forms.
pub fn render_in_panel(markdown: &str) -> SafeHtml {
    at(markdown, &Place::Panel(None))
}

/// As [`render_in_panel`], with a warning sign before each picture, link and formula that is not shown as typed, and before each
/// link and picture for which `problem` returns a message; and with lists of the tags that are shown as text and of the
/// attributes that are left out.
pub fn render_with_problems(markdown: &str, problem: impl Fn(Address<'_>) -> Option<Cow<'static, str>>) -> SafeHtml {
    at(markdown, &Place::Panel(Some(&problem)))
}

fn at(markdown: &str, place: &Place<'_>) -> SafeHtml {
    SafeHtml(match within_bounds(markdown) {
        Some((html, losses)) => finish::finish(&html, &losses, place).0,
        None => verbatim(markdown),
    })
}

/// The ids in a text to which a link can lead.
pub fn ids(markdown: &str) -> Vec<String> {
    within_bounds(markdown).map_or_else(Vec::new, |(html, _)| Outline::of(&html).into_ids())
}

/// The maximum number of parser steps, in units of 256: 1 MiB of ordinary text takes a few thousand.
const MAX_STEPS: u32 = 1 << 16;
/// The maximum number of blank lines: for each one, the parser walks all open lists, and counts that as one step.
const MAX_BLANK_LINES: usize = 100_000;
/// The maximum number of bytes that the parser reads to find the ends of bare addresses: it reads to the next space
/// each time, although a `<` ends an address.
const MAX_ADDRESS_BYTES: usize = 1 << 28;
/// The maximum number of bytes that the parser reads to find the ends of formulas: for each beginning without an end it reads
/// the rest of the paragraph.
const MAX_FORMULA_BYTES: usize = 1 << 28;

/// The maximum number of bytes that the parser reads to find alerts: at each quote marker it reads those that follow.
const MAX_QUOTE_BYTES: usize = 1 << 26;

/// The cleaned HTML, and the parts of the author's HTML that are not in it; `None` when a bound is exceeded.
fn within_bounds(markdown: &str) -> Option<(String, Losses)> {
    let arena = Arena::new();
    let (document, options) = parse(&arena, markdown)?;
    let formatted = format::html(document, options)?;
    Some((sanitiser::clean(&formatted.html)?, formatted.losses))
}

/// The parsed text, with the options of the parser; `None` when a bound is exceeded.
fn parse<'a>(arena: &'a Arena<'a>, markdown: &str) -> Option<(&'a AstNode<'a>, &'static Options<'static>)> {
    let markdown = front_matter::split(markdown).map_or(markdown, |(_, text)| text);
    if markdown.lines().filter(|line| is_blank(line)).count() > MAX_BLANK_LINES {
        return None;
    }
    let with = With {
        addresses: address_bytes(markdown) <= MAX_ADDRESS_BYTES,
        formulas: markdown.matches("$`").count() * markdown.len() <= MAX_FORMULA_BYTES,
        alerts: quote_bytes(markdown) <= MAX_QUOTE_BYTES,
    };
    let options: &Options<'_> = &OPTIONS[with.number()];
    let steps = Cell::new(0);
    let exhausted = || steps.replace(steps.get() + 1) > MAX_STEPS;
    let document = try_parse_document(arena, markdown, options, &exhausted).ok()?;
    autolinks::cut(arena, document);
    Some((document, options))
}

/// Whether a line contains only white space and quote markers.
fn is_blank(line: &str) -> bool {
    line.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'>'))
}

fn address_bytes(markdown: &str) -> usize {
    let words = markdown.split_ascii_whitespace().filter(|word| word.len() > 1000 && word.contains('<'));
    words.map(|word| word.len() * (word.matches("://").count() + word.matches("www.").count())).sum()
}

/// The bytes that the parser reads to find alerts: at each quote marker, the markers that follow it.
fn quote_bytes(markdown: &str) -> usize {
    markdown.split(|c| c != '>').map(|markers| markers.len() * markers.len()).sum()
}

/// The extensions that are left out where their search would take too long.
#[derive(Clone, Copy)]
struct With {
    addresses: bool,
    formulas: bool,
    alerts: bool,
}

impl With {
    fn number(self) -> usize {
        usize::from(self.addresses) | usize::from(self.formulas) << 1 | usize::from(self.alerts) << 2
    }

    fn of(number: usize) -> With {
        With { addresses: number & 1 != 0, formulas: number & 2 != 0, alerts: number & 4 != 0 }
    }
}

/// The options, by [`With::number`].
static OPTIONS: LazyLock<[Options<'static>; 8]> =
    LazyLock::new(|| std::array::from_fn(|number| options(With::of(number))));

fn options(with: With) -> Options<'static> {
    let mut options = Options::default();
    let extension = &mut options.extension;
    extension.table = true;
    extension.strikethrough = true;
    extension.tasklist = true;
    extension.footnotes = true;
    extension.alerts = with.alerts;
    extension.shortcodes = true;
    extension.description_lists = true;
    extension.cjk_friendly_emphasis = true;
    extension.autolink = with.addresses;
    extension.math_dollars = with.formulas;
    extension.math_code = with.formulas;
    options.parse.tasklist_in_table = true;
    options.render.gfm_quirks = true;
    options.render.tasklist_classes = true;
    options
}

/// The escaped text under a sentence that says why it is not formatted.
fn verbatim(markdown: &str) -> String {
    let mut html = String::from(
        "<p class=\"notice\">This text is too large or too deeply nested to be formatted, so it is shown as it was \
         typed.</p>\n<pre class=\"verbatim\">",
    );
    tags::push_escaped(&mut html, markdown);
    html.push_str("</pre>\n");
    html
}

#[cfg(test)]
mod files;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;
