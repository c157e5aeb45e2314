//! Log lines: one event each, whatever stands in it.

use std::{
    io::Write,
    sync::{Mutex, PoisonError},
};

use env_logger::{Builder, Target, fmt::Formatter};
use log::{LevelFilter, Record};
use serde::Serialize;

use crate::clock;

/// How a log line is written.
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
    // Its errors are what strangers send, without an address.
    builder.filter_module("actix_http", LevelFilter::Off);
    builder.filter_module("store", level).target(Target::Stderr);
    match format {
        LogFormat::Text => builder.format(text),
        LogFormat::Json => builder.format(json),
    };
    // A second start, in a test, changes nothing.
    let _already = builder.try_init();
}

/// So many lines a second of one kind and no more: nobody fills the disk by asking often.
#[derive(Default)]
pub struct LogLimiter(Mutex<Second>);

#[derive(Default)]
struct Second {
    number: i64,
    written: u32,
    left_out: u32,
}

impl LogLimiter {
    /// How many lines a second.
    const LINES: u32 = 100;

    /// None written yet.
    pub const fn new() -> LogLimiter {
        LogLimiter(Mutex::new(Second { number: 0, written: 0, left_out: 0 }))
    }

    /// Whether another line of `kind` may be written now. How many were not is written in the second after.
    pub fn has_room(&self, kind: &str) -> bool {
        self.has_room_at(kind, clock::now().timestamp())
    }

    fn has_room_at(&self, kind: &str, number: i64) -> bool {
        let mut second = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if number != second.number {
            if second.left_out > 0 {
                log::warn!("{kind}: {} more, which are not listed", second.left_out);
            }
            *second = Second { number, ..Second::default() };
        }
        let room = second.written < LogLimiter::LINES;
        second.written += u32::from(room);
        second.left_out += u32::from(!room);
        room
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

/// The text without control characters, cut to 2,000 characters: nobody writes a second line into the log.
fn one_line(text: &str) -> String {
    text.chars().take(2000).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_fills_no_log() {
        let allowance = LogLimiter::new();
        assert_eq!((0..1000).filter(|_| allowance.has_room_at("x", 7)).count(), 100);
        assert!(allowance.has_room_at("x", 8), "each second has its own");
    }

    #[test]
    fn case_49_54_a_message_stays_one_bounded_line() {
        assert_eq!(one_line("a\r\n{\"level\":\"info\"}\u{1b}[2J"), "a  {\"level\":\"info\"} [2J");
        assert_eq!(one_line(&"x".repeat(10_000)).len(), 2000);
    }
}
