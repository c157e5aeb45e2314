//! The rows of the list of pages: published pages, drafts, and deleted pages.

use std::collections::HashMap;

use chrono::TimeDelta;
use domain::{Timestamp, access::Editor as Proof, effective_access::AccessKind, page::PageId, zone::Zone};
use serde::Serialize;
use store::{
    Conn,
    admin_list::{Listed, PageRow},
    drafts::{self, DraftRow},
    readers::{self, ReaderPreview},
    trash::TrashRow,
};

use super::place::Place;
use crate::{
    admin::{
        drafts::naming::{form_href, title},
        sections::{DRAFTS, PAGES, TRASH},
        table::capitalized,
        view_as,
    },
    clock::{self, When},
    site::lists::login_href,
};

/// A row of the list.
#[derive(Default, Serialize)]
pub(super) struct Row {
    id: String,
    title: String,
    path: String,
    /// The address of the title; empty for a branch of the tree without a page.
    href: String,
    readers: String,
    private: bool,
    show_title: bool,
    /// Words about the state of the row, such as `draft` and `scheduled`.
    badges: Vec<String>,
    published: Option<When>,
    /// The moment of the last save, or of the deletion.
    at: When,
    /// Who saved the draft or deleted the page.
    who: String,
    /// The day until which a deleted page is kept.
    until: String,
    links: Vec<RowLink>,
    /// The place of the row in the tree; `None` in a list.
    branch: Option<Place>,
}

/// A link at the end of a row; its accessible name is the word and the title.
#[derive(Serialize)]
struct RowLink {
    word: &'static str,
    href: String,
}

/// Data about the pages of a list that their rows do not have.
pub(super) struct Known {
    /// The pages with unpublished changes.
    pub(super) pending: Vec<PageId>,
    readers: HashMap<PageId, ReaderPreview>,
}

impl Known {
    pub(super) fn find(conn: &mut Conn, proof: &Proof, pages: &[PageId]) -> store::Result<Known> {
        Ok(Known { pending: drafts::pending(conn, proof, pages)?, readers: readers::previews(conn, proof, pages)? })
    }
}

impl Row {
    pub(super) fn listed(row: Listed, known: &Known, back: &str, zone: Zone) -> Row {
        match row {
            Listed::Page(page) => Row::page(page, known, back, zone),
            Listed::Draft(draft) => {
                let row = Row { readers: "Editors only".into(), private: true, ..Row::draft(draft, zone) };
                Row { badges: vec!["draft".into()], ..row }
            }
        }
    }

    pub(super) fn page(row: PageRow, known: &Known, back: &str, zone: Zone) -> Row {
        let now = clock::now();
        let readers = readers_label(row.access, known.readers.get(&row.id));
        Row {
            badges: badges(&row, known.pending.contains(&row.id), now, zone),
            id: row.id.0.to_string(),
            path: row.path.to_string(),
            href: PAGES.href(row.id.0, "", back),
            readers: in_time(&readers, row.published_at > now, row.unpublish_at.is_some_and(|end| end <= now)),
            private: row.access != AccessKind::Everybody,
            show_title: row.show_title,
            published: Some(When::new(row.published_at, zone)),
            at: When::new(row.updated_at, zone),
            links: vec![
                RowLink { word: "View", href: login_href(&row.path.href()) },
                RowLink { word: "View as…", href: view_as::form_href(&row.path.href()) },
            ],
            title: row.title,
            ..Row::default()
        }
    }

    pub(super) fn draft(row: DraftRow, zone: Zone) -> Row {
        let link = |word, below: &str| RowLink { word, href: DRAFTS.href(row.page.0, below, "") };
        Row {
            id: row.page.0.to_string(),
            href: form_href(row.page),
            links: vec![link("Preview", "/preview"), link("Discard…", "/discard")],
            title: title(row.title),
            path: row.path.map(|path| path.href()).unwrap_or_default(),
            at: When::new(row.saved_at, zone),
            who: row.saved_by,
            ..Row::default()
        }
    }

    pub(super) fn deleted(row: TrashRow, days: u32, zone: Zone) -> Row {
        let href = TRASH.form_href(row.id.0);
        Row {
            id: row.id.0.to_string(),
            title: row.title,
            path: row.path.to_string(),
            links: vec![RowLink { word: "Restore…", href: href.clone() }],
            href,
            at: When::new(row.deleted_at, zone),
            who: row.deleted_by,
            until: clock::date(row.deleted_at + TimeDelta::days(days.into()), zone),
            ..Row::default()
        }
    }

    /// The row at a place in the tree.
    pub(super) fn in_tree(self, place: Place) -> Row {
        Row { branch: Some(place), ..self }
    }

    /// A branch of the tree that has no page.
    pub(super) fn without_page(title: String, path: String) -> Row {
        Row { title, path, ..Row::default() }
    }
}

/// The words about the state of a page: unpublished changes, a date in the future, and its end.
fn badges(row: &PageRow, is_pending: bool, now: Timestamp, zone: Zone) -> Vec<String> {
    let mut badges = Vec::new();
    if row.published_at > now {
        badges.push("scheduled".into());
    }
    match row.unpublish_at {
        Some(end) if end <= now => badges.push(format!("ended {}", clock::moment(end, zone))),
        Some(end) => badges.push(format!("until {}", clock::moment(end, zone))),
        None => {}
    }
    if is_pending {
        badges.push("unpublished changes".into());
    }
    badges
}

const EDITORS: &str = "editors only";

/// The readers of a page at this moment: before its date and after its end, only editors can read it.
fn in_time(readers: &str, is_to_come: bool, is_over: bool) -> String {
    match (is_over, is_to_come) {
        (true, _) => "Editors only".into(),
        (false, true) if readers != EDITORS => format!("Editors, then {readers}"),
        _ => capitalized(readers),
    }
}

/// The readers of a page: `12 people: ann, bob, cid, … (through Clients)`.
fn readers_label(access: AccessKind, preview: Option<&ReaderPreview>) -> String {
    let ReaderPreview { people, through } = match (access, preview) {
        (AccessKind::Everybody | AccessKind::SignedIn, _) => return access.label().into(),
        (AccessKind::Chosen, None) => return EDITORS.into(),
        (AccessKind::Chosen, Some(preview)) => preview,
    };
    let names: Vec<&str> = people.names.iter().map(|name| name.as_str()).collect();
    let mut words = match people.count {
        count if count.is_zero() => EDITORS.into(),
        count if names.is_empty() => format!("{count} people"),
        count if count == 1 => format!("1 person: {}", names.join(", ")),
        count => format!("{count} people: {}", names.join(", ")),
    };
    if !names.is_empty() && people.count.counted > names.len() as u64 {
        words.push_str(", …");
    }
    if let Some(through) = through {
        words.push_str(&format!(" (through {through})"));
    }
    words
}
