//! What the feed delivers.

use std::time::Instant;

use super::change::Change;

/// What the feed delivers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A change that was committed.
    Changed(Change),
    /// Every change that was committed before this moment has been delivered.
    Heartbeat(Instant),
    /// Every change that had arrived at this moment has been delivered.
    Polled(Instant),
    /// The feed waits for the database, and does not look for changes until the next [`Event::Polled`].
    Waiting,
    /// Changes are not delivered, although the database answers; until the next heartbeat, only the database is true.
    Interrupted,
    /// The database does not answer; until the next heartbeat, there is nobody to ask.
    Unreachable,
}

impl Event {
    /// The event after a failure of the feed, while the database answers others or does not.
    pub(super) fn of_failure(answers: bool) -> Event {
        if answers { Event::Interrupted } else { Event::Unreachable }
    }
}
