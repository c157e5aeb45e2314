//! The rules of the domain as tables. A test name that begins with a number refers to the statement of docs/protocol.md
//! that the test checks.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "a test that cannot go on should stop, and its name is its documentation"
)]

mod access;
mod app_password;
mod audience;
mod audit;
mod credentials;
mod file;
mod group;
mod invalid;
mod link;
mod look;
mod lookalike;
mod new_users;
mod page;
mod password;
mod published;
mod search;
mod share;
mod site;
mod text;
mod user;
mod zone;

use domain::Timestamp;

/// Parses a moment in RFC 3339.
fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

/// The present moment of these tests.
fn now() -> Timestamp {
    at("2026-03-01T12:00:00Z")
}
