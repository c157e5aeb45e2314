//! Verifies and hashes passwords with bcrypt, on threads of its own, so many at a time and no more.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use domain::password::{Password, PasswordHash};
use tokio::sync::oneshot;

use super::{
    queue::{Job, Queue},
    throttle::{Permit, Throttle},
};
use crate::http::{client::Origin, error::Error};

/// How many verifications may wait for each thread: at cost 12, a place at the end is worth about four seconds.
const QUEUE_PER_THREAD: usize = 16;

/// What a client that found the queue full is told to wait.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// How far bcrypt stands back behind whoever answers requests, in steps of `nice`: it gets a quarter of a core that
/// others want, and all of one that nobody does.
const NICE: i32 = 5;

/// What comes of a verification.
pub enum Verified {
    /// The password opens the hash, and the account is active.
    Holds,
    /// So it does, and the hash is weaker than new ones are: this is a new one.
    Renewed(Result<PasswordHash, Error>),
    /// It does not.
    Fails,
}

/// The threads that run bcrypt, and the cost at which they do it.
pub struct BcryptPool {
    queue: Queue,
    cost: u32,
    verified: Arc<AtomicU64>,
}

/// What is to be verified.
pub struct Verification {
    /// The password that was sent.
    pub password: Password,
    /// The hash that it should open. Without one, and for one that nobody can read, the same work runs against a decoy and
    /// the answer is no; so an unknown name costs what a known one does.
    pub hash: Option<PasswordHash>,
    /// The highest cost among the stored hashes: a refusal costs as much as one by the dearest.
    pub max_cost: u32,
    /// Whether opening the hash is enough: not for a disabled account.
    pub active: bool,
}

impl BcryptPool {
    /// Starts the threads: one fewer than the machine has cores, at least one, so that pages stay fast meanwhile.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn start(cost: u32, throttle: Throttle) -> std::io::Result<BcryptPool> {
        let threads = thread::available_parallelism().map_or(1, |cores| cores.get() - 1).max(1);
        let queue = Queue::new(throttle, threads * QUEUE_PER_THREAD);
        for number in 0..threads {
            let queue = queue.clone();
            thread::Builder::new().name(format!("bcrypt-{number}")).spawn(move || work(&queue))?;
        }
        Ok(BcryptPool { queue, cost, verified: Arc::default() })
    }

    /// How many sign-ins have been verified so far.
    pub fn verified(&self) -> u64 {
        self.verified.load(Ordering::Relaxed)
    }

    /// What comes of a sign-in; it is told to the throttle, even if its client has gone meanwhile.
    ///
    /// # Errors
    /// [`Error::Busy`] at once when the queue is full, or when somebody who stands better takes the place.
    pub async fn verify(&self, sign_in: Verification, permit: Permit) -> Result<Verified, Error> {
        let (origin, retried_after_wait) = (permit.attempt().origin, permit.retried_after_wait());
        let (own, cost) = (self.cost, self.cost.max(sign_in.max_cost.min(PasswordHash::HIGHEST_COST)));
        let verified = self.verified.clone();
        let work = move || {
            verified.fetch_add(1, Ordering::Relaxed);
            let opens = verify(&sign_in.password, sign_in.hash.as_ref(), cost);
            let holds = opens && sign_in.active;
            permit.end(holds, Instant::now());
            match sign_in.hash {
                Some(weak) if holds && is_outdated(&weak, own) => Verified::Renewed(hash(&sign_in.password, own)),
                _ if holds => Verified::Holds,
                _ => Verified::Fails,
            }
        };
        self.run(origin, retried_after_wait, work).await
    }

    /// Turns an attempt away at once if there is no room for it.
    ///
    /// # Errors
    /// [`Error::Busy`].
    pub fn check_room(&self, permit: &Permit) -> Result<(), Error> {
        match self.queue.has_room(permit.attempt().origin, permit.retried_after_wait()) {
            true => Ok(()),
            false => Err(Error::Busy(RETRY_AFTER)),
        }
    }

    /// Whether somebody who is signed in knows their own password.
    ///
    /// # Errors
    /// As [`BcryptPool::verify`].
    pub async fn confirm(&self, origin: Origin, password: &Password, hash: &PasswordHash) -> Result<bool, Error> {
        let (password, hash, cost) = (password.clone(), hash.clone(), self.cost);
        self.run(origin, false, move || verify(&password, Some(&hash), cost)).await
    }

    /// The hash of a new password, at the configured cost.
    ///
    /// # Errors
    /// As [`BcryptPool::verify`].
    pub async fn hash(&self, origin: Origin, password: &Password) -> Result<PasswordHash, Error> {
        let (password, cost) = (password.clone(), self.cost);
        self.run(origin, false, move || hash(&password, cost)).await?
    }

    async fn run<T: Send + 'static>(
        &self,
        origin: Origin,
        retried_after_wait: bool,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let (answer, answered) = oneshot::channel();
        let run = Box::new(move || {
            // Nobody waits any more: the client has gone, its place goes to the next.
            if !answer.is_closed() {
                let _gone = answer.send(work());
            }
        });
        self.queue.push(Job { origin, retried_after_wait, run }).map_err(|_| Error::Busy(RETRY_AFTER))?;
        // Dropped unanswered: it had to make room, or it panicked.
        answered.await.map_err(|_| Error::Busy(RETRY_AFTER))
    }
}

