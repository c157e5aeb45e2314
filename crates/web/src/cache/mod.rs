//! Caches in memory: finished answers, users, menus, and the settings of the site.
//!
//! A value enters a cache only with a fill token that was taken before the database was read, and leaves it only while
//! its generation is current ([`generations`]). Each cache is bounded, and evicts what is used least.

pub mod answers;
pub mod app_passwords;
pub mod by_user;
pub mod contents;
pub mod generations;
pub mod lookups;
pub mod menus;
pub mod process;
#[cfg(test)]
mod races;
pub mod users;
pub mod watchdog;
