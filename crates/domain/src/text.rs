//! Checks of user input that several modules share.

/// The most characters in a title, a tagline and other single lines of text.
pub const LINE_CHARS: usize = 200;

/// Checks one line of text and trims it: no control characters, at most `max` characters.
///
/// # Errors
/// A sentence for the person who typed it, if the line is longer or has a control character.
pub fn line(typed: &str, max: usize) -> Result<String, String> {
    let line = typed.trim();
    if line.chars().any(char::is_control) {
        return Err("This holds a line break or another control character. Keep it on one line.".into());
    }
    at_most(line, max)?;
    Ok(line.to_owned())
}

/// Checks several lines of text: line ends become `\n`, no other control character but tab, at most `max` characters.
///
/// # Errors
/// A sentence for the person who typed it, if the text is longer or has another control character.
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
