//! Verifies and hashes passwords with bcrypt, on threads of its own, so many at a time and no more.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread,
    time::Duration,
};

use domain::user::{Password, PasswordHash};
use tokio::sync::oneshot;

use crate::error::Error;

type Job = Box<dyn FnOnce() + Send>;

/// How many verifications may wait for each thread: at cost 12, a place at the end is worth about four seconds.
const QUEUE_PER_THREAD: usize = 16;

/// The highest cost of a hash that is verified: about two seconds.
const HIGHEST_COST: u32 = 15;

/// What a client that found the queue full is told to wait.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// The threads that run bcrypt, and the cost at which they do it; cheap to clone.
#[derive(Clone)]
pub struct Verifier {
    queue: SyncSender<Job>,
    cost: u32,
}

impl Verifier {
    /// Starts the threads: one fewer than the machine has cores, at least one, so that pages stay fast meanwhile.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn start(cost: u32) -> std::io::Result<Verifier> {
        let threads = thread::available_parallelism().map_or(1, |cores| cores.get() - 1).max(1);
        let (queue, jobs) = sync_channel::<Job>(threads * QUEUE_PER_THREAD);
        let jobs = Arc::new(Mutex::new(jobs));
        for number in 0..threads {
            let jobs = jobs.clone();
            thread::Builder::new().name(format!("bcrypt-{number}")).spawn(move || work(&jobs))?;
        }
        Ok(Verifier { queue, cost })
    }

    /// Whether the password is the one of the hash. Without a hash, and for a hash that nobody can read, it runs the
    /// same work against a decoy and says no; so an unknown name costs what a known one does. Every refusal costs as much
    /// as one by the dearest hash: that of the configured cost, or of `dearest` if that is higher.
    ///
    /// # Errors
    /// [`Error::Busy`] at once when the queue is full.
    pub async fn verify(&self, password: &Password, hash: Option<&PasswordHash>, dearest: u32) -> Result<bool, Error> {
        let (password, hash) = (password.clone(), hash.cloned());
        let cost = self.cost.max(dearest.min(HIGHEST_COST));
        self.run(move || verify(&password, hash.as_ref(), cost)).await
    }

    /// The hash of a new password, at the configured cost.
    ///
    /// # Errors
    /// [`Error::Busy`] at once when the queue is full.
    pub async fn hash(&self, password: &Password) -> Result<PasswordHash, Error> {
        let (password, cost) = (password.clone(), self.cost);
        self.run(move || hash(&password, cost)).await?
    }

    /// Whether a hash should be made anew, because it was made at another cost.
    pub fn is_outdated(&self, hash: &PasswordHash) -> bool {
        cost_of(hash.reveal()).is_some_and(|cost| cost != self.cost)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move || {
            // Nobody waits any more: the client has gone, its place goes to the next.
            if !answer.is_closed() {
                let _gone = answer.send(work());
            }
        });
        self.queue.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => Error::Busy(RETRY_AFTER),
            TrySendError::Disconnected(_) => Error::stopping(),
        })?;
        answered.await.map_err(|_| Error::Internal("a password verification was abandoned".into()))
    }
}

fn work(jobs: &Mutex<Receiver<Job>>) {
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        if catch_unwind(AssertUnwindSafe(job)).is_err() {
            log::error!("a password verification panicked; the sign-in was refused");
        }
    }
}

/// Hashes a password on this thread; for the command line, which has no other work.
///
/// # Errors
/// [`Error::Internal`] when bcrypt refuses, which a parsed password and a checked cost exclude.
pub fn hash(password: &Password, cost: u32) -> Result<PasswordHash, Error> {
    bcrypt::hash(password.reveal(), cost).map(PasswordHash::new).map_err(|error| Error::Internal(error.to_string()))
}

fn verify(password: &Password, hash: Option<&PasswordHash>, cost: u32) -> bool {
    let readable = hash.and_then(|hash| Some((hash.reveal(), cost_of(hash.reveal())?)));
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

/// Whether a stored hash is one that anybody's password can open.
pub fn is_readable(hash: &PasswordHash) -> bool {
    cost_of(hash.reveal()).is_some()
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

/// The cost of a hash that bcrypt can verify: 60 ASCII bytes, `$2a$`, `$2b$` or `$2y$`, cost 4 to 15. The `bcrypt`
/// crate may panic on others (RUSTSEC-2026-0199).
fn cost_of(hash: &str) -> Option<u32> {
    let bytes = hash.as_bytes();
    if bytes.len() != 60 || !hash.is_ascii() {
        return None;
    }
    let (scheme, rest) = hash.split_at(4);
    let (cost, rest) = rest.split_at(2);
    let digest = rest.strip_prefix('$')?;
    let known = matches!(scheme, "$2a$" | "$2b$" | "$2y$");
    let alphabet = digest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'/');
    cost.parse().ok().filter(|cost| known && alphabet && (4..=HIGHEST_COST).contains(cost))
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Waker};

    use super::*;

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
        let verifier = Verifier::start(4).unwrap();
        let (release, gate) = std::sync::mpsc::channel::<()>();
        let gate = Arc::new(Mutex::new(gate));
        let mut waiting = Vec::new();
        let busy = loop {
            let gate = gate.clone();
            let mut job = Box::pin(verifier.run(move || {
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
        assert!(verifier.verify(&password("open sesame"), None, 0).await.is_ok());
    }

    #[test]
    fn t49_the_decoy_is_a_hash_that_bcrypt_computes_to_the_end() {
        // An unreadable decoy would be refused at once, and tell that the name is unknown.
        let refused = bcrypt::verify("open sesame", &decoy(4)).unwrap();
        assert!(!refused);
        assert_eq!(cost_of(&decoy(12)), Some(12));
    }

    #[test]
    fn only_another_cost_is_outdated() {
        let verifier = Verifier::start(5).unwrap();
        assert!(verifier.is_outdated(&hash(&password("open sesame"), 4).unwrap()));
        assert!(!verifier.is_outdated(&hash(&password("open sesame"), 5).unwrap()));
        assert!(!verifier.is_outdated(&PasswordHash::new("nonsense")));
    }
}
