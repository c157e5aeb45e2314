//! The commands beside `serve`: for the operator, who is at the machine and needs no password.

pub mod args;
mod command;
mod database;
mod group;
mod health;
mod import;
mod migrate;
mod page;
mod run;
mod user;

pub use run::run;
