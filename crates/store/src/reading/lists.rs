//! Lists for readers. Each takes the visitor as [`VisiblePages`]; there is no list without one.

use domain::page::PagePath;

use crate::{
    Conn, Result,
    listings::{self, Section},
};
pub use crate::{
    listings::{ListPart, Position},
    visible::{Teaser, VisiblePages},
};

/// The newest pages of the site, at most `limit`.
pub fn list(conn: &mut Conn, visible: &VisiblePages, limit: u32) -> Result<Vec<Teaser>> {
    Ok(listings::part(conn, visible, &Section::ALL, &Position::Newest, limit)?
        .map(|part| part.rows)
        .unwrap_or_default())
}

/// At most `size` of the pages below a path, at any depth, newest first; below the root lies every other page. `None` if the
/// page of the position is not in this list for this visitor, and if nothing follows it.
pub fn list_below(
    conn: &mut Conn,
    visible: &VisiblePages,
    path: &PagePath,
    position: &Position,
    size: u32,
) -> Result<Option<ListPart>> {
    listings::part(conn, visible, &Section::below(path), position, size)
}
