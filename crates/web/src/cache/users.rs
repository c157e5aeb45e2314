//! Users in memory: who they are and what they may do, as the database says now.

use std::sync::Arc;

use domain::user::{User, Username};
use quick_cache::sync::Cache;

use super::generations::{Dependency, Generation, Generations};
use crate::auth::account::Account;

/// How many users are kept; each takes less than a kilobyte.
const CAPACITY: usize = 10_000;

/// A user, and the account that requests of theirs share.
#[derive(Debug)]
pub struct Known {
    /// The row.
    pub user: User,
    /// What is made of it.
    pub account: Arc<Account>,
}

impl Known {
    /// A user as just read.
    pub fn new(user: User) -> Arc<Known> {
        let account = Arc::new(Account::of(&user));
        Arc::new(Known { user, account })
    }
}

/// The users that are known. Unknown names are not kept: anybody can send as many as they like.
pub struct Users {
    generations: Arc<Generations>,
    kept: Cache<String, (Generation, Arc<Known>)>,
}

/// The right to keep a user of this name, taken before the database is asked.
pub struct UserFillToken(Generation);

impl Users {
    pub(super) fn new(generations: Arc<Generations>) -> Users {
        Users { generations, kept: Cache::new(CAPACITY) }
    }

    /// The user of a name as they are now, if that is known.
    pub fn get(&self, name: &Username) -> Option<Arc<Known>> {
        let (generation, known) = self.kept.get(name.as_str())?;
        (self.generations.is_fresh() && self.generations.holds(&generation)).then_some(known)
    }

    /// Before the database is asked for a user.
    pub fn fill_token(&self, name: &Username) -> UserFillToken {
        UserFillToken(self.generations.generation(Dependency::user(name)))
    }

    /// Keeps a user who was read with the ticket in hand.
    pub fn insert(&self, token: UserFillToken, known: Arc<Known>) {
        if self.generations.holds(&token.0) {
            self.kept.insert(known.user.name.as_str().to_owned(), (token.0, known));
        }
    }
}
