//! Moving a section: the pages below a path, in one transaction.

use diesel::prelude::*;
use domain::{
    Timestamp,
    access::Editor,
    audit::Action,
    page::{PageId, PagePath},
};

use super::{
    desk::{get, note},
    path_of, range_below, readers,
};
use crate::{Conn, Error, Result, old_paths, revisions, schema::pages};

/// Where a page below a section goes when the section moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    pub(super) id: PageId,
    /// Where it lives.
    pub from: PagePath,
    /// Where it will; `Err` says why it cannot.
    pub to: std::result::Result<PagePath, String>,
}

/// Where the pages below one path go when it becomes another one.
///
/// # Errors
/// When the database fails.
pub fn moves(conn: &mut Conn, _: &Editor, from: &PagePath, to: &PagePath) -> Result<Vec<Move>> {
    let (first, last) = range_below(from);
    let rows: Vec<(i64, String)> = pages::table
        .filter(pages::path.gt(first))
        .filter(pages::path.lt(last))
        .order(pages::path)
        .select((pages::id, pages::path))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, path)| {
            let rest = path.strip_prefix(from.as_str()).unwrap_or(&path).trim_start_matches('/');
            let new = if to.is_root() { rest.to_owned() } else { format!("{to}/{rest}", to = to.as_str()) };
            Ok(Move { id: PageId(id), from: path_of(&path)?, to: PagePath::parse(&new) })
        })
        .collect()
}

/// Moves the pages below one path along with it; how many there were.
///
/// # Errors
/// [`Error::Refused`] when one of the new paths is none, or the section would move below itself, or away from the root,
/// below which everything is; [`Error::Duplicate`] when one is taken.
pub fn move_section(conn: &mut Conn, editor: &Editor, from: &PagePath, to: &PagePath, now: Timestamp) -> Result<usize> {
    let below_itself = to.as_str().strip_prefix(from.as_str()).is_some_and(|rest| rest.starts_with('/'));
    if from.is_root() || below_itself {
        return Err(Error::Refused("The pages below cannot move along: they would be below themselves.".into()));
    }
    conn.lock_readers()?;
    let moves = moves(conn, editor, from, to)?;
    let count = moves.len();
    for Move { id, from, to } in moves {
        let to = to.map_err(|why| Error::Refused(format!("{from} cannot move along: {why}")))?;
        relocate(conn, editor, id, &from, &to, now)?;
    }
    readers::settle(conn, from)?;
    readers::settle(conn, to)?;
    if count > 0 {
        note(conn, editor, Action::Changed, to, format!("{count} pages below moved along from {from}"), now)?;
    }
    Ok(count)
}

/// Moves one page, which is still found at its old path; who reads it is settled by the caller.
pub(super) fn relocate(
    conn: &mut Conn,
    editor: &Editor,
    id: PageId,
    from: &PagePath,
    to: &PagePath,
    now: Timestamp,
) -> Result<()> {
    diesel::update(pages::table.find(id.0))
        .set((
            pages::path.eq(to.as_str()),
            pages::updated_at.eq(now.naive_utc()),
            pages::version.eq(pages::version + 1),
        ))
        .execute(conn)?;
    old_paths::take(conn, to)?;
    old_paths::leave(conn, from, id, now)?;
    let moved = get(conn, editor, id)?.ok_or(Error::Stale)?;
    revisions::record(conn, id, &moved.content, editor, None, &format!("path “{from}” → “{to}”"), now)
}
