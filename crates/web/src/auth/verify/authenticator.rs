//! Authenticates credentials; avoids bcrypt where a cached result is still valid.
//!
//! The steps, in order: what was proven on the connection (`connection_proof`), the cache of verified credentials
//! (`verified_cache`), the cache of rejected ones (`negative_cache`), a verification in flight for the same credentials
//! (`single_flight`), the throttle, bcrypt (`bcrypt_pool`). Then the user's current row decides. No step before bcrypt
//! depends on whether the name exists.
//!
//! An app password goes the same way, with one look-up by the hash of its secret in the place of bcrypt, and without any if
//! its form or its checksum is wrong.

use std::{sync::Arc, time::Instant};

use domain::{
    credentials::Credentials,
    password::PasswordHash,
    user::{User, Username},
};
use store::{Conn, NameKey};

use super::{
    bcrypt_pool::{BcryptPool, Verification, VerificationResult},
    connection_proof::{ConnectionProof, TagKey},
    fingerprint::{Fingerprint, FingerprintKey},
    matched::Matched,
    negative_cache::{NegativeCache, RowState, row_state},
    shared_counts::Instance,
    single_flight::SingleFlight,
    throttle::{Attempt, Permit, Throttle},
    throttle_reset::ThrottleReset,
    verified_cache::{Limits, VerifiedCache, VerifiedRecord},
};
use crate::{
    auth::{
        current_user::{current_app_password, current_user, find_app_password},
        failed_logins::without_bcrypt,
        secret::Secret,
    },
    cache::{
        app_passwords::CachedAppPassword,
        generations::{Dependency, Generation},
        users::CachedUser,
    },
    clock,
    db::{Db, committed},
    http::{
        client::{Client, Origin},
        error::Error,
    },
};

/// The result of an authentication.
#[derive(Clone)]
pub enum AuthOutcome {
    /// The credentials are valid, and the account is active.
    Accepted(Arc<CachedUser>),
    /// The credentials are not valid; the reason is for the log.
    Rejected(&'static str),
}

/// The result of a verification, which concurrent requests share.
#[derive(Clone, Debug)]
enum VerificationOutcome {
    /// The credentials match this stored value of an active account.
    Matched(Matched),
    /// They do not, for this reason. A password was compared with this row, which was read after this moment.
    Rejected(&'static str, RowState, Instant),
}

/// The authenticator; one for the process.
pub struct Authenticator {
    fingerprints: FingerprintKey,
    tags: TagKey,
    verified: VerifiedCache,
    negative: NegativeCache,
    single_flight: SingleFlight<(Fingerprint, Generation), VerificationOutcome>,
    throttle: Throttle,
    names: NameKey,
    instance: Instance,
    /// The threads that verify and hash passwords.
    pub bcrypt_pool: BcryptPool,
}

impl Authenticator {
    /// An authenticator with empty caches. The throttle hashes names with `names`.
    ///
    /// # Errors
    /// When the system refuses a thread or randomness.
    pub fn new(bcrypt_cost: u32, limits: Limits, names: NameKey) -> std::io::Result<Authenticator> {
        let throttle = Throttle::new();
        Ok(Authenticator {
            fingerprints: FingerprintKey::random()?,
            tags: TagKey::random()?,
            verified: VerifiedCache::new(limits),
            negative: NegativeCache::new(),
            single_flight: SingleFlight::new(),
            bcrypt_pool: BcryptPool::start(bcrypt_cost, throttle.clone())?,
            throttle,
            names,
            instance: Instance::new()?,
        })
    }

    /// The number of sign-ins that the throttle has refused so far.
    pub fn throttle_refusals(&self) -> u64 {
        self.throttle.refusals()
    }

    /// Remembers the places from which users signed in before this process started.
    ///
    /// # Errors
    /// When the database fails.
    pub fn remember_places(&self, conn: &mut Conn) -> store::Result<()> {
        Instance::remember_places(&self.throttle, &self.names, conn)
    }

    /// Shares the counts of wrong passwords with the other instances until the server stops.
    pub async fn share_periodically(&self, db: &Db) {
        self.instance.share_periodically(&self.throttle, db).await;
    }

    /// Shares the counts of wrong passwords so far with the other instances.
    ///
    /// # Errors
    /// When the database does not accept them.
    pub async fn share(&self, db: &Db) -> Result<(), Error> {
        self.instance.share(&self.throttle, db).await
    }

