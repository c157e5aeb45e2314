//! Text from people and from other systems: how it is cleaned, and the checks that several modules share.

use crate::lookalike;

/// The most characters in a title, a tagline and other single lines of text.
pub const LINE_CHARS: usize = 200;

/// Cleans text of another system: a byte order mark at its beginning is removed, and CR LF, CR, form feeds and vertical tabs
/// become line ends `\n`.
pub fn cleaned(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.replace("\r\n", "\n").replace(['\r', '\u{b}', '\u{c}'], "\n")
}

/// Reads and cleans the bytes of a file or a pipe; see [`cleaned`].
///
/// # Errors
/// A sentence that names the first line that is not UTF-8. It quotes nothing.
pub fn from_bytes(bytes: &[u8]) -> Result<String, String> {
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(cleaned(text)),
        Err(error) => error,
    };
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err("This is UTF-16. Save it as UTF-8.".into());
    }
    let number = 1 + bytes.iter().take(error.valid_up_to()).filter(|byte| **byte == b'\n').count();
    Err(format!("Line {number} is not UTF-8. Save it as UTF-8."))
}

/// Checks one line of text and trims it: no control characters, at most `max` characters. It is cleaned first.
///
/// # Errors
/// A sentence for the person who typed it, if the line is longer or has a control character.
pub fn line(typed: &str, max: usize) -> Result<String, String> {
    let text = cleaned(typed);
    let line = text.trim();
    match line.chars().enumerate().find(|(_, c)| c.is_control()) {
        Some((before, '\n')) => Err(format!("There is a line break after {before} characters. Keep it on one line.")),
        Some((before, odd)) => {
            Err(format!("Character {} is a control character ({}). Remove it.", before + 1, code(odd)))
        }
        None => at_most(line, max).map(|()| line.to_owned()),
    }
}

/// Checks one line of text that people know something by, such as a title: as [`line()`], and it can be seen.
///
/// # Errors
/// A sentence for the person who typed it.
pub fn label(typed: &str, max: usize) -> Result<String, String> {
    let line = line(typed, max)?;
    lookalike::visible(&line).map(|()| line)
}

/// Checks several lines of text: no other control character than line end and tab, at most `max` characters. It is cleaned
/// first.
///
/// # Errors
/// A sentence for the person who typed it, if the text is longer or has another control character.
pub fn lines(typed: &str, max: usize) -> Result<String, String> {
    let text = cleaned(typed);
    let is_odd = |c: &char| c.is_control() && *c != '\n' && *c != '\t';
    for (number, line) in (1..).zip(text.split('\n')) {
        if let Some((before, odd)) = line.chars().enumerate().find(|(_, c)| is_odd(c)) {
            let column = before + 1;
            return Err(format!(
                "Line {number}, column {column} holds a control character that no page can show ({}). Remove it.",
                code(odd)
            ));
        }
    }
    at_most(&text, max).map(|()| text)
}

fn code(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

fn at_most(text: &str, max: usize) -> Result<(), String> {
    match text.chars().count() {
        count if count > max => Err(format!("At most {max} characters; this has {count}.")),
        _ => Ok(()),
    }
}