impl Drop for BcryptPool {
    fn drop(&mut self) {
        self.queue.close();
    }
}

fn work(queue: &Queue) {
    lower_priority();
    while let Some(job) = queue.pop() {
        if catch_unwind(AssertUnwindSafe(job.run)).is_err() {
            log::error!("a password verification panicked; the sign-in was refused");
        }
    }
}

/// Lowers the priority of this thread, where the system has such a thing for threads.
fn lower_priority() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICE) {
        log::warn!("bcrypt runs at the priority of everything else: {error}");
    }
}

/// Hashes a password on this thread; for the command line, which has no other work.
///
/// # Errors
/// [`Error::Internal`] when bcrypt refuses, which a parsed password and a checked cost exclude.
pub fn hash(password: &Password, cost: u32) -> Result<PasswordHash, Error> {
    bcrypt::hash(password.reveal(), cost).map(PasswordHash::new).map_err(|error| Error::Internal(error.to_string()))
}

/// Whether a hash is weaker than new ones are. A stronger one stays.
fn is_outdated(hash: &PasswordHash, own: u32) -> bool {
    hash.cost().is_some_and(|cost| cost < own)
}

fn verify(password: &Password, hash: Option<&PasswordHash>, cost: u32) -> bool {
    let readable = hash.and_then(|hash| Some((hash.reveal(), hash.cost()?)));
    let Some((hash, paid)) = readable else {
        return refuse(password, cost);
    };
    if bcrypt::verify(password.reveal(), hash).unwrap_or(false) {
        return true;
    }
    // 2^paid rounds are done; 2^paid + 2^(paid+1) + .. + 2^(cost-1) more make 2^cost, which an unknown name costs.
    for step in paid..cost {
        refuse(password, step);
    }
    false
}

/// Runs one verification of a cost that cannot succeed.
fn refuse(password: &Password, cost: u32) -> bool {
    let _matches = bcrypt::verify(password.reveal(), &decoy(cost));
    false
}

/// A hash of a cost: 128 bits of salt, and 184 bits that no password is known to have.
fn decoy(cost: u32) -> String {
    format!("$2b${cost:02}$7EqJtq98hPqEX7fNZaFWoOhi5VIL2JHQ8Wc0Uo8FpRZ4dNnDQbN2e")
}

#[cfg(test)]
mod tests {
    use std::{
        sync::Mutex,
        task::{Context, Waker},
    };

    use super::*;
    use crate::auth::verify::throttle::Attempt;

