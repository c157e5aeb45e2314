//! The place of a page in its section, its language, and what it leaves out.

use diesel::prelude::*;
use domain::{language::LanguageTag, page::PageId, placement::Placement};

use crate::{Conn, Result, page_row::placement, schema::placements};

/// Sets the options of a page; the default ones have no row.
pub(super) fn set(conn: &mut Conn, page: PageId, new: &Placement) -> Result<()> {
    if *new == placement(conn, page)? {
        return Ok(());
    }
    purge(conn, page)?;
    if *new != Placement::default() {
        diesel::insert_into(placements::table)
            .values((
                placements::page_id.eq(page.0),
                placements::position.eq(new.position.map(i64::from)),
                placements::children.eq(new.children.as_str()),
                placements::hides_contents.eq(new.hides_contents),
                placements::hides_sidebar.eq(new.hides_sidebar),
                placements::language.eq(new.language.as_ref().map_or("", LanguageTag::as_str)),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Deletes the options of a page, as when it is purged.
pub(super) fn purge(conn: &mut Conn, page: PageId) -> Result<()> {
    diesel::delete(placements::table.find(page.0)).execute(conn)?;
    Ok(())
}
