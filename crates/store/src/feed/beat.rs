//! What a heartbeat returns.

use std::time::Instant;

use super::change::Change;

/// The changes that a heartbeat received, and what it proves.
pub(super) struct Beat {
    /// The changes received since the last call.
    pub changes: Vec<Change>,
    /// Every change that had arrived at this moment has been returned.
    pub polled_at: Instant,
    /// The moment of which it is proven that every change that was committed before it has been returned; `None` while the
    /// heartbeat is on its way.
    pub proven_up_to: Option<Instant>,
}
