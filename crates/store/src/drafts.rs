//! Drafts: pages that are not published yet, and changes that wait. A table of its own, as the trash is: no query for
//! readers can forget to leave them out. Saving one is no revision.

mod list;

use chrono::NaiveDateTime;
use diesel::{
    dsl::{exists, not},
    prelude::*,
};
use domain::{
    Timestamp, Version,
    access::Editor,
    audit::{Action, Entry, Subject},
    draft::{Draft, DraftInput, DraftLock},
    page::{Page, PageId, PageInput, PagePath},
    revision::Save,
    text::LINE_CHARS,
};

pub use list::{DraftKind, DraftRow, every, total, waiting};

use crate::{
    Conn, Error, Result, audit,
    conn::MultiBackend,
    id, revisions,
    schema::{drafts, pages, trash},
    site,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = drafts)]
struct Record {
    page_id: i64,
    typed: String,
    based_on: i64,
    saved_at: NaiveDateTime,
    saved_by: String,
    version: i64,
}

impl TryFrom<Record> for Draft {
    type Error = Error;

    fn try_from(record: Record) -> Result<Draft> {
        let typed = serde_json::from_str(&record.typed)
            .map_err(|error| Error::Schema(format!("the draft {} cannot be read: {error}", record.page_id)))?;
        Ok(Draft {
            page: PageId(record.page_id),
            typed,
            based_on: Version(record.based_on),
            saved_at: record.saved_at.and_utc(),
            saved_by: record.saved_by,
            version: Version(record.version),
        })
    }
}

/// All drafts, but for those whose page is in the trash: they come back with it.
fn rows() -> drafts::BoxedQuery<'static, MultiBackend> {
    drafts::table.filter(not(exists(trash::table.filter(trash::id.eq(drafts::page_id))))).into_boxed()
}

fn of_kind(kind: Option<DraftKind>) -> drafts::BoxedQuery<'static, MultiBackend> {
    let published = exists(pages::table.filter(pages::id.eq(drafts::page_id)));
    match kind {
        None => rows(),
        Some(DraftKind::Changes) => rows().filter(published),
        Some(DraftKind::Page) => rows().filter(not(published)),
    }
}

/// The draft of a page.
///
/// # Errors
/// When the database fails.
pub fn get(conn: &mut Conn, _: &Editor, page: PageId) -> Result<Option<Draft>> {
    let record: Option<Record> =
        rows().filter(drafts::page_id.eq(page.0)).select(Record::as_select()).first(conn).optional()?;
    record.map(Draft::try_from).transpose()
}

/// The drafts of some pages, in the order of their keys; those that have none are left out.
///
/// # Errors
/// When the database fails.
pub fn some(conn: &mut Conn, _: &Editor, pages: &[PageId]) -> Result<Vec<Draft>> {
    let ids = pages.iter().map(|page| page.0);
    let records: Vec<Record> =
        rows().filter(drafts::page_id.eq_any(ids)).order(drafts::page_id).select(Record::as_select()).load(conn)?;
    records.into_iter().map(Draft::try_from).collect()
}

/// The draft of a page that readers do not have and that would live at a path; of several, the one saved last.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, _: &Editor, path: &PagePath) -> Result<Option<Draft>> {
    let record: Option<Record> = of_kind(Some(DraftKind::Page))
        .filter(drafts::path.eq(path.as_str()))
        .order(drafts::saved_at.desc())
        .select(Record::as_select())
        .first(conn)
        .optional()?;
    record.map(Draft::try_from).transpose()
}

/// Makes a draft of a new page; a form that has made one already saves that one again.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, editor: &Editor, held: DraftLock, typed: &DraftInput, now: Timestamp) -> Result<Draft> {
    if let Some(own) = of_form(conn, held)? {
        return overwrite(conn, editor, own, held, typed, now);
    }
    let draft = Draft {
        page: PageId(id::new()?),
        typed: typed.clone(),
        based_on: Version(0),
        saved_at: now,
        saved_by: editor.actor().into(),
        version: Version::FIRST,
    };
    make(conn, editor, &draft, held, Action::Created, "a draft")?;
    Ok(draft)
}

/// Saves what was typed of a page over the draft that its form holds, or as the first one over the page.
///
/// # Errors
/// [`Error::Stale`] when somebody else saved, published or discarded a draft of it meanwhile, or deleted the page.
pub fn update(
    conn: &mut Conn,
    editor: &Editor,
    page: PageId,
    based_on: Version,
    held: DraftLock,
    typed: &DraftInput,
    now: Timestamp,
) -> Result<Draft> {
    if let Some(old) = get(conn, editor, page)? {
        return overwrite(conn, editor, old, held, typed, now);
    }
    if held.draft != Version(0) || crate::pages::get(conn, editor, page)?.is_none() {
        return Err(Error::Stale);
    }
    let saved_by = editor.actor().into();
    let draft = Draft { page, typed: typed.clone(), based_on, saved_at: now, saved_by, version: Version::FIRST };
    make(conn, editor, &draft, held, Action::Changed, "a draft of changes").map_err(|error| match error {
        Error::Duplicate => Error::Stale,
        error => error,
    })?;
    Ok(draft)
}

