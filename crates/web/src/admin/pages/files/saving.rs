//! The form of a page that comes along with an action on a file.

use actix_web::http::StatusCode;
use domain::{invalid::Invalid, page::PageId, zone::Zone};

use crate::{
    App,
    admin::pages::{Fields, autosave, conflict, editing::Editing, editor_context},
    auth::extract::Editor,
    http::{
        answer::{Answer, Outcome},
        error::Error,
        form::from_pairs,
        query::QueryString,
    },
};

/// Saves the form of the page if it was sent along with an action on a file, and returns it.
///
/// # Errors
/// The answer when somebody else saved first.
pub(super) async fn save_sent(
    app: &App,
    editor: &Editor,
    page: PageId,
    pairs: &[(String, String)],
) -> Result<Result<Option<Fields>, Outcome>, Error> {
    let has = |name: &str| pairs.iter().any(|(known, _)| known == name);
    if !(has("version") && has("form")) {
        return Ok(Ok(None));
    }
    let mut fields: Fields = from_pairs(pairs)?;
    let zone = app.db.site().await.time_zone;
    Ok(save_form(app, editor, zone, page, &mut fields).await?.map(|()| Some(fields)))
}

/// The form again, after its draft was saved, with a message at the file. `query` says which file the list shows.
pub(super) async fn form_again(
    app: &App,
    editor: &Editor,
    page: PageId,
    fields: Fields,
    words: String,
    status: StatusCode,
    query: &QueryString,
) -> Result<Answer, Error> {
    let (site, context) = editor_context::load(app, editor, page, &fields.audience().groups).await?;
    let editing = Editing { app, editor, site: &site, context: &context };
    let form = editing.form(fields, &Invalid::one("file", words), query).await?;
    Ok(form.with_status(status))
}

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
