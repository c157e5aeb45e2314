//! The change feed: tells this process what was committed, here or by another instance, the command line or psql.
//!
//! A thread of its own listens on a connection of its own (`source`), and a second one replaces it when its connection
//! is lost or falls silent: a stopped server answers nothing, not even a timeout.

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
use source::Source;

/// How soon after its commit a change made elsewhere has been told, while all is well: twice the pause between two looks.
pub const TOLD_WITHIN: Duration = Duration::from_millis(40);
/// The pause between two looks at what was told.
const PAUSE: Duration = Duration::from_millis(20);
/// How often the database is asked for a sign of life, so that silence means that nothing changed.
const PROVEN_EVERY: Duration = Duration::from_millis(500);
/// How long a listener may be silent before another one takes its place; longer than a connection may take.
const SILENCE: Duration = Duration::from_secs(6);
/// The pause before the first and before every later try to listen again.
const RETRY: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// What was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The page at this path was made, changed, moved from or to it, or deleted.
    Page(String),
    /// The user of this name was made, changed, renamed from or to it, or deleted. Not told of a noted sign-in.
    User(String),
    /// Changes may have been missed, or the site's settings changed: whatever is kept is to be forgotten.
    Everything,
}

/// What the feed tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// A change that was committed.
    Changed(Change),
    /// Every change that was committed before this moment has been told.
    Heard(Instant),
}

type Tell = Arc<dyn Fn(News) + Send + Sync>;
/// A wish to be told when all that is committed by now has been.
type Ask = SyncSender<()>;

/// The running feed of a database; it ends when it is dropped.
pub struct Feed {
    asks: Arc<Mutex<Sender<Ask>>>,
    over: Arc<AtomicBool>,
}

impl Feed {
    /// Starts to listen and to tell, on threads of its own. It first tells [`Change::Everything`], once it listens.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub(crate) fn start(url: DatabaseUrl, tell: impl Fn(News) + Send + Sync + 'static) -> std::io::Result<Feed> {
        let over = Arc::new(AtomicBool::new(false));
        let asks = Arc::new(Mutex::new(channel().0));
        let feed = Feed { asks: asks.clone(), over: over.clone() };
        let tell: Tell = Arc::new(tell);
        thread::Builder::new().name("changes".into()).spawn(move || keep_listening(&url, &tell, &asks, &over))?;
        Ok(feed)
    }

    /// Waits until everything that was committed before the call has been told; false if that took longer than
    /// `patience`, or nobody listens now.
    pub fn settle(&self, patience: Duration) -> bool {
        let (told, telling) = sync_channel(1);
        let asked = self.asks.lock().unwrap_or_else(PoisonError::into_inner).send(told).is_ok();
        asked && telling.recv_timeout(patience).is_ok()
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Release);
    }
}

/// Has one listener at work at all times.
fn keep_listening(url: &DatabaseUrl, tell: &Tell, asks: &Mutex<Sender<Ask>>, over: &AtomicBool) {
    let mut pause = RETRY.0;
    while !over.load(Ordering::Acquire) {
        let (asked, to_answer) = channel();
        let (beat, beats) = sync_channel(1);
        *asks.lock().unwrap_or_else(PoisonError::into_inner) = asked;
        let listener = Listener { url: url.clone(), tell: tell.clone(), asks: to_answer, beat };
        let thread = thread::Builder::new().name("listener".into()).spawn(move || listener.run());
        if let Err(error) = thread {
            log::error!("no thread for the change feed: {error}");
        }
        // One that is silent is left behind: it ends at its next beat, if its connection ever lets it.
        let mut heard = false;
        loop {
            match beats.recv_timeout(SILENCE) {
                Ok(()) if over.load(Ordering::Acquire) => return,
                Ok(()) => heard = true,
                Err(RecvTimeoutError::Timeout) => {
                    log::warn!("the change feed is silent; listening anew");
                    break;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        pause = if heard { RETRY.0 } else { (pause * 2).min(RETRY.1) };
        thread::sleep(pause);
    }
}

struct Listener {
    url: DatabaseUrl,
    tell: Tell,
    asks: Receiver<Ask>,
    beat: SyncSender<()>,
}

impl Listener {
    fn run(self) {
        if let Err(error) = self.listen() {
            log::warn!("the change feed was lost, and is taken up again: {error}");
        }
    }

    fn listen(&self) -> Result<()> {
        let mut source = Source::open(&self.url)?;
        // From here on nothing is missed; what was before is forgotten.
        (self.tell)(News::Changed(Change::Everything));
        let mut proven: Option<Instant> = None;
        loop {
            let asks = self.wait(if proven.is_none() { Duration::ZERO } else { PAUSE });
            let now = Instant::now();
            let prove = !asks.is_empty() || proven.is_none_or(|at| now - at >= PROVEN_EVERY);
            let changes = if prove { source.prove()? } else { source.look()? };
            for change in changes {
                (self.tell)(News::Changed(change));
            }
            if prove {
                proven = Some(now);
                (self.tell)(News::Heard(now));
                if let Err(std::sync::mpsc::TrySendError::Disconnected(())) = self.beat.try_send(()) {
                    return Ok(());
                }
            }
            for ask in asks {
                let _nobody_waits_any_more = ask.try_send(());
            }
        }
    }

    /// All that ask by now, after a pause or as soon as one does.
    fn wait(&self, pause: Duration) -> Vec<Ask> {
        self.asks.recv_timeout(pause).into_iter().chain(self.asks.try_iter()).collect()
    }
}
