//! A pool of low-priority threads that run bcrypt, behind a bounded queue.

mod password_check;

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

pub use password_check::hash;

use super::{
    queue::{Job, Queue},
    throttle::{Permit, Throttle},
};
use crate::{
    http::{client::Origin, error::Error},
    priority,
};
use password_check::{is_outdated, matches};

/// The maximum number of waiting jobs per thread: at cost 12, one that nobody overtakes waits for at most 15 seconds.
const MAX_QUEUED_PER_THREAD: usize = 64;

/// `Retry-After` when the queue is full.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// The pause before [`BcryptPool::hash_many`] tries a full queue again.
const PAUSE: Duration = Duration::from_millis(500);

/// The niceness of the bcrypt threads: they get a quarter of a core that request threads want, and all of an idle one.
const NICE: i32 = 5;

/// The result of a verification.
pub enum VerificationResult {
    /// The password matches the hash, and the account is active.
    Match,
    /// The password matches a hash that is weaker than new ones; this is the new hash.
    Rehashed(Result<PasswordHash, Error>),
    /// The password does not match, or the account is disabled.
    Mismatch,
}

/// The bcrypt threads and the cost of new hashes.
pub struct BcryptPool {
    queue: Queue,
    cost: u32,
    verifications: Arc<AtomicU64>,
}

/// A password to verify.
pub struct Verification {
    /// The password of the request.
    pub password: Password,
    /// The hash of the user. Without one, and for an unreadable one, a decoy is verified instead: the response time
    /// must not reveal whether the name exists.
    pub hash: Option<PasswordHash>,
    /// The highest cost among the stored hashes. Every mismatch takes as long as one at this cost.
    pub max_cost: u32,
    /// Whether the account is active. A disabled one is verified all the same, for the response time.
    pub active: bool,
}

impl BcryptPool {
    /// Starts the threads: one fewer than the machine has cores, and at least one, so that pages stay fast under load.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn start(cost: u32, throttle: Throttle) -> std::io::Result<BcryptPool> {
        let threads = thread::available_parallelism().map_or(1, |cores| cores.get() - 1).max(1);
        let queue = Queue::new(throttle, threads * MAX_QUEUED_PER_THREAD);
        for number in 0..threads {
            let queue = queue.clone();
            thread::Builder::new().name(format!("bcrypt-{number}")).spawn(move || work(&queue))?;
        }
        Ok(BcryptPool { queue, cost, verifications: Arc::default() })
    }

    /// The number of sign-ins that bcrypt has verified so far.
    pub fn verified(&self) -> u64 {
        self.verifications.load(Ordering::Relaxed)
    }

    /// The number of verifications and hashings that wait for a thread, and its maximum.
    pub fn queue(&self) -> (usize, usize) {
        (self.queue.waiting(), self.queue.capacity())
    }

    /// Verifies a sign-in. A verification that has started reports to the throttle even if its client disconnects.
    ///
    /// # Errors
    /// [`Error::Busy`] at once when the queue is full, or when a client with a better reputation takes the slot.
    pub async fn verify(&self, verification: Verification, permit: Permit) -> Result<VerificationResult, Error> {
        let origin = permit.attempt().origin;
        let retried_after_wait = permit.retried_after_wait();
        let new_cost = self.cost;
        let mismatch_cost = new_cost.max(verification.max_cost.min(PasswordHash::HIGHEST_COST));
        let verifications = self.verifications.clone();
        let work = move || {
            verifications.fetch_add(1, Ordering::Relaxed);
            let matches = matches(&verification.password, verification.hash.as_ref(), mismatch_cost);
            let success = matches && verification.active;
            permit.finish(success, Instant::now());
            match verification.hash {
                Some(weak) if success && is_outdated(&weak, new_cost) => {
                    VerificationResult::Rehashed(hash(&verification.password, new_cost))
                }
                _ if success => VerificationResult::Match,
                _ => VerificationResult::Mismatch,
            }
        };
        self.run(origin, retried_after_wait, work).await
    }

    /// Rejects an attempt at once if the queue has no slot for it.
    ///
    /// # Errors
    /// [`Error::Busy`].
    pub fn check_room(&self, permit: &Permit) -> Result<(), Error> {
        match self.queue.has_room(permit.attempt().origin, permit.retried_after_wait()) {
            true => Ok(()),
            false => Err(Error::Busy(RETRY_AFTER)),
        }
    }

    /// Hashes a new password at the configured cost, for a signed-in user: it goes before first tries of their network.
    ///
    /// # Errors
    /// [`Error::Busy`] as [`BcryptPool::verify`].
    pub async fn hash(&self, origin: Origin, password: &Password) -> Result<PasswordHash, Error> {
        let (password, cost) = (password.clone(), self.cost);
        self.run(origin, true, move || hash(&password, cost)).await?
    }

    /// Hashes new passwords one after another, for a signed-in user. At most one of them waits in the queue, so that a sign-in
    /// waits for one of them and not for all.
    ///
    /// # Errors
    /// [`Error::Busy`] if they are not all hashed by `end`.
    pub async fn hash_many(
        &self,
        origin: Origin,
        passwords: &[Password],
        end: Instant,
    ) -> Result<Vec<PasswordHash>, Error> {
        let mut hashes = Vec::with_capacity(passwords.len());
        for password in passwords {
            let hash = loop {
                let (password, cost) = (password.clone(), self.cost);
                match self.run(origin, false, move || hash(&password, cost)).await {
                    Err(Error::Busy(_)) if Instant::now() < end => tokio::time::sleep(PAUSE).await,
                    outcome => break outcome??,
                }
            };
            if Instant::now() > end {
                return Err(Error::Busy(RETRY_AFTER));
            }
            hashes.push(hash);
        }
        Ok(hashes)
    }

    async fn run<T: Send + 'static>(
        &self,
        origin: Origin,
        retried_after_wait: bool,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let (result, receiver) = oneshot::channel();
        let run = Box::new(move || {
            // A closed channel means that the client has disconnected: its slot goes to the next job.
            if !result.is_closed() {
                let _disconnected = result.send(work());
            }
        });
        self.queue.push(Job { origin, retried_after_wait, run }).map_err(|_| Error::Busy(RETRY_AFTER))?;
        // The sender is dropped without a result when the queue evicts the job, or when the job panics.
        receiver.await.map_err(|_| Error::Busy(RETRY_AFTER))
    }
}

