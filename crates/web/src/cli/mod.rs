//! The commands other than `serve`. They need no sign-in: access to the database file or URL is the authorisation.

mod audit;
mod command;
mod database;
mod file;
mod group;
mod health;
mod import;
mod link;
mod migrate;
mod page;
mod run;
mod share;
mod token;
mod user;
mod waiting;

pub use run::run;
