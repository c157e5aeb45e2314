//! Splits HTML into tags, comments and text, in one pass. It reads what authors write and what the sanitiser returns.

use std::borrow::Cow;

/// The maximum number of attributes that are kept of one tag.
const MAX_ATTRIBUTES: usize = 32;

/// A part of a piece of HTML.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// Text, with its character references.
    Text(&'a str),
    /// A comment.
    Comment,
    /// A start tag.
    Open(Tag<'a>),
    /// An end tag: its name in lower case, and the tag as it is written.
    Close(Cow<'a, str>, &'a str),
}

/// A start tag.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// The name in lower case.
    pub(super) name: Cow<'a, str>,
    /// The names in lower case, and the values with their character references. The first of several equal names counts.
    pub(super) attributes: Vec<(Cow<'a, str>, &'a str)>,
    /// The tag as it is written.
    pub(super) written: &'a str,
}

impl<'a> Tag<'a> {
    /// The value of an attribute, with its character references.
    pub(super) fn get(&self, name: &str) -> Option<&'a str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| *value)
    }
}

/// The parts of a piece of HTML, in their order.
pub(super) fn parts(html: &str) -> Parts<'_> {
    Parts { rest: html, is_text: false }
}

/// See [`parts`].
pub(super) struct Parts<'a> {
    rest: &'a str,
    /// Whether the rest is text because a tag in it has no end. Otherwise each `<` would be searched to the end of the text.
    is_text: bool,
}

impl<'a> Parts<'a> {
    /// The text that has not been read yet.
    pub(super) fn rest(&self) -> &'a str {
        self.rest
    }

    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        taken
    }
}

impl<'a> Iterator for Parts<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        if self.is_text {
            return Some(Part::Text(self.take(self.rest.len())));
        }
        let start = self.rest.find('<').unwrap_or(self.rest.len());
        if start > 0 {
            return Some(Part::Text(self.take(start)));
        }
        if let Some(comment) = self.rest.strip_prefix("<!--") {
            // `<!-->` is a whole comment. A comment without an end reaches to the end of the text.
            let end = if comment.starts_with('>') { Some(5) } else { self.rest[2..].find("-->").map(|end| end + 5) };
            self.take(end.unwrap_or(self.rest.len()));
            return Some(Part::Comment);
        }
        let after = self.rest[1..].strip_prefix('/').unwrap_or(&self.rest[1..]);
        if !after.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return Some(Part::Text(self.take(1)));
        }
        let name_at = self.rest.len() - after.len();
        let mut scanner = Scanner { html: self.rest, at: name_at };
        let name = lower(scanner.name());
        let Some(attributes) = scanner.attributes() else {
            self.is_text = true;
            return self.next();
        };
        let written = self.take(scanner.at);
        Some(if name_at == 2 { Part::Close(name, written) } else { Part::Open(Tag { name, attributes, written }) })
    }
}

/// Reads one tag (HTML standard, section 13.2.5).
struct Scanner<'a> {
    html: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    fn peek(&self) -> Option<u8> {
        self.html.as_bytes().get(self.at).copied()
    }

    fn until(&mut self, ends: impl Fn(u8) -> bool) -> &'a str {
        let rest = &self.html[self.at..];
        let length = rest.bytes().position(ends).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn name(&mut self) -> &'a str {
        self.until(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>'))
    }

    /// The attributes, up to and with the `>`; `None` if the tag does not end.
    fn attributes(&mut self) -> Option<Vec<(Cow<'a, str>, &'a str)>> {
        let mut attributes: Vec<(Cow<'a, str>, &'a str)> = Vec::new();
        loop {
            self.until(|byte| !byte.is_ascii_whitespace() && byte != b'/');
            if self.peek()? == b'>' {
                self.at += 1;
                return Some(attributes);
            }
            let start = self.at;
            // A name may begin with an equals sign.
            self.at += 1;
            self.until(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>' | b'='));
            let name = lower(&self.html[start..self.at]);
            let value = self.value()?;
            if attributes.len() < MAX_ATTRIBUTES && attributes.iter().all(|(known, _)| *known != name) {
                attributes.push((name, value));
            }
        }
    }

    fn value(&mut self) -> Option<&'a str> {
        let before = self.at;
        self.until(|byte| !byte.is_ascii_whitespace());
        if self.peek()? != b'=' {
            self.at = before;
            return Some("");
        }
        self.at += 1;
        self.until(|byte| !byte.is_ascii_whitespace());
        match self.peek()? {
            quote @ (b'"' | b'\'') => {
                self.at += 1;
                let value = self.until(|byte| byte == quote);
                self.peek()?;
                self.at += 1;
                Some(value)
            }
            _ => Some(self.until(|byte| byte.is_ascii_whitespace() || byte == b'>')),
        }
    }
}

