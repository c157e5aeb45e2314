//! What a text will look like, made by the Markdown that readers get and by no other.

use actix_web::web::Data;
use serde::Deserialize;

use crate::{
    App,
    answer::Answer,
    auth::extract::Editor,
    error::Error,
    form::Form,
    markdown::{self, SafeHtml},
};

/// The text that somebody is writing.
#[derive(Deserialize)]
pub struct Text {
    #[serde(default)]
    body: String,
}

/// POST `/admin/preview`: the HTML of a text, without a page around it. Nothing is saved.
pub async fn show(app: Data<App>, _: Editor, Form(text): Form<Text>) -> Result<Answer, Error> {
    let html = render(&app, text.body).await?;
    Ok(Answer::panel(html.as_str().to_owned()))
}

/// Renders a text among the renderers, which bound how many there are at a time.
pub(super) async fn render(app: &App, text: String) -> Result<SafeHtml, Error> {
    app.renderers.run(move || markdown::render(&text.replace("\r\n", "\n"))).await
}
