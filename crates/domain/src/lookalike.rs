//! Names and titles that people cannot see, or cannot tell apart.

use std::collections::HashMap;

use icu_properties::{CodePointSetData, props::DefaultIgnorableCodePoint};
use unicode_normalization::UnicodeNormalization;
use unicode_security::{GeneralSecurityProfile, skeleton};

/// Names of one kind, found by any name that people cannot tell from one of them: the same word in another case or composed
/// in another way, or the same shape with letters of another alphabet (UTS #39 section 4). Names of ASCII letters alone may
/// have the same shape, such as `al` and `a1`: everyone can type them, and they are common.
#[derive(Debug, Default)]
pub struct Lookalikes {
    by_word: HashMap<String, String>,
    by_shape: HashMap<String, String>,
}

impl Lookalikes {
    /// Adds a name.
    pub fn insert(&mut self, name: &str) {
        self.by_word.entry(word(name)).or_insert_with(|| name.to_owned());
        for shape in shapes(name) {
            self.by_shape.entry(shape).or_insert_with(|| name.to_owned());
        }
    }

    /// Checks that people can tell a new name from all of these.
    ///
    /// # Errors
    /// A sentence for the person who typed it, with the name that is there.
    pub fn check(&self, name: &str) -> Result<(), String> {
        let same_word = self.by_word.get(&word(name)).into_iter();
        let same_shape = shapes(name).into_iter().filter_map(|shape| self.by_shape.get(&shape));
        let mut found = same_word.chain(same_shape.filter(|found| !(name.is_ascii() && found.is_ascii())));
        match found.find(|found| *found != name) {
            Some(other) => {
                Err(format!("People could not tell this name from {other}, which is there already. Choose another."))
            }
            None => Ok(()),
        }
    }
}

impl<'a> FromIterator<&'a str> for Lookalikes {
    fn from_iter<I: IntoIterator<Item = &'a str>>(names: I) -> Lookalikes {
        let mut lookalikes = Lookalikes::default();
        names.into_iter().for_each(|name| lookalikes.insert(name));
        lookalikes
    }
}

/// A name without its case and its compatibility forms.
fn word(name: &str) -> String {
    // By way of the upper case, which folds ß to ss.
    name.nfkc().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

/// The shape of a name, and that of its word: `Ian` has the shape of `lan`, and `ian` the word of `Ian`.
fn shapes(name: &str) -> [String; 2] {
    [word(&skeleton(name).collect::<String>()), skeleton(&word(name)).collect()]
}

/// Checks that a line of text can be seen: no characters that turn the direction of the text around them, no invisible
/// characters but those of scripts and emoji, and at least one visible character.
///
/// # Errors
/// A sentence for the person who typed it, with the position of the character.
pub fn visible(line: &str) -> Result<(), String> {
    let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    for (number, c) in (1..).zip(line.chars()) {
        let code = u32::from(c);
        match c {
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                return Err(format!("Character {number} turns the direction of the text (U+{code:04X}). Remove it."));
            }
            c if ignorable.contains(c) && !is_part_of_script(c) => {
                return Err(format!("Character {number} is invisible (U+{code:04X}). Remove it."));
            }
            _ => {}
        }
    }
    let is_visible = |c: char| {
        // The braille pattern without dots is a space in all but its category.
        !c.is_whitespace()
            && !ignorable.contains(c)
            && c != '\u{2800}'
            && !unicode_normalization::char::is_combining_mark(c)
    };
    match line.is_empty() || line.chars().any(is_visible) {
        true => Ok(()),
        false => Err("Nothing of this can be seen. Type some letters.".into()),
    }
}

/// Whether an invisible character has a use in a script or an emoji: joiners, marks of direction, the soft hyphen, variation
/// selectors and tags.
fn is_part_of_script(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200c}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0020}'..='\u{e007f}'
        | '\u{e0100}'..='\u{e01ef}')
}

/// The first character of a new name that names should not have because it is rare, obsolete or invisible (UTS #39 section
/// 3.1).
pub(crate) fn odd_in_name(name: &str) -> Option<char> {
    name.chars().find(|c| !c.is_ascii() && !c.identifier_allowed())
}
