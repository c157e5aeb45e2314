//! Clues: words, paths and names of files by which a closed page is recognised in an answer.

use std::{
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
};

use super::{closed::Closed, decoded::Decoded, visitors::Visitors};

/// The maximum number of words of a clue: this many consecutive words are hardly found by chance.
const WORDS: usize = 4;
/// The minimum number of letters of a word that is a clue by itself, in a title.
const LONE_TITLE: usize = 6;
/// The same, in a summary or a text.
const LONE: usize = 8;
/// The maximum number of places in a text from which clues are taken.
const PLACES: usize = 12;

/// The part of a page from which a clue is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    /// The title.
    Title,
    /// The summary.
    Summary,
    /// The text, or the description of a file.
    Text,
    /// The path, or an earlier one.
    Path,
    /// The name of a file.
    File,
}

impl Kind {
    /// The part, for the report.
    pub(super) fn words(self) -> &'static str {
        match self {
            Kind::Title => "its title",
            Kind::Summary => "its summary",
            Kind::Text => "words of its text",
            Kind::Path => "its path",
            Kind::File => "the name of its file",
        }
    }
}

/// A clue to a closed page.
#[derive(Debug)]
pub(super) struct Clue {
    /// The number of the closed page.
    pub(super) closed: usize,
    /// The part of the page from which it is taken.
    pub(super) kind: Kind,
    /// The words, or one path or name.
    pub(super) text: Vec<String>,
    /// The visitors who may know it, because something that they may read has it, too.
    pub(super) known_to: Visitors,
}

/// All clues, indexed by their text.
#[derive(Default)]
pub(super) struct Clues {
    all: Vec<Clue>,
    by_words: HashMap<u64, Vec<usize>>,
    by_path: HashMap<String, Vec<usize>>,
    by_name: HashMap<String, Vec<usize>>,
}

impl Clues {
    /// The clues to closed pages. Text that does not distinguish a page from others, such as a number, gives no clue.
    pub(super) fn of(pages: &[Closed]) -> Clues {
        let mut clues = Clues::default();
        for (number, page) in pages.iter().enumerate() {
            let mut seen = HashSet::new();
            let mut add = |kind: Kind, text: Vec<String>| {
                if seen.insert(text.clone()) {
                    clues.add(Clue { closed: number, kind, text, known_to: Visitors::NONE });
                }
            };
            phrases(&page.title, PLACES, LONE_TITLE).into_iter().for_each(|words| add(Kind::Title, words));
            phrases(&page.summary, PLACES, LONE).into_iter().for_each(|words| add(Kind::Summary, words));
            phrases(&page.text, PLACES, LONE).into_iter().for_each(|words| add(Kind::Text, words));
            for path in page.paths.iter().filter(|path| !path.is_root()) {
                add(Kind::Path, vec![path.href()]);
            }
            for name in &page.files {
                add(Kind::File, vec![name.clone()]);
            }
        }
        clues
    }

    fn add(&mut self, clue: Clue) {
        let number = self.all.len();
        match clue.kind {
            Kind::Path => self.by_path.entry(clue.text.concat()).or_default().push(number),
            Kind::File => self.by_name.entry(clue.text.concat()).or_default().push(number),
            Kind::Title | Kind::Summary | Kind::Text => {
                self.by_words.entry(hash(&clue.text)).or_default().push(number);
            }
        }
        self.all.push(clue);
    }

    /// All clues.
    pub(super) fn all(&self) -> &[Clue] {
        &self.all
    }

    /// Records that visitors may know the clues in a text.
    pub(super) fn note_known(&mut self, text: &Decoded, to: Visitors) {
        for number in self.numbers(text) {
            self.all[number].known_to |= to;
        }
    }

    /// Records that visitors may know the paths of a page and of those above it.
    pub(super) fn note_known_path(&mut self, path: &str, to: Visitors) {
        for number in self.below_path(path) {
            self.all[number].known_to |= to;
        }
    }

    /// The clues in a text.
    pub(super) fn find<'a>(&'a self, text: &Decoded) -> impl Iterator<Item = &'a Clue> {
        self.numbers(text).into_iter().map(|number| &self.all[number])
    }

    fn numbers(&self, text: &Decoded) -> Vec<usize> {
        let mut numbers = Vec::new();
        for words in &text.words {
            for from in 0..words.len() {
                for length in 1..=WORDS.min(words.len() - from) {
                    let window = &words[from..from + length];
                    let same = self.by_words.get(&hash(window)).into_iter().flatten();
                    numbers.extend(same.filter(|number| self.all[**number].text == window));
                }
            }
        }
        for path in &text.paths {
            numbers.extend(self.below_path(path));
            let name = path.rsplit('/').next().unwrap_or(path);
            numbers.extend(self.by_name.get(name).into_iter().flatten());
        }
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// The clues whose paths are a path or one above it, with the addresses at which the site shows something about a page.
    fn below_path(&self, path: &str) -> Vec<usize> {
        let about = ["/sitemap", "/postern/guard", "/admin/view-as/visitor", "/admin/view-as/signed-in"];
        let paths = [path].into_iter().chain(about.iter().filter_map(|prefix| path.strip_prefix(prefix)));
        let mut found = Vec::new();
        for path in paths {
            let ends = path.match_indices('/').map(|(at, _)| at).skip(1).chain([path.len()]);
            found.extend(ends.filter_map(|end| self.by_path.get(&path[..end])).flatten());
        }
        found
    }
}

