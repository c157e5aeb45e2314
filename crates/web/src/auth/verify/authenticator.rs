//! The door: whether credentials hold now, at the least cost that an honest answer has.
//!
//! In this order: a proof (`proofs`), a refusal that is remembered, a verification that runs for the same credentials
//! already (`flights`), leave to try (`throttle`), a verification (`verifier`). Whatever it comes to, the user's present row
//! decides. Up to the verification itself nothing depends on whether the name exists.

use std::{sync::Arc, time::Instant};

use domain::{
    credentials::Credentials,
    password::PasswordHash,
    user::{User, Username},
};
use store::feed::{Change, Event};

use super::{
    bcrypt_pool::{Verification, Verified, Verifier},
    fingerprint::{Id, Keys},
    single_flight::Flights,
    throttle::{Attempt, Throttle, Turn},
    verified_cache::{Limits, Proofs, Refused},
};
use crate::{
    auth::failed_logins::cheap,
    cache::{
        generations::{Matter, Stamp},
        users::Known,
    },
    db::Db,
    http::{client::Client, error::Error},
};

/// What credentials come to.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// They hold, and the account is active.
    Holds(Arc<Known>),
    /// They do not; the words are for the log.
    Fails(&'static str),
}

/// What a verification came to.
#[derive(Clone, Debug)]
enum Landed {
    /// They opened this hash, of an active account.
    Opened(PasswordHash),
    Refused(&'static str),
}

/// Everything that sign-ins go through; one for the process.
pub struct Door {
    keys: Keys,
    proofs: Proofs,
    refused: Refused,
    flights: Flights<(Id, Stamp), Landed>,
    throttle: Throttle,
    /// The threads that verify and hash passwords.
    pub verifier: Verifier,
}

/// What a change of a user means for the throttle.
#[derive(Clone)]
pub struct Forgiveness {
    keys: Keys,
    throttle: Throttle,
}

impl Door {
    /// A door that has seen nobody yet.
    ///
    /// # Errors
    /// When the system refuses a thread or randomness.
    pub fn new(bcrypt_cost: u32, limits: Limits) -> std::io::Result<Door> {
        let throttle = Throttle::new();
        Ok(Door {
            keys: Keys::random()?,
            proofs: Proofs::new(limits),
            refused: Refused::new(),
            flights: Flights::new(),
            verifier: Verifier::start(bcrypt_cost, throttle.clone())?,
            throttle,
        })
    }

    /// For the change feed.
    pub fn forgiveness(&self) -> Forgiveness {
        Forgiveness { keys: self.keys.clone(), throttle: self.throttle.clone() }
    }

    /// What credentials come to now.
    ///
    /// # Errors
    /// 429 when there were too many wrong ones, 503 when too many wait or the database does not answer.
    pub async fn check(&self, db: &Db, credentials: &Credentials, client: &Client) -> Result<Verdict, Error> {
        let (id, name) = (self.keys.of_credentials(credentials), &credentials.name);
        if let Some(proof) = self.proofs.find(&id, Instant::now())
            && let Some(known) = present(db, name).await?
            && known.user.active
            && proof.is_of(&known.user.password_hash)
        {
            return Ok(Verdict::Holds(known));
        }
        // Boxed, and so out of the way of those who have a proof.
        Box::pin(self.verify_present(db, credentials, client, id)).await
    }

    async fn verify_present(
        &self,
        db: &Db,
        credentials: &Credentials,
        client: &Client,
        id: Id,
    ) -> Result<Verdict, Error> {
        let name = &credentials.name;
        // Once more if the row changes while its password is verified; who changes it faster than that is refused.
        for _ in 0..2 {
            let truth = db.memory().truth();
            if self.refused.holds(&id, truth) {
                return Ok(Verdict::Fails(cheap::AGAIN));
            }
            let stamp = truth.stamp(Matter::user(name));
            let verify = || self.verify(db, credentials, client, id, stamp);
            let landed = match truth.is_fresh() {
                true => self.flights.join((id, stamp), verify).await?,
                // A change may have come that we have not heard of: an older flight says nothing of it.
                false => verify().await?,
            };
            let hash = match landed {
                Landed::Refused(why) => return Ok(Verdict::Fails(why)),
                Landed::Opened(hash) => hash,
            };
            match present(db, name).await? {
                Some(known) if known.user.active && known.user.password_hash == hash => {
                    return Ok(Verdict::Holds(known));
                }
                _ => {}
            }
        }
        Ok(Verdict::Fails("changed meanwhile"))
    }

