//! Read receipts in the panel: the readers of a page, and when each first and last opened it.

use actix_web::{HttpRequest, web::Data};
use domain::{page::PageId, zone::Zone};
use serde::Serialize;
use store::{
    pages,
    receipts::{self, Receipt},
};

use crate::{
    App,
    admin::{panel::Panel, request::id, sections::PAGES},
    auth::extract::Editor,
    clock,
    http::{answer::Answer, error::Error},
};

#[derive(Serialize)]
struct ReceiptsPage {
    #[serde(flatten)]
    panel: Panel,
    rows: Vec<Row>,
    opened: usize,
    readers: usize,
    wanted: bool,
}

#[derive(Serialize)]
struct Row {
    name: String,
    reads: bool,
    first: String,
    first_iso: String,
    last: String,
    last_iso: String,
}

impl Row {
    fn new(receipt: Receipt, zone: Zone) -> Row {
        let Receipt { name, opened, reads } = receipt;
        let of = |shown: &dyn Fn(domain::Timestamp) -> String, which: usize| {
            opened.map_or(String::new(), |(first, last)| shown([first, last][which]))
        };
        let (moment, iso) = (|at| clock::moment(at, zone), clock::iso);
        Row {
            name: name.to_string(),
            reads,
            first: of(&moment, 0),
            first_iso: of(&iso, 0),
            last: of(&moment, 1),
            last_iso: of(&iso, 1),
        }
    }
}

/// GET `/admin/pages/{id}/receipts`.
pub async fn list(request: HttpRequest, app: Data<App>, editor: Editor) -> Result<Answer, Error> {
    let (proof, id) = (editor.proof(), PageId(id(&request)?));
    let read = move |conn: &mut store::Conn| {
        let Some(page) = pages::get(conn, &proof, id)? else { return Ok(None) };
        let receipts = receipts::list(conn, &proof, &page)?;
        Ok(Some((page, receipts)))
    };
    let (site, found) = app.db.list_with_site(read).await?;
    let (page, receipts) = found.ok_or(Error::NotFound)?;
    let trail = PAGES.trail_under(id.0, &page.content.title, "");
    let page = ReceiptsPage {
        panel: Panel::new(&site, editor.account(), "pages", "Read receipts", &trail),
        opened: receipts.iter().filter(|receipt| receipt.reads && receipt.opened.is_some()).count(),
        readers: receipts.iter().filter(|receipt| receipt.reads).count(),
        wanted: page.content.receipts,
        rows: receipts.into_iter().map(|receipt| Row::new(receipt, site.time_zone)).collect(),
    };
    Ok(Answer::panel(app.view.render("admin/pages/receipts.html", &page)?))
}
