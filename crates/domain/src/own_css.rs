//! The site's own style sheet: CSS that loads nothing from other hosts.

use std::{fmt, sync::Arc};

use cssparser::{ParseError, ParseErrorKind, Parser, Token};

use crate::text;

/// The maximum size of the style sheet in bytes.
pub const MAX_BYTES: usize = 64 << 10;

/// A checked style sheet: at most [`MAX_BYTES`], no `@import`, and addresses of this site only. The rules of a private page
/// could otherwise send its content to another host: `[href$="/plan"] { background: url(https://…) }`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct OwnCss(Arc<str>);

impl OwnCss {
    /// Checks a style sheet, which may be empty. The text is cleaned first.
    ///
    /// # Errors
    /// A sentence for the person who typed it, with the line and the column.
    pub fn parse(typed: &str) -> Result<OwnCss, String> {
        let css = text::lines(typed, MAX_BYTES)?;
        if css.len() > MAX_BYTES {
            return Err(format!("At most {MAX_BYTES} bytes; this has {}.", css.len()));
        }
        check(&mut Parser::new(&css), Within::Rules).map_err(|error| match error.kind {
            ParseErrorKind::Custom(fault) => fault.to_string(),
            ParseErrorKind::Basic(_) => "This is not CSS.".to_owned(),
        })?;
        Ok(OwnCss(css.trim().into()))
    }

    /// The style sheet.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is no rule.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for OwnCss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OwnCss({} bytes)", self.0.len())
    }
}

/// Why a style sheet is refused, and where; lines and columns count from 1.
#[derive(Debug)]
struct Fault {
    line: u32,
    column: u32,
    words: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line {}, column {}: {}", self.line, self.column, self.words)
    }
}

/// The place of a token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    /// Anywhere else.
    Rules,
    /// `url(…)`, whose string is an address.
    Url,
    /// `image-set(…)` and `image(…)`, whose strings are addresses.
    Images,
}

/// Checks every token up to the end of a block.
fn check<'i>(input: &mut Parser<'i>, within: Within) -> Result<(), ParseError<Fault>> {
    loop {
        input.skip_whitespace();
        let at = input.current_source_location();
        let Ok(token) = input.next().cloned() else { return Ok(()) };
        let fault = |words: String| ParseError::custom(Fault { line: at.line + 1, column: at.column, words });
        let opens = match &token {
            Token::AtKeyword(name) if name.eq_ignore_ascii_case("import") => {
                return Err(fault("@import loads another style sheet. Copy its rules into this field.".into()));
            }
            Token::UnquotedUrl(address) => own_path(address).map(|()| None).map_err(fault)?,
            Token::QuotedString(address) if within != Within::Rules => {
                own_path(address).map(|()| None).map_err(fault)?
            }
            Token::Function(name) => Some(function(name, within).map_err(fault)?),
            Token::ParenthesisBlock | Token::SquareBracketBlock | Token::CurlyBracketBlock => Some(within),
            Token::BadUrl(_) => return Err(fault("This url() is not complete.".into())),
            Token::BadString(_) => return Err(fault("This text has no closing quote.".into())),
            Token::CloseParenthesis | Token::CloseSquareBracket | Token::CloseCurlyBracket => {
                return Err(fault("This bracket closes none.".into()));
            }
            _ if within == Within::Url => return Err(fault("Only one text in quotes can be in url().".into())),
            _ => None,
        };
        if let Some(inner) = opens {
            input.parse_nested_block(|block| check(block, inner)).map_err(|error| match error.kind {
                ParseErrorKind::Basic(_) => fault("These brackets are nested too deeply.".into()),
                ParseErrorKind::Custom(_) => error,
            })?;
        }
    }
}

/// The place of the tokens in a function.
fn function(name: &str, within: Within) -> Result<Within, String> {
    let name = name.to_ascii_lowercase();
    match (name.as_str(), within) {
        ("url", _) => Ok(Within::Url),
        // Its address may come from a variable.
        ("src", _) => Err("src() is not allowed. Write url() with an address of this site.".into()),
        ("type", Within::Images) => Ok(Within::Rules),
        ("image-set" | "-webkit-image-set" | "image", _) => Ok(Within::Images),
        (_, Within::Rules) => Ok(Within::Rules),
        (name, _) => Err(format!("{name}() cannot choose an address. Write url() with an address of this site.")),
    }
}

/// Checks that an address is a path of this site, as browsers read it: they take `\` for `/`, and skip tabs and line ends.
fn own_path(address: &str) -> Result<(), String> {
    let is_own = address.strip_prefix('/').is_some_and(|rest| !rest.starts_with('/'))
        && !address.contains(|c: char| c == '\\' || c.is_control() || c.is_whitespace());
    match is_own {
        true => Ok(()),
        false => Err("Only addresses of this site are allowed, such as url(/static/icon.svg).".into()),
    }
}
