//! Keeping the full-text index current with changes by SQL.

use crate::{Conn, Result, ShownText, unread_texts};

/// The number of texts that one transaction reads.
const AT_ONCE: u32 = 200;

/// Reads up to 200 texts that SQL inserted or changed, or that an upgrade left, into the full-text index, and makes the
/// keys of as many titles; returns whether others are left. The application's own changes are in the index when they are
/// committed.
pub fn catch_up(conn: &mut Conn, shown: ShownText) -> Result<bool> {
    let texts = unread_texts::read_changed(conn, AT_ONCE, shown)?;
    let titles = unread_texts::key_changed_titles(conn, AT_ONCE)?;
    Ok(texts == AT_ONCE || titles == AT_ONCE)
}
