//! What waits, for the panel's home: drafts, changes that are not published, and what comes by the clock.

use domain::{access::Editor, zone::Zone};
use serde::Serialize;
use store::{
    Paging,
    drafts::{self, DraftKind, DraftRow},
    schedule::{self, Upcoming},
    site,
};

use crate::clock;

/// How many of each are shown.
const FEW: Paging = Paging { number: 1, size: 5 };

/// What waits, a few of each.
#[derive(Serialize)]
pub(super) struct Waiting {
    drafts: Part,
    changes: Part,
    coming: Vec<Row>,
}

/// How many there are, and the first of them.
#[derive(Serialize)]
struct Part {
    total: u64,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    href: String,
    title: String,
    what: &'static str,
    who: String,
    when: String,
    when_iso: String,
}

impl Waiting {
    /// Looks for it.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn find(conn: &mut store::Conn, editor: &Editor) -> store::Result<Waiting> {
        let zone = site::get(conn)?.time_zone;
        let mut part = |kind| {
            let table = drafts::list(conn, editor, Some(kind), FEW)?;
            let rows = table.rows.into_iter().map(|row| Row::of_draft(row, zone)).collect();
            Ok::<_, store::Error>(Part { total: table.total, rows })
        };
        let (drafts, changes) = (part(DraftKind::Page)?, part(DraftKind::Changes)?);
        let coming = schedule::upcoming(conn, editor, clock::now(), FEW.size)?;
        Ok(Waiting { drafts, changes, coming: coming.into_iter().map(|coming| Row::of_coming(coming, zone)).collect() })
    }
}

impl Row {
    fn of_draft(draft: DraftRow, zone: Zone) -> Row {
        Row {
            href: format!("/admin/pages/{}", draft.page.0),
            title: super::drafts::naming::title(draft.title),
            what: "saved",
            who: draft.saved_by,
            when: clock::moment(draft.saved_at, zone),
            when_iso: clock::iso(draft.saved_at),
        }
    }

    fn of_coming(coming: Upcoming, zone: Zone) -> Row {
        Row {
            href: format!("/admin/pages/{}", coming.page.id.0),
            title: coming.page.title,
            what: if coming.ends { "ends" } else { "appears" },
            who: String::new(),
            when: clock::moment(coming.at, zone),
            when_iso: clock::iso(coming.at),
        }
    }
}
