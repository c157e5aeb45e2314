//! The door: whether credentials hold now, at the least cost that an honest answer has.
//!
//! In this order: a proof (`verified_cache`), a refusal that is remembered, a verification that runs for the same
//! credentials already (`single_flight`), leave to try (`throttle`), a verification (`bcrypt_pool`). Whatever it comes to,
//! the user's present row decides. Up to the verification itself nothing depends on whether the name exists.

use std::{sync::Arc, time::Instant};

use domain::{
    credentials::Credentials,
    password::PasswordHash,
    user::{User, Username},
};
use store::feed::{Change, Event};

use super::{
    bcrypt_pool::{BcryptPool, Verification, Verified},
    fingerprint::{Fingerprint, FingerprintKey},
    single_flight::SingleFlight,
    throttle::{Attempt, Permit, Throttle},
    verified_cache::{Limits, NegativeCache, VerifiedCache},
};
use crate::{
    auth::failed_logins::without_bcrypt,
    cache::{
        generations::{Dependency, Generation},
        users::Known,
    },
    db::Db,
    http::{client::Client, error::Error},
};

/// What credentials come to.
#[derive(Clone, Debug)]
pub enum AuthOutcome {
    /// They hold, and the account is active.
    Holds(Arc<Known>),
    /// They do not; the words are for the log.
    Fails(&'static str),
}

/// What a verification came to.
#[derive(Clone, Debug)]
enum VerificationOutcome {
    /// They opened this hash, of an active account.
    Opened(PasswordHash),
    Refused(&'static str),
}

/// Everything that sign-ins go through; one for the process.
pub struct Authenticator {
    keys: FingerprintKey,
    verified: VerifiedCache,
    negative: NegativeCache,
    single_flight: SingleFlight<(Fingerprint, Generation), VerificationOutcome>,
    throttle: Throttle,
    /// The threads that verify and hash passwords.
    pub bcrypt_pool: BcryptPool,
}

/// What a change of a user means for the throttle.
#[derive(Clone)]
pub struct ThrottleReset {
    keys: FingerprintKey,
    throttle: Throttle,
}

impl Authenticator {
    /// A door that has seen nobody yet.
    ///
    /// # Errors
    /// When the system refuses a thread or randomness.
    pub fn new(bcrypt_cost: u32, limits: Limits) -> std::io::Result<Authenticator> {
        let throttle = Throttle::new();
        Ok(Authenticator {
            keys: FingerprintKey::random()?,
            verified: VerifiedCache::new(limits),
            negative: NegativeCache::new(),
            single_flight: SingleFlight::new(),
            bcrypt_pool: BcryptPool::start(bcrypt_cost, throttle.clone())?,
            throttle,
        })
    }

    /// For the change feed.
    pub fn throttle_reset(&self) -> ThrottleReset {
        ThrottleReset { keys: self.keys.clone(), throttle: self.throttle.clone() }
    }

    /// What credentials come to now.
    ///
    /// # Errors
    /// 429 when there were too many wrong ones, 503 when too many wait or the database does not answer.
    pub async fn check(&self, db: &Db, credentials: &Credentials, client: &Client) -> Result<AuthOutcome, Error> {
        let (id, name) = (self.keys.of_credentials(credentials), &credentials.name);
        if let Some(proof) = self.verified.find(&id, Instant::now())
            && let Some(known) = present(db, name).await?
            && known.user.active
            && proof.is_of(&known.user.password_hash)
        {
            return Ok(AuthOutcome::Holds(known));
        }
        // Boxed, and so out of the way of those who have a proof.
        Box::pin(self.verify_present(db, credentials, client, id)).await
    }

    async fn verify_present(
        &self,
        db: &Db,
        credentials: &Credentials,
        client: &Client,
        id: Fingerprint,
    ) -> Result<AuthOutcome, Error> {
        let name = &credentials.name;
        // Once more if the row changes while its password is verified; who changes it faster than that is refused.
        for _ in 0..2 {
            let generations = db.cache().generations();
            if self.negative.holds(&id, generations) {
                return Ok(AuthOutcome::Fails(without_bcrypt::AGAIN));
            }
            let generation = generations.generation(Dependency::user(name));
            let verify = || self.verify(db, credentials, client, id, generation);
            let outcome = match generations.is_fresh() {
                true => self.single_flight.join((id, generation), verify).await?,
                // A change may have come that we have not heard of: an older flight says nothing of it.
                false => verify().await?,
            };
            let hash = match outcome {
                VerificationOutcome::Refused(why) => return Ok(AuthOutcome::Fails(why)),
                VerificationOutcome::Opened(hash) => hash,
            };
            match present(db, name).await? {
                Some(known) if known.user.active && known.user.password_hash == hash => {
                    return Ok(AuthOutcome::Holds(known));
                }
                _ => {}
            }
        }
        Ok(AuthOutcome::Fails("changed meanwhile"))
    }

