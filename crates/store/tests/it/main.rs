//! The store on both databases: each test runs on a SQLite file, and on a real PostgreSQL if the environment names one.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod app_passwords;
mod audiences;
mod audit;
mod bulk;
mod bulk_undo;
mod by_hand;
mod commands;
mod consent;
mod copies;
mod database;
mod deadlines;
mod drafts;
mod feed;
mod feeds;
mod files;
mod history;
mod invitations;
mod jobs;
mod keys;
mod languages;
mod links;
mod migrations;
mod navigation;
mod offers;
mod opening;
mod outages;
mod pages;
mod panel_lists;
mod races;
mod reading_times;
mod receipts;
mod scope;
mod search;
mod shares;
mod sign_ins;
mod site;
mod triggers;
mod users;
