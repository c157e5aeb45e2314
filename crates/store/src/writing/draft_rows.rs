//! Rows of the table `drafts`, inserted, overwritten and taken out. A form holds the version of the draft that it may change.

use diesel::prelude::*;
use domain::{
    Version,
    access::Editor,
    audit::{Action, Entry, Subject},
    draft::{Draft, DraftInput, DraftLock},
    effective_access::EffectiveAccess,
    page::PageId,
    text::LINE_CHARS,
};

use super::audit;
use crate::{
    Conn, Error, Result, reader_keys,
    schema::{drafts, revisions},
};

/// Inserts the first draft of a page. `was` is the access of a page that is taken off the site.
///
/// # Errors
/// [`Error::Duplicate`] when the page has a draft already.
pub(super) fn insert(conn: &mut Conn, draft: &Draft, lock: DraftLock, was: Option<EffectiveAccess>) -> Result<()> {
    let readers = readers(conn, draft)?;
    diesel::insert_into(drafts::table)
        .values((
            drafts::page_id.eq(draft.page.0),
            drafts::path.eq(path(&draft.typed)),
            drafts::title.eq(title(&draft.typed)),
            drafts::typed.eq(json(&draft.typed)?),
            drafts::based_on.eq(draft.based_on.0),
            drafts::form.eq(lock.form.0),
            drafts::saved_at.eq(draft.saved_at.naive_utc()),
            drafts::saved_by.eq(&draft.saved_by),
            drafts::version.eq(draft.version.0),
            drafts::readers.eq(Some(readers)),
            drafts::was_private.eq(was.map(EffectiveAccess::is_private)),
            drafts::was_readers_from.eq(was.and_then(EffectiveAccess::readers_from).map(|page| page.0)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Saves a draft over the version that a form holds.
///
/// # Errors
/// [`Error::Stale`] when the row has another version and was saved by another form.
pub(super) fn overwrite(conn: &mut Conn, draft: &Draft, lock: DraftLock) -> Result<()> {
    let readers = readers(conn, draft)?;
    let saved = diesel::update(drafts::table.find(draft.page.0).filter(holds(lock)))
        .set((
            drafts::path.eq(path(&draft.typed)),
            drafts::title.eq(title(&draft.typed)),
            drafts::typed.eq(json(&draft.typed)?),
            drafts::form.eq(lock.form.0),
            drafts::saved_at.eq(draft.saved_at.naive_utc()),
            drafts::saved_by.eq(&draft.saved_by),
            drafts::version.eq(draft.version.0),
            drafts::readers.eq(Some(readers)),
        ))
        .execute(conn)?;
    if saved == 0 { Err(Error::Stale) } else { Ok(()) }
}

/// Stores the access that a page had when it was taken off the site; `None` if readers did not have it then.
pub(super) fn set_was(conn: &mut Conn, page: PageId, was: Option<EffectiveAccess>) -> Result<()> {
    diesel::update(drafts::table.find(page.0))
        .set((
            drafts::was_private.eq(was.map(EffectiveAccess::is_private)),
            drafts::was_readers_from.eq(was.and_then(EffectiveAccess::readers_from).map(|page| page.0)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Turns the draft of an unpublished page into changes of the page, which is published again in this version.
pub(super) fn rebase(conn: &mut Conn, page: PageId, version: Version) -> Result<()> {
    diesel::update(drafts::table.find(page.0)).set(drafts::based_on.eq(version.0)).execute(conn)?;
    set_was(conn, page, None)
}

/// The access that an unpublished page had when it was taken off the site; `None` for a page that readers did not have then.
pub(super) fn was(conn: &mut Conn, page: PageId) -> Result<Option<EffectiveAccess>> {
    let columns: Option<(Option<bool>, Option<i64>)> =
        drafts::table.find(page.0).select((drafts::was_private, drafts::was_readers_from)).first(conn).optional()?;
    Ok(columns.and_then(|(private, from)| Some(EffectiveAccess::from_columns(private?, from))))
}

/// The chosen readers of a draft, as the column `readers` keeps them.
fn readers(conn: &mut Conn, draft: &Draft) -> Result<String> {
    let before = kept_readers(conn, draft.page, draft.based_on)?;
    reader_keys::keep_input(conn, &draft.typed.page.audience, before.as_deref())
}

/// The chosen readers by key that the draft of a page has, or else the version that a form was opened with.
pub(super) fn kept_readers(conn: &mut Conn, page: PageId, from: Version) -> Result<Option<String>> {
    let of_draft: Option<Option<String>> = drafts::table.find(page.0).select(drafts::readers).first(conn).optional()?;
    if let Some(readers) = of_draft {
        return Ok(readers);
    }
    let of_version = revisions::table.filter(revisions::page_id.eq(page.0)).filter(revisions::version.eq(from.0));
    Ok(of_version.select(revisions::readers).first(conn).optional()?)
}

/// Takes the draft of a page out of the table if a form holds it; returns whether there was one.
///
/// # Errors
/// [`Error::Stale`] when the form holds another version, or holds one and there is none.
pub(super) fn take(conn: &mut Conn, by: &Editor, page: PageId, lock: DraftLock) -> Result<bool> {
    if crate::drafts::get(conn, by, page)?.is_none() {
        return if lock.draft == Version(0) { Ok(false) } else { Err(Error::Stale) };
    }
    match diesel::delete(drafts::table.find(page.0).filter(holds(lock))).execute(conn)? {
        0 => Err(Error::Stale),
        _ => Ok(true),
    }
}

/// Deletes the draft of a page.
pub(super) fn delete(conn: &mut Conn, page: PageId) -> Result<()> {
    diesel::delete(drafts::table.find(page.0)).execute(conn)?;
    Ok(())
}

/// Adds the audit entry for a draft.
pub(super) fn audit(conn: &mut Conn, by: &Editor, action: Action, draft: &Draft, what: &str) -> Result<()> {
    let name = draft.typed.path().map(|path| path.href()).unwrap_or_default();
    let detail = format!("{what}, “{}”", title(&draft.typed));
    let (at, actor) = (draft.saved_at, by.actor().to_owned());
    audit::insert(conn, &Entry { at, actor, action, subject: Subject::Page, name, detail })
}

/// The draft that a form holds: the version that it shows, or the one that it saved itself.
#[diesel::dsl::auto_type(no_type_alias)]
fn holds(lock: DraftLock) -> _ {
    let DraftLock { draft, form } = lock;
    let (draft, form): (i64, i64) = (draft.0, form.0);
    drafts::version.eq(draft).or(drafts::form.eq(form).and(drafts::form.ne(0_i64)))
}

fn path(input: &DraftInput) -> Option<String> {
    input.path().map(|path| path.as_str().to_owned())
}

fn json(input: &DraftInput) -> Result<String> {
    serde_json::to_string(input).map_err(|error| Error::Query(format!("a draft: {error}")))
}

/// The title for lists, unchecked.
fn title(input: &DraftInput) -> String {
    input.page.title.trim().chars().filter(|c| !c.is_control()).take(LINE_CHARS).collect()
}
