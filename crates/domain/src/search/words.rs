//! The words of a text in the form that the index and a query compare.
//!
//! A word is in lower case and in NFKC, Latin letters have no accents, and invisible characters are left out. Scripts without
//! spaces, such as Han and Thai, are cut into pairs of letters: 木材店 has the words 木材, 材店 and 店, so that a query finds it
//! from any letter on.

use std::{borrow::Cow, iter, mem, ops::Range};

use icu_properties::{CodePointSetData, props::DefaultIgnorableCodePoint};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// A word of a text.
#[derive(Debug)]
pub(super) struct Word<'a> {
    /// The form that is compared.
    pub(super) folded: Cow<'a, str>,
    /// Where the word is in the text.
    pub(super) range: Range<usize>,
    /// Where its first letter ends, in a script without spaces; the end of the word in others.
    pub(super) first_end: usize,
    /// Whether it is a letter of a script without spaces.
    pub(super) is_letter: bool,
    /// Whether it is the last letter of a run, which the pair before it contains, too.
    pub(super) is_tail: bool,
}

/// The words of a text, in order.
pub(super) fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut rest = text.char_indices().peekable();
    let (mut run, mut before): (Option<Range<usize>>, _) = (None, ' ');
    while let Some((at, c)) = rest.next() {
        let end = at + c.len_utf8();
        if is_word(c) {
            run.get_or_insert(at..end).end = end;
        } else if matches!(c, '*' | '~') && run.is_some() && joins(&text[at..], before) {
            while rest.next_if(|(_, next)| *next == c).is_some() {}
        } else if !is_ignorable(c)
            && let Some(range) = run.take()
        {
            push(&mut words, text, range);
        }
        if !is_ignorable(c) {
            before = c;
        }
    }
    if let Some(range) = run {
        push(&mut words, text, range);
    }
    words
}

/// Whether Markdown's emphasis begins or ends within a word here: `**w**ord` is one word.
fn joins(text: &str, before: char) -> bool {
    let after = text.trim_start_matches(['*', '~']);
    before.is_alphabetic() && text.len() - after.len() <= 3 && after.starts_with(char::is_alphabetic)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || (is_combining_mark(c) && !is_ignorable(c))
}

/// Soft hyphens, zero-width characters and marks of direction.
fn is_ignorable(c: char) -> bool {
    !c.is_ascii() && CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

/// Adds the words of a run of letters.
fn push<'a>(words: &mut Vec<Word<'a>>, text: &'a str, range: Range<usize>) {
    let run = &text[range.clone()];
    if run.is_ascii() && run.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        let is_folded = !run.bytes().any(|byte| byte.is_ascii_uppercase());
        let folded = if is_folded { Cow::Borrowed(run) } else { Cow::Owned(run.to_ascii_lowercase()) };
        words.push(Word { folded, first_end: range.end, range, is_letter: false, is_tail: false });
        return;
    }
    let mut run_words = Run { words, word: String::new(), range: range.start..range.start, letters: Vec::new() };
    let mut latin = false;
    for (at, c) in run.char_indices() {
        let (from, to) = (range.start + at, range.start + at + c.len_utf8());
        for c in iter::once(c).nfkd().flat_map(char::to_lowercase) {
            if is_combining_mark(c) {
                if !(latin && matches!(c, '\u{300}'..='\u{36f}')) {
                    run_words.mark(c, to);
                }
                continue;
            }
            latin = false;
            match plain(c) {
                Some(letters) => {
                    latin = true;
                    letters.chars().for_each(|letter| run_words.letter(letter, from, to));
                }
                None if c.is_alphanumeric() => {
                    latin = c.is_ascii_alphabetic();
                    run_words.letter(c, from, to);
                }
                // Emphasis marks and invisible characters do not divide a word; the slash of a fraction does.
                None if matches!(c, '*' | '~') || is_ignorable(c) => {}
                None => run_words.end(),
            }
        }
    }
    run_words.end();
}

/// The letters that people type instead of a letter that does not decompose.
pub(super) fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'ł' => "l",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ŧ' => "t",
        'ı' => "i",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ς' => "σ",
        _ => return None,
    })
}

/// Whether a script has no spaces between its words: Thai, Lao, Burmese, Khmer, Japanese and Chinese.
fn is_spaceless(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3005}'..='\u{3007}'
        | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// The words of a run under construction: a word, or the letters of a script without spaces.
struct Run<'a, 'b> {
    words: &'b mut Vec<Word<'a>>,
    word: String,
    range: Range<usize>,
    letters: Vec<(String, Range<usize>)>,
}

impl Run<'_, '_> {
    fn letter(&mut self, c: char, from: usize, to: usize) {
        if is_spaceless(c) {
            self.end_word();
            self.letters.push((c.into(), from..to));
        } else {
            self.end_letters();
            if self.word.is_empty() {
                self.range = from..to;
            }
            self.word.push(c);
            self.range.end = to;
        }
    }

    fn mark(&mut self, c: char, to: usize) {
        match self.letters.last_mut() {
            Some((letter, range)) => {
                letter.push(c);
                range.end = to;
            }
            None => self.letter(c, to - c.len_utf8().min(to), to),
        }
    }

    fn end(&mut self) {
        self.end_word();
        self.end_letters();
    }

    fn end_word(&mut self) {
        if !self.word.is_empty() {
            let folded: String = mem::take(&mut self.word).nfc().collect();
            let (range, first_end) = (self.range.clone(), self.range.end);
            self.words.push(Word { folded: folded.into(), range, first_end, is_letter: false, is_tail: false });
        }
    }

    fn end_letters(&mut self) {
        let letters = mem::take(&mut self.letters);
        let is_run = letters.len() > 1;
        for (n, (letter, range)) in letters.iter().enumerate() {
            let next = letters.get(n + 1);
            let folded: String = letter.nfc().chain(next.iter().flat_map(|(next, _)| next.nfc())).collect();
            self.words.push(Word {
                folded: folded.into(),
                range: range.start..next.map_or(range.end, |(_, next)| next.end),
                first_end: range.end,
                is_letter: next.is_none(),
                is_tail: is_run && next.is_none(),
            });
        }
    }
}
