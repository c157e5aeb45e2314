//! Counts the lookups in a cache.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// The lookups so far. They have a cache line of their own: every worker writes them, and the fields next to them are
/// only read.
#[derive(Debug, Default)]
#[repr(align(128))]
pub(super) struct Lookups {
    hits: AtomicU64,
    misses: AtomicU64,
}

impl Lookups {
    pub(super) fn count_hit(&self) {
        self.hits.fetch_add(1, Relaxed);
    }

    pub(super) fn count_miss(&self) {
        self.misses.fetch_add(1, Relaxed);
    }

    pub(super) fn hits(&self) -> u64 {
        self.hits.load(Relaxed)
    }

    pub(super) fn misses(&self) -> u64 {
        self.misses.load(Relaxed)
    }
}

/// The lookups in a cache so far, and its size now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheLoad {
    /// The number of pages, lists, feeds and sitemaps that were answered from the cache.
    pub hits: u64,
    /// The number of those that were made from the database.
    pub misses: u64,
    /// The number of entries, outdated ones included.
    pub entries: usize,
    /// The bytes of all entries.
    pub bytes: u64,
    /// The maximum of `bytes`.
    pub max_bytes: u64,
}
