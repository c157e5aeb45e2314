//! Many users at once: their names as a text with one name a line.

use crate::{text, user::Username};

/// The most users that are added at once. At cost 12, bcrypt takes a quarter of a second for the password of each.
pub const MAX: usize = 100;

/// A line with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The number of the line, from 1; lines without a name count.
    pub number: usize,
    /// The line as it was typed, without white space around it.
    pub typed: String,
    /// The name, or a sentence about what is wrong with it.
    pub name: Result<Username, String>,
}

/// The lines of a text that have a name. A line ends a list in any program, so a comma or a semicolon at its end is left out.
pub fn lines(typed: &str) -> Vec<Line> {
    let line = |(at, line): (usize, &str)| {
        let line = text::cleaned(line);
        let typed = line.trim().trim_end_matches([',', ';']).trim_end();
        let name = (!typed.is_empty()).then(|| Username::parse_new(typed))?;
        Some(Line { number: at + 1, typed: typed.to_owned(), name })
    };
    typed.lines().enumerate().filter_map(line).collect()
}
