//! The HTML of a parsed text, within bounds of depth and size.

use std::fmt::{self, Write};

use comrak::{
    Options,
    html::{ChildRendering, Context, format_document_with_formatter, format_node_default},
    nodes::{AstNode, NodeValue},
    options::Plugins,
};

use super::code::Colours;

/// Blocks and emphasis within each other. The sanitiser's time grows with the square of it.
const DEPTH: usize = 64;
/// Bytes of HTML, about four times the longest text.
const BYTES: usize = 4 << 20;
/// Tags and character references: what the sanitiser's time depends on, at about a microsecond each.
const MARKS: usize = 300_000;

/// Formats a text; `None` when a bound is exceeded.
pub(super) fn html<'a>(document: &'a AstNode<'a>, options: &Options<'_>) -> Option<String> {
    lower_headings(document);
    let colours = Colours::default();
    let mut plugins = Plugins::default();
    plugins.render.codefence_syntax_highlighter = Some(&colours);
    let mut output = Bounded::default();
    format_document_with_formatter(document, options, &mut output, &plugins, element, 0).ok()?;
    Some(output.html)
}

/// Moves every heading one level down if there is one of the first level: that one is the page's title.
fn lower_headings<'a>(document: &'a AstNode<'a>) {
    let is_first =
        |node: &'a AstNode<'a>| matches!(node.data().value, NodeValue::Heading(ref heading) if heading.level == 1);
    if !document.descendants().any(is_first) {
        return;
    }
    for node in document.descendants() {
        if let NodeValue::Heading(ref mut heading) = node.data_mut().value {
            heading.level = (heading.level + 1).min(6);
        }
    }
}

/// Writes one element; the context carries how deep it is.
fn element<'a>(
    context: &mut Context<'_, '_, usize>,
    node: &'a AstNode<'a>,
    entering: bool,
) -> Result<ChildRendering, fmt::Error> {
    if !entering {
        context.user -= 1;
        return format_node_default(context, node, entering);
    }
    context.user += 1;
    if context.user > DEPTH {
        return Err(fmt::Error);
    }
    match node.data().value {
        NodeValue::HtmlInline(ref html) => context.escape(&without_comments(html))?,
        NodeValue::HtmlBlock(ref block) => {
            let text = without_comments(&block.literal);
            if !text.trim().is_empty() {
                context.cr()?;
                context.write_str("<p>")?;
                context.escape(text.trim())?;
                context.write_str("</p>\n")?;
            }
        }
        NodeValue::TaskItem(ref item) => {
            // comrak's boxes have no name that a screen reader could read out.
            let (done, name) = if item.symbol.is_some() { (" checked=\"\"", "done") } else { ("", "not done") };
            context.cr()?;
            if in_list(node) {
                context.write_str("<li class=\"task-list-item\">")?;
            }
            write!(
                context,
                "<input type=\"checkbox\" class=\"task-list-item-checkbox\" aria-label=\"{name}\"{done}> "
            )?;
            return Ok(ChildRendering::HTML);
        }
        _ => return format_node_default(context, node, entering),
    }
    Ok(ChildRendering::Skip)
}

/// Whether a task stands in a list, not in the cell of a table.
fn in_list(node: &AstNode<'_>) -> bool {
    node.parent().is_some_and(|parent| matches!(parent.data().value, NodeValue::List(_)))
}

/// HTML without its comments; one that does not end takes the rest with it.
pub(super) fn without_comments(html: &str) -> String {
    let mut kept = String::new();
    let mut rest = html;
    while let Some((before, comment)) = rest.split_once("<!--") {
        kept.push_str(before);
        rest = comment.split_once("-->").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept
}

#[derive(Default)]
struct Bounded {
    html: String,
    marks: usize,
}

impl Write for Bounded {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        self.marks += part.bytes().filter(|byte| matches!(byte, b'<' | b'&')).count();
        if self.marks > MARKS || self.html.len() + part.len() > BYTES {
            return Err(fmt::Error);
        }
        self.html.push_str(part);
        Ok(())
    }
}
