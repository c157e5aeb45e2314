//! Saving what was typed without publishing it. It adds no revision and changes nobody's access.

use domain::{
    Version,
    access::Editor,
    audit::Action,
    draft::{Draft, DraftInput, DraftLock},
    page::PageId,
};

use super::{
    affected::Affected,
    change::{Change, Outcome, Run},
    draft_rows,
    plan::Plan,
};
use crate::{Conn, Error, Result, drafts, id, page_row};

/// Saves the draft of a page, or the first draft of a new page.
#[derive(Clone, Debug)]
pub struct SaveDraft {
    /// The page; `None` for a new one. A form that has saved a draft of a new page saves over that draft.
    pub page: Option<PageId>,
    /// The version of the page that the form shows.
    pub based_on: Version,
    /// The draft that the form holds.
    pub lock: DraftLock,
    /// What was typed.
    pub input: DraftInput,
}

impl SaveDraft {
    /// # Errors
    /// [`Error::Stale`] when another form saved, published or discarded a draft of the page, or the page was deleted.
    pub(super) fn save(&self, conn: &mut Conn, run: &Run<'_>) -> Result<Draft> {
        let current = match self.page {
            Some(page) => drafts::get(conn, run.by, page)?,
            None => drafts::of_form(conn, self.lock.form)?,
        };
        match (current, self.page) {
            (Some(current), _) => self.overwrite(conn, run, current),
            (None, Some(page)) => self.begin(conn, run, page),
            (None, None) => {
                let draft = self.draft(run, PageId(id::new()?), Version(0), Version::FIRST);
                draft_rows::insert(conn, &draft, self.lock, None)?;
                draft_rows::audit(conn, run.by, Action::Created, &draft, "a draft")?;
                Ok(draft)
            }
        }
    }

    fn overwrite(&self, conn: &mut Conn, run: &Run<'_>, current: Draft) -> Result<Draft> {
        let draft = self.draft(run, current.page, current.based_on, current.version.next());
        draft_rows::overwrite(conn, &draft, self.lock)?;
        Ok(draft)
    }

    /// The first draft of changes of a published page.
    fn begin(&self, conn: &mut Conn, run: &Run<'_>, page: PageId) -> Result<Draft> {
        if self.lock.draft != Version(0) || page_row::get(conn, page)?.is_none() {
            return Err(Error::Stale);
        }
        let draft = self.draft(run, page, self.based_on, Version::FIRST);
        draft_rows::insert(conn, &draft, self.lock, None).map_err(|error| match error {
            Error::Duplicate => Error::Stale,
            error => error,
        })?;
        draft_rows::audit(conn, run.by, Action::Changed, &draft, "a draft of changes")?;
        Ok(draft)
    }

    fn draft(&self, run: &Run<'_>, page: PageId, based_on: Version, version: Version) -> Draft {
        let (typed, saved_by) = (self.input.clone(), run.by.actor().into());
        Draft { page, typed, based_on, saved_at: run.now, saved_by, version, gone: Vec::new() }
    }
}

impl Change for SaveDraft {
    fn affected(&self, _: &mut Conn, _: &Editor) -> Result<Affected> {
        Ok(Affected::default())
    }

    fn apply(&self, conn: &mut Conn, run: &mut Run<'_>, _: &Plan) -> Result<Outcome> {
        self.save(conn, run).map(Box::new).map(Outcome::Draft)
    }
}
