//! Checks on what people type that more than one noun needs.

/// The most characters in a title, a tagline and other single lines.
pub const LINE_CHARS: usize = 200;

/// One line of text: trimmed, without control characters, at most `max` characters.
///
/// # Errors
/// A sentence for the person who typed it, when it is longer or holds a control character.
pub fn line(typed: &str, max: usize) -> Result<String, String> {
    let line = typed.trim();
    if line.chars().any(char::is_control) {
        return Err("This holds a line break or another control character. Keep it on one line.".into());
    }
    at_most(line, max)?;
    Ok(line.to_owned())
}

/// Several lines of text: line ends become `\n`, no other control character but tab, at most `max` characters.
///
/// # Errors
/// A sentence for the person who typed it, when it is longer or holds a control character.
pub fn lines(typed: &str, max: usize) -> Result<String, String> {
    let text = typed.replace("\r\n", "\n").replace('\r', "\n");
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err("This holds a control character that no page can show. Remove it.".into());
    }
    at_most(&text, max)?;
    Ok(text)
}

fn at_most(text: &str, max: usize) -> Result<(), String> {
    match text.chars().count() {
        count if count > max => Err(format!("At most {max} characters; this has {count}.")),
        _ => Ok(()),
    }
}
