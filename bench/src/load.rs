//! Loads: endless requests on a thread of their own, as probes that measure or floods that press.

use std::{
    cell::{Cell, RefCell},
    net::Ipv4Addr,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use tokio::{runtime::Runtime, task::LocalSet};

use crate::{
    client::{Client, Login, Place},
    stats::Tally,
};

/// The age of a request that counts as unanswered when its load ends.
const LONG: Duration = Duration::from_secs(1);

/// The address of probes for the public page.
pub(crate) const READER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 1);
/// The address of floods.
pub(crate) const ATTACKER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
/// The address of clients that have signed in before.
pub(crate) const PROVEN: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 3);

/// The credentials of the n-th request.
pub(crate) type Logins = Arc<dyn Fn(u64) -> Option<Login> + Send + Sync>;

/// A load: its page, its connections and their pace.
#[derive(Clone)]
pub(crate) struct Load {
    /// The address from which the connections come.
    pub from: Ipv4Addr,
    /// The page that they request.
    pub place: Place,
    /// The number of connections.
    pub connections: usize,
    /// The pause of each connection between a response and the next request.
    pub pause: Duration,
    /// The credentials of each request.
    pub logins: Logins,
}

impl Load {
    /// A load of four connections, each with at most 200 requests a second for a page.
    pub(crate) fn probe(from: Ipv4Addr, place: &Place, login: Option<Login>) -> Load {
        let logins: Logins = Arc::new(move |_| login.clone());
        Load { from, place: place.clone(), connections: 4, pause: Duration::from_millis(5), logins }
    }

    /// A load of connections that send the next request as soon as they are answered.
    pub(crate) fn flood(place: &Place, connections: usize, logins: Logins) -> Load {
        Load { from: ATTACKER, place: place.clone(), connections, pause: Duration::ZERO, logins }
    }

    /// Starts the load on a thread of its own.
    pub(crate) fn start(self) -> Running {
        let over = Arc::new(AtomicBool::new(false));
        let seen = over.clone();
        Running { over, thread: Some(std::thread::spawn(move || self.run(&seen))) }
    }

    /// Runs the load for a time and returns its measurements.
    pub(crate) fn run_for(self, time: Duration) -> Tally {
        let running = self.start();
        std::thread::sleep(time);
        running.stop()
    }

    fn run(self, over: &AtomicBool) -> Tally {
        let Ok(runtime) = runtime() else { return Tally::default() };
        let load = Rc::new(self);
        let tally = Rc::new(RefCell::new(Tally::default()));
        let number = Rc::new(Cell::new(0));
        LocalSet::new().block_on(&runtime, async {
            let mut connections = Vec::new();
            for _ in 0..load.connections {
                let waiting = Rc::new(Cell::new(None));
                let asking = ask_for_ever(load.clone(), number.clone(), tally.clone(), waiting.clone());
                connections.push((tokio::task::spawn_local(asking), waiting));
            }
            while !over.load(Ordering::Acquire) {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            for (connection, waiting) in connections {
                connection.abort();
                // A request that has waited long by now counts as unanswered.
                if let Some(waited) = waiting.take().map(|begun: Instant| begun.elapsed()).filter(|long| *long > LONG) {
                    tally.borrow_mut().add(0, waited);
                }
            }
        });
        tally.take()
    }
}

async fn ask_for_ever(
    load: Rc<Load>,
    number: Rc<Cell<u64>>,
    tally: Rc<RefCell<Tally>>,
    waiting: Rc<Cell<Option<Instant>>>,
) {
    let mut client = Client::new(load.from, load.place.to);
    loop {
        let n = number.replace(number.get() + 1);
        let begun = Instant::now();
        waiting.set(Some(begun));
        let answer = client.get(&load.place.path, (load.logins)(n).as_ref()).await;
        waiting.set(None);
        let (status, took) = answer.map_or((0, begun.elapsed()), |answer| (answer.status, answer.took));
        tally.borrow_mut().add(status, took);
        match status {
            0 => tokio::time::sleep(Duration::from_millis(10)).await,
            _ if load.pause.is_zero() => tokio::task::yield_now().await,
            _ => tokio::time::sleep(load.pause).await,
        }
    }
}

/// A running load; it ends when it is stopped or dropped.
pub(crate) struct Running {
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<Tally>>,
}

impl Running {
    /// Ends the load and returns its measurements.
    pub(crate) fn stop(mut self) -> Tally {
        self.over.store(true, Ordering::Release);
        self.thread.take().and_then(|thread| thread.join().ok()).unwrap_or_default()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Release);
    }
}

/// A runtime for the asynchronous requests of one thread.
pub(crate) fn runtime() -> Result<Runtime, String> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())
}