    /// The listener of the change feed that resets the throttle.
    pub fn throttle_reset(&self) -> ThrottleReset {
        ThrottleReset::new(self.names.clone(), self.throttle.clone())
    }

    /// The current row of the user of a header that was proven on this connection, as [`Authenticator::recall`] would find it
    /// in the caches; `None` to authenticate the header as usual.
    pub fn recognise(&self, db: &Db, proof: &ConnectionProof, header: &[u8]) -> Option<Arc<CachedUser>> {
        if !proof.is_of(self.tags.tag(header)) {
            return None;
        }
        let now = Instant::now();
        let current = proof.current(db.cache(), now)?;
        self.verified.renew(proof.record(), now).then_some(current)
    }

    /// A proof for [`Authenticator::recognise`].
    pub fn proof(&self, header: &[u8], name: &Username, record: Arc<VerifiedRecord>) -> ConnectionProof {
        ConnectionProof::new(self.tags.tag(header), name.clone(), record)
    }

    /// The user of credentials that were verified before, if they are still valid, and the record of them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn recall(
        &self,
        db: &Db,
        credentials: &Credentials,
    ) -> Result<Option<(Arc<CachedUser>, Arc<VerifiedRecord>)>, Error> {
        let Some(record) = self.record(credentials) else { return Ok(None) };
        let current = self.current(db, &credentials.name, record.matched()).await?;
        Ok(current.map(|current| (current, record)))
    }

    /// The record of credentials that were verified before and have been used from a client network.
    pub fn record_from(&self, credentials: &Credentials, origin: Origin) -> Option<Arc<VerifiedRecord>> {
        self.record(credentials).filter(|record| record.was_used_from(origin))
    }

    /// Notes that verified credentials were used from a client network.
    pub fn note_use_from(&self, credentials: &Credentials, origin: Origin) {
        if let Some(record) = self.record(credentials) {
            record.note_use_from(origin);
        }
    }

    fn record(&self, credentials: &Credentials) -> Option<Arc<VerifiedRecord>> {
        self.verified.get(&self.fingerprints.of_credentials(credentials), Instant::now())
    }

    /// The user of a name, if the account is active and its row, or that of its app password, still has the hash that
    /// the credentials matched.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn current(&self, db: &Db, name: &Username, matched: &Matched) -> Result<Option<Arc<CachedUser>>, Error> {
        Ok(match matched {
            Matched::Password(hash) => {
                let current = current_user(db, name).await?;
                current.filter(|current| current.user.has_active(hash, clock::now()))
            }
            Matched::AppPassword(hash) => {
                let found = current_app_password(db, name, hash).await?;
                found.and_then(|found| found.current(clock::now()))
            }
        })
    }

    /// Authenticates credentials.
    ///
    /// # Errors
    /// 429 after too many wrong credentials; 503 when the queue is full or the database does not answer.
    pub async fn authenticate(
        &self,
        db: &Db,
        credentials: &Credentials,
        client: &Client,
    ) -> Result<AuthOutcome, Error> {
        // A verification that was in flight may have ended since the caller asked.
        if let Some((current, _)) = self.recall(db, credentials).await? {
            return Ok(AuthOutcome::Accepted(current));
        }
        let fingerprint = self.fingerprints.of_credentials(credentials);
        let name = &credentials.name;
        let arrived_at = Instant::now();
        // Tries once more if the row changes during the verification; if it changes again, the credentials are
        // rejected.
        for _ in 0..2 {
            let generations = db.cache().generations();
            if self.negative.is_rejected(&fingerprint, generations) {
                return Ok(AuthOutcome::Rejected(without_bcrypt::AGAIN));
            }
            let generation = generations.generation(Dependency::user(name));
            let is_fresh = generations.is_fresh();
            let verify = || self.verify(db, credentials, client, fingerprint, generation);
            // An app password is looked up, which costs no more than the check below.
            let outcome = match is_fresh || !credentials.password.is_app_password() {
                true => self.single_flight.join((fingerprint, generation), verify).await?,
                false => verify().await?,
            };
            match outcome {
                // A request before this one may have read the row before a change that has not arrived yet.
                VerificationOutcome::Rejected(why, row, read_after) => {
                    if is_fresh || read_after >= arrived_at || self.is_still(db, name, &row).await? {
                        return Ok(AuthOutcome::Rejected(why));
                    }
                }
                VerificationOutcome::Matched(matched) => {
                    if let Some(current) = self.current(db, name, &matched).await? {
                        return Ok(AuthOutcome::Accepted(current));
                    }
                }
            }
        }
        Ok(AuthOutcome::Rejected("changed meanwhile"))
    }

