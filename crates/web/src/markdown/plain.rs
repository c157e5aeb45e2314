//! The text of Markdown that its page shows, without markup: for the search index, its excerpts, and reading times.

use comrak::{
    Arena,
    arena_tree::NodeEdge,
    nodes::{AstNode, NodeValue},
};

use super::{
    allowlist::{self, Element, Kind},
    tags::{Part, decoded, parts},
};

/// The text that a page shows, on one line. What the page hides is not in it: comments, front matter, definitions of links,
/// footnotes that nothing refers to, attributes of tags. A text that exceeds a bound is shown as it was typed, and is whole.
pub fn plain(markdown: &str) -> String {
    let arena = Arena::new();
    let mut plain = Plain::default();
    match super::parse(&arena, markdown) {
        Some((document, _)) => plain.push_document(document),
        None => plain.push(markdown),
    }
    plain.text
}

/// Between two cells of a table.
const CELL: &str = " · ";

/// A text on one line, with what separates it from the text that follows.
#[derive(Default)]
struct Plain {
    text: String,
    gap: &'static str,
    /// Whether there is text since the last table began.
    follows_cell: bool,
}

impl Plain {
    fn push_document<'a>(&mut self, document: &'a AstNode<'a>) {
        for edge in document.traverse() {
            match edge {
                NodeEdge::Start(node) => self.start(node),
                NodeEdge::End(node) => self.end(node),
            }
        }
    }

    fn end<'a>(&mut self, node: &'a AstNode<'a>) {
        match &node.data().value {
            NodeValue::Table(_) => self.gap = " ",
            NodeValue::Image(link) if is_figure(node) => {
                self.separate();
                self.push(&link.title);
            }
            value if value.block() => self.separate(),
            _ => {}
        }
    }

    fn start<'a>(&mut self, node: &'a AstNode<'a>) {
        match &node.data().value {
            NodeValue::Text(text) => self.push(text),
            NodeValue::Code(code) => self.push(&code.literal),
            NodeValue::Math(math) => self.push(&math.literal),
            NodeValue::ShortCode(emoji) => self.push(&emoji.emoji),
            NodeValue::SoftBreak | NodeValue::LineBreak => self.separate(),
            NodeValue::HtmlInline(html) => self.push_html(html),
            NodeValue::CodeBlock(block) => {
                self.separate();
                self.push(&block.literal);
            }
            NodeValue::HtmlBlock(block) => {
                self.separate();
                self.push_html(&block.literal);
            }
            NodeValue::Alert(alert) => {
                self.separate();
                self.push(alert.title.as_deref().unwrap_or_default());
                self.separate();
            }
            NodeValue::Table(_) => {
                self.separate();
                self.follows_cell = false;
            }
            NodeValue::TableCell if self.follows_cell => self.gap = CELL,
            value if value.block() => self.separate(),
            _ => {}
        }
    }

    /// Adds HTML that an author wrote: the text between tags, the tags that are shown as text, and the words for pictures.
    fn push_html(&mut self, html: &str) {
        for part in parts(html) {
            match part {
                Part::Comment => {}
                Part::Text(text) => self.push(&decoded(text)),
                Part::Open(tag) => match allowlist::find(&tag.name) {
                    None => self.push(tag.written),
                    Some(element) if element.name == "img" => self.push(&decoded(tag.get("alt").unwrap_or_default())),
                    Some(element) if !is_within_words(element) => self.separate(),
                    Some(_) => {}
                },
                Part::Close(name, written) => match allowlist::find(&name) {
                    None => self.push(written),
                    Some(element) if !is_within_words(element) => self.separate(),
                    Some(_) => {}
                },
            }
        }
    }

    fn separate(&mut self) {
        if self.gap.is_empty() {
            self.gap = " ";
        }
    }

    fn push(&mut self, text: &str) {
        for c in text.chars() {
            if c.is_whitespace() {
                self.separate();
                continue;
            }
            if !self.text.is_empty() {
                self.text.push_str(self.gap);
            }
            (self.gap, self.follows_cell) = ("", true);
            self.text.push(c);
        }
    }
}

/// Whether a picture is alone in a paragraph, so that its title is a caption.
fn is_figure<'a>(picture: &'a AstNode<'a>) -> bool {
    let is_alone = picture.previous_sibling().is_none() && picture.next_sibling().is_none();
    is_alone && picture.parent().is_some_and(|parent| matches!(parent.data().value, NodeValue::Paragraph))
}

