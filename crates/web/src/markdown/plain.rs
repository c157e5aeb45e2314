//! The plain text of Markdown, for excerpts. It is approximate: a mistake leaves a stray asterisk.

use domain::front_matter;

use super::{
    allowlist,
    tags::{Part, parts},
};

/// The maximum number of bytes that are searched for the end of a link's address.
const MAX_ADDRESS_BYTES: usize = 2000;

/// A text on one line, without Markdown syntax, front matter, comments and the tags of the allowlist.
pub fn plain(markdown: &str) -> String {
    let markdown = front_matter::split(markdown).map_or(markdown, |(_, text)| text);
    let mut plain = String::new();
    let mut follows_row = false;
    for line in without_tags(markdown).lines().map(without_marker).filter(|line| !is_ruler(line)) {
        let line = line.trim();
        let is_row = line.starts_with('|');
        if is_row && follows_row {
            plain.push_str(CELL);
        } else if !plain.is_empty() && !plain.ends_with(' ') && !line.is_empty() {
            plain.push(' ');
        }
        follows_row = is_row;
        match is_row {
            true => push_row(&mut plain, line),
            false => push_inline(&mut plain, line),
        }
        if let Some(caption) = caption(line) {
            plain.push_str(if plain.ends_with(' ') { "" } else { " " });
            push_inline(&mut plain, caption);
        }
    }
    plain
}

/// The caption of a picture that is alone on a line.
fn caption(line: &str) -> Option<&str> {
    let (_, target) = line.strip_prefix("![")?.strip_suffix(')')?.split_once("](")?;
    let is_alone = !target.contains("](") && !target.contains(") ");
    let (_, title) = target.trim_end().split_once(char::is_whitespace).filter(|_| is_alone)?;
    let title = title.trim();
    let quotes = ["\"\"", "''", "()"]
        .into_iter()
        .find(|quotes| title.len() > 2 && title.starts_with(&quotes[..1]) && title.ends_with(&quotes[1..]));
    quotes.map(|_| &title[1..title.len() - 1])
}

/// Between two cells of a table.
const CELL: &str = " · ";

/// Adds the cells of a row of a table.
fn push_row(plain: &mut String, row: &str) {
    let mut is_escaped = false;
    let cells = row.split(|c: char| {
        let is_end = c == '|' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        is_end
    });
    let mut between = "";
    for cell in cells {
        if !cell.trim().is_empty() {
            plain.push_str(between);
            push_inline(plain, cell.trim());
            between = CELL;
        }
    }
}

fn without_tags(markdown: &str) -> String {
    let mut text = String::with_capacity(markdown.len());
    for part in parts(markdown) {
        match part {
            Part::Text(part) => text.push_str(part),
            Part::Comment => {}
            Part::Open(tag) if allowlist::find(&tag.name).is_none() => text.push_str(tag.written),
            Part::Close(name, written) if allowlist::find(&name).is_none() => text.push_str(written),
            Part::Open(tag) if tag.name == "br" => text.push(' '),
            Part::Open(_) | Part::Close(..) => {}
        }
    }
    text
}

/// A line without the markers of quotes, headings, list items and tasks.
fn without_marker(line: &str) -> &str {
    let line = line.trim_start_matches(|c: char| c == '>' || c.is_whitespace());
    let line = line.trim_start_matches('#').trim_start();
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let markers: &[&str] = if number.len() < line.len() { &[". ", ") "] } else { &["- ", "* ", "+ "] };
    let item = markers.iter().find_map(|marker| number.strip_prefix(marker)).unwrap_or(line);
    ["[ ] ", "[x] ", "[X] "].iter().find_map(|task| item.strip_prefix(task)).unwrap_or(item)
}

/// Whether a line is a thematic break, a code fence or a table delimiter.
fn is_ruler(line: &str) -> bool {
    let line = line.trim();
    line.starts_with("```")
        || line.starts_with("~~~")
        || (line.starts_with("[!") && line.ends_with(']'))
        || (!line.is_empty() && line.bytes().all(|byte| b"-=*_|:+ ".contains(&byte)))
}

fn push_inline(plain: &mut String, line: &str) {
    let (mut rest, mut before) = (line.chars(), ' ');
    while let Some(c) = rest.next() {
        let follows = rest.as_str();
        let kept = match c {
            '\\' if follows.starts_with(|c: char| c.is_ascii_punctuation()) => rest.next(),
            '*' | '`' | '~' | '[' => None,
            '!' if follows.starts_with('[') => None,
            '_' if !before.is_alphanumeric() || !follows.starts_with(char::is_alphanumeric) => None,
            ']' => {
                rest = after_address(follows).chars();
                None
            }
            '|' => Some(' '),
            c => Some(c),
        };
        if let Some(c) = kept.filter(|c| !c.is_whitespace() || !plain.ends_with(' ')) {
            plain.push(c);
        }
        before = c;
    }
}

/// The text after the address of a link; `follows` is the text after the closing bracket.
fn after_address(follows: &str) -> &str {
    let near = &follows[..follows.floor_char_boundary(MAX_ADDRESS_BYTES)];
    match near.strip_prefix('(').and_then(|near| near.find(')')) {
        Some(end) => &follows[end + 2..],
        None => follows,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_and_markup_goes() {
        for (markdown, expected) in [
            ("# A *title*\n\nSome **bold** `code`.", "A title Some bold code."),
            ("- one\n- [ ] two\n3. three\n> > four", "one two three four"),
            ("See [the plan](/plan \"x\") or ![a map](/map.png)!", "See the plan or a map!"),
            ("| a | b |\n| --- | ---: |\n| 1 | 2 |", "a · b · 1 · 2"),
            (
                "before\n\n| Item | Price |\n|---|---|\n| Tea \\| milk | 50 |\n\nafter",
                "before Item · Price · Tea | milk · 50 after",
            ),
            ("![A plan](plan.jpg \"The *ground* floor\")\n\nText", "A plan The ground floor Text"),
            ("![](plan.jpg 'x, y')\n![a](b.jpg) ![c](d.jpg \"e\")", "x, y a c"),
            ("```rust\nlet snake_case = 1;\n```\n---\n_it_", "let snake_case = 1; it"),
            ("2 \\* 3, C:\\dir, 3 < 4, a - b, 3.14", "2 * 3, C:\\dir, 3 < 4, a - b, 3.14"),
            ("Seen <!-- not\n\nseen --> again <!-- never", "Seen again "),
            ("[open](/never ends [x]", "open(/never ends x"),
            ("---\ntitle: a\n---\n<p align=\"center\">\n  <b>b</b><br>c\n</p>\n\nVec<T> < 3", "b c Vec<T> < 3"),
            ("> [!NOTE]\n> Mind this.", "Mind this."),
            ("", ""),
        ] {
            assert_eq!(plain(markdown).trim(), expected.trim(), "{markdown}");
        }
    }

    #[test]
    fn hostile_texts_do_not_grow() {
        for part in ["[", "](", "](x", "<!--", "> ", "\\", "_a", "- ", "1. ", "|", "`", "\n\n"] {
            assert!(plain(&part.repeat((1 << 20) / part.len())).len() <= 1 << 20, "{part:?}");
        }
    }
}