    /// Whether the row of a user is still this one.
    async fn is_still(&self, db: &Db, name: &Username, row: &RowState) -> Result<bool, Error> {
        let name = name.clone();
        // Not from the cache, which has no row of an unknown name.
        let user = db.read(move |conn| store::users::find(conn, &name)).await?;
        Ok(row_state(user.as_ref()) == *row)
    }

    async fn verify(
        &self,
        db: &Db,
        credentials: &Credentials,
        client: &Client,
        fingerprint: Fingerprint,
        generation: Generation,
    ) -> Result<VerificationOutcome, Error> {
        let name = self.names.hash(credentials.name.as_str());
        let attempt = Attempt { origin: client.origin(), name, credentials: fingerprint };
        let permit = self.throttle.acquire(attempt, Instant::now()).map_err(Error::TooManyAttempts)?;
        if credentials.password.is_app_password() {
            return self.look_up(db, credentials, permit, generation).await;
        }
        self.verify_with_permit(db, credentials, permit, generation).await.inspect_err(|error| {
            if let Error::Busy(wait) = error {
                self.throttle.reject(attempt, *wait, Instant::now());
            }
        })
    }

    /// Finds the app password of credentials, in the same time for every name. A match does not count as a sign-in of
    /// the user: it clears no failures and remembers no place, so that a stolen app password does not help to guess the
    /// password.
    async fn look_up(
        &self,
        db: &Db,
        credentials: &Credentials,
        permit: Permit,
        generation: Generation,
    ) -> Result<VerificationOutcome, Error> {
        let Some(secret) = Secret::parse_app_password(credentials.password.reveal()) else {
            return Ok(self.refuse(permit, generation, without_bcrypt::MALFORMED_APP_PASSWORD, Instant::now()));
        };
        let read_after = Instant::now();
        let (secret, name) = (secret.hash(), credentials.name.clone());
        let token = db.cache().app_passwords.fill_token(&name);
        let (Attempt { origin, name: hash, credentials: fingerprint }, read_shared) =
            (permit.attempt(), self.instance.read());
        let query = move |conn: &mut Conn| {
            let found = find_app_password(conn, &name, &secret)?;
            Ok((found, read_shared(conn, &name, &hash, origin)))
        };
        let (found, shared) = db.read(query).await?;
        permit.check(&shared, Instant::now()).map_err(Error::TooManyAttempts)?;
        let why = match &found {
            None => without_bcrypt::WRONG_APP_PASSWORD,
            Some((user, _)) if !is_open(user) => without_bcrypt::DISABLED_APP_PASSWORD,
            Some((_, password)) if !password.is_valid(clock::now()) => without_bcrypt::ENDED_APP_PASSWORD,
            Some((user, password)) => {
                let matched = Matched::AppPassword(secret);
                self.verified.insert(fingerprint, matched.clone(), Instant::now());
                let cached = CachedAppPassword::new(user.clone(), password.clone());
                db.cache().app_passwords.insert(token, secret, cached);
                return Ok(VerificationOutcome::Matched(matched));
            }
        };
        Ok(self.refuse(permit, generation, why, read_after))
    }

    /// Rejects an app password, and counts the failure unless the same one was rejected before.
    fn refuse(
        &self,
        permit: Permit,
        generation: Generation,
        why: &'static str,
        read_after: Instant,
    ) -> VerificationOutcome {
        let fingerprint = permit.attempt().credentials;
        let is_known = self.negative.was_rejected(&fingerprint);
        self.negative.insert(fingerprint, generation, None);
        if is_known {
            return VerificationOutcome::Rejected(without_bcrypt::AGAIN, None, read_after);
        }
        permit.finish(false, Instant::now());
        self.instance.wake();
        VerificationOutcome::Rejected(why, None, read_after)
    }

