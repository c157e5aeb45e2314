//! Syntax highlighting: a scanner that reads the code once, without regular expressions and without backtracking.
//!
//! Rejected: the grammars of syntect. Their expressions take up to 0.8 s for one hostile line of 1,000 bytes, which no
//! limit on lines or bytes prevents, and they do not support TypeScript, TOML or Dockerfiles.

use std::{
    borrow::Cow,
    collections::HashMap,
    fmt::{self, Write},
    sync::atomic::{AtomicUsize, Ordering},
};

use comrak::adapters::SyntaxHighlighterAdapter;

use super::languages::{self, Keys, Language};

/// The maximum number of bytes of highlighted code on one page; a block that exceeds it stays plain.
pub(super) const MAX_HIGHLIGHTED_BYTES: usize = 64 * 1024;

/// The size of one element of plain code in bytes, without the rest of its last line.
const PIECE_BYTES: usize = 8 * 1024;

/// Highlights the fenced code of one page, up to the limit.
#[derive(Default)]
pub(super) struct Highlighter {
    highlighted_bytes: AtomicUsize,
}

impl Highlighter {
    /// Reserves bytes of the limit; false if they exceed it.
    fn reserve(&self, bytes: usize) -> bool {
        let add = |used: usize| (used + bytes <= MAX_HIGHLIGHTED_BYTES).then_some(used + bytes);
        self.highlighted_bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add).is_ok()
    }
}

impl SyntaxHighlighterAdapter for Highlighter {
    fn write_highlighted(&self, output: &mut dyn Write, info: Option<&str>, code: &str) -> fmt::Result {
        let name = info.and_then(|info| info.split([',', ' ', '{']).next()).unwrap_or_default();
        match languages::find(name).filter(|_| self.reserve(code.len())) {
            Some(language) => Scanner { language, code, at: 0, output, line_start: true, in_tag: false }.highlight(),
            None => write_plain(output, code),
        }
    }

    fn write_pre_tag(&self, output: &mut dyn Write, _: HashMap<&'static str, Cow<'_, str>>) -> fmt::Result {
        // The tabindex lets a keyboard user scroll long lines.
        output.write_str("<pre class=\"code\" tabindex=\"0\">")
    }

    fn write_code_tag(&self, output: &mut dyn Write, attributes: HashMap<&'static str, Cow<'_, str>>) -> fmt::Result {
        comrak::html::write_opening_tag(output, "code", attributes)
    }
}

/// Writes plain code in elements of about 8 KiB: the sanitiser's time grows with the square of the element size.
fn write_plain(output: &mut dyn Write, code: &str) -> fmt::Result {
    let mut rest = code;
    while let Some(end) = rest.bytes().skip(PIECE_BYTES).position(|byte| byte == b'\n') {
        let (piece, later) = rest.split_at(PIECE_BYTES + end + 1);
        output.write_str("<span>")?;
        comrak::html::escape(output, piece)?;
        output.write_str("</span>")?;
        rest = later;
    }
    comrak::html::escape(output, rest)
}

const COMMENT: &str = "hl-comment";
const STRING: &str = "hl-string";
const KEYWORD: &str = "hl-keyword";
const CONSTANT: &str = "hl-constant";
const FUNCTION: &str = "hl-entity hl-name hl-function";
const NAME: &str = "hl-entity hl-name";
const TYPE: &str = "hl-support hl-type";
const TAG: &str = "hl-entity hl-tag";
const INSERTED: &str = "hl-markup hl-inserted";
const DELETED: &str = "hl-markup hl-deleted";

struct Scanner<'a> {
    language: &'static Language,
    code: &'a str,
    at: usize,
    output: &'a mut dyn Write,
    /// Whether only white space and the hyphen of a list are between the start of the line and `at`.
    line_start: bool,
    /// Whether `at` is between the angle brackets of a tag.
    in_tag: bool,
}

impl<'a> Scanner<'a> {
    fn highlight(mut self) -> fmt::Result {
        while let Some(next) = self.rest().chars().next() {
            let (class, length) = self.token(next);
            let (text, _) = self.rest().split_at(length);
            self.line_start = text.ends_with('\n') || (self.line_start && (text == "-" || text.trim().is_empty()));
            self.at += length;
            match class {
                None => comrak::html::escape(self.output, text)?,
                Some(class) => {
                    write!(self.output, "<span class=\"{class}\">")?;
                    comrak::html::escape(self.output, text)?;
                    self.output.write_str("</span>")?;
                }
            }
        }
        Ok(())
    }

