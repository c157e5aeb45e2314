//! The preview of a text: rendered by the same Markdown as published pages, with broken links marked.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::web::Data;
use domain::{
    access,
    audience::{Audience, AudienceInput},
    file::File,
    link::{self, LinkProblem, Target},
    page::PagePath,
};
use serde::Deserialize;
use store::{
    drafts, files, links,
    pages::{self, Located},
};

use crate::{
    App,
    auth::extract::Editor,
    http::{answer::Answer, error::Error, form::TextForm},
    markdown::{self, SafeHtml},
};

/// The maximum number of different links that a preview checks: each one is a query. The list of broken links has all.
const MAX_CHECKED_LINKS: usize = 500;

/// The text of a form, and the fields on which the check of its links depends.
#[derive(Deserialize)]
pub struct Text {
    #[serde(default)]
    body: String,
    #[serde(default)]
    path: String,
    #[serde(default)]
    audience: String,
    #[serde(default)]
    people: String,
    #[serde(default)]
    groups: Vec<String>,
}

impl Text {
    pub(super) fn of(body: &str, path: &str, audience: &AudienceInput) -> Text {
        let AudienceInput { kind, people, groups } = audience.clone();
        Text { body: body.to_owned(), path: path.to_owned(), audience: kind, people, groups }
    }

    /// The audience of the page; an incomplete one counts as inherited.
    fn audience(&self) -> Audience {
        let Text { audience, people, groups, .. } = self;
        let draft = AudienceInput { kind: audience.clone(), people: people.clone(), groups: groups.clone() };
        draft.check().unwrap_or_default()
    }
}

/// POST `/admin/preview`: the HTML of a text, without a page around it. Nothing is saved.
pub async fn show(app: Data<App>, editor: Editor, TextForm(text): TextForm<Text>) -> Result<Answer, Error> {
    let html = render(&app, &editor, text).await?;
    Ok(Answer::panel(html.as_str().to_owned()))
}

/// Renders a text in the render pool, which limits the number of renderings at a time.
pub(super) async fn render(app: &App, editor: &Editor, text: Text) -> Result<SafeHtml, Error> {
    let audience = text.audience();
    let Text { body, path, .. } = text;
    let body = body.replace("\r\n", "\n");
    let from = PagePath::typed(&path).unwrap_or_else(|_| PagePath::root());
    let (source, page) = (body.clone(), from.clone());
    let own = from.clone();
    let targets = app.render_pool.run_long(move || checked_targets(&page, &source)).await?;
    let proof = editor.proof();
    let query = move |conn: &mut store::Conn| {
        let problems = links::problems(conn, &proof, &own, &audience, &targets, markdown::ids)?;
        Ok((problems, drafted_files(conn, &proof, &own)?))
    };
    let (problems, files) = app.db.read(query).await?;
    let problems: BTreeMap<Target, LinkProblem> = problems.into_iter().collect();
    let page = from.clone();
    let words = move |address: &str| Some(problems.get(&link::target(&from, address)?)?.message());
    let rendering = move || markdown::with_files(markdown::render_with_problems(&body, words), &page, &files);
    app.render_pool.run_long(rendering).await
}

/// The files of the page at a path as its draft has them.
fn drafted_files(conn: &mut store::Conn, by: &access::Editor, path: &PagePath) -> store::Result<Vec<File>> {
    let page = match drafts::find(conn, by, path)? {
        Some(draft) => Some(draft.page),
        None => match pages::locate(conn, path)? {
            Located::Page(page) => Some(page.id),
            Located::Moved(_) | Located::Nothing => None,
        },
    };
    page.map_or(Ok(Vec::new()), |page| files::drafted(conn, by, page))
}

/// The different targets of a text, up to [`MAX_CHECKED_LINKS`]. Headings of the page itself are those of the text.
fn checked_targets(page: &PagePath, markdown: &str) -> Vec<Target> {
    let is_other = |target: &Target| target.fragment.is_empty() || target.path != page.as_str();
    let targets: BTreeSet<Target> = markdown::targets(page, markdown).into_iter().filter(is_other).collect();
    targets.into_iter().take(MAX_CHECKED_LINKS).collect()
}
