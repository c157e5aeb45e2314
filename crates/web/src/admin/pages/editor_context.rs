//! What there is of a page while its form is filled in.

use std::sync::Arc;

use domain::{
    Version, access,
    draft::Draft,
    group::GroupName,
    page::{Page, PageId, PagePath},
    site::Site,
};
use store::{
    drafts, old_paths, pages,
    readers::{self, AccessSummary},
    revisions,
};

use crate::{App, auth::extract::Editor, http::error::Error};

/// What there is of a page: what is published, what waits, and what else there is about it.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    pub(super) page: Option<Page>,
    pub(super) draft: Option<Draft>,
    pub(super) surroundings: Surroundings,
}

impl Known {
    pub(super) fn id(&self) -> Option<PageId> {
        self.page.as_ref().map(|page| page.id).or(self.draft.as_ref().map(|draft| draft.page))
    }

    /// Its address on the site, if it has one.
    pub(super) fn href(&self) -> Option<String> {
        match (&self.page, &self.draft) {
            (Some(page), _) => Some(page.content.path.href()),
            (None, draft) => draft.as_ref().and_then(|draft| draft.typed.path()).map(|path| path.href()),
        }
    }

    pub(super) fn title(&self) -> String {
        match (&self.page, &self.draft) {
            (Some(page), _) => page.content.title.clone(),
            (None, Some(draft)) if !draft.typed.page.title.trim().is_empty() => draft.typed.page.title.clone(),
            (None, Some(_)) => "A draft without a title".into(),
            (None, None) => "Add a page".into(),
        }
    }
}

/// What else there is about a page.
#[derive(Clone, Debug, Default)]
pub(super) struct Surroundings {
    pub(super) below: u64,
    pub(super) old_paths: Vec<PagePath>,
    pub(super) groups: Vec<GroupName>,
    pub(super) who: Option<AccessSummary>,
    /// The last version that was published.
    pub(super) last: Option<Version>,
}

impl Surroundings {
    /// Of a page that is not there yet.
    pub(super) fn of_new(conn: &mut store::Conn, proof: &access::Editor) -> store::Result<Surroundings> {
        Ok(Surroundings { groups: store::groups::names(conn, proof)?, ..Surroundings::default() })
    }

    pub(super) fn of(conn: &mut store::Conn, proof: &access::Editor, page: &Page) -> store::Result<Surroundings> {
        // Below the root is everything, and it does not move along.
        let path = &page.content.path;
        let below = if path.is_root() { 0 } else { pages::count_below(conn, proof, path)? };
        let (who, last) = (Some(readers::summary(conn, proof, page)?), Some(page.version));
        let old_paths = old_paths::of(conn, proof, page.id)?;
        Ok(Surroundings { below, old_paths, who, last, ..Surroundings::of_new(conn, proof)? })
    }
}

/// What there is for the form of a new page.
pub(super) async fn around_new(app: &App, editor: &Editor) -> Result<(Arc<Site>, Known), Error> {
    let proof = editor.proof();
    let (site, surroundings) = app.db.read_with_site(move |conn| Surroundings::of_new(conn, &proof)).await?;
    Ok((site, Known { surroundings, ..Known::default() }))
}

/// What there is of a page, in one read.
pub(super) async fn look(app: &App, editor: &Editor, id: PageId) -> Result<(Arc<Site>, Known), Error> {
    let proof = editor.proof();
    let read = move |conn: &mut store::Conn| {
        let (page, draft) = (pages::get(conn, &proof, id)?, drafts::get(conn, &proof, id)?);
        let surroundings = match &page {
            Some(page) => Surroundings::of(conn, &proof, page)?,
            None => Surroundings { last: revisions::last(conn, &proof, id)?, ..Surroundings::of_new(conn, &proof)? },
        };
        Ok(Known { page, draft, surroundings })
    };
    app.db.read_with_site(read).await
}

/// The page of a request, or 404.
pub(super) async fn load(app: &App, editor: &Editor, id: PageId) -> Result<(Arc<Site>, Page), Error> {
    let proof = editor.proof();
    let (site, page) = app.db.read_with_site(move |conn| pages::get(conn, &proof, id)).await?;
    Ok((site, page.ok_or(Error::NotFound)?))
}
