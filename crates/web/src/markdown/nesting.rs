//! Keeps the tags of authors nested within the elements that Markdown makes: what is opened in an element is closed in it,
//! and an end tag without a start tag is left out. Otherwise one tag could change the rest of the page, and browsers would
//! open hundreds of unclosed elements again in each block.

use std::fmt::{self, Write};

use super::allowlist::{Element, Kind};

/// The maximum number of tags that are open at a time. Others are left out.
const MAX_OPEN: usize = 24;
/// The maximum number of elements that browsers and the sanitiser open again, over all blocks.
const MAX_REOPENED: usize = 100_000;

/// The open elements, outermost first.
#[derive(Debug, Default)]
pub(super) struct Nesting {
    open: Vec<Open>,
    /// The number of tags in `open`, and of those that are formatting.
    tags: usize,
    formatting: usize,
    reopened: usize,
}

#[derive(Debug)]
enum Open {
    /// An element that Markdown makes.
    Node,
    /// A tag of the author, and whether its end tag came within an element that is still open.
    Tag(&'static Element, bool),
}

/// For an element whose end tag may be left out: the elements that its start tag closes, and those that limit the search.
const IMPLIED: [(&str, &[&str], &[&str]); 8] = [
    ("li", &["li"], &["ul", "ol"]),
    ("dt", &["dt", "dd"], &["dl"]),
    ("dd", &["dt", "dd"], &["dl"]),
    ("tr", &["tr", "td", "th"], &["table", "thead", "tbody", "tfoot"]),
    ("td", &["td", "th"], &["tr", "table"]),
    ("th", &["td", "th"], &["tr", "table"]),
    ("tbody", &["thead", "tbody", "tfoot", "tr"], &["table"]),
    ("tfoot", &["thead", "tbody", "tfoot", "tr"], &["table"]),
];

impl Nesting {
    /// Enters an element that Markdown makes; a block ends a paragraph of the author.
    pub(super) fn enter(&mut self, is_block: bool, output: &mut impl Write) -> fmt::Result {
        if is_block {
            self.close_paragraph(output)?;
        }
        self.count()?;
        self.open.push(Open::Node);
        Ok(())
    }

    /// Closes the tags that were opened in the innermost element that Markdown made.
    pub(super) fn close_within(&mut self, output: &mut impl Write) -> fmt::Result {
        while matches!(self.open.last(), Some(Open::Tag(..))) {
            self.pop(output)?;
        }
        Ok(())
    }

    /// Leaves the innermost element that Markdown made, and closes the tags around it whose end tags came within it.
    pub(super) fn leave(&mut self, output: &mut impl Write) -> fmt::Result {
        self.open.pop();
        while let Some(Open::Tag(_, true)) = self.open.last() {
            self.pop(output)?;
        }
        Ok(())
    }

    /// Whether a start tag would have an effect: one nested too deeply has none.
    pub(super) fn has_room(&self) -> bool {
        self.tags < MAX_OPEN
    }

    /// Makes room for a start tag and notes it, unless the element is void. The caller writes it.
    pub(super) fn open(&mut self, element: &'static Element, output: &mut impl Write) -> fmt::Result {
        if element.kind == Kind::Block || element.name == "table" {
            self.close_paragraph(output)?;
        }
        if let Some((_, closed, limits)) = IMPLIED.iter().find(|(name, ..)| *name == element.name) {
            self.close_outermost(closed, limits, output)?;
        }
        self.count()?;
        if element.kind != Kind::Void {
            self.tags += 1;
            self.formatting += usize::from(element.kind == Kind::Formatting);
            self.open.push(Open::Tag(element, false));
        }
        Ok(())
    }

    /// Closes the innermost element of this name with those in it.
    pub(super) fn close(&mut self, element: &'static Element, output: &mut impl Write) -> fmt::Result {
        let is_it = |open: &Open| matches!(open, Open::Tag(tag, false) if tag.name == element.name);
        let Some(at) = self.open.iter().rposition(is_it) else { return Ok(()) };
        if self.open[at..].iter().any(|open| matches!(open, Open::Node)) {
            self.open[at] = Open::Tag(element, true);
            return Ok(());
        }
        self.close_to(at, output)
    }

