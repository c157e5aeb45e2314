//! HTTP for every request: middleware, limits, errors and their pages, forms, answers, templates and logs.

pub mod answer;
pub mod assets;
mod before_routing;
mod body_guard;
pub mod budget;
pub mod client;
mod coding;
pub mod connection;
pub mod envelope;
pub mod error;
pub mod error_counts;
pub mod error_page;
mod error_words;
mod footer;
pub mod form;
pub mod health;
mod limits;
pub mod listener;
pub mod logging;
pub mod middleware;
mod parts_body;
pub mod query;
pub mod responses;
mod security_headers;
pub mod sheets;
pub mod stale_form;
pub mod view;
