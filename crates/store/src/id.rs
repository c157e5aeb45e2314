//! Keys: random, and made here instead of by the database, so that they do not reveal the number of rows.

use domain::draft::FormId;

use crate::{Error, Result};

/// The bits of a key.
const BITS: i64 = (1 << 53) - 1;

/// A new key: 53 random bits, exact in every language that may read it.
pub(crate) fn new() -> Result<i64> {
    Ok(i64::from_be_bytes(random()?) & BITS)
}

/// The key of the row that a form makes: the number of the form, so that the same form sent twice makes one row. A form without a
/// number gets a new key.
pub(crate) fn of_form(form: FormId) -> Result<i64> {
    if (1..=BITS).contains(&form.0) { Ok(form.0) } else { new() }
}

/// 64 random bits as 16 hexadecimal digits, for something that is used once.
pub(crate) fn nonce() -> Result<String> {
    Ok(format!("{:016x}", u64::from_be_bytes(random()?)))
}

fn random() -> Result<[u8; 8]> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|error| Error::Query(format!("no randomness: {error}")))?;
    Ok(bytes)
}

/// Keys as a list for an IN clause. They are integers, so nothing has to be escaped; an empty list matches no row.
pub(crate) fn list(keys: impl Iterator<Item = i64>) -> String {
    let keys: Vec<String> = keys.map(|key| key.to_string()).collect();
    if keys.is_empty() { "NULL".into() } else { keys.join(", ") }
}
