//! What a text will look like, made by the Markdown that readers get and by no other, with links that lead nowhere marked.

use std::collections::BTreeMap;

use actix_web::web::Data;
use domain::{
    link::{self, Fault},
    page::{PagePath, Visibility},
};
use serde::Deserialize;
use store::links;

use crate::{
    App,
    answer::Answer,
    auth::extract::Editor,
    error::Error,
    form::{Form, checkbox},
    markdown::{self, SafeHtml},
};

/// The text that somebody is writing, and of its page what links depend on.
#[derive(Deserialize)]
pub struct Text {
    #[serde(default)]
    pub(super) body: String,
    #[serde(default)]
    pub(super) path: String,
    #[serde(default, deserialize_with = "checkbox")]
    pub(super) private: bool,
}

/// POST `/admin/preview`: the HTML of a text, without a page around it. Nothing is saved.
pub async fn show(app: Data<App>, editor: Editor, Form(text): Form<Text>) -> Result<Answer, Error> {
    let html = render(&app, &editor, text).await?;
    Ok(Answer::panel(html.as_str().to_owned()))
}

/// Renders a text among the renderers, which bound how many there are at a time.
pub(super) async fn render(app: &App, editor: &Editor, text: Text) -> Result<SafeHtml, Error> {
    let Text { body, path, private } = text;
    let body = body.replace("\r\n", "\n");
    let from = PagePath::typed(&path).unwrap_or_else(|_| PagePath::root());
    let (source, page) = (body.clone(), from.clone());
    let targets = app.renderers.run(move || crate::admin::links::targets(&page, &source)).await?;
    let proof = editor.proof();
    let look = move |conn: &mut store::Conn| links::faults(conn, &proof, Visibility::from_private(private), &targets);
    let faults: BTreeMap<String, Fault> = app.db.read(look).await?.into_iter().collect();
    let words = move |address: &str| Some(faults.get(&link::target(&from, address)?)?.message());
    app.renderers.run(move || markdown::render_with_faults(&body, words)).await
}