fn lower(name: &str) -> Cow<'_, str> {
    match name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        true => name.to_ascii_lowercase().into(),
        false => name.into(),
    }
}

/// Decodes the character references that the sanitiser writes and those that are frequent in addresses.
pub(super) fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return text.into();
    }
    let mut decoded = String::new();
    let mut parts = text.split('&');
    decoded.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let known = [
            ("amp;", '&'),
            ("lt;", '<'),
            ("gt;", '>'),
            ("quot;", '"'),
            ("nbsp;", '\u{a0}'),
            ("#39;", '\''),
            ("#x27;", '\''),
        ];
        match known.iter().find_map(|(name, c)| Some((c, part.strip_prefix(name)?))) {
            Some((c, rest)) => {
                decoded.push(*c);
                decoded.push_str(rest);
            }
            None => {
                decoded.push('&');
                decoded.push_str(part);
            }
        }
    }
    decoded.into()
}

/// Appends text with `&`, `<`, `>` and `"` as character references.
pub(super) fn push_escaped(html: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\0' => html.push('\u{fffd}'),
            c => html.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(html: &str) -> Vec<String> {
        let name = |part| match part {
            Part::Text(text) => format!("{text:?}"),
            Part::Comment => "!".into(),
            Part::Open(tag) => {
                let attributes = tag.attributes.iter().map(|(name, value)| format!(" {name}={value}"));
                format!("{}{}", tag.name, attributes.collect::<String>())
            }
            Part::Close(name, _) => format!("/{name}"),
        };
        parts(html).map(name).collect()
    }

    #[test]
    fn tags_comments_and_text_are_told_apart() {
        for (html, expected) in [
            ("a<br>b", vec!["\"a\"", "br", "\"b\""]),
            ("<BR/><Br />", vec!["br", "br"]),
            ("<a HREF='x y' title=\"<>\" b=c/d e>", vec!["a href=x y title=<> b=c/d e="]),
            ("<a href=x href=y>", vec!["a href=x"]),
            ("<a b = \"c\">", vec!["a b=c"]),
            ("</P >x</ p>", vec!["/p", "\"x\"", "\"<\"", "\"/ p>\""]),
            ("<!-- a -- > b -->c<!-->d<!--->e", vec!["!", "\"c\"", "!", "\"d\"", "!", "\"e\""]),
            ("a<!-- never", vec!["\"a\"", "!"]),
            (
                "1 < 2 <3 <?php <!A",
                vec!["\"1 \"", "\"<\"", "\" 2 \"", "\"<\"", "\"3 \"", "\"<\"", "\"?php \"", "\"<\"", "\"!A\""],
            ),
            ("<b>x<a href=\"y", vec!["b", "\"x\"", "\"<a href=\\\"y\""]),
            ("<é>", vec!["\"<\"", "\"é>\""]),
            ("<a =b>", vec!["a =b="]),
        ] {
            assert_eq!(names(html), expected, "{html}");
        }
    }

    #[test]
    fn a_flood_of_attributes_is_cut() {
        let flood: String = (0..1000).map(|number| format!(" a{number}=b")).collect();
        let html = format!("<p{flood}>");
        let Some(Part::Open(tag)) = parts(&html).next() else { panic!("no tag") };
        assert_eq!(tag.attributes.len(), MAX_ATTRIBUTES);
    }

    #[test]
    fn character_references_are_decoded() {
        assert_eq!(decoded("a&amp;b&lt;&gt;&quot;&#39;&nbsp;&copy;&"), "a&b<>\"'\u{a0}&copy;&");
    }
}
