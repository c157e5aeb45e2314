//! Many users at once: a text with one person on each line, by name and perhaps with an address.

use crate::{
    text,
    user::{NOTE_CHARS, Username},
};

/// The most users that are added at once. At cost 12, bcrypt takes a quarter of a second for the password of each.
pub const MAX: usize = 100;

/// A line with a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The number of the line, from 1; empty lines count.
    pub number: usize,
    /// The line as it was typed, without white space around it.
    pub typed: String,
    /// The person, or a sentence about what is wrong.
    pub person: Result<Person, String>,
}

/// A person of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The name.
    pub name: Username,
    /// The address, which is kept as the note of the user; empty without one.
    pub note: String,
}

/// The lines of a text that are not empty: `ann`, `ann, ann@example.org` or `ann <ann@example.org>`. A comma or a semicolon
/// at the end of a line, as programs write it between the items of a list, is left out.
pub fn lines(typed: &str) -> Vec<Line> {
    let line = |(at, line): (usize, &str)| {
        let line = text::cleaned(line);
        let typed = line.trim().trim_end_matches([',', ';']).trim_end();
        (!typed.is_empty()).then(|| Line { number: at + 1, typed: typed.to_owned(), person: person(typed) })
    };
    typed.lines().enumerate().filter_map(line).collect()
}

fn person(line: &str) -> Result<Person, String> {
    let (name, address) = match line.split_once('<') {
        Some((name, rest)) => {
            let rest = rest.strip_suffix('>').ok_or("The address has no > after it. Write ann <ann@example.org>.")?;
            (name, Some(rest))
        }
        None => match line.split_once([',', ';', '\t']) {
            Some((name, rest)) => (name, Some(rest)),
            None => (line, None),
        },
    };
    let name = Username::parse_new(name.trim().trim_matches('"'))?;
    let note = address.map(|address| check_address(address.trim())).transpose()?.unwrap_or_default();
    Ok(Person { name, note })
}

/// Checks that the text after a name is one address, and not the name of another person.
fn check_address(address: &str) -> Result<String, String> {
    let is_odd = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '<' | '>' | '"');
    let has_parts = address.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty());
    if !has_parts || address.matches('@').count() > 1 || address.contains(is_odd) {
        return Err(
            "After the name comes one address, such as ann, ann@example.org. Write one person on each line.".into()
        );
    }
    text::line(address, NOTE_CHARS)
}
