//! The preview of a text: rendered by the same Markdown as published pages, with broken links marked.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use actix_web::web::Data;
use domain::{
    access,
    audience::{Audience, AudienceInput},
    file::{File, FileName},
    link::{self, LinkProblem, Target},
    page::{PageId, PagePath},
};
use serde::{Deserialize, Serialize};
use store::{
    drafts, files, links,
    pages::{self, Located},
};

use super::{Fields, files::elsewhere::Elsewhere};
use crate::{
    App,
    auth::extract::Editor,
    http::{answer::Answer, error::Error, form::TextForm},
    language::Language,
    markdown::{self, Address, SafeHtml},
};

/// The maximum number of different links that a preview checks: each one is a query. The list of broken links is
/// complete.
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
    /// The key of the page; empty for a new one.
    #[serde(default)]
    page: String,
}

impl Text {
    pub(super) fn of(fields: &Fields, page: Option<PageId>) -> Text {
        let AudienceInput { kind, people, groups } = fields.audience();
        let page = page.map_or(String::new(), |page| page.0.to_string());
        Text { body: fields.body.clone(), path: fields.path.clone(), audience: kind, people, groups, page }
    }

    /// The audience of the page; an incomplete one counts as inherited.
    fn audience(&self) -> Audience {
        let Text { audience, people, groups, .. } = self;
        let draft = AudienceInput { kind: audience.clone(), people: people.clone(), groups: groups.clone() };
        draft.check().unwrap_or_default()
    }
}

/// A rendered text.
pub(super) struct Preview {
    /// The HTML, with warnings.
    pub(super) html: SafeHtml,
    /// The files of other pages that the text names.
    pub(super) elsewhere: Vec<Elsewhere>,
}

/// The values of the template `admin/pages/preview.html`.
#[derive(Serialize)]
struct Parts {
    html: SafeHtml,
    elsewhere: Vec<Elsewhere>,
}

/// POST `/admin/preview`: the HTML of a text, without a page around it, and the list of files of other pages. Nothing is saved.
pub async fn show(app: Data<App>, editor: Editor, TextForm(text): TextForm<Text>) -> Result<Answer, Error> {
    let Preview { html, elsewhere } = render(&app, &editor, text).await?;
    Ok(Answer::panel(app.view.render("admin/pages/preview.html", &Parts { html, elsewhere })?))
}

/// Renders a text in the render pool, which limits the number of renderings at a time.
pub(super) async fn render(app: &App, editor: &Editor, text: Text) -> Result<Preview, Error> {
    let (checked, body) = check(app, editor, text).await?;
    let elsewhere = checked.elsewhere();
    let rendering = move || {
        let html = markdown::render_with_problems(&body, |address| checked.warning(address));
        // The panel is in English.
        markdown::with_files(html, Language::English, &checked.path, &checked.files)
    };
    Ok(Preview { html: app.render_pool.run_long(rendering).await?, elsewhere })
}

/// The files of other pages that a text names, for the form without a preview.
pub(super) async fn elsewhere(app: &App, editor: &Editor, text: Text) -> Result<Vec<Elsewhere>, Error> {
    if !markdown::may_name_a_file(&text.body) {
        return Ok(Vec::new());
    }
    Ok(check(app, editor, text).await?.0.elsewhere())
}

/// The targets of the addresses in a text, as they were looked up.
struct Checked {
    page: Option<PageId>,
    path: PagePath,
    /// Whether everybody reads the page.
    is_public: bool,
    targets: Vec<Target>,
    problems: BTreeMap<Target, LinkProblem>,
    /// The files of the page, as its draft has them.
    files: Vec<File>,
}

