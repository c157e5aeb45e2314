//! The change feed: notifies this process of every commit, whether it was made here, by another instance, by the command
//! line or by psql.
//!
//! One thread listens (`source`). A supervisor replaces the listener when its connection is lost or falls silent: a server
//! that was stopped answers nothing, not even with a timeout.

mod beat;
mod change;
mod event;
mod source;
mod status;

use std::{
    mem,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use r2d2::ManageConnection;

use crate::{Error, Result, advice, pool::Manager};
pub use change::Change;
pub use event::Event;
use source::Source;
use status::{Cause, Status};

/// How soon after its commit a change by another process has been delivered, while the feed works: twice the poll interval.
pub const DELIVERED_WITHIN: Duration = Duration::from_millis(40);
/// The time between two polls for notifications.
const POLL_INTERVAL: Duration = Duration::from_millis(20);
/// The time between two heartbeats. A heartbeat proves that notifications arrive, and that none is under way.
const HEARTBEAT_INTERVAL: Duration = Duration::from_millis(500);
/// How long a listener may send no sign of life before the database counts as silent.
const SILENT_AFTER: Duration = Duration::from_secs(2);
/// How long it may send none before it is replaced; longer than a connection may take to open.
const LISTENER_TIMEOUT: Duration = Duration::from_secs(6);
/// How long the database may take to open a connection before it counts as not answering.
const PROBE_TIMEOUT: Duration = Duration::from_secs(1);
/// The shortest and the longest pause before a new listener starts.
const RETRY_PAUSE: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

type Deliver = Arc<dyn Fn(Event) + Send + Sync>;

/// A caller that waits until every change committed before a moment has been delivered.
struct Waiter {
    since: Instant,
    caught_up: SyncSender<()>,
}

/// The running feed of a database; it ends when it is dropped.
pub struct Feed {
    waiters: Arc<Mutex<Sender<Waiter>>>,
    status: Arc<Status>,
    stopped: Arc<AtomicBool>,
}

impl Feed {
    /// Starts the listener and its supervisor, each on its own thread. The first event is [`Change::Everything`], sent once
    /// the listener is connected.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub(crate) fn start(manager: Manager, deliver: impl Fn(Event) + Send + Sync + 'static) -> std::io::Result<Feed> {
        let stopped = Arc::new(AtomicBool::new(false));
        let waiters = Arc::new(Mutex::new(channel().0));
        let status = Arc::new(Status::default());
        let feed = Feed { waiters: waiters.clone(), status: status.clone(), stopped: stopped.clone() };
        let supervisor = Supervisor { manager, deliver: Arc::new(deliver), waiters, status, stopped };
        thread::Builder::new().name("changes".into()).spawn(move || supervisor.run())?;
        Ok(feed)
    }

    /// Blocks until every change committed before the call has been delivered. Returns false after `timeout`, or at once
    /// when no listener runs.
    pub fn wait_until_caught_up(&self, timeout: Duration) -> bool {
        let (caught_up, answer) = sync_channel(1);
        let waiter = Waiter { since: Instant::now(), caught_up };
        let listening = self.waiters.lock().unwrap_or_else(PoisonError::into_inner).send(waiter).is_ok();
        listening && answer.recv_timeout(timeout).is_ok()
    }

    /// Why the feed does not work now, for the operator; `None` while it works.
    pub fn failure(&self) -> Option<String> {
        self.status.failure()
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Release);
    }
}

/// Keeps one listener running until the feed is stopped.
struct Supervisor {
    manager: Manager,
    deliver: Deliver,
    waiters: Arc<Mutex<Sender<Waiter>>>,
    status: Arc<Status>,
    stopped: Arc<AtomicBool>,
}

impl Supervisor {
    fn run(&self) {
        let mut pause = RETRY_PAUSE.0;
        while !self.stopped.load(Ordering::Acquire) {
            let (sender, receiver) = channel();
            let (heartbeat, heartbeats) = sync_channel(1);
            *self.waiters.lock().unwrap_or_else(PoisonError::into_inner) = sender;
            let listener = Listener {
                manager: self.manager.clone(),
                deliver: self.deliver.clone(),
                waiters: receiver,
                heartbeat,
                status: self.status.clone(),
            };
            if let Err(error) = thread::Builder::new().name("listener".into()).spawn(move || listener.run()) {
                let cause = Cause::Other(format!("no thread for the change feed: {error}"));
                self.status.fail(cause, &Event::Interrupted);
                (self.deliver)(Event::Interrupted);
            }
            let was_connected = self.watch(&heartbeats);
            pause = if was_connected { RETRY_PAUSE.0 } else { (pause * 2).min(RETRY_PAUSE.1) };
            thread::sleep(pause);
        }
    }