    async fn verify_with_permit(
        &self,
        db: &Db,
        credentials: &Credentials,
        permit: Permit,
        generation: Generation,
    ) -> Result<VerificationOutcome, Error> {
        let fingerprint = permit.attempt().credentials;
        self.bcrypt_pool.check_room(&permit)?;
        // Read from the database even if the user is cached: the response time must not reveal whether the name exists.
        let name = credentials.name.clone();
        let token = db.cache().users.fill_token(&name);
        let (Attempt { origin, name: hash, .. }, read_shared) = (permit.attempt(), self.instance.read());
        let query = move |conn: &mut Conn| {
            let (user, max_cost) = (store::users::find(conn, &name)?, store::users::max_cost(conn)?);
            // Read last, because a failure of this query decides nothing.
            Ok((user, max_cost, read_shared(conn, &name, &hash, origin)))
        };
        let read_after = Instant::now();
        let (user, max_cost, shared) = db.read(query).await?;
        let row = row_state(user.as_ref());
        if self.negative.is_rejected_by(&fingerprint, &row) {
            return Ok(VerificationOutcome::Rejected(without_bcrypt::AGAIN, row, read_after));
        }
        permit.check(&shared, Instant::now()).map_err(Error::TooManyAttempts)?;
        let verification = Verification {
            password: credentials.password.clone(),
            hash: user.as_ref().map(|user| user.password_hash.clone()),
            max_cost,
            active: user.as_ref().is_some_and(is_open),
        };
        let result = self.bcrypt_pool.verify(verification, permit).await?;
        self.instance.wake();
        Ok(match (user, result) {
            (Some(user), VerificationResult::Match) => {
                let matched = Matched::Password(user.password_hash.clone());
                self.verified.insert(fingerprint, matched.clone(), Instant::now());
                db.cache().users.insert(token, CachedUser::new(user));
                VerificationOutcome::Matched(matched)
            }
            (Some(user), VerificationResult::Rehashed(new)) => {
                VerificationOutcome::Matched(Matched::Password(self.replace_hash(db, fingerprint, user, new).await))
            }
            (user, _) => {
                self.negative.insert(fingerprint, generation, row.clone());
                let why = match user {
                    None => "unknown name",
                    Some(user) if !user.active => "disabled account",
                    Some(user) if !is_open(&user) => "ended account",
                    Some(user) if user.password_hash.is_none() => "no password yet",
                    Some(user) => {
                        warn_of_unreadable(&user.name, &user.password_hash);
                        "wrong password"
                    }
                };
                VerificationOutcome::Rejected(why, row, read_after)
            }
        })
    }

    /// Stores the new hash of a password that was just verified, and returns the hash that is stored now. This happens
    /// before any page is made for the user, because the hash is the key of the form tokens in it.
    async fn replace_hash(
        &self,
        db: &Db,
        fingerprint: Fingerprint,
        user: User,
        new: Result<PasswordHash, Error>,
    ) -> PasswordHash {
        let (id, old) = (user.id, user.password_hash);
        let stored = async {
            let (from, to) = (old.clone(), new?);
            // Before the write: a concurrent request that sees the new row must find the record.
            self.verified.insert(fingerprint, Matched::Password(to.clone()), Instant::now());
            let new = to.clone();
            let rehash = db.write(move |conn| store::writing::account::rehash(conn, id, &from, &to));
            committed::unasked(rehash).await.map(|stored| stored.then_some(new))
        };
        match stored.await {
            Ok(Some(new)) => new,
            // The password was changed during the verification.
            Ok(None) => old,
            Err(error) => {
                log::error!("a password could not be hashed again at the configured cost: {error}");
                self.verified.insert(fingerprint, Matched::Password(old.clone()), Instant::now());
                old
            }
        }
    }
}

/// Whether the account can sign in now.
fn is_open(user: &User) -> bool {
    user.is_active_at(clock::now())
}

