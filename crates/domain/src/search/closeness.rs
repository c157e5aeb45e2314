//! How closely a page matches what somebody types to find it by its title.

use super::words::words;

/// The place where a page matches what was typed, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Closeness {
    /// The title begins with it.
    TitleBegins,
    /// A word of the title begins with it.
    WordBegins,
    /// The title contains it, or all its words.
    TitleContains,
    /// The path contains it, or all its words.
    PathContains,
    /// Neither does: the text has its words.
    Text,
}

impl Closeness {
    /// The closeness of a page with a title and a path. Case and accents do not count, and the last word may be incomplete.
    pub fn of(typed: &str, title: &str, path: &str) -> Closeness {
        let (typed, title) = (folded(typed), folded(title));
        if title.starts_with(&typed) {
            return Closeness::TitleBegins;
        }
        if title.contains(&format!(" {typed}")) {
            return Closeness::WordBegins;
        }
        let has_all = |text: &str| typed.split(' ').all(|word| text.contains(word));
        if has_all(&title) {
            return Closeness::TitleContains;
        }
        match has_all(&folded(path)) {
            true => Closeness::PathContains,
            false => Closeness::Text,
        }
    }
}

/// The words of a text in the form of the index, with spaces between them.
fn folded(text: &str) -> String {
    let mut words = words(text);
    // Of a script without spaces: in a title, more letters may follow.
    words.pop_if(|word| word.is_tail);
    words.iter().map(|word| word.folded.as_ref()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_closer_than_a_path_and_a_path_than_a_text() {
        for (typed, title, path, expected) in [
            ("hand", "Handbook", "x", Closeness::TitleBegins),
            ("HAND", "hand tools", "x", Closeness::TitleBegins),
            ("uber", "Über uns", "x", Closeness::TitleBegins),
            ("h", "Łódź", "x", Closeness::Text),
            ("lodz", "Łódź", "x", Closeness::TitleBegins),
            ("rules", "The rules", "x", Closeness::WordBegins),
            ("of the", "Rules of the house", "x", Closeness::WordBegins),
            ("book", "Handbook", "x", Closeness::TitleContains),
            ("house rules", "Rules of the house", "x", Closeness::TitleContains),
            ("/handbook/ru", "Rules", "handbook/rules", Closeness::PathContains),
            ("hand", "A short history", "history", Closeness::Text),
            ("木材", "木材店", "x", Closeness::TitleBegins),
            ("材店", "木材店", "x", Closeness::WordBegins),
        ] {
            assert_eq!(Closeness::of(typed, title, path), expected, "{typed:?} in {title:?} at {path}");
        }
    }
}
