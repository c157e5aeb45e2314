//! The site for readers: pages, lists, search, feeds, sign-in, and the reader's own account.

pub mod account;
pub mod breadcrumbs;
pub mod cache_fill;
pub mod cards;
pub mod feeds;
pub mod files;
pub mod guard;
pub mod join;
pub mod list_query;
pub mod lists;
pub mod login;
pub mod pages;
pub mod plain;
pub mod resolve;
pub mod search;
pub mod shares;
pub mod sheets;
pub mod surroundings;
