//! What somebody looks for, parsed once, and where it stands in a text.
//!
//! Words are compared in lower case and, for Latin letters, without accents; from three bytes on, a word also finds
//! those that begin with it. `"two words"` finds them as they stand, and `-word` leaves out the pages with that word.

use std::{borrow::Cow, cmp::Reverse, ops::Range};

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The most characters of a search that count.
pub const CHARS: usize = 200;
/// The most words, phrases and exclusions of a search that count.
pub const TERMS: usize = 8;
/// The bytes from which on a word finds those that begin with it: shorter ones would find nearly every page.
const PREFIX_BYTES: usize = 3;
/// What a term counts each time that it stands in the title, in the summary and in the text, and how often it counts.
const WEIGHTS: [u32; 3] = [20, 6, 1];
const MOST_COUNTED: u32 = 5;
/// Characters of an excerpt before the first word that is marked, and in all.
const BEFORE: usize = 60;
const EXCERPT: usize = 240;

/// A word or a phrase of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    text: String,
    words: Vec<String>,
    prefix: bool,
}

impl Term {
    /// A term, unless nothing in it is a word.
    fn parse(text: &str, quoted: bool) -> Option<Term> {
        let words: Vec<String> = words(text).map(|word| fold(&text[word]).into_owned()).collect();
        let last = words.last()?;
        let prefix = !quoted && last.len() >= PREFIX_BYTES;
        Some(Term { text: text.to_owned(), words, prefix })
    }

    /// The term as it was typed, on one line and without quotation marks. What stands between words has no meaning.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether its last word may be the beginning of a longer one.
    pub fn is_prefix(&self) -> bool {
        self.prefix
    }

    /// The last of the words that are this term, if it begins with the first of these.
    fn stands_at<'a>(&self, words: &'a [Word<'a>]) -> Option<&'a Word<'a>> {
        let (last, before) = self.words.split_last()?;
        let found = words.get(before.len())?;
        let ends = if self.prefix { found.folded.starts_with(last.as_str()) } else { found.folded == *last };
        let begins = before.iter().zip(words).all(|(wanted, word)| word.folded == *wanted);
        (ends && begins).then_some(found)
    }
}

/// What somebody looks for: at least one term that has to be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    wanted: Vec<Term>,
    unwanted: Vec<Term>,
}

/// How well a page fits a search; the greater, the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    in_title: bool,
    points: u32,
}

/// Why a search looks for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmptyQuery {
    /// There is no word in it.
    NoWord,
    /// It only says what is not wanted.
    OnlyUnwanted,
}

impl EmptyQuery {
    /// A sentence for the person who searches.
    pub fn message(self) -> &'static str {
        match self {
            EmptyQuery::NoWord => "No page can be found by this: there is no word in it. Write letters or digits.",
            EmptyQuery::OnlyUnwanted => {
                "No page can be found by this: it says only what is not wanted. Add a word that is."
            }
        }
    }
}

impl Query {
    /// Parses what was typed. Nothing is a syntax error: a quotation mark that is not closed ends with the text, and
    /// what exceeds [`CHARS`] or [`TERMS`] does not count.
    ///
    /// # Errors
    /// When nothing is left that could be found.
    pub fn parse(typed: &str) -> Result<Query, EmptyQuery> {
        let typed: String = typed.chars().take(CHARS).map(|c| if c.is_control() { ' ' } else { c }).collect();
        let (mut query, mut rest) = (Query { wanted: Vec::new(), unwanted: Vec::new() }, typed.trim_start());
        while !rest.is_empty() && query.wanted.len() + query.unwanted.len() < TERMS {
            let (unwanted, text) = rest.strip_prefix('-').map_or((false, rest), |text| (true, text));
            let (text, quoted, after) = split_term(text);
            if let Some(term) = Term::parse(text, quoted || unwanted) {
                if unwanted { &mut query.unwanted } else { &mut query.wanted }.push(term);
            }
            rest = after.trim_start();
        }
        match (query.wanted.is_empty(), query.unwanted.is_empty()) {
            (false, _) => Ok(query),
            (true, true) => Err(EmptyQuery::NoWord),
            (true, false) => Err(EmptyQuery::OnlyUnwanted),
        }
    }

    /// What has to stand in a page, all of it; never empty.
    pub fn wanted(&self) -> &[Term] {
        &self.wanted
    }

    /// What stands in no page that is found.
    pub fn unwanted(&self) -> &[Term] {
        &self.unwanted
    }

    /// How well a page fits in which everything wanted stands.
    pub fn rank(&self, title: &str, summary: &str, text: &str) -> Rank {
        let counts = [title, summary, text].map(|text| self.counts(text));
        let weighted = counts
            .iter()
            .zip(WEIGHTS)
            .map(|(counts, weight)| weight * counts.iter().map(|count| (*count).min(MOST_COUNTED)).sum::<u32>());
        Rank { in_title: counts[0].iter().all(|count| *count > 0), points: weighted.sum() }
    }

    /// How often each of the wanted terms stands in a text.
    fn counts(&self, text: &str) -> Vec<u32> {
        let mut counts = vec![0; self.wanted.len()];
        self.hits(text).iter().for_each(|hit| counts[hit.term] += 1);
        counts
    }

    /// A text with what was found in it marked.
    pub fn mark(&self, text: &str) -> Vec<Piece> {
        pieces(text, 0..text.len(), &self.hits(text))
    }