    async fn verify(
        &self,
        db: &Db,
        credentials: &Credentials,
        client: &Client,
        id: Fingerprint,
        generation: Generation,
    ) -> Result<VerificationOutcome, Error> {
        let name = self.keys.of_name(&credentials.name);
        let attempt = Attempt { origin: client.origin(), name, credentials: id };
        let permit = self.throttle.acquire(attempt, Instant::now()).map_err(Error::TooManyAttempts)?;
        self.verify_with_permit(db, credentials, permit, generation).await.inspect_err(|error| {
            if let Error::Busy(wait) = error {
                self.throttle.reject(attempt, *wait, Instant::now());
            }
        })
    }

    async fn verify_with_permit(
        &self,
        db: &Db,
        credentials: &Credentials,
        permit: Permit,
        generation: Generation,
    ) -> Result<VerificationOutcome, Error> {
        let id = permit.attempt().credentials;
        self.bcrypt_pool.check_room(&permit)?;
        // From the database even if it is in memory: the way to a refusal is as long for every name.
        let name = credentials.name.clone();
        let token = db.cache().users.fill_token(&name);
        let (user, max_cost) =
            db.read(move |conn| Ok((store::users::find(conn, &name)?, store::users::max_cost(conn)?))).await?;
        if self.negative.holds_for(&id, user.as_ref()) {
            return Ok(VerificationOutcome::Refused(without_bcrypt::AGAIN));
        }
        let sign_in = Verification {
            password: credentials.password.clone(),
            hash: user.as_ref().map(|user| user.password_hash.clone()),
            max_cost,
            active: user.as_ref().is_some_and(|user| user.active),
        };
        Ok(match (user, self.bcrypt_pool.verify(sign_in, permit).await?) {
            (Some(user), Verified::Holds) => {
                let hash = user.password_hash.clone();
                self.verified.insert(id, hash.clone(), Instant::now());
                db.cache().users.insert(token, Known::new(user));
                VerificationOutcome::Opened(hash)
            }
            (Some(user), Verified::Renewed(renewed)) => {
                VerificationOutcome::Opened(self.renew(db, id, user, renewed).await)
            }
            (user, _) => {
                self.negative.insert(id, generation, user.as_ref());
                VerificationOutcome::Refused(match user {
                    None => "unknown name",
                    Some(user) if !user.active => "disabled account",
                    Some(user) => {
                        warn_of_unreadable(&user.name, &user.password_hash);
                        "wrong password"
                    }
                })
            }
        })
    }
}

impl Authenticator {
    /// Replaces the hash of a password that was just verified, before anything is made for its user: tokens of forms are
    /// keyed by the hash. The one that is stored now; the old one, if that fails.
    async fn renew(&self, db: &Db, id: Fingerprint, user: User, renewed: Result<PasswordHash, Error>) -> PasswordHash {
        let (key, old) = (user.id, user.password_hash);
        let stored = async {
            let (from, to) = (old.clone(), renewed?);
            // The proof first: whoever sees the new row is to find it.
            self.verified.insert(id, to.clone(), Instant::now());
            let new = to.clone();
            db.write(move |conn| store::writing::account::rehash(conn, key, &from, &to))
                .await
                .map(|stored| stored.then_some(new))
        };
        match stored.await {
            Ok(Some(new)) => new,
            // Its user has changed it meanwhile.
            Ok(None) => old,
            Err(error) => {
                log::error!("a password could not be hashed at the present cost: {error}");
                self.verified.insert(id, old.clone(), Instant::now());
                old
            }
        }
    }
}

impl ThrottleReset {
    /// Somebody changed an account, perhaps its password: its failures in a row no longer count.
    pub fn note(&self, news: &Event) {
        if let Event::Changed(Change::User(name)) = news
            && let Ok(name) = Username::parse(name)
        {
            self.throttle.reset(&self.keys.of_name(&name));
        }
    }
}

/// The user of a name as they are now.
async fn present(db: &Db, name: &Username) -> Result<Option<Arc<Known>>, Error> {
    match db.cache().users.get(name) {
        Some(known) => Ok(Some(known)),
        None => Box::pin(read(db, name)).await,
    }
}

async fn read(db: &Db, name: &Username) -> Result<Option<Arc<Known>>, Error> {
    let users = &db.cache().users;
    let (token, wanted) = (users.fill_token(name), name.clone());
    let Some(user) = db.read(move |conn| store::users::find(conn, &wanted)).await? else { return Ok(None) };
    let known = Known::new(user);
    users.insert(token, known.clone());
    Ok(Some(known))
}

fn warn_of_unreadable(name: &Username, hash: &PasswordHash) {
    if hash.cost().is_none() {
        log::error!(
            "the stored password hash of {:?} is not bcrypt ($2a, $2b or $2y, cost 4 to 15): set the password anew",
            name.as_str()
        );
    }
}
