//! How far a new site has come, for the first steps on the dashboard.

use diesel::prelude::*;
use domain::{Version, access::Admin, page::PageId};

use crate::{
    Conn, Result,
    schema::{first_steps, pages, users},
};

/// How far a site has come. Its settings say the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Whether an administrator no longer wants to see the steps.
    pub is_hidden: bool,
    /// Whether there is a page besides the examples.
    pub has_own_page: bool,
    /// The example pages that are there as they were made.
    pub examples: Vec<PageId>,
    /// Whether there is a user besides the first one.
    pub has_readers: bool,
}

/// How far the site has come; `examples` are the paths of the example pages. An example that was changed is a page like others.
pub fn progress(conn: &mut Conn, _: &Admin, examples: &[&str]) -> Result<Progress> {
    let is_hidden = first_steps::table.find(1).select(first_steps::hidden).first(conn).optional()?.unwrap_or(true);
    let unchanged = pages::table.filter(pages::path.eq_any(examples)).filter(pages::version.eq(Version::FIRST.0));
    let examples: Vec<i64> = unchanged.order(pages::path).select(pages::id).load(conn)?;
    let some_pages: Vec<i64> = pages::table.select(pages::id).limit(examples.len() as i64 + 1).load(conn)?;
    let some_users: Vec<i64> = users::table.select(users::id).limit(2).load(conn)?;
    Ok(Progress {
        is_hidden,
        has_own_page: some_pages.len() > examples.len(),
        has_readers: some_users.len() > 1,
        examples: examples.into_iter().map(PageId).collect(),
    })
}
