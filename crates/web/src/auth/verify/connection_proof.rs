//! The credentials that were last proven on a connection, so that its next request needs neither their parsing nor their
//! fingerprint.
//!
//! It identifies one `Authorization` header whose credentials are in the cache of verified credentials. It grants no access
//! by itself: on every request the record must not have expired, and the current row must hold the record's hash.

use std::{hash::Hasher, sync::Arc};

use domain::user::Username;
use siphasher::sip128::{Hasher128, SipHasher24};

use super::verified_cache::VerifiedRecord;

/// The key for tags of headers: random at each start, and never written to disk.
#[derive(Clone)]
pub(super) struct TagKey(SipHasher24);

/// The keyed hash of a header (SipHash-2-4 with 128 bits), so that no password stays in the memory of a connection.
#[derive(Clone, Copy)]
pub(super) struct Tag(u128);

impl TagKey {
    /// Generates a key.
    ///
    /// # Errors
    /// When the system provides no randomness.
    pub(super) fn random() -> std::io::Result<TagKey> {
        let mut key = [0; 16];
        getrandom::fill(&mut key).map_err(|error| std::io::Error::other(error.to_string()))?;
        Ok(TagKey(SipHasher24::new_with_key(&key)))
    }

    /// The tag of a header.
    pub(super) fn tag(&self, header: &[u8]) -> Tag {
        let mut hasher = self.0;
        hasher.write(header);
        Tag(hasher.finish128().as_u128())
    }
}

impl Tag {
    /// Whether both are tags of the same header; the time does not depend on where they differ.
    fn matches(self, other: Tag) -> bool {
        let differing = self.0 ^ other.0;
        std::hint::black_box(differing) == 0
    }
}

/// Credentials that were proven on a connection.
#[derive(Clone)]
pub struct ConnectionProof {
    tag: Tag,
    name: Username,
    record: Arc<VerifiedRecord>,
}

impl ConnectionProof {
    pub(super) fn new(tag: Tag, name: Username, record: Arc<VerifiedRecord>) -> ConnectionProof {
        ConnectionProof { tag, name, record }
    }

    /// The user's name and the record, if the proof is of this header.
    pub(super) fn of(&self, tag: Tag) -> Option<(&Username, &Arc<VerifiedRecord>)> {
        self.tag.matches(tag).then_some((&self.name, &self.record))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_of_one_header_and_one_process() {
        let [key, other] = [(); 2].map(|()| TagKey::random().unwrap());
        let tag = key.tag(b"Basic YW5uOnNlY3JldA==");
        assert!(tag.matches(key.tag(b"Basic YW5uOnNlY3JldA==")));
        for header in [&b"Basic YW5uOnNlY3JldB=="[..], b"basic YW5uOnNlY3JldA==", b"Basic YW5uOnNlY3JldA== ", b""] {
            assert!(!tag.matches(key.tag(header)));
        }
        assert!(!tag.matches(other.tag(b"Basic YW5uOnNlY3JldA==")));
    }
}
