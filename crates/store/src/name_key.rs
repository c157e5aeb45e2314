//! The key for the hashes of typed names: one for all instances on a database.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::{Result, id};

/// HMAC-SHA-256 of a name under a [`NameKey`].
pub type NameHash = [u8; 32];

/// The key of all hashes of names.
#[derive(Clone)]
pub struct NameKey(Hmac<Sha256>);

impl NameKey {
    /// A key of this process alone, where the database has none and cannot be written.
    ///
    /// # Errors
    /// [`crate::Error::Query`] when the system has no randomness.
    pub fn random() -> Result<NameKey> {
        Ok(NameKey::of(&new_secret()?))
    }

    pub(crate) fn of(secret: &str) -> NameKey {
        // The fallback is never used: HMAC accepts a key of any length, and new_from_slice cannot fail.
        let mac = Hmac::new_from_slice(secret.as_bytes());
        NameKey(mac.unwrap_or_else(|_| Hmac::new(&Default::default())))
    }

    /// The hash of a name.
    pub fn hash(&self, name: &str) -> NameHash {
        let mut mac = self.0.clone();
        mac.update(name.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

/// A secret of 256 random bits.
pub(crate) fn new_secret() -> Result<String> {
    (0..4).map(|_| id::nonce()).collect()
}

/// The first half of a hash, as it is stored.
pub(crate) fn hex(hash: &NameHash) -> String {
    hash[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}
