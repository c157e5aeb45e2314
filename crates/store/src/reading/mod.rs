//! Queries, one noun in each file. No file here imports another one; shared code is in the modules beside this folder, such as
//! `access`, `columns`, `page_row` and `visible`.

pub mod admin_list;
pub mod app_passwords;
pub mod audit;
pub mod bulk_actions;
pub mod drafts;
pub mod failed_sign_ins;
pub mod files;
pub mod first_steps;
pub mod groups;
pub mod invitations;
pub mod jobs;
pub mod keys;
pub mod links;
pub mod lists;
pub mod navigation;
pub mod offers;
pub mod old_paths;
pub mod pages;
pub mod readers;
pub mod receipts;
pub mod revisions;
pub mod schedule;
pub mod search;
pub mod sections;
pub mod shares;
pub mod sign_in_places;
pub mod site;
pub mod suggestions;
pub mod trash;
pub mod tree;
pub mod users;
