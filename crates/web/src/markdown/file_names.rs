//! Addresses that are the names of files of the page itself.

use domain::file::FileName;

/// The name of a file that an address names within a page: `plan.jpg` or `./plan.jpg`, without a query.
pub fn named(address: &str) -> Option<FileName> {
    let name = address.strip_prefix("./").unwrap_or(address);
    let (name, _) = name.split_once('#').unwrap_or((name, ""));
    FileName::parse(name).ok()
}
