//! Counts of failures that the other instances do not know yet.

use std::{collections::HashMap, fmt, time::Instant};

use store::failed_sign_ins::ACCOUNT;

use crate::{auth::verify::fingerprint::Fingerprint, http::client::Origin};

/// The maximum number of counts that wait to be written. Further ones count in this instance alone.
const CAPACITY: usize = 4096;

/// The scope in which the failures of a name are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The account, from any client network.
    Account,
    /// The account from one client network.
    Network(Origin),
    /// The account from the vicinity of a client network; see [`Origin::vicinity`].
    Vicinity(Origin),
}

impl Scope {
    /// The scopes in which an attempt from a client network counts.
    pub fn of(origin: Origin) -> [Scope; 3] {
        [Scope::Account, Scope::Network(origin), Scope::Vicinity(origin.vicinity())]
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scope::Account => f.write_str(ACCOUNT),
            Scope::Network(origin) => write!(f, "network {origin}"),
            Scope::Vicinity(origin) => write!(f, "vicinity {origin}"),
        }
    }
}

/// The count of this instance for a name in a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unshared {
    /// The fingerprint of the name.
    pub name: Fingerprint,
    /// The scope.
    pub scope: Scope,
    /// The number of failures since the last success.
    pub failures: u32,
    /// When the last failure happened, or the success.
    pub last_failure: Instant,
    /// Whether a success ended the earlier counts of all instances.
    pub is_after_success: bool,
}

/// The counts that wait to be written.
#[derive(Default)]
pub(super) struct UnsharedCounts(HashMap<(Fingerprint, Scope), Unshared>);

impl UnsharedCounts {
    pub(super) fn put(&mut self, mut count: Unshared) {
        let key = (count.name, count.scope);
        let earlier = self.0.get(&key);
        if earlier.is_none() && self.0.len() >= CAPACITY {
            return;
        }
        count.is_after_success |= earlier.is_some_and(|earlier| earlier.is_after_success);
        self.0.insert(key, count);
    }

    pub(super) fn take(&mut self) -> Vec<Unshared> {
        std::mem::take(&mut self.0).into_values().collect()
    }

    /// Forgets the counts of a name that was changed in the database.
    pub(super) fn forget(&mut self, name: &Fingerprint) {
        self.0.retain(|(of, _), _| of != name);
    }

    /// Returns counts that could not be written; newer ones stay.
    pub(super) fn put_back(&mut self, counts: Vec<Unshared>) {
        for count in counts {
            match self.0.get_mut(&(count.name, count.scope)) {
                Some(newer) => newer.is_after_success |= count.is_after_success,
                None => self.put(count),
            }
        }
    }
}
