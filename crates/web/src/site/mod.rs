//! The reader's side: pages and their lists, the search, feeds, signing in, and the reader's own account.

pub mod account;
pub mod cache_fill;
pub mod feeds;
pub mod lists;
pub mod login;
pub mod pages;
pub mod resolve;
pub mod search;