    fn password(text: &str) -> Password {
        Password::parse(text).unwrap()
    }

    #[test]
    fn a_password_opens_its_own_hash_and_no_other() {
        let stored = hash(&password("open sesame"), 4).unwrap();
        assert!(verify(&password("open sesame"), Some(&stored), 4));
        assert!(!verify(&password("open sesamE"), Some(&stored), 4));
        assert!(!verify(&password("open sesame"), None, 4));
    }

    #[test]
    fn t24_the_72nd_byte_counts() {
        let long = "a".repeat(72);
        let stored = hash(&password(&long), 4).unwrap();
        assert!(verify(&password(&long), Some(&stored), 4));
        assert!(!verify(&password(&format!("{}b", "a".repeat(71))), Some(&stored), 4));
        assert!(!verify(&password(&"a".repeat(71)), Some(&stored), 4));
    }

    #[test]
    fn case_10_13_15_a_hash_that_is_not_bcrypt_refuses_and_does_not_panic() {
        let good = hash(&password("open sesame"), 4).unwrap();
        let good = good.reveal();
        for bad in [
            String::new(),
            "x".into(),
            "é".repeat(30),
            good.replace("$2b$", "$2x$"),
            good.replace("$04$", "$31$"),
            good.replace("$04$", "$03$"),
            good[..59].to_owned(),
            format!("{good} "),
            format!("{}é", &good[..58]),
            "{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=".into(),
            "$apr1$abcdefgh$0123456789012345678901".into(),
        ] {
            assert!(!verify(&password("open sesame"), Some(&PasswordHash::new(bad.as_str())), 4), "{bad}");
        }
        for scheme in ["$2a$", "$2y$"] {
            assert!(verify(&password("open sesame"), Some(&PasswordHash::new(good.replace("$2b$", scheme))), 4));
        }
    }

    #[actix_web::test]
    async fn beyond_the_queue_a_client_is_turned_away_at_once() {
        let throttle = Throttle::new();
        let pool = BcryptPool::start(4, throttle.clone()).unwrap();
        let (release, gate) = std::sync::mpsc::channel::<()>();
        let gate = Arc::new(Mutex::new(gate));
        let mut waiting = Vec::new();
        let busy = loop {
            let gate = gate.clone();
            let mut job = Box::pin(pool.run(Origin::V4(1), false, move || {
                let _released = gate.lock().map(|gate| gate.recv());
            }));
            // One poll puts the job into the queue, or finds it full.
            match job.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                std::task::Poll::Ready(answer) => break answer,
                std::task::Poll::Pending => waiting.push(job),
            }
        };
        assert!(matches!(busy, Err(Error::Busy(_))));
        assert!(waiting.len() >= QUEUE_PER_THREAD);
        drop(release);
        for job in waiting {
            assert!(job.await.is_ok());
        }
        let attempt = Attempt { origin: Origin::V4(1), name: [0; 32], credentials: [0; 32] };
        let Ok(permit) = throttle.acquire(attempt, Instant::now()) else { panic!("throttled") };
        let nobody = Verification { password: password("open sesame"), hash: None, max_cost: 0, active: false };
        assert!(matches!(pool.verify(nobody, permit).await, Ok(Verified::Fails)));
    }

    #[test]
    fn t49_the_decoy_is_a_hash_that_bcrypt_computes_to_the_end() {
        // An unreadable decoy would be refused at once, and tell that the name is unknown.
        let refused = bcrypt::verify("open sesame", &decoy(4)).unwrap();
        assert!(!refused);
        assert_eq!(PasswordHash::new(decoy(12)).cost(), Some(12));
    }

    #[test]
    fn case_11_only_a_weaker_hash_is_outdated() {
        let of = |cost| is_outdated(&hash(&password("open sesame"), cost).unwrap(), 5);
        assert_eq!([of(4), of(5), of(6)], [true, false, false]);
        assert!(!is_outdated(&PasswordHash::new("nonsense"), 5));
    }
}
