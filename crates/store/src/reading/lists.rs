//! Lists for readers. Each takes the visitor as [`VisiblePages`]; there is no list without one.

use domain::page::PagePath;

pub use crate::visible::{Teaser, VisiblePages};
use crate::{Conn, Paging, Result, Slice, visible::Section};

/// The pages of the site, newest first.
pub fn list(conn: &mut Conn, visible: &VisiblePages, paging: Paging) -> Result<Slice<Teaser>> {
    visible.part(conn, &Section::ALL, paging)
}

/// The pages below a path, at any depth, newest first; below the root lies every other page.
pub fn list_below(conn: &mut Conn, visible: &VisiblePages, path: &PagePath, paging: Paging) -> Result<Slice<Teaser>> {
    visible.part(conn, &Section::below(path), paging)
}
