//! Formats a parsed text as HTML, within bounds of depth and size. Tags of authors that are on the allowlist are kept,
//! and others are shown as text.

use std::{
    collections::BTreeMap,
    fmt::{self, Write},
    mem,
};

use comrak::{
    Options,
    html::{ChildRendering, Context, dangerous_url, format_document_with_formatter, format_node_default},
    nodes::{AstNode, NodeMath, NodeValue},
    options::Plugins,
};

use super::{
    allowlist::{self, Element, Kind},
    code::Highlighter,
    nesting::Nesting,
    tags::{Part, Tag, parts},
};

/// The maximum depth of nested elements. The sanitiser's time grows with its square.
const MAX_DEPTH: usize = 64;
/// The maximum size of the HTML in bytes, about four times the longest text.
const MAX_BYTES: usize = 4 << 20;
/// The maximum number of tags and character references. The sanitiser takes about 1 µs for each.
const MAX_MARKS: usize = 300_000;
/// The maximum number of different names of tags that are noted as shown, and of attributes that are noted as left out.
const MAX_NAMES: usize = 20;
/// The maximum number of bytes in a name that is noted.
const MAX_NAME_BYTES: usize = 30;

/// The HTML of a text, and the parts of the author's HTML that are not in it.
pub(super) struct Formatted {
    pub(super) html: String,
    pub(super) losses: Losses,
}

/// The parts of an author's HTML that are not in the result, and how often each occurs.
#[derive(Debug, Default)]
pub(super) struct Losses {
    /// Start tags that are shown as text, by their names.
    pub(super) shown_tags: BTreeMap<String, usize>,
    /// Attributes that are left out, by the name of the tag and their own.
    pub(super) attributes: BTreeMap<(&'static str, String), usize>,
}

/// The state of formatting: the elements around a node.
#[derive(Default)]
struct State {
    depth: usize,
    in_heading: bool,
    /// The caption of the figure that is open.
    caption: Option<String>,
    nesting: Nesting,
    losses: Losses,
}

type Output<'o, 'c> = Context<'o, 'c, State>;

/// Formats a text; `None` when a bound is exceeded.
pub(super) fn html<'a>(document: &'a AstNode<'a>, options: &Options<'_>) -> Option<Formatted> {
    let highlighter = Highlighter::default();
    let mut plugins = Plugins::default();
    plugins.render.codefence_syntax_highlighter = Some(&highlighter);
    let mut output = BoundedWriter::default();
    let state =
        format_document_with_formatter(document, options, &mut output, &plugins, element, State::default()).ok()?;
    Some(Formatted { html: output.html, losses: state.losses })
}

/// Runs a step of the nesting, which writes to the output.
fn nest(
    context: &mut Output<'_, '_>,
    step: impl FnOnce(&mut Nesting, &mut Output<'_, '_>) -> fmt::Result,
) -> fmt::Result {
    let mut nesting = mem::take(&mut context.user.nesting);
    let result = step(&mut nesting, context);
    context.user.nesting = nesting;
    result
}

/// Whether a node has no elements within which an author's tag could be closed.
fn is_leaf(value: &NodeValue) -> bool {
    matches!(
        value,
        NodeValue::Text(_)
            | NodeValue::SoftBreak
            | NodeValue::LineBreak
            | NodeValue::Code(_)
            | NodeValue::HtmlInline(_)
            | NodeValue::HtmlBlock(_)
            | NodeValue::Math(_)
            | NodeValue::ShortCode(_)
            | NodeValue::FootnoteReference(_)
            | NodeValue::Image(_)
    )
}

