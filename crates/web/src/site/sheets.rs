//! The style sheets of the site's look.

use actix_web::web::{Data, Path};

use crate::{
    App,
    http::{
        answer::Answer,
        error::Error,
        sheets::{OWN, Sheets, TOKENS},
    },
};

/// GET `/static/look/{file}`: the tokens of the look.
pub async fn tokens(app: Data<App>, file: Path<String>) -> Result<Answer, Error> {
    show(&app, &format!("{TOKENS}{file}")).await
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
    // Another instance may have answered with a page of settings that this one has not heard of.
    let site = app.db.read(store::site::get).await?;
    Sheets::of(&site.look).answer(href).ok_or(Error::NotFound)
}
