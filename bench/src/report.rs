//! The report: figures with their bounds, and tables, as Markdown and as JSON.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::{options::Options, process};

/// The measurements of a run.
#[derive(Default)]
pub(crate) struct Report {
    /// The figures, in the order in which they were measured.
    pub figures: Vec<Figure>,
    /// The tables.
    pub tables: Vec<Table>,
    /// The measurements that were not made, each with the reason.
    pub missing: Vec<String>,
    /// The bars of the plot: each server with its public and its private requests per second.
    pub bars: Vec<Bar>,
}

/// A measured value.
pub(crate) struct Figure {
    /// The part of the benchmark to which the figure belongs.
    pub section: &'static str,
    /// The name of the figure.
    pub name: String,
    /// The measured value.
    pub value: f64,
    /// The unit of the value.
    pub unit: &'static str,
    /// The bound that the value has to meet, if any.
    pub bound: Option<Bound>,
    /// Further details, such as a median.
    pub note: String,
}

/// The bound of a value.
#[derive(Clone, Copy)]
pub(crate) enum Bound {
    /// The value may be at most this.
    AtMost(f64),
    /// The value has to be at least this.
    AtLeast(f64),
}

/// A table of the report.
pub(crate) struct Table {
    /// The title of the table.
    pub title: &'static str,
    /// The names of the columns.
    pub head: &'static [&'static str],
    /// The rows, with one text for each column.
    pub rows: Vec<Vec<String>>,
}

/// A server in the plot.
pub(crate) struct Bar {
    /// The name of the server.
    pub name: String,
    /// The rate of public pages per second.
    pub public: f64,
    /// The rate of private pages per second.
    pub private: f64,
}

impl Figure {
    /// Whether the value meets its bound, if it has one; NaN meets none.
    pub(crate) fn met(&self) -> Option<bool> {
        self.bound.map(|bound| match bound {
            Bound::AtMost(most) => self.value <= most,
            Bound::AtLeast(least) => self.value >= least,
        })
    }
}

