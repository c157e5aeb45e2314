//! The effect of a change on access, as the panel shows it before it is confirmed.

use serde::Serialize;
use store::writing::{AccessChange, AccessDiff, Consent, Fingerprint};

/// The maximum number of pages that a preview lists.
const MAX_ROWS: usize = 20;

/// The change of one page's readers, as a row.
#[derive(Serialize)]
struct Row {
    title: String,
    path: String,
    added: String,
    removed: String,
}

/// The effect of a change on access: the first pages and the fingerprint of all of them.
#[derive(Default, Serialize)]
pub(super) struct AccessPreview {
    rows: Vec<Row>,
    /// The number of pages that `rows` leaves out, and how many of them gain readers.
    more: usize,
    more_gains: usize,
    fingerprint: String,
}

impl AccessPreview {
    pub(super) fn new(diff: &AccessDiff) -> AccessPreview {
        let changes = diff.changes();
        let row = |change: &AccessChange| Row {
            title: change.title.clone(),
            path: change.path.to_string(),
            added: change.added.clone().unwrap_or_default(),
            removed: change.removed.clone().unwrap_or_default(),
        };
        AccessPreview {
            rows: changes.iter().take(MAX_ROWS).map(row).collect(),
            more: changes.len().saturating_sub(MAX_ROWS),
            more_gains: changes.iter().skip(MAX_ROWS).filter(|change| change.added.is_some()).count(),
            fingerprint: diff.fingerprint().as_str().to_owned(),
        }
    }

    /// Whether a form sent back the fingerprint of this effect.
    pub(super) fn is_agreed(&self, agreed: &str) -> bool {
        self.fingerprint == agreed
    }

    /// Whether nobody's access changes.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// The consent that a form sends back: the fingerprint of the effect that it showed, or an empty text.
pub(super) fn consent(agreed: &str) -> Consent {
    match agreed {
        "" => Consent::Stated,
        agreed => Consent::Shown(Fingerprint::sent(agreed)),
    }
}
