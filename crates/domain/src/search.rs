//! A search query, parsed once, and its matches in a text.
//!
//! Words are compared in the form of `words`. A word of at least 3 bytes also matches longer words that begin with it.
//! `"two words"` matches the exact phrase, and `-word` excludes the pages with that word.

mod closeness;
mod words;

use std::{borrow::Cow, ops::Range};

pub use closeness::Closeness;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use words::{Word, words};

/// The most characters of a query that count; the rest is ignored.
pub const CHARS: usize = 200;
/// The most words, phrases and exclusions of a query that count; the rest is ignored.
pub const TERMS: usize = 8;
/// The fewest bytes of a word that also matches longer words: shorter prefixes would match nearly every page.
const PREFIX_BYTES: usize = 3;
/// The points for a match in the title, in the summary and in the text, and the most matches of a term that count in
/// each.
const WEIGHTS: [u32; 3] = [20, 6, 1];
const MOST_COUNTED: u32 = 5;
/// The characters of an excerpt before its first match, and the characters of the whole excerpt.
const BEFORE: usize = 60;
const EXCERPT: usize = 240;

/// A text in lower case and without accents, to find names in which it occurs.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.to_lowercase().nfkd().filter(|letter| !is_combining_mark(*letter)) {
        match words::plain(letter) {
            Some(letters) => plain.push_str(letters),
            None => plain.push(letter),
        }
    }
    plain
}

/// The words of a text in the form in which the index and a query compare them. The single letter at the end of a run without
/// spaces is left out, because the pair before it has it, too.
pub fn folded(text: &str) -> Vec<String> {
    words(text).into_iter().filter(|word| !word.is_tail).map(|word| word.folded.into_owned()).collect()
}

/// A word or a phrase of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    text: String,
    words: Vec<String>,
    prefix: bool,
    /// Whether the last word is one letter of a script without spaces, which also begins pairs of letters.
    ends_in_letter: bool,
}

impl Term {
    /// Parses a term; `None` if the text has no word.
    fn parse(text: &str, quoted: bool) -> Option<Term> {
        let mut words = words(text);
        // In a text, more letters may follow.
        words.pop_if(|word| word.is_tail);
        let last = words.last()?;
        let ends_in_letter = last.is_letter;
        let prefix = ends_in_letter || (!quoted && last.folded.len() >= PREFIX_BYTES);
        let words = words.into_iter().map(|word| word.folded.into_owned()).collect();
        Some(Term { text: text.to_owned(), words, prefix, ends_in_letter })
    }

    /// The words in the form of the index. They consist of letters, digits and combining marks.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// The term as typed, on one line and without quotation marks. The characters between its words have no meaning.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the last word of the term also matches longer words.
    pub fn is_prefix(&self) -> bool {
        self.prefix
    }

    /// Whether both terms match the same texts.
    fn matches_as(&self, other: &Term) -> bool {
        self.words == other.words && self.prefix == other.prefix
    }

    /// The end of a match of this term that begins with the first of these words; `None` if they do not match.
    fn match_end(&self, words: &[Word<'_>]) -> Option<usize> {
        let (last, before) = self.words.split_last()?;
        let found = words.get(before.len())?;
        let ends = if self.prefix { found.folded.starts_with(last.as_str()) } else { found.folded == *last };
        let begins = before.iter().zip(words).all(|(expected, word)| word.folded == *expected);
        (ends && begins).then_some(if self.ends_in_letter { found.first_end } else { found.range.end })
    }
}

/// A search query: at least one term has to be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    required: Vec<Term>,
    excluded: Vec<Term>,
}

/// The rank of a page among the results of a search; the greater, the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    in_title: bool,
    points: u32,
}

/// The reason why a query can find nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmptyQuery {
    /// The query has no word.
    NoWord,
    /// The query has only exclusions.
    OnlyExcluded,
}

impl Query {
    /// Parses a query. There are no syntax errors: an unclosed quotation mark ends with the query, and input beyond
    /// [`CHARS`] or [`TERMS`] is ignored.
    ///
    /// # Errors
    /// [`EmptyQuery`] if no term is left that could be found.
    pub fn parse(typed: &str) -> Result<Query, EmptyQuery> {
        let typed: String = typed.chars().take(CHARS).map(|c| if c.is_control() { ' ' } else { c }).collect();
        let (mut query, mut rest) = (Query { required: Vec::new(), excluded: Vec::new() }, typed.trim_start());
        while !rest.is_empty() && query.required.len() + query.excluded.len() < TERMS {
            // What begins with two hyphens is a word, such as an option of a program.
            let after_hyphen = rest.strip_prefix('-').filter(|text| !text.starts_with('-'));
            let (excluded, text) = after_hyphen.map_or((false, rest), |text| (true, text));
            let (text, quoted, after) = split_term(text);
            if let Some(term) = Term::parse(text, quoted || excluded) {
                let terms = if excluded { &mut query.excluded } else { &mut query.required };
                // A term that is repeated finds nothing more.
                if !terms.iter().any(|known| known.matches_as(&term)) {
                    terms.push(term);
                }
            }
            rest = after.trim_start();
        }
        match (query.required.is_empty(), query.excluded.is_empty()) {
            (false, _) => Ok(query),
            (true, true) => Err(EmptyQuery::NoWord),
            (true, false) => Err(EmptyQuery::OnlyExcluded),
        }
    }