/// Writes one element.
fn element<'a>(
    context: &mut Output<'_, '_>,
    node: &'a AstNode<'a>,
    entering: bool,
) -> Result<ChildRendering, fmt::Error> {
    let is_leaf = is_leaf(&node.data().value);
    if !entering {
        context.user.depth -= 1;
        if is_leaf {
            return format_node_default(context, node, entering);
        }
        nest(context, |nesting, output| nesting.close_within(output))?;
        let caption = match node.data().value {
            NodeValue::Paragraph => context.user.caption.take(),
            _ => None,
        };
        let children = match caption {
            Some(caption) => end_figure(context, &caption)?,
            None => format_node_default(context, node, entering)?,
        };
        nest(context, |nesting, output| nesting.leave(output))?;
        if matches!(node.data().value, NodeValue::Heading(_)) {
            context.user.in_heading = false;
        }
        return Ok(children);
    }
    context.user.depth += 1;
    if context.user.depth > MAX_DEPTH {
        return Err(fmt::Error);
    }
    if !is_leaf {
        let is_block = node.data().value.block();
        // Footnotes come at the end, outside of all elements that the author did not close.
        if matches!(node.data().value, NodeValue::FootnoteDefinition(_)) {
            nest(context, |nesting, output| nesting.close_within(output))?;
        }
        nest(context, |nesting, output| nesting.enter(is_block, output))?;
    }
    if let Some(caption) = take_caption(node) {
        context.user.caption = Some(caption);
        context.cr()?;
        context.write_str("<figure>")?;
        return Ok(ChildRendering::HTML);
    }
    match node.data().value {
        NodeValue::HtmlInline(ref html) => inline_html(context, html)?,
        NodeValue::HtmlBlock(ref block) => html_block(context, &block.literal)?,
        NodeValue::Math(ref math) => inline_math(context, node, math)?,
        NodeValue::CodeBlock(ref block) if block.info.split([' ', ',']).next() == Some("math") => {
            context.cr()?;
            context.write_str("<p>")?;
            formula(context, block.literal.trim(), true)?;
            context.write_str("</p>\n")?;
        }
        NodeValue::ShortCode(ref emoji) if context.user.in_heading => {
            // GitHub makes the id of a heading from the name of an emoji.
            write!(context, "<span class=\"emoji\" title=\"{}\">{}</span>", emoji.code, emoji.emoji)?;
        }
        // comrak would write an empty address, which leads to the page itself.
        NodeValue::Link(ref link) if dangerous_url(&link.url) => {
            context.write_str("<a>")?;
            return Ok(ChildRendering::HTML);
        }
        NodeValue::TaskItem(ref item) => {
            // comrak's own checkboxes have no label for screen readers.
            let (done, name) = if item.symbol.is_some() { (" checked=\"\"", "done") } else { ("", "not done") };
            context.cr()?;
            if is_in_list(node) {
                context.write_str("<li class=\"task-list-item\">")?;
            }
            write!(
                context,
                "<input type=\"checkbox\" class=\"task-list-item-checkbox\" aria-label=\"{name}\"{done}> "
            )?;
            return Ok(ChildRendering::HTML);
        }
        ref value => {
            context.user.in_heading |= matches!(value, NodeValue::Heading(_));
            return format_node_default(context, node, entering);
        }
    }
    Ok(ChildRendering::Skip)
}

/// Takes the title of a picture that is alone in a paragraph: it is the caption of a figure.
fn take_caption<'a>(node: &'a AstNode<'a>) -> Option<String> {
    // The last paragraph of a footnote ends with the links back to the text.
    let is_in_footnote =
        node.parent().is_some_and(|parent| matches!(parent.data().value, NodeValue::FootnoteDefinition(_)));
    if is_in_footnote || !matches!(node.data().value, NodeValue::Paragraph) {
        return None;
    }
    let picture = node.first_child().filter(|child| child.next_sibling().is_none())?;
    match picture.data_mut().value {
        NodeValue::Image(ref mut link) if !link.title.trim().is_empty() => Some(mem::take(&mut link.title)),
        _ => None,
    }
}

/// Ends a figure with its caption.
fn end_figure(context: &mut Output<'_, '_>, caption: &str) -> Result<ChildRendering, fmt::Error> {
    context.write_str("<figcaption>")?;
    context.escape(caption.trim())?;
    context.write_str("</figcaption></figure>\n")?;
    Ok(ChildRendering::HTML)
}

/// Whether a task is in a list, not in a table cell.
fn is_in_list(node: &AstNode<'_>) -> bool {
    node.parent().is_some_and(|parent| matches!(parent.data().value, NodeValue::List(_)))
}

/// Writes a formula between dollars, unless it stands within a word, such as `$HOME/a:$PATH`.
fn inline_math<'a>(context: &mut Output<'_, '_>, node: &'a AstNode<'a>, math: &NodeMath) -> fmt::Result {
    let touches = |neighbour: Option<&'a AstNode<'a>>, end: fn(&str) -> Option<char>| {
        neighbour.is_some_and(|neighbour| match neighbour.data().value {
            NodeValue::Text(ref text) => end(text).is_some_and(char::is_alphanumeric),
            _ => false,
        })
    };
    let is_word = math.dollar_math
        && !math.display_math
        && (touches(node.previous_sibling(), |text| text.chars().next_back())
            || touches(node.next_sibling(), |text| text.chars().next()));
    if is_word {
        context.write_str("$")?;
        context.escape(&math.literal)?;
        return context.write_str("$");
    }
    formula(context, &math.literal, math.display_math)
}

/// Writes a formula as code; `math.rs` makes MathML of it after the sanitiser.
fn formula(context: &mut Output<'_, '_>, tex: &str, is_display: bool) -> fmt::Result {
    context.write_str(if is_display { "<code class=\"math-display\">" } else { "<code class=\"math-inline\">" })?;
    context.escape(tex)?;
    context.write_str("</code>")
}