    /// Returns when a listener has ended or was silent for too long; tells whether it was ever connected. A silent one is
    /// abandoned: it ends at its next heartbeat, if its connection ever returns.
    fn watch(&self, heartbeats: &Receiver<()>) -> bool {
        let mut was_connected = false;
        let mut last = Instant::now();
        while !self.stopped.load(Ordering::Acquire) {
            match heartbeats.recv_timeout(SILENT_AFTER) {
                Ok(()) => (was_connected, last) = (true, Instant::now()),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    let silence = last.elapsed();
                    let answers = answers(&self.manager);
                    let cause = if answers { Cause::Silent(silence) } else { Cause::NoAnswer(silence) };
                    let event = Event::of_failure(answers);
                    self.status.fail(cause, &event);
                    self.manager.expected().set_reachable(answers);
                    (self.deliver)(event);
                    if answers || last.elapsed() >= LISTENER_TIMEOUT {
                        self.manager.expected().set(None);
                        break;
                    }
                }
            }
        }
        was_connected
    }
}

/// Whether a new connection to the database can be opened within [`PROBE_TIMEOUT`].
fn answers(manager: &Manager) -> bool {
    let (manager, (answered, answer)) = (manager.clone(), sync_channel(1));
    let probe = move || answered.try_send(manager.connect().is_ok()).unwrap_or_default();
    // On its own thread: a server that was stopped keeps it waiting.
    thread::Builder::new().name("probe".into()).spawn(probe).is_ok() && answer.recv_timeout(PROBE_TIMEOUT) == Ok(true)
}

struct Listener {
    manager: Manager,
    deliver: Deliver,
    waiters: Receiver<Waiter>,
    /// Receives a sign of life at each heartbeat; the supervisor has closed it if this listener was replaced.
    heartbeat: SyncSender<()>,
    status: Arc<Status>,
}

impl Listener {
    fn run(self) {
        let mut source = None;
        let Err(error) = self.listen(&mut source) else { return };
        (self.deliver)(Event::Waiting);
        let expected = self.manager.expected();
        // Whatever the pool is connected to may not be what the next listener finds.
        expected.set(None);
        expected.record_rewrite();
        let event = if expected.check_companions().is_err() {
            // See `Companions`. As long as this connection is open, no other one is the last to close.
            mem::forget(source);
            (self.deliver)(Event::Changed(Change::Everything));
            Event::Interrupted
        } else {
            let answers = !matches!(error, Error::Unavailable(_)) || answers(&self.manager);
            expected.set_reachable(answers);
            Event::of_failure(answers)
        };
        let cause = Cause::Other(advice::explained(self.manager.url(), error).to_string());
        self.status.fail(cause, &event);
        (self.deliver)(event);
    }

    fn listen(&self, source: &mut Option<Source>) -> Result<()> {
        let source = source.insert(Source::open(&self.manager)?);
        // From here on no change is missed; values cached before are void.
        (self.deliver)(Event::Changed(Change::Everything));
        let mut last_heartbeat: Option<Instant> = None;
        let mut waiting: Vec<Waiter> = Vec::new();
        loop {
            waiting.extend(self.new_waiters(if last_heartbeat.is_none() { Duration::ZERO } else { POLL_INTERVAL }));
            let is_due = last_heartbeat.is_none_or(|at| at.elapsed() >= HEARTBEAT_INTERVAL);
            let now = Instant::now();
            if waiting.is_empty() && !is_due {
                self.deliver_changes(source.poll()?);
                (self.deliver)(Event::Polled(now));
                continue;
            }
            last_heartbeat = Some(now);
            if source.asks_a_server() {
                (self.deliver)(Event::Waiting);
            }
            let beat = source.heartbeat()?;
            self.deliver_changes(beat.changes);
            if let Err(std::sync::mpsc::TrySendError::Disconnected(())) = self.heartbeat.try_send(()) {
                return Ok(());
            }
            (self.deliver)(Event::Polled(beat.polled_at));
            self.manager.expected().set_reachable(true);
            if let Some(at) = beat.proven_up_to {
                (self.deliver)(Event::Heartbeat(at));
                self.status.recover();
                waiting.retain(|waiter| {
                    let is_caught_up = waiter.since <= at;
                    // A waiter that has timed out is gone.
                    is_caught_up.then(|| waiter.caught_up.try_send(()).ok());
                    !is_caught_up
                });
            }
        }
    }

    fn deliver_changes(&self, changes: Vec<Change>) {
        changes.into_iter().for_each(|change| (self.deliver)(Event::Changed(change)));
    }

    /// The callers that have begun to wait, after `interval` or as soon as there is one.
    fn new_waiters(&self, interval: Duration) -> Vec<Waiter> {
        self.waiters.recv_timeout(interval).into_iter().chain(self.waiters.try_iter()).collect()
    }
}
