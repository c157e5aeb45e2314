//! Links between pages: the picker of the editor, and those that not everybody can follow.

use std::time::Duration;

use actix_web::web::Data;
use serde::Serialize;
use store::{
    Paging,
    admin_list::{self, PageColumn, PageFilter, PageRow, PageSort},
    links::{self, BrokenLink},
};

use super::panel::Panel;
use crate::{
    App,
    auth::extract::Editor,
    http::{
        answer::{Answer, Caching},
        error::Error,
        query::QueryString,
        view::Link,
    },
    markdown,
};

/// How many pages the picker offers.
const OFFERED: u32 = 8;
/// How many parts of what is unread a request reads; the rest is read in the background.
const ROUNDS: usize = 3;
/// How long the background waits between parts, and when nothing is left.
const PAUSE: Duration = Duration::from_millis(250);
const EVERY: Duration = Duration::from_secs(60);
/// How many broken links are listed, at most.
const LISTED: u32 = 500;

/// Reads texts that changed since they were read for links, as many as somebody waits for; whether others are left.
pub(super) async fn catch_up(app: &App) -> Result<bool, Error> {
    if app.db.read(links::unread).await? == 0 {
        return Ok(false);
    }
    for _ in 0..ROUNDS {
        match app.db.write(|conn| store::writing::links::catch_up(conn, markdown::targets)).await {
            Ok(true) => {}
            Ok(false) => return Ok(false),
            Err(error) => {
                // Somebody saved one of these pages in the same moment; there is another time.
                log::debug!("texts could not be read for links: {error}");
                break;
            }
        }
    }
    Ok(true)
}

/// Reads what is left: the texts that were there before links were kept, and those that somebody wrote by SQL.
pub async fn catch_up_for_ever(app: Data<App>) {
    loop {
        match catch_up(&app).await {
            // Others want to write, too.
            Ok(true) => tokio::time::sleep(PAUSE).await,
            Ok(false) => tokio::time::sleep(EVERY).await,
            Err(error) => {
                log::warn!("texts are not read for links now: {error}");
                tokio::time::sleep(EVERY).await;
            }
        }
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

/// GET `/admin/links?q=`: some pages in which the words are found, the last saved first.
pub async fn offer(app: Data<App>, editor: Editor, query: QueryString) -> Result<Answer, Error> {
    let filter = PageFilter { query: query.get("q").to_owned(), ..PageFilter::default() };
    let (proof, paging) = (editor.proof(), Paging { number: 1, size: OFFERED });
    let sort = PageSort { by: PageColumn::Updated, descending: true };
    let table = app.db.read(move |conn| admin_list::list(conn, &proof, &filter, sort, paging)).await?;
    let offers: Vec<Offer> = table.rows.into_iter().map(Offer::from).collect();
    let json = serde_json::to_string(&offers).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(Answer::new("application/json", json, Caching::Never))
}

/// A broken link as it is shown.
#[derive(Serialize)]
pub(super) struct Row {
    title: String,
    path: String,
    edit_href: String,
    target: String,
    why: &'static str,
}

impl From<BrokenLink> for Row {
    fn from(link: BrokenLink) -> Row {
        Row {
            title: link.title,
            path: link.path.href(),
            edit_href: format!("/admin/pages/{}", link.page.0),
            target: format!("/{}", link.target),
            why: link.problem.message(),
        }
    }
}

#[derive(Serialize)]
struct BrokenPage {
    #[serde(flatten)]
    panel: Panel,
    links: Vec<Row>,
    is_all: bool,
    unread: bool,
}

/// GET `/admin/links/broken`.
pub async fn broken(app: Data<App>, editor: Editor) -> Result<Answer, Error> {
    let unread = catch_up(&app).await?;
    let proof = editor.proof();
    let (site, found) = app.db.read_with_site(move |conn| links::broken(conn, &proof, LISTED)).await?;
    let above = [Link::new("/admin/", "Administration")];
    let page = BrokenPage {
        panel: Panel::new(&site, editor.account(), "links", "Broken links", &above),
        is_all: found.len() < LISTED as usize,
        links: found.into_iter().map(Row::from).collect(),
        unread,
    };
    Ok(Answer::panel(app.view.render("admin/links/broken.html", &page)?))
}
