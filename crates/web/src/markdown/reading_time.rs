//! The reading time of a text.

/// The reading speed in words.
const WORDS_PER_MINUTE: usize = 200;
/// The reading speed in characters, for Chinese, Japanese and Korean texts.
const CHARACTERS_PER_MINUTE: usize = 400;

/// The reading time in minutes, rounded up; 0 for an empty text.
pub fn minutes(text: &str) -> usize {
    let characters = text.chars().filter(|c| is_ideographic(*c)).count();
    let words = text.split(|c: char| c.is_whitespace() || is_ideographic(c));
    let words = words.filter(|word| word.chars().any(char::is_alphanumeric)).count();
    (words * CHARACTERS_PER_MINUTE + characters * WORDS_PER_MINUTE).div_ceil(WORDS_PER_MINUTE * CHARACTERS_PER_MINUTE)
}

/// Whether a character is counted by itself: Han, kana and Hangul.
fn is_ideographic(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
}

#[cfg(test)]
mod tests {
    use super::minutes;

    #[test]
    fn words_and_characters_are_counted() {
        let check = |text: String, expected: usize| assert_eq!(minutes(&text), expected);
        check(String::new(), 0);
        check("- | *".into(), 0);
        check("word".into(), 1);
        check("word ".repeat(200), 1);
        check("word ".repeat(201), 2);
        check("日".repeat(400), 1);
        check("日本".repeat(401), 3);
        check(format!("{}{}", "word ".repeat(100), "日".repeat(200)), 1);
        check(format!("{}{}", "word ".repeat(101), "日".repeat(200)), 2);
    }
}
