//! Random secrets: those in links, and app passwords. A secret is shown once; the store keeps its SHA-256.

use std::{fmt, io};

use domain::secret::{APP_PASSWORD_PREFIX, SecretHash};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// The letters and digits of a secret. They need no escaping in an address, in a shell or in a header.
const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The number of random letters in a secret: 178 bits.
const RANDOM_LETTERS: usize = 30;

/// The number of letters in a checksum: enough for 32 bits.
const CHECKSUM_LETTERS: usize = 6;

/// A secret of 30 random letters and digits. It is wiped when it is dropped, and `Debug` does not show it.
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Generates the secret of a link.
    ///
    /// # Errors
    /// When the system provides no randomness.
    pub fn random() -> io::Result<Secret> {
        // Capacity for an app password: a string that grows leaves a copy of the secret behind.
        let mut text =
            Zeroizing::new(String::with_capacity(APP_PASSWORD_PREFIX.len() + RANDOM_LETTERS + CHECKSUM_LETTERS));
        push_random(&mut text)?;
        Ok(Secret(text))
    }

    /// Parses the secret of a link; `None` for anything that [`Secret::random`] does not make.
    pub fn parse(text: &str) -> Option<Secret> {
        (text.len() == RANDOM_LETTERS && is_plain(text)).then(|| Secret(Zeroizing::new(text.to_owned())))
    }

    /// Generates an app password: `ptn_`, 30 random letters, and the CRC-32 of these 30 in six letters, 40 in all. The
    /// checksum reveals a typo without a query of the database, and lets a scanner for leaked secrets recognise one.
    ///
    /// # Errors
    /// When the system provides no randomness.
    pub fn random_app_password() -> io::Result<Secret> {
        let mut text =
            Zeroizing::new(String::with_capacity(APP_PASSWORD_PREFIX.len() + RANDOM_LETTERS + CHECKSUM_LETTERS));
        text.push_str(APP_PASSWORD_PREFIX);
        push_random(&mut text)?;
        let checksum = checksum(&text[APP_PASSWORD_PREFIX.len()..]);
        text.push_str(&checksum);
        Ok(Secret(text))
    }

    /// Parses an app password; `None` if its length, its letters or its checksum are wrong.
    pub fn parse_app_password(text: &str) -> Option<Secret> {
        let body = text.strip_prefix(APP_PASSWORD_PREFIX)?;
        if body.len() != RANDOM_LETTERS + CHECKSUM_LETTERS || !is_plain(body) {
            return None;
        }
        let (random, sent) = body.split_at(RANDOM_LETTERS);
        (checksum(random) == sent).then(|| Secret(Zeroizing::new(text.to_owned())))
    }

    /// The hash by which the store finds the secret.
    pub fn hash(&self) -> SecretHash {
        SecretHash(Sha256::digest(self.0.as_bytes()).into())
    }

    /// The secret itself, to show it once.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

fn push_random(text: &mut String) -> io::Result<()> {
    let end = text.len() + RANDOM_LETTERS;
    while text.len() < end {
        let mut bytes = Zeroizing::new([0; 2 * RANDOM_LETTERS]);
        getrandom::fill(&mut *bytes).map_err(|error| io::Error::other(error.to_string()))?;
        // A byte above the last multiple of 62 would make some letters more likely than others.
        let fair = bytes.iter().filter(|byte| **byte < 248).map(|byte| char::from(LETTERS[usize::from(byte % 62)]));
        text.extend(fair.take(end - text.len()));
    }
    Ok(())
}

/// The CRC-32 of a text in base 62, with leading zeros.
fn checksum(text: &str) -> String {
    let mut rest = crc32fast::hash(text.as_bytes()) as usize;
    let mut letters = [b'0'; CHECKSUM_LETTERS];
    for letter in letters.iter_mut().rev() {
        *letter = LETTERS[rest % 62];
        rest /= 62;
    }
    letters.iter().copied().map(char::from).collect()
}

fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_of_a_link_is_30_letters_and_parses_again() {
        let secret = Secret::random().unwrap();
        assert_eq!(secret.reveal().len(), 30);
        assert_eq!(Secret::parse(secret.reveal()).unwrap().hash(), secret.hash());
        assert_ne!(Secret::random().unwrap().hash(), secret.hash());
        for wrong in
            ["", "a", &secret.reveal()[1..], &format!("{}a", secret.reveal()), &"/".repeat(30), &"é".repeat(15)]
        {
            assert!(Secret::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn an_app_password_has_40_letters_and_a_checksum() {
        for _ in 0..200 {
            let secret = Secret::random_app_password().unwrap();
            let text = secret.reveal();
            assert_eq!(text.len(), 40);
            assert_eq!(Secret::parse_app_password(text).unwrap().hash(), secret.hash());
        }
    }

    #[test]
    fn an_app_password_with_one_wrong_letter_is_none() {
        let secret = Secret::random_app_password().unwrap();
        for at in 0..40 {
            let mut letters = secret.reveal().as_bytes().to_vec();
            letters[at] = if letters[at] == b'x' { b'y' } else { b'x' };
            assert!(Secret::parse_app_password(std::str::from_utf8(&letters).unwrap()).is_none(), "letter {at}");
        }
        assert!(Secret::parse_app_password(&"é".repeat(20)).is_none());
    }

    #[test]
    fn the_checksum_is_the_crc_32_in_base_62_with_leading_zeros() {
        // The CRC-32 of "123456789" is 0xcbf43926 = 3421780262, the check value of the algorithm.
        assert_eq!(checksum("123456789"), "3jZRME");
        assert_eq!(checksum(""), "000000");
    }

    #[test]
    fn no_debug_output_has_a_secret() {
        assert_eq!(format!("{:?}", Secret::random().unwrap()), "Secret(hidden)");
    }
}