    fn close_paragraph(&mut self, output: &mut impl Write) -> fmt::Result {
        self.close_outermost(&["p"], &["td", "th", "caption", "table", "details", "div", "li", "dd"], output)
    }

    /// Closes from the outermost of some elements on, up to the next limit or element of Markdown.
    fn close_outermost(&mut self, closed: &[&str], limits: &[&str], output: &mut impl Write) -> fmt::Result {
        let mut found = None;
        for (at, open) in self.open.iter().enumerate().rev() {
            match open {
                Open::Node => break,
                Open::Tag(tag, _) if limits.contains(&tag.name) => break,
                Open::Tag(tag, _) if closed.contains(&tag.name) => found = Some(at),
                Open::Tag(..) => {}
            }
        }
        found.map_or(Ok(()), |at| self.close_to(at, output))
    }

    fn close_to(&mut self, at: usize, output: &mut impl Write) -> fmt::Result {
        while self.open.len() > at {
            self.pop(output)?;
        }
        Ok(())
    }

    fn pop(&mut self, output: &mut impl Write) -> fmt::Result {
        if let Some(Open::Tag(element, _)) = self.open.pop() {
            self.tags -= 1;
            self.formatting -= usize::from(element.kind == Kind::Formatting);
            write!(output, "</{}>", element.name)?;
        }
        Ok(())
    }

    fn count(&mut self) -> fmt::Result {
        self.reopened += self.formatting;
        if self.reopened > MAX_REOPENED { Err(fmt::Error) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::allowlist::find, *};

    /// The HTML of start tags `a`, end tags `/a`, and elements of Markdown from `{` to `}`.
    fn nested(steps: &str) -> String {
        let (mut nesting, mut html) = (Nesting::default(), String::new());
        let run = |nesting: &mut Nesting, html: &mut String| -> fmt::Result {
            for step in steps.split(' ') {
                match step {
                    "{" => {
                        nesting.enter(true, html)?;
                        html.push('{');
                    }
                    "}" => {
                        nesting.close_within(html)?;
                        html.push('}');
                        nesting.leave(html)?;
                    }
                    name => match (name.strip_prefix('/'), find(name.trim_start_matches('/'))) {
                        (Some(_), Some(element)) => nesting.close(element, html)?,
                        (None, Some(element)) => {
                            nesting.open(element, html)?;
                            write!(html, "<{name}>")?;
                        }
                        (_, None) => html.push_str(name),
                    },
                }
            }
            nesting.close_within(html)
        };
        assert!(run(&mut nesting, &mut html).is_ok());
        html
    }

    #[test]
    fn tags_are_closed_where_they_were_opened() {
        for (steps, expected) in [
            ("b x /b", "<b>x</b>"),
            ("b i /b x /i", "<b><i></i></b>x"),
            ("/b x", "x"),
            ("{ b x } y", "{<b>x</b>}y"),
            ("details summary x /summary { y } /details z", "<details><summary>x</summary>{y}</details>z"),
            ("details { x /details y } z", "<details>{xy}</details>z"),
            ("p { x } /p y", "<p></p>{x}y"),
            ("p x p y", "<p>x</p><p>y</p>"),
            ("ul li x li y /ul", "<ul><li>x</li><li>y</li></ul>"),
            ("ul li ul li x /ul li y /ul", "<ul><li><ul><li>x</li></ul></li><li>y</li></ul>"),
            ("table tr td x td y tr td z /table x", "<table><tr><td>x</td><td>y</td></tr><tr><td>z</td></tr></table>x"),
            ("dl dt x dd y dt z /dl", "<dl><dt>x</dt><dd>y</dd><dt>z</dt></dl>"),
            ("br hr img x", "<br><hr><img>x"),
        ] {
            assert_eq!(nested(steps), expected, "{steps}");
        }
    }

    #[test]
    fn unclosed_formatting_costs_a_bounded_number_of_elements() {
        let (mut nesting, mut html) = (Nesting::default(), String::new());
        let Some(b) = find("b") else { panic!("no b") };
        while nesting.has_room() {
            assert!(nesting.open(b, &mut html).is_ok());
        }
        assert_eq!(nesting.tags, MAX_OPEN);
        let blocks = (0..).take_while(|_| nesting.enter(true, &mut html).is_ok()).take(1_000_000).count();
        assert!(blocks <= MAX_REOPENED / MAX_OPEN);
    }
}
