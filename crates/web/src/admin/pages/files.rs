//! The files of a page in its form: uploading them, changing them, and the list of them beside the text.
//!
//! Every button that is about a file sends the form of the page along, and the draft is saved before anything else is done: without
//! a script nothing that was typed is lost. A script sends a file alone.

pub mod actions;
mod names;
mod panel;
mod question;
pub mod uploads;

use actix_web::{HttpRequest, web::Data};
use domain::{
    access,
    draft::Draft,
    file::{File, FileName},
    page::{Page, PageId},
    zone::Zone,
};
use store::{Conn, drafts, pages};

pub(super) use panel::FilesPanel;

use super::{Fields, autosave, conflict};
use crate::{
    App,
    admin::request::id,
    auth::extract::Editor,
    http::{
        answer::{Answer, Outcome},
        error::Error,
        query::QueryString,
    },
};

/// GET `/admin/drafts/{id}/files`: the list of files of the saved draft, without a page around it.
pub async fn list(request: HttpRequest, app: Data<App>, editor: Editor, query: QueryString) -> Result<Answer, Error> {
    let page = PageId(id(&request)?);
    let of_page = OfPage::load(&app, &editor, page).await?;
    let files = FilesPanel::of_page(&app, &editor, &of_page, query.get("file"));
    Ok(Answer::panel(app.view.render("admin/pages/files.html", &panel::Part { files })?))
}

/// The files of a page, and what its form shows of them.
pub(super) struct OfPage {
    id: PageId,
    page: Option<Page>,
    draft: Option<Draft>,
    /// Those that readers have, and those that wait.
    files: Vec<File>,
}

impl OfPage {
    /// # Errors
    /// 404 when there is neither a page nor a draft.
    async fn load(app: &App, editor: &Editor, page: PageId) -> Result<OfPage, Error> {
        let proof = editor.proof();
        app.db.read(move |conn| OfPage::read(conn, &proof, page)).await?.ok_or(Error::NotFound)
    }

    fn read(conn: &mut Conn, proof: &access::Editor, id: PageId) -> store::Result<Option<OfPage>> {
        let (page, draft) = (pages::get(conn, proof, id)?, drafts::get(conn, proof, id)?);
        if page.is_none() && draft.is_none() {
            return Ok(None);
        }
        Ok(Some(OfPage { id, page, draft, files: store::files::all(conn, proof, id)? }))
    }

    /// The files that the page will have once it is published.
    fn drafted(&self) -> impl Iterator<Item = &File> {
        let waits = |name: &FileName| self.files.iter().any(|file| file.since.is_none() && file.name == *name);
        self.files.iter().filter(move |file| file.since.is_none() || !(file.leaves || waits(&file.name)))
    }

    /// Whether readers have a file of this name.
    fn is_live(&self, name: &FileName) -> bool {
        self.files.iter().any(|file| file.since.is_some() && file.name == *name)
    }

    /// The address at which readers have the page, or will have it; empty for a draft without a valid path.
    fn path(&self) -> String {
        let drafted = || self.draft.as_ref().and_then(|draft| draft.typed.path());
        let path = self.page.as_ref().map(|page| page.content.path.clone()).or_else(drafted);
        path.map(|path| path.href()).unwrap_or_default()
    }

    /// The text of the draft, or else of the page.
    fn text(&self) -> &str {
        match (&self.draft, &self.page) {
            (Some(draft), _) => &draft.typed.page.body,
            (None, Some(page)) => &page.content.body,
            (None, None) => "",
        }
    }

    /// The version of the draft; 0 without one.
    fn draft_version(&self) -> i64 {
        self.draft.as_ref().map_or(0, |draft| draft.version.0)
    }
}

/// Saves the form that was sent along with an action on a file, so that the fields hold the version of the draft.
///
/// # Errors
/// The answer when somebody else saved first.
async fn save_form(
    app: &App,
    editor: &Editor,
    zone: Zone,
    page: PageId,
    fields: &mut Fields,
) -> Result<Result<(), Outcome>, Error> {
    match autosave::write(app, editor, zone, Some(page), fields).await? {
        Some(draft) => {
            fields.draft = draft.version.0;
            Ok(Ok(()))
        }
        None => conflict::show(app, editor, page, fields.clone()).await.map(Err),
    }
}
