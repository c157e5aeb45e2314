//! Keeping the full-text index current with changes by SQL.

use crate::{Conn, Result, full_text};

/// The number of texts that one transaction reads.
const AT_ONCE: u32 = 500;

/// Reads up to 500 texts that SQL inserted or changed into the full-text index; returns whether others are left. The
/// application's own changes are in the index when they are committed, and on SQLite every change is.
pub fn catch_up(conn: &mut Conn) -> Result<bool> {
    Ok(full_text::read_changed(conn, AT_ONCE)? == u64::from(AT_ONCE))
}
