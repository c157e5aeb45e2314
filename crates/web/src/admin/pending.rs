//! Pending work for the dashboard: drafts, pending changes, and scheduled publications and expirations.

use domain::{access::Editor, zone::Zone};
use serde::Serialize;
use store::{
    drafts::{self, DraftKind, DraftRow, SavedBy},
    schedule::{self, Upcoming},
    site,
};

use crate::clock::{self, When};

/// The number of rows of each kind that are shown.
const FIRST_ROWS: u32 = 5;

/// Pending work: the first rows of each kind.
#[derive(Serialize)]
pub(super) struct Pending {
    own: Part,
    of_others: Part,
    scheduled: Vec<Row>,
}

/// The total number of one kind, and its first rows.
#[derive(Serialize)]
struct Part {
    total: String,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    href: String,
    title: String,
    what: &'static str,
    who: String,
    when: When,
}

impl Pending {
    /// Loads the pending work of the site, as the editor sees it.
    pub(super) fn find(conn: &mut store::Conn, editor: &Editor) -> store::Result<Pending> {
        let zone = site::get(conn)?.time_zone;
        let mut part = |by| {
            let table = drafts::saved_by(conn, editor, by, FIRST_ROWS)?;
            let rows = table.rows.into_iter().map(|row| Row::of_draft(row, by, zone)).collect();
            Ok::<_, store::Error>(Part { total: table.total.to_string(), rows })
        };
        let name = editor.actor();
        let (own, of_others) = (part(SavedBy::User(name))?, part(SavedBy::Others(name))?);
        let scheduled = schedule::upcoming(conn, editor, clock::now(), FIRST_ROWS)?;
        let scheduled = scheduled.into_iter().map(|upcoming| Row::of_upcoming(upcoming, zone)).collect();
        Ok(Pending { own, of_others, scheduled })
    }
}

impl Row {
    fn of_draft(draft: DraftRow, by: SavedBy<'_>, zone: Zone) -> Row {
        Row {
            href: format!("/admin/pages/{}", draft.page.0),
            title: super::drafts::naming::title(draft.title),
            what: match draft.kind {
                DraftKind::Page => "Draft",
                DraftKind::Changes => "Unpublished changes",
            },
            who: if matches!(by, SavedBy::Others(_)) { draft.saved_by } else { String::new() },
            when: When::new(draft.saved_at, zone),
        }
    }

    fn of_upcoming(upcoming: Upcoming, zone: Zone) -> Row {
        Row {
            href: format!("/admin/pages/{}", upcoming.page.id.0),
            title: upcoming.page.title,
            what: if upcoming.ends { "Ends" } else { "Appears" },
            who: String::new(),
            when: When::new(upcoming.at, zone),
        }
    }
}