fn warn_of_unreadable(name: &Username, hash: &PasswordHash) {
    if hash.cost().is_none() {
        log::error!(
            "the stored password hash of {:?} is not bcrypt ($2a, $2b or $2y, cost 4 to 15): set a new password",
            name.as_str()
        );
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        access::Admin,
        password::Password,
        user::{Role, UserContent},
    };
    use futures_util::future::join_all;
    use store::{DatabaseUrl, Store};
    use tokio::sync::Notify;

    use super::*;
    use crate::{
        auth::verify::bcrypt_pool,
        cache::{generations::Generations, process::Cache},
        db::POOL_SIZE,
    };

    /// A database with the user ann, whose changes this process does not hear of.
    struct Deaf {
        db: Db,
        authenticator: Authenticator,
        _folder: tempfile::TempDir,
    }

    impl Deaf {
        fn new() -> Deaf {
            let folder = tempfile::tempdir().unwrap();
            let url = DatabaseUrl::parse(&format!("sqlite://{}/x.db", folder.path().display())).unwrap();
            let store = Store::open(&url, POOL_SIZE).unwrap();
            store.migrate().unwrap();
            let hash = bcrypt_pool::hash(&Password::parse("open sesame").unwrap(), 4).unwrap();
            let ann = UserContent::new(Username::parse("ann").unwrap(), Role::Reader);
            let insert = |conn: &mut Conn| {
                store::writing::users::insert(conn, &Admin::command_line(), &ann, &hash, clock::now())
            };
            store.write(insert).unwrap();
            let db = Db::new(store, Cache::new(Arc::new(Generations::never_fresh()), 0), |_| {}).unwrap();
            // The feed begins with a change of everything, after which no request shares the verifications before it.
            db.wait_until_caught_up();
            let authenticator = Authenticator::new(4, Limits::default(), NameKey::random().unwrap()).unwrap();
            Deaf { db, authenticator, _folder: folder }
        }

        async fn sign_in(&self, password: &str, address: u8) -> AuthOutcome {
            let client = Client { address: [192, 0, 2, address].into(), https: false };
            self.authenticator.authenticate(&self.db, &ann(password), &client).await.unwrap()
        }

        /// A request whose credentials are refused because of a row, while another one with the same credentials waits.
        async fn joined(&self, password: &str, row: RowState) -> AuthOutcome {
            let read_after = Instant::now();
            let fingerprint = self.authenticator.fingerprints.of_credentials(&ann(password));
            let generation = self.db.cache().generations().generation(Dependency::user(&ann(password).name));
            let end = Notify::new();
            let earlier = self.authenticator.single_flight.join((fingerprint, generation), || async {
                end.notified().await;
                Ok::<_, Error>(VerificationOutcome::Rejected("wrong password", row, read_after))
            });
            let (_, outcome, ()) = tokio::join!(earlier, self.sign_in(password, 1), async { end.notify_one() });
            outcome
        }

        fn verified(&self) -> u64 {
            self.authenticator.bcrypt_pool.verified()
        }
    }

    fn ann(password: &str) -> Credentials {
        Credentials { name: Username::parse("ann").unwrap(), password: Password::parse(password).unwrap() }
    }

    #[actix_web::test]
    async fn t51_64_requests_at_once_take_one_verification_also_while_changes_do_not_arrive() {
        let deaf = Deaf::new();
        let outcomes = join_all((0..64).map(|n| deaf.sign_in("wrong", n))).await;
        assert!(outcomes.iter().all(|outcome| matches!(outcome, AuthOutcome::Rejected("wrong password"))));
        assert_eq!(deaf.verified(), 1);
        let outcomes = join_all((0..8).map(|_| deaf.sign_in("open sesame", 1))).await;
        assert!(outcomes.iter().all(|outcome| matches!(outcome, AuthOutcome::Accepted(_))));
        assert_eq!(deaf.verified(), 2);
    }

    #[actix_web::test]
    async fn t48_t51_a_refusal_is_shared_only_while_the_row_that_refused_is_still_there() {
        let deaf = Deaf::new();
        let user = deaf.db.read(|conn| store::users::find(conn, &ann("x").name)).await.unwrap().unwrap();
        let outcome = deaf.joined("wrong", row_state(Some(&user))).await;
        assert!(matches!(outcome, AuthOutcome::Rejected("wrong password")) && deaf.verified() == 0);
        let before_a_change = [
            None,
            row_state(Some(&User { password_hash: PasswordHash::none(), ..user.clone() })),
            row_state(Some(&User { active: false, ..user.clone() })),
            row_state(Some(&User { ends_at: Some(clock::now()), ..user })),
        ];
        for row in before_a_change {
            let deaf = Deaf::new();
            assert!(matches!(deaf.joined("open sesame", row).await, AuthOutcome::Accepted(_)));
            assert_eq!(deaf.verified(), 1);
        }
    }
}
