//! Keeping the full-text index current with changes by SQL.

use crate::{Conn, Result, unread_texts};

/// The number of texts that one transaction reads.
const AT_ONCE: u32 = 200;

/// Reads up to 200 texts that SQL inserted or changed, or that an upgrade left, into the full-text index; returns whether
/// others are left. The application's own changes are in the index when they are committed.
pub fn catch_up(conn: &mut Conn) -> Result<bool> {
    Ok(unread_texts::read_changed(conn, AT_ONCE)? == AT_ONCE)
}
