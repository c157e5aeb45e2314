//! A bar chart of the failed sign-ins of the last 24 hours, one bar an hour, for the dashboard.

use chrono::{DurationRound, TimeDelta};
use domain::Timestamp;
use serde::Serialize;

/// The number of hours in the chart; the current hour is the last.
const HOURS: i64 = 24;
/// The size of the chart and the width of a bar, in units of the view box.
const WIDTH: i64 = 480;
const HEIGHT: u64 = 96;
const BAR: i64 = 16;

/// The bars of the chart, and the total that its caption states.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Chart {
    width: i64,
    height: u64,
    total: u64,
    bars: Vec<Bar>,
}

/// The bar of one hour.
#[derive(Debug, PartialEq, Serialize)]
struct Bar {
    /// `13:00`, in UTC.
    hour: String,
    count: u64,
    x: i64,
    y: u64,
    width: i64,
    height: u64,
    /// Whether the hour is printed below the bar.
    labelled: bool,
}

impl Chart {
    /// The beginning of the first hour in the chart.
    pub(super) fn since(now: Timestamp) -> Timestamp {
        // Rounding fails only near the ends of the range of timestamps.
        now.duration_trunc(TimeDelta::hours(1)).unwrap_or(now) - TimeDelta::hours(HOURS - 1)
    }

    /// The chart of failed sign-ins, given as counts with a moment each.
    pub(super) fn new(failed: &[(Timestamp, u64)], now: Timestamp) -> Chart {
        let since = Chart::since(now);
        let mut counts = [0; HOURS as usize];
        for (at, count) in failed {
            let hour = usize::try_from((*at - since).num_hours()).ok().filter(|_| *at >= since);
            if let Some(hour) = hour.and_then(|hour| counts.get_mut(hour)) {
                *hour += count;
            }
        }
        let highest = counts.iter().copied().max().unwrap_or(0).max(1);
        let bar = |(hour, count): (i64, u64)| {
            // A single failure stays visible beside an hour with thousands.
            let height = if count == 0 { 0 } else { (count.saturating_mul(HEIGHT) / highest).max(2) };
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
    fn each_failure_counts_in_its_hour() {
        let at = |time: &str| time.parse::<Timestamp>().unwrap();
        let now = at("2026-03-02T12:34:56Z");
        assert_eq!(Chart::since(now), at("2026-03-01T13:00:00Z"));
        let failed = [
            (at("2026-03-02T12:00:00Z"), 3),
            (at("2026-03-02T12:30:00Z"), 4),
            (at("2026-03-01T13:00:00Z"), 1),
            (at("2026-03-01T12:59:59Z"), 100),
            (at("2026-03-02T13:00:00Z"), 100),
        ];
        let chart = Chart::new(&failed, now);
        assert_eq!((chart.total, chart.bars.len()), (8, 24));
        let (first, last) = (&chart.bars[0], &chart.bars[23]);
        assert_eq!((first.hour.as_str(), first.count, first.y + first.height), ("13:00", 1, HEIGHT));
        assert_eq!((last.hour.as_str(), last.count, last.height), ("12:00", 7, HEIGHT));
        assert!(last.x + last.width <= WIDTH);
        let quiet = Chart::new(&[], now);
        assert!(quiet.total == 0 && quiet.bars.iter().all(|bar| bar.height == 0));
    }
}
