//! Verifies credentials: avoids bcrypt where a cached result is still valid, and limits how often a client may try.

pub mod authenticator;
pub mod bcrypt_pool;
pub mod connection_proof;
pub mod fingerprint;
pub mod matched;
pub mod negative_cache;
pub mod queue;
pub mod retry_tracker;
pub mod shared_counts;
pub mod single_flight;
pub mod throttle;
pub mod throttle_reset;
pub mod verified_cache;
