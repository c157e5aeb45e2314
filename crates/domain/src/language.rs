//! The tag of a language.

use std::fmt;

use crate::direction::Direction;

/// The most characters in a tag.
const MAX_CHARS: usize = 35;

/// A language tag of BCP 47, such as `en` or `pt-BR`: a language of two or three letters, and subtags of its script, its region
/// and others.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LanguageTag(String);

impl LanguageTag {
    /// Parses a tag; spaces around it are left out.
    ///
    /// # Errors
    /// A sentence for the person who typed it, also when it is the name of a language and not its tag.
    pub fn parse(typed: &str) -> Result<LanguageTag, String> {
        let tag = typed.trim();
        let mut subtags = tag.split('-');
        let primary = subtags.next().unwrap_or_default();
        let is_language = (2..=3).contains(&primary.len()) && primary.bytes().all(|byte| byte.is_ascii_alphabetic());
        let is_subtag =
            |subtag: &str| (1..=8).contains(&subtag.len()) && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if is_language && tag.len() <= MAX_CHARS && subtags.all(is_subtag) {
            Ok(LanguageTag(tag.to_owned()))
        } else {
            Err("Write a language tag such as en, de or pt-BR.".into())
        }
    }

    /// The tag as typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The direction of writing of the language.
    pub fn direction(&self) -> Direction {
        Direction::of(&self.0)
    }
}

impl fmt::Display for LanguageTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_one_of_a_language_and_not_its_name() {
        for tag in ["en", "de", "pt-BR", "zh-Hant-TW", "ckb", "de-CH-1996", "en-x-a"] {
            assert_eq!(LanguageTag::parse(tag).unwrap().as_str(), tag);
        }
        assert_eq!(LanguageTag::parse(" ar ").unwrap().direction(), Direction::RightToLeft);
        for wrong in ["", "e", "german", "deutsch", "d3", "de_DE", "de-", "-de", "de-deutschland", "de\u{e9}"] {
            assert!(LanguageTag::parse(wrong).is_err(), "{wrong}");
        }
        assert!(LanguageTag::parse(&format!("de{}", "-a".repeat(17))).is_err());
    }
}
