//! Tests of the web crate from outside: requests in process, and the real binary over real sockets. The numbers in test
//! names are those of the statements in docs/protocol.md (T1 to T65) and of the security cases.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod access;
mod accounts;
mod allocator;
mod app_passwords;
mod audiences;
mod balancer;
mod both;
mod bulk;
mod bulk_undo;
mod cached_answers;
mod cli;
mod cli_files;
mod client;
mod cluster;
mod drafts;
mod examples;
mod fail2ban;
mod feeds;
mod files;
mod files_hostile;
mod files_killed;
mod files_upload;
mod first_run;
mod freshness;
mod guard;
mod guard_proxies;
mod history;
mod instances;
mod jobs;
mod join;
mod keys;
mod languages;
mod large;
mod leak_check;
mod links;
mod lists;
mod lockout;
mod looks;
mod merging;
mod metrics;
mod navigation;
mod operating;
mod page_language;
mod page_list;
mod pages;
mod panel;
mod people;
mod pictures;
mod postgres;
mod protocol;
mod proxy;
mod read_only;
mod rebuilt;
mod recognition;
mod refusals;
mod replication;
mod reverse_proxy;
mod search;
mod server;
mod shares;
mod sign_ins;
mod site;
mod socket;
mod templates;
mod undo;
mod users;
