//! Checks and hashes one password with bcrypt, in a time that does not depend on whether the name exists.

use domain::password::{Password, PasswordHash};

use crate::http::error::Error;

/// Hashes a password on the current thread. The command line calls it directly; the server goes through the pool.
///
/// # Errors
/// [`Error::Internal`] when bcrypt fails, which a parsed password and a checked cost exclude.
pub fn hash(password: &Password, cost: u32) -> Result<PasswordHash, Error> {
    bcrypt::hash(password.reveal(), cost).map(PasswordHash::new).map_err(|error| Error::Internal(error.to_string()))
}

/// Whether a hash is weaker than new hashes. A stronger one is kept.
pub(super) fn is_outdated(hash: &PasswordHash, current_cost: u32) -> bool {
    hash.cost().is_some_and(|cost| cost < current_cost)
}

/// Whether a password matches a hash. A mismatch does the work of `cost`, even without a hash or with an unreadable
/// one.
pub(super) fn matches(password: &Password, hash: Option<&PasswordHash>, cost: u32) -> bool {
    let readable = hash.and_then(|hash| Some((hash.reveal(), hash.cost()?)));
    let Some((hash, hash_cost)) = readable else {
        check_decoy(password, cost);
        return false;
    };
    if bcrypt::verify(password.reveal(), hash).unwrap_or(false) {
        return true;
    }
    // 2^hash_cost rounds are done; 2^hash_cost + 2^(hash_cost + 1) + .. + 2^(cost - 1) more make 2^cost.
    for step in hash_cost..cost {
        check_decoy(password, step);
    }
    false
}

/// Runs one check of a cost that cannot succeed.
fn check_decoy(password: &Password, cost: u32) {
    let _mismatch = bcrypt::verify(password.reveal(), &decoy(cost));
}

/// A hash of a cost: 128 bits of salt, and 184 bits that no password is known to produce.
fn decoy(cost: u32) -> String {
    format!("$2b${cost:02}$7EqJtq98hPqEX7fNZaFWoOhi5VIL2JHQ8Wc0Uo8FpRZ4dNnDQbN2e")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        Password::parse(text).unwrap()
    }

    #[test]
    fn a_password_matches_its_own_hash_and_no_other() {
        let stored = hash(&password("open sesame"), 4).unwrap();
        assert!(matches(&password("open sesame"), Some(&stored), 4));
        assert!(!matches(&password("open sesamE"), Some(&stored), 4));
        assert!(!matches(&password("open sesame"), None, 4));
    }

    #[test]
    fn t24_the_72nd_byte_counts() {
        let long = "a".repeat(72);
        let stored = hash(&password(&long), 4).unwrap();
        assert!(matches(&password(&long), Some(&stored), 4));
        assert!(!matches(&password(&format!("{}b", "a".repeat(71))), Some(&stored), 4));
        assert!(!matches(&password(&"a".repeat(71)), Some(&stored), 4));
    }

    #[test]
    fn case_10_13_15_a_hash_that_is_not_bcrypt_matches_nothing_and_does_not_panic() {
        let good = hash(&password("open sesame"), 4).unwrap();
        let good = good.reveal();
        for bad in [
            String::new(),
            "x".into(),
            "é".repeat(30),
            good.replace("$2b$", "$2x$"),
            good.replace("$04$", "$31$"),
            good.replace("$04$", "$03$"),
            good[..59].to_owned(),
            format!("{good} "),
            format!("{}é", &good[..58]),
            "{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=".into(),
            "$apr1$abcdefgh$0123456789012345678901".into(),
        ] {
            assert!(!matches(&password("open sesame"), Some(&PasswordHash::new(bad.as_str())), 4), "{bad}");
        }
        for scheme in ["$2a$", "$2y$"] {
            assert!(matches(&password("open sesame"), Some(&PasswordHash::new(good.replace("$2b$", scheme))), 4));
        }
    }

    #[test]
    fn t49_the_decoy_is_a_hash_that_bcrypt_computes_to_the_end() {
        // bcrypt rejects an unreadable decoy at once, and the time would reveal that the name is unknown.
        let matched = bcrypt::verify("open sesame", &decoy(4)).unwrap();
        assert!(!matched);
        assert_eq!(PasswordHash::new(decoy(12)).cost(), Some(12));
    }

    #[test]
    fn case_11_only_a_weaker_hash_is_outdated() {
        let of = |cost| is_outdated(&hash(&password("open sesame"), cost).unwrap(), 5);
        assert_eq!([of(4), of(5), of(6)], [true, false, false]);
        assert!(!is_outdated(&PasswordHash::new("nonsense"), 5));
    }
}
