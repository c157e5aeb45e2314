//! Stops the statements of given-up work on PostgreSQL: one thread with a connection of its own, which it opens when there
//! is something to stop. A statement of SQLite asks by itself whether it is still wanted; see `still_wanted`.

use std::{
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    thread,
    time::Duration,
};

use diesel::{
    PgConnection, RunQueryDsl,
    connection::SimpleConnection,
    sql_query,
    sql_types::{Integer, Text},
};

use crate::{
    conn::{cause, establish_postgres},
    deadline::{Backend, Deadline},
};

/// The time between two cancellations of the same work: the first may fall between two of its statements.
const RETRY_INTERVAL: Duration = Duration::from_millis(100);
/// How long the connection stays open without a cancellation.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// Starts the thread; it ends when every sender is dropped.
///
/// # Errors
/// When the system refuses a thread.
pub(crate) fn start(url: String) -> std::io::Result<Sender<Deadline>> {
    let (sender, requests) = channel();
    let canceler = Canceler { url, conn: None };
    thread::Builder::new().name("canceler".into()).spawn(move || canceler.run(&requests))?;
    Ok(sender)
}

struct Canceler {
    url: String,
    conn: Option<PgConnection>,
}

impl Canceler {
    fn run(mut self, requests: &Receiver<Deadline>) {
        let mut given_up: Vec<Deadline> = Vec::new();
        loop {
            let wait = if given_up.is_empty() { IDLE_TIMEOUT } else { RETRY_INTERVAL };
            match requests.recv_timeout(wait) {
                Ok(deadline) => given_up.push(deadline),
                Err(RecvTimeoutError::Timeout) if given_up.is_empty() => self.conn = None,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            given_up.extend(requests.try_iter());
            given_up.retain(|deadline| self.stop(deadline));
        }
    }

    /// Cancels the running statement of given-up work; returns whether the work still runs.
    fn stop(&mut self, deadline: &Deadline) -> bool {
        if !deadline.with_running(|_| {}) {
            return false;
        }
        // Before the work is held: opening a connection may take seconds.
        if self.conn.is_none() {
            match establish_postgres(&self.url) {
                Ok(conn) => self.conn = Some(conn),
                // Each statement has its own timeout, too.
                Err(error) => log::debug!("no connection to cancel a statement: {}", cause(&error)),
            }
        }
        let Some(conn) = &mut self.conn else { return true };
        let mut outcome = Ok(());
        let runs = deadline.with_running(|backend| outcome = cancel(conn, backend));
        if let Err(error) = outcome {
            log::debug!("a statement could not be cancelled: {error}");
            self.conn = None;
        }
        runs
    }
}

/// Asks the server to cancel the statement of one of our server processes. An idle process ignores it.
fn cancel(conn: &mut PgConnection, backend: &Backend) -> diesel::QueryResult<()> {
    conn.batch_execute("SET application_name = 'postern canceler'")?;
    // Another process may have the number by now, or the URL leads to several servers.
    sql_query("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND backend_start::text = $2")
        .bind::<Integer, _>(backend.pid)
        .bind::<Text, _>(&backend.started)
        .execute(conn)
        .map(drop)
}
