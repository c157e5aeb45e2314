//! The clock of the program, and the formats of times. No other file reads the time.

use chrono::{Datelike, SubsecRound, Timelike};
use domain::{Timestamp, zone::Zone};
use serde::Serialize;

/// The current time in UTC, truncated to microseconds as both databases store it.
#[expect(clippy::disallowed_methods, reason = "this is the one clock")]
pub fn now() -> Timestamp {
    chrono::Utc::now().trunc_subsecs(6)
}

/// A date in a time zone: `24 Nov 2026`.
pub fn date(at: Timestamp, zone: Zone) -> String {
    zone.local(at).format("%-d %b %Y").to_string()
}

/// A date and time in a time zone: `24 Nov 2026, 13:05`.
pub fn moment(at: Timestamp, zone: Zone) -> String {
    zone.local(at).format("%-d %b %Y, %H:%M").to_string()
}

/// A date and time with its weekday in a time zone: `Mon 30 Nov, 09:00`, with the year unless it is that of `now`.
pub fn day(at: Timestamp, now: Timestamp, zone: Zone) -> String {
    let (at, now) = (zone.local(at), zone.local(now));
    let format = if at.year() == now.year() { "%a %-d %b, %H:%M" } else { "%a %-d %b %Y, %H:%M" };
    at.format(format).to_string()
}

/// A moment in the future, in the shortest form that is clear: `Mon 09:00` within six days, otherwise `30 Nov, 09:00`,
/// with the year unless it is that of `now`.
pub fn to_come(at: Timestamp, now: Timestamp, zone: Zone) -> String {
    let (at, now) = (zone.local(at), zone.local(now));
    let format = match (at.date() - now.date()).num_days() {
        ..=6 => "%a %H:%M",
        _ if at.year() == now.year() => "%-d %b, %H:%M",
        _ => "%-d %b %Y, %H:%M",
    };
    at.format(format).to_string()
}

/// A date and time with seconds in a time zone: `24 Nov 2026, 13:05:09`.
pub fn second(at: Timestamp, zone: Zone) -> String {
    zone.local(at).format("%-d %b %Y, %H:%M:%S").to_string()
}

/// The meaning of a typed moment in a time zone: `Mon 30 Nov 2026, 09:00 Europe/Berlin, in 4 days`; empty if nothing
/// was typed.
///
/// # Errors
/// A sentence for the person who typed it.
pub fn describe_moment(typed: &str, zone: Zone) -> Result<String, String> {
    let Some(at) = zone.parse_moment(typed)? else { return Ok(String::new()) };
    let local = zone.local(at);
    let time = if local.second() == 0 { "%H:%M" } else { "%H:%M:%S" };
    let day = local.format("%a %-d %b %Y");
    Ok(format!("{day}, {} {zone}, {}", local.format(time), distance(at, now(), zone)))
}

/// The days of the calendar between two moments.
fn days_between(at: Timestamp, now: Timestamp, zone: Zone) -> i64 {
    (zone.local(at).date() - zone.local(now).date()).num_days().abs()
}

/// The distance of a moment from another one: `in 4 days`, `12 min ago`, `just now`. Days are those of the calendar. The script
/// `times.js` has the same words for less than a day.
fn distance(at: Timestamp, now: Timestamp, zone: Zone) -> String {
    let (is_past, seconds) = (at <= now, (at - now).num_seconds().abs());
    let many = |number: i64, unit: &str| format!("{number} {unit}{}", if number == 1 { "" } else { "s" });
    let amount = match (seconds, days_between(at, now, zone)) {
        (..60, _) => return if is_past { "just now" } else { "in under a minute" }.into(),
        (60..3_600, _) => format!("{} min", seconds / 60),
        (3_600..86_400, _) => format!("{} h", seconds / 3_600),
        // A day can have 25 hours.
        (_, days @ ..60) => many(days.max(1), "day"),
        (_, days @ 60..730) => many(days / 30, "month"),
        (_, days) => many(days / 365, "year"),
    };
    if is_past { format!("{amount} ago") } else { format!("in {amount}") }
}