    async fn verify(
        &self,
        db: &Db,
        credentials: &Credentials,
        client: &Client,
        id: Id,
        stamp: Stamp,
    ) -> Result<Landed, Error> {
        let name = self.keys.of_name(&credentials.name);
        let attempt = Attempt { origin: client.origin(), name, credentials: id };
        let turn = self.throttle.admit(attempt, Instant::now()).map_err(Error::TooManyAttempts)?;
        self.verify_in_turn(db, credentials, turn, stamp).await.inspect_err(|error| {
            if let Error::Busy(wait) = error {
                self.throttle.turn_away(attempt, *wait, Instant::now());
            }
        })
    }

    async fn verify_in_turn(
        &self,
        db: &Db,
        credentials: &Credentials,
        turn: Turn,
        stamp: Stamp,
    ) -> Result<Landed, Error> {
        let id = turn.attempt().credentials;
        self.verifier.check_room(&turn)?;
        // From the database even if it is in memory: the way to a refusal is as long for every name.
        let name = credentials.name.clone();
        let ticket = db.memory().users.ticket(&name);
        let (user, dearest) =
            db.read(move |conn| Ok((store::users::find(conn, &name)?, store::users::dearest_cost(conn)?))).await?;
        if self.refused.holds_for(&id, user.as_ref()) {
            return Ok(Landed::Refused(cheap::AGAIN));
        }
        let sign_in = Verification {
            password: credentials.password.clone(),
            hash: user.as_ref().map(|user| user.password_hash.clone()),
            dearest,
            active: user.as_ref().is_some_and(|user| user.active),
        };
        Ok(match (user, self.verifier.verify(sign_in, turn).await?) {
            (Some(user), Verified::Holds) => {
                let hash = user.password_hash.clone();
                self.proofs.keep(id, hash.clone(), Instant::now());
                db.memory().users.keep(ticket, Known::new(user));
                Landed::Opened(hash)
            }
            (Some(user), Verified::Renewed(renewed)) => Landed::Opened(self.renew(db, id, user, renewed).await),
            (user, _) => {
                self.refused.keep(id, stamp, user.as_ref());
                Landed::Refused(match user {
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

impl Door {
    /// Replaces the hash of a password that was just verified, before anything is made for its user: tokens of forms are
    /// keyed by the hash. The one that is stored now; the old one, if that fails.
    async fn renew(&self, db: &Db, id: Id, user: User, renewed: Result<PasswordHash, Error>) -> PasswordHash {
        let (key, old) = (user.id, user.password_hash);
        let stored = async {
            let (from, to) = (old.clone(), renewed?);
            // The proof first: whoever sees the new row is to find it.
            self.proofs.keep(id, to.clone(), Instant::now());
            let new = to.clone();
            db.write(move |conn| store::users::rehash(conn, key, &from, &to)).await.map(|stored| stored.then_some(new))
        };
        match stored.await {
            Ok(Some(new)) => new,
            // Its user has changed it meanwhile.
            Ok(None) => old,
            Err(error) => {
                log::error!("a password could not be hashed at the present cost: {error}");
                self.proofs.keep(id, old.clone(), Instant::now());
                old
            }
        }
    }
}

impl Forgiveness {
    /// Somebody changed an account, perhaps its password: its failures in a row no longer count.
    pub fn note(&self, news: &Event) {
        if let Event::Changed(Change::User(name)) = news
            && let Ok(name) = Username::parse(name)
        {
            self.throttle.forgive(&self.keys.of_name(&name));
        }
    }
}

/// The user of a name as they are now.
async fn present(db: &Db, name: &Username) -> Result<Option<Arc<Known>>, Error> {
    match db.memory().users.recall(name) {
        Some(known) => Ok(Some(known)),
        None => Box::pin(read(db, name)).await,
    }
}

async fn read(db: &Db, name: &Username) -> Result<Option<Arc<Known>>, Error> {
    let users = &db.memory().users;
    let (ticket, wanted) = (users.ticket(name), name.clone());
    let Some(user) = db.read(move |conn| store::users::find(conn, &wanted)).await? else { return Ok(None) };
    let known = Known::new(user);
    users.keep(ticket, known.clone());
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
