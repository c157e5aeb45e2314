//! OpenSSL for libpq, which `build.rs` finds or builds; nothing in Rust calls it.
