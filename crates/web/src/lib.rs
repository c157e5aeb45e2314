//! Postern's HTTP side and its command line, over `store` and `domain`.
//!
//! A request passes: `guard::envelope` (limits, errors, headers) -> `routes` -> the guard of its scope -> the
//! extractors of `auth` -> a handler -> `store` through `db` -> `view` and `answer`.

pub mod account;
pub mod admin;
pub mod answer;
pub mod assets;
pub mod auth;
pub mod cli;
pub mod client;
pub mod clock;
pub mod config;
pub mod db;
pub mod error;
pub mod error_page;
pub mod feeds;
pub mod first_run;
pub mod form;
pub mod guard;
pub mod health;
pub mod lists;
pub mod logging;
pub mod markdown;
pub mod memory;
pub mod pages;
pub mod query;
pub mod renderers;
pub mod routes;
pub mod search;
pub mod serve;
pub mod session;
mod unread;
pub mod view;

use admin::jobs::Jobs;
use auth::{door::Door, refusals::Refusals, sign_ins::SignIns};
use client::Proxies;
use db::Db;
use renderers::Renderers;
use view::View;

/// What every request may use; one for the process.
pub struct App {
    /// The database, and the memory of what it said.
    pub db: Db,
    /// What sign-ins go through.
    pub door: Door,
    /// Where refused sign-ins are noted.
    pub refusals: Refusals,
    /// Which sign-ins were noted lately.
    pub sign_ins: SignIns,
    /// The templates.
    pub view: View,
    /// Where Markdown is rendered.
    pub renderers: Renderers,
    /// What takes longer than a second.
    pub jobs: Jobs,
    /// What the operator decided.
    pub options: Options,
}

/// The part of the configuration that requests need.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The site's address, without a slash at its end.
    pub base_url: String,
    /// Who may speak for others.
    pub proxies: Proxies,
    /// Whether private pages are refused outside HTTPS.
    pub require_https: bool,
    /// How many days deleted pages stay in the trash.
    pub trash_days: u32,
}
