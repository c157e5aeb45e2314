//! The token in each form: proof that we gave the form to this user, within the last day (a second layer; the first is
//! the check of origins in `guards`).
//!
//! It is an HMAC under the user's stored hash, which no client ever sees: nothing to store, the same on every instance,
//! and void when the password changes.

use domain::{Timestamp, access::Member, password::PasswordHash};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::account::Account;

/// How long a form may stay open: 24 hours.
const VALID_SECONDS: i64 = 24 * 60 * 60;

/// A token for the forms that an account is shown now.
pub fn issue(account: &Account, now: Timestamp) -> String {
    let expires = now.timestamp() + VALID_SECONDS;
    let tag = mac(&account.form_key, &account.member, expires).finalize().into_bytes();
    let tag: String = tag.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{expires}.{tag}")
}

/// Whether a token was issued to this account and has not expired.
pub fn holds(token: &str, account: &Account, now: Timestamp) -> bool {
    let Some((expires, tag)) = token.split_once('.') else { return false };
    let Ok(expires) = expires.parse::<i64>() else { return false };
    let Some(tag) = decode_hex(tag) else { return false };
    expires > now.timestamp() && mac(&account.form_key, &account.member, expires).verify_slice(&tag).is_ok()
}

fn mac(key: &PasswordHash, member: &Member, expires: i64) -> Hmac<Sha256> {
    // HMAC takes a key of any length; new_from_slice is infallible for it, so the fallback is never taken.
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key.reveal().as_bytes()).unwrap_or_else(|_| Hmac::new(&Default::default()));
    mac.update(b"postern form token\0");
    mac.update(&member.id.0.to_be_bytes());
    mac.update(&expires.to_be_bytes());
    mac
}

fn decode_hex(hex: &str) -> Option<Vec<u8>> {
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    (hex.len() == 64 && hex.is_ascii()).then(|| hex.as_bytes().chunks(2).map(byte).collect()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;
    use chrono::TimeDelta;
    use domain::user::{Role, Theme, UserId, Username};

    fn account(id: i64, hash: &str) -> Account {
        let name = Username::parse("ann").unwrap();
        let member = Member { id: UserId(id), name, role: Role::Editor, groups: Vec::new() };
        Account { member, theme: Theme::System, form_key: PasswordHash::new(hash) }
    }

    #[test]
    fn t53_a_token_holds_for_its_user_for_a_day_and_for_nobody_else() {
        let (ann, now) = (account(1, "hash"), clock::now());
        let token = issue(&ann, now);
        assert!(holds(&token, &ann, now));
        assert!(holds(&token, &ann, now + TimeDelta::hours(23)));
        assert!(!holds(&token, &ann, now + TimeDelta::hours(25)));
        assert!(!holds(&token, &account(2, "hash"), now));
        assert!(!holds(&token, &account(1, "changed"), now));
    }

    #[test]
    fn t53_a_forged_token_does_not_hold() {
        let (ann, now) = (account(1, "hash"), clock::now());
        let (expires, tag) = issue(&ann, now).split_once('.').map(|(e, t)| (e.to_owned(), t.to_owned())).unwrap();
        let later = expires.parse::<i64>().unwrap() + 1;
        for forged in [
            String::new(),
            ".".into(),
            format!("{later}.{tag}"),
            format!("{expires}."),
            format!("{expires}.{}", "0".repeat(64)),
            format!("{expires}.{}", "é".repeat(32)),
        ] {
            assert!(!holds(&forged, &ann, now), "{forged}");
        }
    }
}
