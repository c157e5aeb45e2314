//! Tells the operator when a command waits for the database, which it does for as long as necessary.

use std::{
    sync::mpsc::{RecvTimeoutError, channel},
    thread,
    time::Duration,
};

/// How long a command waits before it says so.
const NOTICE_DELAY: Duration = Duration::from_secs(1);

/// Runs a change, and says on standard error that it waits if it takes longer than a second.
pub(super) fn announced<T>(change: impl FnOnce() -> T) -> T {
    thread::scope(|scope| {
        let (done, pending) = channel::<()>();
        let notice = move || {
            if pending.recv_timeout(NOTICE_DELAY) == Err(RecvTimeoutError::Timeout) {
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
