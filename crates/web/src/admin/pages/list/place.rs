//! The place of a row in the tree of pages, with the addresses that open and close its branch.

use domain::page::PagePath;
use serde::Serialize;
use store::tree::{Branch, COUNTED_BELOW};

use crate::{admin::sections::PAGES, http::query::encode};

/// The place of a row in the tree.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Place {
    /// The path of the level in which the row is.
    level: String,
    /// The number of levels above it, at most 8.
    depth: usize,
    /// The number of pages below it; empty if there are none.
    below: String,
    is_open: bool,
    /// The address that opens or closes the branch.
    toggle_href: String,
    /// The address of the next part of the level, on the row that links to it; otherwise empty.
    more_href: String,
}

/// The address of the tree that is open down to a path, from a branch of its last level on.
fn href(path: &PagePath, after: Option<&PagePath>) -> String {
    let after = after.map(PagePath::href).unwrap_or_default();
    format!("{}?{}", PAGES.list, encode(&[("below", &path.href()), ("behind", &after)]))
}

impl Place {
    pub(super) fn leaf(level: &PagePath, depth: usize) -> Place {
        Place {
            level: level.href(),
            depth: depth.min(8),
            below: String::new(),
            is_open: false,
            toggle_href: String::new(),
            more_href: String::new(),
        }
    }

    pub(super) fn of(branch: &Branch, level: &PagePath, depth: usize, is_open: bool) -> Place {
        let below = match branch.below {
            0 => return Place::leaf(level, depth),
            more if more > COUNTED_BELOW => format!("{COUNTED_BELOW}+"),
            some => some.to_string(),
        };
        let toggle_href = href(if is_open { level } else { &branch.path }, None);
        Place { below, is_open, toggle_href, ..Place::leaf(level, depth) }
    }

    /// The row that links to the part of a level after a branch.
    pub(super) fn part(level: &PagePath, depth: usize, after: Option<&PagePath>) -> Place {
        Place { more_href: href(level, after), ..Place::leaf(level, depth) }
    }
}
