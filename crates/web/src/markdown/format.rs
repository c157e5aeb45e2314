//! Formats a parsed text as HTML, within bounds of depth and size.

use std::fmt::{self, Write};

use comrak::{
    Options,
    html::{ChildRendering, Context, format_document_with_formatter, format_node_default},
    nodes::{AstNode, NodeValue},
    options::Plugins,
};

use super::code::Highlighter;

/// The maximum depth of nested elements. The sanitiser's time grows with its square.
const MAX_DEPTH: usize = 64;
/// The maximum size of the HTML in bytes, about four times the longest text.
const MAX_BYTES: usize = 4 << 20;
/// The maximum number of tags and character references. The sanitiser takes about 1 µs for each.
const MAX_MARKS: usize = 300_000;

/// Formats a text; `None` when a bound is exceeded.
pub(super) fn html<'a>(document: &'a AstNode<'a>, options: &Options<'_>) -> Option<String> {
    lower_headings(document);
    let highlighter = Highlighter::default();
    let mut plugins = Plugins::default();
    plugins.render.codefence_syntax_highlighter = Some(&highlighter);
    let mut output = BoundedWriter::default();
    format_document_with_formatter(document, options, &mut output, &plugins, element, 0).ok()?;
    Some(output.html)
}

/// Moves all headings down one level if one of them has the first level, which is for the title of the page.
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

/// Writes one element; the user data of the context is its depth.
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
    if context.user > MAX_DEPTH {
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
        _ => return format_node_default(context, node, entering),
    }
    Ok(ChildRendering::Skip)
}

/// Whether a task is in a list, not in a table cell.
fn is_in_list(node: &AstNode<'_>) -> bool {
    node.parent().is_some_and(|parent| matches!(parent.data().value, NodeValue::List(_)))
}

/// HTML without its comments. An unclosed comment extends to the end.
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