/// Whether the text before and after a tag can be one word.
fn is_within_words(element: &Element) -> bool {
    matches!(element.kind, Kind::Inline | Kind::Formatting)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_and_markup_goes() {
        for (markdown, expected) in [
            ("# A *title*\n\nSome **bold** `code`.", "A title Some bold code."),
            ("- one\n- [ ] two\n\n3. three\n> > four", "one two three four"),
            ("See [the plan](/plan \"x\") or ![a map](/map.png)!", "See the plan or a map!"),
            ("| a | b |\n| --- | ---: |\n| 1 | 2 |", "a · b · 1 · 2"),
            (
                "before\n\n| Item | Price |\n|---|---|\n| Tea \\| milk | 50 |\n| | x |\n\nafter",
                "before Item · Price · Tea | milk · 50 · x after",
            ),
            ("![A plan](plan.jpg \"The *ground* floor\")\n\nText", "A plan The *ground* floor Text"),
            ("![](plan.jpg 'x, y')\n\n![a](b.jpg) ![c](d.jpg \"e\")", "x, y a c"),
            ("```rust\nlet snake_case = 1;\n```\n---\n_it_", "let snake_case = 1; it"),
            ("2 \\* 3, C:\\dir, 3 < 4, a - b, 3.14", "2 * 3, C:\\dir, 3 < 4, a - b, 3.14"),
            ("[open](/never ends [x]", "[open](/never ends [x]"),
            ("---\ntitle: a\n---\n<p align=\"center\">\n  <b>b</b><br>c\n</p>\n\nVec<T> < 3", "b c Vec<T> < 3"),
            ("> [!NOTE]\n> Mind this.", "Mind this."),
            ("> [!NOTE] Well\n> Mind this.", "Well Mind this."),
            ("a<br>b<i>c</i> :tada: $x^2$", "a bc 🎉 x^2"),
            ("", ""),
        ] {
            assert_eq!(plain(markdown), expected, "{markdown}");
        }
    }

    /// Texts with the word `hidden`, and what their pages show instead.
    #[test]
    fn what_a_page_hides_is_left_out_and_what_it_shows_is_not() {
        for (markdown, shown) in [
            ("a\n\n<!-- hidden\n\nhidden -->\n\nb", "a b"),
            ("a <!-- hidden --> b", "a b"),
            ("<p>a <!-- hidden --> b</p>", "a b"),
            ("a\n\n<!-- hidden", "a"),
            ("a\n\n[//]: # (hidden)\n[comment]: <> (hidden)\n[hidden]: http://hidden.example 'hidden'\n\nb", "a b"),
            ("> a\n>\n> [hidden]: /hidden\n> 'hidden'\n\n- b\n\n  [x]: /hidden", "a b"),
            ("[a][x]\n\n[x]: /hidden", "a"),
            ("a[^1]\n\n[^1]: b\n[^hidden]: hidden", "a b"),
            ("---\nauthor: hidden\n---\na", "a"),
            ("<p data-x='hidden' class=hidden>a</p>\n\n```rust hidden\nb\n```", "a b"),
            ("[a](/hidden 'hidden') ![b](/hidden.jpg)", "a b"),
        ] {
            assert_eq!(plain(markdown), shown, "{markdown}");
            let page = super::super::render(markdown);
            let text: String = parts(page.as_str())
                .filter_map(|part| match part {
                    Part::Text(text) => Some(text),
                    _ => None,
                })
                .collect();
            assert!(!text.contains("hidden"), "{markdown}: {text}");
        }
        for shown in [
            "`<!-- shown -->`",
            "    <!-- shown -->",
            "```\n[x]: shown\n```",
            "a <!-- shown",
            "<? shown ?>",
            "<x shown>",
        ] {
            assert!(plain(shown).contains("shown"), "{shown}");
            assert!(super::super::render(shown).as_str().contains("shown"), "{shown}");
        }
    }

    #[test]
    fn hostile_texts_do_not_grow() {
        for part in ["[", "](", "](x", "<!--", "> ", "\\", "_a", "- ", "1. ", "|", "`", "\n\n"] {
            assert!(plain(&part.repeat((1 << 18) / part.len())).len() <= 1 << 18, "{part:?}");
        }
    }
}
