//! The message after a bulk action on pages, with its undo, and the message after the undo, which names the pages that stay as
//! they are. As for one page (done.rs), it is read from the database, and shown to the user who did it, within a minute.

use domain::{Timestamp, access::Editor as Proof, bulk_action::BulkActionId, page::PageId};
use store::{
    Conn,
    bulk_actions::{self, BulkAction, NamedPage, StayingPage},
};

use super::{
    drafts::naming::{form_href, title},
    flash::Flash,
    items::{Item, MAX_NAMED},
    message::{Notice, is_fresh},
    sections::PAGES,
    undo_form::UndoForm,
};
use crate::{
    App,
    auth::extract::Editor,
    clock,
    http::{
        error::Error,
        query::{QueryString, encode},
    },
};

/// The value of `done` in the address after an undo.
const UNDONE: &str = "undone";

/// The query after an undo of a bulk action.
pub(super) fn undone_query(action: BulkActionId, back: &str) -> String {
    let query = encode(&[("done", UNDONE), ("bulk", &action.word())]);
    if back.is_empty() { query } else { format!("{query}&{back}") }
}

/// What the database knows of a bulk action.
struct Found {
    action: BulkAction,
    staying: Vec<Item>,
}

impl Found {
    fn read(conn: &mut Conn, proof: &Proof, id: BulkActionId) -> store::Result<Option<Found>> {
        let Some(action) = bulk_actions::get(conn, proof, id)? else { return Ok(None) };
        let staying = bulk_actions::staying(conn, proof, &action)?;
        let staying = items(conn, proof, &staying)?;
        Ok(Some(Found { action, staying }))
    }
}

/// Pages that stay as they are, for a list: each with the reason.
pub(super) fn items(conn: &mut Conn, proof: &Proof, staying: &[StayingPage]) -> store::Result<Vec<Item>> {
    let ids: Vec<PageId> = staying.iter().map(|one| one.page).collect();
    let mut names = bulk_actions::names(conn, proof, &ids)?;
    let item = |one: &StayingPage| match names.remove(&one.page) {
        Some(NamedPage { title: name, is_deleted }) => {
            let href = if is_deleted { PAGES.list_href("state=trash") } else { form_href(one.page) };
            Item { title: title(name), href, note: one.why.clone() }
        }
        None => Item { title: "A page that was deleted for good".into(), href: String::new(), note: one.why.clone() },
    };
    Ok(staying.iter().map(item).collect())
}

/// The message that an address names, if this user did it a moment ago.
///
/// # Errors
/// When the database fails.
pub(super) async fn notice(app: &App, editor: &Editor, query: &QueryString) -> Result<Option<Notice>, Error> {
    let Some(id) = BulkActionId::parse(query.get("bulk")) else { return Ok(None) };
    let proof = editor.proof();
    let found = app.db.read(move |conn| Found::read(conn, &proof, id)).await?;
    let Some(Found { action, staying }) = found else { return Ok(None) };
    Ok(match query.get("done") {
        UNDONE => after_undo(&action, staying, clock::now()),
        done => after(&action, done, PAGES.state(query).back(), clock::now()),
    })
}

fn after(action: &BulkAction, done: &str, back: String, now: Timestamp) -> Option<Notice> {
    let is_shown = action.undone_at.is_none() && action.pages > 0 && is_fresh(action.done_at, now);
    let words = Flash::parse(done).filter(|_| is_shown)?.counted(u32::try_from(action.pages).ok()?)?;
    let undo = Some(UndoForm::of_bulk_action(action.id, back));
    Some(Notice { words, links: Vec::new(), pages: Vec::new(), more: 0, undo })
}

fn after_undo(action: &BulkAction, mut staying: Vec<Item>, now: Timestamp) -> Option<Notice> {
    action.undone_at.filter(|at| is_fresh(*at, now))?;
    let (pages, stay) = (action.pages, staying.len());
    let mut words = match pages.saturating_sub(stay) {
        1 => "Undone: 1 page is as before.".to_owned(),
        undone => format!("Undone: {undone} pages are as before."),
    };
    match stay {
        0 => {}
        1 => words.push_str(&format!(" 1 of {pages} pages stays as it is:")),
        stay => words.push_str(&format!(" {stay} of {pages} pages stay as they are:")),
    }
    staying.truncate(MAX_NAMED);
    let more = stay - staying.len();
    Some(Notice { words, links: Vec::new(), pages: staying, more, undo: None })
}
