//! What the command line says.

use std::{path::PathBuf, time::Duration};

/// The parts of the benchmark, in the order in which they run.
pub(crate) const SECTIONS: [&str; 8] =
    ["throughput", "flood", "people", "revocation", "size", "scope", "search", "start"];

/// What is run, for how long, and where things are.
pub(crate) struct Options {
    /// Which parts.
    pub sections: Vec<String>,
    /// How often throughput is measured in turn.
    pub rounds: usize,
    /// How long each time.
    pub time: Duration,
    /// How long each flood of Postern lasts.
    pub flood: Duration,
    /// How many changes are watched.
    pub changes: usize,
    /// How many people sign in at once.
    pub people: usize,
    /// How many refusals of each kind are timed.
    pub tries: usize,
    /// How many pages the large site has.
    pub pages: usize,
    /// How many pages the site has whose lists are timed.
    pub scope: usize,
    /// How many pages the site has that is searched.
    pub searched: usize,
    /// How often Postern is started.
    pub starts: usize,
    /// Whether this is a smoke run.
    pub quick: bool,
    /// Postern's binary.
    pub postern: PathBuf,
    /// The ceiling's binary.
    pub bare: PathBuf,
    /// The templates of the other servers' configurations.
    pub peers: PathBuf,
    /// Where servers are looked for first: `bin`, `venv/bin`.
    pub cache: PathBuf,
    /// The folder of the report.
    pub results: PathBuf,
    /// The file of the plot.
    pub plot: PathBuf,
    /// What the report says of the version that was measured.
    pub version: String,
}

/// The usage.
pub(crate) const USAGE: &str = "usage: bench/run [--quick] [OPTION VALUE].. [SECTION]..
sections: throughput flood people revocation size scope search start; all of them by default
  --rounds N         how often throughput is measured in turn (4)
  --seconds N        how long each time (5)
  --flood-seconds N  how long each flood of Postern lasts (60)
  --changes N        how many changes are watched (1000)
  --people N         how many people sign in at once (200)
  --tries N          how many refusals of each kind are timed (200)
  --pages N          how many pages the large site has (200000)
  --scope-pages N    how many pages the site has whose lists are timed (1000000)
  --searched N       how many pages the site has that is searched (100000)
  --starts N         how often Postern is started (10)
  --cache DIR        where peers/install put what Debian does not have
  --results DIR      the folder of the report
  --plot FILE        the file of the plot
  --quick            a smoke run: little of everything; the report is quick.md, and there is no plot";

impl Options {
    /// Reads the arguments.
    pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Options, String> {
        let arguments: Vec<String> = arguments.collect();
        let mut options = Options::default_for(arguments.iter().any(|argument| argument == "--quick"));
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            if argument == "--quick" {
                continue;
            }
            if SECTIONS.contains(&argument.as_str()) {
                options.sections.push(argument);
                continue;
            }
            let value = arguments.next().filter(|_| argument.starts_with("--"));
            let value = value.ok_or_else(|| format!("{argument:?} is not understood\n{USAGE}"))?;
            options.set(&argument, &value)?;
        }
        if options.sections.is_empty() {
            options.sections = SECTIONS.map(str::to_owned).to_vec();
        }
        Ok(options)
    }

    /// Whether a part is to run.
    pub(crate) fn wants(&self, section: &str) -> bool {
        self.sections.iter().any(|wanted| wanted == section)
    }

    fn default_for(quick: bool) -> Options {
        let pick = |quickly: usize, fully: usize| if quick { quickly } else { fully };
        let seconds = |quickly: u64, fully: u64| Duration::from_secs(if quick { quickly } else { fully });
        Options {
            sections: Vec::new(),
            rounds: pick(1, 4),
            time: seconds(1, 5),
            flood: seconds(3, 60),
            changes: pick(20, 1000),
            people: pick(10, 200),
            tries: pick(5, 200),
            pages: pick(5000, 200_000),
            scope: pick(20_000, 1_000_000),
            searched: pick(2000, 100_000),
            starts: pick(3, 10),
            quick,
            postern: "target/dist/postern".into(),
            bare: "target/dist/bare".into(),
            peers: "bench/peers".into(),
            cache: "target/peers".into(),
            results: "bench/results".into(),
            plot: "docs/bench.svg".into(),
            version: String::new(),
        }
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let number = || value.parse::<usize>().ok().filter(|n| *n > 0).ok_or(format!("{name}: {value:?} is no number"));
        let seconds = || number().map(|n| Duration::from_secs(n as u64));
        match name {
            "--rounds" => self.rounds = number()?,
            "--seconds" => self.time = seconds()?,
            "--flood-seconds" => self.flood = seconds()?,
            "--changes" => self.changes = number()?,
            "--people" => self.people = number()?.min(250),
            "--tries" => self.tries = number()?,
            "--pages" => self.pages = number()?,
            "--scope-pages" => self.scope = number()?,
            "--searched" => self.searched = number()?,
            "--starts" => self.starts = number()?,
            "--postern" => self.postern = value.into(),
            "--bare" => self.bare = value.into(),
            "--peers" => self.peers = value.into(),
            "--cache" => self.cache = value.into(),
            "--results" => self.results = value.into(),
            "--plot" => self.plot = value.into(),
            "--version" => self.version = value.into(),
            _ => return Err(format!("{name} is no option\n{USAGE}")),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, String> {
        Options::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn everything_runs_unless_sections_are_named() {
        assert_eq!(parse("").unwrap().sections, SECTIONS);
        assert_eq!(parse("size --pages 7 start").unwrap().sections, ["size", "start"]);
        assert_eq!(parse("size --pages 7").unwrap().pages, 7);
    }

    #[test]
    fn what_is_named_stands_above_quick() {
        assert_eq!(parse("--rounds 3 --quick").unwrap().rounds, 3);
        assert!(parse("--rounds").is_err() && parse("sizes").is_err() && parse("--rounds x").is_err());
    }
}
