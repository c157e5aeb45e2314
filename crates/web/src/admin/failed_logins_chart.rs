//! The sign-ins that were refused in the last day, hour by hour, as a chart for the panel's home.

use chrono::{DurationRound, TimeDelta};
use domain::Timestamp;
use serde::Serialize;

/// How many hours the chart shows, the present one last.
const HOURS: i64 = 24;
/// The size of the chart, and how much of it a bar fills, in the units of its view box.
const WIDTH: i64 = 480;
const HEIGHT: u64 = 96;
const BAR: i64 = 16;

/// The chart: its bars, and in words what it shows.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Chart {
    width: i64,
    height: u64,
    total: u64,
    bars: Vec<Bar>,
}

/// One hour.
#[derive(Debug, PartialEq, Serialize)]
struct Bar {
    /// `13:00`, in UTC.
    hour: String,
    count: u64,
    x: i64,
    y: u64,
    width: i64,
    height: u64,
    /// Whether the hour is written below its bar.
    labelled: bool,
}

impl Chart {
    /// When the first hour of the chart begins.
    pub(super) fn since(now: Timestamp) -> Timestamp {
        // Moments near the present are far from the bounds of what can be rounded.
        now.duration_trunc(TimeDelta::hours(1)).unwrap_or(now) - TimeDelta::hours(HOURS - 1)
    }

    /// The chart of what was refused, and when.
    pub(super) fn new(refusals: &[(Timestamp, u64)], now: Timestamp) -> Chart {
        let since = Chart::since(now);
        let mut counts = [0; HOURS as usize];
        for (at, count) in refusals {
            let hour = usize::try_from((*at - since).num_hours()).ok().filter(|_| *at >= since);
            if let Some(hour) = hour.and_then(|hour| counts.get_mut(hour)) {
                *hour += count;
            }
        }
        let most = counts.iter().copied().max().unwrap_or(0).max(1);
        let bar = |(hour, count): (i64, u64)| {
            // One refusal among thousands is seen, too.
            let height = if count == 0 { 0 } else { (count.saturating_mul(HEIGHT) / most).max(2) };
            Bar {
                hour: (since + TimeDelta::hours(hour)).format("%H:00").to_string(),
                count,
                x: hour * WIDTH / HOURS + (WIDTH / HOURS - BAR) / 2,
                y: HEIGHT - height,
                width: BAR,
                height,
                labelled: hour % 6 == 5,
            }
        };
        let bars = (0..HOURS).zip(counts).map(bar).collect();
        Chart { width: WIDTH, height: HEIGHT, total: counts.iter().sum(), bars }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_stands_in_its_hour() {
        let at = |time: &str| time.parse::<Timestamp>().unwrap();
        let now = at("2026-03-02T12:34:56Z");
        assert_eq!(Chart::since(now), at("2026-03-01T13:00:00Z"));
        let refusals = [
            (at("2026-03-02T12:00:00Z"), 3),
            (at("2026-03-02T12:30:00Z"), 4),
            (at("2026-03-01T13:00:00Z"), 1),
            (at("2026-03-01T12:59:59Z"), 100),
            (at("2026-03-02T13:00:00Z"), 100),
        ];
        let chart = Chart::new(&refusals, now);
        assert_eq!((chart.total, chart.bars.len()), (8, 24));
        let (first, last) = (&chart.bars[0], &chart.bars[23]);
        assert_eq!((first.hour.as_str(), first.count, first.y + first.height), ("13:00", 1, HEIGHT));
        assert_eq!((last.hour.as_str(), last.count, last.height), ("12:00", 7, HEIGHT));
        assert!(last.x + last.width <= WIDTH);
        let quiet = Chart::new(&[], now);
        assert!(quiet.total == 0 && quiet.bars.iter().all(|bar| bar.height == 0));
    }
}
