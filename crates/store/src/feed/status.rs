//! Whether the change feed works, and the log lines about it.

use std::{
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::event::Event;

/// The shortest time between two log lines with the same cause.
const LOG_INTERVAL: Duration = Duration::from_secs(10);

/// The cause of a failure of the feed.
#[derive(Clone, Debug)]
pub(super) enum Cause {
    /// The database answers, and the connection of the feed has been silent for this time.
    Silent(Duration),
    /// The database has not answered for this time.
    NoAnswer(Duration),
    /// What the text says.
    Other(String),
}

impl Cause {
    /// Whether both are the same cause, after whatever time.
    fn is_like(&self, other: &Cause) -> bool {
        match (self, other) {
            (Cause::Silent(_), Cause::Silent(_)) | (Cause::NoAnswer(_), Cause::NoAnswer(_)) => true,
            (Cause::Other(text), Cause::Other(other)) => text == other,
            _ => false,
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Silent(time) => {
                write!(f, "the connection of the change feed has been silent for {} seconds", time.as_secs())
            }
            Cause::NoAnswer(time) => write!(f, "the database has not answered for {} seconds", time.as_secs()),
            Cause::Other(text) => f.write_str(text),
        }
    }
}

/// The last failure of the feed, until it works again.
#[derive(Default)]
pub(super) struct Status(Mutex<Option<Failure>>);

struct Failure {
    cause: Cause,
    since: Instant,
    logged: Instant,
}

impl Status {
    fn failed(&self) -> MutexGuard<'_, Option<Failure>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The cause of the failure; `None` while the feed works.
    pub(super) fn failure(&self) -> Option<String> {
        self.failed().as_ref().map(|failure| failure.cause.to_string())
    }

    /// Records a failure, and logs it unless its cause was logged in the last ten seconds. `event` is what the feed delivers because
    /// of it.
    pub(super) fn fail(&self, cause: Cause, event: &Event) {
        if !self.record(cause.clone(), Instant::now()) {
            return;
        }
        match event {
            Event::Unreachable => log::warn!(
                "the database does not answer, and the cache answers only for a limited time what it has: {cause}"
            ),
            _ => log::warn!("changes of the database do not arrive, so nothing is answered from the cache: {cause}"),
        }
    }

    /// Records a failure at a moment; returns whether it is to be logged.
    fn record(&self, cause: Cause, now: Instant) -> bool {
        let mut failed = self.failed();
        let logged = failed.as_ref().filter(|last| last.cause.is_like(&cause)).map(|last| last.logged);
        let logged = logged.filter(|logged| now.saturating_duration_since(*logged) < LOG_INTERVAL);
        let since = failed.as_ref().map_or(now, |last| last.since);
        *failed = Some(Failure { cause, since, logged: logged.unwrap_or(now) });
        logged.is_none()
    }

    /// Records that the feed works, and logs it after a failure.
    pub(super) fn recover(&self) {
        if let Some(failure) = self.failed().take() {
            log::info!("changes of the database arrive again, after {} seconds", failure.since.elapsed().as_secs());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_logged_once_in_ten_seconds_for_each_cause() {
        let (status, begun) = (Status::default(), Instant::now());
        let record = |seconds: u64, cause| status.record(cause, begun + Duration::from_secs(seconds));
        let no_answer = |seconds| record(seconds, Cause::NoAnswer(Duration::from_secs(seconds)));
        assert_eq!([1, 2, 10, 11, 12].map(no_answer), [true, false, false, true, false]);
        assert_eq!(status.failure().unwrap(), "the database has not answered for 12 seconds");
        let other = |seconds| record(seconds, Cause::Other("no such role".into()));
        assert_eq!([13, 14, 23].map(other), [true, false, true]);
        assert!(record(24, Cause::Silent(Duration::from_secs(1))));
    }
}
