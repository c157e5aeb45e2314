//! Search among many pages, on both databases: frequent and rare words, phrases, exclusions.

use std::fmt::Write;

use crate::{
    client::{Client, Login},
    database::{Cluster, Database, Queue},
    load::{PROVEN, runtime},
    options::Options,
    postern::{PASSWORD, Site, hash, login},
    report::Report,
    stats::percentile,
};

const PART: &str = "search";
/// The number of different words in all texts, and the number of words in each text.
const VOCABULARY: usize = 30_000;
const WORDS: usize = 150;
/// The number of times that each search is made.
const TIMES: usize = 40;
/// The bound of p95, in milliseconds.
const BOUND: f64 = 50.0;

/// A kind of search, and its n-th query.
type Kind = (&'static str, fn(usize) -> String);

const KINDS: [Kind; 6] = [
    ("a word of every page", |_| "everywhere".into()),
    ("a word of some pages", |n| word(200 + n)),
    ("a rare word", |n| word(VOCABULARY - 1 - n)),
    ("a phrase", |n| format!("\"{} {}\"", word(n % 3), word(n % 5))),
    ("two words, one excluded", |n| format!("everywhere {} -{}", word(n % 20), word(20 + n))),
    ("no page", |n| format!("nothinglikeit{n}")),
];

/// Searches large sites on both databases, as an anonymous visitor and as a reader.
pub(crate) fn run(options: &Options, report: &mut Report) -> Result<(), String> {
    measure("SQLite", &Site::new(options, "search")?, options, report)?;
    match Cluster::start() {
        Ok(cluster) => measure("PostgreSQL", &Site::on(options, "search-on", cluster.url())?, options, report),
        Err(error) => {
            report.miss(format!("search on PostgreSQL: {error}"));
            Ok(())
        }
    }
}

fn measure(name: &str, site: &Site, options: &Options, report: &mut Report) -> Result<(), String> {
    let mut database = site.database()?;
    database.add_users(&["reader".to_owned()], "reader", true, &hash(PASSWORD)?)?;
    fill(&mut database, options.searched)?;
    let postern = site.start()?;
    database.wait_until_read(Queue::Search)?;
    let reader = login("reader");
    for (who, login) in [("anonymous", None), ("reader", Some(&reader))] {
        let mut client = Client::new(PROVEN, postern.to);
        let mut all = Vec::new();
        for (kind, typed) in KINDS {
            let times = searches(&mut client, typed, login)?;
            let [median, p95] = [50.0, 95.0].map(|percent| percentile(&times, percent));
            let note = format!("median {median:.1} ms, {} pages", options.searched);
            report.add(PART, format!("{name}, {who}, {kind}: p95"), (p95, "ms"), None, note);
            all.extend(times);
        }
        let note = format!("{} searches", all.len());
        report.add(PART, format!("{name}, {who}: p95"), (percentile(&all, 95.0), "ms"), Some(BOUND), note);
    }
    Ok(())
}

/// The milliseconds of each search.
fn searches(client: &mut Client, typed: fn(usize) -> String, login: Option<&Login>) -> Result<Vec<f64>, String> {
    let runtime = runtime()?;
    let mut times = Vec::new();
    // The first search is not counted, because it includes connecting and signing in.
    for n in 0..=TIMES {
        let path = format!("/search?q={}", typed(n).replace('"', "%22").replace(' ', "+"));
        let answer = runtime.block_on(client.get(&path, login))?;
        if answer.status != 200 {
            return Err(format!("{path} was answered {}", answer.status));
        }
        if n > 0 {
            times.push(answer.took.as_secs_f64() * 1e3);
        }
    }
    Ok(times)
}

/// Adds pages, every second one private, whose words have the frequencies of a natural language (Zipf).
fn fill(database: &mut Database, pages: usize) -> Result<(), String> {
    let mut random = Random(1);
    let numbers: Vec<usize> = (1..=pages).collect();
    for numbers in numbers.chunks(500) {
        let mut rows = String::new();
        for n in numbers {
            let text = |random: &mut Random, words: usize| {
                (0..words).map(|_| word(random.word_number())).collect::<Vec<_>>().join(" ")
            };
            let (title, summary, body) = (text(&mut random, 3), text(&mut random, 8), text(&mut random, WORDS));
            let separator = if rows.is_empty() { "" } else { ", " };
            let private = n % 2 == 0;
            let _ = write!(
                rows,
                "{separator}({}, 'p/{n}', '{title}', '{summary}', 'everywhere {body}', {private}, '2020-01-01 00:00:00')",
                // The keys are scattered, as Postern's own are.
                (*n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 11
            );
        }
        database.run(&format!(
            "INSERT INTO pages (id, path, title, summary, body, private, published_at) VALUES {rows}; DELETE FROM links_unread"
        ))?;
    }
    database.run("ANALYZE")
}

/// The n-th word of the vocabulary: all have four letters, so that none is a prefix of another.
fn word(n: usize) -> String {
    let letters = b"etaoinshrdlucmfwygpbvkxqjz";
    (0..4u32).map(|at| char::from(letters[n * 7 / 26_usize.pow(at) % 26])).collect()
}

/// Random numbers, the same in every run.
struct Random(u64);

impl Random {
    /// The number of a random word: word n has a frequency in proportion to 1/n.
    fn word_number(&mut self) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let chance = (self.0 >> 11) as f64 / (1u64 << 53) as f64;
        ((VOCABULARY as f64).powf(chance) as usize).min(VOCABULARY - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_all_different() {
        let words: std::collections::HashSet<String> = (0..VOCABULARY).map(word).collect();
        assert_eq!(words.len(), VOCABULARY);
    }

    #[test]
    fn the_first_words_are_the_most_frequent() {
        let mut random = Random(1);
        let numbers: Vec<usize> = (0..10_000).map(|_| random.word_number()).collect();
        let often = |below| numbers.iter().filter(|n| **n < below).count();
        assert!(often(10) > 1000 && often(100) > often(10) && often(VOCABULARY) == 10_000);
    }
}
