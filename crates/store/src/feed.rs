//! The change feed: notifies this process of every commit, whether it was made here, by another instance, by the command
//! line or by psql.
//!
//! One thread listens on its own connection (`source`). A supervisor replaces the listener when its connection is lost or
//! falls silent: a server that was stopped answers nothing, not even with a timeout.

mod change;
mod source;

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use crate::{DatabaseUrl, Result};
pub use change::Change;
use source::Source;

/// How soon after its commit a change by another process has been delivered, while the feed works: twice the poll interval.
pub const DELIVERED_WITHIN: Duration = Duration::from_millis(40);
/// The time between two polls for notifications.
const POLL_INTERVAL: Duration = Duration::from_millis(20);
/// The time between two heartbeats. A heartbeat proves that no notification was sent and not delivered.
const HEARTBEAT_INTERVAL: Duration = Duration::from_millis(500);
/// How long a listener may send no heartbeat before it is replaced; longer than a connection may take to open.
const LISTENER_TIMEOUT: Duration = Duration::from_secs(6);
/// The shortest and the longest pause before a new listener starts.
const RETRY_PAUSE: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// What the feed delivers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A change that was committed.
    Changed(Change),
    /// Every change that was committed before this moment has been delivered.
    Heartbeat(Instant),
}

type Deliver = Arc<dyn Fn(Event) + Send + Sync>;
/// A caller that waits until every change committed so far has been delivered.
type Waiter = SyncSender<()>;

/// The running feed of a database; it ends when it is dropped.
pub struct Feed {
    waiters: Arc<Mutex<Sender<Waiter>>>,
    stopped: Arc<AtomicBool>,
}

impl Feed {
    /// Starts the listener and its supervisor, each on its own thread. The first event is [`Change::Everything`], sent once
    /// the listener is connected.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub(crate) fn start(url: DatabaseUrl, deliver: impl Fn(Event) + Send + Sync + 'static) -> std::io::Result<Feed> {
        let stopped = Arc::new(AtomicBool::new(false));
        let waiters = Arc::new(Mutex::new(channel().0));
        let feed = Feed { waiters: waiters.clone(), stopped: stopped.clone() };
        let deliver: Deliver = Arc::new(deliver);
        thread::Builder::new().name("changes".into()).spawn(move || supervise(&url, &deliver, &waiters, &stopped))?;
        Ok(feed)
    }

    /// Blocks until every change committed before the call has been delivered. Returns false after `timeout`, or at once
    /// when no listener runs.
    pub fn wait_until_caught_up(&self, timeout: Duration) -> bool {
        let (waiter, caught_up) = sync_channel(1);
        let listening = self.waiters.lock().unwrap_or_else(PoisonError::into_inner).send(waiter).is_ok();
        listening && caught_up.recv_timeout(timeout).is_ok()
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Release);
    }
}

/// Keeps one listener running until the feed is stopped.
fn supervise(url: &DatabaseUrl, deliver: &Deliver, waiters: &Mutex<Sender<Waiter>>, stopped: &AtomicBool) {
    let mut pause = RETRY_PAUSE.0;
    while !stopped.load(Ordering::Acquire) {
        let (sender, receiver) = channel();
        let (heartbeat, heartbeats) = sync_channel(1);
        *waiters.lock().unwrap_or_else(PoisonError::into_inner) = sender;
        let listener = Listener { url: url.clone(), deliver: deliver.clone(), waiters: receiver, heartbeat };
        let thread = thread::Builder::new().name("listener".into()).spawn(move || listener.run());
        if let Err(error) = thread {
            log::error!("no thread for the change feed: {error}");
        }
        // A silent listener is abandoned; it ends at its next heartbeat, if its connection ever returns.
        let mut connected = false;
        loop {
            match heartbeats.recv_timeout(LISTENER_TIMEOUT) {
                Ok(()) if stopped.load(Ordering::Acquire) => return,
                Ok(()) => connected = true,
                Err(RecvTimeoutError::Timeout) => {
                    log::warn!(
                        "the change feed sent no heartbeat for {} seconds; starting a new listener",
                        LISTENER_TIMEOUT.as_secs()
                    );
                    break;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        pause = if connected { RETRY_PAUSE.0 } else { (pause * 2).min(RETRY_PAUSE.1) };
        thread::sleep(pause);
    }
}

struct Listener {
    url: DatabaseUrl,
    deliver: Deliver,
    waiters: Receiver<Waiter>,
    heartbeat: SyncSender<()>,
}

impl Listener {
    fn run(self) {
        if let Err(error) = self.listen() {
            log::warn!("the change feed was interrupted; reconnecting: {error}");
        }
    }

    fn listen(&self) -> Result<()> {
        let mut source = Source::open(&self.url)?;
        // From here on no change is missed; values cached before are void.
        (self.deliver)(Event::Changed(Change::Everything));
        let mut last_heartbeat: Option<Instant> = None;
        loop {
            let waiters = self.wait(if last_heartbeat.is_none() { Duration::ZERO } else { POLL_INTERVAL });
            let now = Instant::now();
            let is_due = last_heartbeat.is_none_or(|at| now - at >= HEARTBEAT_INTERVAL);
            let beats = !waiters.is_empty() || is_due;
            let changes = if beats { source.heartbeat()? } else { source.poll()? };
            for change in changes {
                (self.deliver)(Event::Changed(change));
            }
            if beats {
                last_heartbeat = Some(now);
                (self.deliver)(Event::Heartbeat(now));
                if let Err(std::sync::mpsc::TrySendError::Disconnected(())) = self.heartbeat.try_send(()) {
                    return Ok(());
                }
            }
            for waiter in waiters {
                let _timed_out = waiter.try_send(());
            }
        }
    }

    /// Every waiter so far, after `interval` or as soon as there is one.
    fn wait(&self, interval: Duration) -> Vec<Waiter> {
        self.waiters.recv_timeout(interval).into_iter().chain(self.waiters.try_iter()).collect()
    }
}
