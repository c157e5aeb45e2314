//! Changes of the files of a page. Like its text they wait in its draft until it is published. A file has the access of its
//! page, so that none of these changes gives anybody access.

use diesel::prelude::*;
use domain::{
    Version,
    access::Editor,
    audit::Action,
    draft::{DraftLock, FormId},
    file::{ContentId, File, FileName, MAX_FILES},
    page::PageId,
};

use super::{
    affected::Affected,
    audit,
    change::{Change, Outcome, Run},
    draft_rows,
    file_rows::{self, NewFile},
    plan::Plan,
    revisions::Record,
    unpublish::draft_of,
};
use crate::{Conn, Error, Result, drafts, files, page_row, reader_keys, schema::pages};

/// Adds a file to a page.
#[derive(Clone, Debug)]
pub struct AddFile {
    /// The page, or the page of a draft.
    pub page: PageId,
    /// The name.
    pub name: FileName,
    /// The bytes.
    pub content: ContentId,
    /// The alternative text.
    pub alt: String,
    /// Whether it takes the place of a file with this name; without it, such a file is an error.
    pub replaces: bool,
    /// Whether the readers of a published page get it at once, as from the command line, or once its draft is published. If
    /// at once, a file that waits under the same name keeps waiting.
    pub at_once: bool,
}

/// Changes one file of a page.
#[derive(Clone, Debug)]
pub struct ChangeFile {
    /// The page.
    pub page: PageId,
    /// The name that the file has.
    pub name: FileName,
    /// What changes.
    pub change: FileChange,
}

/// A change of one file.
#[derive(Clone, Debug)]
pub enum FileChange {
    /// It is removed, with a file that waits under its name.
    Remove {
        /// As [`AddFile::at_once`].
        at_once: bool,
    },
    /// It is kept: takes back a removal that waits.
    Keep,
    /// It gets another name of the same kind.
    Rename(FileName),
    /// It gets another alternative text.
    SetAlt(String),
    /// It becomes the cover picture of its page, instead of another one, or stops being it.
    SetCover {
        /// Whether it becomes the cover picture.
        is_cover: bool,
        /// As [`AddFile::at_once`].
        at_once: bool,
    },
}

/// Deletes a file for good, from all versions of its page.
#[derive(Clone, Debug)]
pub struct PurgeFile {
    /// The page.
    pub page: PageId,
    /// The name of the file.
    pub name: FileName,
}

/// Begins a draft of a published page if it has none, so that the page is listed with changes.
///
/// # Errors
/// [`Error::Stale`] when there is neither a draft nor a page.
fn require_draft(conn: &mut Conn, run: &Run<'_>, page: PageId) -> Result<()> {
    if drafts::get(conn, run.by, page)?.is_none() {
        let published = page_row::get(conn, page)?.ok_or(Error::Stale)?;
        let draft = draft_of(conn, run, &published)?;
        draft_rows::insert(conn, &draft, DraftLock::default(), None)?;
    }
    Ok(())
}

/// Begins a version of a published page whose files alone change, and says what changed in `detail`.
///
/// # Errors
/// [`Error::Stale`] when the page is saved at the same moment.
fn new_version(conn: &mut Conn, run: &Run<'_>, page: PageId, detail: &str) -> Result<Option<Version>> {
    let Some(published) = page_row::get(conn, page)? else { return Ok(None) };
    let version = published.version.next();
    let saved = diesel::update(pages::table.find(page.0).filter(pages::version.eq(published.version.0)))
        .set((pages::version.eq(version.0), pages::updated_at.eq(run.now.naive_utc())))
        .execute(conn)?;
    if saved == 0 {
        return Err(Error::Stale);
    }
    let readers = reader_keys::keep_audience(conn, &published.content.audience)?;
    Record { by: run.by, note: None, form: FormId::default(), detail, readers: &readers, now: run.now }
        .add(conn, &[page])?;
    audit::page(conn, run.by, Action::Changed, &published.content.path, detail.to_owned(), run.now)?;
    Ok(Some(version))
}

impl Change for AddFile {
    fn affected(&self, _: &mut Conn, _: &Editor) -> Result<Affected> {
        Ok(Affected::default())
    }

    fn apply(&self, conn: &mut Conn, run: &mut Run<'_>, _: &Plan) -> Result<Outcome> {
        let AddFile { page, ref name, content, ref alt, .. } = *self;
        let at_once = self.at_once && page_row::get(conn, page)?.is_some();
        let drafted = files::drafted(conn, run.by, page)?;
        let live = if at_once { files::live(conn, page)? } else { Vec::new() };
        let has = |files: &[File]| files.iter().any(|file| file.name == *name);
        let beside = if at_once { &live } else { &drafted };
        // What takes the place of the cover picture is the cover picture.
        let is_cover = beside.iter().any(|file| file.name == *name && file.is_cover);
        if has(beside) && !self.replaces {
            return Err(Error::Duplicate);
        }
        if [drafted, live].iter().any(|files| files.len() >= MAX_FILES && !has(files)) {
            return Err(file_rows::too_many());
        }
        let version = match at_once {
            true => new_version(conn, run, page, &format!("files: + {name}"))?,
            false => None,
        };
        match version {
            // A file that waits under this name keeps waiting.
            Some(version) => file_rows::end(conn, page, name.as_str(), version)?,
            None => {
                require_draft(conn, run, page)?;
                file_rows::drop_waiting(conn, page, name)?;
            }
        }
        let (uploaded_at, uploaded_by) = (run.now, run.by.actor());
        NewFile { page, name, content, alt, is_cover, since: version, uploaded_at, uploaded_by }.insert(conn)?;
        Ok(Outcome::Count(1))
    }
}

