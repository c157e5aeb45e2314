//! The panel: pages for editors; users, the site and the audit trail for administrators.

mod access_preview;
pub mod audit;
mod batches;
mod bulk;
mod diff;
pub mod drafts;
mod failed_logins_chart;
mod flash;
pub mod groups;
pub mod home;
pub mod job_page;
pub mod jobs;
pub mod links;
pub mod look;
pub mod navigation;
pub mod pages;
mod panel;
mod pending;
mod readers;
mod request;
pub mod search_index;
mod sections;
pub mod site;
mod table;
pub mod trash;
pub mod users;
pub mod view_as;
