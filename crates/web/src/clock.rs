//! The clock of the program, and the formats of times. No other file reads the time.

use chrono::SubsecRound;
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

/// A time in the format of RFC 3339.
pub fn iso(at: Timestamp) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
