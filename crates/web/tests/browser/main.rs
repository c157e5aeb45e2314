//! Tests of the real binary in Chromium, and of signing in and the text field in Firefox. POSTERN_TEST_CHROMIUM and
//! POSTERN_TEST_FIREFOX name the browsers and POSTERN_TEST_AXE the file axe.min.js; without them the tests are skipped
//! with a line on standard error, unless POSTERN_TEST_ALL is set.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod accessibility;
mod app_passwords;
mod appearance;
mod attacks;
mod chromium;
mod devtools;
mod editing;
mod files;
mod firefox;
mod keys;
mod lists;
mod people;
mod pictures;
mod prompts;
mod readers;
mod reading;
mod screenshots;
mod server;
mod shares;
mod sheet;
mod sign_in;
mod tasks;
mod walk;
mod writing;
