//! Form tokens: proof that this site gave a form to this user within the last 24 hours. The second layer against CSRF,
//! after the origin check in `guards`.
//!
//! A token is an HMAC under the user's stored password hash, which no client ever sees. Nothing has to be stored, every
//! instance accepts it, and a new password invalidates it. See docs/decisions/0004.

use domain::{Timestamp, access::Member, password::PasswordHash};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::account::Account;

/// How long a token is valid: 24 hours.
const LIFETIME_SECONDS: i64 = 24 * 60 * 60;

/// Issues a token for the forms of an account; an empty one for an app password, which submits none.
pub fn issue(account: &Account, now: Timestamp) -> String {
    let Some(key) = account.form_key() else { return String::new() };
    let expires = now.timestamp() + LIFETIME_SECONDS;
    let tag = mac(key, &account.member, expires).finalize().into_bytes();
    let tag: String = tag.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{expires}.{tag}")
}

/// Whether a token was issued to this account and has not expired.
pub fn is_valid(token: &str, account: &Account, now: Timestamp) -> bool {
    let Some(key) = account.form_key() else { return false };
    let Some((expires, tag)) = token.split_once('.') else { return false };
    let Ok(expires) = expires.parse::<i64>() else { return false };
    let Some(tag) = decode_hex(tag) else { return false };
    expires > now.timestamp() && mac(key, &account.member, expires).verify_slice(&tag).is_ok()
}

fn mac(key: &PasswordHash, member: &Member, expires: i64) -> Hmac<Sha256> {
    // The fallback is never used: HMAC accepts a key of any length, and new_from_slice cannot fail.
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
    use crate::{auth::account::Proof, clock};
    use chrono::TimeDelta;
    use domain::{
        access::Program,
        app_password::AppPasswordId,
        user::{Role, Theme, UserId, Username},
    };

    fn account(id: i64, hash: &str) -> Account {
        let name = Username::parse("ann").unwrap();
        let member = Member { id: UserId(id), name, role: Role::Editor, groups: Vec::new() };
        Account { member, theme: Theme::System, proof: Proof::Password(PasswordHash::new(hash)) }
    }

    #[test]
    fn t53_a_token_is_valid_for_its_user_for_a_day_and_for_nobody_else() {
        let ann = account(1, "hash");
        let now = clock::now();
        let token = issue(&ann, now);
        assert!(is_valid(&token, &ann, now));
        assert!(is_valid(&token, &ann, now + TimeDelta::hours(23)));
        assert!(!is_valid(&token, &ann, now + TimeDelta::hours(25)));
        assert!(!is_valid(&token, &account(2, "hash"), now));
        assert!(!is_valid(&token, &account(1, "changed"), now));
    }

    #[test]
    fn an_app_password_gets_no_token_and_none_is_valid_for_it() {
        let ann = account(1, "hash");
        let program = Program::of(ann.member.clone(), None);
        let app = Account { proof: Proof::AppPassword(AppPasswordId(7), program), ..ann.clone() };
        let now = clock::now();
        assert_eq!(issue(&app, now), "");
        for token in [String::new(), issue(&ann, now)] {
            assert!(!is_valid(&token, &app, now));
        }
    }

    #[test]
    fn t53_a_forged_token_is_not_valid() {
        let ann = account(1, "hash");
        let now = clock::now();
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
            assert!(!is_valid(&forged, &ann, now), "{forged}");
        }
    }
}
