//! The credentials that were last proven on a connection, so that its next request needs neither their parsing nor their
//! fingerprint.
//!
//! It identifies one `Authorization` header whose credentials are in the cache of verified credentials. It grants no access
//! by itself: on every request the record must not have expired, and the current row must hold the record's hash.

use std::{cell::RefCell, hash::Hasher, sync::Arc, time::Instant};

use domain::{Timestamp, user::Username};
use siphasher::sip128::{Hasher128, SipHasher24};

use super::{matched::Matched, verified_cache::VerifiedRecord};
use crate::{
    cache::{
        app_passwords::CachedAppPassword, by_user::Versioned, generations::Generations, process::Cache,
        users::CachedUser,
    },
    clock,
};

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
pub struct ConnectionProof {
    tag: Tag,
    name: Username,
    record: Arc<VerifiedRecord>,
    /// The row that the credentials were last found in.
    row: RefCell<Option<Row>>,
}

/// The row of a user, or of an app password with its owner, for one connection.
enum Row {
    User(Versioned<Arc<CachedUser>>),
    AppPassword(Versioned<Arc<CachedAppPassword>>),
}

impl ConnectionProof {
    pub(super) fn new(tag: Tag, name: Username, record: Arc<VerifiedRecord>) -> ConnectionProof {
        ConnectionProof { tag, name, record, row: RefCell::default() }
    }

    /// Whether the proof is of this header.
    pub(super) fn is_of(&self, tag: Tag) -> bool {
        self.tag.matches(tag)
    }

    /// The record of the credentials.
    pub(super) fn record(&self) -> &VerifiedRecord {
        &self.record
    }

    /// The user of the credentials at this moment; `None` if the account is not active, the row has another hash, or the row is
    /// not cached or may have changed.
    pub(super) fn current(&self, cache: &Cache, now: Instant) -> Option<Arc<CachedUser>> {
        let mut row = self.row.borrow_mut();
        if !row.as_ref().is_some_and(|row| row.is_current(cache.generations(), now)) {
            *row = self.look_up(cache);
        }
        row.as_ref()?.user(self.record.matched(), clock::now())
    }

    fn look_up(&self, cache: &Cache) -> Option<Row> {
        Some(match self.record.matched() {
            Matched::Password(_) => {
                let Versioned { generation, value } = cache.users.get(&self.name)?;
                Row::User(Versioned { generation, value: value.copy() })
            }
            Matched::AppPassword(hash) => {
                let Versioned { generation, value } = cache.app_passwords.get(&self.name, hash)?;
                Row::AppPassword(Versioned { generation, value: value.copy() })
            }
        })
    }
}

impl Row {
    fn is_current(&self, generations: &Generations, now: Instant) -> bool {
        let generation = match self {
            Row::User(user) => &user.generation,
            Row::AppPassword(password) => &password.generation,
        };
        generations.is_proven_at(generation, now)
    }

    /// The user, if the account is active and the row matches.
    fn user(&self, matched: &Matched, now: Timestamp) -> Option<Arc<CachedUser>> {
        match (self, matched) {
            (Row::User(user), Matched::Password(hash)) => {
                user.value.user.has_active(hash, now).then(|| user.value.clone())
            }
            (Row::AppPassword(password), Matched::AppPassword(_)) => password.value.current(now),
            _ => None,
        }
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