/// Publishes what a form holds, which is done with its draft then: the page is saved, or made with the key of its draft
/// and the history that it may have.
///
/// # Errors
/// As [`update`] and `pages::update`; [`Error::Duplicate`] when the path is taken.
pub fn publish<'a>(
    conn: &mut Conn,
    editor: &Editor,
    page: PageId,
    from: Version,
    held: DraftLock,
    save: impl Into<Save<'a>>,
    now: Timestamp,
) -> Result<Page> {
    conn.lock_readers()?;
    let had_draft = take(conn, editor, page, held)?;
    match crate::pages::get(conn, editor, page)? {
        Some(_) => crate::pages::update(conn, editor, page, from, save, now),
        None if had_draft => {
            let (created_at, version) =
                revisions::ends(conn, page)?.map_or((now, Version::FIRST), |(first, last)| (first, last.next()));
            crate::pages::insert_as(conn, editor, crate::pages::Birth { id: page, created_at, version }, save, now)
        }
        None => Err(Error::Stale),
    }
}

/// Publishes what the form of a new page holds, with the key of the draft that it may have saved.
///
/// # Errors
/// [`Error::Duplicate`] when the path is taken.
pub fn publish_new<'a>(
    conn: &mut Conn,
    editor: &Editor,
    held: DraftLock,
    save: impl Into<Save<'a>>,
    now: Timestamp,
) -> Result<Page> {
    match of_form(conn, held)? {
        Some(own) => publish(conn, editor, own.page, Version(0), held, save, now),
        None => crate::pages::insert(conn, editor, save, now),
    }
}

/// Takes pages off the site: each becomes a draft, with the changes that waited or else as it stands, and keeps its key,
/// its history and its old paths; how many there were.
///
/// # Errors
/// [`Error::Stale`] when somebody saves one in the same moment.
pub fn unpublish(conn: &mut Conn, editor: &Editor, ids: &[PageId], now: Timestamp) -> Result<usize> {
    conn.lock_readers()?;
    let zone = site::get(conn)?.time_zone;
    let mut count = 0;
    for id in ids {
        let Some(page) = crate::pages::get(conn, editor, *id)? else { continue };
        let path = page.content.path.clone();
        if get(conn, editor, *id)?.is_none() {
            let typed = DraftInput::from(PageInput::of(&page.content, zone));
            let saved_by = editor.actor().into();
            let (based_on, version) = (page.version, Version::FIRST);
            keep(conn, &Draft { page: *id, typed, based_on, saved_at: now, saved_by, version }, DraftLock::default())?;
        }
        let seen = pages::table.find(id.0).filter(pages::version.eq(page.version.0));
        if diesel::delete(seen).execute(conn)? == 0 {
            return Err(Error::Stale);
        }
        crate::pages::readers::settle(conn, &path)?;
        crate::pages::note(conn, editor, Action::Changed, &path, "unpublished; it is a draft now".into(), now)?;
        count += 1;
    }
    Ok(count)
}

/// Takes a page off the site in the version that its form shows; what the form holds becomes its draft.
///
/// # Errors
/// [`Error::Stale`] when somebody saved the page or a draft of it meanwhile.
pub fn unpublish_as(
    conn: &mut Conn,
    editor: &Editor,
    page: PageId,
    from: Version,
    held: DraftLock,
    typed: &DraftInput,
    now: Timestamp,
) -> Result<()> {
    conn.lock_readers()?;
    crate::pages::get(conn, editor, page)?.filter(|page| page.version == from).ok_or(Error::Stale)?;
    update(conn, editor, page, from, held, typed, now)?;
    unpublish(conn, editor, &[page], now).map(drop)
}

/// Discards the draft of a page; whether there was one. A page that was published once goes to the trash as it was then.
///
/// # Errors
/// [`Error::Stale`] when it was saved after the version that was seen.
pub fn delete(conn: &mut Conn, editor: &Editor, page: PageId, seen: Version, now: Timestamp) -> Result<bool> {
    let Some(draft) = get(conn, editor, page)? else { return Ok(false) };
    if draft.version != seen {
        return Err(Error::Stale);
    }
    forget(conn, page)?;
    let is_published = crate::pages::get(conn, editor, page)?.is_some();
    let what = match is_published || !crate::trash::put_last(conn, editor, page, now)? {
        true => "the draft was discarded",
        false => "the draft was discarded; what was published once is in the trash",
    };
    log(conn, editor, Action::Deleted, &draft, what, now)?;
    Ok(true)
}

