//! Says that a command waits for the database, as it does for as long as it takes.

use std::{
    sync::mpsc::{RecvTimeoutError, channel},
    thread,
    time::Duration,
};

/// How long a command waits without saying so.
const SILENCE: Duration = Duration::from_secs(1);

/// Runs a change, and says on standard error if it takes longer than a second.
pub(super) fn announced<T>(change: impl FnOnce() -> T) -> T {
    thread::scope(|scope| {
        let (done, pending) = channel::<()>();
        let notice = move || {
            if pending.recv_timeout(SILENCE) == Err(RecvTimeoutError::Timeout) {
                eprintln!(
                    "postern: waiting for the database; another change, such as a bulk action, may have to end first. \
                     Nothing is changed if you stop this command now"
                );
            }
        };
        // Without a thread the command waits silently.
        let _silent = thread::Builder::new().spawn_scoped(scope, notice);
        let outcome = change();
        drop(done);
        outcome
    })
}
