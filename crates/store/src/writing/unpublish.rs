//! Taking pages off the site. Each becomes a draft and keeps its key, its history and its old paths.

use diesel::prelude::*;
use domain::{
    Version,
    access::Editor,
    audit::Action,
    bulk_action::Effect,
    draft::{Draft, DraftInput, DraftLock},
    effective_access::EffectiveAccess,
    page::{Page, PageId, PageInput},
};

use super::{
    SaveDraft, Selection,
    affected::Affected,
    audit,
    change::{Change, Outcome, Run},
    delete::leaves,
    draft_rows,
    plan::Plan,
};
use crate::{Conn, Error, Result, access, admin_list, drafts, page_row, schema::pages, site};

/// Takes pages off the site. The draft of a page has its pending changes, or else its current content.
#[derive(Clone, Debug)]
pub struct Unpublish(pub Selection);

/// Takes one page off the site in the version that its form shows; what the form holds becomes its draft.
#[derive(Clone, Debug)]
pub struct UnpublishForm {
    /// The page.
    pub page: PageId,
    /// The version that the form shows.
    pub from: Version,
    /// The draft that the form holds.
    pub lock: DraftLock,
    /// What was typed.
    pub input: DraftInput,
}

impl Change for Unpublish {
    fn affected(&self, conn: &mut Conn, by: &Editor) -> Result<Affected> {
        let ids = self.0.ids(conn, by)?;
        Ok(Affected::pages(admin_list::get_many(conn, by, &ids)?.into_iter().map(leaves).collect()))
    }

    fn apply(&self, conn: &mut Conn, run: &mut Run<'_>, plan: &Plan) -> Result<Outcome> {
        let mut unpublished = Vec::new();
        for id in self.0.ids(conn, run.by)? {
            let Some(page) = page_row::get(conn, id)? else { continue };
            unpublish(conn, run, &page)?;
            unpublished.push(id);
            (run.progress)(unpublished.len());
        }
        plan.write_inherited(conn, &[])?;
        Ok(Outcome::of_pages(unpublished, Effect::Unpublished))
    }
}

impl Change for UnpublishForm {
    fn affected(&self, conn: &mut Conn, by: &Editor) -> Result<Affected> {
        let row = admin_list::get_many(conn, by, &[self.page])?;
        Ok(Affected::pages(row.into_iter().map(leaves).collect()))
    }

    fn apply(&self, conn: &mut Conn, run: &mut Run<'_>, plan: &Plan) -> Result<Outcome> {
        let (based_on, lock, input) = (self.from, self.lock, self.input.clone());
        let save = SaveDraft { page: Some(self.page), based_on, lock, input };
        let Some(page) = page_row::get(conn, self.page)? else {
            // An earlier save of this form, whose answer was lost, has taken the page off the site.
            let own = drafts::of_form(conn, self.lock.form)?.filter(|draft| draft.page == self.page);
            own.ok_or(Error::Stale)?;
            return save.save(conn, run).map(|_| Outcome::Count(1));
        };
        if page.version != self.from {
            return Err(Error::Stale);
        }
        save.save(conn, run)?;
        unpublish(conn, run, &page)?;
        plan.write_inherited(conn, &[])?;
        Ok(Outcome::Count(1))
    }
}

/// # Errors
/// [`Error::Stale`] when the page is saved at the same moment.
fn unpublish(conn: &mut Conn, run: &Run<'_>, page: &Page) -> Result<()> {
    let was = access::effective(conn, page.id)?.unwrap_or(EffectiveAccess::ChosenBy(page.id));
    let was = Some(was).filter(|_| page.content.is_published(run.now));
    match drafts::get(conn, run.by, page.id)? {
        Some(_) => draft_rows::set_was(conn, page.id, was)?,
        None => {
            let draft = draft_of(conn, run, page)?;
            draft_rows::insert(conn, &draft, DraftLock::default(), was)?;
        }
    }
    let seen = pages::table.find(page.id.0).filter(pages::version.eq(page.version.0));
    if diesel::delete(seen).execute(conn)? == 0 {
        return Err(Error::Stale);
    }
    let detail = "unpublished; it is a draft now".into();
    audit::page(conn, run.by, Action::Changed, &page.content.path, detail, run.now)
}

/// A draft with the current content of a page.
pub(super) fn draft_of(conn: &mut Conn, run: &Run<'_>, page: &Page) -> Result<Draft> {
    let zone = site::get(conn)?.time_zone;
    Ok(Draft {
        page: page.id,
        typed: PageInput::of(&page.content, zone).into(),
        based_on: page.version,
        saved_at: run.now,
        saved_by: run.by.actor().into(),
        version: Version::FIRST,
        gone: Vec::new(),
    })
}