/// Forgets the draft of a page.
pub(crate) fn forget(conn: &mut Conn, page: PageId) -> Result<()> {
    diesel::delete(drafts::table.find(page.0)).execute(conn)?;
    Ok(())
}

/// The draft that a form has saved before, if it is one with a number.
fn of_form(conn: &mut Conn, held: DraftLock) -> Result<Option<Draft>> {
    if held.form.0 == 0 {
        return Ok(None);
    }
    let record: Option<Record> =
        rows().filter(drafts::form.eq(held.form.0)).select(Record::as_select()).first(conn).optional()?;
    record.map(Draft::try_from).transpose()
}

fn overwrite(
    conn: &mut Conn,
    editor: &Editor,
    old: Draft,
    held: DraftLock,
    typed: &DraftInput,
    now: Timestamp,
) -> Result<Draft> {
    let version = old.version.next();
    let draft = Draft { typed: typed.clone(), saved_at: now, saved_by: editor.actor().into(), version, ..old };
    let saved = diesel::update(drafts::table.find(draft.page.0).filter(holds(held)))
        .set((
            drafts::path.eq(path(&draft.typed)),
            drafts::title.eq(title(&draft.typed)),
            drafts::typed.eq(json(&draft.typed)?),
            drafts::form.eq(held.form.0),
            drafts::saved_at.eq(now.naive_utc()),
            drafts::saved_by.eq(&draft.saved_by),
            drafts::version.eq(version.0),
        ))
        .execute(conn)?;
    if saved == 0 { Err(Error::Stale) } else { Ok(draft) }
}

/// The draft that a form holds: in the version that it shows, or as it saved it itself.
#[diesel::dsl::auto_type(no_type_alias)]
fn holds(held: DraftLock) -> _ {
    let DraftLock { draft, form } = held;
    let (draft, form): (i64, i64) = (draft.0, form.0);
    drafts::version.eq(draft).or(drafts::form.eq(form).and(drafts::form.ne(0_i64)))
}

/// Takes the draft of a page out of the table, if it is the one that a form holds; whether there was one.
fn take(conn: &mut Conn, editor: &Editor, page: PageId, held: DraftLock) -> Result<bool> {
    if get(conn, editor, page)?.is_none() {
        return if held.draft == Version(0) { Ok(false) } else { Err(Error::Stale) };
    }
    match diesel::delete(drafts::table.find(page.0).filter(holds(held))).execute(conn)? {
        0 => Err(Error::Stale),
        _ => Ok(true),
    }
}

fn make(conn: &mut Conn, editor: &Editor, draft: &Draft, held: DraftLock, action: Action, what: &str) -> Result<()> {
    keep(conn, draft, held)?;
    log(conn, editor, action, draft, what, draft.saved_at)
}

fn keep(conn: &mut Conn, draft: &Draft, held: DraftLock) -> Result<()> {
    diesel::insert_into(drafts::table)
        .values((
            drafts::page_id.eq(draft.page.0),
            drafts::path.eq(path(&draft.typed)),
            drafts::title.eq(title(&draft.typed)),
            drafts::typed.eq(json(&draft.typed)?),
            drafts::based_on.eq(draft.based_on.0),
            drafts::form.eq(held.form.0),
            drafts::saved_at.eq(draft.saved_at.naive_utc()),
            drafts::saved_by.eq(&draft.saved_by),
            drafts::version.eq(draft.version.0),
        ))
        .execute(conn)?;
    Ok(())
}

fn path(typed: &DraftInput) -> Option<String> {
    typed.path().map(|path| path.as_str().to_owned())
}

fn json(typed: &DraftInput) -> Result<String> {
    serde_json::to_string(typed).map_err(|error| Error::Query(format!("a draft: {error}")))
}

/// The title for lists, of which nothing was checked.
fn title(typed: &DraftInput) -> String {
    typed.page.title.trim().chars().filter(|c| !c.is_control()).take(LINE_CHARS).collect()
}

fn log(conn: &mut Conn, editor: &Editor, action: Action, draft: &Draft, what: &str, at: Timestamp) -> Result<()> {
    let name = draft.typed.path().map(|path| path.href()).unwrap_or_default();
    let detail = format!("{what}, “{}”", title(&draft.typed));
    let actor = editor.actor().to_owned();
    audit::insert(conn, &Entry { at, actor, action, subject: Subject::Page, name, detail })
}
