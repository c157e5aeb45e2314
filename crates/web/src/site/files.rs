//! The files of pages.

use actix_web::HttpRequest;
use domain::file::{Content, File};
use store::files;

pub(super) use super::resolve::width;
use super::resolve::{FilePath, ResolvedFile};
use crate::{
    App,
    http::{
        answer::{Answer, Outcome},
        error::Error,
        file_answer::ServedFile,
        responses::permanent_redirect_with_query,
    },
};

/// GET a path with a dot in its last segment: a file of the page at the path before it.
///
/// # Errors
/// As its page, and 404 for a name that the page does not have.
pub async fn show(app: &App, request: &HttpRequest, path: &FilePath<'_>) -> Result<Outcome, Error> {
    let visible = match ResolvedFile::of(app, request, path).await? {
        ResolvedFile::File(visible) => visible,
        ResolvedFile::Moved(page, name) => {
            return Ok(Outcome::Redirect(permanent_redirect_with_query(
                &page.file_href(&name),
                request.query_string(),
            )));
        }
    };
    let file = visible.file();
    let content = match visible.width() {
        Some(width) => smaller_copy(app, file, width).await?,
        None => file.content.clone(),
    };
    let answer = Answer::file(ServedFile { name: file.name.clone(), content }, visible.caching());
    visible.cache(app, &answer);
    Ok(Outcome::Page(answer))
}

/// A picture in a width; the original while there is no smaller one.
pub(super) async fn smaller_copy(app: &App, file: &File, width: u32) -> Result<Content, Error> {
    let original = &file.content;
    if original.size.is_none_or(|(own, _)| own <= width) {
        return Ok(original.clone());
    }
    let id = original.id;
    if let Some(made) = app.db.read(move |conn| files::rendition(conn, id, width)).await? {
        return Ok(made);
    }
    app.smaller_copies.want(original, file.name.kind());
    Ok(original.clone())
}
