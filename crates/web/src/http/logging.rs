//! Logging: one line per event, whatever text the event contains.

use std::{
    io::Write,
    sync::{Mutex, PoisonError},
};

use env_logger::{Builder, Target, fmt::Formatter};
use log::{LevelFilter, Record};
use serde::Serialize;

use crate::clock;

/// The format of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// Time, level, message.
    Text,
    /// One JSON object on a line.
    Json,
}

/// Starts logging to standard error.
pub fn start(level: LevelFilter, format: LogFormat) {
    let mut builder = Builder::new();
    builder.filter_level(level.min(LevelFilter::Warn)).filter_module("postern", level).filter_module("web", level);
    // Its errors are malformed requests of strangers, without the address of the client.
    builder.filter_module("actix_http", LevelFilter::Off);
    builder.filter_module("store", level).target(Target::Stderr);
    match format {
        LogFormat::Text => builder.format(text),
        LogFormat::Json => builder.format(json),
    };
    // In tests a second start fails, and the first one stays.
    let _already = builder.try_init();
}

/// Limits the log lines of one kind to 100 per second, so that a flood of requests cannot fill the disk.
#[derive(Default)]
pub struct LogLimiter(Mutex<Second>);

#[derive(Default)]
struct Second {
    number: i64,
    written: u32,
    suppressed: u32,
}

impl LogLimiter {
    /// The maximum number of lines per second.
    const MAX_LINES: u32 = 100;

    /// A limiter without any line yet.
    pub const fn new() -> LogLimiter {
        LogLimiter(Mutex::new(Second { number: 0, written: 0, suppressed: 0 }))
    }

    /// Whether a line of `kind` may be written now. The next second starts with the number of suppressed lines.
    pub fn allows(&self, kind: &str) -> bool {
        self.allows_at(kind, clock::now().timestamp())
    }

    fn allows_at(&self, kind: &str, number: i64) -> bool {
        let mut second = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if number != second.number {
            if second.suppressed > 0 {
                log::warn!("{kind}: {} more lines were suppressed", second.suppressed);
            }
            *second = Second { number, ..Second::default() };
        }
        let has_room = second.written < LogLimiter::MAX_LINES;
        second.written += u32::from(has_room);
        second.suppressed += u32::from(!has_room);
        has_room
    }
}

fn text(out: &mut Formatter, record: &Record<'_>) -> std::io::Result<()> {
    let message = record.args().to_string();
    writeln!(out, "{} {:<5} {}", clock::iso(clock::now()), record.level(), one_line(&message))
}

#[derive(Serialize)]
struct Line<'a> {
    time: String,
    level: &'a str,
    target: &'a str,
    message: &'a str,
}

fn json(out: &mut Formatter, record: &Record<'_>) -> std::io::Result<()> {
    let message = record.args().to_string();
    let line = Line {
        time: clock::iso(clock::now()),
        level: record.level().as_str(),
        target: record.target(),
        message: &one_line(&message),
    };
    serde_json::to_writer(&mut *out, &line)?;
    writeln!(out)
}

/// The text without control characters, and at most 2,000 characters: a client cannot inject a second line.
fn one_line(text: &str) -> String {
    text.chars().take(2000).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_does_not_fill_the_log() {
        let limiter = LogLimiter::new();
        assert_eq!((0..1000).filter(|_| limiter.allows_at("x", 7)).count(), 100);
        assert!(limiter.allows_at("x", 8), "each second has its own limit");
    }

    #[test]
    fn case_49_54_a_message_stays_one_bounded_line() {
        assert_eq!(one_line("a\r\n{\"level\":\"info\"}\u{1b}[2J"), "a  {\"level\":\"info\"} [2J");
        assert_eq!(one_line(&"x".repeat(10_000)).len(), 2000);
    }
}
