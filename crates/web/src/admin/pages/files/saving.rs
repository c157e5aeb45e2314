//! The form of a page that comes along with an action on a file.

use domain::{page::PageId, zone::Zone};

use crate::{
    App,
    admin::pages::{Fields, autosave, conflict},
    auth::extract::Editor,
    http::{answer::Outcome, error::Error},
};

/// Saves the form that was sent along with an action on a file, so that the fields hold the version of the draft.
///
/// # Errors
/// The answer when somebody else saved first.
pub(super) async fn save_form(
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
