//! Whether the change feed works, and the log lines about it.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::event::Event;

/// The shortest time between two log lines with the same cause.
const LOG_INTERVAL: Duration = Duration::from_secs(10);

/// The last failure of the feed, until it works again.
#[derive(Default)]
pub(super) struct Status(Mutex<Option<Failure>>);

struct Failure {
    cause: String,
    since: Instant,
    logged: Instant,
}

impl Status {
    fn failed(&self) -> MutexGuard<'_, Option<Failure>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The cause of the failure; `None` while the feed works.
    pub(super) fn failure(&self) -> Option<String> {
        self.failed().as_ref().map(|failure| failure.cause.clone())
    }

    /// Records a failure, and logs it unless it was logged in the last ten seconds. `event` is what the feed delivers because of
    /// it.
    pub(super) fn fail(&self, cause: String, event: &Event) {
        let mut failed = self.failed();
        let now = Instant::now();
        let is_known = failed.as_ref().is_some_and(|last| last.cause == cause && now - last.logged < LOG_INTERVAL);
        if !is_known {
            match event {
                Event::Unreachable => log::warn!(
                    "the database does not answer, and the cache answers only for a limited time what it has: {cause}"
                ),
                _ => {
                    log::warn!("changes of the database do not arrive, so nothing is answered from the cache: {cause}")
                }
            }
        }
        let logged = if is_known { failed.as_ref().map_or(now, |last| last.logged) } else { now };
        let since = failed.as_ref().map_or(now, |last| last.since);
        *failed = Some(Failure { cause, since, logged });
    }

    /// Records that the feed works, and logs it after a failure.
    pub(super) fn recover(&self) {
        if let Some(failure) = self.failed().take() {
            log::info!("changes of the database arrive again, after {} seconds", failure.since.elapsed().as_secs());
        }
    }
}
