//! A cache of users by name: their role and password hash, as the database has them now.

use std::sync::Arc;

use domain::{
    app_password::AppPassword,
    user::{User, Username},
};

use super::{
    by_user::{ByUser, UserFillToken, Versioned},
    generations::Generations,
};
use crate::auth::account::Account;

/// The maximum number of cached users; each takes less than 1 KB.
const CAPACITY: usize = 10_000;

/// A user, and the account that the user's requests share.
#[derive(Debug)]
pub struct CachedUser {
    /// The user as the database has them.
    pub user: User,
    /// The account of the user.
    pub account: Arc<Account>,
}

impl CachedUser {
    /// From a user that was just read.
    pub fn new(user: User) -> Arc<CachedUser> {
        let account = Arc::new(Account::of(&user));
        Arc::new(CachedUser { user, account })
    }

    /// As [`CachedUser::new`], with the account of a program that has an app password of the user.
    pub fn with_app_password(user: User, password: &AppPassword) -> Arc<CachedUser> {
        let account = Arc::new(Account::of_program(&user, password));
        Arc::new(CachedUser { user, account })
    }

    /// A copy for the requests of one connection. Threads that count references to one value slow each other down.
    pub fn copy(&self) -> Arc<CachedUser> {
        Arc::new(CachedUser { user: self.user.clone(), account: Arc::new(self.account.as_ref().clone()) })
    }
}

/// The cached users.
pub struct Users(ByUser<String, CachedUser>);

impl Users {
    pub(super) fn new(generations: Arc<Generations>) -> Users {
        Users(ByUser::new(generations, CAPACITY))
    }

    /// The user of a name, if the cache is fresh and the user has not changed.
    pub fn get(&self, name: &Username) -> Option<Versioned<Arc<CachedUser>>> {
        self.0.get(name.as_str())
    }

    /// A token for [`Users::insert`].
    pub fn fill_token(&self, name: &Username) -> UserFillToken {
        self.0.fill_token(name)
    }

    /// Inserts a user that was read after the token was taken.
    pub fn insert(&self, token: UserFillToken, cached: Arc<CachedUser>) {
        self.0.insert(token, cached.user.name.as_str().to_owned(), cached);
    }
}
