//! The context of a page's form: the published page, its draft, and related data.

use std::sync::Arc;

use domain::{
    Version, access,
    audience::AudienceInput,
    draft::{Draft, FormId},
    page::{Page, PageId, PagePath},
    site::Site,
    user::Username,
};
use store::{drafts, groups::OfferedGroups, old_paths, pages, readers, revisions, shares, tree};

use crate::{App, auth::extract::Editor, clock, http::error::Error};

/// The maximum number of chosen readers as whom a form offers to view the page.
const MAX_READERS: u32 = 5;

/// The published page, its draft, and related data; all empty for a new page.
#[derive(Clone, Debug, Default)]
pub(super) struct EditorContext {
    pub(super) page: Option<Page>,
    pub(super) draft: Option<Draft>,
    pub(super) surroundings: Surroundings,
    /// The number of links to the page or its draft that have not ended.
    pub(super) open_shares: u64,
    /// How many of them show the draft.
    pub(super) draft_shares: u64,
}

impl EditorContext {
    pub(super) fn id(&self) -> Option<PageId> {
        self.page.as_ref().map(|page| page.id).or(self.draft.as_ref().map(|draft| draft.page))
    }

    /// The address of the page or of its draft, if it has one.
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
            (None, Some(_)) => "Untitled draft".into(),
            (None, None) => "New page".into(),
        }
    }
}

/// Data about a page that is not part of its content.
#[derive(Clone, Debug, Default)]
pub(super) struct Surroundings {
    pub(super) below: u64,
    pub(super) old_paths: Vec<PagePath>,
    pub(super) groups: OfferedGroups,
    /// Some of the chosen readers.
    pub(super) some_readers: Vec<Username>,
    /// The last published version.
    pub(super) last: Option<Version>,
    /// Whether the path is below another one that has no page.
    pub(super) is_below_no_page: bool,
}

impl Surroundings {
    /// The surroundings of a new page.
    fn of_new(conn: &mut store::Conn, proof: &access::Editor, groups: &[String]) -> store::Result<Surroundings> {
        Ok(Surroundings { groups: store::groups::offered(conn, proof, groups)?, ..Surroundings::default() })
    }

    fn of(
        conn: &mut store::Conn,
        proof: &access::Editor,
        page: &Page,
        groups: &[String],
    ) -> store::Result<Surroundings> {
        // Every page is below the root, but the root never moves.
        let path = &page.content.path;
        let below = if path.is_root() { 0 } else { pages::count_below(conn, proof, path)? };
        Ok(Surroundings {
            below,
            old_paths: old_paths::of(conn, proof, page.id)?,
            some_readers: readers::some(conn, proof, page.id, MAX_READERS)?,
            last: Some(page.version),
            is_below_no_page: is_below_no_page(conn, proof, path)?,
            ..Surroundings::of_new(conn, proof, groups)?
        })
    }
}

/// Whether a path is below another one that has no page.
fn is_below_no_page(conn: &mut store::Conn, proof: &access::Editor, path: &PagePath) -> store::Result<bool> {
    match path.above().next().filter(|parent| !parent.is_root()) {
        Some(parent) => Ok(!tree::has_page(conn, proof, &parent)?),
        None => Ok(false),
    }
}

/// Loads the context of a new page. `groups` are the names of groups in its form.
pub(super) async fn load_new(
    app: &App,
    editor: &Editor,
    groups: &[String],
) -> Result<(Arc<Site>, EditorContext), Error> {
    let (proof, groups) = (editor.proof(), groups.to_vec());
    let (site, surroundings) = app.db.read_with_site(move |conn| Surroundings::of_new(conn, &proof, &groups)).await?;
    Ok((site, EditorContext { surroundings, ..EditorContext::default() }))
}

/// Loads the context of a new page, or of the page that an earlier save of the same form has created.
pub(super) async fn load_of_form(
    app: &App,
    editor: &Editor,
    form: FormId,
    groups: &[String],
) -> Result<(Arc<Site>, EditorContext), Error> {
    let proof = editor.proof();
    match app.db.read(move |conn| revisions::page_of_form(conn, &proof, form)).await? {
        Some(page) => load(app, editor, page, groups).await,
        None => load_new(app, editor, groups).await,
    }
}

/// Loads the context of a page in one read. `groups` are the names of groups in its form, besides those of the page and its
/// draft.
pub(super) async fn load(
    app: &App,
    editor: &Editor,
    id: PageId,
    groups: &[String],
) -> Result<(Arc<Site>, EditorContext), Error> {
    let (proof, mut groups) = (editor.proof(), groups.to_vec());
    let read = move |conn: &mut store::Conn| {
        let (page, draft) = (pages::get(conn, &proof, id)?, drafts::get(conn, &proof, id)?);
        groups.extend(page.iter().flat_map(|page| AudienceInput::of(&page.content.audience).groups));
        groups.extend(draft.iter().flat_map(|draft| draft.typed.page.audience.groups.clone()));
        let surroundings = match &page {
            Some(page) => Surroundings::of(conn, &proof, page, &groups)?,
            None => Surroundings {
                last: revisions::last(conn, &proof, id)?,
                is_below_no_page: match draft.as_ref().and_then(|draft| draft.typed.path()) {
                    Some(path) => is_below_no_page(conn, &proof, &path)?,
                    None => false,
                },
                ..Surroundings::of_new(conn, &proof, &groups)?
            },
        };
        let (open_shares, draft_shares) = shares::count_open(conn, &proof, id, clock::now())?;
        Ok(EditorContext { page, draft, surroundings, open_shares, draft_shares })
    };
    app.db.read_with_site(read).await
}

/// The page of a request, or 404.
pub(super) async fn load_page(app: &App, editor: &Editor, id: PageId) -> Result<(Arc<Site>, Page), Error> {
    let proof = editor.proof();
    let (site, page) = app.db.read_with_site(move |conn| pages::get(conn, &proof, id)).await?;
    Ok((site, page.ok_or(Error::NotFound)?))
}
