//! The style sheets and the pictures of the site's look.

use actix_web::web::{Data, Path};
use domain::{
    file::FileName,
    look::{Picture, Role},
    site::Site,
};

use crate::{
    App,
    http::{
        answer::{Answer, Caching},
        assets,
        error::Error,
        file_answer::ServedFile,
        sheets::{OWN, Sheets, TOKENS},
    },
};

/// GET `/static/look/{file}`: the tokens of the look, or a picture of the site.
pub async fn tokens(app: Data<App>, file: Path<String>) -> Result<Answer, Error> {
    if file.ends_with(".css") {
        return show(&app, &format!("{TOKENS}{file}")).await;
    }
    let known = app.db.site().await;
    if let Some(answer) = picture(&known, &file) {
        return Ok(answer);
    }
    // As in `show`: this instance may not know the newest settings yet.
    let site = app.db.read(store::site::get).await?;
    picture(&site, &file).ok_or(Error::NotFound)
}

/// The picture of the site in a file; `None` for that of an earlier look.
fn picture(site: &Site, file: &str) -> Option<Answer> {
    let picture = site.pictures.0.iter().find(|picture| picture.file_name() == file)?;
    answer(picture, Caching::Immutable)
}

fn answer(picture: &Picture, caching: Caching) -> Option<Answer> {
    let name = FileName::parse(&picture.file_name()).ok()?;
    Some(Answer::file(ServedFile { name, content: picture.content.clone() }, caching))
}

/// GET `/favicon.ico`: the icon of the site, or ours.
pub async fn favicon(app: Data<App>) -> Result<Answer, Error> {
    let site = app.db.site().await;
    match site.pictures.get(Role::Icon).and_then(|icon| answer(icon, Caching::Public)) {
        Some(icon) => Ok(icon),
        None => assets::favicon().await,
    }
}

/// GET `/static/css/{file}`: the site's own rules.
pub async fn own(app: Data<App>, file: Path<String>) -> Result<Answer, Error> {
    show(&app, &format!("{OWN}{file}")).await
}

/// The style sheet at an address; 404 for that of an earlier look, because caches would keep the new rules there for a year.
async fn show(app: &App, href: &str) -> Result<Answer, Error> {
    if let Some(answer) = Sheets::of(&app.db.site().await.look).answer(href) {
        return Ok(answer);
    }
    // Another instance may have answered with newer settings, which this one does not know yet.
    let site = app.db.read(store::site::get).await?;
    Sheets::of(&site.look).answer(href).ok_or(Error::NotFound)
}