    fn rest(&self) -> &'a str {
        &self.code[self.at..]
    }

    /// The class of the next token and its length in bytes, at least one character.
    fn token(&mut self, next: char) -> (Option<&'static str>, usize) {
        let rest = self.rest();
        if self.language.keys == Keys::Changes {
            return (change(rest), line(rest));
        }
        if let Some(comment) = self.comment(rest) {
            return (Some(COMMENT), comment);
        }
        if self.language.keys == Keys::Tags {
            return self.markup(rest, next);
        }
        if let Some(string) = self.string(rest) {
            let is_key = self.language.keys == Keys::Colon && rest[string..].starts_with(':');
            return (Some(if is_key { NAME } else { STRING }), string);
        }
        if self.line_start && next == '[' && self.language.keys == Keys::Equals {
            return (Some(TYPE), line(rest));
        }
        if next.is_ascii_digit() {
            return (Some(CONSTANT), length_of(rest, |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.')));
        }
        if next == '_' || next == '@' || next.is_alphabetic() {
            return self.word(rest, next);
        }
        (None, next.len_utf8())
    }

    fn comment(&self, rest: &str) -> Option<usize> {
        if let Some((open, close)) = self.language.block_comment
            && let Some(inside) = rest.strip_prefix(open)
        {
            return Some(inside.find(close).map_or(rest.len(), |end| open.len() + end + close.len()));
        }
        let mark = self.language.line_comments.iter().find(|mark| rest.starts_with(**mark))?;
        // In a shell, `$#` and `a#b` are not comments.
        let apart = self.code[..self.at].chars().next_back().is_none_or(char::is_whitespace);
        (apart || *mark != "#").then(|| line(rest).max(1))
    }

    fn string(&self, rest: &str) -> Option<usize> {
        let quote = self.language.strings.iter().find(|quote| rest.starts_with(**quote))?;
        if self.language.lifetimes && *quote == "'" && !is_character(rest) {
            return None;
        }
        let many_lines = quote.len() == 3 || *quote == "`";
        let inside = &rest[quote.len()..];
        let mut escaped = false;
        for (at, c) in inside.char_indices() {
            if c == '\n' && !many_lines {
                return Some(quote.len() + at);
            }
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                _ if inside[at..].starts_with(quote) => return Some(2 * quote.len() + at),
                _ => {}
            }
        }
        Some(rest.len())
    }

    fn word(&self, rest: &str, next: char) -> (Option<&'static str>, usize) {
        let joined = if self.language.keys == Keys::None { '_' } else { '-' };
        let length =
            next.len_utf8() + length_of(&rest[next.len_utf8()..], |c| c.is_alphanumeric() || c == '_' || c == joined);
        let (word, after) = rest.split_at(length);
        let is_in = |words: &str| {
            words.split(' ').any(|known| known == word || self.language.any_case && known.eq_ignore_ascii_case(word))
        };
        let class = if self.is_key(after) {
            Some(NAME)
        } else if next == '@' || is_in(self.language.keywords) {
            Some(KEYWORD)
        } else if is_in(self.language.constants) {
            Some(CONSTANT)
        } else if after.starts_with(['(', '!']) && !after.starts_with("!=") {
            Some(FUNCTION)
        } else if self.language.keys == Keys::None && !self.language.any_case && next.is_uppercase() {
            Some(TYPE)
        } else {
            None
        };
        (class, length)
    }

    fn is_key(&self, after: &str) -> bool {
        match self.language.keys {
            Keys::Colon => self.line_start && after.starts_with(':'),
            // At most 40 spaces, because the scanner reads them again when it writes them.
            Keys::Equals => self.line_start && after.chars().take(40).find(|c| *c != ' ') == Some('='),
            _ => false,
        }
    }

    fn markup(&mut self, rest: &str, next: char) -> (Option<&'static str>, usize) {
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | ':' | '_');
        match next {
            '<' if !self.in_tag => {
                let inside = rest[1..].strip_prefix(['/', '?', '!']).unwrap_or(&rest[1..]);
                let name = length_of(inside, is_name);
                self.in_tag = name > 0;
                (self.in_tag.then_some(TAG), rest.len() - inside.len() + name)
            }
            _ if !self.in_tag => (None, length_of(rest, |c| c != '<')),
            '>' => {
                self.in_tag = false;
                (Some(TAG), 1)
            }
            '"' | '\'' => (Some(STRING), rest[1..].find(next).map_or(rest.len(), |end| end + 2)),
            _ => (None, length_of(rest, |c| !matches!(c, '>' | '"' | '\''))),
        }
    }
}

/// The class of a line of a patch.
fn change(line: &str) -> Option<&'static str> {
    match line.as_bytes().first() {
        _ if line.starts_with("+++") || line.starts_with("---") || line.starts_with("diff ") => Some(KEYWORD),
        Some(b'+') => Some(INSERTED),
        Some(b'-') => Some(DELETED),
        Some(b'@') => Some(COMMENT),
        _ => None,
    }
}

/// Whether a quote starts a character literal and not a lifetime.
fn is_character(rest: &str) -> bool {
    let mut inside = rest.chars().skip(1);
    inside.next() == Some('\\') || inside.next() == Some('\'')
}

/// The length of the line without its line end; of an empty line, with it.
fn line(text: &str) -> usize {
    text.find('\n').unwrap_or(text.len()).max(usize::from(text.starts_with('\n')))
}

fn length_of(text: &str, mut belongs: impl FnMut(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}
