//! A cache of app passwords by the hash of their secret, each with its owner as the database has them now.

use std::sync::Arc;

use domain::{
    Timestamp,
    app_password::AppPassword,
    secret::SecretHash,
    user::{User, Username},
};

use super::{
    by_user::{ByUser, UserFillToken, Versioned},
    generations::Generations,
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

    /// A copy for the requests of one connection, as [`CachedUser::copy`].
    pub fn copy(&self) -> Arc<CachedAppPassword> {
        Arc::new(CachedAppPassword { password: self.password.clone(), owner: self.owner.copy() })
    }

    /// The owner, if the account is active and the app password is valid.
    pub fn current(&self, now: Timestamp) -> Option<Arc<CachedUser>> {
        (self.owner.user.is_active_at(now) && self.password.is_valid(now)).then(|| self.owner.clone())
    }
}

/// The cached app passwords. The feed reports a change of one as a change of its owner.
pub struct AppPasswords(ByUser<SecretHash, CachedAppPassword>);

impl AppPasswords {
    pub(super) fn new(generations: Arc<Generations>) -> AppPasswords {
        AppPasswords(ByUser::new(generations, CAPACITY))
    }

    /// The app password of a user, if the cache is fresh and neither has changed.
    pub fn get(&self, owner: &Username, hash: &SecretHash) -> Option<Versioned<Arc<CachedAppPassword>>> {
        self.0.get(hash).filter(|cached| cached.value.owner.user.name == *owner)
    }

    /// A token for [`AppPasswords::insert`].
    pub fn fill_token(&self, owner: &Username) -> UserFillToken {
        self.0.fill_token(owner)
    }

    /// Inserts an app password that was read after the token was taken.
    pub fn insert(&self, token: UserFillToken, hash: SecretHash, cached: Arc<CachedAppPassword>) {
        self.0.insert(token, hash, cached);
    }
}
