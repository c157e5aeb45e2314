//! Keys: random, made here and not by the database, so that they tell nothing of how many rows there are.

use crate::{Error, Result};

/// A new key: 53 random bits, exact in every language that may read it.
pub(crate) fn new() -> Result<i64> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|error| Error::Query(format!("no randomness: {error}")))?;
    Ok(i64::from_be_bytes(bytes) & ((1 << 53) - 1))
}