impl Report {
    /// Adds a figure that may be at most `most`, and prints it.
    pub(crate) fn add(
        &mut self,
        section: &'static str,
        name: impl Into<String>,
        measured: (f64, &'static str),
        most: Option<f64>,
        note: impl Into<String>,
    ) {
        self.add_bound(section, name, measured, most.map(Bound::AtMost), note);
    }

    /// Adds a figure, and prints it.
    pub(crate) fn add_bound(
        &mut self,
        section: &'static str,
        name: impl Into<String>,
        (value, unit): (f64, &'static str),
        bound: Option<Bound>,
        note: impl Into<String>,
    ) {
        let figure = Figure { section, name: name.into(), value, unit, bound, note: note.into() };
        eprintln!("  {}", figure_row(&figure)[1..].join("  "));
        self.figures.push(figure);
    }

    /// Adds a measurement that was not made.
    pub(crate) fn miss(&mut self, what: impl Into<String>) {
        let what = what.into();
        eprintln!("  not measured: {what}");
        self.missing.push(what);
    }

    /// The report as Markdown.
    pub(crate) fn markdown(&self, options: &Options) -> String {
        let mut text = format!("# Benchmark\n\n{}\n\n", machine(options).join("; "));
        let (met, bound) = self.counts();
        let _ = writeln!(text, "{met} of {bound} bounds met. How to read this: [README](../README.md).\n");
        for table in &self.tables {
            let _ = writeln!(text, "## {}\n", table.title);
            write_table(&mut text, table.head, &table.rows);
        }
        if !self.figures.is_empty() {
            text.push_str("## Bounds\n\n");
            let rows: Vec<_> = self.figures.iter().map(figure_row).collect();
            write_table(&mut text, &["part", "what", "measured", "bound", "", "note"], &rows);
        }
        if !self.missing.is_empty() {
            text.push_str("## Not measured\n\n");
            for what in &self.missing {
                let _ = writeln!(text, "- {what}");
            }
        }
        text
    }

    /// The report as JSON.
    pub(crate) fn json(&self, options: &Options) -> Value {
        let figure = |figure: &Figure| {
            json!({"section": figure.section, "name": figure.name, "value": finite(figure.value), "unit": figure.unit,
                   "bound": bound_words(figure), "met": figure.met(), "note": figure.note})
        };
        let table = |table: &Table| json!({"title": table.title, "head": table.head, "rows": table.rows});
        json!({
            "machine": machine(options),
            "options": {"rounds": options.rounds, "seconds": options.time.as_secs(),
                        "flood_seconds": options.flood.as_secs(), "changes": options.changes,
                        "people": options.people, "tries": options.tries, "pages": options.pages, "searched": options.searched,
                        "starts": options.starts, "sections": options.sections},
            "figures": self.figures.iter().map(figure).collect::<Vec<_>>(),
            "tables": self.tables.iter().map(table).collect::<Vec<_>>(),
            "missing": self.missing,
        })
    }

    /// The number of bounds that are met, and the number of all bounds.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let bounds = self.figures.iter().filter_map(Figure::met);
        (bounds.clone().filter(|met| *met).count(), bounds.count())
    }
}

fn finite(value: f64) -> Value {
    if value.is_finite() { json!((value * 1000.0).round() / 1000.0) } else { Value::Null }
}

fn with_unit(value: f64, unit: &str) -> String {
    format!("{} {unit}", number(value)).trim().to_owned()
}

fn bound_words(figure: &Figure) -> Option<String> {
    figure.bound.map(|bound| match bound {
        Bound::AtMost(most) => format!("≤ {}", with_unit(most, figure.unit)),
        Bound::AtLeast(least) => format!("≥ {}", with_unit(least, figure.unit)),
    })
}

fn figure_row(figure: &Figure) -> Vec<String> {
    let verdict = figure.met().map_or("", |met| if met { "met" } else { "**missed**" });
    vec![
        figure.section.to_owned(),
        figure.name.clone(),
        with_unit(figure.value, figure.unit),
        bound_words(figure).unwrap_or_default(),
        verdict.to_owned(),
        figure.note.clone(),
    ]
}

/// A number with 0 to 2 decimals, by its size.
pub(crate) fn number(value: f64) -> String {
    match value.abs() {
        _ if !value.is_finite() => "none".into(),
        0.0 => "0".into(),
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

fn write_table(text: &mut String, head: &[&str], rows: &[Vec<String>]) {
    let _ = writeln!(text, "| {} |\n|{}", head.join(" | "), " --- |".repeat(head.len()));
    for row in rows {
        let _ = writeln!(text, "| {} |", row.join(" | ").replace('\n', " "));
    }
    text.push('\n');
}

fn machine(options: &Options) -> Vec<String> {
    let read = |file: &str| std::fs::read_to_string(file).unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let processors = read("/proc/cpuinfo");
    let model = processors.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let date = process::run(std::process::Command::new("date"), b"").unwrap_or_default();
    vec![
        format!("Postern {}", options.version).trim().to_owned(),
        date.trim().to_owned(),
        format!("{cores} cores, {}", model.map_or("unknown", |(_, model)| model)),
        format!("Linux {}", read("/proc/sys/kernel/osrelease").trim()),
        "servers and load generators share the machine, over loopback".to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_that_is_not_a_number_misses_its_bound() {
        let mut report = Report::default();
        report.add("size", "ratio", (f64::NAN, ""), Some(1.3), "");
        report.add("size", "ratio", (1.3, ""), Some(1.3), "");
        report.add("size", "time", (5.0, "ms"), None, "");
        report.add_bound("throughput", "share", (f64::NAN, "%"), Some(Bound::AtLeast(90.0)), "");
        report.add_bound("throughput", "share", (90.0, "%"), Some(Bound::AtLeast(90.0)), "");
        assert_eq!(report.counts(), (2, 4));
    }
}
