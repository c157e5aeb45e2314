//! Cached values that belong to users: each is valid until its user changes.

use std::{borrow::Borrow, hash::Hash, sync::Arc};

use domain::user::Username;
use quick_cache::sync::Cache;

use super::generations::{Dependency, Generation, Generations};

/// Values by a key, each with the generation of its user. That a row is absent is not cached: a client can ask for any
/// number of names.
pub(super) struct ByUser<K, V> {
    generations: Arc<Generations>,
    entries: Cache<K, Versioned<Arc<V>>>,
}

/// A value of a user, which is valid while its generation is current.
#[derive(Clone, Debug)]
pub struct Versioned<V> {
    /// The generation of the user.
    pub generation: Generation,
    /// The value.
    pub value: V,
}

/// The permission to insert a value of a user; must be taken before the database is read.
pub struct UserFillToken(Generation);

impl<K: Eq + Hash + Clone, V> ByUser<K, V> {
    /// A cache of at most `capacity` values.
    pub(super) fn new(generations: Arc<Generations>, capacity: usize) -> ByUser<K, V> {
        ByUser { generations, entries: Cache::new(capacity) }
    }

    /// The value of a key, if the cache is fresh and its user has not changed.
    pub(super) fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<Versioned<Arc<V>>>
    where
        K: Borrow<Q>,
    {
        let cached = self.entries.get(key)?;
        self.generations.is_proven(&cached.generation).then_some(cached)
    }

    /// A token for [`ByUser::insert`].
    pub(super) fn fill_token(&self, user: &Username) -> UserFillToken {
        UserFillToken(self.generations.generation(Dependency::user(user)))
    }

    /// Inserts a value that was read after the token was taken.
    pub(super) fn insert(&self, token: UserFillToken, key: K, value: Arc<V>) {
        if self.generations.is_current(&token.0) {
            self.entries.insert(key, Versioned { generation: token.0, value });
        }
    }
}
