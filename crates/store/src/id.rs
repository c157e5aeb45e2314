//! Keys: random, and made here instead of by the database, so that they do not reveal the number of rows.

use crate::{Error, Result};

/// A new key: 53 random bits, exact in every language that may read it.
pub(crate) fn new() -> Result<i64> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|error| Error::Query(format!("no randomness: {error}")))?;
    Ok(i64::from_be_bytes(bytes) & ((1 << 53) - 1))
}

/// Keys as a list for an IN clause. They are integers, so nothing has to be escaped; an empty list matches no row.
pub(crate) fn list(keys: impl Iterator<Item = i64>) -> String {
    let keys: Vec<String> = keys.map(|key| key.to_string()).collect();
    if keys.is_empty() { "NULL".into() } else { keys.join(", ") }
}