    /// The part of a text in which most of the wanted terms stand close together, with them marked; `None` when none of
    /// them stands in it.
    pub fn excerpt(&self, text: &str) -> Option<Vec<Piece>> {
        let hits = self.hits(text);
        // Of equal ones the first.
        let best = (0..hits.len()).max_by_key(|n| (terms_close_by(&hits[*n..]), Reverse(*n)))?;
        let (start, end) = window(text, hits[best].range.start);
        let mut pieces = pieces(text, start..end, &hits);
        if start > 0 {
            pieces.insert(0, Piece::plain("… "));
        }
        if end < text.len() {
            pieces.push(Piece::plain(" …"));
        }
        Some(pieces)
    }

    /// Where the wanted terms stand, in order.
    fn hits(&self, text: &str) -> Vec<Hit> {
        let words: Vec<Word<'_>> =
            words(text).map(|range| Word { folded: fold(&text[range.clone()]), range }).collect();
        let mut hits = Vec::new();
        for (n, first) in words.iter().enumerate() {
            for (term, wanted) in self.wanted.iter().enumerate() {
                if let Some(last) = wanted.stands_at(&words[n..]) {
                    hits.push(Hit { term, range: first.range.start..last.range.end });
                }
            }
        }
        hits
    }
}

/// A part of a text, marked if it is what was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// Whether it was looked for.
    pub marked: bool,
}

impl Piece {
    /// A part that was not looked for.
    pub fn plain(text: impl Into<String>) -> Piece {
        Piece { text: text.into(), marked: false }
    }
}

/// A word of a text, as it is compared, and where it stands.
struct Word<'a> {
    folded: Cow<'a, str>,
    range: Range<usize>,
}

/// Where a term stands.
struct Hit {
    term: usize,
    range: Range<usize>,
}

/// How many different terms stand in an excerpt that begins shortly before the first of these.
fn terms_close_by(hits: &[Hit]) -> usize {
    let end = hits.first().map_or(0, |hit| hit.range.start) + EXCERPT - BEFORE;
    let mut terms: Vec<usize> = hits.iter().take_while(|hit| hit.range.end <= end).map(|hit| hit.term).collect();
    terms.sort_unstable();
    terms.dedup();
    terms.len()
}

/// The bounds of an excerpt around a place in a text, between words where there are gaps.
fn window(text: &str, around: usize) -> (usize, usize) {
    let earliest = text[..around].char_indices().rev().take(BEFORE).last().map_or(around, |(at, _)| at);
    let start = match text[earliest..around].find(char::is_whitespace) {
        Some(gap) if earliest > 0 => around - text[earliest + gap..around].trim_start().len(),
        _ => earliest,
    };
    let latest = text[start..].char_indices().nth(EXCERPT).map_or(text.len(), |(at, _)| start + at);
    let end = match text[around..latest].rfind(char::is_whitespace) {
        Some(gap) if latest < text.len() && gap > 0 => around + gap,
        _ => latest,
    };
    (start, end)
}

/// A part of a text, with the hits in it marked.
fn pieces(text: &str, part: Range<usize>, hits: &[Hit]) -> Vec<Piece> {
    let (mut pieces, mut at) = (Vec::new(), part.start);
    for Hit { range, .. } in hits {
        let (from, to) = (range.start.max(at), range.end.min(part.end));
        if from >= to {
            continue;
        }
        if at < from {
            pieces.push(Piece::plain(&text[at..from]));
        }
        pieces.push(Piece { text: text[from..to].to_owned(), marked: true });
        at = to;
    }
    if at < part.end {
        pieces.push(Piece::plain(&text[at..part.end]));
    }
    pieces
}

/// The next term of a search that is not empty: its text, whether it stood in quotation marks, and what follows.
fn split_term(text: &str) -> (&str, bool, &str) {
    // Those that phones and word processors make of them, too.
    let is_quote = |c: char| matches!(c, '"' | '“' | '”' | '„');
    match text.strip_prefix(is_quote) {
        Some(quoted) => {
            let (phrase, after) = quoted.split_once(is_quote).unwrap_or((quoted, ""));
            (phrase, true, after)
        }
        None => {
            let (word, after) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
            (word, false, after)
        }
    }
}

/// Where the words of a text stand.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let is_gap = |c: char| !c.is_alphanumeric() && !is_combining_mark(c);
    let ranges = text.split_inclusive(is_gap).scan(0, move |at, piece| {
        let start = *at;
        *at += piece.len();
        Some(start..start + piece.trim_end_matches(is_gap).len())
    });
    ranges.filter(|range| !range.is_empty())
}

/// A word as it is compared; the two databases do the same by their own means.
fn fold(word: &str) -> Cow<'_, str> {
    if word.is_ascii() {
        let is_folded = !word.bytes().any(|byte| byte.is_ascii_uppercase());
        return if is_folded { Cow::Borrowed(word) } else { Cow::Owned(word.to_ascii_lowercase()) };
    }
    let (mut folded, mut latin) = (String::new(), false);
    for c in word.to_lowercase().nfd() {
        if latin && matches!(c, '\u{300}'..='\u{36f}') {
            continue;
        }
        latin = c.is_ascii_alphabetic();
        folded.push(if c == 'ς' { 'σ' } else { c });
    }
    Cow::Owned(folded.nfc().collect())
}
