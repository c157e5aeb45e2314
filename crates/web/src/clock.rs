//! The one place that reads the time.

use chrono::SubsecRound;
use domain::Timestamp;

/// This moment in UTC, truncated to the microseconds that both databases keep.
#[expect(clippy::disallowed_methods, reason = "this is the one clock")]
pub fn now() -> Timestamp {
    chrono::Utc::now().trunc_subsecs(6)
}
