//! The one place that reads the time, and how moments are written.

use chrono::SubsecRound;
use domain::{Timestamp, zone::Zone};

/// This moment in UTC, truncated to the microseconds that both databases keep.
#[expect(clippy::disallowed_methods, reason = "this is the one clock")]
pub fn now() -> Timestamp {
    chrono::Utc::now().trunc_subsecs(6)
}

/// A date as people in a zone read it: `24 Nov 2026`.
pub fn date(at: Timestamp, zone: Zone) -> String {
    zone.local(at).format("%-d %b %Y").to_string()
}

/// A moment as people in a zone read it: `24 Nov 2026, 13:05`.
pub fn moment(at: Timestamp, zone: Zone) -> String {
    zone.local(at).format("%-d %b %Y, %H:%M").to_string()
}

/// A moment to the second, as people in a zone read it: `24 Nov 2026, 13:05:09`.
pub fn second(at: Timestamp, zone: Zone) -> String {
    zone.local(at).format("%-d %b %Y, %H:%M:%S").to_string()
}

/// A moment for machines (RFC 3339).
pub fn iso(at: Timestamp) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
