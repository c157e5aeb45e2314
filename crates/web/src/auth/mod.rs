//! Authentication: from an `Authorization` header to a visitor whose account is active now.
//!
//! `sign_in` authenticates a request once and stores the result in it; the extractors (`extract`), the guards of the
//! scopes (`guards`) and `site::resolve` read it from there.

pub mod account;
pub mod challenge;
pub mod current_user;
pub mod extract;
pub mod failed_logins;
pub mod form_token;
pub mod guards;
pub mod secret;
pub mod sign_in;
pub mod sign_ins;
pub mod verify;
