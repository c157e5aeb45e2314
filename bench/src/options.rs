//! The options of the command line.

use std::{path::PathBuf, time::Duration};

/// The parts of the benchmark, in the order in which they run.
pub(crate) const SECTIONS: [&str; 15] = [
    "throughput",
    "flood",
    "people",
    "timing",
    "revocation",
    "size",
    "scope",
    "scale",
    "search",
    "access",
    "upload",
    "memory",
    "start",
    "files",
    "guard",
];

/// The parts to run, their sizes, and the paths of programs and results.
pub(crate) struct Options {
    /// The parts to run.
    pub sections: Vec<String>,
    /// The number of rounds in which throughput is measured.
    pub rounds: usize,
    /// The duration of each measurement of throughput.
    pub time: Duration,
    /// The duration of each flood of Postern.
    pub flood: Duration,
    /// The duration of each mixed load.
    pub memory: Duration,
    /// The number of changes to watch.
    pub changes: usize,
    /// The number of people who sign in at once.
    pub people: usize,
    /// The number of timed refusals of each kind.
    pub tries: usize,
    /// The number of pages of the large site.
    pub pages: usize,
    /// The number of pages of the site whose lists are timed.
    pub scope: usize,
    /// The number of pages of the site whose panel is timed.
    pub scale: usize,
    /// The number of pages of the site that is searched.
    pub searched: usize,
    /// The number of pages in the section whose readers are changed.
    pub section: usize,
    /// The size of the file that is uploaded, in MiB.
    pub upload: usize,
    /// The number of starts of Postern.
    pub starts: usize,
    /// Whether this is a smoke run.
    pub quick: bool,
    /// The path of Postern's binary.
    pub postern: PathBuf,
    /// The path of the ceiling's binary.
    pub bare: PathBuf,
    /// The folder of the templates for the other servers' configurations.
    pub peers: PathBuf,
    /// The folder in which servers are looked for first, in `bin` and `venv/bin`.
    pub cache: PathBuf,
    /// The folder of the report.
    pub results: PathBuf,
    /// The file of the plot.
    pub plot: PathBuf,
    /// The measured version, for the report.
    pub version: String,
}

/// The usage.
pub(crate) const USAGE: &str = "usage: bench/run [--quick] [OPTION VALUE].. [SECTION]..
sections: throughput flood people timing revocation size scope scale search access upload memory start files guard;
  all of them by default
  --rounds N         how often throughput is measured in turn (4)
  --seconds N        how long each time (5)
  --flood-seconds N  how long each flood of Postern lasts (60)
  --memory-seconds N how long the mixed load lasts for each size of the cache (600)
  --changes N        how many changes are watched (1000)
  --people N         how many people sign in at once (200)
  --tries N          how many refusals of each kind are timed (200)
  --pages N          how many pages the large site has (200000)
  --scope-pages N    how many pages the site has whose lists are timed (1000000)
  --scale-pages N    how many pages the site has whose panel is timed (1000000)
  --searched N       how many pages the site has that is searched (100000)
  --section N        the number of pages in the section whose readers are changed (10000)
  --upload N         the size of the file that is uploaded, in MiB (512)
  --starts N         how often Postern is started (10)
  --cache DIR        where peers/install put what Debian does not have
  --results DIR      the folder of the report
  --plot FILE        the file of the plot
  --quick            a smoke run: little of everything; the report is quick.md, and there is no plot";

impl Options {
    /// Parses the arguments.
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

    /// Whether the options select a part.
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
            memory: seconds(10, 600),
            changes: pick(20, 1000),
            people: pick(10, 200),
            tries: pick(5, 200),
            pages: pick(5000, 200_000),
            scope: pick(20_000, 1_000_000),
            scale: pick(20_000, 1_000_000),
            section: pick(1_000, 10_000),
            searched: pick(2000, 100_000),
            upload: pick(32, 512),
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
            "--memory-seconds" => self.memory = seconds()?,
            "--changes" => self.changes = number()?,
            "--people" => self.people = number()?.min(250),
            "--tries" => self.tries = number()?,
            "--pages" => self.pages = number()?,
            "--scope-pages" => self.scope = number()?,
            "--scale-pages" => self.scale = number()?,
            "--section" => self.section = number()?,
            "--searched" => self.searched = number()?,
            "--upload" => self.upload = number()?.min(1024),
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
