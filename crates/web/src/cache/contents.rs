//! A cache of the bytes of files, in the parts in which they are stored. A content never changes, and nothing here
//! becomes outdated; who may read it is decided beforehand, for each request.

use actix_web::web::Bytes;
use domain::file::{ContentId, PART_BYTES};
use quick_cache::{Weighter, sync::Cache};

/// A content, and the number of one of its parts, of which the first is 0.
pub type PartKey = (ContentId, u64);

/// The size of an entry in bytes without its part, rounded up.
const OVERHEAD: usize = 256;

#[derive(Clone)]
struct ByteWeighter;

impl Weighter<PartKey, Bytes> for ByteWeighter {
    fn weight(&self, _: &PartKey, bytes: &Bytes) -> u64 {
        (OVERHEAD + bytes.len()) as u64
    }
}

/// Parts of contents, each of at most [`PART_BYTES`]. A smaller file is its part 0.
pub struct Contents {
    /// `None` when caching is off.
    entries: Option<Cache<PartKey, Bytes, ByteWeighter>>,
    max_bytes: u64,
}

impl Contents {
    /// A cache of at most `max_bytes`; 0 turns caching off.
    pub(super) fn new(max_bytes: u64) -> Contents {
        // The cache has a shard for each 32 items that it expects. Few shards with room for many parts each keep a file of several
        // MiB whole; small files are more than expected, which costs nothing.
        let items = usize::try_from(max_bytes / PART_BYTES as u64).unwrap_or(usize::MAX).max(16);
        let entries = (max_bytes > 0).then(|| Cache::with_weighter(items, max_bytes, ByteWeighter));
        Contents { entries, max_bytes }
    }

    /// The size of all parts in memory, and its maximum, in bytes.
    pub fn load(&self) -> (u64, u64) {
        (self.entries.as_ref().map_or(0, Cache::weight), self.max_bytes)
    }

    /// Whether there is room for several whole parts, so that one that was read is still there for the next step of its reader.
    pub fn has_room_for_parts(&self) -> bool {
        const LEAST_PARTS: usize = 4;
        self.max_bytes >= (LEAST_PARTS * (OVERHEAD + PART_BYTES)) as u64
    }

    /// The bytes of a part.
    pub fn get(&self, part: PartKey) -> Option<Bytes> {
        self.entries.as_ref()?.get(&part)
    }

    /// The bytes of a part, from the cache or else from `read`. Of several concurrent callers, one reads.
    ///
    /// # Errors
    /// The error of `read`; a caller that waited for it then calls its own `read`.
    pub async fn get_or_read<E>(
        &self,
        part: PartKey,
        read: impl Future<Output = Result<Bytes, E>>,
    ) -> Result<Bytes, E> {
        match &self.entries {
            Some(entries) => entries.get_or_insert_async(&part, read).await,
            None => read.await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn the_parts_of_a_large_file_are_kept_together_and_read_once() {
        let contents = Contents::new(16 << 20);
        let part = Bytes::from(vec![0; PART_BYTES]);
        let mut reads = 0;
        for _ in 0..3 {
            for number in 0..40 {
                let read = async {
                    reads += 1;
                    Ok::<_, ()>(part.clone())
                };
                assert_eq!(
                    contents.get_or_read((ContentId(1), number), read).await.map(|bytes| bytes.len()),
                    Ok(PART_BYTES)
                );
            }
        }
        assert_eq!(reads, 40);
        assert!(contents.load().0 <= 16 << 20);
    }

    #[actix_web::test]
    async fn a_failed_read_is_not_kept() {
        let contents = Contents::new(16 << 20);
        let key = (ContentId(1), 0);
        assert_eq!(contents.get_or_read(key, async { Err::<Bytes, _>("locked") }).await, Err("locked"));
        assert_eq!(
            contents.get_or_read(key, async { Ok::<_, &str>(Bytes::from_static(b"x")) }).await.as_deref(),
            Ok(&b"x"[..])
        );
        assert!(Contents::new(0).get(key).is_none() && !Contents::new(2 << 19).has_room_for_parts());
    }
}