/// Writes HTML that an author wrote within a line: one tag or comment.
fn inline_html(context: &mut Output<'_, '_>, html: &str) -> fmt::Result {
    match parts(html).next() {
        Some(Part::Comment) => Ok(()),
        Some(part) if is_on_list(&part) => author_part(context, part),
        Some(part) => {
            note(context, &part);
            context.escape(html)
        }
        None => Ok(()),
    }
}

/// Writes HTML that an author wrote as a block. Without a tag of the allowlist, it is a paragraph of text.
fn html_block(context: &mut Output<'_, '_>, html: &str) -> fmt::Result {
    context.cr()?;
    if parts(html).any(|part| is_on_list(&part)) {
        for part in parts(html) {
            author_part(context, part)?;
        }
        return context.cr();
    }
    let mut text = String::new();
    for part in parts(html) {
        note(context, &part);
        match part {
            Part::Text(part) | Part::Close(_, part) => text.push_str(part),
            Part::Open(tag) => text.push_str(tag.written),
            Part::Comment => {}
        }
    }
    if text.trim().is_empty() {
        return Ok(());
    }
    nest(context, |nesting, output| nesting.enter(true, output))?;
    context.write_str("<p>")?;
    context.escape(text.trim())?;
    context.write_str("</p>\n")?;
    nest(context, |nesting, output| nesting.leave(output))
}

fn is_on_list(part: &Part<'_>) -> bool {
    match part {
        Part::Open(tag) => allowlist::find(&tag.name).is_some(),
        Part::Close(name, _) => allowlist::find(name).is_some(),
        Part::Text(_) | Part::Comment => false,
    }
}

/// Counts a start tag that is shown as text.
fn note(context: &mut Output<'_, '_>, part: &Part<'_>) {
    let Part::Open(tag) = part else { return };
    if tag.name.len() <= MAX_NAME_BYTES {
        count(&mut context.user.losses.shown_tags, tag.name.to_string());
    }
}

fn count<K: Ord>(losses: &mut BTreeMap<K, usize>, key: K) {
    if losses.len() < MAX_NAMES || losses.contains_key(&key) {
        *losses.entry(key).or_default() += 1;
    }
}

/// Writes a part of an author's HTML.
fn author_part(context: &mut Output<'_, '_>, part: Part<'_>) -> fmt::Result {
    match part {
        Part::Comment => Ok(()),
        // The text may have character references.
        Part::Text(text) => context.write_str(&text.replace('<', "&lt;").replace('>', "&gt;")),
        Part::Open(ref tag) => match allowlist::find(&tag.name) {
            Some(element) if element.kind != Kind::Void && !context.user.nesting.has_room() => Ok(()),
            Some(element) => {
                nest(context, |nesting, output| nesting.open(element, output))?;
                start_tag(context, element, tag)
            }
            None => {
                note(context, &part);
                context.escape(tag.written)
            }
        },
        Part::Close(name, written) => match allowlist::find(&name) {
            Some(element) if element.name == "br" => context.write_str("<br>"),
            Some(element) => nest(context, |nesting, output| nesting.close(element, output)),
            None => context.escape(written),
        },
    }
}

fn start_tag(context: &mut Output<'_, '_>, element: &Element, tag: &Tag<'_>) -> fmt::Result {
    write!(context, "<{}", element.name)?;
    for (name, value) in &tag.attributes {
        if !element.permits(name, value) {
            if name.len() <= MAX_NAME_BYTES {
                count(&mut context.user.losses.attributes, (element.name, name.to_string()));
            }
            continue;
        }
        // Browsers scroll to an id in the same way as to a name, and a name could replace a property of the document.
        let name = match &**name {
            "name" if tag.get("id").is_some() => continue,
            "name" => "id",
            name => name,
        };
        let value = value.replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;");
        write!(context, " {name}=\"{value}\"")?;
    }
    match element.name {
        "img" if tag.get("alt").is_none() => context.write_str(" alt=\"\"")?,
        // The tabindex lets a keyboard user scroll long lines.
        "pre" => context.write_str(" class=\"code\" tabindex=\"0\"")?,
        _ => {}
    }
    context.write_str(">")
}

/// A writer that fails when a bound is exceeded.
#[derive(Default)]
struct BoundedWriter {
    html: String,
    marks: usize,
}

impl Write for BoundedWriter {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        self.marks += part.bytes().filter(|byte| matches!(byte, b'<' | b'&')).count();
        if self.marks > MAX_MARKS || self.html.len() + part.len() > MAX_BYTES {
            return Err(fmt::Error);
        }
        self.html.push_str(part);
        Ok(())
    }
}
