//! The HTTP server and the command line, over `store` and `domain`.
//!
//! A request passes through: `http::middleware` (limits, errors, headers) -> `routes` -> the guard of its scope -> the
//! extractors of `auth` -> a handler -> `store` through `db` -> `http::view` and `http::answer`.

// First, because its macros are for the modules that follow.
#[macro_use]
mod output;

pub mod admin;
pub mod allocator;
mod app;
pub mod auth;
pub mod cache;
pub mod cli;
pub mod clock;
pub mod config;
pub mod db;
pub mod first_run;
pub mod http;
pub mod language;
pub mod leak_check;
pub mod markdown;
pub mod media;
pub mod metrics;
pub mod pictures;
mod priority;
pub mod render_pool;
pub mod routes;
pub mod serve;
pub mod site;
pub mod smaller_copies;
mod stored_content;
pub mod upload;

pub use app::{App, Options};