impl Drop for BcryptPool {
    fn drop(&mut self) {
        self.queue.close();
    }
}

fn work(queue: &Queue) {
    if let Err(error) = priority::lower(NICE) {
        log::warn!("bcrypt runs at normal priority: {error}");
    }
    while let Some(job) = queue.pop() {
        if catch_unwind(AssertUnwindSafe(job.run)).is_err() {
            log::error!("a password verification panicked; the sign-in was rejected");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::Mutex,
        task::{Context, Poll, Waker},
    };

    use super::*;
    use crate::auth::verify::throttle::Attempt;

    #[actix_web::test]
    async fn a_full_queue_rejects_a_client_at_once() {
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
                Poll::Ready(result) => break result,
                Poll::Pending => waiting.push(job),
            }
        };
        assert!(matches!(busy, Err(Error::Busy(_))));
        assert!(waiting.len() >= MAX_QUEUED_PER_THREAD / 4, "the share of one network");
        drop(release);
        for job in waiting {
            assert!(job.await.is_ok());
        }
        let attempt = Attempt { origin: Origin::V4(1), name: [0; 32], credentials: [0; 32] };
        let Ok(permit) = throttle.acquire(attempt, Instant::now()) else { panic!("throttled") };
        let password = Password::parse("open sesame").unwrap();
        let unknown_name = Verification { password, hash: None, max_cost: 0, active: false };
        assert!(matches!(pool.verify(unknown_name, permit).await, Ok(VerificationResult::Mismatch)));
    }

    #[actix_web::test]
    async fn of_many_passwords_at_most_one_waits_in_the_queue() {
        let pool = BcryptPool::start(6, Throttle::new()).unwrap();
        let passwords: Vec<Password> = (0..20).map(|n| Password::parse(&format!("secret {n}")).unwrap()).collect();
        let mut hashing = Box::pin(pool.hash_many(Origin::V4(1), &passwords, Instant::now() + Duration::from_secs(60)));
        let hashes = loop {
            tokio::select! {
                hashes = &mut hashing => break hashes.unwrap_or_default(),
                () = tokio::time::sleep(Duration::from_millis(1)) => assert!(pool.queue().0 <= 1),
            }
        };
        assert_eq!(hashes.len(), 20);
        let late = pool.hash_many(Origin::V4(1), &passwords, Instant::now()).await;
        assert!(matches!(late, Err(Error::Busy(_))));
    }
}
