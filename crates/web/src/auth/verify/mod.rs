//! Verifying credentials: whether they hold now, at the least cost, and how often anybody may try.

pub mod authenticator;
pub mod bcrypt_pool;
pub mod fingerprint;
pub mod queue;
pub mod retry_tracker;
pub mod single_flight;
pub mod throttle;
pub mod verified_cache;
