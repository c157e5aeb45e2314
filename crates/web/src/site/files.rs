//! The files of pages.

use actix_web::HttpRequest;
use domain::file::Content;
use store::files;

use super::resolve::{FilePath, ResolvedFile};
use crate::{
    App,
    http::{
        answer::{Answer, Outcome},
        error::Error,
        file_answer::FileFacts,
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
            let href = format!("{}/{name}", page.href().trim_end_matches('/'));
            return Ok(Outcome::Redirect(permanent_redirect_with_query(&href, request.query_string())));
        }
    };
    let file = visible.file();
    let content = match visible.width() {
        Some(width) => rendition(app, &file.content, width).await?,
        None => file.content.clone(),
    };
    let Content { id: content, hash, bytes, .. } = content;
    let facts = FileFacts { name: file.name.clone(), content, bytes, hash };
    let answer = Answer::file(facts, visible.caching());
    visible.cache(app, &answer);
    Ok(Outcome::Page(answer))
}

/// A picture in a width; the original while there is no smaller one.
async fn rendition(app: &App, original: &Content, width: u32) -> Result<Content, Error> {
    if original.size.is_none_or(|(own, _)| own <= width) {
        return Ok(original.clone());
    }
    let id = original.id;
    let made = app.db.read(move |conn| files::rendition(conn, id, width)).await?;
    Ok(made.unwrap_or_else(|| original.clone()))
}
