//! A cache of one value and its key: every page needs the same value, and it changes rarely.

use std::sync::{PoisonError, RwLock};

/// The last value, and its key.
pub(super) struct Last<K, V>(RwLock<Option<(K, V)>>);

impl<K, V: Clone> Last<K, V> {
    pub(super) const fn new() -> Last<K, V> {
        Last(RwLock::new(None))
    }

    /// The last value if `is_wanted` accepts its key; otherwise `make` makes the next one, with its key.
    pub(super) fn get_or_make(&self, is_wanted: impl FnOnce(&K) -> bool, make: impl FnOnce() -> (K, V)) -> V {
        if let Some((key, value)) = &*self.0.read().unwrap_or_else(PoisonError::into_inner)
            && is_wanted(key)
        {
            return value.clone();
        }
        let (key, value) = make();
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some((key, value.clone()));
        value
    }
}
