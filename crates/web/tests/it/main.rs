//! Tests of the web crate from outside: requests in process, and the real binary over real sockets. The numbers in test
//! names are those of the protocol's statements (T1 to T58) and of the security cases.
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
mod audiences;
mod balancer;
mod bulk;
mod cli;
mod client;
mod cluster;
mod door;
mod drafts;
mod examples;
mod fail2ban;
mod feeds;
mod files;
mod files_upload;
mod first_run;
mod freshness;
mod history;
mod instances;
mod jobs;
mod languages;
mod large;
mod links;
mod lists;
mod lockout;
mod looks;
mod memory;
mod merging;
mod metrics;
mod navigation;
mod operating;
mod page_language;
mod page_list;
mod pages;
mod panel;
mod people;
mod protocol;
mod proxy;
mod read_only;
mod rebuilt;
mod refusals;
mod replication;
mod search;
mod server;
mod shares;
mod sign_ins;
mod site;
mod socket;
mod templates;
mod undo;
mod users;
