//! Fingerprints of credentials: keyed hashes, so that no password and no long name stays in memory.

use domain::credentials::Credentials;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// HMAC-SHA-256 of a name and a password under the key of this process, or of a name under [`store::NameKey`].
pub type Fingerprint = [u8; 32];

/// The key of the fingerprints of credentials: random at each start, and never written to disk.
#[derive(Clone)]
pub struct FingerprintKey(Hmac<Sha256>);

impl FingerprintKey {
    /// Generates a key.
    ///
    /// # Errors
    /// When the system provides no randomness.
    pub fn random() -> std::io::Result<FingerprintKey> {
        let mut key = [0; 64];
        getrandom::fill(&mut key).map_err(|error| std::io::Error::other(error.to_string()))?;
        Ok(FingerprintKey(Hmac::new(&key.into())))
    }

    /// The fingerprint of a name with a password.
    pub fn of_credentials(&self, credentials: &Credentials) -> Fingerprint {
        self.of(b"credentials", &[credentials.name.as_str(), credentials.password.reveal()])
    }

    fn of(&self, purpose: &[u8], parts: &[&str]) -> Fingerprint {
        let mut mac = self.0.clone();
        mac.update(purpose);
        for part in parts {
            // The length prefix makes the encoding injective: ("ab", "c") and ("a", "bc") differ.
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_16_17_25_separators_cannot_be_moved() {
        let key = FingerprintKey::random().unwrap();
        let parts: [&[&str]; 6] = [&["ab", "c"], &["a", "bc"], &["abc", ""], &["", "abc"], &["abc"], &["a", "b", "c"]];
        let fingerprints: Vec<Fingerprint> = parts.iter().map(|parts| key.of(b"credentials", parts)).collect();
        for (n, fingerprint) in fingerprints.iter().enumerate() {
            assert!(!fingerprints[..n].contains(fingerprint), "{n}");
        }
        assert_ne!(key.of(b"name", &["a"]), key.of(b"credentials", &["a"]));
    }

    #[test]
    fn another_process_has_another_key() {
        let fingerprints = [(); 2].map(|()| FingerprintKey::random().unwrap().of(b"credentials", &["ann"]));
        assert_ne!(fingerprints[0], fingerprints[1]);
    }
}
