//! A cache of app passwords by the hash of their secret, each with its owner as the database has them now.

use std::sync::Arc;

use domain::{
    Timestamp,
    app_password::AppPassword,
    secret::SecretHash,
    user::{User, Username},
};
use quick_cache::sync::Cache;

use super::{
    generations::{Dependency, Generation, Generations},
    users::CachedUser,
};

/// The maximum number of cached app passwords; each takes less than 2 KB.
const CAPACITY: usize = 10_000;

/// An app password, and its owner with the account that its requests share.
#[derive(Debug)]
pub struct CachedAppPassword {
    password: AppPassword,
    owner: Arc<CachedUser>,
}

impl CachedAppPassword {
    /// From an app password and its owner, which were just read.
    pub fn new(owner: User, password: AppPassword) -> Arc<CachedAppPassword> {
        let owner = CachedUser::with_app_password(owner, &password);
        Arc::new(CachedAppPassword { password, owner })
    }

    /// The owner, if the account is active and the app password is valid.
    pub fn current(&self, now: Timestamp) -> Option<Arc<CachedUser>> {
        (self.owner.user.is_active_at(now) && self.password.is_valid(now)).then(|| self.owner.clone())
    }
}

/// The cached app passwords. Unknown ones are not cached: a client can send any number of them.
pub struct AppPasswords {
    generations: Arc<Generations>,
    entries: Cache<SecretHash, (Generation, Arc<CachedAppPassword>)>,
}

/// The permission to insert an app password of a user; must be taken before the database is read.
pub struct AppPasswordFillToken(Generation);

impl AppPasswords {
    pub(super) fn new(generations: Arc<Generations>) -> AppPasswords {
        AppPasswords { generations, entries: Cache::new(CAPACITY) }
    }

    /// The app password of a user, if the cache is fresh and neither has changed.
    pub fn get(&self, owner: &Username, hash: &SecretHash) -> Option<Arc<CachedAppPassword>> {
        let (generation, cached) = self.entries.get(hash)?;
        let is_current = self.generations.is_fresh() && self.generations.is_current(&generation);
        (is_current && cached.owner.user.name == *owner).then_some(cached)
    }

    /// A token for [`AppPasswords::insert`]. A change of an app password is told as one of its owner.
    pub fn fill_token(&self, owner: &Username) -> AppPasswordFillToken {
        AppPasswordFillToken(self.generations.generation(Dependency::user(owner)))
    }

    /// Inserts an app password that was read after the token was taken.
    pub fn insert(&self, token: AppPasswordFillToken, hash: SecretHash, cached: Arc<CachedAppPassword>) {
        if self.generations.is_current(&token.0) {
            self.entries.insert(hash, (token.0, cached));
        }
    }
}
