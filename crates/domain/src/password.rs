//! Passwords as users type them, and their hashes as stored. The `Debug` output of both types hides the secret.

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::secret::APP_PASSWORD_PREFIX;

/// The reason why a password is refused. It quotes nothing of the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordError {
    /// The password is empty.
    Empty,
    /// The password has a control character.
    Control,
    /// A new password has fewer than [`Password::MIN_BYTES`] bytes, namely this many.
    Short(usize),
    /// The password has more than [`Password::MAX_BYTES`] bytes, namely this many.
    Long(usize),
    /// A new password is the name of its user.
    Name,
    /// A new password is on the list of common ones.
    Common,
    /// A new password begins as app passwords do.
    AppPassword,
}

/// The sentence for the panel and the command line.
impl fmt::Display for PasswordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (min, max) = (Password::MIN_BYTES, Password::MAX_BYTES);
        match self {
            PasswordError::Empty => f.write_str("A password cannot be empty."),
            PasswordError::Control => f.write_str("A password cannot hold control characters."),
            PasswordError::Short(_) => write!(f, "Too short: use at least {min} characters."),
            PasswordError::Long(bytes) => {
                write!(f, "At most {max} bytes; this has {bytes}. A letter outside ASCII takes 2 to 4 bytes.")
            }
            PasswordError::Name => f.write_str("The password cannot be the user's name."),
            PasswordError::AppPassword => {
                write!(f, "A password cannot begin with {APP_PASSWORD_PREFIX}, because app passwords do.")
            }
            PasswordError::Common => {
                f.write_str("This is one of the most common passwords, which attackers try first. Choose another.")
            }
        }
    }
}

impl From<PasswordError> for String {
    fn from(error: PasswordError) -> String {
        error.to_string()
    }
}

/// A password in the form that is compared: OpaqueString of RFC 8265 (non-ASCII spaces become spaces, NFC), 1 to 72
/// bytes, no control character. Its bytes are wiped when it is dropped, and `Debug` does not show it.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// The fewest bytes in a new password.
    pub const MIN_BYTES: usize = 8;
    /// The most bytes: bcrypt reads no further.
    pub const MAX_BYTES: usize = 72;

    /// Parses a password that was sent to sign in.
    ///
    /// # Errors
    /// [`PasswordError`] for an empty password, for one with control characters (bcrypt cycles over NUL, RFC 7617 section 2
    /// forbids them all) and for one of more than 72 bytes, which bcrypt would truncate.
    pub fn parse(password: &str) -> Result<Password, PasswordError> {
        if password.is_empty() {
            return Err(PasswordError::Empty);
        }
        if password.len() > 4 * Password::MAX_BYTES {
            return Err(PasswordError::Long(password.len()));
        }
        // Capacity for the longest outcome (NFC at most triples): a string that grows leaves a copy of the secret
        // behind.
        let mut normal = Zeroizing::new(String::with_capacity(3 * password.len()));
        match password.is_ascii() {
            true => normal.push_str(password),
            false => normal.extend(password.chars().map(|c| if is_space(c) { ' ' } else { c }).nfc()),
        }
        if normal.chars().any(char::is_control) {
            return Err(PasswordError::Control);
        }
        if normal.len() > Password::MAX_BYTES {
            return Err(PasswordError::Long(normal.len()));
        }
        Ok(Password(normal))
    }

    /// Parses a new password for the user `name`: 8 to 72 bytes, not the name, not a common password, and not with
    /// the prefix of app passwords. There are no composition rules.
    ///
    /// # Errors
    /// [`PasswordError`] with the rule that it breaks.
    pub fn parse_new(password: &str, name: &str) -> Result<Password, PasswordError> {
        if !password.is_empty() && password.len() < Password::MIN_BYTES {
            return Err(PasswordError::Short(password.len()));
        }
        let password = Password::parse(password)?;
        if password.0.len() < Password::MIN_BYTES {
            return Err(PasswordError::Short(password.0.len()));
        }
        if password.0.to_lowercase() == name.nfc().collect::<String>().to_lowercase() {
            return Err(PasswordError::Name);
        }
        if password.is_app_password() {
            return Err(PasswordError::AppPassword);
        }
        if is_common(&password.0) {
            return Err(PasswordError::Common);
        }
        Ok(password)
    }

    /// Whether it begins as app passwords do. Such a password is never compared with the hash of a user's password.
    pub fn is_app_password(&self) -> bool {
        self.0.starts_with(APP_PASSWORD_PREFIX)
    }

    /// The secret itself, for hashing and verifying.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(hidden)")
    }
}