fn hash(words: &[String]) -> u64 {
    let mut hasher = DefaultHasher::new();
    words.hash(&mut hasher);
    hasher.finish()
}

/// Consecutive words from several places of a text, and single long words.
fn phrases(words: &[String], places: usize, lone: usize) -> Vec<Vec<String>> {
    let is_word =
        |word: &String, letters: usize| word.chars().count() >= letters && word.chars().all(char::is_alphabetic);
    let mut phrases: Vec<Vec<String>> = Vec::new();
    let windows = words.len().saturating_sub(WORDS) + 1;
    let step = windows.div_ceil(places).max(1);
    for window in words.windows(WORDS.min(words.len()).max(1)).step_by(step) {
        // Two words that are not numbers: a date appears on many pages. Scripts without spaces are cut into pairs of letters.
        let is_telling = |word: &&String| is_word(word, 3) || (!word.is_ascii() && is_word(word, 2));
        if window.iter().filter(is_telling).count() >= 2 {
            phrases.push(window.to_vec());
        }
    }
    let long: Vec<&String> = words.iter().filter(|word| is_word(word, lone)).collect();
    let step = long.len().div_ceil(places).max(1);
    phrases.extend(long.into_iter().step_by(step).map(|word| vec![word.clone()]));
    phrases
}

#[cfg(test)]
mod tests {
    use domain::{page::PagePath, search::folded};

    use super::*;

    const NOBODY: Visitors = Visitors::NONE;

    fn closed(title: &str, text: &str, path: &str) -> Closed {
        let paths = vec![PagePath::parse(path).unwrap()];
        let files = vec!["plan.jpg".to_owned()];
        Closed { title: folded(title), text: folded(text), paths, files, ..Closed::default() }
    }

    fn kinds(clues: &Clues, text: &str) -> Vec<Kind> {
        let text = Decoded::of(text, "http://site.test");
        let mut kinds: Vec<Kind> =
            clues.find(&text).filter(|clue| clue.known_to == NOBODY).map(|clue| clue.kind).collect();
        kinds.sort();
        kinds.dedup();
        kinds
    }

    #[test]
    fn a_page_is_recognised_by_its_title_its_text_its_path_and_its_files() {
        let clues = Clues::of(&[closed("Offer for Acme", "We buy the whole company in March.", "clients/acme")]);
        for (text, kind) in [
            ("<title>Offer for Acme · Site</title>", Kind::Title),
            ("buy the WHOLE company", Kind::Text),
            ("<a href=\"/clients/acme\">", Kind::Path),
            ("/login?next=%2Fclients%2Facme%2Fbrief", Kind::Path),
            ("<loc>http://site.test/sitemap/clients/acme</loc>", Kind::Path),
        ] {
            assert_eq!(kinds(&clues, text), [kind], "{text}");
        }
        assert_eq!(kinds(&clues, "filename=\"plan.jpg\""), [Kind::File]);
        assert_eq!(kinds(&clues, "/clients/acme/plan.jpg?w=480"), [Kind::Path, Kind::File]);
        for text in ["Offer for all", "the company in April", "/clients", "/clients/acmes", "/acme", "myplan.jpg"] {
            assert!(kinds(&clues, text).is_empty(), "{text}");
        }
    }

    #[test]
    fn what_a_visitor_may_know_from_elsewhere_is_no_clue() {
        let mut clues = Clues::of(&[closed("Offer for Acme", "We buy the whole company in March.", "clients")]);
        clues.note_known(&Decoded::of("An offer for Acme", "http://site.test"), Visitors::ALL);
        clues.note_known_path("/clients/open", Visitors::ALL);
        assert!(kinds(&clues, "Offer for Acme /clients").is_empty());
        assert_eq!(kinds(&clues, "we buy the whole"), [Kind::Text]);
    }

    #[test]
    fn numbers_and_short_words_are_no_clues() {
        let clues = Clues::of(&[closed("Plan", "It is 12 May 2026, 10:30.", "a")]);
        assert!(clues.all().iter().all(|clue| matches!(clue.kind, Kind::Path | Kind::File)), "{:?}", clues.all());
        assert_eq!(phrases(&folded("November 2026"), 9, LONE_TITLE), [["november"]]);
        assert!(phrases(&[], 9, LONE).is_empty());
        assert_eq!(
            phrases(&folded("秘密の計画を"), 9, LONE),
            [["秘密", "密の", "の計", "計画"], ["密の", "の計", "計画", "画を"]]
        );
    }

    #[test]
    fn a_long_text_gives_clues_from_its_beginning_to_its_end() {
        let text: String = (0..5000).map(|number| format!("word{number} alpha{} ", letters(number))).collect();
        let clues = phrases(&folded(&text), PLACES, LONE);
        assert!((PLACES..=2 * PLACES + 1).contains(&clues.len()), "{}", clues.len());
    }

    fn letters(number: usize) -> String {
        format!("{number:04}").bytes().map(|digit| char::from(digit - b'0' + b'a')).collect()
    }
}
