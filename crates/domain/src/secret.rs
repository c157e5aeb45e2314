//! Random secrets that open something by themselves: their prefix, and the hash by which they are stored.

/// The SHA-256 of a secret, the only form in which it is stored. It finds the secret's row, and cannot be turned back: a
/// secret has at least 128 random bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretHash(pub [u8; 32]);

impl SecretHash {
    /// The hash in 64 hexadecimal digits, as the tables have it.
    pub fn hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The first letters of every app password. No password that a person sets begins with them.
pub const APP_PASSWORD_PREFIX: &str = "ptn_";