/// A time in the format of RFC 3339.
pub fn iso(at: Timestamp) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A moment as the panel shows it: how long ago it was or how soon it is, the moment itself as the title of these words, and
/// for a script.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct When {
    words: String,
    title: String,
    iso: String,
}

impl When {
    /// Describes a moment as it is seen now: `12 min ago`, `in 3 h`, `4 days ago`. A moment of another day than the six before or
    /// after today is its date: `24 Nov 2026`.
    pub fn new(at: Timestamp, zone: Zone) -> When {
        When::seen_at(at, now(), zone)
    }

    fn seen_at(at: Timestamp, now: Timestamp, zone: Zone) -> When {
        let words = if days_between(at, now, zone) < 7 { distance(at, now, zone) } else { date(at, zone) };
        When { words, title: full(at, zone), iso: iso(at) }
    }
}

/// A moment with its weekday and its time zone: `Tue 24 Nov 2026, 13:05 (Europe/Berlin)`.
fn full(at: Timestamp, zone: Zone) -> String {
    format!("{} ({zone})", zone.local(at).format("%a %-d %b %Y, %H:%M"))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_distance_is_in_the_greatest_unit_and_days_are_of_the_calendar() {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        let at = |typed: &str| zone.parse_moment(typed).unwrap().unwrap();
        let now = at("2026-11-26T14:00");
        for (typed, expected) in [
            ("2026-11-26T14:00:59", "in under a minute"),
            ("2026-11-26T14:00", "just now"),
            ("2026-11-26T14:01", "in 1 min"),
            ("2026-11-26T13:01", "59 min ago"),
            ("2026-11-26T16:30", "in 2 h"),
            ("2026-11-27T13:59", "in 23 h"),
            ("2026-11-27T14:00", "in 1 day"),
            ("2026-11-30T09:00", "in 4 days"),
            ("2026-11-20T09:00", "6 days ago"),
            ("2027-03-26T09:00", "in 4 months"),
            ("2020-11-26T09:00", "6 years ago"),
        ] {
            assert_eq!(distance(at(typed), now, zone), expected, "{typed}");
        }
    }

    #[test]
    fn a_typed_moment_is_described_with_its_weekday_and_zone() {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        assert!(
            describe_moment("2026-11-30T09:00", zone).unwrap().starts_with("Mon 30 Nov 2026, 09:00 Europe/Berlin, ")
        );
        assert!(
            describe_moment("2026-11-30T09:00:05", zone)
                .unwrap()
                .starts_with("Mon 30 Nov 2026, 09:00:05 Europe/Berlin, ")
        );
        assert_eq!(describe_moment(" ", zone), Ok(String::new()));
        assert!(describe_moment("2026-03-29T02:30", zone).unwrap_err().contains("is skipped in Europe/Berlin"));
    }

    #[test]
    fn a_moment_is_shown_by_its_distance_and_has_itself_as_the_title() {
        let now = Timestamp::from_timestamp(1_790_000_000, 0).unwrap();
        let words = |seconds| When::seen_at(now + TimeDelta::seconds(seconds), now, Zone::default()).words;
        let past = [0, -59, -60, -3_599, -3_600, -86_399, -86_400, -172_800, -518_400].map(words);
        let expected = [
            "just now",
            "just now",
            "1 min ago",
            "59 min ago",
            "1 h ago",
            "23 h ago",
            "1 day ago",
            "2 days ago",
            "6 days ago",
        ];
        assert_eq!(past, expected);
        assert_eq!([30, 300, 90_000].map(words), ["in under a minute", "in 5 min", "in 1 day"]);
        assert_eq!([-604_800, 700_000].map(words), ["14 Sep 2026", "29 Sep 2026"]);
        let When { title, iso, .. } = When::seen_at(now, now, Zone::parse("Europe/Berlin").unwrap());
        assert_eq!((title.as_str(), iso.as_str()), ("Mon 21 Sep 2026, 16:13 (Europe/Berlin)", "2026-09-21T14:13:20Z"));
    }
}