/// Whether a character is a Unicode space outside ASCII (category Zs), which OpaqueString maps to a space.
fn is_space(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

/// Whether the whole password is one entry of the list of common passwords, in any case.
fn is_common(password: &str) -> bool {
    use zxcvbn::matching::patterns::MatchPattern;
    let estimate = zxcvbn::zxcvbn(password, &[]);
    match estimate.sequence() {
        [whole] => match &whole.pattern {
            MatchPattern::Dictionary(_) => true,
            // The list also has aaaaaaaa, abcdefgh and qwertyuiop, but zxcvbn reports these patterns before its
            // entries.
            MatchPattern::Repeat(_) | MatchPattern::Sequence(_) | MatchPattern::Spatial(_) => password.len() <= 16,
            _ => false,
        },
        _ => false,
    }
}

/// A bcrypt hash as stored. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// The length of every bcrypt hash in bytes.
    const BYTES: usize = 60;
    /// The highest cost that is verified, which takes about 2 seconds.
    pub const HIGHEST_COST: u32 = 15;
    /// The highest cost of an imported hash.
    const IMPORTED_COST: u32 = 14;

    /// Wraps a hash from bcrypt or from the database, unchecked: the verifier refuses one that it cannot read.
    pub fn new(hash: impl Into<String>) -> PasswordHash {
        PasswordHash(hash.into())
    }

    /// What a user has who has not chosen a password yet: a text that no password matches.
    pub fn none() -> PasswordHash {
        PasswordHash(String::new())
    }

    /// Whether its user has no password yet.
    pub fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    /// Imports a hash that other software made, such as one of an htpasswd file: bcrypt at cost 4 to 14.
    ///
    /// # Errors
    /// A sentence that names the scheme, or the fault of the hash.
    pub fn import(hash: &str) -> Result<PasswordHash, String> {
        let foreign = |scheme: &str| {
            Err(format!("{scheme} cannot be imported, only bcrypt can: `htpasswd -B` makes it, or set a new password."))
        };
        let stored = PasswordHash::new(hash);
        match stored.cost() {
            Some(cost) if cost <= PasswordHash::IMPORTED_COST => return Ok(stored),
            Some(cost) => {
                let most = PasswordHash::IMPORTED_COST;
                return Err(format!("A bcrypt hash of cost {cost} takes too long to verify; at most {most}."));
            }
            None => {}
        }
        match hash {
            "" => Err("There is no hash.".into()),
            _ if hash.starts_with("$apr1$") => foreign("Apache's MD5 (apr1)"),
            _ if hash.starts_with("{SHA}") || hash.starts_with("{SSHA}") => foreign("SHA-1"),
            _ if hash.starts_with("$2x$") => foreign("$2x$, bcrypt with a known fault,"),
            _ if ["$1$", "$5$", "$6$", "$y$", "$argon2", "{"].iter().any(|scheme| hash.starts_with(scheme)) => {
                foreign("This kind of hash")
            }
            _ if hash.starts_with("$$2") => Err("Each $ is doubled, as in a compose file: write it once.".into()),
            _ if !hash.is_ascii() => Err("A bcrypt hash holds ASCII characters only.".into()),
            _ if hash.starts_with("$2") && hash.len() != PasswordHash::BYTES => {
                Err(format!("A bcrypt hash has {} characters; this has {}.", PasswordHash::BYTES, hash.len()))
            }
            _ if hash.starts_with("$2") => Err("This bcrypt hash is broken.".into()),
            _ => Err(
                "This is not a bcrypt hash. A shell replaces each $ and what follows: write the hash in single quotes."
                    .into(),
            ),
        }
    }

    /// The hash itself, for the store and the verifier.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The cost of a hash that bcrypt can verify: 60 ASCII bytes, `$2a$`, `$2b$` or `$2y$`, cost 4 to 15; `None` for a
    /// hash that no password can match. The `bcrypt` crate may panic on others (RUSTSEC-2026-0199).
    pub fn cost(&self) -> Option<u32> {
        if self.0.len() != PasswordHash::BYTES || !self.0.is_ascii() {
            return None;
        }
        let (scheme, rest) = self.0.split_at(4);
        let (cost, rest) = rest.split_at(2);
        let digest = rest.strip_prefix('$')?;
        let known = matches!(scheme, "$2a$" | "$2b$" | "$2y$");
        let alphabet = digest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'/');
        let digits = cost.bytes().all(|b| b.is_ascii_digit());
        cost.parse().ok().filter(|cost| known && alphabet && digits && (4..=PasswordHash::HIGHEST_COST).contains(cost))
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(hidden)")
    }
}
