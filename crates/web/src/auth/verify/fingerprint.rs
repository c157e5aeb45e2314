//! What stands for credentials in memory: a keyed hash, so that no password and no long name is kept anywhere.

use domain::{credentials::Credentials, user::Username};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// A name and a password, as this process knows them: HMAC-SHA-256 under a key that dies with it.
pub type Fingerprint = [u8; 32];

/// The random key of this process.
#[derive(Clone)]
pub struct FingerprintKey(Hmac<Sha256>);

impl FingerprintKey {
    /// A new key.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn random() -> std::io::Result<FingerprintKey> {
        let mut key = [0; 64];
        getrandom::fill(&mut key).map_err(|error| std::io::Error::other(error.to_string()))?;
        Ok(FingerprintKey(Hmac::new(&key.into())))
    }

    /// What stands for a name with a password.
    pub fn of_credentials(&self, credentials: &Credentials) -> Fingerprint {
        self.of(b"credentials", &[credentials.name.as_str(), credentials.password.reveal()])
    }

    /// What stands for a name alone.
    pub fn of_name(&self, name: &Username) -> Fingerprint {
        self.of(b"name", &[name.as_str()])
    }

    /// Each part with its length before it: no two lists of parts give the same bytes.
    fn of(&self, purpose: &[u8], parts: &[&str]) -> Fingerprint {
        let mut mac = self.0.clone();
        mac.update(purpose);
        for part in parts {
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
        let keys = FingerprintKey::random().unwrap();
        let parts: [&[&str]; 6] = [&["ab", "c"], &["a", "bc"], &["abc", ""], &["", "abc"], &["abc"], &["a", "b", "c"]];
        let ids: Vec<Fingerprint> = parts.iter().map(|parts| keys.of(b"credentials", parts)).collect();
        for (n, id) in ids.iter().enumerate() {
            assert!(!ids[..n].contains(id), "{n}");
        }
        assert_ne!(keys.of(b"name", &["a"]), keys.of(b"credentials", &["a"]));
    }

    #[test]
    fn another_process_has_another_key() {
        let ids = [(); 2].map(|()| FingerprintKey::random().unwrap().of(b"name", &["ann"]));
        assert_ne!(ids[0], ids[1]);
    }
}