impl ChangeFile {
    /// # Errors
    /// [`Error::Stale`] when the draft has no such file.
    fn file(&self, conn: &mut Conn, run: &Run<'_>) -> Result<File> {
        files::find_drafted(conn, run.by, self.page, &self.name)?.ok_or(Error::Stale)
    }

    fn rename(&self, conn: &mut Conn, run: &Run<'_>, to: &FileName) -> Result<()> {
        let file = self.file(conn, run)?;
        if to == &self.name {
            return Ok(());
        }
        if to.kind() != self.name.kind() || to.extension() != self.name.extension() {
            return Err(Error::Refused(format!(
                "Keep the ending .{}: it says what the file is.",
                self.name.extension()
            )));
        }
        if files::find_drafted(conn, run.by, self.page, to)?.is_some() {
            return Err(Error::Duplicate);
        }
        file_rows::draft_copy(conn, &file, to, &file.alt)?;
        file_rows::set_leaves(conn, self.page, &self.name, true)?;
        Ok(())
    }
}

fn require_picture(name: &FileName) -> Result<()> {
    match name.kind().may_be_cover() {
        true => Ok(()),
        false => Err(Error::Refused("Only a picture can be the cover.".into())),
    }
}

/// Gives the readers of a published page another cover picture, or none, as a new version. A draft keeps what it has.
///
/// # Errors
/// [`Error::Stale`] when the page has no such file; [`Error::Refused`] for a file that is no picture.
fn set_cover_at_once(conn: &mut Conn, run: &Run<'_>, page: PageId, name: &FileName, is_cover: bool) -> Result<Outcome> {
    require_picture(name)?;
    let file = files::find(conn, page, name)?.ok_or(Error::Stale)?;
    if file.is_cover != is_cover {
        let detail = if is_cover { format!("cover: {name}") } else { "no cover".into() };
        let version = new_version(conn, run, page, &detail)?.ok_or(Error::Stale)?;
        file_rows::set_live_cover(conn, page, Some(name).filter(|_| is_cover), version)?;
    }
    Ok(Outcome::Count(1))
}

impl Change for ChangeFile {
    fn affected(&self, _: &mut Conn, _: &Editor) -> Result<Affected> {
        Ok(Affected::default())
    }

    fn apply(&self, conn: &mut Conn, run: &mut Run<'_>, _: &Plan) -> Result<Outcome> {
        let ChangeFile { page, name, .. } = self;
        if let FileChange::Remove { at_once: true } = self.change
            && page_row::get(conn, *page)?.is_some()
        {
            let waited = file_rows::drop_waiting(conn, *page, name)?;
            if files::find(conn, *page, name)?.is_none() {
                return if waited { Ok(Outcome::Count(1)) } else { Err(Error::Stale) };
            }
            if let Some(version) = new_version(conn, run, *page, &format!("files: - {name}"))? {
                file_rows::end(conn, *page, name.as_str(), version)?;
            }
            return Ok(Outcome::Count(1));
        }
        if let FileChange::SetCover { is_cover, at_once: true } = self.change
            && page_row::get(conn, *page)?.is_some()
        {
            return set_cover_at_once(conn, run, *page, name, is_cover);
        }
        require_draft(conn, run, *page)?;
        match &self.change {
            FileChange::Remove { .. } => {
                self.file(conn, run)?;
                file_rows::drop_waiting(conn, *page, name)?;
                file_rows::set_leaves(conn, *page, name, true)?;
            }
            FileChange::Keep => {
                if !file_rows::set_leaves(conn, *page, name, false)? {
                    return Err(Error::Stale);
                }
                // Another file may have taken its place.
                if files::drafted(conn, run.by, *page)?.len() > MAX_FILES {
                    return Err(file_rows::too_many());
                }
            }
            FileChange::Rename(to) => self.rename(conn, run, to)?,
            FileChange::SetAlt(alt) => {
                let file = self.file(conn, run)?;
                if file.alt != *alt {
                    file_rows::draft_copy(conn, &file, name, alt)?;
                }
            }
            FileChange::SetCover { is_cover, .. } => {
                require_picture(name)?;
                let file = self.file(conn, run)?;
                if *is_cover || file.is_cover {
                    file_rows::draft_cover(conn, run.by, *page, Some(name).filter(|_| *is_cover))?;
                }
            }
        }
        Ok(Outcome::Count(1))
    }
}

impl Change for PurgeFile {
    fn affected(&self, _: &mut Conn, _: &Editor) -> Result<Affected> {
        Ok(Affected::default())
    }

    fn apply(&self, conn: &mut Conn, run: &mut Run<'_>, _: &Plan) -> Result<Outcome> {
        if !run.by.is_admin() {
            return Err(Error::NotAllowed);
        }
        if !file_rows::purge_name(conn, self.page, &self.name)? {
            return Err(Error::Stale);
        }
        let detail = format!("files: {} deleted for good, from all versions", self.name);
        if let Some(page) = page_row::get(conn, self.page)? {
            audit::page(conn, run.by, Action::Purged, &page.content.path, detail, run.now)?;
        } else if let Some(draft) = drafts::get(conn, run.by, self.page)? {
            draft_rows::audit(conn, run.by, Action::Purged, &draft, &detail)?;
        }
        Ok(Outcome::Count(1))
    }
}
