//! Links between pages: the picker of the editor, and the list of broken links.

use std::{borrow::Cow, time::Duration};

use actix_web::web::Data;
use domain::page::PagePath;
use serde::Serialize;
use store::{
    admin_list::PageRow,
    links::{self, BrokenLink},
    offers,
};

use super::{
    batches::{self, Pace},
    panel::Panel,
};
use crate::{
    App,
    auth::extract::Editor,
    http::{answer::Answer, error::Error, query::QueryString, view::Link},
    markdown,
};

const ADDRESS: &str = "/admin/links/broken";
/// The maximum number of pages that the picker offers.
const MAX_OFFERED: u32 = 8;
/// How often changed texts are read.
const PACE: Pace = Pace { between_batches: Duration::from_millis(20), poll_interval: Duration::from_secs(5) };
/// The maximum number of broken links on a page of the list.
const MAX_LISTED: u32 = 200;
/// The maximum number of pages whose links are examined for a page of the list.
const MAX_EXAMINED: u32 = 5_000;

/// Reads the links of texts that changed by SQL or before links were kept; runs until the server stops. Commands read the
/// links of the pages that they save themselves, and no request waits for this task.
pub async fn read_changed_texts(app: Data<App>) {
    // A batch fails if a user saves one of its pages at the same moment: the user takes precedence.
    batches::run("links of changed texts", PACE, async || read_some(&app).await).await;
}

/// Reads the links of one batch of changed texts; returns whether others are left.
async fn read_some(app: &App) -> Result<bool, Error> {
    match app.db.read(links::has_unread).await? {
        false => Ok(false),
        true => app.db.write(|conn| store::writing::links::catch_up(conn, markdown::facts)).await,
    }
}

/// A page that the picker offers.
#[derive(Serialize)]
struct Offer {
    title: String,
    path: String,
    readers: &'static str,
}

impl From<PageRow> for Offer {
    fn from(row: PageRow) -> Offer {
        let readers = row.access.label();
        Offer { title: row.title, path: row.path.href(), readers }
    }
}

/// GET `/admin/links?q=`: the pages that are closest to what was typed.
pub async fn offer(app: Data<App>, editor: Editor, query: QueryString) -> Result<Answer, Error> {
    let (proof, typed) = (editor.proof(), query.get("q").to_owned());
    let (_, rows) = app.db.list_with_site(move |conn| offers::list(conn, &proof, &typed, MAX_OFFERED)).await?;
    let offers: Vec<Offer> = rows.into_iter().map(Offer::from).collect();
    Answer::json(&offers)
}

/// A broken link as a row.
#[derive(Serialize)]
pub(super) struct Row {
    title: String,
    path: String,
    edit_href: String,
    target: String,
    why: Cow<'static, str>,
}

impl From<BrokenLink> for Row {
    fn from(link: BrokenLink) -> Row {
        Row {
            title: link.title,
            path: link.path.href(),
            edit_href: format!("/admin/pages/{}", link.page.0),
            why: link.problem.message(&link.target),
            target: link.target.href(),
        }
    }
}

#[derive(Serialize)]
struct BrokenPage {
    #[serde(flatten)]
    panel: Panel,
    links: Vec<Row>,
    /// The address of the part before this one, and the path after which it begins; empty for the first.
    first_href: &'static str,
    after: String,
    /// The path of the last page that was examined, and the address of the part after it; empty for the last.
    until: String,
    next_href: String,
    unread: bool,
}

/// GET `/admin/links/broken`: the broken links of some pages, from the page after `after` on.
pub async fn broken(app: Data<App>, editor: Editor, query: QueryString) -> Result<Answer, Error> {
    let after = query.get("after").strip_prefix('/').and_then(|path| PagePath::parse(path).ok());
    let (proof, from) = (editor.proof(), after.clone());
    let read = move |conn: &mut store::Conn| {
        let found = links::broken(conn, &proof, from.as_ref(), (MAX_LISTED, MAX_EXAMINED), markdown::ids)?;
        Ok((found, links::has_unread(conn)?))
    };
    let (site, (found, unread)) = app.db.list_with_site(read).await?;
    let href = |path: &PagePath| format!("{ADDRESS}?after={}", path.href());
    let above = [Link::new("/admin/", "Dashboard")];
    let page = BrokenPage {
        panel: Panel::new(&site, editor.account(), "links", "Broken links", &above),
        first_href: if after.is_some() { ADDRESS } else { "" },
        after: after.map(|path| path.href()).unwrap_or_default(),
        next_href: found.next.as_ref().map(href).unwrap_or_default(),
        until: found.next.map(|path| path.href()).unwrap_or_default(),
        links: found.rows.into_iter().map(Row::from).collect(),
        unread,
    };
    Ok(Answer::panel(app.view.render("admin/links/broken.html", &page)?))
}
