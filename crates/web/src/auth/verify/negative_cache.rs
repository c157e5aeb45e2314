//! Remembers rejected credentials, so that the same wrong password again costs no bcrypt.
//!
//! It is separate from the verified cache: an attacker can fill this one, and must not evict verified credentials.

use std::sync::Arc;

use domain::{Timestamp, password::PasswordHash, user::User};
use quick_cache::sync::Cache;

use super::fingerprint::Fingerprint;
use crate::cache::generations::{Generation, Generations};

/// The maximum number of records: about 2 MB.
const MAX_RECORDS: usize = 8192;

/// The rejected credentials, by fingerprint. A record is valid while its user's row is unchanged, or still absent.
pub struct NegativeCache {
    records: Cache<Fingerprint, Arc<NegativeRecord>>,
}

struct NegativeRecord {
    generation: Generation,
    row: RowState,
}

/// The columns of a user's row that decide: the hash, whether the account is enabled, and its end. `None` without a row.
pub(super) type RowState = Option<(PasswordHash, bool, Option<Timestamp>)>;

impl NegativeCache {
    /// An empty cache.
    pub fn new() -> NegativeCache {
        NegativeCache { records: Cache::new(MAX_RECORDS) }
    }

    /// Whether these credentials were rejected, and no change of their user is known since.
    pub fn is_rejected(&self, credentials: &Fingerprint, generations: &Generations) -> bool {
        self.records.get(credentials).is_some_and(|record| generations.is_proven(&record.generation))
    }

    /// Whether these credentials were rejected when the user's row was the same as this one.
    pub(super) fn is_rejected_by(&self, credentials: &Fingerprint, row: &RowState) -> bool {
        self.records.get(credentials).is_some_and(|record| record.row == *row)
    }

    /// Whether these credentials were rejected, whatever has changed since.
    pub fn was_rejected(&self, credentials: &Fingerprint) -> bool {
        self.records.get(credentials).is_some()
    }

    /// Records that a row rejected these credentials. The generation must be taken before the row is read.
    pub(super) fn insert(&self, credentials: Fingerprint, generation: Generation, row: RowState) {
        self.records.insert(credentials, Arc::new(NegativeRecord { generation, row }));
    }
}

impl Default for NegativeCache {
    fn default() -> NegativeCache {
        NegativeCache::new()
    }
}

/// The state of a row.
pub(super) fn row_state(user: Option<&User>) -> RowState {
    user.map(|user| (user.password_hash.clone(), user.active, user.ends_at))
}
