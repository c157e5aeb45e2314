//! A cache of the bytes of small files. A content never changes, so that nothing here becomes outdated; who may have it is decided
//! for each request before.

use actix_web::web::Bytes;
use domain::file::{ContentId, PART_BYTES};
use quick_cache::{Weighter, sync::Cache};

#[derive(Clone)]
struct ByteWeighter;

impl Weighter<ContentId, Bytes> for ByteWeighter {
    fn weight(&self, _: &ContentId, bytes: &Bytes) -> u64 {
        /// The bytes of an entry beside its content, rounded up.
        const OVERHEAD: usize = 256;
        (OVERHEAD + bytes.len()) as u64
    }
}

/// The bytes of contents of at most one part ([`PART_BYTES`]).
pub struct Contents {
    /// `None` when caching is off.
    entries: Option<Cache<ContentId, Bytes, ByteWeighter>>,
    max_bytes: u64,
}

impl Contents {
    /// A cache of at most `max_bytes`; 0 turns caching off.
    pub(super) fn new(max_bytes: u64) -> Contents {
        /// A usual size of a picture for the web.
        const TYPICAL_BYTES: u64 = 64 * 1024;
        let items = usize::try_from(max_bytes / TYPICAL_BYTES).unwrap_or(usize::MAX).max(16);
        let entries = (max_bytes > 0).then(|| Cache::with_weighter(items, max_bytes, ByteWeighter));
        Contents { entries, max_bytes }
    }

    /// The bytes of all contents in memory, and their maximum.
    pub fn load(&self) -> (u64, u64) {
        (self.entries.as_ref().map_or(0, Cache::weight), self.max_bytes)
    }

    /// The bytes of a content.
    pub fn get(&self, content: ContentId) -> Option<Bytes> {
        self.entries.as_ref()?.get(&content)
    }

    /// Inserts the bytes of a whole content; a larger one is not kept.
    pub fn insert(&self, content: ContentId, bytes: Bytes) {
        if let Some(entries) = self.entries.as_ref().filter(|_| bytes.len() <= PART_BYTES) {
            entries.insert(content, bytes);
        }
    }
}