/// Looks up the targets of the addresses in a text. Also returns the text, with the line endings of Markdown.
async fn check(app: &App, editor: &Editor, text: Text) -> Result<(Checked, String), Error> {
    let audience = text.audience();
    let Text { body, path, page, .. } = text;
    let body = body.replace("\r\n", "\n");
    let path = PagePath::typed(&path).unwrap_or_else(|_| PagePath::root());
    let (source, from) = (body.clone(), path.clone());
    let targets = app.render_pool.run_long(move || checked_targets(&from, &source)).await?;
    let proof = editor.proof();
    let (own, wanted) = (path.clone(), targets.clone());
    let query = move |conn: &mut store::Conn| {
        let problems = links::problems(conn, &proof, &own, &audience, &wanted, markdown::ids)?;
        let page = match page.parse() {
            Ok(page) => Some(PageId(page)),
            Err(_) => page_at(conn, &proof, &own)?,
        };
        let files = page.map_or(Ok(Vec::new()), |page| files::drafted(conn, &proof, page))?;
        Ok((problems, links::is_public(conn, &proof, &own, &audience)?, page, files))
    };
    let (problems, is_public, page, files) = app.db.read(query).await?;
    let problems = problems.into_iter().collect();
    Ok((Checked { page, path, is_public, targets, problems, files }, body))
}

impl Checked {
    /// The warning for the author about an address.
    fn warning(&self, address: Address<'_>) -> Option<Cow<'static, str>> {
        let (written, is_picture) = match address {
            Address::Link(address) => (address, false),
            Address::Picture(address) => (address, true),
        };
        if let Some(name) = markdown::named(written) {
            return self.own(&name);
        }
        let Some(target) = link::target(&self.path, written) else {
            return if is_picture { self.other_site(written) } else { None };
        };
        match (&target.file, is_picture) {
            (Some(name), _) if target.path == self.path.as_str() => self.own(name),
            (None, true) => Some(NO_PICTURE.into()),
            (Some(name), true) => {
                let problem = self.problems.get(&target).map(|problem| problem.message(&target));
                let more = problem.map(|problem| format!(" {problem}")).unwrap_or_default();
                Some(format!("{name} belongs to another page: readers see a link to it.{more}").into())
            }
            (_, false) => Some(self.problems.get(&target)?.message(&target)),
        }
    }

    /// A file of the page itself.
    fn own(&self, name: &FileName) -> Option<Cow<'static, str>> {
        let is_there = self.files.iter().any(|file| file.name == *name);
        (!is_there).then(|| format!("This page has no file {name}.").into())
    }

    /// A picture of another site, which sees the requests of the readers.
    fn other_site(&self, address: &str) -> Option<Cow<'static, str>> {
        let (_, after) = address.split_once("//")?;
        let host = after.split(['/', '?', '#']).next().filter(|host| !host.is_empty())?;
        let warning = match self.is_public {
            true => format!("This picture comes from {host}, which sees the network address of every reader."),
            false => format!(
                "This page is private, and this picture tells {host} when somebody reads it, and from which network address."
            ),
        };
        Some(format!("{warning} To show it from here, download it and drop it into the text.").into())
    }

    /// The files of other pages that the text names.
    fn elsewhere(&self) -> Vec<Elsewhere> {
        self.targets.iter().filter_map(|target| Elsewhere::of(self.page, target, self.problems.get(target))).collect()
    }
}

const NO_PICTURE: &str = "There is no picture at this address.";

/// The page whose draft, or which itself, is at a path.
fn page_at(conn: &mut store::Conn, by: &access::Editor, path: &PagePath) -> store::Result<Option<PageId>> {
    Ok(match drafts::find(conn, by, path)? {
        Some(draft) => Some(draft.page),
        None => match pages::locate(conn, path)? {
            Located::Page(page) => Some(page.id),
            Located::Moved(_) | Located::Nothing => None,
        },
    })
}

/// The different targets of a text, up to [`MAX_CHECKED_LINKS`]. Headings of the page itself are those of the text.
fn checked_targets(page: &PagePath, markdown: &str) -> Vec<Target> {
    let is_other = |target: &Target| target.fragment.is_empty() || target.path != page.as_str();
    let targets: BTreeSet<Target> = markdown::targets(page, markdown).into_iter().filter(is_other).collect();
    targets.into_iter().take(MAX_CHECKED_LINKS).collect()
}
