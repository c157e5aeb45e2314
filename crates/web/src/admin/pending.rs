//! Pending work for the panel's home: drafts, pending changes, and scheduled publications and expirations.

use domain::{access::Editor, zone::Zone};
use serde::Serialize;
use store::{
    Paging,
    drafts::{self, DraftKind, DraftRow},
    schedule::{self, Upcoming},
    site,
};

use crate::clock::{self, When};

/// The first five of each kind are shown.
const FIRST_ROWS: Paging = Paging { number: 1, size: 5 };

/// Pending work: the first rows of each kind.
#[derive(Serialize)]
pub(super) struct Pending {
    drafts: Part,
    changes: Part,
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
    /// Loads the pending work of the site.
    pub(super) fn find(conn: &mut store::Conn, editor: &Editor) -> store::Result<Pending> {
        let zone = site::get(conn)?.time_zone;
        let mut part = |kind| {
            let table = drafts::list(conn, editor, Some(kind), FIRST_ROWS)?;
            let rows = table.rows.into_iter().map(|row| Row::of_draft(row, zone)).collect();
            Ok::<_, store::Error>(Part { total: table.total.to_string(), rows })
        };
        let (drafts, changes) = (part(DraftKind::Page)?, part(DraftKind::Changes)?);
        let scheduled = schedule::upcoming(conn, editor, clock::now(), FIRST_ROWS.size)?;
        let scheduled = scheduled.into_iter().map(|upcoming| Row::of_upcoming(upcoming, zone)).collect();
        Ok(Pending { drafts, changes, scheduled })
    }
}

impl Row {
    fn of_draft(draft: DraftRow, zone: Zone) -> Row {
        Row {
            href: format!("/admin/pages/{}", draft.page.0),
            title: super::drafts::naming::title(draft.title),
            what: "saved",
            who: draft.saved_by,
            when: When::new(draft.saved_at, zone),
        }
    }

    fn of_upcoming(upcoming: Upcoming, zone: Zone) -> Row {
        Row {
            href: format!("/admin/pages/{}", upcoming.page.id.0),
            title: upcoming.page.title,
            what: if upcoming.ends { "ends" } else { "appears" },
            who: String::new(),
            when: When::new(upcoming.at, zone),
        }
    }
}
