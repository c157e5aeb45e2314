//! What is kept in memory so as not to ask the database, Markdown and Tera again: finished answers, users, the settings.
//!
//! Nothing is kept without a [`answers::FillToken`], taken before the database was asked, and nothing is given out whose stamp
//! no longer holds ([`generations`]). Memory is bounded; what is used least goes first.

pub mod answers;
pub mod generations;
pub mod process;
#[cfg(test)]
mod races;
pub mod users;
