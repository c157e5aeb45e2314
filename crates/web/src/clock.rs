//! The clock of the program, and the formats of times. No other file reads the time.

use chrono::{SubsecRound, Timelike};
use domain::{Timestamp, zone::Zone};

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

/// A date and time with seconds in a time zone: `24 Nov 2026, 13:05:09`.
pub fn second(at: Timestamp, zone: Zone) -> String {
    zone.local(at).format("%-d %b %Y, %H:%M:%S").to_string()
}

/// What a typed moment means in a time zone: `Mon 30 Nov 2026, 09:00 Europe/Berlin, in 4 days`; empty if nothing was typed.
///
/// # Errors
/// A sentence for the person who typed it.
pub fn echo(typed: &str, zone: Zone) -> Result<String, String> {
    let Some(at) = zone.parse_moment(typed)? else { return Ok(String::new()) };
    let local = zone.local(at);
    let time = if local.second() == 0 { "%H:%M" } else { "%H:%M:%S" };
    let day = local.format("%a %-d %b %Y");
    Ok(format!("{day}, {} {zone}, {}", local.format(time), distance(at, now(), zone)))
}

/// The distance of a moment from another one: `in 4 days`, `2 hours ago`, `now`. Days are those of the calendar.
fn distance(at: Timestamp, now: Timestamp, zone: Zone) -> String {
    let seconds = (at - now).num_seconds().abs();
    let days = (zone.local(at).date() - zone.local(now).date()).num_days().abs();
    let (number, unit) = match seconds {
        ..60 => return "now".into(),
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        _ if days < 60 => (days, "day"),
        _ if days < 730 => (days / 30, "month"),
        _ => (days / 365, "year"),
    };
    let plural = if number == 1 { "" } else { "s" };
    if at > now { format!("in {number} {unit}{plural}") } else { format!("{number} {unit}{plural} ago") }
}

/// A time in the format of RFC 3339.
pub fn iso(at: Timestamp) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_is_in_the_greatest_unit_and_days_are_of_the_calendar() {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        let at = |typed: &str| zone.parse_moment(typed).unwrap().unwrap();
        let now = at("2026-11-26T14:00");
        for (typed, expected) in [
            ("2026-11-26T14:00:59", "now"),
            ("2026-11-26T14:01", "in 1 minute"),
            ("2026-11-26T13:01", "59 minutes ago"),
            ("2026-11-26T16:30", "in 2 hours"),
            ("2026-11-27T13:59", "in 23 hours"),
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
    fn an_echo_names_the_day_of_the_week_and_the_zone() {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        assert!(echo("2026-11-30T09:00", zone).unwrap().starts_with("Mon 30 Nov 2026, 09:00 Europe/Berlin, "));
        assert!(echo("2026-11-30T09:00:05", zone).unwrap().starts_with("Mon 30 Nov 2026, 09:00:05 Europe/Berlin, "));
        assert_eq!(echo(" ", zone), Ok(String::new()));
        assert!(echo("2026-03-29T02:30", zone).unwrap_err().contains("is skipped in Europe/Berlin"));
    }
}