    /// The terms of which a result has all; never empty.
    pub fn required(&self) -> &[Term] {
        &self.required
    }

    /// The terms of which a result has none.
    pub fn excluded(&self) -> &[Term] {
        &self.excluded
    }

    /// The rank of a page that has all required terms.
    pub fn rank(&self, title: &str, summary: &str, text: &str) -> Rank {
        let counts = [title, summary, text].map(|text| self.counts(text));
        let weighted = counts.iter().zip(WEIGHTS).map(|(counts, weight)| weight * counts.iter().sum::<u32>());
        Rank { in_title: counts[0].iter().all(|count| *count > 0), points: weighted.sum() }
    }

    /// The number of matches of each required term in a text, up to [`MOST_COUNTED`].
    fn counts(&self, text: &str) -> Vec<u32> {
        let mut counts = vec![0; self.required.len()];
        for hit in self.hits(text) {
            counts[hit.term] = MOST_COUNTED.min(counts[hit.term] + 1);
        }
        counts
    }

    /// Splits a text into pieces, with the matches marked.
    pub fn mark(&self, text: &str) -> Vec<Piece> {
        pieces(text, 0..text.len(), &self.hits(text))
    }

    /// The part of a text with the most different required terms close together, with the matches marked; `None` if there
    /// is no match.
    pub fn excerpt(&self, text: &str) -> Option<Vec<Piece>> {
        let hits = self.hits(text);
        let best = best_position(&hits)?;
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

    /// The matches of the required terms in a text, in order; those of one term do not overlap.
    fn hits(&self, text: &str) -> Vec<Hit> {
        let words = words(text);
        // The word after the last match of each term: in a text that repeats one word, a phrase of that word would
        // otherwise be compared in full at every word.
        let (mut hits, mut after) = (Vec::new(), [0; TERMS]);
        for (n, first) in words.iter().enumerate() {
            for (term, required) in self.required.iter().enumerate() {
                if after[term] > n {
                    continue;
                }
                if let Some(end) = required.match_end(&words[n..]) {
                    hits.push(Hit { term, range: first.range.start..end });
                    after[term] = n + required.words.len();
                }
            }
        }
        hits
    }
}

/// A part of a text, marked if it is a match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The characters of the part.
    pub text: String,
    /// Whether the part is a match.
    pub marked: bool,
}

impl Piece {
    /// A part that is not a match.
    pub fn plain(text: impl Into<String>) -> Piece {
        Piece { text: text.into(), marked: false }
    }
}

/// The words of a text in the form of the index, in order.
pub fn index_words(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    words(text).into_iter().map(|word| word.folded)
}

/// The sort key of a title: its words in the form of the index. Letters with accents sort with those without, and case does not
/// count. The key is never empty.
pub fn title_key(title: &str) -> String {
    let mut key = String::with_capacity(title.len());
    for word in index_words(title) {
        if !key.is_empty() {
            key.push(' ');
        }
        key.push_str(&word);
    }
    // A title of punctuation alone has no word.
    if key.is_empty() { format!(" {title}") } else { key }
}

/// A match of a term.
struct Hit {
    term: usize,
    range: Range<usize>,
}

/// The match at which an excerpt has the most different terms; the first of equally good ones. Its time grows with the
/// number of matches, however close together they are.
fn best_position(hits: &[Hit]) -> Option<usize> {
    // The matches from `first` to before `next` lie in an excerpt that begins shortly before `first`.
    let (mut next, mut counts, mut different) = (0, [0_u32; TERMS], 0_usize);
    let mut best = None;
    for (first, hit) in hits.iter().enumerate() {
        let end = hit.range.start + EXCERPT - BEFORE;
        while let Some(close) = hits.get(next).filter(|close| close.range.end <= end) {
            different += usize::from(counts[close.term] == 0);
            counts[close.term] += 1;
            next += 1;
        }
        if best.is_none_or(|(most, _)| different > most) {
            best = Some((different, first));
        }
        if first < next {
            counts[hit.term] -= 1;
            different -= usize::from(counts[hit.term] == 0);
        } else {
            // A match that is longer than an excerpt.
            next = first + 1;
        }
    }
    best.map(|(_, first)| first)
}

/// The bounds of an excerpt around a position in a text, moved to the gaps between words if there are any.
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

/// Splits a part of a text into pieces, with the matches in it marked.
fn pieces(text: &str, part: Range<usize>, hits: &[Hit]) -> Vec<Piece> {
    let (mut pieces, mut at) = (Vec::<Piece>::new(), part.start);
    for Hit { range, .. } in hits {
        let (from, to) = (range.start.max(at), range.end.min(part.end));
        if from >= to {
            continue;
        }
        if at < from {
            pieces.push(Piece::plain(&text[at..from]));
        }
        match pieces.last_mut() {
            // Matches of several terms that overlap are one mark.
            Some(last) if last.marked && at == from => last.text.push_str(&text[from..to]),
            _ => pieces.push(Piece { text: text[from..to].to_owned(), marked: true }),
        }
        at = to;
    }
    if at < part.end {
        pieces.push(Piece::plain(&text[at..part.end]));
    }
    pieces
}

/// Splits the next term off a non-empty query: its text, whether it was quoted, and the rest.
fn split_term(text: &str) -> (&str, bool, &str) {
    // Phones and word processors turn straight quotation marks into these.
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
